"""Reads that overtake each other: one at a time, and of those that wait only the newest."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Work = Callable[[], Awaitable[None]]


class Newest:
    """Runs what is wanted; what waits is dropped when something newer is wanted."""

    def __init__(self, start: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._start = start
        self._next: Work | None = None
        self._running = False

    @property
    def overtaken(self) -> bool:
        """Whether something newer waits: what is running need not show what it found."""
        return self._next is not None

    def want(self, work: Work) -> None:
        """Run this when what runs is done, unless something newer is wanted by then."""
        self._next = work
        if not self._running:
            self._running = True
            self._start(self._run())

    async def _run(self) -> None:
        try:
            while (work := self._next) is not None:
                self._next = None
                await work()
        finally:
            self._running = False
