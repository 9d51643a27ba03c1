"""What the list of events for Meta shows: a row each, and the states as tabs with their numbers.

Pure: no Textual here, no clock.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from dealboard.domain.conversion_words import MARKS, counts_down, is_near_end, when
from dealboard.domain.conversions import Setup, Told
from dealboard.domain.money import NOTHING
from dealboard.domain.outbox import State
from dealboard.widgets.grid_lines import Cell, Column

COLUMNS = (
    Column("event", "Event", 11, 8),
    Column("deal", "Deal", 36, 12, flex=True),
    Column("state", "State", 12, 10),
    Column("when", "When", 12, 9, "right"),
    Column("reason", "Reason", 70, 12, flex=True),
    Column("contact", "Contact", 24, 8),
)

STYLES = {
    State.PENDING: "mark",
    State.HELD: "today",
    State.SENT: "won",
    State.FAILED: "lost",
    State.EXPIRED: "overdue",
    State.CANCELLED: "muted",
    State.UNKNOWN: "lost",
}

EVERY = ""
"""Stands for all states among the tabs."""

ORDER = (
    State.PENDING,
    State.HELD,
    State.SENT,
    State.FAILED,
    State.EXPIRED,
    State.CANCELLED,
    State.UNKNOWN,
)
"""The states as they are numbered by keys, from 1."""


def row(event: Told, setup: Setup, now: datetime) -> tuple[Cell, ...]:
    """Return what is said of an event."""
    glyph, word = MARKS[event.state]
    near = is_near_end(event, now)
    quiet = event.state is State.CANCELLED
    soon = "mark" if counts_down(event, now) else "muted"
    return (
        Cell(event.name.value, "muted" if quiet else "title"),
        Cell(event.deal or NOTHING, "muted" if quiet or not event.deal else ""),
        Cell(f"{glyph} {'being sent' if event.sending else word}", STYLES[event.state]),
        Cell(when(event, setup, now), "overdue" if near else soon),
        Cell(event.reason, "muted" if quiet else ""),
        Cell(event.contact, "muted"),
    )


def state_tabs(counts: Mapping[State, int], current: str) -> Iterator[tuple[str, str, str]]:
    """Yield id, key and label of each state that some event is in, and of the current one."""
    yield EVERY, "0", f"All {sum(counts.values()):,}"
    for number, state in enumerate(ORDER, start=1):
        if counts.get(state) or state == current:
            glyph, word = MARKS[state]
            yield state.value, str(number), f"{glyph} {word.capitalize()} {counts.get(state, 0):,}"
