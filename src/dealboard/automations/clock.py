"""What time brings: delayed actions that are due, and rules that wait for a day.

Nobody acts then but the clock: what it does is an operation of its own, undone from History
(decision 79). A rule fires once per deal and occurrence; the run log remembers which, so that
what was missed while nothing ran is made up, and nothing happens twice.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dealboard.automations import book as books
from dealboard.automations import engine, run_log
from dealboard.automations.book import Book, Compiled
from dealboard.automations.engine import Resumed
from dealboard.automations.events import Event
from dealboard.domain.rules import On
from dealboard.errors import InvalidValue
from dealboard.store.columns import moment_text
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

    `next_at` is when the next delayed action is due, or rules that wait for a day are to be looked
    at again; None if neither is ever.
    """

    operations: tuple[int, ...]
    runs: Mapping[str, int]
    notes: tuple[str, ...]
    next_at: datetime | None


def due(workspace: "Workspace") -> Due:
    """Run everything whose time has come. Raises what `Workspace.run` raises."""
    return _Round(workspace).run()


class _Survey(NamedTuple):
    """What there is to do: delayed steps, those of one rule and operation together, and rules."""

    last_run: int
    steps: list[list[timed.Left]]
    rules: list[int]


class _Round:
    """One look at the clock; on the writer thread, in transactions only."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._operations: list[int] = []
        self._notes: list[str] = []

    def run(self) -> Due:
        """Do what is due and say what came of it."""
        survey = self._act(_surveyed)
        for rows in survey.steps:
            self._act(partial(_resume, self._book, rows))
        for rule_id in survey.rules:
            while self._fire(rule_id):
                pass  # a deal with several overdue tasks comes once for each
        runs, next_at = self._act(partial(_summary, survey.last_run))
        notes = tuple(dict.fromkeys(self._notes))
        return Due(tuple(self._operations), runs, notes, next_at)

    def _fire(self, rule_id: int) -> bool:
        """Run a rule for every deal that it is time for, some at a time; False if none was."""
        last: int | None = 0
        ran = False
        while last is not None:
            last, some = self._act(partial(_fire, self._book, rule_id, last))
            ran = ran or some
        return ran

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


def _surveyed(tx: Transaction) -> _Survey:
    found = tx.read(timed.due_steps, tx.now)
    alike = groupby(found, key=lambda row: (row.automation_id, row.operation, row.alike))
    steps = [
        some[start : start + BATCH]
        for some in (list(rows) for _, rows in alike)
        for start in range(0, len(some), BATCH)
    ]
    rules = [rule_id for rule_id, _ in tx.read(timed.waiting)]
    return _Survey(tx.read(timed.newest_run), steps, rules)


def _summary(last_run: int, tx: Transaction) -> tuple[Mapping[str, int], datetime | None]:
    return tx.read(timed.outcomes_after, last_run), tx.read(timed.next_look, tx.now, tx.now)


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


def _fire(open_book: _Open, rule_id: int, after: int, tx: Transaction) -> tuple[int | None, bool]:
    """Run one rule for some of the deals behind one; return the last one, and if it ran for any.

    The last one is None if there are no more.
    """
    book = open_book(tx)
    rule = next((rule for rule in book.rules if rule.id == rule_id), None)
    if rule is None:
        return None, False
    occurrences = {
        deal_id: occurrence
        for deal_id, occurrence in reversed(_occurrences(tx, rule))
        if deal_id > after
    }
    some = sorted(occurrences)[:BATCH]
    if not some:
        return None, False
    tx.describe(f"Automation {rule.name}")
    came: list[run_log.Logged] = []
    engine.run(tx, book, [_timed(rule, deal_id, occurrences[deal_id]) for deal_id in some], came)
    return some[-1], bool(came)


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
