"""What time brings: delayed actions that are due, and rules that wait for a day.

Nobody acts then but the clock: what it does is an operation of its own, undone from History
(decision 79). A rule fires once per deal and occurrence; the run log remembers which, so that
what was missed while nothing ran is made up, and nothing happens twice.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dealboard.automations import book as books
from dealboard.automations import engine
from dealboard.automations.book import Book, Compiled
from dealboard.automations.engine import Resumed
from dealboard.automations.events import Event
from dealboard.domain.rules import BY_CLOCK, On
from dealboard.errors import InvalidValue
from dealboard.store.columns import moment_text
from dealboard.store.driver import Connection
from dealboard.store.reads import automations as reads
from dealboard.store.reads import timed
from dealboard.store.transaction import Transaction

if TYPE_CHECKING:
    from dealboard.workspace import Workspace

ResultT = TypeVar("ResultT")

_Open = Callable[[Transaction], Book]
"""What opens the book of rules in a transaction."""

BATCH = 500
"""Deals that one operation of the clock is about."""


class Due(NamedTuple):
    """What the clock did: operations it wrote, runs by outcome, what it told, what comes next.

    `next_at` is when the next delayed action is due, or the day turns for rules that wait for one;
    None if neither is ever.
    """

    operations: tuple[int, ...]
    runs: Mapping[str, int]
    notes: tuple[str, ...]
    next_at: datetime | None


def due(workspace: "Workspace") -> Due:
    """Run everything whose time has come. Raises what `Workspace.run` raises."""
    return _Round(workspace).run()


class _Round:
    """One look at the clock."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._operations: list[int] = []
        self._notes: list[str] = []
        self._first = workspace.read(timed.newest_run)

    def run(self) -> Due:
        for rows in self._left():
            self._act(partial(_resume, self._book, rows))
        for rule_id in self._workspace.read(_waiting):
            self._fire(rule_id)
        return Due(
            tuple(self._operations),
            self._workspace.read(timed.outcomes_after, self._first),
            tuple(dict.fromkeys(self._notes)),
            self._workspace.read(_next, self._workspace.now),
        )

    def _fire(self, rule_id: int) -> None:
        """Run a rule for every deal that it is time for, some at a time, in order.

        A deal with several overdue tasks comes once for each.
        """
        while True:
            before = self._workspace.read(timed.newest_run)
            last: int | None = 0
            while last is not None:
                last = self._act(partial(_fire, self._book, rule_id, last))
            if self._workspace.read(timed.newest_run) == before:
                return

    def _left(self) -> list[list[timed.Left]]:
        """Return the delayed steps that are due, those of one rule and operation together."""
        found = self._workspace.read(timed.due_steps, self._workspace.now)
        alike = groupby(found, key=lambda row: (row.automation_id, row.operation, row.alike))
        return [
            some[start : start + BATCH]
            for some in (list(rows) for _, rows in alike)
            for start in range(0, len(some), BATCH)
        ]

    def _book(self, tx: Transaction) -> Book:
        book = self._workspace.book()
        book.refresh(tx.connection, reads.active(tx.connection))
        return book

    def _act(self, action: Callable[[Transaction], ResultT]) -> ResultT:
        receipt = self._workspace.run(action, automations=False, by_clock=True)
        if receipt.operation is not None:
            self._operations.append(receipt.operation)
        self._notes += receipt.notes
        return receipt.value


# ── delayed steps ─────────────────────────────────────────────────────────────────────────────

_SETTLE = (
    "UPDATE outbox SET state = :state, settled_at = :now, reason = :reason"
    " WHERE id = :id AND state = 'pending'"
)


def _resume(open_book: _Open, rows: Sequence[timed.Left], tx: Transaction) -> None:
    """Do delayed steps of one rule; what cannot go on is cancelled with the reason."""
    book = open_book(tx)
    pending = tx.read(timed.still_pending, [row.id for row in rows])
    rows = [row for row in rows if row.id in pending]
    if not rows:
        return
    rule = next((rule for rule in book.rules if rule.id == rows[0].automation_id), None)
    there = tx.read(timed.existing, [row.deal_id for row in rows])
    gone = [row for row in rows if row.deal_id not in there]
    _settle(tx, gone, "cancelled", "the deal is gone")
    rows = [row for row in rows if row.deal_id in there]
    if rule is None:
        _settle(tx, rows, "cancelled", "the automation is switched off, suspended or gone")
        return
    try:
        custom = tx.read(reads.known_fields)
        payload = json.loads(rows[0].payload)
        deeds = books.from_documents(payload["steps"], custom)
    except InvalidValue as error:
        _settle(tx, rows, "failed", error.sentence)
        return
    tx.describe(f"Automation {rule.name} went on")
    tx.operation.cause = rows[0].operation
    wanted = rule.wanted | books.needed(deeds)
    left = Resumed(rule._replace(wanted=wanted), deeds, tuple(map(_event, rows)))
    _settle(tx, rows, "sent", "")
    engine.resume(tx, book, left)


def _event(row: timed.Left) -> Event:
    payload = json.loads(row.payload)
    previous = payload.get("previous_stage")
    return Event(
        row.deal_id,
        frozenset({On(payload["event"])}),
        payload.get("root", row.deal_id),
        before={} if previous is None else {"stage_id": previous},
        contact_id=payload.get("contact"),
        path=tuple(payload.get("path", ())),
    )


def _settle(tx: Transaction, rows: Sequence[timed.Left], state: str, reason: str) -> None:
    now = moment_text(tx.now)
    tx.connection.executemany(
        _SETTLE, [{"id": row.id, "state": state, "now": now, "reason": reason} for row in rows]
    )


# ── rules that wait for a day ─────────────────────────────────────────────────────────────────


def _waiting(connection: Connection) -> list[int]:
    """Return the rules that wait for time, in their order."""
    return [
        rule_id
        for rule_id, _, definition in reads.definitions(connection)
        if json.loads(definition)["trigger"]["on"] in BY_CLOCK
    ]


def _fire(open_book: _Open, rule_id: int, after: int, tx: Transaction) -> int | None:
    """Run one rule for some of the deals behind one that it is time for; return the last one.

    None if there are no more.
    """
    book = open_book(tx)
    rule = next((rule for rule in book.rules if rule.id == rule_id), None)
    if rule is None:
        return None
    occurrences = {
        deal_id: occurrence
        for deal_id, occurrence in reversed(_occurrences(tx, rule))
        if deal_id > after
    }
    some = sorted(occurrences)[:BATCH]
    if not some:
        return None
    tx.describe(f"Automation {rule.name}")
    engine.run(tx, book, [_timed(rule, deal_id, occurrences[deal_id]) for deal_id in some])
    return some[-1]


def _timed(rule: Compiled, deal_id: int, occurrence: str) -> Event:
    return Event(
        deal_id, frozenset({rule.trigger.on}), deal_id, only=rule.id, occurrence=occurrence
    )


def _occurrences(tx: Transaction, rule: Compiled) -> timed.Found:
    """Return the deals that it is time for, with what it is time for."""
    trigger, today = rule.trigger, tx.today
    match trigger.on:
        case On.CLOSE_DATE:
            return tx.read(timed.closing, rule.id, today - timedelta(days=trigger.days))
        case On.ROTTING:
            return tx.read(timed.rotting, rule.id, today)
    last = today - timedelta(days=max(trigger.days, 1))
    return tx.read(timed.overdue, rule.id, last)


def _next(connection: Connection, now: datetime) -> datetime | None:
    """Return when the clock has something to do again."""
    moments: list[datetime] = []
    step = timed.next_step(connection)
    if step is not None:
        moments.append(step)
    if _waiting(connection):
        moments.append(_tomorrow(now))
    return min(moments, default=None)


def _tomorrow(now: datetime) -> datetime:
    """Return when the user's next day begins."""
    local = now.astimezone()
    day: date = local.date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day).astimezone()
