"""`dealboard user`, `--as`, and what the roles may do."""

import pytest

from tests.cli.conftest import Cli


def test_users_are_added_and_edited(cli: Cli) -> None:
    made = cli.json("user", "add", "Bea", "--email", "bea@example.org")
    assert made.pop("uid")
    assert made == {
        "id": 2,
        "name": "Bea",
        "email": "bea@example.org",
        "role": "administrator",
        "active": True,
    }

    edited = cli.json("user", "edit", "bea@example.org", "--name", "Beatrix", "--email", "")
    assert (edited["name"], edited["email"]) == ("Beatrix", None)
    assert [user["name"] for user in cli.json("user", "list")] == ["Ada Owner", "Beatrix"]
    assert "Beatrix" in cli.ok("user", "list")


def test_a_user_who_leaves_hands_over_the_open_deals(cli: Cli) -> None:
    cli.ok("user", "add", "Bea")
    deal = cli.deal("Acme", "Lead", "--owner", "Bea")

    result = cli("user", "edit", "Bea", "--inactive", "--reassign-to", "ada owner", "--json")

    assert "1 open deal" in result.stderr
    assert cli.json("deal", "show", deal)["owner"]["name"] == "Ada Owner"
    assert cli.json("user", "edit", 2, "--active")["active"] is True


def test_who_acts_is_named_by_as_or_by_the_settings(cli: Cli) -> None:
    cli.ok("user", "add", "Bea", "--email", "bea@example.org")
    config = cli.path.with_name("config.toml")
    config.write_text('user = "bea@example.org"')
    config.chmod(0o600)

    assert cli("--as", "bea", "pipeline", "create", "One").exit_code == 0
    assert cli("--config", config, "pipeline", "create", "Two").exit_code == 0
    assert cli("pipeline", "create", "Three").exit_code == 0

    actors = [each["actor"] for each in cli.json("history", "--limit", 3)]
    assert actors == ["Ada Owner", "Bea", "Bea"]


def test_nobody_is_called_so(cli: Cli) -> None:
    code, told = cli.refused("--as", "Eve", "deal", "list")

    assert (code, "Known: Ada Owner." in told) == (65, True)


@pytest.mark.parametrize(
    "words",
    [
        ("deal", "list"),
        ("deal", "show", 1),
        ("deal", "add", "--contact", 1, "--stage", "Lead"),
        ("deal", "move", 1, "--by", 1),
        ("deal", "delete", 1, "--yes"),
        ("pipeline", "list"),
        ("stage", "list", "Sales"),
        ("history",),
        ("undo",),
        ("contact", "merge", 1, 1, "--yes"),
        ("user", "add", "Eve"),
    ],
)
def test_a_chat_operator_has_no_access_to_deals(cli: Cli, words: tuple[object, ...]) -> None:
    cli.ok("user", "add", "Carl", "--role", "chat_operator")

    code, told = cli.refused("--as", "Carl", *words)

    assert code == 77
    assert "As Chat Operator you have no access to deals." in told


def test_a_chat_operator_keeps_contacts_without_their_deals(cli: Cli) -> None:
    cli.ok("user", "add", "Carl", "--role", "chat_operator")
    cli.deal("Acme")

    shown = cli.json("--as", "Carl", "contact", "show", 1)

    assert shown["name"] == "Bob"
    assert (shown["open_deals"], shown["closed_deals"]) == (None, None)
    assert "Acme" not in cli.ok("--as", "Carl", "contact", "show", 1)
    cli.ok("--as", "Carl", "contact", "add", "--name", "Eve")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("user", "add", ""), 65, "needs a name"),
        (("user", "add", "ada owner"), 65, "that name is taken"),
        (("user", "add", "Eve", "--role", "king"), 2, "king"),
        (("user", "edit", "1", "--inactive"), 1, "last Account Owner"),
        (("user", "edit", "1"), 2, "Nothing to change"),
        (("user", "edit", "9", "--name", "x"), 65, "Known: Ada Owner."),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    found, said = cli.refused(*words)

    assert (found, told in said) == (code, True), said
