"""What is done to events for Meta from their list and from the page of one.

None of it is in the journal: there is no undo, the one takes the other back until it went out.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.conversion_words import WAITING, counted
from dealboard.domain.conversions import Told
from dealboard.domain.outbox import State
from dealboard.domain.text import excerpt
from dealboard.screens.confirm import Confirm
from dealboard.screens.place import Place
from dealboard.store.reads import deals

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Receipt, Transaction


CAN_GO = (State.PENDING, State.FAILED, State.CANCELLED, State.UNKNOWN)
"""States that sending again can change: what is held lacks something, what expired is too old."""


class ConversionVerbs(Place):
    """A screen with events that the keys mean."""

    PLACE = "conversions"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "retry", "Send again", id="conversions.retry"),
        Binding("x", "cancel", "Cancel", id="conversions.cancel"),
        Binding("d", "deal", "Its deal", id="conversions.deal"),
    ]

    @property
    def event(self) -> Told | None:
        """The event at the cursor."""
        raise NotImplementedError

    @property
    def meant(self) -> tuple[int, ...]:
        """The events that the keys mean."""
        raise NotImplementedError

    def renew(self) -> None:
        """Have what is shown read again."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible with the event at the cursor, or with those selected."""
        event, several = self.event, len(self.meant) > 1
        if action in ("retry", "cancel", "deal", "open_event") and event is None:
            return False
        match action:
            case "retry":
                return several or (event is not None and event.state in CAN_GO)
            case "cancel":
                return several or (event is not None and event.state in WAITING)
            case "deal":
                return event is not None and event.deal_id is not None
        return super().check_action(action, parameters)

    async def done(self, action: "Callable[[Transaction], Any]") -> "Receipt[Any] | None":
        """Do what the journal does not keep, say it, and show what came of it."""
        receipt = await self.dealboard.change(action)
        if receipt is not None:
            self.dealboard.say(receipt.label)
            self.renew()
        return receipt

    @work
    async def action_retry(self) -> None:
        """Send what was given up, cancelled or put off, now; not what is too old or lacks data."""
        ids = self.meant
        if ids:
            await self.done(lambda tx: actions.outbox.retry(tx, ids))

    @work
    async def action_cancel(self) -> None:
        """Keep events from going out; asked before, because u does not take that back."""
        ids, event = self.meant, self.event
        if not ids:
            return
        what = counted(len(ids))
        if len(ids) == 1 and event is not None:
            about = f" of {excerpt(event.deal, 40)}" if event.deal else ""
            what = f"{event.name.value}{about}"
        question = Confirm(
            f"Cancel {what}?", detail="R sends it after all.", yes="Cancel it", no="Keep it"
        )
        if await self.app.push_screen_wait(question):
            await self.done(lambda tx: actions.outbox.cancel(tx, ids))

    def action_deal(self) -> None:
        """Open the deal that the event is about, if it is still there."""
        self.dealboard.open(self._show_deal())

    async def _show_deal(self) -> None:
        app, event = self.dealboard, self.event
        if event is None or event.deal_id is None:
            return
        found = await app.report(app.read(deals.by_ids, [event.deal_id]))
        if found:
            from dealboard.screens.kept_pages import show_deal

            await show_deal(app, event.deal_id, (event.deal_id,))
        elif found is not None:
            app.say("That deal is not there any more.", severity="warning")
