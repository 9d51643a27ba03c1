"""`dealboard pipeline` and `dealboard stage`."""

from typing import Any

import pytest

from tests.cli.conftest import Cli


def names(documents: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in documents]


def test_pipelines_are_created_renamed_moved_and_deleted(cli: Cli) -> None:
    made = cli.json("pipeline", "create", "Partners", "--stages", "Talk:20")
    assert made == {"id": 2, "name": "Partners", "position": 2, "deals": 0, "stages": 3}

    cli.ok("pipeline", "move", "Partners", 1)
    cli.ok("pipeline", "rename", 2, "Allies")
    assert names(cli.json("pipeline", "list")) == ["Allies", "Sales"]

    assert cli.json("pipeline", "delete", "allies", "--yes") == {"deleted": [2]}
    assert names(cli.json("pipeline", "list")) == ["Sales"]


def test_the_list_counts_deals(cli: Cli) -> None:
    cli.deal("Acme")

    assert cli.json("pipeline", "list")[0]["deals"] == 1
    assert cli.ok("pipeline", "list").splitlines() == [
        "ID  NAME   DEALS  STAGES",
        " 1  Sales      1       4",
    ]


def test_an_eleventh_pipeline_is_refused(cli: Cli) -> None:
    for number in range(2, 11):
        cli.ok("pipeline", "create", f"P{number}")

    code, told = cli.refused("pipeline", "create", "P11")

    assert code == 1
    assert "10 of 10 pipelines are used" in told


def test_a_pipeline_with_deals_stays(cli: Cli) -> None:
    cli.deal("Acme")

    code, told = cli.refused("pipeline", "delete", "Sales", "--yes")

    assert code == 1
    assert "1 deal" in told


def test_a_pipeline_hands_its_deals_over(cli: Cli) -> None:
    cli.ok("pipeline", "create", "Partners", "--stages", "Offer")
    cli.deal("Acme", "Offer", "--pipeline", "Sales")

    cli.ok("pipeline", "delete", "Sales", "--move-deals-to", "partners", "--yes")

    (deal,) = cli.json("deal", "list")
    assert (deal["pipeline"]["name"], deal["stage"]["name"]) == ("Partners", "Offer")
    cli.ok("undo")
    assert cli.json("deal", "list")[0]["pipeline"]["name"] == "Sales"


def test_stages_show_deals_and_money(cli: Cli) -> None:
    cli.deal("Acme", "Offer", "--amount", "1,000.50")
    cli.deal("Bolt", "Offer", "--amount", "20 USD")
    cli.deal("Coil", "Offer")

    offer = cli.json("stage", "list", "Sales")[1]

    assert (offer["name"], offer["position"], offer["deals"]) == ("Offer", 2, 3)
    assert offer["totals"] == [
        {"currency": "EUR", "amount": "1000.50", "amount_minor": 100050, "weighted": "600.30"},
        {"currency": "USD", "amount": "20.00", "amount_minor": 2000, "weighted": "12.00"},
    ]


def test_stages_are_added_edited_moved_and_deleted(cli: Cli) -> None:
    made = cli.json("stage", "add", "Sales", "Demo", "--probability", "40%", "--position", 1)
    assert (made["name"], made["probability"], made["position"]) == ("Demo", 40, 1)

    edited = cli.json("stage", "edit", made["id"], "--name", "Trial", "--rotting-days", 14)
    assert (edited["name"], edited["rotting_days"]) == ("Trial", 14)
    assert cli.json("stage", "edit", made["id"], "--rotting-days", 0)["rotting_days"] is None

    cli.ok("stage", "move", made["id"], 3)
    assert names(cli.json("stage", "list", "sales")) == ["Lead", "Offer", "Trial", "Won", "Lost"]

    assert cli.json("stage", "delete", made["id"], "--yes") == {"deleted": [made["id"]]}
    assert names(cli.json("stage", "list", 1)) == ["Lead", "Offer", "Won", "Lost"]


def test_a_stage_at_100_percent_is_warned_of_on_stderr(cli: Cli) -> None:
    result = cli("stage", "add", "Sales", "Signed", "--probability", "100", "--json")

    assert result.exit_code == 0
    assert "only Won closes" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("stage", "add", "Sales", "X", "--probability", "101"), 65, "from 0 to 100"),
        (("stage", "add", "Sales", "X", "--probability", "-1"), 65, "from 0 to 100"),
        (("stage", "add", "Sales", "X", "--probability", "half"), 65, "not a percentage"),
        (("stage", "add", "Sales", "lead"), 65, "that name is taken"),
        (("stage", "add", "Sales", ""), 65, "needs a name"),
        (("stage", "add", "Nowhere", "X"), 65, "Known: Sales."),
        (("stage", "edit", "1"), 2, "Nothing to change"),
        (("stage", "edit", "3", "--probability", "50"), 1, "always 100 %"),
        (("stage", "delete", "3", "--yes"), 1, "fixed"),
        (("stage", "delete", "99", "--yes"), 1, "There is no stage #99."),
        (("stage", "delete", "1"), 2, "--yes"),
        (("stage", "move", "1", "9"), 65, "from 1 to 2"),
        (("stage", "move", "one", "1"), 2, "is no id"),
        (("pipeline", "rename", "Sales", "x" * 61), 65, "at most 60"),
        (("pipeline", "delete", "Sales"), 2, "--yes"),
        (("pipeline", "move", "Sales", "2"), 65, "from 1 to 1"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    found, said = cli.refused(*words)

    assert (found, told in said) == (code, True), said
