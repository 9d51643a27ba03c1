"""The journal: every change of every operation, recorded in the flush that makes it.

Two doors write: the session, whose flushes are watched here, and the bulk door. `change_many` and
`delete_many` write images of their own; the rows of an import (`insert_bulk`) carry the operation's
number (`batch`) instead. A change row is written by the same flush, so a savepoint that is rolled
back takes it along; a row changed twice in one operation keeps its first before and last after, and
one that ends as it began leaves no trace.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel

from dealboard.store import driver, images, tables
from dealboard.store.columns import moment_text
from dealboard.store.images import Image
from dealboard.store.search import SearchColumn, chunks
from dealboard.store.transaction import Entry, Receipt, ResultT, Touched, Transaction

CHUNK = 2_000
"""Rows sent to the database at a time by bulk work."""


# What every transaction writes goes to the driver: a move on the board waits for it.
_BEGIN = (
    "INSERT INTO operation (uid, at, actor_id, kind, label, cause)"
    " VALUES (:uid, :at, :actor, :kind, :label, :cause) RETURNING seq"
)
_SETTLE = (
    "UPDATE operation SET actor_id = :actor, kind = :kind, label = :label, cause = :cause"
    " WHERE seq = :seq"
)
_FORGET = "DELETE FROM operation WHERE seq = :seq"
_RECORDED = (
    'SELECT id, "before", "after" FROM change WHERE operation_seq = :operation_seq'
    " AND table_name = :table_name AND row_id = :row_id"
)
_REWRITE = 'UPDATE change SET "before" = :before, "after" = :after WHERE id = :key'
_RECORD = (
    'INSERT INTO change (operation_seq, table_name, row_id, "before", "after")'
    " VALUES (:operation_seq, :table_name, :row_id, :before, :after)"
)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "uid": entry.uid,
        "at": moment_text(entry.at),
        "actor": entry.actor_id,
        "kind": entry.kind,
        "label": entry.label,
        "cause": entry.cause,
        "seq": entry.seq,
    }


class Journal:
    """Watches one transaction's session and settles its operation."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._search = SearchColumn()
        self._touched: dict[tuple[str, int], Touched] = {}
        self._certain = True
        self._session: Session | None = None
        row = tx.connection.execute(_BEGIN, _entry(tx.operation)).fetchone()
        tx.operation.seq = row[0]

    def watch(self, session: Session) -> None:
        """Record what the flushes of a session write."""
        self._session = session
        event.listen(session, "before_flush", self._derive)
        event.listen(session, "after_flush", self._record)
        event.listen(session, "after_soft_rollback", self._doubt)

    def change(self, table: type[SQLModel], row_id: int, before: Image, after: Image) -> None:
        """Change one row by itself and record it; a session that has loaded it reads it again.

        Nothing that is searched may change this way.
        """
        name = str(table.__tablename__)
        values = {**after, "now": moment_text(self._tx.now), "key": row_id}
        sets = ", ".join(f'"{column}" = :{column}' for column in after)
        self._tx.connection.execute(
            f'UPDATE "{name}" SET {sets}, updated_at = :now, version = version + 1'  # noqa: S608 -- our names
            " WHERE id = :key",
            values,
        )
        if self._session is not None:
            loaded = self._session.identity_map.get(identity_key(table, row_id))
            if loaded is not None:
                self._session.expire(loaded)
        self._enter(name, row_id, before, after)

    def change_many(
        self, table: type[SQLModel], changes: Iterable[tuple[int, Image, Image]]
    ) -> None:
        """Change many rows, each once, as `change` does one; a few statements for all of them."""
        name, now = str(table.__tablename__), moment_text(self._tx.now)
        counted = ", updated_at = ?, version = version + 1" if issubclass(table, tables.Row) else ""
        alike: dict[tuple[str, ...], list[tuple[int, Image, Image]]] = {}
        for change in changes:
            alike.setdefault(tuple(change[2]), []).append(change)
        for columns, some in alike.items():
            sets = ", ".join(f'"{column}" = ?' for column in columns)
            self._tx.connection.executemany(
                f'UPDATE "{name}" SET {sets}{counted} WHERE id = ?',  # noqa: S608 -- our names
                [(*after.values(), *([now] if counted else ()), key) for key, _, after in some],
            )
            self._enter_many(table, some)

    def delete_many(self, table: type[SQLModel], row_ids: Iterable[int]) -> None:
        """Delete many rows of a table and record them, a few statements for all of them.

        Whatever refers to them has to be gone.
        """
        columns = table.__table__.columns  # type: ignore[attr-defined]
        wanted = columns["id", *images.recorded(table)]
        for some in chunks(row_ids):
            found = self._tx.session.execute(select(*wanted).where(columns["id"].in_(some)))
            gone = [(row.id, images.image_of_row(table, row), None) for row in found]
            self._tx.connection.executemany(
                f'DELETE FROM "{table.__tablename__}" WHERE id = ?',  # noqa: S608 -- our names
                [(row_id,) for row_id, _, _ in gone],
            )
            self._enter_many(table, gone)

    def _enter_many(
        self, table: type[SQLModel], changes: Sequence[tuple[int, Image | None, Image | None]]
    ) -> None:
        """Record changes of different rows; the session reads those that it has loaded again."""
        name = str(table.__tablename__)
        fresh = []
        for row_id, before, after in changes:
            self._search.look_past(name, row_id, before or {})
            if self._session is not None:
                loaded = self._session.identity_map.get(identity_key(table, row_id))
                if loaded is not None:
                    self._session.expire(loaded)
            if (name, row_id) in self._touched:
                self._enter(name, row_id, before, after)
            else:
                self._touched[name, row_id] = Touched(name, row_id, before, after)
                fresh.append(self._change(name, row_id, before, after))
        self._tx.connection.executemany(_RECORD, fresh)

    def settle(self, value: ResultT) -> Receipt[ResultT]:
        """Finish the operation before the commit and return its receipt.

        An operation that changed nothing is taken out again: `operation` is then None.
        """
        tx, operation = self._tx, self._tx.operation
        if self._session is not None:
            self._session.flush()
        if self._search.stale:
            self._search.refresh(tx.session)
        touched = tuple(self._touched.values())
        # Undo and redo write many rows past the session, with images of their own.
        if not self._certain or operation.kind != "do":
            touched = tuple(changes(tx.connection, operation.seq))
        changed = touched or operation.kind != "do" or has_batch(tx.connection, operation.seq)
        tx.connection.execute(_SETTLE if changed else _FORGET, _entry(operation))
        return Receipt(
            operation.label,
            operation.kind,
            operation.seq if changed else None,
            touched,
            tuple(tx.notes),
            value,
        )

    def _derive(self, session: AnySession, _context: object, _rows: object) -> None:
        """Set what follows from the change itself: when it was made, and how it is searched."""
        for row in session.dirty:
            if isinstance(row, tables.Row) and session.is_modified(row):
                row.updated_at = self._tx.now
        self._search.watch(session)

    def _doubt(self, _session: AnySession, _transaction: object) -> None:
        """Ask the database in the end what was changed: a savepoint took some of it back."""
        self._certain = False

    def _record(self, session: AnySession, _context: object) -> None:
        for row, before, after in _images(session):
            self._enter(str(row.__tablename__), row.id, before, after)  # type: ignore[attr-defined]

    def _enter(self, name: str, row_id: int, before: Image | None, after: Image | None) -> None:
        """Record a change of a row; a further one is folded into the one that is recorded."""
        if (name, row_id) in self._touched:
            self._certain = False
            self._merge(name, row_id, before, after)
        else:
            self._touched[name, row_id] = Touched(name, row_id, before, after)
            self._tx.connection.execute(_RECORD, self._change(name, row_id, before, after))

    def _merge(self, name: str, row_id: int, before: Image | None, after: Image | None) -> None:
        connection, seq = self._tx.connection, self._tx.operation.seq
        kept = connection.execute(
            _RECORDED, {"operation_seq": seq, "table_name": name, "row_id": row_id}
        ).fetchone()
        if kept is None:
            connection.execute(_RECORD, self._change(name, row_id, before, after))
            return
        key, first_before, last_after = kept
        first = _over(before, images.loads(first_before))
        last = _over(images.loads(last_after), after)
        if first == last:
            connection.execute('DELETE FROM "change" WHERE id = :key', {"key": key})
        else:
            values = {"key": key, "before": images.dumps(first), "after": images.dumps(last)}
            connection.execute(_REWRITE, values)

    def _change(
        self, name: str, row_id: int, before: Image | None, after: Image | None
    ) -> dict[str, Any]:
        return {
            "operation_seq": self._tx.operation.seq,
            "table_name": name,
            "row_id": row_id,
            "before": images.dumps(before),
            "after": images.dumps(after),
        }


def _images(session: AnySession) -> Iterator[tuple[SQLModel, Image | None, Image | None]]:
    """Yield the journalled rows of a flush with what they were and what they are."""
    for row in session.new:
        if type(row) in tables.JOURNALLED:
            yield row, None, images.image_of(row)
    for row in session.dirty:
        if type(row) in tables.JOURNALLED:
            before, after = _difference(row)
            if after:
                yield row, before, after
    for row in session.deleted:
        if type(row) in tables.JOURNALLED:
            yield row, images.image_of(row) | _difference(row)[0], None


def _difference(row: SQLModel) -> tuple[Image, Image]:
    before: Image = {}
    after: Image = {}
    state = inspect(row)
    for name in state.committed_state:
        history = state.attrs[name].history
        if name in images.recorded(type(row)) and history.has_changes():
            before[name] = images.encode(history.deleted[0])
            after[name] = images.encode(history.added[0])
    return before, after


def _over(under: Image | None, over: Image | None) -> Image | None:
    """Lay one image over another; None, a row that is not there, hides what is under it."""
    return None if over is None else (under or {}) | over


def changes(connection: driver.Connection, seq: int) -> Iterator[Touched]:
    """Yield the rows that an operation changed, in the order it first touched them."""
    rows = connection.execute(
        'SELECT table_name, row_id, "before", "after" FROM change'
        " WHERE operation_seq = :seq ORDER BY id",
        {"seq": seq},
    )
    for name, row_id, before, after in rows:
        yield Touched(name, row_id, images.loads(before), images.loads(after))


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
    tx: Transaction, table: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> int:
    """Insert many rows as one batch of the operation and return how many.

    `rows` are tuples of `columns` in the order and form SQLite keeps them; ids included, see
    `next_id`. They are consumed in chunks, so a generator of any length needs little memory.
    Derived columns (search, version, updated_at) are the caller's.
    """
    names = ", ".join((*columns, "batch"))
    marks = ", ".join("?" * (len(columns) + 1))
    sql = f'INSERT INTO "{table.__tablename__}" ({names}) VALUES ({marks})'  # noqa: S608 -- our names
    tx.flush()
    seq = tx.operation.seq
    count = 0
    for chunk in _chunks(rows):
        tx.connection.executemany(sql, [(*row, seq) for row in chunk])
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
