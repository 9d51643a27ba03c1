"""Long work in front of everything: how far it is, and a key that stops it."""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard.errors import DealboardError
from dealboard.widgets.dialog import Buttons, Dialog, button

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

T = TypeVar("T")

Tell = Callable[[int, int], None]
"""Is told how much of how much is done; raises where no more shall be."""

BAR = 40
"""Cells of the bar."""


class Stopped(Exception):
    """The work shall not go on."""


class Working(ModalScreen[T | None], Generic[T]):
    """Runs `work` on a thread of its own; answers what it returns, None if it failed or stopped.

    What it raises is shown as a toast.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "stop", "Stop", id="work.stop"),
    ]

    DEFAULT_CSS = """
    Working {
        align: center middle;
        & > Dialog { width: 56; padding: 1 2; }
    }
    """

    def __init__(self, app: "DealboardApp", title: str, work: Callable[[Tell], T]) -> None:
        super().__init__()
        self._dealboard, self._title, self._work = app, title, work
        self._stop = threading.Event()
        self._shown = -1

    def compose(self) -> ComposeResult:
        """Yield how far it is, and what stops it."""
        with Dialog(title=self._title):
            yield Static(_bar(0), id="progress")
            with Buttons():
                yield button("Stop", "esc", id="stop")

    def on_mount(self) -> None:
        """Begin."""
        self._dealboard.start(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()

        def tell(done: int, of: int) -> None:
            if self._stop.is_set():
                raise Stopped
            percent = done * 100 // of if of else 100
            if percent != self._shown:
                self._shown = percent
                loop.call_soon_threadsafe(self._show, percent)

        try:
            self.dismiss(await asyncio.to_thread(self._work, tell))
        except Stopped:
            self.dismiss(None)
        except DealboardError as error:
            self.dismiss(None)
            self._dealboard.say(error.whole, severity="error")

    def _show(self, percent: int) -> None:
        if self.is_attached:
            self.query_one("#progress", Static).update(_bar(percent))

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._stop.is_set()

    @on(Button.Pressed, "#stop")
    def action_stop(self) -> None:
        """Stop it."""
        self._stop.set()


def _bar(percent: int) -> Content:
    full = percent * BAR // 100
    return Content.assemble(
        ("━" * full, "$text-accent"), ("─" * (BAR - full), "dim"), f" {percent} %"
    )
