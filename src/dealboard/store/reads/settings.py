"""What the workspace is set to and remembers."""

import json
from typing import Any

from dealboard.store.driver import Connection

CURRENCY = "currency"
COUNTRY = "country"
ROTTING_DAYS = "rotting_days"
"""Keys of what a workspace is set to (decision 76)."""

META = "meta"
"""How events go to Meta, a JSON object (domain.conversions.Setup); missing until it is set up."""

META_SEEN = "meta/seen"
"""Until when somebody has seen which events expired: a moment; missing where nobody has."""

WORKSPACE_UID = "workspace_uid"
"""The workspace's own name across files, given to it once."""


def setting(connection: Connection, key: str) -> Any:
    """Return the JSON value kept under a key, or None."""
    row = connection.execute("SELECT value FROM setting WHERE key = :key", {"key": key}).fetchone()
    return None if row is None else json.loads(row[0])
