"""Who an import is about: owners among the users, contacts known or new.

A contact is recognised by its id in the other program, its e-mail address, its phone number, else
by name and company; somebody of another name, address or number is somebody else.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlmodel import select

from dealboard import actions
from dealboard.actions.identity import email_key, phone_key
from dealboard.actions.rows import NAME_LIMIT, key
from dealboard.domain.text import SEPARATOR, digits, excerpt, fold
from dealboard.domain.views import Role
from dealboard.errors import MissingField, UnknownName
from dealboard.store import tables
from dealboard.store.columns import moment_text
from dealboard.store.ids import new_uid
from dealboard.store.journal import next_id
from dealboard.store.transaction import Transaction
from dealboard.transfer.bulk import ContactRow, contact_search
from dealboard.transfer.report import Choices

UNKNOWN = "Unknown"
"""The contact of deals that name neither a contact nor a company."""


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
            name = owner
        added = actions.team.add(self._tx, name[:NAME_LIMIT], email, Role.ADMINISTRATOR)
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

    @property
    def known(self) -> bool:
        """Whether anything says who it is."""
        return bool(self.name or self.phone or self.email or self.company)

    @property
    def name(self) -> str:
        """First and last name as one."""
        return f"{self.first_name} {self.last_name}".strip()


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
        self._region = tx.setting("country", "")
        self._next = next_id(tx.session, tables.Contact)
        self._fresh: list[ContactRow] = []
        # One table for all ways to recognise a contact: none looks like another.
        self._index: dict[str, Person] = {}
        for person, company, external_id in _known(tx):
            self._remember(person, company, external_id)

    def take_fresh(self) -> list[ContactRow]:
        """Return the rows of the contacts added since the last call, to be inserted."""
        taken, self._fresh = self._fresh, []
        return taken

    def find_id(self, external_id: str) -> Person | None:
        """Return the contact that another program knows by an id."""
        return self._index.get(_id_key(external_id))

    def find_or_add(self, who: Who) -> Person:
        """Return the contact that is meant, a new one if nobody is it.

        Without a name a new one bears its company's, else its address or number.
        """
        email = email_key(who.email) if who.email else None
        phone = self._phone_key(who) if who.phone else None
        found = self._find(who, email, phone)
        return found or self._add(who, email, phone)

    def _phone_key(self, who: Who) -> str | None:
        country = who.country
        own = len(country) == 2 and country.isascii() and country.isalpha()
        return phone_key(who.phone.lstrip("'"), country if own else self._region)

    def _find(self, who: Who, email: str | None, phone: str | None) -> Person | None:
        index = self._index
        if who.external_id and (known := index.get(_id_key(who.external_id))):
            return known
        if email and (known := index.get(email)):
            return known
        folded = fold(who.name)
        if phone and (known := index.get(phone)) and folded in ("", known.folded):
            return known
        known = index.get(_name_key(folded or fold(who.company), who.company))
        if known and _agree(known.email_key, email) and _agree(known.phone_key, phone):
            return known
        return None

    def _add(self, who: Who, email: str | None, phone: str | None) -> Person:
        first_name, last_name = who.first_name, who.last_name
        if not first_name and not last_name:
            first_name = (who.company or who.email or who.phone)[:200]
        choices = self._choices
        choices.contacts_created += 1
        choices.emails_unusable += bool(who.email and not email)
        choices.phones_unusable += bool(who.phone and not phone)
        name = f"{first_name} {last_name}".strip()
        person = Person(self._next, name, fold(name), digits(who.phone), phone, email)
        self._next += 1
        self._remember(person, who.company, who.external_id)
        self._fresh.append(
            ContactRow(
                person.id,
                new_uid(self._tx.now),
                self._now,
                self._now,
                1,
                first_name,
                last_name,
                who.phone or None,
                phone,
                who.email or None,
                email,
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
        return person

    def _remember(self, person: Person, company: str | None, external_id: str | None) -> None:
        remember = self._index.setdefault
        if external_id:
            remember(_id_key(external_id), person)
        if person.email_key:
            remember(person.email_key, person)
        if person.phone_key:
            remember(person.phone_key, person)
        remember(person.folded, person)
        if company:
            remember(_name_key(person.folded, company), person)


def _id_key(external_id: str) -> str:
    return f"{SEPARATOR}{external_id}"


def _name_key(folded: str, company: str | None) -> str:
    return f"{folded}{SEPARATOR}{fold(company)}" if company else folded


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _known(tx: Transaction) -> Iterator[tuple[Person, str | None, str | None]]:
    """Yield the contacts of the workspace with their companies and ids elsewhere."""
    rows: Iterable[Any] = tx.session.connection().exec_driver_sql(
        "SELECT id, first_name, last_name, phone, phone_key, email_key, company, external_id"
        " FROM contact WHERE forgotten = 0 ORDER BY id"
    )
    for row_id, first, last, phone, phone_number, email, company, external_id in rows:
        name = f"{first} {last}".strip()
        number = digits(phone) if phone else ""
        yield Person(row_id, name, fold(name), number, phone_number, email), company, external_id
