"""Where one can jump to by typing: the deals and contacts that a text finds, by what they are."""

from typing import TYPE_CHECKING, NamedTuple

from dealboard.domain.text import fold
from dealboard.domain.views import Contact, Row
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, table
from dealboard.store.reads.where import contains, starts

if TYPE_CHECKING:
    from dealboard.store.reads.values import Params

DEALS = 12
"""Deals that are offered at once."""

CONTACTS = 8
"""Contacts that are offered at once."""

RECENT = 8
"""Deals that are offered before anything is typed."""

_LOOKED_BACK = 100
"""Operations of the user's among which the recent deals are looked for."""


class Found(NamedTuple):
    """Deals that were asked for by their number or reference, others, and contacts."""

    named: tuple[Row, ...] = ()
    deals: tuple[Row, ...] = ()
    contacts: tuple[Contact, ...] = ()


def find(connection: Connection, text: str, *, with_deals: bool = True) -> Found:
    """Return what a text finds.

    "#12" is the deal of that number, and a whole reference its deals. Else deals are found by
    title, reference, contacts and phones, those whose titles begin with it first, then open ones,
    then the newest; contacts by name, company, phone and e-mail (see `contacts.matches`).
    """
    people = () if not fold(text) else contacts.matches(connection, text, limit=CONTACTS)
    if not with_deals:
        return Found(contacts=people)
    named = _named(connection, text.strip())
    found = [each for each in _matching(connection, text) if each not in named]
    return Found(table.rows(connection, named), table.rows(connection, found), people)


def _named(connection: Connection, text: str) -> list[int]:
    number = text.removeprefix("#")
    if text.startswith("#") and number.isascii() and number.isdecimal():
        rows = connection.execute("SELECT id FROM deal WHERE id = :id", {"id": int(number[:18])})
        if found := [row[0] for row in rows]:
            return found
    rows = connection.execute(
        "SELECT id FROM deal WHERE reference = :text ORDER BY id DESC LIMIT :limit",
        {"text": text, "limit": DEALS},
    )
    return [row[0] for row in rows]


def _matching(connection: Connection, text: str) -> list[int]:
    params: Params = {"limit": DEALS}
    found = contains("deal.search", text, params)
    if not found:
        return []
    rows = connection.execute(
        f"SELECT deal.id FROM deal WHERE {found}"
        f" ORDER BY CASE WHEN {starts('deal.search', text, params)} THEN 0 ELSE 1 END,"
        " deal.closed_at IS NOT NULL, deal.created_at DESC, deal.id DESC LIMIT :limit",
        params,
    )
    return [row[0] for row in rows]


def recent(connection: Connection, user_id: int) -> tuple[Row, ...]:
    """Return the deals that a user worked on last, the last one first."""
    rows = connection.execute(
        "SELECT deal_id, max(operation_seq) FROM change WHERE deal_id IS NOT NULL"
        " AND operation_seq IN (SELECT seq FROM operation WHERE actor_id = :user AND kind = 'do'"
        " ORDER BY seq DESC LIMIT :operations)"
        " GROUP BY deal_id ORDER BY 2 DESC, 1 DESC LIMIT :limit",
        {"user": user_id, "operations": _LOOKED_BACK, "limit": RECENT},
    )
    return table.rows(connection, [row[0] for row in rows])
