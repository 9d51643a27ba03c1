"""Every key that works here: type to find one, Enter does it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.text import fold
from dealboard.screens.shortcuts import Shortcut, shortcuts
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.line import SearchLine
from dealboard.widgets.lines import cut

KEY_CELLS = 34
"""The most that the keys of an action take; the rest is cut."""


class _Actions(OptionList, can_focus=False):
    """The list under the search."""


class Help(ModalScreen[None]):
    """The keys of the screen below, of its focused widget and of the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "leave", "Close", id="help.close"),
    ]

    AUTO_FOCUS = "SearchLine"

    DEFAULT_CSS = """
    Help {
        align: center middle;
        & > Dialog { width: 76; height: 90%; overflow: hidden; }
        & SearchLine { margin-bottom: 1; }
        & _Actions {
            height: 1fr;
            border: none;
            padding: 0;
            background: transparent;
            & > .option-list--option { padding: 0; }
            & > .option-list--option-disabled { color: $text-accent; text-style: bold; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shortcuts: tuple[Shortcut, ...] = ()
        self._list = _Actions(compact=True)

    def compose(self) -> ComposeResult:
        """Yield the search and the list."""
        self._shortcuts = shortcuts(self.app.screen_stack[-2])
        with Dialog(title="Help", hint="⏎ does it · esc closes"):
            yield SearchLine(self._list, placeholder="type what you want to do, or a key")
            yield self._list
        self._show("")

    def _show(self, text: str) -> None:
        self._list.set_options(self._options(fold(text)))
        self._list.action_first()

    def _options(self, wanted: str) -> Iterator[Option]:
        width = max((cell_len(each.shown_keys) for each in self._shortcuts), default=0)
        every = enumerate(self._shortcuts)
        found = ((number, each) for number, each in every if _matches(each, wanted))
        for group, members in groupby(found, key=lambda pair: pair[1].group):
            yield Option(Content(group), disabled=True)
            yield from _rows(members, min(width, KEY_CELLS))

    def action_leave(self) -> None:
        """Close the help."""
        self.dismiss()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(OptionList.OptionSelected)
    def _do(self, event: OptionList.OptionSelected) -> None:
        chosen = self._shortcuts[int(event.option_id or 0)]
        below = self.app.screen_stack[-2]
        self.dismiss()
        self.app.call_later(chosen.run_in(below))


def _matches(shortcut: Shortcut, wanted: str) -> bool:
    text = fold(f"{shortcut.group} {shortcut.label}")
    return wanted in text or wanted in map(fold, shortcut.keys)


def _rows(members: Iterable[tuple[int, Shortcut]], width: int) -> Iterator[Option]:
    for number, each in members:
        keys = set_cell_size(cut(each.shown_keys, width), width)
        text = Content.assemble((f"  {keys}  ", "$text-accent"), each.label)
        yield Option(text, id=str(number))
