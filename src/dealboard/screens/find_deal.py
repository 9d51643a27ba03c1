"""Choosing one deal: the newest first, then what a text finds."""

from datetime import date
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.money import format_amount
from dealboard.domain.text import safe
from dealboard.domain.views import Deal
from dealboard.screens.saving import dealboard
from dealboard.store.driver import Connection
from dealboard.store.reads import deals
from dealboard.widgets.chosen import fitted
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.line import SearchLine

MATCHES = 10
TITLE_CELLS = 32
STAGE_CELLS = 14


def read_matches(connection: Connection, text: str, today: date) -> tuple[Deal, ...]:
    """Read the deals that a text finds, open and closed, the newest first."""
    newest = Sort(SortKey.CREATED, descending=True)
    return deals.deals(connection, DealFilter(name=text), newest, limit=MATCHES, today=today)


class _Found(OptionList, can_focus=False):
    """What the search found; its keys are in the line above."""


class FindDeal(ModalScreen[int | None]):
    """A search under a title; answers the id of a deal, None for Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="find.close"),
    ]

    AUTO_FOCUS = "SearchLine"

    DEFAULT_CSS = """
    FindDeal {
        align: center middle;
        & > Dialog { width: 74; }
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

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._found = _Found(compact=True)

    def compose(self) -> ComposeResult:
        """Yield the line and the list."""
        with Dialog(title=self._title, hint="⏎ takes it · esc leaves"):
            yield SearchLine(self._found, placeholder="type a deal, contact or reference")
            yield self._found

    def on_mount(self) -> None:
        """Show the newest ones."""
        self._search("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value.strip())

    @work(exclusive=True, group="search")
    async def _search(self, text: str) -> None:
        app = dealboard(self)
        found = await app.report(app.read(read_matches, text, app.workspace.today)) or ()
        if self.is_attached and text == self.query_one(SearchLine).value.strip():
            self._found.set_options(_option(each, app.config.locale) for each in found)
            self._found.highlighted = 0 if found else None

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(int(event.option_id))

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


def _option(deal: Deal, locale: str) -> Option:
    amount = "" if deal.amount is None else format_amount(deal.amount, deal.currency, locale)
    return Option(
        Content.assemble(
            f" {fitted(safe(deal.title), TITLE_CELLS)} ",
            (f"{fitted(safe(deal.stage.name), STAGE_CELLS)} {amount:>14}", "dim"),
        ),
        id=str(deal.id),
    )
