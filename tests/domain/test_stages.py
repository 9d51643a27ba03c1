"""Probability and weighted value."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.stages import FIXED_PROBABILITY, StageKind, default_probability, weighted

percents = st.integers(0, 100)
amounts = st.integers(0, 10**17)


@given(amounts, percents)
def test_weighted_is_the_exact_share_rounded_half_up(amount: int, probability: int) -> None:
    share = Decimal(amount) * probability / 100
    assert weighted(amount, probability) == share.quantize(Decimal(1), ROUND_HALF_UP)


@given(amounts)
def test_a_won_deal_weighs_its_amount_and_a_lost_one_nothing(amount: int) -> None:
    assert weighted(amount, FIXED_PROBABILITY[StageKind.WON]) == amount
    assert weighted(amount, FIXED_PROBABILITY[StageKind.LOST]) == 0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(None, None, 10), (10, 30, 20), (10, 31, 20), (50, None, 75), (None, 30, 15), (100, None, 99)],
)
def test_a_new_stage_starts_between_its_neighbours(
    before: int | None, after: int | None, expected: int
) -> None:
    assert default_probability(before, after) == expected


@given(st.none() | percents, st.none() | percents)
def test_a_new_stage_never_starts_certain(before: int | None, after: int | None) -> None:
    assert 0 <= default_probability(before, after) < 100
