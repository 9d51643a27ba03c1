"""The chat with a contact, a window of it at a time, so that its length does not matter."""

from itertools import islice
from typing import Any

from dealboard.domain.text import fold
from dealboard.domain.views import Hits, Imported, Message, Stretch
from dealboard.store.driver import Connection
from dealboard.store.ids import STAMP, stamped
from dealboard.store.reads.values import Params, moment

FOUND = 10_000
"""Messages that a search finds at most."""

_MESSAGE = "id, contact_id, at, direction, author, text, source"
_OF = f"SELECT {_MESSAGE} FROM message WHERE contact_id = :contact"
_PLACE = "(SELECT known.at, known.id FROM message AS known WHERE known.id = :place)"


def of_contact(
    connection: Connection, contact_id: int, *, limit: int, before: int | None = None
) -> tuple[Message, ...]:
    """Return the last messages with a contact, or the last before one, the oldest of them first."""
    return _backwards(connection, contact_id, limit, before)


def newest(connection: Connection) -> int:
    """Return the id of the message that was added last to any chat, 0 before the first."""
    found = connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()
    return int(found[0])


def stretch(
    connection: Connection,
    contact_id: int,
    *,
    limit: int,
    before: int | None = None,
    since: int | None = None,
    around: int | None = None,
    oldest: bool = False,
) -> Stretch:
    """Return messages in their order: the newest, or those at a place, which is a message's id.

    `before` it and not including it, `since` it and including it, or on both sides of it, `limit`
    on each; or the `oldest` of all.
    """
    found: tuple[Message, ...]
    if around is not None:
        earlier = _backwards(connection, contact_id, limit, around)
        found = (*earlier, *_forwards(connection, contact_id, limit, around))
    elif since is not None or oldest:
        found = _forwards(connection, contact_id, limit, since)
    else:
        found = _backwards(connection, contact_id, limit, before)
    return _placed(connection, contact_id, found)


def _placed(connection: Connection, contact_id: int, found: tuple[Message, ...]) -> Stretch:
    params: Params = {"contact": contact_id, "place": found[0].id if found else None}
    (total,) = connection.execute(
        "SELECT count(*) FROM message WHERE contact_id = :contact", params
    ).fetchone()
    last_in = connection.execute(
        "SELECT at FROM message WHERE contact_id = :contact AND direction = 'in'"
        " ORDER BY at DESC, id DESC LIMIT 1",
        params,
    ).fetchone()
    (earlier,) = connection.execute(
        f"SELECT count(*) FROM message WHERE contact_id = :contact AND (at, id) < {_PLACE}", params
    ).fetchone()
    return Stretch(found, earlier, total, moment(last_in[0]) if last_in else None)


def found(connection: Connection, contact_id: int, text: str) -> Hits:
    """Return the messages with a text in words or author.

    Case and accents are ignored, as everywhere, which no index knows of: all of the chat is read.
    """
    wanted = fold(text)
    rows = connection.execute(
        "SELECT id, author, text FROM message WHERE contact_id = :contact"
        " ORDER BY at DESC, id DESC",
        {"contact": contact_id},
    )
    with_it = (row_id for row_id, author, said in rows if wanted in fold(f"{said}\n{author}"))
    ids = tuple(islice(with_it, FOUND + 1)) if wanted else ()
    return Hits(ids[:FOUND], more=len(ids) > FOUND)


def by_ids(connection: Connection, ids: tuple[int, ...]) -> tuple[Message, ...]:
    """Return messages in the order of their ids as given; those that are gone are left out."""
    rows = (
        connection.execute(f"SELECT {_MESSAGE} FROM message WHERE id = :id", {"id": each})
        for each in ids
    )
    return tuple(_message(row) for each in rows for row in each)


def authors(connection: Connection, contact_id: int) -> tuple[tuple[str, str], ...]:
    """Return who speaks in what was imported into a chat: the direction, and the name."""
    rows = connection.execute(
        "SELECT DISTINCT direction, author FROM message WHERE contact_id = :contact"
        " AND source = 'import' AND direction != 'none'",
        {"contact": contact_id},
    )
    return tuple((direction, author) for direction, author in rows)


def last_import(connection: Connection, contact_id: int) -> Imported | None:
    """Return what the last import brought into a chat, None where there is nothing of any.

    The messages of an import have names of one moment, that at which it began.
    """
    rows = connection.execute(
        f"SELECT substr(uid, 1, {STAMP}) AS stamp, count(*), min(at), max(at) FROM message"
        " WHERE contact_id = :contact AND source = 'import' AND stamp = ("
        f"SELECT substr(uid, 1, {STAMP}) FROM message"
        " WHERE contact_id = :contact AND source = 'import' ORDER BY id DESC LIMIT 1"
        ") GROUP BY stamp",
        {"contact": contact_id},
    )
    for stamp, count, first, last in rows:
        return Imported(stamp, stamped(stamp), count, moment(first), moment(last))
    return None


def _backwards(
    connection: Connection, contact_id: int, limit: int, before: int | None = None
) -> tuple[Message, ...]:
    earlier = "" if before is None else f" AND (at, id) < {_PLACE}"
    params: Params = {"contact": contact_id, "limit": limit, "place": before}
    rows = connection.execute(f"{_OF}{earlier} ORDER BY at DESC, id DESC LIMIT :limit", params)
    return tuple(map(_message, reversed(rows.fetchall())))


def _forwards(
    connection: Connection, contact_id: int, limit: int, since: int | None
) -> tuple[Message, ...]:
    later = "" if since is None else f" AND (at, id) >= {_PLACE}"
    params: Params = {"contact": contact_id, "limit": limit, "place": since}
    rows = connection.execute(f"{_OF}{later} ORDER BY at, id LIMIT :limit", params)
    return tuple(map(_message, rows.fetchall()))


def _message(row: tuple[Any, ...]) -> Message:
    row_id, owner, at, *rest = row
    return Message(row_id, owner, moment(at), *rest)
