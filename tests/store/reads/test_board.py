"""Totals, windows of cards and positions: what a board shows of each stage."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import delete

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind, weighted
from dealboard.domain.text import fold
from dealboard.domain.views import Card, StageTotals, Subtotal
from dealboard.store import tables
from dealboard.store.reads import board
from tests.store.reads.conftest import NOON, TODAY, World

ALL = DealFilter()
SINCE = TODAY - timedelta(days=30)


def totals(world: World, criteria: DealFilter = ALL, **options: Any) -> dict[int, StageTotals]:
    return world.read(board.totals, world.sales, criteria, today=TODAY, tz=UTC, **options)


def lane(
    world: World, stage: int, criteria: DealFilter = ALL, sort: Sort | None = None, **options: Any
) -> tuple[Card, ...]:
    window = {"offset": 0, "limit": 100} | options
    ids = world.read(board.lane, stage, criteria, sort or Sort(), today=TODAY, tz=UTC, **window)
    return world.read(board.cards, ids, TODAY)


def titles(cards: tuple[Card, ...]) -> list[str]:
    return [card.title for card in cards]


# ── totals ────────────────────────────────────────────────────────────────────────────────────


def test_every_stage_has_totals_also_an_empty_one(world: World) -> None:
    world.deal(amount=1_000)
    found = totals(world)
    assert list(found) == [world.lead, world.offer, world.won, world.lost]
    assert found[world.offer] == StageTotals(world.offer, 0, ())


def test_some_stages_can_be_asked_for(world: World) -> None:
    assert list(totals(world, stage_ids=(world.won, world.lead))) == [world.lead, world.won]


def test_currencies_are_never_added_and_come_by_size_in_their_own_units(world: World) -> None:
    world.deal(amount=200_00, currency="USD")
    world.deal(amount=150_00, currency="EUR")
    world.deal(amount=150_00, currency="EUR")
    world.deal(amount=1_000, currency="JPY")
    assert [(each.currency, each.amount) for each in totals(world)[world.lead].totals] == [
        ("JPY", 1_000),
        ("EUR", 300_00),
        ("USD", 200_00),
    ]


def test_a_deal_without_amount_counts_and_has_no_value(world: World) -> None:
    world.deal(currency="USD")
    world.deal(amount=0)
    found = totals(world)[world.lead]
    assert (found.deals, found.totals) == (2, (Subtotal("EUR", 0, 0),))


def test_weighted_is_rounded_per_deal_half_up(world: World) -> None:
    for _ in range(3):
        world.deal(amount=5)  # 10 % of it is half a cent
    assert totals(world)[world.lead].totals == (Subtotal("EUR", 15, 3),)


def test_won_weighs_all_and_lost_nothing(world: World) -> None:
    world.deal(amount=99, stage=world.won)
    world.deal(amount=99, stage=world.lost)
    found = totals(world)
    assert found[world.won].totals == (Subtotal("EUR", 99, 99),)
    assert found[world.lost].totals == (Subtotal("EUR", 99, 0),)


@given(
    amounts=st.lists(st.integers(0, 10**18), min_size=1, max_size=20),
    probability=st.integers(0, 100),
)
@settings(max_examples=40)
def test_sums_are_exact_however_large(
    shared_world: World, amounts: list[int], probability: int
) -> None:
    world = shared_world
    with world.replacing(tables.Deal) as session:
        stage = session.get_one(tables.Stage, world.offer)
        stage.probability = probability
        session.add_all(world.unsaved(stage=world.offer, amount=amount) for amount in amounts)
    assert totals(world)[world.offer].totals == (
        Subtotal("EUR", sum(amounts), sum(weighted(each, probability) for each in amounts)),
    )


def test_a_currency_may_pass_what_64_bits_hold(world: World) -> None:
    world.add(*(world.unsaved(amount=10**18) for _ in range(10)))
    assert totals(world)[world.lead].totals == (Subtotal("EUR", 10**19, 10**18),)


def test_totals_cover_all_closed_deals_and_say_how_many_are_older(world: World) -> None:
    midnight = datetime(2026, 10, 24, tzinfo=UTC)
    world.deal(amount=1, stage=world.won, closed=midnight)
    world.deal(amount=2, stage=world.won, closed=midnight - timedelta(microseconds=1))
    world.deal(amount=4, stage=world.lead)
    found = totals(world, closed_before=SINCE)
    assert (found[world.won].deals, found[world.won].older) == (2, 1)
    assert found[world.won].totals == (Subtotal("EUR", 3, 3),)
    assert found[world.lead].older == 0


def test_totals_follow_the_filter(world: World) -> None:
    eve = world.user("Eve")
    world.deal("Alpha", amount=1, owner_id=eve)
    world.deal("Beta", amount=2)
    for criteria in (DealFilter(owners=frozenset({eve})), DealFilter(name="alpha")):
        found = totals(world, criteria)[world.lead]
        assert (found.deals, found.totals) == (1, (Subtotal("EUR", 1, 0),))


def test_there_are_no_totals_of_a_pipeline_that_does_not_exist(world: World) -> None:
    assert world.read(board.totals, 99, ALL, today=TODAY) == {}


# ── cards ─────────────────────────────────────────────────────────────────────────────────────


def test_a_card_shows_what_the_tables_hold(world: World) -> None:
    jo = world.contact("Jo", "Ω")
    ann = world.contact("Ann")
    deal_id = world.deal(
        "Jo",
        people=(jo, ann),
        stage=world.won,
        amount=12_50,
        close=date(2026, 12, 1),
        closed=NOON,
        reference="R-1",
    )
    assert lane(world, world.won) == (
        Card(
            id=deal_id,
            title="Jo",
            stage_id=world.won,
            kind=StageKind.WON,
            owner_id=world.ada,
            owner="Ada Owner",
            amount=12_50,
            currency="EUR",
            close_date=date(2026, 12, 1),
            created_at=NOON,
            closed_at=NOON,
            reference="R-1",
            contacts=("Jo Ω", "Ann"),
            version=1,
        ),
    )


def test_cards_come_in_the_order_asked_for_without_those_that_are_gone(world: World) -> None:
    first, second = world.deal("first"), world.deal("second")
    assert titles(world.read(board.cards, [second, 99, first], TODAY)) == ["second", "first"]


def test_more_cards_than_one_statement_takes(world: World) -> None:
    ids = world.add(*(world.unsaved(str(n)) for n in range(1_100)))
    assert [card.id for card in world.read(board.cards, ids, TODAY)] == ids


def test_a_lane_is_a_window_in_manual_order_ties_by_id(world: World) -> None:
    for title, rank in (("c", 5), ("a", -5), ("b", 0), ("d", 5)):
        world.deal(title, rank=rank)
    world.deal("elsewhere", stage=world.offer)
    assert titles(lane(world, world.lead)) == ["a", "b", "c", "d"]
    assert titles(lane(world, world.lead, offset=1, limit=2)) == ["b", "c"]
    assert lane(world, world.lead, offset=4) == ()


def test_cards_of_deals_closed_before_the_day_are_folded_away(world: World) -> None:
    midnight = datetime(2026, 10, 24, tzinfo=UTC)
    world.deal("in time", stage=world.won, closed=midnight)
    world.deal("too old", stage=world.won, closed=midnight - timedelta(microseconds=1))
    world.deal("open")
    assert titles(lane(world, world.won, closed_since=SINCE)) == ["in time"]
    assert titles(lane(world, world.won)) == ["in time", "too old"]
    assert titles(lane(world, world.lead, closed_since=SINCE)) == ["open"]


def ordered(world: World, key: SortKey, *, descending: bool) -> list[str]:
    return titles(lane(world, world.lead, sort=Sort(key, descending)))


def test_by_name_ignores_case_and_accents_and_ties_go_by_id(world: World) -> None:
    for title, reference in (("Zeta", None), ("école", "b"), ("Ecole", "a"), ("acme", None)):
        world.deal(title, reference=reference)
    assert ordered(world, SortKey.NAME, descending=False) == ["acme", "école", "Ecole", "Zeta"]
    assert ordered(world, SortKey.NAME, descending=True) == ["Zeta", "école", "Ecole", "acme"]


def test_by_name_a_shorter_title_comes_before_a_longer_one_that_begins_with_it(
    world: World,
) -> None:
    world.deal("Acme 2", reference="x")
    world.deal("Acme", reference="zzz")
    assert ordered(world, SortKey.NAME, descending=False) == ["Acme", "Acme 2"]


def test_by_close_date_those_without_come_last_both_ways(world: World) -> None:
    world.deal("none")
    world.deal("late", close=date(2027, 1, 1))
    world.deal("soon", close=date(2026, 12, 1))
    world.deal("none too")
    assert ordered(world, SortKey.CLOSE, descending=False) == ["soon", "late", "none", "none too"]
    assert ordered(world, SortKey.CLOSE, descending=True) == ["late", "soon", "none", "none too"]


def test_by_amount_goes_currency_by_currency_with_blanks_last_both_ways(world: World) -> None:
    for title, amount, currency in (
        ("blank", None, "AUD"),
        ("$9", 9, "USD"),
        ("€1", 1, "EUR"),
        ("€7", 7, "EUR"),
        ("€0", 0, "EUR"),
    ):
        world.deal(title, amount=amount, currency=currency)
    assert ordered(world, SortKey.AMOUNT, descending=False) == ["€0", "€1", "€7", "$9", "blank"]
    assert ordered(world, SortKey.AMOUNT, descending=True) == ["€7", "€1", "€0", "$9", "blank"]


def test_by_creation(world: World) -> None:
    world.deal("new", created=NOON)
    world.deal("old", created=NOON - timedelta(days=1))
    assert ordered(world, SortKey.CREATED, descending=False) == ["old", "new"]
    assert ordered(world, SortKey.CREATED, descending=True) == ["new", "old"]


def test_by_stage_all_in_a_stage_are_equal_and_manual_order_has_one_direction(
    world: World,
) -> None:
    world.deal("first", rank=9)
    world.deal("second", rank=1)
    for descending in (False, True):
        assert ordered(world, SortKey.STAGE, descending=descending) == ["first", "second"]
        assert ordered(world, SortKey.MANUAL, descending=descending) == ["second", "first"]


# ── where a deal is ───────────────────────────────────────────────────────────────────────────


def position(
    world: World, deal_id: int, criteria: DealFilter = ALL, sort: Sort | None = None, **options: Any
) -> tuple[int, int] | None:
    return world.read(
        board.position, deal_id, criteria, sort or Sort(), today=TODAY, tz=UTC, **options
    )


def test_a_deal_that_the_board_does_not_show_has_no_position(world: World) -> None:
    long_ago = NOON - timedelta(days=99)
    old = world.deal("old", stage=world.won, closed=long_ago)
    assert position(world, 99) is None
    assert position(world, old, DealFilter(name="other")) is None
    assert position(world, old, closed_since=SINCE) is None
    unfolded = frozenset({world.won})
    assert position(world, old, closed_since=SINCE, unfolded=unfolded) == (world.won, 0)
    unfolded = frozenset({world.lost})
    assert position(world, old, closed_since=SINCE, unfolded=unfolded) is None


@dataclass(frozen=True)
class Shape:
    """What differs between deals that are sorted."""

    title: str
    rank: int
    amount: int | None
    currency: str
    close: date | None
    days: int
    won: bool


SHAPES = st.builds(
    Shape,
    title=st.sampled_from(["a", "A", "á", "b", "ab", "Ω", "10", "9"]),
    rank=st.integers(-2, 2),
    amount=st.none() | st.integers(0, 3),
    currency=st.sampled_from(["EUR", "USD"]),
    close=st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 24)),
    days=st.integers(0, 2),
    won=st.booleans(),
)
SORTS = st.builds(Sort, st.sampled_from(SortKey), st.booleans())
FILTERS = st.builds(
    DealFilter,
    name=st.sampled_from(["", "a", "1"]),
    no_close_date=st.booleans(),
    overdue=st.booleans(),
    kinds=st.frozensets(st.sampled_from([StageKind.OPEN, StageKind.WON])),
    pipelines=st.just(frozenset()),
    stages=st.just(frozenset()),
    owners=st.just(frozenset()),
    created=st.none(),
    close=st.none(),
)


def sort_value(card: Card, sort: Sort, rank: int) -> Any:
    """Return what a card is sorted by; None is empty."""
    match sort.key:
        case SortKey.MANUAL:
            return rank
        case SortKey.NAME:
            return fold(card.title)
        case SortKey.STAGE:
            return 0
        case SortKey.CREATED:
            return card.created_at
        case SortKey.CLOSE:
            return card.close_date
        case SortKey.AMOUNT:
            return card.amount


@given(shapes=st.lists(SHAPES, max_size=12), sort=SORTS, criteria=FILTERS, page=st.integers(1, 5))
@settings(max_examples=80)
def test_positions_pages_and_totals_agree_with_the_lane_whatever_the_order(
    shared_world: World, shapes: list[Shape], sort: Sort, criteria: DealFilter, page: int
) -> None:
    world = shared_world
    ranks: dict[int, int] = {}
    with world.replacing(tables.Deal) as session:
        rows = [
            world.unsaved(
                shape.title,
                stage=world.won if shape.won else world.lead,
                rank=shape.rank,
                amount=shape.amount,
                currency=shape.currency,
                close=shape.close,
                created=NOON + timedelta(days=shape.days),
                closed=NOON if shape.won else None,
            )
            for shape in shapes
        ]
        session.add_all(rows)
        session.flush()
        ranks = {row.id or 0: row.rank for row in rows}
    counted = totals(world, criteria)
    for stage in (world.lead, world.won):
        whole = lane(world, stage, criteria, sort)
        assert counted[stage].deals == len(whole)
        for index, card in enumerate(whole):
            assert position(world, card.id, criteria, sort) == (stage, index)
        pages = [
            lane(world, stage, criteria, sort, offset=offset, limit=page)
            for offset in range(0, len(whole), page)
        ]
        assert sum(pages, ()) == whole
        for before, after in pairwise(whole):
            assert_in_order(before, after, sort, ranks)


def assert_in_order(before: Card, after: Card, sort: Sort, ranks: dict[int, int]) -> None:
    """Check two neighbours: empty last, amounts within a currency, by the key, ties by id."""
    first = sort_value(before, sort, ranks[before.id])
    second = sort_value(after, sort, ranks[after.id])
    backwards = sort.descending and sort.key is not SortKey.MANUAL
    if (first is None) != (second is None):
        assert second is None
    elif sort.key is SortKey.AMOUNT and before.currency != after.currency:
        assert before.currency < after.currency
    elif first == second:
        assert before.id < after.id
    else:
        assert (first > second) if backwards else (first < second)


def test_the_cards_of_a_deal_moved_away_meanwhile_are_not_an_error(world: World) -> None:
    deal_id = world.deal("x")
    with world.replacing() as session:
        session.exec(delete(tables.Deal))
    assert world.read(board.cards, [deal_id], TODAY) == ()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", SortKey)
def test_an_empty_stage_has_an_empty_lane(world: World, key: SortKey, descending: bool) -> None:
    assert lane(world, world.offer, sort=Sort(key, descending)) == ()
