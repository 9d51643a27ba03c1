"""The timeline of a deal as a widget: told the tasks and the events, asks for older ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType

from dealboard.domain.views import Activity, ActivityKind, Event
from dealboard.widgets.blocks import Block
from dealboard.widgets.line_list import FromLines, LineList
from dealboard.widgets.timeline_lines import event_key, timeline_blocks


class Timeline(LineList):
    """Open tasks and what happened; the keys act on the entry under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "ask('done')", "Done", id="activity.done"),
        Binding("enter,e", "ask('edit')", "Edit", id="activity.edit"),
        Binding("E", "ask('editor')", "Edit in $EDITOR", show=False, id="activity.editor"),
        Binding("z", "ask('snooze')", "Snooze", id="activity.snooze"),
        Binding("plus", "ask('later')", "A day later", show=False, id="activity.later"),
        Binding("minus", "ask('earlier')", "A day earlier", show=False, id="activity.earlier"),
        Binding("delete,backspace", "ask('delete')", "Delete entry", id="activity.delete"),
    ]

    @dataclass
    class Asked(FromLines):
        """Something is to be done with an activity."""

        what: str
        activity: Activity

    def __init__(self, today: date, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.today = today
        """The day that the others are told by; what is shown next is told by it."""
        self._tasks: tuple[Activity, ...] = ()
        self._events: tuple[Event, ...] = ()

    def show(self, tasks: Sequence[Activity], events: Sequence[Event]) -> None:
        """Show open tasks, and events, the newest first."""
        self._tasks, self._events = tuple(tasks), tuple(events)
        self.redraw()

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that are held."""
        return self._events

    @property
    def activity(self) -> Activity | None:
        """The activity under the cursor."""
        held: dict[object, Activity] = {("task", each.id): each for each in self._tasks}
        held |= {event_key(each): each.activity for each in self._events if each.activity}
        return held.get(self.cursor)

    def blocks(self, width: int) -> Sequence[Block]:
        """Return tasks and events."""
        return timeline_blocks(self._tasks, self._events, width, self.today)

    def put_cursor(self, key: object) -> None:
        """Move the cursor; what can be done is another thing there."""
        super().put_cursor(key)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the entry under the cursor.

        The keys that move a task's day do nothing elsewhere, rather than what they do on the page.
        """
        what = str(parameters[0]) if action == "ask" else ""
        return what in ("", "later", "earlier") or self._possible(what)

    def _possible(self, what: str) -> bool:
        activity = self.activity
        if activity is None:
            return False
        task = activity.kind is ActivityKind.TASK
        still = task and activity.done_at is None
        return {"done": task, "snooze": still, "later": still, "earlier": still}.get(what, True)

    def action_ask(self, what: str) -> None:
        """Ask for something to be done with the activity under the cursor."""
        if self.activity is not None and self._possible(what):
            self._tell(self.Asked(self, what, self.activity))
