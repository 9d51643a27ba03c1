"""The way to a deal's page. Making it takes longer than filling it: one that was left is kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dealboard.screens.deal_page import DealPage

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

KEPT = "deal page"
"""The page that is kept, by the name under which Textual has it."""


async def show_deal(app: "DealboardApp", deal_id: int, around: Sequence[int] = ()) -> None:
    """Show the page of a deal over what is in front, unless it is in front already.

    `around` are the deals that it can turn to, in their order.
    """
    if not app.is_screen_installed(KEPT):
        app.install_screen(DealPage(deal_id, around), KEPT)
        await app.push_screen(KEPT)
        return
    page = app.get_screen(KEPT, DealPage)
    if page not in app.screen_stack:
        if await page.begin(deal_id, around) and page not in app.screen_stack:
            await app.push_screen(page)
    elif not (isinstance(app.screen, DealPage) and app.screen.deal_id == deal_id):
        await app.push_screen(DealPage(deal_id, around))
