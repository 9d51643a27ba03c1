"""Deals in full: one, those that match a filter, and what they amount to together."""

from collections.abc import Sequence
from datetime import date, tzinfo
from itertools import chain
from typing import Any, NamedTuple

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.views import Deal, Person, Pipeline, Stage, Subtotal, User
from dealboard.errors import InvalidValue, NotFound
from dealboard.store.driver import Connection
from dealboard.store.reads.links import contacts_of
from dealboard.store.reads.order import stretches
from dealboard.store.reads.pipelines import PIPELINE, STAGE, all_stages, pipeline_of, stage_of
from dealboard.store.reads.team import USER, user_of
from dealboard.store.reads.totals import by_size, stage_totals
from dealboard.store.reads.values import (
    Params,
    day_or_none,
    full_name,
    listed,
    moment,
    moment_or_none,
    portions,
)
from dealboard.store.reads.where import matching

_DEAL = (
    "deal.id, deal.uid, deal.title, deal.amount, deal.currency, deal.close_date,"
    " deal.close_date_auto, deal.reference, deal.lost_reason, deal.created_at, deal.updated_at,"
    " deal.closed_at, deal.stage_entered_at, deal.version"
)
_PERSON = "contact.id, first_name, last_name, phone, email, phone_key"

SHOWN = 5
"""Deals named where a reference is not unique."""

NO_LIMIT = 2**62
"""More rows than a table holds."""


class Owned(NamedTuple):
    """A deal and whose it is: what is asked of many deals before something is done to them."""

    id: int
    title: str
    owner_id: int


class Held(NamedTuple):
    """The plain fields of a deal, as they are kept: what an edit of many compares and writes."""

    id: int
    title: str
    owner_id: int
    amount: int | None
    currency: str
    close_date: str | None
    close_date_auto: int
    reference: str | None


_HELD = ", ".join(Held._fields)


def deal(connection: Connection, deal_id: int) -> Deal:
    """Return a deal. Raises NotFound."""
    found = by_ids(connection, [deal_id])
    if not found:
        raise NotFound("deal", f"#{deal_id}")
    return found[0]


def find(connection: Connection, *, uid: str | None = None, reference: str | None = None) -> Deal:
    """Return the deal with a uid, or with a reference.

    Raises NotFound, and InvalidValue when several deals bear the reference (decision 41).
    """
    column, key = ("uid", uid) if uid is not None else ("reference", reference)
    try:
        rows = connection.execute(
            f"SELECT id FROM deal WHERE {column} = :key ORDER BY id",
            {"key": key},
        ).fetchall()
    except UnicodeEncodeError:  # not text, so that no deal can bear it
        rows = []
    match [row[0] for row in rows]:
        case []:
            raise NotFound(f"deal with {column}", key)
        case [deal_id]:
            return deal(connection, deal_id)
        case ids:
            named = ", ".join(f"#{deal_id}" for deal_id in ids[:SHOWN])
            raise InvalidValue(column, key, f"{len(ids)} deals bear it: {named}", "Name one by id.")


def deals(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    *,
    limit: int | None = None,
    offset: int = 0,
    today: date,
    tz: tzinfo | None = None,
) -> tuple[Deal, ...]:
    """Return the deals that match, of all pipelines, in order; without `limit` all of them."""
    ids = matching_ids(connection, criteria, sort, limit=limit, offset=offset, today=today, tz=tz)
    return by_ids(connection, ids)


def matching_ids(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    *,
    limit: int | None = None,
    offset: int = 0,
    today: date,
    tz: tzinfo | None = None,
) -> tuple[int, ...]:
    """Return the ids of the deals that match, in order: `table.order` has all of them sooner."""
    end = NO_LIMIT if limit is None else offset + limit
    ids: list[int] = []
    for stretch in stretches(connection, criteria, sort, today=today, tz=tz):
        rows = connection.execute(
            f"SELECT deal.id FROM deal {stretch.sql} LIMIT :room",
            {**stretch.params, "room": end - len(ids)},
        )
        ids += (row[0] for row in rows)
        if len(ids) == end:
            break
    return tuple(ids[offset:])


def count_and_totals(
    connection: Connection, criteria: DealFilter, *, today: date, tz: tzinfo | None = None
) -> tuple[int, tuple[Subtotal, ...]]:
    """Return how many deals match, in all pipelines, and their money per currency."""
    where = matching(criteria, today=today, tz=tz)
    found = [
        stage_totals(connection, stage.id, stage.kind, stage.probability, where, None)
        for stage in all_stages(connection)
    ]
    money: dict[str, list[Subtotal]] = {}
    for subtotal in chain.from_iterable(each.totals for each in found):
        money.setdefault(subtotal.currency, []).append(subtotal)
    return sum(each.deals for each in found), by_size(
        Subtotal(currency, sum(each.amount for each in some), sum(each.weighted for each in some))
        for currency, some in money.items()
    )


def by_ids(connection: Connection, deal_ids: Sequence[int]) -> tuple[Deal, ...]:
    """Return these deals in the order asked for; those that are gone are left out."""
    found: dict[int, Deal] = {}
    for some in portions(deal_ids):
        found |= _portion(connection, some)
    return tuple(found[deal_id] for deal_id in deal_ids if deal_id in found)


def owned(connection: Connection, deal_ids: Sequence[int]) -> tuple[Owned, ...]:
    """Return titles and owners of these deals; those that are gone are left out."""
    found: list[Owned] = []
    for some in portions(deal_ids):
        params: Params = {}
        rows = connection.execute(
            f"SELECT id, title, owner_id FROM deal WHERE id IN ({listed('deal', some, params)})",
            params,
        )
        found += map(Owned._make, rows)
    return tuple(found)


def held(connection: Connection, deal_ids: Sequence[int]) -> dict[int, Held]:
    """Return the plain fields of these deals by id; those that are gone are left out."""
    found: dict[int, Held] = {}
    for some in portions(deal_ids):
        rows = connection.execute(
            f"SELECT {_HELD} FROM deal WHERE id IN ({', '.join('?' * len(some))})", some
        )
        found |= {row[0]: Held._make(row) for row in rows}
    return found


def _portion(connection: Connection, deal_ids: Sequence[int]) -> dict[int, Deal]:
    people = contacts_of(connection, deal_ids, _PERSON, _person)
    known = _Known({}, {}, {})
    rows = connection.execute(
        f"SELECT {_DEAL}, {PIPELINE}, {STAGE}, {USER} FROM deal"
        " JOIN stage ON stage.id = deal.stage_id JOIN pipeline ON pipeline.id = stage.pipeline_id"
        ' JOIN "user" ON "user".id = deal.owner_id'
        f" WHERE deal.id IN ({', '.join('?' * len(deal_ids))})",
        deal_ids,
    )
    return {row[0]: _deal(row, people.get(row[0], ()), known) for row in rows}


class _Known(NamedTuple):
    """What many deals have in common, made once."""

    pipelines: dict[int, Pipeline]
    stages: dict[int, Stage]
    owners: dict[int, User]


def _person(contact_id: int, first: str, last: str, *reached: str | None) -> Person:
    return Person(contact_id, full_name(first, last), *reached)


def _deal(row: tuple[Any, ...], contacts: tuple[Person, ...], known: _Known) -> Deal:
    (
        deal_id, uid, title, amount, currency, close_date, close_date_auto, reference,
        lost_reason, created_at, updated_at, closed_at, stage_entered_at, version,
    ) = row[:14]  # fmt: skip
    if row[18] not in known.stages:
        known.pipelines[row[14]] = pipeline_of(row[14:18])
        known.stages[row[18]] = stage_of(row[18:26])
    if row[26] not in known.owners:
        known.owners[row[26]] = user_of(row[26:])
    return Deal(
        id=deal_id,
        uid=uid,
        title=title,
        pipeline=known.pipelines[row[14]],
        stage=known.stages[row[18]],
        owner=known.owners[row[26]],
        amount=amount,
        currency=currency,
        close_date=day_or_none(close_date),
        close_date_auto=bool(close_date_auto),
        reference=reference,
        lost_reason=lost_reason,
        created_at=moment(created_at),
        updated_at=moment(updated_at),
        closed_at=moment_or_none(closed_at),
        stage_entered_at=moment(stage_entered_at),
        contacts=contacts,
        version=version,
    )
