"""Work in slices: all of it is done, and others have their turn before it is."""

import asyncio
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from dealboard.widgets.slices import SLICE, in_slices

if TYPE_CHECKING:
    from textual.message_pump import MessagePump


class Pump:
    """Calls what it is asked to at once, as a pump does that has nothing else to do."""

    def call_later(self, work: Callable[..., Any], *args: Any) -> None:
        work(*args)


async def test_others_have_their_turn_before_long_work_is_done() -> None:
    told: list[str] = []
    done = asyncio.Event()

    def steps() -> Iterator[None]:
        for number in range(4):
            until = perf_counter() + SLICE
            while perf_counter() <= until:
                pass
            told.append(f"step {number}")
            yield
        done.set()

    in_slices(cast("MessagePump", Pump()), steps())
    asyncio.get_running_loop().call_soon(told.append, "another")
    await done.wait()
    assert told.index("another") < 3
    assert [each for each in told if each != "another"] == [f"step {n}" for n in range(4)]


async def test_short_work_is_done_at_once() -> None:
    done: list[int] = []

    def steps() -> Iterator[None]:
        for number in range(3):
            done.append(number)
            yield

    in_slices(cast("MessagePump", Pump()), steps())
    assert done == [0, 1, 2]
