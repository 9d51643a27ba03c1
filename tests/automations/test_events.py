"""Each trigger with each action, as a user sees it: what fires, and what is done then."""

from collections.abc import Callable
from typing import Any

import pytest

from dealboard.actions import activities, deals, fields, stages
from dealboard.domain.rules import Document
from tests.automations.conftest import Bench

Fired = Callable[[Bench], int]
"""Makes something happen to a deal and returns it."""


def created(bench: Bench) -> int:
    return bench.new(amount=100000)


def updated(bench: Bench) -> int:
    deal_id = bench.new(amount=100000)
    bench.desk.do(deals.edit, deal_id, {"title": "Acme"})
    assert bench.runs() == [], "a value that it has already is no update"
    bench.desk.do(deals.edit, deal_id, {"amount": 200000})
    return deal_id


def moved(bench: Bench) -> int:
    deal_id = bench.new(amount=100000)
    bench.desk.do(deals.reorder, deal_id, 1)
    assert bench.runs() == []
    bench.move(deal_id, bench.offer)
    return deal_id


def joined(bench: Bench) -> int:
    deal_id = bench.new(amount=100000)
    bench.desk.do(deals.add_contact, deal_id, bench.contact("Zoe Neri"))
    return deal_id


def left(bench: Bench) -> int:
    deal_id = bench.new(amount=100000)
    zoe = bench.contact("Zoe Neri")
    bench.desk.do(deals.add_contact, deal_id, zoe)
    assert bench.runs() == []
    bench.desk.do(deals.remove_contact, deal_id, zoe)
    return deal_id


def closing(bench: Bench) -> int:
    deal_id = bench.new(amount=100000, close_date=bench.workspace.today)
    assert bench.runs() == []
    bench.clock.advance(days=2)
    bench.tick()
    return deal_id


def rotting(bench: Bench) -> int:
    bench.desk.do(stages.edit, bench.lead, rotting_days=5)
    deal_id = bench.new(amount=100000)
    bench.clock.advance(days=4)
    bench.tick()
    assert bench.runs() == []
    bench.clock.advance(days=1)
    bench.tick()
    return deal_id


def overdue(bench: Bench) -> int:
    deal_id = bench.new(amount=100000)
    today = bench.workspace.today
    bench.desk.do(activities.add, "task", "Call", deal_id=deal_id, due=today)
    bench.tick()
    assert bench.runs() == []
    bench.clock.advance(days=1)
    bench.tick()
    return deal_id


TRIGGERS: dict[str, tuple[Document, Fired]] = {
    "created": ({"on": "deal_created"}, created),
    "updated": ({"on": "deal_updated", "fields": ["amount"]}, updated),
    "moved": ({"on": "stage_changed"}, moved),
    "joined": ({"on": "contact_added"}, joined),
    "left": ({"on": "contact_removed"}, left),
    "closing": ({"on": "close_date", "days": 2}, closing),
    "rotting": ({"on": "rotting"}, rotting),
    "overdue": ({"on": "task_overdue", "days": 1}, overdue),
}

ABOUT = "{{contact.name}}: {{deal.title}}, {{deal.amount.formatted}}, {{owner.name}}"


def actions(bench: Bench) -> dict[str, tuple[Document, Callable[[int], bool]]]:
    """Return each action, and what has to be true of the deal after it."""
    bea = bench.desk.do(_bea).value
    zeta = bench.contact("Zeta Spa", email="z@spa.it")

    def noted(deal_id: int, kind: str) -> bool:
        rows = [row for row in bench.desk.rows(_activity()) if row.deal_id == deal_id]
        (row,) = [row for row in rows if row.kind == kind and "Ada Owner" in row.text]
        return ": Acme, €" in row.text

    def made(_deal: int) -> bool:
        new = [deal for deal in bench.deals() if deal.title == "Next: Acme"]
        return [(deal.stage_id, deal.currency) for deal in new] == [(bench.start, "EUR")]

    def queued(kind: str) -> bool:
        return [row.state for row in bench.outbox(kind)] == ["pending"]

    return {
        "create_deal": (
            {
                "do": "create_deal",
                "title": "Next: {{deal.title}}",
                "pipeline": bench.onboarding,
                "amount": "{{deal.amount|0}}",
                "close_date": "{{today+7d}}",
            },
            made,
        ),
        "update_deal": (
            {"do": "update_deal", "reference": "R-{{deal.id}}", "close_date": "+2w"},
            lambda deal_id: bench.desk.deal(deal_id).reference == f"R-{deal_id}",
        ),
        "move_stage": (
            {"do": "move_stage", "stage": bench.lost},
            lambda deal_id: bench.stage(deal_id) == bench.lost,
        ),
        "assign_owner": (
            {"do": "assign_owner", "owner": bea},
            lambda deal_id: bench.desk.deal(deal_id).owner_id == bea,
        ),
        "add_contact": (
            {"do": "add_contact", "contact": "z@spa.it"},
            lambda deal_id: zeta in bench.people(deal_id),
        ),
        "add_task": (
            {"do": "add_task", "text": ABOUT, "days": 2},
            lambda deal_id: noted(deal_id, "task"),
        ),
        "add_note": ({"do": "add_note", "text": ABOUT}, lambda deal_id: noted(deal_id, "note")),
        "send_webhook": (
            {"do": "send_webhook", "url": "https://example.com/hook"},
            lambda _: queued("webhook"),
        ),
        "delay": ({"do": "delay", "hours": 2}, lambda _: queued("step")),
    }


def _bea(tx: Any) -> int:
    from dealboard.actions import team

    return team.add(tx, "Bea")


def _activity() -> Any:
    from dealboard.store.tables import Activity

    return Activity


DONE = (
    *("create_deal", "update_deal", "move_stage", "assign_owner", "add_contact"),
    *("add_task", "add_note", "send_webhook", "delay"),
)


@pytest.mark.parametrize("done", DONE)
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_each_trigger_does_each_action_once(bench: Bench, trigger: str, done: str) -> None:
    fires, happen = TRIGGERS[trigger]
    step, is_done = actions(bench)[done]
    steps = (step, {"do": "add_note", "text": "later"}) if done == "delay" else (step,)
    only = {"field": "deal.title", "is": "is", "value": "Acme"}  # not what the rule creates
    bench.rule(fires, *steps, test={"all": [only]})
    deal_id = happen(bench)
    assert bench.outcomes()[0] == ("Rule 1", "ran")
    assert {run.outcome for run in bench.runs(deal_id=deal_id)} == {"ran"}
    assert len(bench.runs(deal_id=deal_id)) == 1
    assert is_done(deal_id)


def test_a_stage_trigger_looks_at_where_from_and_where_to(bench: Bench) -> None:
    there = {"on": "stage_changed", "from": bench.lead, "to": bench.offer}
    bench.rule(there, {"do": "add_note", "text": "{{stage.previous.name}} > {{stage.name}}"})
    deal_id = bench.new()
    bench.move(deal_id, bench.won)
    bench.move(deal_id, bench.offer)
    assert bench.notes() == []
    bench.move(deal_id, bench.lead)
    bench.move(deal_id, bench.offer)
    assert bench.notes() == ["Lead > Offer"]


def test_a_move_is_also_an_update_of_the_stage_and_of_what_it_closes(bench: Bench) -> None:
    bench.rule({"on": "deal_updated", "fields": ["stage_id"]}, {"do": "add_note", "text": "stage"})
    bench.rule({"on": "deal_updated", "fields": ["close_date"]}, {"do": "add_note", "text": "day"})
    bench.rule({"on": "deal_updated", "fields": ["title"]}, {"do": "add_note", "text": "title"})
    deal_id = bench.new()
    bench.desk.do(deals.win, deal_id)
    assert bench.notes(deal_id) == ["stage", "day"]


def test_a_contact_fires_its_own_trigger_and_an_update(bench: Bench) -> None:
    bench.rule("contact_added", {"do": "add_note", "text": "came: {{contact.name}}"})
    bench.rule(
        {"on": "deal_updated", "fields": ["contacts"]}, {"do": "add_note", "text": "changed"}
    )
    bench.rule("contact_removed", {"do": "add_note", "text": "went: {{contact.name}}"})
    deal_id, zoe = bench.new(), bench.contact("Zoe")
    assert bench.notes() == [], "the contacts of a new deal are part of its creation"
    bench.desk.do(deals.add_contact, deal_id, zoe)
    assert bench.notes() == ["came: Zoe", "changed"]
    bench.desk.do(deals.add_contact, deal_id, zoe)
    assert len(bench.notes()) == 2
    bench.desk.do(deals.remove_contact, deal_id, zoe)
    assert bench.notes()[2:] == ["changed", "went: Zoe"]


def test_a_trigger_may_ask_for_a_pipeline(bench: Bench) -> None:
    asked = {"on": "deal_created", "pipeline": bench.onboarding}
    bench.rule(asked, {"do": "add_note", "text": "hello"})
    bench.new()
    there = bench.new(stage_id=bench.start)
    assert [run.deal_id for run in bench.runs()] == [there]


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ({"field": "deal.amount", "is": "greater", "value": "10000"}, "rich"),
        ({"field": "deal.amount", "is": "less", "value": "10000"}, "poor"),
        ({"field": "deal.amount", "is": "empty"}, "none"),
        ({"field": "deal.amount", "is": "not_empty"}, "rich poor"),
        ({"field": "deal.title", "is": "is", "value": "RICH"}, "rich"),
        ({"field": "deal.title", "is": "contains", "value": "oo"}, "poor"),
        ({"field": "deal.title", "is": "is_not", "value": "rich"}, "poor none"),
        ({"field": "stage.name", "is": "changed_to", "value": "offer"}, "rich poor none"),
        ({"field": "stage.name", "is": "changed_from", "value": "lead"}, "rich poor none"),
        ({"field": "stage.name", "is": "changed_from", "value": "offer"}, ""),
        ({"field": "deal.title", "is": "changed_to", "value": "rich"}, ""),
        ({"field": "deal.close_date", "is": "before", "value": "today"}, "rich"),
        ({"field": "deal.close_date", "is": "after", "value": "today"}, "poor"),
        ({"field": "contact.custom.Size", "is": "greater", "value": "9"}, "rich"),
        ({"field": "owner.name", "is": "is", "value": "ada owner"}, "rich poor none"),
        ({"field": "deal.status", "is": "is", "value": "open"}, "rich poor none"),
        ({"field": "contact.consent", "is": "is", "value": "unknown"}, "rich poor none"),
    ],
)
def test_conditions_choose_what_is_done(bench: Bench, condition: Document, held: str) -> None:
    from dealboard.actions import contacts

    size = bench.desk.do(fields.define, "Size", "number").value
    today = bench.workspace.today
    made = {
        "rich": bench.new("rich", amount=2_000_000, close_date=today.replace(day=1)),
        "poor": bench.new("poor", amount=50_000, close_date=today.replace(day=30)),
        "none": bench.new("none"),
    }
    person = bench.people(made["rich"])[0]
    bench.desk.do(contacts.edit, person, {"custom": {size: "10"}})
    bench.rule(
        "stage_changed",
        {"do": "add_note", "text": "then"},
        test={"all": [condition]},
        otherwise=[{"do": "add_note", "text": "else"}],
    )
    for deal_id in made.values():
        bench.move(deal_id, bench.offer)
    expected = {name: ["then" if name in held.split() else "else"] for name in made}
    assert {name: bench.notes(deal_id) for name, deal_id in made.items()} == expected
    assert sorted({run.outcome.value for run in bench.runs()} | {"ran", "otherwise"}) == [
        "otherwise",
        "ran",
    ]


def test_any_condition_is_enough_if_the_rule_says_so(bench: Bench) -> None:
    either = [
        {"field": "deal.title", "is": "is", "value": "Acme"},
        {"field": "deal.title", "is": "is", "value": "Bolt"},
    ]
    bench.rule("deal_created", {"do": "add_note", "text": "met"}, test={"any": either})
    for title in ("Acme", "Bolt", "Core"):
        bench.new(title)
    assert [run.deal for run in bench.runs()] == ["Acme", "Bolt"]


def test_what_an_update_finds_by_reference_is_changed_instead(bench: Bench) -> None:
    target = bench.new("Master", reference="M-1")
    bench.rule(
        {"on": "stage_changed", "to": bench.won},
        {
            "do": "update_deal",
            "find_reference": "{{deal.reference}}-master",
            "title": "{{deal.title}} won",
        },
    )
    other = bench.new("Other", reference="M-1-master")
    deal_id = bench.new("Acme", reference="M-1")
    bench.desk.do(deals.win, deal_id)
    titles = [bench.desk.deal(each).title for each in (target, other, deal_id)]
    assert titles == ["Master", "Acme won", "Acme"]


def test_bulk_changes_fire_for_each_deal(bench: Bench) -> None:
    bench.rule("stage_changed", {"do": "add_note", "text": "{{deal.title}} in {{stage.name}}"})
    ids = [bench.new(title) for title in ("Acme", "Bolt")]
    there = bench.new("Core", stage_id=bench.offer)
    bench.desk.do(deals.move_many, [*ids, there], bench.offer)
    assert sorted(bench.notes()) == ["Acme in Offer", "Bolt in Offer"]
