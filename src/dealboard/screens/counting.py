"""How many deals a view shows and what they amount to, in one line; with a selection, its own."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from dealboard.domain.filter_words import count_line
from dealboard.domain.money import format_totals
from dealboard.domain.views import StageTotals, Subtotal
from dealboard.store.reads.totals import by_size

WIDE = 100
"""Columns from which on there is room for the totals of the view beside those of a selection."""

NARROW_CURRENCIES = 2
"""Currencies that are named where there is little room."""


class Counts(NamedTuple):
    """How many deals match, of how many without the filter, and what they amount to."""

    deals: int = 0
    totals: tuple[Subtotal, ...] = ()
    of: int | None = None


def sum_up(stages: Iterable[StageTotals]) -> tuple[int, tuple[Subtotal, ...]]:
    """Return how many deals some stages hold, and their money per currency."""
    known = tuple(stages)
    money: dict[str, Subtotal] = {}
    for code, amount, weighted in chain.from_iterable(each.totals for each in known):
        sums = money.get(code, Subtotal(code, 0, 0))
        money[code] = Subtotal(code, sums.amount + amount, sums.weighted + weighted)
    return sum(each.deals for each in known), by_size(money.values())


def status(
    counts: Counts,
    selected: int,
    totals: tuple[Subtotal, ...],
    *,
    filtered: bool,
    width: int,
    locale: str,
) -> str:
    """Return the line: "3 selected · €12k │ 12 of 340 · €1.2M", where narrow its beginning.

    `totals` are those of the selected deals, none as long as they are not known.
    """
    wide = width >= WIDE
    shown = count_line(counts.deals, (), counts.of if filtered else None)
    line = _joined(shown, _amounts(counts.totals, locale, wide=wide))
    if not selected:
        return line
    chosen = _joined(f"{selected:,} selected", _amounts(totals, locale, wide=wide))
    return f"{chosen} │ {line}" if wide else chosen


def _amounts(totals: tuple[Subtotal, ...], locale: str, *, wide: bool) -> str:
    """Return money per currency, where there is little room the largest and how many more."""
    if not totals:
        return ""
    shown = totals if wide else totals[:NARROW_CURRENCIES]
    more = f" +{len(totals) - len(shown)}" if len(shown) < len(totals) else ""
    return f"{format_totals(shown, locale)}{more}"


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))
