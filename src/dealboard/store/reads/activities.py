"""Activities of a deal or a contact, and what they mean for the deals in view.

A window of cards asks twice, by ids: once for the open tasks, along the index that holds nothing
else, and once for what happened last on those deals that might be rotting.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from dealboard.domain.text import first_line
from dealboard.domain.views import Activity, ActivityKind, NextStep
from dealboard.errors import NotFound
from dealboard.store.driver import Connection
from dealboard.store.reads.values import (
    Params,
    day_or_none,
    listed,
    moment,
    moment_or_none,
    portions,
)

ACTIVITY = (
    "activity.id, activity.uid, activity.kind, activity.text, activity.due, activity.done_at,"
    ' activity.deal_id, activity.contact_id, activity.user_id, "user".name, activity.created_at,'
    " activity.version"
)
"""The columns of `activity_of`, from activity joined with user."""

FROM = 'activity JOIN "user" ON "user".id = activity.user_id'

OPEN_TASK = "activity.kind = 'task' AND activity.done_at IS NULL"
"""As the partial indexes have it."""

SHOWN = 500
"""Activities read of one deal or contact, all open tasks among them first."""

HEADLINE = 200
"""Characters read of a next step's text: more than any card shows."""

_TOLD = (
    f"CASE WHEN {OPEN_TASK} THEN 0 ELSE 1 END,"
    f" CASE WHEN {OPEN_TASK} THEN coalesce(activity.due, '9999-12-31') END,"
    " coalesce(activity.done_at, activity.created_at) DESC, activity.id DESC"
)


class Plan(NamedTuple):
    """The open tasks of a deal: the first one, and the latest day for which there is one."""

    step: NextStep
    awaited: date | None


def activity(connection: Connection, activity_id: int) -> Activity:
    """Return an activity. Raises NotFound."""
    row = connection.execute(
        f"SELECT {ACTIVITY} FROM {FROM} WHERE activity.id = :id", {"id": activity_id}
    ).fetchone()
    if row is None:
        raise NotFound("activity", f"#{activity_id}")
    return activity_of(row)


def of_deal(connection: Connection, deal_id: int, *, limit: int = SHOWN) -> tuple[Activity, ...]:
    """Return a deal's activities: open tasks as they are due, then the rest, newest first."""
    return _listed(connection, "activity.deal_id = :subject", deal_id, limit)


def of_contact(
    connection: Connection, contact_id: int, *, limit: int = SHOWN, with_deals: bool = True
) -> tuple[Activity, ...]:
    """Return a contact's activities in the same order.

    Those on its deals are left out unless `with_deals`: Chat Operators see no deals (decision 23).
    """
    own = "" if with_deals else " AND activity.deal_id IS NULL"
    return _listed(connection, f"activity.contact_id = :subject{own}", contact_id, limit)


def open_tasks(connection: Connection, deal_id: int) -> tuple[Activity, ...]:
    """Return what is still to be done about a deal, as it is due; tasks without a day come last."""
    rows = connection.execute(
        f"SELECT {ACTIVITY} FROM {FROM} WHERE activity.deal_id = :deal AND {OPEN_TASK}"
        " ORDER BY activity.due IS NULL, activity.due, activity.id",
        {"deal": deal_id},
    )
    return tuple(map(activity_of, rows))


def plans(connection: Connection, deal_ids: Sequence[int]) -> dict[int, Plan]:
    """Return by deal what is planned; deals without an open task are left out."""
    found: dict[int, Plan] = {}
    for some in portions(deal_ids):
        params: Params = {}
        rows = connection.execute(
            f"SELECT deal_id, substr(text, 1, {HEADLINE}), due FROM activity"
            f" WHERE {OPEN_TASK} AND deal_id IN ({listed('deal', some, params)})"
            " ORDER BY deal_id, due, id",
            params,
        )
        for deal_id, text, kept in rows:  # those without a day come first, and count last
            due = day_or_none(kept)
            known = found.get(deal_id)
            if known is None or (due is not None and known.step.due is None):
                found[deal_id] = Plan(NextStep(first_line(text), due), due)
            elif due is not None:
                found[deal_id] = Plan(known.step, due)
    return found


def last_heard(connection: Connection, deal_ids: Iterable[int]) -> dict[int, datetime]:
    """Return by deal when a note, call or meeting, a message or a done task was the last one.

    Messages are those of the deal's contacts. Deals without any are left out.
    """
    found: dict[int, datetime] = {}
    for some in portions(tuple(deal_ids)):
        params: Params = {}
        ids = listed("deal", some, params)
        rows = connection.execute(
            "SELECT deal_id, max(CASE kind WHEN 'task' THEN done_at ELSE created_at END)"
            f" FROM activity WHERE deal_id IN ({ids}) GROUP BY deal_id"
            " UNION ALL"
            " SELECT link.deal_id, (SELECT max(at) FROM message"
            " WHERE message.contact_id = link.contact_id)"
            f" FROM deal_contact AS link WHERE link.deal_id IN ({ids})",
            params,
        )
        for deal_id, kept in rows:
            at = moment_or_none(kept)
            if at is not None:
                found[deal_id] = max(at, found.get(deal_id, at))
    return found


def activity_of(row: Sequence[Any]) -> Activity:
    """Return the activity of a row of `ACTIVITY`."""
    activity_id, uid, kind, text, due, done_at, deal_id, contact_id, *last = row
    user_id, user, created_at, version = last
    return Activity(
        activity_id,
        uid,
        ActivityKind(kind),
        text,
        day_or_none(due),
        moment_or_none(done_at),
        deal_id,
        contact_id,
        user_id,
        user,
        moment(created_at),
        version,
    )


def _listed(connection: Connection, about: str, subject: int, limit: int) -> tuple[Activity, ...]:
    rows = connection.execute(
        f"SELECT {ACTIVITY} FROM {FROM} WHERE {about} ORDER BY {_TOLD} LIMIT :limit",
        {"subject": subject, "limit": limit},
    )
    return tuple(map(activity_of, rows))
