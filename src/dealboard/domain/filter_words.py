"""A filter in words: its parts as the filter bar shows them, and what words mean another day.

Pure: names come from the caller, since a filter knows ids only.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Self

from dealboard.domain import dates
from dealboard.domain.filters import Days, DealFilter
from dealboard.domain.money import format_totals
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Pipeline, Stage, Subtotal, User

GONE = "deleted"
"""The name of what a filter still asks for although it is no more."""


class Part(StrEnum):
    """What can be filtered by: the parts that combine with AND."""

    NAME = "name"
    PIPELINE = "pipeline"
    STAGE = "stage"
    OWNER = "owner"
    STATUS = "status"
    CREATED = "created"
    CLOSE = "close"


class Names(NamedTuple):
    """What the things that a filter names by id are called."""

    pipelines: Mapping[int, str] = MappingProxyType({})
    stages: Mapping[int, str] = MappingProxyType({})
    owners: Mapping[int, str] = MappingProxyType({})

    @classmethod
    def of(
        cls, pipelines: Iterable[Pipeline], stages: Iterable[Stage], users: Iterable[User]
    ) -> Self:
        """Return the names in the order in which they are given."""
        return cls(
            {each.id: each.name for each in pipelines},
            {each.id: each.name for each in stages},
            {each.id: owner_name(each) for each in users},
        )


class Chip(NamedTuple):
    """One part of a filter as it is shown: what is filtered by, and what is let through."""

    part: Part
    label: str
    value: str

    @property
    def text(self) -> str:
        """Label and value as one: "owner Ada, Ben"."""
        return f"{self.label} {self.value}".strip()


def owner_name(user: User) -> str:
    """Return what an owner is called; those who left keep their deals (decisions, Owner leaves)."""
    return user.name if user.active else f"{user.name} (inactive)"


def describe(criteria: DealFilter, names: Names = Names()) -> tuple[Chip, ...]:  # noqa: B008
    """Return the parts of a filter that are in force, in words."""
    chips = (
        Chip(Part.NAME, "name", criteria.name.strip()),
        Chip(Part.PIPELINE, "pipeline", _named(criteria.pipelines, names.pipelines)),
        Chip(Part.STAGE, "stage", _named(criteria.stages, names.stages)),
        Chip(Part.OWNER, "owner", _named(criteria.owners, names.owners)),
        Chip(Part.STATUS, "", _listed(kind for kind in StageKind if kind in criteria.kinds)),
        Chip(Part.CREATED, "created", _worded(criteria.created)),
        _close(criteria),
    )
    return tuple(chip for chip in chips if chip.value)


def without(criteria: DealFilter, part: Part) -> DealFilter:
    """Return the filter with one part taken out."""
    empty = DealFilter()
    if part is Part.CLOSE:
        return criteria._replace(close=None, no_close_date=False, overdue=False)
    field = {
        Part.NAME: "name",
        Part.PIPELINE: "pipelines",
        Part.STAGE: "stages",
        Part.OWNER: "owners",
        Part.STATUS: "kinds",
        Part.CREATED: "created",
    }[part]
    return criteria._replace(**{field: getattr(empty, field)})


def renewed(criteria: DealFilter, today: date, *, first_weekday: int = 0) -> DealFilter:
    """Return a filter of another day as it is meant today: "this month" is another month then."""
    created, close = (
        days and dates.renewed(days, today, first_weekday=first_weekday)
        for days in (criteria.created, criteria.close)
    )
    return criteria._replace(created=created, close=close)


def typed_close(criteria: DealFilter) -> str:
    """Return a filter by close date as `dates.parse_close` reads it: "overdue, this week"."""
    parts = ["overdue"] if criteria.overdue else []
    parts += [dates.format_days(criteria.close)] if criteria.close else []
    parts += ["none"] if criteria.no_close_date else []
    return ", ".join(parts)


def count_line(
    deals: int,
    totals: tuple[Subtotal, ...],
    of: int | None = None,
    *,
    noun: str = "deal",
    locale: str = "en_US",
) -> str:
    """Return how many are shown, of how many, and their value: "12 of 340 · €1.2M"."""
    amount = format_totals(totals, locale) if totals else ""
    if of is None or of == deals:
        number = f"{deals:,} {noun}{'' if deals == 1 else 's'}"
    else:
        number = f"{deals:,} of {of:,}"
    return f"{number} · {amount}" if amount else number


def _worded(days: Days | None) -> str:
    """Return a range as it was asked for, "this month", or as it is, "1–30 Nov 2026"."""
    return "" if days is None else days.words or dates.describe_days(days)


def _close(criteria: DealFilter) -> Chip:
    """Return the range and what widens it; what widens it needs no label where it stands alone."""
    label = "closing" if criteria.close else ""
    return Chip(Part.CLOSE, label, close_words(criteria, _worded(criteria.close)))


def close_words(criteria: DealFilter, days: str) -> str:
    """Return a filter by close date in words, its range as given: "1–30 Nov 2026 or overdue"."""
    words = [days] if days else []
    words += ["overdue"] if criteria.overdue else []
    words += ["no close date"] if criteria.no_close_date else []
    return " or ".join(words)


def _named(ids: Iterable[int], names: Mapping[int, str]) -> str:
    """Return the names of ids in the order in which `names` has them."""
    wanted = frozenset(ids)
    known = [name for each, name in names.items() if each in wanted]
    return _listed([*known, *[GONE] * len(wanted - names.keys())])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
