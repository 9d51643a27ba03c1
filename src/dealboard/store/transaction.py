"""One write: what an action is handed, and what its caller gets back.

A Transaction exists only while the workspace runs an action; writes exist only where one is passed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

from sqlmodel import Session, SQLModel

from dealboard.domain.views import User
from dealboard.errors import NotFound
from dealboard.store import driver
from dealboard.store.engine import Opened
from dealboard.store.images import Image
from dealboard.store.reads import settings

if TYPE_CHECKING:
    from dealboard.store.journal import Journal

RowT = TypeVar("RowT", bound=SQLModel)
ResultT = TypeVar("ResultT")
P = ParamSpec("P")


class Touched(NamedTuple):
    """A row that an operation changed: images of the changed columns (all, when new or deleted)."""

    table: str
    row_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Receipt(Generic[ResultT]):
    """What a committed action did.

    `operation` is None, and `touched` empty, when nothing changed. `kind` is do, undo or redo.
    `value` is what the action returned; `notes` are sentences for the user that are not errors;
    `seen` is what the caller had read in the same transaction; `automated` is what automations did
    about it, in a few words.
    """

    label: str
    kind: str
    operation: int | None
    touched: tuple[Touched, ...]
    notes: tuple[str, ...]
    value: ResultT
    seen: Any = None
    automated: str = ""

    @property
    def news(self) -> str:
        """What was done, and what automations did about it, on one line."""
        return f"{self.label} · {self.automated}" if self.automated else self.label


@dataclass(slots=True)
class Entry:
    """The operation being written: its row in the journal, as far as it is known."""

    uid: str
    at: datetime
    actor_id: int | None
    kind: str = "do"
    label: str = ""
    cause: int | None = None
    seq: int = 0


@dataclass
class Transaction:
    """What an action works with.

    `actor` is None when the clock acts. `now` is the moment of the whole operation and `today`
    the user's local day; actions know no other clock. `reconsider`: something changed that all
    events for Meta hang on, and those that wait are judged anew.
    """

    opened: Opened
    actor: User | None
    now: datetime
    today: date
    operation: Entry
    notes: list[str] = field(default_factory=list)
    leave_no_trace: bool = False
    """Whether the file is rewritten after the commit, so that nothing deleted is left in it."""
    reconsider: bool = False
    automated: str = ""
    """What automations did, for the receipt."""

    @cached_property
    def journal(self) -> "Journal":
        """What records the changes of this transaction."""
        from dealboard.store.journal import Journal

        return Journal(self)

    @cached_property
    def session(self) -> Session:
        """The session, watched by the journal; what a key waits for does without one."""
        session = self.opened.session()
        self.journal.watch(session)
        return session

    @property
    def connection(self) -> driver.Connection:
        """The driver's connection, in this transaction."""
        return self.opened.connection

    def flush(self) -> None:
        """Write what the session still holds back."""
        if "session" in self.__dict__:
            self.session.flush()

    def describe(self, label: str) -> None:
        """Name the operation for history and toasts; the outermost action names it first."""
        self.operation.label = self.operation.label or label

    def note(self, sentence: str) -> None:
        """Tell the user something that is no error."""
        self.notes.append(sentence)

    def get(self, table: type[RowT], row_id: int) -> RowT:
        """Return a row by id as it is now, or raise NotFound."""
        row = self.session.get(table, row_id)
        if row is None:
            raise NotFound(str(table.__tablename__), f"#{row_id}")
        return row

    def read(
        self,
        query: Callable[Concatenate[driver.Connection, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ResultT:
        """Run a read of `store/reads/` on what this transaction has written so far.

        It asks the driver at once, which an action that a key waits for may prefer to loading rows.
        """
        self.flush()
        return query(self.connection, *args, **kwargs)

    def change(self, table: type[SQLModel], row_id: int, before: Image, after: Image) -> None:
        """Change fields of one row past the session, for what a key waits for.

        `before` and `after` are images of the columns that differ; the journal records them.
        """
        self.flush()
        self.journal.change(table, row_id, before, after)

    def change_many(
        self, table: type[SQLModel], changes: Iterable[tuple[int, Image, Image]]
    ) -> None:
        """Change fields of many rows past the session: ids with what differs, before and after."""
        self.flush()
        self.journal.change_many(table, changes)

    def insert_many(
        self,
        table: type[SQLModel],
        columns: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
        same: Image | None = None,
    ) -> tuple[int, ...]:
        """Insert many rows past the session and return their ids: tuples as SQLite keeps them."""
        self.flush()
        return self.journal.insert_many(table, columns, rows, same)

    def restore_many(
        self, table: type[SQLModel], rows: Mapping[int, Image], found_by: Mapping[int, str]
    ) -> None:
        """Insert rows that were deleted, by id, and what each is found by, past the session."""
        self.flush()
        self.journal.restore_many(table, rows, found_by)

    def delete_many(self, table: type[SQLModel], row_ids: Iterable[int]) -> None:
        """Delete many rows past the session; what refers to them has to be gone already."""
        self.flush()
        self.journal.delete_many(table, row_ids)

    def setting(self, key: str, default: str) -> str:
        """Return what the workspace is set to, or the default."""
        value = self.read(settings.setting, key)
        return default if value is None else str(value)

    def add(self, rows: Sequence[SQLModel]) -> None:
        """Insert rows; their ids are known afterwards."""
        self.session.add_all(rows)
        self.session.flush()
