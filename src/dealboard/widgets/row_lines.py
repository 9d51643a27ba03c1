"""What a list of rows shows at a given width: columns as wide as they need, one takes the rest.

Pure: no Textual here.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.widgets.lines import Line, Span, cut, literal

GAP = 2
"""Cells between columns."""

MARGIN = 2
"""Cells before the first column, where the cursor has its mark."""

NARROWEST = 10
"""Cells that a column keeps when there are too few for all."""


class Column(NamedTuple):
    """A column: its title, the side its cells stand on, and whether it takes what is left.

    Where there is too little room, the `optional` ones are left out, and then the widest cut.
    """

    title: str = ""
    right: bool = False
    elastic: bool = False
    optional: bool = False
    widest: int = 40


class Entry(NamedTuple):
    """A row: what it is called by the program, its cells, and what can be done with it.

    A cell is a text and the name of its style. A row without an id is a heading, where the cursor
    never stands; a `movable` one can be put to another place among the movable ones.
    """

    id: int | str | None
    cells: tuple[Span, ...]
    movable: bool = False


def column_widths(
    columns: Sequence[Column], entries: Sequence[Entry], width: int
) -> tuple[int, ...]:
    """Return the cells of each column; 0 for one that is left out."""
    widths = [min(column.widest, _widest(at, entries, column.title)) for at, column in _of(columns)]
    elastic = next((at for at, column in _of(columns) if column.elastic), 0)
    widths[elastic], least = 0, NARROWEST
    for at, column in reversed(_of(columns)):
        if column.optional and _left(widths, width) < least:
            widths[at] = 0
            least = 0 if at == elastic else least
    while _left(widths, width) < least and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    left = _left(widths, width)
    widths[elastic] = left if left >= least > 0 else 0
    return tuple(widths)


def _left(widths: Sequence[int], width: int) -> int:
    """Return the cells that the elastic column could have."""
    shown = [each for each in widths if each]
    return width - MARGIN - sum(shown) - GAP * (len(shown) + 1)


def _of(columns: Sequence[Column]) -> Sequence[tuple[int, Column]]:
    return tuple(enumerate(columns))


def _widest(at: int, entries: Sequence[Entry], title: str) -> int:
    cells = (entry.cells[at][0] for entry in entries if entry.id is not None)
    return max((cell_len(title), *(cell_len(literal(text)) for text in cells)))


def title_line(columns: Sequence[Column], widths: Sequence[int]) -> Line:
    """Return the titles of the columns."""
    return _line(tuple((column.title, "title") for column in columns), columns, widths)


def entry_line(entry: Entry, columns: Sequence[Column], widths: Sequence[int]) -> Line:
    """Return a row; a heading takes the whole width."""
    if entry.id is None:
        whole = sum(widths) + GAP * len(widths)
        return ((" ", "row"), *((cut(literal(t), whole), style) for t, style in entry.cells[:1]))
    return _line(tuple((literal(text), style) for text, style in entry.cells), columns, widths)


def _line(cells: Sequence[Span], columns: Sequence[Column], widths: Sequence[int]) -> Line:
    spans: list[Span] = [(" " * MARGIN, "row")]
    for (text, style), column, width in zip(cells, columns, widths, strict=True):
        if width:
            short = cut(text, width)
            space = (" " * (width - cell_len(short)), "row")
            spans += [space, (short, style)] if column.right else [(short, style), space]
            spans.append((" " * GAP, "row"))
    return tuple(span for span in spans if span[0])


def reordered(entries: Sequence[Entry], entry_id: int | str, to: int) -> tuple[Entry, ...]:
    """Return the rows with a movable one at another place, counted among the movable ones."""
    movable = [entry for entry in entries if entry.movable]
    moved = next(entry for entry in movable if entry.id == entry_id)
    movable.remove(moved)
    movable.insert(to, moved)
    order = iter(movable)
    return tuple(next(order) if entry.movable else entry for entry in entries)
