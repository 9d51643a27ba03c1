"""Days as people type and read them: a closed grammar, so that nothing is ever guessed.

Pure: the caller passes `today`. Names are English whatever the process's locale is.
"""

import re
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal

from dealboard.domain.filters import Days
from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue

Order = Literal["dmy", "mdy", "ymd"]
"""Which of day, month and year comes first in 03/04."""

Unit = Literal["d", "w", "m", "q", "y"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_UNITS: dict[str, Unit] = {
    "d": "d", "day": "d", "days": "d",
    "w": "w", "week": "w", "weeks": "w",
    "m": "m", "mo": "m", "month": "m", "months": "m",
    "q": "q", "quarter": "q", "quarters": "q",
    "y": "y", "year": "y", "years": "y",
}  # fmt: skip
_MONTHS_IN: dict[Unit, int] = {"m": 1, "q": 3, "y": 12}
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_PERIODS: dict[str, Unit] = {"week": "w", "month": "m", "quarter": "q", "year": "y"}
_ENDS: dict[str, Unit] = {"eow": "w", "eom": "m", "eoq": "q", "eoy": "y"}
_EXAMPLES = "Write it like fri, +2w, eom, 31/12, 31 dec or 2026-12-31."

_COUNT = re.compile(r"(in )?([+-]?)([0-9]{1,5}) ?([a-z]+)")
_ISO = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2})?)?")
_DAY_MONTH = re.compile(r"([0-9]{1,2}) ?([a-z]{3,})(?:,? ([0-9]{4}|[0-9]{2}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,}) ?([0-9]{1,2})(?:,? ([0-9]{4}|[0-9]{2}))?")


def parse_day(
    text: str, today: date, *, order: Order = "dmy", first_weekday: int = 0, field: str = "date"
) -> date:
    """Return the day that `text` means.

    Words: today, tomorrow, yesterday; fri, friday (the next one, never today); next fri (in the
    week after this), last fri (before today); +2w, -3d, in 3d, in 2 weeks, 1mo, 1q, 1y; eow, eom,
    eoq, eoy. Numbers: 2026-12-31, and 31/12, 31.12., 31-12-2026 read by `order`. Names: 31 dec,
    dec 31, 31 dec 2026. A day without a year is the next such day, today included; 26 is 2026.
    `first_weekday` 0 is Monday. Raises InvalidValue(field) for anything else.
    """
    words = " ".join(text.lower().split())
    day = (
        _numeric_day(words, today, order, field)
        or _named_day(words, today, first_weekday)
        or _counted_day(words, today, field)
        or _month_name_day(words, today, field)
    )
    if day is None:
        raise InvalidValue(field, excerpt(text), "not a date", _EXAMPLES)
    return day


def shift(day: date, count: int, unit: Unit = "d", field: str = "date") -> date:
    """Return the day `count` units later; months keep the day, or take the month's last one.

    Raises InvalidValue(field) outside the years 1 to 9999.
    """
    try:
        if unit in ("d", "w"):
            return day + timedelta(days=count * (7 if unit == "w" else 1))
        year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS_IN[unit], 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError) as error:
        raise InvalidValue(field, f"{count:+}{unit}", "outside the calendar") from error


def _named_day(words: str, today: date, first_weekday: int) -> date | None:
    if words in _NEAR:
        return shift(today, _NEAR[words])
    if words in _ENDS:
        return _period(_ENDS[words], today, 0, first_weekday).last
    which, _, name = words.rpartition(" ")
    weekday = _prefix_of(name, WEEKDAYS)
    if weekday is None or which not in ("", "next", "last"):
        return None
    if which == "last":
        return shift(today, -((today.weekday() - weekday - 1) % 7 + 1))
    if which == "next":
        monday = _period("w", today, 1, first_weekday).first or today
        return shift(monday, (weekday - monday.weekday()) % 7)
    return shift(today, (weekday - today.weekday() - 1) % 7 + 1)


def _prefix_of(word: str, names: tuple[str, ...]) -> int | None:
    """Return the index of the name that `word` begins, with at least three letters."""
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(names) if name.startswith(word)), None)


def _counted_day(words: str, today: date, field: str) -> date | None:
    match = _COUNT.fullmatch(words)
    if match is None or match[4] not in _UNITS or (match[1] and match[2]):
        return None
    return shift(today, int(match[2] + match[3]), _UNITS[match[4]], field)


def _numeric_day(words: str, today: date, order: Order, field: str) -> date | None:
    if match := _ISO.fullmatch(words):
        return _day(words, int(match[1]), int(match[3]), int(match[4]), field)
    match = _NUMBERS.fullmatch(words)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[3]), match[4]
    if third is None:
        day, month = (first, second) if order == "dmy" else (second, first)
        return _next_such_day(words, day, month, today, field)
    if order == "ymd":
        if len(third) == 4:
            raise InvalidValue(field, words, "the year comes first here", "Write 2026-12-31.")
        return _day(words, _full_year(match[1]), second, int(third), field)
    day, month = (first, second) if order == "dmy" else (second, first)
    return _day(words, _full_year(third), month, day, field)


def _month_name_day(words: str, today: date, field: str) -> date | None:
    if match := _DAY_MONTH.fullmatch(words):
        day, name, year = match.groups()
    elif match := _MONTH_DAY.fullmatch(words):
        name, day, year = match.groups()
    else:
        return None
    month = _prefix_of(name, MONTHS)
    if month is None:
        return None
    if year is None:
        return _next_such_day(words, int(day), month + 1, today, field)
    return _day(words, _full_year(year), month + 1, int(day), field)


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _day(words: str, year: int, month: int, day: int, field: str) -> date:
    if not MINYEAR <= year <= MAXYEAR:
        raise InvalidValue(field, words, f"there is no year {year}")
    if not 1 <= month <= 12:
        raise InvalidValue(field, words, f"there is no month {month}", _EXAMPLES)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        reason = f"{MONTHS[month - 1].title()} {year} has {last} days"
        raise InvalidValue(field, words, reason)
    return date(year, month, day)


def _next_such_day(words: str, day: int, month: int, today: date, field: str) -> date:
    if (day, month) == (29, 2):
        year = today.year + ((today.month, today.day) > (2, 29))
        while monthrange(year, 2)[1] < 29:
            year += 1
        return _day(words, year, month, day, field)
    found = _day(words, today.year, month, day, field)
    return found if found >= today else _day(words, today.year + 1, month, day, field)


CREATED_PRESETS = (
    "today", "yesterday", "this week", "last week", "this month", "last month", "last 30d",
    "this quarter", "last quarter", "this year",
)  # fmt: skip
"""Ranges in which deals are looked for by the day they were created (decision 46)."""

CLOSE_PRESETS = (
    "overdue", "today", "this week", "next week", "this month", "next month", "next 30d",
    "this quarter", "next quarter", "none",
)  # fmt: skip
"""Ranges in which deals are looked for by the day they are expected to close (decision 46)."""

# ── ranges ────────────────────────────────────────────────────────────────────────────────────


def _period(unit: Unit, today: date, offset: int, first_weekday: int) -> Days:
    """Return the whole week, month, quarter or year that lies `offset` of them from today."""
    if unit == "w":
        first = shift(today, -((today.weekday() - first_weekday) % 7))
    elif unit == "y":
        first = today.replace(month=1, day=1)
    else:
        months = _MONTHS_IN[unit]
        first = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    first = shift(first, offset, unit)
    return Days(first, shift(shift(first, 1, unit), -1))


def parse_range(
    text: str,
    today: date,
    *,
    order: Order = "dmy",
    first_weekday: int = 0,
    field: str = "date",
    keep_words: bool = False,
) -> Days:
    """Return the inclusive days that `text` means.

    A day of `parse_day`; `A..B`, `A..`, `..B`; this, last or next week, month, quarter or year;
    last 7d (seven days back up to today), next 30d. With `keep_words` days that would be others
    tomorrow hold the words. Raises InvalidValue(field).
    """
    days = _range(text, today, order, first_weekday, field)
    if keep_words and _moves_on(text, today):
        return days._replace(words=" ".join(text.lower().split()))
    return days


def renewed(days: Days, today: date, *, first_weekday: int = 0) -> Days:
    """Return the days that were kept by their words as of today; others as they are."""
    if not days.words:
        return days
    try:
        return parse_range(days.words, today, first_weekday=first_weekday, keep_words=True)
    except InvalidValue:
        return days


def _moves_on(text: str, today: date) -> bool:
    """Return whether a range that was understood is counted from today, at one end at least."""
    words = " ".join(text.lower().split())
    if _named_range(words, today, 0, "date"):
        return True
    sides = [side.strip() for side in words.split("..") if side.strip()]
    counted = [_named_day(side, today, 0) or _counted_day(side, today, "date") for side in sides]
    return any(counted) and all(
        day or _ISO.fullmatch(side) for day, side in zip(counted, sides, strict=True)
    )


def _range(text: str, today: date, order: Order, first_weekday: int, field: str) -> Days:
    words = " ".join(text.lower().split())
    known = _named_range(words, today, first_weekday, field)
    if known is not None:
        return known

    def side(part: str) -> date | None:
        if not part.strip():
            return None
        return parse_day(part, today, order=order, first_weekday=first_weekday, field=field)

    sides = re.split(r"\.\.(?!\.)", words)
    first, last = side(sides[0]), side(sides[-1])
    if len(sides) > 2 or first is last is None:
        raise InvalidValue(
            field,
            excerpt(text),
            "not a range of days",
            "Write it like 1/3..31/3, ..eom or this week.",
        )
    if first and last and first > last:
        raise InvalidValue(field, excerpt(text), "it ends before it begins")
    return Days(first, last)


def _named_range(words: str, today: date, first_weekday: int, field: str) -> Days | None:
    which, _, name = words.partition(" ")
    offset = {"last": -1, "this": 0, "next": 1}.get(which)
    if offset is None:
        return None
    if name in _PERIODS:
        return _period(_PERIODS[name], today, offset, first_weekday)
    match = _COUNT.fullmatch(name)
    if offset == 0 or match is None or match[1] or match[2] or match[4] not in _UNITS:
        return None
    other = shift(today, offset * int(match[3]), _UNITS[match[4]], field)
    return Days(min(today, other), max(today, other))


def parse_close(
    text: str,
    today: date,
    *,
    order: Order = "dmy",
    first_weekday: int = 0,
    field: str = "close date",
    keep_words: bool = False,
) -> tuple[Days | None, bool, bool]:
    """Return range, "no close date" and "overdue" of a close date filter (decision 46).

    Words with commas between them widen each other: "overdue, this week", "none". A blank filters
    nothing. `keep_words` is that of `parse_range`. Raises InvalidValue(field), also for a second
    range.
    """
    parts = {part.strip().lower() for part in text.split(",")} - {""}
    ranges = parts - {"none", "overdue"}
    if len(ranges) > 1:
        raise InvalidValue(
            field, excerpt(text), "only one range of days", "Join it with none or overdue."
        )
    days = None
    for part in ranges:
        days = parse_range(
            part,
            today,
            order=order,
            first_weekday=first_weekday,
            field=field,
            keep_words=keep_words,
        )
    return days, "none" in parts, "overdue" in parts


# ── shown ─────────────────────────────────────────────────────────────────────────────────────


def format_day(day: date, today: date) -> str:
    """Return a day for a card: "27 Nov", with the year if it is another: "27 Nov 25"."""
    short = f"{day.day} {MONTHS[day.month - 1][:3].title()}"
    if day.year == today.year:
        return short
    return f"{short} {day.year % 100:02}" if day.year // 100 == 20 else f"{short} {day.year:04}"


def describe_days(days: Days) -> str:
    """Return a range beyond doubt: "1–30 Nov 2026", "28 Nov – 3 Dec 2026", "until 3 Dec 2026"."""
    first, last = days.first, days.last
    if first is None or last is None:
        return f"from {_in_full(first)}" if first else f"until {_in_full(last)}" if last else ""
    if first == last:
        return _in_full(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_in_full(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1][:3].title()} – {_in_full(last)}"
    return f"{_in_full(first)} – {_in_full(last)}"


def _in_full(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3].title()} {day.year:04}"


def format_days(days: Days) -> str:
    """Return a range as `parse_range` reads it, whatever the order of day and month."""
    if days.words:
        return days.words
    first, last = (day.isoformat() if day else "" for day in (days.first, days.last))
    return first if first == last else f"{first}..{last}"


def describe_day(day: date, today: date) -> str:
    """Return a day for a preview, beyond doubt: "Fri 27 Nov 2026 (in 4 days)"."""
    full = f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}".title()
    return f"{full} {day.year:04} ({_distance((day - today).days)})"


def _distance(days: int) -> str:
    near = {days: name for name, days in _NEAR.items()}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"
