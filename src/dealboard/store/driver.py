"""The one SQLite library of the process, and what its errors mean.

Two SQLite libraries in one process break each other's file locks, so every connection, SQLAlchemy's
included, is made by the module chosen here: `pysqlite3`, which brings its own recent SQLite, where
there is a wheel for the platform, else Python's own.
"""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dealboard.errors import Busy, DealboardError, NotAWorkspace, StorageFailed

if TYPE_CHECKING:
    import sqlite3 as sqlite
else:
    try:
        from pysqlite3 import dbapi2 as sqlite
    except ImportError:
        import sqlite3 as sqlite

__all__ = ["Connection", "Error", "connect", "explain", "insert", "scalar", "sqlite", "wal_is_safe"]

Connection = sqlite.Connection
Error = sqlite.Error


def wal_is_safe(version: tuple[int, ...] = sqlite.sqlite_version_info) -> bool:
    """Return whether this SQLite may share a WAL file between processes.

    Before 3.51.3 it can corrupt it (the "WAL-reset bug"), but for the fixed 3.50.7 and 3.44.6.
    """
    return (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )


def connect(path: Path, mode: str, timeout: float, *, immutable: bool = False) -> Connection:
    """Open a file by URI with `mode` ro or rw; `timeout` in seconds is waited for locks."""
    suffix = "&immutable=1" if immutable else ""
    connection = sqlite.connect(
        f"{path.absolute().as_uri()}?mode={mode}{suffix}",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    for pragma in (
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


PARAMETERS = 900
"""Values in one statement: fewer than any SQLite takes."""


def insert(connection: Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, many to a statement: that takes little more than half of one statement each.

    `into` is the statement as far as its columns.
    """
    if not rows:
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    size = max(PARAMETERS // len(rows[0]), 1)
    whole = len(rows) - len(rows) % size
    many = f"{into} VALUES {', '.join([one] * size)}"
    for start in range(0, whole, size):
        values = chain.from_iterable(rows[start : start + size])
        connection.execute(many, tuple(values))
    connection.executemany(f"{into} VALUES {one}", rows[whole:])


def explain(error: BaseException, path: Path, timeout: float) -> DealboardError:
    """Return the sentence for what SQLite, or the operating system, answered."""
    said = str(error)
    match said:
        case _ if "locked" in said or "busy" in said:
            return Busy(timeout)
        case _ if "not a database" in said or "malformed" in said:
            return NotAWorkspace(path, said, "Nothing was changed. A backup may help.")
        case _ if "readonly" in said or "read-only" in said:
            return StorageFailed(f"{path} cannot be written: {said}.", "Check its permissions.")
        case _ if "full" in said:
            return StorageFailed(
                f"The disk of {path} is full; nothing was changed.", "Free some space."
            )
        case _:
            return StorageFailed(f"{path}: {said}.", "Check the disk and the file's permissions.")


def scalar(connection: Connection, sql: str) -> Any:
    """Return the first column of the first row."""
    return connection.execute(sql).fetchone()[0]
