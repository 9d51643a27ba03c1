"""The courier: takes rows of the outbox, has a channel send them, and writes down what came of it.

Taking and settling are transactions of their own and nothing is sent inside one. A row is taken
for the time of a lease by one courier among all processes, so that none is sent twice by design;
what is repeated, because a reply was lost or a process was killed, has the same event id and the
same body. Synchronous, and knows no thread: `keep` is `Workspace.keep`, or takes it to the writer
thread. Knows no channel of its own either: see `channels`.
"""

import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dealboard.delivery.backoff import Pace
from dealboard.delivery.secrets import SecretMissing
from dealboard.domain.outbox import (
    HELD_WAIT,
    LEASE,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    NOUNS,
    Attempt,
    Closed,
    Outcome,
    Parcel,
    Pause,
    State,
    Verdict,
)
from dealboard.errors import Busy
from dealboard.store import outbox
from dealboard.store.driver import Connection
from dealboard.store.reads import outbox as reads

if TYPE_CHECKING:
    from dealboard.workspace import Workspace

Clock = Callable[[], datetime]
Answers = Generator[tuple[Sequence[Parcel], Outcome], None, None]
"""What came of rows, of several at a time where they went together."""

PAUSING = (Closed.ASKED, Closed.CREDENTIAL)

NO_CREDENTIAL = ""
"""The fingerprint of a credential that is missing."""

SHORT_SILENCES = 8
"""How often nobody answers before the waiting grows: a tunnel, or a router that starts anew."""

SETTLING_TRIES = 3
"""How often writing down what came of a row waits for the lock: losing it means a repetition."""


class Keep(Protocol):
    """`Workspace.keep`, on whatever thread it has to run."""

    def __call__(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run `work(connection, …)` in a write transaction and return what it returns."""


class Channel(Protocol):
    """A way out for one kind of rows.

    `batch` are the rows it is given at most; `patience` the seconds that it takes at most from one
    answer to the next.
    """

    @property
    def kind(self) -> str:
        """The kind of rows it sends."""

    @property
    def batch(self) -> int:
        """How many rows it is given at a time."""

    @property
    def patience(self) -> float:
        """How many seconds may pass between two answers."""

    @property
    def pace(self) -> Pace:
        """How it tries again."""

    def prepare(
        self, connection: Connection, now: datetime, *, due_by: datetime, afresh: bool
    ) -> int:
        """Prepare its rows for a round, in a transaction; return how many are too old to be sent.

        `afresh`: look at what is held, too.
        """

    def begin(self) -> str:
        """Look up what a round needs, outside any transaction; return the credential's fingerprint.

        Raises SecretMissing where it can send nothing without.
        """

    def send(self, parcels: Sequence[Parcel]) -> Answers:
        """Send rows and yield what came of each as soon as it is known, or of none: a sign of life.

        It is closed early when the time is up; rows without an outcome must not have arrived.
        """

    def cut(self) -> None:
        """End what is under way, from another thread: the process wants to go."""

    def close(self) -> None:
        """Give back what it holds."""


class Report(NamedTuple):
    """What one round did: rows sent, put off, held, too old, in doubt, and those given up.

    A failure is a kind of row and a sentence; so is what is paused since this round. `next_due` is
    when the next one is worth it; None when nothing waits.
    """

    sent: int = 0
    again: int = 0
    held: int = 0
    expired: int = 0
    unknown: int = 0
    failures: tuple[tuple[str, str], ...] = ()
    paused: tuple[tuple[str, str], ...] = ()
    next_due: datetime | None = None

    @property
    def settled(self) -> int:
        """How many rows it tried."""
        tried = self.sent + self.again + self.held + self.expired + self.unknown
        return tried + len(self.failures)

    @property
    def trouble(self) -> str:
        """What a user has to know, in sentences; empty when there is nothing."""
        given_up = Counter(kind for kind, _ in self.failures)
        last = dict(self.failures)
        return " ".join(
            [
                *(
                    f"{_were(count, kind)} not delivered: {last[kind]}"
                    for kind, count in given_up.items()
                ),
                *(f"No {NOUNS[kind][1]} are sent for now: {why}" for kind, why in self.paused),
            ]
        )


def _were(count: int, kind: str) -> str:
    return f"{count:,} {NOUNS[kind][count > 1]} {'was' if count == 1 else 'were'}"


def flush(workspace: "Workspace", channels: Sequence[Channel], *, hurry: bool = False) -> Report:
    """Deliver everything that is due now, once, and return what came of it.

    In a `hurry` everything is due; what a server asked for is waited for all the same. Raises what
    `Workspace.keep` raises.
    """
    if hurry:
        for channel in channels:
            workspace.keep(outbox.hasten, channel.kind, workspace.now)
    courier = Courier(workspace.keep, lambda: workspace.now, channels)
    try:
        return courier.flush()
    finally:
        courier.close()


class Courier:
    """One courier among those of all processes. `flush` belongs to one thread, `stop` to any."""

    def __init__(
        self,
        keep: Keep,
        clock: Clock,
        channels: Sequence[Channel],
        *,
        lease: timedelta = LEASE,
        draw: Callable[[], float] = random.random,
        pulse: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep = keep
        self._clock = clock
        self._channels = channels
        self._lease = lease
        self._draw = draw
        self._pulse = pulse
        self._owner = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._over = False
        self._silences: Counter[str] = Counter()

    def flush(self, *, afresh: bool = True) -> Report:
        """Make a round: all that was due when it began. `afresh` looks at every held row too."""
        report = Report()
        for channel in self._channels:
            report = self._round(channel, report, afresh=afresh)
        kinds = [channel.kind for channel in self._channels]
        return report._replace(next_due=self._keep(reads.next_due, self._clock(), kinds))

    def _round(self, channel: Channel, report: Report, *, afresh: bool) -> Report:
        begun = self._clock()
        too_old, waits = self._keep(self._prepare, channel, begun, afresh=afresh)
        report = report._replace(expired=report.expired + too_old)
        if not waits:
            return report
        try:
            trip = _Trip(channel, begun, channel.begin())
        except SecretMissing as error:
            return self._do_without(channel, error.whole, report)
        while not self._over:
            since = self._pulse()
            parcels = self._keep(self._claim, trip)
            if not parcels:
                break
            until = since + self._lease.total_seconds() - channel.patience
            report = self._deliver(trip, parcels, until, report)
        return report

    def _prepare(
        self, connection: Connection, channel: Channel, begun: datetime, *, afresh: bool
    ) -> tuple[int, bool]:
        """Return how many rows are too old, and whether others may go if nothing is paused."""
        now = self._clock()
        due_by = min(begun, now)
        too_old = channel.prepare(connection, now, due_by=due_by, afresh=afresh)
        due = reads.next_of(connection, now, channel.kind)
        return too_old, due is not None and due <= now

    def _do_without(self, channel: Channel, missing: str, report: Report) -> Report:
        """Pause a channel until its credential is there; it is told once."""
        pause = Pause(missing, None, NO_CREDENTIAL, self._clock())
        if not self._keep(_pause_unless_paused, channel.kind, pause):
            return report
        return report._replace(paused=(*report.paused, (channel.kind, missing)))

    def stop(self) -> None:
        """Let the round end after the row that is under way."""
        self._over = True

    def cut(self) -> None:
        """End the row that is under way; it will be tried again."""
        for channel in self._channels:
            channel.cut()

    def close(self) -> None:
        """Give back what the channels hold."""
        for channel in self._channels:
            channel.close()

    def _claim(self, connection: Connection, trip: "_Trip") -> tuple[Parcel, ...]:
        """Take rows, none while a pause holds; one that is over ends here."""
        now, kind = self._clock(), trip.channel.kind
        paused = reads.pause(connection, kind)
        if paused is not None:
            if paused.holds(now, trip.credential):
                return ()
            outbox.resume(connection, kind)
        return outbox.claim(
            connection,
            kind,
            self._owner,
            now=now,
            due_by=min(trip.begun, now),
            limit=trip.channel.batch,
            lease=self._lease,
        )

    def _deliver(
        self, trip: "_Trip", parcels: Sequence[Parcel], until: float, report: Report
    ) -> Report:
        """Have rows sent while the lease surely lasts, settle each, and put the others back.

        What is broken off from outside, by Ctrl+C, may have arrived: it stays taken until its lease
        ends, and is in doubt then.
        """
        left = {parcel.id for parcel in parcels}
        answers = trip.channel.send(parcels)
        try:
            for some, answer in answers:
                left.difference_update(parcel.id for parcel in some)
                if some:
                    outcome = self._settle(trip, some, answer)
                    report = _counted(report, trip.channel.kind, len(some), outcome)
                if self._over or answer.closed or self._pulse() > until:
                    break
        finally:
            answers.close()
        if left:
            self._keep(outbox.release, left, self._owner)
        return report

    def _settle(self, trip: "_Trip", some: Sequence[Parcel], outcome: Outcome) -> Outcome:
        """Write down what came of rows, and return what that means for them in the end."""
        kind, pace = trip.channel.kind, trip.channel.pace
        silences = self._silences[kind] + 1 if outcome.closed is Closed.BRIEFLY else 0
        self._silences[kind] = silences
        tries = max(silences - SHORT_SILENCES, *(parcel.tries for parcel in some))
        if outcome.verdict is Verdict.AGAIN and pace.tries is not None and tries >= pace.tries:
            said = f"{outcome.said} Given up after {tries} attempts."
            outcome = outcome._replace(verdict=Verdict.FAILED, said=said)
        wait = pace.wait(tries, outcome.wait, self._draw)
        self._keep_surely(self._write, trip, some, outcome, self._clock(), wait)
        return outcome

    def _write(
        self,
        connection: Connection,
        trip: "_Trip",
        some: Sequence[Parcel],
        outcome: Outcome,
        now: datetime,
        wait: timedelta,
    ) -> None:
        kind, closed = trip.channel.kind, outcome.closed
        outbox.settle(
            connection,
            [parcel.id for parcel in some],
            self._owner,
            State.PENDING if outcome.verdict is Verdict.AGAIN else State(outcome.verdict),
            Attempt(now, *outcome[:4], outcome.doubt),
            due_at=_due(outcome, now, wait),
            counted=outcome.counted,
        )
        match closed:
            case Closed.BRIEFLY:
                outbox.postpone(connection, kind, now + wait)
            case Closed.ASKED:
                asked = min(timedelta(seconds=outcome.wait or 0), LONGEST_PAUSE)
                until = now + max(wait, asked)
                outbox.pause(connection, kind, Pause(outcome.said, until, trip.credential, now))
            case Closed.CREDENTIAL:
                outbox.pause(connection, kind, Pause(outcome.said, None, trip.credential, now))

    def _keep_surely(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        for left in reversed(range(SETTLING_TRIES)):
            try:
                self._keep(work, *args, **kwargs)
            except Busy:
                if not left:
                    raise
            else:
                return


class _Trip(NamedTuple):
    """One channel's part of a round, begun at a moment and with a credential's fingerprint."""

    channel: Channel
    begun: datetime
    credential: str


def _due(outcome: Outcome, now: datetime, wait: timedelta) -> datetime | None:
    """Return when a row is to be looked at again; what a pause keeps goes when that is over."""
    if outcome.verdict is Verdict.HELD:
        return now + HELD_WAIT
    if outcome.verdict is not Verdict.AGAIN:
        return None
    return now if outcome.closed in PAUSING else now + wait


def _pause_unless_paused(connection: Connection, kind: str, pause: Pause) -> bool:
    held = reads.pause(connection, kind)
    if held is not None and held.holds(pause.at, pause.credential):
        return False
    outbox.pause(connection, kind, pause)
    return True


def _counted(report: Report, kind: str, count: int, outcome: Outcome) -> Report:
    said = ((kind, outcome.said),)
    if outcome.closed in PAUSING:
        report = report._replace(paused=report.paused + said)
    match outcome.verdict:
        case Verdict.SENT:
            return report._replace(sent=report.sent + count)
        case Verdict.AGAIN:
            return report._replace(again=report.again + count)
        case Verdict.HELD:
            return report._replace(held=report.held + count)
        case Verdict.EXPIRED:
            return report._replace(expired=report.expired + count)
        case Verdict.UNKNOWN:
            return report._replace(unknown=report.unknown + count)
        case Verdict.FAILED:
            return report._replace(failures=report.failures + said * count)


def seconds_until(due: datetime, now: datetime) -> float:
    """Return how long to sleep until something is due; a clock that jumped delays nothing."""
    return min(max(0.0, (due - now).total_seconds()), 2 * LONGEST_WAIT.total_seconds())
