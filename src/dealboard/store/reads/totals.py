"""What the deals of a stage amount to: counted and summed by the database, per currency."""

from collections.abc import Iterable
from typing import Any

from dealboard.domain.money import exponent
from dealboard.domain.stages import FIXED_PROBABILITY, StageKind
from dealboard.domain.views import StageTotals, Subtotal
from dealboard.store.driver import Connection, Error
from dealboard.store.reads.values import Params
from dealboard.store.reads.where import Where

_UNIT = 1_000_000
"""Where sums pass 64 bits, amounts are summed in millions and the rest."""


def stage_totals(
    connection: Connection,
    stage_id: int,
    kind: StageKind,
    probability: int,
    where: Where,
    cut: str | None,
) -> StageTotals:
    """Return the totals of a stage's deals that match; `older` are those closed before `cut`.

    Weighted values are rounded per deal (domain.stages.weighted). The stage's part of a covering
    index is read once, currency by currency.
    """
    params = where.params | {"stage": stage_id, "probability": probability, "cut": cut}
    try:
        rows = _sums(connection, kind, where, params)
        exact = not any(isinstance(value, float) for row in rows for value in row)
    except Error:  # a sum passed 64 bits; where only a product did, SQLite went on with floats
        exact = False
    if not exact:
        rows = _sums(connection, kind, where, params, split=True)
    return StageTotals(
        stage_id,
        sum(deals for _, deals, *_ in rows),
        by_size(_subtotal(row, kind, probability) for row in rows if row[4] is not None),
        sum(older for _, _, older, *_ in rows),
    )


def by_size(subtotals: Iterable[Subtotal]) -> tuple[Subtotal, ...]:
    """Return subtotals largest first, each in units of its own currency."""

    def size(subtotal: Subtotal) -> float:
        return subtotal.amount / float(10 ** exponent(subtotal.currency))

    return tuple(sorted(subtotals, key=lambda each: (-size(each), each.currency)))


def _sums(
    connection: Connection,
    kind: StageKind,
    where: Where,
    params: Params,
    *,
    split: bool = False,
) -> list[tuple[Any, ...]]:
    """Return currency, deals, older, and the sums of units, of the rest, and of it weighted."""
    units = f"sum(deal.amount / {_UNIT})" if split else "0"
    rest = f"deal.amount % {_UNIT}" if split else "deal.amount"
    if kind is StageKind.OPEN:
        older, weighted = "0", f"sum(({rest} * :probability + 50) / 100)"
    else:  # all of it or nothing
        older, weighted = "count(*) FILTER (WHERE deal.closed_at < :cut)", "0"
    # Only the narrow index is in the order of currencies; a filter that needs the wide one is
    # kept from it by grouping by an expression.
    currency = "deal.currency || ''" if where.wide else "deal.currency"
    return connection.execute(
        f"SELECT {currency}, count(*), {older}, {units}, sum({rest}), {weighted}"
        f" FROM deal WHERE deal.stage_id = :stage AND {where.sql} GROUP BY {currency}",
        params,
    ).fetchall()


def _subtotal(row: tuple[Any, ...], kind: StageKind, probability: int) -> Subtotal:
    currency, _, _, units, rest, weighted = row
    amount = units * _UNIT + rest
    if kind in FIXED_PROBABILITY:
        return Subtotal(currency, amount, amount * FIXED_PROBABILITY[kind] // 100)
    return Subtotal(currency, amount, units * _UNIT // 100 * probability + weighted)
