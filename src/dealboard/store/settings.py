"""Keeping settings: JSON values by key, outside the journal. `reads/settings` reads them."""

import json

from dealboard.store.driver import Connection

_KEEP = (
    "INSERT INTO setting (key, value) VALUES (:key, :value)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


def put(connection: Connection, key: str, value: object) -> None:
    """Keep a JSON value under a key."""
    connection.execute(_KEEP, {"key": key, "value": json.dumps(value)})


def drop(connection: Connection, key: str) -> None:
    """Keep nothing under a key any more."""
    connection.execute("DELETE FROM setting WHERE key = :key", {"key": key})
