"""What the deals of pipelines amount to, stage by stage (guide, Pipeline statistics).

Pure: what was counted comes in, sums, averages and shares come out. Currencies are never added;
open and closed deals are different things and have totals of their own.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dealboard.domain.money import exponent
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Pipeline, Stage, Subtotal

WIN_DAYS = 90
"""Days, today included, whose closed deals the win rate counts."""


class StageFigures(NamedTuple):
    """What the deals of a stage amount to.

    `age` and `stay` are the days, summed over the open deals, since they were created and since
    they came to the stage. `recent` are the closed deals of the last `WIN_DAYS`.
    """

    stage: Stage
    deals: int = 0
    totals: tuple[Subtotal, ...] = ()
    age: int = 0
    stay: int = 0
    rotting: int = 0
    recent: int = 0


class WinRate(NamedTuple):
    """How many deals were won and lost in the last `WIN_DAYS` (decisions, Win rate)."""

    won: int = 0
    lost: int = 0

    @property
    def rate(self) -> float | None:
        """The share of those won, None where none was closed."""
        closed = self.won + self.lost
        return self.won / closed if closed else None


class Line(NamedTuple):
    """A row of figures: of a stage, or of several together, where `stage` is None.

    `share` is that of the deals among those of its kind, open or closed; `age` and `stay` are
    averages, None where there is no open deal.
    """

    stage: Stage | None
    deals: int
    share: float
    totals: tuple[Subtotal, ...]
    age: float | None
    stay: float | None
    rotting: int


class PipelineFigures(NamedTuple):
    """A pipeline's stages, the open ones of them together, and its win rate."""

    pipeline: Pipeline
    lines: tuple[Line, ...]
    open: Line
    win: WinRate


class Figures(NamedTuple):
    """All pipelines that are looked at, and what is open and how much is won in them together."""

    pipelines: tuple[PipelineFigures, ...]
    open: Line
    win: WinRate


def figures(pipelines: Sequence[Pipeline], stages: Sequence[StageFigures]) -> Figures:
    """Return the figures of pipelines from those of their stages."""
    return Figures(
        tuple(
            _pipeline(each, [one for one in stages if one.stage.pipeline_id == each.id])
            for each in pipelines
        ),
        _together(stages),
        win_rate(stages),
    )


def _pipeline(pipeline: Pipeline, stages: Sequence[StageFigures]) -> PipelineFigures:
    lines = tuple(_line(each, stages) for each in stages)
    return PipelineFigures(pipeline, lines, _together(stages), win_rate(stages))


def win_rate(stages: Iterable[StageFigures]) -> WinRate:
    """Return the win rate of some stages: by their kinds, whatever their names and percentages."""
    recent = {StageKind.WON: 0, StageKind.LOST: 0, StageKind.OPEN: 0}
    for each in stages:
        recent[each.stage.kind] += each.recent
    return WinRate(recent[StageKind.WON], recent[StageKind.LOST])


def _line(one: StageFigures, stages: Sequence[StageFigures]) -> Line:
    is_open = one.stage.kind is StageKind.OPEN
    peers = sum(each.deals for each in stages if (each.stage.kind is StageKind.OPEN) is is_open)
    share = one.deals / peers if peers else 0.0
    average = _averages(one) if is_open else (None, None)
    return Line(one.stage, one.deals, share, one.totals, *average, one.rotting)


def _together(stages: Iterable[StageFigures]) -> Line:
    """Return what is open in some stages."""
    opened = [each for each in stages if each.stage.kind is StageKind.OPEN]
    if not opened:
        return Line(None, 0, 0.0, (), None, None, 0)
    whole = StageFigures(
        opened[0].stage,
        sum(each.deals for each in opened),
        add_up(subtotal for each in opened for subtotal in each.totals),
        sum(each.age for each in opened),
        sum(each.stay for each in opened),
        sum(each.rotting for each in opened),
    )
    share = 1.0 if whole.deals else 0.0
    return Line(None, whole.deals, share, whole.totals, *_averages(whole), whole.rotting)


def _averages(one: StageFigures) -> tuple[float | None, float | None]:
    if not one.deals:
        return None, None
    return one.age / one.deals, one.stay / one.deals


def add_up(totals: Iterable[Subtotal]) -> tuple[Subtotal, ...]:
    """Return money per currency, the largest first in units of its own currency."""
    money: dict[str, Subtotal] = {}
    for code, amount, weighted in totals:
        known = money.get(code, Subtotal(code, 0, 0))
        money[code] = Subtotal(code, known.amount + amount, known.weighted + weighted)

    def size(subtotal: Subtotal) -> tuple[float, str]:
        return -subtotal.amount / 10 ** exponent(subtotal.currency), subtotal.currency

    return tuple(sorted(money.values(), key=size))
