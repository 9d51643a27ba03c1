"""Which deals a filter means: the one place where `DealFilter` becomes SQL.

Every condition is on the table `deal` alone, so that any read of deals can take it; values are
always bound, never written into the text.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from dealboard.domain.filters import DealFilter
from dealboard.domain.stages import StageKind
from dealboard.domain.text import digits, fold
from dealboard.store.reads.values import Params, listed, moment_text

SHORTEST_NUMBER = 3
"""Digits from which a text written like a phone number is also looked for as one."""

PHONE_SIGNS = frozenset("+-.()/ ")
"""What people put between the digits of a phone number."""

LONGEST_TEXT = 1000
"""Characters of a search text that are looked for: more than any field of a deal has."""


class Where(NamedTuple):
    """A condition on `deal` rows with the values of its parameters.

    `wide` conditions look at more than stage, currency, amount, closing and owner, which are what
    the index `deal_totals` holds; the wider `deal_lane` holds everything that filters look at.
    """

    sql: str
    params: Params
    wide: bool = False


def matching(criteria: DealFilter, *, today: date, tz: tzinfo | None = None) -> Where:
    """Return what a deal must be to match: filters with AND, values inside one with OR.

    `today` decides what is overdue; `tz` is where the days of creation begin and end, by default
    the system's time zone.
    """
    params: Params = {}
    narrow = _joined(
        _pipelines(criteria, params),
        _stages(criteria, params),
        _owners(criteria, params),
        _kinds(criteria, params),
    )
    wide = _joined(
        _name(criteria, params), _created(criteria, tz, params), _close(criteria, today, params)
    )
    return Where(_joined(narrow, wide) or "TRUE", params, wide=bool(wide))


def day_start(day: date, tz: tzinfo | None = None) -> str | None:
    """Return the moment a local day begins, as it is kept; None beyond the calendar's ends."""
    try:
        return moment_text(datetime.combine(day, time.min, tzinfo=tz).astimezone(UTC))
    except (OverflowError, ValueError):
        return None


def in_lane(
    stage_id: int,
    criteria: DealFilter,
    *,
    today: date,
    tz: tzinfo | None = None,
    closed_since: date | None = None,
) -> Where:
    """Return what a deal must be to match in a stage and, if closed, since the start of a day."""
    where = matching(criteria, today=today, tz=tz)
    conditions = ["deal.stage_id = :stage", where.sql]
    params = where.params | {"stage": stage_id}
    cut = closed_since and day_start(closed_since, tz)
    if cut:
        conditions.append("(deal.closed_at IS NULL OR deal.closed_at >= :cut)")
        params["cut"] = cut
    return Where(" AND ".join(conditions), params, where.wide)


def contains(column: str, text: str, params: Params) -> str:
    """Return the condition for a folded column to hold a text, or its digits as a phone number.

    Empty for a text without anything to look for.
    """
    likes = []
    for index, part in enumerate(_searched(text)):
        params[f"search_{index}"] = f"%{_escaped(part)}%"
        likes.append(f"{column} LIKE :search_{index} ESCAPE '\\'")
    return _any(likes)


def starts(column: str, text: str, params: Params) -> str:
    """Return the condition for a folded column to begin with a text."""
    params["prefix"] = f"{_escaped(fold(text[:LONGEST_TEXT]))}%"
    return f"{column} LIKE :prefix ESCAPE '\\'"


def _searched(text: str) -> Iterator[str]:
    folded = fold(text[:LONGEST_TEXT])
    if folded:
        yield folded
    number = digits(folded)
    like_a_phone = all(char.isdecimal() or char in PHONE_SIGNS for char in folded)
    if like_a_phone and len(number) >= SHORTEST_NUMBER and number != folded:
        yield number


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _name(criteria: DealFilter, params: Params) -> str:
    return contains("deal.search", criteria.name, params)


def _pipelines(criteria: DealFilter, params: Params) -> str:
    if not criteria.pipelines:
        return ""
    ids = listed("of_pipeline", sorted(criteria.pipelines), params)
    return f"deal.stage_id IN (SELECT id FROM stage WHERE pipeline_id IN ({ids}))"


def _stages(criteria: DealFilter, params: Params) -> str:
    if not criteria.stages:
        return ""
    return f"deal.stage_id IN ({listed('of_stage', sorted(criteria.stages), params)})"


def _owners(criteria: DealFilter, params: Params) -> str:
    if not criteria.owners:
        return ""
    return f"deal.owner_id IN ({listed('of_owner', sorted(criteria.owners), params)})"


def _kinds(criteria: DealFilter, params: Params) -> str:
    if not criteria.kinds:
        return ""
    kinds = listed("of_kind", sorted(criteria.kinds), params)
    return f"deal.stage_id IN (SELECT id FROM stage WHERE kind IN ({kinds}))"


def _created(criteria: DealFilter, tz: tzinfo | None, params: Params) -> str:
    """Local days of creation, as the moments in UTC at which they begin and end."""
    days = criteria.created
    if days is None:
        return ""
    conditions = []
    if days.first and (start := day_start(days.first, tz)):
        params["created_from"] = start
        conditions.append("deal.created_at >= :created_from")
    if days.last and days.last < date.max:
        end = day_start(days.last + timedelta(days=1), tz)
        if end:
            params["created_before"] = end
            conditions.append("deal.created_at < :created_before")
    return _joined(*conditions)


def _close(criteria: DealFilter, today: date, params: Params) -> str:
    """Close date in a range, none, or overdue: any of those asked for."""
    conditions = []
    if criteria.close is not None:
        conditions.append(_close_range(criteria, params))
    if criteria.no_close_date:
        conditions.append("deal.close_date IS NULL")
    if criteria.overdue:
        params |= {"today": today.isoformat(), "open": StageKind.OPEN.value}
        conditions.append(
            "(deal.close_date < :today"
            " AND deal.stage_id IN (SELECT id FROM stage WHERE kind = :open))"
        )
    return _any(conditions)


def _close_range(criteria: DealFilter, params: Params) -> str:
    conditions = ["deal.close_date IS NOT NULL"]
    if criteria.close and criteria.close.first:
        params["close_first"] = criteria.close.first.isoformat()
        conditions.append("deal.close_date >= :close_first")
    if criteria.close and criteria.close.last:
        params["close_last"] = criteria.close.last.isoformat()
        conditions.append("deal.close_date <= :close_last")
    return f"({_joined(*conditions)})"


def _joined(*conditions: str) -> str:
    return " AND ".join(filter(None, conditions))


def _any(conditions: list[str]) -> str:
    return f"({' OR '.join(conditions)})" if conditions else ""
