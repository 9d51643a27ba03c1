"""What a Chat Operator sees in place of the deals (guide, User permissions; decision 78)."""

from textual.app import ComposeResult
from textual.widgets import Static

from dealboard.domain.text import safe
from dealboard.screens.menu import MENU
from dealboard.screens.place import Place
from dealboard.widgets.menu_bar import MenuBar


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
        sentence = f"{name} is a Chat Operator and has no access to deals."
        yield Static(f"{sentence}\n\nF3 shows the contacts; q quits.", markup=False)

    def on_mount(self) -> None:
        """Say in the menu which place this is; each way to look at deals is theirs."""
        known = {item.id for item in MENU}
        self.query_one(MenuBar).current = self._place if self._place in known else "deals"
        self._show_hints()
