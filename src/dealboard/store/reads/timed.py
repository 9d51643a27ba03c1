"""What the clock has to know: delayed steps, and the deals whose time has come for a rule.

A deal comes with its occurrence, a text that names what it is time for: the close date it is
about, the idle spell it is in, the task that is overdue. What the run log has is left out.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dealboard.domain.rules import BY_CLOCK
from dealboard.store.driver import Connection
from dealboard.store.reads.activities import OPEN_TASK
from dealboard.store.reads.values import (
    Params,
    listed,
    moment_or_none,
    moment_text,
    portions,
)
from dealboard.store.reads.where import day_start

_OPEN_STAGE = "deal.stage_id IN (SELECT id FROM stage WHERE kind = 'open')"
_NEW = (
    "NOT EXISTS (SELECT 1 FROM automation_run AS run WHERE run.automation_id = :rule"
    " AND run.deal_id = deal_id_ AND run.occurrence = occurrence_)"
)

AGAIN = timedelta(hours=1)
"""How soon rules that wait for a day are looked at again: a date may have been changed."""

Found = list[tuple[int, str]]
"""Deals with their occurrences, by deal."""


class Left(NamedTuple):
    """Delayed steps of one deal; `alike` is the same for those that say the same."""

    id: int
    automation_id: int
    operation: int | None
    deal_id: int
    payload: str
    alike: str


def due_steps(connection: Connection, now: datetime) -> list[Left]:
    """Return the delayed steps that are due, by rule and operation, the oldest first."""
    rows = connection.execute(
        "SELECT id, automation_id, operation_seq, deal_id, payload,"
        " due_at || json_extract(payload, '$.steps')"
        " FROM outbox WHERE kind = 'step' AND state = 'pending' AND due_at <= :now"
        " ORDER BY automation_id, operation_seq, 6, id",
        {"now": moment_text(now)},
    )
    return [Left(*row) for row in rows]


def still_pending(connection: Connection, row_ids: Sequence[int]) -> frozenset[int]:
    """Return which of these rows of the outbox nobody has settled meanwhile."""
    return _those(connection, "outbox", row_ids, " AND state = 'pending'")


def existing(connection: Connection, deal_ids: Sequence[int]) -> frozenset[int]:
    """Return which of these deals are there."""
    return _those(connection, "deal", deal_ids, "")


def next_step(connection: Connection) -> datetime | None:
    """Return when the next delayed step is due."""
    row = connection.execute(
        "SELECT min(due_at) FROM outbox WHERE kind = 'step' AND state = 'pending'"
    ).fetchone()
    return moment_or_none(row[0])


def waiting(connection: Connection) -> tuple[tuple[int, int], ...]:
    """Return id and version of the rules in force that wait for a day, in their order."""
    marks = ", ".join("?" * len(BY_CLOCK))
    rows = connection.execute(
        "SELECT id, version FROM automation WHERE enabled = 1 AND suspended_at IS NULL"
        f" AND json_extract(definition, '$.trigger.on') IN ({marks}) ORDER BY position, id",
        tuple(sorted(BY_CLOCK)),
    )
    return tuple(rows.fetchall())


def next_look(connection: Connection, now: datetime, looked: datetime | None) -> datetime | None:
    """Return when the clock has something to do again; None if never, as far as is known.

    Rules that wait for a day are looked at every hour, and when the day turns.
    """
    moments = [step] if (step := next_step(connection)) else []
    if waiting(connection):
        moments.append(now if looked is None else min(looked + AGAIN, _tomorrow(looked)))
    return min(moments, default=None)


def _tomorrow(now: datetime) -> datetime:
    """Return when the user's next day begins."""
    day = now.astimezone().date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day).astimezone()


def newest_run(connection: Connection) -> int:
    """Return the number of the last run, 0 before the first."""
    row = connection.execute("SELECT coalesce(max(id), 0) FROM automation_run").fetchone()
    return int(row[0])


def outcomes_after(connection: Connection, run_id: int) -> dict[str, int]:
    """Return how many runs after one there were of each outcome."""
    return dict(
        connection.execute(
            "SELECT outcome, count(*) FROM automation_run WHERE id > :id GROUP BY outcome",
            {"id": run_id},
        )
    )


def closing(connection: Connection, rule_id: int, last: date) -> Found:
    """Return the open deals whose close date is this day or before it."""
    return _new(
        connection,
        "SELECT id AS deal_id_, 'close_date:' || close_date AS occurrence_ FROM deal"
        f" WHERE close_date <= :last AND {_OPEN_STAGE}",
        {"rule": rule_id, "last": last.isoformat()},
    )


def overdue(connection: Connection, rule_id: int, last: date) -> Found:
    """Return the deals with an open task that was due on this day or before it."""
    return _new(
        connection,
        "SELECT deal_id AS deal_id_, 'task:' || id || ':' || due AS occurrence_ FROM activity"
        f" WHERE {OPEN_TASK} AND due <= :last AND deal_id IS NOT NULL",
        {"rule": rule_id, "last": last.isoformat()},
    )


def rotting(connection: Connection, rule_id: int, today: date) -> Found:
    """Return the open deals that rot, as `domain.rotting` says; each idle spell is one."""
    found: Found = []
    stages = connection.execute(
        "SELECT id, rotting_days FROM stage WHERE kind = 'open' AND rotting_days IS NOT NULL"
    ).fetchall()
    for stage_id, days in stages:
        cut = day_start(today - timedelta(days=days - 1))
        if cut:
            params = {"rule": rule_id, "stage": stage_id, "cut": cut, "today": today.isoformat()}
            found += _new(connection, _ROTTING, params)
    return found


_ROTTING = (
    "SELECT deal.id AS deal_id_, 'rotting:' || max(deal.updated_at, deal.stage_entered_at,"
    " coalesce((SELECT max(CASE kind WHEN 'task' THEN done_at ELSE created_at END) FROM activity"
    " WHERE activity.deal_id = deal.id), '')) AS occurrence_"
    " FROM deal WHERE deal.stage_id = :stage"
    " AND deal.updated_at < :cut AND deal.stage_entered_at < :cut"
    " AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.deal_id = deal.id"
    f" AND {OPEN_TASK} AND activity.due >= :today)"
    " AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.deal_id = deal.id AND"
    " CASE kind WHEN 'task' THEN done_at ELSE created_at END >= :cut)"
    " AND NOT EXISTS (SELECT 1 FROM deal_contact AS link"
    " JOIN message ON message.contact_id = link.contact_id AND message.at >= :cut"
    " WHERE link.deal_id = deal.id)"
)


def _new(connection: Connection, sql: str, params: Params) -> Found:
    rows = connection.execute(
        f"SELECT deal_id_, occurrence_ FROM ({sql}) WHERE {_NEW} ORDER BY deal_id_, occurrence_",
        params,
    )
    return rows.fetchall()


def _those(
    connection: Connection, table: str, row_ids: Sequence[int], further: str
) -> frozenset[int]:
    found: set[int] = set()
    for some in portions(row_ids):
        params: Params = {}
        ids = listed("id", some, params)
        rows = connection.execute(f"SELECT id FROM {table} WHERE id IN ({ids}){further}", params)
        found.update(row[0] for row in rows)
    return frozenset(found)
