"""Rows to read: written as the tables define them, read through a connection that cannot write."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import pytest
from sqlmodel import Session, SQLModel, delete

from dealboard.domain.stages import StageKind
from dealboard.domain.text import search_text
from dealboard.domain.views import Role
from dealboard.store import tables
from dealboard.store.driver import Connection
from dealboard.store.engine import Writer
from dealboard.store.open import open_reader
from dealboard.store.search import contact_search

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOON.date()


class World:
    """The pipeline Sales with the stages Lead 10 %, Offer 60 %, Won and Lost, and more to add."""

    def __init__(self, path: Path) -> None:
        self._writer = Writer(path, 5)
        self._connection = open_reader(path, 5).connection
        self.ada = 1
        self.sales = self.pipeline("Sales", 1)
        self.lead = self.stage("Lead", 1, 10)
        self.offer = self.stage("Offer", 2, 60)
        self.won = self.stage("Won", 3, 100, StageKind.WON)
        self.lost = self.stage("Lost", 4, 0, StageKind.LOST)

    def close(self) -> None:
        self._connection.close()
        self._writer.close()

    def read(
        self,
        query: Callable[Concatenate[Connection, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> ResultT:
        return query(self._connection, *args, **kwargs)

    def add(self, *rows: SQLModel) -> list[int]:
        """Insert rows in one transaction and return their ids."""
        with self._writer.session() as session, session.begin():
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]  # type: ignore[attr-defined]

    @contextmanager
    def replacing(self, *replaced: type[SQLModel]) -> Iterator[Session]:
        """Open a transaction in which the rows of some tables are deleted first."""
        with self._writer.session() as session, session.begin():
            for table in replaced:
                session.exec(delete(table))
            yield session

    def pipeline(self, name: str, position: int) -> int:
        return self.add(tables.Pipeline(**_written(), name=name, position=position))[0]

    def stage(
        self,
        name: str,
        position: int,
        probability: int,
        kind: StageKind = StageKind.OPEN,
        pipeline: int | None = None,
    ) -> int:
        row = tables.Stage(
            **_written(),
            pipeline_id=pipeline or self.sales,
            name=name,
            probability=probability,
            kind=kind,
            position=position,
        )
        return self.add(row)[0]

    def user(self, name: str, email: str | None = None, *, active: bool = True) -> int:
        row = tables.User(
            **_written(), name=name, email=email, role=Role.ADMINISTRATOR, active=active
        )
        return self.add(row)[0]

    def contact(self, first: str, last: str = "", **fields: Any) -> int:
        row = tables.Contact(**_written(), first_name=first, last_name=last, **fields)
        row.search = contact_search(row)
        return self.add(row)[0]

    def deal(self, title: str = "Deal", *, people: Sequence[int] = (), **fields: Any) -> int:
        """Insert a deal with contacts, the first one primary."""
        with self._writer.session() as session:
            found = [session.get_one(tables.Contact, each) for each in people]
        row = self.unsaved(title, **fields)
        names = [(f"{each.first_name} {each.last_name}", each.phone) for each in found]
        row.search = search_text(title, row.reference, names)
        (deal_id,) = self.add(row)
        links = (
            tables.DealContact(deal_id=deal_id, contact_id=contact, position=position)
            for position, contact in enumerate(people)
        )
        self.add(*links)
        return deal_id

    def unsaved(
        self,
        title: str = "Deal",
        *,
        stage: int | None = None,
        created: datetime = NOON,
        close: date | None = None,
        closed: datetime | None = None,
        **fields: Any,
    ) -> tables.Deal:
        """Return a deal in Lead, owned by Ada, in euros, to be given to `add`."""
        values: dict[str, Any] = {"owner_id": self.ada, "currency": "EUR", "rank": 0} | fields
        row = tables.Deal(
            **_written(created),
            title=title,
            stage_id=stage or self.lead,
            close_date=close,
            closed_at=closed,
            stage_entered_at=created,
            **values,
        )
        row.search = search_text(title, row.reference, [])
        return row

    def operation(self, label: str, *changes: tables.Change, **fields: Any) -> int:
        """Insert an operation with its changes and return its number."""
        with self._writer.session() as session, session.begin():
            row = tables.Operation(uid=str(uuid4()), at=NOON, label=label, **fields)
            session.add(row)
            session.flush()
            assert row.seq is not None
            for change in changes:
                change.operation_seq = row.seq
            session.add_all(changes)
            return row.seq


def _written(at: datetime = NOON) -> dict[str, Any]:
    return {"uid": str(uuid4()), "created_at": at, "updated_at": at}


@pytest.fixture
def world(blank: Path, path: Path) -> Iterator[World]:
    """Open a workspace of Ada Owner with one pipeline."""
    shutil.copy(blank, path)
    opened = World(path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_world(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Open a world whose rows the examples of a property replace, one after the other."""
    path = tmp_path_factory.mktemp("shared") / "dealboard.db"
    shutil.copy(blank, path)
    opened = World(path)
    yield opened
    opened.close()
