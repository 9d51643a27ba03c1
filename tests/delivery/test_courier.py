"""Rows are taken, settled and put back: leases, clocks that jump, users that change their mind."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard import actions
from dealboard.delivery.courier import Answers, Report
from dealboard.delivery.secrets import SecretMissing
from dealboard.delivery.webhooks import Webhooks
from dealboard.domain.outbox import (
    HELD_WAIT,
    LEASE,
    Attempt,
    Closed,
    Outcome,
    Parcel,
    Pause,
    State,
    Verdict,
)
from dealboard.domain.views import Role
from dealboard.errors import Busy, NotPermitted, Refused
from dealboard.store import outbox
from dealboard.store.driver import Connection
from dealboard.store.reads import outbox as reads
from dealboard.store.reads.values import moment_text
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock
from tests.delivery.conftest import Post, put, states

SENT = Outcome(Verdict.SENT, "200")
AGAIN = Outcome(Verdict.AGAIN, "500")


class Script:
    """A channel that has its outcomes from a list, the last of them for ever."""

    kind = "webhook"
    patience = 25.0
    pace = Webhooks.pace

    def __init__(self, clock: Clock, *outcomes: Outcome, batch: int = 3, takes: float = 0) -> None:
        self.batch = batch
        self.outcomes = list(outcomes)
        self.takes = takes
        self.clock = clock
        self.seen: list[int] = []
        self.batches: list[int] = []
        self.closed = False

    def prepare(
        self, connection: Connection, now: datetime, *, due_by: datetime, afresh: bool
    ) -> int:
        outbox.wake(connection, self.kind, now=now, due_by=due_by, afresh=afresh)
        return 0

    def begin(self) -> str:
        return ""

    def send(self, parcels: Sequence[Parcel]) -> Answers:
        self.batches.append(len(parcels))
        for parcel in parcels:
            self.seen.append(parcel.id)
            self.clock.advance(seconds=self.takes)
            left = self.outcomes
            yield (parcel,), left.pop(0) if len(left) > 1 else left[0]

    def cut(self) -> None:
        """Nothing to cut."""

    def close(self) -> None:
        self.closed = True


def test_what_is_due_goes_in_order_and_in_batches(post: Post, clock: Clock) -> None:
    rows = [post.put() for _ in range(7)]
    tomorrow = post.put(due=clock.now + timedelta(minutes=30))
    script = Script(clock, SENT)
    report = post.courier(script).flush()
    assert script.seen == rows
    assert script.batches == [3, 3, 1]
    assert report == Report(sent=7, next_due=clock.now + timedelta(minutes=30))
    assert post.row(tomorrow).state == "pending"
    assert [post.row(row).state for row in rows] == [State.SENT] * 7


def test_held_rows_go_in_a_round_though_time_goes_on(post: Post, clock: Clock) -> None:
    post.put()
    held = Outcome(Verdict.HELD, "no secret", counted=False)
    assert post.courier(Script(clock, held)).flush().held == 1

    def ticking() -> datetime:
        clock.advance(microseconds=1)
        return clock.now

    courier = post.courier(Script(clock, SENT))
    courier._clock = ticking
    assert courier.flush().sent == 1


def test_other_kinds_are_left_alone(post: Post, clock: Clock) -> None:
    step = post.put(kind="step")
    post.courier(Script(clock, SENT)).flush()
    assert post.row(step).state == "pending"
    assert post.next_due() is None


def test_two_couriers_never_hold_the_same_row(post: Post, clock: Clock) -> None:
    rows = [post.put() for _ in range(4)]

    def take(owner: str) -> list[int]:
        parcels = post.workspace.keep(
            outbox.claim, "webhook", owner, now=clock.now, due_by=clock.now, limit=3
        )
        return [parcel.id for parcel in parcels]

    assert (take("a"), take("b"), take("a")) == (rows[:3], rows[3:], [])
    assert post.next_due() == clock.now + LEASE
    assert all(row.sending for row in post.rows())
    clock.advance(seconds=61)
    assert take("b") == rows[:3], "a lease ends by itself"
    assert not post.workspace.keep(
        outbox.settle, rows[:1], "a", State.SENT, Attempt(clock.now, Verdict.SENT, "200")
    ), "who lost a row may not settle it"
    assert post.row(rows[0]).state == "pending"


def test_a_batch_that_takes_too_long_is_put_back_before_its_lease_ends(
    post: Post, clock: Clock
) -> None:
    rows = [post.put() for _ in range(3)]
    script = Script(clock, SENT, takes=20)
    post.courier(script).flush()
    assert script.batches == [3, 1]
    assert script.seen == rows
    assert [row.tries for row in post.rows()] == [1, 1, 1]


def test_a_courier_that_is_told_to_stop_puts_the_rest_back(post: Post, clock: Clock) -> None:
    rows = [post.put() for _ in range(3)]
    script = Script(clock, SENT)
    courier = post.courier(script)

    class Hasty(Script):
        def send(self, parcels: Sequence[Parcel]) -> Answers:
            for pair in super().send(parcels):
                courier.stop()
                yield pair

    courier._channels = [Hasty(clock, SENT)]
    assert courier.flush().sent == 1
    assert states(post.rows()) == dict(zip(rows, ("sent", "pending", "pending"), strict=True))
    assert post.next_due() == clock.now, "nobody holds them"
    assert [row.tries for row in post.rows()] == [0, 0, 1]


def test_a_row_that_never_gets_through_is_given_up_after_days(post: Post, clock: Clock) -> None:
    row_id = post.put()
    courier = post.courier(Script(clock, AGAIN))
    began = clock.now
    while not (report := courier.flush()).failures:
        assert report.next_due is not None
        clock.now = report.next_due
    assert post.row(row_id).tries == Webhooks.pace.tries
    assert timedelta(days=2) < clock.now - began < timedelta(days=4)
    row = post.row(row_id)
    assert row.state == "failed"
    assert "Given up after 150 attempts" in row.reason
    assert len(post.log(row_id)) == outbox.KEPT_ATTEMPTS


@pytest.mark.parametrize("jump", [{"days": 3}, {"days": -3}, {"days": 4_000}, {"days": -20_000}])
def test_a_clock_that_jumps_neither_loses_nor_delays_a_row(
    post: Post, clock: Clock, jump: dict[str, float]
) -> None:
    taken, waiting = post.put(), post.put()
    honest = clock.now
    clock.advance(**jump)
    post.workspace.keep(outbox.claim, "webhook", "killed", now=clock.now, due_by=clock.now, limit=1)
    post.courier(Script(clock, AGAIN)).flush()
    clock.now = honest + timedelta(hours=3)
    script = Script(clock, SENT)
    assert post.next_due() is not None
    assert post.courier(script).flush().sent == 2
    assert sorted(script.seen) == [taken, waiting]


@given(st.lists(st.sampled_from(["send", "fail", "kill", "cancel", "retry", "later"]), max_size=12))
def test_a_row_that_went_out_stays_sent(blank_post: Post, play: list[str]) -> None:
    post, clock = blank_post, blank_post.clock
    row_id = post.put()
    for act in play:
        before = post.row(row_id)
        match act:
            case "send":
                post.courier(Script(clock, SENT)).flush()
            case "fail":
                post.courier(Script(clock, AGAIN, Outcome(Verdict.FAILED, "404"))).flush()
            case "kill":
                post.workspace.keep(
                    outbox.claim, "webhook", "k", now=clock.now, due_by=clock.now, limit=9
                )
            case "later":
                clock.advance(hours=2)
            case verb:
                change = outbox.retry if verb == "retry" else outbox.cancel
                post.workspace.keep(change, [row_id], clock.now)
        after = post.row(row_id)
        if before.state == "sent":
            assert after == before
        if before.state == "cancelled" and act != "retry":
            assert after.state == "cancelled"
        assert (after.settled_at is None) == (after.state in ("pending", "held"))
    post.workspace.keep(lambda c: c.execute("DELETE FROM outbox"))


def test_what_is_cancelled_while_it_is_sent_says_what_became_of_it(
    post: Post, clock: Clock
) -> None:
    sent, failed = post.put(), post.put()

    class Undone(Script):
        def send(self, parcels: Sequence[Parcel]) -> Answers:
            post.workspace.keep(
                lambda c: c.execute(
                    "UPDATE outbox SET state = 'cancelled', settled_at = ?",
                    (moment_text(clock.now),),
                )
            )
            yield from super().send(parcels)

    post.courier(Undone(clock, SENT, AGAIN)).flush()
    assert states(post.rows()) == {sent: "sent", failed: "cancelled"}


def test_undo_cancels_what_has_not_gone_out_and_redo_lets_it_go(post: Post, clock: Clock) -> None:
    def send(tx: Transaction) -> int:
        tx.journal.kept = True
        rows = [put(tx.connection, clock.now) for _ in range(3)]
        tx.connection.execute("UPDATE outbox SET operation_seq = ?", (tx.operation.seq,))
        return rows[0]

    first = post.workspace.run(send).value
    took: dict[str, Any] = {"now": clock.now, "due_by": clock.now, "limit": 1}
    post.workspace.keep(outbox.claim, "webhook", "a", **took)
    arrived = Attempt(clock.now, Verdict.SENT, "200")
    post.workspace.keep(outbox.settle, [first], "a", State.SENT, arrived)
    post.workspace.keep(outbox.claim, "webhook", "a", **took)
    receipt = post.workspace.run(actions.history.undo)
    assert receipt.notes == (
        "1 webhook on the way already, which may arrive all the same.",
        "1 webhook cancelled.",
        "1 webhook sent already: that cannot be taken back.",
    )
    failed = Attempt(clock.now, Verdict.AGAIN, "500")
    post.workspace.keep(outbox.settle, [first + 1], "a", State.PENDING, failed, due_at=clock.now)
    assert list(states(post.rows()).values()) == ["cancelled", "cancelled", "sent"]
    post.workspace.run(actions.history.redo)
    assert list(states(post.rows()).values()) == ["pending", "pending", "sent"]
    assert post.courier(Script(clock, SENT)).flush().sent == 2


def test_a_lock_is_waited_for_before_a_result_is_lost(post: Post, clock: Clock) -> None:
    row_id = post.put()
    refusals = [Busy(15), Busy(15)]
    courier = post.courier(Script(clock, SENT))

    def keep(work, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        if work == courier._write and refusals:
            raise refusals.pop()
        return post.workspace.keep(work, *args, **kwargs)

    courier._keep = keep
    assert courier.flush().sent == 1
    assert post.row(row_id).state == "sent"


# ── what a user does ──────────────────────────────────────────────────────────────────────────


def test_cancel_and_retry(post: Post, clock: Clock) -> None:
    row_id = post.put()
    receipt = post.workspace.run(lambda tx: actions.outbox.cancel(tx, [row_id]))
    assert (receipt.value, receipt.operation) == (1, None), "no entry in the journal"
    assert post.row(row_id).state == "cancelled"
    assert post.courier(Script(clock, SENT)).flush().sent == 0
    post.workspace.run(lambda tx: actions.outbox.retry(tx, [row_id]))
    assert post.courier(Script(clock, Outcome(Verdict.FAILED, "404"))).flush().failures
    uid = post.row(row_id).uid
    post.workspace.run(lambda tx: actions.outbox.retry(tx, [row_id]))
    assert post.courier(Script(clock, SENT)).flush().sent == 1
    assert post.row(row_id).uid == uid
    for verb in (actions.outbox.cancel, actions.outbox.retry):
        with pytest.raises(Refused):
            post.workspace.run(partial(verb, row_ids=[row_id]))


def test_what_is_being_sent_is_too_late_to_cancel(post: Post, clock: Clock) -> None:
    taken, free = post.put(), post.put()
    post.workspace.keep(outbox.claim, "webhook", "a", now=clock.now, due_by=clock.now, limit=1)
    receipt = post.workspace.run(lambda tx: actions.outbox.cancel(tx, [taken, free]))
    assert receipt.notes == ("For 1 delivery it was too late.",)
    assert states(post.rows()) == {taken: "pending", free: "cancelled"}


def test_chat_operators_have_no_say(post: Post, clock: Clock) -> None:
    row_id = post.put()
    post.workspace.run(lambda tx: actions.team.add(tx, "Chat", role=Role.CHAT_OPERATOR))
    theirs = Workspace.open(post.workspace.path, actor="Chat", clock=clock)
    for verb in (actions.outbox.cancel, actions.outbox.retry):
        with pytest.raises(NotPermitted):
            theirs.run(partial(verb, row_ids=[row_id]))
    theirs.close()


def test_the_list_is_filtered_and_paged(post: Post, clock: Clock) -> None:
    rows = [post.put(url=f"https://{name}.test/?key=1") for name in "abcd"]
    post.courier(Script(clock, SENT, SENT, AGAIN)).flush()
    read = post.workspace.read
    newest = read(reads.deliveries, now=clock.now, limit=2)
    assert [row.target for row in newest] == ["d.test", "c.test"]
    older = read(reads.deliveries, now=clock.now, limit=2, before=newest[-1].id)
    assert [row.id for row in older] == rows[1::-1]
    sent = read(reads.deliveries, now=clock.now, states=[State.SENT], kinds=["webhook"], limit=9)
    assert [row.id for row in sent] == rows[1::-1]
    assert read(reads.deliveries, now=clock.now, limit=9, deal_id=1) == ()
    assert read(reads.deliveries, now=clock.now, limit=9, automation_id=1, operation=1) == ()
    assert read(reads.attempts, 999) == ()


# ── what concerns all rows of a kind ──────────────────────────────────────────────────────────


def closing(how: Closed, wait: float | None = None) -> Outcome:
    return Outcome(Verdict.AGAIN, "Not now.", wait=wait, counted=False, closed=how)


def test_where_nobody_answers_one_attempt_is_made_for_all(post: Post, clock: Clock) -> None:
    rows = [post.put() for _ in range(5)]
    script = Script(clock, closing(Closed.BRIEFLY), SENT)
    courier = post.courier(script)
    report = courier.flush()
    assert (script.seen, report.again, report.paused) == (rows[:1], 1, ())
    assert [row.tries for row in post.rows()] == [0] * 5, "it is no attempt"
    assert len({row.due_at for row in post.rows()}) == 1
    assert report.next_due == post.row(rows[0]).due_at
    assert report.next_due is not None
    clock.now = report.next_due
    assert courier.flush().sent == 5


def test_silence_is_borne_longer_each_time_though_no_attempt_is_counted(
    post: Post, clock: Clock
) -> None:
    post.put()
    courier = post.courier(Script(clock, closing(Closed.BRIEFLY)))
    courier._draw = lambda: 1.0
    waits = []
    for _ in range(20):
        due = courier.flush().next_due
        assert due is not None
        waits.append((due - clock.now).total_seconds())
        clock.now = due
    assert waits[:8] == [10] * 8, "most silences are short"
    assert waits[8:12] == [10, 20, 40, 80]
    assert waits[-1] == 3600
    assert len(post.log(1)) == 1, "the same reason is logged once"


def test_what_a_server_asks_for_holds_for_all_and_against_haste(post: Post, clock: Clock) -> None:
    rows = [post.put() for _ in range(5)]
    script = Script(clock, closing(Closed.ASKED, wait=7200), SENT)
    courier = post.courier(script)
    report = courier.flush()
    assert report.trouble == "No webhooks are sent for now: Not now."
    assert report.next_due == clock.now + timedelta(hours=2)
    clock.advance(hours=1)
    post.workspace.keep(outbox.hasten, "webhook", clock.now)
    assert courier.flush().settled == 0
    clock.advance(hours=1)
    assert courier.flush().sent == 5
    assert script.seen == [rows[0], *rows]
    assert post.workspace.read(reads.pause, "webhook") is None


class Guarded(Script):
    """A channel with a credential, which may be missing."""

    credential = "a"

    def begin(self) -> str:
        if not self.credential:
            raise SecretMissing("The token is not set.", "Set it.")
        return self.credential


def test_a_refused_credential_stops_all_until_there_is_another(post: Post, clock: Clock) -> None:
    for _ in range(5):
        post.put()
    guarded = Guarded(clock, closing(Closed.CREDENTIAL), SENT)
    courier = post.courier(guarded)
    assert courier.flush().paused == (("webhook", "Not now."),)
    assert len(guarded.seen) == 1
    clock.advance(days=3)
    report = courier.flush()
    assert (report.settled, report.paused) == (0, ()), "it is told once"
    assert report.next_due is not None
    assert clock.now < report.next_due <= clock.now + HELD_WAIT
    guarded.credential = "b"
    assert courier.flush().sent == 5


def test_a_user_may_end_a_pause(post: Post, clock: Clock) -> None:
    post.put()
    courier = post.courier(Guarded(clock, closing(Closed.CREDENTIAL), SENT))
    courier.flush()
    post.workspace.run(lambda tx: actions.outbox.resume(tx, "webhook"))
    assert courier.flush().sent == 1
    with pytest.raises(Refused, match="paused"):
        post.workspace.run(lambda tx: actions.outbox.resume(tx, "webhook"))


def test_a_missing_credential_is_told_once_and_looked_for_again(post: Post, clock: Clock) -> None:
    post.put()
    guarded = Guarded(clock, SENT)
    guarded.credential = ""
    courier = post.courier(guarded)
    told = "No webhooks are sent for now: The token is not set. Set it."
    assert [courier.flush().trouble for _ in range(2)] == [told, ""]
    assert post.next_due() == clock.now + HELD_WAIT
    guarded.credential = "a"
    assert courier.flush().sent == 1


def test_a_pause_of_a_clock_far_ahead_is_not_believed(clock: Clock) -> None:
    pause = Pause("", clock.now + timedelta(days=90), "a", clock.now + timedelta(days=89))
    assert not pause.holds(clock.now, "a")
    assert pause.next_look(clock.now) == clock.now


def test_what_a_courier_took_to_its_grave_is_in_doubt_for_ever(post: Post, clock: Clock) -> None:
    row_id = post.put()
    post.workspace.keep(outbox.claim, "webhook", "killed", now=clock.now, due_by=clock.now, limit=1)
    clock.advance(minutes=2)
    doubted: list[datetime | None] = []

    class Watching(Script):
        def send(self, parcels: Sequence[Parcel]) -> Answers:
            doubted.extend(parcel.doubted_at for parcel in parcels)
            yield from super().send(parcels)

    courier = post.courier(Watching(clock, AGAIN))
    for _ in range(60):
        due = courier.flush().next_due
        assert due is not None
        clock.now = due
    assert set(doubted) == {MORNING + LEASE}
    assert post.log(row_id)[0].said == outbox.BROKEN_OFF
    assert len(post.log(row_id)) == outbox.KEPT_ATTEMPTS
    post.workspace.run(lambda tx: actions.outbox.retry(tx, [row_id]))
    courier.flush()
    assert doubted[-1] is None, "a user who wants it sent has decided"


def test_undo_says_that_what_is_in_doubt_may_arrive(post: Post, clock: Clock) -> None:
    def send(tx: Transaction) -> None:
        tx.journal.kept = True
        put(tx.connection, clock.now)
        tx.connection.execute("UPDATE outbox SET operation_seq = ?", (tx.operation.seq,))

    post.workspace.run(send)
    post.courier(Script(clock, AGAIN._replace(doubt=True))).flush()
    assert post.workspace.run(actions.history.undo).notes == (
        "1 webhook on the way already, which may arrive all the same.",
    )


def test_a_row_that_a_courier_holds_keeps_no_other_awake(post: Post, clock: Clock) -> None:
    post.live()
    post.put_event(at=clock.now - timedelta(days=7) + timedelta(minutes=15, seconds=30))
    post.workspace.keep(outbox.claim, "meta", "other", now=clock.now, due_by=clock.now, limit=1)
    clock.advance(seconds=40)
    assert post.next_due() == MORNING + LEASE


def test_what_is_broken_off_by_a_user_may_have_arrived(post: Post, clock: Clock) -> None:
    row_id = post.put()

    class Interrupted(Script):
        def send(self, parcels: Sequence[Parcel]) -> Answers:
            self.seen.extend(parcel.id for parcel in parcels)
            raise KeyboardInterrupt
            yield  # it is a generator all the same

    with pytest.raises(KeyboardInterrupt):
        post.courier(Interrupted(clock, SENT)).flush()
    assert post.row(row_id).sending
    clock.advance(minutes=2)
    assert post.courier(Script(clock, AGAIN)).flush().again == 1
    assert [attempt.doubt for attempt in post.log(row_id)] == [True, False]
