"""The dry run says exactly what would change, and changes nothing."""

from dealboard.actions import team
from dealboard.automations.preview import preview
from dealboard.domain import rules
from dealboard.domain.automations import Preview
from dealboard.store.reads import automations as reads
from dealboard.store.tables import Change, Operation, Outbox
from tests.automations.conftest import Bench


def tried(bench: Bench, deal_id: int, **document: object) -> Preview:
    rule = rules.parse({"name": "Tried", **document}, bench.workspace.read(reads.known_fields))
    tables = (Change, Operation, Outbox)
    before = [len(bench.desk.rows(table)) for table in tables], bench.stage(deal_id)
    seen = preview(bench.workspace, rule, deal_id)
    assert ([len(bench.desk.rows(table)) for table in tables], bench.stage(deal_id)) == before
    assert bench.runs() == []
    return seen


def test_every_change_has_a_line(bench: Bench) -> None:
    bea = bench.desk.do(team.add, "Bea").value
    deal_id = bench.new(amount=100_000)
    seen = tried(
        bench,
        deal_id,
        trigger={"on": "stage_changed", "to": bench.offer},
        then=[
            {"do": "update_deal", "title": "{{deal.title}} SpA", "amount": "2000.50"},
            {"do": "update_deal", "close_date": "2026-12-31", "reference": "R-1"},
            {"do": "assign_owner", "owner": bea},
            {"do": "move_stage", "stage": bench.won},
            {"do": "add_contact", "contact": "Zoe Neri <zoe@x.it>"},
            {"do": "add_task", "text": "Call {{contact.name}}", "days": 2},
            {"do": "add_note", "text": "Moved"},
            {"do": "create_deal", "pipeline": bench.onboarding, "amount": "{{deal.amount}}"},
            {"do": "send_webhook", "url": "https://example.com/hook?key=1"},
            {"do": "delay", "days": 2},
            {"do": "add_task", "text": "Ask"},
        ],
    )
    assert (seen.branch, seen.problem, seen.assumed) == ("then", "", "The deal enters Offer.")
    new = "New deal “Acme” in Onboarding / Start"
    assert sorted(seen.lines) == sorted(
        (
            "Stage: Offer → Won",
            "Title: Acme → Acme SpA",
            "Owner: Ada Owner → Bea",
            "Amount: €1,000 → €2,000.50",
            "Close date: – → 31 Dec 2026",
            "Reference: – → R-1",
            "New in the contacts: Zoe Neri",
            "New contact: Zoe Neri",
            "New task for Ada Owner, due 25 Nov 2026: Call Acme",
            "New note: Moved",
            f"{new}, owner Ada Owner, €1,000, with Acme and Zoe Neri",
            "Webhook to https://example.com/hook",
            "Later, in 2 days: add a task",
        )
    )


def test_conditions_are_told_one_by_one_and_the_else_branch_too(bench: Bench) -> None:
    deal_id = bench.new(amount=100)
    seen = tried(
        bench,
        deal_id,
        trigger={"on": "deal_created"},
        **{
            "if": {
                "all": [
                    {"field": "deal.amount", "is": "not_empty"},
                    {"field": "deal.amount", "is": "greater", "value": "10000"},
                ]
            },
            "then": [{"do": "add_note", "text": "big"}],
            "else": [{"do": "add_note", "text": "small"}],
        },
    )
    assert [check.holds for check in seen.checks] == [True, False]
    assert (seen.branch, seen.lines) == ("else", ("New note: small",))


def test_what_it_sets_off_is_told_with_the_other_rules_name(bench: Bench) -> None:
    bench.rule({"on": "stage_changed", "to": bench.won}, {"do": "add_note", "text": "yes"})
    deal_id = bench.new()
    step = {"do": "move_stage", "stage": bench.won}
    seen = tried(bench, deal_id, trigger={"on": "deal_created"}, then=[step])
    assert seen.lines[0] == "Stage: Lead → Won"
    assert seen.lines[-1] == "New note: yes (by the automation “Rule 1”)"


def test_a_rule_that_would_fail_or_loop_says_why(bench: Bench) -> None:
    deal_id = bench.new()
    step = {"do": "add_contact", "contact": "nobody"}
    seen = tried(bench, deal_id, trigger={"on": "deal_created"}, then=[step])
    assert (seen.branch, seen.lines) == ("then", ())
    assert "nobody" in seen.problem
    step = {"do": "update_deal", "title": "x{{deal.title}}"}
    seen = tried(bench, deal_id, trigger={"on": "deal_updated"}, then=[step])
    assert (seen.lines, seen.problem) == ((), "stopped: loop")


def test_an_edited_rule_takes_the_place_of_the_kept_one(bench: Bench) -> None:
    rule_id = bench.rule("deal_created", {"do": "move_stage", "stage": bench.won})
    deal_id = bench.new(stage_id=bench.offer)
    rule = bench.kept(rule_id)
    seen = preview(bench.workspace, rule, deal_id, automation_id=rule_id)
    assert "by the automation" not in "".join(seen.lines)
