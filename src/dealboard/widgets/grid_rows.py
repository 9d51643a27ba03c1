"""What a table holds: the order of all its rows as ids, and the rows around the view by id.

Pure: no Textual here. The ids of 100,000 rows are 0.8 MB; what they say is read when it is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from dealboard.widgets.grid_lines import Cell, Cells, shown

_GENERATIONS = count(1)


class Rows:
    """The order, and a window of rows that knows what it lacks."""

    def __init__(self) -> None:
        self.ids: Sequence[int] = ()
        self.generation = next(_GENERATIONS)
        self._held: dict[int, Cells] = {}
        self._fresh: set[int] = set()
        self._asked: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, row: int) -> Cells | None:
        """Return what a row says, None where that has yet to come."""
        return self._held.get(self.ids[row])

    def row_of(self, row_id: int, near: int) -> int | None:
        """Return the row of an id, None if there is none; it is looked for at `near` first."""
        if 0 <= near < len(self.ids) and self.ids[near] == row_id:
            return near
        try:
            return self.ids.index(row_id)
        except ValueError:
            return None

    def invalidate(self) -> None:
        """Begin a new generation: all rows are lacking, and those held are shown until then."""
        self.generation = next(_GENERATIONS)
        self._fresh, self._asked = set(), frozenset()

    def rearrange(self, numbers: Sequence[int | None]) -> None:
        """Have other columns: each new one is one that was there, by number, or not yet known."""
        nothing = Cell("")
        self._held = {
            row_id: tuple(
                nothing if number is None or number >= len(cells) else cells[number]
                for number in numbers
            )
            for row_id, cells in self._held.items()
        }
        self.invalidate()

    def put(self, rows: Mapping[int, Sequence[Cell]], generation: int | None = None) -> list[Cells]:
        """Hold rows from now on, and return those that are.

        None takes them as the newest there are; rows of an earlier generation are better than none
        but no news.
        """
        newest = generation is None or generation == self.generation
        new = {
            row_id: shown(cells)
            for row_id, cells in rows.items()
            if newest or row_id not in self._held
        }
        self._held |= new
        if newest:
            self._fresh |= new.keys()
        return list(new.values())

    def lacking(self, near: range, wanted: range) -> tuple[int, ...]:
        """Return the ids to ask for: those of `wanted` that are not held fresh.

        None as long as all of `near` is held or asked for: the answer to an older question may
        never come once a newer one is asked, so the newer asks for all.
        """
        needed = self._missing(near)
        if not needed or self._asked.issuperset(needed):
            return ()
        ids = tuple(self._missing(wanted))
        self._asked = frozenset(ids)
        return ids

    def forget(self, wanted: range) -> None:
        """Let go of what is far from the rows `wanted` once that is the larger part."""
        if len(self._held) > 2 * max(1, len(wanted)):
            near = set(self.ids[wanted.start : wanted.stop])
            self._held = {key: cells for key, cells in self._held.items() if key in near}
            self._fresh &= near

    def _missing(self, rows: range) -> Iterable[int]:
        return [row_id for row_id in self.ids[rows.start : rows.stop] if row_id not in self._fresh]
