"""A courier on a thread of its own: asleep until something is due, gone within two seconds."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dealboard.delivery.courier import Clock, Courier, Keep, Report, seconds_until
from dealboard.errors import DealboardError

if TYPE_CHECKING:
    from dealboard.config import Config
    from dealboard.workspace import Workspace

AFTER_TROUBLE = timedelta(minutes=1)
"""After which a workspace that could not be written is tried again."""

LAST_MOMENT = 0.4
"""Seconds of the draining that are left for settling a request that had to be cut off."""


class Rounds:
    """Makes rounds while the app is open: `expect` says when, `told` gets what came of each.

    It is told an error too, which ends the rounds: one that nobody foresaw.
    """

    def __init__(
        self,
        make: Callable[[], Courier],
        clock: Clock,
        told: Callable[[Report | Exception], object],
    ) -> None:
        self._make = make
        self._clock = clock
        self._told = told
        self._courier: Courier | None = None
        self._due: datetime | None = None
        self._over = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def expect(self, due: datetime | None) -> None:
        """Say when the next row is due, as was just read; None lets it sleep."""
        with self._news:
            self._due = due
            self._news.notify()

    def close(self, seconds: float) -> None:
        """Let the request under way end, or cut it off, and be gone within so many seconds."""
        with self._news:
            self._over = True
            if self._courier is not None:
                self._courier.stop()
            self._news.notify()
        self._thread.join(max(0.0, seconds - LAST_MOMENT))
        if self._thread.is_alive() and self._courier is not None:
            self._courier.cut()
            self._thread.join(LAST_MOMENT)

    def _run(self) -> None:
        try:
            self._make_rounds()
        except Exception as error:  # noqa: BLE001 -- a thread has nobody above it to tell
            # While leaving, the writer may be gone first: the leases then run out by themselves.
            if not self._over:
                self._told(error)
        finally:
            if self._courier is not None:
                self._courier.close()

    def _make_rounds(self) -> None:
        afresh = True
        while self._sleep():
            try:
                report = self._round(afresh=afresh)
            except DealboardError:
                report = Report(next_due=self._clock() + AFTER_TROUBLE)
            afresh = False
            self._take_in(report)

    def _round(self, *, afresh: bool) -> Report:
        with self._news:
            if self._courier is None:
                self._courier = self._make()
            if self._over:
                self._courier.stop()
        return self._courier.flush(afresh=afresh)

    def _take_in(self, report: Report) -> None:
        """Sleep until what is due next; news that came during the round are not forgotten."""
        with self._news:
            dues = [due for due in (self._due, report.next_due) if due is not None]
            self._due = min(dues, default=None)
        if report.settled or report.trouble:
            self._told(report)

    def _sleep(self) -> bool:
        """Wait until something is due; False when it is over."""
        with self._news:
            while not self._over:
                now = self._clock()
                left = None if self._due is None else seconds_until(self._due, now)
                if left is not None and left <= 0:
                    self._due = None
                    return True
                self._news.wait(left)
            return False


def make_courier(config: "Config", workspace: "Workspace", keep: Keep) -> Courier:
    """Return the courier of an app, made on its own thread: it imports what speaks to servers."""
    from dealboard.delivery import channels

    def clock() -> datetime:
        return workspace.now

    return Courier(keep, clock, channels.every(config, clock))
