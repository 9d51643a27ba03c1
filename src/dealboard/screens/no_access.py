"""What a Chat Operator sees in place of the deals (guide, User permissions; decision 78)."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from dealboard.domain.text import safe


class NoAccess(Screen[None]):
    """One sentence, and the way out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "app.quit", "Quit", id="app.leave"),
    ]

    DEFAULT_CSS = """
    NoAccess {
        align: center middle;
        & > Static { width: auto; max-width: 80%; text-align: center; }
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name_of_user = name

    def compose(self) -> ComposeResult:
        """Yield the sentence."""
        sentence = f"{safe(self._name_of_user)} is a Chat Operator and has no access to deals."
        yield Static(
            f"{sentence}\n\nq quits; --as NAME opens dealboard as somebody else.", markup=False
        )
