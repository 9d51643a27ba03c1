"""Who an import is about: owners among the users, contacts known or new.

A contact is recognised by its e-mail address; by its phone number or its id in another program, if
the name is the same, because numbers are shared and programs use the same ids; else by name and
company, unless address or number say that it is somebody else. Our own exports name contacts by
their uids: one that is here already is it, and two of them are never one contact.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from secrets import randbits
from typing import Any, NamedTuple

from sqlmodel import select

from dealboard import actions
from dealboard.actions.identity import email_key
from dealboard.actions.rows import NAME_LIMIT, key
from dealboard.domain.text import SEPARATOR, digits, excerpt, fold
from dealboard.domain.views import Role
from dealboard.errors import MissingField, UnknownName
from dealboard.store import tables
from dealboard.store.batches import next_id
from dealboard.store.columns import moment_text
from dealboard.store.transaction import Transaction
from dealboard.transfer.bulk import ContactRow, contact_search, uid7
from dealboard.transfer.phones import phone_key
from dealboard.transfer.report import Choices

UNKNOWN = "Unknown"
"""The contact of deals that name neither a contact nor a company."""

_COUNTRY = re.compile("[A-Za-z]{2}")


class Owners:
    """Finds the users that a file's owners are; those it does not know become users."""

    def __init__(self, tx: Transaction, default: str | None, choices: Choices) -> None:
        """`default` is the name or e-mail address of who owns the rows that name nobody."""
        self._tx = tx
        self._choices = choices
        self._known: dict[str, int] = {}
        users = tx.session.exec(select(tables.User)).all()
        for user in users:
            for name in (user.name, user.email):
                self._known.setdefault(fold(name or ""), key(user))
        self._known.pop("", None)
        if default and fold(default) not in self._known:
            raise UnknownName("owner", excerpt(default), known=tuple(user.name for user in users))
        actor = tx.actor.id if tx.actor else None
        self._default = self._known[fold(default)] if default else actor

    def find(self, owner: str) -> int:
        """Return the id of a user, the default one for an empty text; raises InvalidValue."""
        if not owner:
            self._choices.owners_assumed += 1
            if self._default is None:
                raise MissingField("owner", "nobody is acting who could own the deal")
            return self._default
        name = fold(owner)
        if name not in self._known:
            self._known[name] = self._add(owner)
        return self._known[name]

    def _add(self, owner: str) -> int:
        email = owner if email_key(owner) else None
        name = owner.partition("@")[0] if email else owner
        if fold(name) in self._known:
            name = owner[:NAME_LIMIT]
        added = actions.team.add(self._tx, name, email, Role.ADMINISTRATOR)
        self._known.setdefault(fold(name), added)
        self._choices.owners_created += 1
        return added


class Who(NamedTuple):
    """What a file says about a contact; empty where it says nothing."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""
    company: str = ""
    external_id: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    uid: str = ""

    @property
    def known(self) -> bool:
        """Whether anything says who it is."""
        return any((self.first_name, self.last_name, self.phone, self.email, self.company))


class Person(NamedTuple):
    """A contact in the workspace: its name as it is, and what it is recognised and found by."""

    id: int
    name: str
    folded: str
    digits: str
    phone_key: str | None
    email_key: str | None

    @property
    def found_by(self) -> tuple[str, str]:
        """What its deals are found by."""
        return self.folded, self.digits


class ContactBook:
    """The contacts of the workspace and those that this import adds."""

    def __init__(self, tx: Transaction, choices: Choices) -> None:
        self._tx = tx
        self._choices = choices
        self._now = moment_text(tx.now)
        self._milliseconds = int(tx.now.timestamp() * 1000)
        self._region = tx.setting("country", "")
        self._next = next_id(tx.session, tables.Contact)
        self._fresh: list[ContactRow] = []
        # One table for all ways to recognise a contact: none looks like another.
        self._index: dict[str, Person] = {}
        self._claimed: set[int] = set()
        for person, company, external_id in _known(tx):
            self._remember(person, fold(company or ""), external_id)

    def take_fresh(self) -> list[ContactRow]:
        """Return the rows of the contacts added since the last call, to be inserted."""
        taken, self._fresh = self._fresh, []
        return taken

    def find_id(self, external_id: str) -> Person | None:
        """Return the contact that another program knows by an id; ids of this file go first."""
        return self._index.get(_id_key(external_id))

    def find_or_add(self, who: Who) -> Person:
        """Return the contact that is meant, a new one if nobody is it.

        Without a name it bears its company's, else its address or number.
        """
        if who.uid:
            return self._claim(who)
        return self._find(who)

    def find_listed(self, who: Who) -> Person | None:
        """Do so for one of several contacts; None for one of whom nothing is said or known."""
        return self.find_or_add(who) if who.known else self._uids.get(who.uid)

    @cached_property
    def _uids(self) -> dict[str, Person]:
        """The contacts by uid; most files ask for none."""
        return dict(_by_uid(self._tx))

    def _claim(self, who: Who) -> Person:
        """Return the contact of a uid; nobody else of the file is that one."""
        person = self._uids.get(who.uid)
        if person is None:
            person = self._uids[who.uid] = self._find(who)
        self._claimed.add(person.id)
        return person

    def _find(self, who: Who) -> Person:
        email = email_key(who.email) if who.email else None
        person = self._may_be(who, self._index.get(email)) if email else None
        person = person or self._find_or_add(who, email)
        if who.external_id:
            self._index[_id_key(who.external_id)] = person
        return person

    def _may_be(self, who: Who, person: Person | None) -> Person | None:
        """Return a contact unless both it and who is looked for have a uid of their own."""
        return None if person and who.uid and person.id in self._claimed else person

    def _find_or_add(self, who: Who, email: str | None) -> Person:
        """Do so for somebody whose address nobody has."""
        named = f"{who.first_name} {who.last_name}".strip()
        name = named or (who.company or who.email or who.phone)[:200]
        folded = fold(name)
        phone = self._phone_key(who) if who.phone else None
        for reached in (self._index.get(phone or SEPARATOR), self.find_id(who.external_id)):
            known = self._may_be(who, reached)
            if known and (not named or folded == known.folded):
                return known
        namesake = self._may_be(who, self._namesake(folded, fold(who.company)))
        if namesake and _agree(namesake.email_key, email) and _agree(namesake.phone_key, phone):
            return namesake
        person = Person(self._next, name, folded, digits(who.phone), phone, email)
        self._add(person, who if named else who._replace(first_name=name))
        return person

    def _phone_key(self, who: Who) -> str | None:
        own = _COUNTRY.fullmatch(who.country)
        return phone_key(who.phone, who.country if own else self._region)

    def _namesake(self, folded: str, company: str) -> Person | None:
        """Return who bears a name, in the company if one is given."""
        known = self._index.get(_name_key(folded, company))
        return self._index.get(folded) if known is None and folded == company else known

    def _add(self, person: Person, who: Who) -> None:
        choices = self._choices
        choices.contacts_created += 1
        choices.emails_unusable += bool(who.email and not person.email_key)
        choices.phones_unusable += bool(who.phone and not person.phone_key)
        self._next += 1
        self._remember(person, fold(who.company), who.external_id)
        self._fresh.append(
            ContactRow(
                person.id,
                who.uid or uid7(self._milliseconds, randbits(72)),
                self._now,
                self._now,
                1,
                who.first_name,
                who.last_name,
                who.phone or None,
                person.phone_key,
                who.email or None,
                person.email_key,
                who.company or None,
                who.city or None,
                who.state or None,
                who.zip or None,
                who.country or None,
                who.external_id or None,
                0,
                contact_search(person.folded, person.digits, who.company, who.email),
            )
        )

    def _remember(self, person: Person, company: str, external_id: str | None) -> None:
        remember = self._index.setdefault
        if external_id:
            remember(_id_key(external_id), person)
        if person.email_key:
            remember(person.email_key, person)
        if person.phone_key:
            remember(person.phone_key, person)
        if person.folded:
            remember(person.folded, person)
            remember(_name_key(person.folded, company), person)


def _id_key(external_id: str) -> str:
    return f"{SEPARATOR}{external_id}"


def _name_key(folded: str, company: str) -> str:
    return f"{folded}{SEPARATOR}{company}" if company else folded


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _by_uid(tx: Transaction) -> Iterator[tuple[str, Person]]:
    """Yield all contacts of the workspace, forgotten ones too, with their uids."""
    rows: Iterable[Any] = tx.session.connection().exec_driver_sql(
        "SELECT uid, id, first_name, last_name, phone, phone_key, email_key FROM contact"
    )
    for uid, row_id, first, last, phone, phone_number, email in rows:
        name = f"{first} {last}".strip()
        yield uid, Person(row_id, name, fold(name), digits(phone or ""), phone_number, email)


def _known(tx: Transaction) -> Iterator[tuple[Person, str | None, str | None]]:
    """Yield the contacts of the workspace with their companies and ids elsewhere."""
    rows: Iterable[Any] = tx.session.connection().exec_driver_sql(
        "SELECT id, first_name, last_name, phone, phone_key, email_key, company, external_id"
        " FROM contact WHERE forgotten = 0 ORDER BY id"
    )
    for row_id, first, last, phone, phone_number, email, company, external_id in rows:
        name = f"{first} {last}".strip()
        known = Person(row_id, name, fold(name), digits(phone or ""), phone_number, email)
        yield known, company, external_id
