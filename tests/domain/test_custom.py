"""What custom fields may be called and hold."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.custom import check_choices, check_value, is_own
from dealboard.domain.views import CustomField, FieldKind
from dealboard.errors import InvalidValue


def field(kind: FieldKind, *choices: str) -> CustomField:
    return CustomField(1, "uid", "My Field", kind, choices, 1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1200", "1200"),
        ("-0012.50", "-12.5"),
        ("0", "0"),
        ("-0.00", "0"),
        ("0.5", "0.5"),
        (" 7 ", "7"),
        ("", ""),
    ],
)
def test_a_number_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert check_value(field(FieldKind.NUMBER), typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (FieldKind.NUMBER, "1,200"),
        (FieldKind.NUMBER, "1e5"),
        (FieldKind.NUMBER, "٣"),
        (FieldKind.NUMBER, "9" * 31),
        (FieldKind.DATE, "31/12/2026"),
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.DATE, "20261231"),
        (FieldKind.CHOICE, "Bronze"),
        (FieldKind.TEXT, "x" * 1_001),
        (FieldKind.TEXT, "nul \x00"),
    ],
)
def test_what_a_kind_cannot_hold_is_refused_by_the_name_of_the_field(
    kind: FieldKind, typed: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_value(field(kind, "Gold"), typed)
    assert caught.value.field == "My Field"


def test_a_choice_is_kept_as_it_is_listed() -> None:
    assert check_value(field(FieldKind.CHOICE, "Gold"), " gold ") == "Gold"


@given(st.dates())
def test_every_day_is_kept(day: date) -> None:
    assert check_value(field(FieldKind.DATE), day.isoformat()) == day.isoformat()


@given(st.sampled_from(FieldKind), st.text())
def test_what_is_kept_stays_so(kind: FieldKind, text: str) -> None:
    try:
        kept = check_value(field(kind, "Gold", "Silver"), text)
    except InvalidValue:
        return
    assert check_value(field(kind, "Gold", "Silver"), kept) == kept


def test_choices_are_listed_once() -> None:
    assert check_choices(FieldKind.CHOICE, [" Gold", "Silver", "gold", ""]) == ("Gold", "Silver")
    assert check_choices(FieldKind.TEXT, []) == ()


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (FieldKind.CHOICE, [""]),
        (FieldKind.TEXT, ["Gold"]),
        (FieldKind.CHOICE, ["x" * 61]),
        (FieldKind.CHOICE, list(map(str, range(101)))),
    ],
)
def test_choices_that_cannot_be(kind: FieldKind, choices: list[str]) -> None:
    with pytest.raises(InvalidValue, match="Choices"):
        check_choices(kind, choices)


def test_names_of_what_everybody_has_are_known() -> None:
    assert all(map(is_own, ("E-mail", "first name", "External_ID", "Phone")))
    assert not is_own("Birthday")
