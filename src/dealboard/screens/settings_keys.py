"""Which keys do what: every action that has an id, with its keys; chosen by pressing them."""

import asyncio
from collections.abc import Mapping
from itertools import groupby
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import Input

from dealboard.domain.text import fold
from dealboard.screens.key_form import KeyForm
from dealboard.screens.keymap import Action, catalogue, in_force, problems
from dealboard.screens.settings_section import Note, Section
from dealboard.screens.shortcuts import key_name
from dealboard.widgets.line import Line
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

TROUBLES = 3
"""Sentences about the keymap that are shown at once."""


class _Search(Line):
    """What narrows the list; the arrows go into it."""

    async def action_submit(self) -> None:
        """Go to what was found."""
        self.screen.set_focus(self.query_ancestor(KeysSection).rows)

    async def on_key(self, event: Key) -> None:
        """Go to the list with the arrows, and out of the search with Esc."""
        if event.key in ("down", "escape"):
            event.stop().prevent_default()
            if event.key == "escape":
                self.value = ""
            await self.action_submit()
        else:
            await super().on_key(event)


class KeysSection(Section):
    """The list of actions by what they are about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Change", id="keys.edit"),
        Binding("a", "add", "Add a key", id="keys.add"),
        Binding("backspace", "reset", "Default", id="keys.reset"),
        Binding("X,delete", "clear", "No key", id="keys.clear"),
        Binding("slash", "search", "Search", id="keys.search"),
    ]

    DEFAULT_CSS = """
    KeysSection {
        & > Rows { height: 1fr; }
        & > #trouble { color: $text-warning; text-style: bold; display: none; }
        & > #trouble.-some { display: block; }
        & > _Search { margin: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        columns = Column("Action", widest=32), Column("Keys", widest=32), Column(optional=True)
        self.rows = Rows(
            *columns, Column("Id", elastic=True, optional=True), title="Keys", id="key-list"
        )
        self._search = _Search(placeholder="/ finds an action or a key")
        self._trouble = Note()
        self._trouble.id = "trouble"
        self._actions: Mapping[str, Action] = {}

    def compose(self) -> ComposeResult:
        """Yield the search, the list and what is wrong."""
        yield self._search
        yield self.rows
        yield self._trouble

    async def reload(self) -> bool:
        """Show every action with the keys in force, and what is wrong with them."""
        self._actions = await asyncio.to_thread(catalogue)
        self._show()
        wrong = problems(self._keymap)
        more = f" And {left} more." if (left := len(wrong[TROUBLES:])) else ""
        self._trouble.update("⚠ " + " ".join(wrong[:TROUBLES]) + more if wrong else "")
        self._trouble.set_class(bool(wrong), "-some")
        return True

    @property
    def _keymap(self) -> Mapping[str, str]:
        return self.dealboard.keymap

    def _show(self) -> None:
        wanted = self._search.value.strip()
        found = [each for each in self._actions.values() if self._matches(each, wanted)]
        entries: list[Entry] = []
        for noun, members in groupby(found, key=lambda each: each.noun):
            entries.append(Entry(None, ((noun, "heading"),)))
            entries += (self._entry(each) for each in members)
        self.rows.show(entries)
        changed = sum(each in self._actions for each in self._keymap)
        self.rows.border_subtitle = f"{changed} of your own" if changed else "as they come"

    def _matches(self, action: Action, wanted: str) -> bool:
        text = fold(f"{action.id} {action.label} {action.noun}")
        names = map(key_name, in_force(action, self._keymap))
        return fold(wanted) in text or wanted in names

    def _entry(self, action: Action) -> Entry:
        keys = " · ".join(map(key_name, in_force(action, self._keymap)))
        own = action.id in self._keymap
        cells = (
            (action.label, "row"),
            (keys or "none", "changed" if own else "key" if keys else "muted"),
            ("yours" if own else "", "changed"),
            (action.id, "muted"),
        )
        return Entry(action.id, cells)

    @property
    def _action(self) -> Action | None:
        """The action that the keys mean."""
        return self._actions.get(str(self.rows.cursor_id))

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._show()

    def action_search(self) -> None:
        """Type a part of an action, or a key."""
        self.screen.set_focus(self._search)

    @on(Rows.Opened)
    def action_edit(self) -> None:
        """Press the key that the action shall have."""
        self._press(adding=False)

    def action_add(self) -> None:
        """Press a key that the action shall have, too."""
        self._press(adding=True)

    @work
    async def _press(self, *, adding: bool) -> None:
        action = self._action
        if action is None:
            return
        keys = await self.ask(KeyForm(action, self._keymap, adding=adding))
        if keys is not None:
            await self.dealboard.configuring.change(keymap={action.id: ",".join(keys)})

    def action_reset(self) -> None:
        """Give the action the keys that it comes with."""
        self._set(None)

    def action_clear(self) -> None:
        """Take all keys away from the action; the palette still has it."""
        self._set("")

    def _set(self, keys: str | None) -> None:
        action = self._action
        if action is not None:
            self.dealboard.start(self.dealboard.configuring.change(keymap={action.id: keys}))
