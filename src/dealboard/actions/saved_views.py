"""Saved views: a filter, an order and a look at deals under a name, for everybody here."""

from collections.abc import Iterable

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions.rows import check_position, key, unique_name
from dealboard.domain.filters import Query, to_json
from dealboard.errors import Refused
from dealboard.store.ids import new_uid
from dealboard.store.tables import SavedView
from dealboard.store.transaction import Transaction

MAX_VIEWS = 100


def save(tx: Transaction, name: str, query: Query) -> int:
    """Keep a query under a name that is not taken, behind the others, and return its id."""
    access.full_access(tx)
    known = _all(tx)
    if len(known) >= MAX_VIEWS:
        raise Refused(f"At most {MAX_VIEWS} views can be saved.", "Delete one of them first.")
    view = SavedView(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        name=_name(name, known),
        query=to_json(query),
        position=len(known) + 1,
    )
    tx.add([view])
    tx.describe(f"Saved view {view.name}")
    return key(view)


def replace(tx: Transaction, view_id: int, query: Query) -> None:
    """Keep another query under the name of a view."""
    access.full_access(tx)
    view = tx.get(SavedView, view_id)
    tx.describe(f"Replaced view {view.name}")
    view.query = to_json(query)


def rename(tx: Transaction, view_id: int, name: str) -> None:
    """Give a view another name, unique among views."""
    access.full_access(tx)
    view = tx.get(SavedView, view_id)
    name = _name(name, (other for other in _all(tx) if other.id != view_id))
    tx.describe(f"Renamed view {view.name} to {name}")
    view.name = name


def move(tx: Transaction, view_id: int, position: int | None = None, *, by: int = 0) -> None:
    """Put a view at a position, counting from 1, or so many places on; no further than the ends."""
    access.full_access(tx)
    view = tx.get(SavedView, view_id)
    known = _all(tx)
    if position is None:
        position = min(max(view.position + by, 1), len(known))
    order = [other for other in known if other.id != view_id]
    order.insert(check_position(position, len(known)) - 1, view)
    tx.describe(f"Moved view {view.name} to position {position}")
    _number(order)


def delete(tx: Transaction, view_id: int) -> None:
    """Delete a view; the deals that it shows stay."""
    access.full_access(tx)
    view = tx.get(SavedView, view_id)
    tx.describe(f"Deleted view {view.name}")
    tx.session.delete(view)
    tx.session.flush()
    _number(_all(tx))


def _name(text: str, others: Iterable[SavedView]) -> str:
    return unique_name(text, "name", (other.name for other in others))


def _all(tx: Transaction) -> list[SavedView]:
    query = select(SavedView).order_by(col(SavedView.position), col(SavedView.id))
    return list(tx.session.exec(query))


def _number(views: Iterable[SavedView]) -> None:
    for position, view in enumerate(views, start=1):
        view.position = position
