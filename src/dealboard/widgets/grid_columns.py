"""The columns of a table: how wide they are, which are in sight, and which one the cursor is in.

Pure: no Textual here.
"""

from collections.abc import Iterable, Sequence

from dealboard.widgets.grid_lines import (
    Cells,
    Column,
    Layout,
    lay_out,
    title_widths,
    widened,
)


class Columns:
    """Columns placed in a width."""

    def __init__(self) -> None:
        self.columns: tuple[Column, ...] = ()
        self.layout = Layout(0)
        self.here = 0
        self._content: tuple[int, ...] = ()
        self._width = 0

    @property
    def key(self) -> str | None:
        """The key of the column that the cursor is in."""
        return self.columns[self.here].key if self.columns else None

    def assign(self, columns: Sequence[Column]) -> list[int | None]:
        """Have other columns; the cursor stays in its own.

        Returns where each was before: its number, None for one that was not there.
        """
        before = [column.key for column in self.columns]
        numbers = [before.index(each.key) if each.key in before else None for each in columns]
        key = self.key
        self._content = tuple(
            max(title, 0 if number is None else self._content[number])
            for title, number in zip(title_widths(columns), numbers, strict=True)
        )
        self.columns = tuple(columns)
        self.here = next((n for n, each in enumerate(columns) if each.key == key), 0)
        self.point(self.here)
        return numbers

    def widen(self, rows: Iterable[Cells]) -> None:
        """Make room for what rows say."""
        content = widened(self._content, rows)
        if content != self._content:
            self._content = content
            self._place(self.layout.left)

    def fit(self, width: int) -> None:
        """Have so many cells; the cursor's column stays in sight."""
        if width != self._width:
            self._width = width
            self.point(self.here)

    def point(self, number: int) -> None:
        """Put the cursor in a column, and scroll as little as shows the whole of it."""
        self.here = max(0, min(number, len(self.columns) - 1))
        self._place(self.layout.left)
        if 0 < self.here <= self.layout.left:
            self._place(self.here - 1)
        while self.layout.more and self.layout.places[-1].column < self.here:
            self._place(self.layout.left + 1)

    def scroll(self, by: int) -> None:
        """Scroll by columns, to the right if positive."""
        self._place(self.layout.left + by)

    def _place(self, left: int) -> None:
        self.layout = lay_out(self.columns, self._content, self._width, left)
