"""What a table's header and rows show: values and a width in, lines of spans out.

Pure: no Textual here, no I/O. A span's style names component classes of `Grid` without their
prefix, several of them parted by a space. Every line is exactly as wide as asked, whatever is
written in the cells.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len

from dealboard.widgets.lines import Line, Span, blank, cut, literal

MARGIN = 3
"""Cells at the left: the cursor's marker, the mark of a selected row, a space."""

GAP = 2
"""Cells between two columns."""

ARROW = 2
"""Cells that a column's title keeps free for the arrow of its direction."""


class Column(NamedTuple):
    """A column: `width` is the most that its content makes it, `min_width` the least it shrinks to.

    Its title makes it wider. `sort`: a click on its title asks to sort by it. `flex`: it takes what
    the others leave, and shrinks first. `shorten` puts what does not fit into fewer cells.
    """

    key: str
    title: str
    width: int
    min_width: int = 4
    align: Literal["left", "right"] = "left"
    sort: bool = False
    flex: bool = False
    shorten: Callable[[str, int], str] = cut


class Cell(NamedTuple):
    """What a row says in a column; `style` is the name of a component class of `Grid`."""

    text: str
    style: str = ""


Cells = tuple[Cell, ...]
"""A row, a cell for each column, as it can be shown: every text has been through `literal`."""

SortMark = tuple[str, bool]
"""The key of the column that is sorted by, and whether it is descending."""


class Place(NamedTuple):
    """Where a column is drawn: its number, the cell it begins at, how many it takes."""

    column: int
    x: int
    width: int


class Layout(NamedTuple):
    """The columns that are drawn, left to right.

    `left` counts those scrolled away; the first column never is. `more`: there is more to the right
    of the edge.
    """

    width: int
    places: tuple[Place, ...] = ()
    left: int = 0
    more: bool = False

    def at(self, x: int) -> int | None:
        """Return the column drawn at a cell, the gap after it included; None beside them."""
        found = (place.column for place in self.places if 0 <= x - place.x < place.width + GAP)
        return next(found, None)


class Flags(NamedTuple):
    """How a row is drawn besides what it says; `here` is the column that the cursor is in."""

    cursor: bool = False
    selected: bool = False
    here: int | None = None


def shown(cells: Iterable[Cell]) -> Cells:
    """Return cells as they can be shown."""
    return tuple(
        cell if cell[0].isascii() and cell[0].isprintable() else Cell(literal(cell[0]), cell[1])
        for cell in cells
    )


# ── widths ────────────────────────────────────────────────────────────────────────────────────


def title_widths(columns: Sequence[Column]) -> tuple[int, ...]:
    """Return what the titles need: the widths before any content is known."""
    return tuple(
        cell_len(literal(column.title)) + (ARROW if column.sort else 0) for column in columns
    )


def widened(widths: Sequence[int], rows: Iterable[Cells]) -> tuple[int, ...]:
    """Return the widths, wider where the content of rows is: columns do not jump while scrolling.

    What is longer than a column can become is nobody's concern here: `lay_out` caps it.
    """
    grown = list(widths)
    for cells in rows:
        for number, (text, _) in enumerate(cells):
            width = len(text) if text.isascii() else cell_len(text)
            if number < len(grown) and width > grown[number]:
                grown[number] = width
    return tuple(grown)


def lay_out(columns: Sequence[Column], content: Sequence[int], width: int, left: int) -> Layout:
    """Place the columns in `width` cells, with `left` of those after the first scrolled away.

    They are as wide as their content, flexible ones share what is left over. Where that is too
    much, flexible ones shrink by a third, then all but those of numbers, which stand at the right:
    a number cut off is another number. Where even that is too much, they scroll.
    """
    room = max(0, width - MARGIN)
    wide = [
        max(min(needed, column.width), column.min_width, title)
        for column, needed, title in zip(columns, content, title_widths(columns), strict=True)
    ]
    least = [
        each if column.align == "right" else column.min_width
        for column, each in zip(columns, wide, strict=True)
    ]
    flexible = [number for number, column in enumerate(columns) if column.flex]
    spare = room - sum(wide) - GAP * (len(wide) - 1)
    if spare >= 0:
        _share(wide, flexible, spare)
        return Layout(width, _places(range(len(wide)), wide, width))
    if len(wide) == 1 or sum(least) + GAP * (len(least) - 1) <= room:
        most = [max(few, each * 2 // 3) for few, each in zip(least, wide, strict=True)]
        spare += _shrink(wide, most, flexible, -spare)
        _shrink(wide, least, range(len(wide)), -spare)
        return Layout(width, _places(range(len(wide)), wide, width))
    for number in flexible:
        wide[number] = max(least[number], min(wide[number], room // 3))
    return _scrolled(wide, flexible, width, left)


def _share(widths: list[int], flexible: Sequence[int], spare: int) -> None:
    """Give what is left over to the flexible columns, in equal parts."""
    for rank, number in enumerate(flexible):
        part = spare // (len(flexible) - rank)
        widths[number] += part
        spare -= part


def _shrink(widths: list[int], least: Sequence[int], some: Sequence[int], excess: int) -> int:
    """Take `excess` cells from some columns, in proportion to what each can give.

    Returns how many were given.
    """
    room = sum(widths[number] - least[number] for number in some)
    given = min(max(0, excess), room)
    left = given
    for number in some:
        can = widths[number] - least[number]
        part = -(-left * can // room) if room else 0
        widths[number] -= part
        left -= part
        room -= can
    return given


def _scrolled(wide: list[int], flexible: Sequence[int], width: int, left: int) -> Layout:
    """Place the first column, and as many others after `left` of them as fit whole.

    What is left over goes to the flexible ones of those.
    """
    room = max(0, width - MARGIN)
    left = max(0, min(left, _most_left(wide, room)))
    numbers, taken = [0], wide[0]
    for number in range(left + 1, len(wide)):
        taken += GAP + wide[number]
        if taken > room and len(numbers) > 1:
            break
        numbers.append(number)
    spare = room - sum(wide[number] for number in numbers) - GAP * (len(numbers) - 1)
    if spare > 0:
        _share(wide, [number for number in flexible if number in numbers], spare)
    elif len(numbers) > 1:  # the first one makes room for one other
        wide[0] = max(min(wide[0], room // 2), wide[0] + spare)
    places = _places(numbers, wide, width)
    return Layout(width, places, left, bool(places) and numbers[-1] < len(wide) - 1)


def _most_left(widths: Sequence[int], room: int) -> int:
    """Return how many columns have to be scrolled away for the last one to be whole."""
    taken = widths[0]
    for number in range(len(widths) - 1, 0, -1):
        taken += GAP + widths[number]
        if taken > room:
            return min(number, len(widths) - 2)
    return 0


def _places(numbers: Iterable[int], widths: Sequence[int], width: int) -> tuple[Place, ...]:
    """Put columns side by side until the width is used up."""
    places: list[Place] = []
    x = MARGIN
    for number in numbers:
        if x < width:
            places.append(Place(number, x, min(widths[number], width - x)))
        x += widths[number] + GAP
    return tuple(places)


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


def header_line(
    columns: Sequence[Column],
    layout: Layout,
    sort: SortMark | None,
    here: int | None,
    mark: str = " ",
) -> Line:
    """Return the titles; the sorted one has an arrow, that of the cursor's column stands out.

    `mark` stands above the marks of the selected rows; at an edge beyond which there are more
    columns there is a sign.
    """
    spans: list[Span] = [(" ", "head-text"), (mark, "mark")]
    for place in layout.places:
        column = columns[place.column]
        arrow = ""
        if sort is not None and sort[0] == column.key:
            arrow = " ▼" if sort[1] else " ▲"
        title = cut(literal(column.title), max(0, place.width - len(arrow)))
        style = "head-here" if place.column == here else "head-sorted" if arrow else "head-text"
        spans.append((_fitted(title + arrow, place.width, column.align), style))
    signs = ["‹" if layout.left and number == 1 else " " for number in range(len(layout.places))]
    return _spaced(spans, layout, "head-text", signs)


def row_line(cells: Cells | None, columns: Sequence[Column], layout: Layout, flags: Flags) -> Line:
    """Return a row; without cells, which have yet to come, it is blank but for its marks.

    The cursor is the marker at the left edge and a selected row has a tick: colours only
    underline it.
    """
    spans: list[Span] = [
        ("▌", "marker") if flags.cursor else (" ", "text"),
        ("✓", "mark") if flags.selected else (" ", "text"),
    ]
    for place in layout.places:
        text, style = cells[place.column] if cells and place.column < len(cells) else _NOTHING
        here = flags.cursor and place.column == flags.here
        style = f"{style or 'text'} here" if here else style or "text"
        column = columns[place.column]
        spans.append((_fitted(text, place.width, column.align, column.shorten), style))
    return _spaced(spans, layout, "text", [" "] * len(layout.places))


def empty_lines(text: str, width: int, height: int) -> tuple[Line, ...]:
    """Return what is said where there are no rows: its lines in the middle of `height` lines."""
    lines = text.split("\n") if text else []
    above = max(0, (height - len(lines)) // 3)
    return (
        *[blank(width, "text")] * min(above, height),
        *(_centred(line, width) for line in lines[: max(0, height - above)]),
    )


_NOTHING = Cell("")


def _centred(text: str, width: int) -> Line:
    short = cut(literal(text), width)
    room = width - cell_len(short)
    return tuple(
        (part, "note") for part in (" " * (room // 2), short, " " * (room - room // 2)) if part
    )


def _fitted(text: str, width: int, align: str, shorten: Callable[[str, int], str] = cut) -> str:
    """Return a text in exactly `width` cells."""
    if text.isascii() and len(text) <= width:
        return text.rjust(width) if align == "right" else text.ljust(width)
    short = cut(shorten(text, width), width)
    padding = " " * (width - cell_len(short))
    return padding + short if align == "right" else short + padding


def _spaced(spans: Sequence[Span], layout: Layout, style: str, signs: Sequence[str]) -> Line:
    """Return the spans with gaps between the columns, exactly as wide as the layout.

    Neighbours of one style become one: fewer bytes for the terminal.
    """
    line, end = list(spans[:2]), 2
    for place, (text, of), sign in zip(layout.places, spans[2:], signs, strict=True):
        line += [(f"{' ' * (place.x - end - 1)}{sign}", style), (text, of)]
        end = place.x + place.width
    if end > layout.width:
        return _narrowed(line, layout.width, style)
    return _joined([*line, *blank(layout.width - end, style)])


def _narrowed(line: Sequence[Span], width: int, style: str) -> Line:
    """Return what of a line fits in fewer cells than its margin takes."""
    fitting: list[Span] = []
    for text, of in line:
        short = cut(text, width)
        fitting.append((short, of))
        width -= cell_len(short)
    return _joined([*fitting, *blank(width, style)])


def _joined(spans: Iterable[Span]) -> Line:
    joined: list[Span] = []
    for text, style in spans:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        elif text:
            joined.append((text, style))
    return tuple(joined)
