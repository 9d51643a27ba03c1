"""A table of any number of rows: one cursor, a selection, columns that fit, keys and the mouse.

What it shows it is told (`GridView`); what a person wants done it posts upwards.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from dealboard.widgets.grid_lines import MARGIN, Cell, Column
from dealboard.widgets.grid_view import HEADER_HEIGHT, FromGrid, GridView
from dealboard.widgets.turns import ask, take_in_order

if TYPE_CHECKING:
    from textual.timer import Timer

__all__ = ["Cell", "Column", "Grid"]

WHEEL_ROWS = 3
"""Rows that a notch of the wheel scrolls."""

SCROLL_SECONDS = 0.1
"""Between two steps of scrolling while a range is dragged beyond an edge."""


class Grid(GridView, can_focus=True):
    """A table that is worked in."""

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

    @dataclass
    class Opened(FromGrid):
        """A row is to be opened."""

        row_id: int

    @dataclass
    class HeaderClicked(FromGrid):
        """The title of a column that can be sorted by was clicked."""

        key: str

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(empty=empty, id=id)
        self._pressed: tuple[int, bool] | None = None
        self._edge = 0
        self._scrolling: Timer | None = None

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
            ask(self, self.Opened(self, self.cursor_id).set_sender(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer a row's keys where there is one; leave Esc to the screen if it clears nothing."""
        if action in ("select_row", "open"):
            return len(self._state.rows) > 0
        return action != "let_go" or self._state.selection.ranging or self.selected_count > 0

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
