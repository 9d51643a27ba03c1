"""The frame that is painted before Textual is loaded: the very one that Textual draws over it."""

import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

if sys.platform == "win32":
    pytest.skip("pseudo-terminals", allow_module_level=True)

from tests.pty.terminal import Look, Terminal

TEXTUAL = b"\x1b[?1000h"
"""What Textual writes first: that it wants the mouse."""

CASES: tuple[tuple[dict[str, str], tuple[int, int], bytes], ...] = (
    ({}, (120, 40), b""),
    ({"COLORTERM": "truecolor"}, (80, 24), b"G"),
    ({"NO_COLOR": "1"}, (50, 20), b"2"),
    ({"TEXTUAL_THEME": "textual-ansi"}, (120, 40), b"jsS"),
    ({"TEXTUAL_COLOR_SYSTEM": "standard"}, (120, 40), b"/Acme 1\r"),
)
"""Environments, sizes of the window, and keys whose effect is remembered."""


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("COLUMNS", "LINES", "COLORTERM", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def filled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace whose first stage has more deals than fit on a screen."""
    path = tmp_path_factory.mktemp("filled") / "dealboard.db"
    shutil.copyfile(blank, path)
    cli = Cli(path)
    cli.ok("pipeline", "create", "Sales", "--stages", "Lead, Qualified, Meeting, Offer")
    for number in range(12):
        cli.deal(f"Acme {number}")
    cli.deal("漢字 🚀 Birch", "Qualified")
    cli.ok("deal", "task", "1", "Call", "--due", "2020-01-01")
    return path


@pytest.fixture
def cli(filled: Path, path: Path) -> Cli:
    shutil.copyfile(filled, path)
    return Cli(path)


def start_once(cli: Cli, keys: bytes = b"", size: tuple[int, int] = (120, 40)) -> None:
    """Have the app keep how it looks, and press some keys that it should remember, too."""
    with Terminal("--db", cli.path, columns=size[0], lines=size[1]) as terminal:
        terminal.shows("Deals")
        with closing(sqlite3.connect(cli.path)) as file:
            kept = "SELECT 1 FROM setting WHERE key LIKE 'user/%/skin'"
            terminal.until(lambda: file.execute(kept).fetchone())
        terminal.send(keys + b"q")
        terminal.exit_code()


@pytest.fixture
def started(filled: Path, cli: Cli) -> Cli:
    """Return a workspace in which the app kept how it looks; it was started for that once."""
    kept = filled.with_name("started.db")
    if not kept.exists():
        start_once(cli)
        shutil.copyfile(cli.path, kept)
    shutil.copyfile(kept, cli.path)
    return cli


def without_count(look: Look) -> Look:
    """Leave out how many deals there are, which with a filter is counted later."""
    return [*look[:1], look[1][:60], *look[2:]]


@pytest.mark.parametrize(("style", "size", "keys"), CASES, ids=str)
def test_textual_draws_the_same_over_it(
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    style: dict[str, str],
    size: tuple[int, int],
    keys: bytes,
) -> None:
    for name, value in style.items():
        monkeypatch.setenv(name, value)
    start_once(cli, keys, size)

    with Terminal("--db", cli.path, columns=size[0], lines=size[1]) as terminal:
        terminal.until(lambda: TEXTUAL in terminal.output)
        painted = without_count(terminal.looked_before(TEXTUAL))
        assert "Deals" in "".join(cell.data for cell in painted[0])
        terminal.send(b"?")
        terminal.shows("Help ─")
        terminal.send(b"\x1b")
        terminal.until(lambda: without_count(terminal.looks) == painted)


def test_what_is_typed_at_once_counts(started: Cli) -> None:
    with Terminal("--db", started.path) as terminal:
        terminal.until(lambda: terminal.output)
        terminal.send(b"L")

        terminal.shows("Acme 11 → Qualified", "▌Acme 11")
    assert started.json("deal", "show", 12)["stage"]["name"] == "Qualified"


def test_a_signal_at_once_gives_the_terminal_back(started: Cli) -> None:
    with Terminal("--db", started.path) as terminal:
        before = terminal.modes
        terminal.until(lambda: terminal.output)
        terminal.signal(signal.SIGTERM)

        assert terminal.exit_code() == 128 + signal.SIGTERM
        assert terminal.output.rfind(b"?1049h") < terminal.output.rfind(b"?1049l")
        assert terminal.output.rfind(b"?25l") < terminal.output.rfind(b"?25h")
        assert terminal.modes == before
