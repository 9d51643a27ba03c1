"""Work on the event loop that is too much for one turn: keys have theirs between its slices."""

import asyncio
from collections.abc import Iterator
from time import perf_counter

from textual.message_pump import MessagePump

SLICE = 0.001
"""Seconds of work in a turn."""


def in_slices(pump: MessagePump, steps: Iterator[object]) -> None:
    """Take short steps for a slice of time, and the others `later`."""
    until = perf_counter() + SLICE
    for _ in steps:
        if perf_counter() > until:
            later(pump, steps)
            return


def later(pump: MessagePump, steps: Iterator[object]) -> None:
    """Take steps as messages of `pump`, a slice in each."""
    # By way of the loop: a pump handles all messages that it has before anybody else has a turn.
    asyncio.get_running_loop().call_soon(pump.call_later, in_slices, pump, steps)
