"""Operations as people read them, and what other windows poll."""

import json
from typing import Any

from dealboard.store import tables
from dealboard.store.reads import history
from tests.store.reads.conftest import NOON, World


def change(
    table: str, row_id: int, before: Any = None, after: Any = None, *, deal: int | None = None
) -> tables.Change:
    images = [None if image is None else json.dumps(image) for image in (before, after)]
    return tables.Change(
        operation_seq=0,
        table_name=table,
        row_id=row_id,
        before=images[0],
        after=images[1],
        deal_id=row_id if table == "deal" else deal,
    )


def labels(world: World, **options: Any) -> list[str]:
    return [each.label for each in world.read(history.operations, **{"limit": 50} | options)]


def test_operations_come_newest_first_in_windows(world: World) -> None:
    for label in ("one", "two", "three"):
        world.operation(label)
    assert labels(world)[:3] == ["three", "two", "one"]
    assert labels(world, limit=1, offset=1) == ["two"]


def test_an_operation_says_who_what_when_and_whether_it_was_undone(world: World) -> None:
    done = world.operation("moved", actor_id=world.ada)
    undo = world.operation("Undid: moved", kind="undo", cause=done)
    with world.replacing() as session:
        session.get_one(tables.Operation, done).undone_by = undo
    second, first = world.read(history.operations, limit=2)
    assert (first.actor, first.kind, first.label, first.at) == ("Ada Owner", "do", "moved", NOON)
    assert (first.undone, first.cause) == (True, None)
    assert (second.actor, second.kind, second.undone, second.cause) == (None, "undo", False, done)


def test_the_history_of_a_deal_knows_its_links_also_those_gone_and_its_import(
    world: World,
) -> None:
    imported = world.operation("imported")
    jo, ann = world.contact("Jo"), world.contact("Ann")
    deal_id = world.deal("x", people=(jo,), batch=imported)
    other = world.deal("y")
    (link,) = world.add(tables.DealContact(deal_id=deal_id, contact_id=ann, position=1))
    whole = {"deal_id": deal_id}
    world.operation("linked Ann", change("deal_contact", link, None, whole, deal=deal_id))
    moved = ({"position": 1}, {"position": 0})
    world.operation("Ann first", change("deal_contact", link, *moved, deal=deal_id))
    world.operation("unlinked Bob", change("deal_contact", 77, whole, None, deal=deal_id))
    world.operation("moved", change("deal", deal_id, {"stage_id": 1}, {"stage_id": 2}))
    world.operation("another deal", change("deal", other, {}, {"title": "z"}))
    world.operation("another link", change("deal_contact", 78, None, {}, deal=other))
    world.operation("a contact", change("contact", deal_id, {}, {"city": "Roma"}))
    assert labels(world, deal_id=deal_id) == [
        "moved",
        "unlinked Bob",
        "Ann first",
        "linked Ann",
        "imported",
    ]
    assert labels(world, deal_id=99) == []


def test_a_window_asks_what_came_after_what_it_saw(world: World) -> None:
    seen = world.read(history.newest)
    assert world.read(history.operations_after, seen) == (seen, ())
    one, two = world.operation("one"), world.operation("two")
    assert world.read(history.operations_after, seen) == (two, (one, two))
    assert world.read(history.newest) == two
