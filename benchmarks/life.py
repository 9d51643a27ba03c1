"""A program's life: its start, its first key, its end, and what it costs while nothing happens."""

from contextlib import closing
from functools import partial
from time import sleep

from benchmarks import process
from benchmarks.apps import MARKED, Case, Watch, greeted, marked
from benchmarks.keys import MOVE_RIGHT, changed
from benchmarks.process import Memory
from benchmarks.report import Row, Samples, Target
from benchmarks.terminal import NoResponseError, Screen, Shows, Terminal

FIRST_BOARD = "start: first board"
RESIDENT = "memory: resident, after a move"

START = Target(1.3)
EXIT = Target(1.2)
MEMORY = Target(2.3)
IDLE_CPU = Target(0.5, "value")
IDLE_WAKE_UPS = Target(4, "excess")


def start(case: Case) -> list[Row]:
    """Time first board, the answer to the first key, and exit, of programs started in turns.

    A board may be seen long before it listens: the key tells when it does. The processor time until
    then says more than the clock on a busy machine.
    """
    boards, keys, loads, exits = Samples(), Samples(), Samples(), Samples()
    with case.workspace() as workspace:
        for turn in range(case.starts + 1):
            # The board comes back with the cursor where it was: on the marked deal, then below it.
            key, left = ((b"j", True), (b"k", False))[turn % 2]
            programs = (
                (case.apps.hello, greeted, changed, "yardstick"),
                (case.apps.dealboard, marked, partial(_cursor, left), "dealboard"),
            )
            for command, shows, answers, side in programs:
                with Terminal(command, case.apps.opening(workspace.file)) as terminal:
                    started = terminal.pressed
                    seen = terminal.wait(shows).seen
                    answer = terminal.press(key, answers(terminal.screen))
                    answered = terminal.pressed - started + answer.last
                    times = seen, answered, process.cpu(terminal.pid), _exit(terminal)
                if turn:  # the first turn warms the disk's cache, and what the app keeps
                    for samples, seconds in zip((boards, keys, loads, exits), times, strict=True):
                        getattr(samples, side).append(seconds * 1000)
    return [
        Row.of(FIRST_BOARD, case.size, "ms", boards, START),
        Row.of("start: first key answered", case.size, "ms", keys),
        Row.of("start: processor time", case.size, "ms", loads),
        Row.of("exit", case.size, "ms", exits, EXIT),
    ]


def memory(case: Case) -> list[Row]:
    """Look at the memory at rest, before and after the first deal was moved."""
    with case.running() as pair:
        before = Memory.of(pair.hello.pid), Memory.of(pair.board.pid)
        with closing(Watch(pair.workspace)) as watch:
            pair.board.press(MOVE_RIGHT, changed(pair.board.screen), watch)
        pair.hello.press(MOVE_RIGHT, changed(pair.hello.screen))
        process.until_idle(pair.hello.pid, pair.board.pid)
        after = Memory.of(pair.hello.pid), Memory.of(pair.board.pid)
    return [
        Row(metric, case.size, "MB", yardstick, dealboard, target=target)
        for metric, yardstick, dealboard, target in (
            ("memory: resident, at rest", before[0].resident, before[1].resident, None),
            (RESIDENT, after[0].resident, after[1].resident, MEMORY),
            ("memory: its own, after a move", after[0].own, after[1].own, None),
        )
    ]


def idle(case: Case, seconds: float = 5) -> list[Row]:
    """Count what both programs do while nobody touches them."""
    with case.running() as pair:
        pids = pair.hello.pid, pair.board.pid
        before = [(process.cpu(pid), process.wake_ups(pid)) for pid in pids]
        sleep(seconds)
        after = [(process.cpu(pid), process.wake_ups(pid)) for pid in pids]
    (hello_cpu, hello_wakes), (board_cpu, board_wakes) = (
        ((now[0] - then[0]) / seconds * 100, (now[1] - then[1]) / seconds)
        for then, now in zip(before, after, strict=True)
    )
    return [
        Row("idle: processor", case.size, "%", hello_cpu, board_cpu, target=IDLE_CPU),
        Row("idle: wake-ups", case.size, "/s", hello_wakes, board_wakes, target=IDLE_WAKE_UPS),
    ]


def _cursor(left: bool, screen: Screen) -> Shows:
    """Ask whether the cursor has left the marked deal, or come to it."""
    mark = f"▌{MARKED}"
    if (mark in screen.text()) is not left:
        raise NoResponseError(screen.text())
    return lambda later: marked(later) and (mark in later.text()) is not left


def _exit(terminal: Terminal) -> float:
    process.until_idle(terminal.pid)
    return terminal.quit(b"q")
