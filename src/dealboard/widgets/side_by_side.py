"""How many lanes of a board fit beside each other, which ones are shown, and how wide they are.

Pure: no Textual here.
"""

LANE_WIDTH = 26
"""Cells that a stage needs beside others; as many are shown as fit."""

NARROW = 60
"""Below this many columns one stage is shown at a time (decision 69)."""


def fitting(width: int, *, zoomed: bool = False) -> int:
    """Return how many lanes fit: two at least, but one when zoomed or narrow."""
    return 1 if zoomed or width < NARROW else max(2, width // LANE_WIDTH)


def shown_from(left: int, fits: int, lanes: int) -> range:
    """Return the lanes that are shown when `left` should be the first of them."""
    fits = min(fits, lanes)
    first = max(0, min(left, lanes - fits))
    return range(first, first + fits)


def with_lane(at: int, left: int, fits: int, lanes: int) -> range:
    """Return the lanes that are shown when one must be, moving the others as little as possible."""
    return shown_from(max(at - min(fits, lanes) + 1, min(left, at)), fits, lanes)


def widths(width: int, shown: range) -> dict[int, int]:
    """Return the width of each lane that is shown."""
    each, wider = divmod(width, len(shown))
    return {at: each + (at - shown.start < wider) for at in shown}
