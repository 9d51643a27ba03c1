"""The board's screen: the selection, and what a person asks for, handed to the actions.

What it shows is in `board_shown`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.filters import SortKey
from dealboard.screens import board_page
from dealboard.screens.board_page import Seen
from dealboard.screens.board_shown import BoardShown
from dealboard.screens.skin import keep_skin
from dealboard.screens.targets import Targets, counted
from dealboard.widgets.board import Board
from dealboard.widgets.deal_card import Density

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Then

AROUND = 200
"""Deals either side of one that its page can turn to."""


class BoardScreen(BoardShown):
    """A pipeline that is worked in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "switch", "Table", id="view.look"),
        Binding("c", "density", "Compact or comfortable", show=False, id="view.density"),
        Binding("i", "whole", "Totals without the filter", show=False, id="view.whole"),
    ]

    def settle(self) -> None:
        """Keep how the board looks, for the first frame of the next start."""
        keep_skin(self)

    # ── the selection ─────────────────────────────────────────────────────────────────────────

    @property
    def selected(self) -> frozenset[int]:
        """The selected deals."""
        return self.board.selected

    @property
    def selected_in(self) -> int | None:
        """The pipeline of the board: what is not on it is not selected any more."""
        return self.pipeline_id

    def select(self, deal_ids: frozenset[int]) -> None:
        """Have exactly these deals selected."""
        if self.on_screen:
            self.board.select(deal_ids)
        else:
            self.call_later(self.select, deal_ids)

    @on(Board.SelectionChanged)
    def _selected(self) -> None:
        self.selection_changed()

    @on(Board.RangeWanted)
    async def _hand_range(self, event: Board.RangeWanted) -> None:
        if self._view is None:
            return
        window = (event.offset, event.limit)
        reading = self.dealboard.read(board_page.read_ids, self._view, event.stage_id, window)
        ids = await self.dealboard.report(reading)
        if ids is not None:
            self.board.put_range(event.stage_id, event.offset, ids)

    # ── what is done to deals ─────────────────────────────────────────────────────────────────

    @property
    def cursor_deal(self) -> int | None:
        """The deal under the cursor."""
        cursor = self.board.cursor
        return cursor.deal_id if cursor else None

    @property
    def pipeline_id(self) -> int | None:
        """The pipeline of the board."""
        return self._view.pipeline_id if self._view else None

    @property
    def new_stage_id(self) -> int | None:
        """The stage of the cursor."""
        cursor = self.board.cursor
        return cursor.stage_id if cursor else None

    def stage_now(self) -> int | None:
        """Return the stage of the deal under the cursor."""
        return self.new_stage_id

    def title_of(self, deal_id: int) -> str:
        """Return the title of a deal whose card is held."""
        card = self.board.card
        if card is None or card.id != deal_id:
            card = self.board.held.get(deal_id)
        return card.title if card else ""

    def said(self, receipt: "Receipt[Any]") -> None:
        """Say nothing of what was done: that is said when it is painted."""
        self.offer_amount(receipt)

    def do(self, action: "Callable[[Transaction], Any]", seeing: "Then | None" = None) -> None:
        """Run an action, and read in its own transaction what the board shows of the change."""
        super().do(
            action,
            seeing
            or partial(
                Seen.after,
                view=self._view,
                windows=self._windows(),
                held=self.board.held,
                cursor=self.board.cursor,
                today=self.dealboard.workspace.today,
            ),
        )

    @on(Board.MoveRequested)
    def _move(self, event: Board.MoveRequested) -> None:
        event.stop()  # on its way up to the app it would keep the writer waiting
        deal_id, by, stage_id, index = event.deal_id, event.by, event.stage_id, event.index
        selected = self.selected
        of_many = selected and (stage_id is None or (deal_id in selected and len(selected) > 1))
        targets = Targets(tuple(sorted(selected)) if of_many else (deal_id,))
        if stage_id is None:
            self.act(targets, lambda them: self.move_by(them, by or 0))
        elif not of_many and index is not None and self._sorted_by_hand():
            self._place(deal_id, stage_id, index)
        else:
            self.act(targets, lambda them: self.move_to(them, stage_id))

    @on(Board.ReorderRequested)
    def _reorder(self, event: Board.ReorderRequested) -> None:
        if not self._sorted_by_hand():
            return
        cursor = self.board.cursor
        if cursor and self._view and self._view.filter.active:
            self._place(event.deal_id, cursor.stage_id, max(0, cursor.index + event.by))
        else:
            self.do(lambda tx: actions.deals.reorder(tx, event.deal_id, event.by))

    def _place(self, deal_id: int, stage_id: int, index: int) -> None:
        """Put a deal between those that are seen there: others may be between them, or filtered."""
        above, below = self.board.neighbours(stage_id, index, deal_id)
        self.do(
            lambda tx: actions.deals.place(
                tx, deal_id, stage_id, index=index, before_id=below, after_id=above
            )
        )

    def _sorted_by_hand(self) -> bool:
        """Return whether deals can be placed by hand; say why if not (decisions, Default order)."""
        if self._view is None or self._view.sort.key is SortKey.MANUAL:
            return True
        self.dealboard.say(f"Sorted by {self._view.sort.key} · s changes the order")
        return False

    def action_delete(self) -> None:
        """Ask, then delete the deal under the cursor: several go in the table (guide)."""
        targets = self.here()
        if targets is not None:
            detail = "u brings it back."
            if self.selected_count > 1:
                number = counted(self.selected_count, "selected deal")
                detail += f" Only this one: to delete the {number}, press t for the table."
            self.delete(targets, detail=detail)

    # ── forms, pages, the palette ─────────────────────────────────────────────────────────────

    @on(Board.OpenRequested)
    def _open(self, event: Board.OpenRequested) -> None:
        self.open_deal(event.deal_id)

    async def around(self, deal_id: int) -> Sequence[int]:
        """Return the deals of the stage before and after one."""
        cursor, view = self.board.cursor, self._view
        if cursor is None or view is None or cursor.deal_id != deal_id:
            return (deal_id,)
        window = (max(0, cursor.index - AROUND), 2 * AROUND)
        reading = self.dealboard.read(board_page.read_ids, view, cursor.stage_id, window)
        return await self.dealboard.report(reading) or (deal_id,)

    def action_density(self) -> None:
        """Change between comfortable and compact cards."""
        compact = self.board.density is Density.COMPACT
        self.board.density = Density.COMFORTABLE if compact else Density.COMPACT
