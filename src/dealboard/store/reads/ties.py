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
    """Return those of the contacts that are on no deal, in the order given."""
    tied: set[int] = set()
    for some in portions(contact_ids):
        params: Params = {}
        rows = connection.execute(
            "SELECT DISTINCT contact_id FROM deal_contact"
            f" WHERE contact_id IN ({listed('contact', some, params)})",
            params,
        )
        tied.update(row[0] for row in rows)
    return tuple(each for each in contact_ids if each not in tied)
