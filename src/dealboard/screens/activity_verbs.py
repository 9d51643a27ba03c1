"""What is done to the entries of a timeline, on the page of a deal or of a contact."""

from datetime import timedelta
from typing import Any

from textual import on, work

from dealboard import actions
from dealboard.domain.text import excerpt, first_line
from dealboard.domain.views import Activity
from dealboard.screens.place import Place
from dealboard.widgets.line_list import LineList
from dealboard.widgets.timeline import Timeline

SNOOZES = ((1, "A day"), (3, "3 days"), (7, "A week"), (14, "2 weeks"), (30, "30 days"))
"""Days by which a task can be put off."""


class ActivityVerbs(Place):
    """A page with a timeline on it."""

    @on(Timeline.Asked)
    def _asked(self, event: Timeline.Asked) -> None:
        self.do_with(event.what, event.activity)

    @on(LineList.Opened, "Timeline")
    def _opened(self, event: LineList.Opened) -> None:
        assert isinstance(event.lines, Timeline)  # noqa: S101 -- the selector says so
        event.lines.action_ask("edit")

    def do_with(self, what: str, activity: Activity) -> None:
        """Do to an activity what a key of the timeline asks for."""
        {
            "done": self._finish,
            "edit": self._edit,
            "editor": self._write,
            "snooze": self._snooze,
            "later": self._later,
            "earlier": self._earlier,
            "delete": self._delete_activity,
        }[what](activity)

    def add_activity(
        self, *, deal_id: int | None = None, contact_id: int | None = None, about: str = ""
    ) -> None:
        """Open the form of a call, a meeting, a note or a task."""
        from dealboard.screens.activity import ActivityScreen

        self.app.push_screen(ActivityScreen(deal_id=deal_id, contact_id=contact_id, about=about))

    def _edit(self, activity: Activity) -> None:
        from dealboard.screens.activity import ActivityScreen

        self.app.push_screen(ActivityScreen(activity=activity, about=activity.kind))

    def _finish(self, task: Activity) -> None:
        """Mark a task as done, or one that is done as still to be done."""
        if task.done_at is None:
            self.do(lambda tx: actions.activities.done(tx, task.id))
        else:
            self.do(lambda tx: actions.activities.reopen(tx, task.id))

    def _write(self, activity: Activity) -> None:
        """Edit the text in the user's own editor; one that was not changed is not written."""
        from dealboard.screens import editor

        text = editor.edit(self.dealboard, activity.text)
        if text is not None:
            base: Any = {"text": activity.text}
            self.do(lambda tx: actions.activities.edit(tx, activity.id, {"text": text}, base=base))

    @work
    async def _snooze(self, task: Activity) -> None:
        from dealboard.screens.pick import Choice, Pick

        choices = [Choice(days, label) for days, label in SNOOZES]
        title = f"Put off {excerpt(first_line(task.text), 30)}"
        days = await self.app.push_screen_wait(Pick(title, choices))
        if days is not None:
            self.do(lambda tx: actions.activities.snooze(tx, task.id, days))

    def _later(self, task: Activity) -> None:
        self.do(lambda tx: actions.activities.snooze(tx, task.id, 1))

    def _earlier(self, task: Activity) -> None:
        due = task.due or self.dealboard.workspace.today + timedelta(days=1)
        day = due - timedelta(days=1)
        self.do(lambda tx: actions.activities.edit(tx, task.id, {"due": day}))

    @work
    async def _delete_activity(self, activity: Activity) -> None:
        from dealboard.screens.confirm import Confirm

        question = f"Delete this {activity.kind}?"
        detail = f"“{excerpt(first_line(activity.text))}”\nu brings it back."
        if await self.app.push_screen_wait(Confirm(question, detail=detail)):
            self.do(lambda tx: actions.activities.delete(tx, activity.id))
