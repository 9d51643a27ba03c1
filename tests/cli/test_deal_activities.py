"""`dealboard deal note` and `task`."""

import pytest

from tests.cli.conftest import Cli


def test_json_of_an_activity_is_the_contract(cli: Cli) -> None:
    deal_id = cli.deal("Acme")
    made = cli.json("deal", "task", deal_id, "call Ada", "--due", "2027-01-31")
    assert made.pop("created_at").endswith("Z")
    assert len(made.pop("uid")) == 36
    assert made == {
        "id": 1,
        "kind": "task",
        "text": "call Ada",
        "due": "2027-01-31",
        "done_at": None,
        "deal_id": deal_id,
        "contact_id": None,
        "user": {"id": 1, "name": "Ada Owner"},
        "version": 1,
    }


def test_what_was_written_is_said(cli: Cli) -> None:
    cli.deal("Acme", "Lead", "--reference", "R-1")
    assert cli.ok("deal", "note", 1, "They like it") == "Noted on Acme · deal #1\n"
    assert cli.ok("deal", "task", "call Ada", "--due", "31/1/2027", "--reference", "R-1") == (
        "Task for Acme: call Ada · deal #1 · due 2027-01-31\n"
    )
    assert cli.ok("deal", "task", 1, "some day") == "Task for Acme: some day · deal #1\n"


def test_a_long_text_comes_from_standard_input(cli: Cli) -> None:
    cli.deal("Acme")
    result = cli("deal", "note", "1", "-", "--json", typed="one\ntwo\n")
    assert result.exit_code == 0
    assert '"text": "one\\ntwo"' in result.stdout


def test_show_lists_what_is_still_to_be_done(cli: Cli) -> None:
    cli.deal("Acme")
    cli.ok("deal", "note", 1, "no task")
    cli.ok("deal", "task", 1, "some day")
    cli.ok("deal", "task", 1, "call Ada", "--due", "2027-01-31")
    assert [each["text"] for each in cli.json("deal", "show", 1)["tasks"]] == [
        "call Ada",
        "some day",
    ]
    assert cli.ok("deal", "show", 1).splitlines()[-2:] == [
        "task            2027-01-31 · call Ada",
        "task            some day",
    ]


def test_a_task_can_be_somebody_elses_and_undone(cli: Cli) -> None:
    cli.deal("Acme")
    cli.ok("user", "add", "Ben")
    made = cli.json("deal", "task", 1, "call Ada", "--user", "ben")
    assert made["user"]["name"] == "Ben"
    assert cli.ok("undo").startswith("Undid: Task for Acme: call Ada")
    assert cli.json("deal", "show", 1)["tasks"] == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("note", "1", "call", "Ada"), 2, "Put it in quotes"),
        (("note", "text"), 2, "Which deal is meant?"),
        (("note", "99", "text"), 1, "There is no deal #99."),
        (("note", "1", " "), 65, "Text is required"),
        (("task", "1", "x", "--due", "whenever"), 65, "not a date"),
        (("task", "1", "x", "--user", "Nobody"), 65, "unknown user"),
        (("note",), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_written_is_refused(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    cli.deal("Acme")
    assert cli.refused("deal", *words)[0] == code
    assert told in " ".join(cli.refused("deal", *words)[1].split())
