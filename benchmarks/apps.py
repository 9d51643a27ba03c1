"""The two programs that are compared, and the workspaces the board is opened on."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks import process
from benchmarks.terminal import Screen, Terminal
from dealboard.store.driver import sqlite
from dealboard.store.open import FORMAT

HERE = Path(__file__).parent
RESULTS = HERE / "results"
GREETING = "Hello, world"
MARKED = "Benchmark"
BUILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from dealboard.demo import build

build(Path(sys.argv[1]), deals=int(sys.argv[2]), now=datetime.now(UTC))
"""
"""Builds a demo workspace, in a process of its own: what it loads is not ours to carry."""


@dataclass(frozen=True)
class Apps:
    """How the programs are started: the same environment, nothing of the user's own settings."""

    dealboard: tuple[str, ...]
    home: Path

    hello = (sys.executable, str(HERE / "hello.py"), GREETING)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what both programs find in their environment; bytecode is written and used."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }

    def opening(self, file: Path) -> Mapping[str, str]:
        """Return an environment in which dealboard, called without a word, opens a workspace."""
        return {**self.environment, "DEALBOARD_DB": str(file)}

    def compile(self) -> None:
        """Bring all bytecode up to date: without it every start takes three times as long."""
        self.run(
            *(sys.executable, "-m", "compileall", "-q", "-j", "0"),
            *(str(HERE.parent / "src"), sysconfig.get_path("purelib")),
        )

    def run(self, *command: str) -> None:
        """Run a command to its end; raise CalledProcessError, its errors on stderr."""
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Workspace:
    """A file with demo deals, and what its board should show."""

    file: Path

    @cached_property
    def stages(self) -> list[tuple[int, str]]:
        """Return id and name of the first pipeline's stages, from left to right."""
        return [
            (row[0], row[1])
            for row in self._query(
                "SELECT id, name FROM stage WHERE pipeline_id ="
                " (SELECT id FROM pipeline ORDER BY position LIMIT 1) ORDER BY position"
            )
        ]

    @cached_property
    def depth(self) -> int:
        """Return the number of deals in the first stage."""
        [(count,)] = self._query("SELECT count(*) FROM deal WHERE stage_id = ?", self.stages[0][0])
        return int(count)

    @cached_property
    def top(self) -> int:
        """Return the id of the deal that was on top of the first stage when first asked."""
        [(deal,)] = self._query(
            "SELECT id FROM deal WHERE stage_id = ? ORDER BY rank, id LIMIT 1", self.stages[0][0]
        )
        return int(deal)

    def mark(self) -> None:
        """Give that deal a title that no other one has."""
        with closing(sqlite.connect(self.file)) as connection, connection:
            connection.execute("UPDATE deal SET title = ? WHERE id = ?", (MARKED, self.top))

    def deepen(self, deals: int) -> None:
        """Give the first stage at least so many deals, the last of other open stages."""
        others = [stage for stage, _ in self.stages[1:-2]]
        with closing(sqlite.connect(self.file)) as connection, connection:
            connection.execute(
                "UPDATE deal SET stage_id = ?, rank = rank + (1 << 50) WHERE id IN (SELECT id FROM"
                f" deal WHERE stage_id IN ({', '.join('?' * len(others))}) LIMIT ?)",
                (self.stages[0][0], *others, max(0, deals - self.depth)),
            )
        del self.__dict__["depth"]

    def _query(self, sql: str, *values: object) -> list[Any]:
        with closing(sqlite.connect(self.file)) as connection:
            rows: list[Any] = connection.execute(sql, values).fetchall()
            return rows


class Watch:
    """Notices, from a connection of its own, when the marked deal's new stage is committed."""

    def __init__(self, workspace: Workspace) -> None:
        self._deal = workspace.top
        self._connection = sqlite.connect(workspace.file, isolation_level=None)
        self._version = self._one("PRAGMA data_version")
        self._before = self._stage()
        self.moment: float | None = None

    def __call__(self) -> bool:
        """Look; return whether it was committed, now or earlier."""
        if self.moment is None and (version := self._one("PRAGMA data_version")) != self._version:
            self._version = version
            if self._stage() != self._before:
                self.moment = perf_counter()
        return self.moment is not None

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _stage(self) -> Any:
        return self._one("SELECT stage_id FROM deal WHERE id = ?", self._deal)

    def _one(self, sql: str, *values: object) -> Any:
        return self._connection.execute(sql, values).fetchone()[0]


def marked(screen: Screen) -> bool:
    """Tell whether the screen shows the board: its marked deal is there."""
    return MARKED in screen.text()


def greeted(screen: Screen) -> bool:
    """Tell whether the screen shows the bare app's greeting."""
    return GREETING in screen.text()


def prepare(apps: Apps, size: int) -> Workspace:
    """Return the workspace with so many demo deals; it is built once a day, and for each format.

    A file of an older format would be brought forward at the start that is measured.
    """
    file = RESULTS / f"demo-{size}-format{FORMAT}-{datetime.now(UTC):%Y-%m-%d}.db"
    if not file.exists():
        for old in RESULTS.glob(f"demo-{size}-*"):
            old.unlink()
        with TemporaryDirectory(dir=RESULTS) as folder:
            new = Path(folder) / file.name
            apps.run(sys.executable, "-c", BUILD, str(new), str(size))
            new.rename(file)
    return Workspace(file)


@dataclass(frozen=True)
class Case:
    """One size to measure at, and how often: `keys` pressed, `starts` of a program, `imports`."""

    apps: Apps
    size: int
    keys: int
    starts: int
    imports: int

    @cached_property
    def prepared(self) -> Workspace:
        """Return the workspace of this size."""
        return prepare(self.apps, self.size)

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Lend a copy of it, so that what one measurement changes no other one sees."""
        with TemporaryDirectory(dir=RESULTS) as folder:
            copy = Path(folder) / "workspace.db"
            with (
                closing(sqlite.connect(self.prepared.file)) as source,
                closing(sqlite.connect(copy)) as target,
            ):
                source.backup(target)
            copy.chmod(0o600)
            workspace = Workspace(copy)
            workspace.mark()
            yield workspace

    @contextmanager
    def running(self, depth: int = 0) -> Iterator["Pair"]:
        """Run both programs, and wait until they have nothing left to do.

        The first stage of the board has `depth` deals at least.
        """
        with self.workspace() as workspace:
            workspace.deepen(depth)
            with self._both(workspace) as pair:
                yield pair

    @contextmanager
    def _both(self, workspace: Workspace) -> Iterator["Pair"]:
        with (
            Terminal(self.apps.hello, self.apps.environment) as hello,
            Terminal(self.apps.dealboard, self.apps.opening(workspace.file)) as board,
        ):
            hello.wait(greeted)
            board.wait(marked)
            process.until_idle(hello.pid, board.pid)
            hello.catch_up()
            board.catch_up()
            yield Pair(hello, board, workspace)


@dataclass(frozen=True)
class Pair:
    """Both programs at rest."""

    hello: Terminal
    board: Terminal
    workspace: Workspace
