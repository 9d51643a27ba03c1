"""Filters and sort orders are plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.filters import (
    Days,
    DealFilter,
    Look,
    Query,
    Sort,
    SortKey,
    from_json,
    to_json,
)
from dealboard.domain.stages import StageKind
from dealboard.errors import InvalidValue


def test_the_empty_filter_is_not_active() -> None:
    assert not DealFilter().active


@pytest.mark.parametrize(
    "deals",
    [
        DealFilter(name="acme"),
        DealFilter(pipelines=frozenset({1})),
        DealFilter(stages=frozenset({1})),
        DealFilter(owners=frozenset({1})),
        DealFilter(kinds=frozenset({StageKind.OPEN})),
        DealFilter(created=Days(date(2026, 1, 1))),
        DealFilter(close=Days(last=date(2026, 1, 1))),
        DealFilter(no_close_date=True),
        DealFilter(overdue=True),
    ],
)
def test_whatever_narrows_the_deals_is_active(deals: DealFilter) -> None:
    assert deals.active


def test_deals_stand_in_manual_order_until_another_is_asked_for() -> None:
    assert Sort() == Sort(SortKey.MANUAL, descending=False)


ids = st.frozensets(st.integers(1, 2**63 - 1))
days = st.none() | st.builds(
    Days, st.none() | st.dates(), st.none() | st.dates(), st.sampled_from(["", "this week"])
)
looks: tuple[Look, ...] = ("board", "table")
queries = st.builds(
    Query,
    st.builds(
        DealFilter,
        name=st.text(),
        pipelines=ids,
        stages=ids,
        owners=ids,
        kinds=st.frozensets(st.sampled_from(StageKind)),
        created=days,
        close=days,
        no_close_date=st.booleans(),
        overdue=st.booleans(),
    ),
    st.builds(Sort, st.sampled_from(SortKey), st.booleans()),
    st.sampled_from(looks),
    st.lists(st.text()).map(tuple),
)


@given(queries)
def test_a_kept_query_means_what_it_meant(query: Query) -> None:
    assert from_json(to_json(query)) == query


def test_what_a_later_version_added_to_a_query_is_passed_over() -> None:
    kept = '{"name": "acme", "mood": "sunny", "created": {"first": "2026-01-01", "hour": 3}}'
    assert from_json(kept) == Query(DealFilter("acme", created=Days(date(2026, 1, 1))))


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        "nothing",
        "[" * 100_000,
        '{"name": null}',
        '{"pipelines": ["Sales"]}',
        '{"stages": [true]}',
        '{"owners": 3}',
        '{"kinds": ["sold"]}',
        '{"created": 3}',
        '{"close": {"first": "2026-13-01"}}',
        '{"close": {"last": 4}}',
        '{"overdue": 1}',
        '{"sort": "size"}',
        '{"look": "map"}',
        '{"columns": "title"}',
    ],
)
def test_a_query_that_cannot_be_is_refused(kept: str) -> None:
    with pytest.raises(InvalidValue):
        from_json(kept)
