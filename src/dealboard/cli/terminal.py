"""No noun: the terminal UI, where there is a terminal for it."""

import gc
import os
import sys

from dealboard.cli.invocation import Invocation
from dealboard.errors import NoWorkspace, UsageError


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
    from dealboard.app import DealboardApp

    app = DealboardApp(
        location=invocation.location, workspace=workspace, config=config, demo=invocation.demo
    )
    app.run(mouse=mouse and config.mouse)
    app.finish()
    return app.return_code or 0


def _check_terminal() -> None:
    streams = (sys.stdin, sys.stdout)
    if os.environ.get("TERM") == "dumb" or not all(s is not None and s.isatty() for s in streams):
        raise UsageError(
            "The terminal UI needs a terminal that can move its cursor.",
            "In a script or a pipe use a command, for example: dealboard deal list",
        )
