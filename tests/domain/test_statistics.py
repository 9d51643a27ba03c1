"""What figures make of what was counted: sums, averages, shares, the win rate."""

from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.stages import StageKind
from dealboard.domain.statistics import (
    Figures,
    StageFigures,
    WinRate,
    add_up,
    figures,
    win_rate,
)
from dealboard.domain.views import Pipeline, Stage, Subtotal

SALES, PARTNERS = Pipeline(1, "p1", "Sales", 1), Pipeline(2, "p2", "Partners", 2)


def stage(number: int, kind: StageKind = StageKind.OPEN, pipeline: int = 1) -> Stage:
    return Stage(number, f"s{number}", pipeline, f"Stage {number}", kind, 50, number, None)


LEAD = StageFigures(stage(1), 3, (Subtotal("EUR", 300, 30),), age=30, stay=6, rotting=1)
OFFER = StageFigures(
    stage(2), 1, (Subtotal("JPY", 900, 450), Subtotal("EUR", 100, 50)), age=10, stay=2
)
WON = StageFigures(stage(3, StageKind.WON), 9, (Subtotal("EUR", 900, 900),), recent=3)
LOST = StageFigures(stage(4, StageKind.LOST), 1, recent=1)
ALL = (LEAD, OFFER, WON, LOST)


def shown(*stages: StageFigures) -> Figures:
    return figures([SALES], stages)


def test_open_deals_are_averaged_and_closed_ones_are_not() -> None:
    (sales,) = shown(*ALL).pipelines
    assert [(line.age, line.stay) for line in sales.lines] == [
        (10.0, 2.0),
        (10.0, 2.0),
        (None, None),
        (None, None),
    ]
    assert (sales.open.age, sales.open.stay, sales.open.rotting) == (10.0, 2.0, 1)


def test_shares_are_among_deals_of_the_same_kind() -> None:
    (sales,) = shown(*ALL).pipelines
    assert [line.share for line in sales.lines] == [0.75, 0.25, 0.9, 0.1]


def test_currencies_are_never_added_and_the_largest_comes_first() -> None:
    (sales,) = shown(*ALL).pipelines
    assert sales.open.totals == (Subtotal("JPY", 900, 450), Subtotal("EUR", 400, 80))
    assert sales.open.deals == 4


def test_win_rate_counts_by_kind_what_was_closed_lately() -> None:
    assert win_rate(ALL) == WinRate(3, 1)
    assert WinRate(3, 1).rate == 0.75
    assert WinRate().rate is None


def test_pipelines_have_their_own_stages_and_are_summed_up() -> None:
    elsewhere = StageFigures(stage(5, pipeline=2), 2, age=4, stay=4)
    found = figures([SALES, PARTNERS], (*ALL, elsewhere))
    assert [len(each.lines) for each in found.pipelines] == [4, 1]
    assert (found.open.deals, found.open.age) == (6, 44 / 6)


def test_nothing_has_no_average_and_no_share() -> None:
    (sales,) = shown(StageFigures(stage(1)), StageFigures(stage(3, StageKind.WON))).pipelines
    assert all(line.share == 0 for line in sales.lines)
    assert (sales.open.deals, sales.open.age, sales.win.rate) == (0, None, None)
    assert figures([], ()).open.totals == ()


@given(st.lists(st.tuples(st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(0), st.integers(0))))
def test_no_money_is_lost_or_made(parts: list[tuple[str, int, int]]) -> None:
    added = {each.currency: each for each in add_up(map(Subtotal._make, parts))}
    assert set(added) == {code for code, *_ in parts}
    for code, total in added.items():
        assert total.amount == sum(amount for other, amount, _ in parts if other == code)
        assert total.weighted == sum(weighted for other, _, weighted in parts if other == code)
