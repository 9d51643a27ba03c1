"""What only a real terminal shows: the bytes of keys and mouse, sizes, signals, what is written."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

if sys.platform == "win32":
    pytest.skip("pseudo-terminals", allow_module_level=True)

from tests.pty.terminal import Terminal
from tests.ui.test_literal_text import ALL, FRAGMENTS, HEAD, World, acts, marker

STAGES = ("Lead", "Qualified", "Meeting", "Offer", "Contract")
CURSOR = "▌"
KEYS = (b"\x1b[1;2C", b"\x1b[1;3C", b"\x1b[1;5C", b"L")
"""What terminals send for shift, alt and ctrl with the right arrow, and the letter."""
MODES = (b"?1049", b"?1000", b"?1003", b"?1006", b"?2004")
"""Alternate screen, mouse (clicks, movements, SGR) and bracketed paste: on while the app runs."""


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("COLUMNS", "LINES", "COLORTERM", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def piped(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace of Ada Owner whose pipeline has five open stages and one deal."""
    path = tmp_path_factory.mktemp("piped") / "dealboard.db"
    shutil.copyfile(blank, path)
    Cli(path).ok("pipeline", "create", "Sales", "--stages", ", ".join(STAGES))
    Cli(path).deal("Acme renewal")
    return path


@pytest.fixture
def cli(piped: Path, path: Path) -> Cli:
    shutil.copyfile(piped, path)
    return Cli(path)


def given_back(terminal: Terminal) -> bool:
    """Return whether all that the app switched on is off again, and the cursor is to be seen."""
    last = terminal.output.rfind
    switched = all(0 <= last(mode + b"h") < last(mode + b"l") for mode in MODES)
    return switched and last(b"?25l") < last(b"?25h")


def stage(cli: Cli, deal_id: int = 1) -> str:
    """Return the stage that the file holds."""
    return str(cli.json("deal", "show", deal_id)["stage"]["name"])


def test_each_terminals_keys_and_the_mouse_move_the_deal(cli: Cli) -> None:
    with Terminal("--db", cli.path, columns=220) as terminal:
        terminal.shows(f"{CURSOR}Acme renewal")

        for key, name in zip(KEYS, STAGES[1:], strict=True):
            terminal.send(key)
            terminal.shows(f"Acme renewal → {name}", f"{CURSOR}Acme renewal")
            assert stage(cli) == name

        x, y = terminal.find("Acme renewal")
        there = terminal.find("Meeting")[0], y

        terminal.mouse(0, (x, y))
        terminal.mouse(32, (x + 1, y))
        terminal.mouse(32, there)
        terminal.mouse(0, there, up=True)

        terminal.shows("Acme renewal → Meeting", f"{CURSOR}Acme renewal")
        assert stage(cli) == "Meeting"


def test_board_and_page_follow_the_window_and_keep_the_cursor(cli: Cli) -> None:
    cli.deal("Birch", "Qualified")
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Acme renewal", "Birch", "No deals here.")
        terminal.send(b"2")
        terminal.shows(f"{CURSOR}Birch")

        terminal.resize(50, 20)
        terminal.until(lambda: "Acme renewal" not in terminal.text)
        terminal.shows("1 Lead  2 Qualified  3 Meeting", f"{CURSOR}Birch")

        terminal.resize(120, 40)
        terminal.shows(f"{CURSOR}Birch", "No deals here.")

        terminal.send(b"\r")
        terminal.shows("created it in Qualified", "Reference")

        terminal.resize(60, 18)
        terminal.until(lambda: "created it" not in terminal.text)
        terminal.shows("1 Deal", "Birch", "? Help")

        terminal.resize(120, 40)
        terminal.shows("created it in Qualified", "Reference")
        terminal.send(b"q")
        terminal.shows(f"{CURSOR}Birch", "No deals here.")


def test_selected_deals_move_together_and_come_back_together(cli: Cli) -> None:
    for title in ("Birch", "Cedar"):
        cli.deal(title)
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Cedar", "3 deals")
        terminal.send(b"t")
        terminal.shows("Title", f"{CURSOR}  Cedar")
        terminal.send(b" \x1b[1;2BL")
        terminal.shows("3 deals → Qualified · u undoes")
        assert [stage(cli, deal_id) for deal_id in (1, 2, 3)] == ["Qualified"] * 3

        terminal.send(b"u")
        terminal.shows("Undid: 3 deals → Qualified")
        assert [stage(cli, deal_id) for deal_id in (1, 2, 3)] == ["Lead"] * 3


def test_a_deal_is_edited_on_its_page(cli: Cli) -> None:
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Acme renewal")
        terminal.send(b"\r")
        terminal.shows("Amount", "created it in Lead")
        terminal.mouse(0, terminal.find("Amount"))
        terminal.mouse(0, terminal.find("Amount"), up=True)
        terminal.send(b"12k\r")
        terminal.shows("€12,000", "not saved")
        terminal.send(b"\x1bOQ")
        terminal.until(lambda: "not saved" not in terminal.text)
        assert cli.json("deal", "show", 1)["amount"] == "12000.00"


def test_a_burst_of_keys_in_the_filter_is_a_name(cli: Cli) -> None:
    cli.deal("Lawless dux")
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Lawless dux", "Acme renewal")
        terminal.send(b"/lawxx\x7f\x7fless dux\r")

        terminal.shows("name lawless dux", "1 of 2", f"{CURSOR}Lawless dux")
        assert [stage(cli, deal_id) for deal_id in (1, 2)] == ["Lead", "Lead"]


def test_what_was_typed_outlives_a_terminal_that_hangs_up(cli: Cli) -> None:
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Acme renewal")
        terminal.send(b"\r")
        terminal.shows("Reference")
        terminal.send(b"jj\rAcme for good\r")
        terminal.shows("Acme for good", "not saved")
        terminal.signal(signal.SIGHUP)
        assert terminal.exit_code() == 129
        assert given_back(terminal)
    assert cli.json("deal", "show", 1)["title"] == "Acme renewal"

    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Acme renewal")
        terminal.send(b"\r")
        terminal.shows("Acme for good", "not saved")


def test_nothing_in_a_title_reaches_the_terminal_as_more_than_text(cli: Cli) -> None:
    hostile = ("\x1b[31mR", "\x1b]52;c;b3du\x07", "\x9b32m", "\x9d0;G\x9c", "\x1bc")
    cli.deal("[/red][@click=app.quit]x[/]" + "".join(hostile))
    shown = "[/red][@click=app.quit]x[/]␛[31mR␛]52;c;b3du␇�32m�0;G�␛c"
    with Terminal("--db", cli.path, columns=500) as terminal:
        terminal.shows(CURSOR + shown)
        terminal.send(b"L")
        terminal.shows(f"{shown} → Qualified")
        terminal.send(b"\r")
        terminal.shows("Save", shown)
        terminal.send(b"\x1b")
        terminal.until(lambda: "Save" not in terminal.text)
        terminal.send(b"D")
        terminal.shows("Delete y", "[/red][@click")

    for each in hostile:
        assert each.encode() not in terminal.output


WALK = (
    (b"", ("pipeline", "stage", "title")),
    (b"L", ("goal",)),
    (b"\r2", ("title", "reference", "task", "note")),
    (b"3", ("message",)),
    (b"q", ("pipeline",)),
    (b"V", ("view",)),
    (b"\x1b", ()),
    (b"\x1bOR", ("first_name", "company", "email")),
    (b"\r1", ("city", "value", "field")),
    (b"q", ("twin",)),
    (b"\x1b[15~", ("rule",)),
    (b",2", ("user", "colleague")),
    (b"3", ("field",)),
    (b"T", ("task",)),
    (b"\x1bOQ", ("pipeline",)),
)
"""What is typed one after the other, and whose texts are then to be seen."""


def test_nothing_that_anybody_wrote_reaches_the_terminal_as_more_than_text(
    blank: Path, path: Path
) -> None:
    shutil.copyfile(blank, path)
    World.build(path, ALL)
    with Terminal("--db", path, columns=200, lines=50) as terminal:
        for keys, names in WALK:
            terminal.send(keys)
            terminal.shows(*(f"{marker(name)}[/" for name in names))
            if not names:  # else Escape and what comes next would be one key
                terminal.until(lambda: "Saved views" not in terminal.text)
        terminal.send(b"\x10" + marker("title2").encode())
        terminal.until(lambda: terminal.text.count(marker("title2")) > 1)
        terminal.send(b"\x11")
        terminal.exit_code()

    acting = (each for each in FRAGMENTS if any(map(acts, each)))
    for each in (HEAD, *acting, "\x1b]0;", "\x1b]2;"):
        assert each.encode() not in terminal.output


def test_a_signal_gives_the_terminal_back(cli: Cli) -> None:
    with Terminal("--db", cli.path) as terminal:
        terminal.shows("Acme renewal")
        terminal.signal(signal.SIGTERM)

        assert terminal.exit_code() == 143
        assert given_back(terminal)


def test_keys_typed_ahead_of_quitting_are_kept(cli: Cli) -> None:
    with Terminal("--db", cli.path) as terminal:
        terminal.shows("Acme renewal")
        terminal.send(b"LLLq")

        assert terminal.exit_code() == 0
    assert stage(cli) == "Offer"


def test_what_another_process_does_appears(cli: Cli) -> None:
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Acme renewal")
        cli.deal("Birch", "Offer")

        terminal.shows("Birch", f"{CURSOR}Acme renewal")


def test_a_pipe_is_refused(cli: Cli) -> None:
    """Also where only the output is a pipe, as in `dealboard | less`."""
    master, slave = os.openpty()
    try:
        refused = subprocess.run(
            [sys.executable, "-m", "dealboard", "--db", str(cli.path)],
            stdin=slave, capture_output=True, text=True, timeout=50, check=False,
        )  # fmt: skip
    finally:
        os.close(master)
        os.close(slave)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "needs a terminal" in refused.stderr


def test_without_colours_the_cursor_is_a_mark(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    cli.deal("Birch")
    with Terminal("--db", cli.path) as terminal:
        terminal.shows(f"{CURSOR}Birch", " Acme renewal")
        terminal.send(b"j")
        terminal.shows(f"{CURSOR}Acme renewal", " Birch")
