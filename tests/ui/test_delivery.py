"""What the app's courier does behind the screens, and what of it is said."""

from pathlib import Path

import pytest

from dealboard import actions
from dealboard.config import Config
from dealboard.store.reads import outbox as reads
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.delivery.conftest import put, server, trusting
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
        assert toast.message == "1 webhook was not delivered: 127.0.0.1 answered 410 Gone."
        assert toast.severity == "error"


async def test_nobody_sets_out_while_there_is_nothing_to_deliver(
    sales: Workspace, clock: Clock, config: Config
) -> None:
    async with driving(sales, sales.path, config=config) as robot:
        other = Workspace.open(sales.path, clock=clock)
        other.run(lambda tx: actions.contacts.add(tx, name="Acme"))
        other.close()
        await robot.until(lambda: robot.app._seen == 2)
        await robot.settle()
        assert robot.app._rounds is None


async def test_leaving_ends_what_a_server_does_not_answer(
    sales: Workspace,
    server: Server,
    clock: Clock,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dealboard.app.DRAINING_SECONDS", 0.6)

    def mute(_handler: object, _request: object) -> None:
        server.over.wait(10)

    server.behave = mute
    sales.keep(put, clock.now, url=server.url("127.0.0.1"))
    async with driving(sales, sales.path, config=config) as robot:
        await robot.until(lambda: server.received)
    (row,) = sales.read(reads.deliveries, now=clock.now, limit=1)
    assert (row.state, row.tries, row.sending) == ("pending", 1, False)
