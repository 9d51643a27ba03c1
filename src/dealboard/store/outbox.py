"""The outbox's states: taken, settled, put back, tried again, cancelled. Not journalled.

Functions of the driver's connection inside a write transaction: the courier's through
`Workspace.keep`, a user's through `actions.outbox`. A row that a courier took is pending with a
lease; whoever settles it must still hold it. Moments between processes are compared with care: a
lease, or a delay, that reaches further than any courier goes was written by a clock that jumped.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dealboard.domain.conversions import WINDOW
from dealboard.domain.outbox import LEASE, Attempt, Parcel, Pause, State, Verdict
from dealboard.store import settings
from dealboard.store.driver import Connection
from dealboard.store.reads.outbox import moments, pause_key
from dealboard.store.reads.values import Params, listed, moment, moment_text

KEPT_ATTEMPTS = 40
"""Entries of a row's log; the oldest go first."""

_WAKE = (
    "UPDATE outbox SET state = 'pending', due_at = :due_by WHERE kind = :kind AND state = 'held'"
    " AND (:afresh OR due_at <= :now OR due_at > :far)"
)
_FREE = "(lease_until IS NULL OR lease_until <= :now OR lease_until > :far_lease)"
_TAKABLE = (
    "SELECT id, uid, payload, tries, log, lease_until FROM outbox"
    " WHERE kind = :kind AND state = 'pending'"
    f" AND (due_at <= :due_by OR due_at > :far) AND {_FREE} ORDER BY due_at, id LIMIT :limit"
)
_TAKE = (
    "UPDATE outbox SET lease_owner = :owner, lease_until = :until, tries = tries + 1, log = :log"
    " WHERE id = :id"
)
_IN_DOUBT = """log LIKE '%"doubt":true%'"""
_MINE = "id = :id AND lease_owner = :owner"
_STAYS = "state = 'cancelled' AND :state NOT IN ('sent', 'unknown')"
_SETTLE = (
    f"UPDATE outbox SET state = CASE WHEN {_STAYS} THEN state"
    " ELSE :state END, due_at = coalesce(:due, due_at), tries = tries - :uncounted,"
    " settled_at = :settled, lease_owner = NULL, lease_until = NULL, log = :log,"
    f" reason = CASE WHEN {_STAYS} THEN reason ELSE :reason END"
    f" WHERE {_MINE}"
)
_RELEASE = (
    f"UPDATE outbox SET lease_owner = NULL, lease_until = NULL, tries = tries - 1 WHERE {_MINE}"
)
_POSTPONE = (
    "UPDATE outbox SET due_at = :until WHERE kind = :kind AND state = 'pending' AND due_at < :until"
)
_HASTEN = (
    "UPDATE outbox SET due_at = :now WHERE kind = :kind AND state = 'pending' AND due_at > :now"
    f" AND {_FREE}"
)
_RETRY = (
    "UPDATE outbox SET due_at = :now, tries = 0, settled_at = NULL, reason = '',"
    " state = CASE WHEN kind = 'meta' AND state = 'cancelled' THEN 'held' ELSE 'pending' END,"
    " lease_owner = NULL, lease_until = NULL,"
    """ log = replace(log, '"doubt":true', '"doubt":false')"""
)
_CAN_GO = "NOT (kind = 'meta' AND (state = 'held' OR created_at <= :oldest))"
_CANCEL = "UPDATE outbox SET state = 'cancelled', settled_at = :now, reason = ''"
BROKEN_OFF = "dealboard ended before the answer came."
"""What the log says of an attempt whose courier is gone."""

UNDONE = "undone"
"""Why a row was cancelled whose operation was taken back."""

TOO_OLD = "Older than the seven days that Meta takes."
TOO_OLD_TO_ASK = "Meta may have it: no answer came, and by now it is too old to be sent again."

_EXPIRE = (
    f"UPDATE outbox SET state = CASE WHEN {_IN_DOUBT} THEN 'unknown' ELSE 'expired' END,"
    f" reason = CASE WHEN {_IN_DOUBT} THEN :doubtful ELSE :reason END, settled_at = :now"
    " WHERE kind = :kind AND state IN ('pending', 'held') AND created_at <= :oldest"
    f" AND {_FREE}"
)
_DISMISS = (
    "UPDATE outbox SET state = 'cancelled', settled_at = :now, reason = :reason"
    f" WHERE kind = :kind AND state IN ('pending', 'held') AND {_FREE}"
)
_WITHDRAW = (
    "UPDATE outbox SET state = 'cancelled', settled_at = :now, reason = :reason"
    " WHERE operation_seq = :operation AND state IN ('pending', 'held')"
    f" RETURNING kind, {_IN_DOUBT} OR (lease_until > :now AND lease_until <= :far_lease)"
)
_REVIVE = (
    "UPDATE outbox SET settled_at = NULL, reason = '',"
    " state = CASE WHEN kind = 'meta' AND tries = 0 THEN 'held' ELSE 'pending' END"
    " WHERE operation_seq = :operation AND state = 'cancelled' AND reason = :reason"
)


def wake(
    connection: Connection, kind: str, *, now: datetime, due_by: datetime, afresh: bool = False
) -> None:
    """Let held rows be due once it is time to look again; `afresh` looks at all of them."""
    params: Params = {**moments(now), "kind": kind, "afresh": afresh}
    connection.execute(_WAKE, params | {"due_by": moment_text(due_by)})


def claim(
    connection: Connection,
    kind: str,
    owner: str,
    *,
    now: datetime,
    due_by: datetime,
    limit: int,
    lease: timedelta = LEASE,
) -> tuple[Parcel, ...]:
    """Take rows that are due and that nobody holds, oldest first, for the time of a lease.

    One whose courier is gone, its lease with it, may have been sent: its log says so.
    """
    params: Params = {
        **moments(now),
        "kind": kind,
        "due_by": moment_text(due_by),
        "limit": limit,
    }
    until = moment_text(now + lease)
    taken: list[Params] = []
    parcels: list[Parcel] = []
    for row_id, uid, payload, tries, log, held_until in connection.execute(_TAKABLE, params):
        known = log if held_until is None else _broken_off(log, held_until, now)
        taken.append({"id": row_id, "owner": owner, "until": until, "log": known})
        parcels.append(Parcel(row_id, uid, payload, tries + 1, _doubted_at(known)))
    connection.executemany(_TAKE, taken)
    return tuple(sorted(parcels))


def _broken_off(log: str, held_until: str, now: datetime) -> str:
    """Return the log of a row that a courier took and never said what came of."""
    at = min(moment(held_until), now)
    return _appended(log, Attempt(at, Verdict.AGAIN, BROKEN_OFF, doubt=True))


def _doubted_at(log: str) -> datetime | None:
    """Return when the first attempt was made whose answer is lost."""
    if '"doubt":true' not in log:
        return None
    return min(moment(entry["at"]) for entry in json.loads(log) if entry.get("doubt"))


def settle(
    connection: Connection,
    row_ids: Iterable[int],
    owner: str,
    state: State,
    attempt: Attempt,
    *,
    due_at: datetime | None = None,
    counted: bool = True,
) -> int:
    """Write down what came of rows, let go of them, and return how many were still held.

    What was cancelled meanwhile stays so, unless it went out or may have. What is not `counted`
    was no attempt, and is logged once for the same reason.
    """
    values: Params = {
        "owner": owner,
        "state": state.value,
        "due": due_at and moment_text(due_at),
        "uncounted": int(not counted),
        "settled": None if state in (State.PENDING, State.HELD) else moment_text(attempt.at),
        "reason": "" if state is State.SENT else attempt.said,
    }
    return sum(_settle(connection, values | {"id": row_id}, attempt) for row_id in row_ids)


def _settle(connection: Connection, values: Params, attempt: Attempt) -> bool:
    mine = {name: values[name] for name in ("id", "owner")}
    found = connection.execute(f"SELECT reason, log FROM outbox WHERE {_MINE}", mine).fetchone()
    if found is None:
        return False
    reason, log = found
    known = values["uncounted"] and reason == attempt.said
    connection.execute(_SETTLE, values | {"log": log if known else _appended(log, attempt)})
    return True


def _appended(log: str, attempt: Attempt) -> str:
    """Return a log with one more entry; what is in doubt is never dropped."""
    entry = {**attempt._asdict(), "at": moment_text(attempt.at), "verdict": attempt.verdict.value}
    entries = [*json.loads(log), {key: value for key, value in entry.items() if value}]
    if len(entries) > KEPT_ATTEMPTS:
        older = next((at for at, each in enumerate(entries) if not each.get("doubt")), 0)
        del entries[older]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def release(connection: Connection, row_ids: Iterable[int], owner: str) -> None:
    """Put rows back that were taken and not tried."""
    connection.executemany(_RELEASE, [{"id": row_id, "owner": owner} for row_id in row_ids])


def expire(connection: Connection, kind: str, oldest: datetime, now: datetime) -> int:
    """Let go of rows that are of that moment or older, and return how many."""
    params: Params = {
        **moments(now),
        "kind": kind,
        "oldest": moment_text(oldest),
        "reason": TOO_OLD,
        "doubtful": TOO_OLD_TO_ASK,
    }
    return connection.execute(_EXPIRE, params).rowcount


def postpone(connection: Connection, kind: str, until: datetime) -> None:
    """Let all rows of a kind wait that would be due before a moment, taken ones too."""
    connection.execute(_POSTPONE, {"kind": kind, "until": moment_text(until)})


def hasten(connection: Connection, kind: str, now: datetime) -> None:
    """Let all rows of a kind be due now: a user does not want to wait."""
    connection.execute(_HASTEN, {**moments(now), "kind": kind})


def pause(connection: Connection, kind: str, why: Pause) -> None:
    """Send nothing of a kind while a pause holds."""
    kept = {
        "why": why.why,
        "until": why.until and moment_text(why.until),
        "token": why.credential,
        "at": moment_text(why.at),
    }
    settings.put(connection, pause_key(kind), kept)


def resume(connection: Connection, kind: str) -> None:
    """End the pause of a kind, if there is one."""
    settings.drop(connection, pause_key(kind))


def retry(connection: Connection, row_ids: Sequence[int], now: datetime) -> int:
    """Let rows that were given up, held or cancelled go out now, and return how many.

    One that waits for its next attempt does not wait any longer. An event for Meta that is held
    lacks something, and one that is too old stays; one that was cancelled has to be judged anew.
    """
    states = "('pending', 'held', 'failed', 'expired', 'cancelled', 'unknown')"
    return _each(connection, _RETRY, f"{states} AND {_CAN_GO}", row_ids, now)


def cancel(connection: Connection, row_ids: Sequence[int], now: datetime) -> int:
    """Keep rows from going out that nobody is sending right now, and return how many."""
    return _each(connection, _CANCEL, "('pending', 'held')", row_ids, now)


def dismiss(connection: Connection, kind: str, reason: str, now: datetime) -> int:
    """Cancel all that waits of a kind, for a reason, and return how many."""
    params: Params = {**moments(now), "kind": kind, "reason": reason}
    return connection.execute(_DISMISS, params).rowcount


def waiting(connection: Connection, kind: str) -> int:
    """Return how many rows of a kind are to go out."""
    found = connection.execute(
        "SELECT count(*) FROM outbox WHERE kind = :kind AND state = 'pending'", {"kind": kind}
    ).fetchone()
    return int(found[0])


def withdraw(connection: Connection, operation: int, now: datetime) -> tuple[tuple[str, bool], ...]:
    """Cancel what an operation that is taken back wanted sent or done later; return the kinds.

    Beside each is whether it may have gone: a courier is sending it right now, or had no answer. It
    is cancelled all the same, and `settle` says so if it went out.
    """
    values: Params = {**moments(now), "operation": operation, "reason": UNDONE}
    found = connection.execute(_WITHDRAW, values).fetchall()
    return tuple((kind, bool(leaving)) for kind, leaving in found)


def revive(connection: Connection, operation: int) -> None:
    """Let what `withdraw` cancelled go after all: its operation is done again.

    An event for Meta that nobody tried yet is held: it is judged anew in the same transaction.
    """
    connection.execute(_REVIVE, {"operation": operation, "reason": UNDONE})


def sent(connection: Connection, operation: int) -> tuple[str, ...]:
    """Return the kinds of what an operation sent, or had done later, already."""
    rows = connection.execute(
        "SELECT kind FROM outbox WHERE operation_seq = :operation AND state = 'sent'",
        {"operation": operation},
    )
    return tuple(row[0] for row in rows)


def _each(
    connection: Connection, update: str, states: str, row_ids: Sequence[int], now: datetime
) -> int:
    params: Params = {}
    ids = listed("id", row_ids, params)
    params |= {**moments(now), "oldest": moment_text(now - WINDOW)}
    done = connection.execute(
        f"{update} WHERE id IN ({ids}) AND state IN {states} AND {_FREE}", params
    )
    return done.rowcount
