"""What the day's screen reads, and what of a change it can tell without reading."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from dealboard.domain.stages import StageKind
from dealboard.domain.views import ActivityKind
from dealboard.screens.targets import Material
from dealboard.store.driver import Connection
from dealboard.store.reads import pipelines, team
from dealboard.store.reads.today import agenda
from dealboard.widgets.agenda_lines import Day, Group, Item, Key, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dealboard.store.transaction import Touched

SHOWN = 40
"""Items of each group that are listed; more come as these are done."""

DATED = frozenset({Group.LATE, Group.CLOSING})
"""Groups in which a deal is because of its close date."""


class Whose(NamedTuple):
    """Whose day it is, None for everybody's, and whether deals are told (decision 23)."""

    user_id: int | None
    with_deals: bool


class Page(NamedTuple):
    """A day, and what its deals can be given to."""

    day: Day
    material: Material


def read_day(connection: Connection, whose: Whose, today: date, first_weekday: int) -> Page:
    """Read a day."""
    found = agenda(
        connection,
        user_id=whose.user_id,
        today=today,
        first_weekday=first_weekday,
        limit=SHOWN,
        with_deals=whose.with_deals,
    )
    material = Material(
        pipelines.pipelines(connection), pipelines.all_stages(connection), team.users(connection)
    )
    return Page(day_of(found), material)


def settled(
    day: Day, touched: "Iterable[Touched]", material: Material, today: date
) -> frozenset[Key]:
    """Return the items that a change plainly has seen to: they leave before the day is read anew.

    What it brings about elsewhere only the read knows.
    """
    changes = tuple(touched)
    closed = {each.id for each in material.stages if each.kind is not StageKind.OPEN}
    return frozenset(
        item.key
        for item in day.items
        if any(_settles(item, each, closed, today.isoformat()) for each in changes)
    )


def _settles(item: Item, change: "Touched", closed: set[int], today: str) -> bool:
    match change.table:
        case "activity" if item.task is not None:
            return change.row_id == item.task.id and _over(change, today)
        case "activity":
            return change.before is None and _plans(item, change, today)
        case "deal" if change.row_id == item.deal_id:
            return _done_with(item, change, closed)
    return False


def _over(change: "Touched", today: str) -> bool:
    """Return whether a task is done, put off or gone."""
    if change.after is None or change.after.get("done_at") is not None:
        return True
    return "due" in change.after and (change.after["due"] or "9999") > today


def _plans(item: Item, change: "Touched", today: str) -> bool:
    """Return whether a new activity is the next step of a deal that was listed for want of one."""
    new = change.after or {}
    if new.get("deal_id") != item.deal_id or new.get("kind") != ActivityKind.TASK:
        return False
    if item.key.group is Group.ROTTING:
        return (new.get("due") or "") >= today
    return item.key.group is Group.STEPLESS


def _done_with(item: Item, change: "Touched", closed: set[int]) -> bool:
    """Return whether a deal is closed or gone, or listed for something else than it is now."""
    after = change.after
    if after is None or after.get("stage_id") in closed:
        return item.task is None
    group = item.key.group
    return group is Group.ROTTING or (group in DATED and "close_date" in after)
