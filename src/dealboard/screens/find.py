"""Choosing one row by a text: what suggests itself, then what is found while one types."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.widgets.dialog import Dialog
from dealboard.widgets.line import SearchLine

MATCHES = 10
"""Rows that are offered at once."""


class _Found(OptionList, can_focus=False):
    """What the search found; its keys are in the line above."""


class Find(ModalScreen[int | None]):
    """A search under a title; answers the id of a row, None for Esc."""

    PLACEHOLDER: ClassVar[str] = ""
    """What can be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="find.close"),
    ]

    AUTO_FOCUS = "SearchLine"

    DEFAULT_CSS = """
    Find {
        align: center middle;
        & > Dialog { width: 74; }
        & _Found {
            height: 11;
            margin-top: 1;
            padding: 0;
            border: none;
            background: transparent;
            background-tint: transparent;
        }
    }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._found = _Found(compact=True)

    async def matches(self, text: str) -> Iterable[Option]:
        """Return what a text finds, each by its id; what suggests itself where it is empty."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Yield the line and the list."""
        with Dialog(title=self._title, hint="⏎ takes it · esc leaves"):
            yield SearchLine(self._found, placeholder=self.PLACEHOLDER)
            yield self._found

    def on_mount(self) -> None:
        """Show what suggests itself."""
        self._search("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value.strip())

    @work(exclusive=True, group="search")
    async def _search(self, text: str) -> None:
        found = await self.matches(text)
        if self.is_attached and text == self.query_one(SearchLine).value.strip():
            self._found.set_options(found)
            self._found.highlighted = 0 if self._found.option_count else None

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(int(event.option_id))

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
