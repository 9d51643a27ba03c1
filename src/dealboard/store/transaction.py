"""One write: what an action is handed, and what its caller gets back.

A Transaction exists only while the workspace runs an action; writes exist only where one is passed.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, SQLModel

from dealboard.domain.views import User
from dealboard.errors import NotFound
from dealboard.store import driver, tables

RowT = TypeVar("RowT", bound=SQLModel)
ResultT = TypeVar("ResultT")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Touched:
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
    `seen` is what the caller had read in the same transaction.
    """

    label: str
    kind: str
    operation: int | None
    touched: tuple[Touched, ...]
    notes: tuple[str, ...]
    value: ResultT
    seen: Any = None


def raw(session: AnySession) -> driver.Connection:
    """Return the driver's connection of a session, in the session's transaction."""
    return cast("driver.Connection", session.connection().connection.dbapi_connection)


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
    the user's local day; actions know no other clock.
    """

    session: Session
    actor: User | None
    now: datetime
    today: date
    operation: Entry
    notes: list[str] = field(default_factory=list)

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

        It asks the driver at once, which an action on the key path may prefer to loading rows.
        """
        self.session.flush()
        return query(raw(self.session), *args, **kwargs)

    def setting(self, key: str, default: str) -> str:
        """Return what the workspace is set to, or the default."""
        row = self.session.get(tables.Setting, key)
        return default if row is None else str(json.loads(row.value))

    def add(self, rows: Sequence[SQLModel]) -> None:
        """Insert rows; their ids are known afterwards."""
        self.session.add_all(rows)
        self.session.flush()
