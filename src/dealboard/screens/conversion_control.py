"""How events for Meta are sent: set up, live by a step of its own, off, resumed, now; exported."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.conversion_words import MARKS, Mode, counted
from dealboard.domain.conversions import KIND
from dealboard.domain.outbox import State
from dealboard.screens.confirm import Confirm
from dealboard.screens.conversion_list import Page
from dealboard.screens.conversion_verbs import ConversionVerbs
from dealboard.screens.pick import Choice, Pick
from dealboard.widgets.conversion_rows import EVERY, ORDER
from dealboard.widgets.grid import Grid

if TYPE_CHECKING:
    from dealboard.screens.conversion_token import Token
    from dealboard.store.driver import Connection

CHOICES = {
    Mode.LIVE: "events go out once their grace is over",
    Mode.DRY: "events are written and shown; none is sent",
    Mode.OFF: "no events are written, and none is sent",
}

TOO, LEFT, STAY = "too", "left", "stay"
"""Answers to what becomes of what waits from the dry run."""


class ConversionControl(ConversionVerbs):
    """The list's part that is about sending as a whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "set_up", "Set up", id="conversions.set_up"),
        Binding("o", "mode", "Live, dry run, off", id="conversions.mode"),
        Binding("enter", "set_up", "Set up", show=False, id="conversions.begin"),
        Binding("S", "send_now", "Send now", id="conversions.send_now"),
        Binding("P", "resume", "Resume", id="conversions.resume"),
        Binding("a", "acknowledge", "Seen", id="conversions.acknowledge"),
        Binding("f", "narrow_by", "State", show=False, id="view.filter"),
        Binding("ctrl+e", "export", "Export", show=False, id="view.export"),
    ]

    page: Page
    state: State | None
    """The one whose events are shown, None for all."""

    def sends(self, total: int, before: Mapping[State, int]) -> None:
        """Say from now on how far sending is; `before` it there were so many events of each."""
        raise NotImplementedError

    def action_narrow(self, state: str) -> None:
        """Show the events of one state, or all."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible as things stand."""
        page = self.page
        known = page.mode is not Mode.NEVER
        match action:
            case "resume":
                return page.pause is not None
            case "send_now":
                return page.mode is Mode.LIVE and page.waiting > 0
            case "acknowledge":
                return page.standing.expired > 0
            case "mode" | "narrow" | "narrow_by" | "export" | "select_all":
                return known
        return super().check_action(action, parameters)

    async def find_token(self) -> "Token":
        """Return whether there is a token, in words; of the token its end only."""
        from dealboard.screens.conversion_token import find

        return await asyncio.to_thread(find, self.dealboard.config)

    # ── set up, live, off ─────────────────────────────────────────────────────────────────────

    @work
    async def action_set_up(self) -> None:
        """Open the form of the set-up."""
        from dealboard.screens.conversion_setup import ConversionSetup

        app = self.dealboard
        form = ConversionSetup(self.page.setup, (await self.find_token()).full)
        if await app.push_screen_wait(form):
            self.renew()
            self.look_for_token()

    def look_for_token(self) -> None:
        """Say anew whether there is a token."""
        raise NotImplementedError

    @work
    async def action_mode(self) -> None:
        """Ask whether events go out, are only shown, or are not written at all."""
        page = self.page
        choices = [Choice(each.value, each.value.capitalize(), CHOICES[each]) for each in CHOICES]
        chosen = await self.app.push_screen_wait(
            Pick("Conversions", choices, chosen=page.mode.value)
        )
        if chosen is None or chosen == page.mode.value:
            return
        match Mode(chosen):
            case Mode.LIVE:
                await self._go_live()
            case Mode.DRY:
                dataset = page.setup.dataset
                await self.done(lambda tx: actions.conversions.enable(tx, dataset))
            case _:
                await self._disable()

    async def _go_live(self) -> None:
        """Let events go out, after a question that says what that means and what of it waits."""
        app, page = self.dealboard, self.page
        if app.demo:
            app.say("This is a demo: nothing of it ever leaves this machine.", severity="warning")
            return
        waits = page.waiting
        with_waiting = True
        if waits:
            answer = await app.push_screen_wait(_waiting_question(page.setup.dataset, waits))
            if answer not in (TOO, LEFT):
                return
            with_waiting = answer == TOO
        elif not await app.push_screen_wait(_sure(page.setup.dataset)):
            return
        if not page.setup.enabled:
            dataset = page.setup.dataset
            await app.change(lambda tx: actions.conversions.enable(tx, dataset))
        await self.done(lambda tx: actions.conversions.go_live(tx, waiting=with_waiting))

    async def _disable(self) -> None:
        detail = "What waits is kept until it expires; live or dry run takes it up again."
        question = Confirm("Write and send no more events?", detail=detail, yes="Switch off")
        if await self.app.push_screen_wait(question):
            await self.done(lambda tx: actions.conversions.disable(tx))

    # ── the queue ─────────────────────────────────────────────────────────────────────────────

    @work
    async def action_send_now(self) -> None:
        """Send what waits now, without the grace; how far it is stands in the bottom line."""
        before = self.page.counts
        receipt = await self.dealboard.change(lambda tx: actions.outbox.hasten(tx, KIND))
        if receipt is not None:
            self.sends(receipt.value, before)

    @work
    async def action_resume(self) -> None:
        """Send again, although something stood in the way."""
        await self.done(lambda tx: actions.outbox.resume(tx, KIND))

    @work
    async def action_acknowledge(self) -> None:
        """Take what expired as seen: the badge is silent about it; they stay in the list."""
        await self.done(lambda tx: actions.conversions.acknowledge(tx))

    @work
    async def action_narrow_by(self) -> None:
        """Ask which events shall be shown."""
        counts = self.page.counts
        choices = [
            Choice(EVERY, "All", f"{sum(counts.values()):,}", key="0"),
            *(
                Choice(each.value, " ".join(MARKS[each]), f"{counts.get(each, 0):,}")
                for each in ORDER
            ),
        ]
        chosen = await self.app.push_screen_wait(
            Pick("Show events that are", choices, chosen=self.state.value if self.state else EVERY)
        )
        if chosen is not None:
            self.action_narrow(chosen)

    @on(Grid.Opened)
    def _open(self, event: Grid.Opened) -> None:
        """Show one event in full."""
        from dealboard.screens.conversion_page import ConversionPage

        self.app.push_screen(ConversionPage(event.row_id, event.grid.ids))

    @work
    async def action_export(self) -> None:
        """Ask for a file and write the events that are shown into it."""
        from dealboard.screens.exporting import export_to

        app, state, now = self.dealboard, self.state, self.dealboard.workspace.now
        states = (state,) if state else tuple(State)

        def export(connection: "Connection", **how: Any) -> int:
            from dealboard.transfer import events

            return events.export_events(connection, states, now=now, **how)

        number = self.page.counts.get(state, 0) if state else sum(self.page.counts.values())
        await export_to(app, export, number, "event")


def _waiting_question(dataset: str, waits: int) -> Pick[str]:
    title = f"Go live with data set {dataset}: {counted(waits)} of the dry run wait"
    choices = [
        Choice(TOO, "Go live, and send them too", "those that did not expire"),
        Choice(LEFT, "Go live, and leave them behind", "only what happens from now on"),
        Choice(STAY, "Stay in the dry run", "nothing is sent"),
    ]
    return Pick(title, choices, chosen=STAY)


def _sure(dataset: str) -> Confirm:
    detail = "Nothing waits. What happens from now on goes to Meta once its grace is over."
    return Confirm(f"Go live with data set {dataset}?", detail=detail, yes="Go live")
