"""Writing what a filter shows into a file, beside everything else, and stopping that half-way."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from dealboard.domain.filters import DealFilter, Sort
from dealboard.errors import InvalidValue, StorageFailed
from dealboard.screens.confirm import Confirm
from dealboard.screens.targets import counted
from dealboard.screens.typed import Typed
from dealboard.screens.working import Tell, Working
from dealboard.store import backup, driver
from dealboard.store.open import open_reader
from dealboard.workspace import TIMEOUT

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

Form = Literal["csv", "json"]

FORMS: dict[str, Form] = {".csv": "csv", ".json": "json"}
"""What a file's name ends in, and how it is written."""


class Export(Protocol):
    """Writes rows as a function of `transfer.exporter` does, and returns how many."""

    def __call__(
        self,
        connection: driver.Connection,
        *,
        form: Form,
        write: Callable[[str], object],
        progress: Callable[[int], object],
    ) -> int:
        """Write all of them."""
        ...


class Order(NamedTuple):
    """What is to be written, and where to; `number` of what, as the noun says."""

    path: Path
    export: Export
    number: int
    noun: str


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
    today = app.workspace.today

    def write_all(connection: driver.Connection, **how: Any) -> int:
        from dealboard.transfer import exporter

        return exporter.export_deals(connection, criteria, sort, today=today, **how)

    await export_to(app, write_all, number, "deal")


async def export_to(app: "DealboardApp", export: Export, number: int, noun: str) -> None:
    """Ask for a file and have it written; runs in a worker."""
    default = f"{noun}s-{app.workspace.today.isoformat()}.csv"
    title = f"Export {counted(number, noun)} to"
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
    order = Order(path, export, number, noun)

    def work(tell: Tell) -> int:
        return write(app.location, order, lambda done: tell(done, number))

    working = Working(app, f"Writing {path.name}", work)
    written = await app.push_screen_wait(working)
    if written is not None:
        app.say(f"Wrote {counted(written, noun)} to {path}")
    elif working.stopped:
        app.say("The export was stopped; no file was written")


def write(location: Path, order: Order, tell: Callable[[int], None]) -> int:
    """Write what is ordered and return how many rows; the file appears whole or not at all.

    Runs on a thread of its own, with a connection of its own: nobody waits for it. `tell` hears how
    many are written, and what it raises stops the writing. Raises DealboardError.
    """
    reader = open_reader(location, TIMEOUT)
    unfinished = backup.private_file(order.path)
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done = number
        tell(number)

    try:
        with closing(reader.connection), unfinished.open("w", encoding="utf-8", newline="") as file:
            order.export(
                reader.connection,
                form=FORMS[order.path.suffix.lower()],
                write=file.write,
                progress=progress,
            )
        unfinished.replace(order.path)
    except OSError as error:
        raise StorageFailed(f"{order.path} cannot be written: {error.strerror}.") from error
    except driver.Error as error:
        raise driver.explain(error, location, TIMEOUT) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return done
