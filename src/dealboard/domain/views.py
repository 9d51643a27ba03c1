"""The frozen values that reads return and that screens, widgets and the command line show.

Money is integer minor units with an ISO 4217 code, moments are aware UTC datetimes, days are
dates. Text is as the user gave it: show it through `domain.text.safe`. They are named tuples
because a dozen dataclasses take longer to define than the first board takes to read.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

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


class NextStep(NamedTuple):
    """The open task of a deal that is due first; tasks without a day come last."""

    text: str
    due: date | None


class Card(NamedTuple):
    """A deal as a board shows it. `contacts` are names, the primary contact first.

    `rotting` counts the days since anything happened, where the stage's limit is passed.
    """

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
    next_step: NextStep | None = None
    rotting: int | None = None


class Standing(NamedTuple):
    """Where a deal stands in its pipeline, and how it came there: what a move reads and writes."""

    id: int
    title: str
    stage_id: int
    rank: int
    stage_entered_at: datetime
    close_date: date | None
    close_date_auto: bool
    closed_at: datetime | None
    last_open_stage_id: int | None
    lost_reason: str | None


class Row(NamedTuple):
    """A deal as a table shows it: the card's fields and those a card has no room for."""

    id: int
    title: str
    pipeline: str
    stage_id: int
    stage: str
    kind: StageKind
    owner: str
    owner_active: bool
    amount: int | None
    currency: str
    close_date: date | None
    created_at: datetime
    closed_at: datetime | None
    contacts: tuple[str, ...]
    reference: str | None
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
    """A person or a company that deals are made with; `phone_key` as a `Person` has it.

    `custom` holds the values of custom fields by the field's id: a number as decimal text, a day as
    ISO text. `consent_at` is when the consent was given or refused, `consent_source` where. The
    last four are Meta's own ids of whom its ads brought here.
    """

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
    forgotten: bool = False
    custom: Mapping[int, str] = MappingProxyType({})
    consent_at: datetime | None = None
    consent_source: str | None = None
    fbc: str | None = None
    fbp: str | None = None
    lead_id: str | None = None
    ctwa_clid: str | None = None

    @property
    def name(self) -> str:
        """First and last name as one; the whole name of those who have only one."""
        return f"{self.first_name} {self.last_name}".strip()


class ContactRow(NamedTuple):
    """A contact as a list shows it, with how many open and closed deals it is on.

    `totals` are those of the open deals, largest first.
    """

    id: int
    name: str
    company: str | None
    phone: str | None
    email: str | None
    city: str | None
    created_at: datetime
    open: int = 0
    closed: int = 0
    totals: tuple[Subtotal, ...] = ()


class FieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class CustomField(NamedTuple):
    """A field of contacts that this workspace added; `choices` for `FieldKind.CHOICE` only."""

    id: int
    uid: str
    name: str
    kind: FieldKind
    choices: tuple[str, ...]
    position: int


class ActivityKind(StrEnum):
    """What was, or is to be, done about a deal."""

    CALL = "call"
    MEETING = "meeting"
    NOTE = "note"
    TASK = "task"


class Activity(NamedTuple):
    """A call, a meeting, a note or a task of a deal or a contact.

    `user` is who wrote it or is to do it. A task is open until `done_at`; only tasks have `due`.
    """

    id: int
    uid: str
    kind: ActivityKind
    text: str
    due: date | None
    done_at: datetime | None
    deal_id: int | None
    contact_id: int | None
    user_id: int
    user: str
    created_at: datetime
    version: int


class EventKind(StrEnum):
    """What an entry of a timeline is about; the glyph and the colour beside it go by this."""

    CREATED = "created"
    MOVED = "moved"
    EDITED = "edited"
    CONTACT = "contact"
    ACTIVITY = "activity"
    WON = "won"
    LOST = "lost"
    REOPENED = "reopened"
    DELETED = "deleted"
    UNDO = "undo"
    SENT = "sent"


class Event(NamedTuple):
    """One line of a timeline: who did what; `sentence` goes on where the actor's name ends.

    "Ada" and "moved it from Lead to Proposal"; without an actor the clock did it, or an import.
    `operation` is its number in the journal, and `undone` whether it was taken back; an `activity`
    comes with its whole row, once when it was written and, a task, once more when it was done.
    `deal_id` is the deal it is about on a contact's timeline. `outbox` is the row of what was sent.
    """

    at: datetime
    actor: str | None
    sentence: str
    kind: EventKind
    operation: int | None = None
    activity: Activity | None = None
    undone: bool = False
    deal_id: int | None = None
    outbox: int | None = None


class Errand(NamedTuple):
    """An open task as the day's list shows it: what it is about, and whom to call."""

    activity: Activity
    subject: str
    person: Person | None


class Prospect(NamedTuple):
    """A deal as the day's list shows it: its card, where it stands, and whom to call."""

    card: Card
    pipeline: str
    stage: str
    person: Person | None


ItemT = TypeVar("ItemT")


class Listed(NamedTuple, Generic[ItemT]):
    """The first items of a list, and how many it has in all."""

    items: tuple[ItemT, ...]
    total: int


class Agenda(NamedTuple):
    """What a day asks for: tasks overdue and due, and open deals that need somebody's attention."""

    overdue: Listed[Errand]
    due: Listed[Errand]
    late: Listed[Prospect]
    closing: Listed[Prospect]
    rotting: Listed[Prospect]
    stepless: Listed[Prospect]


class Message(NamedTuple):
    """A line of the chat with a contact; `direction` is in, out or none (what the system said)."""

    id: int
    contact_id: int
    at: datetime
    direction: str
    author: str
    text: str
    source: str


class Stretch(NamedTuple):
    """Messages that follow one another, with how many are before them and how many there are.

    `last_in` is when the contact wrote last, in all of the chat.
    """

    messages: tuple[Message, ...] = ()
    earlier: int = 0
    total: int = 0
    last_in: datetime | None = None

    @property
    def later(self) -> int:
        """How many come behind these."""
        return self.total - self.earlier - len(self.messages)


class Hits(NamedTuple):
    """The messages that a search found, the newest first, and whether there are `more`."""

    ids: tuple[int, ...] = ()
    more: bool = False

    @property
    def total(self) -> str:
        """How many they are, as people read it."""
        return f"{len(self.ids):,}{'+' if self.more else ''}"


class Imported(NamedTuple):
    """What one import brought into a chat: how many messages, from when to when.

    `stamp` is what their names have in common, `at` the moment that it stands for.
    """

    stamp: str
    at: datetime
    total: int
    first: datetime
    last: datetime


class SavedView(NamedTuple):
    """A filter and an order under a name; `query` is as `domain.filters` writes it."""

    id: int
    uid: str
    name: str
    query: str
    position: int


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
