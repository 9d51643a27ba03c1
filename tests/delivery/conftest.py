"""An outbox to fill, couriers to send out, and a server of one's own to send them to."""

import json
import os
import random
import shutil
import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from dealboard import actions
from dealboard.delivery.addresses import Addresses
from dealboard.delivery.courier import Channel, Courier
from dealboard.delivery.meta.channel import Meta
from dealboard.delivery.meta.graph import Client, Endpoint
from dealboard.delivery.secrets import Secrets
from dealboard.delivery.webhooks import Webhooks
from dealboard.domain.conversions import Payload, dump
from dealboard.domain.outbox import Attempt, Delivery
from dealboard.store.driver import Connection
from dealboard.store.ids import new_uid
from dealboard.store.reads import outbox as reads
from dealboard.store.reads.values import moment_text
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.delivery.graph import TOKEN, Graph
from tests.delivery.server import Server

URL = "https://hooks.test/deals?key=1"


@pytest.fixture(scope="session", autouse=True)
def _reading_certificates_once() -> Iterator[None]:
    """Let couriers share what they trust; a file of certificates takes longer than a request."""
    read: Any = httpx.create_ssl_context
    known: dict[str | None, ssl.SSLContext] = {}

    def read_once() -> ssl.SSLContext:
        file = os.environ.get("SSL_CERT_FILE")
        if file not in known:
            known[file] = read()
        return known[file]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", read_once)
        yield


_PUT = (
    "INSERT INTO outbox (uid, kind, state, payload, created_at, due_at, tries, reason, log)"
    " VALUES (:uid, :kind, 'pending', :payload, :now, :due, 0, '', '[]') RETURNING id"
)


def put(
    connection: Connection,
    now: datetime,
    *,
    body: str = '{"deal":"Acme"}',
    url: str = URL,
    secret: str | None = None,
    due: datetime | None = None,
    kind: str = "webhook",
) -> int:
    """Write a row as an automation does, and return its id."""
    values = {
        "uid": new_uid(now),
        "kind": kind,
        "payload": json.dumps({"url": url, "secret": secret, "body": body}),
        "now": moment_text(now),
        "due": moment_text(due or now),
    }
    return int(connection.execute(_PUT, values).fetchone()[0])


DATASET = "1234567890"
EMAIL = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"

_PUT_EVENT = (
    "INSERT INTO outbox (uid, key, kind, state, payload, created_at, due_at, tries, reason, log)"
    " VALUES (:uid, :key, 'meta', :state, :payload, :at, :due, 0, '', '[]') RETURNING id"
)


def put_event(
    connection: Connection,
    now: datetime,
    *,
    name: str = "ViewContent",
    source: str = "system_generated",
    dataset: str = DATASET,
    at: datetime | None = None,
    due: datetime | None = None,
    state: str = "pending",
    text: str | None = None,
) -> int:
    """Write an event for Meta as `dealboard.conversions` does, and return its id."""
    at = at or now
    uid = f"db1-{new_uid(now).replace('-', '')}"
    if text is None:
        text = event_text(uid, name, source, at)
    values = {
        "uid": uid,
        "key": f"{dataset}|{name}|{uid}",
        "state": state,
        "payload": dump(Payload(dataset, source, text)),
        "at": moment_text(at),
        "due": moment_text(due or now),
    }
    return int(connection.execute(_PUT_EVENT, values).fetchone()[0])


def event_text(uid: str, name: str, source: str, at: datetime) -> str:
    """Return an event as Meta takes it; its spaces and its ü have to survive."""
    messaging = source == "business_messaging"
    about = '"messaging_channel":"whatsapp",' if messaging else ""
    ids = '"whatsapp_business_account_id":"1","ctwa_clid":"AbCdEfGhIj",' if messaging else ""
    money = '"value":1200.50, "currency":"EUR",' if name == "Purchase" else ""
    crm = '"event_source":"crm","lead_event_source":"dealboard",'
    return (
        f'{{"event_name":"{name}","event_time":{int(at.timestamp())},"event_id":"{uid}",'
        f'"action_source":"{source}",{about}"user_data":{{{ids}"em":["{EMAIL}"]}},'
        f'"custom_data":{{{money}{crm}"content_category":"für  Söhne"}}}}'
    )


class Post:
    """An outbox with couriers."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self.workspace = workspace
        self.clock = clock
        self.environ: dict[str, str] = {}
        self.folder = workspace.path.parent / "secrets"

    def put(self, **values: Any) -> int:
        return self.workspace.keep(put, self.clock.now, **values)

    def webhooks(self, answer: Callable[[httpx.Request], httpx.Response], **more: Any) -> Webhooks:
        """Return the channel with a stand-in for everything beyond httpx."""
        return Webhooks(
            Addresses(),
            Secrets(self.folder, self.environ, keyring=lambda _name: None),
            transport=httpx.MockTransport(answer),
            clock=self.clock,
            pulse=lambda: self.clock.now.timestamp(),
            **more,
        )

    def put_event(self, **values: Any) -> int:
        return self.workspace.keep(put_event, self.clock.now, **values)

    def live(self) -> None:
        """Let events for Meta go out, with a token."""
        self.workspace.run(lambda tx: actions.conversions.enable(tx, DATASET, live=True))
        self.environ["DEALBOARD_META_TOKEN"] = TOKEN

    def meta(self, graph: Graph, *, seconds: float = 5.0, **more: Any) -> Meta:
        """Return the channel of events for Meta, for a server of one's own."""
        endpoint = Endpoint(graph.url, "v26.0", **more)
        return Meta(
            Client(endpoint, seconds),
            Secrets(self.folder, self.environ, keyring=lambda _name: None),
            self.clock,
            seconds=seconds,
        )

    def courier(self, *channels: Channel, seed: int = 0) -> Courier:
        return Courier(
            self.workspace.keep,
            self.clock,
            channels,
            draw=random.Random(seed).random,
            pulse=lambda: self.clock.now.timestamp(),
        )

    def row(self, row_id: int) -> Delivery:
        return next(row for row in self.rows() if row.id == row_id)

    def rows(self) -> tuple[Delivery, ...]:
        return self.workspace.read(reads.deliveries, now=self.clock.now, limit=10_000)

    def log(self, row_id: int) -> tuple[Attempt, ...]:
        return self.workspace.read(reads.attempts, row_id)

    def next_due(self) -> datetime | None:
        return self.workspace.read(reads.next_due, self.clock.now)


def answer(status: int = 200, text: str = "", **headers: str) -> httpx.Response:
    """Return an answer that is read as it comes, as one from a server is."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=iter([text.encode()]), headers=named)


def answering(*statuses: int, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """Answer requests with these statuses in turn, the last one for ever."""
    left = list(statuses)

    return lambda _request: answer(left.pop(0) if len(left) > 1 else left[0], **headers)


def states(rows: Sequence[Delivery]) -> dict[int, str]:
    return {row.id: row.state.value for row in rows}


@pytest.fixture
def post(workspace: Workspace, clock: Clock) -> Post:
    return Post(workspace, clock)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def graph() -> Iterator[Graph]:
    """Yield an endpoint that must have found nothing wrong with what it was sent."""
    with Graph() as graph:
        yield graph
    assert graph.wrong == []


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the certificate of the tests' own server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(Path(__file__).with_name("localhost.pem")))


@pytest.fixture(scope="session")
def blank_post(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Return an outbox for properties, which clear it themselves."""
    path = tmp_path_factory.mktemp("post") / "dealboard.db"
    shutil.copy(blank, path)
    clock = Clock()
    workspace = Workspace.open(path, clock=clock)
    yield Post(workspace, clock)
    workspace.close()
