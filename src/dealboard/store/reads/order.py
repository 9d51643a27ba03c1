"""In which order deals come: sort keys as SQL, and the same keys as "comes before this deal".

Empty values come last in both directions and the id breaks ties (decision 47). Amounts of unlike
currencies cannot be compared, so they are grouped by currency.
"""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import Any, NamedTuple

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.store.driver import Connection
from dealboard.store.reads.pipelines import all_stages
from dealboard.store.reads.values import Params
from dealboard.store.reads.where import Where, in_lane, matching


class Key(NamedTuple):
    """One expression on `deal` to sort by."""

    sql: str
    descending: bool = False


_TITLE = "substr(deal.search, 1, instr(deal.search || char(31), char(31)) - 1)"
"""The folded title: the first part of the search text."""


_MAY_BE_EMPTY = {SortKey.CLOSE: "deal.close_date", SortKey.AMOUNT: "deal.amount"}


class Stretch(NamedTuple):
    """A part of an order: what follows FROM deal, and the values of its parameters."""

    sql: str
    params: Params


def stretches(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    *,
    today: date,
    tz: tzinfo | None = None,
) -> Iterator[Stretch]:
    """Yield the parts whose deals, one part after the other, are those that match, in order.

    By stage is the order of pipelines and their stages; manual order is that of their boards. Of
    all deals those with a value and those without are parts of their own, because then an index has
    the order. Where a filter is active it is passed by: visiting what the filter leaves out costs
    more than sorting what it finds.
    """
    keys, parts = keys_of(sort), [""]
    column = _MAY_BE_EMPTY.get(sort.key)
    if column is not None and not criteria.active:
        keys, parts = keys[1:], [f" AND {column} IS NOT NULL", f" AND {column} IS NULL"]
    order = order_by(keys, sign="+" if criteria.active else "")
    for where in _places(connection, criteria, sort, today, tz):
        for part in parts:
            yield Stretch(f"WHERE {where.sql}{part} ORDER BY {order}", where.params)


def _places(
    connection: Connection, criteria: DealFilter, sort: Sort, today: date, tz: tzinfo | None
) -> Iterator[Where]:
    """Yield what is sorted one after the other: everything at once, or stage by stage."""
    if sort.key not in (SortKey.MANUAL, SortKey.STAGE):
        yield matching(criteria, today=today, tz=tz)
        return
    stages = all_stages(connection)
    backwards = sort.key is SortKey.STAGE and sort.descending
    for stage in reversed(stages) if backwards else stages:
        yield in_lane(stage.id, criteria, today=today, tz=tz)


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


def order_by(keys: Sequence[Key], *, sign: str = "") -> str:
    """Return what follows ORDER BY; the `sign` "+" keeps indexes out of it."""
    return ", ".join(f"{sign}{key.sql}{' DESC' if key.descending else ''}" for key in keys)


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
