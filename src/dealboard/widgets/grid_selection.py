"""Which rows of a table are selected: some, or all but some; and a range that is being drawn.

Pure: no Textual here. "All" is not written out, so that it costs nothing at 100,000 rows.
"""

from collections.abc import Iterable, Sequence


class Selection:
    """Selected ids of an order of rows.

    The range reaches from its anchor to the cursor and comes on top; it is over when settled,
    which keeps its rows, or dropped. It is `held` if moving the cursor does not end it.
    """

    def __init__(self) -> None:
        self._order: Sequence[int] = ()
        self._all = False
        self._other: set[int] = set()  # those selected; if all are, those that are not
        self._anchor: int | None = None
        self._reach = 0
        self.held = False

    @property
    def ranging(self) -> bool:
        """Whether a range is being drawn."""
        return self._anchor is not None

    @property
    def range(self) -> range:
        """The rows of the range that is being drawn."""
        if self._anchor is None:
            return range(0)
        return range(min(self._anchor, self._reach), max(self._anchor, self._reach) + 1)

    def __contains__(self, row: int) -> bool:
        return row in self.range or (self._order[row] in self._other) is not self._all

    def __len__(self) -> int:
        rows = self.range
        ranged = self._order[rows.start : rows.stop]
        if self._all:
            again = len(self._other.intersection(ranged)) if self._other else 0
            return len(self._order) - len(self._other) + again
        both = len(self._other.intersection(ranged)) if self._other else 0
        return len(self._other) + len(ranged) - both

    def ids(self) -> frozenset[int]:
        """Return the ids of the selected rows."""
        rows = self.range
        ranged = self._order[rows.start : rows.stop]
        if self._all:
            return frozenset(self._order) - self._other.difference(ranged)
        return frozenset(self._other.union(ranged))

    def reorder(self, order: Sequence[int]) -> None:
        """Have the rows in another order; those that are not in it are no longer selected.

        A range goes on between the rows where it began and ended; if one is gone it is settled.
        """
        ends: list[int] = []
        if self._anchor is not None:
            found = (_row_in(order, self._order[row]) for row in (self._anchor, self._reach))
            ends = [row for row in found if row is not None]
            if len(ends) < 2:
                self.settle()
        if self._all or self._other:
            self._all, self._other = False, self._written_out(order)
        self._order = order
        if self._anchor is not None:
            self._anchor, self._reach = ends

    def _written_out(self, order: Sequence[int]) -> set[int]:
        if self._all:
            return set(self._order).difference(self._other).intersection(order)
        return self._other.intersection(order)

    def replace(self, ids: Iterable[int]) -> None:
        """Select these rows and no others."""
        self.clear()
        self._other = set(ids)

    def add(self, ids: Iterable[int]) -> None:
        """Select these rows too."""
        if self._all:
            self._other.difference_update(ids)
        else:
            self._other.update(ids)

    def add_all(self) -> None:
        """Select every row."""
        self.clear()
        self._all = bool(self._order)

    def toggle(self, row: int) -> None:
        """Select a row, or no longer."""
        self._other ^= {self._order[row]}

    def clear(self) -> None:
        """Select nothing."""
        self._all, self._other = False, set()
        self.drop()

    def start(self, row: int, *, held: bool = False) -> None:
        """Begin a range at a row."""
        self._anchor = self._reach = row
        self.held = held

    def reach(self, row: int) -> None:
        """Let the range reach to a row."""
        self._reach = row

    def settle(self) -> None:
        """Keep the rows of the range, and end it."""
        rows = self.range
        if len(rows) and len(rows) == len(self._order):
            self.add_all()
        self.add(self._order[rows.start : rows.stop])
        self.drop()

    def drop(self) -> None:
        """End the range, and leave its rows as they were before it."""
        self._anchor, self.held = None, False


def _row_in(order: Sequence[int], row_id: int) -> int | None:
    try:
        return order.index(row_id)
    except ValueError:
        return None
