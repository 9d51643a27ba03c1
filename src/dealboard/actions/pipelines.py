"""Sales pipelines: at most ten, each ending in Won and Lost (guide, Sales Pipelines)."""

from collections.abc import Sequence

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions.moves import move as move_deal
from dealboard.actions.rows import (
    check_position,
    counted,
    deals_in,
    key,
    quoted,
    stages_of,
    unique_name,
)
from dealboard.actions.stages import new_stage
from dealboard.domain.stages import (
    FIRST_STAGE,
    FIXED_PROBABILITY,
    MAX_PIPELINES,
    MAX_STAGES,
    NewStage,
    StageKind,
    spread,
)
from dealboard.errors import Refused
from dealboard.store.ids import new_uid
from dealboard.store.tables import Deal, Pipeline, Stage
from dealboard.store.transaction import Transaction

FIXED_STAGES = {StageKind.WON: "Won", StageKind.LOST: "Lost"}
"""The two stages that every pipeline ends in, and their first names."""


def create(tx: Transaction, name: str, stages: Sequence[NewStage] = ()) -> int:
    """Add a pipeline behind the others and return its id.

    `stages` are the open ones, in order; without any it starts with one. Won and Lost are added.
    """
    access.full_access(tx)
    others = _all(tx)
    if len(others) >= MAX_PIPELINES:
        raise Refused(
            f"{len(others)} of {MAX_PIPELINES} pipelines are used.",
            "Delete an empty one to make room.",
        )
    name = unique_name(name, "pipeline", (other.name for other in others))
    wanted = stages or (NewStage(FIRST_STAGE),)
    percents = spread([stage.probability for stage in wanted])
    names = _stage_names(wanted)
    pipeline = Pipeline(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        name=name,
        position=len(others) + 1,
    )
    tx.add([pipeline])
    kinds = [StageKind.OPEN] * len(wanted) + list(FIXED_STAGES)
    every = zip(names, kinds, (*percents, *FIXED_PROBABILITY.values()), strict=True)
    tx.add(
        [
            new_stage(tx, key(pipeline), stage, kind, percent, position)
            for position, (stage, kind, percent) in enumerate(every, start=1)
        ]
    )
    tx.describe(f"Created pipeline {name}")
    return key(pipeline)


def rename(tx: Transaction, pipeline_id: int, name: str) -> None:
    """Give a pipeline another name, unique among pipelines."""
    access.full_access(tx)
    pipeline = tx.get(Pipeline, pipeline_id)
    name = unique_name(name, "pipeline", (p.name for p in _all(tx) if p.id != pipeline_id))
    tx.describe(f"Renamed pipeline {pipeline.name} to {name}")
    pipeline.name = name


def move(tx: Transaction, pipeline_id: int, position: int) -> None:
    """Put a pipeline at a position, counting from 1."""
    access.full_access(tx)
    pipeline = tx.get(Pipeline, pipeline_id)
    every = _all(tx)
    check_position(position, len(every))
    order = [other for other in every if other.id != pipeline_id]
    order.insert(position - 1, pipeline)
    _number(order)
    tx.describe(f"Moved pipeline {pipeline.name} to position {position}")


def shift(tx: Transaction, pipeline_id: int, by: int) -> None:
    """Move a pipeline up (-1) or down (1) the list; at the ends nothing changes."""
    access.full_access(tx)
    position = tx.get(Pipeline, pipeline_id).position + by
    if 1 <= position <= len(_all(tx)):
        move(tx, pipeline_id, position)


def delete(tx: Transaction, pipeline_id: int) -> None:
    """Delete a pipeline and its stages; Refused while it holds deals, closed ones included."""
    access.full_access(tx)
    pipeline = tx.get(Pipeline, pipeline_id)
    stages = stages_of(tx, pipeline_id)
    deals = deals_in(tx, stages)
    if deals:
        raise Refused(
            f"Pipeline {quoted(pipeline.name)} holds {counted(deals, 'deal')},"
            " won and lost ones included, and cannot be deleted.",
            "Move its deals to another pipeline first.",
        )
    for stage in stages:
        tx.session.delete(stage)
    tx.session.flush()
    tx.session.delete(pipeline)
    tx.session.flush()
    _number(_all(tx))
    tx.describe(f"Deleted pipeline {pipeline.name}")


def empty_and_delete(tx: Transaction, pipeline_id: int, into: int) -> int:
    """Move all deals of a pipeline to another one, then delete it; return how many moved."""
    tx.describe(f"Deleted pipeline {tx.get(Pipeline, pipeline_id).name}, its deals moved")
    moved = move_deals(tx, pipeline_id, into)
    delete(tx, pipeline_id)
    return moved


def move_deals(tx: Transaction, pipeline_id: int, into: int) -> int:
    """Move all deals of a pipeline to another one, below those there, and return how many.

    Each goes to the stage that means the same (decision 15); the pipeline can be deleted then.
    """
    access.full_access(tx)
    pipeline, heir = tx.get(Pipeline, pipeline_id), tx.get(Pipeline, into)
    if pipeline is heir:
        raise Refused(f"The deals of {quoted(pipeline.name)} are there already.")
    query = (
        select(Deal)
        .join(Stage, col(Stage.id) == col(Deal.stage_id))
        .where(Stage.pipeline_id == pipeline_id)
        .order_by(col(Stage.position), col(Deal.rank), col(Deal.id))
    )
    deals = tx.session.exec(query).all()
    tx.describe(f"Moved {counted(len(deals), 'deal')} to {heir.name}")
    for deal in deals:
        move_deal(tx, key(deal), pipeline_id=into, place="bottom")
    return len(deals)


def _stage_names(stages: Sequence[NewStage]) -> list[str]:
    if len(stages) + len(FIXED_STAGES) > MAX_STAGES:
        raise Refused(
            f"A pipeline has at most {MAX_STAGES} stages, Won and Lost included;"
            f" these would be {len(stages) + len(FIXED_STAGES)}."
        )
    names: list[str] = []
    for stage in stages:
        names.append(unique_name(stage.name, "stage", (*names, *FIXED_STAGES.values())))
    return names + list(FIXED_STAGES.values())


def _all(tx: Transaction) -> list[Pipeline]:
    return list(tx.session.exec(select(Pipeline).order_by(col(Pipeline.position))))


def _number(pipelines: Sequence[Pipeline]) -> None:
    for position, pipeline in enumerate(pipelines, start=1):
        pipeline.position = position
