"""Filters and sort orders are plain values."""

from datetime import date

import pytest

from dealboard.domain.filters import Days, DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind


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
