"""Spans of time as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.durations import (
    format_due,
    format_offset,
    format_wait,
    parse_due,
    parse_offset,
    parse_wait,
)
from dealboard.domain.rules import DAYS_LIMIT
from dealboard.errors import InvalidValue


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", {"days": 2}),
        ("1d 12h", {"days": 1, "hours": 12}),
        ("3 hours and 30 min", {"hours": 3, "minutes": 30}),
        ("2 weeks", {"days": 14}),
        ("", {}),
    ],
)
def test_waits(text: str, found: dict[str, int]) -> None:
    assert parse_wait(text) == found


@pytest.mark.parametrize(
    ("text", "days"),
    [("", None), ("today", 0), ("0", 0), ("tomorrow", 1), ("in 2 days", 2), ("1w", 7)],
)
def test_due(text: str, days: int | None) -> None:
    assert parse_due(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [("", 0), ("on the day", 0), ("3", 3), ("-3", -3), ("3 days before", -3), ("1w after", 7)],
)
def test_offsets(text: str, days: int) -> None:
    assert parse_offset(text) == days


@pytest.mark.parametrize("text", ["soon", "2 moons", "d2", "99999", "2d!", "3 hours"])
def test_what_is_no_number_of_days_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_due(text)


@given(st.integers(0, DAYS_LIMIT))
def test_days_are_read_as_they_are_written(days: int) -> None:
    assert parse_due(format_due(days)) == days
    assert parse_offset(format_offset(days)) == days
    assert parse_offset(format_offset(-days)) == -days


@given(st.fixed_dictionaries({unit: st.integers(0, 3000) for unit in ("days", "hours", "minutes")}))
def test_waits_are_read_as_they_are_written(args: dict[str, int]) -> None:
    assert parse_wait(format_wait(args)) == {unit: n for unit, n in args.items() if n}


@given(st.text(max_size=30))
def test_anything_is_read_or_refused(text: str) -> None:
    for parse in (parse_wait, parse_due, parse_offset):
        try:
            parse(text)
        except InvalidValue:
            continue
