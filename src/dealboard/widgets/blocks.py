"""Drawn lines that belong together: what a `LineList` shows.

Pure: no Textual here.
"""

from collections.abc import Hashable
from typing import NamedTuple

from dealboard.widgets.lines import Line, blank, width_of

EMPTY: Line = blank(1, "text")
"""A line of nothing."""


class Block(NamedTuple):
    """Lines that belong together. The cursor finds a block again by its key."""

    key: Hashable
    lines: tuple[Line, ...]
    stops: bool = True


def rule(label: str, width: int) -> Line:
    """Return a line that divides, and names what comes beneath it."""
    name = (f"{label} ", "head")
    return (name, ("─" * max(0, width - width_of((name,))), "rule"))
