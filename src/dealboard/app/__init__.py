"""DealboardApp: wiring only. What the screens ask of it, the threads behind it, errors to toasts.

Nothing uncommitted is painted: a receipt comes back first and is posted as `Changed`.
"""

import asyncio
import contextlib
import gc
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar, cast

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from dealboard.app import leaving
from dealboard.app.clock import Clock
from dealboard.app.configuring import Configuring
from dealboard.app.deliveries import Deliveries
from dealboard.app.messages import Changed, Delivered, Waiting
from dealboard.app.poll import Poll
from dealboard.app.threads import Threads
from dealboard.app.typed_ahead import TypedAhead
from dealboard.config import Config
from dealboard.errors import DealboardError
from dealboard.screens import kept_pages
from dealboard.screens.places import Places
from dealboard.store.driver import Connection
from dealboard.widgets.contrast import readable
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.lines import literal
from dealboard.workspace import Workspace

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver
    from textual.notifications import SeverityLevel as Severity
    from textual.screen import Screen

    from dealboard.screens.first_frame import FirstBoard
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Then

__all__ = ["Changed", "DealboardApp", "Waiting"]

ResultT = TypeVar("ResultT")
P = ParamSpec("P")

SAID_SECONDS = 10.0
"""How long the bottom line says what was done."""

MARKS = {"warning": "! ", "error": "✗ "}
"""What a toast says of how bad it is, where there are no colours."""

SETTLING_SECONDS = 0.4
"""After which the first frame is out and SQLModel may take the processor to be imported."""


def actions_provider() -> "type[Provider]":
    """Return what fills the palette, when it is first opened."""
    from dealboard.screens.palette import Actions

    return Actions


class DealboardApp(App[None]):
    """The terminal UI over one workspace."""

    TITLE = "dealboard"
    CSS_PATH = "dealboard.tcss"
    COMMANDS: ClassVar = {actions_provider}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
        Binding("ctrl+p,colon", "command_palette", "Palette", show=False, id="app.palette"),
        Binding("question_mark,f1", "help", "Help", id="app.help"),
    ]

    def __init__(
        self,
        *,
        location: Path,
        workspace: Workspace | None,
        config: Config,
        demo: bool = False,
        opened: "FirstBoard | None" = None,
        driver_class: "type[Driver] | None" = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.location = location
        self.config = config
        self.demo = demo
        self.opened = opened
        self._workspace = workspace
        self._adopted: Workspace | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.threads = Threads()
        self.places = Places(self)
        self.typed_ahead = TypedAhead(self)
        self.configuring = Configuring(self)
        self.poll = Poll(self)
        self.clock = Clock(self)
        self.deliveries = Deliveries(self)
        self.configuring.take_keymap()

    # ── beginning and ending ──────────────────────────────────────────────────────────────────

    @property
    def workspace(self) -> Workspace:
        """The open workspace."""
        assert self._workspace is not None  # noqa: S101 -- first run opens one before any screen
        return self._workspace

    def adopt(self, workspace: Workspace) -> None:
        """Work with a workspace that was just created, until the app is over."""
        self._workspace = self._adopted = workspace
        self.poll.begin()

    def get_default_screen(self) -> "Screen[Any]":
        """Return the home screen, or the first-run form where there is no workspace yet."""
        if self._workspace is None:
            from dealboard.screens.first_run import FirstRun

            return FirstRun()
        return self.places.home()

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables, with text that can be read on its grounds."""
        self.theme_variables = readable(super().get_css_variables())
        return self.theme_variables

    def on_mount(self) -> None:
        """Take the theme that was chosen, and prepare what the first frame does not need."""
        self.configuring.choose_theme()
        leaving.heed_signals(self)
        self.set_timer(SETTLING_SECONDS, self._settle)
        if self._workspace is not None:
            self.poll.begin()

    def _settle(self) -> None:
        """Do what had to wait for the first frame: collect garbage again, and import SQLModel."""
        if not self._screen_stack:
            return  # it is leaving already
        gc.freeze()
        gc.enable()
        if self.config.keymap:
            self.start(self.configuring.check_keymap())
        self.places.settle()
        if self._workspace is not None:
            self.start(self._warm_up())
            self.start(self.poll.look_around())

    async def _warm_up(self) -> None:
        """Import SQLModel, and then the page of a deal, for which no write has to wait."""
        with contextlib.suppress(DealboardError):  # whoever then changes something is told
            await asyncio.wrap_future(self.threads.writer.submit(self.workspace.warm_up))
        await asyncio.to_thread(kept_pages.warm_up)
        gc.freeze()

    def finish(self) -> None:
        """Wait for what is being written, and shortly for what is being sent; stop what is read."""
        self.deliveries.close()
        self.threads.close(lambda: self.workspace.stop_reading())
        if self._adopted is not None:
            self._adopted.close()

    # ── reading and writing ───────────────────────────────────────────────────────────────────

    async def read(
        self,
        query: Callable[Concatenate[Connection, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ResultT:
        """Run a read on the reader thread. Raises DealboardError."""
        reading = partial(self.workspace.read, query, *args, **kwargs)
        return await asyncio.wrap_future(self.threads.read(reading))

    async def write(
        self, action: "Callable[[Transaction], ResultT]", then: "Then | None" = None
    ) -> "Receipt[ResultT]":
        """Run an action on the writer thread and post `Changed`. Raises DealboardError."""
        writing = partial(self.workspace.run, action, then)
        receipt = await asyncio.wrap_future(self.threads.write(writing))
        if receipt.operation is not None:
            self.poll.is_own(receipt.operation)
            self.announce(receipt)
        return receipt

    async def beside(self, work: Callable[[Workspace], ResultT]) -> ResultT:
        """Run on the writer thread what needs its libraries and is no operation.

        Raises DealboardError.
        """
        return await asyncio.wrap_future(self.threads.write(partial(work, self.workspace)))

    async def change(
        self, action: "Callable[[Transaction], ResultT]", then: "Then | None" = None
    ) -> "Receipt[ResultT] | None":
        """Run an action; what goes wrong is shown as a toast, and None is returned then."""
        receipt = await self.report(self.write(action, then))
        if receipt is not None:
            self.tell(receipt)
        return receipt

    def keep(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Write on the writer thread what is not journalled, for a thread that can wait."""
        return self.threads.writer.submit(self.workspace.keep, work, *args, **kwargs).result()

    def remember_mine(self, key: str, value: object) -> None:
        """Keep something of the acting user outside the journal, in its turn."""
        self.threads.write(partial(self.workspace.remember, self.mine(key), value))

    def recall_mine(self, key: str) -> Any:
        """Return what the acting user had remembered, or None."""
        return self.workspace.recall(self.mine(key))

    def mine(self, key: str) -> str:
        """Return under which setting something of the acting user is kept."""
        return self.workspace.mine(key)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let a coroutine run beside the messages: a worker, without what a worker costs a key."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def open(self, opening: Coroutine[Any, Any, Any]) -> None:
        """Let a coroutine open a page; keys that come before it are for the page."""
        self.typed_ahead.open(opening)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.call_next(task.result)

    # ── what is said ──────────────────────────────────────────────────────────────────────────

    async def report(self, work: Awaitable[ResultT]) -> ResultT | None:
        """Await something and show what it raises as a toast; None then."""
        try:
            return await work
        except DealboardError as error:
            self.say(error.whole, severity="error")
            return None

    def tell(self, receipt: "Receipt[Any]") -> None:
        """Show what an action had to say beside what it did."""
        for note in receipt.notes:
            self.say(note, severity="warning")

    def say(self, sentence: str, *, severity: "Severity" = "information") -> None:
        """Tell the user something, as literal text: news in the bottom line, trouble in a toast."""
        bar = self.screen.query_one_optional(HintBar)
        if severity == "information" and bar is not None:
            bar.message = sentence
            asyncio.get_running_loop().call_later(SAID_SECONDS, bar.take_back, sentence)
        else:
            said = literal(f"{MARKS.get(severity, '')}{sentence}")
            self.notify(said, severity=severity, markup=False)

    def announce(self, receipt: "Receipt[Any] | None") -> None:
        """Tell every screen, also those that are not in front, that something was committed."""
        for screen in self.every_screen():
            screen.post_message(Changed(receipt))

    def every_screen(self) -> "set[Screen[Any]]":
        """Return the screens that are open, and the main screens that were."""
        return {*self.screen_stack, *self.places.made.values()}

    def on_delivered(self, event: Delivered) -> None:
        """Show what the courier's round left."""
        self.deliveries.take(event.came)

    # ── keys that work everywhere ─────────────────────────────────────────────────────────────

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys of the user's own by the ids of actions, as Textual calls them."""
        return self._keymap

    def get_key_display(self, binding: Binding) -> str:
        """Return a key as it is written everywhere."""
        from dealboard.screens.shortcuts import key_name

        return key_name(binding.key)

    async def on_event(self, event: events.Event) -> None:
        """Keep a key for what is opening until there is something in it to take it."""
        typed = isinstance(event, events.Key) and not event.is_forwarded and self._screen_stack
        if not typed or not self.typed_ahead.take(cast("events.Key", event)):
            await super().on_event(event)

    def action_go(self, name: str) -> None:
        """Show a main screen."""
        self.places.go(name)

    async def action_quit(self) -> None:
        """Leave, but not over unsaved work without asking."""
        leaving.leave_unless_unsaved(self)

    def action_command_palette(self) -> None:
        """Ask what to do or where to go."""
        from dealboard.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            placeholder = "an action, a deal, a contact, a view, #12"
            self.push_screen(Palette(placeholder=placeholder))

    def action_help(self) -> None:
        """Show every key that works here."""
        from dealboard.screens.help import Help

        self.push_screen(Help())

    def action_change_theme(self) -> None:
        """Choose a theme, shown while choosing and kept."""
        from dealboard.screens.theme_pick import choose_theme

        choose_theme(self)
