"""The `search` column: kept true in Python at every flush, whoever changes a row.

A contact's own follows from the row. A deal's holds its title, reference, contact names and phone
digits, so it is refreshed once, at the end, for the deals that a transaction touched.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Row, Table, bindparam, inspect, select, update
from sqlalchemy.orm import Session as AnySession
from sqlmodel import col

from dealboard.domain.text import fold, search_text
from dealboard.store.tables import Contact, Deal, DealContact

SEPARATOR = "\x1f"

OF_CONTACT = frozenset({"first_name", "last_name", "phone", "email", "company", "custom"})
"""What a contact is found by; a deal, besides what is its own, by names and numbers of these."""

OF_DEAL = frozenset({"title", "reference"})
"""What is a deal's own."""


class SearchColumn:
    """Collects during a transaction whose search text is no longer true."""

    def __init__(self) -> None:
        self._deals: set[int] = set()
        self._contacts: set[int] = set()
        self._past: set[int] = set()
        self._links: set[int] = set()
        self._written: list[Deal] = []

    @property
    def stale(self) -> bool:
        """Whether there is anything to refresh."""
        return any((self._deals, self._contacts, self._past, self._links, self._written))

    def watch(self, session: AnySession) -> None:
        """Look at what a flush is about to write."""
        for row in (*session.new, *session.dirty, *session.deleted):
            match row:
                case Contact() if _changed(row, *OF_CONTACT):
                    row.search = contact_search(row)
                    if row.id is not None:
                        self._contacts.add(row.id)
                case Deal() if _changed(row, *OF_DEAL):
                    self._written.append(row)
                case DealContact():
                    self._deals.add(row.deal_id)

    @property
    def mark(self) -> int:
        """Where it stands, for `rewind`."""
        return len(self._written)

    def rewind(self, mark: int) -> None:
        """Forget rows that a savepoint took back; those known by id are looked up again anyway."""
        del self._written[mark:]

    def look_past(self, table: str, row_id: int, before: Mapping[str, Any]) -> None:
        """Look at what is changed or deleted past the session; `before` are those fields."""
        match table:
            case "contact" if before.keys() & OF_CONTACT:
                self._past.add(row_id)
            case "deal" if before.keys() & OF_DEAL:
                self._deals.add(row_id)
            case "deal_contact" if "deal_id" in before:
                self._deals.add(before["deal_id"])
            case "deal_contact":
                self._links.add(row_id)

    def refresh(self, session: AnySession) -> None:
        """Rewrite the search text of the rows that need it."""
        self._deals.update(row.id for row in self._written if row.id is not None)
        for some in chunks(self._contacts | self._past):
            links = select(col(DealContact.deal_id)).where(col(DealContact.contact_id).in_(some))
            self._deals.update(session.scalars(links))
        for some in chunks(self._links):
            links = select(col(DealContact.deal_id)).where(col(DealContact.id).in_(some))
            self._deals.update(session.scalars(links))
        refresh(session, self._past, self._deals)


def refresh(session: AnySession, contacts: Iterable[int], deals: Iterable[int]) -> None:
    """Rewrite the search text of these rows, past the journal and the version count."""
    for some in chunks(contacts):
        _refresh_contacts(session, some)
    for some in chunks(deals):
        _refresh_deals(session, some)


def contact_search(contact: Contact | Row[Any]) -> str:
    """Return what a contact is found by: name, company, phone digits, e-mail, custom values."""
    name = f"{contact.first_name} {contact.last_name}"
    parts = search_text(name, contact.company, [("", contact.phone)])
    custom = json.loads(contact.custom).values() if contact.custom not in (None, "{}") else ()
    return SEPARATOR.join(filter(None, (parts, fold(contact.email or ""), *map(fold, custom))))


def _refresh_contacts(session: AnySession, contact_ids: Sequence[int]) -> None:
    table = Contact.__table__  # type: ignore[attr-defined]
    found = session.execute(select(table).where(table.c.id.in_(contact_ids)))
    _write(session, table, [(row.id, contact_search(row)) for row in found])


def _refresh_deals(session: AnySession, deal_ids: Sequence[int]) -> None:
    people: dict[int, list[tuple[str, str | None]]] = {}
    links = (
        select(
            col(DealContact.deal_id),
            col(Contact.first_name),
            col(Contact.last_name),
            col(Contact.phone),
        )
        .join(Contact, col(Contact.id) == col(DealContact.contact_id))
        .where(col(DealContact.deal_id).in_(deal_ids))
        .order_by(col(DealContact.deal_id), col(DealContact.position))
    )
    for linked_id, first, last, phone in session.execute(links):
        people.setdefault(linked_id, []).append((f"{first} {last}", phone))
    table = Deal.__table__  # type: ignore[attr-defined]
    columns = table.c["id", "title", "reference", "search"]
    stale = []
    for row_id, title, reference, old in session.execute(
        select(*columns).where(table.c.id.in_(deal_ids))
    ):
        new = search_text(title, reference, people.get(row_id, []))
        if new != old:
            stale.append((row_id, new))
    _write(session, table, stale)


def _write(session: AnySession, table: Table, texts: Sequence[tuple[int, str]]) -> None:
    if texts:
        statement = update(table).where(table.c.id == bindparam("key"))
        values = [{"key": row_id, "search": text} for row_id, text in texts]
        session.execute(statement.values(search=bindparam("search")), values)


def chunks(ids: Iterable[int], size: int = 500) -> Iterator[tuple[int, ...]]:
    """Yield ids in portions that fit into one statement's parameters."""
    iterator = iter(ids)
    while some := tuple(islice(iterator, size)):
        yield some


def _changed(row: Contact | Deal, *names: str) -> bool:
    state = inspect(row)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in names)
