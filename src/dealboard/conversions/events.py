"""Which events a save means, and their writing: the step of the write path (decisions 33–37, 80).

Lead for a contact that comes to a deal, once ever. Purchase for a deal that enters a stage at
100 %, once. ViewContent for any other change or an activity: one a save, and none shortly after the
last, but for moves; a deal that is lost says so. A new deal has its Leads only, and how it ended if
it was closed from the start.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from dealboard.conversions import payload, saves, waiting
from dealboard.conversions.judge import Judge
from dealboard.conversions.payload import Draft
from dealboard.conversions.saves import Save
from dealboard.domain import conversions as rules
from dealboard.domain.conversions import EventName, Payload, Setup
from dealboard.domain.outbox import State
from dealboard.domain.stages import StageKind
from dealboard.store import conversions as rows
from dealboard.store.conversions import Event, Row
from dealboard.store.reads import conversions as reads
from dealboard.store.reads.conversions import Place
from dealboard.store.reads.values import moment
from dealboard.store.transaction import Transaction

QUIET = timedelta(minutes=10)
"""How long after a deal's last ViewContent a further change is not worth one (decision 37)."""


class Meant(NamedTuple):
    """An event that a save means.

    `kind` and `occurrence` tell it from every other event of its deal. One that is `always` sent
    does not ask when the last one was.
    """

    deal_id: int
    name: EventName
    kind: str
    occurrence: str | int
    at: datetime
    contact_id: int | None = None
    always: bool = True

    def instead(self, there: Row, operation: str, grace: timedelta) -> "Self | None":
        """Return what is meant where this very event is there already.

        A second purchase is a move like any other; a deal that is lost again within the grace is
        still the same loss.
        """
        if self.name is EventName.PURCHASE:
            name = EventName.VIEW_CONTENT
            return self._replace(name=name, kind="update", occurrence=operation)
        if self.kind == "lost" and moment(there.moment) + grace <= self.at:
            return self._replace(occurrence=int(self.occurrence) + 1)
        return None


def settle(tx: Transaction, *, tell: bool) -> None:
    """Write the events that a transaction means, if it shall `tell`, and judge what waits anew."""
    tx.flush()
    setup = tx.read(reads.setup)
    waiting.settle(tx, setup)
    if tell and setup.enabled:
        some = saves.of(tx.journal.noticed)
        if tx.journal.batches:
            some = saves.with_bulk(some, tx.connection, tx.operation.seq)
        if some:
            _tell(tx, setup, some)


def _tell(tx: Transaction, setup: Setup, some: Sequence[Save]) -> None:
    places = tx.read(reads.places)
    meant = [each for save in some for each in _meant(save, places, tx)]
    asking = {each.deal_id for each in meant if not each.always}
    viewed = rows.viewed(tx.connection, asking, tx.now - QUIET)
    meant = [each for each in meant if each.always or each.deal_id not in viewed]
    fresh = [each for each in meant if rules.expires_at(each.at) >= tx.now]
    if len(fresh) < len(meant):
        _note_old(tx, len(meant) - len(fresh))
    if fresh:
        judge = Judge(tx.connection, setup)
        judge.read((each.deal_id for each in fresh), (each.contact_id or 0 for each in fresh))
        _write(tx, judge, places, fresh)


def _note_old(tx: Transaction, count: int) -> None:
    what = "1 event is" if count == 1 else f"{count:,} events are"
    tx.note(f"{what} older than Meta takes, and will not be sent.")


# ── what a save means ─────────────────────────────────────────────────────────────────────────


def _meant(save: Save, places: dict[int, Place], tx: Transaction) -> Iterator[Meant]:
    at = tx.now if save.begun is None else moment(save.begun)
    for contact_id in save.came:
        yield Meant(save.deal_id, EventName.LEAD, "lead", contact_id, at, contact_id)
    ended = _ended(save, places)
    if ended is not None:
        yield Meant(save.deal_id, *ended, 1, at if save.closed is None else moment(save.closed))
    elif save.created:
        return
    elif save.fields or save.relinked:
        moved = save.now is not None
        yield _viewed(save, "update", tx.operation.uid, at, always=moved)
    elif save.activity:
        yield _viewed(save, "activity", save.activity, at, always=False)


def _viewed(save: Save, kind: str, occurrence: str, at: datetime, *, always: bool) -> Meant:
    return Meant(save.deal_id, EventName.VIEW_CONTENT, kind, occurrence, at, always=always)


def _ended(save: Save, places: dict[int, Place]) -> tuple[EventName, str] | None:
    """Return what says that a deal was won or lost, if this save did that.

    From Won to the Won of another pipeline is no new win (decision 33), nor is there a new loss.
    """
    if save.now is None:
        return None
    was, now = places.get(save.was or 0), places[save.now]
    if now.certain and not (was and was.kind is StageKind.WON):
        return EventName.PURCHASE, "purchase"
    if now.kind is StageKind.LOST and not (was and was.kind is StageKind.LOST):
        return EventName.VIEW_CONTENT, "lost"
    return None


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def _write(tx: Transaction, judge: Judge, places: dict[int, Place], meant: Iterable[Meant]) -> None:
    fresh: list[Event] = []
    again: list[Event] = []
    revived: list[str] = []
    for uid, each, there in _new(tx, judge, meant):
        if there is not None and there.tries:
            revived.append(uid)
            continue
        event = _event(tx, judge, places, uid, each)
        if event.state is not State.CANCELLED:
            (fresh if there is None else again).append(event)
    rows.insert(tx.connection, fresh, tx.operation.seq)
    rows.reuse(tx.connection, again, tx.operation.seq)
    for reason in rows.CALLED_OFF if revived else ():
        rows.call_back(tx.connection, "uid", revived, reason)


def _new(
    tx: Transaction, judge: Judge, meant: Iterable[Meant]
) -> list[tuple[str, Meant, Row | None]]:
    """Return what is there for the first time, or was called off, and under which name.

    What is there already is left alone, or something else is meant by it.
    """
    found: dict[int, tuple[str, Meant, Row | None]] = {}
    asked = dict(enumerate(meant))
    while asked:
        uids = {number: _uid(judge, each) for number, each in asked.items()}
        there = rows.known(tx.connection, uids.values())
        left: dict[int, Meant] = {}
        for number, each in asked.items():
            row = there.get(uids[number])
            if row is None or row.called_off:
                found[number] = uids[number], each, row
            elif other := each.instead(row, tx.operation.uid, judge.setup.grace):
                left[number] = other
        asked = left
    return [found[number] for number in sorted(found)]


def _uid(judge: Judge, each: Meant) -> str:
    occurrence = (
        each.occurrence if each.contact_id is None else judge.customers[each.contact_id].uid
    )
    return rules.event_id(judge.workspace, judge.deals[each.deal_id].uid, each.kind, occurrence)


def _event(tx: Transaction, judge: Judge, places: dict[int, Place], uid: str, each: Meant) -> Event:
    setup, place = judge.setup, places[judge.deals[each.deal_id].stage_id]
    draft = Draft(
        each.name,
        int(each.at.timestamp()),
        uid,
        setup.action_source,
        payload.product(place),
        payload.category(place),
    )
    state, reason, text = judge.judge(draft, each.deal_id, each.contact_id)
    return Event(
        uid,
        rules.row_key(setup.dataset, each.name, uid),
        state,
        reason,
        rules.dump(Payload(setup.dataset, setup.action_source, text)),
        each.at,
        tx.now + setup.grace,
        each.deal_id,
        each.contact_id,
    )
