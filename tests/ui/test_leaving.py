"""Leaving when nothing answers any more."""

import os
from pathlib import Path
from threading import Event

import pytest

from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.store.driver import Connection
from dealboard.workspace import Workspace
from tests.ui.drive import driving


@pytest.mark.parametrize("demo", [True, False])
def test_the_last_way_out_takes_the_demo_along_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: bool
) -> None:
    path = tmp_path / "dealboard-demo-x" / "demo.db"
    path.parent.mkdir()
    path.touch()
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    config = Config(file=tmp_path / "config.toml", location=path)

    DealboardApp(location=path, workspace=None, config=config, demo=demo)._abandon(129)

    assert codes == [129]
    assert path.parent.exists() is not demo


async def test_a_long_read_ends_with_the_app(workspace: Workspace, path: Path) -> None:
    """A connection that is closed while a thread reads through it takes the process along."""
    begun = Event()

    def long_read(connection: Connection) -> None:
        begun.set()
        connection.execute(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchone()

    async with driving(workspace, path) as robot:
        reading = robot.app._reader.submit(workspace.read, long_read)
        assert begun.wait(5)
    workspace.close()

    assert reading.exception(0) is not None
