"""Finished lines, in as few segments as look the same.

Each segment costs some forty bytes on the way to the terminal, more than the words in it, and a
remote terminal is as fast as its line.
"""

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


def strip(segments: Iterable[Segment], width: int | None = None) -> Strip:
    """Return a line, `width` cells wide where that is known; spaces go with their neighbours."""
    joined: list[Segment] = []
    for text, style, _ in segments:
        last, before = (joined[-1].text, joined[-1].style) if joined else ("", None)
        if last and (style == before or (text.isspace() and _same_ground(style, before))):
            joined[-1] = Segment(last + text, before)
        elif last.isspace() and _same_ground(style, before):
            joined[-1] = Segment(last + text, style)
        else:
            joined.append(Segment(text, style))
    return Strip(joined, width)


def _same_ground(one: Style | None, other: Style | None) -> bool:
    """Return whether a space looks the same in both styles."""
    if one is None or other is None or one.bgcolor != other.bgcolor:
        return False
    return not any(each.underline or each.reverse or each.strike for each in (one, other))
