"""What cells mean: text, money, days and moments."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.dates import Order
from dealboard.domain.money import decimal_string, parse_money
from dealboard.errors import InvalidValue
from dealboard.store.columns import moment_text
from dealboard.transfer.values import Dates, Money, guarded, orders, text

TODAY = date(2026, 11, 23)


def dates(order: Order = "dmy") -> Dates:
    return Dates(order, "close date", TODAY)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-12-31", "2026-12-31"),
        ("2026/12/31", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("31.12.26", "2026-12-31"),
        ("31-12-2026", "2026-12-31"),
        ("3/4/2026", "2026-04-03"),
        ("31-Dec-2026", "2026-12-31"),
        ("31 Dec 26", "2026-12-31"),
        ("December 31, 2026", "2026-12-31"),
        ("2026-12-31 17:45", "2026-12-31"),
        ("2026-12-31T17:45:00.123Z", "2026-12-31"),
        ("12/31/2026 5:45 PM", None),
        ("45631.0", "2024-12-05"),
        ("45631", "2024-12-05"),
    ],
)
def test_days_are_read_in_the_ways_programs_write_them(cell: str, day: str | None) -> None:
    assert (dates("mdy" if day is None else "dmy").day(cell)) == (day or "2026-12-31")


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "13/13/2026", "fri", "tomorrow", "+2w", "31/12", "12:30", "1/2/3/4", "n/a",
     "0017-01-01", "31/12/2026 25:00", "1/1/2026 13:00 PM", "١٢/١٢/٢٠٢٦", "20261231", "-"],
)  # fmt: skip
def test_nothing_else_is_a_day(cell: str) -> None:
    with pytest.raises(InvalidValue):
        dates().day(cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-12-31", "2026-12-31T00:00:00.000000Z"),
        ("2026-12-31 08:30", "2026-12-31T08:30:00.000000Z"),
        ("2006-06-15T20:47:07.000Z", "2006-06-15T20:47:07.000000Z"),
        ("2024-07-01T11:54:49.95+02:00", "2024-07-01T09:54:49.950000Z"),
        ("31/12/2026, 12.05 am", "2026-12-31T00:05:00.000000Z"),
        ("45631.5", "2024-12-05T12:00:00.000000Z"),
    ],
)
def test_moments_keep_their_zone_and_are_local_without_one(cell: str, moment: str) -> None:
    assert dates().moment(cell) == moment


def test_a_moment_beyond_the_calendar_is_a_problem() -> None:
    with pytest.raises(InvalidValue, match="outside the calendar"):
        dates().moment("9999-12-31T23:59:00-05:00")


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_every_day_survives_every_way_of_writing_it(day: date, order: Order) -> None:
    numbers = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    reader = dates(order)
    for form in ("%Y-%m-%d", numbers, "%d %b %Y", "%B %d, %Y", "%Y-%m-%dT%H:%M:%SZ"):
        assert reader.day(day.strftime(form)) == day.isoformat()
    if day > date(1927, 5, 18):  # spreadsheets' five digits begin then
        serial = (day - date(1899, 12, 30)).days
        assert reader.day(f"{serial}.0") == day.isoformat()


@given(st.integers(-600_000_000, 4_000_000_000), st.integers(-12 * 60, 14 * 60))
def test_a_moment_with_its_zone_is_exact_to_the_second(seconds: int, minutes: int) -> None:
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    assert dates().moment(moment.isoformat()) == moment_text(moment)


@given(st.text(max_size=20))
def test_any_cell_is_a_date_or_a_problem(cell: str) -> None:
    for read in (dates().day, dates().moment):
        try:
            assert read(cell)[4] == "-"
        except InvalidValue:
            continue


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("25/12/2026", {"dmy"}),
        ("12/25/2026 10:00", {"mdy"}),
        ("3/4/26", {"dmy", "mdy"}),
        ("25/25/2026", set()),
        ("2026-12-25", set()),
        ("yesterday", set()),
    ],
)
def test_a_cell_says_in_which_orders_it_can_be_read(cell: str, found: set[Order]) -> None:
    assert orders(cell) == found


# ── money ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "minor", "currency"),
    [
        ("1054", 105400, "EUR"),
        ("101266.4", 10126640, "EUR"),
        ("0", 0, "EUR"),
        (".5", 50, "EUR"),
        ("$1,234.00", 123400, "USD"),
        ("1234,56", 123456, "EUR"),
        ("250k", 25_000_000, "EUR"),
        ("'1200", 120000, "EUR"),
        ("1.234.567,89 €", 123456789, "EUR"),
    ],
)
def test_amounts_are_read_in_the_ways_programs_write_them(
    cell: str, minor: int, currency: str
) -> None:
    assert Money("EUR", "en_US").amount(cell, "") == (minor, currency)


def test_the_decimal_mark_decides_only_what_could_be_both() -> None:
    assert Money("EUR", "it_IT").amount("1.234", "")[0] == 123400
    assert Money("EUR", "en_US").amount("1,234", "")[0] == 123400
    assert Money("EUR", "it_IT").amount("1234.56", "")[0] == 123456
    with pytest.raises(InvalidValue):
        Money("EUR", "en_US").amount("1.234", "")


def test_the_row_names_the_currency_and_its_decimals() -> None:
    money = Money("EUR", "en_US")
    assert money.amount("1200", "JPY") == (1200, "JPY")
    assert money.amount("1.5", "KWD") == (1500, "KWD")
    with pytest.raises(InvalidValue):
        money.amount("1200.5", "JPY")
    with pytest.raises(InvalidValue, match="in USD, the row in GBP"):
        money.amount("$5", "GBP")


@pytest.mark.parametrize("cell", ["-5", "NaN", "1e5", "many", "1.2.3", "٣", "9999999999999999"])
def test_nothing_else_is_an_amount(cell: str) -> None:
    with pytest.raises(InvalidValue):
        Money("EUR", "en_US").amount(cell, "")


@given(st.integers(0, 10**15 - 1), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_every_amount_is_read_as_it_is_written(minor: int, currency: str) -> None:
    written = decimal_string(minor, currency)
    if currency == "KWD" and minor // 1000 < 1000:
        return  # 123.456 could be thousands as well
    assert Money("EUR", "en_US").amount(written, currency) == (minor, currency)


@given(
    st.from_regex(r"[0-9]{0,17}(\.[0-9]{0,4})?", fullmatch=True), st.sampled_from(["EUR", "JPY"])
)
def test_the_quick_way_says_what_the_full_one_says(cell: str, currency: str) -> None:
    def full() -> object:
        try:
            return parse_money(cell, currency)
        except InvalidValue as error:
            return error.reason

    def quick() -> object:
        try:
            return Money(currency, "en_US").amount(cell, "")
        except InvalidValue as error:
            return error.reason

    assert quick() == full()


# ── text ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "field", "kept"),
    [
        ("'=SUM(A1)", "title", "=SUM(A1)"),
        ("'@ada", "title", "@ada"),
        ("'+39 02 1234567", "phone", "+39 02 1234567"),
        ("'0039021234567", "phone", "0039021234567"),
        ("'t Hooft", "contact", "'t Hooft"),
        ("'", "title", "'"),
        ("two\r\nlines", "title", "two lines"),
    ],
)
def test_an_apostrophe_is_taken_off_only_where_a_program_put_it(
    cell: str, field: str, kept: str
) -> None:
    assert text(cell, field, 200) == kept


@pytest.mark.parametrize("cell", ["a\x00b", "\ud800", "x" * 201])
def test_text_that_cannot_be_kept_is_a_problem(cell: str) -> None:
    with pytest.raises(InvalidValue):
        text(cell, "title", 200)


@pytest.mark.parametrize("start", "=+-@＝＋－＠")
def test_what_a_spreadsheet_would_calculate_is_guarded(start: str) -> None:
    assert guarded(f"{start}cmd") == f"'{start}cmd"
    assert text(guarded(f"{start}cmd"), "title", 200) == f"{start}cmd"


@pytest.mark.parametrize("cell", ["", "plain", "-5", "+39021234567", "-1,234.50", "12"])
def test_numbers_and_full_phone_numbers_are_not(cell: str) -> None:
    assert guarded(cell) == cell
