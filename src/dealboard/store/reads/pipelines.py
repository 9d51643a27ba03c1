"""Pipelines and their stages, in their order, and how many deals each holds."""

from typing import Any

from dealboard.domain.stages import StageKind
from dealboard.domain.views import Pipeline, Stage
from dealboard.errors import NotFound
from dealboard.store.driver import Connection

PIPELINE = "pipeline.id, pipeline.uid, pipeline.name, pipeline.position"
"""The columns that `pipeline_of` takes."""

STAGE = (
    "stage.id, stage.uid, stage.pipeline_id, stage.name, stage.kind, stage.probability,"
    " stage.position, stage.rotting_days"
)
"""The columns that `stage_of` takes."""


def pipeline_of(row: tuple[Any, ...]) -> Pipeline:
    """Return a pipeline from the columns PIPELINE."""
    return Pipeline(*row)


def stage_of(row: tuple[Any, ...]) -> Stage:
    """Return a stage from the columns STAGE."""
    row_id, uid, pipeline_id, name, kind, *rest = row
    return Stage(row_id, uid, pipeline_id, name, StageKind(kind), *rest)


def pipelines(connection: Connection) -> tuple[Pipeline, ...]:
    """Return all pipelines in their order."""
    rows = connection.execute(f"SELECT {PIPELINE} FROM pipeline ORDER BY position, id")
    return tuple(map(pipeline_of, rows))


def pipeline(connection: Connection, pipeline_id: int) -> Pipeline:
    """Return a pipeline. Raises NotFound."""
    row = connection.execute(
        f"SELECT {PIPELINE} FROM pipeline WHERE id = :id",
        {"id": pipeline_id},
    ).fetchone()
    if row is None:
        raise NotFound("pipeline", f"#{pipeline_id}")
    return pipeline_of(row)


def stages(connection: Connection, pipeline_id: int) -> tuple[Stage, ...]:
    """Return a pipeline's stages in their order, Won and Lost last; none if it does not exist."""
    rows = connection.execute(
        f"SELECT {STAGE} FROM stage WHERE pipeline_id = :pipeline ORDER BY position, id",
        {"pipeline": pipeline_id},
    )
    return tuple(map(stage_of, rows))


def stages_beside(connection: Connection, stage_id: int) -> tuple[Stage, ...]:
    """Return the stages of the pipeline that a stage is in, as `stages` does."""
    rows = connection.execute(
        f"SELECT {STAGE} FROM stage"
        " WHERE pipeline_id = (SELECT pipeline_id FROM stage WHERE id = :stage)"
        " ORDER BY position, id",
        {"stage": stage_id},
    )
    return tuple(map(stage_of, rows))


def all_stages(connection: Connection) -> tuple[Stage, ...]:
    """Return the stages of all pipelines, in the order of pipelines and stages."""
    rows = connection.execute(
        f"SELECT {STAGE} FROM stage JOIN pipeline ON pipeline.id = stage.pipeline_id"
        " ORDER BY pipeline.position, pipeline.id, stage.position, stage.id"
    )
    return tuple(map(stage_of, rows))


def stage(connection: Connection, stage_id: int) -> Stage:
    """Return a stage. Raises NotFound."""
    row = connection.execute(
        f"SELECT {STAGE} FROM stage WHERE id = :id",
        {"id": stage_id},
    ).fetchone()
    if row is None:
        raise NotFound("stage", f"#{stage_id}")
    return stage_of(row)


def pipeline_counts(connection: Connection) -> dict[int, int]:
    """Return how many deals each pipeline holds, closed ones included, by pipeline id."""
    counts = {each.id: 0 for each in pipelines(connection)}
    rows = connection.execute(
        "SELECT stage.pipeline_id, counted.deals FROM stage JOIN"
        " (SELECT stage_id, count(*) AS deals FROM deal GROUP BY stage_id) AS counted"
        " ON counted.stage_id = stage.id"
    )
    for pipeline_id, deals in rows:
        counts[pipeline_id] += deals
    return counts


def stage_counts(connection: Connection) -> dict[int, int]:
    """Return how many deals each stage holds, by stage id; none for an empty one."""
    return dict(connection.execute("SELECT stage_id, count(*) FROM deal GROUP BY stage_id"))
