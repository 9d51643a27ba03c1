"""Which deals a view shows and in which order: what the filter bar, its keys and `s` ask for."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from dealboard.domain.filter_words import Part, without
from dealboard.domain.filters import DealFilter, Query, Sort, SortKey
from dealboard.screens.deal_forms import DealForms
from dealboard.screens.outlook import Outlook
from dealboard.widgets.filter_bar import FilterBar

SORT_NAMES = {
    SortKey.MANUAL: "as on the board",
    SortKey.NAME: "title",
    SortKey.STAGE: "stage",
    SortKey.CREATED: "created",
    SortKey.CLOSE: "close date",
    SortKey.AMOUNT: "amount",
}


class DealQuery(DealForms):
    """A view of deals that can be filtered and sorted."""

    LOOK: ClassVar[str] = ""
    """What the view is called in a query, and by `app.go`."""

    SORTS: ClassVar[tuple[SortKey, ...]] = ()
    """The orders that `s` walks through."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "Find", id="view.find"),
        Binding("f", "filter", "Filter", id="view.filter"),
        Binding("F", "clear_filter", "Clear the filter", show=False, id="view.clear_filter"),
        Binding("o", "only_mine", "Only mine", show=False, id="view.mine"),
        Binding("s", "sort", "Sort", show=False, id="view.sort"),
        Binding("S", "reverse", "Reverse the order", show=False, id="view.reverse"),
        Binding("B", "sort_by", "Sort by", show=False, id="view.sort_by"),
    ]

    outlook: Outlook

    # ── what a view does itself ───────────────────────────────────────────────────────────────

    def look_at(self, outlook: Outlook) -> None:
        """Show the deals of another outlook; the cursor goes to its deal, if there is one."""
        raise NotImplementedError

    @property
    def matching(self) -> DealFilter:
        """What a deal must be to be in this view."""
        raise NotImplementedError

    def remember(self) -> None:
        """Keep the outlook for the next start."""
        raise NotImplementedError

    @property
    def wanted(self) -> Query:
        """Filter, order and look."""
        return self.outlook.query

    def ask(self, query: Query) -> None:
        """Show the deals of another query, and remember it; the cursor stays on its deal."""
        if query != self.wanted:
            self.look_at(self.outlook._replace(query=query, deal_id=self.cursor_deal))
            self.remember()

    # ── the filter ────────────────────────────────────────────────────────────────────────────

    def filter_by(self, criteria: DealFilter) -> None:
        """Show the deals that match another filter."""
        self.ask(self.wanted._replace(filter=criteria))

    def action_find(self) -> None:
        """Let a name be typed."""
        self.query_one(FilterBar).open()

    @on(FilterBar.NameTyped)
    def _find(self, event: FilterBar.NameTyped) -> None:
        """Show what matches so far; it is remembered when the line is closed."""
        criteria = self.wanted.filter._replace(name=event.text)
        query = self.wanted._replace(filter=criteria)
        self.look_at(self.outlook._replace(query=query, deal_id=self.cursor_deal))

    @on(FilterBar.Closed)
    def _found(self) -> None:
        self.remember()

    @on(FilterBar.ChipRemoved)
    def _remove(self, event: FilterBar.ChipRemoved) -> None:
        self.filter_by(without(self.wanted.filter, event.part))

    @on(FilterBar.EditRequested)
    def _edit(self, event: FilterBar.EditRequested) -> None:
        self._ask_filter(event.part)

    def action_filter(self) -> None:
        """Ask what to filter by."""
        self._ask_filter(None)

    @work
    async def _ask_filter(self, part: Part | None) -> None:
        from dealboard.screens.filter import FilterScreen

        screen = FilterScreen(self.matching, board=self.LOOK == "board", part=part)
        criteria = await self.app.push_screen_wait(screen)
        if criteria is not None:
            self.take_filter(criteria)

    def take_filter(self, criteria: DealFilter) -> None:
        """Show the deals of the filter that was asked for."""
        self.filter_by(criteria)

    @on(FilterBar.ClearRequested)
    def action_clear_filter(self) -> None:
        """Show all deals again."""
        self.filter_by(DealFilter())

    def action_only_mine(self) -> None:
        """Show the acting user's deals only, or all again."""
        mine = frozenset({self.dealboard.workspace.user.id})
        criteria = self.wanted.filter
        self.filter_by(criteria._replace(owners=frozenset() if criteria.owners == mine else mine))

    # ── the order ─────────────────────────────────────────────────────────────────────────────

    def sort_by(self, sort: Sort) -> None:
        """Show the deals in another order."""
        self.ask(self.wanted._replace(sort=sort))

    def action_sort(self) -> None:
        """Order the deals by the next field."""
        key = self.wanted.sort.key
        at = self.SORTS.index(key) if key in self.SORTS else -1
        self.sort_by(Sort(self.SORTS[(at + 1) % len(self.SORTS)]))

    def action_reverse(self) -> None:
        """Turn the order around."""
        sort = self.wanted.sort
        if sort.key is SortKey.MANUAL:
            self.dealboard.say("In manual order · s sorts by a field")
        else:
            self.sort_by(sort._replace(descending=not sort.descending))

    def action_sort_by(self) -> None:
        """Ask for an order."""
        from dealboard.screens.pick import Choice, Pick

        sorts = tuple(_both_ways(self.SORTS))

        def sort(chosen: int | None) -> None:
            if chosen is not None:
                self.sort_by(sorts[chosen])

        choices = [
            Choice(at, SORT_NAMES[each.key].capitalize(), sort_hint(each))
            for at, each in enumerate(sorts)
        ]
        now = sorts.index(self.wanted.sort) if self.wanted.sort in sorts else None
        self.app.push_screen(Pick("Sort by", choices, chosen=now), sort)


def _both_ways(keys: Sequence[SortKey]) -> list[Sort]:
    """Return the orders that there are; the one by hand cannot be turned around."""
    ways = [Sort(key, descending) for key in keys for descending in (False, True)]
    return [each for each in ways if each != Sort(SortKey.MANUAL, descending=True)]


def sort_hint(sort: Sort) -> str:
    """Return which end comes first."""
    match sort.key:
        case SortKey.MANUAL:
            return ""
        case SortKey.NAME:
            return "Z–A ↓" if sort.descending else "A–Z ↑"
        case SortKey.STAGE:
            return "last stage first ↓" if sort.descending else "first stage first ↑"
        case SortKey.AMOUNT:
            return "largest first ↓" if sort.descending else "smallest first ↑"
    return "latest first ↓" if sort.descending else "earliest first ↑"
