"""What the bottom line shows at a given width: what just happened, and the keys likely next.

Pure: no Textual here.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.domain.text import safe
from dealboard.widgets.lines import Styled

GAP = 2

BEHIND = " · "
"""Between what was done and what can be done about it."""

LAST = 12
"""Cells of what stays at the end of a message that is cut."""


class Hint(NamedTuple):
    """A key, what it does, and the action it runs."""

    key: str
    label: str
    action: str

    @property
    def width(self) -> int:
        """Cells that the hint takes, without the gap behind it."""
        return cell_len(self.key) + 1 + cell_len(self.label)


def hint_line(hints: Sequence[Hint], message: str, width: int) -> Iterator[Styled]:
    """Yield the message, and the hints that fit behind it."""
    said = _shortened(message, width)
    yield " ", ()
    if said:
        yield said, ("message",)
        yield " " * GAP, ()
    at = _after(said)
    for start, hint in _fitting(hints, at, width):
        yield " " * (start - at), ()
        yield hint.key, ("key",)
        yield f" {hint.label}", ("label",)
        at = start + hint.width


def placed(hints: Sequence[Hint], message: str, width: int) -> Iterator[tuple[int, Hint]]:
    """Yield the hints that fit with the column where each begins; the last one stands right."""
    return _fitting(hints, _after(_shortened(message, width)), width)


def _fitting(hints: Sequence[Hint], at: int, width: int) -> Iterator[tuple[int, Hint]]:
    """Yield the hints that fit from a column on."""
    if not hints:
        return
    *likely, last = hints
    end = width - last.width - 1
    for hint in likely:
        taken = hint.width + GAP
        if at + taken > end:
            break
        yield at, hint
        at += taken
    if at <= end:
        yield end, last


def _shortened(message: str, width: int) -> str:
    """Return the message as far as it fits; a few words behind its last dot stay, as "u undoes"."""
    text = safe(message)
    dot, last = text.rpartition(BEHIND)[1:]
    end = f"{dot}{last}" if dot and cell_len(last) <= LAST and width > 3 * LAST else ""
    text = text.removesuffix(end)
    room = width - 2 - cell_len(end)
    while cell_len(text) > room > 1:
        text = f"{text[:-2]}…"
    return f"{text}{end}"


def _after(said: str) -> int:
    """Return the column behind what is said."""
    return 1 + (cell_len(said) + GAP if said else 0)
