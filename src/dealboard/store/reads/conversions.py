"""How the workspace sends its events to Meta, and what events are made of, many at a time.

Values are as they are kept; `dealboard.conversions` gives them their meaning.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dealboard.domain.conversions import Setup, setup_of
from dealboard.domain.stages import FIXED_PROBABILITY, StageKind
from dealboard.store.driver import Connection
from dealboard.store.reads import settings
from dealboard.store.reads.values import portions


def setup(connection: Connection) -> Setup:
    """Return how the workspace sends events; as nothing ever was set up, if nothing was."""
    return setup_of(settings.setting(connection, settings.META))


def workspace_uid(connection: Connection) -> str:
    """Return the workspace's name across files; a copy of the file has the same."""
    return str(settings.setting(connection, settings.WORKSPACE_UID))


def country(connection: Connection) -> str:
    """Return where numbers without a country code are from; empty if nobody said."""
    return str(settings.setting(connection, settings.COUNTRY) or "")


# ── what events are made of ───────────────────────────────────────────────────────────────────


CERTAIN = FIXED_PROBABILITY[StageKind.WON]
"""The probability at which a deal counts as bought."""


class Place(NamedTuple):
    """A stage, as far as events ask."""

    id: int
    kind: StageKind
    probability: int
    pipeline_id: int

    @property
    def certain(self) -> bool:
        """Return whether a deal in it counts as bought: Won, and a stage that was set to 100 %."""
        return self.probability == CERTAIN


class Subject(NamedTuple):
    """A deal, as far as events tell of it; `amount` in minor units.

    `certain` as SQLite has it: whether it is in a stage at 100 %.
    """

    id: int
    uid: str
    stage_id: int
    amount: int | None
    currency: str
    certain: int


class Customer(NamedTuple):
    """A contact, as far as Meta may be told of it; `consent` and `forgotten` as SQLite has them."""

    id: int
    uid: str
    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    company: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    external_id: str | None
    consent: int | None
    forgotten: int
    fbc: str | None
    fbp: str | None
    lead_id: str | None
    ctwa_clid: str | None


_CUSTOMER = ", ".join(Customer._fields)


def places(connection: Connection) -> dict[int, Place]:
    """Return the stages by id."""
    rows = connection.execute("SELECT id, kind, probability, pipeline_id FROM stage")
    return {row[0]: Place(row[0], StageKind(row[1]), *row[2:]) for row in rows}


def subjects(connection: Connection, deal_ids: Iterable[int]) -> dict[int, Subject]:
    """Return deals by id; those that are gone are left out."""
    found: dict[int, Subject] = {}
    for some in portions(tuple(deal_ids)):
        rows = connection.execute(
            "SELECT deal.id, deal.uid, deal.stage_id, deal.amount, deal.currency,"
            f" stage.probability = {CERTAIN} FROM deal JOIN stage ON stage.id = deal.stage_id"
            f" WHERE deal.id IN ({_marks(some)})",
            some,
        )
        found |= {row[0]: Subject._make(row) for row in rows}
    return found


def linked(connection: Connection, deal_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return by deal the ids of its contacts, the primary contact first."""
    found: dict[int, list[int]] = {}
    for some in portions(tuple(deal_ids)):
        for deal_id, contact_id in connection.execute(
            f"SELECT deal_id, contact_id FROM deal_contact WHERE deal_id IN ({_marks(some)})"
            " ORDER BY position, id",
            some,
        ):
            found.setdefault(deal_id, []).append(contact_id)
    return found


def deals_of(connection: Connection, contact_ids: Iterable[int]) -> set[int]:
    """Return the deals that contacts are on, or that something is told of them about."""
    found: set[int] = set()
    for some in portions(tuple(contact_ids)):
        rows = connection.execute(
            f"SELECT deal_id FROM deal_contact WHERE contact_id IN ({_marks(some)})"
            f" UNION SELECT deal_id FROM outbox WHERE contact_id IN ({_marks(some)})"
            " AND +kind = 'meta'",
            (*some, *some),
        )
        found.update(row[0] for row in rows)
    return found


def customers(connection: Connection, contact_ids: Iterable[int]) -> dict[int, Customer]:
    """Return contacts by id; those that are gone are left out."""
    found: dict[int, Customer] = {}
    for some in portions(tuple(contact_ids)):
        rows = connection.execute(
            f"SELECT {_CUSTOMER} FROM contact WHERE id IN ({_marks(some)})", some
        )
        found |= {row[0]: Customer._make(row) for row in rows}
    return found


def _marks(ids: Sequence[int]) -> str:
    return ", ".join("?" * len(ids))
