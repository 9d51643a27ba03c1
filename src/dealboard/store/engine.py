"""The write connection: SQLAlchemy, for writes only.

Every transaction begins with BEGIN IMMEDIATE (a deferred one loses updates between processes) and
with the guard that the file is still the one that was opened, in the format it had.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from dealboard.errors import WorkspaceReplaced
from dealboard.store import driver
from dealboard.store.open import FORMAT

CACHE = 8_000
"""Kilobytes of pages at hand: what a change of 1,000 deals touches, its journal's indexes too."""

PATIENCE = 1_000
"""Milliseconds that a rewrite of the whole file waits for those who read it."""


class Opened:
    """A write transaction that is open: the driver's connection, and a session when one is needed.

    What a key on the board waits for goes to the driver; a session costs more than its statements.
    """

    def __init__(self, link: Connection) -> None:
        self.connection = _raw(link)
        self._link = link
        self._session: Session | None = None

    def session(self) -> Session:
        """Return the session of this transaction; it is made when it is first asked for."""
        if self._session is None:
            self._session = Session(self._link, expire_on_commit=False)
        return self._session

    def commit(self) -> None:
        """Make everything last."""
        if self._session is not None:
            self._session.commit()
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")

    def close(self) -> None:
        """Take back what was not committed."""
        if self._session is not None:
            self._session.close()
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


class Writer:
    """The one write connection of a workspace, used by one thread at a time."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self.identity = _identity(path)
        self.engine = make_engine(path, timeout)
        self._link: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Opened]:
        """Open a write transaction; the end of the block commits it, an exception takes it back.

        Raises Busy, StorageFailed, WorkspaceReplaced or NotAWorkspace; nothing is written then.
        """
        try:
            self._link = self._link or self.engine.connect()
            opened = Opened(self._link)
            try:
                opened.connection.execute("BEGIN IMMEDIATE")
                self._guard(opened.connection)
                yield opened
                opened.commit()
            finally:
                opened.close()
        except DBAPIError as error:
            raise driver.explain(error.orig or error, self.path, self.timeout) from error
        except driver.Error as error:
            raise driver.explain(error, self.path, self.timeout) from error

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a write transaction for a session's work; otherwise as `transaction`."""
        with self.transaction() as opened:
            yield opened.session()

    def leave_no_trace(self) -> bool:
        """Rewrite the file without what was deleted, its log included; False if it is in use."""
        assert self._link is not None  # noqa: S101 -- something was written
        connection = _raw(self._link)
        try:
            connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
            connection.execute("VACUUM")
            return not driver.scalar(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
        except driver.Error:
            return False
        finally:
            connection.execute(f"PRAGMA busy_timeout={int(self.timeout * 1000)}")

    def close(self) -> None:
        """Close the connection; SQLite then folds its log into the file."""
        if self._link is not None:
            self._link.close()
        self.engine.dispose()

    def _guard(self, connection: driver.Connection) -> None:
        if _identity(self.path) != self.identity:
            raise WorkspaceReplaced(self.path, "moved or replaced")
        if driver.scalar(connection, "PRAGMA user_version") != FORMAT:
            raise WorkspaceReplaced(self.path, "upgraded by another dealboard")


def make_engine(path: Path, timeout: float) -> Engine:
    """Return an engine of one connection whose transactions are immediate."""
    engine = create_engine(
        "sqlite://",
        module=driver.sqlite,
        creator=lambda: _connect(path, timeout),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path, timeout: float) -> driver.Connection:
    connection = driver.connect(path, "rw", timeout)
    wanted = "wal" if driver.wal_is_safe() else "truncate"
    if driver.scalar(connection, "PRAGMA journal_mode") != wanted:
        connection.execute(f"PRAGMA journal_mode={wanted}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA journal_size_limit={64 << 20}")
    connection.execute(f"PRAGMA cache_size=-{CACHE}")
    return connection


def _begin(connection: Connection) -> None:
    if not _raw(connection).in_transaction:
        _raw(connection).execute("BEGIN IMMEDIATE")


def _raw(connection: Connection) -> driver.Connection:
    """Return the driver's connection: what opens every transaction should cost next to nothing."""
    return cast("driver.Connection", connection.connection.dbapi_connection)


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 -- a tenth of the time of Path.stat, in every write
    except FileNotFoundError as error:
        raise WorkspaceReplaced(path, "moved or deleted") from error
    return status.st_dev, status.st_ino
