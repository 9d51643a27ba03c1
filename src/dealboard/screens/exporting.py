"""Writing what a filter shows into a file, beside everything else, and stopping that half-way."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.text import safe
from dealboard.errors import DealboardError, InvalidValue, StorageFailed
from dealboard.screens.confirm import Confirm
from dealboard.screens.deal_verbs import counted
from dealboard.screens.typed import Typed
from dealboard.store import backup, driver
from dealboard.store.open import open_reader
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.workspace import TIMEOUT

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

Form = Literal["csv", "json"]

FORMS: dict[str, Form] = {".csv": "csv", ".json": "json"}
"""What a file's name ends in, and how it is written."""

TOLD = 250
"""Deals between two looks at the progress."""


class Order(NamedTuple):
    """What is to be written, and where to."""

    path: Path
    criteria: DealFilter
    sort: Sort
    number: int


class Stopped(Exception):
    """The export shall not go on."""


def parse_path(text: str) -> Path:
    """Return the file that a name means. Raises InvalidValue."""
    path = Path(text.strip()).expanduser()
    if path.suffix.lower() not in FORMS:
        known = " or ".join(FORMS)
        raise InvalidValue("file", text, f"the name ends in {known}", f"deals{next(iter(FORMS))}")
    if path.is_dir():
        raise InvalidValue("file", text, "that is a folder")
    if not path.absolute().parent.is_dir():
        raise InvalidValue("file", text, f"there is no folder {path.parent}")
    return path.absolute()


def _described(path: Path) -> str:
    return f"{path}{' (there already)' if path.exists() else ''}"


async def export(app: "DealboardApp", criteria: DealFilter, sort: Sort, number: int) -> None:
    """Ask for a file and write the deals that match into it; runs in a worker."""
    default = f"deals-{app.workspace.today.isoformat()}.csv"
    title = f"Export {counted(number)} to"
    given = await app.push_screen_wait(
        Typed(title, parse_path, _described, initial=default, hint="⏎ writes · .csv or .json · esc")
    )
    if given is None:
        return
    path = given.value
    question = f"Replace {path.name}?"
    if path.exists() and not await app.push_screen_wait(
        Confirm(question, detail="What is in it now cannot be brought back.", yes="Replace")
    ):
        return
    written = await app.push_screen_wait(Exporting(app, Order(path, criteria, sort, number)))
    if written is not None:
        app.say(f"Wrote {counted(written)} to {path}")


class Exporting(ModalScreen[int | None]):
    """How far an export is; answers how many deals were written, None if it was stopped."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "stop", "Stop", id="export.stop"),
    ]

    DEFAULT_CSS = """
    Exporting {
        align: center middle;
        & > Dialog { width: 56; padding: 1 2; }
    }
    """

    def __init__(self, app: "DealboardApp", order: Order) -> None:
        super().__init__()
        self._dealboard = app
        self._order = order
        self._stop = threading.Event()

    def compose(self) -> ComposeResult:
        """Yield how far it is, and what stops it."""
        with Dialog(title=f"Writing {self._order.path.name}"):
            yield Static(self._progress(0), id="progress")
            with Buttons():
                yield button("Stop", "esc", id="stop")

    def on_mount(self) -> None:
        """Begin."""
        self._dealboard.start(self._run())

    def _progress(self, done: int) -> Content:
        return Content(safe(f"{done:,} of {counted(self._order.number)}"))

    async def _run(self) -> None:
        loop, app = asyncio.get_running_loop(), self._dealboard

        def tell(done: int) -> None:
            if self._stop.is_set():
                raise Stopped
            if done % TOLD == 0:
                loop.call_soon_threadsafe(self._show, done)

        today = app.workspace.today
        writing = asyncio.to_thread(write, app.location, self._order, tell, today=today)
        try:
            written = await writing
        except Stopped:
            self.dismiss(None)
            app.say("The export was stopped; no file was written")
        except DealboardError as error:
            self.dismiss(None)
            app.say(f"{error.sentence} {error.hint}".strip(), severity="error")
        else:
            self.dismiss(written)

    def _show(self, done: int) -> None:
        if self.is_attached:
            self.query_one("#progress", Static).update(self._progress(done))

    @on(Button.Pressed, "#stop")
    def action_stop(self) -> None:
        """Stop writing; what was written so far goes."""
        self._stop.set()


def write(location: Path, order: Order, tell: Callable[[int], None], *, today: date) -> int:
    """Write the deals of an order and return how many; the file appears whole or not at all.

    Runs on a thread of its own, with a connection of its own: nobody waits for it. `tell` hears how
    many are written, and what it raises stops the writing. Raises DealboardError.
    """
    from dealboard.transfer import exporter

    reader = open_reader(location, TIMEOUT)
    unfinished = backup.private_file(order.path)
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done = number
        tell(number)

    try:
        with closing(reader.connection), unfinished.open("w", encoding="utf-8", newline="") as file:
            exporter.export_deals(
                reader.connection,
                order.criteria,
                order.sort,
                form=FORMS[order.path.suffix.lower()],
                write=file.write,
                progress=progress,
                today=today,
            )
        unfinished.replace(order.path)
    except OSError as error:
        raise StorageFailed(f"{order.path} cannot be written: {error.strerror}.") from error
    except driver.Error as error:
        raise driver.explain(error, location, TIMEOUT) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return done
