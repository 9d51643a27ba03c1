"""The table's screen: hands the grid its order and rows, and what is asked for to the actions."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Row
from dealboard.screens import table_page
from dealboard.screens.deal_forms import Copy
from dealboard.screens.deal_query import SORT_NAMES
from dealboard.screens.deals import DealsScreen
from dealboard.screens.newest import Newest
from dealboard.screens.outlook import Outlook
from dealboard.screens.table_page import First, Said, SeenRows, read_first_said, read_said, said_of
from dealboard.screens.targets import Material
from dealboard.store.reads import deals
from dealboard.widgets.deal_columns import (
    COLUMNS,
    NAMES,
    SORTED_BY,
    Context,
    cells,
    columns,
)
from dealboard.widgets.grid import Grid
from dealboard.widgets.grid_lines import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.app import Changed
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Then

ALL = 0
"""Chosen among the pipelines: all of them."""

EMPTY = """\
No deals yet.

n adds the first one, P a pipeline for it."""

NO_MATCH = """\
No deal matches the filter.

F clears it, f changes it."""

HELD = 4_000
"""Deals whose rows are at hand for questions and for copying."""


class TableScreen(DealsScreen):
    """The deals of all pipelines as a table (guide, List View)."""

    LOOK = "table"

    SORTS = tuple(SortKey)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new_deal", "New", id="deal.new"),
        Binding("e", "open", "Open", show=False, id="deal.open"),
        Binding(
            "H,shift+left,alt+left,ctrl+left",
            "move(-1)",
            "Move to the stage before",
            show=False,
            id="deal.move_left",
        ),
        Binding(
            "L,shift+right,alt+right,ctrl+right,greater_than_sign",
            "move(1)",
            "Move to the next stage",
            show=False,
            id="deal.move_right",
        ),
        Binding("t", "switch", "Board", id="view.look"),
        Binding("c", "columns", "Columns", show=False, id="view.columns"),
    ]

    grid: Grid
    """The grid, from the moment on when the screen is composed."""

    def __init__(self, outlook: Outlook, first: First | None = None) -> None:
        super().__init__(outlook, first.material if first else Material())
        self._first = first
        self._rows: dict[int, Row] = {}
        self._reading = Newest(self)
        self._follow = outlook.deal_id
        self._said = ""
        self._outdated = False
        self._renamed = False
        self._wanted_selection: frozenset[int] | None = None

    def view(self) -> ComposeResult:
        """Yield the grid."""
        self.grid = Grid(empty=EMPTY)
        if self._first is not None:
            self._show_first(self._first.ids, self._said_of(self._first.rows))
        yield self.grid

    def on_mount(self) -> None:
        """Put the cursor on the grid, and read the whole order."""
        self.on_screen = True
        self.set_focus(self.grid)
        self._label()
        self._show_hints()
        self._reading.want(self._read_whole if self._first else self._read)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def _label(self) -> None:
        """Say in the menu and the header which deals are shown, and in which order."""
        sort, wanted = self.wanted.sort, self.wanted.filter.pipelines
        known = {each.id: each.name for each in self.material.pipelines}
        place = known.get(next(iter(wanted)), "") if len(wanted) == 1 else "All pipelines"
        keys = {key: column for column, key in SORTED_BY.items()}
        arrow = "" if sort.key is SortKey.MANUAL else " ↓" if sort.descending else " ↑"
        order = "" if sort.key is SortKey.MANUAL else f"by {SORT_NAMES[sort.key]}{arrow}"
        self.show_place(place, order)
        self.grid.sort_mark = (keys[sort.key], sort.descending) if sort.key in keys else None
        self.grid.empty = NO_MATCH if self.shown_filter.active else EMPTY

    def learnt(self) -> None:
        """Show the names and probabilities that were read."""
        self._label()
        self.grid.invalidate()

    def look_at(self, outlook: Outlook) -> None:
        """Show the deals of another outlook; before the grid is on the screen, only note it."""
        before, self.outlook = self.outlook, outlook
        self._renamed |= before.query.filter.name != outlook.query.filter.name
        if not self.on_screen:
            self._follow = outlook.deal_id
            return
        self._label()
        self.show_bar()
        same = before.query._replace(columns=(), look="table")
        if outlook.query._replace(columns=(), look="table") == same:
            self.grid.show(self._columns, self.grid.ids)
            self._follow_deal(outlook.deal_id)
        else:
            self._reading.want(self._read)

    def _follow_deal(self, deal_id: int | None) -> None:
        """Put the cursor on a deal as soon as the whole order is read anew."""
        self._follow = deal_id
        self._reading.want(self._read_whole)

    async def _read(self) -> None:
        """Read the first page of another question and show it, then all of it."""
        wanted, today = self.wanted, self.dealboard.workspace.today
        shown, how = self._columns, self._how
        reading = self.dealboard.read(
            read_first_said, wanted.filter, wanted.sort, today, shown, how
        )
        first = await self.dealboard.report(reading)
        if first is None or self._reading.overtaken or wanted != self.wanted:
            return
        if self._follow is None:
            self._show_first(*first)
        await self._read_whole()

    async def _read_whole(self) -> None:
        """Read the whole order and show it; the cursor stays, or goes to the deal it follows."""
        wanted, today, follow = self.wanted, self.dealboard.workspace.today, self._follow
        reading = self.dealboard.read(
            table_page.read_whole, wanted.filter, wanted.sort, today, follow
        )
        whole = await self.dealboard.report(reading)
        if whole is None or self._reading.overtaken or wanted != self.wanted:
            return
        self._follow = None
        cursor = None if whole.place is None else follow
        self.grid.show(self._columns, whole.ids, cursor=cursor)
        self._renew()
        if self._wanted_selection is not None:
            self.grid.select(self._wanted_selection.intersection(whole.ids))
            self._wanted_selection = None
        self.set_counts(len(whole.ids), whole.totals)
        said, self._said = self._said, ""
        if said and follow is not None and cursor is None and self.shown_filter.active:
            self.dealboard.say(f"{said} · hidden by the filter, F clears it")

    def _show_first(self, ids: Sequence[int], rows: Sequence[Said]) -> None:
        """Show the first page; the cursor stays on its deal if that is there, else it is on top."""
        here = self.grid.cursor_id
        top = ids[0] if len(ids) else None
        self.grid.show(self._columns, ids, cursor=here if here in ids else top, whole=False)
        self._renew()
        self._hold(rows)

    def _renew(self) -> None:
        """Have rows read anew that are held from before and say where another name was found."""
        if self._renamed:
            self._renamed = False
            self.grid.invalidate()

    def _said_of(self, rows: Iterable[Row]) -> list[Said]:
        return said_of(rows, self._columns, self._how)

    def _hold(self, rows: Sequence[Said], generation: int | None = None) -> None:
        if len(self._rows) > HELD:
            self._rows.clear()
        self._rows.update((row.id, row) for row, _ in rows)
        self.grid.put_rows({row.id: said for row, said in rows}, generation)

    @property
    def _columns(self) -> tuple[Column, ...]:
        return columns(self.wanted.columns, seeking=bool(self.wanted.filter.name))

    @property
    def _how(self) -> Context:
        app, sought = self.dealboard, self.wanted.filter.name
        probabilities = {each.id: each.probability for each in self.material.stages}
        return Context(app.workspace.today, app.config.locale, probabilities, sought)

    @on(Grid.RowsWanted)
    async def _hand_rows(self, event: Grid.RowsWanted) -> None:
        reading = self.dealboard.read(read_said, event.ids, self.grid.columns, self._how)
        rows = await self.dealboard.report(reading)
        if rows is not None:
            self._hold(rows, event.generation)

    async def count_whole(self) -> int | None:
        """Read how many deals there are."""
        today = self.dealboard.workspace.today
        return await self.dealboard.read(table_page.read_count, DealFilter(), today)

    def on_configured(self) -> None:
        """Draw the rows as the settings have them now."""
        self.grid.invalidate()

    def on_changed(self, event: "Changed") -> None:
        """Show what was committed, by this app or another process."""
        if self.hidden:
            self._outdated = True
            return
        receipt = event.receipt
        seen = receipt.seen if receipt else None
        if isinstance(seen, SeenRows):
            self._hold(self._said_of(seen.rows))
        else:
            self.grid.invalidate()
        changed = _changed_deals(receipt)
        follow = changed[0] if len(changed) == 1 else None
        if receipt is not None and follow is not None:
            self._said = receipt.news
        self._follow_deal(follow)

    def on_screen_resume(self) -> None:
        """Show what was committed while another place was in front."""
        if self._outdated:
            self._outdated = False
            self.grid.invalidate()
            self._reading.want(self._read_whole)

    # ── which deals ───────────────────────────────────────────────────────────────────────────

    @property
    def matching(self) -> DealFilter:
        """What a deal must be to be in the table."""
        return self.wanted.filter

    @property
    def shown_filter(self) -> DealFilter:
        """The whole filter."""
        return self.wanted.filter

    @on(Grid.HeaderClicked)
    def _sort_by_column(self, event: Grid.HeaderClicked) -> None:
        key, sort = SORTED_BY[event.key], self.wanted.sort
        self.sort_by(Sort(key, descending=sort.key is key and not sort.descending))

    def action_pick_pipeline(self) -> None:
        """Ask for a pipeline, or for all of them."""
        from dealboard.screens.pick import Choice, Pick

        def show(pipeline_id: int | None) -> None:
            if pipeline_id is not None:
                self.show_pipeline(pipeline_id)

        choices = [
            Choice(ALL, "All pipelines", key="0"),
            *(Choice(each.id, each.name) for each in self.material.pipelines),
        ]
        shown = self.wanted.filter.pipelines
        chosen = next(iter(shown)) if len(shown) == 1 else ALL
        self.app.push_screen(Pick("Show pipeline", choices, chosen=chosen), show)

    def show_pipeline(self, pipeline_id: int) -> None:
        """Show the deals of one pipeline, or of all."""
        pipelines = frozenset({pipeline_id}) if pipeline_id != ALL else frozenset()
        if pipeline_id != ALL:
            self.outlook = self.outlook._replace(pipeline_id=pipeline_id)
        self.filter_by(self.wanted.filter._replace(pipelines=pipelines))

    @work
    async def reveal(self, deal_id: int) -> None:
        """Put the cursor on a deal, wherever it is; a filter that hides it is dropped."""
        app, today = self.dealboard, self.dealboard.workspace.today
        reading = app.read(deals.matching_ids, self.matching, Sort(SortKey.CREATED), today=today)
        ids = await app.report(reading)
        if ids is None:
            return
        if deal_id not in ids:
            self.action_clear_filter()
            app.say("The filter hid it and is cleared")
        self._follow_deal(deal_id)

    @work
    async def action_columns(self) -> None:
        """Ask which columns to show, and in which order."""
        from dealboard.screens.pick_many import Choice, PickMany

        shown = columns(self.wanted.columns)
        others = [each for each in COLUMNS if each not in shown]
        choices = [Choice(each.key, NAMES[each.key]) for each in (*shown, *others)]
        chosen = [each.key for each in shown]
        picker = PickMany("Columns", choices, chosen=chosen, movable=True, least=1)
        keys = await self.app.push_screen_wait(picker)
        if keys is not None:
            self.ask(self.wanted._replace(columns=keys))

    # ── the selection and the cursor ──────────────────────────────────────────────────────────

    @property
    def selected(self) -> frozenset[int]:
        """The selected deals."""
        return self.grid.selected

    @property
    def selected_count(self) -> int:
        """How many deals are selected."""
        return self.grid.selected_count

    @property
    def selects_all(self) -> bool:
        """Whether all that match are selected; nothing else ever is."""
        return self.selected_count == len(self.grid.ids)

    def select(self, deal_ids: frozenset[int]) -> None:
        """Have exactly these deals selected, those of them that the table shows."""
        if self.on_screen and self._wanted_selection is None and len(self.grid.ids):
            self.grid.select(deal_ids)
        else:
            self._wanted_selection = deal_ids

    def take_over(self, outlook: Outlook, selected: frozenset[int]) -> None:
        """Show what the other view showed; the cursor and the selection come with the order."""
        self._follow = outlook.deal_id
        self._wanted_selection = selected
        super().take_over(outlook, selected)

    def action_select_all(self) -> None:
        """Select all that match (decision 49)."""
        self.grid.select_all()

    @on(Grid.SelectionChanged)
    def _selected(self) -> None:
        self.selection_changed()

    @property
    def cursor_deal(self) -> int | None:
        """The deal under the cursor."""
        return self.grid.cursor_id

    @property
    def _row(self) -> Row | None:
        """The deal under the cursor, if its row is at hand."""
        deal_id = self.cursor_deal
        return None if deal_id is None else self._rows.get(deal_id)

    @property
    def pipeline_id(self) -> int | None:
        """The pipeline of the deal under the cursor, else one that is filtered by or was shown."""
        row = self._row
        stage = self.material.stage(row.stage_id) if row else None
        if stage is not None:
            return stage.pipeline_id
        known = [each.id for each in self.material.pipelines]
        wanted = [*self.wanted.filter.pipelines, self.outlook.pipeline_id]
        return next((each for each in wanted if each in known), known[0] if known else None)

    @property
    def new_stage_id(self) -> int | None:
        """The stage of the deal under the cursor while it is open, else the pipeline's first."""
        row = self._row
        if row is not None and row.kind is StageKind.OPEN:
            return row.stage_id
        stages = self.material.beside(self.pipeline_id)
        return stages[0].id if stages else None

    def stage_now(self) -> int | None:
        """Return the stage of the deal under the cursor."""
        row = self._row
        return row.stage_id if row else None

    def title_of(self, deal_id: int) -> str:
        """Return the title of a deal whose row is at hand."""
        row = self._rows.get(deal_id)
        return row.title if row else ""

    # ── what is done to deals ─────────────────────────────────────────────────────────────────

    def do(self, action: "Callable[[Transaction], Any]", seeing: "Then | None" = None) -> None:
        """Run an action, and read in its own transaction the rows that it changed."""
        super().do(action, seeing or partial(table_page.seen, held=frozenset(self._rows)))

    def action_move(self, by: int) -> None:
        """Move the deals by stages."""
        if targets := self.targets():
            self.act(targets, lambda them: self.move_by(them, by))

    def action_open(self) -> None:
        """Open the deal under the cursor."""
        self.grid.action_open()

    @on(Grid.Opened)
    def _open(self, event: Grid.Opened) -> None:
        self.open_deal(event.row_id)

    async def around(self, deal_id: int) -> Sequence[int]:  # noqa: ARG002
        """Return all deals of the table."""
        return self.grid.ids

    def copies(self, rows: tuple[Row, ...]) -> list[Copy]:
        """Offer the cell under the cursor too, unless deals are selected."""
        offered = super().copies(rows)
        key = self.grid.column_key
        if self.selected_count or not rows or key in (None, "title"):
            return offered
        here = [each for each in self.grid.columns if each.key == key]
        (text,) = cells(rows[0], here, self._how)
        return [Copy("c", f"Cell: {NAMES[key]}", text.text), *offered]


def _changed_deals(receipt: "Receipt[Any] | None") -> list[int]:
    """Return the deals that a change left changed."""
    touched = receipt.touched if receipt else ()
    return list({each.row_id for each in touched if each.table == "deal" and each.after})
