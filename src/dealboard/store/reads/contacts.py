"""Contacts: one, those that a text finds, and the deals made with one."""

import json
from collections.abc import Sequence
from typing import Any

from dealboard.domain.stages import StageKind
from dealboard.domain.views import Contact, Deal
from dealboard.errors import NotFound
from dealboard.store.driver import Connection
from dealboard.store.reads import deals
from dealboard.store.reads.contact_list import count, ordered_ids, rows
from dealboard.store.reads.values import (
    Params,
    full_name,
    listed,
    moment,
    moment_or_none,
    portions,
)
from dealboard.store.reads.where import contains, starts

__all__ = [
    "by_ids",
    "called",
    "contact",
    "contacts",
    "count",
    "deals_of",
    "duplicates",
    "matches",
    "ordered_ids",
    "rows",
]

_CONTACT = (
    "id, uid, first_name, last_name, phone, email, company, city, state, zip, country,"
    " external_id, consent, created_at, updated_at, version, phone_key, forgotten,"
    " custom, consent_at, consent_source, fbc, fbp, lead_id, ctwa_clid"
)


def contact(connection: Connection, contact_id: int) -> Contact:
    """Return a contact, also a forgotten one. Raises NotFound."""
    row = connection.execute(
        f"SELECT {_CONTACT} FROM contact WHERE id = :id",
        {"id": contact_id},
    ).fetchone()
    if row is None:
        raise NotFound("contact", f"#{contact_id}")
    return _contact(row)


def contacts(
    connection: Connection, search: str = "", *, limit: int | None = None, offset: int = 0
) -> tuple[Contact, ...]:
    """Return the contacts that a text finds, by name; forgotten ones are left out.

    The text is found anywhere in name, company, e-mail and phone digits, case and accents ignored.
    """
    params: Params = {"limit": deals.NO_LIMIT if limit is None else limit, "offset": offset}
    found = contains("search", search, params) or "TRUE"
    rows = connection.execute(
        f"SELECT {_CONTACT} FROM contact WHERE NOT forgotten AND {found}"
        " ORDER BY search, id LIMIT :limit OFFSET :offset",
        params,
    )
    return tuple(map(_contact, rows))


def matches(connection: Connection, who: str, *, limit: int = 20) -> tuple[Contact, ...]:
    """Return what a picker offers for a text: names that begin with it first, then by name."""
    params: Params = {"limit": limit}
    found = contains("search", who, params) or "TRUE"
    rows = connection.execute(
        f"SELECT {_CONTACT} FROM contact WHERE NOT forgotten AND {found}"
        f" ORDER BY CASE WHEN {starts('search', who, params)} THEN 0 ELSE 1 END, search, id"
        " LIMIT :limit",
        params,
    )
    return tuple(map(_contact, rows))


def deals_of(connection: Connection, contact_id: int) -> tuple[tuple[Deal, ...], tuple[Deal, ...]]:
    """Return a contact's open deals, newest first, and the closed ones, last closed first."""
    rows = connection.execute(
        "SELECT deal.id FROM deal_contact AS link JOIN deal ON deal.id = link.deal_id"
        " WHERE link.contact_id = :contact ORDER BY deal.closed_at DESC, deal.id DESC",
        {"contact": contact_id},
    )
    found = deals.by_ids(connection, [row[0] for row in rows])
    return (
        tuple(deal for deal in found if deal.stage.kind is StageKind.OPEN),
        tuple(deal for deal in found if deal.stage.kind is not StageKind.OPEN),
    )


def duplicates(
    connection: Connection,
    *,
    phone_key: str | None = None,
    email_key: str | None = None,
    without: int | None = None,
) -> tuple[Contact, ...]:
    """Return the contacts that have this number or this address, the oldest first.

    The keys are as `actions.identity` makes them; `without` is the contact who is asked about.
    """
    rows = connection.execute(
        f"SELECT {_CONTACT} FROM contact"
        " WHERE (phone_key = :phone OR email_key = :email) AND NOT forgotten AND id != :without"
        " ORDER BY id",
        {"phone": phone_key, "email": email_key, "without": without or 0},
    )
    return tuple(map(_contact, rows))


def by_ids(connection: Connection, contact_ids: Sequence[int]) -> tuple[Contact, ...]:
    """Return these contacts in the order asked for; those that are gone are left out."""
    found: dict[int, Contact] = {}
    for some in portions(contact_ids):
        params: Params = {}
        rows = connection.execute(
            f"SELECT {_CONTACT} FROM contact WHERE id IN ({listed('contact', some, params)})",
            params,
        )
        found |= {row[0]: _contact(row) for row in rows}
    return tuple(found[each] for each in contact_ids if each in found)


def called(connection: Connection, contact_ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    """Return names and phone numbers of these contacts by id; those that are gone are left out."""
    found: dict[int, tuple[str, str | None]] = {}
    for some in portions(contact_ids):
        rows = connection.execute(
            "SELECT id, first_name, last_name, phone FROM contact"
            f" WHERE id IN ({', '.join('?' * len(some))})",
            some,
        )
        found |= {row_id: (full_name(first, last), phone) for row_id, first, last, phone in rows}
    return found


def _contact(row: tuple[Any, ...]) -> Contact:
    *plain, consent, created_at, updated_at, version, phone_key, forgotten, custom = row[:19]
    agreed = None if consent is None else bool(consent)
    values = {int(field_id): value for field_id, value in json.loads(custom).items()}
    rest = agreed, moment(created_at), moment(updated_at), version, phone_key
    consented = moment_or_none(row[19]), *row[20:]
    return Contact(*(*plain, *rest, bool(forgotten), values, *consented))
