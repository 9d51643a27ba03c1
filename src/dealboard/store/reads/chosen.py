"""What the deals that somebody selected amount to, and which of them are still there."""

from collections.abc import Collection
from typing import NamedTuple

from dealboard.domain.stages import weighted
from dealboard.domain.views import Subtotal
from dealboard.store.driver import Connection
from dealboard.store.reads.totals import by_size
from dealboard.store.reads.values import Params, listed, portions


class Chosen(NamedTuple):
    """Some deals that exist, and their money per currency."""

    ids: frozenset[int] = frozenset()
    totals: tuple[Subtotal, ...] = ()


def chosen(
    connection: Connection, deal_ids: Collection[int], pipeline_id: int | None = None
) -> Chosen:
    """Return those of the deals that exist, in a pipeline if one is named, and their totals."""
    ids: set[int] = set()
    money: dict[str, tuple[int, int]] = {}
    for some in portions(sorted(deal_ids)):
        params: Params = {"pipeline": pipeline_id}
        rows = connection.execute(
            "SELECT deal.id, deal.amount, deal.currency, stage.probability"
            " FROM deal JOIN stage ON stage.id = deal.stage_id"
            f" WHERE deal.id IN ({listed('deal', some, params)})"
            " AND (:pipeline IS NULL OR stage.pipeline_id = :pipeline)",
            params,
        )
        for deal_id, amount, currency, probability in rows:
            ids.add(deal_id)
            if amount is not None:
                sums = money.get(currency, (0, 0))
                share = weighted(amount, probability)
                money[currency] = (sums[0] + amount, sums[1] + share)
    return Chosen(frozenset(ids), by_size(Subtotal(code, *sums) for code, sums in money.items()))
