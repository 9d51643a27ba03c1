"""The values that contacts have in custom fields (`actions.fields`), by field."""

import json
from collections.abc import Mapping
from typing import Any

from dealboard.domain.custom import check_value
from dealboard.store.reads import fields
from dealboard.store.tables import Contact
from dealboard.store.transaction import Transaction


def told(
    tx: Transaction, values: Mapping[int, str | None], current: Mapping[int, str]
) -> dict[str, Any]:
    """Return by the names of their fields values as they are kept, empty for none.

    What a contact holds already is not checked again: it may have been a choice once. Raises
    InvalidValue, naming the field, and NotFound.
    """
    found: dict[str, Any] = {}
    for field_id, value in values.items():
        field = tx.read(fields.field, field_id)
        text = (value or "").strip()
        found[field.name] = text if text == current.get(field_id, "") else check_value(field, text)
    return found


def named(tx: Transaction, values: Mapping[int, str]) -> dict[str, str]:
    """Return the values of all fields by their names, empty where there is none."""
    return {field.name: values.get(field.id, "") for field in tx.read(fields.fields)}


def put(tx: Transaction, contact: Contact, values: Mapping[str, str]) -> None:
    """Give a contact values, by the names of their fields."""
    if not values:
        return
    ids = {field.name: field.id for field in tx.read(fields.fields)}
    contact.custom = write(read(contact.custom) | {ids[name]: values[name] for name in values})


def read(custom: str) -> dict[int, str]:
    """Return values by field as they are kept in a contact."""
    return {int(field_id): value for field_id, value in json.loads(custom).items()}


def write(values: Mapping[int, str]) -> str:
    """Return values as a contact keeps them; equal values are equal text."""
    filled = {str(field_id): values[field_id] for field_id in sorted(values) if values[field_id]}
    return json.dumps(filled, separators=(",", ":"), ensure_ascii=False)
