"""What the page of a deal shows of it, but for the chat: one read. Pure but for that."""

from datetime import date
from typing import NamedTuple

from dealboard.domain.dates import describe_day
from dealboard.domain.views import Activity, Card, Deal, Event
from dealboard.screens.drafts import Draft, read_kept
from dealboard.screens.targets import Material
from dealboard.store.driver import Connection
from dealboard.store.reads import activities, board, deals, pipelines, team, timeline
from dealboard.widgets.deal_form import Choices

EVENTS = 100
"""Entries of the timeline that are read at a time."""


class Opening(NamedTuple):
    """A deal as it was read; `kept` is what was typed into its form and not saved."""

    deal: Deal
    card: Card | None
    material: Material
    tasks: tuple[Activity, ...]
    events: tuple[Event, ...]
    kept: Draft | None

    @property
    def choices(self) -> Choices:
        """What the deal can be put in."""
        material = self.material
        return Choices(material.pipelines, material.stages, material.active)


def read_opening(
    connection: Connection, deal_id: int, *, today: date, draft: str, locale: str
) -> Opening | None:
    """Read a page, None where the deal is gone; `draft` is where its draft is kept."""
    found = deals.by_ids(connection, [deal_id])
    if not found:
        return None
    return Opening(
        found[0],
        next(iter(board.cards(connection, [deal_id], today)), None),
        Material(
            pipelines.pipelines(connection),
            pipelines.all_stages(connection),
            team.users(connection),
        ),
        activities.open_tasks(connection, deal_id),
        timeline.of_deal(connection, deal_id, limit=EVENTS, locale=locale),
        read_kept(connection, draft),
    )


def notes_of(deal: Deal, today: date) -> list[tuple[str, str]]:
    """Return what is known of a deal and not typed, by its label: since when, how it ended."""
    notes = [("Created", describe_day(deal.created_at.astimezone().date(), today))]
    notes.append(("In stage", describe_day(deal.stage_entered_at.astimezone().date(), today)))
    if deal.closed_at is not None:
        notes.append(("Closed", describe_day(deal.closed_at.astimezone().date(), today)))
    if deal.lost_reason:
        notes.append(("Lost", deal.lost_reason))
    return notes
