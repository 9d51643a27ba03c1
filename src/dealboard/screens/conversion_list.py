"""What the list of events for Meta shows, and the one read that fetches it."""

from array import array
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from dealboard.domain import conversion_words as words
from dealboard.domain.conversion_words import Mode
from dealboard.domain.conversions import KIND, Setup, Standing, Told
from dealboard.domain.outbox import Pause, State
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions, outbox, told


class Page(NamedTuple):
    """How events are sent, how many are in each state, and those of one state, the newest first.

    `rows` are the first of them; `going` tells whether some go out right now, or may.
    """

    setup: Setup = Setup()
    counts: Mapping[State, int] = MappingProxyType({})
    standing: Standing = Standing()
    pause: Pause | None = None
    ids: "array[int]" = array("q")
    rows: tuple[Told, ...] = ()
    going: bool = False

    @property
    def mode(self) -> Mode:
        """How events are sent."""
        return words.mode(self.setup)

    @property
    def waiting(self) -> int:
        """How many may go out."""
        return self.counts.get(State.PENDING, 0)


def read_page(connection: Connection, state: State | None, now: datetime, first: int) -> Page:
    """Read what the screen shows, with the first rows of it."""
    ids = told.ordered_ids(connection, () if state is None else (state,))
    next_due = outbox.next_due(connection, now, (KIND,))
    return Page(
        conversions.setup(connection),
        told.counts(connection),
        told.standing(connection, now),
        outbox.pause(connection, KIND),
        ids,
        told.by_ids(connection, ids[:first], now=now),
        going=(next_due is not None and next_due <= now) or outbox.under_way(connection, now, KIND),
    )


def status(page: Page, now: datetime, token: str) -> list[tuple[str, str]]:
    """Return the head of the screen as texts and styles: how events are sent, what runs out when.

    `token` says whether there is one.
    """
    mode = page.mode
    styles = {Mode.LIVE: "$text-success bold", Mode.DRY: "$text-warning bold"}
    parts = [
        (f"{words.MODE_MARKS[mode]} {mode.value}", styles.get(mode, "bold")),
        (f" · {words.MODE_MEANS[mode]}", "$text-muted"),
        (f" · data set {page.setup.dataset}", ""),
        (f" · {token}" if token else "", "$text-muted"),
    ]
    end = words.nearest_end(page.standing, now)
    if end:
        parts.append((f" · {end}", "$text-warning bold" if end.startswith("!") else ""))
    if page.standing.expired:
        parts.append((f" · ! {page.standing.expired:,} expired, a: seen", "$text-error bold"))
    return parts
