"""The real command, in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

HEAVY = {"textual", "rich", "sqlmodel", "sqlalchemy", "pydantic", "alembic", "babel", "httpx"}


def dealboard(*words: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dealboard", *map(str, words)],
        env=os.environ | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=50,
        check=False,
    )


def test_commands_work_and_fail_with_their_numbers(cli: Cli) -> None:
    listed = dealboard("--db", cli.path, "pipeline", "list", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert json.loads(listed.stdout)[0]["name"] == "Sales"

    failed = dealboard("--db", cli.path, "deal", "show", 9)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "dealboard: There is no deal #9.\n"


def test_the_terminal_ui_needs_a_terminal(cli: Cli) -> None:
    refused = dealboard("--db", cli.path)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "dealboard deal list" in refused.stderr


def test_a_terminal_that_knows_few_letters_gets_what_it_knows(cli: Cli) -> None:
    cli.deal("Zoë 東和")

    listed = dealboard("--db", cli.path, "deal", "list", PYTHONIOENCODING="latin-1")

    assert listed.returncode == 0
    assert "Zo\N{REPLACEMENT CHARACTER} ??" in listed.stdout  # Latin-1, read as UTF-8


def test_the_shell_gets_its_completion() -> None:
    script = dealboard(_DEALBOARD_COMPLETE="zsh_source")

    assert script.returncode == 0
    assert "compdef _dealboard_completion dealboard" in script.stdout


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (
            ["--help"],
            {
                *("dealboard", "dealboard.cli", "dealboard.cli.grammar"),
                *("dealboard.cli.invocation", "dealboard.errors"),
            },
        ),
        (["--version"], None),
        (["deal", "add", "--help"], None),
        (["import", "deals", "--help"], None),
        (["config", "path"], None),
    ],
)
def test_help_loads_nothing_heavy(words: list[str], allowed: set[str] | None) -> None:
    script = (
        "import sys\n"
        "from dealboard.cli import main\n"
        f"sys.argv[1:] = {words}\n"
        "try: main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=50, check=True
    )
    loaded = set(ran.stderr.split())

    assert ran.stdout
    assert not {name.partition(".")[0] for name in loaded} & HEAVY
    assert allowed is None or {name for name in loaded if name.startswith("dealboard")} == allowed


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals")
def test_a_reader_who_leaves_is_no_error(cli: Cli) -> None:
    script = f"{sys.executable} -m dealboard --db {cli.path} stage list Sales | true"
    ran = subprocess.run(["/bin/sh", "-c", script], capture_output=True, timeout=50, check=False)

    assert ran.stderr == b""


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals")
def test_a_full_disk_at_stdout_is_said(cli: Cli) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "dealboard", "--db", str(cli.path), "pipeline", "list"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=50, check=False,
        )  # fmt: skip

    assert ran.returncode == 74
    assert "No space left" in ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_a_command_with_their_numbers(cli: Cli, number: int, code: int) -> None:
    """A command that waits for another writer is told to stop."""
    script = (
        "import signal, sys, time\n"
        "from dealboard import cli\n"
        "from dealboard.workspace import Workspace\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # as a terminal starts it\n"
        "def wait(self, action):\n"
        "    print('waiting', flush=True)\n"
        "    while True: time.sleep(0.1)\n"
        "Workspace.run = wait\n"
        f"sys.argv[1:] = ['--db', {str(cli.path)!r}, 'pipeline', 'create', 'X']\n"
        "cli.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as waiting:
        assert waiting.stdout
        assert waiting.stdout.readline() == b"waiting\n"
        waiting.send_signal(number)
        assert waiting.wait(50) == code


def test_the_demo_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    listed = dealboard("--demo", "--deals", 7, "deal", "list", "--json")

    assert len(json.loads(listed.stdout)) == 7
    assert not list(tmp_path.glob("dealboard-demo-*"))
    assert not (tmp_path / "xdg" / "data").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_the_demo_says_that_it_is_being_made(tmp_path: Path) -> None:
    import pty

    reader, stderr = pty.openpty()
    words = (sys.executable, "-m", "dealboard", "--demo", "--deals", "3", "deal", "list", "--json")
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=stderr, text=True, check=True)
    os.close(stderr)
    said = os.read(reader, 1000).decode()
    os.close(reader)

    assert said.strip() == "Making 3 demo deals…"
    assert len(json.loads(done.stdout)) == 3
