"""Leaving when nothing answers any more."""

import asyncio
import os
from pathlib import Path
from threading import Event

import pytest

from dealboard.app import DealboardApp
from dealboard.app.leaving import abandon
from dealboard.config import Config
from dealboard.errors import DealboardError
from dealboard.store.driver import Connection
from dealboard.workspace import Workspace
from tests.ui.drive import Gate, driving


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

    abandon(DealboardApp(location=path, workspace=None, config=config, demo=demo), 129)

    assert codes == [129]
    assert path.parent.exists() is not demo


async def test_a_long_read_ends_with_the_app(
    workspace: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that is closed while a thread reads through it takes the process along."""
    begun, broken_off = Event(), Gate()
    stop_reading = workspace.stop_reading

    def long_read(connection: Connection) -> None:
        begun.set()
        broken_off.wait(5)  # the first attempt comes between two statements, and breaks off none
        connection.execute(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchone()

    def stop() -> None:
        stop_reading()
        broken_off.set()

    monkeypatch.setattr(workspace, "stop_reading", stop)
    async with driving(workspace, path) as robot:
        reading = asyncio.create_task(robot.app.read(long_read))
        await robot.until(begun.is_set)
    workspace.close()

    with pytest.raises(DealboardError):
        await reading
