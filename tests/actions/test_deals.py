"""Deals: required fields, defaults, edits that merge, copies, deletion."""

from datetime import UTC, date, datetime

import pytest

from dealboard.actions import contacts, deals, edits, history, team
from dealboard.domain.changes import DealChanges
from dealboard.domain.views import Role
from dealboard.errors import DealboardError, InvalidValue, MissingField, NotFound, Refused
from dealboard.store.tables import Contact, Deal, DealContact
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk

TODAY = date(2026, 11, 23)
HOSTILE = "[/red] [@click=app.quit]x[/] \x1b[31m\x9b31m"


def people(desk: Desk, deal_id: int) -> list[str]:
    """Return the names of a deal's contacts, the primary contact first."""
    links = sorted(desk.rows(DealContact), key=lambda link: (link.position, link.id))
    return [
        desk.row(Contact, link.contact_id).first_name for link in links if link.deal_id == deal_id
    ]


# ── create ────────────────────────────────────────────────────────────────────────────────────


def test_a_deal_needs_little(desk: Desk) -> None:
    contact_id = desk.contact("Acme")
    receipt = desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead)
    deal = desk.deal(receipt.value)
    assert receipt.label == "Created Acme"
    assert (deal.title, deal.owner_id, deal.currency) == ("Acme", desk.workspace.user.id, "EUR")
    assert (deal.amount, deal.close_date, deal.reference) == (None, None, None)
    assert deal.created_at == deal.stage_entered_at == desk.clock.now
    assert deal.closed_at is None
    assert people(desk, receipt.value) == ["Acme"]


def test_a_deal_takes_all_its_fields(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea").value
    ids = [desk.contact("Ada"), desk.contact("Bob")]
    created = datetime(2026, 1, 2, 3, tzinfo=UTC)
    deal_id = desk.do(
        deals.create,
        contacts=[ids[1], ids[0], ids[1]],
        stage_id=desk.offer,
        title=" Big\tdeal ",
        owner_id=bea,
        amount=0,
        currency="usd",
        close_date=date(2026, 12, 31),
        reference=" R-1 ",
        uid="my-uid",
        created_at=created,
    ).value
    deal = desk.deal(deal_id)
    assert (deal.title, deal.owner_id, deal.amount, deal.currency) == ("Big deal", bea, 0, "USD")
    assert (deal.close_date, deal.reference, deal.uid) == (date(2026, 12, 31), "R-1", "my-uid")
    assert deal.created_at == created
    assert people(desk, deal_id) == ["Bob", "Ada"]


def test_a_new_deal_goes_on_top(desk: Desk) -> None:
    for title in ("First", "Second"):
        desk.new(title)
    assert desk.order(desk.lead) == ["Second", "First"]


def test_a_deal_created_in_won_is_closed_now(desk: Desk) -> None:
    deal = desk.deal(desk.new(stage_id=desk.won))
    assert (deal.closed_at, deal.close_date, deal.close_date_auto) == (desk.clock.now, TODAY, True)


def test_the_same_uid_twice_is_one_deal(desk: Desk) -> None:
    contact_id = desk.contact()

    def create() -> int:
        made = desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead, uid="u1")
        notes.extend(made.notes)
        return made.value

    notes: list[str] = []
    first = create()
    desk.do(deals.win, first)
    assert create() == first
    assert len(desk.rows(Deal)) == 1
    assert desk.deal(first).stage_id == desk.won
    assert "exists already" in notes[0]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \n "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"reference": "x" * 121}, "reference"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**18 + 1}, "amount"),
        ({"currency": "EUROS"}, "currency"),
        ({"contacts": []}, "contacts"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(
    desk: Desk, fields: DealChanges, field: str
) -> None:
    deal_id = desk.new()
    whole: DealChanges = {"contacts": [desk.contact()], "stage_id": desk.lead, **fields}
    with pytest.raises(InvalidValue) as caught:
        desk.do(deals.create, **whole)
    assert caught.value.field == field
    with pytest.raises(InvalidValue) as caught:
        desk.do(deals.edit, deal_id, fields)
    assert caught.value.field == field
    assert len(desk.rows(Deal)) == 1


@pytest.mark.parametrize(
    ("fields", "noun"),
    [({"contacts": [1, 99]}, "contact"), ({"stage_id": 99}, "stage"), ({"owner_id": 99}, "user")],
)
def test_what_a_deal_refers_to_must_exist(desk: Desk, fields: DealChanges, noun: str) -> None:
    deal_id = desk.new()
    whole: DealChanges = {"contacts": [1], "stage_id": desk.lead, **fields}
    with pytest.raises(NotFound, match=f"no {noun} #99"):
        desk.do(deals.create, **whole)
    with pytest.raises(NotFound, match=f"no {noun} #99"):
        desk.do(deals.edit, deal_id, fields)


def test_a_deactivated_user_gets_no_deal(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea").value
    desk.do(team.edit, bea, active=False)
    deal_id = desk.new()
    with pytest.raises(InvalidValue, match="Bea"):
        desk.do(deals.assign, deal_id, bea)
    with pytest.raises(InvalidValue, match="Bea"):
        desk.do(deals.edit, deal_id, {"owner_id": bea})


def test_the_clock_must_name_an_owner(desk: Desk) -> None:
    contact_id = desk.contact()

    def create(tx: Transaction) -> int:
        tx.actor = None
        return deals.create(tx, contacts=[contact_id], stage_id=desk.lead)

    with pytest.raises(MissingField, match="Owner"):
        desk.workspace.run(create)


def test_text_is_kept_as_it_was_given(desk: Desk) -> None:
    deal_id = desk.new(HOSTILE)
    assert desk.deal(deal_id).title == HOSTILE
    title = "👩‍💻 مرحبا Żółć 東京"
    desk.do(deals.edit, deal_id, {"title": title})
    assert desk.deal(deal_id).title == title


def test_a_long_contact_name_still_makes_a_title(desk: Desk) -> None:
    contact_id = desk.do(contacts.add, first_name="x" * 150, last_name="y" * 150).value
    deal_id = desk.do(deals.create, contacts=[contact_id], stage_id=desk.lead).value
    assert len(desk.deal(deal_id).title) == 200


def test_the_same_reference_twice_is_allowed_with_a_warning(desk: Desk) -> None:
    first, second = desk.new("One"), desk.new("Two")
    assert not desk.do(deals.edit, first, {"reference": "R-1"}).notes
    (warning,) = desk.do(deals.edit, second, {"reference": "R-1"}).notes
    assert f"#{first}" in warning
    assert "One" in warning


# ── edit ──────────────────────────────────────────────────────────────────────────────────────


def test_only_what_differs_is_written(desk: Desk) -> None:
    deal_id = desk.new()
    receipt = desk.do(deals.edit, deal_id, {"title": " Acme ", "amount": 500, "reference": ""})
    (touched,) = receipt.touched
    assert touched.after == {"amount": 500}
    assert receipt.label == "Edited Acme"
    assert desk.do(deals.edit, deal_id, {"amount": 500}).operation is None
    assert desk.do(deals.shift_close_date, deal_id, 0).operation
    assert desk.do(deals.shift_close_date, deal_id, 0).operation is None


def test_edits_of_different_fields_merge(desk: Desk) -> None:
    deal_id = desk.new()
    base: DealChanges = {"title": "Acme", "amount": None, "reference": None}
    desk.do(deals.edit, deal_id, {**base, "amount": 500}, base=base)
    desk.do(deals.edit, deal_id, {**base, "title": "Acme 2"}, base=base)
    deal = desk.deal(deal_id)
    assert (deal.title, deal.amount) == ("Acme 2", 500)


def test_two_values_for_one_field_are_a_conflict_that_names_both(desk: Desk) -> None:
    deal_id = desk.new()
    bea, eve = (desk.do(team.add, name).value for name in ("Bea", "Eve"))
    me = desk.workspace.user.id
    base: DealChanges = {
        "title": "Acme",
        "owner_id": me,
        "amount": 100,
        "stage_id": desk.lead,
        "contacts": (1,),
        "close_date": None,
    }
    desk.do(deals.edit, deal_id, {"amount": 100})
    zoe = desk.contact("Zoe")
    theirs: DealChanges = {
        "title": "Theirs",
        "owner_id": bea,
        "amount": 200,
        "stage_id": desk.offer,
        "contacts": (1, zoe),
        "close_date": TODAY,
    }
    desk.do(deals.edit, deal_id, theirs)
    yours: DealChanges = {
        **base,
        "title": "Yours",
        "owner_id": eve,
        "amount": None,
        "stage_id": desk.won,
        "contacts": (zoe,),
        "close_date": date(2026, 12, 1),
    }
    with pytest.raises(edits.Conflict) as caught:
        desk.do(deals.edit, deal_id, yours, base=base)
    assert [(c.field, c.theirs, c.yours) for c in caught.value.clashes] == [
        ("title", "Theirs", "Yours"),
        ("owner", "Bea", "Eve"),
        ("amount", "2.00", "–"),
        ("stage", "Offer", "Won"),
        ("contacts", "Acme, Zoe", "Zoe"),
        ("close date", "2026-11-23", "2026-12-01"),
    ]
    assert "title is now 'Theirs', yours is 'Yours'" in caught.value.sentence
    deal = desk.deal(deal_id)
    assert (deal.title, deal.amount, deal.owner_id) == ("Theirs", 200, bea)


def test_the_same_value_from_two_people_is_no_conflict(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.edit, deal_id, {"title": "New"})
    receipt = desk.do(deals.edit, deal_id, {"title": "New"}, base={"title": "Acme"})
    assert receipt.operation is None


def test_a_form_can_move_and_edit_in_one_step(desk: Desk) -> None:
    deal_id = desk.new()
    day = date(2026, 12, 24)
    receipt = desk.do(deals.edit, deal_id, {"stage_id": desk.won, "close_date": day})
    deal = desk.deal(deal_id)
    assert (deal.stage_id, deal.close_date, deal.close_date_auto) == (desk.won, day, False)
    assert deal.closed_at == desk.clock.now
    assert receipt.label == "Edited Acme"
    desk.do(history.undo)
    assert desk.deal(deal_id).stage_id == desk.lead


def test_a_form_that_only_moves_says_so(desk: Desk) -> None:
    deal_id = desk.new()
    assert desk.do(deals.edit, deal_id, {"stage_id": desk.offer}).label == "Acme → Offer"


@pytest.mark.parametrize(
    ("changes", "amount", "noted"),
    [
        ({"currency": "USD"}, 120050, True),
        ({"currency": "KWD"}, 1200500, True),
        ({"currency": "USD", "amount": 120050}, 120050, True),
        ({"currency": "USD", "amount": 99}, 99, False),
        ({"currency": "JPY", "amount": 1200}, 1200, False),
    ],
)
def test_a_changed_currency_keeps_the_number(
    desk: Desk, changes: DealChanges, amount: int, noted: bool
) -> None:
    deal_id = desk.new()
    desk.do(deals.edit, deal_id, {"amount": 120050})
    receipt = desk.do(deals.edit, deal_id, changes)
    deal = desk.deal(deal_id)
    assert (deal.amount, deal.currency) == (amount, changes["currency"])
    assert bool(receipt.notes) is noted


def test_a_currency_without_room_for_the_cents_is_refused(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.edit, deal_id, {"amount": 120050})
    with pytest.raises(InvalidValue, match="JPY has 0 decimals"):
        desk.do(deals.edit, deal_id, {"currency": "JPY"})
    assert desk.deal(deal_id).currency == "EUR"


def test_a_currency_without_an_amount_is_just_set(desk: Desk) -> None:
    deal_id = desk.new()
    assert not desk.do(deals.edit, deal_id, {"currency": "¥"}).notes
    assert desk.deal(deal_id).currency == "JPY"


# ── contacts ──────────────────────────────────────────────────────────────────────────────────


def test_contacts_come_and_go(desk: Desk) -> None:
    deal_id = desk.new()
    bob = desk.contact("Bob")
    assert desk.do(deals.add_contact, deal_id, bob).label == "Added Bob to Acme"
    assert people(desk, deal_id) == ["Acme", "Bob"]
    assert desk.do(deals.add_contact, deal_id, bob).operation is None
    desk.do(deals.remove_contact, deal_id, 1)
    assert people(desk, deal_id) == ["Bob"]
    desk.do(history.undo)
    assert people(desk, deal_id) == ["Acme", "Bob"]


def test_the_last_contact_stays(desk: Desk) -> None:
    deal_id = desk.new()
    with pytest.raises(Refused, match="A deal needs a contact; add another one first"):
        desk.do(deals.remove_contact, deal_id, 1)
    with pytest.raises(MissingField):
        desk.do(deals.set_contacts, deal_id, [])
    assert people(desk, deal_id) == ["Acme"]


def test_a_contact_is_swapped_in_one_step(desk: Desk) -> None:
    deal_id = desk.new()
    ids = [desk.contact(name) for name in ("Bob", "Zoe")]
    desk.do(deals.set_contacts, deal_id, [ids[1], ids[0]])
    assert people(desk, deal_id) == ["Zoe", "Bob"]
    desk.do(deals.set_contacts, deal_id, ids)
    assert people(desk, deal_id) == ["Bob", "Zoe"]
    assert desk.do(deals.set_contacts, deal_id, ids).operation is None


def test_a_contact_that_is_not_there_is_named(desk: Desk) -> None:
    deal_id = desk.new()
    with pytest.raises(NotFound, match="no contact #99"):
        desk.do(deals.add_contact, deal_id, 99)
    with pytest.raises(NotFound, match="no contact #99"):
        desk.do(deals.set_contacts, deal_id, [99])
    with pytest.raises(NotFound, match="no contact #99 on deal “Acme”"):
        desk.do(deals.remove_contact, deal_id, 99)


# ── copy, shift, assign, delete ───────────────────────────────────────────────────────────────


def test_a_copy_starts_afresh(desk: Desk) -> None:
    deal_id = desk.new(stage_id=desk.offer)
    desk.do(deals.add_contact, deal_id, desk.contact("Bob"))
    desk.do(deals.edit, deal_id, {"amount": 500, "currency": "USD", "reference": "R-1"})
    receipt = desk.do(deals.clone, deal_id)
    copy = desk.deal(receipt.value)
    assert receipt.label == "Cloned Acme"
    assert (copy.title, copy.stage_id, copy.amount, copy.currency, copy.reference) == (
        "Acme (copy)",
        desk.offer,
        500,
        "USD",
        None,
    )
    assert people(desk, receipt.value) == ["Acme", "Bob"]
    assert desk.order(desk.offer) == ["Acme (copy)", "Acme"]


def test_a_copy_of_a_closed_deal_is_open(desk: Desk) -> None:
    deal_id = desk.new(stage_id=desk.offer)
    desk.do(deals.win, deal_id)
    copy = desk.deal(desk.do(deals.clone, deal_id).value)
    assert (copy.stage_id, copy.closed_at, copy.close_date) == (desk.lead, None, None)


@pytest.mark.parametrize(
    ("day", "kept"),
    [(date(2026, 11, 22), False), (TODAY, False), (date(2026, 11, 24), True), (None, True)],
)
def test_a_copy_keeps_a_future_close_date(desk: Desk, day: date | None, kept: bool) -> None:
    deal_id = desk.new()
    desk.do(deals.edit, deal_id, {"close_date": day})
    copy = desk.deal(desk.do(deals.clone, deal_id).value)
    assert copy.close_date == (day if kept else None)


def test_a_copy_of_a_long_title_fits(desk: Desk) -> None:
    deal_id = desk.new("x" * 200)
    title = desk.deal(desk.do(deals.clone, deal_id).value).title
    assert len(title) == 200
    assert title.endswith("x (copy)")


def test_a_copy_of_a_deal_whose_owner_left_is_yours(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea").value
    deal_id = desk.new()
    desk.do(deals.assign, deal_id, bea)
    desk.do(team.edit, bea, active=False)
    copy = desk.deal(desk.do(deals.clone, deal_id).value)
    assert copy.owner_id == desk.workspace.user.id


def test_the_close_date_is_shifted_from_today_when_there_is_none(desk: Desk) -> None:
    deal_id = desk.new()
    assert desk.do(deals.shift_close_date, deal_id, 7).label == "Acme: close date 2026-11-30"
    desk.do(deals.shift_close_date, deal_id, -1)
    assert desk.deal(deal_id).close_date == date(2026, 11, 29)


def test_a_shifted_close_date_is_the_users_own(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.win, deal_id)
    desk.do(deals.shift_close_date, deal_id, 1)
    desk.do(deals.reopen, deal_id)
    assert desk.deal(deal_id).close_date == date(2026, 11, 24)


@pytest.mark.parametrize("days", [10**7, -(10**7), 10**12])
def test_the_calendar_has_an_end(desk: Desk, days: int) -> None:
    with pytest.raises(InvalidValue, match="calendar"):
        desk.do(deals.shift_close_date, desk.new(), days)


def test_a_deal_is_assigned(desk: Desk) -> None:
    bea = desk.do(team.add, "Bea").value
    deal_id = desk.new()
    assert desk.do(deals.assign, deal_id, bea).label == "Assigned Acme to Bea"
    assert desk.deal(deal_id).owner_id == bea
    assert desk.do(deals.assign, deal_id, bea).operation is None


def test_deals_are_deleted_with_their_links_and_come_back(desk: Desk) -> None:
    ids = [desk.new(title) for title in ("One", "Two", "Three")]
    receipt = desk.do(deals.delete, [ids[0], ids[2], ids[0]])
    assert (receipt.value, receipt.label) == (2, "Deleted 2 deals")
    assert desk.order(desk.lead) == ["Two"]
    assert len(desk.rows(DealContact)) == 1
    assert len(desk.rows(Contact)) == 3
    desk.do(history.undo)
    assert desk.order(desk.lead) == ["Three", "Two", "One"]
    assert people(desk, ids[2]) == ["Three"]


def test_one_deleted_deal_is_named(desk: Desk) -> None:
    assert desk.do(deals.delete, [desk.new()]).label == "Deleted Acme"


def test_a_deal_that_is_gone_stops_the_whole_deletion(desk: Desk) -> None:
    deal_id = desk.new()
    with pytest.raises(NotFound, match="no deal #99"):
        desk.do(deals.delete, [deal_id, 99])
    assert desk.order(desk.lead) == ["Acme"]


def test_many_deals_are_deleted_at_once(desk: Desk) -> None:
    contact_id = desk.contact()

    def crowd(tx: Transaction) -> list[int]:
        return [
            deals.create(tx, contacts=[contact_id], stage_id=desk.lead, title=f"Deal {number}")
            for number in range(12)
        ]

    made = desk.do(crowd).value
    assert desk.do(deals.delete, made).label == "Deleted 12 deals"
    assert not desk.rows(Deal)


def test_nothing_is_left_of_a_change_that_fails_halfway(desk: Desk) -> None:
    deal_id = desk.new()

    def act(tx: Transaction) -> None:
        deals.win(tx, deal_id)
        deals.remove_contact(tx, deal_id, 1)

    with pytest.raises(DealboardError):
        desk.workspace.run(act)
    assert desk.deal(deal_id).closed_at is None


def test_an_administrator_owns_what_they_create(desk: Desk) -> None:
    bea = desk.acting("Bea", Role.ADMINISTRATOR)
    assert desk.deal(bea.new()).owner_id == bea.workspace.user.id
