"""The bottom line: what just happened, and the keys that are likely next."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.reactive import reactive

from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.hint_line import Hint, hint_line, placed
from dealboard.widgets.lines import Styled


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

    def spans(self) -> Iterator[Styled]:
        """Return the message, and the hints that fit behind it."""
        return hint_line(self.hints, self.message, self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Run the action of the hint under the pointer."""
        for start, hint in placed(self.hints, self.message, self.size.width):
            if start <= event.x < start + hint.width:
                self.post_message(self.Pressed(hint.action))
