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
from typing import Any

import pytest

from dealboard import actions
from dealboard.config import load
from dealboard.delivery import channels
from dealboard.delivery.courier import flush
from dealboard.domain.outbox import Delivery
from dealboard.store.reads import outbox as reads
from dealboard.workspace import Workspace
from tests.delivery.conftest import DATASET, put, put_event
from tests.delivery.graph import TOKEN, Graph, Said
from tests.delivery.server import Received, Server, drop, reply

EVENTS = 60
ROUNDS = 2
DROPPED = 0.15
KILLED_AFTER = 8
"""Requests that one of two processes makes before it is killed at one of them."""

WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from dealboard.config import load
from dealboard.delivery import channels
from dealboard.delivery.courier import flush
from dealboard.workspace import Workspace

db, file, hours = sys.argv[1:]
clock = lambda: datetime.now(UTC) + timedelta(hours=int(hours))
config = load(db=db, file=file)
workspace = Workspace.open(config.location, clock=clock)
print("ready", flush=True)
while flush(workspace, channels.every(config, clock)).settled:
    pass
"""


class Killer:
    """Has processes killed in the middle of it all, and replies get lost."""

    def __init__(self, seed: int = 7) -> None:
        self.dropped = 0
        self.killed = 0
        self.victims: list[subprocess.Popen[str]] = []
        self.chance = random.Random(seed)
        self._lock = threading.Lock()
        self._countdown = 0

    def await_kill(self, victims: list[subprocess.Popen[str]]) -> None:
        self.victims = victims
        self._countdown = self.chance.randint(1, KILLED_AFTER)

    def strike(self) -> bool:
        """Kill somebody if it is time, and return whether this reply gets lost."""
        with self._lock:
            lost = self.chance.random() < DROPPED
            self._countdown -= 1
            if self._countdown == 0 and self.victims:
                self.kill(self.victims.pop())
                self._countdown = self.chance.randint(1, KILLED_AFTER)
            self.dropped += lost
            return lost

    def kill(self, victim: subprocess.Popen[str]) -> None:
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.killed += 1


class Receiver(Killer):
    """Takes each webhook."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = defaultdict(set)

    def __call__(self, handler: BaseHTTPRequestHandler, request: Received) -> None:
        event = request.headers["x-dealboard-event"]
        self.accepted[event] += 1
        self.bodies[event].add(request.body)
        (drop if self.strike() else reply())(handler, request)


def struggle(path: Path, file: Path, killer: Killer) -> None:
    """Let pairs of processes deliver, and be killed at it, a few hours apart."""
    for hours in range(0, 2 * ROUNDS, 2):
        pair = [worker(path, file, hours) for _ in range(2)]
        for each in pair:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        killer.await_kill(list(pair))
        for each in pair:
            each.communicate(timeout=60)


def worker(path: Path, file: Path, hours: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), str(file), str(hours)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


class Late:
    """Who delivers the rest, hours later: leases have ended, and everything is due again."""

    def __init__(self, path: Path, file: Path) -> None:
        self.hours = 2 * ROUNDS
        self.workspace = Workspace.open(path, clock=self.now)
        self.config = load(db=str(path), file=str(file))

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=self.hours)

    def deliver(self) -> tuple[Delivery, ...]:
        """Deliver until nothing waits, and return every row."""
        while self.workspace.read(reads.next_due, self.now()) is not None:
            flush(self.workspace, channels.every(self.config, self.now))
            self.hours += 2
        found = self.workspace.read(reads.deliveries, now=self.now(), limit=1000)
        self.workspace.close()
        return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the settings of every process."""
    path = tmp_path / "config.toml"
    path.write_text('[webhooks]\nallow = ["127.0.0.1"]\n', encoding="utf-8")
    return path


pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signal"),
    pytest.mark.timeout(180),
]


@pytest.mark.usefixtures("trusting")
def test_every_event_arrives_and_only_lost_replies_and_kills_repeat_one(
    workspace: Workspace, server: Server, file: Path
) -> None:
    for number in range(EVENTS):
        workspace.keep(put, datetime.now(UTC), url=server.url("127.0.0.1"), body=f"[{number}]")
    server.behave = receiver = Receiver()
    struggle(workspace.path, file, receiver)
    rows = Late(workspace.path, file).deliver()

    assert set(receiver.accepted) == {row.uid for row in rows}
    assert len(rows) == EVENTS
    repeated = sum(receiver.accepted.values()) - EVENTS
    assert repeated <= receiver.dropped + receiver.killed
    assert receiver.killed
    assert receiver.dropped
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values())
    assert {row.state.value for row in rows} == {"sent"}


def test_events_for_meta_arrive_with_the_same_id_and_bytes_whoever_is_killed(
    workspace: Workspace, graph: Graph, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is what is repeated: those events only whose reply was lost or whose courier died."""
    monkeypatch.setenv("DEALBOARD_META_TOKEN", TOKEN)
    monkeypatch.setenv("DEALBOARD_META_BASE_URL", graph.url)
    workspace.run(lambda tx: actions.conversions.enable(tx, DATASET, live=True))
    for number in range(EVENTS):
        name = ("Lead", "ViewContent", "Purchase")[number % 3]
        dataset = str(10_000 + number % 12)  # a batch for each, so that there is much to kill at
        workspace.keep(put_event, datetime.now(UTC), name=name, dataset=dataset)
    killer, lost = Killer(seed=5), Counter[str]()

    def take(handler: BaseHTTPRequestHandler, events: list[dict[str, Any]]) -> Said | None:
        ids = [event["event_id"] for event in events]
        graph.accepted.update(ids)
        killed = killer.killed
        gone = killer.strike()
        if gone or killer.killed > killed:
            lost.update(ids)
        if gone:
            handler.connection.close()
            return None
        return Graph.success(len(ids))

    graph.always = take
    struggle(workspace.path, file, killer)
    rows = Late(workspace.path, file).deliver()

    assert set(graph.accepted) == {row.uid for row in rows}
    assert {row.state.value for row in rows} == {"sent"}
    assert killer.killed
    assert killer.dropped
    twice = {uid: times - 1 for uid, times in graph.accepted.items() if times > 1}
    in_flight = killer.killed * (EVENTS // 12)
    assert sum(twice.values()) <= sum(lost.values()) + in_flight
