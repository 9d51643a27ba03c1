"""The lanes of a board side by side: as many as fit, and tabs above while some are hidden."""

from collections.abc import Iterator, Mapping, Sequence

from textual.geometry import Offset, Size

from dealboard.domain.views import Stage, StageTotals
from dealboard.widgets.lane import Lane
from dealboard.widgets.lane_state import Look
from dealboard.widgets.side_by_side import fitting, shown_from, widths, with_lane
from dealboard.widgets.slices import in_slices
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.stage_tabs import StageTabs

FEW = 2
"""Lanes that a moved deal concerns: they are drawn in one turn of the event loop."""


class Lanes:
    """The board's lanes in the order of their stages; it mounts what `assign` returns."""

    def __init__(self, style: SpanStyles) -> None:
        self.tabs = StageTabs()
        self._style = style
        self.shown = range(0)
        self._lanes: list[Lane] = []
        self._size = Size(0, 0)
        self._fitting = 0
        self._left = 0
        self.held = False

    def __len__(self) -> int:
        return len(self._lanes)

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes)

    def __getitem__(self, at: int) -> Lane:
        return self._lanes[at]

    def index(self, stage_id: int) -> int | None:
        """Return where a stage's lane is."""
        found = (at for at, lane in enumerate(self._lanes) if lane.stage.id == stage_id)
        return next(found, None)

    def assign(
        self, stages: Sequence[Stage], totals: Mapping[int, StageTotals], look: Look
    ) -> list[Lane]:
        """Show these stages in the lanes there are, and return what lanes have to be mounted too.

        Stages shown before keep their scroll.
        """
        first = {lane.stage.id: lane.first for lane in self._lanes}
        for lane in self._lanes[len(stages) :]:
            lane.remove()
        del self._lanes[len(stages) :]
        for lane, stage in zip(self._lanes, stages, strict=False):
            lane.assign(stage, totals.get(stage.id), first.get(stage.id, 0))
        added = [
            Lane(stage, totals.get(stage.id), look, self._style)
            for stage in stages[len(self._lanes) :]
        ]
        self._lanes += added
        self.shown = range(0)
        return added

    def paint(self) -> None:
        """Paint the lanes that were told something, unless they are `held`."""
        told = () if self.held else [lane for lane in self._lanes if lane.told]
        if len(told) > FEW:
            in_slices(self.tabs, self._paint_many(told))
        else:
            for lane in told:
                lane.paint()

    def _paint_many(self, lanes: Sequence[Lane]) -> Iterator[None]:
        """Draw lanes one a step; they are shown together."""
        for lane in lanes:
            lane.draw_ahead()
            yield
        for lane in lanes:
            lane.paint()

    # ── side by side ──────────────────────────────────────────────────────────────────────────

    def fit(self, size: Size, *, zoomed: bool) -> None:
        """Make room for as many lanes as fit: two at least, but one when zoomed or narrow."""
        self._size = size
        self._fitting = fitting(size.width, zoomed=zoomed)
        self.shown = range(0)

    def bring(self, at: int) -> None:
        """Have a lane among those shown, moving the others as little as possible."""
        self._place(with_lane(at, self._left, self._fitting, len(self._lanes)))

    def scroll(self, by: int) -> None:
        """Show the lanes further right, or left if negative."""
        self._place(shown_from(self._left + by, self._fitting, len(self._lanes)))

    def _place(self, shown: range) -> None:
        if not shown or shown == self.shown:
            return
        self._left, self.shown = shown.start, shown
        self.tabs.display = len(shown) < len(self._lanes)
        wide = widths(self._size.width, shown)
        for at, lane in enumerate(self._lanes):
            lane.display = at in shown
            lane.awake = shown.start - 1 <= at <= shown.stop
            if lane.display:
                lane.styles.width = wide[at]
            lane.set_height(self._size.height - self.tabs.display)

    def cover(self, size: Size) -> bool:
        """Whether the lanes shown and the tabs leave nothing to see of a board of this size."""
        height = size.height - (self.tabs.size.height if self.tabs.display else 0)
        sizes = [self._lanes[at].size for at in self.shown]
        level = all(each.height == height for each in sizes)
        return level and sum(each.width for each in sizes) == size.width

    def show_tabs(self, current: int, target: int | None = None) -> None:
        """Mark the tab of the cursor's stage, and of the one a drag is over."""
        stages = tuple(lane.stage for lane in self._lanes)
        self.tabs.show(stages, current, self.shown, target)

    def at(self, offset: Offset) -> int | None:
        """Return the lane under a place of the screen, or the one whose tab is there."""
        if self.on_tabs(offset):
            return self.tabs.stage_at(offset.x - self.tabs.region.x)
        return next((at for at in self.shown if offset_in(self._lanes[at], offset)), None)

    def on_tabs(self, offset: Offset) -> bool:
        """Whether a place of the screen is on the strip of tabs."""
        return self.tabs.display and self.tabs.region.contains_point(offset)


def offset_in(lane: Lane, offset: Offset) -> bool:
    """Whether a place of the screen is on a lane."""
    return lane.display and lane.region.contains_point(offset)
