"""The journal: what an operation records, and how undo and redo bring it back."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from dealboard.errors import Refused
from dealboard.store import batches, tables, undo
from dealboard.store.transaction import Receipt, Transaction
from dealboard.workspace import Workspace
from tests.conftest import Clock

Act = Callable[[Transaction], object]


def pipeline(tx: Transaction, name: str = "Sales", position: int = 1) -> tables.Pipeline:
    row = tables.Pipeline(
        uid=f"uid-{name}", created_at=tx.now, updated_at=tx.now, name=name, position=position
    )
    tx.describe(f"Created {name}")
    tx.add([row])
    return row


def stage(tx: Transaction, pipeline_id: int, name: str) -> tables.Stage:
    row = tables.Stage(
        uid=f"uid-stage-{name}",
        created_at=tx.now,
        updated_at=tx.now,
        pipeline_id=pipeline_id,
        name=name,
        probability=10,
        kind="open",
        position=1,
    )
    tx.describe(f"Added {name}")
    tx.add([row])
    return row


def rename(tx: Transaction, row_id: int, name: str) -> None:
    tx.get(tables.Pipeline, row_id).name = name
    tx.describe(f"Renamed to {name}")


def names(workspace: Workspace) -> list[str]:
    rows = workspace.read(lambda c: c.execute("SELECT name FROM pipeline ORDER BY id").fetchall())
    return [row[0] for row in rows]


def count(workspace: Workspace, table: str) -> int:
    return int(workspace.read(lambda c: c.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


def created(workspace: Workspace, name: str = "Sales") -> int:
    row_id = workspace.run(lambda tx: pipeline(tx, name).id).value
    assert row_id is not None
    return row_id


def test_an_operation_records_the_rows_it_changed(workspace: Workspace) -> None:
    row_id = created(workspace)
    receipt = workspace.run(lambda tx: rename(tx, row_id, "Onboarding"))
    (touched,) = receipt.touched
    assert (touched.table, touched.row_id) == ("pipeline", row_id)
    assert touched.before == {"name": "Sales"}
    assert touched.after == {"name": "Onboarding"}
    assert receipt.label == "Renamed to Onboarding"


def test_a_change_that_is_none_leaves_no_operation(workspace: Workspace) -> None:
    row_id = created(workspace)
    before = count(workspace, "operation")
    receipt = workspace.run(lambda tx: rename(tx, row_id, "Sales"))
    assert receipt.operation is None
    assert count(workspace, "operation") == before


def test_a_row_changed_twice_keeps_first_before_and_last_after(workspace: Workspace) -> None:
    row_id = created(workspace)

    def twice(tx: Transaction) -> None:
        rename(tx, row_id, "B")
        tx.session.flush()
        row = tx.get(tables.Pipeline, row_id)
        row.name, row.position = "C", 5

    (touched,) = workspace.run(twice).touched
    assert touched.before == {"name": "Sales", "position": 1}
    assert touched.after == {"name": "C", "position": 5}


def test_a_row_that_ends_as_it_began_is_dropped(workspace: Workspace) -> None:
    row_id = created(workspace)

    def there_and_back(tx: Transaction) -> None:
        for name in ("B", "Sales"):
            tx.get(tables.Pipeline, row_id).name = name
            tx.session.flush()

    assert workspace.run(there_and_back).operation is None


def test_a_row_created_and_deleted_in_one_operation_is_dropped(workspace: Workspace) -> None:
    def come_and_go(tx: Transaction) -> None:
        row = pipeline(tx, "Short")
        tx.session.delete(row)

    assert workspace.run(come_and_go).operation is None


def test_a_savepoint_rolled_back_takes_its_changes_along(workspace: Workspace) -> None:
    row_id = created(workspace)

    def fail(tx: Transaction) -> None:
        pipeline(tx, "Lost")
        tx.get(tables.Pipeline, row_id).position = 9
        tx.session.flush()
        raise ZeroDivisionError

    def half(tx: Transaction) -> None:
        rename(tx, row_id, "Kept")
        tx.session.flush()
        with pytest.raises(ZeroDivisionError), tx.session.begin_nested():
            fail(tx)

    (touched,) = workspace.run(half).touched
    assert touched.after == {"name": "Kept"}
    assert names(workspace) == ["Kept"]


def test_an_action_that_raises_changes_nothing(workspace: Workspace) -> None:
    def fails(tx: Transaction) -> None:
        pipeline(tx, "Never")
        raise Refused("no")

    with pytest.raises(Refused):
        workspace.run(fails)
    assert names(workspace) == []
    assert count(workspace, "operation") == 0


def test_undo_and_redo_walk_back_and_forth(workspace: Workspace) -> None:
    row_id = created(workspace)
    for name in ("B", "C"):
        workspace.run(lambda tx, name=name: rename(tx, row_id, name))  # type: ignore[misc]
    seen = []
    for act in (undo.undo, undo.undo, undo.redo, undo.redo, undo.undo, undo.undo, undo.undo):
        workspace.run(act)
        seen.append(names(workspace))
    assert seen == [["B"], ["Sales"], ["B"], ["C"], ["B"], ["Sales"], []]
    with pytest.raises(Refused, match="nothing to undo"):
        workspace.run(undo.undo)
    for expected in (["Sales"], ["B"], ["C"]):
        workspace.run(undo.redo)
        assert names(workspace) == expected
    with pytest.raises(Refused, match="nothing to redo"):
        workspace.run(undo.redo)


def test_undo_survives_a_restart(workspace: Workspace, clock: Clock) -> None:
    created(workspace)
    again = Workspace.open(workspace.path, clock=clock)
    receipt = again.run(undo.undo)
    again.close()
    assert receipt.label == "Undid: Created Sales"
    assert names(workspace) == []


def test_a_new_operation_empties_redo(workspace: Workspace) -> None:
    row_id = created(workspace)
    workspace.run(lambda tx: rename(tx, row_id, "B"))
    workspace.run(undo.undo)
    workspace.run(lambda tx: rename(tx, row_id, "Z"))
    with pytest.raises(Refused, match="nothing to redo"):
        workspace.run(undo.redo)
    workspace.run(undo.undo)
    assert names(workspace) == ["Sales"]


def test_undo_keeps_fields_that_others_changed(workspace: Workspace) -> None:
    row_id = created(workspace)
    first = workspace.run(lambda tx: rename(tx, row_id, "B"))

    def shift(tx: Transaction) -> None:
        tx.get(tables.Pipeline, row_id).position = 4

    workspace.run(shift)
    workspace.run(lambda tx: undo.undo(tx, first.operation))
    row = workspace.read(lambda c: c.execute("SELECT name, position FROM pipeline").fetchone())
    assert tuple(row) == ("Sales", 4)


def test_undo_refuses_by_name_what_has_changed_since(workspace: Workspace) -> None:
    row_id = created(workspace)
    first = workspace.run(lambda tx: rename(tx, row_id, "B"))
    workspace.run(lambda tx: rename(tx, row_id, "C"))
    with pytest.raises(undo.UndoConflict, match=r"C has changed since \(name\)"):
        workspace.run(lambda tx: undo.undo(tx, first.operation))
    assert names(workspace) == ["C"]


def test_undo_refuses_to_delete_what_others_use(workspace: Workspace) -> None:
    first = workspace.run(lambda tx: pipeline(tx).id)
    workspace.run(lambda tx: stage(tx, first.value or 0, "Lead"))
    with pytest.raises(undo.UndoConflict, match="Lead has come to use it"):
        workspace.run(lambda tx: undo.undo(tx, first.operation))


def test_undo_of_a_delete_needs_the_parents(workspace: Workspace) -> None:
    parent = created(workspace)
    stage_id = workspace.run(lambda tx: stage(tx, parent, "Lead").id).value

    def remove(table: type[tables.Row], row_id: int | None) -> Act:
        return lambda tx: tx.session.delete(tx.get(table, row_id or 0))

    first = workspace.run(remove(tables.Stage, stage_id))
    workspace.run(remove(tables.Pipeline, parent))
    with pytest.raises(undo.UndoConflict, match="pipeline it belongs to is gone"):
        workspace.run(lambda tx: undo.undo(tx, first.operation))


def test_operations_of_others_are_not_mine_to_undo(workspace: Workspace, clock: Clock) -> None:
    def join(tx: Transaction) -> None:
        tx.add(
            [
                tables.User(
                    uid="grace",
                    created_at=tx.now,
                    updated_at=tx.now,
                    name="Grace",
                    role="administrator",
                )
            ]
        )

    workspace.run(join)
    grace = Workspace.open(workspace.path, actor="Grace", clock=clock)
    with pytest.raises(Refused, match="nothing to undo"):
        grace.run(undo.undo)
    grace.close()


def bulk(tx: Transaction, rows: int) -> Receipt[None] | None:
    tx.describe(f"Imported {rows} contacts")
    first = batches.next_id(tx.session, tables.Contact)
    at = tx.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    columns = ("id", "uid", "created_at", "updated_at", "version", "first_name", "last_name")
    more = ("forgotten", "search")
    batches.insert_bulk(
        tx,
        tables.Contact,
        (*columns, *more),
        ((n, f"c{n}", at, at, 1, f"Name {n}", "", 0, "") for n in range(first, first + rows)),
    )
    return None


def test_a_bulk_is_undone_and_redone_as_one(workspace: Workspace) -> None:
    receipt = workspace.run(lambda tx: bulk(tx, 5_000))
    assert receipt.operation is not None
    for act, expected in ((undo.undo, 0), (undo.redo, 5_000), (undo.undo, 0)):
        workspace.run(act)
        assert count(workspace, "contact") == expected


def test_a_bulk_that_was_touched_is_not_undone(workspace: Workspace) -> None:
    first = workspace.run(lambda tx: bulk(tx, 3))

    def touch(tx: Transaction) -> None:
        tx.session.exec(select(tables.Contact)).first().last_name = "X"  # type: ignore[union-attr]

    workspace.run(touch)
    with pytest.raises(undo.UndoConflict, match="Name 1 X has changed since"):
        workspace.run(lambda tx: undo.undo(tx, first.operation))
    workspace.run(undo.undo)
    workspace.run(undo.undo)
    assert count(workspace, "contact") == 0


def test_ids_never_come_back(workspace: Workspace) -> None:
    first = created(workspace)
    workspace.run(undo.undo)
    assert created(workspace, "Other") > first


def test_versions_count_writes(workspace: Workspace) -> None:
    row_id = created(workspace)
    workspace.run(lambda tx: rename(tx, row_id, "B"))
    versions = workspace.read(lambda c: c.execute("SELECT version FROM pipeline").fetchall())
    assert [row[0] for row in versions] == [2]
