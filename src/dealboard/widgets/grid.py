"""A table of any number of rows: one cursor, a selection, columns that fit, keys and the mouse.

It is told the order of all rows as ids and holds the rows around the view; those it lacks it asks
for by `RowsWanted`, and draws blank until they come. What a person wants done it posts upwards.
No I/O, nothing awaited: a key repaints the lines that differ and is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from dealboard.widgets.grid_lines import (
    MARGIN,
    Cell,
    Column,
    Flags,
    Layout,
    SortMark,
    empty_lines,
    header_line,
    lay_out,
    row_line,
    title_widths,
    widened,
)
from dealboard.widgets.grid_rows import Rows
from dealboard.widgets.grid_selection import Selection
from dealboard.widgets.lines import Line, blank
from dealboard.widgets.span_styles import SpanStyles

if TYPE_CHECKING:
    from textual.timer import Timer

__all__ = ["Cell", "Column", "Grid"]

HEADER_HEIGHT = 1
WHEEL_ROWS = 3
"""Rows that a notch of the wheel scrolls."""

SCROLL_SECONDS = 0.1
"""Between two steps of scrolling while a range is dragged beyond an edge."""

MAX_KEPT = 600
"""Finished lines that are kept before they are drawn anew: about 2 kB each."""


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
        Binding("left,h", "column(-1)", "Column left", show=False, id="grid.left"),
        Binding("right,l", "column(1)", "Column right", show=False, id="grid.right"),
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
        self._rows = Rows()
        self._selection = Selection()
        self._columns: tuple[Column, ...] = ()
        self._content: tuple[int, ...] = ()
        self._layout = Layout(0)
        self._left = self._here = 0
        self._first = self._row = 0
        self._cursor_id: int | None = None
        self._lines: list[Strip] = []
        self._drawn: tuple[Size, int] = (Size(0, 0), 0)
        self._kept: dict[object, tuple[object, Strip]] = {}
        self._unprepared = True
        self._pressed: tuple[int, bool] | None = None
        self._dragging = False
        self._edge = 0
        self._scrolling: Timer | None = None

    # ── told by the screen ────────────────────────────────────────────────────────────────────

    def show(
        self, columns: Sequence[Column], ids: Sequence[int], *, cursor: int | None = None
    ) -> None:
        """Show rows in an order, all of them: a tuple or an array that nobody changes afterwards.

        The cursor goes to the row `cursor`, or stays on its own, on the same line of the screen; if
        that is gone, it keeps its place. Rows that are held go on being shown; `invalidate` tells
        that they say something else now.
        """
        before = self.selected_count
        self._set_columns(tuple(columns))
        self._rows.ids = ids
        self._selection.reorder(ids)
        self._follow(self._cursor_id if cursor is None else cursor, jump=cursor is not None)
        if self.selected_count != before:
            self._selection_changed()

    def put_rows(self, rows: Mapping[int, Sequence[Cell]], generation: int | None = None) -> None:
        """Hand over what rows say, a cell for each column, by id.

        `generation` is that of the `RowsWanted` which they answer; without it they are taken as the
        newest there are.
        """
        new = self._rows.put(rows, generation)
        self._rows.forget(self._around(2))
        content = widened(self._content, new)
        if content != self._content:
            self._content = content
            self._lay_out()
        self._unprepared = True
        self._paint()

    def invalidate(self) -> None:
        """Ask for the rows anew; those held are shown until they come."""
        self._rows.invalidate()
        self._paint()

    def focus_row(self, row_id: int) -> None:
        """Put the cursor on a row, if it is there."""
        row = self._rows.row_of(row_id, self._row)
        if row is not None:
            self._go(row)

    @property
    def ids(self) -> Sequence[int]:
        """All rows, in order."""
        return self._rows.ids

    @property
    def cursor_id(self) -> int | None:
        """The row under the cursor, None where there are no rows."""
        return self._cursor_id

    @property
    def cursor_index(self) -> int:
        """The place of the cursor's row, from 0."""
        return self._row

    @property
    def column_key(self) -> str | None:
        """The column that the cursor is in."""
        return self._columns[self._here].key if self._columns else None

    @property
    def capacity(self) -> int:
        """How many rows fit on the screen."""
        return max(1, self.size.height - HEADER_HEIGHT)

    # ── the selection ─────────────────────────────────────────────────────────────────────────

    @property
    def selected(self) -> frozenset[int]:
        """The selected rows; at 100,000 it takes a moment to write them out."""
        return self._selection.ids()

    @property
    def selected_count(self) -> int:
        """How many rows are selected."""
        return len(self._selection)

    @property
    def ranging(self) -> bool:
        """Whether moving the cursor selects."""
        return self._selection.held

    def select(self, ids: Iterable[int], *, replace: bool = True) -> None:
        """Select rows that are shown: only these, or these too."""
        if replace:
            self._selection.replace(ids)
        else:
            self._selection.add(ids)
        self._selection_changed()

    def select_all(self) -> None:
        """Select every row."""
        self._selection.add_all()
        self._selection_changed()

    def clear_selection(self) -> None:
        """Select nothing."""
        self._selection.clear()
        self._selection_changed()

    def _selection_changed(self) -> None:
        self._tell(self.SelectionChanged(self, len(self._selection)))
        self._paint()

    def action_select_row(self) -> None:
        """Select the cursor's row or no longer, and go on; a range that is being drawn is kept."""
        if self._cursor_id is None:
            return
        if self._selection.ranging:
            self._selection.settle()
        else:
            self._selection.toggle(self._row)
            self._go(self._row + 1)
        self._selection_changed()

    def action_range(self) -> None:
        """Select all that the cursor passes from here on, or stop doing so."""
        if self._selection.held:
            self._selection.settle()
        elif self._cursor_id is not None:
            self._selection.settle()
            self._selection.start(self._row, held=True)
        self._selection_changed()

    def action_extend(self, by: int) -> None:
        """Move the cursor, and select from where it was."""
        if self._cursor_id is None:
            return
        if not self._selection.ranging:
            self._selection.start(self._row)
        self._go(self._row + by)
        self._selection_changed()

    def action_let_go(self) -> None:
        """Drop the range that is being drawn; if there is none, the whole selection."""
        if self._dragging:
            self._end_drag()
            self._selection.drop()
        elif self._selection.ranging:
            self._selection.drop()
        else:
            self._selection.clear()
        self._selection_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the screen where there is nothing to let go of."""
        return action != "let_go" or self._selection.ranging or self.selected_count > 0

    # ── the cursor ────────────────────────────────────────────────────────────────────────────

    def _go(self, row: int, *, reveal: bool = True) -> None:
        """Put the cursor on a row; the range that is being drawn reaches there."""
        before = self._cursor_id
        self._row = max(0, min(row, len(self._rows) - 1))
        self._cursor_id = self._rows.ids[self._row] if len(self._rows) else None
        if self._selection.ranging:
            self._selection.reach(self._row)
        if reveal:
            self._show_from(max(self._row - self.capacity + 1, min(self._first, self._row)))
        self._paint()
        if self._cursor_id != before:
            self._tell(self.CursorMoved(self, self._cursor_id, self._row))

    def _follow(self, row_id: int | None, *, jump: bool) -> None:
        """Keep the cursor on a row, on the same line of the screen, in another order."""
        line = self._row - self._first
        row = None if row_id is None else self._rows.row_of(row_id, self._row)
        if row is not None and not jump:
            self._show_from(row - line)
        self._go(self._row if row is None else row, reveal=jump or 0 <= line < self.capacity)

    def _walk(self, row: int) -> None:
        """Move the cursor by a key without Shift: it ends a range that is not held."""
        if self._selection.ranging:
            if not self._selection.held:
                self._selection.settle()
            self._go(row)
            self._selection_changed()
        else:
            self._go(row)

    def action_step(self, by: int) -> None:
        """Move the cursor by rows."""
        self._walk(self._row + by)

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        self._walk(0)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        self._walk(len(self._rows) - 1)

    def action_page(self, pages: float) -> None:
        """Scroll by pages, and move the cursor as far."""
        by = max(1, int(self.capacity * abs(pages))) * (1 if pages > 0 else -1)
        self._show_from(self._first + by)
        self._walk(self._row + by)

    def action_column(self, by: int) -> None:
        """Move the cursor by columns, and scroll to where it is."""
        here = max(0, min(self._here + by, len(self._columns) - 1))
        if here == self._here:
            return
        self._here = here
        self._show_column()
        self._paint()

    def action_open(self) -> None:
        """Ask for the cursor's row to be opened."""
        if self._cursor_id is not None:
            self._tell(self.Opened(self, self._cursor_id))

    # ── columns ───────────────────────────────────────────────────────────────────────────────

    def _set_columns(self, columns: tuple[Column, ...]) -> None:
        """Have these columns; what rows say in those that were there before is known."""
        if columns == self._columns:
            return
        keys = [column.key for column in self._columns]
        numbers = [keys.index(each.key) if each.key in keys else None for each in columns]
        here = self.column_key
        if numbers != list(range(len(keys))):
            self._rows.rearrange(numbers)
        self._here = next((n for n, each in enumerate(columns) if each.key == here), 0)
        content = title_widths(columns)
        self._content = tuple(
            max(title, 0 if number is None else self._content[number])
            for title, number in zip(content, numbers, strict=True)
        )
        self._columns = columns
        self._lay_out()
        self._show_column()

    def _lay_out(self) -> None:
        layout = lay_out(self._columns, self._content, max(0, self.size.width - 1), self._left)
        self._left = layout.left
        if layout != self._layout:
            self._layout, self._kept = layout, {}

    def _show_column(self) -> None:
        """Scroll the columns as little as shows the whole one that the cursor is in."""
        if 0 < self._here <= self._left:
            self._left = self._here - 1
            self._lay_out()
        while self._layout.more and not self._is_whole(self._here):
            before, self._left = self._left, self._left + 1
            self._lay_out()
            if self._left == before:
                break

    def _is_whole(self, number: int) -> bool:
        places = [place.column for place in self._layout.places]
        return number in places and (number != places[-1] or number == 0 or not self._cut_off)

    @property
    def _cut_off(self) -> bool:
        """Whether the last column that is drawn is only in part."""
        last = self._layout.places[-1]
        return self._layout.more and last.x + last.width >= self._layout.width

    # ── rows it lacks ─────────────────────────────────────────────────────────────────────────

    def _around(self, pages: float) -> range:
        """Return the rows on the screen and so many pages either side."""
        margin = int(self.capacity * pages)
        stop = min(self._first + self.capacity + margin, len(self._rows))
        return range(max(0, self._first - margin), max(0, stop))

    def _ask(self) -> None:
        """Ask for the view and two pages either side when half a page beyond it is missing."""
        if not self.size.height:
            return
        ids = self._rows.lacking(self._around(0.5), self._around(2))
        if ids:
            self._tell(self.RowsWanted(self, ids, self._rows.generation))

    def _tell(self, message: Message) -> None:
        # A message bubbles no further than its sender, which would be whoever called this grid.
        self.post_message(message.set_sender(self))

    def _show_from(self, first: int) -> None:
        first = max(0, min(first, len(self._rows) - self.capacity))
        self._unprepared = self._unprepared or first != self._first
        self._first = first

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
        """Fit the columns, and keep the cursor in sight if it was."""
        self._lay_out()
        self._show_column()
        line = self._row - self._first
        self._show_from(self._first)
        self._go(self._row, reveal=0 <= line < max(self.capacity, self._drawn[0].height))

    def _paint(self) -> None:
        """Ask for missing rows, bring the kept lines up to date, repaint those that differ."""
        if not self.is_mounted:
            return
        self._ask()
        if not self._lines or self._drawn[0] != self.size:
            return
        before, self._lines = self._lines, self._draw()
        changed = [y for y, line in enumerate(self._lines) if line is not before[y]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))
        if self._unprepared:
            self._unprepared = False
            self.call_after_refresh(self._prepare)

    def _prepare(self) -> None:
        """Draw the rows a page either side, so that scrolling there finds them drawn."""
        for row in self._around(1):
            if row != self._row:
                self._row_strip(row, thumb=False)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the kept lines; the compositor asks for all of them at every update."""
        drawn = (self.size, self._style.version)
        if self._drawn != drawn:
            self._drawn, self._kept = drawn, {}
            self._lay_out()
            self._lines = self._draw()
        lines = self._lines[crop.y : crop.bottom]
        if crop.x or crop.width < self.size.width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """Return one of the kept lines."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _draw(self) -> list[Strip]:
        height = self.size.height
        thumb, rows = self._thumb(), len(self._rows)
        lines = [self._header()]
        if not rows:
            said = empty_lines(self.empty, self.size.width - 1, height - HEADER_HEIGHT)
            lines += [self._keep((line, "body"), None, line, "body") for line in said]
        for line in range(len(lines) - HEADER_HEIGHT, height - HEADER_HEIGHT):
            row = self._first + line
            if row < rows:
                lines.append(self._row_strip(row, thumb=line in thumb))
            else:
                lines.append(self._keep("blank", None, blank(self._layout.width, "text"), "body"))
        return lines[:height]

    def _header(self) -> Strip:
        mark = " "
        if self._selection.held:
            mark = "v"
        elif count := self.selected_count:
            mark = "✓" if count == len(self._rows) else "–"
        key = ("head", self.sort_mark, self._here, mark)
        kept = self._kept.get(key)
        if kept is not None:
            return kept[1]
        line = header_line(self._columns, self._layout, self.sort_mark, self._here, mark)
        return self._keep(key, None, line, "head", "›" if self._layout.more else " ")

    def _row_strip(self, row: int, *, thumb: bool) -> Strip:
        cells = self._rows.at(row)
        cursor = row == self._row
        flags = Flags(cursor, row in self._selection, self._here if cursor else None)
        key = (self._rows.ids[row] if cells else None, flags, thumb)
        kept = self._kept.get(key)
        if kept is not None and kept[0] == cells:
            return kept[1]
        ground = "cursor" if cursor else "selected" if flags.selected else "body"
        line = row_line(cells, self._columns, self._layout, flags)
        return self._keep(key, cells, line, ground, "┃" if thumb else " ")

    def _keep(
        self, key: object, value: object, line: Line, ground: str, gutter: str = " "
    ) -> Strip:
        """Return the strip that is kept of a key, made anew if it is of another value."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == value:
            return kept[1]
        if len(self._kept) > MAX_KEPT:
            self._kept = {}
        segments = [Segment(text, self._style(ground, *style.split())) for text, style in line]
        if self.size.width:
            at = "head" if ground == "head" else "body"
            segments.append(Segment(gutter, self._style(at, "thumb")))
        strip = Strip(segments, self.size.width)
        self._kept[key] = (value, strip)
        return strip

    def _thumb(self) -> range:
        """Return the lines of the body beside which the scroll bar's thumb is drawn."""
        body, rows = self.size.height - HEADER_HEIGHT, len(self._rows)
        hidden = rows - self.capacity
        if hidden <= 0 or body <= 0:
            return range(0)
        length = max(1, body * self.capacity // rows)
        start = (body - length) * min(self._first, hidden) // hidden
        return range(start, start + length)

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def _row_at(self, y: int) -> int | None:
        """Return the row drawn on a line of this widget, None for the header and below the end."""
        row = self._first + y - HEADER_HEIGHT
        return row if y >= HEADER_HEIGHT and row < len(self._rows) else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the button goes down, or select; a drag may begin here."""
        if event.button != 1:
            return
        if event.y < HEADER_HEIGHT:
            self._press_header(event.x)
            return
        if event.x >= self.size.width - 1 and len(self._rows) > self.capacity:
            self._show_from(self._first_at(event.y))
            self._paint()
            return
        row = self._row_at(event.y)
        if row is None:
            return
        if event.shift:
            if not self._selection.ranging:
                self._selection.start(self._row)
            self._go(row)
            self._selection_changed()
            return
        again = row == self._row
        self._point_column(event.x)
        self._walk(row)
        if event.ctrl or event.x < MARGIN - 1:
            self._selection.toggle(row)
            self._selection_changed()
        else:
            self._pressed = (row, again)

    def _press_header(self, x: int) -> None:
        if x < MARGIN:
            if self.selected_count:
                self.clear_selection()
            else:
                self.select_all()
            return
        if x >= self._layout.width and self._layout.more:
            self._scroll_columns(1)
            return
        number = self._layout.at(x)
        if number is None:
            return
        self._point_column(x)
        self._paint()
        if self._columns[number].sort:
            self._tell(self.HeaderClicked(self, self._columns[number].key))

    def _point_column(self, x: int) -> None:
        number = self._layout.at(x)
        if number is not None:
            self._here = number

    def _first_at(self, y: int) -> int:
        """Return the row from which to show where somebody points into the scroll bar."""
        body = max(1, self.size.height - HEADER_HEIGHT - 1)
        return (len(self._rows) - self.capacity) * (y - HEADER_HEIGHT) // body

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select from the row on which the button went down to the one under the pointer."""
        if self._pressed is None:
            return
        if event.button != 1:
            self._end_drag()
            return
        row, _ = self._pressed
        at = self._first + event.y - HEADER_HEIGHT
        if not self._dragging:
            if at == row:
                return
            self._dragging = True
            self._selection.start(row)
            self.capture_mouse()
            self._scrolling = self.set_interval(SCROLL_SECONDS, self._scroll_at_edge)
        self._edge = (event.y >= self.size.height) - (event.y < HEADER_HEIGHT)
        self._drag_to(at)

    def _drag_to(self, row: int) -> None:
        self._go(max(0, min(row, len(self._rows) - 1)))
        self._selection_changed()

    def _scroll_at_edge(self) -> None:
        if self._edge:
            self._drag_to(self._row + self._edge)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Keep the range that was dragged, or open the row that was clicked again."""
        pressed, dragged = self._pressed, self._dragging
        self._end_drag()
        if dragged:
            self._selection.settle()
            self._selection_changed()
        elif pressed is not None and pressed[1] and event.button == 1:
            self.action_open()

    def _end_drag(self) -> None:
        self._pressed = None
        if not self._dragging:
            return
        self._dragging = False
        if self._scrolling is not None:
            self._scrolling.stop()
            self._scrolling = None
        self.release_mouse()

    def _scroll_columns(self, by: int) -> None:
        self._left = max(0, self._left + by)
        self._lay_out()
        self._paint()

    def _scroll(self, event: events.MouseEvent, by: int, *, sideways: bool) -> None:
        """Scroll the rows, or the columns sideways; the cursor stays."""
        event.stop()
        if sideways:
            self._scroll_columns(by)
            return
        self._show_from(self._first + by * WHEEL_ROWS)
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
