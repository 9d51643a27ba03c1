"""Pipelines, stages and how many deals they hold."""

import pytest

from dealboard.errors import NotFound
from dealboard.store.reads import pipelines
from tests.store.reads.conftest import NOON, World


def test_pipelines_and_stages_come_in_their_order(world: World) -> None:
    first = world.pipeline("First", 0)
    start = world.stage("Start", 1, 10, pipeline=first)
    found = world.read(pipelines.pipelines)
    assert [(each.id, each.name, each.position) for each in found] == [
        (first, "First", 0),
        (world.sales, "Sales", 1),
    ]
    assert [stage.id for stage in world.read(pipelines.stages, world.sales)] == [
        world.lead,
        world.offer,
        world.won,
        world.lost,
    ]
    assert world.read(pipelines.stages, 99) == ()
    assert [stage.id for stage in world.read(pipelines.all_stages)][:2] == [start, world.lead]
    assert world.read(pipelines.pipeline, first) == found[0]


def test_what_does_not_exist_is_named(world: World) -> None:
    with pytest.raises(NotFound, match="There is no pipeline #99"):
        world.read(pipelines.pipeline, 99)
    with pytest.raises(NotFound, match="There is no stage #99"):
        world.read(pipelines.stage, 99)


def test_deals_are_counted_by_stage_and_by_pipeline_closed_ones_too(world: World) -> None:
    empty = world.pipeline("Empty", 2)
    world.deal()
    world.deal()
    world.deal(stage=world.won, closed=NOON)
    assert world.read(pipelines.pipeline_counts) == {world.sales: 3, empty: 0}
