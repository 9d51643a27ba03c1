"""Automations in their order, what came of them, and the fields of contacts that rules may name."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from dealboard.domain import rules
from dealboard.domain.automations import Automation, Outcome, Run
from dealboard.domain.catalogue import CUSTOM, Kind, Known
from dealboard.domain.text import fold
from dealboard.domain.views import FieldKind
from dealboard.errors import InvalidValue, NotFound, UnknownName
from dealboard.store.driver import Connection
from dealboard.store.reads.fields import fields
from dealboard.store.reads.values import Params, moment, moment_or_none

PAGE = 200
"""Runs read at a time."""

Active = tuple[tuple[int, int, int], ...]
"""Position, id and version of every rule that runs, in the order in which they run."""

_KINDS = {
    FieldKind.TEXT: Kind.TEXT,
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.DATE: Kind.DATE,
    FieldKind.CHOICE: Kind.CHOICE,
}


def active(connection: Connection) -> Active:
    """Return which rules run: what every write asks, answered from one small index."""
    rows = connection.execute(
        "SELECT position, id, version FROM automation"
        " WHERE enabled = 1 AND suspended_at IS NULL ORDER BY position, id"
    )
    return tuple(rows.fetchall())


def known_fields(connection: Connection) -> tuple[Known, ...]:
    """Return the workspace's own fields of contacts as the catalogue names them."""
    return tuple(
        Known(f"{CUSTOM}{each.name}", _KINDS[each.kind], each.name, each.choices)
        for each in fields(connection)
    )


def automations(connection: Connection) -> tuple[Automation, ...]:
    """Return all rules in the order in which they run."""
    return tuple(_read(connection, "TRUE", {}))


def automation(connection: Connection, automation_id: int) -> Automation:
    """Return a rule. Raises NotFound."""
    for found in _read(connection, "automation.id = :id", {"id": automation_id}):
        return found
    raise NotFound("automation", f"#{automation_id}")


def find(connection: Connection, who: str) -> Automation:
    """Return the rule with an id ("3", "#3") or a name, case and accents ignored.

    Raises UnknownName.
    """
    known = automations(connection)
    number = who.strip().removeprefix("#")
    for each in known:
        if number == str(each.id):
            return each
    for each in known:
        if fold(each.name) == fold(who):
            return each
    raise UnknownName("automation", who, known=tuple(each.name for each in known))


def definitions(connection: Connection) -> tuple[tuple[int, str, str], ...]:
    """Return id, name and definition of every rule that runs, in their order."""
    rows = connection.execute(
        "SELECT id, name, definition FROM automation"
        " WHERE enabled = 1 AND suspended_at IS NULL ORDER BY position, id"
    )
    return tuple(rows.fetchall())


def definition(connection: Connection, automation_id: int) -> str:
    """Return a rule's JSON as it is kept, readable or not. Raises NotFound."""
    row = connection.execute(
        "SELECT definition FROM automation WHERE id = :id", {"id": automation_id}
    ).fetchone()
    if row is None:
        raise NotFound("automation", f"#{automation_id}")
    return str(row[0])


def runs(
    connection: Connection,
    *,
    automation_id: int | None = None,
    deal_id: int | None = None,
    outcomes: Sequence[Outcome] = (),
    limit: int = PAGE,
    before: int | None = None,
) -> tuple[Run, ...]:
    """Return what came of rules, newest first; `before` is the id of the last one seen."""
    params: Params = {"limit": limit}
    where = ["TRUE"]
    for column, value in (("automation_id", automation_id), ("deal_id", deal_id)):
        if value is not None:
            where.append(f"run.{column} = :{column}")
            params[column] = value
    if before is not None:
        where.append("run.id < :before")
        params["before"] = before
    if outcomes:
        marks = {f"outcome_{index}": each.value for index, each in enumerate(outcomes)}
        where.append(f"run.outcome IN ({', '.join(f':{key}' for key in marks)})")
        params |= marks
    rows = connection.execute(
        "SELECT run.id, run.automation_id, automation.name, run.deal_id, deal.title,"
        " operation.seq, run.at, run.outcome, run.detail, operation.undone_by IS NOT NULL"
        " FROM automation_run AS run"
        " LEFT JOIN automation ON automation.id = run.automation_id"
        " LEFT JOIN deal ON deal.id = run.deal_id"
        " LEFT JOIN operation ON operation.seq = run.operation_seq"
        f" WHERE {' AND '.join(where)} ORDER BY run.id DESC LIMIT :limit",
        params,
    )
    return tuple(_run(*row) for row in rows)


def _run(
    run_id: int,
    automation_id: int,
    name: str | None,
    deal_id: int | None,
    title: str | None,
    operation: int | None,
    at: str,
    outcome: str,
    kept: str,
    undone: int,
) -> Run:
    detail = json.loads(kept)
    return Run(
        run_id,
        automation_id,
        name or detail.get("rule", f"#{automation_id}"),
        deal_id,
        title or detail.get("deal", ""),
        operation,
        moment(at),
        Outcome(outcome),
        detail.get("event", ""),
        detail.get("reason", ""),
        tuple(detail.get("did", ())),
        tuple(detail.get("chain", ())),
        bool(undone),
    )


def _read(connection: Connection, where: str, params: Params) -> Iterator[Automation]:
    custom = known_fields(connection)
    rows = connection.execute(
        "SELECT id, uid, name, enabled, position, definition, trips, suspended_at,"
        " (SELECT count(*) FROM automation_run AS run WHERE run.automation_id = automation.id),"
        " (SELECT count(*) FROM automation_run AS run WHERE run.automation_id = automation.id"
        " AND run.outcome IN ('failed', 'stopped') AND run.id > coalesce((SELECT max(good.id)"
        " FROM automation_run AS good WHERE good.automation_id = automation.id"
        " AND good.outcome IN ('ran', 'otherwise')), 0)),"
        " (SELECT run.at || run.outcome FROM automation_run AS run"
        " WHERE run.automation_id = automation.id ORDER BY run.id DESC LIMIT 1),"
        " (SELECT count(*) FROM outbox WHERE kind = 'step' AND state = 'pending'"
        " AND outbox.automation_id = automation.id), version"
        f" FROM automation WHERE {where} ORDER BY position, id",
        params,
    ).fetchall()
    return (_automation(custom, *row) for row in rows)


def _automation(custom: Sequence[Known], *row: Any) -> Automation:
    row_id, uid, name, enabled, position, definition, trips, suspended_at, *rest = row
    count, failures, last, waiting, version = rest
    rule, problem = None, ""
    try:
        rule = rules.parse(
            json.loads(definition) | {"name": name, "enabled": bool(enabled)}, custom
        )
    except InvalidValue as error:
        problem = error.sentence
    return Automation(
        row_id,
        uid,
        name,
        bool(enabled),
        position,
        rule,
        problem,
        trips,
        moment_or_none(suspended_at),
        count,
        failures,
        moment(last[:_MOMENT]) if last else None,
        Outcome(last[_MOMENT:]) if last else None,
        waiting,
        version,
    )


_MOMENT = len("2026-11-23T09:00:00.000000Z")
"""Characters of a moment as it is kept."""
