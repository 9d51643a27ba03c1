"""The bottom line: what just happened, and the keys that are likely next."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.reactive import reactive

from dealboard.domain.text import safe
from dealboard.widgets.drawn_line import DrawnLine, Span

GAP = 2


@dataclass(frozen=True, slots=True)
class Hint:
    """A key, what it does, and the action it runs."""

    key: str
    label: str
    action: str

    @property
    def width(self) -> int:
        """Cells that the hint takes, without the gap behind it."""
        return cell_len(self.key) + 1 + cell_len(self.label)


class HintBar(DrawnLine):
    """Draws one line; a click on a hint runs its action."""

    PREFIX = "hint-bar"

    DEFAULT_CSS = """
    HintBar {
        height: 1;
        dock: bottom;
        background: $panel;
        color: $foreground;
        & > .hint-bar--key { color: $text-accent; text-style: bold; }
        & > .hint-bar--label { color: $text-muted; }
        & > .hint-bar--message { text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "hint-bar--key",
        "hint-bar--label",
        "hint-bar--message",
    }

    hints: reactive[tuple[Hint, ...]] = reactive(())
    """The keys to show, most likely first; as many as fit."""

    message: reactive[str] = reactive("")
    """What just happened; it stays until something else does."""

    @dataclass
    class Pressed(Message):
        """A hint was clicked."""

        action: str

    def spans(self) -> Iterator[Span]:
        """Yield the message, and the hints that fit behind it."""
        yield " ", ()
        if self.message:
            yield self._shown_message, ("message",)
            yield " " * GAP, ()
        for _, hint in self._placed():
            yield hint.key, ("key",)
            yield " ", ()
            yield hint.label, ("label",)
            yield " " * GAP, ()

    def on_click(self, event: events.Click) -> None:
        """Run the action of the hint under the pointer."""
        for start, hint in self._placed():
            if start <= event.x < start + hint.width:
                self.post_message(self.Pressed(hint.action))

    @property
    def _shown_message(self) -> str:
        text = safe(self.message)
        room = self.size.width - 2
        while cell_len(text) > room > 1:
            text = f"{text[:-2]}…"
        return text

    def _placed(self) -> Iterator[tuple[int, Hint]]:
        """Yield the hints that fit with the column where each begins."""
        width = self.size.width
        at = 1 + (cell_len(self._shown_message) + GAP if self.message else 0)
        for hint in self.hints:
            if at + hint.width > width:
                return
            yield at, hint
            at += hint.width + GAP
