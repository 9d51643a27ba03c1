"""Reads that overtake each other: one at a time, and of those that wait only the newest."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from textual.dom import DOMNode

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

Work = Callable[[], Awaitable[None]]


class Newest:
    """Runs what a screen wants; what waits is dropped when something newer is wanted."""

    def __init__(self, screen: DOMNode) -> None:
        self._screen = screen
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
            cast("DealboardApp", self._screen.app).start(self._run())

    async def _run(self) -> None:
        try:
            while (work := self._next) is not None:
                self._next = None
                await work()
        finally:
            self._running = False
