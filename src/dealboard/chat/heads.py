"""How a message begins in a file that WhatsApp exported: its day, its time, and in which shape.

    12/03/26, 09:15 - Mario Rossi: ciao            Android, 24 hours
    3/12/26, 9:15 AM - Anna: hi                    Android, 12 hours (U+202F before AM)
    [12/03/26, 09:15:03] Mario Rossi: ciao         iOS

Every locale has a way of its own, and one file keeps to one of them: a line that begins in another
shape than the file's first message belongs to a text. Pure.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

from dealboard.domain.dates import Order

ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")

FIRST_YEAR = 2009
"""WhatsApp is not older."""

MARKS = "\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What may stand before a message or around a name and is none of it (Cf)."""

LONGEST = 48
"""Characters that day and time take at most."""

_PLAIN = str.maketrans(dict.fromkeys("\u202f\u00a0\u2009", " ") | dict.fromkeys(MARKS))
_STAMP = re.compile(
    r"(\d{1,4}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{1,4})\.?"  # 12/03/26 · 2026-03-12 · 2026. 3. 12.
    r"([,،]?) ?(?:([^\W\d_]{1,9})\.? ?)?"  # a comma; "alle", or what a half of the day is called
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"((?: ?[^\W\d_]{1,3}\.?){0,2})"  # AM · a. m.
)
_ENDS = (" - ", " – ")
_HALVES = {
    "am": 0, "πμ": 0, "ص": 0, "上午": 0, "午前": 0, "오전": 0,
    "pm": 12, "μμ": 12, "م": 12, "下午": 12, "午後": 12, "오후": 12,
}  # fmt: skip
"""What the halves of a day are called, without stops and spaces, and when they begin."""


class Shape(NamedTuple):
    """What all beginnings of one file have in common."""

    bracketed: bool
    mark: str
    comma: bool
    seconds: bool
    halves: bool


class Head(NamedTuple):
    """The beginning of a message: parts of its day in the order of the file, its time, the rest."""

    shape: Shape
    parts: tuple[str, str, str]
    time: tuple[int, int, int]
    rest: str

    def day(self, order: Order) -> date | None:
        """Return the day as read in an order, None where that is no day."""
        first, second, third = self.parts
        year, month, day = {
            "dmy": (third, second, first),
            "mdy": (third, first, second),
            "ymd": (first, second, third),
        }[order]
        if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
            return None
        number = int(year) + (2000 if len(year) == 2 else 0)
        if number < FIRST_YEAR:
            return None
        try:
            return date(number, int(month), int(day))
        except ValueError:
            return None

    def at(self, order: Order) -> datetime | None:
        """Return the moment by the clock of whoever exported, without a zone."""
        day = self.day(order)
        if day is None:
            return None
        return datetime(day.year, day.month, day.day, *self.time)  # noqa: DTZ001 -- as exported


def head(line: str) -> Head | None:
    """Return how a line begins a message, None where it begins none."""
    line = line.lstrip(MARKS)
    if line[:1] == "[":
        stamp, ends, rest = line[1 : LONGEST + 1].partition("]")
        rest = line[len(stamp) + 2 :].removeprefix(" ")
    elif line[:1].isdecimal():
        stamp, ends, rest = _plain(line)
    else:
        return None
    found = _STAMP.fullmatch(stamp.translate(_PLAIN).strip()) if ends else None
    return None if found is None else _head(found, rest, bracketed=line[0] == "[")


def _plain(line: str) -> tuple[str, str, str]:
    """Return day and time, what ends them, and the rest."""
    opening = line[:LONGEST]
    for mark in _ENDS:
        stamp, ends, _ = opening.partition(mark)
        if ends:
            return stamp, ends, line[len(stamp) + len(ends) :]
        if line.endswith(mark.rstrip()):  # a message of nothing, its last space cut off
            return line[: -len(mark.rstrip())], mark, ""
    return "", "", ""


def _head(found: re.Match[str], rest: str, *, bracketed: bool) -> Head | None:
    first, mark, second, third, comma, word, hour, minute, second_, behind = found.groups()
    word = (word or "").casefold()
    half = "".join(behind.casefold().split()).replace(".", "") or (word if word in _HALVES else "")
    if half and half not in _HALVES:
        return None
    time = _time(int(hour), int(minute), int(second_ or 0), _HALVES.get(half))
    shape = Shape(bracketed, mark, bool(comma), second_ is not None, bool(half))
    read = Head(shape, (first, second, third), time or (0, 0, 0), rest)
    return read if time and any(read.day(order) for order in ORDERS) else None


def _time(hour: int, minute: int, second: int, half: int | None) -> tuple[int, int, int] | None:
    """Return the time of a day; 24:05, which some clocks write, is 0:05."""
    if half is None:
        hour = hour % 24 if hour <= 24 else hour
    else:
        hour = hour % 12 + half if hour <= 12 else 24
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def likely(shape: Shape) -> tuple[Order, ...]:
    """Return the orders in which days of a shape may be written: none is 3.12.26 by its month."""
    return ("dmy", "ymd") if shape.mark == "." else ORDERS
