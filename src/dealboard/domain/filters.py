"""Which deals are meant, and in which order: the filter bar, the CLI's options and saved views.

Filters combine with AND, the values inside one with OR (guide, Filters and search).
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple, TypeVar

from dealboard.domain.stages import StageKind
from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue


class Days(NamedTuple):
    """An inclusive range of local days; `None` leaves that side open.

    `words` are what was typed where it means other days tomorrow, such as "this month": a saved
    view or a filter of yesterday is read anew by them (`domain.dates.renewed`).
    """

    first: date | None = None
    last: date | None = None
    words: str = ""


class DealFilter(NamedTuple):
    """What a deal must match; the empty filter matches all.

    `name` is found anywhere in title, reference, contact names and phone digits, case and accents
    ignored. `no_close_date` and `overdue` (open, and due before today) widen `close`: a deal
    matches if any of the three does.
    """

    name: str = ""
    pipelines: frozenset[int] = frozenset()
    stages: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()
    kinds: frozenset[StageKind] = frozenset()
    created: Days | None = None
    close: Days | None = None
    no_close_date: bool = False
    overdue: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is filtered out."""
        return self != DealFilter()


class SortKey(StrEnum):
    """What deals are ordered by; the id breaks ties, empty values come last both ways."""

    MANUAL = "manual"
    NAME = "name"
    STAGE = "stage"
    CREATED = "created"
    CLOSE = "close"
    AMOUNT = "amount"


class Sort(NamedTuple):
    """A sort key and its direction. Manual order (rank in the stage) has only one direction."""

    key: SortKey = SortKey.MANUAL
    descending: bool = False


# ── kept ──────────────────────────────────────────────────────────────────────────────────────

Look = Literal["board", "table"]

_LOOKS: dict[str, Look] = {"board": "board", "table": "table"}
_T = TypeVar("_T")


class Query(NamedTuple):
    """What is looked at, in which order and how: what a saved view keeps under a name.

    `columns` are the keys of the table's columns in their order; empty means the usual ones.
    """

    filter: DealFilter = DealFilter()
    sort: Sort = Sort()
    look: Look = "board"
    columns: tuple[str, ...] = ()


def to_json(query: Query) -> str:
    """Return a query as one line of JSON that `from_json` reads; equal queries are equal text."""
    wanted, sort = query.filter, query.sort
    kept = {
        "name": wanted.name,
        "pipelines": sorted(wanted.pipelines),
        "stages": sorted(wanted.stages),
        "owners": sorted(wanted.owners),
        "kinds": sorted(wanted.kinds),
        "created": _kept_days(wanted.created),
        "close": _kept_days(wanted.close),
        "no_close_date": wanted.no_close_date,
        "overdue": wanted.overdue,
        "sort": "" if sort.key is SortKey.MANUAL else sort.key,
        "descending": sort.descending,
        "look": query.look,
        "columns": query.columns,
    }
    told = {key: value for key, value in kept.items() if value or value == {}}
    return json.dumps(told, separators=(",", ":"))


def from_json(text: str) -> Query:
    """Return the query that `to_json` wrote.

    Keys that this version does not know are passed over, missing ones filter nothing. Raises
    InvalidValue for what is no such JSON and for values that a query cannot hold.
    """
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        kept = None
    if not isinstance(kept, dict):
        raise InvalidValue("view", excerpt(text), "it is not the JSON of a saved view")
    wanted = DealFilter(
        name=_one(kept, "name", str, ""),
        pipelines=frozenset(_several(kept, "pipelines", int)),
        stages=frozenset(_several(kept, "stages", int)),
        owners=frozenset(_several(kept, "owners", int)),
        kinds=frozenset(_several(kept, "kinds", str, StageKind)),
        created=_days(kept, "created"),
        close=_days(kept, "close"),
        no_close_date=_one(kept, "no_close_date", bool, default=False),
        overdue=_one(kept, "overdue", bool, default=False),
    )
    return Query(
        wanted,
        Sort(
            _read("sort", _one(kept, "sort", str, SortKey.MANUAL), SortKey),
            _one(kept, "descending", bool, default=False),
        ),
        _read("look", _one(kept, "look", str, "board"), _LOOKS.__getitem__),
        _several(kept, "columns", str),
    )


def _kept_days(days: Days | None) -> dict[str, str] | None:
    if days is None:
        return None
    ends = {"first": days.first, "last": days.last}
    told = {side: day.isoformat() for side, day in ends.items() if day}
    return told | ({"words": days.words} if days.words else {})


def _days(kept: Mapping[str, Any], key: str) -> Days | None:
    days = kept.get(key)
    if days is None:
        return None
    if not isinstance(days, dict):
        raise _bad(key, days)
    first, last = (
        None if days.get(side) is None else _read(key, days[side], date.fromisoformat)
        for side in ("first", "last")
    )
    return Days(first, last, _one(days, "words", str, ""))


def _one(kept: Mapping[str, Any], key: str, kind: type[_T], default: _T) -> _T:
    value = kept.get(key, default)
    if not isinstance(value, kind):
        raise _bad(key, value)
    return value


def _several(
    kept: Mapping[str, Any], key: str, kind: type[Any], make: Callable[[Any], _T] | None = None
) -> tuple[Any, ...]:
    values = kept.get(key, ())
    if not isinstance(values, (list, tuple)) or not all(type(each) is kind for each in values):
        raise _bad(key, values)
    return tuple(values if make is None else (_read(key, each, make) for each in values))


def _read(key: str, value: Any, make: Callable[[Any], _T]) -> _T:
    try:
        return make(value)
    except (ValueError, TypeError, KeyError):
        raise _bad(key, value) from None


def _bad(key: str, value: Any) -> InvalidValue:
    return InvalidValue(key.replace("_", " "), excerpt(str(value)), "no view can hold this")
