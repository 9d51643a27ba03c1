"""The board: a pipeline's stages side by side, one cursor, keys and the mouse.

It holds the rows in view and asks for others by `RowsWanted`; what a person wants done it posts
upwards. No I/O, nothing awaited: a key repaints the lines that differ and is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from dealboard.domain.views import Card, Stage, StageTotals
from dealboard.widgets.deal_card import Density
from dealboard.widgets.lane import Lane, Look
from dealboard.widgets.lane import RowsWanted as LaneRowsWanted
from dealboard.widgets.stage_tabs import StageTabs

if TYPE_CHECKING:
    from textual.timer import Timer

LANE_WIDTH = 26
"""Cells that a stage needs beside others; as many are shown as fit."""

NARROW = 60
"""Below this many columns one stage is shown at a time (decision 69)."""

SCROLL_SECONDS = 0.1
"""Between two steps of scrolling while something is dragged to an edge."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor is: a stage, a row in it, and the deal there, if its row is held."""

    stage_id: int
    index: int
    deal_id: int | None


@dataclass(slots=True)
class _Drag:
    """A mouse button held down on a deal; a drag from its first move on."""

    card: Card
    start: Offset
    at: Offset
    again: bool
    moving: bool = False
    lane: int | None = None
    row: int = 0


class Board(Widget, can_focus=True):
    """A pipeline as lanes of cards."""

    ALLOW_SELECT = False

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
        Binding("n", "new", "New", id="deal.new", tooltip="New deal in this stage"),
        Binding("escape", "cancel_drag", "Cancel", show=False, id="board.cancel_drag"),
    ]

    DEFAULT_CSS = """
    Board {
        layout: horizontal;
        height: 1fr;
        background: $background;
        overflow: hidden;
    }
    """

    density: var[Density] = var(Density.COMFORTABLE, init=False)
    """How much room a card takes."""

    today: var[date] = var(date.min, init=False)
    """The day that close dates are held against."""

    locale: var[str] = var("en_US", init=False)
    """How money is written."""

    zoomed: var[bool] = var(False, init=False)
    """Whether the cursor's stage has the whole width."""

    RowsWanted: TypeAlias = LaneRowsWanted

    @dataclass
    class CursorMoved(Message):
        """The cursor is on another deal, or on none."""

        deal_id: int | None
        stage_id: int

    @dataclass
    class MoveRequested(Message):
        """Move a deal: by so many stages, or to a stage; `index` is its place there, None the top.

        The index counts the deals of the stage without the one that is moved.
        """

        deal_id: int
        by: int | None = None
        stage_id: int | None = None
        index: int | None = None

    @dataclass
    class ReorderRequested(Message):
        """Move a deal by so many places in its stage, down if positive."""

        deal_id: int
        by: int

    @dataclass
    class OpenRequested(Message):
        """Open a deal."""

        deal_id: int

    @dataclass
    class NewRequested(Message):
        """Create a deal in a stage."""

        stage_id: int

    @dataclass
    class OlderRequested(Message):
        """Show the deals of a closed stage that are older than the board's window."""

        stage_id: int

    def __init__(
        self,
        *,
        today: date,
        density: Density = Density.COMFORTABLE,
        locale: str = "en_US",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.set_reactive(Board.today, today)
        self.set_reactive(Board.density, density)
        self.set_reactive(Board.locale, locale)
        self._stages: tuple[Stage, ...] = ()
        self._lanes: list[Lane] = []
        self._tabs = StageTabs()
        self._left = 0
        self._shown = range(0)
        self._at = 0
        self._row = 0
        self._deal: int | None = None
        self._drag: _Drag | None = None
        self._scrolling: Timer | None = None

    def compose(self) -> ComposeResult:
        """Yield the tabs and the lanes of stages that were shown before."""
        yield self._tabs
        yield from self._lanes

    # ── told by the screen ────────────────────────────────────────────────────────────────────

    def show(self, stages: Sequence[Stage], totals: Mapping[int, StageTotals]) -> None:
        """Show a pipeline. Stages shown before keep their scroll, and the cursor its stage.

        Totals may come later, by `set_totals`; rows are asked for.
        """
        scrolled = {lane.stage.id: lane.first for lane in self._lanes}
        cursor = self.cursor
        self._stages = tuple(stages)
        for lane in self._lanes[len(stages) :]:
            lane.remove()
        del self._lanes[len(stages) :]
        for lane, stage in zip(self._lanes, stages, strict=False):
            lane.assign(stage, totals.get(stage.id), scrolled.get(stage.id, 0))
        added = [
            Lane(stage, totals.get(stage.id), self._look) for stage in stages[len(self._lanes) :]
        ]
        self._lanes += added
        if added and self.is_mounted:
            self.mount_all(added)
        self._at, self._row, self._deal, self._shown = 0, 0, None, range(0)
        if cursor and (at := self._index(cursor.stage_id)) is not None:
            self._go(at, cursor.index, cursor.deal_id, reveal=False)
        elif self._lanes:
            self._go(0, 0)

    def set_totals(self, totals: Mapping[int, StageTotals]) -> None:
        """Show new totals of some or all stages."""
        for lane in self._lanes:
            if lane.stage.id in totals:
                lane.set_totals(totals[lane.stage.id])
        if self._lanes:
            self._follow(settled=False)
            self._paint()

    def put_rows(
        self, stage_id: int, offset: int, cards: Sequence[Card], *, generation: int | None = None
    ) -> None:
        """Hand over the cards of a stage from row `offset` on.

        `generation` is that of the `RowsWanted` which they answer: an answer to a question asked
        before `invalidate` is dropped. Without it they are taken as the newest there are.
        """
        at = self._index(stage_id)
        if at is None:
            return
        lane = self._lanes[at]
        if lane.put(offset, cards, generation) and at == self._at:
            self._follow(settled=lane.renewed)
        lane.paint()

    def invalidate(self, stage_ids: Iterable[int] | None = None) -> None:
        """Ask again for the rows of some or all stages; those held are shown until they come."""
        stale = None if stage_ids is None else set(stage_ids)
        for lane in self._lanes:
            if stale is None or lane.stage.id in stale:
                lane.invalidate()
        self._paint()

    def focus_deal(self, deal_id: int, stage_id: int, index: int) -> None:
        """Put the cursor on a deal that is, or is about to be, in row `index` of a stage.

        Call it before handing over the rows after a move: then the cursor never rests on another.
        """
        at = self._index(stage_id)
        if at is not None:
            self._go(at, index, deal_id)

    def window(self, stage_id: int) -> tuple[int, int] | None:
        """Return offset and limit of the rows that a stage shows or is about to."""
        at = self._index(stage_id)
        return None if at is None else self._lanes[at].window

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
    def dragging(self) -> bool:
        """Whether a deal is being dragged."""
        return self._drag is not None and self._drag.moving

    # ── the cursor ────────────────────────────────────────────────────────────────────────────

    def _index(self, stage_id: int) -> int | None:
        return next((i for i, stage in enumerate(self._stages) if stage.id == stage_id), None)

    def _go(self, at: int, row: int, deal_id: int | None = None, *, reveal: bool = True) -> None:
        """Put the cursor on a row of a stage, and bring the stage into sight."""
        before = (self._lanes[self._at].stage.id, self._deal)
        if at != self._at:
            self._lanes[self._at].select(None)
        lane = self._lanes[at]
        if deal_id is None or lane.totals is not None:
            row = min(row, lane.rows - 1)
        self._at, self._row = at, max(0, row)
        card = lane.card(self._row)
        self._deal = card.id if card and deal_id is None else deal_id
        self._arrange()
        if reveal:
            lane.reveal(self._row)
        lane.select(self._row)
        self._paint()
        waiting = self._deal is None and self._row < lane.deals
        if before != (lane.stage.id, self._deal) and not waiting:
            self.post_message(self.CursorMoved(self._deal, lane.stage.id))

    def _paint(self) -> None:
        for lane in self._lanes:
            lane.paint()

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

    def action_step(self, by: int) -> None:
        """Move the cursor by rows."""
        if self._lanes:
            self._go(self._at, self._row + by)

    def action_stage_by(self, by: int) -> None:
        """Move the cursor to a stage beside this one."""
        self.action_stage(self._at + by)

    def action_stage(self, at: int) -> None:
        """Move the cursor to a stage, to the card on the same line of the screen."""
        if 0 <= at < len(self._lanes):
            line = self._row - self._lanes[self._at].first
            self._go(at, self._lanes[at].first + max(0, line))

    def action_top(self) -> None:
        """Move the cursor to the first row."""
        self.action_step(-self._row)

    def action_bottom(self) -> None:
        """Move the cursor to the last row."""
        if self._lanes:
            self._go(self._at, self._lanes[self._at].rows - 1)

    def action_page(self, pages: float) -> None:
        """Scroll by pages, and move the cursor as far."""
        if self._lanes:
            lane = self._lanes[self._at]
            by = max(1, int(lane.capacity * abs(pages))) * (1 if pages > 0 else -1)
            lane.scroll_rows(by)
            self._go(self._at, self._row + by)

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
            self.post_message(self.OpenRequested(self._deal))
        elif self._lanes:
            lane = self._lanes[self._at]
            if lane.older and self._row == lane.deals:
                self.post_message(self.OlderRequested(lane.stage.id))

    def action_new(self) -> None:
        """Ask for a new deal in the cursor's stage."""
        if self._lanes:
            self.post_message(self.NewRequested(self._lanes[self._at].stage.id))

    # ── layout ────────────────────────────────────────────────────────────────────────────────

    @property
    def _look(self) -> Look:
        return Look(self.density, self.today, self.locale)

    def watch_density(self) -> None:
        """Draw the cards in another height; the cursor stays in sight."""
        self._restyle()

    def watch_today(self) -> None:
        """Draw the close dates anew."""
        self._restyle()

    def watch_locale(self) -> None:
        """Draw the money anew."""
        self._restyle()

    def _restyle(self) -> None:
        for lane in self._lanes:
            lane.set_look(self._look)
        if self._lanes:
            self._lanes[self._at].reveal(self._row)
        self._paint()

    def watch_zoomed(self) -> None:
        """Give the cursor's stage the whole width, or take it back."""
        self._arrange()
        self._paint()

    def action_toggle_zoom(self) -> None:
        """Zoom into the cursor's stage, or out."""
        self.zoomed = not self.zoomed

    def on_resize(self) -> None:
        """Show as many stages as fit now, the cursor's among them."""
        self._shown = range(0)
        self._arrange()
        if self._lanes:
            self._lanes[self._at].reveal(self._row)
        self._paint()

    def _arrange(self) -> None:
        """Show as many stages as fit, among them the cursor's."""
        self._left = max(self._at - self._fitting + 1, min(self._left, self._at))
        self._place()

    @property
    def _fitting(self) -> int:
        """How many stages fit side by side: at least two, but one when zoomed or narrow."""
        width = self.size.width
        if self.zoomed or width < NARROW:
            return 1
        return min(len(self._lanes), max(2, width // LANE_WIDTH))

    def _place(self) -> None:
        """Put the stages from `_left` on side by side, and the tabs above where some are hidden."""
        if not self.size or not self._lanes:
            return
        fitting = self._fitting
        self._left = max(0, min(self._left, len(self._lanes) - fitting))
        shown = range(self._left, self._left + fitting)
        if shown != self._shown:
            self._shown = shown
            partial = fitting < len(self._lanes)
            self._tabs.display = partial
            width, wider = divmod(self.size.width, fitting)
            for index, lane in enumerate(self._lanes):
                lane.display = index in shown
                lane.awake = self._left - 1 <= index <= self._left + fitting
                lane.styles.width = width + (index - self._left < wider)
                lane.set_height(self.size.height - (1 if partial else 0))
        self._show_tabs()

    def _show_tabs(self) -> None:
        target = self._drag.lane if self._drag else None
        self._tabs.show(self._stages, self._at, self._shown, target)

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def _lane_at(self, offset: Offset) -> int | None:
        """Return the index of the stage under a place of the screen, a tab's included."""
        if self._tabs.display and self._tabs.region.contains_point(offset):
            return self._tabs.stage_at(offset.x - self._tabs.region.x)
        return next((i for i in self._shown if self._lanes[i].region.contains_point(offset)), None)

    def _scroll_at(self, event: events.MouseEvent, by: int) -> None:
        """Scroll the stage under the pointer, or the stages sideways."""
        event.stop()
        if event.shift or event.ctrl:
            self._scroll_stages(by)
        elif (at := self._lane_at(event.screen_offset)) is not None:
            self._lanes[at].scroll_rows(by)
        self._paint()

    def _scroll_stages(self, by: int) -> None:
        self._left += by
        self._place()
        self._paint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down, or to the right."""
        self._scroll_at(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, or to the left."""
        self._scroll_at(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        event.stop()
        self._scroll_stages(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        event.stop()
        self._scroll_stages(-1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the button goes down; a drag may begin here."""
        offset = event.screen_offset
        at = self._lane_at(offset)
        if event.button != 1 or at is None:
            return
        if self._tabs.region.contains_point(offset):
            self.action_stage(at)
            return
        lane = self._lanes[at]
        row = lane.row_at(offset.y - lane.region.y)
        if row is None:
            self.action_stage(at)
            return
        again = (at, row) == (self._at, self._row)
        self._go(at, row)
        if (card := lane.card(row)) is not None:
            self._drag = _Drag(card, offset, offset, again)
        else:
            self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the deal on which the button went down."""
        drag = self._drag
        if drag is None:
            return
        if event.button != 1:
            self.action_cancel_drag()
        elif drag.moving or event.screen_offset != drag.start:
            if not drag.moving:
                drag.moving = True
                self.capture_mouse()
                self._scrolling = self.set_interval(SCROLL_SECONDS, self._scroll_at_edge)
            self._drag_to(event.screen_offset)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Drop the dragged deal; or open the one that was clicked again."""
        drag, dropped = self._drag, self.dragging
        self.action_cancel_drag()
        if drag is None or event.button != 1:
            return
        if dropped:
            self._drop(drag)
        elif drag.again:
            self.post_message(self.OpenRequested(drag.card.id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the screen unless there is a drag to cancel."""
        return action != "cancel_drag" or self.dragging

    def action_cancel_drag(self) -> None:
        """Let go of the dragged deal where it was."""
        self._drag = None
        if self._scrolling:
            self._scrolling.stop()
            self._scrolling = None
        self.release_mouse()
        for lane in self._lanes:
            lane.show_drag(None, None)
        self._show_tabs()
        self._paint()

    def _drag_to(self, offset: Offset) -> None:
        """Show where the dragged deal would land."""
        if self._drag is None:
            return
        drag = self._drag
        drag.at, drag.lane = offset, self._lane_at(offset)
        if drag.lane is not None:
            lane = self._lanes[drag.lane]
            drag.row = lane.gap_at(offset.y - lane.region.y) if lane.display else 0
        for index, lane in enumerate(self._lanes):
            lands = index == drag.lane and self._place_of(drag) is not None
            lane.show_drag(drag.card.id, (drag.row, drag.card.title) if lands else None)
        self._show_tabs()
        self._paint()

    def _place_of(self, drag: _Drag) -> int | None:
        """Return the place the deal would take among the others, None where it is already."""
        if drag.lane is None:
            return None
        own = self._lanes[drag.lane].row_of(drag.card.id)
        if own is None or drag.row < own:
            return drag.row
        return None if drag.row in {own, own + 1} else drag.row - 1

    def _drop(self, drag: _Drag) -> None:
        place = self._place_of(drag)
        if drag.lane is not None and place is not None:
            stage_id = self._lanes[drag.lane].stage.id
            self.post_message(self.MoveRequested(drag.card.id, stage_id=stage_id, index=place))

    def _scroll_at_edge(self) -> None:
        """Scroll while the pointer holds a deal at an edge of the board or of a stage."""
        drag = self._drag
        if drag is None:
            return
        x = drag.at.x - self.region.x
        if x in {0, self.size.width - 1}:
            self._scroll_stages(1 if x else -1)
        elif drag.lane is not None and drag.lane in self._shown:
            lane = self._lanes[drag.lane]
            lane.scroll_rows(lane.edge_at(drag.at.y - lane.region.y))
        self._drag_to(drag.at)
