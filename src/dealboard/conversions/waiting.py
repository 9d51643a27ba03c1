"""What becomes of events that wait when something changes that they hang on.

A win that is taken back by hand, a deal that is deleted: called off, and called back with it. What
is held is judged anew when its deal, a contact of it or the set-up changes; what is frozen only
where it names somebody who does not agree to it any more. Of a contact who is forgotten nothing
stays in what was sent.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from dealboard.conversions import payload
from dealboard.conversions.judge import Judge
from dealboard.conversions.payload import Draft
from dealboard.domain import conversions as rules
from dealboard.domain.conversions import Setup
from dealboard.domain.outbox import State
from dealboard.store import conversions as rows
from dealboard.store.conversions import Judgement, Row
from dealboard.store.reads import conversions as reads
from dealboard.store.transaction import Touched, Transaction

OVER = (State.SENT, State.FAILED, State.EXPIRED, State.UNKNOWN)
"""States in which an event is only remembered."""


@dataclass
class _Changed:
    """What an operation changed that events hang on; ids. `gone_people` are uids by id."""

    deals: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    consent: set[int] = field(default_factory=set)
    gone_people: dict[int, str] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)

    def take(self, change: Touched) -> None:
        """Take a change in."""
        before, after = change.before, change.after
        if change.table == "deal":
            self.deals.add(change.row_id)
            if after is None:
                self.gone.add(change.row_id)
            elif before is None:
                self.back.add(change.row_id)
            elif "stage_id" in after:
                self.moved.add(change.row_id)
        elif change.table == "deal_contact":
            self.deals |= {
                each["deal_id"] for each in (before, after) if each and "deal_id" in each
            }
            if before and after and "contact_id" in after:
                self.merged[before["contact_id"]] = after["contact_id"]
                self.people.add(after["contact_id"])
        elif change.table == "contact":
            self.people.add(change.row_id)
            if after is None and before is not None:
                self.gone_people[change.row_id] = before["uid"]
            elif after and after.keys() & {"consent", "forgotten"}:
                self.consent.add(change.row_id)


def settle(tx: Transaction, setup: Setup) -> None:
    """Judge anew what waits and hangs on what a transaction changed."""
    changed = _Changed()
    for each in _changes(tx):
        changed.take(each)
    if changed.deals:
        _follow_deals(tx, changed)
    for contact_id, into in changed.merged.items():
        rows.hand_over(tx.connection, contact_id, into)
    gone = _names(tx, changed)
    found = _found(tx, changed, gone.values())
    if found:
        _judge(tx, setup, found, gone.values())
    for contact_id, name in gone.items():
        if contact_id not in changed.merged:
            _forget(tx, name)


def _changes(tx: Transaction) -> Sequence[Touched]:
    """Return what was changed; the undo of an import records some of it unnoticed."""
    return tx.journal.touched()


# ── deals ─────────────────────────────────────────────────────────────────────────────────────


def _follow_deals(tx: Transaction, changed: _Changed) -> None:
    """Call off what a deal that is gone, or no longer won, had to say; call it back with it.

    Only an undo and a redo bring back what was: a deal that is won again by hand is won anew.
    """
    afresh = tx.operation.kind != "do"
    rows.call_off(tx.connection, "deal_id", changed.gone, rules.DEAL_GONE, tx.now)
    if afresh:
        rows.call_back(tx.connection, "deal_id", changed.back, rules.DEAL_GONE)
    if changed.moved:
        deals = tx.read(reads.subjects, changed.moved)
        workspace = tx.read(reads.workspace_uid)
        won: list[str] = []
        left: list[str] = []
        for deal in deals.values():
            uid = rules.event_id(workspace, deal.uid, "purchase", 1)
            (won if deal.certain else left).append(uid)
        rows.call_off(tx.connection, "uid", left, rules.LEFT, tx.now)
        if afresh:
            rows.call_back(tx.connection, "uid", won, rules.LEFT)


# ── judging anew ──────────────────────────────────────────────────────────────────────────────


def _found(tx: Transaction, changed: _Changed, gone: Collection[str]) -> Collection[Row]:
    """Return what may have to be judged anew."""
    if tx.reconsider:
        return rows.waiting(tx.connection)
    deals = changed.deals | tx.read(reads.deals_of, changed.people)
    if tx.operation.kind != "do" and changed.consent:
        rows.call_back(tx.connection, "deal_id", deals, rules.WITHDRAWN)
    found = {row.id: row for row in rows.held_of(tx.connection, deals)}
    asked = tx.read(reads.customers, changed.consent)
    names = [rules.external_id(tx.read(reads.workspace_uid), each.uid) for each in asked.values()]
    for name in (*names, *gone):
        found |= {row.id: row for row in rows.naming(tx.connection, name, (State.PENDING,))}
    return found.values()


def _judge(tx: Transaction, setup: Setup, some: Collection[Row], gone: Collection[str]) -> None:
    judge = Judge(tx.connection, setup)
    judge.read((row.deal_id for row in some), (row.contact_id or 0 for row in some))
    judgements = []
    for row in some:
        named = any(name in row.payload for name in gone)
        if row.state == State.HELD or named or judge.objects(*_about(row)):
            judgements.append((row, _judged(tx, judge, row)))
    changed = (
        judged for row, judged in judgements if judged[:3] != (row.state, row.reason, row.payload)
    )
    rows.judge(tx.connection, changed)


def _about(row: Row) -> tuple[str, int, int | None]:
    return row.payload, row.deal_id, row.contact_id


def _judged(tx: Transaction, judge: Judge, row: Row) -> Judgement:
    """Return what becomes of an event; one that was tried already can only be called off."""
    if row.tries:
        return Judgement(State.CANCELLED, rules.WITHDRAWN, row.payload, tx.now, row.id)
    kept = rules.parse(row.payload)
    state, reason, text = judge.judge(Draft.of(kept.event), row.deal_id, row.contact_id)
    settled = tx.now if state is State.CANCELLED else None
    return Judgement(state, reason, rules.dump(kept._replace(event=text)), settled, row.id)


# ── forgetting ────────────────────────────────────────────────────────────────────────────────


def _names(tx: Transaction, changed: _Changed) -> dict[int, str]:
    """Return the hashes that contacts went out under who were deleted, merged or forgotten."""
    asked = tx.read(reads.customers, changed.consent).values()
    uids = changed.gone_people | {each.id: each.uid for each in asked if each.forgotten}
    workspace = tx.read(reads.workspace_uid) if uids else ""
    return {contact: rules.external_id(workspace, uid) for contact, uid in uids.items()}


def _forget(tx: Transaction, name: str) -> None:
    """Leave nothing of a contact in what is only remembered; the rows stay, and are counted."""
    over = rows.naming(tx.connection, name, OVER)
    emptied = [(row.id, rules.dump(rules.parse(row.payload)._replace(event=""))) for row in over]
    for row in rows.naming(tx.connection, name, (State.CANCELLED,)):
        kept = rules.parse(row.payload)
        event = payload.without_people(kept.event)
        emptied.append((row.id, rules.dump(kept._replace(event=event))))
    rows.empty(tx.connection, emptied)
