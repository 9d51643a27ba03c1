"""One stage of the board: a header, and the window of cards that is scrolled to.

A lane is passive: the board tells it what to show; it asks for the rows it lacks and keeps its
finished lines, so that a key costs only the lines that differ.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dealboard.domain.views import Card, Stage, StageTotals
from dealboard.widgets.deal_card import HEADER_HEIGHT, Heading, Scope, drop_line
from dealboard.widgets.lane_state import GUTTER, Drawn, LaneState, Look
from dealboard.widgets.lines import blank
from dealboard.widgets.slices import later
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.strips import strip

ASK_SECONDS = 0.005
"""After which what is in view is painted: reading what is beyond it would take the processor."""

PREPARE_SECONDS = 0.03
"""After which what is painted is on its way to the terminal, and what is beside it is drawn."""

MAX_KEPT = 200
"""Cards whose finished lines a lane keeps before it starts anew: about 7 kB each."""

_GENERATIONS = count(1)


class RowsWanted(Message, namespace="board"):
    """A stage is about to show rows that it does not hold; a newer request replaces an older."""

    def __init__(self, stage_id: int, offset: int, limit: int, generation: int) -> None:
        super().__init__()
        self.stage_id = stage_id
        self.offset = offset
        self.limit = limit
        self.generation = generation

    def can_replace(self, message: Message) -> bool:
        """Let a newer request for the same stage take this one's place in the queue."""
        return isinstance(message, RowsWanted) and message.stage_id == self.stage_id


class Lane(LaneState, Widget):
    """Draws one stage by lines and scrolls itself by whole rows."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Lane {
        height: 1fr;
    }
    """

    def __init__(
        self, stage: Stage, totals: StageTotals | None, look: Look, style: SpanStyles
    ) -> None:
        LaneState.__init__(self, stage, totals, look)
        Widget.__init__(self)
        self.generation = next(_GENERATIONS)
        self.awake = False
        self._style = style
        self._asked: range | None = None
        self._held_generation = 0
        self.renewed = False
        self._drop: tuple[int, str] | None = None
        self._lines: list[Strip] = []
        self._drawn: tuple[Size, int] = (Size(0, 0), 0)
        self._width = 0
        self._kept: dict[object, tuple[object, list[Strip]]] = {}
        self._changed = self._unprepared = True

    @property
    def window(self) -> tuple[int, int]:
        """Offset and limit of the rows in view and a page either side, however few there are now.

        Who reads them anew may find more.
        """
        first = max(0, self.first - self._page)
        return first, self.first + 2 * self._page - first

    @property
    def _page(self) -> int:
        return self.capacity + 1

    # ── what it is told: nothing of it shows before `paint` ───────────────────────────────────

    def assign(self, stage: Stage, totals: StageTotals | None, first: int) -> None:
        """Become the lane of another stage, without rows yet."""
        self.stage, self.totals, self.first = stage, totals, first
        self.hold(0, ())
        self._selected = None
        self.invalidate()

    def set_totals(self, totals: StageTotals) -> None:
        """Have new totals; there may be fewer rows than before."""
        self.totals = totals
        self._show_from(self.first)

    def set_look(self, look: Look) -> None:
        """Draw everything anew in another density, on another day or in another locale."""
        self._look = look
        self._kept = {}
        self._show_from(self.first)

    def invalidate(self) -> None:
        """Ask for the rows again, and go on showing those held until they come."""
        self.generation = next(_GENERATIONS)
        self._asked, self._changed = None, True

    def put(self, offset: int, cards: Sequence[Card], generation: int | None) -> bool:
        """Hold these rows from now on, and return whether they were of use.

        Rows of an earlier generation are not; None makes these the first of a new one. Neither are
        rows out of sight, unless they are what was asked for last. Afterwards `renewed` tells
        whether they are the first of their generation.
        """
        if generation is None:
            self.invalidate()
            self._asked = self._view(self._page)
        elif generation != self.generation:
            return False
        if not self._answers(offset) and not self._helps(offset, len(cards)):
            self._asked = None if generation is None else self._asked
            return False
        self.hold(offset, cards)
        self._changed = self._unprepared = True
        self.renewed = self._held_generation != self.generation
        self._held_generation = self.generation
        return True

    def select(self, row: int | None) -> None:
        """Put the cursor on a row, or take it away."""
        super().select(row)
        self._changed = True

    def mark(self, deal_ids: frozenset[int]) -> None:
        """Have these deals drawn as selected."""
        if deal_ids != self._marked:
            self._marked, self._changed = deal_ids, True

    def count(self, scope: Scope, whole: StageTotals | None = None) -> None:
        """Say in the header which deals are counted; `whole` are the totals of Scope.WHOLE."""
        if (scope, whole) != self._counted:
            super().count(scope, whole)
            self._changed = True

    def scroll_rows(self, by: int) -> None:
        """Scroll by rows, down if positive."""
        self._show_from(self.first + by)

    def show_drag(self, dragged: int | None, drop: tuple[int, str] | None) -> None:
        """Fade the deal that is being dragged; show its title above the row where it would land."""
        self._dragged, self._drop, self._changed = dragged, drop, True

    def row_at(self, y: int) -> int | None:
        """Return the row drawn on a line of this widget, None for the header and below the end."""
        row = self.first + (y - HEADER_HEIGHT) // self._look.density.card_height
        return row if y >= HEADER_HEIGHT and row < self.rows else None

    def gap_at(self, y: int) -> int:
        """Return the row before which something dropped on a line of this widget would land."""
        height = self._look.density.card_height
        row = self.first + (y - HEADER_HEIGHT + height // 2) // height
        return max(0, min(row, self.deals))

    def edge_at(self, y: int) -> int:
        """Return -1 on the header, which is above the rows, 1 on the last line, 0 between."""
        return (y >= self.size.height - 1) - (y < HEADER_HEIGHT)

    def _show_from(self, first: int) -> None:
        before = self.first
        super()._show_from(first)
        self._unprepared = self._unprepared or self.first != before
        self._changed = True

    # ── rows it lacks ─────────────────────────────────────────────────────────────────────────

    def _covers(self, rows: range) -> bool:
        return _within(rows, self._offset, len(self._cards))

    def _answers(self, offset: int) -> bool:
        return self._asked is not None and self._asked.start == offset

    def _helps(self, offset: int, length: int) -> bool:
        """Whether these rows show all of the view, or some of it while not all is held."""
        view = self._view(0)
        some = offset <= view.start < offset + length
        return _within(view, offset, length) or (some and not self._covers(view))

    @property
    def _lacks(self) -> bool:
        """Whether half a page beyond the view is neither held nor asked for."""
        near, asked = self._view(self._page // 2), self._asked
        if not near or not self._body or not self.awake:
            return False
        return not asked or not (self._covers(near) or _within(near, asked.start, len(asked)))

    def _ask(self) -> None:
        """Ask for the view and two pages either side, unless nothing is lacking by now."""
        if not self._lacks:
            return
        self._asked = wanted = self._view(2 * self._page)
        message = RowsWanted(self.stage.id, wanted.start, len(wanted), self.generation)
        # A message bubbles no further than its sender, which would be whoever called this lane.
        self.post_message(message.set_sender(self))

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    @property
    def told(self) -> bool:
        """Whether it was told something that it does not show yet."""
        return self._changed and self.is_mounted

    def draw_ahead(self) -> None:
        """Draw what `paint` will show, and show nothing of it yet."""
        if self._lines:
            self._draw()

    def paint(self) -> None:
        """Ask for missing rows, bring the kept lines up to date, repaint those that differ."""
        if not self.told:
            return
        self._changed = False
        loop = asyncio.get_running_loop()
        if not self._covers(self._view(0)):
            self._ask()
        elif self._lacks:
            loop.call_later(ASK_SECONDS, self._ask)
        if not self._lines:
            return
        before, self._lines = self._lines, self._draw()
        changed = [y for y, line in enumerate(self._lines) if line is not before[y]]
        if changed:
            self.refresh(*(Region(0, y, self._width, height) for y, height in _runs(changed)))
        if self._unprepared and self._selected is not None:
            self._unprepared = False
            loop.call_later(PREPARE_SECONDS, later, self, self._prepare())

    def _prepare(self) -> Iterator[object]:
        """Draw the cards a page either side, one a step: scrolling there finds them drawn."""
        first, beside = self.first, (False,) * self._look.density.card_height
        for row in self._view(self._page):
            if self.first != first or self._unprepared:
                return
            yield self._row(row, beside)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the kept lines; the compositor asks for all of them at every update."""
        drawn = (self.size, self._style.version)
        if self._drawn != drawn:
            self._drawn, self._kept = drawn, {}
            self._width = self.size.width
            self._lines = self._draw()
        lines = self._lines[crop.y : crop.bottom]
        if crop.x or crop.width < self._width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def render_line(self, y: int) -> Strip:
        """Return one of the kept lines."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def on_mount(self) -> None:
        """Ask for the rows that could not be asked for before."""
        self.paint()

    def _draw(self) -> list[Strip]:
        height = self._drawn[0].height
        lines = [*self._header()]
        for row, beside in self._in_sight(height - HEADER_HEIGHT):
            lines += self._row(row, beside)
        self._draw_drop(lines)
        return lines[:height]

    def _draw_drop(self, lines: list[Strip]) -> None:
        """Lay the line of a dragged deal over the gap before its row, or over the rule."""
        if self._drop is None:
            return
        row, title = self._drop
        y = (row - self.first) * self._look.density.card_height - 1
        if -1 <= y < self._body:
            line = drop_line(title, self._width - GUTTER)
            lines[y + HEADER_HEIGHT] = self._strip(Drawn(line, "body"))

    def _heading(self) -> Heading:
        return Heading.TARGET if self._drop else super()._heading()

    def _header(self) -> list[Strip]:
        """Return the header's lines; those that no heading changes are the same strip always."""

        def draw() -> list[Strip]:
            return [self._shared(line) for line in self._header_lines(self._width)]

        return self._keep(self._heading(), self._header_of(), draw)

    def _row(self, row: int, beside: tuple[bool, ...]) -> list[Strip]:
        """Return a row's lines with its gap; `beside` says which have the thumb at their right."""
        gap = blank(self._width - GUTTER, "text")

        def draw() -> list[Strip]:
            lines = self._row_lines(row, beside, self._width)
            return [self._shared(each) if each.line == gap else self._strip(each) for each in lines]

        card = self._card_in(row)
        if card is None:
            notes = tuple(self._notes(row, self._width - GUTTER))
            return self._keep((len(notes), beside), notes, draw)
        marked = card.id in self._marked
        return self._keep((card.id, self._ground(row, card), marked, beside), card, draw)

    def _shared(self, drawn: Drawn) -> Strip:
        """Return the same strip for the same line."""
        return self._keep(drawn, None, lambda: [self._strip(drawn)])[0]

    def _keep(self, key: object, value: object, draw: Callable[[], list[Strip]]) -> list[Strip]:
        """Return the kept lines of a key, drawn anew if `value` is not what they were drawn of."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != value:
            if len(self._kept) > MAX_KEPT:
                self._kept = {}
            self._kept[key] = kept = (value, draw())
        return kept[1]

    def _strip(self, drawn: Drawn) -> Strip:
        text, style = drawn.gutter
        segments = [Segment(text, self._style(drawn.ground, style)) for text, style in drawn.line]
        return strip([*segments, Segment(text, self._style("body", style))], self._width)


def _within(rows: range, offset: int, length: int) -> bool:
    return not rows or (offset <= rows.start and rows.stop <= offset + length)


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield start and length of each run of consecutive numbers."""
    start = end = -1
    for number in numbers:
        if number != end:
            if end > start:
                yield start, end - start
            start = number
        end = number + 1
    if end > start:
        yield start, end - start
