"""The journal as people and other windows read it: what was done, and what is new."""

from typing import Any

from dealboard.domain.views import Operation
from dealboard.store.driver import Connection
from dealboard.store.reads.values import moment


def newest(connection: Connection) -> int:
    """Return the number of the last operation, 0 before the first."""
    found = connection.execute("SELECT coalesce(max(seq), 0) FROM operation").fetchone()
    return int(found[0])


def operations_after(connection: Connection, seq: int) -> tuple[int, tuple[int, ...]]:
    """Return the newest operation's number and the numbers of all that came after `seq`."""
    rows = connection.execute(
        "SELECT seq FROM operation WHERE seq > :seq ORDER BY seq", {"seq": seq}
    )
    later = tuple(row[0] for row in rows)
    return (later[-1] if later else seq), later


def operations(
    connection: Connection, *, deal_id: int | None = None, limit: int, offset: int = 0
) -> tuple[Operation, ...]:
    """Return operations, newest first; `deal_id` asks for those that touched a deal.

    So does linking a contact or writing an activity, also if that is gone since.
    """
    about = "TRUE" if deal_id is None else f"operation.seq IN ({_ABOUT_DEAL})"
    rows = connection.execute(
        'SELECT operation.seq, operation.uid, operation.at, "user".name, operation.kind,'
        " operation.label, operation.cause, operation.undone_by"
        ' FROM operation LEFT JOIN "user" ON "user".id = operation.actor_id'
        f" WHERE {about} ORDER BY operation.seq DESC LIMIT :limit OFFSET :offset",
        {"deal": deal_id, "limit": limit, "offset": offset},
    )
    return tuple(map(_operation, rows))


_ABOUT_DEAL = "SELECT operation_seq FROM change WHERE deal_id = :deal" + "".join(
    f" UNION SELECT batch FROM {table} WHERE {key} = :deal AND batch IS NOT NULL"
    for table, key in (("deal", "id"), ("deal_contact", "deal_id"), ("activity", "deal_id"))
)


def _operation(row: tuple[Any, ...]) -> Operation:
    seq, uid, at, actor, kind, label, cause, undone_by = row
    return Operation(seq, uid, moment(at), actor, kind, label, cause, undone_by is not None)
