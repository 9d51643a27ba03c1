"""Moving deals between stages and within one; `actions.deals` offers these verbs as its own.

The board moves a deal with every key: a move reads the deal, the stages of its pipeline and the
neighbours it comes between, and writes one row.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from dealboard.actions import access, placement
from dealboard.actions.placement import Between, Place
from dealboard.actions.rows import is_open, quoted, stages_beside
from dealboard.domain import stages as rules
from dealboard.domain.stages import Closing, StageKind
from dealboard.domain.text import one_line
from dealboard.domain.views import Stage, Standing
from dealboard.errors import InvalidValue, NotFound
from dealboard.store.images import Image, encode
from dealboard.store.reads import board, pipelines
from dealboard.store.tables import Deal, Pipeline
from dealboard.store.transaction import Transaction

REASON_LIMIT = 500
"""Characters in the reason why a deal was lost."""


def move(
    tx: Transaction,
    deal_id: int,
    *,
    by: int | None = None,
    stage_id: int | None = None,
    pipeline_id: int | None = None,
    place: Place | None = None,
) -> int:
    """Move a deal and return the id of the stage it is in afterwards.

    `by` counts stages: it stops at the first one and at Won, and backwards from Won or Lost it
    reopens (decision 3). `stage_id` may be of any pipeline; `pipeline_id` alone means the stage of
    the same name there, else one of the same kind (decision 15). A moved deal goes on top unless a
    `place` is given; without one, a deal that is in that stage already stays where it is.
    """
    access.full_access(tx)
    deal = tx.read(board.standing, deal_id)
    beside = stages_beside(tx, deal.stage_id)
    was = _one(beside, deal.stage_id)
    if by is not None:
        stage = step(deal, beside, was, by)
    elif stage_id is not None:
        stage = _stage(tx, beside, stage_id, pipeline_id)
    elif pipeline_id is not None and pipeline_id != was.pipeline_id:
        stage = same_in(was, pipeline_id, tx.read(pipelines.stages, pipeline_id))
    else:
        stage = was
    if stage is not was or place is not None:
        put(tx, deal, was, stage, placement.at(tx, stage.id, place or "top", deal_id))
    return stage.id


def place(
    tx: Transaction,
    deal_id: int,
    stage_id: int,
    *,
    index: int | None = None,
    before_id: int | None = None,
    after_id: int | None = None,
) -> None:
    """Drop a deal into a stage: above one of its deals, below one, or at an index from 0.

    The index counts all other deals of the stage. Next to a deal that is not there any more, and
    without any of the three, it goes on top.
    """
    access.full_access(tx)
    if deal_id in (before_id, after_id):
        return
    deal = tx.read(board.standing, deal_id)
    beside = stages_beside(tx, deal.stage_id)
    stage = _stage(tx, beside, stage_id, None)
    if before_id is not None:
        where = placement.above(tx, stage_id, before_id, deal_id)
    elif after_id is not None:
        where = placement.below(tx, stage_id, after_id, deal_id)
    else:
        where = placement.at(tx, stage_id, index or 0, deal_id)
    put(tx, deal, _one(beside, deal.stage_id), stage, where)


def reorder(tx: Transaction, deal_id: int, by: int) -> None:
    """Move a deal down by that many deals of its stage (up, if negative), or to the end."""
    access.full_access(tx)
    deal = tx.read(board.standing, deal_id)
    where = placement.beyond(tx, deal, by)
    if where is not None:
        tx.describe(f"Moved {deal.title} {'down' if by > 0 else 'up'}")
        _write(tx, deal, deal._replace(rank=placement.rank_for(tx, where, deal.id)))


def win(tx: Transaction, deal_id: int) -> None:
    """Move a deal to Won of its pipeline."""
    _close(tx, deal_id, StageKind.WON)


def lose(tx: Transaction, deal_id: int, reason: str = "") -> None:
    """Move a deal to Lost of its pipeline and keep the reason; a lost one gets the new reason."""
    reason = one_line(reason, "reason", limit=REASON_LIMIT)
    deal = _close(tx, deal_id, StageKind.LOST)
    if reason:
        tx.describe(f"{deal.title}: lost because {reason}")
        _write(tx, deal, deal._replace(lost_reason=reason))


def reopen(tx: Transaction, deal_id: int) -> None:
    """Move a closed deal back to its last open stage, or to the first; open ones stay."""
    access.full_access(tx)
    deal = tx.read(board.standing, deal_id)
    beside = stages_beside(tx, deal.stage_id)
    was = _one(beside, deal.stage_id)
    if not is_open(was):
        stage = _last_open(deal, beside)
        put(tx, deal, was, stage, placement.at(tx, stage.id, "top"))


def put(tx: Transaction, deal: Standing, was: Stage, stage: Stage, where: Between) -> Standing:
    """Put a deal at a place of a stage and return how it stands; one that is there stays so."""
    if placement.is_there(deal, where):
        return deal
    there = deal._replace(rank=placement.rank_for(tx, where, deal.id))
    if stage is was:
        tx.describe(f"Moved {deal.title} within {stage.name}")
    else:
        tx.describe(f"{deal.title} → {stage.name}")
        there = entered(there, was, stage, tx.now, tx.today)
    _write(tx, deal, there)
    return there


def entered(deal: Standing, was: Stage, stage: Stage, now: datetime, today: date) -> Standing:
    """Return how a deal stands after entering a stage: when it closed, and its close date."""
    closing = Closing(deal.closed_at, deal.close_date, deal.close_date_auto)
    closing = rules.enter(closing, was.kind, stage.kind, now, today)
    closes = is_open(was) and not is_open(stage)
    return deal._replace(
        stage_id=stage.id,
        stage_entered_at=now,
        closed_at=closing.closed_at,
        close_date=closing.close_date,
        close_date_auto=closing.auto,
        last_open_stage_id=was.id if closes else deal.last_open_stage_id,
        lost_reason=deal.lost_reason if stage.kind is StageKind.LOST else None,
    )


def difference(before: Standing, after: Standing) -> tuple[Image, Image]:
    """Return images of the fields in which a deal stands differently."""
    pairs = zip(Standing._fields, before, after, strict=True)
    differing = [(name, old, new) for name, old, new in pairs if old != new]
    return (
        {name: encode(old) for name, old, _ in differing},
        {name: encode(new) for name, _, new in differing},
    )


def _write(tx: Transaction, before: Standing, after: Standing) -> None:
    """Write the fields in which a deal stands differently."""
    was, there = difference(before, after)
    if there:
        tx.change(Deal, before.id, was, there)


def _close(tx: Transaction, deal_id: int, kind: StageKind) -> Standing:
    access.full_access(tx)
    deal = tx.read(board.standing, deal_id)
    beside = stages_beside(tx, deal.stage_id)
    was = _one(beside, deal.stage_id)
    if was.kind != kind:
        stage = _fixed(beside, kind)
        return put(tx, deal, was, stage, placement.at(tx, stage.id, "top"))
    return deal


def step(deal: Standing, beside: Sequence[Stage], was: Stage, by: int) -> Stage:
    """Return the stage that is so many further; `was` is the deal's, `beside` its pipeline's."""
    if not is_open(was):
        if by >= 0:
            return was
        was, by = _last_open(deal, beside), by + 1
    path = [*filter(is_open, beside), _fixed(beside, StageKind.WON)]
    here = next(index for index, stage in enumerate(path) if stage is was)
    return path[min(max(here + by, 0), len(path) - 1)]


def _last_open(deal: Standing, beside: Sequence[Stage]) -> Stage:
    """Return where a closed deal reopens: the stage it was closed from, else the first."""
    open_ = [stage for stage in beside if is_open(stage)]
    return next((stage for stage in open_ if stage.id == deal.last_open_stage_id), open_[0])


def _stage(
    tx: Transaction, beside: Sequence[Stage], stage_id: int, pipeline_id: int | None
) -> Stage:
    """Return a stage, of that pipeline if one is named (decision 16)."""
    stage = next((stage for stage in beside if stage.id == stage_id), None)
    stage = stage or tx.read(pipelines.stage, stage_id)
    if pipeline_id is not None and stage.pipeline_id != pipeline_id:
        pipeline = tx.get(Pipeline, pipeline_id)
        raise InvalidValue("stage", stage.name, f"it is not in pipeline {quoted(pipeline.name)}")
    return stage


def same_in(was: Stage, pipeline_id: int, stages: Iterable[Stage]) -> Stage:
    """Return that of the stages of another pipeline that means the same (decision 15)."""
    alike = [stage for stage in stages if stage.kind == was.kind]
    if not alike:
        raise NotFound("pipeline", f"#{pipeline_id}")
    name = was.name.casefold()
    return next((stage for stage in alike if stage.name.casefold() == name), alike[0])


def _one(stages: Sequence[Stage], stage_id: int) -> Stage:
    return next(stage for stage in stages if stage.id == stage_id)


def _fixed(stages: Sequence[Stage], kind: StageKind) -> Stage:
    return next(stage for stage in stages if stage.kind == kind)
