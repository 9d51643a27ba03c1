"""`dealboard automation`: rules as files, dry runs, the log, and what time brings."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_completion import offered

RULE: dict[str, Any] = {
    "name": "Big offers",
    "enabled": True,
    "trigger": {"on": "stage_changed", "to": "Offer"},
    "if": {"all": [{"field": "deal.amount", "is": "greater", "value": "10000"}]},
    "then": [{"do": "add_task", "text": "Call {{contact.name}}", "days": 2}],
    "else": [{"do": "add_note", "text": "Small: {{deal.amount.formatted|nothing}}"}],
}
SENTENCE = (
    "When a deal enters Offer and amount > €10,000, then add task “Call {{contact.name}}” in 2"
    " days; otherwise add note “Small: {{deal.amount.formatted|nothing}}”"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, RULE)


def written(folder: Path, rule: object) -> Path:
    path = folder / "rule.json"
    path.write_text(json.dumps(rule), encoding="utf-8")
    return path


def test_json_of_an_automation_is_the_contract(cli: Cli, file: Path) -> None:
    made = cli.json("automation", "add", "--file", file)
    assert made.pop("uid")
    assert made == {
        "id": 1,
        **RULE,
        "position": 1,
        "problem": None,
        "runs": 0,
        "failures": 0,
        "last_run": None,
        "last_outcome": None,
        "waiting": 0,
        "trips": 0,
        "suspended_at": None,
        "version": 1,
    }
    cli.deal("Acme", "Lead", "--amount", "12k")
    cli.ok("deal", "move", 1, "--by", 1)
    (entry,) = cli.json("automation", "runs")
    assert entry.pop("at").endswith("Z")
    assert entry == {
        "id": 1,
        "automation": {"id": 1, "name": "Big offers"},
        "deal": {"id": 1, "title": "Acme"},
        "event": "stage_changed",
        "outcome": "ran",
        "reason": None,
        "did": ["add_task"],
        "chain": [],
        "operation": entry["operation"],
        "undone": False,
    }
    (kept,) = cli.json("automation", "list")
    assert (kept["runs"], kept["last_outcome"]) == (1, "ran")
    assert cli.json("deal", "show", 1)["tasks"][0]["text"] == "Call Bob"


def test_people_read_a_sentence(cli: Cli, file: Path) -> None:
    result = cli("automation", "add", "--file", file)
    assert result.stdout == f"Created automation Big offers · automation #1\n{SENTENCE}\n"
    cli.deal("Acme", "Lead", "--amount", "500")
    cli.ok("deal", "move", 1, "--by", 1)

    shown = cli.ok("automation", "show", "big offers")
    assert SENTENCE in shown
    assert "otherwise" in shown
    listed = cli.ok("automation", "list").splitlines()
    assert listed[0].split()[:3] == ["ID", "NAME", "STATE"]
    assert listed[1].split()[:4] == ["1", "Big", "offers", "on"]
    log = cli.ok("automation", "runs", "--automation", "big offers").splitlines()
    assert "#1 Acme  otherwise  added a note" in log[1]
    assert cli("automation", "runs", "--outcome", "failed").stdout == ""


def test_an_export_is_what_add_takes(cli: Cli, file: Path) -> None:
    cli.ok("automation", "add", "--file", file)
    one = json.loads(cli.ok("automation", "export", "Big offers"))
    assert one == RULE
    cli.ok("automation", "delete", 1, "--yes")
    result = cli("automation", "add", "--file", "-", typed=json.dumps(one))
    assert result.exit_code == 0
    every = cli.json("automation", "export")
    assert every == [RULE]

    both = [{**RULE, "name": "One"}, {**RULE, "name": "Two"}]
    result = cli("automation", "add", "--file", "-", "--json", typed=json.dumps(both))
    assert [each["name"] for each in json.loads(result.stdout)] == ["One", "Two"]
    assert "Created 2 automations" in cli.ok("undo")
    assert [each["name"] for each in cli.json("automation", "list")] == ["Big offers"]


def test_a_file_with_one_bad_rule_adds_none(cli: Cli, tmp_path: Path) -> None:
    both = [{**RULE, "name": "One"}, {**RULE, "name": "one"}]
    assert cli.refused("automation", "add", "--file", written(tmp_path, both))[0] == 65
    assert cli.json("automation", "list") == []


def test_names_of_stages_mean_the_same_elsewhere(cli: Cli, tmp_path: Path) -> None:
    cli.ok("pipeline", "create", "Onboarding", "--stages", "Kick-off")
    hand_over = {
        "name": "Hand over",
        "trigger": {"on": "stage_changed", "to": "sales / won"},
        "then": [
            {
                "do": "create_deal",
                "pipeline": "onboarding",
                "stage": "kick-off",
                "owner": "ada owner",
            }
        ],
    }
    made = cli.json("automation", "add", "--file", written(tmp_path, hand_over))
    assert made["trigger"]["to"] == "Sales / Won"
    assert made["then"][0] == {
        "do": "create_deal",
        "pipeline": "Onboarding",
        "stage": "Kick-off",
        "owner": "Ada Owner",
    }


def test_a_dry_run_says_exactly_what_would_change_and_changes_nothing(
    cli: Cli, file: Path, tmp_path: Path
) -> None:
    cli.ok("automation", "add", "--file", file)
    cli.deal("Acme", "Lead", "--amount", "12k")
    before = cli.path.read_bytes()
    result = cli("automation", "test", 1, "--deal", 1)
    assert result.exit_code == 0
    assert "The deal enters Offer." in result.stdout
    assert "✓ amount > €10,000" in result.stdout
    assert "New task for Ada Owner" in result.stdout
    assert "Call Bob" in result.stdout
    assert result.stderr == "Nothing was changed.\n"

    found = cli.json("automation", "test", 1, "--deal", 1)
    assert (found["branch"], found["problem"]) == ("then", None)
    assert found["checks"] == [{**RULE["if"]["all"][0], "holds": True}]
    (would,) = found["changes"]
    assert would.endswith("Call Bob")

    other = {**RULE, "then": [{"do": "move_stage", "stage": "Won"}]}
    file = written(tmp_path, other)
    for words in (("--file", file), (1, "--file", file)):
        assert "Won" in cli.json("automation", "test", *words, "--deal", 1)["changes"][0]
    assert cli.path.read_bytes() == before


def test_rules_are_edited_switched_moved_and_deleted(cli: Cli, file: Path, tmp_path: Path) -> None:
    cli.ok("automation", "add", "--file", file)
    cli.ok("automation", "add", "--template", "welcome")
    assert cli.json("automation", "disable", 1)["enabled"] is False
    assert "off" in cli.ok("automation", "list")

    other = {key: value for key, value in RULE.items() if key != "enabled"} | {"name": "Offers"}
    edited = cli.json("automation", "edit", 1, "--file", written(tmp_path, other))
    assert (edited["name"], edited["enabled"]) == ("Offers", False)
    assert cli.json("automation", "enable", "offers")["enabled"] is True
    assert cli.json("automation", "move", "offers", 2)["position"] == 2
    assert [each["name"] for each in cli.json("automation", "list")] == ["Welcome task", "Offers"]

    assert cli.refused("automation", "delete", "offers")[0] == 2
    assert cli.json("automation", "delete", "offers", "--yes") == {"deleted": [1]}
    cli.ok("undo")
    assert cli.json("automation", "show", 1)["name"] == "Offers"


def test_a_template_makes_the_pipeline_that_it_needs(cli: Cli) -> None:
    result = cli("automation", "add", "--template", "hand-over")
    assert "Onboarding" in result.stdout
    assert "The pipeline Onboarding was created for it." in result.stderr
    cli.deal("Acme", "Won", "--pipeline", "Sales", "--amount", "900")
    cli.ok("deal", "move", 1, "--stage", "Lead")
    cli.ok("deal", "move", 1, "--stage", "Won")
    assert cli.titles("--pipeline", "Onboarding") == ["Onboarding: Acme"]
    cli.ok("undo")
    assert cli.titles("--pipeline", "Onboarding") == []


def test_time_brings_what_is_due_once(cli: Cli, tmp_path: Path) -> None:
    rule = {
        "name": "Chase",
        "trigger": {"on": "close_date", "days": 3},
        "then": [{"do": "add_note", "text": "{{deal.title}} is late"}],
    }
    cli.ok("automation", "add", "--file", written(tmp_path, rule))
    cli.deal("Late", "Lead", "--close-date", "2020-01-01")
    cli.deal("Early", "Lead", "--close-date", "+2w")

    done = cli.json("automation", "run")
    assert done["runs"] == {"ran": 1, "otherwise": 0, "failed": 0, "stopped": 0}
    assert done["webhooks"] == {"sent": 0, "again": 0, "held": 0, "failed": 0}
    assert len(done["operations"]) == 1
    assert done["next_at"].endswith("Z")
    again = cli.ok("automation", "run").split()
    assert again[:2] == ["ran", "0"]
    (entry,) = cli.json("automation", "runs", "--deal", 1)
    assert (entry["event"], entry["outcome"]) == ("close_date", "ran")


def test_a_webhook_without_its_secret_is_held_and_says_why(cli: Cli, tmp_path: Path) -> None:
    rule = {
        "name": "Tell",
        "trigger": {"on": "deal_created"},
        "then": [{"do": "send_webhook", "url": "https://example.com/hook", "secret": "crm-hook"}],
    }
    cli.ok("automation", "add", "--file", written(tmp_path, rule))
    cli.deal("Acme")
    result = cli("automation", "run")
    assert result.exit_code == 0
    assert "webhooks   1 held" in result.stdout
    assert "Webhook to example.com: The secret crm-hook is not set." in result.stderr
    assert cli.json("automation", "run")["webhooks"]["held"] == 1


def test_an_import_fires_rules_only_when_asked(cli: Cli, tmp_path: Path) -> None:
    rule = {**RULE, "trigger": {"on": "deal_created"}}
    cli.ok("automation", "add", "--file", written(tmp_path, rule))
    deals = tmp_path / "deals.csv"
    for title, words in (("One", ()), ("Two", ("--automations",))):
        deals.write_text(f"Title,Contact,Stage,Amount\n{title},Bob,Offer,20000\n", encoding="utf-8")
        cli.ok("import", "deals", deals, *words)
    assert [each["deal"]["title"] for each in cli.json("automation", "runs")] == ["Two"]


@pytest.mark.parametrize(
    ("change", "told", "near"),
    [
        ({"trigger": {"on": "stage_changed", "to": "Ofer"}}, "unknown stage (trigger.to)", "Offer"),
        ({"trigger": {"on": "deal_created", "pipeline": "Sale"}}, "(trigger.pipeline)", "Sales"),
        ({"then": [{"do": "assign_owner", "owner": "Ada Ownr"}]}, "(then[1].owner)", "Ada Owner"),
        (
            {"if": {"all": [{"field": "deal.amuont", "is": "empty"}]}},
            "there is no such field",
            "deal.amount",
        ),
        ({"then": [{"do": "add_note", "text": "{{deal.titel}}"}]}, "no such field", "deal.title"),
    ],
)
def test_a_name_that_nothing_bears_is_refused_with_the_nearest(
    cli: Cli, tmp_path: Path, change: dict[str, Any], told: str, near: str
) -> None:
    code, said = cli.refused("automation", "add", "--file", written(tmp_path, RULE | change))
    assert code == 65
    assert told in said
    assert f"Did you mean {near}?" in said


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("show", "nothing"), 65, "Known: Big offers."),
        (("add",), 2, "--file"),
        (("add", "--file", "x", "--template", "welcome"), 2, "--template"),
        (("add", "--file", "none.json"), 74, "none.json"),
        (("add", "--template", "nope"), 1, "Known: welcome"),
        (("edit", 1), 2, "--file"),
        (("test", 1), 2, "--deal"),
        (("test", "--deal", 1), 2, "Give an ID"),
        (("test", 1, "--deal", 9), 1, "no deal #9"),
        (("move", 1, 5), 65, "from 1 to 1"),
        (("runs", "--automation", "x"), 65, "unknown automation"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    cli: Cli, file: Path, words: tuple[object, ...], code: int, told: str
) -> None:
    cli.ok("automation", "add", "--file", file)
    found, said = cli.refused("automation", *words)
    assert (found, told in said) == (code, True), said


@pytest.mark.parametrize(
    "text", ["", "[]", "[1]", '{"name": 1', '{"name": "x"}', '{"name": "x", "then": 3}', "null"]
)
def test_what_is_no_rule_is_bad_data(cli: Cli, tmp_path: Path, text: str) -> None:
    path = tmp_path / "rule.json"
    path.write_text(text, encoding="utf-8")
    assert cli.refused("automation", "add", "--file", path)[0] == 65


def test_a_chat_operator_has_no_automations(cli: Cli, file: Path) -> None:
    cli.ok("automation", "add", "--file", file)
    cli.ok("user", "add", "Carl", "--role", "chat_operator")
    for words in (("list",), ("show", 1), ("export",), ("runs",), ("run",), ("disable", 1)):
        assert cli.refused("--as", "Carl", "automation", *words)[0] == 77


def test_names_are_completed(cli: Cli, file: Path) -> None:
    cli.ok("automation", "add", "--file", file)
    db = ("--db", cli.path)
    assert offered(*db, "automation", "show") == ["Big offers"]
    assert offered(*db, "automation", "runs", "--automation", begun="b") == ["Big offers"]
