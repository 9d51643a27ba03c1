"""What the board and the table share: counts, the selection, and going from one to the other.

What is done to deals is in `deal_verbs`, filter and order are in `deal_query`, pipelines and saved
views in `deal_places`. The two views are told by an `Outlook` what to show; `t` hands it over
together with the selection.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard.domain.filter_words import describe
from dealboard.domain.filters import DealFilter, Look, Sort, SortKey
from dealboard.domain.views import Subtotal
from dealboard.screens.counting import Counts, status
from dealboard.screens.deal_places import DealPlaces
from dealboard.screens.menu import DEALS_ACTIONS, place_name
from dealboard.screens.newest import Newest
from dealboard.screens.outlook import KEY, Outlook, kept
from dealboard.screens.targets import Material, read_material
from dealboard.store.reads import deals
from dealboard.store.reads.chosen import Chosen, chosen
from dealboard.widgets.filter_bar import FilterBar
from dealboard.widgets.filter_line import Keys
from dealboard.widgets.menu_bar import MenuBar

if TYPE_CHECKING:
    from dealboard.app import Changed
    from dealboard.store.transaction import Receipt

WITHOUT_NAMES = frozenset({"deal", "deal_contact", "activity", "message", "contact"})
"""Tables whose changes leave the names of pipelines, stages and users as they are."""

TO_A_DEAL = frozenset(
    {"pick_stage", "win", "lose", "give", "delete", "clone", "shift", "date", "again"}
    | {"add_activity", "write_note", "copy"}
)
"""Actions that need a deal."""

FILTER_KEYS = {"view.find": "find", "view.filter": "edit", "view.clear_filter": "clear"}
"""The ids of the keys that the filter bar teaches, and what it calls them."""


class DealsScreen(DealPlaces):
    """A view of the deals that a filter matches."""

    PLACE = "deals"

    MENU_ACTIONS: ClassVar = DEALS_ACTIONS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "A,ctrl+a", "select_all", "Select all that match", show=False, id="deal.select_all"
        ),
        Binding("ctrl+e", "export", "Export", show=False, id="view.export"),
        Binding("I", "figures", "Figures", show=False, id="view.figures"),
    ]

    def __init__(self, outlook: Outlook, material: Material = Material()) -> None:  # noqa: B008
        super().__init__()
        self.outlook = outlook
        self.material = material
        self.counts = Counts()
        self.on_screen = False
        self._kept = outlook
        self._chosen = Chosen()
        self._counting = Newest(self)
        self._choosing = Newest(self)

    # ── what a view does itself ───────────────────────────────────────────────────────────────

    def view(self) -> ComposeResult:
        """Yield what stands below the filter."""
        raise NotImplementedError

    @property
    def shown_filter(self) -> DealFilter:
        """The filter as far as its parts are shown as chips."""
        raise NotImplementedError

    def select(self, deal_ids: frozenset[int]) -> None:
        """Have exactly these deals selected."""
        raise NotImplementedError

    @property
    def selected_count(self) -> int:
        """How many deals are selected."""
        return len(self.selected)

    @property
    def selects_all(self) -> bool:
        """Whether all that match are selected, and nothing else."""
        return False

    @property
    def selected_in(self) -> int | None:
        """The pipeline to which a selection is confined."""
        return None

    async def count_whole(self) -> int | None:
        """Read how many deals there would be without the filter."""
        raise NotImplementedError

    def reveal(self, deal_id: int) -> object:
        """Put the cursor on a deal, wherever it is; a filter that hides it is dropped."""
        raise NotImplementedError

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def body(self) -> ComposeResult:
        """Yield the filter and the view."""
        yield FilterBar()
        yield from self.view()

    def on_mount(self) -> None:
        """Get to know what the filter names."""
        self.show_bar()
        self._teach()
        self.dealboard.start(self._learn())

    async def _learn(self) -> None:
        """Read the names of pipelines, stages and users."""
        found = await self.dealboard.report(self.dealboard.read(read_material))
        if found is not None and found != self.material:
            self.material = found
            self.learnt()
            self.show_bar()

    def learnt(self) -> None:
        """Show what other names change."""

    @property
    def hidden(self) -> bool:
        """Whether another main screen is in front, and not just a dialog or a page."""
        return not self.dealboard.places.shows(self)

    def show_place(self, *parts: str) -> None:
        """Say in the menu what is shown."""
        app = self.dealboard
        read_only = app.workspace.read_only is not None
        self.query_one(MenuBar).place = place_name(*parts, demo=app.demo, read_only=read_only)

    def show_bar(self) -> None:
        """Show what is filtered by and what that leaves; with a selection, what that amounts to."""
        filtered, number = self.shown_filter.active, self.selected_count
        known = self._chosen.totals if len(self._chosen.ids) == number else ()
        line = status(
            self.counts,
            number,
            self.counts.totals if self.selects_all else known,
            filtered=filtered,
            width=self.app.size.width,
            locale=self.dealboard.config.locale,
        )
        chips = describe(self.shown_filter, self.names)
        self.query_one(FilterBar).show(chips, line, filtered=filtered)

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.show_bar()

    def on_configured(self) -> None:
        """Write money as the settings have it now, and teach the keys that are in force."""
        self.show_bar()
        self._teach()

    def _teach(self) -> None:
        """Show the keys of the filter, where they are not the usual ones."""
        if self.dealboard.config.keymap or self.query_one(FilterBar).keys != Keys():
            bound = {each.binding.id: each.binding for each in self.active_bindings.values()}
            shown = {
                name: self.app.get_key_display(bound[binding_id])
                for binding_id, name in FILTER_KEYS.items()
                if binding_id in bound
            }
            self.query_one(FilterBar).keys = Keys(**shown)

    def set_counts(self, number: int, totals: tuple[Subtotal, ...]) -> None:
        """Show what the filter leaves, and read how many deals there are without it."""
        before, self.counts = self.counts, Counts(number, totals, self.counts.of)
        if self.shown_filter.active:
            self._counting.want(self._count)
        if self.counts != before:
            self.show_bar()
        if bool(number) != bool(before.deals):
            self.refresh_bindings()

    async def _count(self) -> None:
        found = await self.dealboard.report(self.count_whole())
        if found is not None and found != self.counts.of:
            self.counts = self.counts._replace(of=found)
            self.show_bar()

    def on_changed(self, event: "Changed") -> None:
        """Get to know new names; what was selected may be gone."""
        if _names_changed(event.receipt):
            self.dealboard.start(self._learn())
        if self.selected_count:
            self.selection_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is done to a deal where there is one."""
        if action in TO_A_DEAL and not (self.counts.deals or self.selected_count):
            return False
        return super().check_action(action, parameters)

    # ── the selection ─────────────────────────────────────────────────────────────────────────

    def selection_changed(self) -> None:
        """Show how many deals are selected and, as soon as that is read, what they amount to."""
        self.show_bar()
        if self.selected_count and not self.selects_all:
            self._choosing.want(self._add_up)

    async def _add_up(self) -> None:
        wanted = self.selected
        reading = self.dealboard.read(chosen, wanted, self.selected_in)
        found = await self.dealboard.report(reading)
        if found is None or self._choosing.overtaken or wanted != self.selected:
            return
        self._chosen = found
        if found.ids != wanted:
            self.select(found.ids)
        self.show_bar()

    def action_select_all(self) -> None:
        """Select all deals that match, also those out of sight (decisions 49 and 74)."""
        self.select_matching()

    @work
    async def select_matching(self) -> None:
        """Select all deals that match, as soon as they are read."""
        app, order = self.dealboard, Sort(SortKey.CREATED)
        reading = app.read(deals.matching_ids, self.matching, order, today=app.workspace.today)
        ids = await app.report(reading)
        if ids is not None:
            self.select(frozenset(ids))

    # ── going elsewhere ───────────────────────────────────────────────────────────────────────

    def action_switch(self) -> None:
        """Show the same deals as a table, or as a board."""
        look: Look = "table" if self.LOOK == "board" else "board"
        query = self.wanted._replace(look=look)
        self.show_outlook(Outlook(query, self.pipeline_id, self.cursor_deal))

    def show_outlook(self, outlook: Outlook) -> None:
        """Show the deals of an outlook as it says; the other view takes over the selection."""
        if outlook.query.look == self.LOOK:
            self.look_at(outlook)
            self.remember()
            return
        self.outlook = outlook
        self.remember()
        other = self.dealboard.places.show_deals_as(outlook.query.look)
        if isinstance(other, DealsScreen):
            other.take_over(outlook, self.selected)

    def take_over(self, outlook: Outlook, selected: frozenset[int]) -> None:
        """Show what the other view showed, as soon as this one is on the screen."""
        self._kept = outlook
        self.look_at(outlook)
        self.select(selected)

    def remember(self) -> None:
        """Keep the outlook for the next start, if it is another."""
        outlook = self.outlook._replace(deal_id=self.cursor_deal)
        if outlook != self._kept:
            self._kept = outlook
            self.dealboard.remember_mine(KEY, kept(outlook))

    def on_unmount(self) -> None:
        """Keep where the cursor was."""
        if self.dealboard.places.look == self.LOOK:
            self.remember()

    @work
    async def action_export(self) -> None:
        """Ask for a file and write what the filter shows into it."""
        from dealboard.screens.exporting import export

        await export(self.dealboard, self.matching, self.wanted.sort, self.counts.deals)

    def action_figures(self) -> None:
        """Show what the deals amount to, stage by stage."""
        from dealboard.screens.statistics import StatisticsScreen

        shown = self.matching.pipelines if self.LOOK == "board" else frozenset()
        self.app.push_screen(StatisticsScreen(self.matching, DealFilter(pipelines=shown)))


def _names_changed(receipt: "Receipt[Any] | None") -> bool:
    """Return whether pipelines, stages or users may be called otherwise now."""
    return receipt is None or not {each.table for each in receipt.touched} <= WITHOUT_NAMES
