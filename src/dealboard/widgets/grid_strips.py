"""The finished lines of a table, drawn anew only where they say or look something else."""

from collections.abc import Callable

from rich.segment import Segment
from textual.strip import Strip

from dealboard.widgets.grid_lines import Flags, SortMark, empty_lines, header_line, row_line
from dealboard.widgets.grid_state import GridState
from dealboard.widgets.lines import Line, blank
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.strips import strip

GUTTER = 2
"""Cells at the right: one that keeps figures apart from the scroll bar, and the bar itself."""

MAX_KEPT = 600
"""Lines that are kept before they are drawn anew: about 3 kB each."""


class Strips:
    """Lines of a table, kept by what they show."""

    def __init__(self, state: GridState, style: SpanStyles) -> None:
        self._state = state
        self._style = style
        self._drawn: object = None
        self._kept: dict[object, tuple[object, Strip]] = {}

    def draw(self, body: int, sort: SortMark | None, empty: str) -> list[Strip]:
        """Return the header and so many lines below it."""
        self._renew()
        state = self._state
        lines = [self._header(sort)]
        if not len(state.rows):
            lines += (self._body(line) for line in empty_lines(empty, self._width, body))
        thumb = state.thumb()
        nothing = blank(self._width, "text")
        for line in range(len(lines) - 1, body):
            row = state.first + line
            if row < len(state.rows):
                lines.append(self.row(row, thumb=line in thumb))
            else:
                lines.append(self._body(nothing))
        return lines

    def row(self, row: int, *, thumb: bool = False) -> Strip:
        """Return the line of a row, with the scroll bar's thumb beside it or not."""
        self._renew()
        state = self._state
        cells = state.rows.at(row)
        cursor = row == state.row
        flags = Flags(cursor, row in state.selection, state.columns.here if cursor else None)

        def draw() -> Strip:
            line = row_line(cells, state.columns.columns, state.columns.layout, flags)
            ground = "cursor" if cursor else "selected" if flags.selected else "body"
            return self._strip(line, ground, ("┃", "thumb") if thumb else (" ", "text"))

        return self._keep((state.rows.ids[row] if cells else None, flags, thumb), cells, draw)

    @property
    def _width(self) -> int:
        return self._state.columns.layout.width

    def _renew(self) -> None:
        """Forget all lines when the columns or the styles are others."""
        drawn = (self._state.columns.layout, self._style.version)
        if drawn != self._drawn:
            self._drawn, self._kept = drawn, {}

    def _header(self, sort: SortMark | None) -> Strip:
        columns, mark = self._state.columns, self._mark()

        def draw() -> Strip:
            line = header_line(columns.columns, columns.layout, sort, columns.here, mark)
            return self._strip(line, "head", ("›" if columns.layout.more else " ", "head-text"))

        return self._keep(("head", sort, columns.here, mark), columns.columns, draw)

    def _mark(self) -> str:
        """Return what stands above the rows' marks: a range is drawn, all are selected, or some."""
        if self._state.selection.held:
            return "v"
        count = len(self._state.selection)
        return " " if not count else "✓" if count == len(self._state.rows) else "–"

    def _body(self, line: Line) -> Strip:
        return self._keep(line, None, lambda: self._strip(line, "body", (" ", "text")))

    def _keep(self, key: object, value: object, draw: Callable[[], Strip]) -> Strip:
        """Return the line kept of a key, drawn anew if `value` is not what it was drawn of."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != value:
            if len(self._kept) > MAX_KEPT:
                self._kept = {}
            self._kept[key] = kept = (value, draw())
        return kept[1]

    def _strip(self, line: Line, ground: str, gutter: tuple[str, str]) -> Strip:
        segments = [Segment(text, self._style(ground, *style.split())) for text, style in line]
        at = "head" if ground == "head" else "body"
        segments.append(Segment(" ", self._style(ground, "head-text" if at == "head" else "text")))
        segments.append(Segment(gutter[0], self._style(at, gutter[1])))
        return strip(segments, self._width + GUTTER)
