"""The main screens by the names that the menu and the keys know them by.

Each is imported when it is first shown: the first frame needs one of them only.
"""

from typing import TYPE_CHECKING, Any

from dealboard.domain.views import Role
from dealboard.screens.place import Place

if TYPE_CHECKING:
    from textual.screen import Screen

    from dealboard.app import DealboardApp

HOME = "deals"
"""The main screen that one begins with."""

CHAT_HOME = "contacts"
"""The main screen that Chat Operators begin with (decision 78)."""

OPEN_TO_CHAT_OPERATORS = frozenset({"contacts", "today", "settings"})


class Places:
    """The main screens of an app: each is made once, and then only shown again."""

    def __init__(self, app: "DealboardApp") -> None:
        self._app = app
        self.made: dict[str, Place] = {}
        self.look = ""
        self._home: Place | None = None

    def home(self) -> Place:
        """Return the main screen one begins with, above which the others are shown."""
        if self._home is None:
            operator = self._app.workspace.user.role is Role.CHAT_OPERATOR
            self._home = self._place(CHAT_HOME if operator else HOME)
        return self._home

    def _place(self, name: str) -> Place:
        """Return a main screen.

        "deals" is the view of them that was shown last: the board or the table, by `look`.
        """
        if name == HOME:
            name = self.look = self.look or _first_look(self._app)
        if name not in self.made:
            self.made[name] = _make(name, self._app, first=not self.made)
        return self.made[name]

    def shows(self, place: "Screen[Any]") -> bool:
        """Return whether a main screen is the one in front, whatever pages and dialogs cover it."""
        shown = [each for each in self._app.screen_stack if each in self.made.values()]
        return bool(shown) and shown[-1] is place

    def show_deals_as(self, look: str) -> Place:
        """Show the deals as a "board" or a "table" from now on, and return that view."""
        self.look = look
        self.go(look)
        return self._place(look)

    def go(self, name: str) -> None:
        """Show a main screen. Textual keeps the first one below for ever, the others come over it.

        What lies over the one that is left, a deal's page, goes; a form that could lose something
        is a dialog, and no key for this works below it.
        """
        app, home, place = self._app, self.home(), self._place(name)
        while app.screen not in (home, place):
            app.pop_screen()
        if app.screen is not place:
            if place is home:
                app.pop_screen()
            else:
                if not app.is_screen_installed(place):
                    app.install_screen(place, name)
                app.push_screen(place)

    def settle(self) -> None:
        """Let the main screen in front do what had to wait for the first frame."""
        for place in self.made.values():
            if place is self._app.screen:
                place.settle()


def _first_look(app: "DealboardApp") -> str:
    """Return as what the deals are shown first: as the acting user had them last."""
    from dealboard.screens.outlook import recall

    return recall(app.workspace, app.config).query.look


def _make(name: str, app: "DealboardApp", *, first: bool = False) -> Place:
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
