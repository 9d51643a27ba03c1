"""What the deals that match amount to, stage by stage: counted, never taken from rows in view."""

from collections.abc import Iterator
from datetime import date, timedelta, tzinfo
from typing import Any

from dealboard.domain.filters import DealFilter
from dealboard.domain.stages import StageKind
from dealboard.domain.statistics import WIN_DAYS, Figures, StageFigures, figures
from dealboard.domain.views import Stage, StageTotals
from dealboard.store.driver import Connection
from dealboard.store.reads.pipelines import all_stages, pipelines
from dealboard.store.reads.today import ROTS, cuts
from dealboard.store.reads.totals import stage_totals
from dealboard.store.reads.where import Where, day_start, matching


def statistics(
    connection: Connection, criteria: DealFilter, *, today: date, tz: tzinfo | None = None
) -> Figures:
    """Return the figures of the deals that match, in the pipelines of the filter or in all.

    Stages without such deals are told too. Days are local ones: a deal of today is 0 days old.
    """
    where = matching(criteria, today=today, tz=tz)
    known = pipelines(connection)
    shown = tuple(each for each in known if each.id in (criteria.pipelines or {each.id}))
    looked_at = {each.id for each in shown}
    stages = [each for each in all_stages(connection) if each.pipeline_id in looked_at]
    days = _days(connection, where, today, tz)
    rotten = dict(_rotten(connection, where, today, tz))
    since = day_start(today - timedelta(days=WIN_DAYS - 1), tz)
    counted = ((each, _totals(connection, each, where, since)) for each in stages)
    return figures(
        shown,
        tuple(
            StageFigures(
                stage,
                totals.deals,
                totals.totals,
                *days.get(stage.id, (0, 0)),
                rotten.get(stage.id, 0),
                0 if stage.kind is StageKind.OPEN else totals.deals - totals.older,
            )
            for stage, totals in counted
        ),
    )


def _totals(connection: Connection, stage: Stage, where: Where, since: str | None) -> StageTotals:
    return stage_totals(connection, stage.id, stage.kind, stage.probability, where, since)


def _days(
    connection: Connection, where: Where, today: date, tz: tzinfo | None
) -> dict[int, tuple[int, int]]:
    """Return by open stage the days since its deals were created and since they came there.

    No index has both days, and visiting the rows along one takes twice as long as all in a row.
    """
    end = day_start(today + timedelta(days=1), tz) if today < date.max else None
    rows: Any = connection.execute(
        f"SELECT deal.stage_id, {_sum_of('created_at')}, {_sum_of('stage_entered_at')}"
        " FROM deal NOT INDEXED WHERE deal.stage_id IN (SELECT id FROM stage WHERE kind = 'open')"
        f" AND {where.sql} GROUP BY deal.stage_id",
        where.params | {"end": end},
    )
    return {stage_id: (age or 0, stay or 0) for stage_id, age, stay in rows}


def _sum_of(column: str) -> str:
    since = f"julianday(:end) - julianday(deal.{column})"
    return f"sum(max(CAST({since} AS INTEGER), 0))"


def _rotten(
    connection: Connection, where: Where, today: date, tz: tzinfo | None
) -> Iterator[tuple[int, int]]:
    """Yield by stage how many of its deals rot."""
    for stage_id, cut in cuts(connection, today, tz):
        params = {"stage": stage_id, "cut": cut, "today": today.isoformat()}
        (number,) = connection.execute(
            f"SELECT count(*) FROM deal WHERE {ROTS} AND {where.sql}", where.params | params
        ).fetchone()
        yield stage_id, number
