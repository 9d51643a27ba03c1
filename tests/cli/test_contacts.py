"""`dealboard contact`."""

import json

import pytest

from tests.cli.conftest import Cli


def test_json_of_a_contact_is_the_contract(cli: Cli) -> None:
    made = cli.json(
        *("contact", "add", "--first-name", "Zoë", "--last-name", "Ünal", "--company", "Coil"),
        *("--phone", "+393331234567", "--email", "Zoe@Example.org", "--city", "Roma"),
        *("--zip", "00100", "--state", "RM", "--country", "IT", "--external-id", "7"),
        *("--consent", "yes"),
    )

    for key in ("uid", "created_at", "updated_at", "consent_at"):
        assert made.pop(key)
    assert made == {
        "id": 1,
        "name": "Zoë Ünal",
        "first_name": "Zoë",
        "last_name": "Ünal",
        "phone": "+393331234567",
        "email": "Zoe@Example.org",
        "company": "Coil",
        "city": "Roma",
        "state": "RM",
        "zip": "00100",
        "country": "IT",
        "external_id": "7",
        "consent": True,
        "consent_source": None,
        "fbc": None,
        "fbp": None,
        "lead_id": None,
        "ctwa_clid": None,
        "custom": {},
        "version": 1,
    }


def test_metas_ids_are_kept_shown_emptied_and_checked(cli: Cli) -> None:
    fbp = "fb.1.1558571054389.1098115397"
    made = cli.json("contact", "add", "--name", "Zoë", "--fbp", fbp, "--lead-id", "525645896321548")
    assert (made["fbp"], made["lead_id"]) == (fbp, "525645896321548")
    assert fbp in cli.ok("contact", "show", 1)
    assert cli.json("contact", "edit", 1, "--fbp", "")["fbp"] is None
    code, said = cli.refused("contact", "edit", 1, "--lead-id", "12")
    assert (code, "Lead id '12': Meta gives out no such id." in said) == (65, True)


def test_list_and_search(cli: Cli) -> None:
    cli.ok("contact", "add", "--name", "Zoë Ünal", "--company", "Coil")
    cli.ok("contact", "add", "--name", "Bob", "--phone", "+39 333 123 4567")

    def found(*words: object) -> list[str]:
        return [each["name"] for each in cli.json("contact", "list", *words)]

    assert found() == ["Bob", "Zoë Ünal"]
    assert found("--search", "coil") == ["Zoë Ünal"]
    assert found("--search", "1234567") == ["Bob"]
    assert found("--limit", 1, "--offset", 1) == ["Zoë Ünal"]
    assert "Bob" in cli.ok("contact", "list")


def test_a_contact_shows_open_and_closed_deals(cli: Cli) -> None:
    cli.deal("Acme")
    cli.deal("Bolt", "Won")

    shown = cli.json("contact", "show", 1)

    assert [deal["title"] for deal in shown["open_deals"]] == ["Acme"]
    assert [deal["title"] for deal in shown["closed_deals"]] == ["Bolt"]
    assert "open deal" in cli.ok("contact", "show", 1)


def test_editing_changes_only_what_is_given(cli: Cli) -> None:
    cli.ok("contact", "add", "--name", "Bob", "--city", "Roma", "--consent", "yes")

    edited = cli.json("contact", "edit", 1, "--city", "", "--name", "Bobby", "--consent", "")

    assert (edited["name"], edited["city"], edited["consent"]) == ("Bobby", None, None)


def test_an_unusable_number_is_a_warning(cli: Cli) -> None:
    result = cli("contact", "add", "--name", "Bob", "--phone", "call me")

    assert result.exit_code == 0
    assert "call me" in result.stderr


@pytest.mark.parametrize(
    ("typed", "told"),
    [("+39 (333) 123-4567", "+393331234567"), ("call me", "call me")],
)
def test_json_has_a_valid_number_as_e164_and_another_as_typed(
    cli: Cli, typed: str, told: str
) -> None:
    added = cli("contact", "add", "--name", "Bob", "--phone", typed, "--json")
    made = cli.json("deal", "add", "--contact", "Bob", "--stage", "Lead")

    assert json.loads(added.stdout)["phone"] == told
    assert [each["phone"] for each in cli.json("contact", "list")] == [told]
    assert [person["phone"] for person in made["contacts"]] == [told]
    assert typed in cli.ok("contact", "show", 1)


def test_merging_forgetting_and_deleting(cli: Cli) -> None:
    deal = cli.deal("Acme")
    cli.ok("contact", "add", "--name", "Eve", "--city", "Roma")

    code, told = cli.refused("contact", "delete", 1, "--yes")
    assert (code, "1 deal" in told) == (1, True)

    assert cli.json("contact", "merge", 1, 2, "--yes")["name"] == "Eve"
    assert cli.json("deal", "show", deal)["contacts"][0]["name"] == "Eve"

    forgotten = cli.json("contact", "forget", 2, "--yes")
    assert (forgotten["name"], forgotten["city"]) == ("deleted contact", None)

    cli.ok("deal", "delete", deal, "--yes")
    assert cli.json("contact", "delete", 2, "--yes") == {"deleted": [2]}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("contact", "add"), 65, "Name is required"),
        (("contact", "add", "--name", "A", "--last-name", "B"), 2, "the whole name"),
        (("contact", "add", "--name", "x" * 201), 65, "at most 200"),
        (("contact", "add", "--name", "A", "--consent", "maybe"), 2, "maybe"),
        (("contact", "edit", "9", "--city", "Roma"), 1, "There is no contact #9."),
        (("contact", "edit", "9"), 2, "Nothing to change"),
        (("contact", "show", "9"), 1, "There is no contact #9."),
        (("contact", "merge", "9", "8", "--yes"), 1, "There is no contact #9."),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    found, said = cli.refused(*words)

    assert (found, told in said) == (code, True), said
