"""The board: a pipeline's stages side by side, one cursor, keys and the mouse.

What it shows it is told (`BoardView`); what a person wants done it posts upwards.
"""

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from dealboard.widgets.board_view import BoardView, Cursor
from dealboard.widgets.drag import Drag
from dealboard.widgets.turns import ask, take_in_order

if TYPE_CHECKING:
    from textual.timer import Timer

__all__ = ["Board", "Cursor"]

SCROLL_SECONDS = 0.1
"""Between two steps of scrolling while a deal is held at an edge."""

WHEEL_LINES = 4
"""Lines that a notch of the wheel scrolls."""


class Board(BoardView, can_focus=True):
    """A pipeline that is worked in."""

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

    _drag: Drag | None = None
    _scrolling: "Timer | None" = None

    @property
    def dragging(self) -> bool:
        """Whether a deal is being dragged."""
        return self._drag is not None and self._drag.moving

    # ── keys ──────────────────────────────────────────────────────────────────────────────────

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed: after `/` they are a name."""
        await take_in_order(self, event)

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

    def action_toggle_zoom(self) -> None:
        """Zoom into the cursor's stage, or out."""
        self.zoomed = not self.zoomed

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

    def action_escape(self) -> None:
        """Let go of the dragged deal, else of the selection."""
        if self._drag is not None:
            self.action_cancel_drag()
        else:
            self.select(())

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
        """Offer what needs a deal where there is one, and Esc to let go of something."""
        if action in ("move", "reorder", "open"):
            return any(lane.rows for lane in self._lanes)
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
