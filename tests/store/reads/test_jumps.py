"""Where one can jump to by typing."""

from datetime import timedelta

import pytest

from dealboard.store import tables
from dealboard.store.reads import jumps
from tests.store.reads.conftest import NOON, World


@pytest.fixture
def full(world: World) -> World:
    bob = world.contact("Bób", "Müller", phone="+39 02 123456", email="bob@example.com")
    world.contact("Eve", company="Looms & Co")
    world.deal("Looms", created=NOON - timedelta(days=9), reference="PO-7")
    world.deal("Old looms", people=[bob])
    world.deal("Looms won", stage=world.won, closed=NOON)
    world.deal("Wool [/red]", created=NOON - timedelta(days=1), people=[bob])
    return world


def titles(world: World, text: str) -> list[str]:
    found = world.read(jumps.find, text)
    return [row.title for row in (*found.named, *found.deals)]


def test_deals_are_found_by_title_those_that_begin_with_it_first(full: World) -> None:
    assert titles(full, "LOOMS") == ["Looms", "Looms won", "Old looms"]


def test_deals_are_found_by_reference_contact_and_phone(full: World) -> None:
    assert titles(full, "po-7") == ["Looms"]
    assert titles(full, "muller") == ["Old looms", "Wool [/red]"]
    assert titles(full, "02 1234") == ["Old looms", "Wool [/red]"]
    assert titles(full, "[/red]") == ["Wool [/red]"]


def test_a_number_and_a_whole_reference_name_a_deal(full: World) -> None:
    assert [row.title for row in full.read(jumps.find, "#2").named] == ["Old looms"]
    assert [row.title for row in full.read(jumps.find, " PO-7 ").named] == ["Looms"]
    assert full.read(jumps.find, "PO-7").deals == ()
    for text in ("#99", "#", "#²", f"#{10**30}", "#-1", ""):
        assert full.read(jumps.find, text).named == ()


def test_a_reference_may_look_like_a_number(full: World) -> None:
    full.deal("Odd", reference="#77")
    assert titles(full, "#77") == ["Odd"]


def test_contacts_are_found_by_name_company_phone_and_mail(full: World) -> None:
    def found(text: str) -> list[str]:
        return [each.name for each in full.read(jumps.find, text, with_deals=False).contacts]

    assert found("mull") == ["Bób Müller"]
    assert found("looms &") == ["Eve"]
    assert found("123456") == found("bob@ex") == ["Bób Müller"]
    assert found("") == []


def test_without_deals_none_are_told(full: World) -> None:
    found = full.read(jumps.find, "looms", with_deals=False)
    assert (found.named, found.deals) == ((), ())
    assert [each.name for each in found.contacts] == ["Eve"]


def test_recent_are_the_deals_one_worked_on_last_each_once(full: World) -> None:
    def worked(label: str, *deals: int, **fields: object) -> int:
        changes = (
            tables.Change(operation_seq=0, table_name="deal", row_id=deal, deal_id=deal)
            for deal in deals
        )
        return full.operation(label, *changes, **{"actor_id": full.ada, **fields})

    eve = full.user("Eve")
    worked("one", 1)
    worked("two", 2)
    worked("one again", 1)
    worked("hers", 3, actor_id=eve)
    worked("gone", 99)
    assert [row.title for row in full.read(jumps.recent, full.ada)] == ["Looms", "Old looms"]
