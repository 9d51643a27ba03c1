"""What the figures of pipelines show: a line for each stage and currency, shares as bars.

Pure: no Textual here. Styles are those of `LineList`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.domain.money import NOTHING, format_amount, format_compact
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.statistics import WIN_DAYS, Figures, PipelineFigures, WinRate
from dealboard.domain.statistics import Line as Row
from dealboard.domain.views import Subtotal
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, blank, cut, literal

GAP = 2
"""Cells between columns."""

NAME = (8, 24)
"""The least and the most cells of a stage's name."""

MONEY = (7, 18)
"""The least and the most cells of a value."""

BAR = (4, 40)
"""The least and the most cells of a bar; where there is no room for the least there is none."""

EIGHTHS = " ▏▎▍▌▋▊▉"

TOGETHER = "All open"


class _Cells(NamedTuple):
    """A line, column by column; the bar is a number of eighths still."""

    name: str
    bar: float
    share: str
    deals: str
    value: str
    weighted: str
    age: str
    stay: str
    rotting: str
    style: str = "text"


HEADS = _Cells("Stage", 0, "", "Deals", "Value", "Weighted", "Age", "Here", "Rot", "muted")
"""The titles; "Here" is how long deals have been in their stage."""


def figures_blocks(figures: Figures, width: int, locale: str) -> list[Block]:
    """Return the figures of each pipeline, and of several those of all together."""
    every = [_rows(each, locale) for each in figures.pipelines]
    several = len(figures.pipelines) > 1
    if several:
        every.append(list(_written(figures.open, 0, locale)))
    widths = _widths([HEADS, *(cells for rows in every for cells in rows)], width)
    lines: list[Line] = []
    for one, rows in zip(figures.pipelines, every, strict=False):
        lines += [rule(literal(one.pipeline.name), width), _line(HEADS, widths)]
        lines += [_line(cells, widths) for cells in rows]
        lines += [_win_line(one.win), EMPTY]
    if several:
        lines += [rule("All pipelines", width), *(_line(cells, widths) for cells in every[-1])]
        lines += [_win_line(figures.win), EMPTY]
    return [Block(at, (line,), stops=False) for at, line in enumerate(lines[:-1])]


def _rows(one: PipelineFigures, locale: str) -> list[_Cells]:
    """Return the lines of a pipeline: its open stages, these together, Won and Lost."""
    opened = [row for row in one.lines if row.stage and row.stage.kind is StageKind.OPEN]
    closed = [row for row in one.lines if row not in opened]
    written: list[_Cells] = []
    for rows in (opened, [one.open], closed):
        most = max((row.share for row in rows if row.stage), default=0.0)
        for row in rows:
            written += _written(row, row.share / most if most else 0.0, locale)
    return written


def _written(row: Row, bar: float, locale: str) -> Iterator[_Cells]:
    """Yield a row, and a line of its own for each further currency."""
    stage, totals = row.stage, row.totals or (None,)
    kind = stage.kind if stage else StageKind.OPEN
    style = {StageKind.OPEN: "text", StageKind.WON: "won", StageKind.LOST: "lost"}[kind]
    name = f"{MARK[stage.kind]} {literal(stage.name)}".lstrip() if stage else TOGETHER
    is_open = kind is StageKind.OPEN
    yield _Cells(
        name,
        bar,
        _percent(row.share) if stage else "",
        f"{row.deals:,}",
        *_money(totals[0], locale, is_open=is_open),
        _days(row.age),
        _days(row.stay),
        (f"{row.rotting:,}" if row.rotting else NOTHING) if is_open else "",
        style if stage else "title",
    )
    for subtotal in totals[1:]:
        value = _money(subtotal, locale, is_open=is_open)
        yield _Cells("", 0, "", "", *value, "", "", "", "text" if stage else "title")


def _money(total: Subtotal | None, locale: str, *, is_open: bool) -> tuple[str, str]:
    """Return value and weighted value; of closed deals the latter says nothing new."""
    if total is None:
        return NOTHING, NOTHING if is_open else ""
    code, amount, weighted = total
    return _fitting(amount, code, locale), _fitting(weighted, code, locale) if is_open else ""


def _fitting(amount: int, code: str, locale: str) -> str:
    full = format_amount(amount, code, locale)
    return full if cell_len(full) <= MONEY[1] else format_compact(amount, code, locale)


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _days(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}d"


def _win_line(win: WinRate) -> Line:
    rate = NOTHING if win.rate is None else _percent(win.rate)
    told = f"{win.won:,} won, {win.lost:,} lost in the last {WIN_DAYS} days"
    return (("Win rate ", "text"), (rate, "title"), (f" · {told}", "muted"))


# ── columns ───────────────────────────────────────────────────────────────────────────────────


class _Widths(NamedTuple):
    """The cells of each column, in the order of `_Cells`."""

    name: int
    bar: int
    share: int
    deals: int
    value: int
    weighted: int
    age: int
    stay: int
    rotting: int


def _widths(rows: Sequence[_Cells], width: int) -> _Widths:
    """Give each column what it needs; names make room first, then there are no bars, then money."""
    name = max(NAME[0], min(NAME[1], _widest(each.name for each in rows)))
    fixed = [
        _widest(getattr(each, column) for each in rows)
        for column in ("share", "deals", "value", "weighted", "age", "stay", "rotting")
    ]
    rest = width - name - sum(fixed) - GAP * len(fixed)
    if rest - GAP < BAR[0]:
        name = max(NAME[0], name - (BAR[0] + GAP - rest))
        rest = width - name - sum(fixed) - GAP * len(fixed)
    bar = min(BAR[1], rest - GAP) if rest - GAP >= BAR[0] else 0
    if rest < 0:
        fixed[2] = max(MONEY[0], fixed[2] + rest // 2)
        fixed[3] = max(MONEY[0], fixed[3] + rest // 2)
    return _Widths(name, bar, *fixed)


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _line(cells: _Cells, widths: _Widths) -> Line:
    spans: list[Span] = [*_column(cells.name, cells.style, widths.name)]
    if widths.bar:
        colour = cells.style if cells.style in {"won", "lost"} else "thumb"
        spans += [(" " * GAP, "text"), *_column(bar(cells.bar, widths.bar), colour, widths.bar)]
    plain = "muted" if cells.style == "muted" else "text"
    bold = "title" if cells.style == "title" else plain
    for text, style, width in (
        (cells.share, "muted", widths.share),
        (cells.deals, bold, widths.deals),
        (cells.value, bold, widths.value),
        (cells.weighted, "muted", widths.weighted),
        (cells.age, plain, widths.age),
        (cells.stay, plain, widths.stay),
        (cells.rotting, _alarming(cells.rotting, plain), widths.rotting),
    ):
        spans += [(" " * GAP, "text"), *_column(text, style, width, right=True)]
    return tuple(spans)


def _alarming(rotting: str, plain: str) -> str:
    return "overdue" if rotting[:1].isdecimal() else "muted" if rotting == NOTHING else plain


def _column(text: str, style: str, width: int, *, right: bool = False) -> list[Span]:
    short = cut(text, width)
    space = list(blank(width - cell_len(short), "text"))
    return [*space, (short, style)] if right else [(short, style), *space]


def bar(share: float, width: int) -> str:
    """Return a share of a width in eighths of cells, at least one where it is not nothing."""
    eighths = round(share * width * 8)
    if share > 0:
        eighths = max(1, eighths)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + EIGHTHS[rest].strip()
