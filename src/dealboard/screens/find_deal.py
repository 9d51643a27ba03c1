"""Choosing one deal: the newest first, then what a text finds."""

from collections.abc import Iterable
from datetime import date

from textual.content import Content
from textual.widgets.option_list import Option

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.money import format_amount
from dealboard.domain.text import safe
from dealboard.domain.views import Deal
from dealboard.screens.find import MATCHES, Find
from dealboard.screens.saving import dealboard
from dealboard.store.driver import Connection
from dealboard.store.reads import deals
from dealboard.widgets.chosen import fitted

TITLE_CELLS = 32
STAGE_CELLS = 14


def read_matches(connection: Connection, text: str, today: date) -> tuple[Deal, ...]:
    """Read the deals that a text finds, open and closed, the newest first."""
    newest = Sort(SortKey.CREATED, descending=True)
    return deals.deals(connection, DealFilter(name=text), newest, limit=MATCHES, today=today)


class FindDeal(Find):
    """A search for a deal."""

    PLACEHOLDER = "type a deal, contact or reference"

    async def matches(self, text: str) -> Iterable[Option]:
        """Return the deals that a text finds."""
        app = dealboard(self)
        found = await app.report(app.read(read_matches, text, app.workspace.today)) or ()
        return [_option(each, app.config.locale) for each in found]


def _option(deal: Deal, locale: str) -> Option:
    amount = "" if deal.amount is None else format_amount(deal.amount, deal.currency, locale)
    return Option(
        Content.assemble(
            f" {fitted(safe(deal.title), TITLE_CELLS)} ",
            (f"{fitted(safe(deal.stage.name), STAGE_CELLS)} {amount:>14}", "dim"),
        ),
        id=str(deal.id),
    )
