"""A table as it is shown: told its rows, it draws those in view and asks for what it lacks.

It is told the order of all rows as ids and holds the rows around the view; those it lacks it asks
for by `RowsWanted`, and draws blank until they come. No I/O, nothing awaited: what is told repaints
the lines that differ and is over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from dealboard.widgets.grid_lines import Cell, Column, SortMark
from dealboard.widgets.grid_state import GridState
from dealboard.widgets.grid_strips import GUTTER, Strips
from dealboard.widgets.slices import in_slices, later
from dealboard.widgets.span_styles import SpanStyles

HEADER_HEIGHT = 1

PAGES_HELD = 3
"""Pages either side of the view whose rows stay held."""


@dataclass
class FromGrid(Message):
    """What a grid has to say; `@on(Grid.Opened, "#deals")` hears one grid only."""

    grid: "GridView"

    @property
    def control(self) -> "GridView":
        """The grid that says so."""
        return self.grid


class GridView(Widget):
    """Rows of cells under a header, a cursor and a selection among them."""

    ALLOW_SELECT = False
    BLANK = True

    sort_mark: var[SortMark | None] = var(None, init=False)
    """The key of the column that the rows are sorted by, and whether descending."""

    empty: var[str] = var("", init=False)
    """What is said where there are no rows; it may have several lines."""

    @dataclass
    class RowsWanted(FromGrid, namespace="grid"):
        """Rows are about to be shown that are not held; a newer request replaces an older."""

        ids: tuple[int, ...]
        generation: int

        def can_replace(self, message: Message) -> bool:
            """Let a newer request take this one's place in the queue."""
            return isinstance(message, GridView.RowsWanted) and message.grid is self.grid

    @dataclass
    class CursorMoved(FromGrid, namespace="grid"):
        """The cursor is on another row, or on none; `index` counts from 0."""

        row_id: int | None
        index: int

    @dataclass
    class SelectionChanged(FromGrid, namespace="grid"):
        """Other rows are selected; which ones, `Grid.selected` tells."""

        count: int

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(GridView.empty, empty)
        self._style = SpanStyles(self, "grid")
        self._state = GridState()
        self._strips = Strips(self._state, self._style)
        self._lines: list[Strip] = []
        self._drawn: tuple[Size, int] | None = None
        self._prepared = -1
        self._ahead = 0

    # ── told by the screen ────────────────────────────────────────────────────────────────────

    def show(
        self,
        columns: Sequence[Column],
        ids: Sequence[int],
        *,
        cursor: int | None = None,
        whole: bool = True,
    ) -> None:
        """Show rows in an order, all of them: a tuple or an array that nobody changes afterwards.

        The cursor goes to the row `cursor`, or stays on its own, on the same line of the screen; if
        that is gone, it keeps its place. Rows that are held go on being shown; `invalidate` tells
        that they say something else now. Rows that are left out are no longer selected, unless this
        is not the `whole` order but how it begins, to be shown until the whole is known.
        """
        some = len(self._state.rows) > 0
        with self._telling():
            self._state.show(columns, ids, cursor, whole=whole)
        if some != (len(ids) > 0):
            self.refresh_bindings()

    def put_rows(self, rows: Mapping[int, Sequence[Cell]], generation: int | None = None) -> None:
        """Hand over what rows say, a cell for each column, by id.

        `generation` is that of the `RowsWanted` which they answer; without it they are taken as the
        newest there are.
        """
        state = self._state
        new = state.rows.put(rows, generation)
        state.rows.forget(state.around(PAGES_HELD))
        state.columns.widen(new)
        self._prepared = -1
        in_slices(self, self._paint_many())

    def invalidate(self) -> None:
        """Ask for the rows anew; those held are shown until they come."""
        self._state.rows.invalidate()
        self._paint()

    def focus_row(self, row_id: int) -> None:
        """Put the cursor on a row, if it is there."""
        row = self._state.rows.row_of(row_id, self._state.row)
        if row is not None:
            with self._telling():
                self._state.go(row)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in order."""
        return self._state.columns.columns

    @property
    def ids(self) -> Sequence[int]:
        """All rows, in order."""
        return self._state.rows.ids

    @property
    def cursor_id(self) -> int | None:
        """The row under the cursor, None where there are no rows."""
        return self._state.row_id

    @property
    def cursor_index(self) -> int:
        """The place of the cursor's row, from 0."""
        return self._state.row

    @property
    def column_key(self) -> str | None:
        """The column that the cursor is in."""
        return self._state.columns.key

    # ── the selection ─────────────────────────────────────────────────────────────────────────

    @property
    def selected(self) -> frozenset[int]:
        """The selected rows; to write out 100,000 takes some milliseconds."""
        return self._state.selection.ids()

    @property
    def selected_count(self) -> int:
        """How many rows are selected."""
        return len(self._state.selection)

    @property
    def ranging(self) -> bool:
        """Whether moving the cursor selects."""
        return self._state.selection.held

    def select(self, ids: Iterable[int], *, replace: bool = True) -> None:
        """Select rows that are shown: only these, or these too."""
        selection = self._state.selection
        with self._telling():
            (selection.replace if replace else selection.add)(ids)

    def select_all(self) -> None:
        """Select every row."""
        with self._telling():
            self._state.selection.add_all()

    def clear_selection(self) -> None:
        """Select nothing."""
        with self._telling():
            self._state.selection.clear()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Paint what the block does to the table, and tell what came of it."""
        state = self._state
        edition, row_id = state.selection.edition, state.row_id
        count = len(state.selection)
        yield
        if state.selection.edition == edition:
            self._paint()
        else:
            in_slices(self, self._paint_many())
        if state.row_id != row_id:
            self._tell(self.CursorMoved(self, state.row_id, state.row))
        if state.selection.edition != edition and (now := len(state.selection)) | count:
            self._tell(self.SelectionChanged(self, now))

    def _tell(self, message: Message) -> None:
        # A message bubbles no further than its sender, which would be whoever called this grid.
        self.post_message(message.set_sender(self))

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    def watch_sort_mark(self) -> None:
        """Draw the arrow elsewhere."""
        self._paint()

    def watch_empty(self) -> None:
        """Say something else where there are no rows."""
        self._paint()

    def notify_style_update(self) -> None:
        """Take on the styles of a new theme."""
        super().notify_style_update()
        self._style.doubt()

    def on_mount(self) -> None:
        """Ask for the rows that could not be asked for before."""
        self._paint()

    def on_resize(self) -> None:
        """Fit the columns, and ask for the rows that come into view."""
        self._fit()
        self._paint()

    def _fit(self) -> None:
        width, height = self.size
        self._state.resize(max(0, width - GUTTER), max(1, height - HEADER_HEIGHT))

    def _ask(self) -> None:
        """Ask for the view and two pages either side when half a page beyond it is missing."""
        state = self._state
        if self.size.height and (ids := state.rows.lacking(state.around(0.5), state.around(2))):
            self._tell(self.RowsWanted(self, ids, state.rows.generation))

    def _paint(self) -> None:
        """Ask for missing rows, bring the kept lines up to date, repaint those that differ."""
        if not self.is_mounted:
            return
        self._ask()
        if self._drawn != (self.size, self._style.version):
            self.refresh()
            return
        before, self._lines = self._lines, self._draw()
        changed = [y for y, line in enumerate(self._lines) if line is not before[y]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))
        if self._prepared != self._state.first:
            self._prepared = self._state.first
            self.call_after_refresh(later, self, self._prepare())

    def _paint_many(self) -> Iterator[object]:
        """Draw the rows in view, of which many may look different, and then show them together."""
        thumb = self._state.thumb()
        for line, row in enumerate(self._state.around(0) if self._drawn else ()):
            yield row < len(self._state.rows) and self._strips.row(row, thumb=line in thumb)
        self._paint()

    def _draw(self) -> list[Strip]:
        body = max(0, self.size.height - HEADER_HEIGHT)
        return self._strips.draw(body, self.sort_mark, self.empty)

    def _prepare(self) -> Iterator[object]:
        """Draw the rows a page either side, one a step: scrolling there finds them drawn."""
        self._ahead += 1
        ahead = self._ahead
        for row in self._state.around(1):
            if self._ahead != ahead or row >= len(self._state.rows):
                return
            yield self._strips.row(row)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the kept lines; the compositor asks for all of them at every update."""
        drawn = (self.size, self._style.version)
        if self._drawn != drawn:
            self._drawn = drawn
            self._fit()
            self._lines = self._draw()
        lines = self._lines[crop.y : crop.bottom]
        if crop.x or crop.width < self.size.width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """Return one of the kept lines."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]
