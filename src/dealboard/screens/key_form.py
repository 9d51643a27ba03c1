"""Choosing a key by pressing it."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard.screens.keymap import QUIT, Action, clashes, in_force, is_printable
from dealboard.screens.shortcuts import key_name
from dealboard.widgets.dialog import Buttons, Dialog, button


class KeyForm(ModalScreen[tuple[str, ...] | None]):
    """Takes the key that is pressed; answers all keys of the action, None for Esc.

    Enter keeps the key that was pressed, so Enter is chosen by pressing it first. What else the
    key does in the same place is named before.
    """

    # Before `on_key` sees it; any other key, but for the one that quits, may be meant.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False, priority=True),
    ]

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    KeyForm {
        align: center middle;
        & > Dialog { width: 64; padding: 1 2; }
        & Static { height: auto; }
        & #pressed { text-style: bold; margin: 1 0; color: $text-accent; }
        & #conflict { color: $text-warning; }
    }
    """

    def __init__(self, action: Action, keymap: Mapping[str, str], *, adding: bool) -> None:
        super().__init__()
        self._action = action
        self._keymap = keymap
        self._kept = in_force(action, keymap) if adding else ()
        self._key: str | None = None
        self._adding = adding

    def compose(self) -> ComposeResult:
        """Yield what is asked, the key, what it would clash with, and the answers."""
        what = "one more key" if self._adding else "the key"
        with Dialog(title=self._action.label, hint=self._action.id):
            now = " · ".join(map(key_name, in_force(self._action, self._keymap))) or "none"
            yield Static(f"Press {what} for it. Now: {now}", markup=False)
            yield Static("…", id="pressed", markup=False)
            yield Static("", id="conflict", markup=False)
            with Buttons():
                yield button("Take it", "⏎", id="take", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Take nothing before a key was pressed."""
        for each in self.query(Button):
            each.can_focus = False
        self.query_one("#take", Button).disabled = True

    def on_key(self, event: events.Key) -> None:
        """Take a key; Enter after another one says that it is meant."""
        event.stop().prevent_default()
        if event.key == "enter" and self._key is not None:
            self._take()
            return
        refused = self._refusal(event.key)
        self._key = None if refused else event.key
        self.query_one("#pressed", Static).update(Content(key_name(event.key)))
        self.query_one("#conflict", Static).update(Content(refused or self._conflicts()))
        self.query_one("#take", Button).disabled = self._key is None

    def _refusal(self, key: str) -> str:
        if self._action.id == QUIT and is_printable(key):
            return "A key that types something cannot quit: it would in the middle of a text."
        return "That is the key already." if key in self._kept else ""

    @property
    def _keys(self) -> tuple[str, ...]:
        return (*self._kept, *((self._key,) if self._key else ()))

    def _conflicts(self) -> str:
        wanted = {**self._keymap, self._action.id: ",".join(self._keys)}
        found = [each for each in clashes(wanted, self._action.id) if each.key == self._key]
        others = [each.other if each.one.id == self._action.id else each.one for each in found]
        named = ", ".join(f"{each.label} ({each.id})" for each in others)
        return f"⚠ It is also {named}. The nearer one to the cursor wins." if named else ""

    @on(Button.Pressed, "#take")
    def _take(self) -> None:
        if self._key is not None:
            self.dismiss(self._keys)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
