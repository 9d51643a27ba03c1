"""What the cells of a file mean: text, money, days and moments.

Other programs write dates and amounts in many ways; each of these either understands a cell or
raises InvalidValue, and never guesses between two readings without being told which one to take.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from dealboard.domain.dates import Order, parse_day
from dealboard.domain.money import MAX_WHOLE_DIGITS, currency_code, exponent, parse_money
from dealboard.domain.text import excerpt, one_line, storable
from dealboard.errors import InvalidValue
from dealboard.store.columns import moment_text

CACHED = 4_096
"""Different cells remembered per column kind: dates and amounts repeat."""

FIRST_YEAR = 1900

FORMULA = frozenset("=+-@\t\r＝＋－＠")
"""What a spreadsheet would calculate what follows (threat line 11)."""


def text(cell: str, field: str, limit: int) -> str:
    """Return a stripped cell as a one-line field is stored, without an apostrophe before it.

    Exports put one before what a spreadsheet would calculate (`cell_of`), spreadsheets before
    digits that are no number; any other is part of the text. Raises InvalidValue like
    `domain.text.storable`.
    """
    if cell[:1] == "'" and (_GUARDED.match(cell) or field == "phone"):
        cell = cell[1:]
    if len(cell) <= limit and cell.isprintable():
        return cell
    return one_line(cell, field, limit=limit)


def lines(cell: str, field: str, limit: int) -> str:
    """Return a cell as a field of several lines is stored; otherwise as `text` does."""
    if cell[:1] == "'" and _GUARDED.match(cell):
        cell = cell[1:]
    return storable(cell.replace("\r\n", "\n"), field, limit=limit)


def cell_of(text: str) -> str:
    """Return a text as a cell that no spreadsheet calculates and that `text` reads as it was."""
    if text[:1] not in _STARTS:
        return text
    return f"'{text}" if _GUARDED.match(text) else guarded(text)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet calculates: numbers and phone numbers as they are."""
    if cell[:1] in FORMULA and cell and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*")
_STARTS = FORMULA | {"'"}
_GUARDED = re.compile(f"'+[{re.escape(''.join(sorted(FORMULA)))}]")


# ── money ─────────────────────────────────────────────────────────────────────────────────────


class Money:
    """Reads amounts; `currency` is that of amounts which name none, `locale` decides 1.234."""

    def __init__(self, currency: str, locale: str) -> None:
        self.currency = currency
        self._locale = locale
        self.code = lru_cache(CACHED)(currency_code)
        self.amount = lru_cache(CACHED)(self._amount)

    def _amount(self, cell: str, named: str) -> tuple[int | None, str]:
        """Return minor units and currency; `named` is the code of the row, or empty.

        Raises InvalidValue as `parse_money`, and where the amount is in another currency.
        """
        cell = cell.lstrip("'")
        currency = named or self.currency
        whole, point, fraction = cell.partition(".")
        places = exponent(currency)
        if (
            cell.isascii()
            and whole.isdigit()
            and len(whole) <= MAX_WHOLE_DIGITS
            and (fraction.isdigit() and len(fraction) <= min(places, 2) if point else True)
        ):
            return int(whole + fraction.ljust(places, "0")), currency
        amount, found = parse_money(cell, currency, self._locale)
        if named and found != named:
            raise InvalidValue("amount", excerpt(cell), f"it is in {found}, the row in {named}")
        return amount, found


# ── dates ─────────────────────────────────────────────────────────────────────────────────────

_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- spreadsheets count local days from here
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2(?:[0-9]{4}|[0-9]{2})(?![0-9])")
_DAY = re.compile(
    r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}"
    r"|[0-9]{1,2}([-/.])[0-9]{1,2}\2(?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}[ -]?[A-Za-z]{3,9}\.?,?[ -]?(?:[0-9]{4}|[0-9]{2})"
    r"|[A-Za-z]{3,9}\.? [0-9]{1,2},? [0-9]{4}"
)
_TIME = re.compile(
    r"(?P<day>.*[0-9])(?:[Tt]|,? +)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
    r" ?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r" ?(?P<zone>[Zz]|UTC|GMT|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?"
)
_EXAMPLE = "Write it like 2026-12-31."


def orders(cell: str) -> frozenset[Order]:
    """Return the orders in which a numeric date such as 25/12/2026 can be read: here, day first.

    Empty for what is no such date, and for one that has no reading at all.
    """
    match = _NUMBERS.match(cell)
    if match is None:
        return frozenset()
    readings: tuple[tuple[Order, str], ...] = (("dmy", match[3]), ("mdy", match[1]))
    return frozenset(order for order, month in readings if int(month) <= 12)


class Dates:
    """Reads the days and moments of one column; moments without a zone are local time."""

    def __init__(self, order: Order, field: str, today: date) -> None:
        self._order = order
        self._field = field
        self._today = today
        self.day = lru_cache(CACHED)(self._day_text)
        self.moment = lru_cache(CACHED)(self._moment_text)

    def _day_text(self, cell: str) -> str:
        """Return the day of a cell as ISO text; the day as written, whatever the zone."""
        if len(cell) == 10 and cell[4] == "-" and cell[:2] in ("19", "20"):
            try:
                return date.fromisoformat(cell).isoformat()
            except ValueError:
                pass  # the full reading says what is wrong with it
        return self._local(cell)[0].date().isoformat()

    def _moment_text(self, cell: str) -> str:
        """Return the moment of a cell as the text SQLite keeps; a mere day is its midnight."""
        moment, zone = self._local(cell)
        try:
            aware = moment.replace(tzinfo=zone) if zone else moment.astimezone()
            return moment_text(aware)
        except (ValueError, OverflowError, OSError):
            raise InvalidValue(self._field, excerpt(cell), "outside the calendar") from None

    def _local(self, cell: str) -> tuple[datetime, timezone | None]:
        """Return day and time as written, and the zone if one is."""
        if _SERIAL.fullmatch(cell):
            return _EPOCH + timedelta(days=float(cell)), None
        match = _TIME.fullmatch(cell)
        if match is None:
            return datetime.combine(self._date(cell, cell), time()), None
        day = self._date(match["day"], cell)
        return datetime.combine(day, self._time(match, cell)), _zone(match["zone"])

    def _date(self, written: str, cell: str) -> date:
        if not _DAY.fullmatch(written):
            raise InvalidValue(self._field, excerpt(cell), "not a date", _EXAMPLE)
        if any(map(str.isalpha, written)):
            written = re.sub("[-.,]", " ", written)
        day = parse_day(written, self._today, order=self._order, field=self._field)
        if day.year < FIRST_YEAR:
            raise InvalidValue(self._field, excerpt(cell), f"before {FIRST_YEAR}")
        return day

    def _time(self, match: re.Match[str], cell: str) -> time:
        hour = int(match["hour"])
        if half := (match["half"] or "").lower():
            if not 1 <= hour <= 12:
                raise InvalidValue(self._field, excerpt(cell), "there is no such time")
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        try:
            micros = int(f"{match['fraction'] or 0:0<6}"[:6])
            return time(hour, int(match["minute"]), int(match["second"] or 0), micros)
        except ValueError:
            raise InvalidValue(self._field, excerpt(cell), "there is no such time") from None


def _zone(written: str | None) -> timezone | None:
    if not written:
        return None
    if written[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return timezone(-offset if written[0] == "-" else offset)
