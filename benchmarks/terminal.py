"""A program in a pseudo-terminal, timed by the bytes it writes.

The time of a byte is the moment it can be read at the terminal's end. What the bytes show is worked
out afterwards, while the program is quiet: emulating the screen takes nothing from it. Linux only.
"""

import fcntl
import os
import select
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Self

import pyte

COLUMNS, LINES = 160, 48
QUIET = 0.060
"""Seconds without output that end a response."""
PATIENCE = 30.0
"""Seconds after which a response that has not come is an error."""
POLL = 0.0005
"""Seconds between two looks at what else, besides output, makes a response."""

ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: known, off
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # size reports in band: not known
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?u": b"\x1b[?0u",
}
"""What the terminal says when it is asked, the same to every program."""

Line = tuple[pyte.screens.Char, ...]
"""The cells of a line, each with its style."""


class NoResponseError(Exception):
    """The program did not show in time what was waited for."""

    def __init__(self, screen: str) -> None:
        super().__init__(f"What was waited for did not come. The screen shows:\n{screen}")


@dataclass(frozen=True, slots=True)
class Response:
    """When a program reacted, in seconds after the key (or after exec).

    `seen`: the screen first showed what was waited for. `last`: the last byte before the program
    fell quiet.
    """

    seen: float
    last: float


class Screen:
    """What the bytes written so far show."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: bytes) -> None:
        """Take in more output."""
        self._stream.feed(data)

    def rows(self) -> list[str]:
        """Return the text of each line, one character a cell (a wide one and a NUL for two)."""
        buffer = self._screen.buffer
        return [
            "".join(buffer[y][x].data[:1] or "\0" for x in range(COLUMNS)) for y in range(LINES)
        ]

    def text(self) -> str:
        """Return the whole screen as text."""
        return "\n".join(row.replace("\0", "").rstrip() for row in self.rows())

    def lines(self) -> tuple[Line, ...]:
        """Return every cell with its style, to compare one moment with another."""
        buffer = self._screen.buffer
        return tuple(tuple(buffer[y][x] for x in range(COLUMNS)) for y in range(LINES))


Shows = Callable[[Screen], bool]
"""A question to the screen: is there what was waited for?"""


class Terminal:
    """One running program with its screen; a context manager that ends the program."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.screen = Screen()
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._ended = False
        self.pressed = perf_counter()
        self.pid = os.posix_spawnp(
            command[0],
            command,
            environment,
            # Opened by a session leader, the terminal becomes the controlling one.
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
            setsid=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        """Hand over the running program."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill the program if it still runs."""
        if not self._ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._master)

    def wait(self, shows: Shows, also: Callable[[], bool] | None = None) -> Response:
        """Wait until the screen shows something, `also` holds and the program is quiet.

        `also` is asked every half millisecond. Times count from the last key, or from exec if there
        was none. Raise NoResponseError after `PATIENCE`.
        """
        seen: float | None = None
        last = self.pressed
        while seen is None or (also and not also()):
            for moment, data in self._listen(also):
                self.screen.feed(data)
                last = moment
                if seen is None and shows(self.screen):
                    seen = moment
            if self._ended or perf_counter() > self.pressed + PATIENCE:
                raise NoResponseError(self.screen.text())
        return Response(seen - self.pressed, last - self.pressed)

    def press(
        self,
        key: bytes,
        shows: Shows,
        also: Callable[[], bool] | None = None,
    ) -> Response:
        """Send a key and wait for what it brings."""
        self.catch_up()
        self._write(key)
        return self.wait(shows, also)

    def type(self, key: bytes) -> None:
        """Send a key and take in all that comes before the program is quiet."""
        self.catch_up()
        self._write(key)
        self.rest()

    def rest(self) -> None:
        """Take in all that comes before the program is quiet."""
        for _, data in self._listen():
            self.screen.feed(data)

    def hold(self, keys: Sequence[bytes], interval: float) -> float:
        """Send keys one every `interval` seconds; return how far the screen lags behind the last.

        Seconds from the last key to the last byte of output.
        """
        self.catch_up()
        last = due = perf_counter()
        chunks: list[tuple[float, bytes]] = []
        for key in keys:
            while (left := due - perf_counter()) > 0:
                chunks += self._read(left)
            self._write(key)
            due += interval
        chunks += self._listen()
        for moment, data in chunks:
            self.screen.feed(data)
            last = moment
        return last - self.pressed

    def quit(self, key: bytes) -> float:
        """Send the key that ends the program; return the seconds until its process was gone."""
        self.catch_up()
        self._write(key)
        while not self._ended:
            self._read(PATIENCE)
        return perf_counter() - self.pressed

    def catch_up(self) -> None:
        """Take in what came meanwhile, so that it is not held to be the answer to the next key."""
        while chunks := self._read(0):
            for _, data in chunks:
                self.screen.feed(data)

    def _write(self, key: bytes) -> None:
        self.pressed = perf_counter()
        os.write(self._master, key)

    def _listen(self, also: Callable[[], bool] | None = None) -> list[tuple[float, bytes]]:
        """Read until the program is quiet."""
        chunks: list[tuple[float, bytes]] = []
        quiet_since = perf_counter()
        while (now := perf_counter()) < quiet_since + QUIET and not self._ended:
            if now > self.pressed + PATIENCE:
                break
            more = self._read(POLL if also and not also() else quiet_since + QUIET - now)
            if more:
                chunks += more
                quiet_since = more[-1][0]
        return chunks

    def _read(self, timeout: float) -> list[tuple[float, bytes]]:
        """Read what is there, waiting for it up to `timeout` seconds; answer queries."""
        if not select.select([self._master], [], [], timeout)[0]:
            return []
        try:
            data = os.read(self._master, 65536)
        except OSError:  # every program that had the terminal open is gone
            os.waitpid(self.pid, 0)
            self._ended = True
            return []
        moment = perf_counter()
        for query, answer in ANSWERS.items():
            if query in data:
                os.write(self._master, answer)
        return [(moment, data)]
