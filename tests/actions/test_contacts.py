"""Contacts: what makes one, what is noticed, merging, forgetting, and who is meant."""

import pytest

from dealboard.actions import activities, contacts, deals, edits, history
from dealboard.actions.identity import email_key, phone_key
from dealboard.domain.changes import ContactChanges
from dealboard.errors import InvalidValue, MissingField, NotFound, Refused, UnknownName
from dealboard.store.tables import Activity, Contact, DealContact
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk

PHONE = "06 6982"
"""A number in Rome; the desk is in Italy."""


def add(desk: Desk, **fields: str) -> int:
    changes: ContactChanges = {**fields}  # type: ignore[typeddict-item]
    return desk.do(contacts.add, **changes).value


def name(desk: Desk, contact_id: int) -> str:
    contact = desk.row(Contact, contact_id)
    return f"{contact.first_name} {contact.last_name}".strip()


# ── add ───────────────────────────────────────────────────────────────────────────────────────


def test_a_contact_is_kept_as_typed_and_recognised_by_its_keys(desk: Desk) -> None:
    receipt = desk.do(
        contacts.add,
        name=" Ada  Rossi\n",
        phone=" 06/6982 ",
        email=" Ada@Example.COM ",
        consent=True,
    )
    contact = desk.row(Contact, receipt.value)
    assert (contact.first_name, contact.last_name) == ("Ada  Rossi", "")
    assert (contact.phone, contact.phone_key) == ("06/6982", "+39066982")
    assert (contact.email, contact.email_key) == ("Ada@Example.COM", "ada@example.com")
    assert (contact.consent, contact.consent_at) == (True, desk.clock.now)
    assert receipt.label == "Added contact Ada  Rossi"
    assert not receipt.notes


def test_first_and_last_name_are_told_apart_when_given(desk: Desk) -> None:
    contact = desk.row(Contact, add(desk, first_name="Ada", last_name="Rossi"))
    assert (contact.first_name, contact.last_name) == ("Ada", "Rossi")


@pytest.mark.parametrize(
    ("fields", "called"),
    [
        ({"company": "Acme", "email": "a@b.it"}, "Acme"),
        ({"email": "a@b.it", "phone": PHONE}, "a@b.it"),
        ({"phone": PHONE}, PHONE),
        ({"name": " ", "phone": PHONE}, PHONE),
    ],
)
def test_a_contact_without_a_name_bears_what_else_is_known(
    desk: Desk, fields: dict[str, str], called: str
) -> None:
    assert name(desk, add(desk, **fields)) == called


@pytest.mark.parametrize("fields", [{}, {"name": ""}, {"city": "Rome"}])
def test_a_contact_that_nobody_could_find_is_refused(desk: Desk, fields: dict[str, str]) -> None:
    with pytest.raises(MissingField, match="Name is required"):
        add(desk, **fields)


def test_an_unusable_number_or_address_is_kept_with_a_warning(desk: Desk) -> None:
    receipt = desk.do(contacts.add, name="Ada", phone="ask Bob", email="ada at home")
    contact = desk.row(Contact, receipt.value)
    assert (contact.phone, contact.phone_key) == ("ask Bob", None)
    assert (contact.email, contact.email_key) == ("ada at home", None)
    assert [("ask Bob" in note, "ada at home" in note) for note in receipt.notes] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("fields", "shared"),
    [({"phone": "+39 066982"}, "phone number"), ({"email": "ADA@example.com"}, "e-mail address")],
)
def test_somebody_with_the_same_number_or_address_is_noted(
    desk: Desk, fields: ContactChanges, shared: str
) -> None:
    first = add(desk, name="Ada", phone=PHONE, email="ada@example.com")
    (note,) = desk.do(contacts.add, name="Bob", **fields).notes  # type: ignore[misc]
    assert f"#{first}, “Ada”, has the same {shared}" in note


def test_two_contacts_without_number_and_address_share_nothing(desk: Desk) -> None:
    add(desk, name="Ada")
    assert not desk.do(contacts.add, name="Bob").notes


def test_a_number_is_read_as_in_the_contacts_own_country(desk: Desk) -> None:
    contact = desk.row(Contact, add(desk, name="Ada", phone="(415) 555-2671", country="us"))
    assert contact.phone_key == "+14155552671"
    assert desk.row(Contact, add(desk, name="Bob", phone=PHONE, country="Italy")).phone_key


@pytest.mark.parametrize(
    ("field", "text"), [("name", "x" * 201), ("email", "x" * 255), ("zip", "a\x00b")]
)
def test_a_field_has_a_limit(desk: Desk, field: str, text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        add(desk, **{"name": "Ada", field: text})
    assert caught.value.field == field


# ── edit ──────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_writes_what_differs_and_what_follows(desk: Desk) -> None:
    contact_id = add(desk, name="Ada", phone=PHONE, email="ada@example.com")
    receipt = desk.do(
        contacts.edit, contact_id, {"name": "Ada", "phone": "", "email": " ada@example.com"}
    )
    (touched,) = receipt.touched
    assert touched.after == {"phone": None, "phone_key": None}
    assert desk.do(contacts.edit, contact_id, {"phone": None}).operation is None


def test_an_unchanged_whole_name_leaves_first_and_last_alone(desk: Desk) -> None:
    contact_id = add(desk, first_name="Ada", last_name="Rossi")
    assert desk.do(contacts.edit, contact_id, {"name": "Ada Rossi"}).operation is None
    desk.do(contacts.edit, contact_id, {"name": "Ada Bianchi"})
    contact = desk.row(Contact, contact_id)
    assert (contact.first_name, contact.last_name) == ("Ada Bianchi", "")


def test_a_contact_keeps_a_name(desk: Desk) -> None:
    contact_id = add(desk, name="Ada", phone=PHONE)
    with pytest.raises(MissingField, match="Name is required"):
        desk.do(contacts.edit, contact_id, {"name": ""})


def test_a_number_is_read_again_when_the_country_changes(desk: Desk) -> None:
    contact_id = add(desk, name="Ada", phone="(415) 555-2671")
    desk.do(contacts.edit, contact_id, {"country": "US"})
    assert desk.row(Contact, contact_id).phone_key == "+14155552671"


def test_consent_has_a_moment(desk: Desk) -> None:
    contact_id = add(desk, name="Ada")
    desk.clock.advance(hours=1)
    desk.do(contacts.edit, contact_id, {"consent": False})
    contact = desk.row(Contact, contact_id)
    assert (contact.consent, contact.consent_at) == (False, desk.clock.now)
    desk.do(contacts.edit, contact_id, {"consent": None})
    assert desk.row(Contact, contact_id).consent_at is None


def test_two_values_for_one_field_are_a_conflict(desk: Desk) -> None:
    contact_id = add(desk, name="Ada")
    base: ContactChanges = {"city": None, "company": None, "consent": None}
    desk.do(contacts.edit, contact_id, {"city": "Rome", "company": "Acme"})
    desk.do(contacts.edit, contact_id, {**base, "consent": True}, base=base)
    with pytest.raises(edits.Conflict, match="city is now 'Rome', yours is 'Milan'"):
        desk.do(contacts.edit, contact_id, {**base, "city": "Milan"}, base=base)
    contact = desk.row(Contact, contact_id)
    assert (contact.city, contact.company, contact.consent) == ("Rome", "Acme", True)


# ── merge, forget, delete ─────────────────────────────────────────────────────────────────────


def links(desk: Desk) -> dict[int, list[int]]:
    """Return the contacts of each deal in order."""
    found: dict[int, list[int]] = {}
    for row in sorted(desk.rows(DealContact), key=lambda link: (link.position, link.id)):
        found.setdefault(row.deal_id, []).append(row.contact_id)
    return found


def test_a_merge_moves_deals_and_fills_gaps_and_can_be_undone(desk: Desk) -> None:
    keep = add(desk, name="Ada", phone=PHONE, company="Acme")
    gone = add(desk, name="Ada R", phone="06 1234567", email="ada@example.com", city="Rome")
    only, both = (
        desk.do(deals.create, contacts=ids, stage_id=desk.lead).value
        for ids in ([gone], [gone, keep])
    )
    before = [row.model_dump() for row in desk.rows(Contact)]
    receipt = desk.do(contacts.merge, gone, keep)
    assert links(desk) == {only: [keep], both: [keep]}
    kept = desk.row(Contact, keep)
    assert (kept.phone, kept.phone_key) == (PHONE, "+39066982")
    assert (kept.email_key, kept.city, kept.company) == ("ada@example.com", "Rome", "Acme")
    assert len(desk.rows(Contact)) == 1
    assert receipt.label == "Merged Ada R into Ada"
    assert receipt.notes == ("Not kept: phone “06 1234567”.",)
    desk.do(history.undo)
    assert links(desk) == {only: [gone], both: [gone, keep]}
    after = [row.model_dump() for row in desk.rows(Contact)]
    ignored = {"version", "updated_at"}
    for was, is_ in zip(before, after, strict=True):
        assert {k: v for k, v in was.items() if k not in ignored} == {
            k: v for k, v in is_.items() if k not in ignored
        }


@pytest.mark.parametrize(
    ("kept", "gone", "merged"),
    [(None, True, True), (None, False, False), (True, False, False), (False, True, False)],
)
def test_a_merge_never_loses_a_no(
    desk: Desk, kept: bool | None, gone: bool | None, merged: bool
) -> None:
    ids = [desk.do(contacts.add, name="Ada", consent=consent).value for consent in (kept, gone)]
    desk.do(contacts.merge, ids[1], ids[0])
    assert desk.row(Contact, ids[0]).consent is merged


def test_a_contact_is_not_merged_into_itself_or_a_forgotten_one(desk: Desk) -> None:
    ids = [add(desk, name=name) for name in ("Ada", "Bob")]
    desk.do(contacts.forget, ids[1])
    for into in ids:
        with pytest.raises(Refused, match="merged into another one"):
            desk.do(contacts.merge, ids[0], into)
    with pytest.raises(NotFound, match="no contact #99"):
        desk.do(contacts.merge, ids[0], 99)


def test_forgetting_blanks_the_person_and_keeps_the_deals(desk: Desk) -> None:
    contact_id = desk.do(
        contacts.add, name="Ada Rossi", phone=PHONE, email="a@b.it", city="Rome", consent=True
    ).value
    deal_id = desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead, title="Big").value
    receipt = desk.do(contacts.forget, contact_id)
    contact = desk.row(Contact, contact_id)
    assert name(desk, contact_id) == "deleted contact"
    kept = {"id", "uid", "created_at", "updated_at", "version", "first_name", "search"}
    values = {k: v for k, v in contact.model_dump().items() if k not in kept}
    assert set(values.values()) <= {None, "", "{}", True}
    assert contact.forgotten
    assert "rossi" not in contact.search
    assert links(desk) == {deal_id: [contact_id]}
    assert receipt.label == f"Forgot contact #{contact_id}"
    with pytest.raises(Refused, match="was forgotten"):
        desk.do(contacts.edit, contact_id, {"name": "Ada Rossi"})


def test_a_contact_with_deals_is_not_deleted(desk: Desk) -> None:
    contact_id = add(desk, name="Ada")
    for _ in range(2):
        deal_id = desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead).value
    desk.do(deals.win, deal_id)
    with pytest.raises(Refused, match="“Ada” is on 2 deals and cannot be deleted"):
        desk.do(contacts.delete, contact_id)


def test_a_contact_without_deals_is_deleted_and_comes_back(desk: Desk) -> None:
    contact_id = add(desk, name="Ada", phone=PHONE)
    desk.do(contacts.delete, contact_id)
    assert not desk.rows(Contact)
    desk.do(history.undo)
    assert desk.row(Contact, contact_id).phone_key == "+39066982"


def test_of_many_contacts_those_without_deals_are_deleted_at_once(desk: Desk) -> None:
    kept = desk.contact("Kept")
    desk.do(deals.create, contacts=[kept], stage_id=desk.lead)
    gone = [desk.contact(f"Gone {number}") for number in range(3)]
    desk.do(activities.add, "note", "Spoke about wool", contact_id=gone[0])
    receipt = desk.do(contacts.delete_many, [*gone, kept, 99])
    assert (receipt.value, receipt.label) == (3, "Deleted 3 contacts")
    assert [row.id for row in desk.rows(Contact)] == [kept]
    desk.do(history.undo)
    assert {row.id for row in desk.rows(Contact)} == {kept, *gone}
    assert [row.text for row in desk.rows(Activity)] == ["Spoke about wool"]


# ── who ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "who",
    ["1", "#1", " 1 ", "ada@example.com", "ADA@Example.com ", "+39 06 6982", "066982", "Ada Rossi"],
)
def test_a_contact_is_found_by_what_people_say(desk: Desk, who: str) -> None:
    add(desk, first_name="Ada", last_name="Rossi", phone=PHONE, email="ada@example.com")
    add(desk, name="Bob")
    receipt = desk.do(contacts.resolve, who)
    assert (receipt.value, receipt.operation) == (1, None)


@pytest.mark.parametrize("who", ["", "#", "99", "Ad", "x@example.com", "+39 06 1", "9" * 30, "²"])
def test_nobody_is_said_to_be_unknown(desk: Desk, who: str) -> None:
    add(desk, name="Ada")
    with pytest.raises(UnknownName, match="unknown contact"):
        desk.do(contacts.resolve, who)


def test_a_name_of_several_is_asked_back(desk: Desk) -> None:
    for _ in range(2):
        add(desk, name="Ada", email="ada@example.com")
    for who in ("Ada", "ada@example.com"):
        with pytest.raises(InvalidValue, match="several match: #1, #2"):
            desk.do(contacts.resolve, who)


def test_a_forgotten_name_finds_nobody(desk: Desk) -> None:
    desk.do(contacts.forget, add(desk, name="Ada"))
    with pytest.raises(UnknownName):
        desk.do(contacts.resolve, "deleted contact")


@pytest.mark.parametrize("reach", ["zoe@example.com", PHONE])
def test_a_new_contact_is_written_with_its_reach_and_once_only(desk: Desk, reach: str) -> None:
    first = desk.do(contacts.resolve, f"Zoe Verdi <{reach}>").value
    contact = desk.row(Contact, first)
    assert contact.first_name == "Zoe Verdi"
    assert reach in (contact.email, contact.phone)
    assert desk.do(contacts.resolve, f"zoe verdi<{reach}>").value == first
    assert desk.do(contacts.resolve, f"Someone Else <{reach}>").value != first


def test_a_contact_made_on_the_way_leaves_the_name_to_the_deal(desk: Desk) -> None:
    def create(tx: Transaction) -> int:
        contact_id = contacts.resolve(tx, "Zoe <zoe@example.com>")
        return deals.create(tx, contacts=[contact_id], stage_id=desk.lead)

    assert desk.do(create).label == "Created Zoe"


# ── keys ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "region", "key"),
    [
        ("+1 415 555 2671", "", "+14155552671"),
        ("tel: +1-415-555-2671", "IT", "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("(415) 555-2671", "us", "+14155552671"),
        ("(415) 555-2671", "", None),
        ("(415) 555-2671", "XX", None),
        ("+1 999", "US", None),
        ("9" * 300, "US", None),
        ("", "US", None),
        ("\x1b[31m", "US", None),
    ],
)
def test_a_phone_number_has_one_key(text: str, region: str, key: str | None) -> None:
    assert phone_key(text, region) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" Ada@Example.com ", "ada@example.com"),
        ("a.b+c@x.co.uk", "a.b+c@x.co.uk"),
        ("a@b", None),
        ("a@@b.it", None),
        ("a b@c.it", None),
        ("a@b.it, c@d.it", None),
        ("a@b.", None),
        ("", None),
    ],
)
def test_an_email_address_has_one_key(text: str, key: str | None) -> None:
    assert email_key(text) == key
