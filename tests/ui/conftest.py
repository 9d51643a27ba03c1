"""How the tests wait: until the app has nothing to do, and not a moment longer.

Textual's own `wait_for_idle` sleeps for fiftieths of a second until the processor is idle, twice a
key. Most of what a test took was that sleep, and on a busy machine it is no proof of anything.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

FRAME = 1 / 40
"""Seconds within which a timer, such as that of the next repaint, belongs to what goes on."""

PATIENCE = 1.0
"""Seconds after which something that goes on and on is not waited for."""


@pytest.fixture(scope="session", autouse=True)
def _waiting_for_what_is_done() -> Iterator[None]:
    """Let the pilot wait for callbacks that are ready, threads at work and timers that are due."""
    at_work: list[Future[Any]] = []
    submit: Any = ThreadPoolExecutor.submit

    def noted(*args: Any, **keywords: Any) -> Future[Any]:
        future: Future[Any] = submit(*args, **keywords)
        at_work.append(future)
        return future

    async def nothing_to_do(min_sleep: float = 0.0, max_sleep: float = PATIENCE) -> None:
        loop: Any = asyncio.get_running_loop()
        deadline = loop.time() + max_sleep
        while loop.time() < deadline:
            await asyncio.sleep(0)
            at_work[:] = [each for each in at_work if not each.done()]
            if loop._ready:
                continue
            if at_work:
                waiting = [asyncio.wrap_future(each) for each in at_work]
                await asyncio.wait(waiting, timeout=deadline - loop.time())
                continue
            timers = (each.when() for each in loop._scheduled if not each.cancelled())
            until = min(timers, default=deadline) - loop.time()
            if until > FRAME:
                return
            await asyncio.sleep(max(until, 0))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ThreadPoolExecutor, "submit", noted)
        patch.setattr("textual.app.wait_for_idle", nothing_to_do)
        patch.setattr("textual.pilot.wait_for_idle", nothing_to_do)
        yield


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
