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
from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dealboard.delivery import backoff
from dealboard.domain.outbox import LEASE, LONGEST_WAIT, Attempt, Outcome, Parcel, State, Verdict
from dealboard.errors import Busy
from dealboard.store import outbox
from dealboard.store.driver import Connection
from dealboard.store.reads import outbox as reads

if TYPE_CHECKING:
    from dealboard.config import Config
    from dealboard.workspace import Workspace

Clock = Callable[[], datetime]

HELD_WAIT = timedelta(minutes=5)
"""After which an open app looks again whether what held a row is there; a new round always does."""

SETTLING_TRIES = 3
"""How often writing down what came of a row waits for the lock: losing it means a repetition."""


class Keep(Protocol):
    """`Workspace.keep`, on whatever thread it has to run."""

    def __call__(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run `work(connection, …)` in a write transaction and return what it returns."""


class Channel(Protocol):
    """A way out for one kind of rows.

    `batch` are the rows it is given at most; `patience` the seconds that it takes at most from one
    outcome to the next.
    """

    @property
    def kind(self) -> str:
        """The kind of rows it sends."""

    @property
    def batch(self) -> int:
        """How many rows it is given at a time."""

    @property
    def patience(self) -> float:
        """How many seconds may pass between two outcomes."""

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[Parcel, Outcome], None, None]:
        """Send rows and yield what came of each as soon as it is known.

        It is closed early when the time is up; rows without an outcome must not have been sent.
        """

    def cut(self) -> None:
        """End what is under way, from another thread: the process wants to go."""

    def close(self) -> None:
        """Give back what it holds."""


class Report(NamedTuple):
    """What one round did: rows sent, put off, held, and the sentences of those given up.

    `next_due` is when the next one is worth it; None when nothing waits.
    """

    sent: int = 0
    again: int = 0
    held: int = 0
    failures: tuple[str, ...] = ()
    next_due: datetime | None = None

    @property
    def settled(self) -> int:
        """How many rows it tried."""
        return self.sent + self.again + self.held + len(self.failures)

    @property
    def trouble(self) -> str:
        """What was given up for good, as a sentence for the user; empty when nothing was."""
        if not self.failures:
            return ""
        count, last = len(self.failures), self.failures[-1]
        what = "A webhook was" if count == 1 else f"{count} webhooks were"
        return f"{what} not delivered: {last}"


def flush(
    workspace: "Workspace", config: "Config", channels: Sequence[Channel] | None = None
) -> Report:
    """Deliver everything that is due now, once, and return what came of it.

    Raises what `Workspace.keep` raises.
    """
    if channels is None:
        from dealboard.delivery.channels import make_channels

        channels = make_channels(config)
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

    def flush(self, *, afresh: bool = True) -> Report:
        """Make a round: all that was due when it began. `afresh` looks at every held row too."""
        begun = self._clock()
        report = Report()
        for channel in self._channels:
            everything = afresh
            while not self._over:
                since = self._pulse()
                parcels = self._keep(self._claim, channel, begun, afresh=everything)
                if not parcels:
                    break
                until = since + self._lease.total_seconds() - channel.patience
                report = self._deliver(channel, parcels, until, report)
                everything = False
        kinds = [channel.kind for channel in self._channels]
        next_due = self._keep(reads.next_due, self._clock(), kinds)
        return report._replace(next_due=next_due)

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

    def _claim(
        self, connection: Connection, channel: Channel, begun: datetime, *, afresh: bool
    ) -> tuple[Parcel, ...]:
        now = self._clock()
        due_by = min(begun, now)
        outbox.wake(connection, channel.kind, now=now, due_by=due_by, afresh=afresh)
        return outbox.claim(
            connection,
            channel.kind,
            self._owner,
            now=now,
            due_by=due_by,
            limit=channel.batch,
            lease=self._lease,
        )

    def _deliver(
        self, channel: Channel, parcels: Sequence[Parcel], until: float, report: Report
    ) -> Report:
        """Have rows sent while the lease surely lasts, settle each, and put the others back."""
        left = {parcel.id for parcel in parcels}
        answers = channel.send(parcels)
        try:
            for parcel, outcome in answers:
                left.discard(parcel.id)
                report = _counted(report, self._settle(parcel, outcome))
                if self._over or self._pulse() > until:
                    break
        finally:
            answers.close()
            if left:
                self._keep(outbox.release, left, self._owner)
        return report

    def _settle(self, parcel: Parcel, outcome: Outcome) -> Outcome:
        """Write down what came of a row, and return what that means for it in the end."""
        now = self._clock()
        state, due_at = State.PENDING, None
        match outcome.verdict:
            case Verdict.SENT:
                state = State.SENT
            case Verdict.HELD:
                state, due_at = State.HELD, now + HELD_WAIT
            case Verdict.AGAIN if parcel.tries < backoff.MAX_TRIES:
                due_at = now + backoff.wait(parcel.tries, outcome.wait, self._draw)
            case _:
                state = State.FAILED
                if outcome.verdict is Verdict.AGAIN:
                    said = f"{outcome.said} Given up after {parcel.tries} attempts."
                    outcome = outcome._replace(verdict=Verdict.FAILED, said=said)
        attempt = Attempt(now, outcome.verdict, outcome.said, outcome.status, outcome.reply)
        self._keep_surely(outbox.settle, parcel.id, self._owner, state, attempt, due_at=due_at)
        return outcome

    def _keep_surely(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        for left in reversed(range(SETTLING_TRIES)):
            try:
                self._keep(work, *args, **kwargs)
            except Busy:
                if not left:
                    raise
            else:
                return


def _counted(report: Report, outcome: Outcome) -> Report:
    match outcome.verdict:
        case Verdict.SENT:
            return report._replace(sent=report.sent + 1)
        case Verdict.AGAIN:
            return report._replace(again=report.again + 1)
        case Verdict.HELD:
            return report._replace(held=report.held + 1)
        case Verdict.FAILED:
            return report._replace(failures=(*report.failures, outcome.said))


def seconds_until(due: datetime, now: datetime) -> float:
    """Return how long to sleep until something is due; a clock that jumped delays nothing."""
    return min(max(0.0, (due - now).total_seconds()), 2 * LONGEST_WAIT.total_seconds())
