"""A filter in words: what the filter bar says of it, and what its words mean on another day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.dates import parse_close
from dealboard.domain.filter_words import (
    GONE,
    Names,
    Part,
    count_line,
    describe,
    renewed,
    typed_close,
    without,
)
from dealboard.domain.filters import Days, DealFilter
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Pipeline, Role, Stage, Subtotal, User

TODAY = date(2026, 11, 23)
NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 30))

NAMES = Names.of(
    [Pipeline(1, "p1", "Sales", 1), Pipeline(2, "p2", "Onboarding", 2)],
    [
        Stage(11, "s1", 1, "Lead", StageKind.OPEN, 10, 1, None),
        Stage(12, "s2", 1, "Won", StageKind.WON, 100, 2, None),
        Stage(22, "s3", 2, "Won", StageKind.WON, 100, 1, None),
    ],
    [
        User(1, "u1", "Ada", None, Role.ACCOUNT_OWNER, True),
        User(2, "u2", "Ben", None, Role.ADMINISTRATOR, False),
    ],
)

EVERYTHING = DealFilter(
    name="acme",
    pipelines=frozenset({1}),
    stages=frozenset({11, 12}),
    owners=frozenset({1}),
    kinds=frozenset({StageKind.OPEN}),
    created=NOVEMBER,
    close=NOVEMBER,
    no_close_date=True,
    overdue=True,
)


def said(criteria: DealFilter) -> list[str]:
    return [chip.text for chip in describe(criteria, NAMES)]


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        (DealFilter(), []),
        (DealFilter(name=" acme "), ["name acme"]),
        (DealFilter(name="  "), []),
        (DealFilter(pipelines=frozenset({2, 1})), ["pipeline Sales, Onboarding"]),
        (DealFilter(stages=frozenset({12, 11})), ["stage Lead, Won"]),
        (DealFilter(stages=frozenset({12, 22})), ["stage Won"]),
        (DealFilter(owners=frozenset({1, 2})), ["owner Ada, Ben (inactive)"]),
        (DealFilter(owners=frozenset({1, 9})), [f"owner Ada, {GONE}"]),
        (DealFilter(kinds=frozenset({StageKind.LOST, StageKind.OPEN})), ["open, lost"]),
        (DealFilter(created=NOVEMBER), ["created 1–30 Nov 2026"]),
        (DealFilter(created=NOVEMBER._replace(words="this month")), ["created this month"]),
        (DealFilter(close=NOVEMBER), ["closing 1–30 Nov 2026"]),
        (DealFilter(overdue=True), ["overdue"]),
        (DealFilter(no_close_date=True), ["no close date"]),
        (
            DealFilter(close=NOVEMBER._replace(words="this month"), overdue=True),
            ["closing this month or overdue"],
        ),
    ],
)
def test_a_filter_is_said_part_by_part(criteria: DealFilter, words: list[str]) -> None:
    assert said(criteria) == words


def test_every_part_can_be_taken_out_alone() -> None:
    assert [chip.part for chip in describe(EVERYTHING, NAMES)] == list(Part)
    for part in Part:
        left = without(EVERYTHING, part)
        assert [chip.part for chip in describe(left, NAMES)] == [p for p in Part if p is not part]


def test_taking_out_every_part_leaves_the_empty_filter() -> None:
    criteria = EVERYTHING
    for part in Part:
        criteria = without(criteria, part)
    assert criteria == DealFilter()


def test_words_of_yesterday_mean_other_days_today() -> None:
    kept = DealFilter(
        created=NOVEMBER._replace(words="this month"),
        close=Days(TODAY, TODAY + timedelta(7), "next 7d"),
    )
    december = renewed(kept, date(2026, 12, 31))
    assert december.created == Days(date(2026, 12, 1), date(2026, 12, 31), "this month")
    assert december.close == Days(date(2026, 12, 31), date(2027, 1, 7), "next 7d")


@pytest.mark.parametrize("days", [None, NOVEMBER, NOVEMBER._replace(words="gibberish")])
def test_days_without_such_words_stay_what_they_are(days: Days | None) -> None:
    assert renewed(DealFilter(close=days), date(2027, 1, 1)).close == days


days_between = st.tuples(st.dates(), st.dates()).map(lambda pair: Days(min(pair), max(pair)))
open_days = st.dates().map(Days) | st.dates().map(lambda day: Days(None, day))
worded = st.just(NOVEMBER._replace(words="this month"))


@given(
    st.none() | days_between | open_days | worded,
    st.booleans(),
    st.booleans(),
)
def test_a_filter_by_close_date_can_be_typed_again(
    days: Days | None, none: bool, overdue: bool
) -> None:
    criteria = DealFilter(close=days, no_close_date=none, overdue=overdue)
    assert parse_close(typed_close(criteria), TODAY, keep_words=True) == (days, none, overdue)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (count_line(340, (Subtotal("EUR", 120_000_000, 0),)), "340 deals · €1.2M"),
        (count_line(12, (Subtotal("EUR", 120_000_000, 0),), 340), "12 of 340 · €1.2M"),
        (count_line(340, (), 340), "340 deals"),
        (count_line(1, ()), "1 deal"),
        (count_line(0, (), 340), "0 of 340"),
        (count_line(12_345, (), 100_000, noun="contact"), "12,345 of 100,000"),
    ],
)
def test_how_much_a_filter_leaves(line: str, said: str) -> None:
    assert line == said
