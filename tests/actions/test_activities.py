"""Calls, meetings, notes and tasks: what they take, what becomes of them, and what undo does."""

from datetime import date, timedelta

import pytest

from dealboard.actions import activities, contacts, deals, history, team
from dealboard.actions.edits import Conflict
from dealboard.domain.changes import ActivityChanges
from dealboard.domain.views import ActivityKind, Role
from dealboard.errors import InvalidValue, MissingField, NotFound, NotPermitted, Refused
from dealboard.store.reads import activities as reads
from dealboard.store.tables import Activity, Message
from dealboard.store.transaction import Transaction
from dealboard.store.undo import UndoConflict
from tests.actions.conftest import Desk

TODAY = date(2026, 11, 23)
TASK = ActivityKind.TASK


def texts(desk: Desk) -> list[str]:
    return [row.text for row in desk.rows(Activity)]


def note(desk: Desk, deal_id: int, text: str = "They like it") -> int:
    return desk.do(activities.add, ActivityKind.NOTE, text, deal_id=deal_id).value


def task(desk: Desk, deal_id: int, text: str = "call Ada", due: date | None = TODAY) -> int:
    return desk.do(activities.add, TASK, text, deal_id=deal_id, due=due).value


def chat(desk: Desk, contact_id: int, *lines: str) -> None:
    def write(tx: Transaction) -> None:
        tx.add(
            [
                Message(
                    uid=f"{contact_id}-{line}",
                    contact_id=contact_id,
                    at=tx.now,
                    direction="in",
                    text=line,
                    source="import",
                    key=line,
                )
                for line in lines
            ]
        )

    desk.do(write)


def chats(desk: Desk) -> list[tuple[int, str]]:
    return sorted((row.contact_id, row.text) for row in desk.rows(Message))


# ── add ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("call", "Call on Acme"),
        ("meeting", "Meeting on Acme"),
        ("note", "Noted on Acme"),
        ("task", "Task for Acme: Budget is fixed"),
    ],
)
def test_the_label_says_what_was_done(desk: Desk, kind: str, label: str) -> None:
    text = " Budget is fixed\r\nuntil June \n"
    receipt = desk.do(activities.add, kind, text, deal_id=desk.new())
    row = desk.row(Activity, receipt.value)
    assert receipt.label == label
    assert (row.kind, row.text) == (kind, "Budget is fixed\nuntil June")
    assert (row.user_id, row.created_at, row.due) == (1, desk.clock.now, None)


def test_an_activity_of_a_contact_needs_no_deal(desk: Desk) -> None:
    contact_id = desk.contact("Bob")
    receipt = desk.do(activities.add, TASK, "send card", contact_id=contact_id, due=TODAY)
    assert receipt.label == "Task for Bob: send card"
    (found,) = desk.workspace.read(reads.of_contact, contact_id)
    assert (found.deal_id, found.contact_id, found.due) == (None, contact_id, TODAY)


def test_what_no_activity_can_be_is_refused(desk: Desk) -> None:
    deal_id = desk.new()
    with pytest.raises(MissingField, match="says what it is about"):
        desk.do(activities.add, "note", " \n ", deal_id=deal_id)
    with pytest.raises(MissingField, match="belongs to a deal or a contact"):
        desk.do(activities.add, "note", "x")
    with pytest.raises(InvalidValue, match="no such activity"):
        desk.do(activities.add, "lunch", "x", deal_id=deal_id)
    with pytest.raises(InvalidValue, match="a note has no due day"):
        desk.do(activities.add, "note", "x", deal_id=deal_id, due=TODAY)
    with pytest.raises(InvalidValue, match="at most 20000 fit"):
        desk.do(activities.add, "note", "x" * 20_001, deal_id=deal_id)
    with pytest.raises(NotFound):
        desk.do(activities.add, "note", "x", deal_id=99)
    with pytest.raises(NotFound):
        desk.do(activities.add, "note", "x", contact_id=99)
    assert desk.rows(Activity) == []


def test_who_left_gets_nothing_more_to_do(desk: Desk) -> None:
    ben = desk.do(team.add, "Ben", role=Role.ADMINISTRATOR).value
    deal_id = desk.new()
    given = desk.do(activities.add, TASK, "x", deal_id=deal_id, user_id=ben).value
    assert desk.row(Activity, given).user_id == ben
    desk.do(team.edit, ben, active=False)
    with pytest.raises(InvalidValue, match="deactivated"):
        desk.do(activities.add, TASK, "x", deal_id=deal_id, user_id=ben)


def test_chat_operators_write_about_contacts_but_not_about_deals(desk: Desk) -> None:
    deal_id, contact_id = desk.new(), desk.contact("Bob")
    theirs = note(desk, deal_id)
    emi = desk.acting("Emi", Role.CHAT_OPERATOR)
    emi.do(activities.add, "note", "prefers mornings", contact_id=contact_id)
    for refused in (
        lambda tx: activities.add(tx, "note", "x", deal_id=deal_id),
        lambda tx: activities.edit(tx, theirs, {"text": "x"}),
        lambda tx: activities.delete(tx, theirs),
    ):
        with pytest.raises(NotPermitted):
            emi.do(refused)
    assert texts(desk) == ["They like it", "prefers mornings"]


# ── tasks ─────────────────────────────────────────────────────────────────────────────────────


def test_a_task_is_done_and_to_be_done_again(desk: Desk) -> None:
    task_id = task(desk, desk.new())
    assert desk.do(activities.done, task_id).label == "Done: call Ada"
    assert desk.row(Activity, task_id).done_at == desk.clock.now
    assert desk.do(activities.done, task_id).operation is None
    assert desk.do(activities.reopen, task_id).label == "To do again: call Ada"
    assert desk.row(Activity, task_id).done_at is None
    desk.do(activities.done, task_id)
    desk.do(history.undo)
    assert desk.row(Activity, task_id).done_at is None


@pytest.mark.parametrize(
    ("due", "days", "then"),
    [
        (TODAY, 1, TODAY + timedelta(1)),
        (TODAY - timedelta(9), 1, TODAY + timedelta(1)),
        (TODAY + timedelta(3), 7, TODAY + timedelta(10)),
        (TODAY + timedelta(3), -1, TODAY + timedelta(2)),
        (None, 0, TODAY),
    ],
)
def test_snoozing_counts_from_today_at_the_earliest(
    desk: Desk, due: date | None, days: int, then: date
) -> None:
    task_id = task(desk, desk.new(), due=due)
    assert desk.do(activities.snooze, task_id, days).label == f"call Ada: due {then}"
    assert desk.row(Activity, task_id).due == then


def test_only_open_tasks_can_be_put_off_and_only_tasks_done(desk: Desk) -> None:
    deal_id = desk.new()
    task_id, note_id = task(desk, deal_id), note(desk, deal_id)
    desk.do(activities.done, task_id)
    with pytest.raises(Refused, match="done already"):
        desk.do(activities.snooze, task_id, 1)
    with pytest.raises(Refused, match="A note is nothing"):
        desk.do(activities.done, note_id)
    desk.do(activities.reopen, task_id)
    with pytest.raises(InvalidValue, match="calendar"):
        desk.do(activities.snooze, task_id, 10**9)


# ── edit ──────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_changes_what_is_given(desk: Desk) -> None:
    task_id = task(desk, desk.new())
    changes = ActivityChanges(text="call Bob ", due=None)
    assert desk.do(activities.edit, task_id, changes).label == "Edited the task on Acme"
    row = desk.row(Activity, task_id)
    assert (row.text, row.due, row.kind) == ("call Bob", None, "task")
    assert desk.do(activities.edit, task_id, changes).operation is None


def test_a_task_that_becomes_a_call_has_no_day_any_more(desk: Desk) -> None:
    task_id = task(desk, desk.new())
    desk.do(activities.done, task_id)
    desk.do(activities.edit, task_id, {"kind": "call", "text": "called Ada"})
    row = desk.row(Activity, task_id)
    assert (row.kind, row.text, row.due, row.done_at) == ("call", "called Ada", None, None)
    desk.do(history.undo)
    assert desk.row(Activity, task_id).due == TODAY
    with pytest.raises(InvalidValue, match="a note has no due day"):
        desk.do(activities.edit, task_id, {"kind": "note", "due": TODAY + timedelta(1)})


def test_two_who_edit_the_same_text_are_told(desk: Desk) -> None:
    note_id = note(desk, desk.new(), "old")
    desk.do(activities.edit, note_id, {"text": "theirs"})
    with pytest.raises(Conflict, match="theirs"):
        desk.do(activities.edit, note_id, {"text": "mine"}, base={"text": "old"})


def test_an_activity_keeps_a_subject(desk: Desk) -> None:
    contact_id = desk.contact("Bob")
    own = desk.do(activities.add, "note", "x", contact_id=contact_id).value
    with pytest.raises(MissingField, match="deal or a contact"):
        desk.do(activities.edit, own, {"contact_id": None})


# ── what goes and what comes back ─────────────────────────────────────────────────────────────


def test_activities_go_with_their_deal_and_come_back(desk: Desk) -> None:
    deal_id, other = desk.new(), desk.new("Other")
    note(desk, deal_id)
    task(desk, deal_id)
    note(desk, other, "stays")
    before = [row.model_dump() for row in desk.rows(Activity)]
    desk.do(deals.delete, [deal_id])
    assert texts(desk) == ["stays"]
    desk.do(history.undo)
    after = [row.model_dump() for row in desk.rows(Activity)]
    derived = {"updated_at", "version"}
    assert [{k: v for k, v in row.items() if k not in derived} for row in after] == [
        {k: v for k, v in row.items() if k not in derived} for row in before
    ]
    desk.do(history.redo)
    assert texts(desk) == ["stays"]


def test_a_deleted_activity_comes_back(desk: Desk) -> None:
    task_id = task(desk, desk.new())
    assert desk.do(activities.delete, task_id).label == "Deleted the task on Acme: call Ada"
    assert texts(desk) == []
    desk.do(history.undo)
    assert desk.row(Activity, task_id).due == TODAY


def test_adding_can_be_undone_and_redone(desk: Desk) -> None:
    note(desk, desk.new())
    desk.do(history.undo)
    assert texts(desk) == []
    desk.do(history.redo)
    assert texts(desk) == ["They like it"]


def test_a_deal_that_was_written_about_is_not_undone_away(desk: Desk) -> None:
    created = desk.do(deals.create, contacts=[desk.contact()], stage_id=desk.lead, title="Acme")
    note(desk, created.value, "They like it\nvery much")
    with pytest.raises(UndoConflict, match="the note “They like it” has come to use it"):
        desk.do(history.undo, created.operation)


def test_an_undo_names_the_task_that_changed_since(desk: Desk) -> None:
    deal_id = desk.new()
    added = desk.do(activities.add, TASK, "call Ada", deal_id=deal_id)
    desk.do(activities.snooze, added.value, 1)
    with pytest.raises(UndoConflict, match="the task “call Ada” has changed since"):
        desk.do(history.undo, added.operation)


def test_nothing_is_copied_with_a_clone(desk: Desk) -> None:
    deal_id = desk.new()
    task(desk, deal_id)
    clone = desk.do(deals.clone, deal_id).value
    assert desk.workspace.read(reads.of_deal, clone) == ()


# ── contacts ──────────────────────────────────────────────────────────────────────────────────


def test_a_merge_hands_over_activities_and_chat(desk: Desk) -> None:
    gone, kept = desk.contact("Bob"), desk.contact("Robert")
    desk.do(activities.add, "note", "prefers mornings", contact_id=gone)
    chat(desk, gone, "hello", "same")
    chat(desk, kept, "same", "bye")
    receipt = desk.do(contacts.merge, gone, kept)
    assert receipt.notes == ("Its chat of 1 message moved along; undo leaves it there.",)
    assert [row.contact_id for row in desk.rows(Activity)] == [kept]
    assert chats(desk) == [(kept, "bye"), (kept, "hello"), (kept, "same")]
    desk.do(history.undo)
    assert [row.contact_id for row in desk.rows(Activity)] == [gone]


def test_forgetting_erases_chat_and_own_notes_but_not_what_is_on_deals(desk: Desk) -> None:
    deal_id, bob = desk.new(), desk.contact("Bob")
    desk.do(activities.add, "note", "prefers mornings", contact_id=bob)
    desk.do(activities.add, "call", "agreed on June", deal_id=deal_id, contact_id=bob)
    chat(desk, bob, "hello")
    receipt = desk.do(contacts.forget, bob)
    assert receipt.notes[0] == "Its chat of 1 message was deleted for good."
    assert texts(desk) == ["agreed on June"]
    assert chats(desk) == []
    with pytest.raises(Refused, match="forgotten"):
        desk.do(activities.add, "note", "x", contact_id=bob)


def test_a_deleted_contact_leaves_nothing_behind(desk: Desk) -> None:
    deal_id, bob = desk.new(), desk.contact("Bob")
    desk.do(activities.add, "note", "prefers mornings", contact_id=bob)
    desk.do(activities.add, "call", "agreed on June", deal_id=deal_id, contact_id=bob)
    chat(desk, bob, "hello")
    desk.do(contacts.delete, bob)
    assert [(row.text, row.contact_id) for row in desk.rows(Activity)] == [("agreed on June", None)]
    assert chats(desk) == []
    desk.do(history.undo)
    assert [(row.text, row.contact_id) for row in desk.rows(Activity)] == [
        ("prefers mornings", bob),
        ("agreed on June", bob),
    ]


def test_a_contact_that_has_a_chat_is_not_undone_away(desk: Desk) -> None:
    bob = desk.do(contacts.add, name="Bob")
    chat(desk, bob.value, "hello", "there")
    with pytest.raises(UndoConflict, match=r"cannot be taken back: the chat has come to use it\."):
        desk.do(history.undo, bob.operation)
