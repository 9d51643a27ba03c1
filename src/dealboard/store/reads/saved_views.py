"""The views that were saved under a name."""

from dealboard.domain.views import SavedView
from dealboard.store.driver import Connection

_VIEW = "id, uid, name, query, position"


def saved_views(connection: Connection) -> tuple[SavedView, ...]:
    """Return the saved views in their order."""
    rows = connection.execute(f"SELECT {_VIEW} FROM saved_view ORDER BY position, id")
    return tuple(map(SavedView._make, rows))
