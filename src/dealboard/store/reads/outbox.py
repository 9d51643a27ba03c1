"""The outbox as people and the courier's alarm clock read it."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from dealboard.domain.conversions import KIND, expires_at
from dealboard.domain.outbox import (
    KINDS,
    LEASE,
    LONGEST_WAIT,
    Attempt,
    Delivery,
    Pause,
    State,
    Verdict,
)
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions, settings
from dealboard.store.reads.values import Params, listed, moment, moment_or_none, moment_text


def moments(now: datetime) -> Params:
    """Return `now`, and the moments after which a lease or a delay is not to be believed.

    Twice what a courier writes: clocks of several machines differ, but not by that much.
    """
    return {
        "now": moment_text(now),
        "far": moment_text(now + 2 * LONGEST_WAIT),
        "far_lease": moment_text(now + 2 * LEASE),
    }


def next_due(
    connection: Connection, now: datetime, kinds: Sequence[str] = KINDS
) -> datetime | None:
    """Return when a courier has something to do next: now or earlier where it has already.

    None when nothing waits. What another courier holds is due when its lease ends; what is paused,
    when it is worth looking whether it still is; what is switched off, never.
    """
    dues = (_unless_paused(connection, now, kind) for kind in kinds)
    return min((due for due in dues if due is not None), default=None)


def _unless_paused(connection: Connection, now: datetime, kind: str) -> datetime | None:
    due = next_of(connection, now, kind)
    paused = None if due is None else pause(connection, kind)
    return due if paused is None or due is None else max(due, paused.next_look(now))


def next_of(connection: Connection, now: datetime, kind: str) -> datetime | None:
    """Return when the next row of a kind is due if nothing pauses it, as `next_due` does."""
    if not is_on(connection, kind):
        return None
    found = connection.execute(_NEXT_DUE, moments(now) | {"kind": kind}).fetchone()
    due = moment_or_none(found[0])
    ends = _first_end(connection, now) if kind == KIND else None
    return min((each for each in (due, ends) if each is not None), default=None)


def under_way(connection: Connection, now: datetime, kind: str) -> bool:
    """Return whether some courier has rows of a kind in its hands."""
    found = connection.execute(
        "SELECT 1 FROM outbox WHERE kind = :kind AND state = 'pending'"
        " AND lease_until > :now AND lease_until <= :far_lease LIMIT 1",
        moments(now) | {"kind": kind},
    ).fetchone()
    return found is not None


def _first_end(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next event for Meta is too old; what a courier holds is its business."""
    found = connection.execute(
        "SELECT min(created_at) FROM outbox WHERE kind = 'meta' AND state IN ('pending', 'held')"
        " AND (lease_until IS NULL OR lease_until <= :now OR lease_until > :far_lease)",
        moments(now),
    ).fetchone()
    oldest = moment_or_none(found[0])
    return oldest and expires_at(oldest)


def is_on(connection: Connection, kind: str) -> bool:
    """Return whether what waits is sent at all: events for Meta are not before they are live."""
    if kind != KIND:
        return True
    chosen = conversions.setup(connection)
    return chosen.enabled and chosen.live


def pause_key(kind: str) -> str:
    """Return under which setting it is kept why nothing of a kind is sent."""
    return f"{kind}/pause"


def pause(connection: Connection, kind: str) -> Pause | None:
    """Return why nothing of a kind is sent, None where it is."""
    kept = settings.setting(connection, pause_key(kind))
    if kept is None:
        return None
    return Pause(kept["why"], moment_or_none(kept["until"]), kept["token"], moment(kept["at"]))


def deliveries(
    connection: Connection,
    *,
    now: datetime,
    kinds: Collection[str] = (),
    states: Collection[State] = (),
    automation_id: int | None = None,
    deal_id: int | None = None,
    operation: int | None = None,
    before: int | None = None,
    limit: int,
) -> tuple[Delivery, ...]:
    """Return rows of the outbox, newest first; `before` is the id of the last one that is known.

    Whatever is left out does not matter.
    """
    params = moments(now) | {"limit": limit}
    where = ["TRUE"]
    for column, chosen in (("kind", kinds), ("state", states)):
        if chosen:
            where.append(f"outbox.{column} IN ({listed(column, chosen, params)})")
    exact = {"automation_id": automation_id, "deal_id": deal_id, "operation_seq": operation}
    for column, value in exact.items():
        if value is not None:
            where.append(f"outbox.{column} = :{column}")
            params[column] = value
    if before is not None:
        where.append("outbox.id < :before")
        params["before"] = before
    rows = connection.execute(
        f"{_DELIVERY} WHERE {' AND '.join(where)} ORDER BY outbox.id DESC LIMIT :limit", params
    )
    return tuple(map(_delivery, rows))


def attempts(connection: Connection, row_id: int) -> tuple[Attempt, ...]:
    """Return the log of a row, oldest attempt first; nothing for one that is not there."""
    found = connection.execute("SELECT log FROM outbox WHERE id = :id", {"id": row_id}).fetchone()
    return tuple(map(_attempt, json.loads(found[0]))) if found else ()


_NEXT_DUE = (
    "SELECT min(at) FROM (SELECT CASE"
    " WHEN lease_until > :now AND lease_until <= :far_lease THEN lease_until"
    " WHEN due_at > :far THEN :now ELSE due_at END AS at"
    " FROM outbox WHERE kind = :kind AND state = 'pending'"
    " UNION ALL SELECT CASE WHEN due_at > :far THEN :now ELSE due_at END"
    " FROM outbox WHERE kind = :kind AND state = 'held' AND kind <> 'meta')"
)
_DELIVERY = (
    "SELECT outbox.id, outbox.uid, outbox.kind, outbox.state, outbox.created_at, outbox.due_at,"
    " outbox.settled_at, outbox.tries,"
    " coalesce(outbox.lease_until > :now AND outbox.lease_until <= :far_lease, 0), outbox.reason,"
    " CASE outbox.kind WHEN 'webhook' THEN json_extract(outbox.payload, '$.url') END,"
    " outbox.automation_id, automation.name, outbox.deal_id, deal.title, outbox.operation_seq"
    " FROM outbox LEFT JOIN automation ON automation.id = outbox.automation_id"
    " LEFT JOIN deal ON deal.id = outbox.deal_id"
)


def _delivery(row: tuple[Any, ...]) -> Delivery:
    row_id, uid, kind, state, created_at, due_at, settled_at, tries, sending, reason, *rest = row
    url, automation_id, automation, deal_id, deal, operation = rest
    return Delivery(
        row_id,
        uid,
        kind,
        State(state),
        moment(created_at),
        moment(due_at),
        moment_or_none(settled_at),
        tries,
        bool(sending),
        reason,
        _host(url),
        automation_id,
        automation or "",
        deal_id,
        deal or "",
        operation,
    )


def _host(url: object) -> str:
    """Return where an address leads; the rest of it may be a key."""
    try:
        return urlsplit(str(url or "")).hostname or ""
    except ValueError:
        return ""


def _attempt(kept: dict[str, Any]) -> Attempt:
    return Attempt(
        moment(kept["at"]),
        Verdict(kept["verdict"]),
        kept.get("said", ""),
        kept.get("status"),
        kept.get("reply", ""),
        kept.get("doubt", False),
    )
