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

LONGEST_PAUSE = timedelta(hours=48)
"""How long a server's wish to be left alone is respected at most."""

HELD_WAIT = timedelta(minutes=5)
"""After which an open app looks again whether what is missing is there; a new round always does."""

KINDS = ("webhook", "meta")
"""The kinds of rows that a courier delivers; delayed steps are run by `automations.clock`."""

NOUNS = {
    "meta": ("event for Meta", "events for Meta"),
    "webhook": ("webhook", "webhooks"),
    "step": ("delayed action", "delayed actions"),
}
"""What one row of a kind is called, and several."""


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
    """What one attempt means for a row: done, to be tried again, over, or kept until ready."""

    SENT = "sent"
    AGAIN = "again"
    FAILED = "failed"
    HELD = "held"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Closed(StrEnum):
    """Whether an attempt says something about all rows of its kind, and for how long.

    BRIEFLY: nobody answers, so all wait as long as the one that was tried. ASKED: the server wants
    to be left alone; nothing goes before that, not by a user's command either. CREDENTIAL: what
    the server refuses is the credential or what it may do, until there is another.
    """

    NO = ""
    BRIEFLY = "briefly"
    ASKED = "asked"
    CREDENTIAL = "credential"


class Outcome(NamedTuple):
    """What came of one attempt, in words that may be shown.

    `said` is a sentence's worth of reason, `reply` the beginning of what the server answered.
    `wait` is how many seconds the server asked for before the next attempt. `counted`: it was an
    attempt, not just a look. `doubt`: the server may have taken it, its answer is lost.
    """

    verdict: Verdict
    said: str
    status: int | None = None
    reply: str = ""
    wait: float | None = None
    counted: bool = True
    doubt: bool = False
    closed: Closed = Closed.NO


class Parcel(NamedTuple):
    """A row as a courier carries it: `uid` names the event, the same on every attempt.

    `payload` is frozen JSON that only its channel understands; `tries` counts this attempt;
    `doubted_at` is the first attempt whose answer is lost, None where there was none.
    """

    id: int
    uid: str
    payload: str
    tries: int
    doubted_at: datetime | None = None


class Attempt(NamedTuple):
    """One entry of a row's log."""

    at: datetime
    verdict: Verdict
    said: str
    status: int | None = None
    reply: str = ""
    doubt: bool = False


class Pause(NamedTuple):
    """Why nothing of a kind is sent: until a moment, or (None) until the credential is another.

    `credential` is the fingerprint of the one that was refused, empty where there was none.
    """

    why: str
    until: datetime | None
    credential: str
    at: datetime

    def holds(self, now: datetime, credential: str) -> bool:
        """Return whether it still does; one that a clock far ahead wrote does not."""
        if self.until is None:
            return self.credential == credential
        return now < self.until <= now + 2 * LONGEST_PAUSE

    def next_look(self, now: datetime) -> datetime:
        """Return when it is worth looking whether it is over."""
        if self.until is not None:
            return self.until if self.holds(now, self.credential) else now
        since = (now - self.at) % HELD_WAIT
        return now + HELD_WAIT - since


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
