"""Undo and redo: the inverse of an operation, written as a new operation.

All or nothing: every field that the operation changed must still hold what it left there (other
fields may have moved on), a row it created must be as it left it and used by nobody else; what is
in the way is named. `rank` is not held against an undo, being only a place among neighbours.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from dealboard.domain.outbox import NOUNS
from dealboard.domain.text import excerpt, first_line
from dealboard.errors import NotFound, Refused
from dealboard.store import batches, images, outbox, search, tables
from dealboard.store.changes import changes
from dealboard.store.collector import undisturbed
from dealboard.store.driver import Connection
from dealboard.store.images import TABLES, Image
from dealboard.store.search import chunks
from dealboard.store.tables import Operation
from dealboard.store.transaction import Touched, Transaction

UNCOMPARED = frozenset({"rank"})
"""Fields that an undo sets but does not ask about."""

LEAVES = frozenset({"deal_contact", "activity"})
"""Tables that no other refers to: what was written on an imported row goes before it."""

BLAMED = 3
"""Rows named in a conflict before it says how many more there are."""


class UndoConflict(Refused):
    """Something happened since that an undo would destroy."""

    def __init__(self, label: str, reasons: Sequence[str]) -> None:
        named = "; ".join(reasons[:BLAMED])
        more = f"; and {len(reasons) - BLAMED} more" if len(reasons) > BLAMED else ""
        super().__init__(
            f"“{label}” cannot be taken back: {named}{more}.",
            "Undo what came later first, or change it by hand.",
        )


@undisturbed()
def undo(tx: Transaction, seq: int | None = None) -> int:
    """Take back an operation, by default the actor's newest one, and return its number.

    Raises Refused when there is nothing to undo and UndoConflict when something is in the way.
    """
    target = _undoable(tx) if seq is None else _chosen(tx, seq)
    assert target.seq is not None  # noqa: S101 -- it was read from the file
    tx.operation.kind = "undo"
    tx.operation.cause = target.seq
    tx.operation.label = f"Undid: {target.label}"
    done = changes(tx.connection, target.seq)
    _Inversion(tx, target.label, done, batch=target.seq).apply()
    _tell_of_blanks(tx, target.seq)
    _withdraw(tx, target.seq)
    target.undone_by = tx.operation.seq
    return target.seq


@undisturbed()
def redo(tx: Transaction) -> int:
    """Do again what the actor took back last, and return the number of that operation.

    Raises Refused when there is nothing to redo: any new operation empties it.
    """
    target = _redoable(tx)
    assert target.seq is not None and target.undone_by is not None  # noqa: PT018, S101
    tx.operation.kind = "redo"
    tx.operation.cause = target.seq
    tx.operation.label = f"Redid: {target.label}"
    taken_back = changes(tx.connection, target.undone_by)
    _Inversion(tx, target.label, taken_back).apply()
    _tell_of_blanks(tx, target.seq)
    outbox.revive(tx.connection, target.seq)
    target.undone_by = None
    return target.seq


def _tell_of_blanks(tx: Transaction, seq: int) -> None:
    """Say whose personal data does not come back, because it was forgotten (decision 73)."""
    rows = tx.connection.execute(
        "SELECT id FROM contact WHERE forgotten AND id IN"
        " (SELECT row_id FROM change WHERE operation_seq = ? AND table_name = 'contact')",
        (seq,),
    )
    for (contact_id,) in rows:
        tx.note(f"Contact #{contact_id} was forgotten: what was personal stays gone.")


def _withdraw(tx: Transaction, seq: int) -> None:
    """Cancel what the operation still wanted to send or do, and say what is out already."""
    tx.flush()
    for found, count in Counter(outbox.withdraw(tx.connection, seq, tx.now)).items():
        kind, leaving = found
        became = "on the way already, which may arrive all the same" if leaving else "cancelled"
        tx.note(f"{count:,} {NOUNS[kind][count > 1]} {became}.")
    for kind, count in Counter(outbox.sent(tx.connection, seq)).items():
        what = f"{count:,} {NOUNS[kind][count > 1]}"
        if kind == "step":
            tx.note(f"What {what} did already stays: undo it from History.")
        else:
            tx.note(f"{what} sent already: that cannot be taken back.")


def _by_actor(tx: Transaction) -> list[Any]:
    actor = tx.actor.id if tx.actor else None
    return [col(Operation.actor_id) == actor, col(Operation.kind) == "do"]


def _earlier(tx: Transaction) -> Any:
    return col(Operation.seq) < tx.operation.seq


def _undoable(tx: Transaction) -> Operation:
    query = (
        select(Operation)
        .where(*_by_actor(tx), _earlier(tx), col(Operation.undone_by).is_(None))
        .order_by(col(Operation.seq).desc())
        .limit(1)
    )
    found = tx.session.scalar(query)
    if found is None:
        raise Refused("There is nothing to undo.")
    return found


def _redoable(tx: Transaction) -> Operation:
    newest = tx.session.scalar(
        select(func.max(Operation.seq)).where(
            *_by_actor(tx), _earlier(tx), col(Operation.undone_by).is_(None)
        )
    )
    query = (
        select(Operation)
        .where(*_by_actor(tx), col(Operation.undone_by) > (newest or 0))
        .order_by(col(Operation.undone_by).desc())
        .limit(1)
    )
    found = tx.session.scalar(query)
    if found is None:
        raise Refused("There is nothing to redo.")
    return found


def _chosen(tx: Transaction, seq: int) -> Operation:
    target = tx.session.get(Operation, seq)
    if target is None:
        raise NotFound("operation", f"#{seq}")
    if target.kind != "do" or target.undone_by is not None:
        raise Refused(f"“{target.label}” is already undone, or is itself an undo.")
    return target


class _Inversion:
    """Checks and writes the inverse of some changes; `batch` names the bulk to delete with them."""

    def __init__(
        self, tx: Transaction, label: str, done: Sequence[Touched], batch: int | None = None
    ) -> None:
        self._tx = tx
        self._label = label
        self._done: dict[str, list[Touched]] = {name: [] for name in TABLES}
        for touched in done:
            self._done[touched.table].append(touched)
        self._batch = batch
        self._reasons: dict[str, None] = {}
        tx.flush()
        self._rows = {
            (name, row_id): image
            for name, table in TABLES.items()
            for row_id, image in _load(
                tx.connection, table, "id", (each.row_id for each in self._done[name])
            )
        }

    def apply(self) -> None:
        """Invert the changes, or raise UndoConflict with everything that is in the way."""
        for touched in chain.from_iterable(self._done.values()):
            self._check(touched)
        for name, table in TABLES.items():
            created = (touched.row_id for touched in self._done[name] if touched.before is None)
            for ids in chunks(created):
                self._check_references(table, _marks(ids), ids)
        if self._batch is not None:
            for table in batches.BATCHED:
                self._check_batch(table, self._batch)
        self._refuse()
        self._delete_created(LEAVES)
        if self._batch is not None:
            for table in reversed(batches.BATCHED):
                _delete_batch(self._tx, table, self._batch)
        self._insert_deleted()
        self._restore_changed()
        self._delete_created(frozenset(TABLES) - LEAVES)

    def _blame(self, name: str, image: Image, what: str) -> None:
        self._reasons[f"{_name(name, image)} {what}"] = None

    def _refuse(self) -> None:
        if self._reasons:
            raise UndoConflict(self._label, tuple(self._reasons))

    def _check(self, touched: Touched) -> None:
        name, row_id = touched.table, touched.row_id
        image = self._rows.get((name, row_id))
        if touched.after is None:
            if image is not None:
                self._blame(name, image, "is there again")
        elif image is not None:
            self._check_fields(name, image, touched.after)
        elif touched.before is not None:
            self._reasons[f"a {name} was deleted since"] = None

    def _check_fields(self, name: str, now: Image, left: Image) -> None:
        changed = [
            field
            for field, value in left.items()
            if field not in UNCOMPARED and now.get(field) != value
        ]
        if changed:
            fields = ", ".join(field.removesuffix("_id").replace("_", " ") for field in changed)
            self._blame(name, now, f"has changed since ({fields})")

    def _check_references(self, table: type[SQLModel], those: str, values: Sequence[int]) -> None:
        """Refuse to delete rows that others have come to refer to: `those` lists or asks."""
        connection = self._tx.connection
        for child, column in _references(table):
            name = str(child.__tablename__)
            batch = "batch" if child in batches.BATCHED else "NULL"
            rows = connection.execute(
                f'SELECT id, {batch} FROM "{name}" WHERE {column} IN ({those})', values
            )
            others = [
                row_id
                for row_id, in_batch in rows
                if (in_batch is None or in_batch != self._batch)
                and (name, row_id) not in self._rows
            ]
            for _, image in _load(connection, child, "id", others):
                self._blame(name, image, "has come to use it")

    def _check_batch(self, table: type[SQLModel], seq: int) -> None:
        """Check that rows inserted in bulk are as they were inserted, and used by nobody else."""
        connection, name = self._tx.connection, str(table.__tablename__)
        inserted = f'SELECT id FROM "{name}" WHERE batch = ?'
        later = connection.execute(
            'SELECT row_id, "before" FROM change WHERE table_name = ? AND operation_seq > ?'
            f' AND "before" IS NOT NULL AND row_id IN ({inserted}) ORDER BY id',
            (name, seq, seq),
        )
        first: dict[int, Image] = {}
        for row_id, before in later:
            first[row_id] = (images.loads(before) or {}) | first.get(row_id, {})
        for row_id, image in _load(connection, table, "id", first):
            self._check_fields(name, image, first[row_id])
        self._check_references(table, inserted, (seq,))

    def _insert_deleted(self) -> None:
        """Insert rows as they were, past the session, and what they are found by."""
        gone: dict[str, dict[int, Image]] = {
            name: {
                touched.row_id: touched.before
                for touched in done
                if touched.before is not None and touched.after is None
            }
            for name, done in self._done.items()
        }
        links = gone["deal_contact"]
        people: dict[int, list[Image]] = {}
        for link in sorted(links.values(), key=lambda link: link["position"]):
            people.setdefault(link["deal_id"], []).append(link)
        for name, deleted in gone.items():
            for ids in chunks(deleted, batches.CHUNK):
                some = {row_id: deleted[row_id] for row_id in ids}
                self._check_parents(TABLES[name], some.values())
                self._check_unique(TABLES[name], some.values())
                self._refuse()
                found_by = search.restored(self._tx.connection, name, some, people)
                self._tx.restore_many(TABLES[name], some, found_by)
        linked = {image["deal_id"] for image in links.values()}
        search.refresh(self._tx.connection, (), linked.difference(gone["deal"]))

    def _check_parents(self, table: type[SQLModel], rows: Iterable[Image]) -> None:
        """Refuse rows that belong to one that is gone."""
        for parent, column in _parents(table):
            name = str(parent.__tablename__)
            for ids in chunks({image[column] for image in rows if image.get(column) is not None}):
                query = f'SELECT count(*) FROM "{name}" WHERE id IN ({_marks(ids)})'
                if self._tx.connection.execute(query, ids).fetchone()[0] < len(ids):
                    self._reasons[f"the {name} it belongs to is gone"] = None

    def _check_unique(self, table: type[SQLModel], rows: Iterable[Image]) -> None:
        """Refuse rows that another one has come to stand for."""
        names = _identity(table)
        wanted = {tuple(image[name] for name in names) for image in rows}
        keys = {key[0] for key in wanted}
        for row_id, image in _load(self._tx.connection, table, names[0], keys):
            if tuple(image[name] for name in names) in wanted:
                link = table is tables.DealContact
                what = "has that contact again" if link else f"is there again as #{row_id}"
                self._blame(str(table.__tablename__), image, what)

    def _restore_changed(self) -> None:
        for name, table in TABLES.items():
            changed = {
                each.row_id: each.before for each in self._done[name] if each.before and each.after
            }
            self._check_parents(table, changed.values())
            self._refuse()
            self._tx.change_many(table, self._differing(name, changed))

    def _differing(
        self, name: str, changed: Mapping[int, Image]
    ) -> Iterator[tuple[int, Image, Image]]:
        """Yield what differs from how the rows shall be."""
        for row_id, image in changed.items():
            now = self._rows[name, row_id]
            after = {field: value for field, value in image.items() if value != now[field]}
            if after:
                yield row_id, {field: now[field] for field in after}, after

    def _delete_created(self, names: Collection[str]) -> None:
        for name, table in reversed(TABLES.items()):
            if name in names:
                created = (touched.row_id for touched in self._done[name] if touched.before is None)
                self._tx.delete_many(table, created)


def _delete_batch(tx: Transaction, table: type[SQLModel], seq: int) -> None:
    """Delete a batch, leaving images so that it can be redone."""
    name, columns = str(table.__tablename__), _columns(table)
    rows = tx.connection.execute(f'SELECT {columns} FROM "{name}" WHERE batch = ?', (seq,))
    while some := rows.fetchmany(batches.CHUNK):
        gone = ((row[0], images.image_of_kept(table, row[1:])) for row in some)
        tx.journal.record_gone(name, gone)
    tx.connection.execute(f'DELETE FROM "{name}" WHERE batch = ?', (seq,))


def _load(
    connection: Connection, table: type[SQLModel], name: str, values: Iterable[Any]
) -> Iterator[tuple[int, Image]]:
    """Yield ids and images of the rows that have one of these values in a column."""
    for some in chunks(values):
        rows = connection.execute(
            f'SELECT {_columns(table)} FROM "{table.__tablename__}"'
            f" WHERE {name} IN ({_marks(some)})",
            some,
        )
        for row in rows.fetchall():
            yield row[0], images.image_of_kept(table, row[1:])


def _columns(table: type[SQLModel]) -> str:
    return ", ".join(f'"{column}"' for column in ("id", *images.recorded(table)))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _references(table: type[SQLModel]) -> list[tuple[type[SQLModel], str]]:
    """Return the tables, with their columns, whose rows refer to a table: chats too."""
    children: tuple[type[SQLModel], ...] = (*tables.JOURNALLED, tables.Message)
    return [
        (child, key.parent.name)
        for child in children
        for key in child.__table__.foreign_keys  # type: ignore[attr-defined]
        if key.column.table.name == table.__tablename__
    ]


def _parents(table: type[SQLModel]) -> list[tuple[type[SQLModel], str]]:
    """Return the tables that a table's rows belong to, with the columns that say so."""
    keys = table.__table__.foreign_keys  # type: ignore[attr-defined]
    return [(TABLES[key.column.table.name], key.parent.name) for key in keys]


def _identity(table: type[SQLModel]) -> tuple[str, ...]:
    """Return the columns in which no two rows of a table are equal."""
    return ("uid",) if issubclass(table, tables.Row) else ("deal_id", "contact_id")


def _name(table: str, image: Image) -> str:
    """Return what a user calls a row."""
    match table:
        case "deal":
            return str(image["title"])
        case "contact":
            return f"{image['first_name']} {image['last_name']}".strip()
        case "user" | "pipeline" | "stage":
            return str(image["name"])
        case "deal_contact":
            return f"deal #{image['deal_id']}"
        case "activity":
            return f"the {image['kind']} “{excerpt(first_line(image['text']))}”"
        case "message":
            return "the chat"
        case _:
            return table
