"""Where a deal stands in its stage: ranks, smallest on top (decision 71).

A placement writes the rank of one deal, the middle between its new neighbours; only where a gap is
used up are the deals behind it moved apart. Equal ranks can come back by undo: the id decides.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

import sqlalchemy
from sqlalchemy import Select, tuple_
from sqlmodel import col, select

from dealboard.domain.views import Standing
from dealboard.store.reads import board
from dealboard.store.tables import Deal
from dealboard.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Mapped

GAP = 1 << 32
"""Ranks between deals that were put on top of, or below, each other."""

ROOM = 1 << 8
"""Ranks that must lie between deals that were moved apart."""

_id = cast("Mapped[int]", col(Deal.id))
_order = tuple_(col(Deal.rank), _id)
_Query: TypeAlias = "Select[int, int]"

Place = Literal["top", "bottom"] | int
"""An end of the stage, or how many of its other deals stand above."""


class Spot(NamedTuple):
    """A deal as the order of its stage sees it."""

    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class Between:
    """A place in a stage: the neighbours above and below, None at an end."""

    stage_id: int
    above: Spot | None
    below: Spot | None


def at(tx: Transaction, stage_id: int, place: Place, mover: int | None = None) -> Between:
    """Return a place among the deals of a stage other than `mover`; beyond the end is the end."""
    if place == "bottom":
        return Between(stage_id, _first(tx, _others(stage_id, mover), last=True), None)
    index = 0 if place == "top" else max(place, 0)
    if not index:
        top = tx.read(board.top, stage_id, mover or 0)
        return Between(stage_id, None, None if top is None else Spot(*top))
    query = _in_order(_others(stage_id, mover)).offset(index - 1).limit(2)
    spots = [Spot(*row) for row in tx.session.execute(query)]
    if not spots:
        return at(tx, stage_id, "bottom", mover)
    return Between(stage_id, spots[0], spots[1] if len(spots) > 1 else None)


def above(tx: Transaction, stage_id: int, deal_id: int, mover: int | None = None) -> Between:
    """Return the place just above a deal; the top, if that deal is not in the stage any more."""
    spot = _spot(tx, stage_id, deal_id)
    if spot is None:
        return at(tx, stage_id, "top", mover)
    before = _others(stage_id, mover).where(_order < spot)
    return Between(stage_id, _first(tx, before, last=True), spot)


def below(tx: Transaction, stage_id: int, deal_id: int, mover: int | None = None) -> Between:
    """Return the place just below a deal; the top, if that deal is not in the stage any more."""
    spot = _spot(tx, stage_id, deal_id)
    if spot is None:
        return at(tx, stage_id, "top", mover)
    return Between(stage_id, spot, _first(tx, _others(stage_id, mover).where(_order > spot)))


def beyond(tx: Transaction, deal: Standing, by: int) -> Between | None:
    """Return the place `by` deals further down (up, if negative); None at that end already."""
    if by == 0:
        return None
    here = (deal.rank, deal.id)
    others = _others(deal.stage_id, deal.id)
    if by > 0:
        query = _in_order(others.where(_order > here))
    else:
        query = _in_order(others.where(_order < here), last=True)
    spots = [Spot(*row) for row in tx.session.execute(query.limit(abs(by) + 1))]
    if not spots:
        return None
    passed, next_ = (
        (spots[abs(by) - 1], spots[abs(by)]) if len(spots) > abs(by) else (spots[-1], None)
    )
    return (
        Between(deal.stage_id, passed, next_) if by > 0 else Between(deal.stage_id, next_, passed)
    )


def is_there(deal: Standing, where: Between) -> bool:
    """Return whether a deal stands in that place already."""
    here = (deal.rank, deal.id)
    return (
        deal.stage_id == where.stage_id
        and (where.above is None or where.above < here)
        and (where.below is None or here < where.below)
    )


def rank_for(tx: Transaction, where: Between, mover: int | None = None) -> int:
    """Return a rank that stands in that place; deals are moved apart first if there is none.

    The `mover` is left where it stands: what asks for a rank writes it.
    """
    if where.above is None:
        return where.below.rank - GAP if where.below else 0
    if where.below is None:
        return where.above.rank + GAP
    rank = (where.above.rank + where.below.rank) // 2
    return (
        rank
        if rank > where.above.rank
        else _make_room(tx, where.stage_id, where.above, where.below, mover)
    )


def _make_room(tx: Transaction, stage_id: int, over: Spot, under: Spot, mover: int | None) -> int:
    """Spread as few of the deals behind a used-up gap as needed; return the rank freed in it."""
    count = 32
    while True:
        query = select(Deal).where(
            col(Deal.stage_id) == stage_id, _order >= under, _id != (mover or 0)
        )
        query = query.order_by(col(Deal.rank), col(Deal.id)).limit(count + 1)
        deals = tx.session.exec(query).all()
        moved = deals[:count]
        step = (deals[count].rank - over.rank) // (count + 2) if len(deals) > count else GAP
        if step >= ROOM:
            for number, deal in enumerate(moved, start=2):
                deal.rank = over.rank + step * number
            return over.rank + step
        count *= 2


def _others(stage_id: int, mover: int | None) -> _Query:
    """Return the query for rank and id of the deals of a stage without the one that moves."""
    query = sqlalchemy.select(col(Deal.rank), _id).where(col(Deal.stage_id) == stage_id)
    return query if mover is None else query.where(_id != mover)


def _in_order(query: _Query, *, last: bool = False) -> _Query:
    """Order a query from the top, or from the bottom."""
    if last:
        return query.order_by(col(Deal.rank).desc(), _id.desc())
    return query.order_by(col(Deal.rank), _id)


def _first(tx: Transaction, query: _Query, *, last: bool = False) -> Spot | None:
    row = tx.session.execute(_in_order(query, last=last).limit(1)).first()
    return None if row is None else Spot(*row)


def _spot(tx: Transaction, stage_id: int, deal_id: int) -> Spot | None:
    return _first(tx, _others(stage_id, None).where(_id == deal_id))
