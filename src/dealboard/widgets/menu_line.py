"""What the top line shows at a given width, and what each stretch of it chooses.

Pure: no Textual here.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.widgets.lines import cut, literal

PLACE = "place"
"""What a click on the name of what is shown chooses."""

SEPARATOR = " · "
MIN_PLACE = 8
"""Cells below which the name of what is shown is left out."""


class MenuItem(NamedTuple):
    """One choice: what it is called by the program, and its label."""

    id: str
    label: str


class Part(NamedTuple):
    """A stretch of the line, its style, and the id that a click on it chooses."""

    text: str
    style: str
    item_id: str | None = None


def menu_line(
    items: Sequence[MenuItem],
    actions: Sequence[MenuItem],
    current: str,
    place: str,
    width: int,
    badge: Part | None = None,
) -> tuple[Part, ...]:
    """Return the main menu, the name of what is shown and, flush right, the badge and the actions.

    Exactly `width` cells. Where that is too few, the actions are reduced to their first words, the
    menu loses what is offered at the right too, the name is cut, the menu loses its last items but
    never the `current` one, and the actions go.
    """
    kept = list(items)
    right = [badge] if badge else []
    offered = [*right, *(Part(item.label, "action", item.id) for item in actions)]
    if _menu_width(kept) + _width(offered) + cell_len(literal(place)) + 6 > width:
        offered = [*right, *_first_words(actions)]
    named = min(cell_len(literal(place)), MIN_PLACE) + 5 if place else 0
    twice = {part.item_id for part in offered} - {current}
    while _menu_width(kept) + _width(offered) + named > width and twice & {m.id for m in kept}:
        kept.remove(next(item for item in reversed(kept) if item.id in twice))
    while _menu_width(kept) + _width(offered) > width and len(kept) > 1:
        kept.remove(next(item for item in reversed(kept) if item.id != current))
    while offered and _menu_width(kept) + _width(offered) > width:
        offered.pop()
    parts = _menu(kept, current)
    room = width - _menu_width(kept) - _width(offered)
    if place and room - 5 >= min(MIN_PLACE, cell_len(literal(place))):
        name = f"{cut(literal(place), room - 5)} ▾"
        parts += [Part("│ ", "separator"), Part(name, "place", PLACE)]
        room -= cell_len(name) + 2
    parts.append(Part(" " * max(0, room), "separator"))
    for part in offered:
        parts += [part, Part("  ", "separator")]
    return tuple(part for part in parts if part.text)


def _first_words(actions: Sequence[MenuItem]) -> list[Part]:
    """Return the first words, of several alike the first only: "＋", "⚙"."""
    words: dict[str, str] = {}
    for item in actions:
        words.setdefault(item.label.partition(" ")[0], item.id)
    return [Part(word, "action", item_id) for word, item_id in words.items()]


def _menu(items: Sequence[MenuItem], current: str) -> list[Part]:
    parts = [Part(" ", "separator")]
    for item in items:
        parts.append(Part(item.label, "current" if item.id == current else "item", item.id))
        parts.append(Part(SEPARATOR, "separator"))
    parts[-1] = Part("  ", "separator")
    return parts


def _menu_width(items: Sequence[MenuItem]) -> int:
    return sum(cell_len(part.text) for part in _menu(items, ""))


def _width(offered: Sequence[Part]) -> int:
    return sum(cell_len(part.text) + 2 for part in offered)
