"""Lines of styled spans, measured in terminal cells: the words that line-drawn widgets share.

Pure: no Textual here, so that lines are tested as plain text and drawn before Textual is loaded.
"""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from dealboard.domain.text import safe

Span = tuple[str, str]
"""Text and the name of its style; what a person wrote has been through `literal`."""

Line = tuple[Span, ...]
"""The spans of one line, left to right."""

_JOINERS = "\u200d\ufe0f"
"""At the end of a text they would join what follows it, and their widths would not add up."""


def plain(line: Line) -> str:
    """Return the text of a line without its styles."""
    return "".join(text for text, _ in line)


def width_of(line: Sequence[Span]) -> int:
    """Return how many cells the spans take."""
    return sum(cell_len(text) for text, _ in line)


def literal(text: str) -> str:
    """Return what a person wrote as it is shown: `safe`, and joined to nothing that follows."""
    return safe(text).rstrip(_JOINERS)


def cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells; what is cut off leaves an ellipsis.

    Wide characters are never halved and marks stay with the letter they belong to.
    """
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip(f"{_JOINERS} ") + "…"


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
