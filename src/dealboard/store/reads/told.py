"""What Meta was told and is to be told: the events of the outbox as people see them."""

from array import array
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from dealboard.domain.conversions import KIND, NEAR_END, EventName, Standing, Told
from dealboard.domain.outbox import State
from dealboard.errors import NotFound
from dealboard.store.driver import Connection
from dealboard.store.reads import settings
from dealboard.store.reads.outbox import moments, pause
from dealboard.store.reads.values import (
    Params,
    full_name,
    listed,
    moment,
    moment_or_none,
    moment_text,
)

_TOLD = (
    "SELECT outbox.id, outbox.uid, outbox.key, outbox.state, outbox.reason, outbox.created_at,"
    " outbox.due_at, outbox.settled_at, outbox.tries,"
    " coalesce(outbox.lease_until > :now AND outbox.lease_until <= :far_lease, 0),"
    " outbox.deal_id, deal.title, outbox.contact_id, contact.first_name, contact.last_name,"
    " outbox.operation_seq FROM outbox LEFT JOIN deal ON deal.id = outbox.deal_id"
    " LEFT JOIN contact ON contact.id = outbox.contact_id"
)


def counts(connection: Connection) -> dict[State, int]:
    """Return how many events are in each state, those in none left out."""
    rows = connection.execute(
        "SELECT state, count(*) FROM outbox WHERE kind = :kind GROUP BY state", {"kind": KIND}
    )
    return {State(state): count for state, count in rows}


def standing(connection: Connection, now: datetime) -> Standing:
    """Return what a badge says of the events that have not gone out."""
    pending, held, near, oldest = connection.execute(
        "SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'held'),"
        " count(*) FILTER (WHERE created_at < :near), min(created_at) FROM outbox"
        " WHERE kind = 'meta' AND state IN ('pending', 'held')",
        {"near": moment_text(now - NEAR_END)},
    ).fetchone()
    paused = pause(connection, KIND) is not None
    return Standing(pending, held, near, moment_or_none(oldest), _unseen(connection), paused)


def _unseen(connection: Connection) -> int:
    """Return how many events expired since somebody looked at those that had."""
    seen = settings.setting(connection, settings.META_SEEN)
    found = connection.execute(
        "SELECT count(*) FROM outbox WHERE kind = 'meta' AND state = 'expired'"
        " AND settled_at > :seen",
        {"seen": seen or ""},
    ).fetchone()
    return int(found[0])


def ordered_ids(connection: Connection, states: Collection[State] = ()) -> "array[int]":
    """Return the ids of all events, or of those in some states, newest first."""
    params: Params = {}
    chosen = f" AND state IN ({listed('state', states, params)})" if states else ""
    rows = connection.execute(
        f"SELECT id FROM outbox WHERE kind = 'meta'{chosen} ORDER BY id DESC", params
    )
    return array("q", (row[0] for row in rows))


def by_ids(connection: Connection, ids: Sequence[int], *, now: datetime) -> tuple[Told, ...]:
    """Return events by their ids, those that are gone left out."""
    params: Params = {**moments(now)}
    chosen = listed("id", ids, params)
    where = f" WHERE +kind = 'meta' AND outbox.id IN ({chosen})"
    return tuple(map(_told, connection.execute(f"{_TOLD}{where}", params)))


def events(
    connection: Connection,
    *,
    now: datetime,
    states: Collection[State] = (),
    deal_id: int | None = None,
    before: int | None = None,
    limit: int,
) -> tuple[Told, ...]:
    """Return events, newest first; `before` is the id of the last one that is known.

    Whatever is left out does not matter.
    """
    params: Params = moments(now) | {"limit": limit}
    if states:
        where = f" WHERE kind = 'meta' AND outbox.state IN ({listed('state', states, params)})"
    else:
        where = " WHERE +kind = 'meta'"  # by their number, which is the order asked for
    if deal_id is not None:
        where += " AND outbox.deal_id = :deal"
        params["deal"] = deal_id
    if before is not None:
        where += " AND outbox.id < :before"
        params["before"] = before
    rows = connection.execute(f"{_TOLD}{where} ORDER BY outbox.id DESC LIMIT :limit", params)
    return tuple(map(_told, rows))


def event(connection: Connection, row_id: int, *, now: datetime) -> Told:
    """Return one event. Raises NotFound."""
    params: Params = moments(now) | {"id": row_id}
    row = connection.execute(f"{_TOLD} WHERE kind = 'meta' AND outbox.id = :id", params).fetchone()
    if row is None:
        raise NotFound("event", f"#{row_id}")
    return _told(row)


def frozen(
    connection: Connection, states: Collection[State], *, now: datetime
) -> Iterator[tuple[Told, str]]:
    """Yield events with what their rows hold (domain.conversions.parse), the oldest first."""
    params: Params = moments(now)
    where = f" WHERE kind = 'meta' AND outbox.state IN ({listed('state', states, params)})"
    rows = connection.execute(
        f"{_TOLD.replace(' FROM outbox', ', outbox.payload FROM outbox', 1)}{where}"
        " ORDER BY outbox.created_at, outbox.id",
        params,
    )
    for *row, kept in rows:
        yield _told(tuple(row)), kept


def payload(connection: Connection, row_id: int) -> str:
    """Return what an event's row holds (domain.conversions.parse). Raises NotFound."""
    row = connection.execute(
        "SELECT payload FROM outbox WHERE id = :id AND kind = 'meta'", {"id": row_id}
    ).fetchone()
    if row is None:
        raise NotFound("event", f"#{row_id}")
    return str(row[0])


def _told(row: tuple[Any, ...]) -> Told:
    row_id, uid, key, state, reason, about, due, settled, tries, sending, *rest = row
    deal_id, deal, contact_id, first, last, operation = rest
    dataset, name, _ = key.split("|")
    return Told(
        row_id,
        uid,
        EventName(name),
        dataset,
        State(state),
        reason,
        moment(about),
        moment(due),
        moment_or_none(settled),
        tries,
        bool(sending),
        deal_id,
        deal or "",
        contact_id,
        full_name(first or "", last or ""),
        operation,
    )
