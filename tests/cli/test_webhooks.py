"""`dealboard webhook`: what automations sent, and what is still to go."""

import json

import pytest

from tests.cli.conftest import Cli

RULE = {
    "name": "Tell",
    "trigger": {"on": "deal_created"},
    "then": [
        {"do": "send_webhook", "url": "https://example.com/hook?key=1", "secret": "crm-hook"},
        {"do": "delay", "days": 1},
        {"do": "add_note", "text": "a day later"},
    ],
}


@pytest.fixture
def told(cli: Cli) -> Cli:
    """Have a rule put one webhook and one delayed step into the outbox, ids 1 and 2."""
    assert cli("automation", "add", "--file", "-", typed=json.dumps(RULE)).exit_code == 0
    cli.deal("Acme")
    return cli


def test_json_of_a_webhook_is_the_contract(told: Cli) -> None:
    told.ok("automation", "run")
    (found,) = told.json("webhook", "list")
    for name in ("uid", "created_at", "due_at", "operation"):
        assert found.pop(name)
    reason = found.pop("reason")
    assert reason.startswith("The secret crm-hook is not set.")
    assert found == {
        "id": 1,
        "kind": "webhook",
        "target": "example.com",
        "state": "held",
        "sending": False,
        "tries": 0,
        "settled_at": None,
        "automation": {"id": 1, "name": "Tell"},
        "deal": {"id": 1, "title": "Acme"},
    }
    (attempt,) = told.json("webhook", "show", 1)["attempts"]
    assert (attempt["verdict"], attempt["said"], attempt["status"]) == ("held", reason, None)


def test_people_read_where_it_goes_and_why_it_waits_but_no_key(told: Cli) -> None:
    told.ok("automation", "run")
    for words in (("list",), ("list", "--deal", 1, "--automation", "tell"), ("show", 1)):
        said = told.ok("webhook", *words)
        assert "example.com" in said
        assert "crm-hook is not set" in said
        assert "key=1" not in said
    assert told.ok("webhook", "list", "--state", "sent") == ""


def test_one_is_cancelled_and_tried_again(told: Cli) -> None:
    assert told.ok("webhook", "cancel", 1) == "1 webhook cancelled\n"
    assert told.json("webhook", "list", "--state", "cancelled")[0]["id"] == 1
    assert told.refused("webhook", "cancel", 1)[0] == 1
    assert told.json("webhook", "retry", 1) == {"changed": 1}
    assert told.json("webhook", "list")[0]["state"] == "pending"


@pytest.mark.parametrize("verb", ["show", "retry", "cancel"])
def test_a_delayed_step_is_no_webhook(told: Cli, verb: str) -> None:
    for row in (2, 99):
        assert told.refused("webhook", verb, row) == (
            1,
            f"dealboard: There is no webhook #{row}.\n",
        )


def test_a_chat_operator_sees_none(told: Cli) -> None:
    told.ok("user", "add", "Carl", "--role", "chat_operator")
    for words in (("list",), ("show", 1), ("retry", 1)):
        assert told.refused("--as", "Carl", "webhook", *words)[0] == 77
