"""`dealboard undo`, `redo`, `history` and `backup create`."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_undo_and_redo_go_on_across_processes(cli: Cli) -> None:
    deal = cli.deal("Acme")
    cli.ok("deal", "move", deal, "--by", 1)
    cli.ok("deal", "delete", deal, "--yes")

    undone = cli.json("undo")
    assert undone["kind"] == "undo"
    assert cli.json("deal", "show", deal)["stage"]["name"] == "Offer"
    cli.ok("undo")
    assert cli.json("deal", "show", deal)["stage"]["name"] == "Lead"
    assert cli.json("redo")["kind"] == "redo"
    assert cli.json("deal", "show", deal)["stage"]["name"] == "Offer"


def test_nothing_is_left_to_take_back(cli: Cli) -> None:
    cli.ok("undo")
    assert cli.json("pipeline", "list") == []

    code, _ = cli.refused("undo")
    assert code == 1


def test_history_says_who_did_what(cli: Cli) -> None:
    acme, bolt = cli.deal("Acme"), cli.deal("Bolt")
    cli.ok("deal", "move", acme, "--by", 1)

    newest, *_ = cli.json("history")
    assert newest.keys() == {"seq", "at", "actor", "kind", "label", "cause", "undone"}
    assert (newest["actor"], newest["label"], newest["undone"]) == (
        "Ada Owner",
        "Acme → Offer",
        False,
    )
    assert len(cli.json("history", "--limit", 2)) == 2
    labels = [each["label"] for each in cli.json("history", "--deal", bolt)]
    assert len(labels) == 1
    assert "Acme → Offer" in cli.ok("history")


def test_a_backup_is_a_workspace_that_only_its_user_can_read(cli: Cli, tmp_path: Path) -> None:
    cli.deal("Acme")

    made = cli.json("backup", "create")
    path = Path(made["path"])
    assert path.parent == cli.path.parent / "backups"
    assert Cli(path).titles() == ["Acme"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600

    named = tmp_path / "copies" / "mine.db"
    assert cli.ok("backup", "create", named).strip() == str(named)
    code, told = cli.refused("backup", "create", named)
    assert (code, "exists already" in told) == (74, True)


@pytest.mark.parametrize("words", [("history", "--limit", "-1"), ("history", "--deal", "x")])
def test_bad_numbers_are_usage_errors(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli.refused(*words)[0] == 2
