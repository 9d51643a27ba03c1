"""Spans of time as people type them: "2d 3h", "in 2 days", "3 days before". Pure."""

import re
from collections.abc import Mapping

from dealboard.domain.rules import DAYS_LIMIT
from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "w": "weeks"}
_AMOUNT = re.compile(
    r"(\d{1,5})\s*(?:(days?|d|hours?|hrs?|h|minutes?|mins?|m|weeks?|w)(?![a-z]))?", re.IGNORECASE
)
_DAYS_IN_WEEK = 7

NOW = frozenset({"0", "today", "at once", "on the day", "the day itself", "same day"})
"""Words for no days at all."""


def parse_wait(text: str, field: str = "wait") -> dict[str, int]:
    """Return how long to wait as days, hours and minutes; a bare number is days.

    Empty for a blank. Raises InvalidValue.
    """
    found = {"days": 0, "hours": 0, "minutes": 0}
    for number, unit in _amounts(text, field):
        if unit == "weeks":
            found["days"] += number * _DAYS_IN_WEEK
        else:
            found[unit] += number
    if any(number > DAYS_LIMIT for number in found.values()):
        raise InvalidValue(field, excerpt(text), f"at most {DAYS_LIMIT:,} of each")
    return {unit: number for unit, number in found.items() if number}


def format_wait(args: Mapping[str, object]) -> str:
    """Return what `parse_wait` reads: "2d 3h"."""
    units = ("days", "hours", "minutes")
    return " ".join(f"{args[unit]}{unit[0]}" for unit in units if args.get(unit))


def parse_due(text: str, field: str = "days") -> int | None:
    """Return in how many days something is due: "2", "in 2 days", "today", "1w".

    None for a blank. Raises InvalidValue.
    """
    words = " ".join(text.lower().removeprefix("in ").split())
    if not words:
        return None
    if words in NOW:
        return 0
    return _days("1" if words == "tomorrow" else words, text, field)


def format_due(days: int | None) -> str:
    """Return what `parse_due` reads: "2 days"."""
    if days is None:
        return ""
    return "today" if days == 0 else _counted(days)


def parse_offset(text: str, field: str = "days") -> int:
    """Return days after a date, negative for before: "3 days before", "-3", "1w after".

    Zero for a blank, or "on the day". Raises InvalidValue.
    """
    words = " ".join(text.lower().replace("−", "-").split())
    if not words or words in NOW:
        return 0
    before = words.startswith("-") or words.endswith("before")
    for end in (" before", " after", " later", " past"):
        words = words.removesuffix(end)
    days = _days(words.lstrip("+-").strip(), text, field)
    return -days if before else days


def format_offset(days: int) -> str:
    """Return what `parse_offset` reads: "3 days before"."""
    if not days:
        return "on the day"
    return f"{_counted(abs(days))} {'before' if days < 0 else 'after'}"


def _days(words: str, text: str, field: str) -> int:
    days = 0
    for number, unit in _amounts(words, field):
        if unit not in ("days", "weeks"):
            raise InvalidValue(field, excerpt(text), "only whole days are counted here")
        days += number * _DAYS_IN_WEEK if unit == "weeks" else number
    if days > DAYS_LIMIT:
        raise InvalidValue(field, excerpt(text), f"at most {DAYS_LIMIT:,} days")
    return days


def _amounts(text: str, field: str) -> list[tuple[int, str]]:
    """Return the numbers of a text with their units. Raises InvalidValue for anything else."""
    words = " ".join(text.split()).replace(",", " ").replace(" and ", " ")
    found, end = [], 0
    for match in _AMOUNT.finditer(words):
        if words[end : match.start()].strip():
            break
        found.append((int(match[1]), _UNITS[(match[2] or "d")[0].lower()]))
        end = match.end()
    if words[end:].strip():
        raise InvalidValue(
            field, excerpt(text), "not a span of time", "Write it like 2d, 3 hours or 1d 12h."
        )
    return found


def _counted(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"
