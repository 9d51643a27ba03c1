"""A robot user: the real app on a real workspace, keys in, what the screen says out."""

import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.events import MouseMove
from textual.pilot import Pilot

from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.screens.board import BoardScreen
from dealboard.widgets.board import Board
from dealboard.workspace import Workspace

PATIENCE = 30.0
"""Seconds before a condition that does not come true is a failure, however busy the machine is."""

LOOK = 0.01
"""Seconds between two looks at a condition."""


class Gate(threading.Event):
    """Where a test lets a thread stand still; meanwhile no thread is waited for."""

    held = 0

    def wait(self, timeout: float | None = None) -> bool:
        Gate.held += 1
        try:
            return super().wait(timeout)
        finally:
            Gate.held -= 1


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, shown(pilot.app)
        await pilot.pause(LOOK)


def shown(app: App[Any]) -> str:
    """Return what the active screen shows, line by line, as plain text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width].rstrip() for strip in lines[:height])


class Robot:
    """Drives one running app."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        app = pilot.app
        assert isinstance(app, DealboardApp)
        self.app = app

    async def press(self, *keys: str) -> None:
        """Press keys and let everything that follows from them happen."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, key by key."""
        names = {" ": "space", "@": "at", ".": "full_stop", "#": "number_sign"}
        await self.press(*(names.get(each, each) for each in text))

    async def burst(self, *keys: str) -> None:
        """Press keys all at once, as a fast typist or a slow line delivers them."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await self.settle()

    async def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag from one place of the screen to another."""
        await self.pilot.mouse_down(offset=start)
        for place in ((start[0] + 1, start[1]), end):
            await self.pilot._post_mouse_events([MouseMove], None, offset=place, button=1)
        await self.pilot.mouse_up(offset=end)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing goes on in the app, and the screen has shown what came of it."""
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        await until(self.pilot, condition)

    @property
    def board(self) -> Board:
        """The board, also below a form."""
        screen = next(each for each in self.app.screen_stack if isinstance(each, BoardScreen))
        return screen.board

    @property
    def text(self) -> str:
        """What the active screen shows, as plain text."""
        return shown(self.app)

    def titles(self, stage: str) -> list[str]:
        """Return the titles in a stage, from the top, as the board holds them."""
        board = self.board
        lane = next(each for each in board._lanes if each.stage.name == stage)
        cards = (lane.card(row) for row in range(lane.deals))
        return [card.title for card in cards if card]


@asynccontextmanager
async def driving(
    workspace: Workspace | None,
    path: Path,
    *,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    tooltips: bool = False,
) -> AsyncIterator[Robot]:
    """Run the app on a workspace."""
    chosen = config or Config(file=path.parent / "config.toml", location=path)
    app = DealboardApp(location=path, workspace=workspace, config=chosen)
    async with app.run_test(size=size, notifications=True, tooltips=tooltips) as pilot:
        robot = Robot(pilot)
        if workspace is not None:
            await robot.settle()
        yield robot
        await leave(app, pilot)
    app.finish()


async def leave(app: DealboardApp, pilot: Pilot[None]) -> None:
    """Leave as a key does, when nothing goes on; the pilot alone takes apart what still runs."""
    if not app._exit:
        await pilot.pause()
        app.exit()


def set_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the user's own editor be a Python script over a `file`."""
    program = tmp_path / "editor.py"
    program.write_text(f"import os, sys\nfile = sys.argv[1]\n{script}\n", encoding="utf-8")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {program}")
    monkeypatch.setattr("textual.app.App.suspend", lambda _: nullcontext())
