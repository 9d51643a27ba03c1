"""A deal in the hand of the mouse: where it came from, and where it would land."""

from dataclasses import dataclass

from textual.geometry import Offset, Region

from dealboard.domain.views import Card
from dealboard.widgets.lanes import Lanes, offset_in


@dataclass(slots=True)
class Drag:
    """A mouse button held down on a deal's card; a drag from the first move on.

    `again`: the cursor was on the card before. `target` and `gap`: the lane below the pointer, and
    the row before which the deal would land there. Places are the screen's.
    """

    card: Card
    row: int
    place: Offset
    again: bool
    moving: bool = False
    target: int | None = None
    gap: int = 0

    def move(self, lanes: Lanes, place: Offset) -> None:
        """Go on to another place, and show where the deal would land."""
        self.moving, self.place, self.target = True, place, lanes.at(place)
        if self.target is not None:
            lane = lanes[self.target]
            self.gap = lane.gap_at(place.y - lane.region.y) if offset_in(lane, place) else 0
        for at, lane in enumerate(lanes):
            lands = at == self.target and self.index(lanes) is not None
            lane.show_drag(self.card.id, (self.gap, self.card.title) if lands else None)

    def index(self, lanes: Lanes) -> int | None:
        """Return the deal's index among the others of the target, None where it is already."""
        if self.target is None:
            return None
        lane = lanes[self.target]
        own = lane.row_of(self.card.id)
        if own is None and lane.stage.id == self.card.stage_id:
            own = self.row
        if own is None or self.gap < own:
            return self.gap
        return None if self.gap in {own, own + 1} else self.gap - 1

    def scroll(self, lanes: Lanes, board: Region) -> None:
        """Scroll where the deal is held at an edge: the lanes sideways, or the target's rows."""
        x = self.place.x - board.x
        if x in {0, board.width - 1}:
            lanes.scroll(1 if x else -1)
        elif self.target is not None and offset_in(lane := lanes[self.target], self.place):
            lane.scroll_rows(lane.edge_at(self.place.y - lane.region.y))
        self.move(lanes, self.place)
