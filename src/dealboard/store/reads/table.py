"""What the table of deals shows: the whole order as ids, and the rows of some of them.

The order comes out of SQLite as one text: fetching 100,000 rows one by one takes longer than
finding them, and holds up the event loop meanwhile.
"""

import json
from array import array
from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Row
from dealboard.store.driver import Connection
from dealboard.store.reads.deals import matching_ids
from dealboard.store.reads.links import contacts_of
from dealboard.store.reads.order import stretches
from dealboard.store.reads.values import (
    Params,
    day_or_none,
    full_name,
    listed,
    moment,
    moment_or_none,
    portions,
)

FIRST = 60
"""Rows that fill a screen."""

_KINDS = {kind.value: kind for kind in StageKind}


def order(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    *,
    today: date,
    tz: tzinfo | None = None,
) -> "array[int]":
    """Return the ids of all deals that match, of all pipelines, in order."""
    ids: array[int] = array("q")
    for stretch in stretches(connection, criteria, sort, today=today, tz=tz):
        # The limit, which is none, has SQLite keep the order of the inner query.
        (listing,) = connection.execute(
            f"SELECT group_concat(id) FROM (SELECT deal.id AS id FROM deal {stretch.sql} LIMIT -1)",
            stretch.params,
        ).fetchone()
        if listing:
            ids.extend(json.loads(f"[{listing}]"))
    return ids


def first_ids(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    *,
    limit: int = FIRST,
    today: date,
    tz: tzinfo | None = None,
) -> "array[int]":
    """Return how `order` begins, in a fraction of its time."""
    ids = matching_ids(connection, criteria, sort, limit=limit, today=today, tz=tz)
    return array("q", ids)


def rows(connection: Connection, deal_ids: Sequence[int]) -> tuple[Row, ...]:
    """Return these deals in the order asked for; those that are gone are left out."""
    found: dict[int, Row] = {}
    for some in portions(deal_ids):
        found |= _portion(connection, some)
    return tuple(found[deal_id] for deal_id in deal_ids if deal_id in found)


def _portion(connection: Connection, deal_ids: Sequence[int]) -> dict[int, Row]:
    params: Params = {}
    names = contacts_of(connection, deal_ids, "first_name, last_name", full_name)
    found = connection.execute(
        "SELECT deal.id, deal.title, pipeline.name, deal.stage_id, stage.name, stage.kind,"
        ' "user".name, "user".active, deal.amount, deal.currency, deal.close_date,'
        " deal.created_at, deal.closed_at, deal.reference, deal.version"
        " FROM deal JOIN stage ON stage.id = deal.stage_id"
        " JOIN pipeline ON pipeline.id = stage.pipeline_id"
        ' JOIN "user" ON "user".id = deal.owner_id'
        f" WHERE deal.id IN ({listed('deal', deal_ids, params)})",
        params,
    )
    return {row[0]: _row(row, names.get(row[0], ())) for row in found}


def _row(row: tuple[Any, ...], contacts: tuple[str, ...]) -> Row:
    (
        deal_id, title, pipeline, stage_id, stage, kind, owner, owner_active, amount, currency,
        close_date, created_at, closed_at, reference, version,
    ) = row  # fmt: skip
    return Row(
        deal_id,
        title,
        pipeline,
        stage_id,
        stage,
        _KINDS[kind],
        owner,
        bool(owner_active),
        amount,
        currency,
        day_or_none(close_date),
        moment(created_at),
        moment_or_none(closed_at),
        contacts,
        reference,
        version,
    )
