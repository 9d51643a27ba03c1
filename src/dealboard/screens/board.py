"""The board's screen: hands the board its rows, and what a person asks for to the actions."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from dealboard import actions
from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.stages import MARK
from dealboard.screens import board_page
from dealboard.screens.board_page import Opening, Page, Seen, Stale, View, Window
from dealboard.screens.place import Place
from dealboard.store.reads import deals
from dealboard.widgets.board import Board
from dealboard.widgets.deal_card import Density
from dealboard.widgets.menu_bar import MenuBar
from dealboard.widgets.menu_line import MenuItem

if TYPE_CHECKING:
    from dealboard.app import Changed
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Then

EMPTY = """\
A pipeline is your sales process: stages from the first contact to the deal won.
There is none yet.

Press P to create one, or click ＋ Pipeline above."""

SORTS = (SortKey.MANUAL, SortKey.CLOSE, SortKey.AMOUNT, SortKey.CREATED, SortKey.NAME)
"""The orders that `s` walks through."""


class BoardScreen(Place):
    """A pipeline as a board (guide, Pipeline View)."""

    PLACE = "deals"

    MENU_ACTIONS: ClassVar = {
        MenuItem("new_deal", "＋ New deal"): "screen.new_deal",
        MenuItem("new_pipeline", "＋ Pipeline"): "screen.new_pipeline",
        MenuItem("settings", "⚙"): "app.go('settings')",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("N", "quick_add", "Quick add", id="deal.quick_add"),
        Binding("m", "pick_stage", "Move to", id="deal.move"),
        Binding("w", "win", "Won", id="deal.win"),
        Binding("x", "lose", "Lost", id="deal.lose"),
        Binding("D", "delete", "Delete", show=False, id="deal.delete"),
        Binding("plus", "shift(1)", "Close date a day later", show=False, id="deal.later"),
        Binding("minus", "shift(-1)", "Close date a day earlier", show=False, id="deal.earlier"),
        Binding("o", "only_mine", "Only mine", id="view.mine"),
        Binding("p", "pick_pipeline", "Pipeline", id="view.pipeline"),
        Binding("s", "sort", "Sort", show=False, id="view.sort"),
        Binding("S", "reverse", "Reverse the order", show=False, id="view.reverse"),
        Binding("c", "density", "Compact or comfortable", show=False, id="view.density"),
        Binding("P", "new_pipeline", "New pipeline", show=False, id="pipeline.new"),
        Binding("R", "rename_pipeline", "Rename pipeline", show=False, id="pipeline.rename"),
    ]

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._opening = opening
        self._stale: Stale | None = None

    @property
    def _view(self) -> View | None:
        return self._opening.view

    @property
    def board(self) -> Board:
        """The board widget."""
        return self.query_one(Board)

    def body(self) -> ComposeResult:
        """Yield the board, or what teaches the first key."""
        config = self.dealboard.config
        today = self.dealboard.workspace.today
        board = Board(today=today, density=Density(config.density), locale=config.locale)
        self._show(board)
        yield board
        yield Static(EMPTY, id="empty", markup=False)

    def on_mount(self) -> None:
        """Put the cursor on the board, and ask for a pipeline where there is none."""
        self._label()
        self.set_focus(self.board)
        self._show_hints()
        if self._view is None:
            self.action_new_pipeline()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def _show(self, board: Board) -> None:
        """Show a pipeline from its opening read."""
        opening = self._opening
        board.show(opening.stages, opening.page.totals)
        for stage_id, (offset, cards) in opening.page.rows.items():
            board.put_rows(stage_id, offset, cards)

    def _label(self) -> None:
        """Say in the menu which deals are shown; without a pipeline, teach the first key."""
        pipeline, view = self._opening.pipeline, self._view
        self.set_class(pipeline is None, "-empty")
        if view is None or pipeline is None:
            return
        parts = ["demo"] if self.dealboard.demo else []
        if self.dealboard.workspace.read_only:
            parts.append("read-only")
        parts.append(pipeline.name)
        if view.filter.owners:
            parts.append("only mine")
        if view.sort.key is not SortKey.MANUAL:
            parts.append(f"by {view.sort.key} {'↓' if view.sort.descending else '↑'}")
        self.query_one(MenuBar).place = " · ".join(parts)

    def touch(self, stale: Stale) -> None:
        """Have something read again; what comes while a read is under way waits for the next."""
        waiting = self._stale is not None
        self._stale = stale if self._stale is None else self._stale.and_also(stale)
        if not waiting:
            self.dealboard.start(self._refresh())

    async def _refresh(self) -> None:
        """Read what is stale until nothing is; what no longer was asked for is not shown."""
        while (stale := self._stale) is not None:
            view, windows = self._view, self._windows()
            today = self.dealboard.workspace.today
            reading = self.dealboard.read(board_page.reread, stale, view, windows, today)
            opening = await self.dealboard.report(reading)
            if self._view is not view:
                continue
            if self._stale is stale:
                self._stale = None
            if opening is not None:
                self._lay(opening, stale)

    def _windows(self) -> dict[int, Window]:
        stages = self._opening.stages
        return {each.id: window for each in stages if (window := self.board.window(each.id))}

    def _lay(self, opening: Opening, stale: Stale) -> None:
        """Show what was read, all at once; the cursor goes with the deal that is followed."""
        board, page = self.board, opening.page
        with board.at_once():
            if stale.stages is None:
                same = opening.stages == self._opening.stages
                self._opening = opening
                self._label()
                if not same:
                    self._show(board)
            board.set_totals(page.totals)
            if stale.follow is not None and page.position is not None:
                board.focus_deal(stale.follow, *page.position)
            for stage_id, (offset, cards) in page.rows.items():
                board.put_rows(stage_id, offset, cards)
        self._say(stale, page)

    def _say(self, stale: Stale, page: Page) -> None:
        hidden = stale.follow is not None and page.position is None
        if hidden and self._view and self._view.filter.active:
            self.dealboard.say(f"{stale.said} · hidden by the filter, o shows all")
        elif stale.said:
            self.dealboard.say(stale.said)

    def on_changed(self, event: "Changed") -> None:
        """Show what was committed, by this app or another process."""
        seen = event.receipt.seen if event.receipt else None
        if isinstance(seen, Seen) and seen.view is self._view and self._stale is None:
            self._lay(seen.opening, seen.stale)
        else:
            self.touch(Stale.of(event.receipt, self.board.cursor))

    @on(Board.RowsWanted)
    async def _hand_rows(self, event: Board.RowsWanted) -> None:
        if self._view is None:
            return
        window = (event.offset, event.limit)
        reading = self.dealboard.read(board_page.read_rows, self._view, event.stage_id, window)
        cards = await self.dealboard.report(reading)
        if cards is not None:
            generation = event.generation
            self.board.put_rows(event.stage_id, event.offset, cards, generation=generation)

    @on(Board.OlderRequested)
    def _unfold(self, event: Board.OlderRequested) -> None:
        if self._view is not None:
            self._look_at(self._view._replace(unfolded=self._view.unfolded | {event.stage_id}))

    def _look_at(self, view: View) -> None:
        """Show the same pipeline in another way; the cursor stays on its deal."""
        cursor = self.board.cursor
        self._opening = self._opening._replace(view=view)
        self._label()
        self.touch(Stale(follow=cursor.deal_id if cursor else None))

    # ── what is done to the deal under the cursor ─────────────────────────────────────────────

    def said(self, receipt: "Receipt[Any]") -> None:
        """Say nothing: what was done is said when it is painted."""

    def _on_deal(self, verb: "Callable[[Transaction, int], Any]") -> None:
        """Do something to the deal under the cursor, if there is one."""
        cursor = self.board.cursor
        if cursor and (deal_id := cursor.deal_id) is not None:
            self.do(lambda tx: verb(tx, deal_id))

    @on(Board.MoveRequested)
    def _move(self, event: Board.MoveRequested) -> None:
        deal_id, by, stage_id, index = event.deal_id, event.by, event.stage_id, event.index
        if stage_id is None:
            self.do(lambda tx: actions.deals.move(tx, deal_id, by=by))
        elif index is not None and self._sorted_by_hand():
            self._place(deal_id, stage_id, index)
        else:
            self.do(lambda tx: actions.deals.move(tx, deal_id, stage_id=stage_id))

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

    def action_win(self) -> None:
        """Move the deal to Won."""
        self._on_deal(lambda tx, deal_id: actions.deals.win(tx, deal_id))

    def action_lose(self) -> None:
        """Ask for a reason and move the deal to Lost."""
        card = self.board.card
        if card is None:
            return
        from dealboard.screens.ask import Ask

        def lose(reason: str | None) -> None:
            if reason is not None:
                self.do(lambda tx: actions.deals.lose(tx, card.id, reason))

        title = f"Why was {card.title} lost?"
        self.app.push_screen(Ask(title, placeholder="Enter leaves it open"), lose)

    def action_delete(self) -> None:
        """Ask, then delete the deal."""
        card = self.board.card
        if card is None:
            return
        from dealboard.screens.confirm import Confirm

        def delete(sure: bool | None) -> None:
            if sure:
                self.do(lambda tx: actions.deals.delete(tx, [card.id]))

        self.app.push_screen(Confirm(f"Delete {card.title}?", detail="u brings it back."), delete)

    def action_shift(self, days: int) -> None:
        """Move the close date by days."""
        self._on_deal(lambda tx, deal_id: actions.deals.shift_close_date(tx, deal_id, days))

    def action_pick_stage(self) -> None:
        """Ask for a stage and move the deal there."""
        card = self.board.card
        if card is None:
            return
        from dealboard.screens.pick import Choice, Pick

        def move(stage_id: int | None) -> None:
            if stage_id is not None:
                self.do(lambda tx: actions.deals.move(tx, card.id, stage_id=stage_id))

        choices = [
            Choice(stage.id, f"{stage.name} {MARK[stage.kind]}".strip(), f"{stage.probability} %")
            for stage in self._opening.stages
        ]
        self.app.push_screen(Pick(f"Move {card.title} to", choices, chosen=card.stage_id), move)

    def do(self, action: "Callable[[Transaction], Any]", seeing: "Then | None" = None) -> None:
        """Run an action, and read in its own transaction what the board shows of the change."""
        super().do(
            action,
            seeing
            or partial(
                Seen.after,
                view=self._view,
                windows=self._windows(),
                cursor=self.board.cursor,
                today=self.dealboard.workspace.today,
            ),
        )

    # ── forms, pickers and what is shown ──────────────────────────────────────────────────────

    @on(Board.NewRequested)
    def _new_in_stage(self, event: Board.NewRequested) -> None:
        self._new_deal(event.stage_id)

    def action_new_deal(self) -> None:
        """Open the form for a new deal in the cursor's stage."""
        cursor = self.board.cursor
        if cursor is not None:
            self._new_deal(cursor.stage_id)
        else:
            self.action_new_pipeline()

    @work
    async def _new_deal(self, stage_id: int) -> None:
        from dealboard.screens.deal import DealScreen

        await self.app.push_screen_wait(DealScreen(None, stage_id=stage_id))

    @on(Board.OpenRequested)
    @work
    async def _open_deal(self, event: Board.OpenRequested) -> None:
        from dealboard.screens.deal import DealScreen

        reading = self.dealboard.read(deals.deal, event.deal_id)
        deal = await self.dealboard.report(reading)
        if deal is not None:
            await self.app.push_screen_wait(DealScreen(deal))

    @work
    async def action_quick_add(self) -> None:
        """Ask for a deal in one line."""
        cursor, pipeline = self.board.cursor, self._opening.pipeline
        if cursor is None or pipeline is None:
            return
        from dealboard.screens.quick_add import QuickAdd

        stage = next(each for each in self._opening.stages if each.id == cursor.stage_id)
        await self.app.push_screen_wait(QuickAdd(stage, pipeline))

    @work
    async def action_new_pipeline(self) -> None:
        """Open the form for a new pipeline and show it (guide, Creating a pipeline)."""
        from dealboard.screens.pipeline import PipelineScreen

        pipeline_id = await self.app.push_screen_wait(PipelineScreen())
        if pipeline_id is not None:
            self._go_to(pipeline_id)

    def action_rename_pipeline(self) -> None:
        """Ask for another name of the pipeline."""
        pipeline = self._opening.pipeline
        if pipeline is None:
            return
        from dealboard.screens.ask import Ask

        def rename(name: str | None) -> None:
            if name is not None:
                self.do(lambda tx: actions.pipelines.rename(tx, pipeline.id, name))

        self.app.push_screen(
            Ask("Rename the pipeline", initial=pipeline.name, required=True), rename
        )

    def action_pick_pipeline(self) -> None:
        """Ask for a pipeline and show it."""
        from dealboard.screens.pick import Choice, Pick

        def show(pipeline_id: int | None) -> None:
            if pipeline_id is not None:
                self._go_to(pipeline_id)

        choices = [Choice(each.id, each.name) for each in self._opening.pipelines]
        shown = self._view.pipeline_id if self._view else None
        self.app.push_screen(Pick("Show pipeline", choices, chosen=shown), show)

    def jumps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the stages and the pipelines, for the palette."""
        for at, stage in enumerate(self._opening.stages):
            yield f"Go to stage {stage.name}", partial(self.board.action_stage, at)
        for pipeline in self._opening.pipelines:
            yield f"Show pipeline {pipeline.name}", partial(self._go_to, pipeline.id)

    def _go_to(self, pipeline_id: int) -> None:
        self.dealboard.remember_mine(board_page.LAST_PIPELINE, pipeline_id)
        self.touch(Stale(pipeline_id=pipeline_id))

    def action_only_mine(self) -> None:
        """Show the acting user's deals only, or all again."""
        if self._view is not None:
            mine = frozenset({self.dealboard.workspace.user.id})
            owners = frozenset() if self._view.filter.owners else mine
            self._look_at(self._view._replace(filter=DealFilter(owners=owners)))

    def action_sort(self) -> None:
        """Order the deals by the next field."""
        if self._view is not None:
            following = SORTS[(SORTS.index(self._view.sort.key) + 1) % len(SORTS)]
            self._look_at(self._view._replace(sort=Sort(following)))

    def action_reverse(self) -> None:
        """Turn the order around."""
        if self._view is not None and self._sorted_by_field():
            sort = self._view.sort
            self._look_at(self._view._replace(sort=sort._replace(descending=not sort.descending)))

    def _sorted_by_field(self) -> bool:
        if self._view is not None and self._view.sort.key is SortKey.MANUAL:
            self.dealboard.say("In manual order · s sorts by a field")
            return False
        return True

    def action_density(self) -> None:
        """Change between comfortable and compact cards."""
        compact = self.board.density is Density.COMPACT
        self.board.density = Density.COMFORTABLE if compact else Density.COMPACT

    def choose_place(self) -> None:
        """Offer the pipelines."""
        self.action_pick_pipeline()
