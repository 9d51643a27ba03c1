"""The events for Meta: how they are sent, which wait, what became of the others.

The order is read as ids alone and the rows in view by their ids, so that a hundred thousand events
scroll like a hundred. What counts down is drawn anew once a minute while it is in front.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from dealboard.domain import conversion_words as words
from dealboard.domain.conversion_words import Mode
from dealboard.domain.conversions import Told
from dealboard.domain.outbox import State
from dealboard.domain.text import safe
from dealboard.screens.catching_up import CatchingUp
from dealboard.screens.conversion_control import ConversionControl
from dealboard.screens.conversion_list import Page, read_page, status
from dealboard.screens.newest import Newest
from dealboard.store.reads import told
from dealboard.widgets.conversion_rows import COLUMNS, EVERY, ORDER, row, state_tabs
from dealboard.widgets.grid import Grid
from dealboard.widgets.menu_line import MenuItem
from dealboard.widgets.section_tabs import SectionTabs, Tab

if TYPE_CHECKING:
    from textual.timer import Timer

    from dealboard.app import Waiting

TICK_SECONDS = 60.0
"""How often what counts down is drawn anew."""

HELD_EVENTS = 2000
"""Events that are remembered as they were read, for what the keys may do to them."""

TEACHING = (
    "Conversions tell Meta which deals were opened, moved and won, so that its ads find more"
    " customers like these.\nThe events are written with each change and wait here; names,"
    " addresses and numbers go out as hashes only, and only of contacts who agreed.\nIt begins as a"
    " dry run: nothing is sent before you say so in a step of its own.\n\n⏎ sets it up."
)

EMPTY = "No events yet.\n\nThey come with what happens to deals whose contacts agreed."
NO_MATCH = "No event is in this state.\n\n0 shows all."


class Sending(NamedTuple):
    """What was to go out when somebody said so, and what had by then."""

    total: int
    sent: int
    failed: int


class ConversionsScreen(CatchingUp, ConversionControl):
    """The list of events (decision 39; specification, §7)."""

    MENU_ACTIONS: ClassVar = {MenuItem("set_up", "⚙ Set up"): "screen.set_up"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", f"narrow('{EVERY}')", "All", show=False, id="conversions.all"),
        *(
            Binding(
                str(number),
                f"narrow('{state.value}')",
                words.MARKS[state][1].capitalize(),
                show=False,
                id=f"conversions.{state.value}",
            )
            for number, state in enumerate(ORDER, start=1)
        ),
        Binding("F", f"narrow('{EVERY}')", "Show all", show=False, id="view.clear_filter"),
        Binding("A,ctrl+a", "select_all", "Select all", show=False, id="conversions.select_all"),
    ]

    AUTO_FOCUS = "Grid"

    DEFAULT_CSS = """
    ConversionsScreen {
        layout: vertical;
        & #how, & #pause { height: auto; padding: 0 1; background: $surface; }
        & #pause { display: none; color: $text-error; text-style: bold; }
        & #teaching { display: none; height: auto; max-width: 96; padding: 1 2; }
        &.-paused #pause { display: block; }
        &.-new #teaching { display: block; }
        &.-new { & #how, & #pause, & SectionTabs, & Grid { display: none; } }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.grid = Grid(empty=EMPTY)
        self._how = Static("", id="how", markup=False)
        self._pause = Static("", id="pause", markup=False)
        self._tabs = SectionTabs((), EVERY)
        self.page = Page()
        self.state: State | None = None
        self._known: dict[int, Told] = {}
        self._token = ""
        self._ordering = Newest(self)
        self._reading = Newest(self)
        self._tick: Timer | None = None
        self._sending: Sending | None = None

    def body(self) -> ComposeResult:
        """Yield how it stands, the states, and the events; or what it is about."""
        yield Static(TEACHING, id="teaching", markup=False)
        yield self._how
        yield self._pause
        yield self._tabs
        yield self.grid

    @property
    def event(self) -> Told | None:
        """The event at the cursor."""
        return self._known.get(self.grid.cursor_id or 0)

    @property
    def meant(self) -> tuple[int, ...]:
        """The events that the keys mean: those selected, else the one at the cursor."""
        grid = self.grid
        if grid.selected_count:
            return tuple(sorted(grid.selected))
        return () if grid.cursor_id is None else (grid.cursor_id,)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def on_mount(self) -> None:
        """Show what there is."""
        self.renew()
        self.look_for_token()
        self._show_hints()

    def look_for_token(self) -> None:
        """Say whether there is a token, beside everything else: a keyring may take its time."""
        self.dealboard.start(self._show_token())

    async def _show_token(self) -> None:
        self._token = (await self.find_token()).short
        if self.is_attached:
            self._show_how()

    def renew(self) -> None:
        """Have everything read again; a newer wish overtakes."""
        self._ordering.want(self._read)

    async def _read(self) -> None:
        app = self.dealboard
        reading = app.read(read_page, self.state, app.workspace.now, app.size.height)
        page = await app.report(reading)
        if page is None or self._ordering.overtaken or not self.is_attached:
            return
        first = not self.page.setup.dataset
        self.page = page
        self.set_class(page.mode is Mode.NEVER, "-new")
        self._show_how()
        self._show_tabs()
        grid = self.grid
        grid.empty = EMPTY if self.state is None else NO_MATCH
        grid.invalidate()
        grid.show(COLUMNS, page.ids)
        self._put(page.rows)
        if first and page.setup.dataset:
            self.set_focus(grid)
        self._tell_progress()
        self.refresh_bindings()

    def _put(self, rows: tuple[Told, ...], generation: int | None = None) -> None:
        """Show rows, and come back in a minute if something in them counts down."""
        now = self.dealboard.workspace.now
        if len(self._known) > HELD_EVENTS:
            self._known = {}
        self._known |= {each.id: each for each in rows}
        setup = self.page.setup
        self.grid.put_rows({each.id: row(each, setup, now) for each in rows}, generation)
        if self._tick is None and any(words.counts_down(each, now) for each in rows):
            self._tick = self.set_timer(TICK_SECONDS, self._count_down)

    def _count_down(self) -> None:
        """Draw anew what counts down; what is not in front does not count."""
        self._tick = None
        if self.is_current:
            self.renew()
        else:
            self.behind = True

    @on(Grid.RowsWanted)
    def _want_rows(self, event: Grid.RowsWanted) -> None:
        self._reading.want(partial(self._read_rows, event))

    async def _read_rows(self, wanted: Grid.RowsWanted) -> None:
        app = self.dealboard
        rows = await app.report(app.read(told.by_ids, wanted.ids, now=app.workspace.now))
        if rows is not None and self.is_attached:
            self._put(rows, wanted.generation)
            self.refresh_bindings()

    def _show_how(self) -> None:
        now = self.dealboard.workspace.now
        parts = [(safe(text), style) for text, style in status(self.page, now, self._token)]
        self._how.update(Content.assemble(*parts))
        pause = self.page.pause
        self.set_class(pause is not None, "-paused")
        if pause is not None:
            said = f"‖ {words.paused(pause, now)} · P resumes"
            self._pause.update(Content(safe(said)))

    def _show_tabs(self) -> None:
        current = self.state.value if self.state else EVERY
        self._tabs.tabs = tuple(Tab(*each) for each in state_tabs(self.page.counts, current))
        self._tabs.current = current

    def on_waiting(self, _event: "Waiting") -> None:
        """Show what went out, or what came."""
        self.catch_up()

    @on(Grid.CursorMoved)
    @on(Grid.SelectionChanged)
    def _moved(self) -> None:
        self.refresh_bindings()

    # ── narrowing ─────────────────────────────────────────────────────────────────────────────

    @on(SectionTabs.Chosen)
    def _choose_state(self, event: SectionTabs.Chosen) -> None:
        self.action_narrow(event.tab_id)

    def action_narrow(self, state: str) -> None:
        """Show the events of one state, or all."""
        self.state = State(state) if state else None
        self.grid.clear_selection()
        self.renew()

    def action_select_all(self) -> None:
        """Select all events that are shown, also those out of sight."""
        self.grid.select_all()

    # ── sending now ───────────────────────────────────────────────────────────────────────────

    def sends(self, total: int, before: Mapping[State, int]) -> None:
        """Say from now on how far sending is; `before` it there were so many events of each."""
        self._sending = Sending(total, before.get(State.SENT, 0), before.get(State.FAILED, 0))
        self.dealboard.say(f"Sending {words.counted(total)}…")
        if self.page.counts is not before:  # the courier was faster
            self._tell_progress()

    def _tell_progress(self) -> None:
        sending, page = self._sending, self.page
        if sending is None:
            return
        sent = page.counts.get(State.SENT, 0) - sending.sent
        failed = page.counts.get(State.FAILED, 0) - sending.failed
        over = page.pause is not None or not page.going or page.mode is not Mode.LIVE
        if over:
            self._sending = None
        elif not sent and not failed:
            return
        rejected = f", {failed:,} rejected" if failed else ""
        left = f", {page.waiting:,} still wait" if over and page.waiting else ""
        self.dealboard.say(f"Sent {sent:,} of {words.counted(sending.total)}{rejected}{left}")
