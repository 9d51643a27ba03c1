"""Putting an item of the day off: a task, a close date, or a next step that a deal has not."""

from datetime import date, timedelta
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.text import excerpt
from dealboard.domain.views import Activity, ActivityKind
from dealboard.screens.place import Place
from dealboard.screens.today_page import DATED
from dealboard.widgets.agenda_lines import Item

FOLLOW_UP = "Follow up"
"""What is to be done about a deal that is put off without a task."""

PUT_OFF = (
    ("t", "Tomorrow"),
    ("m", "Next Monday"),
    ("w", "In a week"),
    ("o", "In 2 weeks"),
    ("d", "To a day…"),
)
"""How far `z` puts things off, by the keys."""


class PuttingOff(Place):
    """A screen with an item that can wait."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "shift(1)", "A day later", id="deal.later"),
        Binding("minus", "shift(-1)", "A day earlier", show=False, id="deal.earlier"),
        Binding("M", "monday", "To next Monday", show=False, id="today.monday"),
        Binding("equals_sign", "date", "To a day", show=False, id="deal.close_date"),
        Binding("z", "snooze", "Put off", id="activity.snooze"),
    ]

    @property
    def item(self) -> Item | None:
        """The item that a key means."""
        raise NotImplementedError

    def action_shift(self, days: int) -> None:
        """Put the item off by a day, or bring it forward; overdue ones count from today."""
        item = self.item
        if item is None:
            return
        day = _day_of(item) or self._today
        start = max(day, self._today) if days > 0 else day
        self._put_to(item, start + timedelta(days=days))

    def action_monday(self) -> None:
        """Put the item off to the Monday that comes next."""
        if self.item:
            self._put_to(self.item, self._monday)

    def action_date(self) -> None:
        """Ask for a day and put the item there."""
        if self.item:
            self._ask_day(self.item)

    @work
    async def _ask_day(self, item: Item) -> None:
        from dealboard.screens.asking import ask_day

        title = f"Put {excerpt(_what(item), 40)} off to"
        given = await self.app.push_screen_wait(ask_day(self, title))
        if given is not None and given.value is not None:
            self._put_to(item, given.value)

    @work
    async def action_snooze(self) -> None:
        """Ask how far to put the item off."""
        from dealboard.screens.pick import Choice, Pick

        item = self.item
        if item is None:
            return
        title = f"Put off {excerpt(_what(item), 40)}"
        choices = [Choice(key, label, key=key) for key, label in PUT_OFF]
        chosen = await self.app.push_screen_wait(Pick(title, choices))
        weeks = {"w": 7, "o": 14}
        match chosen:
            case "t":
                self._put_to(item, self._today + timedelta(days=1))
            case "m":
                self._put_to(item, self._monday)
            case "w" | "o":
                self._put_to(item, self._today + timedelta(days=weeks[chosen]))
            case "d":
                self._ask_day(item)

    @property
    def _today(self) -> date:
        return self.dealboard.workspace.today

    @property
    def _monday(self) -> date:
        return self._today + timedelta(days=7 - self._today.weekday())

    def _put_to(self, item: Item, day: date) -> None:
        """Give an item another day: a task and a close date theirs, other deals a next step."""
        task, deal_id = item.task, item.deal_id
        if task is not None:
            self._put_task(task, day)
        elif deal_id is not None and item.key.group in DATED:
            self.do(lambda tx: actions.deals.date_many(tx, [deal_id], day))
        else:
            self.do(
                lambda tx: actions.activities.add(
                    tx, ActivityKind.TASK, FOLLOW_UP, deal_id=deal_id, due=day
                )
            )

    def _put_task(self, task: Activity, day: date) -> None:
        days = (day - max(task.due or self._today, self._today)).days
        if days > 0:
            self.do(lambda tx: actions.activities.snooze(tx, task.id, days))
        else:
            self.do(lambda tx: actions.activities.edit(tx, task.id, {"due": day}))


def _day_of(item: Item) -> date | None:
    """Return the day that an item is listed for."""
    if item.task is not None:
        return item.task.due
    return item.card.close_date if item.card and item.key.group in DATED else None


def _what(item: Item) -> str:
    return item.task.text.partition("\n")[0] if item.task else item.name
