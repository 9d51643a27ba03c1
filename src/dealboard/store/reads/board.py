"""What the board shows: totals of its stages, windows of cards, and where a deal is.

Totals cover all deals that match, cards only those that are open or closed recently (decision 48).
Windows take the ids from a covering index first, then the rows by key: `OFFSET` over wide rows is
what makes deep pages slow.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.rotting import idle_days, rotting
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Card, StageTotals, Standing
from dealboard.errors import NotFound
from dealboard.store.driver import Connection
from dealboard.store.reads.activities import Plan, last_heard, plans
from dealboard.store.reads.links import contacts_of
from dealboard.store.reads.order import keys_of, order_by, precedes
from dealboard.store.reads.totals import stage_totals
from dealboard.store.reads.values import (
    PORTION,
    Params,
    day_or_none,
    full_name,
    listed,
    moment,
    moment_or_none,
    portions,
)
from dealboard.store.reads.where import day_start, in_lane, matching

_KINDS = {kind.value: kind for kind in StageKind}
"""By name: calling the enumeration for each card costs as much as making the card."""


def totals(
    connection: Connection,
    pipeline_id: int,
    criteria: DealFilter,
    *,
    stage_ids: Iterable[int] | None = None,
    today: date,
    tz: tzinfo | None = None,
    closed_before: date | None = None,
) -> dict[int, StageTotals]:
    """Return count, sum and weighted value per currency of a pipeline's stages, empty ones too.

    `stage_ids` asks for some of them only. `older` counts the deals closed before the beginning
    of the day `closed_before`; `tz` is the system's by default.
    """
    where = matching(criteria, today=today, tz=tz)
    cut = None if closed_before is None else day_start(closed_before, tz)
    wanted = None if stage_ids is None else frozenset(stage_ids)
    stages = connection.execute(
        "SELECT id, kind, probability FROM stage WHERE pipeline_id = :pipeline ORDER BY position",
        {"pipeline": pipeline_id},
    ).fetchall()
    return {
        stage_id: stage_totals(connection, stage_id, StageKind(kind), probability, where, cut)
        for stage_id, kind, probability in stages
        if wanted is None or stage_id in wanted
    }


def lane(
    connection: Connection,
    stage_id: int,
    criteria: DealFilter,
    sort: Sort,
    *,
    offset: int,
    limit: int,
    today: date,
    tz: tzinfo | None = None,
    closed_since: date | None = None,
) -> tuple[int, ...]:
    """Return the ids of the deals in a window of a stage, in order.

    `closed_since` leaves out deals closed before the beginning of that day.
    """
    where = in_lane(stage_id, criteria, today=today, tz=tz, closed_since=closed_since)
    rows = connection.execute(
        f"SELECT deal.id FROM deal WHERE {where.sql}"
        f" ORDER BY {order_by(keys_of(sort))} LIMIT :limit OFFSET :offset",
        {**where.params, "limit": limit, "offset": offset},
    )
    return tuple(row[0] for row in rows)


def position(
    connection: Connection,
    deal_id: int,
    criteria: DealFilter,
    sort: Sort,
    *,
    today: date,
    tz: tzinfo | None = None,
    closed_since: date | None = None,
    unfolded: frozenset[int] = frozenset(),
) -> tuple[int, int] | None:
    """Return a deal's stage and its row in the stage's lane, None where it is not shown.

    In the stages of `unfolded` deals are shown however long ago they were closed.
    """
    found = connection.execute(
        "SELECT stage_id FROM deal WHERE id = :deal", {"deal": deal_id}
    ).fetchone()
    if found is None:
        return None
    stage_id: int = found[0]
    since = None if stage_id in unfolded else closed_since
    where = in_lane(stage_id, criteria, today=today, tz=tz, closed_since=since)
    keys = keys_of(sort)
    values = connection.execute(
        f"SELECT {', '.join(key.sql for key in keys)} FROM deal"
        f" WHERE deal.id = :deal AND {where.sql}",
        {**where.params, "deal": deal_id},
    ).fetchone()
    if values is None:
        return None
    params = where.params.copy()
    before = precedes(keys, values, params)
    counted = connection.execute(
        f"SELECT count(*) FROM deal WHERE {where.sql} AND {before}",
        params,
    ).fetchone()
    return stage_id, counted[0]


_STANDING = (
    "id, title, stage_id, rank, stage_entered_at, close_date, close_date_auto, closed_at,"
    " last_open_stage_id, lost_reason"
)


def standing(connection: Connection, deal_id: int) -> Standing:
    """Return where a deal stands. Raises NotFound."""
    row = connection.execute(
        f"SELECT {_STANDING} FROM deal WHERE id = :deal", {"deal": deal_id}
    ).fetchone()
    if row is None:
        raise NotFound("deal", f"#{deal_id}")
    return _standing(row)


def standings(connection: Connection, deal_ids: Sequence[int]) -> tuple[Standing, ...]:
    """Return where deals stand, in no order; those that are gone are left out."""
    found: list[Standing] = []
    for some in portions(deal_ids):
        params: Params = {}
        rows = connection.execute(
            f"SELECT {_STANDING} FROM deal WHERE id IN ({listed('deal', some, params)})", params
        )
        found += map(_standing, rows)
    return tuple(found)


def _standing(row: tuple[Any, ...]) -> Standing:
    *place, entered, close_date, auto, closed_at, last_open, reason = row
    deal_id, title, stage_id, rank = place
    return Standing(
        deal_id,
        title,
        stage_id,
        rank,
        moment(entered),
        day_or_none(close_date),
        bool(auto),
        moment_or_none(closed_at),
        last_open,
        reason,
    )


def top(connection: Connection, stage_id: int, without: int = 0) -> tuple[int, int] | None:
    """Return rank and id of the topmost deal of a stage other than `without`; None if empty."""
    row = connection.execute(
        "SELECT rank, id FROM deal WHERE stage_id = :stage AND id != :without"
        " ORDER BY rank, id LIMIT 1",
        {"stage": stage_id, "without": without},
    ).fetchone()
    return None if row is None else (row[0], row[1])


def cards(
    connection: Connection, deal_ids: Sequence[int], today: date, tz: tzinfo | None = None
) -> tuple[Card, ...]:
    """Return the cards of these deals, in the order asked for; deals that are gone are left out.

    `today` is the day by which they rot.
    """
    found: dict[int, Card] = {}
    for some in portions(deal_ids):
        found |= _portion(connection, some, today, tz)
    return tuple(found[deal_id] for deal_id in deal_ids if deal_id in found)


def cards_anew(
    connection: Connection, deal_ids: Sequence[int], held: Mapping[int, Card], today: date
) -> dict[int, Card]:
    """Return the cards of these deals; those held already are read only where the deal changed."""
    params: Params = {}
    known = [each for each in deal_ids if each in held][:PORTION]
    rows = connection.execute(
        f"SELECT id, version FROM deal WHERE id IN ({listed('deal', known, params)})", params
    )
    same = {each: held[each] for each, version in rows if held[each].version == version}
    missing = [each for each in deal_ids if each not in same]
    return same | {card.id: card for card in cards(connection, missing, today)}


def _portion(
    connection: Connection, deal_ids: Sequence[int], today: date, tz: tzinfo | None
) -> dict[int, Card]:
    params: Params = {}
    names = contacts_of(connection, deal_ids, "first_name, last_name", full_name)
    planned = plans(connection, deal_ids)
    rows = connection.execute(
        'SELECT deal.id, deal.title, deal.stage_id, deal.owner_id, "user".name,'
        " deal.amount, deal.currency, stage.kind, deal.close_date, deal.created_at,"
        " deal.closed_at, deal.reference, deal.version,"
        " stage.rotting_days, max(deal.updated_at, deal.stage_entered_at)"
        ' FROM deal JOIN stage ON stage.id = deal.stage_id JOIN "user" ON "user".id = deal.owner_id'
        f" WHERE deal.id IN ({listed('deal', deal_ids, params)})",
        params,
    ).fetchall()
    rotten = _rotten(connection, rows, planned, today, tz)
    return {
        row[0]: _card(row[:13], names.get(row[0], ()), planned.get(row[0]), rotten.get(row[0]))
        for row in rows
    }


def _rotten(
    connection: Connection,
    rows: Sequence[tuple[Any, ...]],
    planned: Mapping[int, Plan],
    today: date,
    tz: tzinfo | None,
) -> dict[int, int]:
    """Return by deal the days that those which rot have been idle.

    What was said about a deal is asked only where it has not been touched itself for so long.
    """
    suspects: dict[int, tuple[int, datetime, date | None]] = {}
    for row in rows:
        deal_id, kind, limit, touched = row[0], row[7], *row[13:]
        if limit is None or kind != StageKind.OPEN:
            continue
        plan, last = planned.get(deal_id), moment(touched)
        awaited = plan.awaited if plan else None
        if rotting(limit, idle_days(last, today, tz), awaited, today) is not None:
            suspects[deal_id] = limit, last, awaited
    heard = last_heard(connection, suspects) if suspects else {}
    found: dict[int, int] = {}
    for deal_id, (limit, last, awaited) in suspects.items():
        idle = idle_days(max(last, heard.get(deal_id, last)), today, tz)
        if rotting(limit, idle, awaited, today) is not None:
            found[deal_id] = idle
    return found


def _card(
    row: tuple[Any, ...], contacts: tuple[str, ...], plan: Plan | None, rotten: int | None
) -> Card:
    *plain, kind, close_date, created_at, closed_at, reference, version = row
    deal_id, title, stage_id, owner_id, owner, amount, currency = plain
    return Card(
        deal_id,
        title,
        stage_id,
        _KINDS[kind],
        owner_id,
        owner,
        amount,
        currency,
        day_or_none(close_date),
        moment(created_at),
        moment_or_none(closed_at),
        reference,
        contacts,
        version,
        plan.step if plan else None,
        rotten,
    )
