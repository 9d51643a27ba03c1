"""What a Tab offers."""

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from dealboard.cli.grammar import root
from tests.cli.conftest import Cli


def offered(*words: object, begun: str = "") -> list[str]:
    shell = ShellComplete(root, {}, "dealboard", "_DEALBOARD_COMPLETE")
    return [item.value for item in shell.get_completions([str(word) for word in words], begun)]


def test_nouns_verbs_and_options() -> None:
    assert offered(begun="pi") == ["pipeline"]
    assert offered("deal", begun="c") == ["clone", "contact"]
    assert offered("deal", "add", begun="--close") == ["--close-date"]
    assert "--demo" in offered(begun="--d")


def test_names_of_the_workspace(cli: Cli) -> None:
    cli.ok("pipeline", "create", "Partners", "--stages", "Talk")
    cli.ok("user", "add", "Bea")
    db = ("--db", cli.path)

    assert offered(*db, "stage", "list") == ["Sales", "Partners"]
    assert offered(*db, "deal", "list", "--stage", begun="l") == ["Lead", "Lost"]
    stage = ("deal", "add", "--pipeline", "partners", "--stage")
    assert offered(*db, *stage) == ["Talk", "Won", "Lost"]
    assert offered(*db, "deal", "list", "--owner", begun="B") == ["Bea"]


def test_a_tab_never_fails(tmp_path: Path, cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    cli.ok("user", "add", "Carl", "--role", "chat_operator")

    assert offered("--db", tmp_path / "none.db", "stage", "list") == []
    assert offered("--db", "postgresql://h/d", "stage", "list") == []
    assert offered("--db", cli.path, "--as", "Carl", "stage", "list") == []
    assert offered("--db", cli.path, "deal", "add", "--pipeline", "x", "--stage") == []
    assert capsys.readouterr() == ("", "")
