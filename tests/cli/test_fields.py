"""`dealboard field`, and the values that contacts have."""

import pytest

from tests.cli.conftest import Cli


def test_fields_are_added_listed_edited_moved_and_deleted(cli: Cli) -> None:
    made = cli.json("field", "add", "Level", "--choice", "Gold", "--choice", "Silver")
    assert made.pop("uid")
    assert made == {
        "id": 1,
        "name": "Level",
        "kind": "choice",
        "choices": ["Gold", "Silver"],
        "position": 1,
        "contacts": 0,
    }
    assert cli.json("field", "add", "Born", "--kind", "date")["kind"] == "date"
    assert cli.json("field", "add", "Nickname")["kind"] == "text"
    assert cli.json("field", "move", "Born", 1)["position"] == 1
    assert [each["name"] for each in cli.json("field", "list")] == ["Born", "Level", "Nickname"]
    assert "Gold · Silver" in cli.ok("field", "list")

    cli.ok("contact", "add", "--name", "Jo", "--field", "level=gold")
    result = cli("field", "edit", "level", "--choice", "Silver", "--name", "Tier")
    assert "1 contact keeps what is no longer a choice: “Gold” (1)." in result.stderr
    assert cli.json("field", "list")[1] == made | {
        "uid": cli.json("field", "list")[1]["uid"],
        "name": "Tier",
        "position": 2,
        "choices": ["Silver"],
        "contacts": 1,
    }
    assert cli.json("field", "delete", "Tier", "--yes") == {"deleted": [1]}
    assert cli.json("contact", "show", 1)["custom"] == {}
    cli.ok("undo")
    assert cli.json("contact", "show", 1)["custom"] == {"Tier": "Gold"}


def test_values_are_typed_as_amounts_and_days_are(cli: Cli) -> None:
    cli.ok("field", "add", "Size", "--kind", "number")
    cli.ok("field", "add", "Born", "--kind", "date")
    made = cli.json(
        *("contact", "add", "--name", "Jo", "--field", "size=1,234.50"),
        *("--field", "BORN=31 dec 1980", "--consent", "yes", "--consent-source", "web"),
    )
    assert made["custom"] == {"Size": "1234.5", "Born": "1980-12-31"}
    assert made["consent_source"] == "web"
    shown = cli.ok("contact", "show", 1)
    assert "1,234.5" in shown
    assert "· web" in shown
    assert cli.json("contact", "list", "--search", "1980-12")[0]["name"] == "Jo"
    edited = cli.json("contact", "edit", 1, "--field", "Size=")
    assert edited["custom"] == {"Born": "1980-12-31"}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("contact", "add", "--name", "Jo", "--field", "Size"), 2, "gives no value"),
        (("contact", "add", "--name", "Jo", "--field", "Shoe=1"), 65, "Known: Size."),
        (("contact", "add", "--name", "Jo", "--field", "Size=big"), 65, "not a number"),
        (("field", "add", "size"), 65, "taken"),
        (("field", "add", "Phone"), 65, "every contact has that field"),
        (("field", "add", "Level", "--kind", "choice"), 65, "name what can be chosen"),
        (("field", "edit", "Size"), 2, "Nothing to change"),
        (("field", "edit", "Size", "--choice", "S"), 65, "has none"),
        (("field", "move", "Size", "2"), 65, "from 1 to 1"),
        (("field", "delete", "Size"), 2, "Add --yes"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    cli.ok("field", "add", "Size", "--kind", "number")
    found, said = cli.refused(*words)
    assert (found, told in said) == (code, True), said


def test_a_chat_operator_fills_fields_in_but_defines_none(cli: Cli) -> None:
    cli.ok("field", "add", "Born", "--kind", "date")
    cli.ok("user", "add", "Carl", "--role", "chat_operator")
    assert cli.refused("--as", "Carl", "field", "add", "Size")[0] == 77
    made = cli.json("--as", "Carl", "contact", "add", "--name", "Jo", "--field", "Born=1/2/1980")
    assert made["custom"] == {"Born": "1980-02-01"}
