"""The page of a deal (guide, Deal detail page): its form and contacts, what happened, the chat.

All of it is drawn by lines and read at once; a widget to type in comes with the first key that
wants one. What is typed is saved by F2 and not before; everything else happens at once.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from dealboard import actions
from dealboard.actions.edits import Conflict
from dealboard.domain.dates import describe_day
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Activity, Card, Deal, Event, Person
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.activity_verbs import ActivityVerbs
from dealboard.screens.chat_verbs import ChatVerbs
from dealboard.screens.deal_verbs import DealVerbs
from dealboard.screens.drafts import Draft as Kept
from dealboard.screens.drafts import Keeping, key_of, read_kept
from dealboard.screens.newest import Newest
from dealboard.screens.saving import writing
from dealboard.screens.targets import Material
from dealboard.store.driver import Connection
from dealboard.store.reads import activities, board, deals, pipelines, team, timeline
from dealboard.widgets.chat_pane import ChatPane
from dealboard.widgets.deal_fields import DealFields
from dealboard.widgets.deal_form import Choices, Draft, Values, in_place
from dealboard.widgets.deal_head import DealHead
from dealboard.widgets.deal_head_lines import Head
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.line_list import LineList
from dealboard.widgets.section_tabs import SectionTabs, Tab
from dealboard.widgets.timeline import Timeline

if TYPE_CHECKING:
    from datetime import date

    from dealboard.app import Changed
    from dealboard.store.transaction import Receipt
    from dealboard.widgets.contact_search import ContactSearch

WIDE = 90
"""Columns from which on the fields stand beside the rest."""

EVENTS = 100
"""Entries of the timeline that are read at a time."""

MATCHES = 8
"""Contacts that the search offers at once."""

TABS = (Tab("fields", "1", "Deal"), Tab("activity", "2", "Activity"), Tab("chat", "3", "Chat"))
"""The panes, by their ids."""

OFFERED = (
    "win", "lose", "reopen", "pick_stage", "add_activity", "clone", "delete"
)  # fmt: skip
"""The actions that the head offers to the mouse, the likeliest first."""


class Opening(NamedTuple):
    """All that the page shows of a deal, but for the chat."""

    deal: Deal
    card: Card | None
    material: Material
    tasks: tuple[Activity, ...]
    events: tuple[Event, ...]
    kept: Kept | None


def read_opening(
    connection: Connection, deal_id: int, *, today: "date", draft: str, locale: str
) -> Opening | None:
    """Read a page, None where the deal is gone; `draft` is where its draft is kept."""
    found = deals.by_ids(connection, [deal_id])
    if not found:
        return None
    return Opening(
        found[0],
        next(iter(board.cards(connection, [deal_id], today)), None),
        Material(
            pipelines.pipelines(connection),
            pipelines.all_stages(connection),
            team.users(connection),
        ),
        activities.open_tasks(connection, deal_id),
        timeline.of_deal(connection, deal_id, limit=EVENTS, locale=locale),
        read_kept(connection, draft),
    )


class PaneTabs(SectionTabs, can_focus=False):
    """The line of panes; the keys that go from one to the next are the page's."""


class Beside(Horizontal):
    """The panes side by side; nothing of it is seen between them."""

    BLANK = True


class EdgedFields(DealFields):
    """The fields, with a line towards the pane beside them."""

    EDGE = "│"


class DealPage(ActivityVerbs, ChatVerbs, DealVerbs):
    """One deal. `around` are the deals of the view it was opened from, in their order."""

    PLACE = "deals"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("H,shift+left", "move_by(-1)", "Stage before", show=False, id="deal.move_left"),
        Binding("L,shift+right", "move_by(1)", "Next stage", show=False, id="deal.move_right"),
        Binding("a", "add_activity", "Add activity", id="deal.activity"),
        Binding("r", "reopen", "Reopen", show=False, id="deal.reopen"),
        Binding("n,ctrl+pagedown,right_square_bracket", "walk(1)", "Next deal", id="page.next"),
        Binding("p,ctrl+pageup,left_square_bracket", "walk(-1)", "Deal before", id="page.previous"),
        Binding("tab", "pane(1)", "Next pane", show=False, id="page.next_pane"),
        Binding("shift+tab", "pane(-1)", "Pane before", show=False, id="page.previous_pane"),
        *(
            Binding(tab.key, f"show('{tab.id}')", tab.label, show=False, id=f"page.{tab.id}")
            for tab in TABS
        ),
        Binding("f3", "go('contacts')", "Contacts", show=False, id="go.contacts"),
        Binding("T,f4", "go('today')", "Today", show=False, id="go.today"),
        Binding("f5", "go('automations')", "Automations", show=False, id="go.automations"),
        Binding("f6", "go('conversions')", "Conversions", show=False, id="go.conversions"),
        Binding("comma,f10", "go('settings')", "Settings", show=False, id="go.settings"),
        Binding("q,escape", "leave", "Back", id="page.leave"),
    ]

    AUTO_FOCUS = "DealFields"

    DEFAULT_CSS = """
    DealPage {
        & Beside { height: 1fr; }
        & DealFields { width: 2fr; }
        & Timeline, & ChatPane { width: 3fr; }
    }
    """

    def __init__(self, deal_id: int, around: Sequence[int] = ()) -> None:
        super().__init__()
        self.deal_id = deal_id
        self._around = around
        self._opening: Opening | None = None
        self._newest = Newest(lambda work: self.dealboard.start(work))
        self._own = False
        self._saving = False
        self._elsewhere = False
        self._all_events = False
        self._keeping: Keeping | None = None
        self._person: Person | None = None
        self._pane = "fields"
        self._aside = "activity"
        self._goal = deal_id

    # ── what it is made of ────────────────────────────────────────────────────────────────────

    fields: DealFields
    timeline: Timeline

    @property
    def deal(self) -> Deal:
        """The deal as it was last read."""
        assert self._opening is not None  # noqa: S101 -- read before anything is shown
        return self._opening.deal

    @property
    def row_id(self) -> int:
        """The deal that is shown."""
        return self.deal_id

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._opening is not None and self.fields.dirty

    def compose(self) -> ComposeResult:
        """Yield the head, the panes and the hints."""
        today = writing(self).today
        self._head = DealHead()
        self._tabs = PaneTabs(TABS, self._pane)
        self.fields = EdgedFields()
        self.timeline = Timeline(today)
        self.chat = ChatPane(today)
        self._lay()
        yield self._head
        yield self._tabs
        yield Beside(self.fields, self.timeline, self.chat)
        yield HintBar()

    @on(events.Mount)
    async def _begin(self) -> None:
        """Read the deal before anything is shown."""
        await self._open(self.deal_id)

    async def begin(self, deal_id: int, around: Sequence[int]) -> bool:
        """Fill a page that was left with another deal, as if it were new; False if that is gone."""
        self._around, self._goal = around, deal_id
        self._opening = self._person = None
        self._pane, self._aside = "fields", "activity"
        for lines in (self.fields, self.timeline):
            lines.to_begin()
        self.begin_chat()
        self._lay()
        self.set_focus(self.fields)
        await self._open(deal_id)
        return self._opening is not None

    @on(events.ScreenSuspend)
    @on(events.Unmount)
    def _keep_typed(self) -> None:
        """Keep what was typed, whatever made the page go away."""
        if self._keeping is not None:
            self._keeping.flush()

    # ── reading ───────────────────────────────────────────────────────────────────────────────

    async def _read(self, deal_id: int) -> Opening | None:
        """Read a deal, None where it is gone or cannot be read."""
        app, how = self.dealboard, writing(self)
        reading = app.read(
            read_opening,
            deal_id,
            today=how.today,
            draft=app.mine(key_of(deal_id)),
            locale=how.locale,
        )
        return await app.report(reading)

    async def _open(self, deal_id: int) -> None:
        """Show a deal from the beginning."""
        opening = await self._read(deal_id)
        if deal_id != self._goal:
            return
        if opening is None:
            self.call_after_refresh(self._go_back)
            return
        if self._keeping is not None:
            self._keeping.flush()
        self.deal_id, self._opening, self._elsewhere = deal_id, opening, False
        self._all_events = False
        self.material = opening.material
        how = writing(self)
        self.timeline.today = how.today
        draft = Draft.of(opening.deal, self._choices(opening), how)
        self._keeping = Keeping(self, deal_id, self._to_keep)
        back = opening.kept is not None and draft.restore(opening.kept)
        self.fields.show(draft, self._notes())
        self._show()
        if back:
            self._keeping.found()
            self.dealboard.say("What you typed the last time is here again, and is not saved yet")

    def _to_keep(self) -> Kept | None:
        draft = self.fields.draft
        return draft.to_json() if draft.dirty else None

    def _choices(self, opening: Opening) -> Choices:
        material = opening.material
        return Choices(material.pipelines, material.stages, material.active)

    def _notes(self) -> list[tuple[str, str]]:
        deal, today = self.deal, writing(self).today
        notes = [("Created", describe_day(deal.created_at.astimezone().date(), today))]
        notes.append(("In stage", describe_day(deal.stage_entered_at.astimezone().date(), today)))
        if deal.closed_at is not None:
            notes.append(("Closed", describe_day(deal.closed_at.astimezone().date(), today)))
        if deal.lost_reason:
            notes.append(("Lost", deal.lost_reason))
        return notes

    def _show(self) -> None:
        """Show what was read, but for the form."""
        opening = self._opening
        assert opening is not None  # noqa: S101 -- only called after a read
        self.timeline.show(opening.tasks, opening.events)
        self._show_head()
        self._follow(self.fields.selected)
        self.refresh_bindings()

    def _show_head(self) -> None:
        opening = self._opening
        if opening is None:
            return
        deal, card = opening.deal, opening.card
        place = self._around.index(deal.id) + 1 if deal.id in self._around else 0
        mark = "not saved" if self.dirty else ""
        if self._elsewhere and mark:
            mark = "not saved, and changed by somebody else meanwhile"
        head = Head(
            deal,
            self.material.beside(deal.pipeline.id),
            card.next_step if card else None,
            card.rotting if card else None,
            place,
            len(self._around) if place else 0,
            mark,
        )
        how = writing(self)
        self._head.show(head, how.today, how.locale)

    def on_changed(self, event: "Changed") -> None:
        """Read again what is shown; the form only while nobody is typing in it."""
        self._own = self._own or event.receipt is not None
        self._newest.want(self._refresh)

    async def _refresh(self) -> None:
        own, self._own = self._own, False
        deal_id = self.deal_id
        opening = await self._read(deal_id)
        if deal_id != self.deal_id:
            return
        if self._newest.overtaken or self not in self.app.screen_stack:
            self._own = self._own or own
            return
        if opening is None:
            self._gone(own=own)
            return
        self._opening, self.material = opening, opening.material
        if self._saving:
            return
        draft = self.fields.draft
        draft.choices = self._choices(opening).including(opening.deal.owner)
        if own or not self.dirty:
            draft.rebase(opening.deal)
            self._elsewhere = False
        else:
            self._elsewhere = self._elsewhere or Values.of(opening.deal) != draft.base
        self.fields.show(draft, self._notes())
        self._show()

    def _gone(self, *, own: bool) -> None:
        """Leave a deal that is not there any more, unless that would lose what was typed."""
        if self.dirty and not own:
            self.dealboard.say(
                "Somebody deleted this deal. What you typed is still here.", severity="warning"
            )
            return
        if not own:
            self.dealboard.say(f"{self.deal.title} was deleted.", severity="warning")
        if self._keeping is not None:
            self._keeping.forget()
        self._go_back()

    # ── the panes ─────────────────────────────────────────────────────────────────────────────

    def action_pane(self, by: int) -> None:
        """Go to the next pane, or the one before."""
        ids = [tab.id for tab in TABS]
        self.action_show(ids[(ids.index(self._pane) + by) % len(ids)])

    def action_show(self, pane: str) -> None:
        """Show a pane and put the cursor in it."""
        self.fields.stop()
        self._pane = pane
        self._lay()
        self.set_focus({"fields": self.fields, "activity": self.timeline}.get(pane, self.chat.talk))

    def _lay(self) -> None:
        """Show the panes that there is room for: on a narrow screen one of them at a time."""
        wide = self.app.size.width >= WIDE
        if self._pane != "fields":
            self._aside = self._pane
        self._tabs.current = self._pane
        self.fields.display = wide or self._pane == "fields"
        beside = wide or self._pane != "fields"
        self.timeline.display = beside and self._aside == "activity"
        self.chat.display = beside and self._aside == "chat"
        if self.chat.display and self._opening is not None:
            self.show_chat(self._person)

    def on_resize(self) -> None:
        """Show as many panes as there is room for now."""
        self._lay()

    @on(SectionTabs.Chosen)
    def _choose_pane(self, event: SectionTabs.Chosen) -> None:
        self.action_show(event.tab_id)

    def on_descendant_focus(self) -> None:
        """Know which pane one is in, also after a click."""
        panes = {"fields": self.fields, "activity": self.timeline, "chat": self.chat}
        here = next((name for name, pane in panes.items() if pane.has_focus_within), self._pane)
        if here != self._pane:
            self._pane = here
            self._lay()

    @on(DealHead.Pressed)
    async def _press_head(self, event: DealHead.Pressed) -> None:
        await self.run_action(event.action)

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

    # ── the form ──────────────────────────────────────────────────────────────────────────────

    @on(DealFields.Edited)
    def _edited(self) -> None:
        self._show_head()
        if self._keeping is not None:
            self._keeping.touch()

    @on(DealFields.ListWanted)
    def _list(self, event: DealFields.ListWanted) -> None:
        from dealboard.screens.deal import offer_list

        offer_list(self, self.fields, event.field)

    async def on_contact_search_search_wanted(self, event: "ContactSearch.SearchWanted") -> None:
        """Find contacts for the search."""
        from dealboard.store.reads import contacts

        app = self.dealboard
        found = await app.report(app.read(contacts.matches, event.text, limit=MATCHES))
        event.search.show_matches(event.text, found or ())

    def action_save(self) -> None:
        """Save, if every field means something."""
        if self._saving or self._opening is None:
            return
        if not self.dirty:
            self.dealboard.say("Nothing to save")
            return
        values = self.fields.values()
        if values is None:
            self.action_show_complaint()
            return
        self._saving = True
        self.dealboard.start(self._save(values))

    def action_show_complaint(self) -> None:
        """Show the form, where something is wrong."""
        if self._pane != "fields":
            self._pane = "fields"
            self._lay()

    async def _save(self, values: Values) -> None:
        """Save, and settle with the user what somebody else changed meanwhile."""
        from dealboard.screens.deal_saving import saving

        app, draft, typed = self.dealboard, self.fields.draft, self.fields.draft.typed
        try:
            receipt = await app.write(saving(values, self.deal_id, draft.base))
        except Conflict as conflict:
            self._settle(conflict)
        except InvalidValue as error:
            if not self.fields.complain(error.field, in_place(error)):
                app.say(f"{error.sentence} {error.hint}".strip(), severity="error")
            self.action_show_complaint()
        except DealboardError as error:
            app.say(f"{error.sentence} {error.hint}".strip(), severity="error")
        else:
            await self._saved(typed, receipt)
        finally:
            self._saving = False

    async def _saved(self, typed: Any, receipt: "Receipt[int]") -> None:
        """Go on with what is kept now; what was typed while it was being saved is still to do."""
        app, draft = self.dealboard, self.fields.draft
        app.tell(receipt)
        opening = await self._read(self.deal_id)
        if opening is None:
            return
        self._opening, self.material, self._elsewhere = opening, opening.material, False
        draft.opened = typed
        draft.rebase(opening.deal)
        if self._keeping is not None:
            self._keeping.touch() if draft.dirty else self._keeping.forget()
        self.fields.show(draft, self._notes())
        if not draft.dirty:
            self.fields.stop()
        self._show()
        app.say("Saved · u undoes")

    @work
    async def _settle(self, conflict: Conflict) -> None:
        """Show both values of each field that two people changed, and ask whose holds."""
        from dealboard.screens.conflict import ConflictScreen

        settled = await self.app.push_screen_wait(ConflictScreen(conflict.clashes))
        opening = await self._read(self.deal_id)
        if settled is None or opening is None:
            return
        self._opening = opening
        self.fields.draft.rebase(opening.deal, settled.theirs)
        self.fields.show(self.fields.draft, self._notes())
        self._edited()
        if self.dirty:
            self.action_save()
        elif self._keeping is not None:
            self._keeping.forget()

    # ── leaving and walking ───────────────────────────────────────────────────────────────────

    def _then(self, go: Callable[[], object]) -> None:
        """Go somewhere else; not at once if that loses something."""
        if self.unsent:
            self.unless_unsent(lambda: self._then(go))
            return
        if not self.dirty:
            go()
            return
        from dealboard.screens.confirm import Confirm

        def answer(sure: bool | None) -> None:
            if sure:
                if self._keeping is not None:
                    self._keeping.forget()
                    self._keeping = None
                self.fields.show(Draft.of(self.deal, self.fields.draft.choices, writing(self)))
                go()

        question, detail = (
            "Discard what you typed?",
            "Nothing of it was saved. Esc goes back to it.",
        )
        self.app.push_screen(Confirm(question, detail=detail, yes="Discard", no="Keep"), answer)

    def action_leave(self) -> None:
        """Go back to where the page was opened."""
        self._then(self._go_back)

    def _go_back(self) -> None:
        if self.is_current:
            self.dismiss()

    def action_go(self, place: str) -> None:
        """Show a main screen."""
        self._then(lambda: self.dealboard.go(place))

    def action_walk(self, by: int) -> None:
        """Show the next deal of the view that the page was opened from, or the one before."""
        at = self._around.index(self._goal) + by if self._goal in self._around else -1
        if 0 <= at < len(self._around):
            self._then(lambda: self.turn_to(self._around[at]))
        elif self._around:
            self.dealboard.say("That was the last deal" if by > 0 else "That was the first deal")

    def turn_to(self, deal_id: int) -> None:
        """Show another deal instead."""
        self._goal = deal_id
        self.dealboard.start(self._open(deal_id))

    # ── quick actions ─────────────────────────────────────────────────────────────────────────

    @property
    def cursor_deal(self) -> int | None:
        """The deal."""
        return self.deal_id

    @property
    def selected(self) -> frozenset[int]:
        """No others."""
        return frozenset()

    @property
    def chat_deal(self) -> int | None:
        """The deal."""
        return self.deal_id

    @property
    def pipeline_id(self) -> int | None:
        """The deal's pipeline."""
        return self.deal.pipeline.id if self._opening else None

    @property
    def new_stage_id(self) -> int | None:
        """The deal's stage."""
        return self.stage_now()

    def stage_now(self) -> int | None:
        """Return the deal's stage."""
        return self.deal.stage.id if self._opening else None

    def title_of(self, deal_id: int) -> str:  # noqa: ARG002
        """Return the deal's title."""
        return self.deal.title if self._opening else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave out what means nothing for this deal."""
        if self._opening is None:
            return action in ("leave", "go")
        kind = self.deal.stage.kind
        out = {
            "reopen": kind is StageKind.OPEN,
            "win": kind is StageKind.WON,
            "lose": kind is StageKind.LOST,
            "quick_add": True,
            "walk": len(self._around) < 2,
        }
        return not out.get(action, False)

    def action_move_by(self, by: int) -> None:
        """Move the deal by stages."""
        if targets := self.here():
            self.move_by(targets, by)

    def action_put_in(self, stage_id: int) -> None:
        """Move the deal to a stage of its pipeline; to Lost with a reason."""
        stage, targets = self.material.stage(stage_id), self.here()
        if stage is None or targets is None:
            return
        if stage.kind is StageKind.LOST:
            self.action_lose()
        else:
            self.move_to(targets, stage_id)

    def action_reopen(self) -> None:
        """Move a closed deal back to the stage it was closed from."""
        self.do(lambda tx: actions.deals.reopen(tx, self.deal_id))

    def action_clone(self) -> None:
        """Add a copy of the deal and show it."""
        self._then(self._clone)

    @work
    async def _clone(self) -> None:
        deal_id = self.deal_id
        receipt = await self.dealboard.change(lambda tx: actions.deals.clone(tx, deal_id))
        if receipt is not None:
            self.turn_to(receipt.value)
            self.said(receipt)

    @work
    async def action_copy(self) -> None:
        """Ask what shall be copied: the title, the reference, how a contact is reached."""
        from dealboard.screens.pick import Choice, Pick

        deal = self.deal
        texts = {
            "title": ("Title", deal.title, "t"),
            "reference": ("Reference", deal.reference, "r"),
        }
        person = self._person
        if person is not None:
            texts["phone"] = (f"Phone of {person.name}", person.phone, "p")
            texts["email"] = (f"E-mail of {person.name}", person.email, "e")

        choices = [
            Choice(name, label, text, key) for name, (label, text, key) in texts.items() if text
        ]
        chosen = await self.app.push_screen_wait(Pick("Copy", choices))
        if chosen is not None:
            text = texts[chosen][1] or ""
            self.app.copy_to_clipboard(text)
            self.dealboard.say(f"Copied {text}")

    # ── what happened ─────────────────────────────────────────────────────────────────────────

    def action_add_activity(self) -> None:
        """Add a call, a meeting, a note or a task; the contact that is meant is kept with it."""
        person = self._person
        contact_id = person.id if person is not None else None
        self.add_activity(deal_id=self.deal_id, contact_id=contact_id, about=self.deal.title)

    @on(LineList.MoreWanted, "Timeline")
    async def _more_events(self) -> None:
        """Read what happened before, once the end of what is held comes into sight."""
        opening = self._opening
        if opening is None or len(opening.events) < EVENTS or self._all_events:
            return
        app, last = self.dealboard, opening.events[-1]
        locale = writing(self).locale
        reading = app.read(timeline.of_deal, self.deal_id, limit=EVENTS, before=last, locale=locale)
        older = await app.report(reading)
        if older is None or self._opening is not opening:
            return
        self._all_events = not older
        self._opening = opening._replace(events=(*opening.events, *older))
        self.timeline.show(opening.tasks, self._opening.events)

    # ── contacts and the chat ─────────────────────────────────────────────────────────────────

    @on(DealFields.ContactSelected)
    def _select_contact(self, event: DealFields.ContactSelected) -> None:
        self._follow(event.contact)

    def _follow(self, contact: object) -> None:
        """Mean a contact from now on; the chat is the one with them (decision 64)."""
        self._person = contact if isinstance(contact, Person) else None
        if self.chat.display:
            self.show_chat(self._person)

    @on(DealFields.ContactOpened)
    def _open_contact(self, event: DealFields.ContactOpened) -> None:
        from dealboard.screens.kept_pages import show_contact

        self.dealboard.start(show_contact(self.dealboard, event.contact.id))
