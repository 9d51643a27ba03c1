"""Long texts as lines of a given width, measured in terminal cells.

Pure: no Textual here.
"""

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

from dealboard.domain.text import safe_lines
from dealboard.widgets.lines import literal


def wrap(text: str, width: int, limit: int | None = None) -> tuple[str, ...]:
    """Return a text in lines of at most `width` cells, broken between words, as it is shown.

    Line breaks of the text stay; a word that is wider than the line is broken. With a `limit` the
    text ends after so many lines, with an ellipsis.
    """
    if width < 2:
        return ()
    lines: list[str] = []
    for line in _lines(text, width):
        if limit is not None and len(lines) == limit:
            lines[-1] = _elided(lines[-1], width)
            break
        lines.append(line)
    return tuple(lines)


def _lines(text: str, width: int) -> Iterator[str]:
    for paragraph in safe_lines(text).split("\n"):
        yield from _paragraph(literal(paragraph), width)


def _paragraph(text: str, width: int) -> Iterator[str]:
    line, filled = "", 0
    for word in text.split():
        taken = cell_len(word)
        if line and filled + 1 + taken <= width:
            line, filled = f"{line} {word}", filled + 1 + taken
            continue
        if line:
            yield line
        *whole, line = chop_cells(word, width) if taken > width else [word]
        yield from whole
        filled = cell_len(line)
    yield line


def _elided(line: str, width: int) -> str:
    while cell_len(line) >= width:
        line = line[:-1]
    return f"{line.rstrip()}…"
