"""The list of contacts, what their deals amount to, who is there twice, and their chats."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dealboard.domain.views import ContactRow, FieldKind, Subtotal
from dealboard.errors import InvalidValue, NotFound
from dealboard.store import tables
from dealboard.store.reads import contacts, fields, messages, saved_views
from dealboard.store.reads.contact_list import SORTS
from tests.store.reads.conftest import NOON, World, _written

DAY = timedelta(days=1)


def listed(world: World, sort: str = "name", *, descending: bool = False) -> list[str]:
    ids = world.read(contacts.ordered_ids, "", sort, descending)
    return [row.name for row in world.read(contacts.rows, ids)]


@pytest.fixture
def people(world: World) -> World:
    """Add Ada, Émile and Zoe, and a Bob of whom nothing is known but his name."""
    world.contact(
        "Zoe", company="Acme", phone="+39 2", phone_key="+392", email="A@x.org", city="Bari"
    )
    world.contact("Émile", company="éclair", phone="12", email="b@x.org", city="Évreux")
    world.contact("Bob")
    world.contact("ada", company="Zeta", phone="+1 1", phone_key="+11", email="c@x.org", city="Zug")
    return world


@pytest.mark.parametrize(
    ("sort", "upwards", "downwards"),
    [
        ("name", "ada Bob Émile Zoe", "Zoe Émile Bob ada"),
        ("company", "Zoe Émile ada Bob", "ada Émile Zoe Bob"),
        ("phone", "ada Zoe Émile Bob", "Émile Zoe ada Bob"),
        ("email", "Zoe Émile ada Bob", "ada Émile Zoe Bob"),
        ("city", "Zoe Émile ada Bob", "ada Émile Zoe Bob"),
    ],
)
def test_empty_values_come_last_both_ways(
    people: World, sort: str, upwards: str, downwards: str
) -> None:
    assert listed(people, sort) == upwards.split()
    assert listed(people, sort, descending=True) == downwards.split()


def test_contacts_are_listed_by_when_they_came(world: World) -> None:
    world.add(tables.Contact(**_written(NOON + DAY), first_name="Late"))
    world.contact("Early")
    assert listed(world, "created") == ["Early", "Late"]
    assert listed(world, "created", descending=True) == ["Late", "Early"]


def test_contacts_are_listed_by_their_deals(world: World) -> None:
    none, one, two = (world.contact(name) for name in ("none", "one", "two"))
    world.deal(people=(one, two), amount=500)
    world.deal(people=(two,), amount=200)
    world.deal(people=(one,), stage=world.won, closed=NOON, amount=9_999)
    assert listed(world, "open") == ["one", "two", "none"]
    assert listed(world, "open", descending=True) == ["two", "one", "none"]
    assert listed(world, "closed", descending=True) == ["one", "none", "two"]
    assert listed(world, "value") == ["one", "two", "none"]
    assert listed(world, "value", descending=True) == ["two", "one", "none"]
    assert none


def test_values_of_unlike_currencies_are_not_compared(world: World) -> None:
    yen, euro = world.contact("yen"), world.contact("euro")
    world.deal(people=(yen,), amount=1, currency="JPY")
    world.deal(people=(euro,), amount=10**9, currency="EUR")
    assert listed(world, "value") == listed(world, "value", descending=True) == ["euro", "yen"]


def test_there_are_only_so_many_orders(world: World) -> None:
    with pytest.raises(InvalidValue, match="no such order"):
        world.read(contacts.ordered_ids, "", "shoe size")


def test_every_order_lists_those_that_a_text_finds_and_nobody_forgotten(people: World) -> None:
    people.contact("deleted contact", company="Acme", forgotten=True)
    for sort in SORTS:
        assert len(people.read(contacts.ordered_ids, "", sort)) == 4
        found = people.read(contacts.ordered_ids, "acme", sort)
        assert [row.name for row in people.read(contacts.rows, found)] == ["Zoe"]
    assert people.read(contacts.count) == 4


def test_a_row_tells_of_the_deals(world: World) -> None:
    jo = world.contact("Jo", "Ω", company="Acme", phone="1", email="j@x.org", city="Roma")
    huge = 10**18
    for _ in range(20):
        world.deal(people=(jo,), amount=huge, stage=world.offer)
    world.deal(people=(jo,), amount=333, currency="USD")
    world.deal(people=(jo,))
    world.deal(people=(jo,), amount=7, stage=world.lost, closed=NOON)
    assert world.read(contacts.rows, [99, jo]) == (
        ContactRow(
            *(jo, "Jo Ω", "Acme", "1", "j@x.org", "Roma", NOON, 22, 1),
            (Subtotal("EUR", 20 * huge, 20 * huge * 60 // 100), Subtotal("USD", 333, 33)),
        ),
    )


def test_who_has_the_same_number_or_address(world: World) -> None:
    jo = world.contact("Jo", phone_key="+391", email_key="jo@x.org")
    twin = world.contact("Twin", phone_key="+391")
    world.contact("Gone", phone_key="+391", forgotten=True)
    world.contact("Nobody")

    def found(**keys: str | int) -> list[int]:
        return [each.id for each in world.read(contacts.duplicates, **keys)]  # type: ignore[arg-type]

    assert found(phone_key="+391") == [jo, twin]
    assert found(phone_key="+391", without=jo) == [twin]
    assert found(phone_key="+399", email_key="jo@x.org") == [jo]
    assert found() == []


def test_contacts_come_in_the_order_asked_for(people: World) -> None:
    assert [each.name for each in people.read(contacts.by_ids, [4, 99, 1])] == ["ada", "Zoe"]


def test_values_of_custom_fields_are_found_and_counted(world: World) -> None:
    size, born = world.add(
        tables.CustomField(**_written(), name="Size", kind="choice", choices='["S"]', position=2),
        tables.CustomField(**_written(), name="Born", kind="date", position=1),
    )
    jo = world.contact("Jo", custom=f'{{"{size}":"Größe S","{born}":"1980-02-01"}}')
    world.contact("Bo", custom=f'{{"{size}":"M"}}')
    assert [(f.name, f.kind, f.choices) for f in world.read(fields.fields)] == [
        ("Born", FieldKind.DATE, ()),
        ("Size", FieldKind.CHOICE, ("S",)),
    ]
    assert world.read(fields.field, size).name == "Size"
    assert world.read(fields.used) == {size: 2, born: 1}
    assert [contact_id for contact_id, _ in world.read(fields.holders, born)] == [jo]
    assert [each.id for each in world.read(contacts.contacts, "grosse s")] == [jo]
    assert world.read(contacts.contact, jo).custom == {size: "Größe S", born: "1980-02-01"}
    with pytest.raises(NotFound, match="no field #99"):
        world.read(fields.field, 99)


def test_a_chat_is_read_from_its_end(world: World) -> None:
    jo, other = world.contact("Jo"), world.contact("Other")

    def said(text: str, contact: int, days: int) -> None:
        row = tables.Message(
            uid=str(uuid4()), contact_id=contact, at=NOON + days * DAY, direction="in",
            author="Jo", text=text, source="import", key=text,
        )  # fmt: skip
        world.add(row)

    for days, text in ((1, "two"), (0, "one"), (1, "three"), (3, "four")):
        said(text, jo, days)
    said("elsewhere", other, 2)
    last = world.read(messages.of_contact, jo, limit=2)
    assert [each.text for each in last] == ["three", "four"]
    earlier = world.read(messages.of_contact, jo, limit=9, before=last[0].id)
    assert [(each.text, each.at) for each in earlier] == [("one", NOON), ("two", NOON + DAY)]


def test_views_come_in_their_order(world: World) -> None:
    second, first = world.add(
        tables.SavedView(**_written(), name="Mine", query="{}", position=2),
        tables.SavedView(**_written(), name="All", query="{}", position=1),
    )
    assert [each.id for each in world.read(saved_views.saved_views)] == [first, second]
