"""Changes as the journal keeps them: of which deal, laid over each other, and read back."""

from collections.abc import Iterable, Mapping
from typing import Any

from dealboard.store import images
from dealboard.store.driver import Connection
from dealboard.store.images import Image
from dealboard.store.transaction import Touched

OF_A_DEAL = frozenset({"deal_contact", "activity"})
"""Tables whose rows say in `deal_id` which deal they belong to."""


def over(under: Image | None, over: Image | None) -> Image | None:
    """Lay one image over another; None, a row that is not there, hides what is under it."""
    return None if over is None else (under or {}) | over


def deal_of(
    table: str, row_id: int, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> int | None:
    """Return the deal that a change is about, as far as its images say."""
    if table == "deal":
        return row_id
    if table not in OF_A_DEAL:
        return None
    found: int | None = (after or {}).get("deal_id") or (before or {}).get("deal_id")
    return found


def folded(touches: Iterable[Touched]) -> tuple[Touched, ...]:
    """Return each row once: as it was before the first change and after the last.

    One that ended as it began is left out.
    """
    rows: dict[tuple[str, int], Touched] = {}
    for each in touches:
        name, row_id, before, after = each
        first = rows.setdefault((name, row_id), each)
        if first is not each:
            before, after = over(before, first.before), over(first.after, after)
            rows[name, row_id] = Touched(name, row_id, before, after)
    return tuple([each for each in rows.values() if each.before != each.after])


def changes(connection: Connection, seq: int) -> tuple[Touched, ...]:
    """Return the rows that an operation changed, in the order it first touched them."""
    rows = connection.execute(
        'SELECT table_name, row_id, "before", "after" FROM change'
        " WHERE operation_seq = :seq ORDER BY id",
        {"seq": seq},
    )
    return folded(
        Touched(name, row_id, images.loads(before), images.loads(after))
        for name, row_id, before, after in rows
    )
