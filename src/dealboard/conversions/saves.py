"""What one save did to each deal, as far as an event for Meta could be meant by it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dealboard.domain.rules import UPDATED_FIELDS
from dealboard.store.changes import folded
from dealboard.store.driver import Connection
from dealboard.store.journal import Noticed
from dealboard.store.transaction import Touched

_FIELDS = frozenset(UPDATED_FIELDS)


class Save(NamedTuple):
    """What happened to a deal: whether `fields` changed, contacts that `came`, an `activity`'s uid.

    `was` and `now` are stages, None where they did not change; `now` is that of a new deal, too.
    `relinked`: contacts went, or stand in another order. What came in bulk has moments of its own,
    as they are kept: when it was `begun` and when it was `closed`.
    """

    deal_id: int
    created: bool = False
    fields: bool = False
    was: int | None = None
    now: int | None = None
    came: tuple[int, ...] = ()
    relinked: bool = False
    activity: str | None = None
    begun: str | None = None
    closed: str | None = None


def of(noticed: Iterable[Noticed]) -> list[Save]:
    """Return what was done, deal by deal, in the order in which they were first touched.

    What came back to what it was did not happen, and a deal that is gone has no part in it.
    """
    rows: dict[int, list[Touched]] = {}
    for each in noticed:
        if each.deal_id is not None:
            rows.setdefault(each.deal_id, []).append(each.touched)
    saves = (_save(deal_id, folded(some)) for deal_id, some in rows.items())
    return [save for save in saves if save is not None]


def _save(deal_id: int, changes: Sequence[Touched]) -> Save | None:
    save = Save(deal_id)
    for change in changes:
        match change.table:
            case "deal":
                if change.after is None:
                    return None
                save = _deal(save, change.before, change.after)
            case "deal_contact":
                save = _link(save, change.before, change.after)
            case "activity" if change.before is None and change.after is not None:
                save = save._replace(activity=save.activity or change.after["uid"])
    return save


def _deal(save: Save, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Save:
    if before is None:
        return save._replace(created=True, now=after["stage_id"])
    changed = {name for name in after if name in _FIELDS and before.get(name) != after[name]}
    if "stage_id" in changed:
        save = save._replace(was=before["stage_id"], now=after["stage_id"])
    return save._replace(fields=bool(changed))


def _link(save: Save, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Save:
    """Take in what became of a contact of the deal; one merged into another is the same person."""
    if before is None:
        contact = after and after["contact_id"]
        return save._replace(came=(*save.came, contact)) if contact else save
    return save._replace(relinked=save.relinked or after is None or "position" in after)


def with_bulk(some: Iterable[Save], connection: Connection, operation: int) -> list[Save]:
    """Return what an operation did together with what it inserted past the journal.

    Contacts and activities may have come to other deals than those that came.
    """
    saves = {save.deal_id: save for save in some}
    rows = connection.execute(
        "SELECT id, stage_id, created_at, closed_at FROM deal WHERE batch = :seq ORDER BY id",
        {"seq": operation},
    )
    for deal_id, stage, begun, closed in rows:
        saves[deal_id] = Save(deal_id, created=True, now=stage, begun=begun, closed=closed)
    for deal_id, contact_id in connection.execute(
        "SELECT deal_id, contact_id FROM deal_contact WHERE batch = :seq ORDER BY id",
        {"seq": operation},
    ):
        save = saves.get(deal_id, Save(deal_id))
        saves[deal_id] = save._replace(came=(*save.came, contact_id))
    for deal_id, uid, at in connection.execute(
        "SELECT deal_id, uid, created_at FROM activity"
        " WHERE batch = :seq AND deal_id IS NOT NULL ORDER BY id",
        {"seq": operation},
    ):
        save = saves.get(deal_id, Save(deal_id, begun=at))
        saves[deal_id] = save._replace(activity=save.activity or uid)
    return [*saves.values()]
