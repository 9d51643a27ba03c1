"""Probability, weighted value, typed stages, and what closing does to a deal."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.stages import (
    FIXED_PROBABILITY,
    Closing,
    NewStage,
    StageKind,
    default_probability,
    enter,
    parse_probability,
    parse_stages,
    spread,
    weighted,
)
from dealboard.errors import InvalidValue

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


# ── typed ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "percent"), [("50", 50), ("50%", 50), (" 50 % ", 50), ("0", 0), ("100", 100)]
)
def test_a_probability_is_a_whole_percentage(text: str, percent: int) -> None:
    assert parse_probability(text) == percent


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", "from 0 to 100"),
        ("101", "from 0 to 100"),
        ("9" * 5000, "from 0 to 100"),
        ("50.5", "only whole numbers"),
        ("50,0", "only whole numbers"),
        ("half", "not a percentage"),
        ("", "not a percentage"),
        ("٥٠", "not a percentage"),
    ],
)
def test_an_impossible_probability_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason) as caught:
        parse_probability(text)
    assert caught.value.field == "probability"


@given(st.text(st.characters(codec=None)))
def test_any_text_is_a_probability_or_a_refusal(text: str) -> None:
    try:
        assert 0 <= parse_probability(text) <= 100
    except InvalidValue:
        return


def test_stages_are_listed_with_their_probabilities() -> None:
    assert parse_stages("Lead:10, Q1: Demo : 30 %,Offer") == (
        NewStage("Lead", 10),
        NewStage("Q1: Demo", 30),
        NewStage("Offer"),
    )
    assert parse_stages("  ") == ()


@pytest.mark.parametrize(
    ("text", "field"),
    [("Lead:10,,Offer", "stage"), (":10", "stage"), ("Lead:x", "probability"), (",", "stage")],
)
def test_a_bad_list_of_stages_is_refused_by_field(text: str, field: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_stages(text)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given_", "filled"),
    [
        ((), ()),
        ((None,), (10,)),
        ((None, None, None), (10, 40, 70)),
        ((20, None, 60), (20, 40, 60)),
        ((20, None, None), (20, 46, 73)),
        ((100, None), (100, 99)),
        ((5, 50), (5, 50)),
    ],
)
def test_missing_probabilities_are_spread_evenly(
    given_: tuple[int | None, ...], filled: tuple[int, ...]
) -> None:
    assert spread(given_) == filled


def test_an_impossible_probability_is_never_spread() -> None:
    with pytest.raises(InvalidValue):
        spread((101, None))


@given(st.lists(st.none() | percents, max_size=12))
def test_spreading_keeps_what_is_given_and_fills_only_open_chances(
    probabilities: list[int | None],
) -> None:
    filled = spread(probabilities)
    assert len(filled) == len(probabilities)
    for asked, got in zip(probabilities, filled, strict=True):
        assert got == asked if asked is not None else 0 <= got < 100


# ── closing ───────────────────────────────────────────────────────────────────────────────────

OPEN, WON, LOST = StageKind.OPEN, StageKind.WON, StageKind.LOST
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 30, 9, tzinfo=UTC)
DUE = date(2026, 12, 31)


@pytest.mark.parametrize("kind", [WON, LOST])
def test_closing_fills_an_empty_close_date_and_reopening_takes_it_back(kind: StageKind) -> None:
    closed = enter(Closing(), OPEN, kind, NOW, NOW.date())
    assert closed == Closing(NOW, NOW.date(), auto=True)
    assert enter(closed, kind, OPEN, LATER, LATER.date()) == Closing()


@pytest.mark.parametrize("kind", [WON, LOST])
def test_a_close_date_that_somebody_set_survives_closing_and_reopening(kind: StageKind) -> None:
    closed = enter(Closing(close_date=DUE), OPEN, kind, NOW, NOW.date())
    assert closed == Closing(NOW, DUE)
    assert enter(closed, kind, OPEN, LATER, LATER.date()) == Closing(close_date=DUE)


def test_from_won_to_lost_only_the_end_moves() -> None:
    won = enter(Closing(), OPEN, WON, NOW, NOW.date())
    assert enter(won, WON, LOST, LATER, LATER.date()) == Closing(LATER, NOW.date(), auto=True)


@pytest.mark.parametrize("kind", [OPEN, WON, LOST])
def test_between_stages_of_one_kind_nothing_changes(kind: StageKind) -> None:
    closing = Closing(NOW, DUE)
    assert enter(closing, kind, kind, LATER, LATER.date()) == closing
