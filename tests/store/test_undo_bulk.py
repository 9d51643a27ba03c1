"""Undo and redo of many rows: as exact as one by one, and refused by name."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from dealboard import actions
from dealboard.domain.stages import parse_stages
from dealboard.store import batches, tables, undo
from dealboard.store.transaction import Touched, Transaction
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock

AT = MORNING.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
PEOPLE = 7

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True, params=[2, 2_000])
def _portions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write in portions smaller and larger than what is written."""
    monkeypatch.setattr(batches, "CHUNK", request.param)


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    """Add the pipeline Sales: Lead, Offer, Won, Lost are stages 1 to 4."""
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales", parse_stages("Lead,Offer")))
    return workspace


def state(workspace: Workspace) -> Rows:
    """Return all that the workspace holds, without when and how often rows were written."""

    def read(connection: Any) -> Rows:
        found: Rows = {}
        for table in map(str, (each.__tablename__ for each in tables.JOURNALLED)):
            cursor = connection.execute(f'SELECT * FROM "{table}" ORDER BY id')
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor]
        for row in (row for rows in found.values() for row in rows):
            row.pop("version", None)
            row.pop("updated_at", None)
        return found

    return workspace.read(read)


def journalled(workspace: Workspace, seq: int | None) -> tuple[Touched, ...]:
    """Return what the journal holds of an operation."""
    rows = workspace.read(
        lambda c: c.execute(
            "SELECT table_name, row_id, before, after FROM change"
            " WHERE operation_seq = :seq ORDER BY id",
            {"seq": seq},
        ).fetchall()
    )
    return tuple(
        Touched(name, row_id, before and json.loads(before), after and json.loads(after))
        for name, row_id, before, after in rows
    )


def by_row(changes: Iterable[Touched]) -> list[Touched]:
    return sorted(changes, key=lambda each: (each.table, each.row_id))


def inverse(changes: Iterable[Touched]) -> list[Touched]:
    """Return changes with before and after exchanged."""
    return by_row(Touched(each.table, each.row_id, each.after, each.before) for each in changes)


def fill(tx: Transaction) -> None:
    """Insert contacts and a deal of each in bulk, as an import does."""
    tx.describe("Imported")
    contact = batches.next_id(tx.session, tables.Contact)
    deal = batches.next_id(tx.session, tables.Deal)
    link = batches.next_id(tx.session, tables.DealContact)
    row = ("id", "uid", "created_at", "updated_at", "version")
    name = ("first_name", "last_name", "phone", "email", "forgotten", "search")
    batches.insert_bulk(
        tx,
        tables.Contact,
        (*row, *name),
        (
            (
                *(contact + n, f"c{n}", AT, AT, 1),
                *(f"Ann {n}", "", f"1-2{n}", "A@x.it", 0, f"ann {n}\x1f12{n}\x1fa@x.it"),
            )
            for n in range(PEOPLE)
        ),
    )
    money = ("amount", "currency", "close_date", "close_date_auto")
    place = ("title", "stage_id", "owner_id", "rank", "stage_entered_at", "search")
    batches.insert_bulk(
        tx,
        tables.Deal,
        (*row, *money, *place),
        (
            (
                *(deal + n, f"d{n}", AT, AT, 1, 100, "EUR", "2026-12-24", 1),
                *(f"Deal {n}", 1, 1, n, AT, f"deal {n}\x1fann {n}\x1f12{n}"),
            )
            for n in range(PEOPLE)
        ),
    )
    batches.insert_bulk(
        tx,
        tables.DealContact,
        ("id", "deal_id", "contact_id", "position"),
        ((link + n, deal + n, contact + n, 1) for n in range(PEOPLE)),
    )


def deal_ids(workspace: Workspace) -> list[int]:
    return [row["id"] for row in state(workspace)["deal"]]


def delete_all(workspace: Workspace) -> Callable[[Transaction], int]:
    ids = deal_ids(workspace)
    return lambda tx: actions.deals.delete(tx, ids)


def move_all(workspace: Workspace) -> Callable[[Transaction], None]:
    ids = deal_ids(workspace)

    def move(tx: Transaction) -> None:
        for deal_id in ids:
            actions.deals.move(tx, deal_id, stage_id=2)

    return move


def test_an_import_comes_and_goes_as_it_was(sales: Workspace) -> None:
    before = state(sales)
    imported = sales.run(fill).operation
    filled = state(sales)
    assert len(filled["deal"]) == PEOPLE
    for act, expected in ((undo.undo, before), (undo.redo, filled)) * 2:
        receipt = sales.run(act)
        assert state(sales) == expected
        assert receipt.touched == journalled(sales, receipt.operation)
        assert len(receipt.touched) == 3 * PEOPLE
    assert {row["batch"] for row in filled["deal"]} == {imported}


def test_deleted_deals_come_back_as_they_were(sales: Workspace, clock: Clock) -> None:
    sales.run(fill)
    before = state(sales)
    deleted = sales.run(delete_all(sales))
    without = state(sales)
    clock.advance(hours=1)
    undone = sales.run(undo.undo)
    assert state(sales) == before
    assert inverse(undone.touched) == by_row(deleted.touched)
    assert undone.touched == journalled(sales, undone.operation)
    written = sales.read(
        lambda c: c.execute("SELECT DISTINCT version, updated_at FROM deal").fetchall()
    )
    assert [tuple(row) for row in written] == [(1, AT.replace("T09", "T10"))]
    redone = sales.run(undo.redo)
    assert state(sales) == without
    assert inverse(redone.touched) == by_row(undone.touched)


def test_moved_deals_go_back_and_forth(sales: Workspace) -> None:
    sales.run(fill)
    before = state(sales)
    moved = sales.run(move_all(sales))
    after = state(sales)
    undone = sales.run(undo.undo)
    assert state(sales) == before
    assert inverse(undone.touched) == by_row(moved.touched)
    assert undone.touched == journalled(sales, undone.operation)
    sales.run(undo.redo)
    assert state(sales) == after


def test_what_comes_back_is_found_by_what_is_there_now(sales: Workspace) -> None:
    sales.run(fill)
    deal_id, *_ = deal_ids(sales)
    bob = sales.run(lambda tx: actions.contacts.add(tx, name="Bob")).value
    sales.run(lambda tx: actions.deals.add_contact(tx, deal_id, bob))
    removed = sales.run(lambda tx: actions.deals.remove_contact(tx, deal_id, bob))
    sales.run(lambda tx: actions.contacts.edit(tx, bob, {"name": "Zoë", "phone": "99"}))
    sales.run(lambda tx: actions.deals.edit(tx, deal_id, {"title": "Tè"}))
    sales.run(lambda tx: undo.undo(tx, removed.operation))
    assert state(sales)["deal"][0]["search"] == "te\x1fann 0\x1f120\x1fzoe\x1f99"


def test_a_deal_that_was_imported_again_is_in_the_way(sales: Workspace) -> None:
    sales.run(fill)
    deleted = sales.run(delete_all(sales))

    new = sales.run(
        lambda tx: actions.deals.create(tx, contacts=[1], stage_id=1, title="New", uid="d3")
    ).value
    before = state(sales)
    with pytest.raises(undo.UndoConflict, match=f"taken back: New is there again as #{new}"):
        sales.run(lambda tx: undo.undo(tx, deleted.operation))
    assert state(sales) == before


def test_a_contact_that_is_linked_again_is_in_the_way(sales: Workspace) -> None:
    sales.run(fill)
    deal_id, *_ = deal_ids(sales)
    sales.run(lambda tx: actions.deals.add_contact(tx, deal_id, 2))
    removed = sales.run(lambda tx: actions.deals.remove_contact(tx, deal_id, 2))
    sales.run(lambda tx: actions.deals.add_contact(tx, deal_id, 2))
    with pytest.raises(undo.UndoConflict, match=f"deal #{deal_id} has that contact again"):
        sales.run(lambda tx: undo.undo(tx, removed.operation))


def test_deals_do_not_go_back_to_a_stage_that_is_gone(sales: Workspace) -> None:
    sales.run(fill)
    moved = sales.run(move_all(sales))
    sales.run(lambda tx: actions.stages.delete(tx, 1))
    with pytest.raises(undo.UndoConflict, match="the stage it belongs to is gone"):
        sales.run(lambda tx: undo.undo(tx, moved.operation))


def test_an_import_is_kept_for_who_has_come_to_use_it(sales: Workspace) -> None:
    imported = sales.run(fill)
    used = sales.run(
        lambda tx: actions.deals.create(tx, contacts=[PEOPLE], stage_id=1, title="New")
    ).value
    with pytest.raises(undo.UndoConflict, match=f"deal #{used} has come to use it"):
        sales.run(lambda tx: undo.undo(tx, imported.operation))
    sales.run(undo.undo)
    sales.run(undo.undo)
    assert deal_ids(sales) == []
