"""Deals in full, lists of them, and what they amount to together."""

from datetime import UTC, date

import pytest

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Deal, Person, Pipeline, Role, Stage, Subtotal, User
from dealboard.errors import InvalidValue, NotFound
from dealboard.store.reads import deals, pipelines
from tests.store.reads.conftest import NOON, TODAY, World

ALL = DealFilter()


def listed(world: World, sort: Sort, **window: int) -> list[str]:
    found = world.read(deals.deals, ALL, sort, today=TODAY, tz=UTC, **window)
    return [deal.title for deal in found]


def test_a_deal_is_what_the_tables_hold(world: World) -> None:
    jo = world.contact("Jo", "Ω", phone="+39 1", phone_key="+391", email="jo@example.org")
    ann = world.contact("Ann")
    deal_id = world.deal(
        "Jo",
        people=(ann, jo),
        stage=world.lost,
        amount=1,
        currency="JPY",
        close=date(2026, 12, 1),
        close_date_auto=True,
        closed=NOON,
        reference="R-1",
        lost_reason="price",
    )
    found = world.read(deals.deal, deal_id)
    assert found == Deal(
        id=deal_id,
        uid=found.uid,
        title="Jo",
        pipeline=Pipeline(world.sales, found.pipeline.uid, "Sales", 1),
        stage=Stage(world.lost, found.stage.uid, world.sales, "Lost", StageKind.LOST, 0, 4, None),
        owner=User(world.ada, found.owner.uid, "Ada Owner", None, Role.ACCOUNT_OWNER, active=True),
        amount=1,
        currency="JPY",
        close_date=date(2026, 12, 1),
        close_date_auto=True,
        reference="R-1",
        lost_reason="price",
        created_at=NOON,
        updated_at=NOON,
        closed_at=NOON,
        stage_entered_at=NOON,
        contacts=(
            Person(ann, "Ann", None, None),
            Person(jo, "Jo Ω", "+39 1", "jo@example.org", "+391"),
        ),
        version=1,
    )
    assert world.read(pipelines.stage, world.lost) == found.stage


def test_there_is_no_deal_99(world: World) -> None:
    with pytest.raises(NotFound, match="There is no deal #99"):
        world.read(deals.deal, 99)


def test_a_deal_is_found_by_uid_and_by_reference(world: World) -> None:
    one = world.deal("one", reference="R-1")
    world.deal("two")
    assert world.read(deals.find, reference="R-1").id == one
    assert world.read(deals.find, uid=world.read(deals.deal, one).uid).id == one


@pytest.mark.parametrize("reference", ["r-1", "R", "", "\udcff"])
def test_a_reference_is_found_exactly_or_not_at_all(world: World, reference: str) -> None:
    world.deal("one", reference="R-1")
    with pytest.raises(NotFound, match="deal with reference"):
        world.read(deals.find, reference=reference)


def test_a_reference_that_several_deals_bear_names_them(world: World) -> None:
    ids = [world.deal(reference="R-1") for _ in range(2)]
    with pytest.raises(InvalidValue, match=f"2 deals bear it: #{ids[0]}, #{ids[1]}"):
        world.read(deals.find, reference="R-1")


def test_a_list_by_stage_follows_pipelines_and_their_stages(world: World) -> None:
    first = world.pipeline("First", 0)
    start = world.stage("Start", 1, 10, pipeline=first)
    for title, stage, rank in (
        ("won", world.won, 0),
        ("lead 2", world.lead, 9),
        ("lead 3", world.lead, 1),
        ("start", start, 0),
    ):
        world.deal(title, stage=stage, rank=rank)
    assert listed(world, Sort(SortKey.STAGE)) == ["start", "lead 2", "lead 3", "won"]
    descending = Sort(SortKey.STAGE, descending=True)
    assert listed(world, descending) == ["won", "lead 2", "lead 3", "start"]
    assert listed(world, Sort()) == ["start", "lead 3", "lead 2", "won"]


@pytest.mark.parametrize("key", SortKey)
def test_a_list_comes_in_windows(world: World, key: SortKey) -> None:
    stages = (world.won, world.lead, world.offer, world.lead)
    for number, stage in enumerate(stages):
        world.deal(str(number), stage=stage, amount=number)
    whole = listed(world, Sort(key))
    assert sorted(whole) == ["0", "1", "2", "3"]
    assert listed(world, Sort(key), limit=2) == whole[:2]
    assert listed(world, Sort(key), limit=2, offset=1) == whole[1:3]
    assert listed(world, Sort(key), offset=3) == whole[3:]
    assert listed(world, Sort(key), limit=0) == []
    assert listed(world, Sort(key), limit=5, offset=9) == []


def test_count_and_money_of_all_that_matches_in_all_pipelines(world: World) -> None:
    start = world.stage("Start", 1, 10, pipeline=world.pipeline("Other", 2))
    world.deal("a", amount=5, stage=start)
    world.deal("a", amount=1, currency="USD")
    world.deal("a", amount=5, stage=world.won, closed=NOON)
    world.deal("a")
    world.deal("b", amount=99)
    count, money = world.read(deals.count_and_totals, DealFilter(name="a"), today=TODAY, tz=UTC)
    assert count == 4
    assert money == (Subtotal("EUR", 10, 6), Subtotal("USD", 1, 0))
