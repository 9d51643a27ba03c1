"""Which deals of a board are selected, and the range that grows as the cursor walks.

Pure: no Textual here; the board says where the cursor is.
"""

from collections.abc import Collection
from typing import NamedTuple


class Anchor(NamedTuple):
    """Where a range begins: a stage and a row, and what had been selected before.

    A `held` range grows with every step of the cursor, any other only with Shift.
    """

    stage_id: int
    row: int
    before: frozenset[int]
    held: bool


class Selection:
    """The ids of the selected deals."""

    def __init__(self) -> None:
        self.ids: frozenset[int] = frozenset()
        self.anchor: Anchor | None = None

    def __bool__(self) -> bool:
        """Whether there is anything that Esc would clear."""
        return bool(self.ids) or self.anchor is not None

    def set(self, ids: Collection[int]) -> None:
        """Select exactly these; a range that was growing ends."""
        self.ids, self.anchor = frozenset(ids), None

    def toggle(self, deal_id: int) -> None:
        """Select a deal, or do not any more; a range that was growing ends as it is."""
        self.set(self.ids ^ {deal_id})

    def begin(self, stage_id: int, row: int, *, held: bool) -> None:
        """Begin a range."""
        self.anchor = Anchor(stage_id, row, self.ids, held)

    def end(self) -> None:
        """End the range, which stays selected."""
        self.anchor = None

    def range_to(self, stage_id: int, row: int) -> range | None:
        """Return the rows from the anchor to a row of its stage; None without an anchor there."""
        anchor = self.anchor
        if anchor is None or anchor.stage_id != stage_id:
            return None
        return range(min(anchor.row, row), max(anchor.row, row) + 1)

    def fill(self, ids: Collection[int]) -> None:
        """Have the range hold these deals, beside what had been selected before it."""
        if self.anchor is not None:
            self.ids = self.anchor.before | frozenset(ids)
