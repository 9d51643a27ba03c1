"""What the main screens share: the menu on top, the hints below, the keys that work in all."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from dealboard import actions
from dealboard.screens.menu import MENU
from dealboard.screens.shortcuts import active, is_bound
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.hint_line import Hint
from dealboard.widgets.menu_bar import MenuBar
from dealboard.widgets.menu_line import MenuItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.command import Provider

    from dealboard.app import DealboardApp
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Then

COMMON = frozenset({"history.undo", "history.redo", "app.leave", "page.leave", "app.help"})
"""Bindings whose hints stand behind what can be done here."""


def places_provider() -> "type[Provider]":
    """Return what the palette can jump to, when it is first opened."""
    from dealboard.screens.palette import Places

    return Places


class Place(Screen[None]):
    """A main screen; what it shows between menu and hints is its `body`."""

    PLACE: ClassVar[str] = ""
    """The id of the menu's item that leads here."""

    COMMANDS: ClassVar = {places_provider}

    MENU_ACTIONS: ClassVar[dict[MenuItem, str]] = {}
    """What the menu offers on the right, and the action that each runs."""

    BLANK = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,ctrl+z", "undo", "Undo", id="history.undo"),
        Binding("U,ctrl+y", "redo", "Redo", show=False, id="history.redo"),
        Binding("f2", "app.go('deals')", "Deals", show=False, id="go.deals"),
        Binding("f3", "app.go('contacts')", "Contacts", show=False, id="go.contacts"),
        Binding("T,f4", "app.go('today')", "Today", show=False, id="go.today"),
        Binding("f5", "app.go('automations')", "Automations", show=False, id="go.automations"),
        Binding("f6", "app.go('conversions')", "Conversions", show=False, id="go.conversions"),
        Binding("comma,f10", "app.go('settings')", "Settings", show=False, id="go.settings"),
        Binding("q", "app.quit", "Quit", id="app.leave"),
    ]

    @property
    def dealboard(self) -> "DealboardApp":
        """The app, by its own type."""
        return cast("DealboardApp", self.app)

    @property
    def menu_actions(self) -> dict[MenuItem, str]:
        """Those of `MENU_ACTIONS` that whoever is at work may use."""
        return self.MENU_ACTIONS

    @property
    def is_current(self) -> bool:
        """Whether it is seen: in front, or around a dialog.

        Textual takes what lies below any screen to shine through it, and has the whole of that one
        painted again with every change below.
        """
        return super().is_current and (self.app.screen is self or self.app.screen.is_modal)

    def compose(self) -> ComposeResult:
        """Yield the menu, the body and the hints."""
        badge = self.dealboard.poll.badge
        yield MenuBar(MENU, tuple(self.menu_actions), current=self.PLACE, badge=badge)
        yield from self.body()
        yield HintBar()

    def body(self) -> ComposeResult:
        """Yield what stands between the menu and the hints."""
        yield from ()

    def on_mount(self) -> None:
        """Keep the hints true when the focus moves."""
        self.bindings_updated_signal.subscribe(self, self._show_hints)

    def settle(self) -> None:
        """Do what can wait until the first frame is out."""

    def _show_hints(self, _screen: object = None) -> None:
        """Show the keys in force that are worth it: what is done here first, then the common."""
        own: dict[str, Hint] = {}
        common: dict[str, Hint] = {}
        for _, (_, binding, enabled, _) in active(self):
            if binding.show and enabled and not binding.system and is_bound(binding.key):
                hints = common if binding.id in COMMON else own
                key = self.app.get_key_display(binding)
                hints.setdefault(binding.action, Hint(key, binding.description, binding.action))
        self.query_one(HintBar).hints = (*own.values(), *common.values())

    def do(self, action: "Callable[[Transaction], Any]", seeing: "Then | None" = None) -> None:
        """Run an action beside the messages; what it did is said at the bottom, and undone by u."""
        self.dealboard.start(self._do(action, seeing))

    async def _do(self, action: "Callable[[Transaction], Any]", seeing: "Then | None") -> None:
        receipt = await self.dealboard.change(action, seeing)
        if receipt is not None and receipt.operation is not None:
            self.said(receipt)

    def said(self, receipt: "Receipt[Any]") -> None:
        """Say what was done."""
        undoes = " · u undoes" if receipt.kind == "do" else ""
        self.dealboard.say(f"{receipt.news}{undoes}")

    def action_undo(self) -> None:
        """Take back the newest change."""
        self.do(lambda tx: actions.history.undo(tx))

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self.do(lambda tx: actions.history.redo(tx))

    @on(MenuBar.Chosen)
    async def _choose(self, event: MenuBar.Chosen) -> None:
        places = {item.id for item in MENU}
        offered = {item.id: action for item, action in self.menu_actions.items()}
        if event.item_id in places:
            await self.run_action(f"app.go('{event.item_id}')")
        elif event.item_id in offered:
            await self.run_action(offered[event.item_id])
        else:
            self.choose_place()

    def choose_place(self) -> None:
        """Answer a click on the name of what is shown."""

    @on(HintBar.Pressed)
    async def _press(self, event: HintBar.Pressed) -> None:
        await (self.focused or self).run_action(event.action)
