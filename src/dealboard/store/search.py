"""The `search` column: kept true in Python at every flush, whoever changes a row.

A contact's own follows from the row. A deal's holds its title, reference, contact names and phone
digits, so it is refreshed once, at the end, for the deals that a transaction touched.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Row, Table, bindparam, inspect, select, update
from sqlalchemy.orm import Session as AnySession
from sqlmodel import col

from dealboard.domain.text import fold, search_text
from dealboard.store.tables import Contact, Deal, DealContact

SEPARATOR = "\x1f"


class SearchColumn:
    """Collects during a transaction whose search text is no longer true."""

    def __init__(self) -> None:
        self._deals: set[int] = set()
        self._contacts: set[int] = set()
        self._written: list[Deal] = []

    def watch(self, session: AnySession) -> None:
        """Look at what a flush is about to write."""
        for row in (*session.new, *session.dirty, *session.deleted):
            match row:
                case Contact() if _changed(
                    row, "first_name", "last_name", "phone", "email", "company"
                ):
                    row.search = contact_search(row)
                    if row.id is not None:
                        self._contacts.add(row.id)
                case Deal() if _changed(row, "title", "reference"):
                    self._written.append(row)
                case DealContact():
                    self._deals.add(row.deal_id)

    def refresh(self, session: AnySession) -> None:
        """Rewrite the search text of the deals that need it."""
        self._deals.update(row.id for row in self._written if row.id is not None)
        for some in chunks(self._contacts):
            links = select(col(DealContact.deal_id)).where(col(DealContact.contact_id).in_(some))
            self._deals.update(session.scalars(links))
        refresh(session, (), self._deals)


def refresh(session: AnySession, contacts: Iterable[int], deals: Iterable[int]) -> None:
    """Rewrite the search text of these rows, past the journal and the version count."""
    for some in chunks(contacts):
        _refresh_contacts(session, some)
    for some in chunks(deals):
        _refresh_deals(session, some)


def contact_search(contact: Contact | Row[Any]) -> str:
    """Return what a contact is found by: name, company, e-mail and phone digits, folded."""
    name = f"{contact.first_name} {contact.last_name}"
    parts = search_text(name, contact.company, [("", contact.phone)])
    return SEPARATOR.join(filter(None, (parts, fold(contact.email or ""))))


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
