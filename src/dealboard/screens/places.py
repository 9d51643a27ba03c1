"""The main screens by the names that the menu and the keys know them by.

Each is imported when it is first shown: the first frame needs one of them only.
"""

from typing import TYPE_CHECKING

from dealboard.domain.views import Role
from dealboard.screens.place import Place

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

OPEN_TO_CHAT_OPERATORS = frozenset({"contacts", "today", "settings"})


def first_look(app: "DealboardApp") -> str:
    """Return as what the deals are shown first: as the acting user had them last."""
    from dealboard.screens.outlook import recall

    return recall(app.workspace, app.config).query.look


def make_place(name: str, app: "DealboardApp", *, first: bool = False) -> Place:
    """Return a new main screen, or the sentence that says why it is not shown (decision 78).

    The `first` one is read on the spot, so that the first frame shows the deals.
    """
    if app.workspace.user.role is Role.CHAT_OPERATOR and name not in OPEN_TO_CHAT_OPERATORS:
        from dealboard.screens.no_access import NoAccess

        return NoAccess(name)
    match name:
        case "board":
            return _board(app, first=first)
        case "table":
            return _table(app, first=first)
        case "contacts":
            from dealboard.screens.contacts import ContactsScreen

            return ContactsScreen()
        case "today":
            from dealboard.screens.today import TodayScreen

            return TodayScreen()
        case "automations":
            from dealboard.screens.automations import AutomationsScreen

            return AutomationsScreen()
        case "conversions":
            from dealboard.screens.conversions import ConversionsScreen

            return ConversionsScreen()
        case "settings":
            from dealboard.screens.settings import SettingsScreen

            return SettingsScreen()
    raise KeyError(name)


def _board(app: "DealboardApp", *, first: bool) -> Place:
    from dealboard.screens.board import BoardScreen
    from dealboard.screens.outlook import Outlook

    if not first:
        return BoardScreen(Outlook())
    from dealboard.screens.first_frame import read_first

    opened = app.opened or read_first(app.workspace, app.config)
    return BoardScreen(opened.outlook, opened.opening, opened.material)


def _table(app: "DealboardApp", *, first: bool) -> Place:
    from dealboard.screens.outlook import Outlook, recall
    from dealboard.screens.table import TableScreen

    if not first:
        return TableScreen(Outlook())
    from dealboard.screens.table_page import open_table

    workspace = app.workspace
    outlook = recall(workspace, app.config)
    return TableScreen(outlook, workspace.read(open_table, outlook, workspace.today))
