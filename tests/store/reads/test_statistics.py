"""What is counted of the deals that match, stage by stage."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from dealboard.domain.filters import DealFilter
from dealboard.domain.statistics import Figures, Line, WinRate
from dealboard.store import tables
from dealboard.store.reads import today
from dealboard.store.reads.statistics import statistics
from tests.store.reads.conftest import NOON, TODAY, World

SALES = DealFilter(pipelines=frozenset({1}))


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def figures(world: World, criteria: DealFilter = SALES, **how: Any) -> Figures:
    asked: dict[str, Any] = {"today": TODAY, "tz": UTC} | how
    return world.read(statistics, criteria, **asked)


def lines(world: World, criteria: DealFilter = SALES, **how: Any) -> dict[str, Line]:
    found = figures(world, criteria, **how)
    shown = (line for pipeline in found.pipelines for line in pipeline.lines)
    return {line.stage.name: line for line in shown if line.stage}


def test_stages_are_told_also_without_deals(world: World) -> None:
    found = lines(world)
    assert list(found) == ["Lead", "Offer", "Won", "Lost"]
    assert found["Lead"] == Line(found["Lead"].stage, 0, 0.0, (), None, None, 0)
    assert figures(world).win.rate is None


def test_count_value_and_weighted_value_per_currency(world: World) -> None:
    for amount in (105, 995, None):
        world.deal(stage=world.offer, amount=amount)
    world.deal(stage=world.offer, amount=50, currency="USD")
    offer = lines(world)["Offer"]
    assert offer.deals == 4
    assert offer.totals == (("EUR", 1_100, 63 + 597), ("USD", 50, 30))


def test_age_and_time_in_stage_are_whole_local_days(world: World) -> None:
    world.deal(created=ago(0))
    world.deal(created=ago(10))
    lead = lines(world)["Lead"]
    assert (lead.age, lead.stay) == (5.0, 5.0)
    with world.replacing() as session:
        for deal_id in (1, 2):
            session.get_one(tables.Deal, deal_id).stage_entered_at = ago(2)
    assert (lines(world)["Lead"].age, lines(world)["Lead"].stay) == (5.0, 2.0)
    late_evening = timezone(timedelta(hours=14))
    assert lines(world, tz=late_evening, today=date(2026, 11, 24))["Lead"].stay == 2.0


def test_a_deal_of_the_future_is_not_younger_than_today(world: World) -> None:
    world.deal(created=NOON + timedelta(days=9))
    assert lines(world)["Lead"].age == 0


def test_win_rate_goes_by_what_was_closed_in_ninety_days(world: World) -> None:
    for days, stage in ((0, world.won), (89, world.won), (90, world.won), (3, world.lost)):
        world.deal(stage=stage, closed=ago(days))
    assert figures(world).win == WinRate(2, 1)
    assert lines(world)["Won"].deals == 3


def test_what_rots_is_counted_as_the_day_lists_it(world: World) -> None:
    with world.replacing() as session:
        session.get_one(tables.Stage, world.lead).rotting_days = 7
    stale = [world.deal(f"Stale {n}", created=ago(n)) for n in range(5, 10)]
    world.add(
        tables.Activity(
            uid=str(uuid4()),
            created_at=NOON,
            updated_at=NOON,
            kind="note",
            text="hello",
            deal_id=stale[-1],
            user_id=1,
        )
    )
    listed = world.read(today.agenda, user_id=None, today=TODAY, tz=UTC).rotting.total
    assert lines(world)["Lead"].rotting == listed == 2
    assert figures(world).open.rotting == 2


def test_the_filter_holds_for_everything(world: World) -> None:
    eve = world.user("Eve")
    world.deal("Looms", amount=100, created=ago(4))
    world.deal("Wool", amount=900, created=ago(8), owner_id=eve)
    world.deal("Wool", stage=world.won, closed=ago(1), owner_id=eve)
    found = figures(world, SALES._replace(owners=frozenset({eve}), name="wool"))
    assert (found.open.deals, found.open.age, found.win) == (1, 8.0, WinRate(1, 0))


def test_pipelines_are_those_of_the_filter_or_all(world: World) -> None:
    partners = world.pipeline("Partners", 2)
    world.stage("Contacted", 1, 10, pipeline=partners)
    assert [each.pipeline.name for each in figures(world).pipelines] == ["Sales"]
    every = figures(world, DealFilter()).pipelines
    assert [each.pipeline.name for each in every] == ["Sales", "Partners"]
