"""The fields of contacts that this workspace added, and how many contacts have a value in each."""

import json

from dealboard.domain.views import CustomField, FieldKind
from dealboard.errors import NotFound
from dealboard.store.driver import Connection

_FIELD = "id, uid, name, kind, choices, position"


def fields(connection: Connection) -> tuple[CustomField, ...]:
    """Return the custom fields in their order."""
    rows = connection.execute(f"SELECT {_FIELD} FROM custom_field ORDER BY position, id")
    return tuple(_field(*row) for row in rows)


def field(connection: Connection, field_id: int) -> CustomField:
    """Return a custom field. Raises NotFound."""
    row = connection.execute(
        f"SELECT {_FIELD} FROM custom_field WHERE id = :id", {"id": field_id}
    ).fetchone()
    if row is None:
        raise NotFound("field", f"#{field_id}")
    return _field(*row)


def holders(connection: Connection, field_id: int) -> tuple[tuple[int, str], ...]:
    """Return the contacts that have a value in a field: their ids, and all their values as kept."""
    rows = connection.execute(
        "SELECT id, custom FROM contact WHERE custom != '{}'"
        " AND json_extract(custom, :path) IS NOT NULL ORDER BY id",
        {"path": f'$."{field_id}"'},
    )
    return tuple(rows.fetchall())


def used(connection: Connection) -> dict[int, int]:
    """Return how many contacts have a value in each field; fields without values are left out."""
    rows = connection.execute(
        "SELECT CAST(held.key AS INTEGER), count(*) FROM contact, json_each(contact.custom) AS held"
        " WHERE contact.custom != '{}' GROUP BY held.key"
    )
    return dict(rows.fetchall())


def _field(row_id: int, uid: str, name: str, kind: str, choices: str, position: int) -> CustomField:
    return CustomField(row_id, uid, name, FieldKind(kind), tuple(json.loads(choices)), position)
