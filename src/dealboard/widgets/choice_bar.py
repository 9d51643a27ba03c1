"""One line of what a list is narrowed by: each part has a key, and is clicked to choose another."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.reactive import reactive

from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.lines import Styled, cut, literal

VALUE_CELLS = 26
"""Longer values are cut."""


class Narrowing(NamedTuple):
    """A part: its key, label and value, whether it leaves anything out, and what a click runs."""

    key: str
    label: str
    value: str
    active: bool
    action: str


class ChoiceBar(DrawnLine):
    """Draws the parts, and flush right how much is left."""

    PREFIX = "choice-bar"

    DEFAULT_CSS = """
    ChoiceBar {
        height: 1;
        background: $surface;
        color: $foreground;
        pointer: pointer;
        & > .choice-bar--key { color: $text-accent; text-style: bold; }
        & > .choice-bar--quiet { color: $text-muted; }
        & > .choice-bar--active { background: $primary 20%; text-style: bold; }
        & > .choice-bar--count { text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choice-bar--key",
        "choice-bar--quiet",
        "choice-bar--active",
        "choice-bar--count",
    }

    parts: reactive[Sequence[Narrowing]] = reactive(())
    """What the list is narrowed by."""

    count: reactive[str] = reactive("")
    """How much is left."""

    def spans(self) -> Iterator[Styled]:
        """Yield the parts and the count."""
        taken = 0
        for _, text, names in self._placed():
            yield text, names
            taken += cell_len(text)
        room = self.size.width - taken - cell_len(self.count) - 1
        if room >= 0:
            yield " " * room, ("quiet",)
            yield self.count, ("count",)

    def _placed(self) -> Iterator[tuple[Narrowing | None, str, tuple[str, ...]]]:
        yield None, " ", ("quiet",)
        left = self.size.width - 1
        for part in self.parts:
            value = cut(literal(part.value), VALUE_CELLS)
            whole = cell_len(f"{part.key} {part.label} {value} ▾  ")
            if whole > left:
                return
            left -= whole
            yield part, f"{part.key} ", ("key",)
            yield part, f"{part.label} ", ("quiet",)
            yield part, value, ("active",) if part.active else ("quiet",)
            yield part, " ▾", ("quiet",)
            yield None, "  ", ("quiet",)

    async def on_click(self, event: events.Click) -> None:
        """Choose another value for the part under the pointer."""
        end = 0
        for part, text, _ in self._placed():
            end += cell_len(text)
            if event.x < end:
                if part is not None:
                    await self.screen.run_action(part.action)
                return
