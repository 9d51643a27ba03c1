"""A whole board as lines: the tabs, and lanes side by side.

Pure: no Textual here.
"""

from collections.abc import Sequence

from dealboard.widgets.deal_card import tab_line
from dealboard.widgets.lane_state import LaneState
from dealboard.widgets.side_by_side import fitting, widths, with_lane
from dealboard.widgets.skin import Patch, one_line

LANES, TABS = "board", "stage-tabs"
"""The prefixes of their styles."""


def board_frame(
    lanes: Sequence[LaneState], at: int, row: int, width: int, height: int
) -> list[list[Patch]]:
    """Return the lines of a board with the cursor on a row of lane `at`."""
    shown = with_lane(at, 0, fitting(width), len(lanes))
    tabs = [_tabs(lanes, at, shown, width)] if len(shown) < len(lanes) else []
    for lane in lanes:
        lane.set_height(height - len(tabs))
    lanes[at].reveal(row)
    lanes[at].select(row)
    wide = widths(width, shown)
    beside = [_lane(lanes[each], wide[each]) for each in shown]
    return tabs + [
        [patch for line in lines for patch in line] for lines in zip(*beside, strict=True)
    ]


def _tabs(lanes: Sequence[LaneState], at: int, shown: range, width: int) -> list[Patch]:
    tabs = tab_line([lane.stage for lane in lanes], at, shown, width)
    return one_line(TABS, [(label, (style,)) for (label, style), _ in tabs], width)


def _lane(lane: LaneState, width: int) -> list[list[Patch]]:
    return [
        [Patch(text, LANES, (drawn.ground, style)) for text, style in drawn.line]
        + [Patch(drawn.gutter[0], LANES, ("body", drawn.gutter[1]))]
        for drawn in lane.lines(width)
    ]
