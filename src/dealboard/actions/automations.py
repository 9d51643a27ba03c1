"""Automations: rules that are kept, switched on and off, ordered and deleted.

A rule is checked whole when it is saved: its fields against the catalogue with the workspace's
own, its stages, pipelines and users against those that are there. Running rules is not here: see
`dealboard.automations`.
"""

import json
from collections.abc import Iterable, Iterator

from sqlmodel import col, select

from dealboard.actions import access
from dealboard.actions.rows import check_position, key, required
from dealboard.domain import rules
from dealboard.domain.rules import ARGUMENTS, Do, Rule, Step
from dealboard.errors import InvalidValue, NotFound, Refused
from dealboard.store.ids import new_uid
from dealboard.store.reads import automations as reads
from dealboard.store.reads import pipelines, team
from dealboard.store.tables import Automation
from dealboard.store.transaction import Transaction

MAX_RULES = 100
NAME_LIMIT = 120


def create(tx: Transaction, rule: Rule) -> int:
    """Keep a rule behind the others and return its id."""
    access.full_access(tx)
    known = _all(tx)
    if len(known) >= MAX_RULES:
        raise Refused(f"At most {MAX_RULES} automations can be kept.", "Delete one of them first.")
    rule = _checked(tx, rule)
    row = Automation(
        uid=new_uid(tx.now),
        created_at=tx.now,
        updated_at=tx.now,
        name=_name(rule.name, known),
        enabled=rule.enabled,
        position=len(known) + 1,
        definition=_definition(rule),
    )
    tx.add([row])
    tx.describe(f"Created automation {row.name}")
    return key(row)


def edit(tx: Transaction, automation_id: int, rule: Rule) -> None:
    """Make a rule this one; a suspended rule that is changed gets another chance.

    What it has delayed already goes on as it was.
    """
    access.full_access(tx)
    row = tx.get(Automation, automation_id)
    rule = _checked(tx, rule)
    name = _name(rule.name, (other for other in _all(tx) if other.id != automation_id))
    tx.describe(f"Edited automation {row.name}")
    row.name, row.definition, row.enabled = name, _definition(rule), rule.enabled
    _forgive(tx, row)


def enable(tx: Transaction, automation_id: int) -> None:
    """Switch a rule on; one that the guard suspended gets another chance."""
    access.full_access(tx)
    row = tx.get(Automation, automation_id)
    if not row.enabled or row.suspended_at is not None:
        tx.describe(f"Switched on automation {row.name}")
    row.enabled = True
    _forgive(tx, row)


def disable(tx: Transaction, automation_id: int) -> None:
    """Switch a rule off; what it has delayed is dropped when it comes due."""
    access.full_access(tx)
    row = tx.get(Automation, automation_id)
    if row.enabled:
        tx.describe(f"Switched off automation {row.name}")
    row.enabled = False


def move(tx: Transaction, automation_id: int, position: int | None = None, *, by: int = 0) -> None:
    """Put a rule at a position, counting from 1, or so many places on; no further than the ends."""
    access.full_access(tx)
    row = tx.get(Automation, automation_id)
    known = _all(tx)
    order = [other for other in known if other.id != automation_id]
    if position is None:
        position = min(max(known.index(row) + 1 + by, 1), len(known))
    order.insert(check_position(position, len(known)) - 1, row)
    tx.describe(f"Moved automation {row.name} to position {position}")
    _number(order)


def delete(tx: Transaction, automation_id: int) -> None:
    """Delete a rule; its run log stays, what it has delayed is dropped when it comes due."""
    access.full_access(tx)
    row = tx.get(Automation, automation_id)
    tx.describe(f"Deleted automation {row.name}")
    tx.session.delete(row)
    tx.session.flush()
    _number(_all(tx))


# ── checked ───────────────────────────────────────────────────────────────────────────────────


def _checked(tx: Transaction, rule: Rule) -> Rule:
    """Return the rule as it is kept, or raise InvalidValue, MissingField or NotFound."""
    rule = rules.parse(rules.document(rule), tx.read(reads.known_fields))
    stages = {stage.id: stage for stage in tx.read(pipelines.all_stages)}
    known = {
        "stage": set(stages),
        "pipeline": {each.id for each in tx.read(pipelines.pipelines)},
        "user": {each.id for each in tx.read(team.users, active_only=True)},
    }
    for kind, row_id in _named(rule):
        if row_id not in known[kind]:
            hint = "Deactivated users get nothing from automations." if kind == "user" else ""
            raise NotFound(kind, f"#{row_id}", hint)
    for step in (*rule.then, *rule.otherwise):
        stage = stages.get(step.args.get("stage", 0))
        if step.do is Do.CREATE_DEAL and stage and stage.pipeline_id != step.args["pipeline"]:
            raise InvalidValue("stage", stage.name, "it is not in the pipeline of the new deal")
    return rule


def _named(rule: Rule) -> Iterator[tuple[str, int]]:
    """Yield the rows that a rule names by id: what they are, and which."""
    trigger = rule.trigger
    for kind, row_id in (
        ("stage", trigger.from_stage),
        ("stage", trigger.to_stage),
        ("pipeline", trigger.pipeline),
    ):
        if row_id is not None:
            yield kind, row_id
    for step in (*rule.then, *rule.otherwise):
        yield from _named_in(step)


def _named_in(step: Step) -> Iterator[tuple[str, int]]:
    for name, argument in ARGUMENTS[step.do].items():
        if argument.kind in ("stage", "pipeline", "user") and name in step.args:
            yield argument.kind, step.args[name]


def _definition(rule: Rule) -> str:
    document = rules.document(rule)
    del document["name"], document["enabled"]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _name(text: str, others: Iterable[Automation]) -> str:
    name = required(text, "name", "an automation needs one", limit=NAME_LIMIT)
    if name.casefold() in {other.name.casefold() for other in others}:
        raise InvalidValue("name", name, "that name is taken", "Choose another name.")
    return name


def _forgive(tx: Transaction, row: Automation) -> None:
    if row.suspended_at is not None:
        tx.journal.kept = True  # the guard's columns are not journalled, but this was done
    row.trips, row.suspended_at = 0, None
    tx.session.flush()


def _all(tx: Transaction) -> list[Automation]:
    query = select(Automation).order_by(col(Automation.position), col(Automation.id))
    return list(tx.session.exec(query))


def _number(rows: Iterable[Automation]) -> None:
    for position, row in enumerate(rows, start=1):
        row.position = position
