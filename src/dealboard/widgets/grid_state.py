"""Where one is in a table: the cursor, what is in view, and what keys and the mouse do to them.

Pure: no Textual here. `Grid` tells what came of it, and draws.
"""

from collections.abc import Sequence

from dealboard.widgets.grid_columns import Columns
from dealboard.widgets.grid_lines import Column
from dealboard.widgets.grid_rows import Rows
from dealboard.widgets.grid_selection import Selection


class GridState:
    """A table, its cursor and the rows in view: those from `first` on, `capacity` of them."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.columns = Columns()
        self.selection = Selection()
        self.first = 0
        self.row = 0
        self.row_id: int | None = None
        self.capacity = 1

    def show(
        self,
        columns: Sequence[Column],
        ids: Sequence[int],
        cursor: int | None = None,
        *,
        whole: bool = True,
    ) -> None:
        """Have rows in another order, the `whole` of it or how it begins.

        The cursor goes to the row of `cursor`; without one it stays on its own, on the same line of
        the screen. If that is gone it keeps its place.
        """
        if tuple(columns) != self.columns.columns:
            held = len(self.columns.columns)
            numbers = self.columns.assign(columns)
            if numbers != list(range(held)):
                self.rows.rearrange(numbers)
        line, seen = self.row - self.first, self.in_view
        self.rows.ids = ids
        self.selection.reorder(ids, whole=whole)
        wanted = self.row_id if cursor is None else cursor
        row = None if wanted is None else self.rows.row_of(wanted, self.row)
        if row is not None and cursor is None:
            self.view(row - line)
        else:
            self.view(self.first)
        self.go(self.row if row is None else row, reveal=seen or cursor is not None)

    # ── the view ──────────────────────────────────────────────────────────────────────────────

    @property
    def in_view(self) -> bool:
        """Whether the cursor is."""
        return self.first <= self.row < self.first + self.capacity

    def resize(self, width: int, capacity: int) -> None:
        """Have room for so many cells and rows; the cursor stays in view if it was."""
        seen, self.capacity = self.in_view, capacity
        self.columns.fit(width)
        self.view(self.first)
        if seen:
            self.go(self.row)

    def view(self, first: int) -> None:
        """Show the rows from `first` on, as far as there are."""
        self.first = max(0, min(first, len(self.rows) - self.capacity))

    def around(self, pages: float) -> range:
        """Return the rows in view and so many pages either side."""
        margin = int(self.capacity * pages)
        stop = min(self.first + self.capacity + margin, len(self.rows))
        return range(max(0, self.first - margin), max(0, stop))

    def thumb(self) -> range:
        """Return the lines of the view beside which the scroll bar's thumb is drawn."""
        hidden = len(self.rows) - self.capacity
        if hidden <= 0:
            return range(0)
        length = max(1, self.capacity * self.capacity // len(self.rows))
        start = (self.capacity - length) * min(self.first, hidden) // hidden
        return range(start, start + length)

    def view_at(self, line: int) -> None:
        """Show the rows that a line beside the view stands for, as the scroll bar has it."""
        self.view((len(self.rows) - self.capacity) * line // max(1, self.capacity - 1))

    # ── the cursor ────────────────────────────────────────────────────────────────────────────

    def go(self, row: int, *, reveal: bool = True) -> None:
        """Put the cursor on a row; the range that is being drawn reaches there."""
        self.row = max(0, min(row, len(self.rows) - 1))
        self.row_id = self.rows.ids[self.row] if len(self.rows) else None
        self.selection.reach(self.row)
        if reveal:
            self.view(max(self.row - self.capacity + 1, min(self.first, self.row)))

    def walk(self, row: int) -> None:
        """Go to a row without selecting: that ends a range that is not held."""
        if self.selection.ranging and not self.selection.held:
            self.selection.settle()
        self.go(row)

    def page(self, pages: float) -> None:
        """Scroll by pages, and move the cursor as far."""
        by = max(1, int(self.capacity * abs(pages))) * (1 if pages > 0 else -1)
        self.view(self.first + by)
        self.walk(self.row + by)

    # ── the selection ─────────────────────────────────────────────────────────────────────────

    def toggle(self) -> None:
        """Select the cursor's row or no longer, and go on; a range that is being drawn is kept."""
        if self.row_id is None:
            return
        if self.selection.ranging:
            self.selection.settle()
        else:
            self.selection.toggle(self.row)
            self.go(self.row + 1)

    def extend(self, row: int) -> None:
        """Go to a row, and select all from where the cursor was."""
        if self.row_id is None:
            return
        if not self.selection.ranging:
            self.selection.start(self.row)
        self.go(row)

    def hold_range(self) -> None:
        """Select all that the cursor passes from here on, or stop doing so."""
        held = self.selection.held
        self.selection.settle()
        if not held and self.row_id is not None:
            self.selection.start(self.row, held=True)

    def let_go(self) -> None:
        """Drop the range that is being drawn; if there is none, the whole selection."""
        if self.selection.ranging:
            self.selection.drop()
        else:
            self.selection.clear()
