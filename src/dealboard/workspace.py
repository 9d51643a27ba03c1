"""An opened store, who acts in it, and the clock: the core that every front end calls.

Synchronous, and knows no thread: `run` belongs to one thread (the writer), `read` to one (the
reader), and a command line uses one for both. Importing and opening it loads the driver only;
SQLAlchemy and SQLModel come with the first `run`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from dealboard.domain.views import Role, User
from dealboard.errors import StorageFailed, UnknownName
from dealboard.store import driver
from dealboard.store import settings as kept
from dealboard.store.collector import undisturbed
from dealboard.store.open import FORMAT, Reader, open_reader
from dealboard.store.reads import settings, team

if TYPE_CHECKING:
    from dealboard.automations.book import Book
    from dealboard.store.engine import Writer
    from dealboard.store.transaction import Receipt, Transaction

    Then = Callable[[driver.Connection, Receipt[Any]], object]

ResultT = TypeVar("ResultT")
P = ParamSpec("P")
Clock = Callable[[], datetime]

TIMEOUT = 15.0
"""Seconds to wait for another process's write lock."""


STILL_THERE = "The file is in use: traces of it may stay in there until dealboard forgets again."


def system_clock() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


class Workspace:
    """One workspace, open: `run` writes, `read` reads, `remember` keeps what is no change."""

    def __init__(
        self, path: Path, reader: Reader, user: User, timeout: float, clock: Clock
    ) -> None:
        self.path = path
        self.user = user
        self.timeout = timeout
        self.read_only = reader.read_only
        self._connection = reader.connection
        self._watching: driver.Connection | None = None
        self._clock = clock
        self._opened_writer: Writer | None = None
        self._book: Book | None = None
        self.locale = "en_US"

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        actor: str | None = None,
        timeout: float = TIMEOUT,
        clock: Clock = system_clock,
    ) -> Self:
        """Open a workspace as `actor` (a name or e-mail; by default its Account Owner).

        A file of an older format is copied beside itself and brought forward first. Raises what
        `open_reader` raises, and UnknownName for an actor that nobody is called.
        """
        reader = open_reader(path, timeout)
        try:
            if reader.format < FORMAT:
                reader = _upgraded(path, reader, timeout, clock)
            user = _acting_user(reader.connection, actor)
        except BaseException:
            reader.connection.close()
            raise
        return cls(path, reader, user, timeout, clock)

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        owner: str,
        currency: str = "EUR",
        country: str = "",
        timeout: float = TIMEOUT,
        clock: Clock = system_clock,
    ) -> Self:
        """Make a new workspace with its Account Owner and open it.

        The file appears complete or not at all. Raises StorageFailed when something is there.
        """
        from dealboard.store import create

        create.workspace(
            path, owner=owner, currency=currency, country=country, timeout=timeout, now=clock()
        )
        return cls.open(path, timeout=timeout, clock=clock)

    @property
    def now(self) -> datetime:
        """The present moment, aware."""
        return self._clock()

    @property
    def today(self) -> date:
        """The user's local day."""
        return self._clock().astimezone().date()

    def read(
        self,
        query: Callable[Concatenate[driver.Connection, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ResultT:
        """Run a read of `store/reads/` and return its values. Raises StorageFailed or Busy."""
        try:
            return query(self._connection, *args, **kwargs)
        except driver.Error as error:
            raise driver.explain(error, self.path, self.timeout) from error

    def run(
        self,
        action: "Callable[[Transaction], ResultT]",
        then: "Then | None" = None,
        *,
        automations: bool = True,
        conversions: bool = True,
        by_clock: bool = False,
    ) -> "Receipt[ResultT]":
        """Run an action in one transaction: journal, automations, events, commit, the receipt.

        `then` reads what the change left, before anybody else can change it again; its answer is
        the receipt's `seen`. Whatever the action raises undoes all of it. An undo and a redo fire
        no automations and mean no events for Meta, and nothing does without `automations` and
        `conversions`. `by_clock`: nobody acts, it is time that does. Raises Busy, StorageFailed,
        WorkspaceReplaced.
        """
        from dataclasses import replace

        from dealboard.store.ids import new_uid
        from dealboard.store.transaction import Entry, Transaction

        if self.read_only:
            raise self._unwritable(self.read_only)
        now = self.now
        entry = Entry(new_uid(now), now, None if by_clock else self.user.id)
        with self._writer().transaction() as opened:
            actor = None if by_clock else team.user(opened.connection, self.user.id)
            tx = Transaction(opened, actor, now, now.astimezone().date(), entry)
            journal = tx.journal  # it numbers the operation
            value = action(tx)
            with undisturbed():
                if automations and entry.kind == "do":
                    self._fire(tx)
                self._convert(tx, tell=conversions and entry.kind == "do")
                receipt = journal.settle(value)
            if then is not None and receipt.operation is not None:
                receipt = replace(receipt, seen=then(opened.connection, receipt))
        if tx.leave_no_trace and not self._writer().leave_no_trace():
            receipt = replace(receipt, notes=(*receipt.notes, STILL_THERE))
        return receipt

    def _fire(self, tx: "Transaction") -> None:
        """Run the automations that the changes of a transaction fire."""
        from dealboard.store.reads import automations

        active = automations.active(tx.connection)
        if active:
            from dealboard.automations import engine

            book = self.book()
            book.refresh(tx.connection, active)
            engine.settle(tx, book)

    @staticmethod
    def _convert(tx: "Transaction", *, tell: bool) -> None:
        """Write the events for Meta that a transaction means, if the workspace was set up for it.

        Without `tell` it means none; what waits is judged anew all the same.
        """
        if tx.read(settings.setting, settings.META) is not None:
            from dealboard.conversions import events

            events.settle(tx, tell=tell)

    def book(self) -> "Book":
        """Return the automations in force, as they were when they were last asked for."""
        from dealboard.automations.book import Book

        if self._book is None:
            self._book = Book(self.locale)
        return self._book

    @staticmethod
    def _unwritable(why: str) -> StorageFailed:
        return StorageFailed(
            f"Nothing can be changed: {why}",
            "Make the file and its folder writable, or work on a copy of it with --db.",
        )

    def _writer(self) -> "Writer":
        from dealboard.store.engine import Writer

        if self._opened_writer is None:
            self._opened_writer = Writer(self.path, self.timeout)
        return self._opened_writer

    def warm_up(self) -> None:
        """Load what `run` needs, so that the first change is as fast as the next.

        The mappers are left to the first action that asks for a session: 12 ms then, 1 MB until.
        """
        from dealboard.store import journal, tables, undo  # noqa: F401
        from dealboard.store.reads import automations  # noqa: F401

        if not self.read_only:
            with self._writer().transaction():
                pass

    def backup_before(self, what: str) -> Path:
        """Copy the file to the folder `backups` beside it, verified, before something is done.

        `what` is that, for the copy's name. It waits for nobody and writes nothing here, so that
        any thread may call it. Raises StorageFailed, and nothing should be done then.
        """
        from dealboard.store import backup

        name = f"{self.path.stem}-{self.now:%Y%m%dT%H%M%S.%fZ}-before-{what}.db"
        copy = self.path.parent / "backups" / name
        backup.create(self.path, copy, self.timeout)
        return copy

    def keep(
        self,
        work: Callable[Concatenate[driver.Connection, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ResultT:
        """Write what is no change of anybody's, in a transaction without an operation.

        For the states of the outbox and for chats only, which the journal does not cover; a test
        holds the rest of the house to that. Raises what `run` raises.
        """
        if self.read_only:
            raise self._unwritable(self.read_only)
        with self._writer().transaction() as opened:
            return work(opened.connection, *args, **kwargs)

    def remember(self, key: str, value: object) -> None:
        """Keep a JSON value outside the journal: a cursor, a width, the last view."""
        if not self.read_only:
            with self._writer().transaction() as opened:
                kept.put(opened.connection, key, value)

    def recall(self, key: str) -> Any:
        """Return what was remembered, or None."""
        return self.read(settings.setting, key)

    def mine(self, key: str) -> str:
        """Return under which key something of the acting user is remembered."""
        return f"user/{self.user.id}/{key}"

    def data_version(self) -> int:
        """Return a number that changes when anybody commits; costs microseconds, waits for nobody.

        It has a connection of its own, so that no read under way can be in its way.
        """
        try:
            if self._watching is None:
                self._watching = driver.connect(self.path, "ro", 0)
            return int(driver.scalar(self._watching, "PRAGMA data_version"))
        except driver.Error:
            return 0

    def stop_reading(self) -> None:
        """Break off the read that another thread is at: a connection in use must not be closed."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close every connection; none of them may be in use."""
        if self._opened_writer is not None:
            self._opened_writer.close()
        if self._watching is not None:
            self._watching.close()
        self._connection.close()


def _upgraded(path: Path, reader: Reader, timeout: float, clock: Clock) -> Reader:
    """Bring an older file forward, behind a verified copy of what it was."""
    from dealboard.store import backup, migrations

    reader.connection.close()
    if reader.read_only:
        raise StorageFailed(f"{path} needs an upgrade and cannot be written.", reader.read_only)
    stamp = clock().strftime("%Y%m%dT%H%M%SZ")
    copy = path.with_name(f"{path.name}.before-upgrade-{reader.format}-{stamp}")
    backup.create(path, copy, timeout)
    migrations.upgrade(path, timeout)
    return open_reader(path, timeout)


def _acting_user(connection: driver.Connection, actor: str | None) -> User:
    users = team.users(connection)
    if actor is None:
        owners = [user for user in users if user.role is Role.ACCOUNT_OWNER and user.active]
        return min(owners, key=lambda user: user.id)
    found = team.find_user(connection, actor)
    if found is None:
        raise UnknownName("user", actor, known=tuple(user.name for user in users))
    return found
