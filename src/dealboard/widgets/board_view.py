"""A board as it is shown: stages side by side, a cursor and a selection among their deals.

It holds the rows in view and asks for others by `RowsWanted`. No I/O, nothing awaited: what it is
told repaints the lines that differ and is over.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from textual.app import ComposeResult
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from dealboard.domain.views import Card, Stage, StageTotals
from dealboard.widgets.deal_card import Density, Scope
from dealboard.widgets.lane import RowsWanted as LaneRowsWanted
from dealboard.widgets.lane_state import GROUNDS, Look
from dealboard.widgets.lanes import Lanes
from dealboard.widgets.selection import Selection
from dealboard.widgets.span_styles import SpanStyles


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the cursor is: a stage, a row in it, and the deal there, if its row is held."""

    stage_id: int
    index: int
    deal_id: int | None


class BoardView(Widget):
    """A pipeline as lanes of cards."""

    ALLOW_SELECT = False
    BLANK = True

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

    class SelectionChanged(Message, namespace="board"):
        """Other deals are selected than before."""

        def __init__(self, deal_ids: frozenset[int]) -> None:
            super().__init__()
            self.deal_ids = deal_ids

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
        self.set_reactive(BoardView.today, today)
        self.set_reactive(BoardView.density, density)
        self.set_reactive(BoardView.locale, locale)
        self.span_styles = SpanStyles(self, "board", GROUNDS)
        self._lanes = Lanes(self.span_styles)
        if size is not None:
            self._lanes.fit(size, zoomed=False)
        self._at = 0
        self._row = 0
        self._deal: int | None = None
        self._selection = Selection()
        self._scope: tuple[Scope, Mapping[int, StageTotals]] = (Scope.ALL, {})

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

    # ── the cursor and the selection ──────────────────────────────────────────────────────────

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

    def _show_selection(self) -> None:
        self._mark()
        self._lanes.paint()
        self.post_message(self.SelectionChanged(self._selection.ids))

    def _mark(self) -> None:
        for lane in self._lanes:
            lane.mark(self._selection.ids)

    # ── drawing and layout ────────────────────────────────────────────────────────────────────

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return nothing where the lanes cover it: what is below them would be cut like them."""
        return [] if self._lanes.cover(self.size) else super().render_lines(crop)

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
