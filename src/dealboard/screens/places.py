"""The main screens by the names that the menu and the keys know them by.

Each is imported when it is first shown: the first frame needs one of them only.
"""

from typing import TYPE_CHECKING

from dealboard.domain.views import Role
from dealboard.screens.place import Place

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

OPEN_TO_CHAT_OPERATORS = frozenset({"contacts", "settings"})


def make_place(name: str, app: "DealboardApp") -> Place:
    """Return a new main screen, or the sentence that says why it is not shown (decision 78)."""
    if app.workspace.user.role is Role.CHAT_OPERATOR and name not in OPEN_TO_CHAT_OPERATORS:
        from dealboard.screens.no_access import NoAccess

        return NoAccess(name)
    match name:
        case "deals":
            return _board(app)
        case "contacts":
            from dealboard.screens.contacts import ContactsScreen

            return ContactsScreen()
        case "today":
            from dealboard.screens.today import TodayScreen

            return TodayScreen()
        case "settings":
            from dealboard.screens.settings import SettingsScreen

            return SettingsScreen()
    raise KeyError(name)


def _board(app: "DealboardApp") -> Place:
    """Return the board, read on the spot so that the first frame shows the deals."""
    from dealboard.screens.board import BoardScreen
    from dealboard.screens.board_page import LAST_PIPELINE, read_opening

    workspace = app.workspace
    wanted = app.recall_mine(LAST_PIPELINE)
    return BoardScreen(workspace.read(read_opening, wanted, workspace.today))
