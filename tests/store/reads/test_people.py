"""Contacts, pickers of them, their deals, and the users of the workspace."""

from datetime import timedelta

import pytest

from dealboard.domain.views import Contact
from dealboard.errors import NotFound
from dealboard.store.reads import contacts, team
from tests.store.reads.conftest import NOON, World


def names(found: tuple[Contact, ...]) -> list[str]:
    return [contact.name for contact in found]


def test_a_contact_is_what_the_tables_hold(world: World) -> None:
    contact_id = world.contact(
        "Jo",
        "Ω",
        phone="+39 1",
        phone_key="+391",
        email="Jo@Example.org",
        company="Acme",
        city="Roma",
        state="RM",
        zip="00100",
        country="IT",
        external_id="x-1",
        consent=False,
    )
    found = world.read(contacts.contact, contact_id)
    assert found == Contact(
        id=contact_id,
        uid=found.uid,
        first_name="Jo",
        last_name="Ω",
        phone="+39 1",
        email="Jo@Example.org",
        company="Acme",
        city="Roma",
        state="RM",
        zip="00100",
        country="IT",
        external_id="x-1",
        consent=False,
        created_at=NOON,
        updated_at=NOON,
        version=1,
        phone_key="+391",
    )


def test_consent_may_be_unknown(world: World) -> None:
    assert world.read(contacts.contact, world.contact("Jo")).consent is None


def test_there_is_no_contact_99(world: World) -> None:
    with pytest.raises(NotFound, match="There is no contact #99"):
        world.read(contacts.contact, 99)


@pytest.mark.parametrize(
    "text", ["MULLER", "müller", "acme", "ada@ex", "0171 555", "(0171) 55", "49171"]
)
def test_a_contact_is_found_by_name_company_mail_and_phone_digits(world: World, text: str) -> None:
    world.contact(
        "Ada", "Müller", company="ACME GmbH", email="ada@example.org", phone="+49 171 0171 5550"
    )
    world.contact("Bob")
    assert names(world.read(contacts.contacts, text)) == ["Ada Müller"]
    assert names(world.read(contacts.matches, text)) == ["Ada Müller"]


def test_contacts_come_by_name_in_windows_without_the_forgotten(world: World) -> None:
    for name in ("Zoe", "ödön", "Ann"):
        world.contact(name)
    world.contact("deleted contact", forgotten=True)
    assert names(world.read(contacts.contacts)) == ["Ann", "ödön", "Zoe"]
    assert names(world.read(contacts.contacts, limit=1, offset=1)) == ["ödön"]
    assert names(world.read(contacts.matches, "deleted")) == []


def test_a_picker_offers_names_that_begin_with_the_text_first(world: World) -> None:
    world.contact("Ada", "Rossi")
    world.contact("Zoe", "Adams")
    world.contact("Bob", company="Adachi")
    world.contact("ádám")
    assert names(world.read(contacts.matches, "ada")) == [
        "Ada Rossi",
        "ádám",
        "Bob",
        "Zoe Adams",
    ]
    assert names(world.read(contacts.matches, "ada", limit=1)) == ["Ada Rossi"]
    assert len(world.read(contacts.matches, "")) == 4


def test_open_and_closed_deals_of_a_contact(world: World) -> None:
    jo, other = world.contact("Jo"), world.contact("Other")
    day = timedelta(days=1)
    world.deal("older", people=(other, jo))
    world.deal("newer", people=(jo,))
    world.deal("won first", people=(jo,), stage=world.won, closed=NOON - day)
    world.deal("lost last", people=(jo,), stage=world.lost, closed=NOON)
    world.deal("not theirs", people=(other,))
    still_open, closed = world.read(contacts.deals_of, jo)
    assert [deal.title for deal in still_open] == ["newer", "older"]
    assert [deal.title for deal in closed] == ["lost last", "won first"]
    assert world.read(contacts.deals_of, 99) == ((), ())


def test_users_come_by_name_and_the_inactive_can_be_left_out(world: World) -> None:
    world.user("élan")
    world.user("Zoe", active=False)
    assert [user.name for user in world.read(team.users)] == ["Ada Owner", "élan", "Zoe"]
    assert [user.name for user in world.read(team.users, active_only=True)] == [
        "Ada Owner",
        "élan",
    ]


def test_a_user_is_found_by_name_or_mail_however_typed(world: World) -> None:
    eve = world.user("Éve", "eve@example.org")
    for text in ("eve", " ÉVE ", "EVE@example.org"):
        found = world.read(team.find_user, text)
        assert found == world.read(team.user, eve)
    for text in ("ev", "", "example.org", "\udcff"):
        assert world.read(team.find_user, text) is None


def test_of_users_of_one_name_the_active_goes_first_and_a_mail_decides(world: World) -> None:
    gone = world.user("Eve", "one@example.org", active=False)
    here = world.user("Eve", "two@example.org")
    world.user("one@example.org")
    for text, expected in (("eve", here), ("one@example.org", gone)):
        found = world.read(team.find_user, text)
        assert found is not None
        assert found.id == expected


def test_there_is_no_user_99(world: World) -> None:
    with pytest.raises(NotFound, match="There is no user #99"):
        world.read(team.user, 99)
