"""The contacts of a deal; `actions.deals` offers these verbs as its own.

A deal has at least one contact, each once; the first is the primary contact (decisions 17, 18).
"""

from collections.abc import Sequence

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions.rows import counted, key, quoted
from dealboard.errors import MissingField, NotFound, Refused
from dealboard.store import search
from dealboard.store.search import chunks
from dealboard.store.tables import Contact, Deal, DealContact
from dealboard.store.transaction import Transaction


def add_contact(tx: Transaction, deal_id: int, contact_id: int) -> None:
    """Link a contact behind the others; one that is linked already stays where it is."""
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    contact = tx.get(Contact, contact_id)
    tx.describe(f"Added {full_name(contact)} to {deal.title}")
    link(tx, deal, (*linked(tx, deal_id), contact_id))


def add_contacts(tx: Transaction, pairs: Sequence[tuple[int, int]]) -> int:
    """Link contacts to deals, pairs of their ids, as `add_contact` does each, and return how many.

    A few statements read and write all of them. Raises NotFound if one of them is gone.
    """
    access.full_access(tx)
    for contact_id in {contact_id for _, contact_id in pairs}:
        tx.get(Contact, contact_id)
    wanted = dict.fromkeys(pairs)
    places: dict[int, int] = {}
    for some in chunks({deal_id for deal_id, _ in pairs}):
        query = select(DealContact.deal_id, DealContact.contact_id, DealContact.position)
        for deal_id, contact_id, position in tx.session.exec(
            query.where(col(DealContact.deal_id).in_(some))
        ):
            wanted.pop((deal_id, contact_id), None)
            places[deal_id] = max(position, places.get(deal_id, 0))
    rows = []
    for deal_id, contact_id in wanted:
        if deal_id not in places:
            raise NotFound("deal", f"#{deal_id}")
        places[deal_id] += 1
        rows.append((deal_id, contact_id, places[deal_id]))
    tx.describe(f"Added contacts to {counted(len({row[0] for row in rows}), 'deal')}")
    tx.insert_many(DealContact, ("deal_id", "contact_id", "position"), rows)
    search.refresh(tx.connection, contacts=(), deals={row[0] for row in rows})
    return len(rows)


def remove_contact(tx: Transaction, deal_id: int, contact_id: int) -> None:
    """Unlink a contact; Refused for the last one: swap it with `set_contacts`."""
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    ids = linked(tx, deal_id)
    if contact_id not in ids:
        raise NotFound("contact", f"#{contact_id} on deal {quoted(deal.title)}")
    if len(ids) == 1:
        raise Refused("A deal needs a contact; add another one first.")
    tx.describe(f"Removed {full_name(tx.get(Contact, contact_id))} from {deal.title}")
    link(tx, deal, [other for other in ids if other != contact_id])


def set_contacts(tx: Transaction, deal_id: int, contact_ids: Sequence[int]) -> None:
    """Link exactly these contacts, the primary contact first."""
    access.full_access(tx)
    deal = tx.get(Deal, deal_id)
    tx.describe(f"Changed the contacts of {deal.title}")
    people(tx, contact_ids)
    link(tx, deal, contact_ids)


def full_name(contact: Contact) -> str:
    """Return first and last name as one."""
    return f"{contact.first_name} {contact.last_name}".strip()


def linked(tx: Transaction, deal_id: int) -> tuple[int, ...]:
    """Return the ids of a deal's contacts, the primary contact first."""
    return tuple(row.contact_id for row in _rows(tx, deal_id))


def people(tx: Transaction, contact_ids: Sequence[int]) -> list[Contact]:
    """Return these contacts, each once; raises MissingField for none, NotFound for an unknown."""
    if not contact_ids:
        raise MissingField("contacts", "a deal needs at least one contact")
    return [tx.get(Contact, contact_id) for contact_id in dict.fromkeys(contact_ids)]


def link(tx: Transaction, deal: Deal, contact_ids: Sequence[int]) -> None:
    """Make the links of a deal these, which exist, and write only those that differ."""
    kept = {row.contact_id: row for row in _rows(tx, key(deal))}
    for position, contact_id in enumerate(dict.fromkeys(contact_ids), start=1):
        row = kept.pop(contact_id, None)
        if row is None:
            row = DealContact(deal_id=key(deal), contact_id=contact_id, position=position)
            tx.session.add(row)
        row.position = position
    for row in kept.values():
        tx.session.delete(row)
    tx.session.flush()


def _rows(tx: Transaction, deal_id: int) -> list[DealContact]:
    query = select(DealContact).where(DealContact.deal_id == deal_id)
    query = query.order_by(col(DealContact.position), col(DealContact.id))
    return list(tx.session.exec(query))
