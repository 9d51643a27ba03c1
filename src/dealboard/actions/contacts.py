"""Contacts: the people and companies that deals are made with.

Every active user may add and edit them, Chat Operators too (decision 23); what touches deals, and
what cannot be asked back from the person, needs full access.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from sqlalchemy import func, or_
from sqlmodel import col, select

from dealboard.actions import access, contact_history, custom, edits
from dealboard.actions.identity import email_key, phone_key
from dealboard.actions.links import full_name
from dealboard.actions.rows import counted, key, quoted
from dealboard.domain.changes import META_IDS, ContactChanges
from dealboard.domain.conversions import check_meta_id
from dealboard.domain.text import excerpt, one_line
from dealboard.errors import InvalidValue, MissingField, Refused, UnknownName
from dealboard.store import forgetting
from dealboard.store.ids import new_uid
from dealboard.store.reads import ties
from dealboard.store.tables import Contact, DealContact
from dealboard.store.transaction import Transaction

LIMITS = {
    "first_name": 200,
    "last_name": 200,
    "phone": 60,
    "email": 254,
    "company": 200,
    "city": 120,
    "state": 120,
    "zip": 20,
    "country": 60,
    "external_id": 120,
    "consent_source": 200,
    "fbc": 500,
    "fbp": 120,
    "lead_id": 17,
    "ctwa_clid": 500,
}
"""Characters that each text field takes."""

FORGOTTEN_NAME = "deleted contact"
MAX_ID = 2**63 - 1

_NAMES = ("first_name", "last_name")
_TOGETHER = (
    ("phone", "phone_key"),
    ("email", "email_key"),
    ("consent", "consent_at", "consent_source"),
    *((field,) for field in ("company", "city", "state", "zip", "country", "external_id")),
    *((field,) for field in META_IDS),
)
"""What a merge takes over, each with what follows from it."""

_COUNTRY = re.compile("[A-Za-z]{2}")
_DIALLED = re.compile(r"\+?[0-9 ()./-]+")
_NEW = re.compile(r"(?P<name>[^<>]*[^<>\s])\s*<(?P<reach>[^<>]+)>")


def add(tx: Transaction, **fields: Unpack[ContactChanges]) -> int:
    """Add a contact and return its id.

    Without any name it bears its company's, else its e-mail address or phone number; without
    those either, MissingField is raised. Unusable numbers and addresses, and others who have the
    same, are noted, never refused.
    """
    access.active(tx)
    contact = _insert(tx, fields)
    tx.describe(f"Added contact {full_name(contact)}")
    return key(contact)


def edit(
    tx: Transaction,
    contact_id: int,
    changes: ContactChanges,
    *,
    base: ContactChanges | None = None,
) -> None:
    """Change fields of a contact; `base` as in `deals.edit`. Refused for a forgotten one."""
    access.active(tx)
    contact = tx.get(Contact, contact_id)
    if contact.forgotten:
        raise Refused(f"Contact #{contact_id} was forgotten and takes no new data.")
    current = {field: getattr(contact, field) for field in (*LIMITS, "consent")}
    given = _clean(changes, full_name(contact))
    opened = _clean(base) if base else None
    own = _custom(tx, custom.read(contact.custom), current, given, opened)
    wanted = edits.effective(current, given, opened, _shown)
    if "consent" in wanted and "consent_source" in given:
        wanted["consent_source"] = given["consent_source"]
    names = {field: wanted.get(field, current[field]) for field in _NAMES}
    if not any(names.values()):
        raise MissingField("name", "a contact needs one")
    if wanted:
        tx.describe(f"Edited contact {full_name(contact)}")
        custom.put(tx, contact, {name: wanted.pop(name) for name in wanted.keys() & own})
        _write(tx, contact, wanted)
        if wanted.keys() & {"phone", "email"}:
            _note_duplicates(tx, contact)


def merge(tx: Transaction, contact_id: int, into: int) -> None:
    """Make two contacts one: `into` stays and fills its empty fields from the other.

    It takes the other's deals, activities and chat.
    """
    access.full_access(tx)
    gone = tx.get(Contact, contact_id)
    kept = tx.get(Contact, into)
    if gone.id == kept.id or kept.forgotten:
        raise Refused("A contact can only be merged into another one that was not forgotten.")
    tx.describe(f"Merged {full_name(gone)} into {full_name(kept)}")
    _relink(tx, contact_id, into)
    contact_history.hand_over(tx, contact_id, into)
    _fill(tx, kept, gone)
    tx.session.delete(gone)
    tx.session.flush()


def forget(tx: Transaction, contact_id: int) -> None:
    """Blank what is personal in a contact; the row and its deals stay (decision 73).

    Its chat and its own activities are deleted; what people wrote on a deal belongs to the deal.
    Nothing of it stays in the journal, the run log and the outbox, and no undo brings it back.
    """
    access.full_access(tx)
    contact = tx.get(Contact, contact_id)
    found = forgetting.traces(tx.connection, contact_id)
    tx.describe(f"Forgot contact #{contact_id}")
    blank: dict[str, Any] = dict.fromkeys(LIMITS)
    _write(tx, contact, blank | {"first_name": FORGOTTEN_NAME, "last_name": "", "consent": None})
    contact.custom = "{}"
    contact.forgotten = True
    contact_history.erase(tx, contact_id)
    forgetting.erase(tx, found, FORGOTTEN_NAME)
    tx.note("Nothing brings it back; backups made before keep it until they are thinned.")


def delete(tx: Transaction, contact_id: int) -> None:
    """Delete a contact; Refused while it has deals, closed ones included (decision 73)."""
    access.full_access(tx)
    contact = tx.get(Contact, contact_id)
    query = select(func.count()).where(col(DealContact.contact_id) == contact_id)
    deals = tx.session.scalars(query).one()
    if deals:
        raise Refused(
            f"{quoted(full_name(contact))} is on {counted(deals, 'deal')} and cannot be deleted.",
            "Merge it into another contact, or forget it: the deals keep a nameless contact.",
        )
    tx.describe(f"Deleted contact {full_name(contact)}")
    contact_history.detach(tx, contact_id)
    contact_history.erase(tx, contact_id)
    tx.session.delete(contact)


def delete_many(tx: Transaction, contact_ids: Sequence[int]) -> int:
    """Delete those of the contacts that are on no deal, and return how many went."""
    access.full_access(tx)
    free = tx.read(ties.without_deals, contact_ids)
    if free:
        tx.describe(f"Deleted {counted(len(free), 'contact')}")
    for contact_id in tx.read(ties.with_history, free):
        contact_history.detach(tx, contact_id)
        contact_history.erase(tx, contact_id)
    tx.delete_many(Contact, free)
    return len(free)


WHO = (
    "Write an id, an e-mail address, a phone number or the exact name;"
    ' a new one as "Name <mail or phone>".'
)
"""How a contact is named."""

# ── who ───────────────────────────────────────────────────────────────────────────────────────


def resolve(tx: Transaction, who: str) -> int:
    """Return the id of the contact that somebody means.

    An id ("12", "#12"), an e-mail address, a phone number or the exact name. "Name <reach>" with
    an address or a number is added, unless a contact of that name has it already; the action that
    asks names the operation. Raises UnknownName for nobody, InvalidValue where several match.
    """
    who = who.strip()
    if new := _NEW.fullmatch(who):
        return _known_or_new(tx, new["name"], new["reach"].strip())
    found = _matches(tx, who)
    if not found:
        raise UnknownName("contact", excerpt(who), hint=WHO)
    if len(found) > 1:
        ids = ", ".join(f"#{contact_id}" for contact_id in found)
        raise InvalidValue("contact", excerpt(who), f"several match: {ids}", "Name one by its id.")
    return found[0]


def _matches(tx: Transaction, who: str) -> list[int]:
    number = who.removeprefix("#")
    if number.isascii() and number.isdecimal() and int(number) <= MAX_ID:
        contact = tx.session.get(Contact, int(number))
        if contact is not None:
            return [key(contact)]
    return _reached_by(tx, who) or _named(tx, who)


def _reached_by(tx: Transaction, reach: str) -> list[int]:
    """Return whose e-mail address or phone number this is."""
    if "@" in reach:
        return [key(contact) for contact in _sharing(tx, email=email_key(reach))]
    if _DIALLED.fullmatch(reach):
        return [key(contact) for contact in _sharing(tx, phone=phone_key(reach, _region(tx, None)))]
    return []


def _sharing(
    tx: Transaction, *, phone: str | None = None, email: str | None = None
) -> Sequence[Contact]:
    """Return those who have one of these keys, the oldest first."""
    pairs = ((col(Contact.phone_key), phone), (col(Contact.email_key), email))
    wanted = [column == value for column, value in pairs if value is not None]
    if not wanted:
        return ()
    return tx.session.exec(select(Contact).where(or_(*wanted)).order_by(col(Contact.id))).all()


def _named(tx: Transaction, name: str) -> list[int]:
    full = func.trim(col(Contact.first_name).concat(" ").concat(col(Contact.last_name)))
    query = select(col(Contact.id)).where(full == name, col(Contact.forgotten).is_(False))
    return list(tx.session.scalars(query.order_by(col(Contact.id)).limit(10)))


def _known_or_new(tx: Transaction, name: str, reach: str) -> int:
    for contact_id in _reached_by(tx, reach):
        if full_name(tx.get(Contact, contact_id)).casefold() == name.casefold():
            return contact_id
    field = ContactChanges(email=reach) if "@" in reach else ContactChanges(phone=reach)
    access.active(tx)
    return key(_insert(tx, {"name": name, **field}))


# ── fields ────────────────────────────────────────────────────────────────────────────────────


def _insert(tx: Transaction, fields: ContactChanges) -> Contact:
    given = _clean(fields)
    if not (given.get("first_name") or given.get("last_name")):
        given["first_name"] = _name_from(given)
    contact = Contact(uid=new_uid(tx.now), created_at=tx.now, updated_at=tx.now)
    custom.put(tx, contact, custom.told(tx, given.pop("custom", None) or {}, {}))
    _write(tx, contact, given)
    tx.add([contact])
    _note_duplicates(tx, contact)
    return contact


def _clean(fields: ContactChanges, full: str = "") -> dict[str, Any]:
    """Return given fields in the form in which they are stored; `full` is the name so far.

    A whole name is never taken apart: it is kept as the first name.
    """
    given: dict[str, Any] = dict(fields)
    name = given.pop("name", None)
    if name is not None:
        name = one_line(name, "name", limit=LIMITS["first_name"])
        given |= {"first_name": name, "last_name": ""} if name != full else {}
    for field in given.keys() & LIMITS.keys():
        text = one_line(given[field] or "", field.replace("_", " "), limit=LIMITS[field])
        if text and field in META_IDS:
            check_meta_id(field, text)
        given[field] = text if text or field in _NAMES else None
    return given


def _custom(
    tx: Transaction,
    held: Mapping[int, str],
    current: dict[str, Any],
    given: dict[str, Any],
    opened: dict[str, Any] | None,
) -> set[str]:
    """Put custom values beside the other fields, by the names of theirs; return those names."""
    values = given.pop("custom", None)
    before = opened.pop("custom", None) if opened else None
    if not values:
        return set()
    said = custom.told(tx, values, held)
    current |= custom.named(tx, held)
    given |= said
    if opened is not None and before is not None:
        opened |= custom.named(tx, before)
    return set(said)


def _name_from(given: Mapping[str, Any]) -> str:
    """Return what a contact without a name is called."""
    for field in ("company", "email", "phone"):
        if given.get(field):
            return str(given[field])[: LIMITS["first_name"]]
    raise MissingField("name", "a contact needs a name, an e-mail address or a phone number")


def _write(tx: Transaction, contact: Contact, given: Mapping[str, Any]) -> None:
    """Set fields, and what follows from them."""
    for field, value in given.items():
        setattr(contact, field, value)
    if given.keys() & {"phone", "country"}:
        contact.phone_key = contact.phone and phone_key(contact.phone, _region(tx, contact))
    if "email" in given:
        contact.email_key = contact.email and email_key(contact.email)
    if "consent" in given:
        contact.consent_at = None if contact.consent is None else tx.now
        contact.consent_source = given.get("consent_source")
    if contact.consent is None:
        contact.consent_source = None
    if given.get("phone") and not contact.phone_key:
        tx.note(f"{quoted(given['phone'])} was kept, but is not a valid phone number.")
    if given.get("email") and not contact.email_key:
        tx.note(f"{quoted(given['email'])} was kept, but is not a valid e-mail address.")


def _region(tx: Transaction, contact: Contact | None) -> str:
    """Return the country whose numbers need no country code: the contact's, else our own."""
    country = (contact and contact.country) or ""
    return country if _COUNTRY.fullmatch(country) else tx.setting("country", "")


def _note_duplicates(tx: Transaction, contact: Contact) -> None:
    for other in _sharing(tx, phone=contact.phone_key, email=contact.email_key):
        if other is not contact:
            same_phone = contact.phone_key and other.phone_key == contact.phone_key
            shared = "phone number" if same_phone else "e-mail address"
            tx.note(f"Contact #{other.id}, {quoted(full_name(other))}, has the same {shared}.")
            return


def _differ(theirs: Mapping[str, str], ours: Mapping[str, str], name: str) -> bool:
    """Return whether two contacts have values in a field, and not the same."""
    return bool(theirs[name] and ours[name] and theirs[name] != ours[name])


def _shown(_field: str, value: Any) -> str:
    return {None: "–", "": "–", True: "yes", False: "no"}.get(value, str(value))


# ── merging ───────────────────────────────────────────────────────────────────────────────────


def _relink(tx: Transaction, contact_id: int, into: int) -> None:
    """Give the deals of a contact to another; on those that have both, one link is enough."""
    query = select(DealContact).where(col(DealContact.contact_id).in_((contact_id, into)))
    links = tx.session.exec(query).all()
    twins = {row.deal_id: row for row in links if row.contact_id == into}
    for row in links:
        if row.contact_id == into:
            continue
        twin = twins.get(row.deal_id)
        if twin is None:
            row.contact_id = into
        else:
            twin.position = min(twin.position, row.position)
            tx.session.delete(row)
    tx.session.flush()


def _fill(tx: Transaction, kept: Contact, gone: Contact) -> None:
    """Take over what a contact lacks; a refusal to be measured outlives the merge."""
    lost = []
    for field, *derived in _TOGETHER:
        ours, theirs = getattr(kept, field), getattr(gone, field)
        if theirs is None or ours == theirs:
            continue
        if ours is None or (field == "consent" and theirs is False):
            for name in (field, *derived):
                setattr(kept, name, getattr(gone, name))
        elif field != "consent":
            lost.append(f"{field.replace('_', ' ')} {quoted(theirs)}")
    theirs, ours = (custom.named(tx, custom.read(each.custom)) for each in (gone, kept))
    lost += [f"{name} {quoted(theirs[name])}" for name in theirs if _differ(theirs, ours, name)]
    custom.put(tx, kept, {name: theirs[name] for name in theirs if theirs[name] and not ours[name]})
    if lost:
        tx.note(f"Not kept: {', '.join(lost)}.")
