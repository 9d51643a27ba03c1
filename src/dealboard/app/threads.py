"""The threads behind the event loop, which itself neither reads nor writes. No Textual here."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")

BREAKING_OFF_SECONDS = 0.05
"""After which a read that still goes on is broken off once more."""


class Threads:
    """One thread writes, in order; one reads."""

    def __init__(self) -> None:
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self.reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._writes: set[Future[Any]] = set()
        self._reads: set[Future[Any]] = set()

    def write(self, work: Callable[[], ResultT]) -> "Future[ResultT]":
        """Do something on the writer thread, in its turn; leaving waits for it."""
        return _noted(self._writes, self.writer.submit(work))

    def read(self, work: Callable[[], ResultT]) -> "Future[ResultT]":
        """Do something on the reader thread; leaving breaks it off."""
        return _noted(self._reads, self.reader.submit(work))

    async def written(self) -> None:
        """Wait for what is being written: it would be cancelled with a task that waits for it."""
        await asyncio.gather(*map(asyncio.wrap_future, self._writes), return_exceptions=True)

    def close(self, stop_reading: Callable[[], object]) -> None:
        """Wait for what is being written; break off what is read by `stop_reading`.

        Between two statements a read does not hear it.
        """
        wait(tuple(self._writes))
        self.writer.shutdown(wait=False, cancel_futures=True)
        self.reader.shutdown(wait=False, cancel_futures=True)
        while reads := tuple(self._reads):
            stop_reading()
            wait(reads, BREAKING_OFF_SECONDS)


def _noted(under_way: "set[Future[Any]]", future: "Future[ResultT]") -> "Future[ResultT]":
    """Keep a future among those that are under way until it is done."""
    under_way.add(future)
    future.add_done_callback(under_way.discard)
    return future
