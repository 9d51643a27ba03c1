"""Custom fields of contacts, and the views that are saved under a name."""

import pytest

from dealboard.actions import contacts, fields, history, saved_views
from dealboard.actions.edits import Conflict
from dealboard.domain.changes import ContactChanges
from dealboard.domain.filters import DealFilter, Query, from_json
from dealboard.domain.views import FieldKind
from dealboard.errors import InvalidValue, NotFound, Refused, UnknownName
from dealboard.store.reads import contacts as reads
from dealboard.store.tables import Contact, CustomField, SavedView
from tests.actions.conftest import Desk


def values(desk: Desk, contact_id: int) -> dict[int, str]:
    return dict(desk.workspace.read(reads.contact, contact_id).custom)


def names(desk: Desk) -> list[str]:
    return [row.name for row in sorted(desk.rows(CustomField), key=lambda row: row.position)]


@pytest.fixture
def level(desk: Desk) -> int:
    """Define a choice of Gold and Silver."""
    return desk.do(fields.define, "Level", "choice", ["Gold", "Silver"]).value


# ── fields ────────────────────────────────────────────────────────────────────────────────────


def test_a_field_is_defined_behind_the_others(desk: Desk, level: int) -> None:
    receipt = desk.do(fields.define, " Birthday ", FieldKind.DATE)
    assert receipt.label == "Added contact field Birthday"
    assert names(desk) == ["Level", "Birthday"]
    assert desk.row(CustomField, level).choices == '["Gold","Silver"]'


@pytest.mark.parametrize(
    ("name", "kind", "wrong"),
    [
        ("LEVEL", "text", "name is taken"),
        ("E-mail", "text", "every contact has that field"),
        ("", "text", "Name is required"),
        ("Size", "colour", "a field holds text, number, date, choice"),
        ("Size", "choice", "Choices"),
    ],
)
def test_fields_that_cannot_be(desk: Desk, level: int, name: str, kind: str, wrong: str) -> None:
    with pytest.raises(InvalidValue, match=wrong):
        desk.do(fields.define, name, kind)


def test_there_are_at_most_twenty(desk: Desk) -> None:
    for number in range(20):
        desk.do(fields.define, f"Field {number}", "text")
    with pytest.raises(Refused, match="at most 20"):
        desk.do(fields.define, "One more", "text")


def test_fields_are_put_in_order(desk: Desk) -> None:
    first, *_, last = (desk.do(fields.define, name, "text").value for name in "ABC")
    assert desk.do(fields.move, last, 1).label == "Moved contact field C to position 1"
    assert names(desk) == ["C", "A", "B"]
    desk.do(fields.move, first, by=5)
    assert names(desk) == ["C", "B", "A"]
    assert desk.do(fields.move, first, by=1).operation is None
    with pytest.raises(InvalidValue, match="from 1 to 3"):
        desk.do(fields.move, first, 4)


def test_a_field_is_renamed(desk: Desk, level: int) -> None:
    assert desk.do(fields.edit, level, {"name": "level"}).label.endswith("Level to level")
    desk.do(fields.define, "Size", "text")
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(fields.edit, level, {"name": "SIZE"})


def test_what_is_no_longer_a_choice_is_kept_and_told(desk: Desk, level: int) -> None:
    gold, silver = (
        desk.do(contacts.add, name=name, custom={level: name}).value for name in ("Gold", "Silver")
    )
    receipt = desk.do(fields.edit, level, {"choices": ["Silver", "Bronze"]})
    assert receipt.notes == ("1 contact keeps what is no longer a choice: “Gold” (1).",)
    assert values(desk, gold) == {level: "Gold"}
    desk.do(contacts.edit, gold, {"city": "Bari", "custom": {level: "Gold"}})
    with pytest.raises(UnknownName, match="Level 'Gold': unknown Level"):
        desk.do(contacts.edit, silver, {"custom": {level: "Gold"}})


def test_values_die_with_their_field_and_come_back_with_it(desk: Desk, level: int) -> None:
    size = desk.do(fields.define, "Size", "number").value
    jo = desk.do(contacts.add, name="Jo", custom={level: "gold", size: "7"}).value
    receipt = desk.do(fields.delete, level)
    assert (receipt.value, receipt.notes) == (1, ("The values of 1 contact went with it.",))
    assert values(desk, jo) == {size: "7"}
    assert desk.row(Contact, jo).search == "jo\x1f7"
    assert names(desk) == ["Size"]
    desk.do(history.undo)
    assert values(desk, jo) == {level: "Gold", size: "7"}
    assert desk.row(Contact, jo).search == "jo\x1fgold\x1f7"
    assert names(desk) == ["Level", "Size"]


# ── values ────────────────────────────────────────────────────────────────────────────────────


def test_a_value_is_checked_kept_and_emptied(desk: Desk, level: int) -> None:
    jo = desk.contact("Jo")
    desk.do(contacts.edit, jo, {"custom": {level: " silver "}})
    assert values(desk, jo) == {level: "Silver"}
    assert desk.do(contacts.edit, jo, {"custom": {level: "Silver"}}).operation is None
    desk.do(contacts.edit, jo, {"custom": {level: None}})
    assert desk.row(Contact, jo).custom == "{}"
    with pytest.raises(NotFound, match="no field #99"):
        desk.do(contacts.edit, jo, {"custom": {99: "x"}})


def test_values_of_different_fields_are_merged_and_the_same_one_is_asked_about(
    desk: Desk, level: int
) -> None:
    size = desk.do(fields.define, "Shoe_size", "number").value
    jo = desk.do(contacts.add, name="Jo", custom={level: "Gold"}).value
    base = ContactChanges(custom={level: "Gold"})
    desk.do(contacts.edit, jo, {"custom": {size: "7"}})
    mine = ContactChanges(custom={level: "Silver", size: ""})
    desk.do(contacts.edit, jo, mine, base=base)
    assert values(desk, jo) == {level: "Silver", size: "7"}
    with pytest.raises(Conflict, match=r"Level is now 'Silver', yours is '–'"):
        desk.do(contacts.edit, jo, {"custom": {level: ""}}, base=base)


def test_a_merge_fills_empty_values_and_names_the_others(desk: Desk, level: int) -> None:
    size = desk.do(fields.define, "Size", "number").value
    gone = desk.do(contacts.add, name="Jo", custom={level: "Gold", size: "7"}).value
    kept = desk.do(contacts.add, name="Jo", custom={level: "Silver"}).value
    assert desk.do(contacts.merge, gone, kept).notes == ("Not kept: Level “Gold”.",)
    assert values(desk, kept) == {level: "Silver", size: "7"}


def test_a_contact_is_found_by_its_values(desk: Desk, level: int) -> None:
    jo = desk.do(contacts.add, name="Jo", custom={level: "Gold"}).value
    assert [each.id for each in desk.workspace.read(reads.contacts, "GOLD")] == [jo]
    desk.do(contacts.edit, jo, {"custom": {level: "Silver"}})
    assert not desk.workspace.read(reads.contacts, "gold")


def test_consent_has_a_day_and_a_source(desk: Desk) -> None:
    jo = desk.do(contacts.add, name="Jo", consent=True, consent_source="web form").value
    first = desk.clock.now
    desk.clock.advance(days=1)
    desk.do(contacts.edit, jo, {"consent_source": "web form, 2026"})
    now = desk.workspace.read(reads.contact, jo)
    assert (now.consent_at, now.consent_source) == (first, "web form, 2026")
    desk.do(contacts.edit, jo, {"consent": False, "consent_source": "web form, 2026"})
    now = desk.workspace.read(reads.contact, jo)
    assert (now.consent_at, now.consent_source) == (desk.clock.now, "web form, 2026")
    desk.do(contacts.edit, jo, {"consent": True})
    assert desk.workspace.read(reads.contact, jo).consent_source is None
    desk.do(contacts.edit, jo, {"consent": None, "consent_source": "nobody"})
    now = desk.workspace.read(reads.contact, jo)
    assert (now.consent_at, now.consent_source) == (None, None)


# ── views ─────────────────────────────────────────────────────────────────────────────────────


def test_a_view_is_saved_replaced_renamed_moved_and_deleted(desk: Desk) -> None:
    mine, all_ = (
        desk.do(saved_views.save, name, Query(DealFilter(name=name))).value
        for name in ("Mine", "All")
    )
    desk.do(saved_views.replace, mine, Query(DealFilter(overdue=True), look="table"))
    assert from_json(desk.row(SavedView, mine).query) == Query(
        DealFilter(overdue=True), look="table"
    )
    desk.do(saved_views.rename, mine, "Late")
    desk.do(saved_views.move, all_, 1)
    order = sorted(desk.rows(SavedView), key=lambda view: view.position)
    assert [view.name for view in order] == ["All", "Late"]
    desk.do(saved_views.move, all_, by=1)
    assert desk.row(SavedView, all_).position == 2
    desk.do(saved_views.delete, mine)
    assert desk.row(SavedView, all_).position == 1
    desk.do(history.undo)
    assert desk.row(SavedView, mine).name == "Late"


def test_views_have_different_names(desk: Desk) -> None:
    view = desk.do(saved_views.save, "Mine", Query()).value
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(saved_views.save, "mine", Query())
    desk.do(saved_views.rename, view, "MINE")


def test_there_are_at_most_a_hundred_views(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 1)
    desk.do(saved_views.save, "Mine", Query())
    with pytest.raises(Refused, match="At most 1"):
        desk.do(saved_views.save, "Other", Query())
