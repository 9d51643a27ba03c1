"""The one SQLite library of the process, and what its errors mean.

Two SQLite libraries in one process break each other's file locks, so every connection, SQLAlchemy's
included, is made by the module chosen here: `pysqlite3`, which brings its own recent SQLite, where
there is a wheel for the platform, else Python's own.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
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


ROWS = 100
"""Rows that one statement inserts: with more it takes as long for each."""


def insert(
    connection: Connection,
    into: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows, tuples of `columns`; `same` are columns that hold the same in all of them.

    `into` is the statement as far as its table. Many rows go into one, and what is the same is
    handed over once: that takes a third of one for each, for most of it is handing values over.
    """
    alike = same or {}
    fixed, names = tuple(alike.values()), (*alike, *columns)
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        values = chain(fixed, chain.from_iterable(some))
        connection.execute(_inserting(into, names, len(fixed), len(some)), tuple(values))


@lru_cache(256)
def _inserting(into: str, names: tuple[str, ...], fixed: int, rows: int) -> str:
    """Return a statement that takes `fixed` values first, and then those of each row."""
    marks = [f"?{number}" for number in range(1, fixed + 1)] + ["?"] * (len(names) - fixed)
    columns, row = ", ".join(f'"{name}"' for name in names), ", ".join(marks)
    return f"{into} ({columns}) VALUES {', '.join([f'({row})'] * rows)}"


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
