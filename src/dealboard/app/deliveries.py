"""What leaves the machine while the app is open: when the courier sets out, what it came back with.

Everything of `delivery` is imported when there first is something to send.
"""

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from dealboard.app.messages import Delivered

if TYPE_CHECKING:
    from dealboard.app import DealboardApp
    from dealboard.delivery.courier import Report
    from dealboard.delivery.rounds import Rounds

DRAINING_SECONDS = 2.0
"""How long leaving may wait for what is being sent."""


class Deliveries:
    """Knows the courier's thread, once there is one."""

    def __init__(self, app: "DealboardApp") -> None:
        self._app = app
        self.rounds: Rounds | None = None

    async def expect(self) -> None:
        """Tell the courier when something is due next; it sets out when there first is."""
        app = self._app
        if app.workspace.read_only:
            return
        from dealboard.store.reads import outbox

        due = await app.report(app.read(outbox.next_due, app.workspace.now))
        if self.rounds is None and due is not None:
            from dealboard.delivery.rounds import Rounds, make_courier

            self.rounds = Rounds(
                partial(make_courier, app.config, app.workspace, app.keep),
                lambda: app.workspace.now,
                self._post,
            )
        if self.rounds is not None:
            self.rounds.expect(due)

    def close(self) -> None:
        """Wait shortly for what is being sent."""
        if self.rounds is not None:
            self.rounds.close(DRAINING_SECONDS)

    def take(self, came: "Report | Exception") -> None:
        """Show what a round left; what was given up for good is said."""
        if isinstance(came, Exception):
            raise came
        self._app.announce(None)
        if came.trouble:
            self._app.say(came.trouble, severity="error")

    def _post(self, came: "Report | Exception") -> None:
        """Let the app know, from the courier's thread; one that is over has nobody to tell."""
        with contextlib.suppress(RuntimeError):
            self._app.post_message(Delivered(came))
