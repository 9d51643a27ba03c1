"""Lines of chats as they are added. Not journalled; their keys make adding twice harmless.

Functions of the driver's connection inside a write transaction, called through `Workspace.keep`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from dealboard.errors import Refused
from dealboard.store import driver
from dealboard.store.driver import Connection
from dealboard.store.ids import new_uids
from dealboard.store.reads import contacts
from dealboard.store.reads.values import moment_text

_INTO = "INSERT OR IGNORE INTO message"

_SENT = (
    "DELETE FROM message WHERE contact_id = :contact AND source = :opened AND EXISTS ("
    "SELECT 1 FROM message AS sent WHERE sent.contact_id = :contact AND sent.source = :imported"
    " AND sent.direction = 'out' AND sent.text = message.text"
    " AND julianday(sent.at) - julianday(message.at) BETWEEN -:early AND 1)"
)
_MINE = (
    "UPDATE message SET direction = 'out' WHERE contact_id = :contact AND source = :imported"
    " AND author = :author AND direction = 'in'"
)

_IMPORT = (
    "DELETE FROM message WHERE contact_id = :contact AND source = :imported"
    " AND substr(uid, 1, :length) = :stamp"
)

EARLY = 2 / 1440
"""Days: an export has minutes only, so that what was sent may seem to be older than its note."""


class Line(NamedTuple):
    """A line to be kept; `key` is the same whenever it is added to the same contact's chat."""

    at: datetime
    direction: str
    author: str
    text: str
    source: str
    key: str


def add(connection: Connection, contact_id: int, lines: Iterable[Line], now: datetime) -> int:
    """Add lines to the chat with a contact and return how many of them it did not have.

    Raises NotFound, and Refused for a contact that is forgotten.
    """
    if contacts.contact(connection, contact_id).forgotten:
        raise Refused("A forgotten contact takes no new data.")
    some = tuple(lines)
    before = connection.total_changes
    rows = [
        (uid, moment_text(line.at), *line[1:])
        for uid, line in zip(new_uids(now, len(some)), some, strict=True)
    ]
    columns = ("uid", "at", *Line._fields[1:])
    driver.insert(connection, _INTO, columns, rows, {"contact_id": contact_id})
    return connection.total_changes - before


def take_side(connection: Connection, contact_id: int, author: str, *, imported: str) -> None:
    """Put what an author wrote on the user's side, where nobody knew that when it was imported."""
    params = {"contact": contact_id, "author": author, "imported": imported}
    connection.execute(_MINE, params)


def take_back(connection: Connection, contact_id: int, *, imported: str, stamp: str) -> int:
    """Delete what one import brought into a chat, for good, and return how many messages it was.

    `imported` is the source of imports, `stamp` what the names of this one's messages begin with.
    """
    before = connection.total_changes
    params = {"contact": contact_id, "imported": imported, "stamp": stamp, "length": len(stamp)}
    connection.execute(_IMPORT, params)
    return connection.total_changes - before


def drop_sent(connection: Connection, contact_id: int, *, opened: str, imported: str) -> None:
    """Drop the notes of messages that were opened in WhatsApp and came back as sent in a day.

    `opened` and `imported` are the sources of the two.
    """
    params = {"contact": contact_id, "opened": opened, "imported": imported, "early": EARLY}
    connection.execute(_SENT, params)
