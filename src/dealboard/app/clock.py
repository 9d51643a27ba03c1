"""What time brings: an alarm for when delayed actions and dated automations are due."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from textual.timer import Timer

    from dealboard.app import DealboardApp
    from dealboard.automations.clock import Due
    from dealboard.workspace import Workspace

LOOK_SECONDS = 1.0
"""Until time acts that has come already: what is being done goes first."""

RETRY_SECONDS = 60.0
"""Until it is tried again after it could not act."""


class Clock:
    """Has time act when it has come; while nothing waits it has no timer."""

    def __init__(self, app: "DealboardApp") -> None:
        self._app = app
        self.alarm: Timer | None = None
        self._looked: datetime | None = None
        self._waiting: tuple[tuple[int, int], ...] | None = None

    async def mind(self) -> None:
        """Set the alarm for what waits now: delayed actions, automations that wait for a day."""
        app, workspace = self._app, self._app.workspace
        if workspace.read_only:
            return
        from dealboard.store.reads import timed

        waiting = await app.report(app.read(timed.waiting))
        looked = self._looked if waiting == self._waiting else None  # a new rule is tried at once
        due = await app.report(app.read(timed.next_look, workspace.now, looked))
        self._waiting = waiting
        if self.alarm is not None:
            self.alarm.stop()
            self.alarm = None
        if due is not None:
            wait = max((due - workspace.now).total_seconds(), LOOK_SECONDS)
            self.alarm = app.set_timer(wait, self._let_time_act)

    async def _let_time_act(self) -> None:
        app = self._app
        self._looked = app.workspace.now
        done = await app.report(app.beside(_act))
        if done is None:  # what stood in the way was said; not again with every second
            self.alarm = app.set_timer(RETRY_SECONDS, self.mind)
            return
        for note in done.notes:
            app.say(note, severity="warning")
        await self.mind()


def _act(workspace: "Workspace") -> "Due":
    from dealboard.automations import clock

    return clock.due(workspace)
