"""The day: what is overdue and due, and the deals that want attention, seen to by one key each.

It ends at an empty list. What a key means is the item under the cursor when it was pressed: items
that are seen to make room for the next one, those that others see to stay until the cursor leaves.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from dealboard.domain.text import excerpt
from dealboard.domain.views import ActivityKind, Person, Role
from dealboard.screens.activity_verbs import ActivityVerbs
from dealboard.screens.deal_forms import DealForms
from dealboard.screens.newest import Newest
from dealboard.screens.putting_off import PuttingOff
from dealboard.screens.targets import counted
from dealboard.screens.today_page import DATED, Page, Whose, read_day, settled
from dealboard.widgets.agenda import AgendaList
from dealboard.widgets.agenda_lines import (
    HEADINGS,
    SHORT,
    TASKS,
    Day,
    Group,
    Item,
    Key,
    Look,
    keeping,
    without,
)
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.hint_line import Hint
from dealboard.widgets.line_list import LineList
from dealboard.widgets.menu_bar import MenuBar
from dealboard.widgets.menu_line import MenuItem
from dealboard.widgets.section_tabs import SectionTabs, Tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.app import Changed
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Then

KEY = "today"
"""Under which it is kept whose day each user looks at."""

NOTHING = "✓ Nothing left for today."

LIKELY = ("done", "open", "call", "shift(1)", "snooze", "add_activity", "win", "lose")
"""The actions whose keys are shown first."""

OF_ITEMS = frozenset({"open", "edit", "shift", "monday", "date", "snooze", "call", "add_activity"})
"""Actions that need an item."""

OF_DEALS = frozenset({"win", "lose", "pick_stage", "give", "copy", "clone", "again"})
"""Actions that need an item with a deal."""


class GroupTabs(SectionTabs, can_focus=False):
    """The groups with their counts; choosing one moves the cursor there."""

    def count(self, day: Day, groups: Collection[Group]) -> None:
        """Show how many items some groups have."""
        self.tabs = tuple(
            Tab(each.group, str(at), f"{SHORT[each.group]} {each.total:,}")
            for at, each in enumerate(day.sections, 1)
            if each.group in groups
        )


class TodayScreen(PuttingOff, ActivityVerbs, DealForms):
    """The acting user's day, or everybody's."""

    PLACE = "today"

    MENU_ACTIONS: ClassVar = {MenuItem("new_deal", "＋ New deal"): "screen.new_deal"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,d", "done", "Done", id="activity.done"),
        Binding("enter", "open", "Open", id="deal.open"),
        Binding("c", "call", "Call", id="today.call"),
        Binding("a", "add_activity", "Next step", id="deal.activity"),
        Binding("e", "edit", "Edit", show=False, id="activity.edit"),
        Binding("n", "new_deal", "New deal", show=False, id="deal.new"),
        Binding("o", "whose", "Mine or everybody's", id="today.whose"),
        Binding("tab", "group_by(1)", "Next group", show=False, id="today.next_group"),
        Binding("shift+tab", "group_by(-1)", "Group before", show=False, id="today.group_before"),
        *(
            Binding(str(at), f"group('{group}')", HEADINGS[group], show=False, id=f"today.{group}")
            for at, group in enumerate(Group, 1)
        ),
    ]

    AUTO_FOCUS = "AgendaList"

    DEFAULT_CSS = """
    TodayScreen {
        & #nothing {
            display: none;
            height: 1fr;
            content-align: center middle;
            text-align: center;
            color: $text-muted;
        }
        &.-nothing #nothing { display: block; }
        &.-nothing AgendaList { height: 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._everybody = False
        self._reading = Newest(self)
        self._busy: set[object] = set()
        self._own = self._back = self._outdated = False

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    agenda: AgendaList
    """The list, from the moment on when the screen is composed."""

    def body(self) -> ComposeResult:
        """Yield the counts, the list, and what stands there when nothing is left."""
        self._everybody = self.dealboard.recall_mine(KEY) == "everybody"
        self.agenda = AgendaList(self._look)
        yield GroupTabs((), "")
        yield self.agenda
        yield Static("", id="nothing", markup=False)

    def on_mount(self) -> None:
        """Read the day."""
        self._show_hints()
        self._reading.want(self._read)

    @property
    def operator(self) -> bool:
        """Whether a Chat Operator is at work, who has no access to deals."""
        return self.dealboard.workspace.user.role is Role.CHAT_OPERATOR

    @property
    def groups(self) -> frozenset[Group]:
        """The groups that there are for whoever is at work."""
        return TASKS if self.operator else frozenset(Group)

    @property
    def _look(self) -> Look:
        app = self.dealboard
        return Look(app.workspace.today, app.config.locale, owners=self._everybody)

    @property
    def menu_actions(self) -> dict[MenuItem, str]:
        """No deals to make for whom has no access to them."""
        return {} if self.operator else self.MENU_ACTIONS

    async def _read(self) -> None:
        app, own, back = self.dealboard, self._own, self._back
        self._own = self._back = False
        user_id = None if self._everybody else app.workspace.user.id
        whose = Whose(user_id, with_deals=not self.operator)
        reading = app.read(read_day, whose, app.workspace.today, app.config.first_weekday)
        page = await app.report(reading)
        if self._reading.overtaken or not self.agenda.is_attached:
            self._own, self._back = self._own or own, self._back or back
        elif page is not None:
            self._show_page(page, own=own, back=back)

    def _show_page(self, page: Page, *, own: bool, back: bool) -> None:
        """Show what was read; what an undo brought back gets the cursor."""
        self.material = page.material
        day, before, key = page.day, self.agenda.day, self.agenda.cursor
        known = frozenset(before.keys)
        returned = next((each for each in day.keys if each not in known), None) if back else None
        if not own and isinstance(key, Key):
            day = keeping(day, before, key)
        self._show_day(day, returned)

    def _show_day(self, day: Day, cursor: Key | None = None) -> None:
        whose = "Everybody's" if self._everybody else ""
        left = counted(day.total, "item") if day.total else ""
        self.query_one(MenuBar).place = " · ".join(filter(None, (whose, left)))
        self.set_class(not day.items, "-nothing")
        self.query_one("#nothing", Static).update(f"{NOTHING}\n\n{self._elsewhere}")
        self.query_one(GroupTabs).count(day, self.groups)
        self.agenda.show(day, self._look, cursor)
        self._follow()

    @property
    def _elsewhere(self) -> str:
        whose = "That is everybody's day" if self._everybody else "o shows everybody's"
        return whose if self.operator else f"{whose} · F2 shows the deals, n adds one."

    def _follow(self) -> None:
        """Let the counts and the hints say where the cursor is."""
        self.query_one(GroupTabs).current = self.agenda.group or ""
        self.refresh_bindings()

    @on(LineList.CursorMoved)
    def _moved(self) -> None:
        """Let go what others have seen to, once the cursor has left it."""
        day, here = self.agenda.day, self.agenda.cursor
        left = [item.key for item in day.items if item.gone and item.key != here]
        if left:
            self._show_day(without(day, left))
        self._follow()

    @property
    def hidden(self) -> bool:
        """Whether another main screen is in front, and not just a dialog or a page."""
        return not self.dealboard.places.shows(self)

    def on_changed(self, event: "Changed") -> None:
        """Let go at once what was plainly seen to, then read the day anew."""
        receipt = event.receipt
        if not self.agenda.is_attached or self.hidden:
            self._outdated = True
            return
        if receipt is not None:
            self._own = True
            self._back = self._back or receipt.kind != "do"
            self._let_go(receipt)
        self._reading.want(self._read)

    def _let_go(self, receipt: "Receipt[Any]") -> None:
        day, today = self.agenda.day, self.dealboard.workspace.today
        over = settled(day, receipt.touched, self.material, today)
        if over:
            self._show_day(without(day, over))

    def on_screen_resume(self) -> None:
        """Show what was committed, and which day it is, since another place came in front."""
        self._show_hints()
        if self._outdated or self.agenda.look.today != self.dealboard.workspace.today:
            self._outdated, self._own = False, True
            self._reading.want(self._read)

    def on_configured(self) -> None:
        """Write money as the settings have it now."""
        self._own = True
        self._reading.want(self._read)

    def _show_hints(self, screen: object = None) -> None:
        """Show first what is done to items."""
        super()._show_hints(screen)
        bar = self.query_one(HintBar)
        bar.hints = tuple(sorted(bar.hints, key=_likely))

    # ── where the cursor is ───────────────────────────────────────────────────────────────────

    @property
    def item(self) -> Item | None:
        """The item that a key means, None while the last key on it is still being obeyed."""
        item = self.agenda.item
        return None if item is None or item.gone or item.key in self._busy else item

    @property
    def cursor_deal(self) -> int | None:
        """The deal under the cursor, or that of the task there."""
        return self.item.deal_id if self.item else None

    @property
    def selected(self) -> frozenset[int]:
        """None: there is no selection here."""
        return frozenset()

    def title_of(self, deal_id: int) -> str:
        """Return the title of a deal on the list."""
        found = (item.name for item in self.agenda.day.items if item.deal_id == deal_id)
        return next(found, "")

    def stage_now(self) -> int | None:
        """Return the stage of the deal under the cursor; of a task's deal it is not at hand."""
        card = self.item.card if self.item else None
        return card.stage_id if card else None

    @property
    def pipeline_id(self) -> int | None:
        """The pipeline of the deal under the cursor, else the first."""
        stage = self.material.stage(self.stage_now() or 0)
        first = next(iter(self.material.pipelines), None)
        return stage.pipeline_id if stage else first.id if first else None

    @property
    def new_stage_id(self) -> int | None:
        """The first stage of that pipeline."""
        first = next(iter(self.material.beside(self.pipeline_id)), None)
        return first.id if first else None

    def action_new_pipeline(self) -> None:
        """Say where the first pipeline is made."""
        self.dealboard.say("There is no pipeline yet · F2 leads to where one is made")

    async def around(self, deal_id: int) -> Sequence[int]:  # noqa: ARG002
        """Return the deals of the list, each once."""
        return tuple(dict.fromkeys(each.deal_id for each in self.agenda.day.items if each.deal_id))

    def action_group(self, group: str) -> None:
        """Move the cursor to a group."""
        self.agenda.to_group(Group(group))

    def action_group_by(self, by: int) -> None:
        """Move the cursor to the next group that has items, or the one before."""
        groups = [each.group for each in self.agenda.day.sections if each.items]
        if self.agenda.group in groups:
            at = groups.index(self.agenda.group) + by
            self.agenda.to_group(groups[at % len(groups)])

    @on(SectionTabs.Chosen)
    def _choose_group(self, event: SectionTabs.Chosen) -> None:
        self.action_group(event.tab_id)

    def action_whose(self) -> None:
        """Show one's own day, or everybody's."""
        self._everybody = not self._everybody
        self.dealboard.remember_mine(KEY, "everybody" if self._everybody else "mine")
        self._own = True
        self._reading.want(self._read)

    def choose_place(self) -> None:
        """Change whose day it is."""
        self.action_whose()

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the item under the cursor, and what the role permits."""
        if action == "group":
            return parameters[0] in self.groups
        item = self.item if self.is_mounted and hasattr(self, "agenda") else None
        if action in {"quick_add", "new_deal"} or action in OF_DEALS:
            permitted = not self.operator
            return permitted and (action not in OF_DEALS or bool(item and item.deal_id))
        if item is None:
            return action not in OF_ITEMS | {"done", "delete"}
        match action:
            case "done":
                return item.task is not None
            case "shift":
                return parameters != (-1,) or bool(item.task) or item.key.group in DATED
            case "call":
                return item.person is not None
            case "delete":
                return bool(item.task) or not self.operator
        return super().check_action(action, parameters)

    def do(self, action: "Callable[[Transaction], Any]", seeing: "Then | None" = None) -> None:
        """Run an action; until what came of it is shown, no other key means the same item."""
        key = self.agenda.cursor
        self._busy.add(key)
        self.dealboard.start(self._see_to(key, action, seeing))

    async def _see_to(
        self, key: object, action: "Callable[[Transaction], Any]", seeing: "Then | None"
    ) -> None:
        try:
            await self._do(action, seeing)
        finally:
            # Behind `Changed`, which was posted when the action was committed.
            self.call_later(self._release, key)

    def _release(self, key: object) -> None:
        self._busy.discard(key)
        self.refresh_bindings()

    def action_done(self) -> None:
        """Mark the task as done."""
        if self.item and self.item.task:
            self.do_with("done", self.item.task)

    def action_delete(self) -> None:
        """Ask, then delete the task, or the deal."""
        if self.item and self.item.task:
            self.do_with("delete", self.item.task)
        else:
            super().action_delete()

    def action_edit(self) -> None:
        """Open the form of the task, or the page of the deal."""
        if self.item and self.item.task:
            self.do_with("edit", self.item.task)
        else:
            self.action_open()

    def action_open(self) -> None:
        """Open the page of the deal, or of the contact that a task is about."""
        item = self.item
        if item is None:
            return
        if item.deal_id is not None:
            self.open_deal(item.deal_id)
        elif item.person is not None:
            from dealboard.screens.kept_pages import show_contact

            self.dealboard.open(show_contact(self.dealboard, item.person.id))

    @on(LineList.Opened)
    def _opened_item(self) -> None:
        self.action_open()

    def action_add_activity(self) -> None:
        """Open the form of the deal's next step."""
        if self.item:
            self._open_form(self.item, ActivityKind.TASK)

    def _open_form(self, item: Item, kind: ActivityKind) -> None:
        from dealboard.screens.activity import ActivityScreen

        contact_id = item.person.id if item.person else None
        form = ActivityScreen(
            deal_id=item.deal_id, contact_id=contact_id, kind=kind, about=item.name
        )
        self.app.push_screen(form)

    @work
    async def action_call(self) -> None:
        """Call the contact, and offer to log the call."""
        from dealboard.screens.contact_verbs import reach
        from dealboard.widgets.contact_copy import openable

        item = self.item
        person: Person | None = item.person if item else None
        if item is None or person is None:
            return
        ways = (each for each in openable(person) if each.url.startswith("tel:"))
        number = next(ways, None)
        if number is None:
            self.dealboard.say(f"{excerpt(person.name, 30)} has no phone number")
            return
        await reach(self.dealboard, number)
        self._open_form(item, ActivityKind.CALL)


def _likely(hint: Hint) -> int:
    """Return the place of a hint; the sort leaves all others as they are."""
    return LIKELY.index(hint.action) if hint.action in LIKELY else len(LIKELY)
