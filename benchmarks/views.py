"""The table and a deal's page: keys that bring another page, order or choice, or one deal."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import process
from benchmarks.apps import MARKED, Case, Pair
from benchmarks.keys import (
    PAGE_DOWN,
    PAGE_OF_DEALS,
    PAGE_UP,
    PAGES,
    changed,
    comes_back,
    echo,
    filled,
    there_and_back,
)
from benchmarks.report import Row, Samples, Target
from benchmarks.terminal import LINES, Screen, Shows

TABLE, OPEN, BACK = b"t", b"\r", b"\x1b"
SORT, REVERSE = b"s", b"S"
FIND, LETTERS, RUB_OUT = b"/", (b"e", b"r"), b"\x7f"

ORDERS = 5
"""Orders that have two directions; the manual one, which comes before them, has one."""
TITLES = (3, 16)
"""Columns of the screen in which a table shows titles."""
FILTER_LINE, COUNTS = 1, slice(60, None)
"""Where the view says how many deals it shows."""
MOST = LINES // 2
"""Lines of which surely so many differ on another page."""

PAGE = "table: scroll a page"
SORTED = "table: sort key to first page"
FOUND = "{}: filter key to totals and rows"
OPENED = "open deal page"
FIRST_OPENED = "open deal page, the first one"

PAGE_TARGET = Target(3)
SORTED_TARGET = Target(40)
FOUND_TARGET = Target(40)
OPENED_TARGET = Target(15)


def scroll(case: Case) -> list[Row]:
    """Time paging down the table and up again; a page counts when its rows are there.

    The way there and back is gone once before: columns become wider where there is more in them.
    """
    samples = Samples()
    with _shown(case, TABLE) as pair:
        pages = max(1, min(PAGES, case.size // PAGE_OF_DEALS - 1))
        for key in there_and_back(PAGE_DOWN, PAGE_UP, pages, 1):
            pair.board.press(key, _turned(pair.board.screen))
        with comes_back(pair.board):
            for key in there_and_back(PAGE_DOWN, PAGE_UP, pages, case.keys):
                echo(pair, key, samples)
                response = pair.board.press(key, _turned(pair.board.screen))
                samples.dealboard.append(response.last * 1000)
    return [Row.of(PAGE, case.size, "ms", samples, PAGE_TARGET)]


def sort(case: Case) -> list[Row]:
    """Time the reversal of each order, both ways, until the first page shows it."""
    samples = Samples()
    with _shown(case, TABLE) as pair:
        for _ in range(max(1, case.keys // (2 * ORDERS))):
            for _ in range(ORDERS):
                pair.board.press(SORT, changed(pair.board.screen))
                process.until_idle(pair.board.pid)
                for _ in ("there", "back"):
                    echo(pair, REVERSE, samples)
                    response = pair.board.press(REVERSE, _turned(pair.board.screen))
                    samples.dealboard.append(response.seen * 1000)
            pair.board.press(SORT, changed(pair.board.screen))
            process.until_idle(pair.board.pid)
    return [Row.of(SORTED, case.size, "ms", samples, SORTED_TARGET)]


def filter_by_name(case: Case) -> list[Row]:
    """Time letters of a name, typed and taken back, until all that they leave is counted."""
    rows = []
    for name, keys in (("board", ()), ("table", (TABLE,))):
        samples = Samples()
        with _shown(case, *keys) as pair:
            pair.board.press(FIND, changed(pair.board.screen))
            taken_back = [RUB_OUT] * len(LETTERS)
            for key in [*LETTERS, *taken_back] * max(1, case.keys // (2 * len(LETTERS))):
                echo(pair, key, samples)
                response = pair.board.press(key, _counted(pair.board.screen))
                samples.dealboard.append(response.last * 1000)
        rows.append(Row.of(FOUND.format(name), case.size, "ms", samples, FOUND_TARGET))
    return rows


def open_deal(case: Case) -> list[Row]:
    """Time the page of the deal under the cursor, and go back; the first one has yet to be made."""
    samples = Samples()
    with case.running() as pair:
        for _ in range(max(3, case.keys // 2)):
            echo(pair, OPEN, samples)
            response = pair.board.press(OPEN, _opened(pair.board.screen))
            samples.dealboard.append(response.last * 1000)
            pair.board.press(BACK, changed(pair.board.screen, lines=MOST))
            process.until_idle(pair.board.pid)
    return [
        Row.of(OPENED, case.size, "ms", samples.without(1), OPENED_TARGET),
        Row.of(FIRST_OPENED, case.size, "ms", samples.only(1)),
    ]


@contextmanager
def _shown(case: Case, *keys: bytes) -> Iterator[Pair]:
    """Run both programs, with the view shown to which these keys lead."""
    with case.running() as pair:
        for key in keys:
            pair.board.press(key, changed(pair.board.screen, lines=MOST))
            process.until_idle(pair.board.pid)
            pair.board.catch_up()
        yield pair


def _turned(screen: Screen) -> Shows:
    """Ask whether most lines look different, and the table is about as full as now."""
    differs, before = changed(screen, lines=MOST), filled(screen, *TITLES)
    return lambda later: differs(later) and filled(later, *TITLES) > before * 0.9


def _counted(screen: Screen) -> Shows:
    """Ask whether the view says another number of deals than now."""
    before = screen.rows()[FILTER_LINE][COUNTS]
    return lambda later: later.rows()[FILTER_LINE][COUNTS] != before


def _opened(screen: Screen) -> Shows:
    """Ask whether most lines look different, and the marked deal is still named."""
    differs = changed(screen, lines=MOST)
    return lambda later: differs(later) and MARKED in later.text()
