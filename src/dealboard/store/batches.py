"""Rows of an import: inserted in bulk, with the number of their operation instead of images.

The journal says of them no more than that (`batch`); undo takes them out by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from dealboard.store import driver, tables
from dealboard.store.transaction import Transaction

CHUNK = 2_000
"""Rows sent to the database at a time by bulk work."""

BATCHED: tuple[type[SQLModel], ...] = tuple(
    table for table in tables.JOURNALLED if "batch" in table.model_fields
)
"""Tables that take rows in bulk, parents before children."""


def has_batch(connection: driver.Connection, seq: int) -> bool:
    """Return whether an operation inserted rows in bulk that are still there."""
    return any(
        connection.execute(
            f'SELECT 1 FROM "{table.__tablename__}" WHERE batch = :seq LIMIT 1',  # noqa: S608 -- our names
            {"seq": seq},
        ).fetchone()
        for table in BATCHED
    )


def insert_bulk(
    tx: Transaction,
    table: type[SQLModel],
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    same: Mapping[str, Any] | None = None,
) -> int:
    """Insert many rows as one batch of the operation and return how many.

    `rows` are tuples of `columns` in the order and form SQLite keeps them; ids included, see
    `next_id`; `same` are columns that hold the same in all of them. They are consumed in chunks, so
    a generator of any length needs little memory. Derived columns (search, version, updated_at) are
    the caller's.
    """
    into, batch = f'INSERT INTO "{table.__tablename__}"', {"batch": tx.operation.seq}
    tx.flush()
    tx.journal.batches = True
    count = 0
    for chunk in _chunks(rows):
        driver.insert(tx.connection, into, columns, chunk, batch | dict(same or {}))
        count += len(chunk)
    return count


def next_id(session: Session, table: type[SQLModel]) -> int:
    """Return the first id that no row of the table ever had; bulk inserts count up from it."""
    last = session.execute(
        text("SELECT seq FROM sqlite_sequence WHERE name = :name"),
        {"name": str(table.__tablename__)},
    ).scalar()
    return int(last or 0) + 1


def _chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
