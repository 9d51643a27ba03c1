"""Opening a workspace: what is looked at before anything is written, and the connection for reads.

Imports the driver only, no SQLAlchemy: this is all that stands between the command and the first
board. A look at the file never changes it; only a file of ours, of a version we know, is opened.
"""

import os
from pathlib import Path
from typing import NamedTuple

from dealboard.errors import NotAWorkspace, NoWorkspace, StorageFailed, WorkspaceNewer
from dealboard.store import driver

APPLICATION_ID = 0x6465616C
"""The bytes "deal" in the header of the file."""

FORMAT = 4
"""The number of the newest migration."""

CACHE_KILOBYTES = 256
"""Pages that the reader keeps, an eighth of what SQLite would: the system holds the file anyway."""

HEADER = b"SQLite format 3\0"


class Reader(NamedTuple):
    """A connection that cannot write; `read_only` says why the workspace cannot be, else None."""

    connection: driver.Connection
    format: int
    read_only: str | None


def open_reader(path: Path, timeout: float) -> Reader:
    """Open a workspace for reading, or say in one sentence what the file is instead.

    Raises NoWorkspace, NotAWorkspace, WorkspaceNewer or StorageFailed; the file stays untouched.
    """
    _check_file(path)
    try:
        connection, read_only = _connect(path, timeout)
    except driver.Error as error:
        raise driver.explain(error, path, timeout) from error
    try:
        found = _check_format(connection, path)
        connection.execute("PRAGMA query_only=ON")
        connection.execute(f"PRAGMA cache_size={-CACHE_KILOBYTES}")
    except driver.Error as error:
        connection.close()
        raise driver.explain(error, path, timeout) from error
    except BaseException:
        connection.close()
        raise
    return Reader(connection, found, read_only)


def _check_file(path: Path) -> None:
    try:
        if not path.exists():
            raise NoWorkspace(path)
        if not path.is_file():
            raise NotAWorkspace(path, "it is not a regular file")
        with path.open("rb") as file:
            header = file.read(len(HEADER))
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}.") from error
    if not header:
        raise NotAWorkspace(path, "it is empty", "Delete it, or choose another file with --db.")
    if header != HEADER:
        raise NotAWorkspace(path, "it is not a database", "Choose another file with --db.")


def _connect(path: Path, timeout: float) -> tuple[driver.Connection, str | None]:
    """Connect by the least special way that lets the file be read."""
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if writable:
        connection = _probed(driver.connect(path, "rw", timeout))
        return connection, _leave_unsafe_log(connection, path)
    reason = f"{path} is on a read-only disk or folder."
    try:
        return _probed(driver.connect(path, "ro", timeout)), reason
    except driver.Error:
        return _probed(_connect_aside(path, timeout)), reason


def _leave_unsafe_log(connection: driver.Connection, path: Path) -> str | None:
    """Give up a log that this SQLite cannot safely share, or say why nothing may be written."""
    if driver.wal_is_safe() or driver.scalar(connection, "PRAGMA journal_mode") != "wal":
        return None
    try:
        connection.execute("PRAGMA journal_mode=TRUNCATE")
    except driver.Error:
        return f"{path} is open in a dealboard with a newer SQLite, which this one cannot share."
    return None


def _connect_aside(path: Path, timeout: float) -> driver.Connection:
    """Read a WAL file where no shared memory can be made beside it."""
    import shutil
    import tempfile

    wal = path.with_name(f"{path.name}-wal")
    if not (wal.exists() and wal.stat().st_size):
        return driver.connect(path, "ro", timeout, immutable=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        for source in (path, wal):
            shutil.copyfile(source, copy.with_name(source.name))
        # An open file outlives its name; nothing of it stays on the disk afterwards.
        return _probed(driver.connect(copy, "rw", timeout))


def _probed(connection: driver.Connection) -> driver.Connection:
    """Return the connection once the schema could be read through it."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_format(connection: driver.Connection, path: Path) -> int:
    application = driver.scalar(connection, "PRAGMA application_id")
    found = int(driver.scalar(connection, "PRAGMA user_version"))
    if application != APPLICATION_ID:
        raise NotAWorkspace(path, "it is another program's database", "Choose another with --db.")
    if found > FORMAT:
        raise WorkspaceNewer(path, found, FORMAT)
    return found
