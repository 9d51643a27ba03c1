"""The lanes of a board side by side: as many as fit, and tabs above while some are hidden."""

from collections.abc import Iterator, Mapping, Sequence

from textual.geometry import Offset, Size

from dealboard.domain.views import Stage, StageTotals
from dealboard.widgets.lane import Lane, Look
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.stage_tabs import StageTabs

LANE_WIDTH = 26
"""Cells that a stage needs beside others; as many are shown as fit."""

NARROW = 60
"""Below this many columns one stage is shown at a time (decision 69)."""


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
        if not self.held:
            for lane in self._lanes:
                lane.paint()

    # ── side by side ──────────────────────────────────────────────────────────────────────────

    def fit(self, size: Size, *, zoomed: bool) -> None:
        """Make room for as many lanes as fit: two at least, but one when zoomed or narrow."""
        self._size = size
        if zoomed or size.width < NARROW:
            self._fitting = 1
        else:
            self._fitting = max(2, size.width // LANE_WIDTH)
        self.shown = range(0)

    def bring(self, at: int) -> None:
        """Have a lane among those shown, moving the others as little as possible."""
        fitting = min(self._fitting, len(self._lanes))
        self._place(max(at - fitting + 1, min(self._left, at)))

    def scroll(self, by: int) -> None:
        """Show the lanes further right, or left if negative."""
        self._place(self._left + by)

    def _place(self, left: int) -> None:
        fitting = min(self._fitting, len(self._lanes))
        if not fitting:
            return
        self._left = max(0, min(left, len(self._lanes) - fitting))
        shown = range(self._left, self._left + fitting)
        if shown == self.shown:
            return
        self.shown = shown
        self.tabs.display = fitting < len(self._lanes)
        width, wider = divmod(self._size.width, fitting)
        for at, lane in enumerate(self._lanes):
            lane.display = at in shown
            lane.awake = shown.start - 1 <= at <= shown.stop
            lane.styles.width = width + (at - shown.start < wider)
            lane.set_height(self._size.height - self.tabs.display)

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
