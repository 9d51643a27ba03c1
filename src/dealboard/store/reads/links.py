"""The contacts of the deals in view: a second read by ids, never an aggregate."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from dealboard.store.driver import Connection

T = TypeVar("T")


def contacts_of(
    connection: Connection, deal_ids: Sequence[int], columns: str, make: Callable[..., T]
) -> dict[int, tuple[T, ...]]:
    """Return by deal what `make` makes of its contacts' columns, the primary contact first.

    A deal without contacts is left out.
    """
    found: dict[int, tuple[T, ...]] = {}
    rows = connection.execute(
        f"SELECT link.deal_id, {columns}"
        " FROM deal_contact AS link JOIN contact ON contact.id = link.contact_id"
        f" WHERE link.deal_id IN ({', '.join('?' * len(deal_ids))})"
        " ORDER BY link.deal_id, link.position, link.id",
        deal_ids,
    )
    for deal_id, *values in rows:
        found[deal_id] = (*found.get(deal_id, ()), make(*values))
    return found
