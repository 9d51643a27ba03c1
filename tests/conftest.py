"""What every test stands on: its own folders, a fixed clock, and a workspace on a real file."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine

from dealboard.store import driver
from dealboard.workspace import Workspace

os.environ["TEXTUAL_FPS"] = "1000"
"""Textual repaints when it is told to, not up to a sixtieth of a second later: nobody is looking.

It reads this once, when it is imported; the programs that tests start keep their own pace.
"""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""The programs that tests start keep what they compiled: each of them would compile all of it."""

RAM = Path("/dev/shm")
"""Where Linux has a disk in memory; a test that ends well leaves nothing there."""

ENOUGH = 1 << 30
"""Bytes that have to be free on it: a container may have been given a few megabytes only."""

if RAM.is_dir() and shutil.disk_usage(RAM).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(RAM))

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")
"""The same examples every time, however slow the machine is; `search` finds other ones."""

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday, 09:00 UTC; tests run in UTC."""

gc.set_threshold(400_000, 20, 20)
"""Search less for garbage: an app that a test has left is some ten thousand objects of it."""


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of every search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _compiling_once() -> Iterator[None]:
    """Let all workspaces share what their statements came to, as all of one process do."""
    shared = create_engine("sqlite://", module=driver.sqlite, query_cache_size=5_000)
    shared.connect().close()
    shared.dispose()

    def created(*args: Any, **keywords: Any) -> Engine:
        made = create_engine(*args, **keywords)
        made.dialect, made._compiled_cache = shared.dialect, shared._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dealboard.store.engine.create_engine", created)
        yield


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own workspace, configuration, locale and time zone out of the tests."""
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "xdg" / name.lower()))
    for name in ("DEALBOARD_DB", "DEALBOARD_CONFIG", "NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_FPS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dealboard.db"


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file of a new workspace of Ada Owner, in euros, once; tests copy it."""
    path = tmp_path_factory.mktemp("blank") / "dealboard.db"
    Workspace.create(path, owner="Ada Owner", currency="EUR", country="IT", clock=Clock()).close()
    return path


@pytest.fixture
def workspace(blank: Path, path: Path, clock: Clock) -> Iterator[Workspace]:
    """Open a workspace of Ada Owner without pipelines."""
    shutil.copy(blank, path)
    opened = Workspace.open(path, clock=clock)
    yield opened
    opened.close()
