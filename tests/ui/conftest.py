"""How the tests wait: until the app has nothing to do, and not a moment longer.

Textual's own `wait_for_idle` sleeps for fiftieths of a second until the processor is idle, twice a
key, and its `wait_for_screen` sends a message to every widget. Most of what a test took was that,
and on a busy machine it is no proof of anything.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.thread import _WorkItem
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from tests.ui.drive import Gate

FRAME = 1 / 40
"""Seconds within which a timer, such as that of the next repaint, belongs to what goes on."""

PATIENCE = 10.0
"""Seconds after which something that goes on and on is not waited for."""

GLANCE = 0.05
"""Seconds between two looks at threads: one of them may have come to a gate."""


@pytest.fixture(scope="session", autouse=True)
def _waiting_for_what_is_done() -> Iterator[None]:
    """Let the pilot wait for callbacks that are ready, threads at work and timers that are due."""
    at_work: set[Future[Any]] = set()
    make: Any = _WorkItem.__init__
    tell: Any = Future._invoke_callbacks  # type: ignore[attr-defined]

    def made(item: Any, future: Future[Any], *args: Any) -> None:
        at_work.add(future)
        make(item, future, *args)

    def told(future: Future[Any]) -> None:
        tell(future)
        at_work.discard(future)  # not when it is done: whoever waits for it has not heard of it yet

    async def nothing_to_do(*_: float) -> None:
        loop: Any = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while loop.time() < deadline:
            await asyncio.sleep(0)
            if loop._ready:
                continue
            if at_work and not Gate.held:
                await asyncio.wait([*map(asyncio.wrap_future, set(at_work))], timeout=GLANCE)
                continue
            timers = (each.when() for each in loop._scheduled if not each.cancelled())
            until = min(timers, default=deadline) - loop.time()
            if until > FRAME:
                return
            await asyncio.sleep(max(until, 0))

    async def nothing_on_screen(*_: object) -> bool:
        await nothing_to_do()
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_WorkItem, "__init__", made)
        patch.setattr(Future, "_invoke_callbacks", told)
        patch.setattr("textual.app.wait_for_idle", nothing_to_do)
        patch.setattr("textual.pilot.wait_for_idle", nothing_to_do)
        patch.setattr(Pilot, "_wait_for_screen", nothing_on_screen)
        yield


@pytest.fixture(autouse=True)
def _looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an app look for what others wrote more often than every half a second."""
    monkeypatch.setattr("dealboard.app.poll.POLL_SECONDS", 2 * FRAME)


@pytest.fixture(autouse=True)
def _garbage_stays_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an app that starts not freeze what the apps before it left: nobody would collect it."""
    monkeypatch.setattr("gc.freeze", lambda: None)


@pytest.fixture(scope="session", autouse=True)
def _parsing_once() -> Iterator[None]:
    """Let all apps share what their CSS came to, as one app's screens do."""
    parse: Any = Stylesheet._parse_rules
    parsed: dict[Any, list[RuleSet]] = {}

    def parsed_once(self: Stylesheet, css: str, **where: Any) -> list[RuleSet]:
        key = (css, *where.values(), *self._variables.items())
        if key not in parsed:
            parsed[key] = parse(self, css, **where)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed_once)
        yield
