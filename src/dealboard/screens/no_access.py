"""What a Chat Operator sees in place of the deals (guide, User permissions; decision 78)."""

from textual.app import ComposeResult
from textual.widgets import Static

from dealboard.domain.text import safe
from dealboard.screens.place import Place


class NoAccess(Place):
    """One sentence, and the way elsewhere."""

    DEFAULT_CSS = """
    NoAccess {
        align: center middle;
        & > Static { width: auto; max-width: 80%; text-align: center; }
    }
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def body(self) -> ComposeResult:
        """Yield the sentence."""
        name = safe(self.dealboard.workspace.user.name)
        yield Static(
            f"{name} is a Chat Operator and has no access to deals.\n\n"
            "F3 shows the contacts; --as NAME opens dealboard as somebody else; q quits.",
            markup=False,
        )
