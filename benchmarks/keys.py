"""Keys: from the byte that goes in to the last byte of what it brings to the screen."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import ceil

from benchmarks.apps import MARKED, Case, Pair, Watch
from benchmarks.report import Row, Samples, Target
from benchmarks.terminal import NoResponseError, Screen, Shows, Terminal

DOWN, UP = b"j", b"k"
PAGE_DOWN, PAGE_UP = b"\x1b[6~", b"\x1b[5~"
MOVE_RIGHT, MOVE_LEFT = b"L", b"H"

STEPS = 5
"""Cards the cursor goes down before it comes up again: at every size they are in view."""
PAGES = 10
"""Pages to go down before coming up again, where the stage has as many."""
PAGE_OF_DEALS = 48
"""Deals that surely fill a page."""
TWO_PAGES = 24
"""Cards that the terminal shows two pages of, of which a small workspace has just enough."""
HELD_KEYS, HELD_INTERVAL = 60, 1 / 30
MESSAGES = 2
"""Lines at the bottom where an app talks."""
STRAY_CELLS = 8
"""Cells of a line that may differ without its saying something else."""
WARM_UP = 2
"""Moves that do not count: the first ones load what writing needs."""

FOCUS_KEY = "focus key"
PAGE = "scroll a page"
MOVED = "move key, painted and committed"
COMMITTED = "move key, committed"
HELD = "held key, behind the last"

FOCUS_TARGET = Target(1.3)
PAGE_TARGET = Target(2)
MOVED_TARGET = Target(3)
HELD_TARGET = Target(20, "value")


def changed(screen: Screen, lines: int = 1) -> Shows:
    """Ask whether at least so many lines look different from now."""
    before = screen.lines()

    def shows(later: Screen) -> bool:
        pairs = zip(before, later.lines(), strict=True)
        return sum(was != now for was, now in pairs) >= lines

    return shows


def focus(case: Case) -> list[Row]:
    """Time the cursor's way over cards in view."""
    samples = Samples()
    with case.running() as pair, comes_back(pair.board):
        steps = min(STEPS, pair.workspace.depth - 1)
        for key in there_and_back(DOWN, UP, steps, case.keys):
            echo(pair, key, samples)
            response = pair.board.press(key, changed(pair.board.screen, lines=2))
            samples.dealboard.append(response.last * 1000)
    return [Row.of(FOCUS_KEY, case.size, "ms", samples, FOCUS_TARGET)]


def scroll(case: Case) -> list[Row]:
    """Time paging down a stage and up again; a page counts when its cards are there.

    However few deals there are, the stage has two pages of them: a key scrolls a whole one.
    """
    samples = Samples()
    with case.running(TWO_PAGES) as pair, comes_back(pair.board):
        pages = max(1, min(PAGES, pair.workspace.depth // PAGE_OF_DEALS))
        for key in there_and_back(PAGE_DOWN, PAGE_UP, pages, case.keys):
            echo(pair, key, samples)
            response = pair.board.press(key, _turned(pair))
            samples.dealboard.append(response.last * 1000)
    return [Row.of(PAGE, case.size, "ms", samples, PAGE_TARGET)]


def move(case: Case) -> list[Row]:
    """Time a deal's way to the next stage and back, until it is painted and committed."""
    done, committed = Samples(), Samples()
    with case.running() as pair:
        first, second, third = _lanes(pair)
        target = {
            MOVE_RIGHT: _marked_between(second, third),
            MOVE_LEFT: _marked_between(first, second),
        }
        for key in there_and_back(MOVE_RIGHT, MOVE_LEFT, 1, case.keys + WARM_UP):
            echo(pair, key, done)
            with closing(Watch(pair.workspace)) as watch:
                painted = pair.board.press(key, target[key], watch).last
                saved = (watch.moment or 0) - pair.board.pressed
            done.dealboard.append(max(painted, saved) * 1000)
            committed.dealboard.append(saved * 1000)
    return [
        Row.of(MOVED, case.size, "ms", done.without(WARM_UP), MOVED_TARGET),
        Row.of(COMMITTED, case.size, "ms", committed.without(WARM_UP)),
    ]


def held(case: Case) -> list[Row]:
    """Hold the cursor key for two seconds, and see how far the screen lags behind the last key."""
    samples = Samples()
    with case.running() as pair, comes_back(pair.board):
        steps = min(HELD_KEYS // 2, pair.workspace.depth - 1)
        keys = there_and_back(DOWN, UP, steps, HELD_KEYS)
        for _ in range(max(3, case.keys // 8)):
            samples.yardstick.append(pair.hello.hold(keys, HELD_INTERVAL) * 1000)
            samples.dealboard.append(pair.board.hold(keys, HELD_INTERVAL) * 1000)
    return [Row.of(HELD, case.size, "ms", samples, HELD_TARGET)]


def echo(pair: Pair, key: bytes, samples: Samples) -> None:
    """Time the bare app's answer to the same key."""
    response = pair.hello.press(key, changed(pair.hello.screen))
    samples.yardstick.append(response.last * 1000)


def there_and_back(there: bytes, back: bytes, steps: int, least: int) -> list[bytes]:
    """Return at least so many keys that end where they began."""
    return ([there] * steps + [back] * steps) * ceil(least / (2 * steps))


@contextmanager
def comes_back(terminal: Terminal) -> Iterator[None]:
    """Make sure that no key was lost: in the end the screen looks as in the beginning.

    But for some cells: where the emulator takes an emoji to be wider than the program does, it
    leaves one or two behind, while a cursor elsewhere shows in whole lines.
    """
    before = terminal.screen.lines()
    yield
    terminal.catch_up()
    for was, now in zip(before, terminal.screen.lines(), strict=True):
        if sum(cell != other for cell, other in zip(was, now, strict=True)) > STRAY_CELLS:
            raise NoResponseError(terminal.screen.text())


def _turned(pair: Pair) -> Shows:
    """Ask whether something looks different, and the first stage is about as full as now."""
    first, second, _ = _lanes(pair)
    differs = changed(pair.board.screen, lines=2)
    before = filled(pair.board.screen, first, second)
    return lambda later: differs(later) and filled(later, first, second) > before / 2


def filled(screen: Screen, left: int, right: int) -> int:
    """Count the cells with text from one column to before another."""
    return sum(len(row[left:right].replace(" ", "")) for row in screen.rows())


def _marked_between(left: int, right: int) -> Shows:
    """Ask whether a card of the marked deal begins between two columns, and nowhere else.

    What the last lines of the screen say of the deal is no card.
    """

    def shows(screen: Screen) -> bool:
        places = {row.find(MARKED) for row in screen.rows()[:-MESSAGES]} - {-1}
        return bool(places) and all(left <= place < right for place in places)

    return shows


def _lanes(pair: Pair) -> tuple[int, int, int]:
    """Return the columns where the first three stages begin: their names, farthest apart."""
    one, two, three = (name[:6] for _, name in pair.workspace.stages[:3])
    found = []
    for row in pair.board.screen.rows():
        first = row.find(one)
        second = row.find(two, first + 1)
        third = row.find(three, second + 1)
        if 0 <= first < second < third:
            found.append((third - first, first, second, third))
    if not found:
        raise NoResponseError(pair.board.screen.text())
    _, first, second, third = max(found)
    return max(0, first - 3), second - 3, third - 3
