"""A column of drawn lines that is scrolled, with a cursor that stands on some of them.

What is shown are blocks, lines that belong together: an entry of a timeline, a message, a field.
The list keeps its finished lines, so that a key costs only those that differ.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dealboard.widgets.blocks import Block
from dealboard.widgets.lines import Line, row, width_of
from dealboard.widgets.strips import strip
from dealboard.widgets.theme_styles import ThemeStyles
from dealboard.widgets.turns import take_in_order

WHEEL_LINES = 3
"""Lines that a notch of the wheel scrolls."""

EDGES = 3
"""Cells beside the lines: the cursor's marker at the left, a gap and the scroll bar behind."""

MAX_KEPT = 600
"""Finished lines that are kept before they are drawn anew."""

STYLES = {
    "cursor": "on $primary 30%",
    "marker": "$accent",
    "thumb": "$foreground 35%",
    "muted": "$foreground 60%",
    "title": "bold",
    "head": "bold $text-accent",
    "rule": "$foreground 25%",
    "accent": "$text-accent",
    "overdue": "bold $text-error",
    "today": "bold $text-warning",
    "won": "$text-success",
    "lost": "$text-error",
    "found": "bold on $warning 40%",
}
"""The styles of spans by their names, in the words of the theme; others are plain."""


@dataclass
class FromLines(Message):
    """What a list has to say."""

    lines: "LineList"

    @property
    def control(self) -> "LineList":
        """The list that says so."""
        return self.lines


class LineList(Widget, can_focus=True):
    """Draws `blocks`; where none of them is one that the cursor stops at, keys scroll by lines."""

    ALLOW_SELECT = False
    BLANK = True

    EDGE: ClassVar[str] = " "
    """What stands at the right edge, where the scroll bar is drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "step(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="list.half_page_up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="list.half_page_down"),
        Binding("g,home", "end(-1)", "First", show=False, id="list.top"),
        Binding("G,end", "end(1)", "Last", show=False, id="list.bottom"),
    ]

    DEFAULT_CSS = """
    LineList {
        height: 1fr;
        background: $background;
    }
    """

    @dataclass
    class CursorMoved(FromLines):
        """The cursor stands on another block."""

        key: Hashable

    @dataclass
    class Opened(FromLines):
        """A block was clicked twice."""

        key: Hashable

    @dataclass
    class MoreWanted(FromLines):
        """The far end of what is held comes into sight."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._styles = ThemeStyles(self, STYLES)
        self._blocks: Sequence[Block] = ()
        self._tops: list[int] = []
        self._stops: list[int] = []
        self._length = 0
        self._cursor: Hashable = None
        self._first = 0
        self._finished: list[Strip] = []
        self._drawn: tuple[Size, int] = (Size(0, 0), 0)
        self._kept: dict[object, Strip] = {}

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    def blocks(self, width: int) -> Sequence[Block]:
        """Return what the list shows, in lines of at most `width` cells."""
        raise NotImplementedError

    @property
    def cursor(self) -> Hashable:
        """The key of the block that the keys mean, None where there is none."""
        return self._cursor

    @property
    def line_width(self) -> int:
        """Cells that a line may take."""
        return max(0, self.size.width - EDGES)

    def redraw(self) -> None:
        """Show other blocks; the cursor stays on its own, or at its place."""
        if self._drawn[0]:
            self._lay()
            self._paint()

    def put_cursor(self, key: Hashable) -> None:
        """Move the cursor to a block and show it."""
        before, self._cursor = self._cursor, key
        self._reveal()
        self._paint()
        if key != before:
            self._tell(self.CursorMoved(self, key))

    def to_begin(self) -> None:
        """Forget where the cursor and the view are: something else is shown next."""
        self._cursor, self._first = None, 0

    def line_of(self, key: Hashable) -> int | None:
        """Return the line of this widget on which a block begins, None where it is out of sight."""
        index = self._index(key)
        y = -1 if index is None else self._tops[index] - self._first
        return y if 0 <= y < self.size.height else None

    def _lay(self) -> None:
        """Take the blocks as they are now, in the present width."""
        at, view = self._index(self._cursor), self._view()
        self._blocks = self.blocks(self.line_width)
        self._stops = [index for index, block in enumerate(self._blocks) if block.stops]
        self._tops, self._length = [], 0
        for block in self._blocks:
            self._tops.append(self._length)
            self._length += len(block.lines)
        if self._index(self._cursor) is None:
            self._cursor = self._near(at or 0)
        self._show_from(self._back_to(view))

    def _view(self) -> Hashable:
        """Return what the view holds on to when other blocks are shown: nothing, but its line."""
        return None

    def _back_to(self, view: Hashable) -> int:  # noqa: ARG002
        """Return the first line of the view, now that other blocks are there."""
        return self._first

    def _index(self, key: Hashable) -> int | None:
        return next((index for index in self._stops if self._blocks[index].key == key), None)

    def _near(self, at: int) -> Hashable:
        """Return the key of the first block from a place on where the cursor may stand."""
        later = [index for index in self._stops if index >= at] or self._stops[-1:]
        return self._blocks[later[0]].key if later else None

    # ── moving ────────────────────────────────────────────────────────────────────────────────

    def step(self, by: int) -> bool:
        """Move the cursor by blocks, or the view by lines; False at the end."""
        at = self._index(self._cursor)
        place = -1 if at is None else self._stops.index(at) + by
        if not 0 <= place < len(self._stops):
            return self._scroll_by(by)
        self.put_cursor(self._blocks[self._stops[place]].key)
        return True

    def action_step(self, by: int) -> None:
        """Move by one."""
        self.step(by)

    def action_page(self, by: float) -> None:
        """Scroll by pages; the cursor comes along."""
        lines = int(max(1, self.size.height - 1) * by)
        self._scroll_by(lines)
        at = self._index(self._cursor)
        if at is not None:
            goal = self._tops[at] + lines
            nearest = min(self._stops, key=lambda index: abs(self._tops[index] - goal))
            self.put_cursor(self._blocks[nearest].key)

    def action_end(self, end: int) -> None:
        """Go to the first or to the last line."""
        if self._stops:
            self.put_cursor(self._blocks[self._stops[-1 if end > 0 else 0]].key)
        self._scroll_by(end * self._length)

    def _reveal(self) -> None:
        """Scroll as little as shows the cursor's block, or as much of it as there is room for."""
        at = self._index(self._cursor)
        if at is None or not self._drawn[0]:
            return
        top, height = self._tops[at], self.size.height
        bottom = top + len(self._blocks[at].lines)
        # What stands above the first block, such as its day, is shown with it.
        top = 0 if at == self._stops[0] and bottom <= height else top
        fits = bottom - top <= height
        self._show_from(max(bottom - height, min(self._first, top)) if fits else top)

    def _scroll_by(self, lines: int) -> bool:
        before = self._first
        self._show_from(self._first + lines)
        self._paint()
        return self._first != before

    def _show_from(self, first: int) -> None:
        height = self._drawn[0].height
        last = max(0, self._length - height)
        self._first = max(0, min(first, last))
        if self._blocks:
            self._look_beyond(self._first, last - self._first)

    def _look_beyond(self, above: int, below: int) -> None:  # noqa: ARG002
        """Ask for more, if so many lines beyond the view are too few."""
        if below < self._drawn[0].height:
            self._tell(self.MoreWanted(self))

    def _tell(self, message: Message) -> None:
        # A message bubbles no further than its sender, which would be whoever called this widget.
        self.post_message(message.set_sender(self))

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def block_at(self, y: int) -> Block | None:
        """Return the block drawn on a line of this widget."""
        line = y + self._first
        placed = zip(self._blocks, self._tops, strict=True)
        found = (each for each, top in placed if top <= line < top + len(each.lines))
        return next(found, None)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a block; twice opens it."""
        block = self.block_at(event.y)
        if block is None or not block.stops:
            return
        self.put_cursor(block.key)
        if event.chain == 2:
            self._tell(self.Opened(self, block.key))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll."""
        event.stop()
        self._scroll_by(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll."""
        event.stop()
        self._scroll_by(-WHEEL_LINES)

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is drawn."""
        return self.has_focus

    # Textual sets it only after it called `on_focus`.
    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show the cursor, or none."""
        super().watch_has_focus(_has_focus)
        self._paint()

    def notify_style_update(self) -> None:
        """Take the styles of a new theme."""
        super().notify_style_update()
        self._styles.doubt()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the kept lines; the compositor asks for all of them at every update."""
        drawn = (self.size, self._styles.version)
        if self._drawn != drawn:
            resized, self._drawn, self._kept = self._drawn[0] != self.size, drawn, {}
            if resized:
                self._lay()
                self._reveal()
            self._finished = self._draw()
        lines = self._finished[crop.y : crop.bottom]
        if crop.x or crop.width < self.size.width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """Return one of the kept lines."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _paint(self) -> None:
        """Bring the kept lines up to date and repaint those that differ."""
        if self._drawn[0] != self.size:
            return
        before, self._finished = self._finished, self._draw()
        pairs = zip(before, self._finished, strict=True)
        changed = [y for y, (old, new) in enumerate(pairs) if old is not new]
        if changed:
            top, bottom = changed[0], changed[-1] + 1
            self.refresh(Region(0, top, self.size.width, bottom - top))

    def _draw(self) -> list[Strip]:
        height = self._drawn[0].height
        thumb = self._thumb(height)
        lines: list[Strip] = []
        for block, top in zip(self._blocks, self._tops, strict=True):
            if top >= self._first + height:
                break
            here = self.shows_cursor and block.stops and block.key == self._cursor
            for line in block.lines[max(0, self._first - top) :]:
                lines.append(self._strip(line, here=here, thumb=len(lines) in thumb))
        below = range(len(lines), height)
        lines += [self._strip((), here=False, thumb=y in thumb) for y in below]
        return lines[:height]

    def _thumb(self, height: int) -> range:
        """Return the lines beside which the scroll bar's thumb is drawn."""
        lines, first = self._extent()
        hidden = lines - height
        if hidden <= 0 or not height:
            return range(0)
        length = max(1, height * height // lines)
        start = (height - length) * first // hidden
        return range(start, start + length)

    def _extent(self) -> tuple[int, int]:
        """Return how many lines there are, and which is the first in sight."""
        return self._length, self._first

    def _strip(self, line: Line, *, here: bool, thumb: bool) -> Strip:
        key = (line, here, thumb)
        if key not in self._kept:
            if len(self._kept) > MAX_KEPT:
                self._kept = {}
            self._kept[key] = self._finish(line, here=here, thumb=thumb)
        return self._kept[key]

    def _finish(self, line: Line, *, here: bool, thumb: bool) -> Strip:
        """Return a line with the cursor's marker before it and the scroll bar behind."""
        style, ground = self._styles, "cursor" if here else "body"
        width = self._drawn[0].width - EDGES
        spans = line if width_of(line) == width else row(line, (), width, "text")
        marker = Segment("▌", style(ground, "marker")) if here else Segment(" ", style(ground))
        edge = Segment(self.EDGE, style("body" if self.EDGE.strip() else ground, "rule"))
        bar = Segment("┃", style("body", "thumb")) if thumb else edge
        drawn = (Segment(text, style(ground, name)) for text, name in spans)
        return strip([marker, *drawn, Segment(" ", style(ground)), bar], width + EDGES)
