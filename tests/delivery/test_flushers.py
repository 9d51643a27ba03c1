"""Several processes deliver one outbox, and are killed at it (promise P7)."""

import random
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from dealboard.config import Config
from dealboard.delivery import channels
from dealboard.delivery.courier import flush
from dealboard.domain.outbox import Delivery
from dealboard.store.reads import outbox as reads
from dealboard.workspace import Workspace
from tests.delivery.conftest import put
from tests.delivery.server import Received, Server, drop, reply

EVENTS = 60
ROUNDS = 3
DROPPED = 0.15
KILLED_AFTER = 8
"""Requests that one of two processes makes before it is killed at one of them."""

WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from dealboard.config import Config
from dealboard.delivery import channels
from dealboard.delivery.courier import flush
from dealboard.workspace import Workspace

path, ahead = Path(sys.argv[1]), timedelta(hours=int(sys.argv[2]))
clock = lambda: datetime.now(UTC) + ahead
config = Config(file=path.parent / "config.toml", location=path, webhook_allow=("127.0.0.1",))
workspace = Workspace.open(path, clock=clock)
print("ready", flush=True)
while flush(workspace, [channels.webhooks(config)]).settled:
    pass
"""


class Receiver:
    """Takes each event, loses some replies, and has processes killed in the middle of it all."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = defaultdict(set)
        self.dropped = 0
        self.killed = 0
        self.victims: list[subprocess.Popen[str]] = []
        self.chance = random.Random(7)
        self._lock = threading.Lock()
        self._countdown = 0

    def await_kill(self, victims: list[subprocess.Popen[str]]) -> None:
        self.victims = victims
        self._countdown = self.chance.randint(1, KILLED_AFTER)

    def __call__(self, handler: BaseHTTPRequestHandler, request: Received) -> None:
        with self._lock:
            event = request.headers["x-dealboard-event"]
            self.accepted[event] += 1
            self.bodies[event].add(request.body)
            lost = self.chance.random() < DROPPED
            self._countdown -= 1
            if self._countdown == 0 and self.victims:
                self.kill(self.victims.pop())
                self._countdown = self.chance.randint(1, KILLED_AFTER)
            self.dropped += lost
        (drop if lost else reply())(handler, request)

    def kill(self, victim: subprocess.Popen[str]) -> None:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.killed += 1


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
@pytest.mark.usefixtures("trusting")
@pytest.mark.timeout(180)
def test_every_event_arrives_and_only_lost_replies_and_kills_repeat_one(
    workspace: Workspace, server: Server
) -> None:
    for number in range(EVENTS):
        workspace.keep(put, datetime.now(UTC), url=server.url("127.0.0.1"), body=f"[{number}]")
    server.behave = receiver = Receiver()
    for hours in range(0, 2 * ROUNDS, 2):
        pair = [worker(workspace.path, hours) for _ in range(2)]
        for each in pair:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        receiver.await_kill(list(pair))
        for each in pair:
            each.communicate(timeout=60)
    late = Late(workspace.path, hours=2 * ROUNDS)
    while late.deliver():
        late.hours += 2

    uids = {row.uid for row in late.rows()}
    assert set(receiver.accepted) == uids
    assert len(uids) == EVENTS
    repeated = sum(receiver.accepted.values()) - EVENTS
    assert repeated <= receiver.dropped + receiver.killed
    assert receiver.killed
    assert receiver.dropped
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values())
    assert {row.state.value for row in late.rows()} == {"sent"}
    late.workspace.close()


def worker(path: Path, hours: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), str(hours)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


class Late:
    """Who delivers the rest, hours later: leases have ended, and everything is due again."""

    def __init__(self, path: Path, hours: int) -> None:
        self.hours = hours
        self.workspace = Workspace.open(path, clock=self.now)
        self.config = Config(
            file=path.parent / "config.toml", location=path, webhook_allow=("127.0.0.1",)
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=self.hours)

    def deliver(self) -> bool:
        flush(self.workspace, [channels.webhooks(self.config)])
        return self.workspace.read(reads.next_due, self.now()) is not None

    def rows(self) -> tuple[Delivery, ...]:
        return self.workspace.read(reads.deliveries, now=self.now(), limit=1000)
