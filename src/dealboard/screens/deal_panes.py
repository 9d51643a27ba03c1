"""What stands on the page of a deal and where: the head, the fields, what happened, the chat.

All of it is drawn by lines; a widget to type in comes with the first key that wants one.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from dealboard.domain.views import Deal, Person
from dealboard.screens.activity_verbs import ActivityVerbs
from dealboard.screens.chat_verbs import ChatVerbs
from dealboard.screens.deal_opening import EVENTS, Opening, notes_of
from dealboard.screens.deal_verbs import DealVerbs
from dealboard.screens.saving import writing
from dealboard.store.reads import timeline
from dealboard.widgets.chat_pane import ChatPane
from dealboard.widgets.deal_fields import DealFields
from dealboard.widgets.deal_form import Draft
from dealboard.widgets.deal_head import DealHead
from dealboard.widgets.deal_head_lines import Head
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.line_list import LineList
from dealboard.widgets.section_tabs import SectionTabs, Tab
from dealboard.widgets.timeline import Timeline

WIDE = 90
"""Columns from which on the fields stand beside the rest."""

TABS = (Tab("fields", "1", "Deal"), Tab("activity", "2", "Activity"), Tab("chat", "3", "Chat"))
"""The panes, by their ids."""

OFFERED = (
    "win", "lose", "reopen", "pick_stage", "add_activity", "clone", "delete"
)  # fmt: skip
"""The actions that the head offers to the mouse, the likeliest first."""


class PaneTabs(SectionTabs, can_focus=False):
    """The line of panes; the keys that go from one to the next are the page's."""


class Beside(Horizontal):
    """The panes side by side; nothing of it is seen between them."""

    BLANK = True


class EdgedFields(DealFields):
    """The fields, with a line towards the pane beside them."""

    EDGE = "│"


class DealPanes(ActivityVerbs, ChatVerbs, DealVerbs):
    """One deal in its panes. `around` are the deals of the view it was opened from, in order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "pane(1)", "Next pane", show=False, id="page.next_pane"),
        Binding("shift+tab", "pane(-1)", "Pane before", show=False, id="page.previous_pane"),
        *(
            Binding(tab.key, f"show('{tab.id}')", tab.label, show=False, id=f"page.{tab.id}")
            for tab in TABS
        ),
    ]

    DEFAULT_CSS = """
    DealPanes {
        & Beside { height: 1fr; }
        & DealFields { width: 2fr; }
        & Timeline, & ChatPane { width: 3fr; }
    }
    """

    def __init__(self, deal_id: int, around: Sequence[int] = ()) -> None:
        super().__init__()
        self.deal_id = deal_id
        self.around = around
        self.opening: Opening | None = None
        self.person: Person | None = None
        self.pane = "fields"
        self._aside = "activity"
        self._all_events = False

    # ── what it is made of ────────────────────────────────────────────────────────────────────

    fields: DealFields
    timeline: Timeline

    @property
    def deal(self) -> Deal:
        """The deal as it was last read."""
        assert self.opening is not None  # noqa: S101 -- read before anything is shown
        return self.opening.deal

    @property
    def mark(self) -> str:
        """What is to be known about the form; nothing while it says what is kept."""
        return ""

    def compose(self) -> ComposeResult:
        """Yield the head, the panes and the hints."""
        today = writing(self).today
        self._head = DealHead()
        self._tabs = PaneTabs(TABS, self.pane)
        self.fields = EdgedFields()
        self.timeline = Timeline(today)
        self.chat = ChatPane(today)
        self._lay()
        yield self._head
        yield self._tabs
        yield Beside(self.fields, self.timeline, self.chat)
        yield HintBar()

    def empty(self) -> None:
        """Be as a page that is new, with nothing read yet."""
        self.opening = self.person = None
        self.pane, self._aside = "fields", "activity"
        for lines in (self.fields, self.timeline):
            lines.to_begin()
        self.begin_chat()
        self._lay()
        self.set_focus(self.fields)

    # ── what is shown of the deal ─────────────────────────────────────────────────────────────

    def take(self, opening: Opening) -> None:
        """Mean what was read from now on, before it is shown."""
        self.opening, self.material = opening, opening.material
        self._all_events = False

    def show_fields(self, draft: Draft) -> None:
        """Show the form, and what is known besides."""
        self.fields.show(draft, notes_of(self.deal, writing(self).today))

    def show_rest(self) -> None:
        """Show what was read, but for the form."""
        opening = self.opening
        assert opening is not None  # noqa: S101 -- only called after a read
        self.timeline.show(opening.tasks, opening.events)
        self.show_head()
        self._follow(self.fields.selected)
        self.refresh_bindings()

    def show_head(self) -> None:
        """Show the head; nothing while nothing is read."""
        opening = self.opening
        if opening is None:
            return
        deal, card = opening.deal, opening.card
        place = self.around.index(deal.id) + 1 if deal.id in self.around else 0
        head = Head(
            deal,
            self.material.beside(deal.pipeline.id),
            card.next_step if card else None,
            card.rotting if card else None,
            place,
            len(self.around) if place else 0,
            self.mark,
        )
        how = writing(self)
        self._head.show(head, how.today, how.locale)

    def _show_hints(self, _screen: object = None) -> None:
        super()._show_hints()
        if self.fields.editing:  # letters are letters there, and the mouse can still be used
            return
        keys = {
            binding.action: (self.app.get_key_display(binding), binding.description)
            for _, binding, enabled, _ in self.active_bindings.values()
            if enabled
        }
        offered = [(*keys[name], f"screen.{name}") for name in OFFERED if name in keys]
        self._head.offer(offered)

    @on(DealHead.Pressed)
    async def _press_head(self, event: DealHead.Pressed) -> None:
        await self.run_action(event.action)

    @on(LineList.MoreWanted, "Timeline")
    async def _more_events(self) -> None:
        """Read what happened before, once the end of what is held comes into sight."""
        opening = self.opening
        if opening is None or len(opening.events) < EVENTS or self._all_events:
            return
        app, last = self.dealboard, opening.events[-1]
        locale = writing(self).locale
        reading = app.read(timeline.of_deal, self.deal_id, limit=EVENTS, before=last, locale=locale)
        older = await app.report(reading)
        if older is None or self.opening is not opening:
            return
        self._all_events = not older
        self.opening = opening._replace(events=(*opening.events, *older))
        self.timeline.show(opening.tasks, self.opening.events)

    # ── the panes ─────────────────────────────────────────────────────────────────────────────

    def action_pane(self, by: int) -> None:
        """Go to the next pane, or the one before."""
        ids = [tab.id for tab in TABS]
        self.action_show(ids[(ids.index(self.pane) + by) % len(ids)])

    def action_show(self, pane: str) -> None:
        """Show a pane and put the cursor in it."""
        self.fields.stop()
        self.uncover(pane)
        self.set_focus({"fields": self.fields, "activity": self.timeline}.get(pane, self.chat.talk))

    def uncover(self, pane: str) -> None:
        """Show a pane; the cursor stays where it is."""
        self.pane = pane
        self._lay()

    def _lay(self) -> None:
        """Show the panes that there is room for: on a narrow screen one of them at a time."""
        wide = self.app.size.width >= WIDE
        if self.pane != "fields":
            self._aside = self.pane
        self._tabs.current = self.pane
        self.fields.display = wide or self.pane == "fields"
        beside = wide or self.pane != "fields"
        self.timeline.display = beside and self._aside == "activity"
        self.chat.display = beside and self._aside == "chat"
        if self.chat.display and self.opening is not None:
            self.show_chat(self.person)

    def on_resize(self) -> None:
        """Show as many panes as there is room for now."""
        self._lay()

    @on(SectionTabs.Chosen)
    def _choose_pane(self, event: SectionTabs.Chosen) -> None:
        self.action_show(event.tab_id)

    def on_descendant_focus(self) -> None:
        """Know which pane one is in, also after a click."""
        panes = {"fields": self.fields, "activity": self.timeline, "chat": self.chat}
        here = next((name for name, pane in panes.items() if pane.has_focus_within), self.pane)
        if here != self.pane:
            self.uncover(here)

    # ── the contact that is meant ─────────────────────────────────────────────────────────────

    @on(DealFields.ContactSelected)
    def _select_contact(self, event: DealFields.ContactSelected) -> None:
        self._follow(event.contact)

    def _follow(self, contact: object) -> None:
        """Mean a contact from now on; the chat is the one with them (decision 64)."""
        self.person = contact if isinstance(contact, Person) else None
        if self.chat.display:
            self.show_chat(self.person)

    @on(DealFields.ContactOpened)
    def _open_contact(self, event: DealFields.ContactOpened) -> None:
        from dealboard.screens.kept_pages import show_contact

        self.dealboard.open(show_contact(self.dealboard, event.contact.id))
