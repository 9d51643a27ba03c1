"""What a timeline tells of a deal and of a contact, written by the actions and read back."""

from datetime import date

import pytest

from dealboard.actions import (
    activities,
    contacts,
    deals,
    history,
    pipelines,
    stages,
    team,
)
from dealboard.domain.stages import parse_stages
from dealboard.domain.views import ActivityKind, Event, EventKind, Role
from dealboard.store.batches import insert_bulk
from dealboard.store.reads import timeline
from dealboard.store.reads.history import operations
from dealboard.store.tables import Activity, DealContact
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk

NEW_YEAR = date(2027, 1, 1)


def events(desk: Desk, deal_id: int, **page: object) -> tuple[Event, ...]:
    return desk.workspace.read(timeline.of_deal, deal_id, **page)  # type: ignore[arg-type]


def told(desk: Desk, deal_id: int) -> list[str]:
    return [event.sentence for event in events(desk, deal_id)]


def later(desk: Desk) -> Desk:
    desk.clock.advance(minutes=1)
    return desk


# ── deals ─────────────────────────────────────────────────────────────────────────────────────


def test_a_deal_tells_its_life_newest_first(desk: Desk) -> None:
    bob = desk.contact("Bob")
    deal_id = desk.new()
    later(desk).do(deals.move, deal_id, by=1)
    later(desk).do(deals.edit, deal_id, {"amount": 120_000, "close_date": NEW_YEAR})
    later(desk).do(deals.edit, deal_id, {"amount": 150_050, "title": "Acme 2"})
    later(desk).do(deals.add_contact, deal_id, bob)
    later(desk).do(deals.remove_contact, deal_id, bob)
    later(desk).do(deals.win, deal_id)
    later(desk).do(deals.reopen, deal_id)
    later(desk).do(deals.lose, deal_id, "price")
    found = events(desk, deal_id)
    assert [(event.kind.value, event.sentence) for event in found] == [
        ("lost", "lost it (from Offer to Lost): price"),
        ("reopened", "reopened it (from Won to Offer)"),
        ("won", "won it (from Offer to Won)"),
        ("contact", "removed contact Bob"),
        ("contact", "added contact Bob"),
        ("edited", "renamed it from “Acme” to “Acme 2”"),
        ("edited", "changed the amount from €1,200 to €1,500.50"),
        ("edited", "set the amount to €1,200"),
        ("edited", "set the close date to 1 Jan 2027"),
        ("moved", "moved it from Lead to Offer"),
        ("created", "created it in Lead"),
    ]
    assert {event.actor for event in found} == {"Ada Owner"}
    assert found[0].at == desk.clock.now


def test_what_closing_does_to_the_date_is_no_news(desk: Desk) -> None:
    deal_id = desk.new()
    later(desk).do(deals.win, deal_id)
    later(desk).do(deals.reopen, deal_id)
    assert len(told(desk, deal_id)) == 3


def test_a_place_among_neighbours_is_no_news(desk: Desk) -> None:
    deal_id, _ = desk.new("a"), desk.new("b")
    for _ in range(3):
        later(desk).do(deals.reorder, deal_id, -1)
        later(desk).do(deals.reorder, deal_id, 1)
    assert [event.sentence for event in events(desk, deal_id, limit=1)] == ["created it in Lead"]


def test_sums_are_in_the_currency_of_their_day(desk: Desk) -> None:
    deal_id = desk.new()
    later(desk).do(deals.edit, deal_id, {"amount": 100_00})
    later(desk).do(deals.edit, deal_id, {"currency": "USD"})
    later(desk).do(deals.edit, deal_id, {"amount": 200_00})
    later(desk).do(deals.edit, deal_id, {"amount": None, "reference": "R-1"})
    later(desk).do(deals.edit, deal_id, {"reference": None})
    assert told(desk, deal_id)[:-1] == [
        "removed the reference R-1",
        "removed the amount $200",
        "set the reference to R-1",
        "changed the amount from $100 to $200",
        "changed the currency from EUR to USD",
        "set the amount to €100",
    ]
    locale = events(desk, deal_id, locale="de_DE")
    assert locale[-2].sentence == "set the amount to 100 €"


def test_stages_pipelines_and_users_that_changed_since_keep_a_name(desk: Desk) -> None:
    other = desk.do(pipelines.create, "Other", parse_stages("Start:20,Lead:30")).value
    middle = desk.do(stages.add, desk.pipeline, "Middle", probability=20).value
    ben = desk.do(team.add, "Ben", role=Role.ADMINISTRATOR).value
    deal_id = desk.new()
    later(desk).do(deals.move, deal_id, stage_id=middle)
    later(desk).do(deals.move, deal_id, stage_id=desk.lead)
    later(desk).do(deals.assign, deal_id, ben)
    later(desk).do(deals.move, deal_id, pipeline_id=other)
    desk.do(stages.delete, middle)
    desk.do(team.edit, ben, active=False)
    assert told(desk, deal_id)[:4] == [
        "moved it from Sales / Lead to Other / Lead",
        "changed the owner from Ada Owner to Ben",
        "moved it from Middle to Lead",
        "moved it from Lead to Middle",
    ]


def test_undo_and_redo_are_told_and_what_is_undone_is_marked(desk: Desk) -> None:
    deal_id = desk.new()
    later(desk).do(deals.move, deal_id, by=1)
    later(desk).do(history.undo)
    found = events(desk, deal_id)
    assert [(event.kind, event.sentence, event.undone) for event in found] == [
        (EventKind.UNDO, "undid: Acme → Offer", False),
        (EventKind.MOVED, "moved it from Lead to Offer", True),
        (EventKind.CREATED, "created it in Lead", False),
    ]
    later(desk).do(history.redo)
    assert [(event.sentence, event.undone) for event in events(desk, deal_id)[:3]] == [
        ("redid: Acme → Offer", False),
        ("undid: Acme → Offer", False),
        ("moved it from Lead to Offer", False),
    ]


def test_a_deal_that_was_deleted_has_its_past_still(desk: Desk) -> None:
    deal_id = desk.new()
    later(desk).do(activities.add, ActivityKind.NOTE, "x", deal_id=deal_id)
    later(desk).do(deals.delete, [deal_id])
    assert told(desk, deal_id) == ["deleted it", "created it in Lead"]
    later(desk).do(history.undo)
    assert told(desk, deal_id) == [
        "undid: Deleted Acme",
        "deleted it",
        "wrote a note",
        "created it in Lead",
    ]


def test_contacts_that_are_gone_are_told_by_the_name_they_had(desk: Desk) -> None:
    bob, robert = desk.contact("Bob"), desk.contact("Robert")
    deal_id = desk.new()
    later(desk).do(deals.add_contact, deal_id, bob)
    later(desk).do(contacts.merge, bob, robert)
    later(desk).do(deals.set_contacts, deal_id, [robert, *_people(desk, deal_id)])
    assert told(desk, deal_id)[:3] == [
        "changed the order of its contacts",
        "merged contact Bob into Robert",
        "added contact Bob",
    ]


def _people(desk: Desk, deal_id: int) -> list[int]:
    deal = next(row for row in desk.rows(DealContact) if row.deal_id == deal_id)
    return [deal.contact_id]


def test_activities_come_with_their_row_when_written_and_when_done(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(team.add, "Ben", role=Role.ADMINISTRATOR)
    task = later(desk).do(activities.add, "task", "call Ada", deal_id=deal_id).value
    later(desk).do(activities.add, "call", "no answer", deal_id=deal_id)
    later(desk.seen_by("Ben")).do(activities.done, task)
    assert [
        (event.actor, event.sentence, event.activity and event.activity.text)
        for event in events(desk, deal_id)
    ] == [
        ("Ben", "finished a task", "call Ada"),
        ("Ada Owner", "logged a call", "no answer"),
        ("Ada Owner", "added a task", "call Ada"),
        ("Ada Owner", "created it in Lead", None),
    ]
    desk.do(activities.delete, task)
    assert told(desk, deal_id) == ["logged a call", "created it in Lead"]
    labels = [each.label for each in desk.workspace.read(operations, deal_id=deal_id, limit=9)]
    assert labels == [
        "Deleted the task on Acme: call Ada",
        "Done: call Ada",
        "Call on Acme",
        "Task for Acme: call Ada",
        "Created Acme",
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_are_the_whole_without_gaps_or_repeats(desk: Desk, limit: int) -> None:
    deal_id = desk.new()
    for number in range(6):
        if number % 2:
            later(desk)
        desk.do(deals.move, deal_id, by=1 if number % 2 else -1)
        desk.do(deals.edit, deal_id, {"amount": number, "title": f"Acme {number}"})
        task = desk.do(activities.add, "task", f"step {number}", deal_id=deal_id).value
        desk.do(activities.done, task)
        desk.do(activities.add, "note", f"note {number}", deal_id=deal_id)
    whole = events(desk, deal_id)
    assert len(whole) >= 6 * 5
    assert [event.at for event in whole] == sorted((e.at for e in whole), reverse=True)
    paged: list[Event] = []
    while page := events(desk, deal_id, limit=limit, before=paged[-1] if paged else None):
        paged += page
    assert tuple(paged) == whole


def test_what_came_in_bulk_begins_with_its_import(desk: Desk) -> None:
    """Rows of a batch have no image in the journal."""
    deal_id = desk.new()

    def bulk(tx: Transaction) -> None:
        at = "2026-11-02T08:00:00.000000Z"
        written = ("id", "uid", "created_at", "updated_at", "version")
        columns = (*written, "kind", "text", "deal_id", "user_id")
        row = (900, "imported", at, at, 1, "note", "from the old system", deal_id, 1)
        insert_bulk(tx, Activity, columns, [row])
        tx.connection.execute(
            "UPDATE deal SET batch = :seq, created_at = :at WHERE id = :deal",
            {"seq": tx.operation.seq, "at": at, "deal": deal_id},
        )
        for table in ("deal", "deal_contact"):
            tx.connection.execute("DELETE FROM change WHERE table_name = :table", {"table": table})

    later(desk).do(bulk)
    later(desk).do(deals.move, deal_id, by=1)
    assert [(event.at.day, event.sentence) for event in events(desk, deal_id)] == [
        (23, "moved it from Lead to Offer"),
        (2, "wrote a note"),
        (2, "created it (imported on 23 Nov 2026)"),
    ]


def test_nothing_is_told_of_a_deal_that_never_was(desk: Desk) -> None:
    assert events(desk, 99) == ()


# ── contacts ──────────────────────────────────────────────────────────────────────────────────


def test_a_contact_tells_its_deals_and_activities_but_no_values(desk: Desk) -> None:
    bob = desk.contact("Bob")
    later(desk).do(contacts.edit, bob, {"phone": "06 6982", "email": "bob@example.org"})
    deal_id = later(desk).do(deals.create, contacts=[bob], stage_id=desk.lead, title="Acme").value
    later(desk).do(activities.add, "note", "prefers mornings", contact_id=bob)
    later(desk).do(activities.add, "call", "agreed", deal_id=deal_id, contact_id=bob)
    later(desk).do(deals.lose, deal_id, "price")

    def sentences(*, with_deals: bool = True) -> list[str]:
        found = desk.workspace.read(timeline.of_contact, bob, with_deals=with_deals)
        return [f"{event.actor} {event.sentence}" for event in found]

    assert sentences() == [
        "Ada Owner lost deal Acme: price",
        "Ada Owner logged a call",
        "Ada Owner wrote a note",
        "Ada Owner created deal Acme",
        "Ada Owner changed phone and e-mail",
        "Ada Owner added the contact",
    ]
    assert sentences(with_deals=False) == [
        "Ada Owner wrote a note",
        "Ada Owner changed phone and e-mail",
        "Ada Owner added the contact",
    ]
    later(desk).do(contacts.forget, bob)
    assert sentences(with_deals=False)[0] == "Ada Owner forgot the contact"
