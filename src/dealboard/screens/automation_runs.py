"""The log of automations: what ran and why it failed, and what is delayed or on its way.

Narrowed by automation, outcome and deal; every entry leads to its deal.
"""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from dealboard import actions
from dealboard.domain.automations import Automation, Outcome, Run
from dealboard.domain.outbox import Delivery, State
from dealboard.domain.text import excerpt
from dealboard.screens.confirm import Confirm
from dealboard.screens.find_deal import FindDeal
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.place import Place
from dealboard.store.driver import Connection
from dealboard.store.reads import automations, deals, outbox
from dealboard.widgets.choice_bar import ChoiceBar, Narrowing
from dealboard.widgets.line_list import LineList
from dealboard.widgets.run_lines import OUTCOMES
from dealboard.widgets.run_log import Deliveries, RunLog
from dealboard.widgets.section_tabs import SectionTabs, Tab

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dealboard.app import Changed
    from dealboard.store.transaction import Transaction

PAGE = 200
"""Entries that are read at a time."""

TABS = (Tab("runs", "1", "What ran"), Tab("deliveries", "2", "Delayed and on its way"))

ALL = 0
"""The choice of everything."""

EVERY = "all"

WORDS: dict[str, str] = {
    Outcome.RAN: "Ran",
    Outcome.OTHERWISE: "Otherwise: the conditions did not hold",
    Outcome.FAILED: "Failed",
    Outcome.STOPPED: "Stopped: a loop",
}
"""What came of a rule, as a choice."""


class Wanted(NamedTuple):
    """What the log is narrowed to."""

    automation_id: int | None = None
    outcome: Outcome | None = None
    deal_id: int | None = None


class Page(NamedTuple):
    """All that the page shows; `deal` is the title of the one it is narrowed to."""

    runs: tuple[Run, ...]
    deliveries: tuple[Delivery, ...]
    rules: tuple[Automation, ...]
    deal: str


def read_page(connection: Connection, wanted: Wanted, now: "datetime", limit: int) -> Page:
    """Read the log as it is narrowed."""
    found = () if wanted.deal_id is None else deals.by_ids(connection, [wanted.deal_id])
    return Page(
        automations.runs(
            connection,
            automation_id=wanted.automation_id,
            deal_id=wanted.deal_id,
            outcomes=() if wanted.outcome is None else (wanted.outcome,),
            limit=limit,
        ),
        outbox.deliveries(
            connection,
            now=now,
            kinds=("webhook", "step"),
            automation_id=wanted.automation_id,
            deal_id=wanted.deal_id,
            limit=limit,
        ),
        automations.automations(connection),
        found[0].title if found else "",
    )


class RunsPage(Place):
    """What came of automations; of one of them, if it is named."""

    PLACE = "automations"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "narrow", "Filter", id="log.filter"),
        Binding("a", "pick_rule", "Automation", show=False, id="log.automation"),
        Binding("o", "pick_outcome", "Outcome", show=False, id="log.outcome"),
        Binding("slash", "pick_deal", "Deal", show=False, id="log.deal"),
        Binding("F", "clear", "Show all", id="log.clear"),
        Binding("R", "retry", "Send or run now", id="delivery.retry"),
        Binding("x", "cancel", "Cancel", id="delivery.cancel"),
        *(
            Binding(tab.key, f"section('{tab.id}')", tab.label, show=False, id=f"log.{tab.id}")
            for tab in TABS
        ),
        Binding("tab", "turn", "Other list", show=False, id="log.turn"),
        Binding("q,escape", "leave", "Back", id="page.leave"),
    ]

    AUTO_FOCUS = "RunLog"

    DEFAULT_CSS = """
    RunsPage {
        & #page { height: 1fr; }
        & RunLog, & Deliveries { display: none; height: 1fr; }
        &.-runs RunLog, &.-deliveries Deliveries { display: block; }
    }
    """

    def __init__(self, automation_id: int | None = None, *, deal_id: int | None = None) -> None:
        super().__init__()
        self._wanted = Wanted(automation_id, None, deal_id)
        self._limit = PAGE
        self._page: Page | None = None

    def body(self) -> ComposeResult:
        """Yield the filter, the tabs and both lists."""
        today = self.dealboard.workspace.today
        yield ChoiceBar()
        yield SectionTabs(TABS, "runs")
        with Vertical(id="page"):
            yield RunLog(today, id="runs")
            yield Deliveries(today, id="deliveries")

    def on_mount(self) -> None:
        """Show the log as soon as it is read."""
        self.action_section("runs")
        self._read()

    def on_screen_resume(self) -> None:
        """Keep the keys in force in the bottom line."""
        self._show_hints()

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    @work(exclusive=True, group="read")
    async def _read(self) -> None:
        app = self.dealboard
        reading = app.read(read_page, self._wanted, app.workspace.now, self._limit)
        page = await app.report(reading)
        if page is not None and self.is_attached:
            self._page = page
            self._show(page)

    def _show(self, page: Page) -> None:
        filtered = self._wanted != Wanted()
        self.query_one(RunLog).show(page.runs, filtered=filtered)
        self.query_one(Deliveries).show(page.deliveries)
        self._show_bar(page)
        self.refresh_bindings()

    def _show_bar(self, page: Page) -> None:
        wanted, bar = self._wanted, self.query_one(ChoiceBar)
        rule = next(
            (each.name for each in page.rules if each.id == wanted.automation_id), "deleted"
        )
        rules = "all" if wanted.automation_id is None else rule
        outcome = "all" if wanted.outcome is None else OUTCOMES[wanted.outcome][2]
        deal = "all" if wanted.deal_id is None else page.deal or "deleted"
        bar.parts = (
            Narrowing("a", "automation", rules, wanted.automation_id is not None, "pick_rule"),
            Narrowing("o", "outcome", outcome, wanted.outcome is not None, "pick_outcome"),
            Narrowing("/", "deal", deal, wanted.deal_id is not None, "pick_deal"),
        )
        some = page.runs if self._current == "runs" else page.deliveries
        more = "+" if len(some) == self._limit else ""
        noun = "run" if self._current == "runs" else "delivery"
        plural = {"run": "runs", "delivery": "deliveries"}[noun]
        bar.count = f"{len(some):,}{more} {noun if len(some) == 1 else plural}"

    def on_changed(self, _event: "Changed") -> None:
        """Show what was changed."""
        if self.is_attached:
            self._read()

    @on(LineList.MoreWanted)
    def _more(self) -> None:
        """Read further back, where there is more."""
        page = self._page
        if page is not None and self._limit in (len(page.runs), len(page.deliveries)):
            self._limit += PAGE
            self._read()

    # ── the two lists ─────────────────────────────────────────────────────────────────────────

    @property
    def _current(self) -> str:
        return self.query_one(SectionTabs).current

    @property
    def shown(self) -> RunLog | Deliveries:
        """The list that is shown."""
        if self._current == "runs":
            return self.query_one(RunLog)
        return self.query_one(Deliveries)

    @on(SectionTabs.Chosen)
    def _choose_section(self, event: SectionTabs.Chosen) -> None:
        self.action_section(event.tab_id)

    def action_section(self, name: str) -> None:
        """Show one of the lists."""
        self.query_one(SectionTabs).current = name
        for tab in TABS:
            self.set_class(tab.id == name, f"-{tab.id}")
        self.set_focus(self.shown)
        if self._page is not None:
            self._show_bar(self._page)
        self.refresh_bindings()

    def action_turn(self) -> None:
        """Show the other list."""
        self.action_section("deliveries" if self._current == "runs" else "runs")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible with the entry at the cursor."""
        if action == "clear":
            return self._wanted != Wanted()
        if action in ("retry", "cancel"):
            found = self._delivery
            if found is None:
                return False
            waits = found.state in (State.PENDING, State.HELD)
            return waits if action == "cancel" else found.state is not State.SENT
        return super().check_action(action, parameters)

    @property
    def _delivery(self) -> Delivery | None:
        """The delivery at the cursor."""
        lists = self.query(Deliveries)
        return lists.first().delivery if lists and lists.first().display else None

    # ── narrowing ─────────────────────────────────────────────────────────────────────────────

    def _narrow(self, wanted: Wanted) -> None:
        self._wanted, self._limit = wanted, PAGE
        self._read()

    @work
    async def action_narrow(self) -> None:
        """Ask by what the log shall be narrowed."""
        choices = [
            Choice("pick_rule", "Automation", key="a"),
            Choice("pick_outcome", "Outcome", key="o"),
            Choice("pick_deal", "Deal", key="d"),
        ]
        chosen = await self.app.push_screen_wait(Pick("Filter by", choices))
        if chosen is not None:
            await self.run_action(chosen)

    @work
    async def action_pick_rule(self) -> None:
        """Show what came of one automation, or of all."""
        rules = self._page.rules if self._page else ()
        choices = [Choice(ALL, "All"), *(Choice(each.id, each.name) for each in rules)]
        chosen = await self.app.push_screen_wait(
            Pick("Automation", choices, chosen=self._wanted.automation_id or ALL)
        )
        if chosen is not None:
            self._narrow(self._wanted._replace(automation_id=chosen or None))

    @work
    async def action_pick_outcome(self) -> None:
        """Show what failed, for example."""
        choices = [
            Choice(EVERY, "All"),
            *(Choice(each.value, WORDS[each]) for each in Outcome),
        ]
        chosen = await self.app.push_screen_wait(
            Pick("Outcome", choices, chosen=self._wanted.outcome or EVERY)
        )
        if chosen is not None:
            outcome = None if chosen == EVERY else Outcome(chosen)
            self._narrow(self._wanted._replace(outcome=outcome))

    @work
    async def action_pick_deal(self) -> None:
        """Show what automations did about one deal."""
        chosen = await self.app.push_screen_wait(FindDeal("Runs about which deal?"))
        if chosen is not None:
            self._narrow(self._wanted._replace(deal_id=chosen))

    def action_clear(self) -> None:
        """Show everything."""
        self._narrow(Wanted())

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    @on(LineList.Opened)
    def _open(self) -> None:
        """Open the deal of the entry, if it is still there."""
        self.dealboard.open(self._show_deal())

    async def _show_deal(self) -> None:
        app, deal_id = self.dealboard, self.shown.deal_id
        if deal_id is None:
            return
        found = await app.report(app.read(deals.by_ids, [deal_id]))
        if found:
            from dealboard.screens.kept_pages import show_deal

            await show_deal(app, deal_id, (deal_id,))
        elif found is not None:
            app.say("That deal is not there any more.", severity="warning")

    @on(LineList.CursorMoved)
    def _moved(self) -> None:
        self.refresh_bindings()

    @work
    async def action_retry(self) -> None:
        """Send a webhook, or run a delayed action, now."""
        found = self._delivery
        if found is not None:
            await self._settle(lambda tx: actions.outbox.retry(tx, [found.id]), "It is due now.")

    @work
    async def action_cancel(self) -> None:
        """Keep it from happening; asked before, because u does not take that back."""
        found = self._delivery
        if found is None:
            return
        what = f"the webhook to {found.target}" if found.kind == "webhook" else "what was delayed"
        about = f" for {excerpt(found.deal, 40)}" if found.deal else ""
        detail = "R sends or runs it after all."
        question = Confirm(f"Cancel {what}{about}?", detail=detail, yes="Cancel it", no="Keep it")
        if await self.app.push_screen_wait(question):
            await self._settle(lambda tx: actions.outbox.cancel(tx, [found.id]), "Cancelled.")

    async def _settle(self, action: "Callable[[Transaction], int]", said: str) -> None:
        """Do what the journal does not keep, and show what came of it."""
        if await self.dealboard.change(action) is not None:
            self.dealboard.say(said)
            self._read()

    def action_leave(self) -> None:
        """Go back to the automations."""
        self.dismiss(None)
