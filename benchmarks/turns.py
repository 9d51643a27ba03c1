"""How long a key holds up the event loop, from inside: its handlers, and whatever they cause.

Each screen's keys are pressed in rounds that end where they began. The first round does not count:
it imports what is shown for the first time.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import process
from benchmarks.apps import HERE, Case, greeted, marked
from benchmarks.report import Row, Target
from benchmarks.terminal import Terminal

HANDLER = Target(5, "value")
ROUNDS = 5
WATCHED = str(HERE / "watched.py")

BUSY = 0.002
"""Seconds of processor time within a moment of quiet: who takes more is still at something."""

DOWN, UP, PAGE_DOWN, PAGE_UP, ESCAPE, RUB_OUT = "j", "k", "\x1b[6~", "\x1b[5~", "\x1b", "\x7f"
WALK = (DOWN, DOWN, UP, PAGE_DOWN, PAGE_DOWN, PAGE_UP, "G", UP, "g")
FIND = ("/", "e", "r", RUB_OUT, RUB_OUT, ESCAPE)

SCREENS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "board": ((), (*WALK, "l", "h", "L", "H", "J", "K", " ", UP, ESCAPE, "c", "c", *FIND)),
    "table": (("t",), (*WALK, "l", "h", "s", "S", "S", " ", UP, ESCAPE, "A", ESCAPE, *FIND)),
    "deal page": (("\r",), (*WALK, "n", "p", "2", *WALK, "3", "1", ESCAPE, "\r")),
    "contacts": (("\x1bOR",), (*WALK, "s", "S", "S", *FIND)),
    "contact page": (("\x1bOR", "\r"), ("2", "3", "4", "1", ESCAPE, "\r")),
    "today": (("T",), (*WALK, "o", "o")),
}
"""The keys that lead to a screen, and those of a round on it."""

NAMES = {
    PAGE_DOWN: "PgDn",
    PAGE_UP: "PgUp",
    ESCAPE: "Esc",
    RUB_OUT: "Backspace",
    " ": "Space",
    "\r": "⏎",
}


class Held(NamedTuple):
    """How long a key held the loop up, in milliseconds."""

    handler: float
    turn: float


@dataclass
class Watched:
    """A running program and the log of its turns."""

    terminal: Terminal
    log: Path
    _read: int = 0

    def press(self, key: str) -> Held:
        """Press a key; return its longest step and the longest turn until all is at rest again."""
        self._held()
        self.terminal.type(key.encode())
        while True:
            before = process.cpu(self.terminal.pid)
            self.terminal.rest()
            if process.cpu(self.terminal.pid) - before < BUSY:
                return self._held()

    def _held(self) -> Held:
        """Return the longest step of a handler and turn since it was asked the last time."""
        with self.log.open() as file:
            file.seek(self._read)
            lines = file.readlines()
            self._read = file.tell()
        longest = {"key": 0.0, "turn": 0.0}
        for line in lines:
            kind, seconds, _ = line.split()
            longest[kind] = max(longest[kind], float(seconds) * 1000)
        return Held(longest["key"], longest["turn"])


def turns(case: Case) -> list[Row]:
    """Press each screen's keys, and find those that usually hold up the loop the longest."""
    return [row for name, keys in SCREENS.items() for row in _screen(case, name, *keys)]


def _screen(case: Case, screen: str, way: Sequence[str], keys: Sequence[str]) -> Iterator[Row]:
    with _watched(case) as (hello, board):
        for key in (*way, *keys):
            board.press(key)
        bare = [hello.press(DOWN) for _ in keys]
        rounds = [[board.press(key) for key in keys] for _ in range(ROUNDS)]
    for what, place, target in (("handler", 0, HANDLER), ("longest turn", 1, None)):
        of_keys = [sorted(held[place] for held in at) for at in zip(*rounds, strict=True)]
        key, worst = max(zip(keys, of_keys, strict=True), key=lambda each: median(each[1]))
        yield Row(
            f"{screen}: {what}, of {NAMES.get(key, key)}",
            case.size,
            "ms",
            median(held[place] for held in bare),
            median(worst),
            worst[-1],
            target,
        )


@contextmanager
def _watched(case: Case) -> Iterator[tuple[Watched, Watched]]:
    """Run the bare app and dealboard, their turns timed."""
    apps = case.apps
    with case.workspace() as workspace:
        logs = [workspace.file.with_name(name) for name in ("hello.log", "board.log")]
        program = shutil.which(apps.dealboard[0]) or apps.dealboard[0]
        hello_command = (sys.executable, WATCHED, str(logs[0]), *apps.hello[1:])
        board_command = (sys.executable, WATCHED, str(logs[1]), program, *apps.dealboard[1:])
        with (
            Terminal(hello_command, apps.environment) as hello,
            Terminal(board_command, apps.opening(workspace.file)) as board,
        ):
            hello.wait(greeted)
            board.wait(marked)
            process.until_idle(hello.pid, board.pid)
            yield Watched(hello, logs[0]), Watched(board, logs[1])
