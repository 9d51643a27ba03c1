"""Events for Meta in words: how sending stands, what became of an event, how long it has yet.

Pure, and on no start path. Glyph and word always go together: neither needs the colour.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from dealboard.domain.conversions import NEAR_END, WINDOW, Setup, Standing, Told
from dealboard.domain.dates import format_day
from dealboard.domain.outbox import Pause, State

WAITING = (State.PENDING, State.HELD)
"""States of what has not gone out, and may yet."""

MARKS = {
    State.PENDING: ("○", "waiting"),
    State.HELD: ("‖", "held"),
    State.SENT: ("✓", "sent"),
    State.FAILED: ("✗", "rejected"),
    State.EXPIRED: ("!", "expired"),
    State.CANCELLED: ("–", "cancelled"),
    State.UNKNOWN: ("?", "not known"),
}
"""Glyph and word of what has become of an event."""

SOURCE_WORDS = {
    "system_generated": "the CRM says so",
    "chat": "in a chat",
    "phone_call": "by phone",
    "email": "by e-mail",
    "physical_store": "in a shop",
    "other": "somewhere else",
}
"""What the values of `domain.conversions.SOURCES` say."""


class Mode(StrEnum):
    """How a workspace sends its events."""

    NEVER = "not set up"
    OFF = "off"
    DRY = "dry run"
    LIVE = "live"


def mode(setup: Setup) -> Mode:
    """Return how a workspace sends its events."""
    if not setup.dataset:
        return Mode.NEVER
    if not setup.enabled:
        return Mode.OFF
    return Mode.LIVE if setup.live else Mode.DRY


MODE_MARKS = {Mode.NEVER: "○", Mode.OFF: "○", Mode.DRY: "◐", Mode.LIVE: "●"}

MODE_MEANS = {
    Mode.NEVER: "nothing is written or sent",
    Mode.OFF: "nothing is written or sent",
    Mode.DRY: "nothing is sent",
    Mode.LIVE: "events go out",
}


# ── the badge ─────────────────────────────────────────────────────────────────────────────────


class Badge(NamedTuple):
    """What every main screen says of events that did not go out; `urgent` wants to be seen."""

    text: str
    urgent: bool = False


def badge(standing: Standing, setup: Setup) -> Badge | None:
    """Return what is most worth saying, None where there is nothing."""
    if not setup.enabled:
        return None
    if standing.expired:
        return Badge(f"! {standing.expired:,} expired", urgent=True)
    if setup.live and standing.near_end:
        return Badge(f"! {standing.near_end:,} near their end", urgent=True)
    if setup.live and standing.paused and standing.pending:
        return Badge(f"‖ {standing.pending:,} paused", urgent=True)
    if standing.held:
        return Badge(f"‖ {standing.held:,} held")
    if standing.pending:
        return Badge(f"○ {standing.pending:,} {'waiting' if setup.live else 'in the dry run'}")
    return None


# ── times ─────────────────────────────────────────────────────────────────────────────────────


def span(time: timedelta) -> str:
    """Return a span in its largest unit, rounded up below a day: "4 d", "3 h", "12 min"."""
    seconds = max(0.0, time.total_seconds())
    if seconds >= 86_400:
        return f"{int(seconds // 86_400)} d"
    if seconds > 3_600:
        return f"{-int(-seconds // 3_600)} h"
    return f"{max(1, -int(-seconds // 60))} min"


def moment(at: datetime, now: datetime) -> str:
    """Return a moment as a list shows it: the time of today, else the day."""
    local, today = at.astimezone(), now.astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else format_day(local.date(), today)


def counts_down(event: Told, now: datetime) -> bool:
    """Return whether what `when` says of an event is another thing in a minute."""
    return event.state is State.PENDING and event.due_at > now


def is_near_end(event: Told, now: datetime) -> bool:
    """Return whether an event that waits is so old that this is said of it."""
    return event.state in WAITING and now - event.moment >= NEAR_END


def when(event: Told, setup: Setup, now: datetime) -> str:
    """Return when an event goes, how long it has yet, or when it went."""
    if event.sending:
        return "being sent"
    if event.state not in WAITING:
        return moment(event.settled_at or event.moment, now)
    if event.expires_at <= now:
        return "! too old"
    left = f"{span(event.expires_at - now)} left"
    if is_near_end(event, now):
        return f"! {left}"
    if event.state is State.HELD:
        return left
    if event.due_at > now:
        return f"in {span(event.due_at - now)}"
    return "due" if mode(setup) is Mode.LIVE else "ready"


def nearest_end(standing: Standing, now: datetime) -> str:
    """Return how long the oldest of the events that wait has yet; empty where none does."""
    if standing.oldest is None:
        return ""
    left = standing.oldest + WINDOW - now
    mark = "! " if now - standing.oldest >= NEAR_END else ""
    return f"{mark}next expires in {span(left)}" if left > timedelta() else "! some are too old"


def paused(pause: Pause, now: datetime) -> str:
    """Return why nothing goes out, until when, in a sentence."""
    until = f" Until {moment(pause.until, now)}." if pause.until else ""
    return f"Paused since {moment(pause.at, now)}: {pause.why}{until}"


def counted(number: int) -> str:
    """Return a number of events in words."""
    return f"{number:,} event{'' if number == 1 else 's'}"
