"""Events for Meta against a strict endpoint: batches, every row of the table of errors, doubt."""

import json
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from dealboard import actions
from dealboard.delivery.meta import batches
from dealboard.delivery.meta.channel import LOST, LOST_IN_THREAD
from dealboard.domain.conversions import WINDOW
from dealboard.domain.outbox import HELD_WAIT, Verdict
from dealboard.errors import Refused
from dealboard.store import outbox
from dealboard.store.reads import outbox as reads
from tests.conftest import Clock
from tests.delivery.conftest import Post, states
from tests.delivery.graph import TOKEN, Graph, Said, drop, error

Behaviour = Callable[[BaseHTTPRequestHandler, list[dict[str, Any]]], Said | None]


@pytest.fixture
def post(post: Post) -> Post:
    post.live()
    return post


def taking(events: list[dict[str, Any]]) -> Said:
    return Graph.success(len(events))._replace(taken=True)


# ── what goes out, and how ────────────────────────────────────────────────────────────────────


def test_events_go_together_byte_for_byte_and_the_token_in_a_header_only(
    post: Post, graph: Graph
) -> None:
    rows = [post.put_event(name=name) for name in ("Lead", "ViewContent", "Purchase")]
    report = post.courier(post.meta(graph)).flush()
    assert (report.sent, report.next_due, graph.requests) == (3, None, 1)
    assert (graph.test_codes, graph.versions) == ({None}, {"v26.0"})
    for row_id in rows:
        row = post.row(row_id)
        assert (row.state, row.tries, row.settled_at) == ("sent", 1, post.clock.now)
        assert graph.accepted[row.uid] == 1
        assert "für  Söhne".encode() in graph.events[row.uid]
        assert post.log(row_id)[0].said == "Meta took it. Trace AgoodTrace."


def test_a_test_code_goes_beside_the_events(post: Post, graph: Graph) -> None:
    post.put_event()
    post.courier(post.meta(graph, test_code="TEST123")).flush()
    assert graph.test_codes == {"TEST123"}


def test_batches_are_of_one_data_set_and_one_source_the_oldest_first(
    post: Post, graph: Graph, clock: Clock
) -> None:
    made = []
    for number in range(120):
        source = "chat" if number % 3 else "system_generated"
        at = clock.now - timedelta(minutes=200 - number)
        dataset = "1234567890" if number % 2 else "98765"
        made.append(post.put_event(at=at, source=source, dataset=dataset))
    post.courier(post.meta(graph)).flush()
    assert len(graph.accepted) == 120
    order = {row.uid: row.created_at for row in post.rows()}
    for batch in graph.batches:
        assert len(batch) <= batches.MOST
        assert batch == sorted(batch, key=lambda uid: order[uid])
    assert len(graph.batches) == 8, "two claims of four groups each"


def test_without_being_live_nothing_is_claimed_and_no_socket_opened(
    post: Post, graph: Graph
) -> None:
    row_id = post.put_event()
    for verb in (
        actions.conversions.disable,
        lambda tx: actions.conversions.enable(tx, "1234567890"),
    ):
        post.workspace.run(verb)
        assert post.next_due() is None
        assert post.courier(post.meta(graph)).flush().settled == 0
        assert (graph.requests, post.row(row_id).tries) == (0, 0)
    post.workspace.run(actions.conversions.go_live)
    assert post.courier(post.meta(graph)).flush().sent == 1


def test_the_grace_is_waited_for_unless_somebody_is_in_a_hurry(
    post: Post, graph: Graph, clock: Clock
) -> None:
    due = clock.now + timedelta(minutes=10)
    post.put_event(due=due)
    courier = post.courier(post.meta(graph))
    assert courier.flush() == courier.flush()._replace(next_due=due)
    post.workspace.keep(outbox.hasten, "meta", clock.now)
    assert courier.flush().sent == 1


def test_what_the_check_finds_is_not_sent(post: Post, graph: Graph) -> None:
    row_id = post.put_event(name="Purchase")
    post.workspace.keep(
        lambda c: c.execute("UPDATE outbox SET payload = replace(payload, '1200.50', 'null')")
    )
    erased = post.put_event(text="")
    good = post.put_event()
    report = post.courier(post.meta(graph)).flush()
    assert (report.sent, len(report.failures), graph.requests) == (1, 2, 1)
    assert states(post.rows()) == {row_id: "failed", erased: "failed", good: "sent"}
    assert "value and currency go together" in post.row(row_id).reason.lower()


# ── errors, row by row ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        error(1, status=500),
        error(2, status=503),
        error(1, status=400),
        error(100, 2804019, is_transient=True),
        Said(500, b"<html>"),
        Said(502, b""),
        Said(200, b"<html>Welcome to Hotel Wifi</html>"),
        Said(200, b""),
        Said(200, b'{"ok":true}'),
        Said(200, b'{"events_received":2,"mes'),
        Said(200, b'{"events_received":1,"messages":[]}'),
        Said(302, b"", {"Location": "https://portal.example/login"}),
        drop,
    ],
    ids=lambda said: "dropped" if said is drop else f"{said.status} {said.body[:24]!r}",
)
def test_what_is_no_answer_of_metas_is_tried_again_with_the_same_bytes(
    post: Post, graph: Graph, clock: Clock, said: Any
) -> None:
    rows = [post.put_event() for _ in range(2)]
    graph.answers = [said]
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert (report.sent, report.again) == (0, 2)
    row = post.row(rows[0])
    assert (row.state, row.tries) == ("pending", 1)
    assert row.reason
    assert report.next_due is not None
    assert clock.now < report.next_due <= clock.now + timedelta(seconds=30)
    clock.advance(seconds=30)
    assert courier.flush().sent == 2
    assert set(graph.accepted.values()) == {1}


def test_an_attempt_that_never_left_is_none(post: Post, graph: Graph, clock: Clock) -> None:
    """Nobody listens, or there is no network: what is waited grows, and no attempt is counted."""
    row_id = post.put_event()
    with Graph() as gone:
        meta = post.meta(gone)
    courier = post.courier(meta)
    for _ in range(5):
        report = courier.flush()
        assert report.again == 1
        assert report.next_due is not None
        clock.now = report.next_due
    assert post.row(row_id).tries == 0
    assert "cannot be reached" in post.row(row_id).reason
    assert len(post.log(row_id)) == 1
    assert post.courier(post.meta(graph)).flush().sent == 1


def test_a_throttled_queue_waits_as_long_as_the_server_says(
    post: Post, graph: Graph, clock: Clock
) -> None:
    usage = json.dumps({"1": [{"estimated_time_to_regain_access": 90}]})
    for _ in range(3):
        post.put_event()
    limited = error(80004, status=403, headers={"X-Business-Use-Case-Usage": usage})
    graph.answers = [limited]
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert report.next_due == clock.now + timedelta(minutes=90)
    assert "Meta wants fewer requests (error 80004, trace AtraceXyz)" in report.trouble
    clock.advance(minutes=89)
    post.put_event()
    post.workspace.keep(outbox.hasten, "meta", clock.now)
    assert courier.flush().settled == 0
    clock.advance(minutes=1)
    assert courier.flush().sent == 4
    assert graph.requests == 2


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80000, 80003, 80014])
def test_every_limit_stops_the_queue(post: Post, graph: Graph, code: int) -> None:
    post.put_event()
    post.put_event(dataset="98765")
    graph.answers = [error(code, headers={"Retry-After": "7"})]
    report = post.courier(post.meta(graph)).flush()
    assert (report.again, graph.requests) == (1, 1)
    assert post.workspace.read(reads.pause, "meta") is not None


def test_a_block_for_policy_holds_for_a_day(post: Post, graph: Graph, clock: Clock) -> None:
    post.put_event()
    graph.answers = [error(368)]
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert "blocked this for its policies" in report.trouble
    assert report.next_due == clock.now + timedelta(hours=24)
    clock.advance(hours=24)
    assert courier.flush().sent == 1


def test_a_dead_token_stops_the_queue_until_there_is_another(
    post: Post, graph: Graph, clock: Clock
) -> None:
    for _ in range(3):
        post.put_event()
    post.put_event(dataset="98765")
    graph.tokens = {"EAAanotherOne1"}
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert "does not accept the token" in report.trouble
    assert (graph.requests, [row.tries for row in post.rows()]) == (1, [0] * 4)
    clock.advance(days=2)
    assert courier.flush().settled == 0
    due = post.next_due()
    assert due is not None
    assert clock.now < due <= clock.now + HELD_WAIT
    post.environ["DEALBOARD_META_TOKEN"] = "EAAanotherOne1"
    assert courier.flush().sent == 4
    assert set(graph.accepted.values()) == {1}
    assert post.workspace.read(reads.pause, "meta") is None


@pytest.mark.parametrize(
    ("code", "subcode"),
    [(102, 0), (104, 0), (10, 0), (3, 0), (200, 0), (294, 0), (803, 0), (100, 33), (2635, 0)],
)
def test_what_a_person_has_to_mend_stops_the_queue_until_somebody_says_go(
    post: Post, graph: Graph, code: int, subcode: int
) -> None:
    post.put_event()
    graph.answers = [error(code, subcode)]
    courier = post.courier(post.meta(graph))
    assert len(courier.flush().paused) == 1
    assert courier.flush().settled == 0
    post.workspace.run(lambda tx: actions.outbox.resume(tx, "meta"))
    assert courier.flush().sent == 1


def test_without_a_token_nothing_is_tried_and_it_is_said_where_one_goes(
    post: Post, graph: Graph
) -> None:
    post.put_event()
    del post.environ["DEALBOARD_META_TOKEN"]
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert "DEALBOARD_META_TOKEN" in report.trouble
    assert "secrets/meta-token" in report.trouble
    assert graph.requests == 0
    post.folder.mkdir()
    file = post.folder / "meta-token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    assert courier.flush().sent == 1


@pytest.mark.parametrize("place", [0, 1, 49, 50, 98, 99])
def test_one_poisoned_event_of_a_hundred_is_found_and_the_others_go(
    post: Post, graph: Graph, place: int
) -> None:
    rows = [post.put_event() for _ in range(100)]
    bad = post.row(rows[place])
    graph.poisoned = {bad.uid: error(100, 2804050)}
    report = post.courier(post.meta(graph)).flush()
    assert (report.sent, len(report.failures)) == (99, 1)
    assert graph.requests <= 2 * 7 + 1
    assert bad.uid not in graph.accepted
    assert set(graph.accepted.values()) == {1}
    failed = post.row(bad.id)
    assert failed.state == "failed"
    assert "error 100/2804050, trace AtraceXyz" in failed.reason
    attempt = post.log(bad.id)[-1]
    assert (attempt.verdict, attempt.status) == (Verdict.FAILED, 400)
    assert attempt.reply.startswith("Il valore è␛[31m sbagliato")


def test_several_poisoned_events_are_each_found(post: Post, graph: Graph) -> None:
    rows = [post.put_event() for _ in range(60)]
    bad = {post.row(row_id).uid for row_id in rows[::7]}
    graph.poisoned = dict.fromkeys(bad, error(100))
    report = post.courier(post.meta(graph)).flush()
    assert (report.sent, len(report.failures)) == (60 - len(bad), len(bad))


def test_a_slow_search_for_the_poison_goes_on_where_it_was(
    post: Post, graph: Graph, clock: Clock
) -> None:
    rows = [post.put_event() for _ in range(100)]
    graph.poisoned = {post.row(rows[37]).uid: error(100, 2804009)}

    def slowly(_handler: BaseHTTPRequestHandler, events: list[dict[str, Any]]) -> Said:
        clock.advance(seconds=20)
        if any(event["event_id"] in graph.poisoned for event in events):
            return error(100, 2804009)
        return taking(events)

    graph.always = slowly
    report = post.courier(post.meta(graph, seconds=30)).flush()
    assert (report.sent, len(report.failures)) == (99, 1)
    assert set(graph.accepted.values()) == {1}


def test_an_event_that_breaks_the_server_keeps_no_other_from_going(
    post: Post, graph: Graph, clock: Clock
) -> None:
    rows = [post.put_event() for _ in range(40)]
    graph.poisoned = {post.row(rows[17]).uid: error(1, status=500)}
    courier = post.courier(post.meta(graph))
    for _ in range(20):
        due = courier.flush().next_due
        assert due is not None
        clock.now = due
    assert len(graph.accepted) == 39
    assert post.row(rows[17]).state == "pending"


# ── age ───────────────────────────────────────────────────────────────────────────────────────


def test_an_event_of_eight_days_is_kept_and_said_and_never_sent(
    post: Post, graph: Graph, clock: Clock
) -> None:
    old = post.put_event(at=clock.now - timedelta(days=8))
    held = post.put_event(at=clock.now - timedelta(days=8), state="held")
    fresh = post.put_event(at=clock.now - WINDOW + timedelta(seconds=1))
    report = post.courier(post.meta(graph)).flush()
    assert (report.sent, report.expired) == (1, 2)
    assert states(post.rows()) == {old: "expired", held: "expired", fresh: "sent"}
    assert "seven days" in post.row(old).reason
    with pytest.raises(Refused, match="too old"):
        post.workspace.run(lambda tx: actions.outbox.retry(tx, [old]))


def test_what_gets_too_old_while_it_waits_for_its_turn_is_not_sent(
    post: Post, graph: Graph, clock: Clock
) -> None:
    first = post.put_event(at=clock.now - WINDOW + timedelta(seconds=5), dataset="11111")
    later = post.put_event(at=clock.now - WINDOW + timedelta(seconds=9), dataset="22222")
    channel = post.meta(graph)
    answers = channel.prepare, channel.begin

    def begin() -> str:
        clock.advance(seconds=5)
        return answers[1]()

    channel.begin = begin  # type: ignore[method-assign]
    report = post.courier(channel).flush()
    assert (report.sent, report.expired) == (1, 1)
    assert states(post.rows()) == {first: "expired", later: "sent"}


def test_an_idle_app_is_woken_for_what_expires(post: Post, clock: Clock) -> None:
    post.put_event(state="held")
    assert post.next_due() == clock.now + WINDOW


def test_a_clock_that_jumped_ahead_costs_nothing_for_good(
    post: Post, graph: Graph, clock: Clock
) -> None:
    row_id = post.put_event()
    honest = clock.now
    clock.advance(days=10)
    post.courier(post.meta(graph)).flush()
    clock.now = honest
    assert post.row(row_id).state == "expired"
    post.workspace.run(lambda tx: actions.outbox.retry(tx, [row_id]))
    assert post.courier(post.meta(graph)).flush().sent == 1


def test_an_event_of_the_future_waits_for_its_moment(
    post: Post, graph: Graph, clock: Clock
) -> None:
    post.put_event(at=clock.now + timedelta(minutes=8))
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert (report.again, graph.requests) == (1, 0)
    assert report.next_due == clock.now + timedelta(minutes=8)
    clock.now = report.next_due
    assert courier.flush().sent == 1


# ── doubt ─────────────────────────────────────────────────────────────────────────────────────


def test_a_reset_after_the_commit_is_sent_again_with_the_same_id(
    post: Post, graph: Graph, clock: Clock
) -> None:
    row_id = post.put_event(name="Purchase")
    uid = post.row(row_id).uid

    def commit(handler: BaseHTTPRequestHandler, events: list[dict[str, Any]]) -> None:
        graph.accepted.update(event["event_id"] for event in events)
        handler.connection.close()

    graph.answers = [commit]
    courier = post.courier(post.meta(graph))
    assert courier.flush().again == 1
    assert post.log(row_id)[0].doubt
    clock.advance(minutes=1)
    assert courier.flush().sent == 1
    assert graph.accepted == {uid: 2}, "with the same id and the same bytes: the endpoint checks"


@pytest.mark.parametrize(
    "said",
    [drop, Said(200, b'{"events_rec', taken=True), Said(504, b"")],
    ids=["dropped", "truncated", "gateway"],
)
def test_a_purchase_in_doubt_is_unknown_after_47_hours_and_others_go_on(
    post: Post, graph: Graph, clock: Clock, said: Any
) -> None:
    purchase, other = post.put_event(name="Purchase"), post.put_event()
    graph.answers = [said]
    courier = post.courier(post.meta(graph))
    courier.flush()
    doubted = clock.now
    graph.always = Said(503, json.dumps({"error": {"code": 2, "is_transient": True}}).encode())
    for hours in range(1, 47, 5):
        clock.now = doubted + timedelta(hours=hours)
        courier.flush()
    assert states(post.rows()) == {purchase: "pending", other: "pending"}
    clock.now = doubted + timedelta(hours=47)
    graph.always = None
    report = courier.flush()
    while report.next_due is not None:
        clock.now = report.next_due
        report = courier.flush()
    assert states(post.rows()) == {purchase: "unknown", other: "sent"}
    assert post.row(purchase).reason == LOST
    post.workspace.run(lambda tx: actions.outbox.retry(tx, [purchase]))
    assert courier.flush().sent == 1, "a user may decide"


def test_a_purchase_that_was_surely_refused_stays_until_it_is_too_old(
    post: Post, graph: Graph, clock: Clock
) -> None:
    row_id = post.put_event(name="Purchase")
    graph.always = error(2, status=503)
    courier = post.courier(post.meta(graph))
    began = clock.now
    while post.row(row_id).state == "pending":
        due = courier.flush().next_due
        clock.now = due or clock.now
    assert post.row(row_id).state == "expired"
    assert clock.now == began + WINDOW
    assert post.row(row_id).tries > 150


def test_what_is_in_doubt_and_too_old_is_unknown(post: Post, graph: Graph, clock: Clock) -> None:
    row_id = post.put_event()
    graph.answers = [drop]
    courier = post.courier(post.meta(graph))
    courier.flush()
    clock.advance(days=7)
    courier.flush()
    assert post.row(row_id).state == "unknown"


def test_a_purchase_of_a_thread_is_never_repeated_by_itself(post: Post, graph: Graph) -> None:
    thread = "business_messaging"
    purchase = post.put_event(name="Purchase", source=thread)
    other = post.put_event(name="LeadSubmitted", source=thread)
    graph.answers = [drop]
    courier = post.courier(post.meta(graph))
    report = courier.flush()
    assert (report.unknown, report.again) == (1, 1)
    assert states(post.rows()) == {purchase: "unknown", other: "pending"}
    assert LOST_IN_THREAD in post.row(purchase).reason


def test_a_purchase_of_a_thread_that_a_killed_courier_took_is_unknown(
    post: Post, graph: Graph, clock: Clock
) -> None:
    row_id = post.put_event(name="Purchase", source="business_messaging")
    post.workspace.keep(outbox.claim, "meta", "killed", now=clock.now, due_by=clock.now, limit=1)
    clock.advance(minutes=2)
    assert post.courier(post.meta(graph)).flush().unknown == 1
    assert (post.row(row_id).state, graph.requests) == ("unknown", 0)


# ── time ──────────────────────────────────────────────────────────────────────────────────────


def test_a_slow_reply_is_left_in_time_and_is_in_doubt(post: Post, graph: Graph) -> None:
    row_id = post.put_event()

    def slow(_handler: BaseHTTPRequestHandler, _events: list[dict[str, Any]]) -> Said:
        graph.over.wait(10)
        return Said(200)

    graph.answers = [slow]
    began = time.monotonic()
    assert post.courier(post.meta(graph, seconds=0.3)).flush().again == 1
    assert time.monotonic() - began < 5
    assert "did not answer in time" in post.row(row_id).reason
    assert post.log(row_id)[0].doubt


def test_a_request_is_cut_off_by_another_thread(post: Post, graph: Graph) -> None:
    row_id = post.put_event()
    channel = post.meta(graph, seconds=30)

    def cut(_handler: BaseHTTPRequestHandler, _events: list[dict[str, Any]]) -> Said:
        threading.Thread(target=channel.cut).start()
        graph.over.wait(10)
        return Said(200)

    graph.answers = [cut]
    assert post.courier(channel).flush().again == 1
    assert post.row(row_id).state == "pending"


def test_a_redirect_is_not_followed(post: Post, graph: Graph) -> None:
    post.put_event()
    elsewhere = {"Location": f"{graph.url}/v26.0/1234567890/events"}
    graph.answers = [Said(code, b"", elsewhere) for code in (301, 302, 307, 308)]
    courier = post.courier(post.meta(graph))
    for _ in range(4):
        courier.flush()
        post.workspace.keep(outbox.hasten, "meta", post.clock.now)
    assert (graph.requests, graph.accepted.total()) == (4, 0)
    assert courier.flush().sent == 1


# ── everything at once ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_every_event_is_taken_once_or_in_doubt(
    post: Post, graph: Graph, clock: Clock, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        post.put_event(name=chance.choice(["Lead", "ViewContent", "Purchase"]))
    lost: set[str] = set()

    def storm(handler: BaseHTTPRequestHandler, events: list[dict[str, Any]]) -> Said | None:
        match chance.randrange(7):
            case 0:
                lost.update(event["event_id"] for event in events)
                graph.accepted.update(event["event_id"] for event in events)
                drop(handler, events)
                return None
            case 1:
                return error(2, status=503)
            case 2:
                return Said(200, b"<html>")
            case 3:
                return error(80004, status=400)
        return taking(events)

    graph.always = storm
    courier = post.courier(post.meta(graph), seed=seed)
    due: datetime | None = clock.now
    while due is not None:
        clock.now = max(clock.now, due)
        due = courier.flush().next_due
    uids = {row.uid for row in post.rows()}
    assert set(graph.accepted) == uids
    assert {row.state.value for row in post.rows()} == {"sent"}
    assert {uid for uid, times in graph.accepted.items() if times > 1} <= lost
