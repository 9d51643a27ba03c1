"""The outbox as values: what shall leave the machine, and what came of it.

A row of it is a `Parcel` to the courier and a `Delivery` to people. What a webhook may name is
checked here too, because a rule is checked when it is saved. Apart from `domain.views` because the
first board needs none of it. Pure.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from dealboard.errors import InvalidValue

LEASE = timedelta(seconds=60)
"""How long a courier may hold what it took; a crash delays a row no longer than this."""

LONGEST_WAIT = timedelta(hours=1)
"""How far a courier puts a row off at most; one due much later has a clock that jumped."""

KINDS = ("webhook",)
"""The kinds of rows that a courier delivers; delayed steps are run by `automations.clock`."""


class State(StrEnum):
    """What has become of a row."""

    PENDING = "pending"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What one attempt means for a row: done, to be tried again, given up, or kept until ready."""

    SENT = "sent"
    AGAIN = "again"
    FAILED = "failed"
    HELD = "held"


class Outcome(NamedTuple):
    """What came of one attempt, in words that may be shown.

    `said` is a sentence's worth of reason, `reply` the beginning of what the server answered.
    `wait` is how many seconds the server asked for before the next attempt.
    """

    verdict: Verdict
    said: str
    status: int | None = None
    reply: str = ""
    wait: float | None = None


class Parcel(NamedTuple):
    """A row as a courier carries it: `uid` names the event, the same on every attempt.

    `payload` is frozen JSON that only its channel understands; `tries` counts this attempt.
    """

    id: int
    uid: str
    payload: str
    tries: int


class Attempt(NamedTuple):
    """One entry of a row's log."""

    at: datetime
    verdict: Verdict
    said: str
    status: int | None = None
    reply: str = ""


class Delivery(NamedTuple):
    """A row as people see it; `target` is the host it goes to, `sending` that a courier has it.

    Names are those of today, empty where what they were is gone.
    """

    id: int
    uid: str
    kind: str
    state: State
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    tries: int
    sending: bool
    reason: str
    target: str
    automation_id: int | None
    automation: str
    deal_id: int | None
    deal: str
    operation: int | None


class Tally(NamedTuple):
    """How many rows of a kind are in a state."""

    kind: str
    state: State
    rows: int


# ── what a webhook may name ───────────────────────────────────────────────────────────────────

_SECRET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def check_secret_name(name: str, *, field: str = "secret") -> str:
    """Return the name of a secret, which is also the name of a file and of a variable.

    Raises InvalidValue; the value is not repeated, it may be the secret itself.
    """
    if not _SECRET_NAME.fullmatch(name):
        raise InvalidValue(
            field,
            "…",
            "that is not the name of a secret",
            "A name has letters, digits, - and _; the secret itself is kept outside the workspace.",
        )
    return name


def check_url(url: str, *, field: str = "url") -> str:
    """Return the host of an address that a webhook may be sent to. Raises InvalidValue."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidValue(field, url, f"not an address: {error}") from error
    if parts.scheme != "https":
        raise InvalidValue(field, url, "webhooks go to https:// addresses only")
    if not host or port == 0 or not url.isprintable() or " " in url:
        raise InvalidValue(field, url, "not an address", "Write it like https://example.com/hook")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue(field, parts.hostname, "an address may hold no password")
    return host
