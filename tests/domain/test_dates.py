"""The closed date grammar, ranges, and days as they are shown."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dealboard.domain.dates import (
    CLOSE_PRESETS,
    CREATED_PRESETS,
    MONTHS,
    WEEKDAYS,
    Order,
    Unit,
    describe_day,
    describe_days,
    format_day,
    format_days,
    parse_close,
    parse_day,
    parse_range,
    renewed,
    shift,
)
from dealboard.domain.filters import Days
from dealboard.errors import InvalidValue

TODAY = date(2026, 11, 23)  # a Monday

ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
UNITS: tuple[Unit, ...] = ("d", "w", "m", "q", "y")

anything = st.text(st.characters(codec=None))
date_like = st.text("0123456789/-. +dwmqyinextlasfrijbom", max_size=14)
days = st.dates(date(1900, 1, 1), date(2999, 12, 31))
orders = st.sampled_from(ORDERS)
weekdays = st.integers(0, 6)


# ── one day ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("today", "2026-11-23"),
        ("tomorrow", "2026-11-24"),
        ("yesterday", "2026-11-22"),
        ("mon", "2026-11-30"),
        ("fri", "2026-11-27"),
        ("Friday", "2026-11-27"),
        ("thurs", "2026-11-26"),
        ("sun", "2026-11-29"),
        ("next fri", "2026-12-04"),
        ("next monday", "2026-11-30"),
        ("last fri", "2026-11-20"),
        ("last mon", "2026-11-16"),
        ("+2w", "2026-12-07"),
        ("-3d", "2026-11-20"),
        ("in 3d", "2026-11-26"),
        ("in 3 days", "2026-11-26"),
        ("in 2 weeks", "2026-12-07"),
        ("2w", "2026-12-07"),
        ("3d", "2026-11-26"),
        ("0d", "2026-11-23"),
        ("1m", "2026-12-23"),
        ("1mo", "2026-12-23"),
        ("+3 months", "2027-02-23"),
        ("1q", "2027-02-23"),
        ("1y", "2027-11-23"),
        ("eow", "2026-11-29"),
        ("eom", "2026-11-30"),
        ("eoq", "2026-12-31"),
        ("eoy", "2026-12-31"),
        ("31/12", "2026-12-31"),
        ("23/11", "2026-11-23"),
        ("22/11", "2027-11-22"),
        ("31.12.", "2026-12-31"),
        ("31.12.2026", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("31-12-2026", "2026-12-31"),
        ("31/12/26", "2026-12-31"),
        ("1/2/1999", "1999-02-01"),
        ("2026-12-31", "2026-12-31"),
        ("2026/12/31", "2026-12-31"),
        ("2026.1.2", "2026-01-02"),
        ("31 dec", "2026-12-31"),
        ("31dec", "2026-12-31"),
        ("dec 31", "2026-12-31"),
        ("1 sept", "2027-09-01"),
        ("31 December 2026", "2026-12-31"),
        ("31 dec 26", "2026-12-31"),
        ("Dec 31, 2026", "2026-12-31"),
        ("29/2", "2028-02-29"),
        ("feb 29", "2028-02-29"),
        ("  NEXT \t fri ", "2026-12-04"),
    ],
)
def test_the_grammar(text: str, iso: str) -> None:
    assert parse_day(text, TODAY) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("03/04/2026", "dmy", "2026-04-03"),
        ("03/04/2026", "mdy", "2026-03-04"),
        ("03/04", "dmy", "2027-04-03"),
        ("03/04", "mdy", "2027-03-04"),
        ("03/04", "ymd", "2027-03-04"),
        ("26/12/31", "ymd", "2026-12-31"),
        ("2026-03-04", "mdy", "2026-03-04"),
    ],
)
def test_the_order_decides_what_03_04_means(text: str, order: Order, iso: str) -> None:
    assert parse_day(text, TODAY, order=order) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("", "dmy", "not a date"),
        ("soon", "dmy", "not a date"),
        ("fr", "dmy", "not a date"),
        ("fry", "dmy", "not a date"),
        ("next", "dmy", "not a date"),
        ("this fri", "dmy", "not a date"),
        ("next week", "dmy", "not a date"),
        ("10", "dmy", "not a date"),
        ("1000", "dmy", "not a date"),
        ("a", "dmy", "not a date"),
        ("2x", "dmy", "not a date"),
        ("in -3d", "dmy", "not a date"),
        ("in fri", "dmy", "not a date"),
        ("31 dex", "dmy", "not a date"),
        ("dec", "dmy", "not a date"),
        ("31/12-2026", "dmy", "not a date"),
        ("31/12/226", "dmy", "not a date"),
        ("３１/12", "dmy", "not a date"),
        ("2026-02-30", "dmy", "February 2026 has 28 days"),
        ("30/2", "dmy", "February 2026 has 28 days"),
        ("30 feb 2028", "dmy", "February 2028 has 29 days"),
        ("31.4.", "dmy", "April 2026 has 30 days"),
        ("0/1", "dmy", "January 2026 has 31 days"),
        ("12-31", "dmy", "no month 31"),
        ("31/12/2026", "mdy", "no month 31"),
        ("2026-00-10", "dmy", "no month 0"),
        ("0000-01-01", "dmy", "no year 0"),
        ("31/12/2026", "ymd", "the year comes first"),
        ("99999y", "dmy", "outside the calendar"),
        ("-99999m", "dmy", "outside the calendar"),
        ("x" * 500, "dmy", "not a date"),
    ],
)
def test_anything_else_is_refused_and_never_guessed(text: str, order: Order, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason) as caught:
        parse_day(text, TODAY, order=order, field="close date")
    assert caught.value.field == "close date"
    assert caught.value.sentence.startswith("Close date ")
    assert len(caught.value.sentence) < 150


def test_the_29th_of_february_waits_for_a_leap_year() -> None:
    assert parse_day("29 feb", date(2028, 2, 29)) == date(2028, 2, 29)
    assert parse_day("29 feb", date(2028, 3, 1)) == date(2032, 2, 29)
    assert parse_day("29 feb", date(2096, 3, 1)) == date(2104, 2, 29)


def test_no_day_lies_behind_the_end_of_the_calendar() -> None:
    for text in ("tomorrow", "1/1", "29/2", "mon", "next mon"):
        with pytest.raises(InvalidValue):
            parse_day(text, date.max)
    with pytest.raises(InvalidValue):
        parse_day("yesterday", date.min)


@given(days, st.sampled_from(WEEKDAYS), st.integers(3, 9), weekdays)
def test_a_weekday_is_the_next_one_and_never_today(
    today: date, name: str, letters: int, first_weekday: int
) -> None:
    day = parse_day(name[:letters], today, first_weekday=first_weekday)
    assert 1 <= (day - today).days <= 7
    assert WEEKDAYS[day.weekday()] == name


@given(days, st.sampled_from(WEEKDAYS), weekdays)
def test_next_weekday_is_in_the_week_after_this_and_last_before_today(
    today: date, name: str, first_weekday: int
) -> None:
    next_week = parse_range("next week", today, first_weekday=first_weekday)
    day = parse_day(f"next {name}", today, first_weekday=first_weekday)
    assert next_week.first is not None
    assert next_week.last is not None
    assert next_week.first <= day <= next_week.last
    assert WEEKDAYS[day.weekday()] == name
    assert 1 <= (today - parse_day(f"last {name}", today)).days <= 7


@given(days, days, orders)
def test_iso_days_mean_the_same_in_every_order(day: date, today: date, order: Order) -> None:
    assert parse_day(day.isoformat(), today, order=order) == day


@given(days, days)
def test_numbers_read_back_in_their_order(day: date, today: date) -> None:
    for separator in "/-.":
        dmy = f"{day.day:02}{separator}{day.month}{separator}{day.year}"
        mdy = f"{day.month:02}{separator}{day.day}{separator}{day.year}"
        assert parse_day(dmy, today, order="dmy") == day
        assert parse_day(mdy, today, order="mdy") == day


@given(st.dates(), days)
def test_a_shown_day_reads_back_unless_it_is_past_and_of_this_year(day: date, today: date) -> None:
    read = parse_day(format_day(day, today), today)
    assert read == day or (day.year == today.year and day < today)


@given(date_like | anything, st.dates(), orders, weekdays)
def test_every_text_is_a_day_or_a_refusal(
    text: str, today: date, order: Order, first_weekday: int
) -> None:
    with suppress(InvalidValue):
        assert parse_day(text, today, order=order, first_weekday=first_weekday)


# ── shift ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "count", "unit", "expected"),
    [
        (date(2026, 1, 31), 1, "m", date(2026, 2, 28)),
        (date(2024, 2, 29), 1, "y", date(2025, 2, 28)),
        (date(2026, 11, 30), 1, "q", date(2027, 2, 28)),
        (date(2026, 1, 15), -1, "m", date(2025, 12, 15)),
        (date(2026, 12, 31), 1, "d", date(2027, 1, 1)),
        (date(2026, 12, 31), -1, "w", date(2026, 12, 24)),
    ],
)
def test_months_keep_the_day_or_end_early(
    day: date, count: int, unit: Unit, expected: date
) -> None:
    assert shift(day, count, unit) == expected


@given(days, st.integers(-9999, 9999), st.integers(-9999, 9999))
def test_shifts_by_days_add_up(day: date, one: int, other: int) -> None:
    assert shift(shift(day, one), other) == shift(day, one + other)
    assert shift(shift(day, one), -one) == day


@given(days, st.integers(-200, 200), st.sampled_from(UNITS))
def test_shifts_keep_the_order_of_days(day: date, count: int, unit: Unit) -> None:
    assert shift(day, 0, unit) == day
    assert shift(day, count, unit) <= shift(day + timedelta(1), count, unit)
    assert shift(day, count, unit) < shift(day, count + 1, unit)


@given(days, st.integers(-200, 200))
def test_a_quarter_is_three_months_and_a_year_twelve(day: date, count: int) -> None:
    assert shift(day, count, "q") == shift(day, 3 * count, "m")
    assert shift(day, count, "y") == shift(day, 12 * count, "m")
    assert shift(day, count, "w") == shift(day, 7 * count, "d")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("count", [10**6 * 4, -(10**6) * 4, 10**30])
def test_a_shift_out_of_the_calendar_is_refused(count: int, unit: Unit) -> None:
    with pytest.raises(InvalidValue, match="outside the calendar") as caught:
        shift(TODAY, count, unit, field="close date")
    assert caught.value.field == "close date"


# ── ranges ────────────────────────────────────────────────────────────────────────────────────


def between(first: str | None, last: str | None) -> Days:
    return Days(
        date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", between("2026-11-23", "2026-11-23")),
        ("next fri", between("2026-12-04", "2026-12-04")),
        ("30d", between("2026-12-23", "2026-12-23")),
        ("this week", between("2026-11-23", "2026-11-29")),
        ("last week", between("2026-11-16", "2026-11-22")),
        ("next week", between("2026-11-30", "2026-12-06")),
        ("this month", between("2026-11-01", "2026-11-30")),
        ("last month", between("2026-10-01", "2026-10-31")),
        ("next month", between("2026-12-01", "2026-12-31")),
        ("this quarter", between("2026-10-01", "2026-12-31")),
        ("last quarter", between("2026-07-01", "2026-09-30")),
        ("next quarter", between("2027-01-01", "2027-03-31")),
        ("this year", between("2026-01-01", "2026-12-31")),
        ("last year", between("2025-01-01", "2025-12-31")),
        ("next year", between("2027-01-01", "2027-12-31")),
        ("next 30d", between("2026-11-23", "2026-12-23")),
        ("last 7 days", between("2026-11-16", "2026-11-23")),
        ("last 2mo", between("2026-09-23", "2026-11-23")),
        ("1/3/26..31/3/26", between("2026-03-01", "2026-03-31")),
        ("today .. eom", between("2026-11-23", "2026-11-30")),
        ("-3d..", between("2026-11-20", None)),
        ("..31 dec", between(None, "2026-12-31")),
        ("31.12..", between("2026-12-31", None)),
        ("31.12...", between("2026-12-31", None)),
        ("31.12...5.1.27", between("2026-12-31", "2027-01-05")),
        ("1.12...31.12.", between("2026-12-01", "2026-12-31")),
        ("..31.12.", between(None, "2026-12-31")),
    ],
)
def test_ranges(text: str, expected: Days) -> None:
    assert parse_range(text, TODAY) == expected


def test_the_week_begins_on_the_first_weekday() -> None:
    assert parse_range("this week", TODAY, first_weekday=6) == between("2026-11-22", "2026-11-28")
    assert parse_day("eow", TODAY, first_weekday=6) == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a range"),
        ("..", "not a range"),
        (" .. ", "not a range"),
        ("1/1..2/1..3/1", "not a range"),
        ("this 7d", "not a date"),
        ("next -7d", "not a date"),
        ("last in 7d", "not a date"),
        ("next decade", "not a date"),
        ("this fri", "not a date"),
        ("tomorrow..today", "ends before it begins"),
        ("2026-02-30..", "28 days"),
        ("next 99999y", "outside the calendar"),
    ],
)
def test_what_is_no_range_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason) as caught:
        parse_range(text, TODAY, field="created")
    assert caught.value.field == "created"


@given(date_like | anything, days, orders)
@example("next 0d", TODAY, "dmy")
def test_no_range_ends_before_it_begins(text: str, today: date, order: Order) -> None:
    for words in (text, f"{text}..", f"..{text}", f"{text}..{text}"):
        try:
            found = parse_range(words, today, order=order)
        except InvalidValue:
            continue
        assert found != Days()
        assert found.first is None or found.last is None or found.first <= found.last


@given(days, days, days)
def test_two_days_make_a_range(one: date, other: date, today: date) -> None:
    first, last = sorted((one, other))
    assert parse_range(f"{first}..{last}", today) == Days(first, last)


@given(days, st.sampled_from(["week", "month", "quarter", "year"]), weekdays)
def test_last_this_and_next_follow_each_other_without_a_gap(
    today: date, period: str, first_weekday: int
) -> None:
    spans = [
        parse_range(f"{which} {period}", today, first_weekday=first_weekday)
        for which in ("last", "this", "next")
    ]
    for before, after in pairwise(spans):
        assert before.last is not None
        assert shift(before.last, 1) == after.first
    this = spans[1]
    assert this.first is not None
    assert this.last is not None
    assert this.first <= today <= this.last


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, False, False)),
        (" , ", (None, False, False)),
        ("none", (None, True, False)),
        ("Overdue", (None, False, True)),
        ("none, overdue", (None, True, True)),
        ("overdue,this week", (between("2026-11-23", "2026-11-29"), False, True)),
        ("today..", (between("2026-11-23", None), False, False)),
    ],
)
def test_a_close_date_filter(text: str, expected: tuple[Days | None, bool, bool]) -> None:
    assert parse_close(text, TODAY) == expected


@pytest.mark.parametrize("text", ["this week, next week", "soon", "none, 2026-02-30"])
def test_a_close_date_filter_refuses_by_field(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_close(text, TODAY)
    assert caught.value.field == "close date"


@pytest.mark.parametrize(
    "words", ["today", "this month", "last 30d", "fri", "eom..", "-7d..today", "2026-11-01..today"]
)
def test_days_counted_from_today_keep_their_words(words: str) -> None:
    days = parse_range(f" {words.upper()} ", TODAY, keep_words=True)
    assert days == parse_range(words, TODAY)._replace(words=words)


@pytest.mark.parametrize(
    "text", ["31/12", "1 dec", "2026-11-01..2026-11-30", "today..31/12", "..dec 3"]
)
def test_days_of_the_calendar_need_no_words(text: str) -> None:
    assert parse_range(text, TODAY, keep_words=True) == parse_range(text, TODAY)


def test_kept_words_mean_the_days_of_another_day() -> None:
    week = parse_range("this week", TODAY, keep_words=True)
    assert renewed(week, date(2026, 12, 6)) == between("2026-11-30", "2026-12-06")._replace(
        words="this week"
    )
    assert renewed(week, date(2026, 12, 6), first_weekday=6).first == date(2026, 12, 6)
    assert renewed(between("2026-11-01", None), date(2030, 1, 1)) == between("2026-11-01", None)


@pytest.mark.parametrize("words", [*CREATED_PRESETS, *CLOSE_PRESETS])
def test_the_usual_ranges_are_understood(words: str) -> None:
    assert parse_close(words, TODAY) != (None, False, False)


# ── shown ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (TODAY, "23 Nov"),
        (date(2026, 1, 1), "1 Jan"),
        (date(2025, 11, 27), "27 Nov 25"),
        (date(2109, 5, 3), "3 May 2109"),
        (date(1999, 5, 3), "3 May 1999"),
        (date(26, 5, 3), "3 May 0026"),
    ],
)
def test_a_day_on_a_card_has_its_year_only_if_it_is_another(day: date, shown: str) -> None:
    assert format_day(day, TODAY) == shown


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (TODAY, "Mon 23 Nov 2026 (today)"),
        (date(2026, 11, 24), "Tue 24 Nov 2026 (tomorrow)"),
        (date(2026, 11, 22), "Sun 22 Nov 2026 (yesterday)"),
        (date(2026, 11, 27), "Fri 27 Nov 2026 (in 4 days)"),
        (date(2026, 11, 13), "Fri 13 Nov 2026 (10 days ago)"),
    ],
)
def test_a_previewed_day_is_beyond_doubt(day: date, shown: str) -> None:
    assert describe_day(day, TODAY) == shown


@pytest.mark.parametrize(
    ("days", "described", "formatted"),
    [
        (between("2026-11-01", "2026-11-30"), "1–30 Nov 2026", "2026-11-01..2026-11-30"),
        (between("2026-11-28", "2026-12-03"), "28 Nov – 3 Dec 2026", "2026-11-28..2026-12-03"),
        (
            between("2026-12-28", "2027-01-03"),
            "28 Dec 2026 – 3 Jan 2027",
            "2026-12-28..2027-01-03",
        ),
        (between("2026-11-23", "2026-11-23"), "23 Nov 2026", "2026-11-23"),
        (between("2026-11-01", None), "from 1 Nov 2026", "2026-11-01.."),
        (between(None, "2026-11-01"), "until 1 Nov 2026", "..2026-11-01"),
        (Days(TODAY, TODAY, "today"), "23 Nov 2026", "today"),
    ],
)
def test_a_range_is_shown_beyond_doubt_and_can_be_typed_again(
    days: Days, described: str, formatted: str
) -> None:
    assert describe_days(days) == described
    assert format_days(days) == formatted
    assert parse_range(formatted, TODAY, keep_words=True) == days


def test_names_of_months_can_be_told_apart_by_three_letters() -> None:
    assert len({name[:3] for name in MONTHS}) == 12
    assert [parse_day(f"1 {name[:3]} 2026", TODAY).month for name in MONTHS] == list(range(1, 13))
