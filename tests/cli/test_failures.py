"""What goes wrong becomes a sentence and a number, and loses nothing."""

import os
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from dealboard.cli.grammar import root
from dealboard.store import driver
from tests.cli.conftest import Cli


def test_a_file_that_is_no_database(cli: Cli) -> None:
    cli.path.write_bytes(b"not a database at all" * 100)

    code, told = cli.refused("deal", "list")

    assert (code, "is not a dealboard workspace" in told) == (65, True)


def test_another_programs_database(cli: Cli) -> None:
    cli.path.unlink()
    with closing(driver.sqlite.connect(cli.path)) as other:
        other.execute("CREATE TABLE cat (name)")

    code, told = cli.refused("deal", "list")

    assert (code, "another program's database" in told) == (65, True)


def test_a_newer_workspace(cli: Cli) -> None:
    with closing(driver.sqlite.connect(cli.path)) as newer:
        newer.execute("PRAGMA user_version=999")

    code, told = cli.refused("pipeline", "create", "X")

    assert (code, "newer dealboard" in told) == (65, True)


def test_no_workspace_is_never_made_up(tmp_path: Path) -> None:
    path = tmp_path / "missing.db"

    result = Cli(path)("deal", "list")

    assert result.exit_code == 66
    assert f"There is no workspace at {path}." in result.stderr
    assert "dealboard init" in result.stderr
    assert not path.exists()


def test_a_read_only_folder(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on; root may write anywhere, so the system's answer is given for it."""
    cli.deal("Acme")
    monkeypatch.setattr("os.access", lambda *_: False)

    code, told = cli.refused("pipeline", "create", "X")

    assert (code, "read-only" in told, "work on a copy" in told) == (74, True, True)
    assert cli.titles() == ["Acme"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    result = Cli(tmp_path / "file" / "crm.db")("init", "--owner", "Ada")

    assert result.exit_code == 74


def test_a_busy_workspace(cli: Cli) -> None:
    with closing(driver.connect(cli.path, "rw", 1)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, told = cli.refused("--timeout", 0.01, "pipeline", "create", "X")

    assert (code, "Another dealboard" in told) == (75, True)


def test_a_server_is_not_built_yet() -> None:
    result = CliRunner().invoke(root, ["--db", "postgresql://u:pw@h/d", "deal", "list"])

    assert result.exit_code == 2
    assert "dealboard[team]" in result.stderr
    assert "pw" not in result.stderr


def test_wrong_settings(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("colour = 1")
    config.chmod(0o600)

    code, told = cli.refused("--config", config, "deal", "list")

    assert (code, "unknown key 'colour'" in told) == (78, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--deals", "5", "deal", "list"),
        ("--demo", "--deals", "-1"),
        ("--demo", "init"),
        ("frobnicate",),
        ("deal",),
        ("--timeout", "-1", "deal", "list"),
        (),
    ],
)
def test_words_that_make_no_sense_here(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(root, list(words))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_demo_and_db_exclude_each_other(cli: Cli) -> None:
    assert cli.refused("--demo", "deal", "list")[0] == 2


def test_control_bytes_of_a_mistake_do_not_reach_the_terminal(cli: Cli) -> None:
    for words in (("\x1b]0;x\x07",), ("deal", "add", "--contact", "\x1b[2J", "--stage", "Lead")):
        _, told = cli.refused(*words)
        assert "\x1b" not in told


def test_the_unforeseen_leaves_a_report_without_values(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        secret = "s3cret"
        raise ZeroDivisionError(len(secret))

    monkeypatch.setattr("dealboard.cli.names.pipeline", fail)
    result = cli("stage", "list", "Sales")

    (report,) = (tmp_path / "xdg" / "state").rglob("crash-*.log")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "dealboard: This should not have happened.",
        f"ZeroDivisionError; the report is {report}",
    ]
    text = report.read_text()
    assert "ZeroDivisionError" in text
    assert "s3cret" not in text.replace('secret = "s3cret"', "")
    if os.name == "posix":
        assert report.stat().st_mode & 0o777 == 0o600


def test_an_interrupt_leaves_everything_as_it_was(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dealboard.actions.pipelines.spread", interrupt)
    before = cli.path.read_bytes()

    result = cli("pipeline", "create", "X")

    assert result.exit_code == 130
    assert cli.path.read_bytes() == before
