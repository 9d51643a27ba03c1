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
) -> tuple[Part, ...]:
    """Return the main menu, the name of what is shown and, flush right, the actions.

    Exactly `width` cells. Where that is too few, the actions are reduced to their first words, the
    name is cut, the menu loses its last items but never the `current` one, and the actions go.
    """
    kept = list(items)
    labels = [(item.id, item.label) for item in actions]
    if _menu_width(kept) + _width(labels) + cell_len(literal(place)) + 6 > width:
        labels = _first_words(actions)
    while _menu_width(kept) + _width(labels) > width and len(kept) > 1:
        kept.remove(next(item for item in reversed(kept) if item.id != current))
    while labels and _menu_width(kept) + _width(labels) > width:
        labels.pop()
    parts = _menu(kept, current)
    room = width - _menu_width(kept) - _width(labels)
    if place and room - 5 >= min(MIN_PLACE, cell_len(literal(place))):
        name = f"{cut(literal(place), room - 5)} ▾"
        parts += [Part("│ ", "separator"), Part(name, "place", PLACE)]
        room -= cell_len(name) + 2
    parts.append(Part(" " * max(0, room), "separator"))
    for item_id, label in labels:
        parts += [Part(label, "action", item_id), Part("  ", "separator")]
    return tuple(part for part in parts if part.text)


def _first_words(actions: Sequence[MenuItem]) -> list[tuple[str, str]]:
    """Return ids and first words, of several alike the first only: "＋", "⚙"."""
    words: dict[str, str] = {}
    for item in actions:
        words.setdefault(item.label.partition(" ")[0], item.id)
    return [(item_id, word) for word, item_id in words.items()]


def _menu(items: Sequence[MenuItem], current: str) -> list[Part]:
    parts = [Part(" ", "separator")]
    for item in items:
        parts.append(Part(item.label, "current" if item.id == current else "item", item.id))
        parts.append(Part(SEPARATOR, "separator"))
    parts[-1] = Part("  ", "separator")
    return parts


def _menu_width(items: Sequence[MenuItem]) -> int:
    return sum(cell_len(part.text) for part in _menu(items, ""))


def _width(labels: Sequence[tuple[str, str]]) -> int:
    return sum(cell_len(label) + 2 for _, label in labels)
