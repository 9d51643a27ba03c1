"""The `search` column: kept true in Python at every flush, whoever changes a row.

A contact's own follows from the row. A deal's holds its title, reference, contact names and phone
digits, so it is refreshed once, at the end, for the deals that a transaction touched.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import inspect
from sqlalchemy.orm import Session as AnySession

from dealboard.domain.text import fold, search_text
from dealboard.store.driver import Connection
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
        """Look at what is changed or deleted past the session; `before` are those fields.

        What a deal's own fields change is written with them: see `deal_texts`.
        """
        match table:
            case "contact" if before.keys() & OF_CONTACT:
                self._past.add(row_id)
            case "deal_contact" if "deal_id" in before:
                self._deals.add(before["deal_id"])
            case "deal_contact":
                self._links.add(row_id)

    def refresh(self, connection: Connection) -> None:
        """Rewrite the search text of the rows that need it."""
        self._deals.update(row.id for row in self._written if row.id is not None)
        self._deals.update(_linked(connection, "contact_id", self._contacts | self._past))
        self._deals.update(_linked(connection, "id", self._links))
        refresh(connection, self._past, self._deals)


def refresh(connection: Connection, contacts: Iterable[int], deals: Iterable[int]) -> None:
    """Rewrite the search text of these rows, past the journal and the version count."""
    for some in chunks(contacts):
        people = connection.execute(f"SELECT id, {_PERSON} FROM contact WHERE {_among(some)}", some)
        texts = [(contact_search(_Person(*person)), row_id) for row_id, *person in people]
        connection.executemany("UPDATE contact SET search = ? WHERE id = ?", texts)
    for some in chunks(deals):
        stale = [
            (text, row_id) for row_id, text, old in _deals(connection, some, {}) if text != old
        ]
        connection.executemany("UPDATE deal SET search = ? WHERE id = ?", stale)


def deal_texts(connection: Connection, changed: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Return what deals are found by after a change: by id, the fields that it sets."""
    return {
        row_id: text
        for some in chunks(changed)
        for row_id, text, _ in _deals(connection, some, changed)
    }


def restored(
    connection: Connection,
    table: str,
    rows: Mapping[int, Mapping[str, Any]],
    links: Mapping[int, Sequence[Mapping[str, Any]]],
) -> dict[int, str]:
    """Return what rows that are about to be inserted again are found by, of those tables that are.

    `rows` are images by id, `links` those of a deal's contacts in order, who are there already.
    """
    if table == "contact":
        return {
            row_id: contact_search(_Person._make(map(row.get, _Person._fields)))
            for row_id, row in rows.items()
        }
    if table != "deal":
        return {}
    people = {each["contact_id"] for key in rows for each in links.get(key, ())}
    called = _called(connection, people)
    return {
        row_id: search_text(
            row["title"],
            row["reference"],
            [called[each["contact_id"]] for each in links.get(row_id, ())],
        )
        for row_id, row in rows.items()
    }


def _called(connection: Connection, people: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    found: dict[int, tuple[str, str | None]] = {}
    for some in chunks(people):
        query = f"SELECT id, first_name, last_name, phone FROM contact WHERE {_among(some)}"
        rows = connection.execute(query, some)
        found |= {row_id: (f"{first} {last}", phone) for row_id, first, last, phone in rows}
    return found


def contact_search(contact: "Contact | _Person") -> str:
    """Return what a contact is found by: name, company, phone digits, e-mail, custom values."""
    name = f"{contact.first_name} {contact.last_name}"
    parts = search_text(name, contact.company, [("", contact.phone)])
    custom = json.loads(contact.custom).values() if contact.custom not in (None, "{}") else ()
    return SEPARATOR.join(filter(None, (parts, fold(contact.email or ""), *map(fold, custom))))


class _Person(NamedTuple):
    """What a contact is found by, as it is kept."""

    first_name: str
    last_name: str
    company: str | None
    phone: str | None
    email: str | None
    custom: str | None


_PERSON = ", ".join(_Person._fields)


def _deals(
    connection: Connection, deal_ids: Sequence[int], changed: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[int, str, str]]:
    """Yield for each of some deals what it is found by now, and what is kept of that."""
    people: dict[int, list[tuple[str, str | None]]] = {}
    links = connection.execute(
        "SELECT link.deal_id, contact.first_name, contact.last_name, contact.phone"
        " FROM deal_contact AS link JOIN contact ON contact.id = link.contact_id"
        f" WHERE {_among(deal_ids, 'link.deal_id')} ORDER BY link.deal_id, link.position",
        deal_ids,
    )
    for deal_id, first, last, phone in links:
        people.setdefault(deal_id, []).append((f"{first} {last}", phone))
    rows = connection.execute(
        f"SELECT id, title, reference, search FROM deal WHERE {_among(deal_ids)}", deal_ids
    )
    for row_id, title, reference, old in rows.fetchall():
        fresh = changed.get(row_id, {})
        own = fresh.get("title", title), fresh.get("reference", reference)
        yield row_id, search_text(*own, people.get(row_id, ())), old


def _linked(connection: Connection, column: str, keys: Iterable[int]) -> Iterator[int]:
    """Yield the deals of links that have one of these in a column."""
    for some in chunks(keys):
        links = f"SELECT deal_id FROM deal_contact WHERE {_among(some, column)}"
        for row in connection.execute(links, some):
            yield row[0]


def _among(ids: Sequence[int], column: str = "id") -> str:
    return f"{column} IN ({', '.join('?' * len(ids))})"


def chunks(ids: Iterable[int], size: int = 500) -> Iterator[tuple[int, ...]]:
    """Yield ids in portions that fit into one statement's parameters."""
    iterator = iter(ids)
    while some := tuple(islice(iterator, size)):
        yield some


def _changed(row: Contact | Deal, *names: str) -> bool:
    state = inspect(row)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in names)
