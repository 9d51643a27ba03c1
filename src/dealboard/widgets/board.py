"""The board: a pipeline's stages side by side, one cursor, keys and the mouse.

It holds the rows in view and asks for others by `RowsWanted`; what a person wants done it posts
upwards. No I/O, nothing awaited: a key repaints the lines that differ and is over.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from dealboard.domain.views import Card, Stage, StageTotals
from dealboard.widgets.deal_card import Density, Scope
from dealboard.widgets.drag import Drag
from dealboard.widgets.lane import RowsWanted as LaneRowsWanted
from dealboard.widgets.lane_state import GROUNDS, Look
from dealboard.widgets.lanes import Lanes
from dealboard.widgets.selection import Selection
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.turns import ask, take_in_order

if TYPE_CHECKING:
    from textual.timer import Timer

SCROLL_SECONDS = 0.1
"""Between two steps of scrolling while a deal is held at an edge."""

WHEEL_LINES = 4
"""Lines that a notch of the wheel scrolls."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor is: a stage, a row in it, and the deal there, if its row is held."""

    stage_id: int
    index: int
    deal_id: int | None


class Board(Widget, can_focus=True):
    """A pipeline as lanes of cards."""

    ALLOW_SELECT = False
    BLANK = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False, id="board.up"),
        Binding("down,j", "step(1)", "Down", show=False, id="board.down"),
        Binding("left,h", "stage_by(-1)", "Stage left", show=False, id="board.left"),
        Binding("right,l", "stage_by(1)", "Stage right", show=False, id="board.right"),
        Binding("g,home", "top", "First deal", show=False, id="board.top"),
        Binding("G,end", "bottom", "Last deal", show=False, id="board.bottom"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="board.half_page_up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="board.half_page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="board.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="board.page_down"),
        *(
            Binding(str(n), f"stage({n - 1})", f"Stage {n}", show=False, id=f"board.stage_{n}")
            for n in range(1, 10)
        ),
        Binding("z", "toggle_zoom", "Zoom stage", show=False, id="board.zoom"),
        Binding(
            "H,shift+left,alt+left,ctrl+left",
            "move(-1)",
            "Move left",
            show=False,
            id="deal.move_left",
            tooltip="Move the deal to the stage before",
        ),
        Binding(
            "L,shift+right,alt+right,ctrl+right,greater_than_sign",
            "move(1)",
            "Move right",
            id="deal.move_right",
            tooltip="Move the deal to the next stage",
        ),
        Binding("K,alt+up", "reorder(-1)", "Move up", show=False, id="deal.move_up"),
        Binding("J,alt+down", "reorder(1)", "Move down", show=False, id="deal.move_down"),
        Binding("enter,e", "open", "Open", id="deal.open", tooltip="Open the deal to edit it"),
        Binding("n", "screen.new_deal", "New", id="deal.new"),
        Binding("space", "select", "Select", show=False, id="board.select"),
        Binding("v", "range", "Select a range", show=False, id="board.range"),
        Binding("shift+up", "extend(-1)", "Select upwards", show=False, id="board.extend_up"),
        Binding("shift+down", "extend(1)", "Select downwards", show=False, id="board.extend_down"),
        Binding("escape", "escape", "Let go", show=False, id="board.escape"),
    ]

    DEFAULT_CSS = """
    Board {
        layout: horizontal;
        height: 1fr;
        background: $background;
        overflow: hidden;
        & > .board--head { background: $background; }
        & > .board--name { text-style: bold; }
        & > .board--name-current { color: $text-accent; text-style: bold; }
        & > .board--name-target { color: $text-success; text-style: bold reverse; }
        & > .board--total { text-style: bold; }
        & > .board--rule { color: $foreground 25%; }
        & > .board--rule-current { color: $accent; }
        & > .board--rule-target { color: $success; }
        & > .board--body { background: $background; }
        & > .board--card { background: $surface; }
        & > .board--cursor { background: $primary 30%; }
        & > .board--marked { background: $accent 20%; }
        & > .board--dragged { background: $background; color: $foreground 35%; text-style: italic; }
        & > .board--title { text-style: bold; }
        & > .board--found { color: $text-accent; text-style: bold underline; }
        & > .board--amount { color: $text; }
        & > .board--muted { color: $text-muted; }
        & > .board--owner { color: $text-muted; }
        & > .board--overdue { color: $text-error; text-style: bold; }
        & > .board--today { color: $text-warning; text-style: bold; }
        & > .board--won { color: $text-success; }
        & > .board--lost { color: $text-error; }
        & > .board--marker { color: $accent; }
        & > .board--note { color: $text-muted; }
        & > .board--drop { background: $success; color: $text; text-style: bold; }
        & > .board--thumb { color: $foreground 35%; }
        &:ansi {
            & > .board--cursor { background: ansi_default; text-style: reverse; }
            & > .board--muted, & > .board--owner, & > .board--note, & > .board--rule,
            & > .board--dragged { text-style: dim; }
            & > .board--drop { color: ansi_default; background: ansi_default; text-style: reverse; }
            & > .board--marked { background: ansi_default; }
        }
        &:nocolor > .board--cursor { text-style: reverse; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"board--{name}"
        for name in (
            *("head", "name", "name-current", "name-target", "total"),
            *("rule", "rule-current", "rule-target", "body", "card", "cursor", "marked", "dragged"),
            *("text", "title", "amount", "owner", "muted", "date", "overdue", "today"),
            *("won", "lost", "marker", "note", "drop", "thumb", "found"),
        )
    }
    """Grounds: head, body, card, cursor (the card under it), marked (selected), dragged. The others
    are styles of the spans in `deal_card`, laid over a ground."""

    density: var[Density] = var(Density.COMFORTABLE, init=False)
    """How much room a card takes."""

    today: var[date] = var(date.min, init=False)
    """The day that close dates are held against."""

    locale: var[str] = var("en_US", init=False)
    """How money is written."""

    sought: var[str] = var("", init=False)
    """The name that is filtered by: where it was found stands out."""

    zoomed: var[bool] = var(False, init=False)
    """Whether the cursor's stage has the whole width."""

    RowsWanted: TypeAlias = LaneRowsWanted

    class SelectionChanged(Message):
        """Other deals are selected than before."""

        def __init__(self, deal_ids: frozenset[int]) -> None:
            super().__init__()
            self.deal_ids = deal_ids

    class RangeWanted(Message):
        """A range is selected whose rows are not all held: their ids are wanted."""

        def __init__(self, stage_id: int, offset: int, limit: int) -> None:
            super().__init__()
            self.stage_id = stage_id
            self.offset = offset
            self.limit = limit

    class MoveRequested(Message):
        """Move a deal: by so many stages, or to a stage; `index` is its place there, None the top.

        The index counts the deals of the stage without the one that is moved.
        """

        def __init__(
            self,
            deal_id: int,
            by: int | None = None,
            stage_id: int | None = None,
            index: int | None = None,
        ) -> None:
            super().__init__()
            self.deal_id = deal_id
            self.by = by
            self.stage_id = stage_id
            self.index = index

    class ReorderRequested(Message):
        """Move a deal by so many places in its stage, down if positive."""

        def __init__(self, deal_id: int, by: int) -> None:
            super().__init__()
            self.deal_id = deal_id
            self.by = by

    class OpenRequested(Message):
        """Open a deal."""

        def __init__(self, deal_id: int) -> None:
            super().__init__()
            self.deal_id = deal_id

    class OlderRequested(Message):
        """Show the deals of a closed stage that are older than the board's window."""

        def __init__(self, stage_id: int) -> None:
            super().__init__()
            self.stage_id = stage_id

    def __init__(
        self,
        *,
        today: date,
        density: Density = Density.COMFORTABLE,
        locale: str = "en_US",
        size: Size | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Be a board; of the `size` that it will have, so that its first frame is whole."""
        super().__init__(id=id)
        self.set_reactive(Board.today, today)
        self.set_reactive(Board.density, density)
        self.set_reactive(Board.locale, locale)
        self.span_styles = SpanStyles(self, "board", GROUNDS)
        self._lanes = Lanes(self.span_styles)
        if size is not None:
            self._lanes.fit(size, zoomed=False)
        self._at = 0
        self._row = 0
        self._deal: int | None = None
        self._selection = Selection()
        self._scope: tuple[Scope, Mapping[int, StageTotals]] = (Scope.ALL, {})
        self._drag: Drag | None = None
        self._scrolling: Timer | None = None

    def compose(self) -> ComposeResult:
        """Yield the tabs and the lanes of stages that were shown before."""
        yield self._lanes.tabs
        yield from self._lanes

    # ── told by the screen ────────────────────────────────────────────────────────────────────

    def show(self, stages: Sequence[Stage], totals: Mapping[int, StageTotals]) -> None:
        """Show a pipeline. Stages shown before keep their scroll, and the cursor its stage.

        Totals may come later, by `set_totals`; rows are asked for.
        """
        cursor = self.cursor
        self._selection.end()
        added = self._lanes.assign(stages, totals, self._look)
        self._mark()
        self._count()
        if added and self.is_mounted:
            self.mount_all(added)
        self._at, self._row, self._deal = 0, 0, None
        if cursor and (at := self._lanes.index(cursor.stage_id)) is not None:
            self._go(at, cursor.index, cursor.deal_id, reveal=False)
        elif self._lanes:
            self._go(next((at for at, lane in enumerate(self._lanes) if lane.deals), 0), 0)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Paint what the board is told within the block at its end, once."""
        self._lanes.held = True
        try:
            yield
        finally:
            self._lanes.held = False
            self._lanes.paint()

    def set_totals(self, totals: Mapping[int, StageTotals]) -> None:
        """Show new totals of some or all stages."""
        for lane in self._lanes:
            if lane.stage.id in totals:
                lane.set_totals(totals[lane.stage.id])
        if self._lanes:
            self._follow(settled=False)
            self._lanes.paint()

    def put_rows(
        self, stage_id: int, offset: int, cards: Sequence[Card], *, generation: int | None = None
    ) -> None:
        """Hand over the cards of a stage from row `offset` on.

        `generation` is that of the `RowsWanted` which they answer: an answer to a question asked
        before `invalidate` is dropped. Without it they are taken as the newest there are.
        """
        at = self._lanes.index(stage_id)
        if at is None:
            return
        lane = self._lanes[at]
        if lane.put(offset, cards, generation) and at == self._at:
            self._follow(settled=lane.renewed)
        self._lanes.paint()

    def set_scope(self, scope: Scope, whole: Mapping[int, StageTotals] | None = None) -> None:
        """Say in the headers which deals are counted; `whole` are the totals of Scope.WHOLE."""
        self._scope = (scope, whole or {})
        self._count()
        self._lanes.paint()

    def _count(self) -> None:
        scope, whole = self._scope
        for lane in self._lanes:
            lane.count(scope, whole.get(lane.stage.id))

    def invalidate(self, stage_ids: Iterable[int] | None = None) -> None:
        """Ask again for the rows of some or all stages; those held are shown until they come."""
        stale = None if stage_ids is None else set(stage_ids)
        for lane in self._lanes:
            if stale is None or lane.stage.id in stale:
                lane.invalidate()
        self._lanes.paint()

    def focus_deal(self, deal_id: int, stage_id: int, index: int) -> None:
        """Put the cursor on a deal that is, or is about to be, in row `index` of a stage.

        Call it before handing over the rows after a move: then the cursor never rests on another.
        """
        at = self._lanes.index(stage_id)
        if at is not None:
            self._go(at, index, deal_id)

    def window(self, stage_id: int) -> tuple[int, int] | None:
        """Return offset and limit of the rows that a stage shows or is about to."""
        at = self._lanes.index(stage_id)
        return None if at is None else self._lanes[at].window

    @property
    def held(self) -> dict[int, Card]:
        """The cards that are held, by deal."""
        return {card.id: card for lane in self._lanes for card in lane.held}

    def neighbours(self, stage_id: int, index: int, mover: int) -> tuple[int | None, int | None]:
        """Return the deals above and below a place of a stage, counted without the deal `mover`.

        None at an end, and where the row is not held.
        """
        at = self._lanes.index(stage_id)
        if at is None:
            return None, None
        lane = self._lanes[at]
        own = lane.row_of(mover)
        rows = (row if own is None or row < own else row + 1 for row in (index - 1, index))
        above, below = (lane.card(row) for row in rows)
        return above and above.id, below and below.id

    @property
    def cursor(self) -> Cursor | None:
        """Where the cursor is; None before a pipeline is shown."""
        if not self._lanes:
            return None
        return Cursor(self._lanes[self._at].stage.id, self._row, self._deal)

    @property
    def card(self) -> Card | None:
        """The card under the cursor, if its row is held."""
        card = self._lanes[self._at].card(self._row) if self._lanes else None
        return card if card and card.id == self._deal else None

    @property
    def selected(self) -> frozenset[int]:
        """The ids of the selected deals, also of those in other stages and out of sight."""
        return self._selection.ids

    def select(self, deal_ids: Collection[int]) -> None:
        """Have exactly these deals selected."""
        self._selection.set(deal_ids)
        self._show_selection()

    def put_range(self, stage_id: int, offset: int, deal_ids: Collection[int]) -> None:
        """Hand over the ids of a range that was wanted; of an older one they are not taken."""
        rows = self._selection.range_to(stage_id, self._row)
        if rows is not None and rows.start == offset and self._lanes[self._at].stage.id == stage_id:
            self._selection.fill(deal_ids)
            self._show_selection()

    @property
    def dragging(self) -> bool:
        """Whether a deal is being dragged."""
        return self._drag is not None and self._drag.moving

    # ── the cursor ────────────────────────────────────────────────────────────────────────────

    def _go(self, at: int, row: int, deal_id: int | None = None, *, reveal: bool = True) -> None:
        """Put the cursor on a row of a stage, and bring the stage into sight."""
        if at != self._at:
            self._lanes[self._at].select(None)
        lane = self._lanes[at]
        if deal_id is None or lane.totals is not None:
            row = min(row, lane.rows - 1)
        self._at, self._row = at, max(0, row)
        card = lane.card(self._row)
        self._deal = card.id if card and deal_id is None else deal_id
        self._show_stage()
        if reveal:
            lane.reveal(self._row)
        lane.select(self._row)
        self._lanes.paint()

    def _follow(self, *, settled: bool) -> None:
        """Keep the cursor on its deal, on the same line of the screen, after a stage changed.

        Once the rows have `settled`, a deal that is not among them any more has left: the cursor
        stays in its row and takes the deal that is there now. Until then a key still means the
        deal it meant: the rows that scrolling brings may be ahead of the news that it moved.
        """
        lane = self._lanes[self._at]
        row = lane.row_of(self._deal) if self._deal is not None else None
        if row is not None:
            lane.scroll_rows(row - self._row)
            self._go(self._at, row, self._deal, reveal=False)
            return
        last = min(self._row, lane.rows - 1)
        gone = settled and (lane.card(last) is not None or not lane.deals)
        seen = lane.in_view(self._row)
        self._go(self._at, self._row, None if gone else self._deal, reveal=gone and seen)

    def _walk(self, at: int, row: int) -> None:
        """Put the cursor on a row because a person wants it there: a range grows with it."""
        self._go(at, row)
        anchor = self._selection.anchor
        if anchor is None:
            return
        if not anchor.held:
            self._selection.end()
        elif anchor.stage_id != self._lanes[at].stage.id:
            self._selection.begin(self._lanes[at].stage.id, self._row, held=True)
        self._grow()

    def action_step(self, by: int) -> None:
        """Move the cursor by rows."""
        if self._lanes:
            self._walk(self._at, self._row + by)

    def action_stage_by(self, by: int) -> None:
        """Move the cursor to a stage beside this one."""
        self.action_stage(self._at + by)

    def action_stage(self, at: int) -> None:
        """Move the cursor to a stage, to the card on the same line of the screen."""
        if 0 <= at < len(self._lanes):
            here, there = self._lanes[self._at], self._lanes[at]
            line = max(0, min(self._row - here.first, here.capacity - 1))
            self._walk(at, there.first + line)

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        self.action_step(-self._row)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        if self._lanes:
            self._walk(self._at, self._lanes[self._at].rows - 1)

    def action_page(self, pages: float) -> None:
        """Scroll by pages, and move the cursor as far."""
        if self._lanes:
            lane = self._lanes[self._at]
            by = max(1, int(lane.capacity * abs(pages))) * (1 if pages > 0 else -1)
            lane.scroll_rows(by)
            self._walk(self._at, self._row + by)

    # ── the selection ─────────────────────────────────────────────────────────────────────────

    def action_select(self) -> None:
        """Select the deal, or do not any more, and go on to the next."""
        if self._deal is not None:
            self._selection.toggle(self._deal)
            self._show_selection()
            self.action_step(1)

    def action_range(self) -> None:
        """Begin a range that grows with the cursor, or end the one there is."""
        anchor = self._selection.anchor
        if anchor is not None and anchor.held:
            self._selection.end()
        elif self._lanes:
            self._selection.begin(self._lanes[self._at].stage.id, self._row, held=True)
            self._grow()

    def action_extend(self, by: int) -> None:
        """Move the cursor by rows and select what it passes."""
        if not self._lanes:
            return
        stage_id = self._lanes[self._at].stage.id
        if self._selection.range_to(stage_id, self._row) is None:
            self._selection.begin(stage_id, self._row, held=False)
        self._go(self._at, self._row + by)
        self._grow()

    def _grow(self) -> None:
        """Select what lies between the anchor and the cursor; rows not held are asked for."""
        lane = self._lanes[self._at]
        rows = self._selection.range_to(lane.stage.id, self._row)
        if rows is None:
            return
        rows = rows[: max(0, lane.deals - rows.start)]
        cards = [card for row in rows if (card := lane.card(row))]
        if len(cards) == len(rows):
            self._selection.fill([card.id for card in cards])
            self._show_selection()
        else:
            self.post_message(self.RangeWanted(lane.stage.id, rows.start, len(rows)))

    def _show_selection(self) -> None:
        self._mark()
        self._lanes.paint()
        self.post_message(self.SelectionChanged(self._selection.ids))

    def _mark(self) -> None:
        for lane in self._lanes:
            lane.mark(self._selection.ids)

    def action_escape(self) -> None:
        """Let go of the dragged deal, else of the selection."""
        if self._drag is not None:
            self.action_cancel_drag()
        else:
            self.select(())

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed: after `/` they are a name."""
        await take_in_order(self, event)

    # ── what a person wants done ──────────────────────────────────────────────────────────────

    def action_move(self, by: int) -> None:
        """Ask for the deal to be moved by stages."""
        if self._deal is not None:
            self.post_message(self.MoveRequested(self._deal, by=by))

    def action_reorder(self, by: int) -> None:
        """Ask for the deal to be moved in its stage."""
        if self._deal is not None:
            self.post_message(self.ReorderRequested(self._deal, by))

    def action_open(self) -> None:
        """Ask for the deal to be opened, or for the older deals on whose line the cursor is."""
        if self._deal is not None:
            ask(self, self.OpenRequested(self._deal))
        elif self._lanes:
            lane = self._lanes[self._at]
            if lane.older and self._row == lane.deals:
                self.post_message(self.OlderRequested(lane.stage.id))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return nothing where the lanes cover it: what is below them would be cut like them."""
        return [] if self._lanes.cover(self.size) else super().render_lines(crop)

    # ── layout ────────────────────────────────────────────────────────────────────────────────

    @property
    def _look(self) -> Look:
        return Look(self.density, self.today, self.locale, self.sought)

    def watch_density(self) -> None:
        """Draw the cards in another height; the cursor stays in sight."""
        self._restyle()

    def watch_today(self) -> None:
        """Draw the close dates anew."""
        self._restyle()

    def watch_locale(self) -> None:
        """Draw the money anew."""
        self._restyle()

    def watch_sought(self) -> None:
        """Mark where the name was found."""
        self._restyle()

    def notify_style_update(self) -> None:
        """Take on the styles of a new theme."""
        super().notify_style_update()
        self.span_styles.doubt()

    def _restyle(self) -> None:
        for lane in self._lanes:
            lane.set_look(self._look)
        if self._lanes:
            self._lanes[self._at].reveal(self._row)
        self._lanes.paint()

    def watch_zoomed(self) -> None:
        """Give the cursor's stage the whole width, or take it back."""
        self._fit()

    def action_toggle_zoom(self) -> None:
        """Zoom into the cursor's stage, or out."""
        self.zoomed = not self.zoomed

    def on_resize(self) -> None:
        """Show as many stages as fit now, the cursor's among them."""
        self._fit()

    def _fit(self) -> None:
        self._lanes.fit(self.size, zoomed=self.zoomed)
        if self._lanes:
            self._show_stage()
            self._lanes[self._at].reveal(self._row)
        self._lanes.paint()

    def _show_stage(self) -> None:
        """Have the cursor's stage on the screen, and its tab marked."""
        self._lanes.bring(self._at)
        self._lanes.show_tabs(self._at)

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def _scroll(self, event: events.MouseEvent, by: int, *, sideways: bool) -> None:
        """Scroll the stage under the pointer, or the stages sideways; the cursor stays."""
        event.stop()
        at = self._lanes.at(event.screen_offset)
        if sideways:
            self._lanes.scroll(by)
            self._lanes.show_tabs(self._at)
        elif at is not None:
            self._lanes[at].scroll_rows(by * WHEEL_LINES // self.density.card_height)
        self._lanes.paint()

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

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the button goes down; a drag may begin here."""
        place = event.screen_offset
        at = self._lanes.at(place)
        if event.button != 1 or at is None:
            return
        lane = self._lanes[at]
        row = None if self._lanes.on_tabs(place) else lane.row_at(place.y - lane.region.y)
        if row is None:
            self.action_stage(at)
            return
        again = (at, row) == (self._at, self._row)
        self._walk(at, row)
        if event.ctrl and self._deal is not None:
            self._selection.toggle(self._deal)
            self._show_selection()
            return
        if (card := self.card) is not None:
            self._drag = Drag(card, row, place, again)
        else:
            self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the deal on which the button went down."""
        drag, place = self._drag, event.screen_offset
        if drag is None or (place == drag.place and not drag.moving):
            return
        if event.button != 1:
            self.action_cancel_drag()
            return
        if not drag.moving:
            self.capture_mouse()
            self._scrolling = self.set_interval(SCROLL_SECONDS, self._scroll_at_edge)
        drag.move(self._lanes, place)
        self._show_drag(drag)

    def _scroll_at_edge(self) -> None:
        if self._drag is not None:
            self._drag.scroll(self._lanes, self.region)
            self._show_drag(self._drag)

    def _show_drag(self, drag: Drag) -> None:
        self._lanes.show_tabs(self._at, drag.target)
        self._lanes.paint()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Drop the dragged deal, or open the one that was clicked again."""
        drag = self._drag
        self.action_cancel_drag()
        if drag is None or event.button != 1:
            return
        index = drag.index(self._lanes)
        if drag.target is not None and index is not None:
            stage_id = self._lanes[drag.target].stage.id
            self.post_message(self.MoveRequested(drag.card.id, stage_id=stage_id, index=index))
        elif drag.again and not drag.moving:
            self.post_message(self.OpenRequested(drag.card.id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the screen unless there is something to let go of."""
        return action != "escape" or self.dragging or bool(self._selection)

    def action_cancel_drag(self) -> None:
        """Let go of the dragged deal where it was."""
        if self._drag is None:
            return
        self._drag = None
        if self._scrolling is not None:
            self._scrolling.stop()
            self._scrolling = None
        self.release_mouse()
        for lane in self._lanes:
            lane.show_drag(None, None)
        self._lanes.show_tabs(self._at)
        self._lanes.paint()
