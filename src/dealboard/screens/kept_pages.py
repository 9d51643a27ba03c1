"""The way to the page of a deal or a contact.

Making a page takes longer than filling it: the first of each kind is kept when it is left.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dealboard.app import DealboardApp
    from dealboard.screens.contact import ContactScreen
    from dealboard.screens.deal_page import DealPage

PageT = TypeVar("PageT", "DealPage", "ContactScreen")


def warm_up() -> None:
    """Import the page of a deal: that takes half the time of opening the first one."""
    from dealboard.screens import deal_page  # noqa: F401


async def show_deal(app: "DealboardApp", deal_id: int, around: Sequence[int] = ()) -> None:
    """Show the page of a deal over what is in front, unless it is in front already.

    `around` are the deals that it can turn to, in their order.
    """
    from dealboard.screens.deal_page import DealPage

    await _show(app, DealPage, deal_id, around)


async def show_contact(app: "DealboardApp", contact_id: int, around: Sequence[int] = ()) -> None:
    """Show the page of a contact in the same way."""
    from dealboard.screens.contact import ContactScreen

    await _show(app, ContactScreen, contact_id, around)


async def _show(
    app: "DealboardApp",
    kind: type[PageT],
    row_id: int,
    around: Sequence[int],
) -> None:
    kept = kind.__name__
    if not app.is_screen_installed(kept):
        app.install_screen(kind(row_id, around), kept)
        await app.push_screen(kept)
        return
    page, front = app.get_screen(kept, kind), app.screen
    if page not in app.screen_stack:
        if await page.begin(row_id, around) and page not in app.screen_stack:
            await app.push_screen(page)
    elif not (isinstance(front, kind) and front.row_id == row_id):
        await app.push_screen(kind(row_id, around))
