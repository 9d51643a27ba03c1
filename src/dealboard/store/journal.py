"""The journal: every change of every operation, recorded in the flush that makes it.

Two doors write: the session, whose flushes are watched here, and the bulk door. `change_many`,
`insert_many` and `delete_many` write images of their own; the rows of an import (`batches`) carry
the operation's number (`batch`) instead. A change row is written by the same flush, so a
savepoint that is rolled back takes it along; a row changed twice in one operation, and by the same
cause, keeps its first before and last after, and one that ends as it began leaves no trace.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel

from dealboard.store import driver, images, tables
from dealboard.store.batches import has_batch, next_id
from dealboard.store.changes import OF_A_DEAL, changes, deal_of, folded, over
from dealboard.store.columns import moment_text
from dealboard.store.images import Image
from dealboard.store.search import OF_DEAL, SearchColumn, chunks, deal_texts
from dealboard.store.transaction import Entry, Receipt, ResultT, Touched, Transaction

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
    'SELECT id, cause_automation, "before", "after" FROM change'
    " WHERE operation_seq = ? AND table_name = ? AND row_id = ? ORDER BY id DESC LIMIT 1"
)
_REWRITE = 'UPDATE change SET "before" = :before, "after" = :after WHERE id = :key'
_RECORD = (
    "INSERT INTO change"
    ' (operation_seq, table_name, row_id, deal_id, cause_automation, "before", "after")'
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class Noticed(NamedTuple):
    """A change as it was made: what happened, to which deal, and by which rule, if by one."""

    touched: Touched
    deal_id: int | None
    cause: int | None


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
    """Watches one transaction's session and settles its operation.

    `noticed` are the changes so far, as they were made; `cause` is the rule that makes the next
    ones. An operation that is `kept` stays though it changed nothing. `batches`: rows came in bulk.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._search = SearchColumn()
        self.noticed: list[Noticed] = []
        self.cause: int | None = None
        self.kept = False
        self.batches = False
        self._last: dict[tuple[str, int], int | None] = {}
        self._certain = True
        self._session: Session | None = None
        row = tx.connection.execute(_BEGIN, _entry(tx.operation)).fetchone()
        tx.operation.seq = row[0]

    @property
    def mark(self) -> tuple[int, int]:
        """How far it has come, for `rewind`."""
        return len(self.noticed), self._search.mark

    def rewind(self, mark: tuple[int, int]) -> None:
        """Forget what came after a mark: a savepoint took it back."""
        noticed, written = mark
        del self.noticed[noticed:]
        self._search.rewind(written)

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
        self._expire(table, row_id)
        deal_id = deal_of(name, row_id, before, after)
        if deal_id is None and name in OF_A_DEAL:
            deal_id = self._owners(name, [row_id]).get(row_id)
        self._enter(name, row_id, deal_id, before, after)

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
            written = [[*after.values(), *([now] if counted else ())] for _, _, after in some]
            sets = ", ".join(f'"{column}" = ?' for column in columns) + counted
            if table is tables.Deal and not OF_DEAL.isdisjoint(columns):
                texts = deal_texts(self._tx.connection, {key: after for key, _, after in some})
                sets += ", search = ?"
                for values, (key, _, _) in zip(written, some, strict=True):
                    values.append(texts[key])
            self._look_past(name, ((key, before) for key, before, _ in some))
            update = f'UPDATE "{name}" SET {sets}'  # noqa: S608 -- our names
            self._update(update, written, [key for key, _, _ in some])
            self._enter_many(table, some)

    def _update(self, update: str, written: Sequence[Sequence[Any]], keys: Sequence[int]) -> None:
        """Write rows by id; those that all become the same, in one statement for many of them."""
        connection, first = self._tx.connection, written[0]
        if any(values != first for values in written):
            rows = ((*values, key) for values, key in zip(written, keys, strict=True))
            connection.executemany(f"{update} WHERE id = ?", rows)
            return
        for some in chunks(keys):
            marks = ", ".join("?" * len(some))
            connection.execute(f"{update} WHERE id IN ({marks})", (*first, *some))

    def insert_many(
        self,
        table: type[SQLModel],
        columns: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
        same: Image | None = None,
    ) -> tuple[int, ...]:
        """Insert rows, record each with an image of its own, and return their ids.

        `rows` are tuples of `columns`, in the form SQLite keeps them, `same` are columns that hold
        the same in all of them; those that are left out are NULL. What they, and what they belong
        to, are found by is the caller's.
        """
        name = str(table.__tablename__)
        first = next_id(self._tx.session, table)
        ids = tuple(range(first, first + len(rows)))
        driver.insert(
            self._tx.connection,
            f'INSERT INTO "{name}"',
            ("id", *columns),
            [(row_id, *row) for row_id, row in zip(ids, rows, strict=True)],
            same,
        )
        alike = dict.fromkeys(images.recorded(table)) | (same or {})
        derived = [column for column in (*alike, *columns) if column in images.derived(table)]
        made = []
        for row_id, row in zip(ids, rows, strict=True):
            image: Image = {**alike, **dict(zip(columns, row, strict=True))}
            for column in derived:
                del image[column]
            made.append((row_id, None, image))
        self._enter_many(table, made)
        return ids

    def restore_many(
        self, table: type[SQLModel], rows: Mapping[int, Image], found_by: Mapping[int, str]
    ) -> None:
        """Insert rows that were deleted, under their ids, and record them.

        `found_by` are the search texts of those that have one; what an image does not know of yet
        is the column's default.
        """
        name, recorded = str(table.__tablename__), images.recorded(table)
        defaults = {column: images.default(table, column) for column in recorded}
        derived = images.derived(table)
        fixed = {column: images.default(table, column) for column in derived}
        fixed |= {"updated_at": moment_text(self._tx.now)} if "updated_at" in derived else {}
        written = []
        for row_id, image in rows.items():
            kept = [image.get(column, defaults[column]) for column in recorded]
            if row_id in found_by:
                fixed["search"] = found_by[row_id]
            written.append((row_id, *kept, *fixed.values()))
        columns = ("id", *recorded, *fixed)
        driver.insert(self._tx.connection, f'INSERT INTO "{name}"', columns, written)
        self._enter_many(table, [(row_id, None, image) for row_id, image in rows.items()])

    def record_gone(self, name: str, rows: Iterable[tuple[int, Image]]) -> None:
        """Record that rows of a table are deleted, without taking notice of each: they are many."""
        self._certain = False
        self._insert(
            name,
            None,
            [
                (row_id, deal_of(name, row_id, image, None), images.dumps(image), None)
                for row_id, image in rows
            ],
        )

    def _insert(
        self,
        name: str,
        cause: int | None,
        entries: Sequence[tuple[int, int | None, str | None, str | None]],
    ) -> None:
        """Write what was recorded of rows of a table: the row, its deal, before and after."""
        seq = self._tx.operation.seq
        same = {"operation_seq": seq, "table_name": name, "cause_automation": cause}
        columns = "row_id", "deal_id", "before", "after"
        driver.insert(self._tx.connection, "INSERT INTO change", columns, entries, same)

    def delete_many(self, table: type[SQLModel], row_ids: Iterable[int]) -> None:
        """Delete many rows of a table and record them, a few statements for all of them.

        Whatever refers to them has to be gone.
        """
        connection, name = self._tx.connection, str(table.__tablename__)
        columns = ", ".join(f'"{column}"' for column in ("id", *images.recorded(table)))
        for some in chunks(row_ids):
            where = f'FROM "{name}" WHERE id IN ({", ".join("?" * len(some))})'
            found = connection.execute(f"SELECT {columns} {where}", some).fetchall()
            connection.execute(f"DELETE {where}", some)
            gone = [(row[0], images.image_of_kept(table, row[1:]), None) for row in found]
            self._look_past(name, ((row_id, before) for row_id, before, _ in gone))
            self._enter_many(table, gone)

    def _look_past(self, name: str, changed: Iterable[tuple[int, Image]]) -> None:
        if name in ("contact", "deal_contact"):
            for row_id, before in changed:
                self._search.look_past(name, row_id, before)

    def _enter_many(
        self, table: type[SQLModel], changes: Sequence[tuple[int, Image | None, Image | None]]
    ) -> None:
        """Record changes of different rows; the session reads those that it has loaded again."""
        name, cause = str(table.__tablename__), self.cause
        loaded = self._session is not None and any(
            type(row) is table for row in self._session.identity_map.values()
        )
        owners = self._owners_of(name, changes)
        dumps, last, noticed = images.dumps, self._last, self.noticed
        is_deal = name == "deal"
        told, same = None, None
        fresh = []
        for row_id, before, after in changes:
            if loaded:
                self._expire(table, row_id)
            deal_id = (
                row_id if is_deal else owners.get(row_id) or deal_of(name, row_id, before, after)
            )
            key = name, row_id
            if last.get(key, -1) == cause:
                self._enter(name, row_id, deal_id, before, after)
                continue
            last[key] = cause
            noticed.append(Noticed(Touched(name, row_id, before, after), deal_id, cause))
            if after is not same:  # many rows may become the same
                told, same = dumps(after), after
            fresh.append((row_id, deal_id, dumps(before), told))
        self._insert(name, cause, fresh)

    def _expire(self, table: type[SQLModel], row_id: int) -> None:
        """Let a session that has loaded a row read it again."""
        if self._session is not None:
            loaded = self._session.identity_map.get(identity_key(table, row_id))
            if loaded is not None:
                self._session.expire(loaded)

    def _owners_of(
        self, name: str, changes: Sequence[tuple[int, Image | None, Image | None]]
    ) -> Mapping[int, int]:
        """Return by row the deal it belongs to, where the images do not say it."""
        if name not in OF_A_DEAL:
            return {}
        silent = [row_id for row_id, *pair in changes if deal_of(name, row_id, *pair) is None]
        return self._owners(name, silent)

    def _owners(self, name: str, row_ids: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for some in chunks(row_ids):
            marks = ", ".join("?" * len(some))
            rows = self._tx.connection.execute(
                f'SELECT id, deal_id FROM "{name}" WHERE id IN ({marks})',  # noqa: S608 -- our names
                some,
            )
            found |= {row_id: deal_id for row_id, deal_id in rows if deal_id is not None}
        return found

    def settle(self, value: ResultT) -> Receipt[ResultT]:
        """Finish the operation before the commit and return its receipt.

        An operation that changed nothing is taken out again: `operation` is then None.
        """
        tx, operation = self._tx, self._tx.operation
        if self._session is not None:
            self._session.flush()
        if self._search.stale:
            self._search.refresh(tx.connection)
        touched = self.touched()
        changed = (
            touched
            or self.kept
            or operation.kind != "do"
            or has_batch(tx.connection, operation.seq)
        )
        tx.connection.execute(_SETTLE if changed else _FORGET, _entry(operation))
        return Receipt(
            operation.label,
            operation.kind,
            operation.seq if changed else None,
            touched,
            tuple(tx.notes),
            value,
            automated=tx.automated,
        )

    def touched(self) -> tuple[Touched, ...]:
        """Return what the operation has changed so far, each row once."""
        if self._certain:
            return folded(each.touched for each in self.noticed)
        return changes(self._tx.connection, self._tx.operation.seq)

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
            name, row_id = str(row.__tablename__), row.id  # type: ignore[attr-defined]
            deal_id = row_id if name == "deal" else getattr(row, "deal_id", None)
            self._enter(name, row_id, deal_id, before, after)

    def _notice(
        self,
        name: str,
        row_id: int,
        deal_id: int | None,
        before: Image | None,
        after: Image | None,
    ) -> None:
        self._last[name, row_id] = self.cause
        self.noticed.append(Noticed(Touched(name, row_id, before, after), deal_id, self.cause))

    def _enter(
        self,
        name: str,
        row_id: int,
        deal_id: int | None,
        before: Image | None,
        after: Image | None,
    ) -> None:
        """Record a change of a row; a further one by the same cause is folded into the first."""
        again = self._last.get((name, row_id), -1) == self.cause
        self._notice(name, row_id, deal_id, before, after)
        change = self._change(name, row_id, deal_id, before, after)
        if again:
            self._merge(change, before, after)
        else:
            self._tx.connection.execute(_RECORD, change)

    def _merge(self, change: tuple[Any, ...], before: Image | None, after: Image | None) -> None:
        connection = self._tx.connection
        kept = connection.execute(_RECORDED, change[:3]).fetchone()
        if kept is None or kept[1] != self.cause:
            connection.execute(_RECORD, change)
            return
        key, _, first_before, last_after = kept
        first = over(before, images.loads(first_before))
        last = over(images.loads(last_after), after)
        if first == last:
            connection.execute('DELETE FROM "change" WHERE id = :key', {"key": key})
        else:
            values = {"key": key, "before": images.dumps(first), "after": images.dumps(last)}
            connection.execute(_REWRITE, values)

    def _change(
        self,
        name: str,
        row_id: int,
        deal_id: int | None,
        before: Image | None,
        after: Image | None,
    ) -> tuple[Any, ...]:
        seq = self._tx.operation.seq
        was, now = images.dumps(before), images.dumps(after)
        return seq, name, row_id, deal_id, self.cause, was, now


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
