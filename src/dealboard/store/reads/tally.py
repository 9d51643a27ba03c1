"""The totals of a board's stages carried over small changes, instead of counted again.

Counting a stage of thousands of deals takes milliseconds, and a key waits for it; what a few deals
add and take away is known from the journal's images. Only totals without a filter are carried, and
only while no operation was missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dealboard.domain.stages import FIXED_PROBABILITY, weighted
from dealboard.domain.views import Stage, StageTotals, Subtotal
from dealboard.store.driver import Connection
from dealboard.store.reads.totals import by_size

if TYPE_CHECKING:
    from dealboard.store.transaction import Touched

FEW = 50
"""Deals up to which carrying is cheaper than counting."""

WITHOUT_DEALS = frozenset({"deal_contact", "activity"})
"""Tables whose changes leave every total as it is."""


class _Part(NamedTuple):
    """What of a deal is in the totals of its stage; `closed_at` is text as the file keeps it."""

    stage_id: int
    amount: int | None
    currency: str
    closed_at: str | None


class Tally:
    """Totals of stages as of the operation `seq`; stages that are not held must be counted."""

    def __init__(self, seq: int = 0, totals: Mapping[int, StageTotals] | None = None) -> None:
        self.seq = seq
        self._held = dict(totals or {})

    def carry(
        self,
        connection: Connection,
        seq: int,
        changes: "Sequence[Touched]",
        stages: Mapping[int, Stage],
        cut: str | None,
    ) -> None:
        """Take in what an operation changed, in its own transaction.

        Where one was missed in between, or where it changed too much, nothing is held any more.
        """
        row = connection.execute(
            "SELECT max(seq) FROM operation WHERE seq < :seq", {"seq": seq}
        ).fetchone()
        missed, self.seq = row[0] != self.seq, seq
        deals = [each for each in changes if each.table == "deal"]
        others = {each.table for each in changes} - {"deal"} - WITHOUT_DEALS
        if missed or others or not changes or len(deals) > FEW:
            self._held.clear()
        for each in deals:
            old, new = _parts(connection, each)
            self._count(old, stages, cut, -1)
            self._count(new, stages, cut, +1)

    def held(self, stage_ids: Iterable[int]) -> dict[int, StageTotals]:
        """Return the totals that are held of some stages."""
        return {each: self._held[each] for each in stage_ids if each in self._held}

    def hold(self, totals: Mapping[int, StageTotals]) -> None:
        """Hold totals that were counted in the transaction of the newest operation."""
        self._held.update(totals)

    def _count(
        self, part: _Part | None, stages: Mapping[int, Stage], cut: str | None, sign: int
    ) -> None:
        """Add a deal to the totals of its stage, or take it away."""
        held = None if part is None else self._held.pop(part.stage_id, None)
        if part is None or held is None:
            return
        stage = stages[part.stage_id]
        money = {each.currency: each for each in held.totals}
        if part.amount is not None:
            known = money.get(part.currency, Subtotal(part.currency, 0, 0))
            probability = FIXED_PROBABILITY.get(stage.kind, stage.probability)
            amount = known.amount + sign * part.amount
            if sign < 0 and amount <= 0:
                return  # it may have been the last one of its currency, which then is not shown
            share = known.weighted + sign * weighted(part.amount, probability)
            money[part.currency] = Subtotal(part.currency, amount, share)
        folded = stage.kind in FIXED_PROBABILITY and part.closed_at and cut
        older = held.older + sign * bool(folded and part.closed_at < cut)  # type: ignore[operator]
        self._held[part.stage_id] = StageTotals(
            part.stage_id, held.deals + sign, by_size(money.values()), older
        )


def _parts(connection: Connection, change: "Touched") -> tuple[_Part | None, _Part | None]:
    """Return what a changed deal was in the totals, and what it is."""
    now = connection.execute(
        "SELECT stage_id, amount, currency, closed_at FROM deal WHERE id = :deal",
        {"deal": change.row_id},
    ).fetchone()
    new = None if now is None or change.after is None else _Part(*now)
    if change.before is None:
        return None, new
    known = change.before if new is None else new._asdict() | change.before
    return _Part(*(known[name] for name in _Part._fields)), new
