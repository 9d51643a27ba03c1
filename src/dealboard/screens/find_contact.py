"""Choosing one contact: those that suggest themselves, then what a text finds."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.text import safe
from dealboard.domain.views import Contact
from dealboard.screens.saving import dealboard
from dealboard.store.reads import contacts
from dealboard.widgets.chosen import fitted, reach_of
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.line import SearchLine

MATCHES = 10
NAME_CELLS = 26


class _Found(OptionList, can_focus=False):
    """What the search found; its keys are in the line above."""


class FindContact(ModalScreen[int | None]):
    """A search under a title; answers the id of a contact, None for Esc.

    `suggested` stand there before anything is typed; `without` is never offered.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="find.close"),
    ]

    AUTO_FOCUS = "SearchLine"

    DEFAULT_CSS = """
    FindContact {
        align: center middle;
        & > Dialog { width: 72; }
        & _Found {
            height: 11;
            margin-top: 1;
            padding: 0;
            border: none;
            background: transparent;
            background-tint: transparent;
            & > .option-list--option-highlighted {
                color: $block-cursor-foreground;
                background: $block-cursor-background;
            }
            &:nocolor > .option-list--option-highlighted { text-style: reverse; }
        }
    }
    """

    def __init__(
        self, title: str, *, suggested: Sequence[Contact] = (), without: int | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._suggested = tuple(suggested)
        self._without = without
        self._found = _Found(compact=True)

    def compose(self) -> ComposeResult:
        """Yield the line and the list."""
        with Dialog(title=self._title, hint="⏎ takes it · esc leaves"):
            yield SearchLine(self._found, placeholder="type a name, phone or e-mail")
            yield self._found

    def on_mount(self) -> None:
        """Show what suggests itself, else the first by name."""
        self._search("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value.strip())

    @work(exclusive=True, group="search")
    async def _search(self, text: str) -> None:
        app = dealboard(self)
        found = self._suggested if not text else ()
        if not found:
            matches = await app.report(app.read(contacts.matches, text, limit=MATCHES + 1)) or ()
            found = tuple(each for each in matches if each.id != self._without)[:MATCHES]
        if self.is_attached and text == self.query_one(SearchLine).value.strip():
            self._found.set_options(_option(each) for each in found)
            self._found.highlighted = 0 if found else None

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(int(event.option_id))

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


def _option(contact: Contact) -> Option:
    name, reach = safe(contact.name), safe(reach_of(contact))
    number = f"#{contact.id}"
    return Option(
        Content.assemble(f" {fitted(name, NAME_CELLS)} ", (f"{number:<7}{reach}", "dim")),
        id=str(contact.id),
    )
