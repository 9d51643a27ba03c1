"""The custom fields of contacts: what a workspace wants to know beyond the fields that all have.

Their values are in `contact.custom`, a JSON object by the field's id. A field keeps its kind for
life: values of one kind would mean nothing as another.
"""

import json
from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from dealboard.actions import access, custom
from dealboard.actions.rows import check_position, counted, key, quoted, unique_name
from dealboard.domain.changes import FieldChanges
from dealboard.domain.custom import MAX_FIELDS, check_choices, is_own
from dealboard.domain.views import FieldKind
from dealboard.errors import InvalidValue, Refused
from dealboard.store.ids import new_uid
from dealboard.store.images import Image
from dealboard.store.reads import fields as reads
from dealboard.store.tables import Contact, CustomField
from dealboard.store.transaction import Transaction

KINDS = tuple(kind.value for kind in FieldKind)

LISTED = 5
"""Choices that are named where contacts keep them."""


def define(tx: Transaction, name: str, kind: FieldKind | str, choices: Sequence[str] = ()) -> int:
    """Add a field behind the others and return its id; `choices` are for that kind only.

    Raises Refused for one more than a workspace can have, InvalidValue for a name that is taken.
    """
    access.full_access(tx)
    known = _all(tx)
    if len(known) >= MAX_FIELDS:
        raise Refused(
            f"Contacts can have at most {MAX_FIELDS} custom fields.", "Delete one of them first."
        )
    if kind not in KINDS:
        raise InvalidValue("kind", kind, f"a field holds {', '.join(KINDS)}")
    field = CustomField(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        name=_name(name, known),
        kind=FieldKind(kind).value,
        choices=_kept(check_choices(FieldKind(kind), choices)),
        position=len(known) + 1,
    )
    tx.add([field])
    tx.describe(f"Added contact field {field.name}")
    return key(field)


def edit(tx: Transaction, field_id: int, changes: FieldChanges) -> None:
    """Rename a field or change its choices.

    Contacts keep a value that is no longer a choice; the notes say how many.
    """
    access.full_access(tx)
    field = tx.get(CustomField, field_id)
    if "name" in changes:
        others = [other for other in _all(tx) if other.id != field_id]
        name = _name(changes["name"], others)
        if name != field.name:
            tx.describe(f"Renamed contact field {field.name} to {name}")
            field.name = name
    if "choices" in changes:
        choices = check_choices(FieldKind(field.kind), changes["choices"])
        if _kept(choices) != field.choices:
            tx.describe(f"Changed the choices of {field.name}")
            field.choices = _kept(choices)
            _note_kept_values(tx, field_id, choices)


def move(tx: Transaction, field_id: int, position: int | None = None, *, by: int = 0) -> None:
    """Put a field at a position, counting from 1, or so many places on; no further than the ends.

    Raises InvalidValue for a position that there is none of.
    """
    access.full_access(tx)
    field = tx.get(CustomField, field_id)
    known = _all(tx)
    if position is None:
        position = min(max(field.position + by, 1), len(known))
    order = [other for other in known if other.id != field_id]
    order.insert(check_position(position, len(known)) - 1, field)
    tx.describe(f"Moved contact field {field.name} to position {position}")
    _number(order)


def delete(tx: Transaction, field_id: int) -> int:
    """Delete a field with its values and return how many contacts had one."""
    access.full_access(tx)
    field = tx.get(CustomField, field_id)
    tx.describe(f"Deleted contact field {field.name}")
    holders = tx.read(reads.holders, field_id)
    tx.change_many(Contact, (_without(field_id, *each) for each in holders))
    if holders:
        tx.note(f"The values of {counted(len(holders), 'contact')} went with it.")
    tx.session.delete(field)
    tx.session.flush()
    _number(_all(tx))
    return len(holders)


# ── fields ────────────────────────────────────────────────────────────────────────────────────


def _name(text: str, others: Iterable[CustomField]) -> str:
    name = unique_name(text, "name", (other.name for other in others))
    if is_own(name):
        raise InvalidValue("name", name, "every contact has that field", "Choose another name.")
    return name


def _kept(choices: Sequence[str]) -> str:
    return json.dumps(choices, separators=(",", ":"), ensure_ascii=False)


def _without(field_id: int, contact_id: int, held: str) -> tuple[int, Image, Image]:
    """Return the change that takes the value of a field from a contact."""
    rest = custom.write(custom.read(held) | {field_id: ""})
    return contact_id, {"custom": held}, {"custom": rest}


def _note_kept_values(tx: Transaction, field_id: int, choices: Sequence[str]) -> None:
    """Say how many contacts hold what can no longer be chosen."""
    counts: dict[str, int] = {}
    for _, held in tx.read(reads.holders, field_id):
        value = custom.read(held)[field_id]
        if value not in choices:
            counts[value] = counts.get(value, 0) + 1
    told = [f"{quoted(value)} ({counts[value]:,})" for value in sorted(counts)]
    if told:
        more = f" and {len(told) - LISTED} more" if len(told) > LISTED else ""
        total = sum(counts.values())
        keep = "keeps" if total == 1 else "keep"
        what = f"{', '.join(told[:LISTED])}{more}"
        tx.note(f"{counted(total, 'contact')} {keep} what is no longer a choice: {what}.")


def _all(tx: Transaction) -> list[CustomField]:
    query = select(CustomField).order_by(col(CustomField.position), col(CustomField.id))
    return list(tx.session.exec(query))


def _number(fields: Iterable[CustomField]) -> None:
    for position, field in enumerate(fields, start=1):
        field.position = position
