"""Which deals are meant, and in which order: the filter bar, the CLI's options and saved views.

Filters combine with AND, the values inside one with OR (guide, Filters and search).
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from dealboard.domain.stages import StageKind


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
