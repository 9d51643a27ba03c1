"""The chat with a contact, a window of it at a time, from its end backwards."""

from dealboard.domain.views import Message
from dealboard.store.driver import Connection
from dealboard.store.reads.values import Params, moment


def of_contact(
    connection: Connection, contact_id: int, *, limit: int, before: int | None = None
) -> tuple[Message, ...]:
    """Return the last messages with a contact, the oldest of them first.

    `before` is the id of the oldest message that is known: those that came earlier are returned.
    """
    params: Params = {"contact": contact_id, "limit": limit, "before": before}
    earlier = (
        ""
        if before is None
        else " AND (at, id) < (SELECT known.at, known.id FROM message AS known WHERE id = :before)"
    )
    rows = connection.execute(
        "SELECT id, contact_id, at, direction, author, text, source FROM message"
        f" WHERE contact_id = :contact{earlier} ORDER BY at DESC, id DESC LIMIT :limit",
        params,
    ).fetchall()
    return tuple(
        Message(row_id, owner, moment(at), *rest) for row_id, owner, at, *rest in reversed(rows)
    )
