"""What a board shows, and the one read that fetches it: values and functions of a connection."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.views import Card, Pipeline, Stage, StageTotals
from dealboard.screens.outlook import Outlook
from dealboard.store.driver import Connection
from dealboard.store.reads import board, history, pipelines
from dealboard.store.reads.tally import Tally
from dealboard.store.reads.where import day_start

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Touched
    from dealboard.widgets.board import Cursor

CLOSED_DAYS = 30
"""Days for which a closed deal keeps its card on the board (decision 48)."""

SORTS = (SortKey.MANUAL, SortKey.CLOSE, SortKey.AMOUNT, SortKey.CREATED, SortKey.NAME)
"""The orders that cards can be in."""

FIRST_CARDS = 24
"""Cards of each stage that come with the first frame: more than a lane shows, a page in all."""

LINES_BESIDE = 3
"""Lines of the screen that are not the board's: menu, filter and hints."""

OF_DEALS = frozenset({"deal_contact", "activity"})
"""Tables whose rows show on the card of the deal that they belong to."""

Window = tuple[int, int]
"""Offset and limit of the rows that a stage shows."""


NO_CARDS: Mapping[int, Card] = MappingProxyType({})
"""Nothing held."""


class View(NamedTuple):
    """Which deals a board shows and how; `unfolded` are the closed stages shown whole.

    `tally` is written by the writer's thread alone, from one change to the next.
    """

    pipeline_id: int
    today: date
    filter: DealFilter = DealFilter()
    sort: Sort = Sort()
    unfolded: frozenset[int] = frozenset()
    tally: Tally | None = None

    @property
    def closed_since(self) -> date:
        """The first day of closing whose deals still have cards."""
        return self.today - timedelta(days=CLOSED_DAYS)


class Page(NamedTuple):
    """What changed on a board: totals and rows of some stages, and where a deal is now."""

    totals: Mapping[int, StageTotals]
    rows: Mapping[int, tuple[int, tuple[Card, ...]]]
    position: tuple[int, int] | None = None


NOTHING = Page(MappingProxyType({}), MappingProxyType({}))
"""A page of no stages."""


class Opening(NamedTuple):
    """A whole pipeline, as a board first shows it; no pipeline, no view."""

    pipelines: tuple[Pipeline, ...]
    view: View | None = None
    stages: tuple[Stage, ...] = ()
    page: Page = NOTHING

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline that is shown."""
        shown = self.view.pipeline_id if self.view else None
        return next((each for each in self.pipelines if each.id == shown), None)

    @property
    def order(self) -> str:
        """The order of the cards in words, if it is not the one by hand."""
        if self.view is None or self.view.sort.key is SortKey.MANUAL:
            return ""
        return f"by {self.view.sort.key} {'↓' if self.view.sort.descending else '↑'}"


class Stale(NamedTuple):
    """What must be read again: some stages, or (None) everything.

    The cursor follows the deal `follow`; `said` is what the bottom line says once it is shown.
    """

    stages: frozenset[int] | None = None
    follow: int | None = None
    pipeline_id: int | None = None
    said: str = ""

    @classmethod
    def of(cls, receipt: "Receipt[Any] | None", cursor: "Cursor | None") -> Self:
        """Return what a change makes stale; a change by another process (None), everything.

        The cursor follows its own deal if that was changed, else the only one that was.
        """
        if receipt is None:
            return cls()
        own = cursor.deal_id if cursor else None
        deals = {each.row_id: each for each in receipt.touched if each.table == "deal"}
        left = [deal_id for deal_id, each in deals.items() if each.after is not None]
        follow = own if own in left else left[0] if len(left) == 1 else None
        said = f"{receipt.news} · u undoes" if receipt.kind == "do" else receipt.label
        return cls(_stages_of(receipt.touched, cursor), follow, said=said)

    def and_also(self, other: "Stale") -> "Stale":
        """Return what is stale when both are; the later one decides whom to follow."""
        stages = None
        if self.stages is not None and other.stages is not None:
            stages = self.stages | other.stages
        follow = self.follow if other.follow is None else other.follow
        pipeline_id = other.pipeline_id or self.pipeline_id
        return Stale(stages, follow, pipeline_id, other.said or self.said)


def _stages_of(touched: "Iterable[Touched]", cursor: "Cursor | None") -> frozenset[int] | None:
    """Return the stages that a change concerns; None where the images do not tell them all."""
    stages: dict[int, set[int]] = {}
    for each in touched:
        images = [image for image in (each.before, each.after) if image]
        if each.table == "deal":
            known = {image["stage_id"] for image in images if "stage_id" in image}
            stages.setdefault(each.row_id, set()).update(known)
        elif each.table in OF_DEALS and images[0].get("deal_id") is not None:
            stages.setdefault(images[0]["deal_id"], set())
        else:
            return None
    if cursor and cursor.deal_id in stages:
        stages[cursor.deal_id].add(cursor.stage_id)
    return frozenset().union(*stages.values()) if stages and all(stages.values()) else None


def view_of(outlook: Outlook, today: date, view: View | None = None) -> View:
    """Return the view that an outlook means on a board; of `view` it keeps what is unfolded."""
    pipeline_id = outlook.pipeline_id or (view.pipeline_id if view else 0)
    sort = outlook.query.sort
    return (view or View(pipeline_id, today))._replace(
        pipeline_id=pipeline_id,
        today=today,
        filter=outlook.on_board,
        sort=sort if sort.key in SORTS else Sort(),
    )


def open_board(connection: Connection, outlook: Outlook, today: date) -> Opening:
    """Read the board of an outlook, and where the board shows its deal, down to that."""
    view = view_of(outlook, today)
    place = None if outlook.deal_id is None else read_position(connection, view, outlook.deal_id)
    around = {place[0]: (max(0, place[1] + 2 - FIRST_CARDS), FIRST_CARDS)} if place else {}
    opening = read_opening(connection, view.pipeline_id, today, view, around)
    return opening._replace(page=opening.page._replace(position=place))


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
    seq = history.newest(connection)
    known = pipelines.pipelines(connection)
    if not known:
        return Opening(())
    chosen = next((each for each in known if each.id == wanted), known[0])
    view = view._replace(pipeline_id=chosen.id) if view else View(chosen.id, today)
    stages = pipelines.stages(connection, chosen.id)
    shown = {stage.id: (windows or {}).get(stage.id, (0, FIRST_CARDS)) for stage in stages}
    page = read_page(connection, view, shown)
    tally = None if view.filter.active else Tally(seq, page.totals)
    return Opening(known, view._replace(tally=tally), stages, page)


def reread(
    connection: Connection,
    stale: Stale,
    view: View | None,
    windows: Mapping[int, Window],
    today: date,
) -> Opening:
    """Read what is stale; where that is some stages only, the opening holds just their page."""
    if view is not None and stale.stages is not None:
        concerned = {key: window for key, window in windows.items() if key in stale.stages}
        page = read_page(connection, view, concerned, stale.stages, stale.follow)
        return Opening((), page=page)
    wanted = stale.pipeline_id or (view.pipeline_id if view else None)
    opening = read_opening(connection, wanted, today, view, windows)
    if stale.follow is None or opening.view is None:
        return opening
    position = read_position(connection, opening.view, stale.follow)
    return opening._replace(page=opening.page._replace(position=position))


def read_page(
    connection: Connection,
    view: View,
    windows: Mapping[int, Window],
    stage_ids: Iterable[int] | None = None,
    follow: int | None = None,
) -> Page:
    """Read the totals of some stages (None: all), the rows of `windows`, and a deal's position."""
    return Page(
        read_totals(connection, view, stage_ids),
        read_windows(connection, view, windows),
        None if follow is None else read_position(connection, view, follow),
    )


def read_windows(
    connection: Connection,
    view: View,
    windows: Mapping[int, Window],
    held: Mapping[int, Card] = NO_CARDS,
) -> dict[int, tuple[int, tuple[Card, ...]]]:
    """Read the offset and the cards of each stage's window; a card that is held is not read again.

    What is held of a deal is told from what has changed by its version.
    """
    ids = {
        stage_id: read_ids(connection, view, stage_id, windows[stage_id]) for stage_id in windows
    }
    wanted = tuple(chain.from_iterable(ids.values()))
    cards = board.cards_anew(connection, wanted, held, view.today)
    return {
        stage_id: (windows[stage_id][0], tuple(cards[each] for each in some if each in cards))
        for stage_id, some in ids.items()
    }


def carried_totals(
    connection: Connection,
    view: View,
    tally: Tally,
    receipt: "Receipt[Any]",
    stage_ids: frozenset[int],
) -> dict[int, StageTotals]:
    """Return the totals of some stages after a change; what the tally lost is counted again."""
    cut = day_start(view.closed_since)
    assert receipt.operation is not None  # noqa: S101 -- what changed nothing is not read
    stages = {each.id: each for each in pipelines.stages(connection, view.pipeline_id)}
    tally.carry(connection, receipt.operation, receipt.touched, stages, cut)
    own = stage_ids & stages.keys()
    lost = own - tally.held(own).keys()
    if lost:
        tally.hold(read_totals(connection, view, lost))
    return tally.held(own)


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
        stage_id: each._replace(older=0) if stage_id in view.unfolded else each
        for stage_id, each in totals.items()
    }


def read_rows(
    connection: Connection, view: View, stage_id: int, window: Window
) -> tuple[Card, ...]:
    """Read the cards of a stage's window."""
    return board.cards(connection, read_ids(connection, view, stage_id, window), view.today)


def read_ids(connection: Connection, view: View, stage_id: int, window: Window) -> tuple[int, ...]:
    """Read the ids of the deals in a stage's window."""
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


def place_in(
    rows: Mapping[int, tuple[int, tuple[Card, ...]]], deal_id: int
) -> tuple[int, int] | None:
    """Return the stage and the row of a deal that is in one of some windows."""
    for stage_id, (offset, cards) in rows.items():
        for row, card in enumerate(cards, offset):
            if card.id == deal_id:
                return stage_id, row
    return None


class Seen(NamedTuple):
    """What a change left on a board, read in the change's own transaction."""

    view: View | None
    stale: Stale
    opening: Opening

    @classmethod
    def after(
        cls,
        connection: Connection,
        receipt: "Receipt[Any]",
        *,
        view: View | None,
        windows: Mapping[int, Window],
        cursor: "Cursor | None",
        today: date,
        held: Mapping[int, Card] = NO_CARDS,
    ) -> Self:
        """Read what a change made stale; cards that are `held` only where they changed."""
        stale = Stale.of(receipt, cursor)
        if view is None or view.tally is None or stale.stages is None or view.filter.active:
            return cls(view, stale, reread(connection, stale, view, windows, today))
        concerned = {key: window for key, window in windows.items() if key in stale.stages}
        totals = carried_totals(connection, view, view.tally, receipt, stale.stages)
        rows = read_windows(connection, view, concerned, held)
        position = None
        if stale.follow is not None:
            position = place_in(rows, stale.follow) or read_position(connection, view, stale.follow)
        return cls(view, stale, Opening((), page=Page(totals, rows, position)))
