"""What holds whatever the rules are: loops end, failures stay small, one undo takes all back."""

import json
from typing import Any

import pytest
from sqlmodel import select

from dealboard.actions import automations, deals, history, pipelines, team
from dealboard.automations import guard
from dealboard.domain.rules import Document
from dealboard.store.reads import automations as reads
from dealboard.store.tables import Activity, Automation, Change, Operation
from dealboard.workspace import Workspace
from tests.automations.conftest import Bench

HELLO: Document = {"do": "add_note", "text": "Hello {{contact.name}}"}
OFFER: Document = {"on": "stage_changed"}


def to(stage_id: int) -> Document:
    return {"do": "move_stage", "stage": stage_id}


def entering(stage_id: int) -> Document:
    return {"on": "stage_changed", "to": stage_id}


# ── loops ─────────────────────────────────────────────────────────────────────────────────────


def test_two_rules_that_move_a_deal_to_and_fro_are_taken_back_to_the_users_move(
    bench: Bench,
) -> None:
    deal_id = bench.new()
    bench.rule(entering(bench.offer), to(bench.lead), name="Back")
    bench.rule(entering(bench.lead), to(bench.offer), name="Forth")
    receipt = bench.move(deal_id, bench.offer)
    assert bench.stage(deal_id) == bench.offer
    assert bench.outcomes() == [("Back", "stopped")]
    (run,) = bench.runs()
    assert (run.reason, run.chain) == (guard.ROUND_AND_ROUND, ("Back", "Forth"))
    assert receipt.notes == ("Automation “Back” was stopped: it would go round and round.",)
    assert len(bench.desk.rows(Change)) == len(_changes(bench, without=receipt.operation)) + 1


def test_the_receipt_says_in_a_few_words_what_automations_did(bench: Bench) -> None:
    deal_id = bench.new()
    bench.rule(entering(bench.offer), HELLO, name="Greet")
    assert bench.move(deal_id, bench.offer).news == "Acme → Offer · Greet added a note"
    assert bench.move(deal_id, bench.lead).news == "Acme → Lead"
    bench.rule(entering(bench.offer), HELLO, name="Greet again")
    assert bench.move(deal_id, bench.offer).automated == "2 automations acted"
    assert bench.workspace.run(history.undo).automated == ""


def _changes(bench: Bench, without: int | None) -> list[Change]:
    return [row for row in bench.desk.rows(Change) if row.operation_seq != without]


def test_a_rule_that_trips_three_times_is_suspended_and_says_so(bench: Bench) -> None:
    deal_id = bench.new()
    back = bench.rule(entering(bench.offer), to(bench.lead), name="Back")
    bench.rule(entering(bench.lead), to(bench.offer), name="Forth")
    notes = []
    for _ in range(guard.MAX_TRIPS):
        notes.append(bench.move(deal_id, bench.offer).notes[0])
        bench.desk.do(automations.disable, 2)
        bench.workspace.run(
            lambda tx: deals.move(tx, deal_id, stage_id=bench.lead), automations=False
        )
        bench.desk.do(automations.enable, 2)
    assert [note.rpartition(": ")[2] for note in notes] == [
        *["it would go round and round."] * 2,
        "it is suspended.",
    ]
    rule = bench.workspace.read(reads.automation, back)
    assert (rule.enabled, rule.active, rule.trips) == (True, False, 3)
    bench.move(deal_id, bench.offer)
    assert bench.stage(deal_id) == bench.offer, "without its partner the other one runs no circles"
    receipt = bench.desk.do(automations.enable, back)
    assert receipt.operation is not None
    assert bench.workspace.read(reads.automation, back).active


def test_a_rule_that_sets_itself_off_and_would_change_nothing_more_has_done_its_work(
    bench: Bench,
) -> None:
    bench.rule("deal_updated", {"do": "update_deal", "reference": "R-{{deal.id}}"}, HELLO)
    deal_id = bench.new()
    bench.desk.do(deals.edit, deal_id, {"title": "Bolt"})
    assert bench.outcomes() == [("Rule 1", "ran")]
    assert bench.notes(deal_id) == ["Hello Acme"]


def test_a_rule_that_sets_itself_off_for_ever_is_stopped(bench: Bench) -> None:
    bench.rule("deal_updated", {"do": "update_deal", "title": "x{{deal.title}}"})
    deal_id = bench.new()
    bench.desk.do(deals.edit, deal_id, {"amount": 100})
    assert (bench.desk.deal(deal_id).title, bench.desk.deal(deal_id).amount) == ("Acme", 100)
    assert bench.outcomes() == [("Rule 1", "stopped")]


def test_rules_that_agree_run_once_each_though_they_set_each_other_off(bench: Bench) -> None:
    bench.rule("deal_updated", {"do": "update_deal", "reference": "R"})
    bench.rule("deal_updated", {"do": "update_deal", "close_date": "2026-12-31"})
    deal_id = bench.new()
    bench.desk.do(deals.edit, deal_id, {"title": "Bolt"})
    assert bench.outcomes() == [("Rule 1", "ran"), ("Rule 2", "ran")]
    assert bench.workspace.read(reads.automation, 1).trips == 0


def test_deals_that_create_deals_stop_at_the_fifth(bench: Bench) -> None:
    bench.rule("deal_created", {"do": "create_deal", "pipeline": 1, "title": "Again"})
    deal_id = bench.new()
    assert [deal.id for deal in bench.deals()] == [deal_id]
    (run,) = bench.runs()
    assert (run.outcome, run.reason, run.deal) == ("stopped", guard.TOO_DEEP, "Acme")


def test_a_chain_of_five_rules_is_run_and_one_of_six_is_not(bench: Bench) -> None:
    names = ",".join(f"S{number}:10" for number in range(1, 8))
    from dealboard.domain.stages import parse_stages

    made = bench.desk.do(pipelines.create, "Long", parse_stages(names)).value
    stages = [stage.id or 0 for stage in bench.desk.stages(made)]
    for number in range(5):
        bench.rule(entering(stages[number]), to(stages[number + 1]))
    deal_id = bench.new(stage_id=bench.lead)
    bench.move(deal_id, stages[0])
    assert bench.stage(deal_id) == stages[5]
    bench.rule(entering(stages[5]), to(stages[6]))
    bench.move(deal_id, bench.lead)
    bench.move(deal_id, stages[0])
    assert bench.stage(deal_id) == stages[0]


def test_more_than_fifty_actions_for_one_change_are_none(bench: Bench) -> None:
    bench.rule("stage_changed", *[{"do": "add_note", "text": "a"}] * 26)
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    assert len(bench.notes()) == 26
    bench.rule("stage_changed", *[{"do": "add_note", "text": "b"}] * 25)
    bench.move(deal_id, bench.lead)
    assert len(bench.notes()) == 26
    assert bench.runs()[-1].reason == guard.TOO_MUCH


def test_a_loop_of_one_deal_leaves_the_others_of_a_bulk_alone(bench: Bench) -> None:
    title = {"field": "deal.title", "is": "is", "value": "Loop"}
    bench.rule(entering(bench.offer), to(bench.lead), test={"all": [title]}, name="Back")
    bench.rule(entering(bench.lead), to(bench.offer), test={"all": [title]}, name="Forth")
    bench.rule(entering(bench.offer), HELLO, name="Hello")
    loop, fine = bench.new("Loop"), bench.new("Fine")
    bench.desk.do(deals.move_many, [loop, fine], bench.offer)
    assert bench.notes() == ["Hello Fine"]
    assert sorted(bench.outcomes()) == [("Back", "stopped"), ("Hello", "ran")]
    assert {bench.stage(loop), bench.stage(fine)} == {bench.offer}


# ── failures ──────────────────────────────────────────────────────────────────────────────────


def test_a_step_that_fails_takes_its_rule_back_and_leaves_the_change(bench: Bench) -> None:
    bench.rule("stage_changed", HELLO, {"do": "add_contact", "contact": "nobody@x.it"})
    bench.rule("stage_changed", {"do": "add_note", "text": "second"})
    deal_id = bench.new()
    receipt = bench.move(deal_id, bench.offer)
    assert bench.stage(deal_id) == bench.offer
    assert bench.notes() == ["second"]
    assert bench.outcomes() == [("Rule 1", "failed"), ("Rule 2", "ran")]
    reason = bench.runs()[0].reason
    assert "nobody@x.it" in reason
    assert receipt.notes == (f"Automation “Rule 1” failed for Acme: {reason}",)


def test_a_rule_that_fails_for_one_deal_of_a_bulk_runs_for_the_others(bench: Bench) -> None:
    ids = [bench.new(title) for title in ("Acme", "Bolt", "Core", "Dune", "Echo")]
    zoe = bench.contact("Bolt helper", email="bolt@x.it")
    assert zoe
    bench.rule("stage_changed", {"do": "add_contact", "contact": "{{deal.title}}@x.it"}, HELLO)
    receipt = bench.desk.do(deals.move_many, ids, bench.offer)
    assert bench.notes() == ["Hello Bolt"]
    assert [run.deal for run in bench.runs() if run.outcome == "ran"] == ["Bolt"]
    assert len([run for run in bench.runs() if run.outcome == "failed"]) == 4
    assert len(receipt.notes) == 4
    assert receipt.notes[-1].endswith("1 more times; the run log says why.")


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({"do": "create_deal", "pipeline": 2, "title": "{{deal.reference}}x" * 50}, "characters"),
        ({"do": "update_deal", "amount": "{{deal.title}}"}, "Acme"),
        ({"do": "update_deal", "title": "{{deal.reference}}"}, "title"),
        ({"do": "update_deal", "close_date": "{{deal.title}}"}, "not a date"),
        ({"do": "update_deal", "find_reference": "none", "title": "x"}, "no deal with reference"),
        ({"do": "update_deal", "currency": "{{deal.title}}"}, "currency"),
        ({"do": "add_note", "text": "{{deal.reference}}"}, "says what it is about"),
        ({"do": "add_contact", "contact": "{{deal.reference}}"}, "nobody"),
    ],
)
def test_what_cannot_be_done_is_logged_with_the_reason(
    bench: Bench, step: Document, reason: str
) -> None:
    bench.rule("stage_changed", step)
    deal_id = bench.new(reference="R" * 100 if "create" in step["do"] else None)
    bench.move(deal_id, bench.offer)
    assert bench.stage(deal_id) == bench.offer
    (run,) = bench.runs()
    assert run.outcome == "failed"
    assert reason.casefold() in run.reason.casefold()
    assert [deal.title for deal in bench.deals()] == ["Acme"]


def test_a_rule_whose_stage_or_field_is_gone_fails_with_that(bench: Bench) -> None:
    from dealboard.actions import fields

    size = bench.desk.do(fields.define, "Size", "number").value
    bench.rule("stage_changed", {"do": "add_note", "text": "{{contact.custom.Size}}"})
    bench.desk.do(fields.delete, size)
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    (run,) = bench.runs()
    assert (run.outcome, "contact.custom.Size" in run.reason) == ("failed", True)
    rule = bench.workspace.read(reads.automation, 1)
    assert (rule.rule, "contact.custom.Size" in rule.problem) == (None, True)


# ── undo, and what fires nothing ──────────────────────────────────────────────────────────────


def state(bench: Bench) -> list[Any]:
    """Return what deals, links and activities there are."""
    held = bench.workspace.read(
        lambda c: [
            c.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()
            for table, columns in (
                ("deal", "id, title, stage_id, owner_id, amount, close_date, reference, closed_at"),
                ("deal_contact", "deal_id, contact_id, position"),
                ("activity", "id, text, due"),
                ("contact", "id, first_name, last_name"),
            )
        ]
    )
    return list(held)


def test_one_undo_takes_back_the_change_with_all_that_its_rules_did(bench: Bench) -> None:
    bea = bench.desk.do(team.add, "Bea").value
    bench.rule(
        entering(bench.won),
        {"do": "create_deal", "pipeline": bench.onboarding},
        {"do": "update_deal", "reference": "won-{{deal.id}}", "amount": "99"},
        {"do": "assign_owner", "owner": bea},
        {"do": "add_contact", "contact": "Zoe Neri <zoe@x.it>"},
        {"do": "add_task", "text": "Thank {{contact.name}}", "days": 1},
        {"do": "send_webhook", "url": "https://example.com/won"},
        {"do": "delay", "days": 1},
        HELLO,
    )
    bench.rule("deal_created", {"do": "add_task", "text": "Welcome"})
    deal_id = bench.new(amount=5)
    before = state(bench)
    operations = len(bench.desk.rows(Operation))
    bench.desk.do(deals.win, deal_id)
    after = state(bench)
    assert after != before
    assert len(bench.desk.rows(Operation)) == operations + 1
    receipt = bench.undo()
    assert state(bench) == before
    assert [row.state for row in (*bench.outbox(), *bench.outbox("step"))] == ["cancelled"] * 2
    assert receipt.notes == ("1 webhook cancelled.", "1 delayed action cancelled.")
    assert [run.undone for run in bench.runs()][1:] == [True, True]
    bench.desk.do(history.redo)
    assert state(bench) == after
    assert [row.state for row in (*bench.outbox(), *bench.outbox("step"))] == ["pending"] * 2
    assert len(bench.runs()) == 3, "redo does what was done and fires nothing"


def test_undo_says_what_went_out_already(bench: Bench) -> None:
    bench.rule("stage_changed", {"do": "send_webhook", "url": "https://example.com/"})
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    bench.workspace.run(
        lambda tx: tx.connection.execute("UPDATE outbox SET state = 'sent'") and None
    )
    assert bench.undo().notes == ("1 webhook sent already: that cannot be taken back.",)


def test_undo_and_what_asks_for_no_automations_fire_nothing(bench: Bench) -> None:
    deal_id = bench.new()
    bench.rule("stage_changed", HELLO)
    bench.workspace.run(lambda tx: deals.move(tx, deal_id, stage_id=bench.offer), automations=False)
    bench.undo()
    bench.desk.do(history.redo)
    assert bench.runs() == []


def test_imported_deals_fire_only_if_asked(bench: Bench) -> None:
    from dealboard.store.batches import insert_bulk
    from dealboard.store.tables import Deal

    bench.rule("deal_created", {"do": "add_note", "text": "{{deal.title}}"})

    def brought(tx: Any, title: str) -> None:
        row = (f"uid-{title}", "2026-11-23T09:00:00.000000Z", "2026-11-23T09:00:00.000000Z")
        columns = ("uid", "created_at", "updated_at", "version", "title", "stage_id", "owner_id")
        more = ("currency", "close_date_auto", "rank", "stage_entered_at", "search")
        rest = (1, title, bench.lead, 1, "EUR", 0, 7, row[1], title)
        insert_bulk(tx, Deal, (*columns, *more), [(*row, *rest)])

    bench.workspace.run(lambda tx: brought(tx, "quiet"), automations=False)
    bench.workspace.run(lambda tx: brought(tx, "loud"))
    assert bench.notes() == ["loud"]
    bench.undo()
    assert [deal.title for deal in bench.deals()] == ["quiet"]


def test_a_change_that_is_none_fires_nothing_and_leaves_no_operation(bench: Bench) -> None:
    deal_id = bench.new(amount=100)
    bench.rule("deal_updated", HELLO)
    for receipt in (
        bench.desk.do(deals.edit, deal_id, {"amount": 100, "title": "Acme"}),
        bench.move(deal_id, bench.lead),
        bench.desk.do(deals.assign, deal_id, 1),
    ):
        assert receipt.operation is None
    assert bench.runs() == []


def test_a_rule_that_is_off_does_not_run(bench: Bench) -> None:
    rule_id = bench.rule("stage_changed", HELLO, enabled=False)
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    bench.desk.do(automations.enable, rule_id)
    bench.move(deal_id, bench.lead)
    bench.desk.do(automations.disable, rule_id)
    bench.move(deal_id, bench.offer)
    assert len(bench.runs()) == 1


def test_rules_run_in_list_order_and_see_what_those_before_did(bench: Bench) -> None:
    bench.rule("stage_changed", {"do": "add_note", "text": "{{deal.reference|none}}"}, name="Says")
    bench.rule("stage_changed", {"do": "update_deal", "reference": "R"}, name="Sets")
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    bench.desk.do(deals.edit, deal_id, {"reference": None})
    bench.desk.do(automations.move, 2, 1)
    bench.move(deal_id, bench.lead)
    assert bench.notes() == ["none", "R"]


def test_an_edited_rule_runs_as_it_is_now_also_in_another_window(bench: Bench) -> None:
    other = Workspace.open(bench.workspace.path, clock=bench.clock)
    rule_id = bench.rule("stage_changed", HELLO)
    deal_id = bench.new()
    other.run(lambda tx: deals.move(tx, deal_id, stage_id=bench.offer))
    rule = bench.kept(rule_id)
    step = rule.then[0]._replace(args={"text": "changed"})
    bench.desk.do(automations.edit, rule_id, rule._replace(then=(step,)))
    other.run(lambda tx: deals.move(tx, deal_id, stage_id=bench.lead))
    other.close()
    assert bench.notes() == ["Hello Acme", "changed"]


# ── told ──────────────────────────────────────────────────────────────────────────────────────


def test_the_timeline_says_what_a_rule_did_and_which(bench: Bench) -> None:
    bench.rule(
        entering(bench.offer),
        {"do": "update_deal", "amount": "250"},
        {"do": "add_task", "text": "Call"},
        name="Welcome task",
    )
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    by = "by the automation “Welcome task”"
    assert bench.told(deal_id) == [
        f"Ada Owner added a task {by}",
        "Ada Owner moved it from Lead to Offer",
        f"Ada Owner set the amount to €250 {by}",
        "Ada Owner created it in Lead",
    ]
    bench.desk.do(automations.delete, 1)
    assert bench.told(deal_id)[0] == f"Ada Owner added a task {by}"
    assert bench.runs()[0].automation == "Welcome task"


def test_the_journal_knows_which_rule_changed_what(bench: Bench) -> None:
    rule_id = bench.rule(entering(bench.offer), {"do": "update_deal", "amount": "250"})
    deal_id = bench.new()
    receipt = bench.move(deal_id, bench.offer)
    rows = [row for row in bench.desk.rows(Change) if row.operation_seq == receipt.operation]
    assert [(row.cause_automation, row.deal_id) for row in rows] == [
        (None, deal_id),
        (rule_id, deal_id),
    ]
    assert len(receipt.touched) == 1
    assert {"stage_id", "amount"} <= (receipt.touched[0].after or {}).keys()


def test_a_webhook_is_frozen_when_it_is_queued(bench: Bench) -> None:
    step = {
        "do": "send_webhook",
        "url": "https://example.com/h/{{deal.title}}?o={{owner.name}}",
        "secret": "crm",
    }
    bench.rule("stage_changed", step, name="Tell")
    deal_id = bench.new("A/B & Co", amount=1050)
    receipt = bench.move(deal_id, bench.offer)
    bench.desk.do(deals.edit, deal_id, {"title": "Other"})
    (row,) = bench.outbox()
    kept = json.loads(row.payload)
    assert kept["url"] == "https://example.com/h/A%2FB%20%26%20Co?o=Ada%20Owner"
    assert (kept["secret"], row.operation_seq) == ("crm", receipt.operation)
    (body,) = bench.bodies()
    assert (body["event"], body["rule"]["name"]) == ("stage_changed", "Tell")
    assert (body["deal"]["title"], body["deal"]["amount"]) == ("A/B & Co", "10.50")
    assert body["contact"]["name"] == "A/B & Co"
    operations = {row.seq: row.uid for row in bench.desk.rows(Operation)}
    assert body["operation"] == operations[receipt.operation]


def test_a_new_deal_takes_contacts_currency_and_owner_along(bench: Bench) -> None:
    bea = bench.desk.do(team.add, "Bea").value
    bench.rule(
        entering(bench.won),
        {"do": "create_deal", "pipeline": bench.onboarding, "amount": "{{deal.amount}}"},
    )
    deal_id = bench.new(amount=5000, currency="USD", owner_id=bea)
    bench.desk.do(deals.add_contact, deal_id, bench.contact("Zoe"))
    bench.desk.do(deals.win, deal_id)
    (made,) = [deal for deal in bench.deals() if deal.id != deal_id]
    assert (made.title, made.amount, made.currency, made.owner_id) == ("Acme", 5000, "USD", bea)
    assert bench.people(made.id or 0) == bench.people(deal_id)


def test_what_belongs_to_who_left_goes_to_who_acts(bench: Bench) -> None:
    bea = bench.desk.do(team.add, "Bea").value
    bench.rule("stage_changed", {"do": "add_task", "text": "Call"})
    deal_id = bench.new(owner_id=bea)
    bench.desk.do(team.edit, bea, active=False)
    bench.move(deal_id, bench.offer)
    assert [row.user_id for row in bench.desk.rows(Activity)] == [1]


def test_deleting_a_rule_is_undone_with_the_rest(bench: Bench) -> None:
    bench.rule("stage_changed", HELLO)
    bench.desk.do(automations.delete, 1)
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    assert bench.runs() == []
    for _ in range(4):
        bench.undo()
    writer = bench.workspace._opened_writer
    assert writer is not None
    with writer.session() as session:
        assert [row.name for row in session.exec(select(Automation))] == ["Rule 1"]
