"""A table of any number of rows: one cursor, a selection, columns that fit, keys and the mouse.

It is told the order of all rows as ids and holds the rows around the view; those it lacks it asks
for by `RowsWanted`, and draws blank until they come. What a person wants done it posts upwards.
No I/O, nothing awaited: a key repaints the lines that differ and is over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from dealboard.widgets.grid_lines import MARGIN, Cell, Column, SortMark
from dealboard.widgets.grid_state import GridState
from dealboard.widgets.grid_strips import Strips
from dealboard.widgets.line import take_in_order
from dealboard.widgets.slices import in_slices, later
from dealboard.widgets.span_styles import SpanStyles

if TYPE_CHECKING:
    from textual.timer import Timer

__all__ = ["Cell", "Column", "Grid"]

HEADER_HEIGHT = 1
WHEEL_ROWS = 3
"""Rows that a notch of the wheel scrolls."""

PAGES_HELD = 3
"""Pages either side of the view whose rows stay held."""

SCROLL_SECONDS = 0.1
"""Between two steps of scrolling while a range is dragged beyond an edge."""


@dataclass
class FromGrid(Message):
    """What a grid has to say; `@on(Grid.Opened, "#deals")` hears one grid only."""

    grid: "Grid"

    @property
    def control(self) -> "Grid":
        """The grid that says so."""
        return self.grid


class Grid(Widget, can_focus=True):
    """Rows of cells under a header."""

    ALLOW_SELECT = False
    BLANK = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False, id="grid.up"),
        Binding("down,j", "step(1)", "Down", show=False, id="grid.down"),
        Binding("left,h", "column_by(-1)", "Column left", show=False, id="grid.left"),
        Binding("right,l", "column_by(1)", "Column right", show=False, id="grid.right"),
        Binding("g,home", "top", "First row", show=False, id="grid.top"),
        Binding("G,end", "bottom", "Last row", show=False, id="grid.bottom"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="grid.half_page_up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="grid.half_page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="grid.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="grid.page_down"),
        Binding(
            "space",
            "select_row",
            "Select",
            id="grid.select",
            tooltip="Select the row, or no longer, and go on to the next",
        ),
        Binding("v", "range", "Select a range", show=False, id="grid.range"),
        Binding("shift+up,K", "extend(-1)", "Select up", show=False, id="grid.extend_up"),
        Binding("shift+down,J", "extend(1)", "Select down", show=False, id="grid.extend_down"),
        Binding("escape", "let_go", "Clear selection", show=False, id="grid.clear"),
        Binding("enter", "open", "Open", id="grid.open", tooltip="Open the row"),
    ]

    DEFAULT_CSS = """
    Grid {
        height: 1fr;
        background: $background;
        & > .grid--head { background: $surface; }
        & > .grid--head-text { color: $text-muted; text-style: bold; }
        & > .grid--head-sorted { color: $text; text-style: bold; }
        & > .grid--head-here { color: $text-accent; text-style: bold underline; }
        & > .grid--body { background: $background; }
        & > .grid--cursor { background: $primary 30%; }
        & > .grid--selected { background: $accent 15%; }
        & > .grid--here { text-style: underline; }
        & > .grid--title { text-style: bold; }
        & > .grid--amount { color: $text; }
        & > .grid--muted { color: $text-muted; }
        & > .grid--overdue { color: $text-error; text-style: bold; }
        & > .grid--today { color: $text-warning; text-style: bold; }
        & > .grid--won { color: $text-success; }
        & > .grid--lost { color: $text-error; }
        & > .grid--marker { color: $accent; }
        & > .grid--mark { color: $text-accent; text-style: bold; }
        & > .grid--note { color: $text-muted; }
        & > .grid--thumb { color: $foreground 35%; }
        &:ansi {
            & > .grid--cursor { background: ansi_default; text-style: reverse; }
            & > .grid--selected { background: ansi_default; }
            & > .grid--muted, & > .grid--note, & > .grid--head-text { text-style: dim; }
        }
        &:nocolor > .grid--cursor { text-style: reverse; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"grid--{name}"
        for name in (
            *("head", "head-text", "head-sorted", "head-here", "body", "cursor", "selected"),
            *("text", "here", "title", "amount", "muted", "overdue", "today", "won", "lost"),
            *("marker", "mark", "note", "thumb"),
        )
    }
    """Grounds: head, body, cursor, selected. The others are styles of the spans in `grid_lines` and
    of cells, laid over a ground."""

    sort_mark: var[SortMark | None] = var(None, init=False)
    """The key of the column that the rows are sorted by, and whether descending."""

    empty: var[str] = var("", init=False)
    """What is said where there are no rows; it may have several lines."""

    @dataclass
    class RowsWanted(FromGrid):
        """Rows are about to be shown that are not held; a newer request replaces an older."""

        ids: tuple[int, ...]
        generation: int

        def can_replace(self, message: Message) -> bool:
            """Let a newer request take this one's place in the queue."""
            return isinstance(message, Grid.RowsWanted) and message.grid is self.grid

    @dataclass
    class CursorMoved(FromGrid):
        """The cursor is on another row, or on none; `index` counts from 0."""

        row_id: int | None
        index: int

    @dataclass
    class Opened(FromGrid):
        """A row is to be opened."""

        row_id: int

    @dataclass
    class HeaderClicked(FromGrid):
        """The title of a column that can be sorted by was clicked."""

        key: str

    @dataclass
    class SelectionChanged(FromGrid):
        """Other rows are selected; which ones, `Grid.selected` tells."""

        count: int

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.set_reactive(Grid.empty, empty)
        self._style = SpanStyles(self, "grid")
        self._state = GridState()
        self._strips = Strips(self._state, self._style)
        self._lines: list[Strip] = []
        self._drawn: tuple[Size, int] | None = None
        self._prepared = -1
        self._ahead = 0
        self._pressed: tuple[int, bool] | None = None
        self._edge = 0
        self._scrolling: Timer | None = None

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
        with self._telling():
            self._state.show(columns, ids, cursor, whole=whole)

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

    # ── keys ──────────────────────────────────────────────────────────────────────────────────

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed: after `/` they are a name."""
        await take_in_order(self, event)

    def action_step(self, by: int) -> None:
        """Move the cursor by rows."""
        with self._telling():
            self._state.walk(self._state.row + by)

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        with self._telling():
            self._state.walk(0)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        with self._telling():
            self._state.walk(len(self.ids) - 1)

    def action_page(self, pages: float) -> None:
        """Scroll by pages, and move the cursor as far."""
        with self._telling():
            self._state.page(pages)

    def action_column_by(self, by: int) -> None:
        """Move the cursor by columns, and scroll to where it is."""
        self._state.columns.point(self._state.columns.here + by)
        self._paint()

    def action_select_row(self) -> None:
        """Select the cursor's row or no longer, and go on; a range that is being drawn is kept."""
        with self._telling():
            self._state.toggle()

    def action_range(self) -> None:
        """Select all that the cursor passes from here on, or stop doing so."""
        with self._telling():
            self._state.hold_range()

    def action_extend(self, by: int) -> None:
        """Move the cursor, and select from where it was."""
        with self._telling():
            self._state.extend(self._state.row + by)

    def action_let_go(self) -> None:
        """Drop the range that is being drawn; if there is none, the whole selection."""
        self._release()
        with self._telling():
            self._state.let_go()

    def action_open(self) -> None:
        """Ask for the cursor's row to be opened."""
        if self.cursor_id is not None:
            self._tell(self.Opened(self, self.cursor_id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the screen where there is nothing to let go of."""
        return action != "let_go" or self._state.selection.ranging or self.selected_count > 0

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
        self._state.resize(max(0, self.size.width - 1), max(1, self.size.height - HEADER_HEIGHT))

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

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the button goes down, or select; a drag may begin here."""
        if event.button != 1:
            return
        state = self._state
        line = event.y - HEADER_HEIGHT
        row = state.first + line
        if line < 0:
            self._press_header(event.x)
        elif event.x >= state.columns.layout.width and state.thumb():
            state.view_at(line)
            self._paint()
        elif row < len(state.rows):
            with self._telling():
                self._press_row(row, event)

    def _press_row(self, row: int, event: events.MouseDown) -> None:
        state = self._state
        if event.shift:
            state.extend(row)
            return
        again = row == state.row
        if (column := state.columns.layout.at(event.x)) is not None:
            state.columns.here = column
        state.walk(row)
        if event.ctrl or event.x < MARGIN:
            state.selection.toggle(row)
        else:
            self._pressed = (row, again)

    def _press_header(self, x: int) -> None:
        columns = self._state.columns
        number = columns.layout.at(x)
        if x < MARGIN:
            (self.clear_selection if self.selected_count else self.select_all)()
        elif x >= columns.layout.width:
            self._scroll_columns(1)
        elif number is not None:
            columns.here = number
            self._paint()
            if self.columns[number].sort:
                self._tell(self.HeaderClicked(self, self.columns[number].key))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select from the row on which the button went down to the one under the pointer."""
        if self._pressed is None:
            return
        if event.button != 1:
            self._release()
            return
        line = event.y - HEADER_HEIGHT
        if self._scrolling is None:
            if self._state.first + line == self._pressed[0]:
                return
            self.capture_mouse()
            self._scrolling = self.set_interval(SCROLL_SECONDS, self._scroll_at_edge)
        self._edge = (line >= self._state.capacity) - (line < 0)
        self._drag_to(self._state.first + line)

    def _drag_to(self, row: int) -> None:
        with self._telling():
            self._state.extend(row)

    def _scroll_at_edge(self) -> None:
        if self._edge:
            self._drag_to(self._state.row + self._edge)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Keep the range that was dragged, or open the row that was clicked again."""
        pressed, dragged = self._pressed, self._scrolling is not None
        self._release()
        if dragged:
            with self._telling():
                self._state.selection.settle()
        elif pressed is not None and pressed[1] and event.button == 1:
            self.action_open()

    def _release(self) -> None:
        """Let go of what the mouse holds."""
        self._pressed = None
        if self._scrolling is not None:
            self._scrolling.stop()
            self._scrolling = None
            self.release_mouse()

    def _scroll_columns(self, by: int) -> None:
        self._state.columns.scroll(by)
        self._paint()

    def _scroll(self, event: events.MouseEvent, by: int, *, sideways: bool) -> None:
        """Scroll the rows, or the columns sideways; the cursor stays."""
        event.stop()
        if sideways:
            self._scroll_columns(by)
            return
        self._state.view(self._state.first + by * WHEEL_ROWS)
        self._paint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; with Shift to the right."""
        self._scroll(event, 1, sideways=event.shift or event.ctrl)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; with Shift to the left."""
        self._scroll(event, -1, sideways=event.shift or event.ctrl)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        self._scroll(event, 1, sideways=True)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        self._scroll(event, -1, sideways=True)
