"""In which order deals come: sort keys as SQL, and the same keys as "comes before this deal".

Empty values come last in both directions and the id breaks ties (decision 47). Amounts of unlike
currencies cannot be compared, so they are grouped by currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dealboard.domain.filters import Sort, SortKey
from dealboard.store.reads.values import Params


@dataclass(frozen=True, slots=True)
class Key:
    """One expression on `deal` to sort by."""

    sql: str
    descending: bool = False


_TITLE = "substr(deal.search, 1, instr(deal.search || char(31), char(31)) - 1)"
"""The folded title: the first part of the search text."""


def keys_of(sort: Sort) -> tuple[Key, ...]:
    """Return the sort keys inside a stage; by stage, which is the same for all, leaves the id."""
    match sort.key:
        case SortKey.MANUAL:
            keys = [Key("deal.rank")]
        case SortKey.NAME:
            keys = [Key(_TITLE, sort.descending)]
        case SortKey.STAGE:
            keys = []
        case SortKey.CREATED:
            keys = [Key("deal.created_at", sort.descending)]
        case SortKey.CLOSE:
            keys = [_empty("deal.close_date"), Key("deal.close_date", sort.descending)]
        case SortKey.AMOUNT:
            keys = [
                _empty("deal.amount"),
                Key("deal.currency"),
                Key("deal.amount", sort.descending),
            ]
    return (*keys, Key("deal.id"))


def order_by(keys: Sequence[Key]) -> str:
    """Return what follows ORDER BY."""
    return ", ".join(f"{key.sql} DESC" if key.descending else key.sql for key in keys)


def precedes(keys: Sequence[Key], values: Sequence[Any], params: Params) -> str:
    """Return the condition for a deal to come before the one whose keys have these values.

    The first key is stated as a range of its own, so that an index can end the search there.
    """
    (key, *later_keys), (value, *later_values) = keys, values
    if value is None:  # its emptiness was a key before it: all that are left are empty too
        return precedes(later_keys, later_values, params)
    name = f"key_{len(later_keys)}"
    params[name] = value
    before = f"{key.sql} {'>' if key.descending else '<'} :{name}"
    if not later_keys:
        return before
    then = precedes(later_keys, later_values, params)
    return f"({key.sql} {'>=' if key.descending else '<='} :{name} AND ({before} OR {then}))"


def _empty(column: str) -> Key:
    return Key(f"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END")
