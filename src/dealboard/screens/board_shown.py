"""What the board's screen shows: read, laid out, followed as it changes, and which deals that is.

What is done to deals there is in `board`.
"""

from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import Static

from dealboard.domain.filters import DealFilter
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Stage
from dealboard.screens import board_page
from dealboard.screens.board_page import LINES_BESIDE, Opening, Page, Seen, Stale, View, Window
from dealboard.screens.counting import sum_up
from dealboard.screens.deals import DealsScreen
from dealboard.screens.newest import Newest
from dealboard.screens.outlook import Outlook
from dealboard.screens.targets import Material
from dealboard.store.reads import deals
from dealboard.widgets.board import Board
from dealboard.widgets.deal_card import Density, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dealboard.app import Changed
    from dealboard.domain.views import StageTotals

EMPTY = """\
A pipeline is your sales process: stages from the first contact to the deal won.
There is none yet.

Press P, or click here, to create one."""


class BoardShown(DealsScreen):
    """A pipeline as a board (guide, Pipeline View).

    Without an `opening` it is read as soon as the board is on the screen.
    """

    LOOK = "board"

    board: Board
    """The board widget, from the moment on when the screen is composed."""

    SORTS = board_page.SORTS

    def __init__(
        self, outlook: Outlook, opening: Opening | None = None, material: Material | None = None
    ) -> None:
        known = opening or Opening(())
        super().__init__(outlook, material or Material(known.pipelines, known.stages))
        self._opening = known
        self._is_read = opening is not None
        self._totals = dict(known.page.totals)
        self._whole: Mapping[int, StageTotals] | None = None
        self._shows_whole = False
        self._stale: Stale | None = None
        self._outdated = False
        self._to_stage: int | None = None
        self._readings: dict[int, Newest] = {}

    @property
    def _view(self) -> View | None:
        return self._opening.view

    def view(self) -> ComposeResult:
        """Yield the board, or what teaches the first key."""
        config = self.dealboard.config
        today = self.dealboard.workspace.today
        width, height = self.app.size
        self.board = Board(
            today=today,
            density=Density(config.density),
            locale=config.locale,
            size=Size(width, max(0, height - LINES_BESIDE)),
        )
        self._show(self.board)
        yield self.board
        yield Static(EMPTY, id="empty", markup=False)

    def on_mount(self) -> None:
        """Put the cursor on the board, and ask for a pipeline where there is none."""
        self.on_screen = True
        if self._is_read:
            self._label()
            self._count_up()
        else:
            self.board.focus()
            self.look_at(self.outlook)
        if self._is_read and self._view is None:
            self.action_new_pipeline()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return nothing where menu, filter, board and hints cover it; see `Board.render_lines`."""
        width, height = self.size
        covered = self.board.display and self.board.size == (width, height - LINES_BESIDE)
        return [] if covered else super().render_lines(crop)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def _show(self, board: Board) -> None:
        """Show a pipeline from its opening read."""
        opening = self._opening
        board.sought = opening.view.filter.name if opening.view else ""
        board.show(opening.stages, opening.page.totals)
        if self.outlook.deal_id is not None and opening.page.position is not None:
            board.focus_deal(self.outlook.deal_id, *opening.page.position)
        for stage_id, (offset, cards) in opening.page.rows.items():
            board.put_rows(stage_id, offset, cards)

    def _label(self) -> None:
        """Say in the menu which deals are shown; without a pipeline, teach the first key."""
        pipeline, view = self._opening.pipeline, self._view
        self.set_class(pipeline is None, "-empty")
        self.board.disabled = pipeline is None
        if view is None or pipeline is None:
            return
        if self.focused is None:
            # Later: the focus restyles all lanes, which would be styled once more before they show.
            self.board.focus()
        self.show_place(pipeline.name, self._opening.order)
        self._show_scope()

    @on(events.Click, "#empty")
    def _begin(self) -> None:
        self.action_new_pipeline()

    def _count_up(self) -> None:
        """Say above the board what its headers amount to together."""
        shown = {stage.id for stage in self._opening.stages}
        self.set_counts(*sum_up(each for key, each in self._totals.items() if key in shown))

    def touch(self, stale: Stale) -> None:
        """Have something read again; what comes while a read is under way waits for the next."""
        waiting = self._stale is not None
        self._stale = stale if self._stale is None else self._stale.and_also(stale)
        if not waiting:
            self.dealboard.start(self._refresh())

    async def _refresh(self) -> None:
        """Read what is stale until nothing is; what no longer was asked for is not shown."""
        while (stale := self._stale) is not None:
            before, windows = self._view, self._windows()
            today = self.dealboard.workspace.today
            view = before or self._view_of(self.outlook)
            reading = self.dealboard.read(board_page.reread, stale, view, windows, today)
            opening = await self.dealboard.report(reading)
            if self._view is not before:
                continue
            if not self.is_attached:  # the app is going, and this screen before it
                return
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
                self._opening, self._totals = opening, {}
                if opening.view is not None:
                    self.outlook = self.outlook._replace(pipeline_id=opening.view.pipeline_id)
                    board.sought = opening.view.filter.name
                self._label()
                if not same:
                    self._show(board)
            self._totals.update(page.totals)
            board.set_totals(page.totals)
            if stale.follow is not None and page.position is not None:
                board.focus_deal(stale.follow, *page.position)
            for stage_id, (offset, cards) in page.rows.items():
                board.put_rows(stage_id, offset, cards)
            self._go_to_stage()
        self._count_up()
        self._say(stale, page)

    def _go_to_stage(self) -> None:
        """Put the cursor in the stage that was asked for, once its pipeline is shown."""
        ids = [stage.id for stage in self._opening.stages]
        if self._to_stage in ids:
            self.board.action_stage(ids.index(self._to_stage))
            self._to_stage = None

    def _say(self, stale: Stale, page: Page) -> None:
        if not stale.said:
            return
        hidden = stale.follow is not None and page.position is None
        if hidden and self._view and self._view.filter.active:
            self.dealboard.say(f"{stale.said} · hidden by the filter, F clears it")
        else:
            self.dealboard.say(stale.said)

    def on_configured(self) -> None:
        """Draw the cards as the settings have them now."""
        config = self.dealboard.config
        self.board.density, self.board.locale = Density(config.density), config.locale

    def on_changed(self, event: "Changed") -> None:
        """Show what was committed, by this app or another process."""
        seen = event.receipt.seen if event.receipt else None
        if isinstance(seen, Seen) and seen.view is self._view and self._stale is None:
            self._lay(seen.opening, seen.stale)
        elif self.hidden:
            self._outdated = True
        else:
            self.touch(Stale.of(event.receipt, self.board.cursor))

    def on_screen_resume(self) -> None:
        """Show what was committed while another place was in front."""
        if self._outdated:
            self._outdated = False
            self.touch(Stale())

    @on(Board.RowsWanted)
    def _want_rows(self, event: Board.RowsWanted) -> None:
        event.stop()
        # Beside the messages: waiting for it would hold up the painting of what is there already.
        reading = self._readings.setdefault(event.stage_id, Newest(self))
        reading.want(partial(self._hand_rows, event))

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
            unfolded = self._view.unfolded | {event.stage_id}
            self._look(self._view._replace(unfolded=unfolded), self.cursor_deal)

    # ── which deals ───────────────────────────────────────────────────────────────────────────

    def _view_of(self, outlook: Outlook) -> View:
        """Return the view that an outlook means on a board."""
        return board_page.view_of(outlook, self.dealboard.workspace.today, self._view)

    def look_at(self, outlook: Outlook) -> None:
        """Show the deals of another outlook; before the board is on the screen, only note it."""
        self.outlook = outlook
        if not self.on_screen:
            return
        view = self._view_of(outlook)
        if self._view is None:
            self.touch(Stale(follow=outlook.deal_id, pipeline_id=outlook.pipeline_id))
        elif view.pipeline_id != self._view.pipeline_id:
            self._opening = self._opening._replace(
                view=view._replace(pipeline_id=self._view.pipeline_id)
            )
            self.touch(Stale(follow=outlook.deal_id, pipeline_id=view.pipeline_id))
        else:
            self._look(view, outlook.deal_id)

    def _look(self, view: View, deal_id: int | None) -> None:
        """Show the same pipeline in another way; the cursor goes to a deal."""
        self._opening = self._opening._replace(view=view)
        self._label()
        self.show_bar()
        self.touch(Stale(follow=deal_id))

    @property
    def matching(self) -> DealFilter:
        """What a deal must be to be on the board."""
        return self.outlook._replace(pipeline_id=self.pipeline_id).board_only

    @property
    def shown_filter(self) -> DealFilter:
        """The filter without the pipeline, which the menu names."""
        return self.outlook.on_board

    def take_filter(self, criteria: DealFilter) -> None:
        """Show the deals of a filter, in the one pipeline that it names."""
        (pipeline_id,) = criteria.pipelines or {self.pipeline_id or 0}
        elsewhere = self.wanted.filter.pipelines
        query = self.wanted._replace(filter=criteria._replace(pipelines=elsewhere))
        outlook = self.outlook._replace(query=query, deal_id=self.cursor_deal)
        if pipeline_id != self.pipeline_id:
            outlook = outlook.to_pipeline(pipeline_id)
        self.look_at(outlook)
        self.remember()

    def show_stage(self, stage: Stage) -> None:
        """Show the pipeline of a stage, and put the cursor in it."""
        self._to_stage = stage.id
        self.show_pipeline(stage.pipeline_id)

    def show_pipeline(self, pipeline_id: int) -> None:
        """Show another pipeline."""
        self.look_at(self.outlook.to_pipeline(pipeline_id)._replace(deal_id=None))
        self.remember()

    @work
    async def reveal(self, deal_id: int) -> None:
        """Put the cursor on a deal, wherever it is; a filter that hides it is dropped."""
        app = self.dealboard
        deal = await app.report(app.read(deals.deal, deal_id))
        if deal is None:
            return
        outlook = self.outlook.to_pipeline(deal.pipeline.id)._replace(deal_id=deal_id)
        view = self._view_of(outlook)
        if deal.stage.kind is not StageKind.OPEN:
            view = view._replace(unfolded=view.unfolded | {deal.stage.id})
            self._opening = self._opening._replace(view=view)
        if await app.report(app.read(board_page.read_position, view, deal_id)) is None:
            outlook = outlook._replace(query=outlook.query._replace(filter=DealFilter()))
            app.say("The filter hid it and is cleared")
        self.look_at(outlook)

    # ── totals without the filter ─────────────────────────────────────────────────────────────

    def _show_scope(self) -> None:
        """Say in the headers which deals they count (decision 45)."""
        filtered = self.shown_filter.active
        self._shows_whole = self._shows_whole and filtered
        if self._shows_whole and self._whole is not None:
            self.board.set_scope(Scope.WHOLE, self._whole)
        else:
            self.board.set_scope(Scope.FILTERED if filtered else Scope.ALL)

    async def count_whole(self) -> int | None:
        """Read the totals without the filter; the headers show them when asked to."""
        view = self._view
        if view is None:
            return None
        unfiltered = view._replace(filter=DealFilter())
        whole = await self.dealboard.read(board_page.read_totals, unfiltered)
        self._whole = whole
        self._show_scope()
        return sum(each.deals for each in whole.values())

    def action_whole(self) -> None:
        """Show the totals of all deals in the headers, or again of those that match."""
        if self.shown_filter.active:
            self._shows_whole = not self._shows_whole
            self._show_scope()
        else:
            self.dealboard.say("Nothing is filtered: the totals are those of all deals")
