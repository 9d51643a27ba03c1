"""What ties contacts: a number or an address that several have, and the deals they are on."""

import json
from collections.abc import Sequence

from dealboard.domain.views import Contact
from dealboard.store.driver import Connection
from dealboard.store.reads.contacts import by_ids
from dealboard.store.reads.values import Params, listed, portions

SHOWN = 500
"""Groups that are read at once."""

Group = tuple[Contact, ...]
"""Contacts that share a number or an address, the oldest first."""


def shared(connection: Connection, *, limit: int = SHOWN) -> tuple[Group, ...]:
    """Return the contacts that have the same phone number, then those of the same address.

    A group that shares both is returned once.
    """
    groups: dict[tuple[int, ...], None] = {}
    for key in ("phone_key", "email_key"):
        rows = connection.execute(
            f"SELECT group_concat(id) FROM contact WHERE {key} IS NOT NULL AND NOT forgotten"
            f" GROUP BY {key} HAVING count(*) > 1 ORDER BY min(id) LIMIT :limit",
            {"limit": limit},
        )
        for (ids,) in rows:
            groups.setdefault(tuple(sorted(json.loads(f"[{ids}]"))))
    return tuple(by_ids(connection, ids) for ids in [*groups][:limit])


def without_deals(connection: Connection, contact_ids: Sequence[int]) -> tuple[int, ...]:
    """Return those of the contacts that exist and are on no deal, in the order given."""
    free = _those(
        connection,
        contact_ids,
        "SELECT id FROM contact WHERE id IN ({})"
        " AND NOT EXISTS (SELECT 1 FROM deal_contact AS link WHERE link.contact_id = contact.id)",
    )
    return tuple(each for each in contact_ids if each in free)


def with_history(connection: Connection, contact_ids: Sequence[int]) -> tuple[int, ...]:
    """Return those of the contacts about whom there are activities or messages."""
    told: set[int] = set()
    for table in ("activity", "message"):
        asked = f"SELECT DISTINCT contact_id FROM {table} WHERE contact_id IN ({{}})"
        told |= _those(connection, contact_ids, asked)
    return tuple(sorted(told))


def _those(connection: Connection, contact_ids: Sequence[int], asked: str) -> set[int]:
    """Return the ids that a query finds, asked for a portion of the contacts at a time."""
    found: set[int] = set()
    for some in portions(contact_ids):
        params: Params = {}
        rows = connection.execute(asked.format(listed("contact", some, params)), params)
        found.update(row[0] for row in rows)
    return found
