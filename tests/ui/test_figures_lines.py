"""What the figures show at a width, as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.stages import StageKind
from dealboard.domain.statistics import Figures, StageFigures, figures
from dealboard.domain.views import Pipeline, Stage, Subtotal
from dealboard.widgets.figures_lines import bar, figures_blocks
from dealboard.widgets.lines import plain, width_of

SALES, PARTNERS = Pipeline(1, "p1", "Sales", 1), Pipeline(2, "p2", "Partners", 2)


def stage(name: str, kind: StageKind = StageKind.OPEN) -> Stage:
    return Stage(1, "s", 1, name, kind, 50, 1, None)


def some(name: str = "Lead") -> Figures:
    lead = (Subtotal("EUR", 120_000, 60_000), Subtotal("USD", 500, 250))
    return figures(
        [SALES],
        [
            StageFigures(stage(name), 3, lead, age=30, stay=4, rotting=2),
            StageFigures(stage("Offer"), 1, age=10, stay=1),
            StageFigures(stage("Gewonnen", StageKind.WON), 2, recent=2),
            StageFigures(stage("Lost", StageKind.LOST), 1, recent=1),
        ],
    )


def lines(found: Figures, width: int = 100) -> list[str]:
    blocks = figures_blocks(found, width, "en_US")
    return [plain(line).rstrip() for block in blocks for line in block.lines]


def test_a_stage_tells_what_its_deals_amount_to_per_currency() -> None:
    heads, lead, dollars, *_ = (line.split() for line in lines(some())[1:])
    assert heads == ["Stage", "Deals", "Value", "Weighted", "Age", "Here", "Rot"]
    assert [each for each in lead if "█" not in each] == (
        ["Lead", "75%", "3", "€1,200", "€600", "10d", "1d", "2"]
    )
    assert dollars == ["$5", "$2.50"]


def test_open_stages_are_summed_up_before_the_closed_ones() -> None:
    names = [line.split("  ")[0] for line in lines(some()) if line[:1].strip()]
    assert names[2:] == ["Lead", "Offer", "All open", "✓ Gewonnen", "✗ Lost", names[-1]]
    assert names[-1] == "Win rate 67% · 2 won, 1 lost in the last 90 days"


def test_nothing_won_and_nothing_lost_is_no_rate() -> None:
    nothing = figures([SALES], [StageFigures(stage("Lead"))])
    assert lines(nothing)[-1] == "Win rate – · 0 won, 0 lost in the last 90 days"
    assert lines(figures([], ())) == []


def test_several_pipelines_are_summed_up() -> None:
    both = figures([SALES, PARTNERS], [StageFigures(stage("Lead"), 3)])
    shown = "\n".join(lines(both))
    assert shown.index("Sales ─") < shown.index("Partners ─") < shown.index("All pipelines ─")


@pytest.mark.parametrize("width", [44, 60, 76, 108])
def test_a_bar_is_as_long_as_its_share_and_leaves_where_there_is_no_room(width: int) -> None:
    lead, offer = (line.count("█") for line in lines(some(), width) if line[:3] in {"Lea", "Off"})
    assert (lead > offer) is (lead > 0)
    assert (lead > 0) is (width >= 60)


@given(st.text(min_size=1), st.integers(56, 200))
def test_any_name_stays_in_its_line(name: str, width: int) -> None:
    for block in figures_blocks(some(name), width, "en_US"):
        for line in block.lines:
            assert "\x1b" not in plain(line)
            assert width_of(line) <= width


@given(st.floats(0, 1), st.integers(1, 60))
def test_a_bar_fits(share: float, width: int) -> None:
    drawn = bar(share, width)
    assert len(drawn) <= width
    assert bool(drawn) is (share > 0)


def test_a_bar_has_eighths() -> None:
    assert (bar(1, 4), bar(0.5, 3), bar(0.001, 4), bar(0, 4)) == ("████", "█▌", "▏", "")
