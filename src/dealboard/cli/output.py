"""What commands print: data on stdout, as aligned text for people or JSON for programs.

Everything else goes to stderr. Text of users reaches the terminal through `domain.text.safe`;
JSON is ASCII-escaped.
"""

import json
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from dealboard.domain.text import safe
from dealboard.errors import Refused, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from click._termui_impl import ProgressBar

    from dealboard.store.transaction import Receipt

GAP = "  "


def document(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, indent=2))


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[str] = (),
    nothing: str = "Nothing found.",
) -> None:
    """Print rows in aligned columns, those of the headings in `right` flush right.

    Without rows `nothing` is said on stderr.
    """
    cells = [[safe(cell) for cell in row] for row in rows]
    if not cells:
        note(nothing)
        return
    cells.insert(0, [heading.upper() for heading in headings])
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    sides = [heading in right for heading in headings]
    click.echo("\n".join(GAP.join(map(_padded, row, widths, sides)).rstrip() for row in cells))


def fields(pairs: Iterable[tuple[str, str]]) -> None:
    """Print one thing: a line for each of its fields that has a value."""
    shown = [(name, safe(value)) for name, value in pairs if value]
    margin = max((len(name) for name, _ in shown), default=0)
    click.echo("\n".join(f"{name.ljust(margin)}{GAP}{value}" for name, value in shown))


def done(receipt: "Receipt[Any]", name: str = "", *, quiet: bool = False) -> None:
    """Say what a change did: its label and the `name` of the result, then its notes on stderr.

    `quiet` leaves stdout to JSON.
    """
    if not quiet:
        label = receipt.news if receipt.operation is not None else "Nothing had to be changed"
        click.echo(safe(f"{label} · {name}" if name else label))
    for sentence in receipt.notes:
        note(sentence)


def deleted(receipt: "Receipt[Any]", ids: Iterable[int], *, as_json: bool) -> None:
    """Say what was deleted; as JSON by its ids."""
    done(receipt, quiet=as_json)
    if as_json:
        document({"deleted": list(ids)})


def say(sentence: str) -> None:
    """Print a sentence."""
    click.echo(safe(sentence))


def moment(value: "datetime | None") -> str:
    """Return a moment as people here read it."""
    return "" if value is None else f"{value.astimezone():%Y-%m-%d %H:%M}"


def note(sentence: str) -> None:
    """Say something on stderr."""
    click.echo(safe(sentence), err=True)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is done, unless told not to.

    Raises Refused (1) for a no, and UsageError (2) where nobody can be asked.
    """
    if yes:
        return
    if not interactive():
        raise UsageError("Nobody can be asked here; nothing was changed.", "Add --yes.")
    if not click.confirm(safe(question), err=True):
        raise Refused("Nothing was changed.")


def interactive() -> bool:
    """Return whether a person sits at stdin and stderr."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what wants to be told how much is done, and of how much.

    It draws a bar on stderr, if that is a terminal.
    """
    with ExitStack() as stack:
        bars: list[ProgressBar[int]] = []

        def show(done: int, total: int) -> None:
            if not bars:
                bar = click.progressbar(length=total, label=label, file=sys.stderr)
                bars.append(stack.enter_context(bar))
            bars[0].update(done - bars[0].pos)

        yield show if sys.stderr.isatty() else lambda _done, _total: None


def width(text: str) -> int:
    """Return how many cells a terminal gives to a safe text: two for wide characters."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _padded(cell: str, wide: int, right: bool) -> str:
    space = " " * (wide - width(cell))
    return space + cell if right else cell + space
