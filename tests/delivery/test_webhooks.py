"""What a webhook says, and what each answer means."""

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from dealboard.delivery import channels
from dealboard.delivery.courier import flush
from dealboard.domain.outbox import HELD_WAIT, Verdict
from dealboard.errors import DealboardError
from tests.conftest import Clock
from tests.delivery.conftest import URL, Post, answer, answering

CANARY = "c4n4ry-8f2b"


class Listener:
    """Takes every request and says yes."""

    def __init__(self, reply: str = "") -> None:
        self.heard: list[httpx.Request] = []
        self.reply = reply

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.heard.append(request)
        return answer(200, self.reply)


def test_the_body_goes_out_as_it_was_written_and_is_signed(post: Post) -> None:
    body = '{"deal": "Ünicode ✓",\n "amount":1.10}'
    post.environ["DEALBOARD_SECRET_CRM"] = CANARY
    row_id = post.put(body=body, secret="crm")
    listener = Listener()
    report = post.courier(post.webhooks(listener)).flush()
    assert (report.sent, report.next_due) == (1, None)
    (request,) = listener.heard
    assert (request.method, str(request.url), request.content) == ("POST", URL, body.encode())
    stamp = request.headers["X-Dealboard-Timestamp"]
    assert stamp == str(int(post.clock.now.timestamp()))
    mac = hmac.new(CANARY.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    assert request.headers["X-Dealboard-Signature"] == f"sha256={mac}"
    row = post.row(row_id)
    assert request.headers["X-Dealboard-Event"] == row.uid
    assert request.headers["Content-Type"] == "application/json"
    assert (row.state, row.tries, row.settled_at) == ("sent", 1, post.clock.now)


def test_without_a_secret_nothing_is_signed(post: Post) -> None:
    post.put()
    listener = Listener()
    post.courier(post.webhooks(listener)).flush()
    assert "X-Dealboard-Signature" not in listener.heard[0].headers


def test_each_attempt_has_the_same_event_and_body_and_its_own_timestamp(
    post: Post, clock: Clock
) -> None:
    post.environ["DEALBOARD_SECRET_CRM"] = CANARY
    post.put(secret="crm")
    heard: list[httpx.Request] = []

    def busy(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return answer(503 if len(heard) < 3 else 204)

    courier = post.courier(post.webhooks(busy))
    for _ in range(3):
        courier.flush()
        clock.advance(hours=1)
    for name, kinds in {
        "X-Dealboard-Event": 1,
        "X-Dealboard-Timestamp": 3,
        "X-Dealboard-Signature": 3,
    }.items():
        assert len({request.headers[name] for request in heard}) == kinds
    assert len({request.content for request in heard}) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_success(post: Post, status: int) -> None:
    row_id = post.put()
    assert post.courier(post.webhooks(answering(status))).flush().sent == 1
    assert post.row(row_id).state == "sent"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422, 301, 302, 307, 308])
def test_what_will_not_change_is_given_up_at_once(post: Post, status: int) -> None:
    row_id = post.put()
    elsewhere = answering(status, Location="https://evil.test")
    report = post.courier(post.webhooks(elsewhere)).flush()
    assert len(report.failures) == 1
    assert f"hooks.test answered {status}" in report.trouble
    row = post.row(row_id)
    assert (row.state, row.tries) == ("failed", 1)
    assert str(status) in row.reason


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_change_is_tried_again(post: Post, clock: Clock, status: int) -> None:
    row_id = post.put()
    courier = post.courier(post.webhooks(answering(status, 200)))
    report = courier.flush()
    row = post.row(row_id)
    assert (report.again, row.state, row.tries) == (1, "pending", 1)
    assert clock.now < row.due_at <= clock.now + timedelta(seconds=10)
    assert report.next_due == row.due_at
    clock.now = row.due_at
    assert courier.flush().sent == 1
    assert [attempt.status for attempt in post.log(row_id)] == [status, 200]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError("refused"), "cannot be reached"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), "certificate"),
        (httpx.ConnectTimeout("slow"), "in time"),
        (httpx.ReadTimeout("slow"), "in time"),
        (httpx.WriteTimeout("slow"), "in time"),
        (httpx.RemoteProtocolError("gone"), "broke off"),
        (httpx.ReadError("reset"), "broke off"),
    ],
)
def test_a_connection_that_fails_is_tried_again(
    post: Post, error: httpx.TransportError, said: str
) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    row_id = post.put()
    assert post.courier(post.webhooks(fail)).flush().again == 1
    assert said in post.row(row_id).reason
    assert [attempt.verdict for attempt in post.log(row_id)] == [Verdict.AGAIN]


def test_retry_after_is_respected_and_holds_for_the_whole_host(post: Post, clock: Clock) -> None:
    rows = [post.put() for _ in range(3)]
    other = post.put(url="https://other.test/")
    asked: list[str] = []

    def limit(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "other.test":
            return answer()
        return answer(429, Retry_After="600")

    courier = post.courier(post.webhooks(limit))
    assert courier.flush().again == 3
    assert sorted(asked) == ["hooks.test", "other.test"]
    assert post.row(other).state == "sent"
    for row_id in rows:
        assert post.row(row_id).due_at == clock.now + timedelta(seconds=600)


def test_a_host_that_is_silent_is_not_asked_for_each_of_its_rows(post: Post, clock: Clock) -> None:
    for _ in range(50):
        post.put()
    asked: list[httpx.Request] = []

    def silent(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectTimeout("slow")

    courier = post.courier(post.webhooks(silent))
    assert courier.flush().again == 50
    assert len(asked) == 1
    clock.advance(seconds=61)
    courier.flush()
    assert len(asked) == 2


def test_a_missing_secret_holds_the_row_until_it_is_there(post: Post, clock: Clock) -> None:
    row_id = post.put(secret="crm")
    listener = Listener()
    courier = post.courier(post.webhooks(listener))
    for _ in range(3):
        assert courier.flush().held == 1
    row = post.row(row_id)
    assert (row.state, row.tries, listener.heard) == ("held", 0, [])
    assert "DEALBOARD_SECRET_CRM" in row.reason
    assert len(post.log(row_id)) == 1, "the same reason is logged once"
    assert post.next_due() == clock.now + HELD_WAIT
    assert courier.flush(afresh=False).held == 0
    post.environ["DEALBOARD_SECRET_CRM"] = CANARY
    clock.advance(minutes=5)
    assert courier.flush(afresh=False).sent == 1
    assert post.row(row_id).state == "sent"


def test_a_secret_in_no_place_but_its_own(post: Post) -> None:
    """The canary: a server that answers with the secret, and everything that is kept of it."""
    post.folder.mkdir()
    (post.folder / "crm").write_text(CANARY)
    (post.folder / "crm").chmod(0o600)
    rows = [post.put(secret="crm") for _ in range(2)]
    listener = Listener(reply=f"\x1b]0;{CANARY}\x07 thanks")
    post.courier(post.webhooks(listener)).flush()
    assert post.log(rows[0])[0].reply == "␛]0;•••␇ thanks"
    everything = [path for path in post.workspace.path.parent.rglob("*") if path.is_file()]
    holders = {path.name for path in everything if CANARY.encode() in path.read_bytes()}
    assert holders == {"crm"}
    request = listener.heard[0]
    assert CANARY not in f"{request.url}{dict(request.headers)}{request.content!r}"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"url": 5, "body": "{}"}', "https"),
        ('{"url": "https://a.test", "body": 5}', "cannot be read"),
        ('{"url": "http://a.test", "body": "{}"}', "https://"),
        ('{"url": "https://u:pw@a.test", "body": "{}"}', "password"),
        ('{"url": "https://a.test", "secret": "../key", "body": "{}"}', "name of a secret"),
        ('{"url": "https://a.test", "body": "\\ud800"}', "cannot be read"),
        ('{"url": "https://xn--a.test:1/\\u00ad", "body": "{}"}', "address"),
    ],
)
def test_a_row_that_cannot_be_sent_says_why_and_stops_nobody(
    post: Post, payload: str, said: str
) -> None:
    row_id = post.put()
    later = post.put()
    post.workspace.keep(
        lambda c: c.execute("UPDATE outbox SET payload = ? WHERE id = ?", (payload, row_id))
    )
    report = post.courier(post.webhooks(Listener())).flush()
    assert (report.sent, len(report.failures)) == (1, 1)
    assert said in post.row(row_id).reason
    assert "pw" not in post.row(row_id).reason
    assert post.row(later).state == "sent"


def test_a_round_of_the_command_line(post: Post) -> None:
    channel = post.webhooks(Listener())
    post.put()
    from dealboard.config import Config

    path = post.workspace.path
    config = Config(file=path.parent / "config.toml", location=path)
    assert flush(post.workspace, [channel]).sent == 1
    assert flush(post.workspace, channels.every(config, post.clock)).settled == 0


def test_the_excerpt_of_a_reply_is_short(post: Post) -> None:
    row_id = post.put()
    post.courier(post.webhooks(Listener("<html>" * 10_000))).flush()
    assert len(post.log(row_id)[0].reply) == 200


def test_a_payload_is_data_to_the_courier(post: Post, tmp_path: Path) -> None:
    post.put(body=json.dumps({"deal": "'; DROP TABLE deal; --"}))
    try:
        assert post.courier(post.webhooks(Listener())).flush().sent == 1
    except DealboardError as error:  # pragma: no cover
        pytest.fail(error.sentence)
