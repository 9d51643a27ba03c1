"""A desk to try actions at: a workspace with one pipeline, and short ways to look at its rows."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest
from sqlmodel import SQLModel, select

from dealboard.actions import contacts, deals, pipelines, team
from dealboard.domain.stages import parse_stages
from dealboard.domain.views import Role
from dealboard.store.tables import Deal, Pipeline, Stage
from dealboard.store.transaction import Receipt, Transaction
from dealboard.workspace import Workspace
from tests.conftest import Clock

P = ParamSpec("P")
ResultT = TypeVar("ResultT")
RowT = TypeVar("RowT", bound=SQLModel)

PIPELINE = 1
"""The id of the pipeline Sales: Lead 10 %, Offer 60 %, Won, Lost."""


class Desk:
    """Runs actions, each in a transaction of its own, and shows what is in the tables after."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self.workspace = workspace
        workspace.warm_up()
        self.clock = clock
        self.opened: list[Workspace] = []
        self.pipeline = PIPELINE
        self.lead, self.offer, self.won, self.lost = (s.id or 0 for s in self.stages())

    def do(
        self,
        verb: Callable[Concatenate[Transaction, P], ResultT],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Receipt[ResultT]:
        """Run an action."""
        return self.workspace.run(lambda tx: verb(tx, *args, **kwargs))

    def row(self, table: type[RowT], row_id: int) -> RowT:
        """Return a row as it is now."""
        return next(row for row in self.rows(table) if row.model_dump()["id"] == row_id)

    def rows(self, table: type[RowT]) -> list[RowT]:
        """Return all rows of a table."""
        writer = self.workspace._opened_writer
        assert writer is not None
        with writer.session() as session:
            return list(session.exec(select(table)))

    def deal(self, deal_id: int) -> Deal:
        """Return a deal as it is now."""
        return self.row(Deal, deal_id)

    def stages(self, pipeline_id: int | None = None) -> list[Stage]:
        """Return the stages of a pipeline in order."""
        mine = [s for s in self.rows(Stage) if s.pipeline_id == (pipeline_id or self.pipeline)]
        return sorted(mine, key=lambda stage: stage.position)

    def stage_names(self) -> list[str]:
        """Return the names of the stages in order."""
        return [stage.name for stage in self.stages()]

    def pipeline_names(self) -> list[str]:
        """Return the names of the pipelines in order."""
        return [p.name for p in sorted(self.rows(Pipeline), key=lambda p: p.position)]

    def order(self, stage_id: int) -> list[str]:
        """Return the titles of a stage's deals from the top."""
        there = [deal for deal in self.rows(Deal) if deal.stage_id == stage_id]
        return [deal.title for deal in sorted(there, key=lambda deal: (deal.rank, deal.id))]

    def contact(self, name: str = "Acme") -> int:
        """Add a contact."""
        return self.do(contacts.add, name=name).value

    def new(self, title: str = "Acme", stage_id: int | None = None) -> int:
        """Add a deal with a contact of the same name, on top of a stage (by default Lead)."""
        where = self.lead if stage_id is None else stage_id
        return self.do(
            deals.create, contacts=[self.contact(title)], stage_id=where, title=title
        ).value

    def acting(self, name: str, role: Role) -> "Desk":
        """Return the same desk with somebody else at it, who is added first."""
        self.do(team.add, name, role=role)
        return self.seen_by(name)

    def seen_by(self, name: str) -> "Desk":
        """Return the same desk with somebody else at it."""
        other = object.__new__(Desk)
        other.__dict__ |= self.__dict__
        other.workspace = Workspace.open(self.workspace.path, actor=name, clock=self.clock)
        other.workspace.warm_up()
        self.opened.append(other.workspace)
        return other


@pytest.fixture(scope="session")
def furnished(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file of a desk once: Ada Owner's workspace with the pipeline Sales."""
    path = tmp_path_factory.mktemp("desk") / "dealboard.db"
    shutil.copyfile(blank, path)
    workspace = Workspace.open(path, clock=Clock())
    made = workspace.run(lambda tx: pipelines.create(tx, "Sales", parse_stages("Lead:10,Offer:60")))
    assert made.value == PIPELINE
    workspace.close()
    return path


@pytest.fixture
def desk(furnished: Path, path: Path, clock: Clock) -> Iterator[Desk]:
    """Return a desk of Ada Owner's, with a file of its own."""
    shutil.copyfile(furnished, path)
    desk = Desk(Workspace.open(path, clock=clock), clock)
    yield desk
    for opened in (desk.workspace, *desk.opened):
        opened.close()


Play = Callable[[Transaction, Desk], None]


class _Curtain(Exception):
    """Rolls a rehearsal back."""


@pytest.fixture(scope="session")
def rehearse(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Play], None]]:
    """Play a script in one transaction of a desk that forgets it: cheap enough for properties."""
    path = tmp_path_factory.mktemp("rehearsal") / "dealboard.db"
    shutil.copyfile(furnished, path)
    clock = Clock()
    desk = Desk(Workspace.open(path, clock=clock), clock)

    def rehearse(play: Play) -> None:
        def act(tx: Transaction) -> None:
            play(tx, desk)
            raise _Curtain

        with pytest.raises(_Curtain):
            desk.workspace.run(act)

    yield rehearse
    desk.workspace.close()
