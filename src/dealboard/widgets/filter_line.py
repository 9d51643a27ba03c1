"""What the filter bar shows at a given width, and what a click on each stretch of it does.

Pure: no Textual here.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.domain.filter_words import Chip, Part
from dealboard.widgets.lines import cut, literal

FIND = "find"
EDIT = "edit"
REMOVE = "remove"
CLEAR = "clear"

FIND_MARK = "/"
CROSS = " × "
GAP = 1
"""Cells between chips."""

MIN_VALUE = 6
"""Cells below which a chip is not cut but left out."""


class Keys(NamedTuple):
    """The keys in force that the line teaches; an empty one is of no use there."""

    find: str = "/"
    edit: str = "f"
    clear: str = "F"


class Stretch(NamedTuple):
    """A part of the line: its style, and what a click on it does, to which part of the filter."""

    text: str
    style: str
    does: str = ""
    part: Part | None = None


def filter_line(
    chips: Sequence[Chip],
    count: str,
    width: int,
    *,
    filtered: bool,
    searching: int = 0,
    keys: Keys = Keys(),  # noqa: B008
) -> tuple[Stretch, ...]:
    """Return the chips and, flush right, the count, in exactly `width` cells.

    Of `searching` cells at the left the line keeps clear: there the name is typed, so that its chip
    is left out. The count is never given up, only cut; the chips that do not fit are cut, then
    only counted: "+2". The key that clears is taught where there is room left.
    """
    left = [Stretch(f" {FIND_MARK} " if searching else " ", "key")]
    left.append(Stretch(" " * (searching - _width(left)), ""))
    counted = cut(literal(count), width - _width(left) - 2)
    tail = [Stretch(f" {counted} ", "count" if filtered else "quiet")]
    room = width - _width(left) - _width(tail)
    shown = [chip for chip in chips if not (searching and chip.part is Part.NAME)]
    if filtered or shown:
        body = _fitting(shown, room)
        clear = (Stretch(keys.clear, "key", CLEAR), Stretch(" clear ", "quiet", CLEAR))
        if _width(body) + _width(clear) <= room:
            tail = [*clear, *tail]
    else:
        body = [] if searching else _teaching(keys, room)
    gap = width - _width(left) - _width(body) - _width(tail)
    line = (*left, *body, Stretch(" " * gap, ""), *tail)
    return tuple(stretch for stretch in line if stretch.text)


def _fitting(chips: Sequence[Chip], room: int) -> list[Stretch]:
    """Return as many chips as fit, the last of them cut; behind them how many more there are."""
    body: list[Stretch] = []
    for number, chip in enumerate(chips):
        left = len(chips) - number
        more = [Stretch(f"+{left - 1}", "more", EDIT)] if left > 1 else []
        # What follows needs its own room, unless all of it fits.
        free = room - _width(body)
        if _full(chips[number:]) <= free:
            return [*body, *_drawn(chips[number:])]
        value = free - _width(more) - _frame(chip)
        if cell_len(literal(chip.value)) <= value:
            body += _drawn([chip])
            continue
        if value >= MIN_VALUE:
            short = chip._replace(value=cut(literal(chip.value), value))
            return [*body, *_drawn([short]), *more]
        mark = Stretch(f"+{left}", "more", EDIT)
        return [*body, mark] if _width([mark]) <= free else body
    return body


def _drawn(chips: Sequence[Chip]) -> list[Stretch]:
    return [stretch for chip in chips for stretch in _chip(chip)]


def _chip(chip: Chip) -> Iterator[Stretch]:
    label = f" {literal(chip.label)} " if chip.label else " "
    yield Stretch(label, "label", EDIT, chip.part)
    yield Stretch(literal(chip.value), "value", EDIT, chip.part)
    yield Stretch(CROSS, "cross", REMOVE, chip.part)
    yield Stretch(" " * GAP, "")


def _frame(chip: Chip) -> int:
    """Return the cells that a chip takes beside its value."""
    return _width(tuple(_chip(chip._replace(value=""))))


def _full(chips: Sequence[Chip]) -> int:
    return _width(_drawn(chips))


def _teaching(keys: Keys, room: int) -> list[Stretch]:
    taught: list[Stretch] = []
    for key, does, name in ((keys.find, FIND, "find"), (keys.edit, EDIT, "filter")):
        if key:
            taught += [Stretch(key, "key", does), Stretch(f" {name}  ", "quiet", does)]
    return taught if _width(taught) <= room else []


def _width(stretches: Sequence[Stretch]) -> int:
    return sum(cell_len(stretch.text) for stretch in stretches)
