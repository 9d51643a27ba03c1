"""The bottom line: what just happened, and the keys that are likely next."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.reactive import reactive

from dealboard.domain.text import safe
from dealboard.widgets.drawn_line import DrawnLine, Span

GAP = 2


class Hint(NamedTuple):
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
    """What just happened."""

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def take_back(self, message: str) -> None:
        """Say no more what was said, unless something else is by now."""
        if self.message == message:
            self.message = ""

    def spans(self) -> Iterator[Span]:
        """Yield the message, and the hints that fit behind it."""
        yield " ", ()
        if self.message:
            yield self._shown_message, ("message",)
            yield " " * GAP, ()
        at = self._after_message
        for start, hint in self._placed():
            yield " " * (start - at), ()
            yield hint.key, ("key",)
            yield " ", ()
            yield hint.label, ("label",)
            at = start + hint.width

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

    @property
    def _after_message(self) -> int:
        return 1 + (cell_len(self._shown_message) + GAP if self.message else 0)

    def _placed(self) -> Iterator[tuple[int, Hint]]:
        """Yield the hints that fit with the column where each begins; the last one stands right."""
        if not self.hints:
            return
        *likely, last = self.hints
        at = self._after_message
        end = self.size.width - last.width - 1
        for hint in likely:
            if at + hint.width + GAP > end:
                break
            yield at, hint
            at += hint.width + GAP
        if at <= end:
            yield end, last
