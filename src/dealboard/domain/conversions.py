"""Events for Meta's Conversions API as values: their names, their set-up, and a row's payload.

A row of the outbox of kind `meta` is an event. Its `payload` is frozen JSON with the data set, the
`action_source` and the event's own JSON text, which goes out byte for byte on every attempt; its
`uid` is the `event_id`, and its `created_at` the moment that the event is about. Pure, and on no
start path.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from dealboard.domain.outbox import State
from dealboard.errors import InvalidValue

KIND = "meta"
"""What rows of the outbox are called that are events for Meta."""

WINDOW = timedelta(days=7) - timedelta(minutes=15)
"""How long after its moment an event may go out: Meta refuses what is older than seven days."""

NEAR_END = timedelta(days=5)
"""From what age on it is said that an event will expire (specification, Ageing)."""

GRACE_MINUTES = 10
"""How long an event waits by default, so that it can be taken back (decision 80)."""

MOST_GRACE = 60
"""Minutes that an event may be told to wait at most."""


class EventName(StrEnum):
    """What Meta calls the events (guide, Supported events)."""

    LEAD = "Lead"
    VIEW_CONTENT = "ViewContent"
    PURCHASE = "Purchase"


SOURCES = ("system_generated", "chat", "phone_call", "email", "physical_store", "other")
"""What a workspace may say about where its conversions happen, the default first.

Never `website` or `app`: no browser or device of the customer is known here. A conversion in the
thread of a WhatsApp ad, `business_messaging`, needs another data set and other names of events.
"""


class Setup(NamedTuple):
    """How a workspace sends its events; an empty `dataset` means that it never did.

    Without `live` it is a dry run: events are written and shown, and none goes out.
    `unknown_consent` takes a consent that nobody asked for as given (decision 40).
    """

    dataset: str = ""
    enabled: bool = False
    live: bool = False
    action_source: str = SOURCES[0]
    unknown_consent: bool = False
    grace_minutes: int = GRACE_MINUTES

    @property
    def grace(self) -> timedelta:
        """How long an event waits before it is due (decision 80)."""
        return timedelta(minutes=self.grace_minutes)


def setup_of(kept: Mapping[str, Any] | None) -> Setup:
    """Return a set-up from what the workspace keeps of it."""
    return (
        Setup(**{name: kept[name] for name in Setup._fields if name in kept}) if kept else Setup()
    )


_DATASET = re.compile(r"[0-9]{5,20}")


def check_dataset(text: str) -> str:
    """Return the id of a data set or pixel. Raises InvalidValue."""
    dataset = text.strip()
    if not _DATASET.fullmatch(dataset):
        raise InvalidValue(
            "dataset",
            text,
            "that is not the id of a data set",
            "It is the number that the Events Manager shows below the data set's name.",
        )
    return dataset


def check_source(text: str) -> str:
    """Return one of `SOURCES`. Raises InvalidValue."""
    if text not in SOURCES:
        raise InvalidValue("action source", text, f"it can be {', '.join(SOURCES)}")
    return text


def check_grace(minutes: int) -> int:
    """Return how many minutes events wait. Raises InvalidValue."""
    if not 0 <= minutes <= MOST_GRACE:
        raise InvalidValue("grace", minutes, f"it must be from 0 to {MOST_GRACE} minutes")
    return minutes


# ── what a row holds ──────────────────────────────────────────────────────────────────────────


class Payload(NamedTuple):
    """What a row of the outbox is: where it goes, and the event's JSON text; empty once erased."""

    dataset: str
    source: str
    event: str


def dump(payload: Payload) -> str:
    """Return a payload as a row keeps it."""
    return json.dumps(payload._asdict(), ensure_ascii=False, separators=(",", ":"))


def parse(kept: str) -> Payload:
    """Return what `dump` wrote. Raises InvalidValue."""
    try:
        found = json.loads(kept)
        return Payload(*(str(found[name]) for name in Payload._fields))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidValue("event", "…", "its row in the outbox cannot be read") from error


def event_id(workspace: str, deal: str, kind: str, occurrence: str | int) -> str:
    """Return the name of an event, the same whenever it is made again; it tells nothing by itself.

    `workspace` and `deal` are uids; `occurrence` tells events of one kind apart.
    """
    told = f"{workspace}|{deal}|{kind}|{occurrence}"
    return f"db1-{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def row_key(dataset: str, name: EventName, event: str) -> str:
    """Return what may be sent only once."""
    return f"{dataset}|{name}|{event}"


def external_id(workspace: str, contact: str) -> str:
    """Return the hash that names a contact to Meta, of the workspace's and the contact's uids."""
    return hashlib.sha256(f"{workspace}{contact}".encode()).hexdigest()


def expires_at(event_time: datetime | int) -> datetime:
    """Return after which moment an event goes out no more; seconds since 1970 are taken too."""
    moment = (
        event_time if isinstance(event_time, datetime) else datetime.fromtimestamp(event_time, UTC)
    )
    return moment + WINDOW


# ── why a row waits, or will not go ───────────────────────────────────────────────────────────

NO_IDENTIFIER = (
    "Nobody to recognise: no contact has an e-mail address, a phone number or a Meta id."
)
NO_AMOUNT = "The amount is missing: Meta needs value and currency of a purchase."
CONSENT_UNKNOWN = "Consent is unknown: it goes out once a contact has agreed."

WITHDRAWN = "No contact agrees to be measured."
LEFT = "The deal left the stage before this was sent."
DEAL_GONE = "The deal was deleted before this was sent."
LEFT_BEHIND = "Made in the dry run and left behind when it went live."


# ── what is shown of the rows ─────────────────────────────────────────────────────────────────


class Told(NamedTuple):
    """An event as people see it, told or to be told; names are those of today.

    `moment` is what it is about, `due_at` when it may go and `expires_at` after when it no more
    does. `contact` is whom a lead is about, empty for all contacts of the deal.
    """

    id: int
    uid: str
    name: EventName
    dataset: str
    state: State
    reason: str
    moment: datetime
    due_at: datetime
    settled_at: datetime | None
    tries: int
    sending: bool
    deal_id: int | None
    deal: str
    contact_id: int | None
    contact: str
    operation: int | None

    @property
    def expires_at(self) -> datetime:
        """After when it goes out no more."""
        return expires_at(self.moment)


class Standing(NamedTuple):
    """How many events wait, are held, and are near their end; `oldest` is the moment of one.

    What is in a dry run waits too. `expired` are those that nobody has seen yet; `paused` tells
    whether something keeps them all from going out.
    """

    pending: int = 0
    held: int = 0
    near_end: int = 0
    oldest: datetime | None = None
    expired: int = 0
    paused: bool = False


# ── what is shown of one event ────────────────────────────────────────────────────────────────


class Identity(NamedTuple):
    """One value of an event's `user_data`, from what was typed to what is sent.

    `plain` and `normalised` are masked. `sent` is the hash, or what goes out as it is.
    """

    key: str
    plain: str
    normalised: str
    sent: str


def masked(text: str) -> str:
    """Return a text that its owner recognises and nobody else: the first and last character of it.

    Punctuation stays, so that an address still looks like one.
    """
    if len(text) < 3:
        return "•" * len(text)
    inner = "".join("•" if each.isalnum() else each for each in text[1:-1])
    return f"{text[0]}{inner}{text[-1]}"


class Person(NamedTuple):
    """A contact of an event: whether it may be told of, and its values.

    `consent` is as it is kept; `named` tells whether the frozen event is about this contact.
    """

    id: int
    name: str
    consent: bool | None
    named: bool
    values: tuple[Identity, ...]


class Preview(NamedTuple):
    """An event in full: `event` is its JSON, empty once erased; `problems` what Meta would refuse.

    What is held has none but its reason. `earlier` are values of the frozen event that none of its
    contacts has today.
    """

    told: Told
    event: str
    problems: tuple[str, ...]
    people: tuple[Person, ...]
    earlier: tuple[Identity, ...]

    @property
    def document(self) -> Any:
        """The event as values, money exact; None once it was erased."""
        return json.loads(self.event, parse_float=Decimal) if self.event else None


# ── Meta's own ids of a contact ───────────────────────────────────────────────────────────────

_SHAPES = {
    "fbc": (re.compile(r"fb\.[0-2]\.[0-9]{10,13}\.[\w.-]+", re.ASCII), "fb.1.1700000000000.AbC…"),
    "fbp": (re.compile(r"fb\.[0-2]\.[0-9]{10,13}\.[\w.-]+", re.ASCII), "fb.1.1700000000000.123…"),
    "lead_id": (re.compile(r"[0-9]{15,17}"), "123456789012345"),
    "ctwa_clid": (re.compile(r"[\w-]{10,}", re.ASCII), "ARAkLkA8rmlFeiCktEJQ-QTwRiyY…"),
}


def is_meta_id(field: str, value: str) -> bool:
    """Return whether a value can be Meta's id of that kind."""
    return _SHAPES[field][0].fullmatch(value) is not None


def check_meta_id(field: str, value: str) -> str:
    """Return Meta's id of a contact. Raises InvalidValue."""
    if not is_meta_id(field, value):
        example = _SHAPES[field][1]
        name = field.replace("_", " ")
        raise InvalidValue(name, value, "Meta gives out no such id", f"It looks like {example}")
    return value
