"""Lines of styled spans, measured in terminal cells: the words that line-drawn widgets share.

Pure: no Textual here, so that lines are tested as plain text and drawn before Textual is loaded.
"""

import re
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from dealboard.domain.text import safe

Span = tuple[str, str]
"""Text and the name of its style; what a person wrote has been through `literal`."""

Line = tuple[Span, ...]
"""The spans of one line, left to right."""

Styled = tuple[str, tuple[str, ...]]
"""Text and the names of the styles that are laid over one another for it."""

_JOINER = "\u200d"
"""Joins what follows it to what is before: at the end of a text the widths would not add up."""

_UNEVEN = re.compile("\ufe0f|\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])|\u200d+$")
"""Emoji selectors and joiners: terminals do not agree on the width of what they make."""


def plain(line: Line) -> str:
    """Return the text of a line without its styles."""
    return "".join(text for text, _ in line)


def width_of(line: Sequence[Span]) -> int:
    """Return how many cells the spans take."""
    return sum(cell_len(text) for text, _ in line)


def literal(text: str) -> str:
    """Return what a person wrote as it is shown: `safe`, and as wide on every terminal."""
    return text if text.isascii() and text.isprintable() else _UNEVEN.sub("", safe(text))


def cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells; what is cut off leaves an ellipsis.

    Wide characters are never halved and marks stay with the letter they belong to.
    """
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip(f"{_JOINER} ") + "…"


def cut_line(spans: Sequence[Span], width: int) -> Line:
    """Return the spans in at most `width` cells: the first that does not fit is cut, then none."""
    fitting: list[Span] = []
    for text, style in spans:
        short = cut(text, width)
        if short:
            fitting.append((short, style))
        if short != text:
            break
        width -= cell_len(text)
    return tuple(fitting)


def blank(width: int, style: str) -> Line:
    """Return an empty line."""
    return ((" " * width, style),) if width > 0 else ()


def row(left: Sequence[Span], right: Sequence[Span], width: int, style: str) -> Line:
    """Return a line of exactly `width` cells: `right` flush right, `left` cut to what is left.

    `style` is that of the space between.
    """
    taken = width_of(right)
    if taken > width:
        right = cut_line(right, width)
        taken = width_of(right)
    room = width - taken - 1 if right else width
    filled = width_of(left)
    if filled > room:
        left = cut_line(left, room)
        filled = width_of(left)
    return (*left, *blank(width - taken - filled, style), *right)
