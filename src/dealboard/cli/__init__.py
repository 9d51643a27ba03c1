"""The command line: one grammar, noun then verb; without a noun it opens the terminal UI.

Without any word there is nothing to parse: the UI opens without what parses.
"""

import os
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper
from types import FrameType
from typing import Any, Never

INTERRUPTED = 130

COMPLETING = "_DEALBOARD_COMPLETE"
"""Set by a shell that asks what could come next."""


def main() -> Never:
    """Be the `dealboard` command."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _terminate)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a Latin-1 terminal gets ? for an arrow
    if len(sys.argv) == 1 and COMPLETING not in os.environ:
        sys.exit(guarded(_open))
    from dealboard.cli.grammar import root

    root.main(prog_name="dealboard")


def _open() -> int:
    from dealboard.cli.invocation import Invocation
    from dealboard.cli.terminal import run

    with Invocation() as invocation:
        return run(invocation, mouse=True)


def guarded(work: Callable[[], Any]) -> int:
    """Do the work of a command and return its exit code; what goes wrong becomes a sentence."""
    try:
        return work() or 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the one boundary of the command line
        from dealboard.cli.failure import report

        return report(error)


def _terminate(number: int, _frame: FrameType | None) -> Never:
    sys.exit(128 + number)
