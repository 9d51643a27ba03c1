"""The real command in a real terminal: bytes in, and what the bytes that come out would show."""

import os
import signal
import sys
import termios
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import pexpect
import pyte

PATIENCE = 40.0
"""Seconds before a condition that does not come true is a failure."""
LOOK = 0.02
"""Seconds to wait for more output between two looks at a condition."""


Look = list[list[pyte.screens.Char]]
"""Every cell with its style, but for what a blank does not show of it."""


def _look(screen: pyte.Screen) -> Look:
    return [
        [_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)
    ]


def _seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    if cell.data != " " or cell.reverse:
        return cell
    return cell._replace(fg="default", bold=False, italics=False)


class Terminal:
    """One running `dealboard` with its screen; a context manager that ends it."""

    def __init__(self, *words: object, columns: int = 120, lines: int = 40) -> None:
        self.output = b""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._text: str | None = None
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-m", "dealboard", *map(str, words)],
            dimensions=(lines, columns),
            env=dict(os.environ),  # without it readline's own COLUMNS would be passed on
            timeout=PATIENCE,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        self._child.close()

    @property
    def text(self) -> str:
        """What the screen shows, line by line."""
        if self._text is None:
            self._text = "\n".join(line.rstrip() for line in self._screen.display)
        return self._text

    @property
    def looks(self) -> Look:
        """What the screen shows, cell by cell."""
        return _look(self._screen)

    def looked_before(self, mark: bytes) -> Look:
        """Return how the screen looked when a mark was first written."""
        screen = pyte.Screen(self._screen.columns, self._screen.lines)
        pyte.ByteStream(screen).feed(self.output.partition(mark)[0])
        return _look(screen)

    @property
    def modes(self) -> list[object]:
        """How the system treats what is typed."""
        return list(termios.tcgetattr(self._child.child_fd))

    def send(self, keys: bytes) -> None:
        """Type bytes, all at once."""
        self._child.send(keys)

    def signal(self, number: int) -> None:
        self._child.kill(number)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size; the system sends SIGWINCH."""
        self._screen.resize(lines, columns)
        self._text = None
        self._child.setwinsize(lines, columns)

    def find(self, text: str) -> tuple[int, int]:
        """Return the column and the line, from 0, where a text begins on the screen."""
        for y, line in enumerate(self._screen.display):
            if text in line:
                return line.index(text), y
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")

    def mouse(self, code: int, place: tuple[int, int], *, up: bool = False) -> None:
        """Report the mouse as SGR: 0 is the left button, 32 a movement with it held."""
        self.send(b"\x1b[<%d;%d;%d%c" % (code, place[0] + 1, place[1] + 1, b"m" if up else b"M"))

    def until(self, condition: Callable[[], object]) -> None:
        """Take in output until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"It did not come. The screen shows:\n{self.text}")
            self._read()

    def shows(self, *texts: str) -> None:
        """Wait until all these texts are on the screen."""
        self.until(lambda: all(text in self.text for text in texts))

    def exit_code(self) -> int:
        """Wait until the program is gone and return its exit code."""
        self.until(lambda: self._child.flag_eof)
        code: int = self._child.wait()
        return code

    def _read(self) -> None:
        try:
            data = self._child.read_nonblocking(65536, timeout=LOOK)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.output += data
        self._stream.feed(data)
        self._text = None
