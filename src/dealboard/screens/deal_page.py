"""The page of a deal (guide, Deal detail page): how it is opened, followed, left, and its verbs.

What stands on it is in `deal_panes`, what is typed in `deal_editing`; all of it is read at once
(`deal_opening`). What is typed is saved on demand; everything else happens at once.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.stages import StageKind
from dealboard.screens.deal_editing import DealEditing
from dealboard.screens.newest import Newest
from dealboard.screens.saving import writing

if TYPE_CHECKING:
    from dealboard.app import Changed


class DealPage(DealEditing):
    """One deal. `around` are the deals of the view it was opened from, in their order."""

    PLACE = "deals"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("H,shift+left", "move_by(-1)", "Stage before", show=False, id="deal.move_left"),
        Binding("L,shift+right", "move_by(1)", "Next stage", show=False, id="deal.move_right"),
        Binding("a", "add_activity", "Add activity", id="deal.activity"),
        Binding("r", "reopen", "Reopen", show=False, id="deal.reopen"),
        Binding("n,ctrl+pagedown,right_square_bracket", "walk(1)", "Next deal", id="page.next"),
        Binding("p,ctrl+pageup,left_square_bracket", "walk(-1)", "Deal before", id="page.previous"),
        Binding("f3", "go('contacts')", "Contacts", show=False, id="go.contacts"),
        Binding("T,f4", "go('today')", "Today", show=False, id="go.today"),
        Binding("f5", "go('automations')", "Automations", show=False, id="go.automations"),
        Binding("f6", "go('conversions')", "Conversions", show=False, id="go.conversions"),
        Binding("comma,f10", "go('settings')", "Settings", show=False, id="go.settings"),
        Binding("q,escape", "leave", "Back", id="page.leave"),
    ]

    AUTO_FOCUS = "DealFields"

    def __init__(self, deal_id: int, around: Sequence[int] = ()) -> None:
        super().__init__(deal_id, around)
        self._goal = deal_id
        self._newest = Newest(self)
        self._own = False

    # ── opening ───────────────────────────────────────────────────────────────────────────────

    @property
    def row_id(self) -> int:
        """The deal that is shown."""
        return self.deal_id

    @on(events.Mount)
    async def _begin(self) -> None:
        """Read the deal before anything is shown."""
        await self._open(self.deal_id)

    async def begin(self, deal_id: int, around: Sequence[int]) -> bool:
        """Fill a page that was left with another deal, as if it were new; False if that is gone."""
        self.around, self._goal = around, deal_id
        self.empty()
        await self._open(deal_id)
        return self.opening is not None

    async def _open(self, deal_id: int) -> None:
        """Show a deal from the beginning."""
        opening = await self.read_deal(deal_id)
        if deal_id != self._goal:
            return
        if opening is None:
            self.call_after_refresh(self._go_back)
            return
        self.deal_id = deal_id
        self.take(opening)
        self.timeline.today = writing(self).today
        self.begin_form(opening)
        self.show_rest()

    # ── following what is changed ─────────────────────────────────────────────────────────────

    def on_changed(self, event: "Changed") -> None:
        """Read again what is shown; the form only while nobody is typing in it."""
        self._own = self._own or event.receipt is not None
        self._newest.want(self._refresh)

    async def _refresh(self) -> None:
        own, self._own = self._own, False
        deal_id = self.deal_id
        opening = await self.read_deal(deal_id)
        if deal_id != self.deal_id:
            return
        if self._newest.overtaken or self not in self.app.screen_stack:
            self._own = self._own or own
            return
        if opening is None:
            self._gone(own=own)
            return
        self.take(opening)
        if not self.saving:
            self.follow_form(opening, own=own)
            self.show_rest()

    def _gone(self, *, own: bool) -> None:
        """Leave a deal that is not there any more, unless that would lose what was typed."""
        if self.dirty and not own:
            self.dealboard.say(
                "Somebody deleted this deal. What you typed is still here.", severity="warning"
            )
            return
        if not own:
            self.dealboard.say(f"{self.deal.title} was deleted.", severity="warning")
        self.forget_typed()
        self._go_back()

    # ── leaving and walking ───────────────────────────────────────────────────────────────────

    def action_leave(self) -> None:
        """Go back to where the page was opened."""
        self.unless_typed(self._go_back)

    def _go_back(self) -> None:
        if self.is_current:
            self.dismiss()

    def action_go(self, place: str) -> None:
        """Show a main screen."""
        self.unless_typed(lambda: self.dealboard.places.go(place))

    def action_walk(self, by: int) -> None:
        """Show the next deal of the view that the page was opened from, or the one before."""
        at = self.around.index(self._goal) + by if self._goal in self.around else -1
        if 0 <= at < len(self.around):
            self.unless_typed(lambda: self.turn_to(self.around[at]))
        elif self.around:
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
        return self.deal.pipeline.id if self.opening else None

    @property
    def new_stage_id(self) -> int | None:
        """The deal's stage."""
        return self.stage_now()

    def stage_now(self) -> int | None:
        """Return the deal's stage."""
        return self.deal.stage.id if self.opening else None

    def title_of(self, deal_id: int) -> str:  # noqa: ARG002
        """Return the deal's title."""
        return self.deal.title if self.opening else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave out what means nothing for this deal."""
        if self.opening is None:
            return action in ("leave", "go")
        kind = self.deal.stage.kind
        out = {
            "reopen": kind is StageKind.OPEN,
            "win": kind is StageKind.WON,
            "lose": kind is StageKind.LOST,
            "quick_add": True,
            "walk": len(self.around) < 2,
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
        self.unless_typed(self._clone)

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
        person = self.person
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

    def action_add_activity(self) -> None:
        """Add a call, a meeting, a note or a task; the contact that is meant is kept with it."""
        contact_id = self.person.id if self.person is not None else None
        self.add_activity(deal_id=self.deal_id, contact_id=contact_id, about=self.deal.title)
