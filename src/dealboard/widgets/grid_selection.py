"""Which rows of a table are selected: some, or all but some; and a range that is being drawn.

Pure: no Textual here. Whichever is less is written out, so that "all" costs nothing at 100,000.
"""

from collections.abc import Iterable, Sequence


class Selection:
    """Selected rows of an order of ids.

    The range reaches from its anchor to the cursor and comes on top; it is over when settled,
    which keeps its rows, or dropped. It is `held` if moving the cursor does not end it. `edition`
    is another number whenever other rows may be selected.
    """

    def __init__(self) -> None:
        self.edition = 0
        self.held = False
        self._order: Sequence[int] = ()
        self._whole = True
        self._all = False
        self._other: set[int] = set()  # those selected; if all are, those that are not
        self._anchor: int | None = None
        self._reach = 0

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
        ranged = self._ranged()
        both = len(self._other.intersection(ranged)) if self._other else 0
        if self._all:
            return len(self._order) - len(self._other) + both
        return len(self._other) + len(ranged) - both

    def ids(self) -> frozenset[int]:
        """Return the ids of the selected rows."""
        if self._all:
            return frozenset(self._order).difference(self._other.difference(self._ranged()))
        return frozenset(self._other.union(self._ranged()))

    def reorder(self, order: Sequence[int], *, whole: bool = True) -> None:
        """Have the rows in another order; those that are not in it are no longer selected.

        Unless it is not the whole of it. A range goes on between the rows where it began and ended;
        if one is gone it is settled.
        """
        ends: list[int] = []
        if self._anchor is not None:
            found = (_row_in(order, self._order[row]) for row in (self._anchor, self._reach))
            ends = [row for row in found if row is not None]
            if len(ends) == 2:
                self._anchor, self._reach = ends
            else:
                self.settle()
        if self._all and not self._whole:  # all of an order of which this is more
            self._other.intersection_update(order)
        elif self._all or self._other:
            chosen = set(self._order).difference(self._other) if self._all else self._other
            self._all, self._other = False, chosen.intersection(order) if whole else chosen
        self._order, self._whole = order, whole
        self.edition += 1

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
        self.edition += 1

    def add_all(self) -> None:
        """Select every row."""
        self.clear()
        self._all = bool(self._order)

    def toggle(self, row: int) -> None:
        """Select a row, or no longer."""
        self._other ^= {self._order[row]}
        self.edition += 1

    def clear(self) -> None:
        """Select nothing."""
        self._all, self._other = False, set()
        self.drop()

    def start(self, row: int, *, held: bool = False) -> None:
        """Begin a range at a row."""
        self._anchor = self._reach = row
        self.held = held
        self.edition += 1

    def reach(self, row: int) -> None:
        """Let the range, if there is one, reach to a row."""
        if self._anchor is not None and row != self._reach:
            self._reach = row
            self.edition += 1

    def settle(self) -> None:
        """Keep the rows of the range, and end it."""
        rows, order = self.range, self._order
        if self._whole and not self._all and len(rows) > len(order) // 2:
            others = {*order[: rows.start], *order[rows.stop :]}
            self._all, self._other = True, others.difference(self._other)
        else:
            self.add(self._ranged())
        self.drop()

    def drop(self) -> None:
        """End the range, and leave its rows as they were before it."""
        self._anchor, self.held = None, False
        self.edition += 1

    def _ranged(self) -> Sequence[int]:
        return self._order[self.range.start : self.range.stop]


def _row_in(order: Sequence[int], row_id: int) -> int | None:
    try:
        return order.index(row_id)
    except ValueError:
        return None
