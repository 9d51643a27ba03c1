"""What a board shows, and the one read that fetches it: values and functions of a connection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.views import Card, Pipeline, Stage, StageTotals
from dealboard.store.driver import Connection
from dealboard.store.reads import board, pipelines
from dealboard.widgets.board import Cursor

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt

CLOSED_DAYS = 30
"""Days for which a closed deal keeps its card on the board (decision 48)."""

LAST_PIPELINE = "last_pipeline"
"""Under which each user's pipeline is remembered."""

FIRST_CARDS = 24
"""Cards of each stage that come with the first frame: more than a lane shows, a page in all."""

Window = tuple[int, int]
"""Offset and limit of the rows that a stage shows."""


@dataclass(frozen=True, slots=True)
class View:
    """Which deals a board shows and how; `unfolded` are the closed stages shown whole."""

    pipeline_id: int
    today: date
    filter: DealFilter = field(default_factory=DealFilter)
    sort: Sort = field(default_factory=Sort)
    unfolded: frozenset[int] = frozenset()

    @property
    def closed_since(self) -> date:
        """The first day of closing whose deals still have cards."""
        return self.today - timedelta(days=CLOSED_DAYS)


@dataclass(frozen=True, slots=True)
class Page:
    """What changed on a board: totals and rows of some stages, and where a deal is now."""

    totals: Mapping[int, StageTotals]
    rows: Mapping[int, tuple[int, tuple[Card, ...]]]
    position: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A whole pipeline, as a board first shows it; no pipeline, no view."""

    pipelines: tuple[Pipeline, ...]
    view: View | None = None
    stages: tuple[Stage, ...] = ()
    page: Page = field(default_factory=lambda: Page({}, {}))

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline that is shown."""
        shown = self.view.pipeline_id if self.view else None
        return next((each for each in self.pipelines if each.id == shown), None)


@dataclass(frozen=True, slots=True)
class Stale:
    """What must be read again: some stages, or (None) everything; and whom the cursor follows."""

    stages: frozenset[int] | None = None
    follow: int | None = None
    pipeline_id: int | None = None

    @classmethod
    def of(cls, receipt: "Receipt[Any] | None", cursor: Cursor | None) -> Self:
        """Return what a change makes stale; a change by another process (None), everything.

        The cursor follows its own deal if that was changed, else the only one that was.
        """
        touched = receipt.touched if receipt else ()
        deals = [each for each in touched if each.table == "deal"]
        left = [each.row_id for each in deals if each.after is not None]
        own = cursor.deal_id if cursor else None
        follow = own if own in left else left[0] if len(left) == 1 else None
        stages: set[int] = set()
        for each in deals:
            images = [image for image in (each.before, each.after) if image]
            stages.update(image["stage_id"] for image in images if "stage_id" in image)
            if cursor and each.row_id == own:
                stages.add(cursor.stage_id)
            elif not any("stage_id" in image for image in images):
                return cls(None, follow)
        structural = len(deals) < len([each for each in touched if each.table != "deal_contact"])
        return cls(None if structural or not deals else frozenset(stages), follow)

    def and_also(self, other: "Stale") -> "Stale":
        """Return what is stale when both are; the later one decides whom to follow."""
        stages = None
        if self.stages is not None and other.stages is not None:
            stages = self.stages | other.stages
        follow = self.follow if other.follow is None else other.follow
        return Stale(stages, follow, other.pipeline_id or self.pipeline_id)


def read_opening(
    connection: Connection,
    wanted: int | None,
    today: date,
    view: View | None = None,
    windows: Mapping[int, Window] | None = None,
) -> Opening:
    """Read the wanted pipeline, or the first there is, with the rows in view of its stages.

    `view`, if given, keeps its filter and order; `windows` are what stages show that were there
    before, the others begin at their first card.
    """
    known = pipelines.pipelines(connection)
    if not known:
        return Opening(())
    chosen = next((each for each in known if each.id == wanted), known[0])
    view = replace(view, pipeline_id=chosen.id) if view else View(chosen.id, today)
    stages = pipelines.stages(connection, chosen.id)
    shown = {stage.id: (windows or {}).get(stage.id, (0, FIRST_CARDS)) for stage in stages}
    return Opening(known, view, stages, read_page(connection, view, shown))


def read_page(
    connection: Connection,
    view: View,
    windows: Mapping[int, Window],
    stage_ids: Iterable[int] | None = None,
    follow: int | None = None,
) -> Page:
    """Read the totals of some stages (None: all), the rows of `windows`, and a deal's position."""
    totals = read_totals(connection, view, stage_ids)
    rows = {
        stage_id: (window[0], read_rows(connection, view, stage_id, window))
        for stage_id, window in windows.items()
    }
    return Page(totals, rows, None if follow is None else read_position(connection, view, follow))


def read_totals(
    connection: Connection, view: View, stage_ids: Iterable[int] | None = None
) -> dict[int, StageTotals]:
    """Read counts and money; `older` is what the board folds away."""
    totals = board.totals(
        connection,
        view.pipeline_id,
        view.filter,
        stage_ids=stage_ids if stage_ids is None else tuple(stage_ids),
        today=view.today,
        closed_before=view.closed_since,
    )
    return {
        stage_id: replace(each, older=0) if stage_id in view.unfolded else each
        for stage_id, each in totals.items()
    }


def read_rows(
    connection: Connection, view: View, stage_id: int, window: Window
) -> tuple[Card, ...]:
    """Read the cards of a stage's window."""
    return board.lane(
        connection,
        stage_id,
        view.filter,
        view.sort,
        offset=window[0],
        limit=window[1],
        today=view.today,
        closed_since=None if stage_id in view.unfolded else view.closed_since,
    )


def read_position(connection: Connection, view: View, deal_id: int) -> tuple[int, int] | None:
    """Read the stage and the row of a deal, None where the board does not show it."""
    return board.position(
        connection,
        deal_id,
        view.filter,
        view.sort,
        today=view.today,
        closed_since=view.closed_since,
        unfolded=view.unfolded,
    )
