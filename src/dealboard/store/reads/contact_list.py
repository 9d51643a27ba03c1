"""The list of contacts: the ids of those that a text finds in an order, and rows by ids.

`reads.contacts` offers these as its own. Empty values come last both ways, also contacts without
deals where deals are counted; the name and then the id break ties.
"""

from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dealboard.domain.money import exponent
from dealboard.domain.stages import StageKind
from dealboard.domain.text import fold
from dealboard.domain.views import ContactRow, Subtotal
from dealboard.errors import InvalidValue
from dealboard.store.driver import Connection
from dealboard.store.reads.totals import by_size
from dealboard.store.reads.values import Params, full_name, listed, moment, portions
from dealboard.store.reads.where import contains

SORTS = (
    "name", "company", "phone", "email", "city", "created", "open", "closed", "value",
)  # fmt: skip
"""What contacts can be ordered by: the last three by their deals, `value` by the open ones."""

_PLAIN = {
    "company": "folded(company)",
    "phone": "coalesce(phone_key, phone)",
    "email": "lower(email)",
    "city": "folded(city)",
    "created": "contact.created_at",
    "open": "held.deals",
    "closed": "held.deals",
}
"""What is sorted by, besides the name and what cannot be said in SQL; NULL where there is none."""

# CROSS JOIN: first the deals, along an index that holds all that is asked of them.
_DEALS = (
    " FROM deal CROSS JOIN deal_contact AS link ON link.deal_id = deal.id"
    " WHERE deal.stage_id IN (SELECT id FROM stage WHERE kind {} 'open')"
)
_HELD = (
    f" LEFT JOIN (SELECT link.contact_id, count(*) AS deals{_DEALS} GROUP BY link.contact_id)"
    " AS held ON held.contact_id = contact.id"
)
_WHOSE = {"open": _HELD.format("="), "closed": _HELD.format("!=")}

_BIG = 1_000_000
"""Sums are taken of millions and of the rest, because amounts may add up to more than 64 bits."""


def count(connection: Connection) -> int:
    """Return how many contacts there are; forgotten ones are left out."""
    found = connection.execute("SELECT count(*) FROM contact WHERE NOT forgotten").fetchone()
    return int(found[0])


def ordered_ids(
    connection: Connection,
    search: str = "",
    sort: str = "name",
    descending: bool = False,
) -> "array[int]":
    """Return the ids of the contacts that a text finds, in an order of SORTS.

    The text is looked for as `contacts.contacts` does. Raises InvalidValue for another order.
    """
    if sort not in SORTS:
        raise InvalidValue("sort", sort, "contacts have no such order", f"Use {', '.join(SORTS)}.")
    params: Params = {}
    found = contains("search", search, params) or "TRUE"
    wanted = _PLAIN.get(sort)
    direction = " DESC" if descending else ""
    order = f"search{direction if sort == 'name' else ''}, contact.id"
    if wanted is not None:
        order = f"CASE WHEN {wanted} IS NULL THEN 1 ELSE 0 END, {wanted}{direction}, {order}"
        connection.create_function("folded", 1, _folded(), deterministic=True)
    rows = connection.execute(
        f"SELECT contact.id FROM contact{_WHOSE.get(sort, '')}"
        f" WHERE NOT forgotten AND {found} ORDER BY {order}",
        params,
    )
    ids = array("q", (row[0] for row in rows))
    return _by_value(connection, ids, descending=descending) if sort == "value" else ids


def _folded() -> Any:
    """Return what compares texts as a search does; towns and companies repeat."""
    known = lru_cache(4_096)(fold)
    return lambda text: None if text is None else known(text)


def _by_value(connection: Connection, ids: "array[int]", *, descending: bool) -> "array[int]":
    """Sort contacts by the largest of the currencies of their open deals, grouped by currency."""
    largest: dict[int, tuple[float, str]] = {}
    for contact_id, currency, amount in connection.execute(
        f"SELECT link.contact_id, deal.currency, total(deal.amount){_DEALS.format('=')}"
        " AND deal.amount IS NOT NULL GROUP BY link.contact_id, deal.currency"
    ):
        size = amount / 10 ** exponent(currency), currency
        largest[contact_id] = max(largest.get(contact_id, size), size)

    def place(contact_id: int) -> tuple[bool, str, float]:
        if contact_id not in largest:
            return True, "", 0
        size, currency = largest[contact_id]
        return False, currency, -size if descending else size

    return array("q", sorted(ids, key=place))


def rows(connection: Connection, contact_ids: Sequence[int]) -> tuple[ContactRow, ...]:
    """Return the rows of these contacts in the order asked for, without those that are gone."""
    found: dict[int, ContactRow] = {}
    for some in portions(contact_ids):
        params: Params = {}
        plain = connection.execute(
            "SELECT id, first_name, last_name, company, phone, email, city, created_at FROM contact"
            f" WHERE id IN ({listed('contact', some, params)})",
            params,
        ).fetchall()
        held = _held(connection, some)
        for row_id, first, last, *rest, created_at in plain:
            said = (row_id, full_name(first, last), *rest, moment(created_at))
            found[row_id] = ContactRow(*said, *held.get(row_id, ()))
    return tuple(found[each] for each in contact_ids if each in found)


def _held(
    connection: Connection, contact_ids: Sequence[int]
) -> dict[int, tuple[int, int, tuple[Subtotal, ...]]]:
    """Return by contact its open deals, its closed ones, and the money of the open ones."""
    params: Params = {"open": StageKind.OPEN.value}
    counts: dict[int, list[int]] = {}
    money: dict[int, list[Subtotal]] = {}
    for contact_id, is_open, currency, deals, *sums in connection.execute(
        "SELECT link.contact_id, stage.kind = :open, deal.currency, count(*),"
        f" sum(deal.amount / {_BIG}), sum(deal.amount % {_BIG}),"
        f" sum(deal.amount / {_BIG} * stage.probability),"
        f" sum((deal.amount % {_BIG} * stage.probability + 50) / 100)"
        " FROM deal_contact AS link JOIN deal ON deal.id = link.deal_id"
        " JOIN stage ON stage.id = deal.stage_id"
        f" WHERE link.contact_id IN ({listed('contact', contact_ids, params)}) GROUP BY 1, 2, 3",
        params,
    ):
        counts.setdefault(contact_id, [0, 0])[not is_open] += deals
        if is_open and sums[0] is not None:
            units, rest, shares, share = sums
            subtotal = Subtotal(currency, units * _BIG + rest, shares * _BIG // 100 + share)
            money.setdefault(contact_id, []).append(subtotal)
    return {
        contact_id: (opened, closed, by_size(money.get(contact_id, ())))
        for contact_id, (opened, closed) in counts.items()
    }
