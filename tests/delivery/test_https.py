"""Webhooks against a real server on loopback: TLS, pinning, slow and huge replies."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dealboard.delivery.addresses import Addresses
from dealboard.delivery.exchange import MAX_REPLY
from dealboard.delivery.secrets import Secrets
from dealboard.delivery.webhooks import Webhooks
from dealboard.domain.outbox import Outcome, Parcel, Verdict
from tests.delivery.server import Received, Server, drop, reply

pytestmark = pytest.mark.usefixtures("trusting")

LOOPBACK = ("127.0.0.1/32",)


class Resolver:
    """Answers each question with the next of its addresses, the last one for ever."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(0, 0, 0, "", (each, port)) for each in found]


def webhooks(
    folder: Path, resolve: Any = None, allow: tuple[str, ...] = LOOPBACK, seconds: float = 5
) -> Webhooks:
    resolve = resolve or Resolver(("127.0.0.1",))
    return Webhooks(Addresses(allow, resolve), Secrets(folder, {}), seconds=seconds)


def send(channel: Webhooks, url: str, times: int = 1) -> list[Outcome]:
    payload = f'{{"url": "{url}", "secret": null, "body": "{{}}"}}'
    parcels = [Parcel(number, f"uid-{number}", payload, 1) for number in range(times)]
    try:
        return [outcome for _, outcome in channel.send(parcels)]
    finally:
        channel.close()


def test_name_and_certificate_are_kept_while_the_address_is_pinned(
    server: Server, tmp_path: Path
) -> None:
    (outcome,) = send(webhooks(tmp_path), server.url())
    assert outcome == Outcome(Verdict.SENT, "hooks.test answered 200 OK.", 200, "ok")
    assert server.names == ["hooks.test"]
    (request,) = server.received
    assert request.headers["host"] == f"hooks.test:{server.port}"
    assert (request.path, request.body) == ("/deals", b"{}")


def test_an_address_by_itself_is_held_against_the_certificate(
    server: Server, tmp_path: Path
) -> None:
    (outcome,) = send(webhooks(tmp_path), server.url("127.0.0.1"))
    assert outcome.verdict is Verdict.SENT


def test_a_certificate_for_another_name_is_refused(server: Server, tmp_path: Path) -> None:
    (outcome,) = send(webhooks(tmp_path), server.url("evil.test"))
    assert (outcome.verdict, server.received) == (Verdict.AGAIN, [])
    assert "certificate of evil.test" in outcome.said


def test_a_certificate_nobody_vouches_for_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    (outcome,) = send(webhooks(tmp_path), server.url())
    assert (outcome.verdict, server.received) == (Verdict.AGAIN, [])


def test_loopback_is_refused_unless_it_is_listed(server: Server, tmp_path: Path) -> None:
    (outcome,) = send(webhooks(tmp_path, allow=()), server.url())
    assert outcome.verdict is Verdict.AGAIN
    assert 'allow = ["127.0.0.1"]' in outcome.said
    assert (server.received, server.names) == ([], [])


def test_a_name_that_changes_its_mind_is_judged_by_the_address_that_is_asked(
    server: Server, tmp_path: Path
) -> None:
    """DNS rebinding: the question is asked once for each request, and its answer is what counts."""
    resolve = Resolver(("127.0.0.1",), ("169.254.169.254",))
    first, second = send(webhooks(tmp_path, resolve), server.url(), times=2)
    assert (first.verdict, second.verdict) == (Verdict.SENT, Verdict.AGAIN)
    assert resolve.asked == ["hooks.test", "hooks.test"]
    assert len(server.received) == 1


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    server: Server, tmp_path: Path
) -> None:
    resolve = Resolver(("127.0.0.1", "10.0.0.1"))
    (outcome,) = send(webhooks(tmp_path, resolve), server.url())
    assert (outcome.verdict, server.received) == (Verdict.AGAIN, [])


def test_the_next_address_is_asked_where_one_cannot_be_reached(
    server: Server, tmp_path: Path
) -> None:
    resolve = Resolver(("::1", "127.0.0.1"))
    (outcome,) = send(webhooks(tmp_path, resolve, ("127.0.0.1", "::1")), server.url())
    assert outcome.verdict is Verdict.SENT


def test_a_redirect_is_not_followed(server: Server, tmp_path: Path) -> None:
    server.behave = reply(307, Location=server.url(path="/elsewhere"))
    (outcome,) = send(webhooks(tmp_path), server.url())
    assert outcome.verdict is Verdict.FAILED
    assert [request.path for request in server.received] == ["/deals"]


def test_a_proxy_of_the_environment_is_not_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    (outcome,) = send(webhooks(tmp_path), server.url())
    assert outcome.verdict is Verdict.SENT


def test_a_cookie_is_not_brought_back(server: Server, tmp_path: Path) -> None:
    server.behave = reply(200, Set_Cookie="spy=1")
    send(webhooks(tmp_path), server.url(), times=2)
    assert not any("cookie" in request.headers for request in server.received)


def test_of_a_huge_reply_only_the_beginning_is_read(server: Server, tmp_path: Path) -> None:
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler, _request: Received) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                sent.append(handler.wfile.write(b"x" * 65_536))
        except OSError:
            server.over.set()

    server.behave = flood
    (outcome,) = send(webhooks(tmp_path), server.url())
    assert (outcome.verdict, len(outcome.reply)) == (Verdict.SENT, 200)
    assert server.over.wait(10)
    assert sum(sent) < 200 * MAX_REPLY


def test_a_lost_reply_is_tried_again(server: Server, tmp_path: Path) -> None:
    server.behave = drop
    first, second = send(webhooks(tmp_path), server.url(), times=2)
    assert first.verdict is second.verdict is Verdict.AGAIN
    assert len(server.received) == 2


def drip(handler: BaseHTTPRequestHandler, server: Server, start: bytes) -> None:
    """Send a byte at a time: never quiet for long, and never done."""
    handler.wfile.write(start)
    while not server.over.wait(0.02):
        handler.wfile.write(b"x")


@pytest.mark.parametrize(
    ("start", "verdict"),
    [
        (b"", Verdict.AGAIN),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", Verdict.AGAIN),
        (b"HTTP/1.1 200 OK\r\n\r\n", Verdict.SENT),
    ],
    ids=["no status", "headers", "body"],
)
def test_a_reply_that_drips_ends_when_its_time_is_up(
    server: Server, tmp_path: Path, start: bytes, verdict: Verdict
) -> None:
    server.behave = lambda handler, _request: drip(handler, server, start)
    began = time.monotonic()
    (outcome,) = send(webhooks(tmp_path, seconds=0.5), server.url())
    assert outcome.verdict is verdict
    assert time.monotonic() - began < 5


def test_a_request_can_be_cut_off_by_another_thread(server: Server, tmp_path: Path) -> None:
    channel = webhooks(tmp_path, seconds=30)

    def cut(_handler: BaseHTTPRequestHandler, _request: Received) -> None:
        channel.cut()
        server.over.wait(10)

    server.behave = cut
    (outcome,) = send(channel, server.url())
    assert outcome.verdict is Verdict.AGAIN


def test_a_server_that_takes_no_handshake_is_left_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://hooks.test:{mute.getsockname()[1]}/"
        (outcome,) = send(webhooks(tmp_path, seconds=0.3), url)
    assert (outcome.verdict, outcome.said) == (Verdict.AGAIN, "hooks.test did not answer in time.")


def test_nobody_listening_is_tried_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    (outcome,) = send(webhooks(tmp_path), f"https://hooks.test:{port}/")
    assert outcome == Outcome(Verdict.AGAIN, "hooks.test cannot be reached.")
    assert threading.active_count() < 20
