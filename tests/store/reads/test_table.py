"""What the table of deals shows: orders that are those of a Python sort, and rows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind
from dealboard.domain.text import fold
from dealboard.domain.views import Row
from dealboard.store import driver, tables
from dealboard.store.reads import deals, table
from tests.store.reads.conftest import NOON, TODAY, World

ALL = DealFilter()
SORTS = [Sort(key, descending) for key in SortKey for descending in (False, True)]


def ordered(world: World, sort: Sort, criteria: DealFilter = ALL) -> list[int]:
    return world.read(table.order, criteria, sort, today=TODAY, tz=UTC).tolist()


def sorted_by(
    values: Callable[[tables.Deal], Any], rows: list[tables.Deal], *, descending: bool
) -> list[tables.Deal]:
    """Sort as decision 47 has it: empty ones last both ways, the id breaks ties."""
    by_id = sorted(rows, key=lambda row: row.id or 0)
    full = [row for row in by_id if values(row) is not None]
    empty = [row for row in by_id if values(row) is None]
    return sorted(full, key=values, reverse=descending) + empty


def amounts(rows: list[tables.Deal], *, descending: bool) -> list[tables.Deal]:
    """Sort by amount inside each currency; those without come after all others."""
    full = sorted_by(lambda row: row.amount, rows, descending=descending)
    return sorted(full, key=lambda row: (row.amount is None, row.currency))


titles = st.sampled_from(["Acme", "acme", "Ácme", "acme b", "Zoë", "zoe", "東京", "a", "A a"])
some_deals = st.lists(
    st.tuples(
        titles,
        st.sampled_from(["lead", "offer", "won"]),
        st.one_of(st.none(), st.integers(0, 3)),
        st.sampled_from(["EUR", "JPY"]),
        st.one_of(st.none(), st.dates(date(2026, 11, 20), date(2026, 11, 25))),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    max_size=12,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=some_deals, only=st.sampled_from(["", "a"]))
def test_an_order_is_that_of_a_python_sort(shared_world: World, made: Any, only: str) -> None:
    world = shared_world
    with world.replacing(tables.Deal) as session:
        rows = [
            world.unsaved(
                title,
                stage=getattr(world, stage),
                amount=amount,
                currency=currency,
                close=close,
                created=NOON + timedelta(days=day),
                rank=rank,
            )
            for title, stage, amount, currency, close, day, rank in made
        ]
        session.add_all(rows)
        session.flush()
        kept = [row for row in rows if only in fold(row.title)]
        stage_of = {world.lead: 1, world.offer: 2, world.won: 3}
        expected: dict[Sort, list[int | None]] = {}
        for sort in SORTS:
            match sort.key:
                case SortKey.NAME:
                    found = sorted_by(lambda row: fold(row.title), kept, descending=sort.descending)
                case SortKey.CREATED:
                    found = sorted_by(lambda row: row.created_at, kept, descending=sort.descending)
                case SortKey.CLOSE:
                    found = sorted_by(lambda row: row.close_date, kept, descending=sort.descending)
                case SortKey.AMOUNT:
                    found = amounts(kept, descending=sort.descending)
                case SortKey.STAGE:
                    found = sorted_by(
                        lambda row: stage_of[row.stage_id], kept, descending=sort.descending
                    )
                case SortKey.MANUAL:
                    found = sorted(kept, key=lambda row: (stage_of[row.stage_id], row.rank, row.id))
            expected[sort] = [row.id for row in found]
    criteria = DealFilter(name=only)
    for sort in SORTS:
        assert ordered(world, sort, criteria) == expected[sort], sort
        first = world.read(table.first_ids, criteria, sort, limit=3, today=TODAY, tz=UTC)
        assert first.tolist() == expected[sort][:3]
        listed = world.read(deals.matching_ids, criteria, sort, today=TODAY, tz=UTC)
        assert list(listed) == expected[sort]


def test_by_stage_is_the_order_of_pipelines_and_their_stages(world: World) -> None:
    first = world.pipeline("First", 0)
    start = world.stage("Start", 1, 10, pipeline=first)
    won, lead, begun = (world.deal(stage=each) for each in (world.won, world.lead, start))
    assert ordered(world, Sort(SortKey.STAGE)) == [begun, lead, won]
    assert ordered(world, Sort(SortKey.STAGE, descending=True)) == [won, lead, begun]


def test_a_row_shows_what_the_tables_hold(world: World) -> None:
    jo = world.contact("Jo", "Ω")
    ann = world.contact("Ann")
    eve = world.user("Eve", active=False)
    closed = datetime(2026, 11, 24, 8, tzinfo=UTC)
    one = world.deal(
        "One",
        people=(jo, ann),
        stage=world.won,
        owner_id=eve,
        amount=12_50,
        close=date(2026, 12, 1),
        closed=closed,
        reference="R-1",
    )
    two = world.deal("Two")
    found = world.read(table.rows, [two, 99, one])
    assert found == (
        Row(
            id=two,
            title="Two",
            pipeline="Sales",
            stage_id=world.lead,
            stage="Lead",
            kind=StageKind.OPEN,
            owner="Ada Owner",
            owner_active=True,
            amount=None,
            currency="EUR",
            close_date=None,
            created_at=NOON,
            closed_at=None,
            contacts=(),
            reference=None,
            version=1,
        ),
        Row(
            id=one,
            title="One",
            pipeline="Sales",
            stage_id=world.won,
            stage="Won",
            kind=StageKind.WON,
            owner="Eve",
            owner_active=False,
            amount=12_50,
            currency="EUR",
            close_date=date(2026, 12, 1),
            created_at=NOON,
            closed_at=closed,
            contacts=("Jo Ω", "Ann"),
            reference="R-1",
            version=1,
        ),
    )


@pytest.mark.parametrize("key", [SortKey.NAME, SortKey.CREATED, SortKey.CLOSE, SortKey.AMOUNT])
def test_all_deals_come_along_an_index(world: World, path: Path, key: SortKey) -> None:
    """What keeps the table as fast with many deals as with few."""
    world.add(*(world.unsaved(str(number), amount=number, close=TODAY) for number in range(50)))
    asked: list[str] = []
    connection = driver.connect(path, "rw", 5)
    try:
        connection.set_trace_callback(asked.append)
        table.order(connection, ALL, Sort(key), today=TODAY, tz=UTC)
        connection.set_trace_callback(None)
        (plan, *_) = (
            "; ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))
            for sql in asked
        )
    finally:
        connection.close()
    assert "COVERING INDEX" in plan
    assert "TEMP B-TREE" not in plan
