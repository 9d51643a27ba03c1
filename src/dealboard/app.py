"""DealboardApp: wiring only. Threads, the change poll, errors to toasts, which screen is shown.

One thread writes, in order; one reads; the event loop does neither. Nothing uncommitted is painted:
a receipt comes back first and is posted as `Changed`.
"""

import asyncio
import contextlib
import gc
import os
import shutil
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from dealboard.config import Config, reload
from dealboard.domain.views import Role
from dealboard.errors import DealboardError
from dealboard.store.driver import Connection
from dealboard.store.reads import history
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.lines import literal
from dealboard.widgets.menu_bar import MenuBar
from dealboard.workspace import Workspace

if TYPE_CHECKING:
    from datetime import datetime

    from textual.command import Provider
    from textual.driver import Driver
    from textual.notifications import SeverityLevel as Severity
    from textual.screen import Screen
    from textual.timer import Timer

    from dealboard.automations.clock import Due
    from dealboard.delivery.courier import Report
    from dealboard.delivery.rounds import Rounds
    from dealboard.screens.first_frame import FirstBoard
    from dealboard.screens.place import Place
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.widgets.menu_line import Part
    from dealboard.workspace import Then

ResultT = TypeVar("ResultT")
P = ParamSpec("P")

HOME = "deals"
"""The main screen that one begins with."""

CHAT_HOME = "contacts"
"""The main screen that Chat Operators begin with (decision 78)."""

POLL_SECONDS = 0.5
"""How often the app looks whether another process wrote: a change appears within a second."""

SIGNALLED_SECONDS = 5.0
"""How long a signal's orderly way out may take before the process ends anyhow."""

DRAINING_SECONDS = 2.0
"""How long leaving may wait for what is being sent."""

BREAKING_OFF_SECONDS = 0.05
"""After which a read that still goes on is broken off once more."""

LOOK_SECONDS = 1.0
"""Until time acts that has come already: what is being done goes first."""

RETRY_SECONDS = 60.0
"""Until it is tried again after it could not act."""

SAID_SECONDS = 10.0
"""How long the bottom line says what was done."""

SHOWN_PROBLEMS = 4
"""Sentences about a keymap that fit on the screen at once."""

SETTLING_SECONDS = 0.4
"""After which the first frame is out and SQLModel may take the processor to be imported."""


def actions_provider() -> "type[Provider]":
    """Return what fills the palette, when it is first opened."""
    from dealboard.screens.palette import Actions

    return Actions


def _unsaved(screen: "Screen[Any]") -> bool:
    """Return whether leaving a screen would lose what was typed in it."""
    return any(getattr(screen, what, False) for what in ("dirty", "unsent"))


def _act_by_clock(workspace: Workspace) -> "Due":
    from dealboard.automations import clock

    return clock.due(workspace)


class Changed(Message, bubble=False):
    """Something was committed, by this app (`receipt`) or by another process (None)."""

    def __init__(self, receipt: "Receipt[Any] | None") -> None:
        super().__init__()
        self.receipt = receipt


class Delivered(Message, bubble=False):
    """The courier made a round, or died of an error that nobody foresaw."""

    def __init__(self, came: "Report | Exception") -> None:
        super().__init__()
        self.came = came


class Waiting(Message, bubble=False):
    """There are more or fewer events for Meta that did not go out than before."""


class Configured(Message):
    """The settings of config.toml are others now; they are in `app.config`."""


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
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._writes: set[Future[Any]] = set()
        self._reads: set[Future[Any]] = set()
        self._seen = 0
        self._data_version = 0
        self._newest_message: int | None = None
        self._own: set[int] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._places: dict[str, Place] = {}
        self._home: Screen[Any] | None = None
        self.look = ""
        self.badge: Part | None = None
        self._standing: object = None
        self._configuring = asyncio.Lock()
        self._scratch: str | None = None
        self._rounds: Rounds | None = None
        self._alarm: Timer | None = None
        self._looked: datetime | None = None
        self._waiting: tuple[tuple[int, int], ...] | None = None
        self._take_keymap()

    @property
    def workspace(self) -> Workspace:
        """The open workspace."""
        assert self._workspace is not None  # noqa: S101 -- first run opens one before any screen
        return self._workspace

    def adopt(self, workspace: Workspace) -> None:
        """Work with a workspace that was just created, until the app is over."""
        self._workspace = self._adopted = workspace
        self._start_watching()

    def get_default_screen(self) -> "Screen[Any]":
        """Return the home screen, or the first-run form where there is no workspace yet."""
        if self._workspace is None:
            from dealboard.screens.first_run import FirstRun

            return FirstRun()
        return self.home()

    def home(self) -> "Screen[Any]":
        """Return the main screen one begins with, above which the others are shown."""
        if self._home is None:
            operator = self.workspace.user.role is Role.CHAT_OPERATOR
            self._home = self._place(CHAT_HOME if operator else HOME)
        return self._home

    def _place(self, name: str) -> "Screen[Any]":
        """Return a main screen; it is made once, and then only shown again.

        "deals" is the view of them that was shown last: the board or the table, by `look`.
        """
        if name == HOME:
            from dealboard.screens.places import first_look

            name = self.look = self.look or first_look(self)
        if name not in self._places:
            from dealboard.screens.places import make_place

            self._places[name] = make_place(name, self, first=not self._places)
        return self._places[name]

    def shows(self, place: "Screen[Any]") -> bool:
        """Return whether a main screen is the one in front, whatever pages and dialogs cover it."""
        shown = [each for each in self.screen_stack if each in self._places.values()]
        return bool(shown) and shown[-1] is place

    def show_deals_as(self, look: str) -> "Screen[Any]":
        """Show the deals as a "board" or a "table" from now on, and return that view."""
        self.look = look
        self.go(look)
        return self._place(look)

    def go(self, name: str) -> None:
        """Show a main screen. Textual keeps the first one below for ever, the others come over it.

        What lies over the one that is left, a deal's page, goes; a form that could lose something
        is a dialog, and no key for this works below it.
        """
        home, place = self.home(), self._place(name)
        while self.screen not in (home, place):
            self.pop_screen()
        if self.screen is not place:
            if place is home:
                self.pop_screen()
            else:
                if not self.is_screen_installed(place):
                    self.install_screen(place, name)
                self.push_screen(place)

    def action_go(self, name: str) -> None:
        """Show a main screen."""
        self.go(name)

    def on_mount(self) -> None:
        """Take the theme that was chosen, and prepare what the first frame does not need."""
        self._choose_theme()
        with contextlib.suppress(NotImplementedError):
            for name in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(name, self._stop, name)
        self.set_timer(SETTLING_SECONDS, self._settle)
        if self._workspace is not None:
            self._start_watching()

    def _choose_theme(self) -> None:
        wanted = self.config.theme
        if wanted is None or wanted == self.theme or "TEXTUAL_THEME" in os.environ:
            return
        if wanted in self.available_themes:
            self.theme = wanted
        else:
            known = ", ".join(sorted(self.available_themes))
            self.say(f"There is no theme {wanted!r}. Known: {known}.", severity="warning")

    def action_change_theme(self) -> None:
        """Choose a theme, shown while choosing and kept."""
        from dealboard.screens.theme_pick import choose_theme

        choose_theme(self)

    def _take_keymap(self) -> tuple[str, ...]:
        """Let the keys of the settings work, and return sentences of what is wrong with them."""
        if not self.config.keymap and not self._keymap:
            return ()
        from dealboard.screens.keymap import read_keymap

        keymap, wrong = read_keymap(self.config.keymap)
        self.set_keymap(keymap)
        return wrong

    @property
    def keymap(self) -> Mapping[str, str]:
        """The keys of the user's own by the ids of actions, as Textual calls them."""
        return self._keymap

    async def _check_keymap(self) -> None:
        """Say what is wrong with the keys of the settings, without being waited for."""
        from dealboard.screens.keymap import problems

        wrong = self._take_keymap() + await asyncio.to_thread(problems, self._keymap)
        if wrong:
            more = (
                f" And {len(wrong) - SHOWN_PROBLEMS} more." if len(wrong) > SHOWN_PROBLEMS else ""
            )
            said = " ".join(wrong[:SHOWN_PROBLEMS])
            self.say(f"Keys in {self.config.file}: {said}{more}", severity="warning")

    async def configure(
        self,
        values: Mapping[str, object] | None = None,
        keymap: Mapping[str, str | None] | None = None,
    ) -> bool:
        """Change keys of config.toml and apply them at once; return whether they hold.

        None takes a value away. A demo keeps nothing; where the file cannot be written that is
        said, and what was chosen holds until the end.
        """
        async with self._configuring:
            found = await self.report(self._edited_config(values, keymap))
            if found is None:
                return False
            self.config, text = found
            if self.demo or self._scratch is not None or not await self._keep_config(text):
                self._scratch = text
            self._apply_config()
            return True

    async def _edited_config(
        self, values: Mapping[str, object] | None, keymap: Mapping[str, str | None] | None
    ) -> tuple[Config, str]:
        """Return the settings with some changed, and the text of their file."""
        from dealboard import config_file

        text = self._scratch
        if text is None:
            text = await asyncio.to_thread(config_file.text_of, self.config.file)
        text = await asyncio.to_thread(config_file.edited, text, values, keymap)
        return reload(self.config, text), text

    async def _keep_config(self, text: str) -> bool:
        from dealboard import config_file

        writing = asyncio.to_thread(config_file.write, self.config.file, text)
        return await self.report(writing) is not None

    def _apply_config(self) -> None:
        """Let the settings hold in what is on the screen."""
        self._choose_theme()
        self._take_keymap()
        self._use_mouse(on=self.config.mouse)
        for screen in {*self.screen_stack, *self._places.values()}:
            screen.post_message(Configured())
        self.announce(None)

    def _use_mouse(self, *, on: bool) -> None:
        """Take the mouse, or leave it to the terminal; a driver of tests has none."""
        driver: Any = self._driver
        if getattr(driver, "_mouse", on) is not on:
            if on:
                driver._mouse = True  # noqa: SLF001 -- it is asked again when the app ends
            switch = getattr(driver, f"_{'en' if on else 'dis'}able_mouse_support", None)
            if switch is not None:
                switch()
            driver._mouse = on  # noqa: SLF001

    def _start_watching(self) -> None:
        self._seen = self.workspace.read(history.newest)
        self._data_version = self.workspace.data_version()
        self.set_interval(POLL_SECONDS, self._look_for_changes)

    def _settle(self) -> None:
        """Do what had to wait for the first frame: collect garbage again, and import SQLModel."""
        if not self._screen_stack:
            return  # it is leaving already
        gc.freeze()
        gc.enable()
        if self.config.keymap:
            self.start(self._check_keymap())
        place = next((each for each in self._places.values() if each is self.screen), None)
        if place is not None:
            place.settle()
        if self._workspace is not None:
            self._writer.submit(self._warm_up, self._workspace)
            self.start(self._look_for_messages())
            self.start(self._expect_deliveries())
            self.start(self._mind_the_clock())
            self.start(self._show_badge())

    @staticmethod
    def _warm_up(workspace: Workspace) -> None:
        workspace.warm_up()
        gc.freeze()

    def _stop(self, number: int) -> None:
        """Leave on a signal; a terminal that went away may hold the driver up for ever."""
        last_resort = threading.Timer(SIGNALLED_SECONDS, self._abandon, [128 + number])
        last_resort.daemon = True
        last_resort.start()
        self._leave(128 + number)

    def _abandon(self, code: int) -> None:
        """End the process without any ceremony; only the demo's folder is taken along."""
        if self.demo:
            shutil.rmtree(self.location.parent, ignore_errors=True)
        os._exit(code)

    async def action_quit(self) -> None:
        """Leave, but not over unsaved work without asking."""
        if not any(_unsaved(screen) for screen in self.screen_stack):
            self._leave()
            return
        from dealboard.screens.confirm import Confirm

        def leave(sure: bool | None) -> None:
            if sure:
                self._leave()

        self.push_screen(Confirm("Quit without saving?", yes="Quit"), leave)

    def _leave(self, return_code: int = 0) -> None:
        """Exit when every key typed before has had its turn: past the widget, then the screen."""

        def exit_last() -> None:
            self.start(self._exit_after_writes(return_code))

        (self.focused or self.screen).call_later(self.screen.call_later, exit_last)

    async def _exit_after_writes(self, return_code: int) -> None:
        """Exit; a pending write would be cancelled with the task that waits for it."""
        await asyncio.gather(*map(asyncio.wrap_future, self._writes), return_exceptions=True)
        self.exit(return_code=return_code)

    async def on_event(self, event: events.Event) -> None:
        """Keep a key for a screen that is opening until there is something in it to take it."""
        if isinstance(event, events.Key) and self._screen_stack and not self.screen.is_mounted:
            self.screen.call_later(self.post_message, events.Key(event.key, event.character))
        else:
            await super().on_event(event)

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

    def finish(self) -> None:
        """Wait for what is being written, and shortly for what is being sent; stop what is read."""
        if self._rounds is not None:
            self._rounds.close(DRAINING_SECONDS)
        wait(tuple(self._writes))
        self._writer.shutdown(wait=False, cancel_futures=True)
        self._stop_reading()
        if self._adopted is not None:
            self._adopted.close()

    def _stop_reading(self) -> None:
        """Break off what the reader thread is at; between two statements it does not hear."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        while reads := tuple(self._reads):
            self.workspace.stop_reading()
            wait(reads, BREAKING_OFF_SECONDS)

    def _write(self, work: Callable[[], ResultT]) -> "Future[ResultT]":
        return self._noted(self._writes, self._writer.submit(work))

    @staticmethod
    def _noted(under_way: "set[Future[Any]]", future: "Future[ResultT]") -> "Future[ResultT]":
        """Keep a future among those that are under way until it is done."""
        under_way.add(future)
        future.add_done_callback(under_way.discard)
        return future

    async def read(
        self,
        query: Callable[Concatenate[Connection, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ResultT:
        """Run a read on the reader thread. Raises DealboardError."""
        reading = partial(self.workspace.read, query, *args, **kwargs)
        return await asyncio.wrap_future(self._noted(self._reads, self._reader.submit(reading)))

    async def write(
        self, action: "Callable[[Transaction], ResultT]", then: "Then | None" = None
    ) -> "Receipt[ResultT]":
        """Run an action on the writer thread and post `Changed`. Raises DealboardError."""
        receipt = await asyncio.wrap_future(self._write(partial(self.workspace.run, action, then)))
        if receipt.operation is not None:
            self._own.add(receipt.operation)
            self.announce(receipt)
        return receipt

    async def beside(self, work: Callable[[Workspace], ResultT]) -> ResultT:
        """Run on the writer thread what needs its libraries and is no operation.

        Raises DealboardError.
        """
        return await asyncio.wrap_future(self._write(partial(work, self.workspace)))

    async def change(
        self, action: "Callable[[Transaction], ResultT]", then: "Then | None" = None
    ) -> "Receipt[ResultT] | None":
        """Run an action; what goes wrong is shown as a toast, and None is returned then."""
        receipt = await self.report(self.write(action, then))
        if receipt is not None:
            self.tell(receipt)
        return receipt

    def tell(self, receipt: "Receipt[Any]") -> None:
        """Show what an action had to say beside what it did."""
        for note in receipt.notes:
            self.say(note, severity="warning")

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let a coroutine run beside the messages: a worker, without what a worker costs a key."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.call_next(task.result)

    async def report(self, work: Awaitable[ResultT]) -> ResultT | None:
        """Await something and show what it raises as a toast; None then."""
        try:
            return await work
        except DealboardError as error:
            self.say(f"{error.sentence} {error.hint}".strip(), severity="error")
            return None

    def say(self, sentence: str, *, severity: "Severity" = "information") -> None:
        """Tell the user something, as literal text: news in the bottom line, trouble in a toast."""
        bar = self.screen.query_one_optional(HintBar)
        if severity == "information" and bar is not None:
            bar.message = sentence
            self.set_timer(SAID_SECONDS, partial(bar.take_back, sentence))
        else:
            self.notify(literal(sentence), severity=severity, markup=False)

    def remember_mine(self, key: str, value: object) -> None:
        """Keep something of the acting user outside the journal, in its turn."""
        self._write(partial(self.workspace.remember, self.mine(key), value))

    def recall_mine(self, key: str) -> Any:
        """Return what the acting user had remembered, or None."""
        return self.workspace.recall(self.mine(key))

    def mine(self, key: str) -> str:
        """Return under which setting something of the acting user is kept."""
        return self.workspace.mine(key)

    async def _look_for_changes(self) -> None:
        version = self.workspace.data_version()
        if version == self._data_version:
            return
        self._data_version = version
        found = await self.report(self.read(history.operations_after, self._seen))
        if found is None:
            return
        self._seen, operations = found
        foreign = set(operations) - self._own
        self._own.difference_update(operations)
        if await self._look_for_messages() or foreign:
            self.announce(None)
        await self._expect_deliveries()
        await self._mind_the_clock()
        await self._show_badge()

    async def _show_badge(self) -> None:
        """Say in the menu how many events for Meta did not go out, as often as that changes."""
        from dealboard.screens.conversion_badge import badge_of, read_standing

        if self.workspace.user.role is Role.CHAT_OPERATOR:
            return
        standing = await self.report(self.read(read_standing, self.workspace.now))
        if standing != self._standing:
            self._standing, self.badge = standing, badge_of(standing)
            for screen in {*self.screen_stack, *self._places.values()}:
                for bar in screen.query(MenuBar):
                    bar.badge = self.badge
                screen.post_message(Waiting())

    async def _look_for_messages(self) -> bool:
        """Return whether a chat has messages that were not there; they are no operations."""
        from dealboard.store.reads import messages

        known, self._newest_message = (
            self._newest_message,
            await self.report(self.read(messages.newest)),
        )
        return known is not None and self._newest_message != known

    async def _mind_the_clock(self) -> None:
        """Have time act when it has come: delayed actions, and automations that wait for a day."""
        if self.workspace.read_only:
            return
        from dealboard.store.reads import timed

        waiting = await self.report(self.read(timed.waiting))
        looked = self._looked if waiting == self._waiting else None  # a new rule is tried at once
        due = await self.report(self.read(timed.next_look, self.workspace.now, looked))
        self._waiting = waiting
        if self._alarm is not None:
            self._alarm.stop()
            self._alarm = None
        if due is not None:
            wait = max((due - self.workspace.now).total_seconds(), LOOK_SECONDS)
            self._alarm = self.set_timer(wait, self._let_time_act)

    async def _let_time_act(self) -> None:
        self._looked = self.workspace.now
        done = await self.report(self.beside(_act_by_clock))
        if done is None:  # what stood in the way was said; not again with every second
            self._alarm = self.set_timer(RETRY_SECONDS, self._mind_the_clock)
            return
        for note in done.notes:
            self.say(note, severity="warning")
        await self._mind_the_clock()

    async def _expect_deliveries(self) -> None:
        """Tell the courier when something is due next; it sets out when there first is."""
        if self.workspace.read_only:
            return
        from dealboard.store.reads import outbox

        due = await self.report(self.read(outbox.next_due, self.workspace.now))
        if self._rounds is None and due is not None:
            from dealboard.delivery.rounds import Rounds, make_courier

            self._rounds = Rounds(
                partial(make_courier, self.config, self.workspace, self.keep),
                lambda: self.workspace.now,
                self._post_delivered,
            )
        if self._rounds is not None:
            self._rounds.expect(due)

    def keep(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Write on the writer thread what is not journalled, for a thread that can wait."""
        return self._writer.submit(self.workspace.keep, work, *args, **kwargs).result()

    def _post_delivered(self, came: "Report | Exception") -> None:
        """Let the app know, from the courier's thread; one that is over has nobody to tell."""
        with contextlib.suppress(RuntimeError):
            self.post_message(Delivered(came))

    async def on_delivered(self, event: Delivered) -> None:
        """Show what the courier's round left; what was given up for good is said."""
        if isinstance(event.came, Exception):
            raise event.came
        self.announce(None)
        if event.came.trouble:
            self.say(event.came.trouble, severity="error")

    def announce(self, receipt: "Receipt[Any] | None") -> None:
        """Tell every screen, also those that are not in front, that something was committed."""
        for screen in {*self.screen_stack, *self._places.values()}:
            screen.post_message(Changed(receipt))
