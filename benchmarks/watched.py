"""Run a program with the turns of its event loop timed: `python watched.py LOG PROGRAM ARGUMENT…`.

Each turn over `LEAST` becomes a line of LOG: "turn", the seconds that it took and the messages that
Textual handled in it. So does each step of the handling of a key, as "key": what ran without a
break from when a widget was handed the key, or went on with it, to its return or its next wait.
"""

import asyncio
import runpy
import sys
from collections.abc import Coroutine, Generator
from time import perf_counter
from typing import Any, TextIO

from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump

LEAST = 0.0002
"""Seconds; a key of the bare app takes turns about as long."""


class Steps:
    """The handling of a key, each of its steps timed."""

    def __init__(self, work: Coroutine[Any, Any, None], log: TextIO) -> None:
        self._work, self._log = work, log

    def __await__(self) -> Generator[Any, Any, None]:
        """Go on with the work until it waits, and wait with it."""
        while True:
            begin = perf_counter()
            try:
                waited = self._work.send(None)
            except StopIteration:
                return
            finally:
                self._log.write(f"key {perf_counter() - begin} -\n")
            yield waited


def watch(log: TextIO) -> None:
    """Have every turn of every event loop timed from now on."""
    run, dispatch = asyncio.Handle._run, MessagePump._dispatch_message  # noqa: SLF001
    handled: list[str] = []

    def timed(handle: asyncio.Handle) -> None:
        handled.clear()
        begin = perf_counter()
        run(handle)
        took = perf_counter() - begin
        if took > LEAST:
            log.write(f"turn {took} {','.join(handled) or '-'}\n")

    async def named(pump: MessagePump, message: Message) -> None:
        handled.append(f"{type(pump).__name__}:{type(message).__name__}")
        work = dispatch(pump, message)
        await (Steps(work, log) if isinstance(message, Key) else work)

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]  # noqa: SLF001
    MessagePump._dispatch_message = named  # type: ignore[method-assign, assignment]  # noqa: SLF001


if __name__ == "__main__":
    with open(sys.argv[1], "w", buffering=1) as log:  # noqa: PTH123 -- nothing more is imported
        watch(log)
        sys.argv = sys.argv[2:]
        runpy.run_path(sys.argv[0], run_name="__main__")
