"""The channel of events for Meta: rows in, batches out, what came of each row back.

A row's payload is frozen JSON (`domain.conversions`); what it says goes out with the same id and
the same bytes on every attempt. Meta drops a repetition that comes within two days of the first, so
an attempt whose answer is lost is made again as long as that surely holds. After it a purchase is
`unknown`: counted twice it would be worse than missing, and whoever knows the deal can decide.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dealboard.conversions import check
from dealboard.delivery.backoff import Pace
from dealboard.delivery.exchange import Unanswered
from dealboard.delivery.meta import answers, batches, graph
from dealboard.delivery.meta.answers import Answer, Meaning
from dealboard.delivery.meta.batches import Event
from dealboard.delivery.secrets import META_TOKEN, Secrets
from dealboard.domain import conversions as rules
from dealboard.domain.outbox import Closed, Outcome, Parcel, Verdict
from dealboard.errors import InvalidValue
from dealboard.store import outbox

if TYPE_CHECKING:
    from dealboard.delivery.courier import Answers
    from dealboard.delivery.secrets import Secret
    from dealboard.store.driver import Connection

TOLD_APART = timedelta(hours=47)
"""How long after its first attempt Meta surely knows a repetition by its id: 48 hours, and some."""

STRIKES = 2
"""Answers in a row that say nothing about the events, after which nobody else is asked."""

LOST = "Meta may have counted this purchase, and no longer knows a repetition: no answer came."
LOST_IN_THREAD = "Meta may have counted this purchase, and would count a repetition again."

_SIGN_OF_LIFE = Outcome(Verdict.AGAIN, "")


class Meta:
    """The channel of events for Meta. One request at a time; `cut` is for other threads."""

    kind = rules.KIND
    batch = batches.MOST
    pace = Pace(30.0)
    """Tried again until it is too old: Meta takes nothing that is older than seven days."""

    def __init__(
        self,
        client: graph.Graph,
        secrets: Secrets,
        clock: Callable[[], datetime],
        *,
        seconds: float = graph.SECONDS,
    ) -> None:
        self.patience = seconds + 5.0
        self._client = client
        self._secrets = secrets
        self._clock = clock
        self._token: Secret | None = None
        self._most = batches.MOST
        self._strikes = 0

    def prepare(
        self,
        connection: "Connection",
        now: datetime,
        *,
        due_by: datetime,  # noqa: ARG002
        afresh: bool,  # noqa: ARG002
    ) -> int:
        """Let what is too old expire; what is held waits for data that the write path sees come."""
        return outbox.expire(connection, self.kind, now - rules.WINDOW, now)

    def begin(self) -> str:
        """Look the token up. Raises SecretMissing."""
        self._secrets.forget()
        self._token = self._secrets.find(META_TOKEN)
        self._token.check_header()
        self._strikes = 0
        return self._token.fingerprint

    def send(self, parcels: Sequence[Parcel]) -> "Answers":
        """Send rows in batches; one that is refused for a bad event is halved until it is alone."""
        good: list[Event] = []
        for parcel in parcels:
            try:
                event = batches.read(parcel)
            except InvalidValue as error:
                yield (parcel,), Outcome(Verdict.FAILED, f"The event: {error.reason}.")
                continue
            kept_back = self._kept_back(event)
            if kept_back is None:
                good.append(event)
            else:
                yield (parcel,), kept_back
        left = [*batches.batches(good, self._most)][::-1]
        while left:
            batch = left.pop()
            answer = self._asked(batch)
            if isinstance(answer, Answer) and answer.meaning is Meaning.BAD and len(batch) > 1:
                self._most = max(1, len(batch) // 2)
                left.extend(reversed(batches.halves(batch)))
                yield (), _SIGN_OF_LIFE
            else:
                yield from self._outcomes(batch, answer)

    def cut(self) -> None:
        """End the request that is under way."""
        self._client.cut()

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _kept_back(self, event: Event) -> Outcome | None:
        """Return why an event is not sent now, or not any more; None where it is."""
        now, doubted_at = self._clock(), event.parcel.doubted_at
        if now >= rules.expires_at(event.at):
            if doubted_at is None:
                return Outcome(Verdict.EXPIRED, outbox.TOO_OLD, counted=False)
            return Outcome(Verdict.UNKNOWN, outbox.TOO_OLD_TO_ASK, counted=False)
        if event.at > now:
            seconds = (event.at - now).total_seconds()
            said = "Its moment is in the future: was the clock wrong?"
            return Outcome(Verdict.AGAIN, said, wait=seconds, counted=False)
        if doubted_at is not None and event.is_purchase:
            if not event.is_told_apart:
                return Outcome(Verdict.UNKNOWN, LOST_IN_THREAD, counted=False)
            if now - doubted_at >= TOLD_APART:
                return Outcome(Verdict.UNKNOWN, LOST, counted=False)
        problems = check.problems(rules.parse(event.parcel.payload), now)
        return Outcome(Verdict.FAILED, " ".join(problems), counted=False) if problems else None

    def _asked(self, batch: Sequence[Event]) -> Answer | Unanswered:
        assert self._token is not None  # noqa: S101 -- a round begins with `begin`
        try:
            reply = self._client.post(batch, self._token)
        except Unanswered as error:
            return error
        shown = reply._replace(text=self._token.struck_out(reply.text))
        return answers.read(shown, len(batch), self._clock())

    def _outcomes(self, batch: Sequence[Event], answer: Answer | Unanswered) -> "Answers":
        """Yield what an answer means for the events of a batch that is not taken apart."""
        outcome = self._outcome(len(batch), answer)
        lost = [event for event in batch if _must_not_repeat(event)] if outcome.doubt else []
        if lost:
            unknown = Outcome(
                Verdict.UNKNOWN, f"{outcome.said} {LOST_IN_THREAD}", outcome.status, outcome.reply
            )
            yield _parcels(lost), unknown
        yield _parcels(event for event in batch if event not in lost), outcome

    def _outcome(self, size: int, answer: Answer | Unanswered) -> Outcome:
        if isinstance(answer, Unanswered):
            return self._later(
                size,
                Outcome(Verdict.AGAIN, answer.said, counted=answer.arrived, doubt=answer.arrived),
                silent=answer.silent,
            )
        _, said, status, title, wait, doubt = answer
        outcome = Outcome(Verdict.AGAIN, said, status, title, wait, doubt=doubt)
        match answer.meaning:
            case Meaning.LATER:
                return self._later(size, outcome)
            case Meaning.THROTTLED | Meaning.BLOCKED:
                return outcome._replace(closed=Closed.ASKED)
            case Meaning.REFUSED:
                return outcome._replace(counted=False, closed=Closed.CREDENTIAL)
            case Meaning.BAD:
                return outcome._replace(verdict=Verdict.FAILED)
        self._strikes = 0
        self._most = min(batches.MOST, 2 * self._most)
        return outcome._replace(verdict=Verdict.SENT)

    def _later(self, size: int, outcome: Outcome, *, silent: bool = False) -> Outcome:
        """Try smaller batches next, in case it is one event that the server breaks at."""
        self._strikes += 1
        self._most = max(1, size // 2)
        closed = silent or self._strikes >= STRIKES
        return outcome._replace(closed=Closed.BRIEFLY if closed else Closed.NO)


def _must_not_repeat(event: Event) -> bool:
    return event.is_purchase and not event.is_told_apart


def _parcels(events: Sequence[Event] | Iterator[Event]) -> tuple[Parcel, ...]:
    return tuple(event.parcel for event in events)
