"""The courier on its own thread: asleep until something is due, and gone in time."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from queue import Queue
from typing import Any

import pytest

from dealboard.delivery.backoff import Pace
from dealboard.delivery.courier import Answers, Courier, Report
from dealboard.delivery.rounds import Rounds
from dealboard.domain.outbox import Outcome, Parcel, Verdict
from dealboard.errors import Busy
from dealboard.workspace import Workspace, system_clock
from tests.delivery.conftest import put

PATIENCE = 10


class Channel:
    """Says yes, after what a test does meanwhile."""

    kind = "webhook"
    batch = 5
    patience = 1.0
    pace = Pace(10.0)

    def __init__(self) -> None:
        self.meanwhile: Callable[[], object] = int
        self.was_cut = threading.Event()
        self.sent: list[int] = []

    def prepare(self, *_args: object, **_more: object) -> int:
        return 0

    def begin(self) -> str:
        return ""

    def send(self, parcels: Sequence[Parcel]) -> Answers:
        for parcel in parcels:
            self.meanwhile()
            self.sent.append(parcel.id)
            verdict = Verdict.AGAIN if self.was_cut.is_set() else Verdict.SENT
            yield (parcel,), Outcome(verdict, "said")

    def cut(self) -> None:
        self.was_cut.set()

    def close(self) -> None:
        """Nothing to give back."""


class Watch:
    """A courier's thread and what is seen of it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.channel = Channel()
        self.came: Queue[Report | Exception] = Queue()
        self.lock = threading.Lock()
        self.kept = 0
        self.trouble: list[Exception] = []
        self.rounds = Rounds(self._make, system_clock, self.came.put)

    def _make(self) -> Courier:
        return Courier(self.keep, system_clock, [self.channel], draw=random.Random(1).random)

    def keep(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        with self.lock:
            self.kept += 1
            if self.trouble:
                raise self.trouble.pop()
            return self.workspace.keep(work, *args, **kwargs)

    def put(self, due: datetime | None = None) -> None:
        with self.lock:
            self.workspace.keep(put, system_clock(), due=due)

    def next(self) -> Report | Exception:
        return self.came.get(timeout=PATIENCE)


@pytest.fixture
def watch(workspace: Workspace) -> Iterator[Watch]:
    watch = Watch(workspace)
    yield watch
    watch.channel.was_cut.set()
    watch.rounds.close(2)
    assert not watch.rounds._thread.is_alive()


def test_it_sleeps_until_something_is_due(watch: Watch) -> None:
    assert watch.kept == 0, "nothing is asked of the workspace before that"
    watch.put()
    watch.rounds.expect(system_clock())
    assert watch.next() == Report(sent=1)
    kept = watch.kept
    watch.rounds.expect(None)
    watch.rounds.expect(system_clock() + timedelta(hours=1))
    assert watch.kept == kept


def test_it_comes_back_by_itself_for_what_waits(watch: Watch) -> None:
    watch.put()
    watch.put(due=system_clock() + timedelta(seconds=0.2))
    watch.rounds.expect(system_clock())
    reports = [watch.next(), watch.next()]
    assert [report.sent for report in reports if isinstance(report, Report)] == [1, 1]


def test_news_that_come_during_a_round_are_not_forgotten(watch: Watch) -> None:
    def more() -> None:
        watch.channel.meanwhile = int
        watch.rounds.expect(system_clock())

    watch.channel.meanwhile = more
    watch.put()
    watch.rounds.expect(system_clock())
    watch.next()
    watch.put()
    watch.rounds.expect(system_clock())
    watch.next()
    assert len(watch.channel.sent) == 2


def test_a_workspace_that_is_busy_is_tried_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealboard.delivery.rounds.AFTER_TROUBLE", timedelta(seconds=0.05))
    watch.trouble.append(Busy(15))
    watch.put()
    watch.rounds.expect(system_clock())
    assert watch.next() == Report(sent=1)


def test_an_error_that_nobody_foresaw_is_told(watch: Watch) -> None:
    watch.trouble.append(ZeroDivisionError())
    watch.put()
    watch.rounds.expect(system_clock())
    assert isinstance(watch.next(), ZeroDivisionError)


def test_leaving_waits_for_the_request_under_way_and_for_no_other(watch: Watch) -> None:
    reached, leaving = threading.Event(), threading.Event()

    def meanwhile() -> None:
        reached.set()
        leaving.wait(PATIENCE)

    watch.channel.meanwhile = meanwhile
    watch.put()
    watch.put()
    watch.rounds.expect(system_clock())
    assert reached.wait(PATIENCE)
    threading.Timer(0.1, leaving.set).start()
    watch.rounds.close(2)
    report = watch.next()
    assert isinstance(report, Report)
    assert report.sent == len(watch.channel.sent) == 1
    assert report.next_due is not None
    assert report.next_due <= system_clock(), "the other row is nobody's"


def test_leaving_cuts_off_what_does_not_end(watch: Watch) -> None:
    reached = threading.Event()

    def stuck() -> None:
        reached.set()
        watch.channel.was_cut.wait(PATIENCE)

    watch.channel.meanwhile = stuck
    watch.put()
    watch.rounds.expect(system_clock())
    assert reached.wait(PATIENCE)
    began = time.monotonic()
    watch.rounds.close(0.6)
    assert time.monotonic() - began < 2
    report = watch.next()
    assert isinstance(report, Report)
    assert report.again == 1, "it is settled, and nobody has to wait for its lease"
