"""What time brings comes once, also after a pause and a restart; what waits can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from dealboard.actions import activities, automations, deals, history, stages
from dealboard.automations import clock
from dealboard.store.tables import Activity, Change, Operation
from dealboard.store.undo import UndoConflict
from dealboard.workspace import Workspace
from tests.automations.conftest import Bench

LATER = {"do": "add_note", "text": "later: {{deal.title}}, was in {{stage.previous.name}}"}


def day(bench: Bench, days: int) -> datetime:
    return bench.clock.now + timedelta(days=days)


def test_a_close_date_fires_once_per_date_and_what_was_missed_is_made_up(bench: Bench) -> None:
    bench.rule({"on": "close_date", "days": 3}, {"do": "add_note", "text": "chase"})
    deal_id = bench.new(close_date=day(bench, 1).date())
    bench.clock.advance(days=3)
    assert bench.tick().runs == {}
    bench.clock.advance(days=30)
    assert bench.tick().runs == {"ran": 1}
    assert bench.tick().runs == {}
    bench.clock.advance(days=1)
    assert bench.tick().runs == {}
    bench.desk.do(deals.edit, deal_id, {"close_date": bench.workspace.today})
    bench.clock.advance(days=3)
    assert bench.tick().runs == {"ran": 1}
    assert bench.notes() == ["chase", "chase"]


def test_a_close_date_can_be_looked_forward_to(bench: Bench) -> None:
    bench.rule({"on": "close_date", "days": -2}, {"do": "add_note", "text": "soon"})
    bench.new(close_date=day(bench, 3).date())
    assert bench.tick().runs == {}
    bench.clock.advance(days=1)
    assert bench.tick().runs == {"ran": 1}


def test_closed_deals_wait_for_nothing(bench: Bench) -> None:
    bench.rule({"on": "close_date"}, {"do": "add_note", "text": "chase"})
    deal_id = bench.new(close_date=bench.workspace.today)
    bench.desk.do(deals.win, deal_id)
    assert bench.tick().runs == {}
    bench.desk.do(deals.reopen, deal_id)
    bench.desk.do(deals.edit, deal_id, {"close_date": bench.workspace.today})
    assert bench.tick().runs == {"ran": 1}


def test_a_deal_rots_once_per_idle_spell(bench: Bench) -> None:
    bench.desk.do(stages.edit, bench.lead, rotting_days=3)
    bench.rule("rotting", {"do": "send_webhook", "url": "https://example.com/"})
    deal_id = bench.new()
    bench.clock.advance(days=10)
    assert bench.tick().runs == {"ran": 1}
    bench.clock.advance(days=10)
    assert bench.tick().runs == {}
    bench.desk.do(activities.add, "note", "called", deal_id=deal_id)
    bench.clock.advance(days=2)
    assert bench.tick().runs == {}
    bench.clock.advance(days=1)
    assert bench.tick().runs == {"ran": 1}


def test_each_overdue_task_fires_once_and_again_when_it_was_put_off(bench: Bench) -> None:
    bench.rule("task_overdue", {"do": "add_note", "text": "late"})
    deal_id, today = bench.new(), bench.workspace.today
    tasks = [
        bench.desk.do(activities.add, "task", text, deal_id=deal_id, due=today).value
        for text in ("one", "two")
    ]
    bench.clock.advance(days=1)
    assert bench.tick().runs == {"ran": 2}
    assert bench.tick().runs == {}
    bench.desk.do(activities.snooze, tasks[0], 1)
    bench.desk.do(activities.done, tasks[1])
    bench.clock.advance(days=2)
    assert bench.tick().runs == {"ran": 1}


def test_conditions_that_do_not_hold_yet_are_asked_again(bench: Bench) -> None:
    rich = {"field": "deal.amount", "is": "greater", "value": "1000"}
    bench.rule("close_date", {"do": "add_note", "text": "rich"}, test={"all": [rich]})
    deal_id = bench.new(close_date=bench.workspace.today)
    assert bench.tick().runs == {}
    bench.desk.do(deals.edit, deal_id, {"amount": 200_000})
    assert bench.tick().runs == {"ran": 1}


def test_the_clock_acts_by_itself_and_is_undone_from_history_only(bench: Bench) -> None:
    bench.rule({"on": "close_date"}, {"do": "update_deal", "reference": "due"}, name="Nudge")
    deal_id = bench.new(close_date=bench.workspace.today)
    done = bench.tick()
    (seq,) = done.operations
    row = next(each for each in bench.desk.rows(Operation) if each.seq == seq)
    assert (row.actor_id, row.label) == (None, "Automation Nudge")
    with pytest.raises(UndoConflict, match="Created Acme"):
        bench.undo()  # the user's own newest operation
    bench.desk.do(history.undo, seq)
    assert bench.desk.deal(deal_id).reference is None
    assert bench.tick().runs == {}


def test_many_deals_come_some_at_a_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "BATCH", 2)
    some = {"field": "deal.title", "is": "is_not", "value": "Bolt"}
    bench.rule("close_date", {"do": "add_note", "text": "due"}, test={"all": [some]})
    for title in ("Acme", "Bolt", "Bolt", "Bolt", "Echo"):
        bench.new(title, close_date=bench.workspace.today)
    done = bench.tick()
    assert (len(done.operations), done.runs) == (2, {"ran": 2})


def test_what_the_clock_does_sets_off_other_rules(bench: Bench) -> None:
    bench.rule("close_date", {"do": "move_stage", "stage": bench.lost})
    bench.rule({"on": "stage_changed", "to": bench.lost}, {"do": "add_note", "text": "over"})
    bench.new(close_date=bench.workspace.today)
    assert bench.tick().runs == {"ran": 2}
    assert bench.notes() == ["over"]


def test_a_loop_of_the_clock_is_stopped_and_not_tried_again(bench: Bench) -> None:
    bench.rule("close_date", {"do": "move_stage", "stage": bench.offer}, name="Due")
    bench.rule("stage_changed", {"do": "update_deal", "title": "x{{deal.title}}"}, name="Marks")
    bench.rule("deal_updated", {"do": "update_deal", "title": "y{{deal.title}}"}, name="Loops")
    deal_id = bench.new(close_date=bench.workspace.today)
    assert bench.tick().runs == {"stopped": 2}
    assert bench.desk.deal(deal_id).title == "Acme"
    assert {run.automation for run in bench.runs()} == {"Due", "Loops"}
    assert bench.tick().runs == {}


# ── delays ────────────────────────────────────────────────────────────────────────────────────


def delayed(bench: Bench, **wait: int) -> int:
    bench.rule("stage_changed", {"do": "delay", **wait}, LATER, name="Slow")
    deal_id = bench.new()
    bench.move(deal_id, bench.offer)
    return deal_id


def test_a_delay_survives_a_restart_and_comes_once(bench: Bench) -> None:
    deal_id = delayed(bench, hours=2)
    bench.workspace.close()
    again = Workspace.open(bench.workspace.path, clock=bench.clock)
    assert clock.due(again).next_at == day(bench, 0) + timedelta(hours=2)
    bench.clock.advance(hours=1, minutes=59)
    assert clock.due(again).operations == ()
    bench.clock.advance(minutes=1)
    (seq,) = clock.due(again).operations
    assert clock.due(again).operations == ()
    bench.workspace = bench.desk.workspace = again
    assert bench.notes(deal_id) == ["later: Acme, was in Lead"]
    row = next(each for each in bench.desk.rows(Operation) if each.seq == seq)
    assert (row.label, row.actor_id) == ("Automation Slow went on", None)
    assert row.cause is not None
    assert [each.state for each in bench.outbox("step")] == ["sent"]
    again.close()


def test_undo_drops_what_was_delayed(bench: Bench) -> None:
    deal_id = delayed(bench, days=1)
    bench.undo()
    bench.clock.advance(days=2)
    assert bench.tick().operations == ()
    assert bench.notes(deal_id) == []
    bench.desk.do(history.redo)
    assert len(bench.tick().operations) == 1


def test_what_ran_after_a_delay_is_an_operation_of_its_own(bench: Bench) -> None:
    deal_id = delayed(bench, minutes=5)
    bench.clock.advance(minutes=5)
    bench.tick()
    receipt = bench.undo()
    assert receipt.notes == ("What 1 delayed action did already stays: undo it from History.",)
    assert (bench.stage(deal_id), bench.notes()) == (bench.lead, ["later: Acme, was in Lead"])


def test_a_rule_that_is_off_or_a_deal_that_is_gone_ends_the_wait(bench: Bench) -> None:
    first = delayed(bench, days=1)
    second = bench.new("Bolt")
    bench.move(second, bench.offer)
    bench.desk.do(deals.delete, [first])
    bench.clock.advance(days=1)
    bench.desk.do(automations.disable, 1)
    bench.tick()
    reasons = {row.deal_id: (row.state, row.reason) for row in bench.outbox("step")}
    assert reasons[first] == ("cancelled", "the deal is gone")
    assert reasons[second][0] == "cancelled"
    assert bench.notes() == []


def test_delays_follow_each_other_and_frozen_steps_outlive_an_edit(bench: Bench) -> None:
    wait = {"do": "delay", "days": 1}
    one, two = {"do": "add_note", "text": "one"}, {"do": "add_note", "text": "two"}
    rule_id = bench.rule("deal_created", wait, one, wait, two)
    bench.new()
    rule = bench.kept(rule_id)
    bench.desk.do(automations.edit, rule_id, rule._replace(then=rule.then[1:2]))
    for expected in (["one"], ["one", "two"]):
        bench.clock.advance(days=1)
        bench.tick()
        assert bench.notes() == expected


def test_a_loop_with_a_wait_in_it_ends(bench: Bench) -> None:
    bench.rule(
        "deal_updated",
        {"do": "delay", "minutes": 1},
        {"do": "update_deal", "title": "x{{deal.title}}"},
    )
    deal_id = bench.new()
    bench.desk.do(deals.edit, deal_id, {"amount": 5})
    for _ in range(5):
        bench.clock.advance(minutes=2)
        bench.tick()
    assert len(bench.desk.deal(deal_id).title) <= len("xAcme")
    assert bench.outbox("step")[-1].state != "pending"


def test_a_delayed_bulk_goes_on_together(bench: Bench) -> None:
    bench.rule("stage_changed", {"do": "delay", "days": 1}, {"do": "add_task", "text": "Call"})
    ids = [bench.new(str(number)) for number in range(5)]
    bench.desk.do(deals.move_many, ids, bench.offer)
    bench.clock.advance(days=1)
    assert len(bench.tick().operations) == 1
    assert sorted(row.deal_id or 0 for row in bench.desk.rows(Activity)) == ids


def test_the_clock_leaves_no_trace_where_nothing_is_due(bench: Bench) -> None:
    bench.rule("close_date", {"do": "add_note", "text": "due"})
    bench.new()
    before = len(bench.desk.rows(Operation)), len(bench.desk.rows(Change))
    done = bench.tick()
    assert (done.operations, done.runs, done.notes) == ((), {}, ())
    assert done.next_at == bench.clock.now + timedelta(hours=1)
    bench.clock.advance(hours=14, minutes=30)
    assert bench.tick().next_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert (len(bench.desk.rows(Operation)), len(bench.desk.rows(Change))) == before
