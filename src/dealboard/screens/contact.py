"""The page of a contact: what is known, its deals with totals, what happened, and the chat.

All of it is drawn by lines and read at once; a form is mounted only to edit.
"""

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, runtime_checkable

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from dealboard.domain.text import excerpt
from dealboard.domain.views import (
    Activity,
    ActivityKind,
    Contact,
    CustomField,
    Deal,
    Event,
    Person,
)
from dealboard.errors import NotFound
from dealboard.screens.activity_verbs import ActivityVerbs
from dealboard.screens.chat_verbs import ChatVerbs
from dealboard.screens.contact_verbs import ContactVerbs
from dealboard.screens.saving import writing
from dealboard.store.driver import Connection
from dealboard.store.reads import activities, contacts, fields, timeline
from dealboard.widgets.chat_pane import ChatPane
from dealboard.widgets.contact_head import ContactHead
from dealboard.widgets.contact_rows import DEAL_COLUMNS, FIELD_COLUMNS, deal_rows, field_rows
from dealboard.widgets.line_list import LineList
from dealboard.widgets.menu_line import MenuItem
from dealboard.widgets.row_lines import Entry
from dealboard.widgets.rows import Rows
from dealboard.widgets.section_tabs import SectionTabs, Tab
from dealboard.widgets.timeline import Timeline

if TYPE_CHECKING:
    from dealboard.app import Changed

STEP = 100
"""Events that are read at first, and more of when the last of them come into sight."""

WIDE = 100
"""Columns from which on the fields stand beside the rest."""

TABS = (
    Tab("fields", "1", "Details"),
    Tab("deals", "2", "Deals"),
    Tab("activity", "3", "Activity"),
    Tab("chat", "4", "Chat"),
)


@runtime_checkable
class ContactList(Protocol):
    """A screen whose cursor goes to the contact whose page was left."""

    def follow(self, contact_id: int) -> None:
        """Put the cursor on a contact."""
        ...


class Page(NamedTuple):
    """All that the page shows."""

    contact: Contact
    custom: tuple[CustomField, ...]
    open: tuple[Deal, ...]
    closed: tuple[Deal, ...]
    tasks: tuple[Activity, ...]
    events: tuple[Event, ...]


def read_page(connection: Connection, contact_id: int, events: int, *, with_deals: bool) -> Page:
    """Read a page; without deals for those who have no access to them. Raises NotFound."""
    contact = contacts.contact(connection, contact_id)
    open_, closed = contacts.deals_of(connection, contact_id) if with_deals else ((), ())
    found = activities.of_contact(connection, contact_id, with_deals=with_deals)
    return Page(
        contact,
        fields.fields(connection),
        open_,
        closed,
        tuple(each for each in found if _is_open(each)),
        timeline.of_contact(connection, contact_id, limit=events, with_deals=with_deals),
    )


async def _unless_gone(reading: Awaitable[Page]) -> Page | None:
    """Return a page, None where there is no such contact any more."""
    try:
        return await reading
    except NotFound:
        return None


def _person(contact: Contact) -> Person | None:
    """Return who can be chatted with: nobody, once the contact is forgotten."""
    if contact.forgotten:
        return None
    return Person(contact.id, contact.name, contact.phone, contact.email, contact.phone_key)


def _is_open(activity: Activity) -> bool:
    return activity.kind is ActivityKind.TASK and activity.done_at is None


class ContactScreen(ActivityVerbs, ChatVerbs, ContactVerbs):
    """One contact. `around` are the contacts of the list it was opened from, in their order."""

    MENU_ACTIONS: ClassVar = {
        MenuItem("new_deal", "＋ New deal"): "screen.new_deal",
        MenuItem("edit", "✎ Edit"): "screen.edit",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new_deal", "New deal", id="contact.new_deal"),
        Binding("a", "add_activity", "Add activity", id="contact.activity"),
        *(
            Binding(tab.key, f"section('{tab.id}')", tab.label, show=False, id=f"contact.{tab.id}")
            for tab in TABS
        ),
        Binding("N,ctrl+pagedown,right_square_bracket", "walk(1)", "Next contact", id="page.next"),
        Binding(
            "P,ctrl+pageup,left_square_bracket",
            "walk(-1)",
            "Contact before",
            show=False,
            id="page.previous",
        ),
        Binding("q,escape", "leave", "Back", id="page.leave"),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    ContactScreen {
        & #page { height: 1fr; }
        & SectionTabs { margin-bottom: 1; }
        & #fields, & #deals, & #activity, & #chat { display: none; height: 1fr; border: none; }
        & #deals.-shown, & #activity.-shown, & #chat.-shown { display: block; }
        &.-narrow #fields.-shown { display: block; }
        &.-narrow SectionTabs.-beside, &.-wide SectionTabs.-alone { display: none; }
        &.-wide #fields {
            display: block;
            dock: left;
            width: 38%;
            min-width: 44;
            max-width: 64;
            border: round $border-blurred;
            &:focus { border: round $border; }
        }
    }
    """

    def __init__(self, contact_id: int, around: Sequence[int] = ()) -> None:
        super().__init__()
        self._contact_id = contact_id
        self._around = around
        self._page: Page | None = None
        self._limit = STEP

    @property
    def menu_actions(self) -> dict[MenuItem, str]:
        """No deals for whom has no access to them."""
        hidden = "new_deal" if self.operator else ""
        return {item: act for item, act in self.MENU_ACTIONS.items() if item.id != hidden}

    @property
    def row_id(self) -> int:
        """The contact that is shown."""
        return self._contact_id

    @property
    def contact_id(self) -> int | None:
        """The contact that is shown."""
        return self._contact_id

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def body(self) -> ComposeResult:
        """Yield the head, the fields, and beside or instead of them the chosen section."""
        today = self.dealboard.workspace.today
        yield ContactHead()
        with Vertical(id="page"):
            for tabs, where in ((TABS, "-alone"), (TABS[1:], "-beside")):
                line = SectionTabs(tabs, "deals")
                line.add_class(where)
                yield line
            yield Rows(*FIELD_COLUMNS, title="Details", id="fields")
            yield Rows(*DEAL_COLUMNS, id="deals")
            yield Timeline(today, id="activity")
            self.chat = ChatPane(today, id="chat")
            yield self.chat

    @on(events.Mount)
    async def _begin(self) -> None:
        """Read the contact before anything is shown."""
        self._begin_section()
        await self._open()

    async def begin(self, contact_id: int, around: Sequence[int]) -> bool:
        """Fill a page that was left with another contact, as if new; False if that is gone."""
        self._contact_id, self._around = contact_id, around
        self._page, self._limit = None, STEP
        for lines in (*self.query(Rows), *self.query(Timeline)):
            lines.to_begin()
        self.begin_chat()
        self._begin_section()
        await self._open()
        return self._page is not None

    def _begin_section(self) -> None:
        """Show the deals, or what a Chat Operator works with."""
        self.action_section("chat" if self.operator else "deals")

    def on_screen_resume(self) -> None:
        """Keep the keys in force in the bottom line."""
        self._show_hints()

    @work(exclusive=True, group="read")
    async def _read(self, *, own: bool = True) -> None:
        """Show the page as it is now."""
        await self._open(own=own)

    async def _open(self, *, own: bool = True) -> None:
        """Read the page; leave it where the contact is gone, which is said if others did it."""
        app, before, contact_id = self.dealboard, self._page, self._contact_id
        reading = app.read(read_page, contact_id, self._limit, with_deals=not self.operator)
        page = await app.report(_unless_gone(reading))
        if not self.is_attached or contact_id != self._contact_id:
            return
        if page is not None:
            self._page = page
            self._show(page)
        elif self.is_current:
            self.call_after_refresh(self.action_leave)
            if before is not None and not own:
                app.say(f"{before.contact.name} is not there any more.", severity="warning")

    def _show(self, page: Page) -> None:
        contact, how = page.contact, writing(self)
        head = self.query_one(ContactHead)
        head.contact = contact
        head.place = self._place()
        self._rows("fields").show(tuple(field_rows(contact, page.custom, how)))
        self._rows("deals").show(tuple(self._deal_entries(page)))
        self.query_one(Timeline).show(page.tasks, page.events)
        if self.chat.has_class("-shown"):
            self.show_chat(_person(contact))
        self.refresh_bindings()

    def _deal_entries(self, page: Page) -> Sequence[Entry]:
        """Return the deals; a sentence for a Chat Operator, and where there are none."""
        blank, width = ("", "row"), len(DEAL_COLUMNS)
        if self.operator:
            name = excerpt(self.dealboard.workspace.user.name, 30)
            sentence = f"{name} is a Chat Operator and has no access to deals."
            return (Entry(None, ((sentence, "muted"),)),)
        how = writing(self)
        rows = tuple(deal_rows(page.open, page.closed, today=how.today, locale=how.locale))
        if page.open or page.closed:
            return rows
        teaching = Entry(
            None, (("No deals yet. n makes the first one.", "muted"), *[blank] * (width - 1))
        )
        return (teaching,)

    def _rows(self, place: str) -> Rows:
        return self.query_one(f"#{place}", Rows)

    def _place(self) -> str:
        """Return where in the list the contact is."""
        if self._contact_id not in self._around:
            return f"#{self._contact_id}"
        return f"{self._around.index(self._contact_id) + 1:,} of {len(self._around):,}"

    def on_changed(self, event: "Changed") -> None:
        """Show what was changed, here or by somebody else."""
        self._read(own=event.receipt is not None)

    # ── sections ──────────────────────────────────────────────────────────────────────────────

    def action_section(self, name: str) -> None:
        """Show a section and put the cursor in it; beside the fields where there is room."""
        if name != "fields" or not self.has_class("-wide"):
            for tab in TABS:  # a class of the screen would have all that is on it styled anew
                self.query_one(f"#{tab.id}", Widget).set_class(tab.id == name, "-shown")
            for tabs in self.query(SectionTabs):
                tabs.current = name
        if name == "chat":
            self.set_focus(self.chat.talk)
            if self._page is not None:
                self.show_chat(_person(self._page.contact))
        else:
            self.set_focus(self.query_one(f"#{name}", Widget))

    @on(SectionTabs.Chosen)
    def _choose_section(self, event: SectionTabs.Chosen) -> None:
        self.action_section(event.tab_id)

    @on(Rows.Opened, "#fields")
    def _edit_field(self, event: Rows.Opened) -> None:
        self.edit(str(event.entry_id))

    @on(Rows.Opened, "#deals")
    def _open_deal(self, event: Rows.Opened) -> None:
        self.dealboard.open(self._show_deal(int(event.entry_id)))

    async def _show_deal(self, deal_id: int) -> None:
        from dealboard.screens.kept_pages import show_deal

        page = self._page
        around = [deal.id for deal in (*page.open, *page.closed)] if page else []
        await show_deal(self.dealboard, deal_id, around)

    @on(LineList.MoreWanted, "#activity")
    def _more_events(self) -> None:
        """Read what happened before, once the end of what is held comes into sight."""
        if self._page is not None and len(self._page.events) >= self._limit:
            self._limit += STEP
            self._read()

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    def action_new_deal(self) -> None:
        """Open the form of a new deal with this contact on it, and its name as the title."""
        from dealboard.screens.deal import DealScreen

        page = self._page
        if page is None or page.contact.forgotten:
            return
        self.app.push_screen(DealScreen(contact=_person(page.contact)))

    def action_add_activity(self) -> None:
        """Open the form of a call, a meeting, a note or a task with the contact."""
        page = self._page
        if page is not None and not page.contact.forgotten:
            self.add_activity(contact_id=page.contact.id, about=page.contact.name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no deal to whom has no access to deals."""
        if action == "new_deal" and self.operator:
            return False
        return super().check_action(action, parameters)

    def removed(self, contact_id: int) -> None:
        """Leave the page of a contact that is gone."""
        if contact_id == self._contact_id and self.is_current:
            self.action_leave()

    def show_contact(self, contact_id: int) -> None:
        """Show another contact: the next, or the one into which this one went."""
        self._contact_id, self._limit = contact_id, STEP
        self._read()

    def choose_place(self) -> None:
        """Answer a click on the name in the menu: there is none."""

    def action_walk(self, by: int) -> None:
        """Show the next contact of the list, or the one before."""
        at = self._around.index(self._contact_id) + by if self._contact_id in self._around else -1
        if 0 <= at < len(self._around):
            self.unless_unsent(lambda: self.show_contact(self._around[at]))
        elif self._around:
            last = "That was the last contact" if by > 0 else "That was the first contact"
            self.dealboard.say(last)

    def action_leave(self) -> None:
        """Go back to where the page was opened from."""
        self.unless_unsent(self._go_back)

    def _go_back(self) -> None:
        for place in self.app.screen_stack:
            if isinstance(place, ContactList):
                place.follow(self._contact_id)
        self.dismiss(None)
