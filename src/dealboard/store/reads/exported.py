"""Deals and contacts with all that an export says of them, a portion at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from dealboard.domain.views import Contact, ContactRow, Deal
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, deals
from dealboard.store.reads.links import contacts_of
from dealboard.store.reads.values import Params, full_name, listed


class Partner(NamedTuple):
    """A contact of an exported deal; `phone` as E.164, if it is a valid number."""

    uid: str
    name: str
    phone: str
    email: str
    company: str


class ExportedDeal(NamedTuple):
    """A deal, the name of the stage that a closed one was last open in, and its contacts."""

    deal: Deal
    last_stage: str
    partners: tuple[Partner, ...]


class ExportedContact(NamedTuple):
    """A contact, and how many open and closed deals it is on."""

    contact: Contact
    row: ContactRow


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Show every read within the block what stood there at its beginning, whoever writes."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def exported_deals(connection: Connection, deal_ids: Sequence[int]) -> Iterator[ExportedDeal]:
    """Yield these deals in the order asked for; not more of them than one statement takes."""
    params: Params = {}
    last = connection.execute(
        "SELECT deal.id, stage.name FROM deal JOIN stage ON stage.id = deal.last_open_stage_id"
        f" WHERE deal.closed_at IS NOT NULL AND deal.id IN ({listed('deal', deal_ids, params)})",
        params,
    )
    names: dict[int, str] = dict(last.fetchall())
    columns = "contact.uid, first_name, last_name, coalesce(phone_key, phone), email, company"
    partners = contacts_of(connection, deal_ids, columns, _partner)
    for deal in deals.by_ids(connection, deal_ids):
        yield ExportedDeal(deal, names.get(deal.id, ""), partners.get(deal.id, ()))


def exported_contacts(
    connection: Connection, contact_ids: Sequence[int]
) -> Iterator[ExportedContact]:
    """Yield these contacts in the order asked for."""
    found = contacts.by_ids(connection, contact_ids)
    rows = contacts.rows(connection, contact_ids)
    for contact, row in zip(found, rows, strict=True):
        yield ExportedContact(contact, row)


def _partner(uid: str, first: str, last: str, *reached: str | None) -> Partner:
    return Partner(uid, full_name(first, last), *(text or "" for text in reached))
