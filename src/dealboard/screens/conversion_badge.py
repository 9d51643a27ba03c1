"""The badge of events for Meta that did not go out: read with the poll for changes, never by a key.

Imported when the first frame is out.
"""

from datetime import datetime
from typing import NamedTuple

from dealboard.domain.conversion_words import badge
from dealboard.domain.conversions import Setup, Standing
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions, told
from dealboard.widgets.menu_line import Part


class Stood(NamedTuple):
    """How events stand, and how they are sent."""

    standing: Standing
    setup: Setup


def read_standing(connection: Connection, now: datetime) -> Stood | None:
    """Read how events stand; None where they were never set up."""
    setup = conversions.setup(connection)
    return Stood(told.standing(connection, now), setup) if setup.dataset else None


def badge_of(stood: Stood | None) -> Part | None:
    """Return what the menu says of it, if it has to say something."""
    said = badge(*stood) if stood is not None else None
    if said is None:
        return None
    return Part(said.text, "urgent" if said.urgent else "badge", "conversions")
