"""The dry run of a rule: all of it happens, is put into words, and is taken back.

What fires the rule is taken for granted: a deal that is not in the stage of the trigger enters it
first. Other rules in force take part, as they would.
"""

from typing import TYPE_CHECKING, Literal, NoReturn

from dealboard.actions import deals
from dealboard.automations import engine, facts, run_log
from dealboard.automations.book import Book, Compiled, compiled
from dealboard.automations.events import Event
from dealboard.automations.facts import Places
from dealboard.automations.wording import Words
from dealboard.domain.automations import Check, Outcome, Preview
from dealboard.domain.rules import On, Rule, Test, holds
from dealboard.errors import NotFound
from dealboard.store.columns import moment_text
from dealboard.store.reads import automations as reads
from dealboard.store.reads.facts import subjects
from dealboard.store.transaction import Transaction

if TYPE_CHECKING:
    from dealboard.store.images import Image
    from dealboard.workspace import Workspace

UNKNOWN = 0
"""The id of a rule that is not kept yet."""


class _Over(Exception):
    """Ends a dry run, and takes all of it back."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(preview)
        self.preview = preview


def preview(
    workspace: "Workspace", rule: Rule, deal_id: int, *, automation_id: int | None = None
) -> Preview:
    """Return what a rule would do to a deal now; nothing is kept of it.

    `automation_id` is the kept rule whose place this one takes. Raises NotFound for the deal, and
    what `Workspace.run` raises.
    """

    def rehearse(tx: Transaction) -> NoReturn:
        raise _Over(_rehearsed(tx, workspace.locale, rule, deal_id, automation_id))

    try:
        workspace.run(rehearse, automations=False)
    except _Over as over:
        return over.preview
    raise AssertionError(rehearse)


def _rehearsed(
    tx: Transaction, locale: str, rule: Rule, deal_id: int, automation_id: int | None
) -> Preview:
    mine = compiled(automation_id or UNKNOWN, rule, tx.read(reads.known_fields))
    book = _book(tx, locale, mine)
    assumed = _assume(tx, rule, deal_id)
    places = Places(tx.connection)
    found = tx.read(subjects, [deal_id], mine.wanted)
    if deal_id not in found:
        raise NotFound("deal", f"#{deal_id}")
    event = _event(rule, deal_id, tx)._replace(only=mine.id)
    subject = found[deal_id]
    now = facts.of(subject, mine.wanted, places)
    before = facts.of(subject.updated(event.before), mine.wanted, places) if event.before else {}
    checks = tuple(
        Check(each, holds(Test("all", (each,)), now, before, tx.today))
        for each in rule.test.conditions
    )
    mark, words = len(tx.journal.noticed), Words(tx.connection, places, deal_id, locale)
    logged: list[run_log.Logged] = []
    engine.run(tx, book, [event], logged)
    tx.flush()
    rows = tx.connection.execute(
        "SELECT kind, payload, due_at, uid FROM outbox WHERE operation_seq = :seq ORDER BY id",
        {"seq": tx.operation.seq},
    ).fetchall()
    others = {each.id: each.name for each in book.rules if each.id != mine.id}
    lines = (
        *words.lines(tx.journal.noticed[mark:], others),
        *words.queued(rows, moment_text(tx.now)),
    )
    own = [each for each in logged if each.rule.id == mine.id]
    stopped = [each for each in logged if each.outcome is Outcome.STOPPED]
    troubles = [each.reason for each in (*own, *stopped) if each.reason]
    branch: Literal["then", "else", "none"] = "else" if rule.otherwise else "none"
    if holds(rule.test, now, before, tx.today):
        branch = "then"
    return Preview(checks, branch, lines, assumed, next(iter(troubles), ""))


def _book(tx: Transaction, locale: str, mine: Compiled) -> Book:
    """Return the rules in force with this one among them, in its place or behind them."""
    book = Book(locale)
    book.refresh(tx.connection, tx.read(reads.active))
    others = [mine if each.id == mine.id else each for each in book.rules]
    book.rules = tuple(others if mine in others else [*others, mine])
    return book


def _assume(tx: Transaction, rule: Rule, deal_id: int) -> str:
    """Let what fires the rule happen, as far as it can, and say so."""
    trigger = rule.trigger
    if trigger.on is not On.STAGE or trigger.to_stage is None:
        return ""
    row = tx.connection.execute(
        "SELECT stage_id, (SELECT name FROM stage WHERE id = :to) FROM deal WHERE id = :deal",
        {"deal": deal_id, "to": trigger.to_stage},
    ).fetchone()
    if row is None or row[0] == trigger.to_stage:
        return ""
    deals.move(tx, deal_id, stage_id=trigger.to_stage)
    tx.flush()
    return f"The deal enters {row[1]}."


def _event(rule: Rule, deal_id: int, tx: Transaction) -> Event:
    """Return what fires the rule."""
    trigger = rule.trigger
    before: Image = {}
    after: Image = {}
    for each in tx.journal.noticed:
        if each.touched.table == "deal" and each.touched.row_id == deal_id:
            before, after = each.touched.before or {}, each.touched.after or {}
    if trigger.on is On.STAGE:
        stage_id = tx.connection.execute(
            "SELECT stage_id FROM deal WHERE id = :deal", {"deal": deal_id}
        ).fetchone()
        now = stage_id[0] if stage_id else 0
        before = before | {"stage_id": trigger.from_stage or before.get("stage_id", now)}
        after = after | {"stage_id": now}
    return Event(
        deal_id,
        frozenset({trigger.on}),
        deal_id,
        frozenset(trigger.fields),
        before,
        after,
    )
