"""The yardstick: a bare Textual app with one label that says its argument and the last key."""

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Key
from textual.widgets import Label


class Echo(Label, can_focus=True):
    """A line of text with the number and the name of the last key."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.count = 0
        self.show("")

    def on_key(self, event: Key) -> None:
        """Show the key."""
        self.count += 1
        self.show(event.key)

    def show(self, key: str) -> None:
        """Say it in a line whose width never changes: another width costs a layout."""
        self.update(f"{self.text} {self.count:6} {key:10}")


class Hello(App[None]):
    """Nothing but the echo."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        """Greet."""
        yield Echo(sys.argv[1])


if __name__ == "__main__":
    Hello().run()
