"""What the journal's changes mean to rules: which events happened to which deals.

One event per deal and cause, though it may be several things at once: a moved deal changed its
stage and was updated (decision 57). What was written and came back to what it was is no event, nor
is a deal's place among others, nor what follows from the stage alone. Contacts that a deal is
created with are part of its creation.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dealboard.domain.rules import UPDATED_FIELDS, On, Trigger
from dealboard.store.changes import folded
from dealboard.store.driver import Connection
from dealboard.store.journal import Noticed
from dealboard.store.transaction import Touched

CONTACTS = "contacts"
"""What `UPDATED_FIELDS` calls the links of a deal."""

_COLUMNS = frozenset(UPDATED_FIELDS) - {CONTACTS}


class Event(NamedTuple):
    """Something that happened to a deal.

    `fields` are those of `UPDATED_FIELDS` that changed, `before` what they were and `after` what
    they became, as the journal has it. `contact_id` is the contact that came, else the one that
    went. `path` are the rules that led here, oldest first, and `root` is the deal whose change
    began it all. An event of the clock is for one rule `only`, once per `occurrence`.
    """

    deal_id: int
    kinds: frozenset[On]
    root: int
    fields: frozenset[str] = frozenset()
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    contact_id: int | None = None
    path: tuple[int, ...] = ()
    only: int | None = None
    occurrence: str | None = None

    def fires(self, trigger: Trigger) -> bool:
        """Return whether this is what a trigger waits for, but for the pipeline it may ask for."""
        if trigger.on not in self.kinds:
            return False
        if trigger.on is On.UPDATED:
            return not trigger.fields or not self.fields.isdisjoint(trigger.fields)
        if trigger.on is On.STAGE:
            was, now = self.before.get("stage_id"), self.after.get("stage_id")
            return trigger.from_stage in (None, was) and trigger.to_stage in (None, now)
        return True

    def kind(self) -> On:
        """Return what happened, in one word: what is most to the point."""
        for on in (On.CREATED, On.STAGE, On.CONTACT_ADDED, On.CONTACT_REMOVED):
            if on in self.kinds:
                return on
        return next(iter(self.kinds))


def may_fire(noticed: Noticed, waiting: Collection[On]) -> bool:
    """Return whether a change may be part of an event that one of these waits for."""
    name, _, before, after = noticed.touched
    if name == "activity" or noticed.deal_id is None:
        return False
    if name != "deal":
        return not _OF_LINKS.isdisjoint(waiting)
    if before is None:
        return On.CREATED in waiting
    return after is not None and (On.UPDATED in waiting or "stage_id" in after)


def happened(noticed: Iterable[Noticed]) -> list[Event]:
    """Return the events of changes by one cause, in the order the deals were first touched."""
    rows: dict[int, list[Touched]] = {}
    for each in noticed:
        if each.deal_id is not None and each.touched.table != "activity":
            rows.setdefault(each.deal_id, []).append(each.touched)
    events = (_event(deal_id, some) for deal_id, some in rows.items())
    return [event for event in events if event is not None]


def _event(deal_id: int, touches: Sequence[Touched]) -> Event | None:
    changes = touches if len(touches) == 1 else folded(touches)
    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    links: list[Touched] = []
    for change in changes:
        if change.table != "deal":
            links.append(change)
        elif change.before is None:
            kinds = frozenset({On.CREATED})
            return Event(deal_id, kinds, deal_id, after=change.after or {})
        elif change.after is None:
            return None
        else:
            before, after = change.before, change.after
    fields = {name for name in after if name in _COLUMNS and before.get(name) != after[name]}
    if not links:
        kinds = _MOVED if "stage_id" in fields else _UPDATED
        return Event(deal_id, kinds, deal_id, frozenset(fields), before, after) if fields else None
    return _with_links(deal_id, fields, before, after, links)


_OF_LINKS = frozenset({On.UPDATED, On.CONTACT_ADDED, On.CONTACT_REMOVED})
_UPDATED = frozenset({On.UPDATED})
_MOVED = frozenset({On.UPDATED, On.STAGE})


def _with_links(
    deal_id: int,
    fields: set[str],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    links: Sequence[Touched],
) -> Event | None:
    kinds = {*(_MOVED if "stage_id" in fields else _UPDATED)}
    came, went = _contacts(links)
    if came:
        kinds.add(On.CONTACT_ADDED)
    if went:
        kinds.add(On.CONTACT_REMOVED)
    if any(_reordered(link) for link in links) or came or went:
        fields.add(CONTACTS)
    if not fields:
        return None
    first = next(iter(came or went), None)
    return Event(deal_id, frozenset(kinds), deal_id, frozenset(fields), before, after, first)


def _contacts(links: Iterable[Touched]) -> tuple[list[int], list[int]]:
    """Return the contacts that came to a deal and those that went; not one that did both."""
    came: dict[int, None] = {}
    went: dict[int, None] = {}
    for link in links:
        if link.before is None and link.after is not None:
            came[link.after["contact_id"]] = None
        elif link.after is None and link.before is not None:
            went[link.before["contact_id"]] = None
    return [each for each in came if each not in went], [each for each in went if each not in came]


def _reordered(link: Touched) -> bool:
    return link.before is not None and link.after is not None and "position" in link.after


def in_bulk(connection: Connection, operation: int) -> list[Event]:
    """Return the events of deals that an operation inserted past the journal."""
    rows = connection.execute(
        "SELECT id, stage_id FROM deal WHERE batch = :seq ORDER BY id", {"seq": operation}
    )
    created = frozenset({On.CREATED})
    return [
        Event(deal_id, created, deal_id, after={"stage_id": stage_id})
        for deal_id, stage_id in rows.fetchall()
    ]
