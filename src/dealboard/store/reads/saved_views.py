"""The views that were saved under a name."""

from dealboard.domain.views import SavedView
from dealboard.errors import NotFound
from dealboard.store.driver import Connection

_VIEW = "id, uid, name, query, position"


def saved_views(connection: Connection) -> tuple[SavedView, ...]:
    """Return the saved views in their order."""
    rows = connection.execute(f"SELECT {_VIEW} FROM saved_view ORDER BY position, id")
    return tuple(map(SavedView._make, rows))


def saved_view(connection: Connection, view_id: int) -> SavedView:
    """Return a saved view. Raises NotFound."""
    row = connection.execute(
        f"SELECT {_VIEW} FROM saved_view WHERE id = :id", {"id": view_id}
    ).fetchone()
    if row is None:
        raise NotFound("view", f"#{view_id}")
    return SavedView._make(row)
