"""Stages of a pipeline: open ones in any order, then Won, then Lost (decisions 1–10)."""

from collections.abc import Sequence
from typing import Unpack

from dealboard.actions import access
from dealboard.actions.rows import (
    check_position,
    counted,
    deals_in,
    is_open,
    key,
    quoted,
    stages_of,
    unique_name,
)
from dealboard.domain.changes import StageChanges
from dealboard.domain.stages import (
    MAX_STAGES,
    StageKind,
    check_probability,
    check_rotting_days,
    default_probability,
)
from dealboard.errors import Refused
from dealboard.store.ids import new_uid
from dealboard.store.reads import settings
from dealboard.store.reads.settings import ROTTING_DAYS
from dealboard.store.tables import Pipeline, Stage
from dealboard.store.transaction import Transaction

_FIXED_LAST = "Won and Lost stay last."


def add(
    tx: Transaction,
    pipeline_id: int,
    name: str,
    *,
    probability: int | None = None,
    position: int | None = None,
) -> int:
    """Add an open stage and return its id.

    `position` counts from 1; without one it comes behind the other open stages. Without a
    `probability` it starts with the midpoint of its open neighbours.
    """
    access.full_access(tx)
    pipeline = tx.get(Pipeline, pipeline_id)
    stages = stages_of(tx, pipeline_id)
    if len(stages) >= MAX_STAGES:
        raise Refused(
            f"Pipeline {quoted(pipeline.name)} has {len(stages)} stages,"
            f" Won and Lost included; more than {MAX_STAGES} do not fit.",
            "Delete an empty one to make room.",
        )
    name = unique_name(name, "stage", (stage.name for stage in stages))
    open_ = [stage for stage in stages if is_open(stage)]
    last = len(open_) + 1
    place = last if position is None else check_position(position, last, _FIXED_LAST)
    if probability is None:
        before = open_[place - 2].probability if place > 1 else None
        after = open_[place - 1].probability if place < last else None
        probability = default_probability(before, after)
    else:
        _warn_of_extremes(tx, name, check_probability(probability))
    stage = new_stage(tx, pipeline_id, name, StageKind.OPEN, probability, place)
    stages.insert(place - 1, stage)
    _number(stages)
    tx.add([stage])
    tx.describe(f"Added stage {name}")
    return key(stage)


def edit(tx: Transaction, stage_id: int, **changes: Unpack[StageChanges]) -> None:
    """Change a stage's name, probability (0–100 %) or rotting days (1–999, None for never).

    Won and Lost can be renamed and nothing else.
    """
    access.full_access(tx)
    stage = tx.get(Stage, stage_id)
    label = f"Edited stage {stage.name}"
    if "name" in changes:
        others = (s.name for s in stages_of(tx, stage.pipeline_id) if s.id != stage_id)
        name = unique_name(changes["name"], "stage", others)
        if name != stage.name:
            label = f"Renamed stage {stage.name} to {name}"
        stage.name = name
    if "probability" in changes:
        _set_probability(tx, stage, changes["probability"])
    if "rotting_days" in changes:
        _set_rotting_days(stage, changes["rotting_days"])
    tx.describe(label)


def move(tx: Transaction, stage_id: int, position: int) -> None:
    """Put an open stage at a position among the open ones, counting from 1."""
    access.full_access(tx)
    stage = tx.get(Stage, stage_id)
    if not is_open(stage):
        raise Refused(f"{stage.name} cannot be moved.", _FIXED_LAST)
    stages = stages_of(tx, stage.pipeline_id)
    check_position(position, sum(map(is_open, stages)), _FIXED_LAST)
    order = [other for other in stages if other.id != stage_id]
    order.insert(position - 1, stage)
    _number(order)
    tx.describe(f"Moved stage {stage.name} to position {position}")


def shift(tx: Transaction, stage_id: int, by: int) -> None:
    """Move an open stage up (-1) or down (1) among the open ones; at the ends nothing changes."""
    access.full_access(tx)
    stage = tx.get(Stage, stage_id)
    last = sum(map(is_open, stages_of(tx, stage.pipeline_id)))
    if not is_open(stage) or 1 <= stage.position + by <= last:
        move(tx, stage_id, stage.position + by)


def delete(tx: Transaction, stage_id: int) -> None:
    """Delete an empty open stage that is not the pipeline's last one."""
    access.full_access(tx)
    stage = tx.get(Stage, stage_id)
    if not is_open(stage):
        raise Refused(f"{stage.name} is fixed and cannot be deleted.", "It can be renamed.")
    others = [other for other in stages_of(tx, stage.pipeline_id) if other.id != stage_id]
    if not any(map(is_open, others)):
        raise Refused(
            f"{stage.name} cannot be deleted: a pipeline needs one open stage.",
            "Rename it, or add another one first.",
        )
    deals = deals_in(tx, [stage])
    if deals:
        raise Refused(
            f"Stage {quoted(stage.name)} holds {counted(deals, 'deal')} and cannot be deleted.",
            "Move its deals to another stage first.",
        )
    tx.session.delete(stage)
    _number(others)
    tx.describe(f"Deleted stage {stage.name}")


def new_stage(
    tx: Transaction, pipeline_id: int, name: str, kind: StageKind, percent: int, position: int
) -> Stage:
    """Return a stage that is not in the database yet; an open one rots as the workspace says."""
    rotting = tx.read(settings.setting, ROTTING_DAYS) if kind is StageKind.OPEN else None
    return Stage(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        pipeline_id=pipeline_id,
        name=name,
        kind=kind.value,
        probability=percent,
        position=position,
        rotting_days=rotting,
    )


def _set_probability(tx: Transaction, stage: Stage, percent: int) -> None:
    if check_probability(percent) == stage.probability:
        return
    if not is_open(stage):
        raise Refused(f"{stage.name} is always {stage.probability} %.", "It can be renamed.")
    stage.probability = percent
    _warn_of_extremes(tx, stage.name, percent)


def _warn_of_extremes(tx: Transaction, name: str, percent: int) -> None:
    if percent == 100:
        tx.note(f"{name} is at 100 %, but deals in it stay open: only Won closes them.")
    elif percent == 0:
        tx.note(f"{name} is at 0 %: deals in it stay open, with a weighted value of 0.")


def _set_rotting_days(stage: Stage, days: int | None) -> None:
    if days is not None and not is_open(stage):
        raise Refused(f"Deals in {stage.name} are closed and never rot.")
    stage.rotting_days = check_rotting_days(days)


def _number(stages: Sequence[Stage]) -> None:
    for position, stage in enumerate(stages, start=1):
        stage.position = position
