"""Rows as the bulk door takes them: columns in order, and what is derived in each.

Whoever inserts in bulk fills the derived columns too; `store.search` defines their form for rows
that are written one by one.
"""

from collections.abc import Iterable
from typing import NamedTuple

from dealboard.domain.text import SEPARATOR, fold


class ContactRow(NamedTuple):
    """A row of `contact`; moments are text as SQLite keeps them."""

    id: int
    uid: str
    created_at: str
    updated_at: str
    version: int
    first_name: str
    last_name: str
    phone: str | None
    phone_key: str | None
    email: str | None
    email_key: str | None
    company: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    external_id: str | None
    forgotten: int
    search: str


class DealRow(NamedTuple):
    """A row of `deal`; moments and days are text, the amount is in minor units."""

    id: int
    uid: str
    created_at: str
    updated_at: str
    version: int
    title: str
    stage_id: int
    owner_id: int
    amount: int | None
    currency: str
    close_date: str | None
    close_date_auto: int
    reference: str | None
    rank: int
    stage_entered_at: str
    closed_at: str | None
    last_open_stage_id: int | None
    lost_reason: str | None
    search: str


class LinkRow(NamedTuple):
    """A row of `deal_contact`."""

    id: int
    deal_id: int
    contact_id: int
    position: int


class ActivityRow(NamedTuple):
    """A row of `activity`; moments and days are text."""

    id: int
    uid: str
    created_at: str
    updated_at: str
    version: int
    kind: str
    text: str
    due: str | None
    done_at: str | None
    deal_id: int | None
    contact_id: int | None
    user_id: int


def uid7(milliseconds: int, noise: int) -> str:
    """Return a UUID version 7 made of a moment and 72 bits, which are the caller's to choose."""
    stamp, rest = f"{milliseconds:012x}", f"{noise:018x}"
    return f"{stamp[:8]}-{stamp[8:]}-7{rest[:3]}-8{rest[3:6]}-{rest[6:]}"


def contact_search(name: str, number: str, company: str | None, email: str | None) -> str:
    """Return what a contact is found by; `name` is folded and `number` digits already."""
    parts = (name, fold(company) if company else "", number, fold(email) if email else "")
    return SEPARATOR.join(filter(None, parts))


def deal_search(title: str, reference: str | None, people: Iterable[str]) -> str:
    """Return what a deal is found by; `people` are folded names and digits, by turns."""
    return SEPARATOR.join(filter(None, (fold(title), fold(reference or ""), *people)))
