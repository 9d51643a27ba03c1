"""The ways out: by a key, which asks over unsaved work, and by a signal, which does not."""

import asyncio
import contextlib
import os
import shutil
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen

    from dealboard.app import DealboardApp

SIGNALLED_SECONDS = 5.0
"""How long a signal's orderly way out may take before the process ends anyhow."""


def heed_signals(app: "DealboardApp") -> None:
    """Leave on a signal, where the event loop can be told of one."""
    with contextlib.suppress(NotImplementedError):
        for name in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, _stop, app, name)


def _stop(app: "DealboardApp", number: int) -> None:
    """Leave on a signal; a terminal that went away may hold the driver up for ever."""
    last_resort = threading.Timer(SIGNALLED_SECONDS, abandon, [app, 128 + number])
    last_resort.daemon = True
    last_resort.start()
    leave(app, 128 + number)


def abandon(app: "DealboardApp", code: int) -> None:
    """End the process without any ceremony; only the demo's folder is taken along."""
    if app.demo:
        shutil.rmtree(app.location.parent, ignore_errors=True)
    os._exit(code)


def leave_unless_unsaved(app: "DealboardApp") -> None:
    """Leave, but not over unsaved work without asking."""
    if not any(_unsaved(screen) for screen in app.screen_stack):
        leave(app)
        return
    from dealboard.screens.confirm import Confirm

    def answer(sure: bool | None) -> None:
        if sure:
            leave(app)

    app.push_screen(Confirm("Quit without saving?", yes="Quit"), answer)


def _unsaved(screen: "Screen[Any]") -> bool:
    """Return whether leaving a screen would lose what was typed in it."""
    return any(getattr(screen, what, False) for what in ("dirty", "unsent"))


def leave(app: "DealboardApp", code: int = 0) -> None:
    """Exit when every key typed before has had its turn: past the widget, then the screen."""

    def exit_last() -> None:
        app.start(_exit_after_writes(app, code))

    (app.focused or app.screen).call_later(app.screen.call_later, exit_last)


async def _exit_after_writes(app: "DealboardApp", code: int) -> None:
    await app.threads.written()
    app.exit(return_code=code)
