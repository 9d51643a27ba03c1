"""What the app's courier does behind the screens, and what of it is said."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dealboard import actions
from dealboard.config import Config
from dealboard.delivery.backoff import Pace
from dealboard.store.reads import outbox as reads
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.delivery.conftest import DATASET, put, server, trusting
from tests.delivery.graph import TOKEN, Graph
from tests.delivery.server import Server, reply
from tests.ui.drive import Robot, driving

__all__ = ["server", "trusting"]

pytestmark = pytest.mark.usefixtures("trusting")


@pytest.fixture
def config(path: Path) -> Config:
    file = path.parent / "config.toml"
    return Config(file=file, location=path, webhook_allow=("127.0.0.1",))


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales"))
    return workspace


def state(workspace: Workspace, clock: Clock) -> str:
    return workspace.read(reads.deliveries, now=clock.now, limit=1)[0].state.value


async def settled(robot: Robot, server: Server, workspace: Workspace, clock: Clock) -> str:
    """Wait until the server was asked and what it said is kept."""
    await robot.until(lambda: server.received)
    await robot.until(lambda: state(workspace, clock) != "pending")
    return state(workspace, clock)


async def test_what_waits_goes_out_after_the_start_and_what_comes_later_too(
    sales: Workspace, server: Server, clock: Clock, config: Config
) -> None:
    sales.keep(put, clock.now, url=server.url("127.0.0.1"))
    looker = Workspace.open(sales.path, clock=clock)
    async with driving(sales, sales.path, config=config) as robot:
        assert await settled(robot, server, looker, clock) == "sent"
        server.received.clear()
        other = Workspace.open(sales.path, clock=clock)
        other.keep(put, clock.now, url=server.url("127.0.0.1"))
        other.close()
        assert await settled(robot, server, looker, clock) == "sent"
    looker.close()


async def test_what_is_given_up_is_said(
    sales: Workspace, server: Server, clock: Clock, config: Config
) -> None:
    server.behave = reply(410, b"\x1b[31mgone")
    sales.keep(put, clock.now, url=server.url("127.0.0.1"))
    async with driving(sales, sales.path, config=config) as robot:
        await robot.until(lambda: robot.app._notifications)
        (toast,) = robot.app._notifications
        assert toast.message == "✗ 1 webhook was not delivered: 127.0.0.1 answered 410 Gone."
        assert toast.severity == "error"


async def test_nobody_sets_out_while_there_is_nothing_to_deliver(
    sales: Workspace, clock: Clock, config: Config
) -> None:
    async with driving(sales, sales.path, config=config) as robot:
        other = Workspace.open(sales.path, clock=clock)
        other.run(lambda tx: actions.contacts.add(tx, name="Acme"))
        other.close()
        await robot.until(lambda: robot.app.poll.seen == 2)
        await robot.settle()
        assert robot.app.deliveries.rounds is None


async def test_leaving_ends_what_a_server_does_not_answer(
    sales: Workspace,
    server: Server,
    clock: Clock,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dealboard.app.deliveries.DRAINING_SECONDS", 0.6)

    def mute(_handler: object, _request: object) -> None:
        server.over.wait(10)

    server.behave = mute
    sales.keep(put, clock.now, url=server.url("127.0.0.1"))
    async with driving(sales, sales.path, config=config) as robot:
        await robot.until(lambda: server.received)
    (row,) = sales.read(reads.deliveries, now=clock.now, limit=1)
    assert (row.state, row.tries, row.sending) == ("pending", 1, False)


# ── events for Meta ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shop(path: Path, sales: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Open a workspace that tells Meta at once, on a real clock; a deal of Ada's may be won."""
    monkeypatch.setenv("DEALBOARD_META_TOKEN", TOKEN)
    monkeypatch.setattr("dealboard.delivery.backoff.LEAST_SECONDS", 0.05)
    monkeypatch.setattr("dealboard.delivery.meta.channel.Meta.pace", Pace(0.1))
    sales.close()
    shop = Workspace.open(path)
    shop.run(lambda tx: actions.conversions.enable(tx, DATASET, live=True))
    shop.run(lambda tx: actions.conversions.set_grace(tx, 0))

    def sell(tx: Transaction) -> int:
        ada = actions.contacts.add(tx, name="Ada", email="ada@example.com", consent=True)
        return actions.deals.create(
            tx, contacts=[ada], stage_id=1, title="Roof", amount=120_050, currency="EUR"
        )

    shop.run(sell, conversions=False)
    yield shop
    shop.close()


def meta(path: Path, graph: Graph) -> Config:
    file = path.parent / "config.toml"
    return Config(file=file, location=path, meta_base_url=graph.url)


async def test_a_deal_won_offline_is_told_once_when_the_endpoint_comes_up(
    shop: Workspace, path: Path
) -> None:
    with Graph() as gone:
        port = gone.port
    async with driving(shop, path, config=meta(path, gone)) as robot:
        await robot.press("w")
        looker = Workspace.open(path)
        await robot.until(lambda: why(looker).endswith("cannot be reached."))
        with Graph(port) as graph:
            await robot.until(lambda: graph.accepted)
            await robot.until(lambda: states(looker) == ["sent"])
            looker.close()
            (uid,) = graph.accepted
            assert graph.accepted[uid] == 1
            event = json.loads(graph.events[uid])
            assert (event["event_name"], event["custom_data"]["value"]) == ("Purchase", 1200.5)
            assert graph.wrong == []


async def test_a_token_that_is_refused_is_said_once(shop: Workspace, path: Path) -> None:
    with Graph() as graph:
        graph.tokens = {"EAAanother1"}
        async with driving(shop, path, config=meta(path, graph)) as robot:
            await robot.press("w")
            await robot.until(lambda: robot.app._notifications)
            (toast,) = robot.app._notifications
            assert "No events for Meta are sent for now: Meta does not accept" in toast.message
            await robot.press("u", "w")
            await robot.settle()
            told = [each for each in robot.app._notifications if "for now" in each.message]
            assert (graph.requests, len(told)) == (1, 1)


async def test_leaving_waits_for_meta_two_seconds_at_most(
    shop: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealboard.app.deliveries.DRAINING_SECONDS", 0.6)
    with Graph() as graph:

        def mute(_handler: BaseHTTPRequestHandler, _events: list[dict[str, Any]]) -> None:
            graph.over.wait(10)

        graph.always = mute
        async with driving(shop, path, config=meta(path, graph)) as robot:
            await robot.press("w")
            await robot.until(lambda: graph.requests)
            left = time.monotonic()
        assert time.monotonic() - left < 5
        assert states(shop) == ["pending"]
        (row,) = shop.read(reads.deliveries, now=shop.now, limit=1)
        assert (row.tries, row.sending) == (1, False), "settled: nobody has to wait for its lease"


def states(workspace: Workspace) -> list[str]:
    return [row.state.value for row in workspace.read(reads.deliveries, now=workspace.now, limit=9)]


def why(workspace: Workspace) -> str:
    return "".join(
        row.reason for row in workspace.read(reads.deliveries, now=workspace.now, limit=9)
    )
