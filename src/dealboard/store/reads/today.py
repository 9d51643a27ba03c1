"""What a day asks for: tasks overdue and due, and open deals that need somebody's attention.

Each list has its first items and its whole length; deals are counted where an index allows, and
their cards are read for the first ones only.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from heapq import nsmallest
from typing import NamedTuple

from dealboard.domain.dates import parse_range
from dealboard.domain.views import Agenda, Errand, Listed, Person, Prospect
from dealboard.store.driver import Connection
from dealboard.store.reads.activities import ACTIVITY, FROM, OPEN_TASK, activity_of
from dealboard.store.reads.board import cards
from dealboard.store.reads.links import contacts_of
from dealboard.store.reads.values import Params, full_name, listed, portions
from dealboard.store.reads.where import day_start

SHOWN = 200
"""Items of each list that are read; the rest is counted."""

_PERSON = "contact.id, first_name, last_name, phone, email, phone_key"
_OPEN_STAGE = "deal.stage_id IN (SELECT id FROM stage WHERE kind = 'open')"
_LAST_TOUCHED = "max(deal.updated_at, deal.stage_entered_at)"

ROTS = (
    "deal.stage_id = :stage AND deal.updated_at < :cut AND deal.stage_entered_at < :cut"
    " AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.deal_id = deal.id"
    f" AND {OPEN_TASK} AND activity.due >= :today)"
    " AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.deal_id = deal.id AND"
    " CASE kind WHEN 'task' THEN done_at ELSE created_at END >= :cut)"
    " AND NOT EXISTS (SELECT 1 FROM deal_contact AS link"
    " JOIN message ON message.contact_id = link.contact_id AND message.at >= :cut"
    " WHERE link.deal_id = deal.id)"
)
"""Of the deals of a stage those that rot, as `domain.rotting` says: see `cuts`."""


class _Day(NamedTuple):
    """Whose day it is, and how much of it is read."""

    user_id: int | None
    today: date
    tz: tzinfo | None
    limit: int

    def params(self) -> Params:
        return {"today": self.today.isoformat(), "user": self.user_id, "limit": self.limit}

    def mine(self, column: str) -> str:
        """Return the condition for a row to be this user's; everybody's without one."""
        return "TRUE" if self.user_id is None else f"{column} = :user"


def agenda(
    connection: Connection,
    *,
    user_id: int | None,
    today: date,
    tz: tzinfo | None = None,
    first_weekday: int = 0,
    limit: int = SHOWN,
    with_deals: bool = True,
) -> Agenda:
    """Return the day of a user, or with None of everybody.

    Tasks are theirs to do, deals theirs to win: those late or closing come by their date, rotting
    ones by how long they have been idle, those without a next step by their close date. A deal may
    be on several lists. Without `with_deals` only tasks of contacts are told (decision 23).
    """
    day = _Day(user_id, today, tz, limit)
    week = parse_range("this week", today, first_weekday=first_weekday)
    last = (week.last or today).isoformat()
    nothing: Listed[Prospect] = Listed((), 0)
    return Agenda(
        _tasks(connection, day, "activity.due < :today", with_deals=with_deals),
        _tasks(connection, day, "activity.due = :today", with_deals=with_deals),
        *(
            (
                _closing(connection, day, "deal.close_date < :today", last),
                _closing(connection, day, "deal.close_date BETWEEN :today AND :last", last),
                _rotting(connection, day),
                _stepless(connection, day),
            )
            if with_deals
            else [nothing] * 4
        ),
    )


# ── tasks ─────────────────────────────────────────────────────────────────────────────────────


def _tasks(connection: Connection, day: _Day, when: str, *, with_deals: bool) -> Listed[Errand]:
    own = "" if with_deals else " AND activity.deal_id IS NULL"
    where = f"WHERE {OPEN_TASK} AND {day.mine('activity.user_id')} AND {when}{own}"
    (total,) = connection.execute(f"SELECT count(*) FROM activity {where}", day.params()).fetchone()
    rows = connection.execute(
        f"SELECT {ACTIVITY}, deal.title FROM {FROM} LEFT JOIN deal ON deal.id = activity.deal_id"
        f" {where} ORDER BY activity.due, activity.id LIMIT :limit",
        day.params(),
    ).fetchall()
    tasks = [(activity_of(row[:-1]), row[-1]) for row in rows]
    named = _people(connection, [task.contact_id for task, _ in tasks if task.contact_id])
    first = _first_people(connection, [task.deal_id for task, _ in tasks if task.deal_id])
    errands = []
    for task, title in tasks:
        person = named.get(task.contact_id or 0) or first.get(task.deal_id or 0)
        errands.append(Errand(task, title or (person.name if person else ""), person))
    return Listed(tuple(errands), total)


def _people(connection: Connection, contact_ids: Sequence[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for some in portions(contact_ids):
        params: Params = {}
        ids = listed("contact", some, params)
        for row in connection.execute(f"SELECT {_PERSON} FROM contact WHERE id IN ({ids})", params):
            found[row[0]] = _person(*row)
    return found


def _first_people(connection: Connection, deal_ids: Sequence[int]) -> dict[int, Person]:
    """Return by deal its primary contact."""
    found: dict[int, Person] = {}
    for some in portions(deal_ids):
        for deal_id, people in contacts_of(connection, some, _PERSON, _person).items():
            found[deal_id] = people[0]
    return found


def _person(contact_id: int, first: str, last: str, *reached: str | None) -> Person:
    return Person(contact_id, full_name(first, last), *reached)


# ── deals ─────────────────────────────────────────────────────────────────────────────────────


def _closing(connection: Connection, day: _Day, when: str, last: str) -> Listed[Prospect]:
    """Return the open deals whose close date is in a range, by that date."""
    where = f"FROM deal WHERE {when} AND {_OPEN_STAGE} AND {day.mine('deal.owner_id')}"
    params = day.params() | {"last": last}
    (total,) = connection.execute(f"SELECT count(*) {where}", params).fetchone()
    rows = connection.execute(
        f"SELECT deal.id {where} ORDER BY deal.close_date, deal.id LIMIT :limit", params
    )
    return _prospects(connection, day, [row[0] for row in rows], total)


def _stepless(connection: Connection, day: _Day) -> Listed[Prospect]:
    """Return the open deals without an open task, by close date; those without one come last."""
    planned = {
        row[0]
        for row in connection.execute(f"SELECT DISTINCT deal_id FROM activity WHERE {OPEN_TASK}")
    }
    rows = connection.execute(
        "SELECT coalesce(deal.close_date, '9999-12-31'), deal.id FROM deal"
        f" WHERE {_OPEN_STAGE} AND {day.mine('deal.owner_id')}",
        day.params(),
    )
    found = [row for row in rows if row[1] not in planned]
    first = [deal_id for _, deal_id in nsmallest(day.limit, found)]
    return _prospects(connection, day, first, len(found))


def _rotting(connection: Connection, day: _Day) -> Listed[Prospect]:
    """Return the open deals that rot, as `domain.rotting` says, the longest idle first."""
    found: list[tuple[str, int]] = []
    for stage_id, cut in cuts(connection, day.today, day.tz):
        found += connection.execute(
            f"SELECT {_LAST_TOUCHED}, deal.id FROM deal"
            f" WHERE {ROTS} AND {day.mine('deal.owner_id')}",
            day.params() | {"stage": stage_id, "cut": cut},
        ).fetchall()
    first = [deal_id for _, deal_id in nsmallest(day.limit, found)]
    return _prospects(connection, day, first, len(found))


def cuts(connection: Connection, today: date, tz: tzinfo | None) -> Iterator[tuple[int, str]]:
    """Yield each stage in which deals rot, with the moment before which they were touched last."""
    for stage_id, days in connection.execute(
        "SELECT id, rotting_days FROM stage WHERE kind = 'open' AND rotting_days IS NOT NULL"
    ).fetchall():
        cut = day_start(today - timedelta(days=days - 1), tz)
        if cut:
            yield stage_id, cut


def _prospects(
    connection: Connection, day: _Day, deal_ids: Sequence[int], total: int
) -> Listed[Prospect]:
    found = cards(connection, deal_ids, day.today, day.tz)
    people = _first_people(connection, deal_ids)
    places = _places(connection)
    return Listed(
        tuple(Prospect(card, *places[card.stage_id], people.get(card.id)) for card in found), total
    )


def _places(connection: Connection) -> Mapping[int, tuple[str, str]]:
    """Return by stage the names of its pipeline and of itself."""
    rows = connection.execute(
        "SELECT stage.id, pipeline.name, stage.name FROM stage"
        " JOIN pipeline ON pipeline.id = stage.pipeline_id"
    )
    return {stage_id: (pipeline, stage) for stage_id, pipeline, stage in rows}
