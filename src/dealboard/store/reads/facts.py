"""Deals as the facts of automations are made of them, many in a few statements.

Values are as they are kept; `dealboard.automations.facts` gives them their meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dealboard.store.driver import Connection
from dealboard.store.reads.values import portions

_DEAL = (
    "id, title, reference, amount, currency, close_date, created_at, closed_at, stage_id,"
    " owner_id, lost_reason"
)
_CONTACT = (
    "contact.id, contact.first_name, contact.last_name, contact.phone, contact.email,"
    " contact.company, contact.city, contact.state, contact.zip, contact.country,"
    " contact.consent, contact.custom"
)


class Person(NamedTuple):
    """A contact as facts are made of it; `custom` is the JSON of its own fields."""

    id: int
    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    company: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    consent: int | None
    custom: str


class Subject(NamedTuple):
    """A deal as facts are made of it: values as they are kept, and its primary contact."""

    id: int
    title: str
    reference: str | None
    amount: int | None
    currency: str
    close_date: str | None
    created_at: str
    closed_at: str | None
    stage_id: int
    owner_id: int
    lost_reason: str | None
    contact: Person | None = None
    previous_stage: int | None = None

    def updated(self, image: Mapping[str, Any]) -> "Subject":
        """Return the deal with the fields that an image of the journal has."""
        return self._replace(**{name: image[name] for name in image if name in _REPLACED})


_REPLACED = frozenset(Subject._fields) - {"id", "contact", "previous_stage"}


def subjects(
    connection: Connection, deal_ids: Sequence[int], wanted: Iterable[str]
) -> dict[int, Subject]:
    """Return these deals by id, as far as the wanted facts need; those that are gone are left out.

    With any `contact.…` their primary contacts are read too, and with `stage.previous.name` the
    stage before from the journal.
    """
    names = frozenset(wanted)
    with_people = any(name.startswith("contact.") for name in names)
    found: dict[int, Subject] = {}
    for some in portions(deal_ids):
        people = _primary(connection, some) if with_people else {}
        previous = _previous(connection, some) if "stage.previous.name" in names else {}
        rows = connection.execute(f"SELECT {_DEAL} FROM deal WHERE id IN ({_marks(some)})", some)
        for row in rows:
            deal_id = row[0]
            rest = people.get(deal_id), previous.get(deal_id)
            found[deal_id] = Subject._make((*row, *rest))
    return found


def person(connection: Connection, contact_id: int) -> Person | None:
    """Return a contact by id, None if it is gone."""
    row = connection.execute(
        f"SELECT {_CONTACT} FROM contact WHERE id = :id", {"id": contact_id}
    ).fetchone()
    return None if row is None else Person._make(row)


def _primary(connection: Connection, deal_ids: Sequence[int]) -> dict[int, Person]:
    # The links are put in order, not the contacts: a sorter would carry all of them.
    links = connection.execute(
        "SELECT deal_id, contact_id FROM deal_contact"
        f" WHERE deal_id IN ({_marks(deal_ids)}) ORDER BY position DESC, id DESC",
        deal_ids,
    )
    first = dict(links.fetchall())  # of several, the last one read stays: the first of the deal
    who = list(set(first.values()))
    rows = connection.execute(f"SELECT {_CONTACT} FROM contact WHERE id IN ({_marks(who)})", who)
    people = {row[0]: Person._make(row) for row in rows}
    return {deal_id: people[contact_id] for deal_id, contact_id in first.items()}


def _previous(connection: Connection, deal_ids: Sequence[int]) -> dict[int, int]:
    rows = connection.execute(
        "SELECT row_id, json_extract(\"before\", '$.stage_id') FROM change"
        f" WHERE deal_id IN ({_marks(deal_ids)}) AND table_name = 'deal'"
        " AND json_extract(\"before\", '$.stage_id') IS NOT NULL"
        ' AND "after" IS NOT NULL ORDER BY id',
        deal_ids,
    )
    return dict(rows.fetchall())


def _marks(ids: Sequence[int]) -> str:
    """Return a mark for each id: bound by place, which takes a third of what names take."""
    return ", ".join("?" * len(ids))
