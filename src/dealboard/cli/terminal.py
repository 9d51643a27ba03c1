"""No noun: the terminal UI, where there is a terminal for it."""

import gc
import os
import shutil
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dealboard.cli import heap
from dealboard.cli.early_screen import EarlyScreen, shown, terminal_is_plain
from dealboard.cli.invocation import Invocation
from dealboard.errors import NoWorkspace, UsageError

if TYPE_CHECKING:
    from dealboard.config import Config
    from dealboard.screens.first_frame import FirstBoard
    from dealboard.workspace import Workspace

SWITCH_SECONDS = 0.001
"""After which a thread that reads or writes lets the event loop have its turn."""


def run(invocation: Invocation, *, mouse: bool) -> int:
    """Open the terminal UI and return its exit code; UsageError where it cannot be shown.

    The workspace is opened before the app is imported, so that what is wrong with it is said at
    once. Without a file the UI begins with its first-run form (decision 75).
    """
    _check_terminal()
    config = invocation.config
    try:
        workspace = invocation.workspace
    except NoWorkspace:
        workspace = None
    # Nothing made while starting is garbage, and looking for it delays the first frame; the app
    # turns the collector on again.
    gc.disable()
    with ExitStack() as stack:
        opened = _first_board(workspace, config)
        screen = _painted(stack, opened, invocation)
        heap.share()
        from dealboard.app import DealboardApp

        app = DealboardApp(
            location=invocation.location,
            workspace=workspace,
            config=config,
            demo=invocation.demo,
            opened=opened,
            driver_class=screen.driver_class() if screen else None,
        )
        sys.setswitchinterval(SWITCH_SECONDS)
        app.run(mouse=mouse and config.mouse)
        app.finish()
        return app.return_code or 0


def _first_board(workspace: "Workspace | None", config: "Config") -> "FirstBoard | None":
    """Return what is shown first, where that is a board."""
    if workspace is None:
        return None
    from dealboard.screens import first_frame

    if not first_frame.opens_board(workspace, config):
        return None
    return first_frame.read_first(workspace, config)


def _painted(
    stack: ExitStack, opened: "FirstBoard | None", invocation: Invocation
) -> EarlyScreen | None:
    """Show the first board until the stack is left, if it is known how that looks."""
    if opened is None or not terminal_is_plain():
        return None
    from dealboard.screens.first_frame import paint

    size = shutil.get_terminal_size()
    frame = paint(opened, invocation.workspace, invocation.config, size, demo=invocation.demo)
    return stack.enter_context(shown(frame)) if frame else None


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout)
    if os.environ.get("TERM") == "dumb" or not all(s is not None and s.isatty() for s in streams):
        raise UsageError(
            "The terminal UI needs a terminal that can move its cursor.",
            "In a script or a pipe use a command, for example: dealboard deal list",
        )
