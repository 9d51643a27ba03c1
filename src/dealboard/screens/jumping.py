"""Going to what the palette finds: what each thing is called, what it is, and how it is shown."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.screen import Screen

from dealboard.domain.money import format_amount
from dealboard.domain.stages import MARK
from dealboard.domain.views import Contact, Pipeline, Row, SavedView, Stage
from dealboard.screens.saving import dealboard
from dealboard.store.driver import Connection
from dealboard.store.reads import jumps, pipelines, saved_views

if TYPE_CHECKING:
    from dealboard.screens.deals import DealsScreen

__all__ = ["Place", "jumps", "of_contact", "of_deal", "read_fixed"]

Way = Callable[[Screen[Any]], object]
"""Shows something, from the screen in front."""


class Place(NamedTuple):
    """Something to go to: its name, what it is, and the way there."""

    name: str
    told: str
    go: Way


def of_deal(row: Row, locale: str) -> Place:
    """Return the place of a deal: its page."""
    amount = "" if row.amount is None else format_amount(row.amount, row.currency, locale)
    stage = f"{MARK[row.kind]} {row.stage}".lstrip()
    contact = next((each for each in row.contacts if each != row.title), "")
    told = _joined("deal", contact, stage, amount, row.reference)
    return Place(row.title, told, partial(_to_deal, deal_id=row.id))


def of_contact(contact: Contact) -> Place:
    """Return the place of a contact: its page."""
    company = contact.company if contact.company != contact.name else ""
    told = _joined("contact", company, contact.phone, contact.email)
    return Place(contact.name, told, partial(_to_contact, contact_id=contact.id))


def read_fixed(connection: Connection) -> tuple[Place, ...]:
    """Read the places that a workspace has a few of: pipelines, their stages, saved views."""
    known = pipelines.pipelines(connection)
    names = {each.id: each.name for each in known}
    return (
        *map(_of_pipeline, known),
        *(_of_stage(each, names[each.pipeline_id]) for each in pipelines.all_stages(connection)),
        *map(_of_view, saved_views.saved_views(connection)),
    )


def _of_pipeline(pipeline: Pipeline) -> Place:
    go = partial(_among_deals, then=lambda deals: deals.show_pipeline(pipeline.id))
    return Place(pipeline.name, "pipeline", go)


def _of_stage(stage: Stage, pipeline: str) -> Place:
    return Place(stage.name, _joined("stage", pipeline), partial(_to_stage, stage=stage))


def _of_view(view: SavedView) -> Place:
    return Place(view.name, "view", partial(_among_deals, then=lambda deals: deals.show_view(view)))


def _joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))


# ── the ways ──────────────────────────────────────────────────────────────────────────────────


def _to_deal(screen: Screen[Any], deal_id: int) -> None:
    from dealboard.screens.kept_pages import show_deal

    app = dealboard(screen)
    app.open(show_deal(app, deal_id))


def _to_contact(screen: Screen[Any], contact_id: int) -> None:
    from dealboard.screens.kept_pages import show_contact

    app = dealboard(screen)
    app.open(show_contact(app, contact_id))


def _to_stage(screen: Screen[Any], stage: Stage) -> None:
    def show() -> None:
        from dealboard.screens.board import BoardScreen

        board = dealboard(screen).places.show_deals_as("board")
        if isinstance(board, BoardScreen):
            board.show_stage(stage)

    _leaving(screen, show)


def _among_deals(screen: Screen[Any], then: "Callable[[DealsScreen], object]") -> None:
    def show() -> None:
        from dealboard.screens.deals import DealsScreen

        app = dealboard(screen)
        app.places.go("deals")
        if isinstance(app.screen, DealsScreen):
            then(app.screen)

    _leaving(screen, show)


def _leaving(screen: Screen[Any], go: Callable[[], None]) -> None:
    """Go to a main screen; not at once over what was typed, although that is kept as a draft."""
    if not getattr(screen, "dirty", False):
        go()
        return
    from dealboard.screens.confirm import Confirm

    def answer(sure: bool | None) -> None:
        if sure:
            go()

    detail = "What you typed is kept, and is here again the next time."
    screen.app.push_screen(Confirm("Leave without saving?", detail=detail, yes="Leave"), answer)
