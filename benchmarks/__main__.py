"""`python -m benchmarks`: measure, and print a table or JSON."""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory

from benchmarks import bulk, keys, life, turns, views
from benchmarks.apps import RESULTS, Apps, Case
from benchmarks.report import Row, flatness, table, to_json
from benchmarks.terminal import NoResponseError

MEASURES: dict[str, Callable[[Case], list[Row]]] = {
    "start": life.start,
    "focus": keys.focus,
    "scroll": keys.scroll,
    "move": keys.move,
    "held": keys.held,
    "table": views.scroll,
    "sort": views.sort,
    "filter": views.filter_by_name,
    "deal_page": views.open_deal,
    "turns": turns.turns,
    "memory": life.memory,
    "idle": life.idle,
    "import": bulk.import_deals,
}
HELP = "help"
RULES = "rules"
FLAT = (life.FIRST_BOARD, keys.FOCUS_KEY, keys.PAGE, keys.MOVED, views.PAGE, life.RESIDENT)


def main() -> None:
    """Measure what was asked for."""
    options = _options()
    RESULTS.mkdir(exist_ok=True)
    with TemporaryDirectory() as home:
        apps = Apps(tuple(shlex.split(options.app)), Path(home))
        apps.compile()
        rows = list(_measure(apps, options))
    rows += flatness(rows, FLAT)
    print(to_json(rows) if options.json else table(rows))


def _measure(apps: Apps, options: argparse.Namespace) -> Iterator[Row]:
    starts, presses, imports = (7, 16, 1) if options.quick else (15, 40, 3)
    if HELP in options.only:
        yield from bulk.show_help(apps, starts)
    if RULES in options.only:
        yield from bulk.with_rules(apps, starts)
    for size in options.sizes:
        case = Case(apps, size, presses, starts, imports)
        for name, measure in MEASURES.items():
            if name in options.only:
                print(f"{size:,}: {name} …", file=sys.stderr, flush=True)
                try:
                    yield from measure(case)
                except (NoResponseError, CalledProcessError) as error:
                    print(f"{size:,}: {name} gave no figure. {error}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [*MEASURES, HELP, RULES]
    parser.add_argument(
        "--only",
        type=lambda text: _known(text, names),
        default=names,
        metavar="NAME,…",
        help=f"measure only these: {', '.join(names)}",
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        default=[100, 10_000, 100_000],
        metavar="N,…",
        help="numbers of deals (default: 100,10000,100000)",
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--app",
        default=shlex.quote(str(Path(sys.executable).with_name("dealboard"))),
        metavar="COMMAND",
        help="what starts dealboard (default: the one beside this Python)",
    )
    return parser.parse_args()


def _known(text: str, names: list[str]) -> list[str]:
    chosen = text.split(",")
    if unknown := set(chosen) - set(names):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return chosen


if __name__ == "__main__":
    main()
