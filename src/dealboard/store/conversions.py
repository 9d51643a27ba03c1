"""Events for Meta as rows of the outbox: looked for, written, called off, and emptied.

Many at a time, past the session: the outbox is not journalled. Whom Meta may be told of, and what
an event says, is decided in `dealboard.conversions`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dealboard.domain.conversions import DEAL_GONE, KIND, LEFT, WITHDRAWN
from dealboard.domain.outbox import State
from dealboard.store import driver
from dealboard.store.driver import Connection
from dealboard.store.outbox import UNDONE
from dealboard.store.reads.values import moment_text
from dealboard.store.search import chunks

CALLED_OFF = (UNDONE, LEFT, DEAL_GONE, WITHDRAWN)
"""Why an event was cancelled by what happened and not by a user: it may happen after all."""

_ROW = "id, uid, state, reason, tries, payload, created_at, deal_id, contact_id"
_ROWS = f"SELECT {_ROW} FROM outbox WHERE kind = 'meta'"
_ROWS_BY = f"SELECT {_ROW} FROM outbox WHERE +kind = 'meta'"
"""The sign keeps the index of states out, which has a hundred thousand rows where few are asked."""

_COLUMNS = (
    *("uid", "key", "state", "reason", "payload"),
    *("created_at", "due_at", "deal_id", "contact_id"),
)
_REUSE = (
    "UPDATE outbox SET state = ?, reason = ?, payload = ?, created_at = ?, due_at = ?,"
    " operation_seq = ?, settled_at = NULL, log = '[]' WHERE uid = ?"
)
_JUDGE = "UPDATE outbox SET state = ?, reason = ?, payload = ?, settled_at = ? WHERE id = ?"
_CALL_OFF = (
    "UPDATE outbox SET state = 'cancelled', reason = ?, settled_at = ?"
    " WHERE +kind = 'meta' AND +state IN ('pending', 'held')"
)
_CALL_BACK = (
    "UPDATE outbox SET state = CASE tries WHEN 0 THEN 'held' ELSE 'pending' END, reason = '',"
    " settled_at = NULL WHERE +kind = 'meta' AND +state = 'cancelled' AND reason = ?"
)


class Event(NamedTuple):
    """An event to be written: `moment` is what it is about, `due_at` when it may go."""

    uid: str
    key: str
    state: State
    reason: str
    payload: str
    moment: datetime
    due_at: datetime
    deal_id: int
    contact_id: int | None


class Row(NamedTuple):
    """An event as it stands in the outbox; its moment is as it is kept."""

    id: int
    uid: str
    state: str
    reason: str
    tries: int
    payload: str
    moment: str
    deal_id: int
    contact_id: int | None

    @property
    def called_off(self) -> bool:
        """Return whether what happened called it off, so that it may happen after all."""
        return self.state == State.CANCELLED and self.reason in CALLED_OFF


class Judgement(NamedTuple):
    """What becomes of an event that waits; `settled_at` for one that is cancelled."""

    state: State
    reason: str
    payload: str
    settled_at: datetime | None
    id: int


# ── looking ───────────────────────────────────────────────────────────────────────────────────


def known(connection: Connection, uids: Iterable[str]) -> dict[str, Row]:
    """Return the events of these names that are there."""
    return {row.uid: row for row in _rows(connection, "uid IN", uids)}


def held_of(connection: Connection, deal_ids: Iterable[int]) -> list[Row]:
    """Return what is held of some deals."""
    return _rows(connection, "+state = 'held' AND deal_id IN", deal_ids)


def waiting(connection: Connection) -> list[Row]:
    """Return all that waits, whatever for."""
    rows = connection.execute(f"{_ROWS} AND state IN ('pending', 'held')")
    return [Row._make(row) for row in rows]


def naming(connection: Connection, contact: str, states: Sequence[State]) -> list[Row]:
    """Return the events in these states that name a contact, by the hash it goes out under."""
    marks = ", ".join("?" * len(states))
    rows = connection.execute(
        f"{_ROWS} AND state IN ({marks}) AND instr(payload, ?)",
        (*(state.value for state in states), contact),
    )
    return [Row._make(row) for row in rows]


def viewed(connection: Connection, deal_ids: Iterable[int], since: datetime) -> set[int]:
    """Return those of the deals that have a ViewContent from after a moment."""
    found: set[int] = set()
    for some in chunks(deal_ids):
        rows = connection.execute(
            f"SELECT deal_id FROM outbox WHERE deal_id IN ({', '.join('?' * len(some))})"
            " AND +kind = 'meta' AND created_at > ? AND state <> 'cancelled'"
            " AND instr(key, '|ViewContent|')",
            (*some, moment_text(since)),
        )
        found.update(row[0] for row in rows)
    return found


def _rows(connection: Connection, where: str, values: Iterable[Any]) -> list[Row]:
    found: list[Row] = []
    for some in chunks(values):
        rows = connection.execute(f"{_ROWS_BY} AND {where} ({', '.join('?' * len(some))})", some)
        found += map(Row._make, rows)
    return found


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def insert(connection: Connection, events: Iterable[Event], operation: int) -> None:
    """Write events that an operation means."""
    rows = [
        (
            *(each.uid, each.key, each.state.value, each.reason, each.payload),
            *(moment_text(each.moment), moment_text(each.due_at)),
            *(each.deal_id, each.contact_id),
        )
        for each in events
    ]
    same = {"operation_seq": operation, "kind": KIND, "tries": 0, "log": "[]"}
    driver.insert(connection, "INSERT INTO outbox", _COLUMNS, rows, same)


def reuse(connection: Connection, events: Iterable[Event], operation: int) -> None:
    """Write events over those of the same name that were called off before anybody tried them."""
    connection.executemany(
        _REUSE,
        [
            (
                *(each.state.value, each.reason, each.payload),
                *(moment_text(each.moment), moment_text(each.due_at), operation, each.uid),
            )
            for each in events
        ],
    )


def judge(connection: Connection, judgements: Iterable[Judgement]) -> None:
    """Write what becomes of events that wait."""
    connection.executemany(
        _JUDGE,
        [
            (
                *(j.state.value, j.reason, j.payload),
                j.settled_at and moment_text(j.settled_at),
                j.id,
            )
            for j in judgements
        ],
    )


def call_off(
    connection: Connection, column: str, values: Iterable[Any], reason: str, now: datetime
) -> None:
    """Cancel what waits and has one of these values in `uid` or `deal_id`."""
    for some in chunks(values):
        where = f"{column} IN ({', '.join('?' * len(some))})"
        connection.execute(f"{_CALL_OFF} AND {where}", (reason, moment_text(now), *some))


def call_back(connection: Connection, column: str, values: Iterable[Any], reason: str) -> None:
    """Let what was called off for a reason wait again.

    What nobody tried yet is held: it has to be judged anew.
    """
    for some in chunks(values):
        where = f"{column} IN ({', '.join('?' * len(some))})"
        connection.execute(f"{_CALL_BACK} AND {where}", (reason, *some))


def hand_over(connection: Connection, contact_id: int, into: int) -> None:
    """Let what waits and is about one contact be about another: they are the same person."""
    connection.execute(
        "UPDATE outbox SET contact_id = ? WHERE +kind = 'meta' AND contact_id = ?"
        " AND +state IN ('pending', 'held')",
        (into, contact_id),
    )


def empty(connection: Connection, payloads: Iterable[tuple[int, str]]) -> None:
    """Write other payloads into events: what was said of somebody is erased."""
    connection.executemany(
        "UPDATE outbox SET payload = ? WHERE id = ?", [(text, row) for row, text in payloads]
    )
