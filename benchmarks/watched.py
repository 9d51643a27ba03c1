"""Run a program with the turns of its event loop timed: `python watched.py LOG PROGRAM ARGUMENT…`.

Each turn over `LEAST` becomes a line of LOG: when it began, the seconds that it took and the
messages that Textual handled in it. The clock is the one that whoever presses the keys reads too.
"""

import asyncio
import runpy
import sys
from time import perf_counter
from typing import TextIO

from textual.message import Message
from textual.message_pump import MessagePump

LEAST = 0.0002
"""Seconds; a key of the bare app takes turns about as long."""


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
            log.write(f"{begin} {took} {','.join(handled) or '-'}\n")

    async def named(pump: MessagePump, message: Message) -> None:
        handled.append(f"{type(pump).__name__}:{type(message).__name__}")
        await dispatch(pump, message)

    asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]  # noqa: SLF001
    MessagePump._dispatch_message = named  # type: ignore[method-assign, assignment]  # noqa: SLF001


if __name__ == "__main__":
    with open(sys.argv[1], "w", buffering=1) as log:  # noqa: PTH123 -- nothing more is imported
        watch(log)
        sys.argv = sys.argv[2:]
        runpy.run_path(sys.argv[0], run_name="__main__")
