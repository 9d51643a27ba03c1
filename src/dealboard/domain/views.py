"""The frozen values that reads return and that screens, widgets and the command line show.

Money is integer minor units with an ISO 4217 code, moments are aware UTC datetimes, days are
dates. Text is as the user gave it: show it through `domain.text.safe`. They are named tuples
because a dozen dataclasses take longer to define than the first board takes to read.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from dealboard.domain.stages import StageKind


class Role(StrEnum):
    """What a user may do (guide, User permissions)."""

    ACCOUNT_OWNER = "account_owner"
    ADMINISTRATOR = "administrator"
    CHAT_OPERATOR = "chat_operator"


class User(NamedTuple):
    """A profile of this workspace: owns deals and acts. Never deleted, only deactivated."""

    id: int
    uid: str
    name: str
    email: str | None
    role: Role
    active: bool


class Pipeline(NamedTuple):
    """One sales process; `position` counts from 1."""

    id: int
    uid: str
    name: str
    position: int


class Stage(NamedTuple):
    """One phase of a pipeline; `probability` in percent, `position` from 1, Won and Lost last."""

    id: int
    uid: str
    pipeline_id: int
    name: str
    kind: StageKind
    probability: int
    position: int
    rotting_days: int | None


class Subtotal(NamedTuple):
    """The money of some deals in one currency, in minor units. Currencies are never added."""

    currency: str
    amount: int
    weighted: int


class StageTotals(NamedTuple):
    """What a stage's header shows: all deals that match the filter, never only those on screen.

    `totals` are ordered by size, largest first; deals without amount count in `deals` only.
    `older` of the deals are closed before the board's window and shown on request.
    """

    stage_id: int
    deals: int
    totals: tuple[Subtotal, ...]
    older: int = 0


class Person(NamedTuple):
    """A contact as a deal shows it; `phone_key` is the number as E.164, if it is a valid one."""

    id: int
    name: str
    phone: str | None
    email: str | None
    phone_key: str | None = None


class Card(NamedTuple):
    """A deal as a board shows it. `contacts` are names, the primary contact first."""

    id: int
    title: str
    stage_id: int
    kind: StageKind
    owner_id: int
    owner: str
    amount: int | None
    currency: str
    close_date: date | None
    created_at: datetime
    closed_at: datetime | None
    reference: str | None
    contacts: tuple[str, ...]
    version: int


class Deal(NamedTuple):
    """One deal in full."""

    id: int
    uid: str
    title: str
    pipeline: Pipeline
    stage: Stage
    owner: User
    amount: int | None
    currency: str
    close_date: date | None
    close_date_auto: bool
    reference: str | None
    lost_reason: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    stage_entered_at: datetime
    contacts: tuple[Person, ...]
    version: int


class Contact(NamedTuple):
    """A person or a company that deals are made with; `phone_key` as a `Person` has it."""

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
    consent: bool | None
    created_at: datetime
    updated_at: datetime
    version: int
    phone_key: str | None = None

    @property
    def name(self) -> str:
        """First and last name as one; the whole name of those who have only one."""
        return f"{self.first_name} {self.last_name}".strip()


class Operation(NamedTuple):
    """One entry of the journal: what somebody did in one step."""

    seq: int
    uid: str
    at: datetime
    actor: str | None
    kind: str
    label: str
    cause: int | None
    undone: bool
