"""A list of rows with columns, drawn by lines and reordered by keys and the mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dealboard.widgets.lines import Line
from dealboard.widgets.row_lines import (
    Column,
    Entry,
    column_widths,
    entry_line,
    reordered,
    title_line,
)
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.turns import ask, take_in_order

MARK = "▌"
TITLES = 1
"""Lines that the titles of the columns take."""


@dataclass
class _Drag:
    """A row in the hand of the mouse: where it was taken, and where it would land."""

    entry_id: int | str
    start: int
    to: int
    moving: bool = False


class Rows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows under the titles of their columns; the cursor stands on one of them."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False, id="row.up"),
        Binding("down,j", "step(1)", "Down", show=False, id="row.down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="row.page_up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="row.page_down"),
        Binding("home,g", "end(-1)", "First", show=False, id="row.first"),
        Binding("end,G", "end(1)", "Last", show=False, id="row.last"),
        Binding("enter", "open", "Open", show=False, id="row.open"),
        Binding("K,alt+up", "shift(-1)", "Move up", show=False, id="row.shift_up"),
        Binding("J,alt+down", "shift(1)", "Move down", show=False, id="row.shift_down"),
        Binding("escape", "cancel_drag", "Put back", show=False, id="row.cancel_drag"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--title",
        "rows--heading",
        "rows--row",
        "rows--cursor",
        "rows--cursor-blurred",
        "rows--mark",
        "rows--dragged",
        "rows--muted",
        "rows--strong",
        "rows--key",
        "rows--changed",
        "rows--won",
        "rows--lost",
        "rows--wrong",
    }

    DEFAULT_CSS = """
    Rows {
        height: auto;
        border: round $foreground 20%;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        background: $background;
        overflow: hidden auto;
        &:focus {
            border: round $border;
            border-title-color: $text-accent;
            border-title-style: bold;
        }
        & > .rows--title { color: $text-muted; }
        & > .rows--heading { color: $text-accent; text-style: bold; }
        & > .rows--row { color: $foreground; }
        & > .rows--cursor { background: $primary 30%; }
        & > .rows--cursor-blurred { background: $foreground 8%; }
        & > .rows--mark { color: $accent; text-style: bold; }
        & > .rows--dragged { background: $success 30%; text-style: bold; }
        & > .rows--muted { color: $text-muted; }
        & > .rows--strong { text-style: bold; }
        & > .rows--key { color: $text-accent; text-style: bold; }
        & > .rows--changed { color: $text-warning; text-style: bold; }
        & > .rows--won { color: $text-success; }
        & > .rows--lost { color: $text-error; }
        & > .rows--wrong { color: $text-error; text-style: bold; }
        &:nocolor > .rows--cursor { text-style: reverse; }
        &:nocolor > .rows--dragged { text-style: reverse bold; }
    }
    """

    cursor: reactive[int] = reactive(0)
    """The index of the row with the cursor; never that of a heading, if there is another row."""

    @dataclass
    class OfRow(Message):
        """Something about a row."""

        rows: "Rows"
        entry_id: int | str

        @property
        def control(self) -> "Rows":
            """The list."""
            return self.rows

    class Opened(OfRow):
        """Enter was pressed on a row, or it was clicked twice."""

    class Highlighted(OfRow):
        """The cursor came to a row."""

    @dataclass
    class Shifted(OfRow):
        """A row shall go up or down by one."""

        by: int

    @dataclass
    class Dropped(OfRow):
        """A row was dragged to another place, counted from 0 among the movable ones."""

        to: int

    def __init__(self, *columns: Column, title: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = columns
        self._entries: tuple[Entry, ...] = ()
        self._widths: tuple[int, ...] = (0,) * len(columns)
        self._styles = SpanStyles(self, "rows")
        self._drag: _Drag | None = None
        self.border_title = title

    # ── public ────────────────────────────────────────────────────────────────────────────────

    def show(self, entries: Sequence[Entry], *, at: int | str | None = None) -> None:
        """Show these rows; the cursor goes to the row `at`, or stays with its row."""
        wanted = self.cursor_id if at is None else at
        self._entries = tuple(entries)
        self._drag = None
        places = [n for n, entry in enumerate(entries) if entry.id is not None]
        same = [n for n in places if entries[n].id == wanted]
        near = [n for n in places if n <= self.cursor][-1:] or places[:1]
        self.virtual_size = Size(0, len(entries) + self._above)
        self._measure()
        self.refresh(layout=True)
        self._stand((same or near or [0])[0])

    def to_begin(self) -> None:
        """Forget where the cursor and the view are: something else is shown next."""
        self._entries, self.cursor = (), 0
        self.scroll_home(animate=False, immediate=True)

    @property
    def cursor_id(self) -> int | str | None:
        """What the row with the cursor is called."""
        return self._entries[self.cursor].id if self.cursor < len(self._entries) else None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The rows."""
        return self._entries

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    @property
    def _above(self) -> int:
        """Lines above the first row."""
        return TITLES if any(column.title for column in self._columns) else 0

    @property
    def _shown(self) -> tuple[Entry, ...]:
        """The rows in the order that a drag would leave."""
        drag = self._drag
        if drag is None or not drag.moving:
            return self._entries
        return reordered(self._entries, drag.entry_id, drag.to)

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        self._widths = column_widths(self._columns, self._entries, width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the lines of all rows."""
        return max(1, len(self._entries)) + self._above

    def on_resize(self) -> None:
        """Fit the columns to another width."""
        self._measure()
        self.scroll_to_row(self.cursor)
        self.refresh()

    def notify_style_update(self) -> None:
        """Take the styles of a new theme."""
        super().notify_style_update()
        self._styles.doubt()

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in view."""
        _ = self._styles.version
        if self._above and y == 0:
            return self._strip(title_line(self._columns, self._widths), ())
        at, shown = y - self._above + self.scroll_offset.y, self._shown
        if not 0 <= at < len(shown):
            return self._strip((), ())
        line = entry_line(shown[at], self._columns, self._widths)
        if self._drag and self._drag.moving and shown[at].id == self._drag.entry_id:
            return self._strip(_marked(line), ("dragged",))
        if at != self.cursor or shown[at].id is None or (self._drag and self._drag.moving):
            return self._strip(line, ())
        if self.has_focus:
            return self._strip(_marked(line), ("cursor",))
        return self._strip(_marked(line, "muted"), ("cursor-blurred",))

    def _strip(self, line: Line, ground: tuple[str, ...]) -> Strip:
        segments = [
            Segment(text, self._styles(*ground, *_named(style, ground))) for text, style in line
        ]
        width = self.scrollable_content_region.width
        base = self._styles(*ground) if ground else self._styles("row")
        return Strip(segments).adjust_cell_length(width, base)

    # ── the cursor ────────────────────────────────────────────────────────────────────────────

    def _stand(self, at: int) -> None:
        moved = at != self.cursor
        self.cursor = at
        self.scroll_to_row(at)
        entry_id = self.cursor_id
        if entry_id is not None and (moved or entry_id != self._told):
            self._told = entry_id
            self.post_message(self.Highlighted(self, entry_id))

    _told: int | str | None = None

    def scroll_to_row(self, at: int) -> None:
        """Have a row in view, with the heading above it where that fits."""
        heading = at > 0 and self._entries[at - 1 : at] and self._entries[at - 1].id is None
        first = at - 1 if heading else at
        page = max(1, self.scrollable_content_region.height - self._above)
        top = self.scroll_offset.y
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif at >= top + page:
            self.scroll_to(y=at - page + 1, animate=False, immediate=True)

    def _go(self, at: int, by: int) -> None:
        """Put the cursor on the first row at a place or beyond it, else on the last before."""
        at = min(max(at, 0), len(self._entries) - 1)
        places = [n for n, entry in enumerate(self._entries) if entry.id is not None]
        beyond = [n for n in places if (n >= at if by > 0 else n <= at)]
        if places:
            ends = places[-1] if by > 0 else places[0]
            self._stand((beyond[0] if by > 0 else beyond[-1]) if beyond else ends)

    def action_step(self, by: int) -> None:
        """Go to the row above or below."""
        self._go(self.cursor + by, by)

    def action_page(self, by: int) -> None:
        """Go a page up or down."""
        self._go(self.cursor + by * max(1, self.size.height - self._above - 1), by)

    def action_end(self, by: int) -> None:
        """Go to the first or the last row."""
        self._go(len(self._entries) - 1 if by > 0 else 0, -by)

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    def action_open(self) -> None:
        """Open the row with the cursor."""
        if self.cursor_id is not None:
            ask(self, self.Opened(self, self.cursor_id))

    def action_shift(self, by: int) -> None:
        """Move the row with the cursor up or down."""
        if self.cursor_id is not None and self._entries[self.cursor].movable:
            self.post_message(self.Shifted(self, self.cursor_id, by))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what is possible with these rows."""
        if action == "shift":
            return any(entry.movable for entry in self._entries)
        return action != "cancel_drag" or self._drag is not None

    def watch_cursor(self) -> None:
        """Draw the cursor elsewhere."""
        self.refresh()

    def on_focus(self) -> None:
        """Draw the cursor as one that is used."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as one that is left."""
        self.refresh()

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def _row_at(self, event: events.MouseEvent) -> int | None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._above:
            return None
        at = offset.y - self._above + self.scroll_offset.y
        return at if at < len(self._entries) and self._entries[at].id is not None else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take a row in the hand."""
        at = self._row_at(event)
        if at is None or event.button != 1:
            return
        entry = self._entries[at]
        if entry.movable and entry.id is not None:
            place = sum(each.movable for each in self._entries[:at])
            self._drag = _Drag(entry.id, place, place)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show where the row would land."""
        drag = self._drag
        if drag is None:
            return
        y = event.y - self.gutter.top - self._above + self.scroll_offset.y
        movable = [n for n, entry in enumerate(self._entries) if entry.movable]
        place = sum(n < y for n in movable)
        drag.to = min(place, len(movable) - 1)
        drag.moving = drag.moving or drag.to != drag.start
        self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the row go."""
        drag, self._drag = self._drag, None
        self.release_mouse()
        if drag is not None and drag.moving:
            event.stop()
            if drag.to != drag.start:
                self.post_message(self.Dropped(self, drag.entry_id, drag.to))
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a row; open the one it was on, when it is clicked twice."""
        at = self._row_at(event)
        if at is None:
            return
        event.stop()
        again = at == self.cursor and event.chain > 1
        self._stand(at)
        if again:
            self.action_open()

    def action_cancel_drag(self) -> None:
        """Put a dragged row back."""
        self._drag = None
        self.release_mouse()
        self.refresh()


def _marked(line: Line, mark: str = "mark") -> Line:
    """Return a line with the cursor's mark in its margin."""
    (margin, style), *rest = line
    return ((MARK, mark), (margin[1:], style), *rest)


def _named(style: str, ground: tuple[str, ...]) -> tuple[str, ...]:
    """Return the style of a span on a ground; ordinary text has that of the ground."""
    return () if style == "row" and ground else (style,)
