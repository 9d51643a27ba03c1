"""No noun: the terminal UI, where there is a terminal for it."""

import gc
import os
import shutil
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dealboard.cli import heap
from dealboard.cli.early_screen import shown, terminal_is_plain
from dealboard.cli.invocation import Invocation
from dealboard.errors import NoWorkspace, UsageError

if TYPE_CHECKING:
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
        opened, frame = _first_board(workspace, invocation)
        screen = stack.enter_context(shown(frame)) if frame else None
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


def _first_board(
    workspace: "Workspace | None", invocation: Invocation
) -> "tuple[FirstBoard | None, str | None]":
    """Return what the board shows first, and what draws it where that is known already."""
    if workspace is None:
        return None, None
    from dealboard.screens import first_frame

    config = invocation.config
    if not first_frame.opens_board(workspace, config):
        return None, None
    opened = first_frame.read_first(workspace, config)
    if not terminal_is_plain():
        return opened, None
    size = shutil.get_terminal_size()
    return opened, first_frame.paint(opened, workspace, config, size, demo=invocation.demo)


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout)
    if os.environ.get("TERM") == "dumb" or not all(s is not None and s.isatty() for s in streams):
        raise UsageError(
            "The terminal UI needs a terminal that can move its cursor.",
            "In a script or a pipe use a command, for example: dealboard deal list",
        )
