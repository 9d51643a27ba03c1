"""A robot user: the real app on a real workspace, keys in, what the screen says out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events
from textual.events import MouseMove
from textual.pilot import Pilot

from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.screens.board import BoardScreen
from dealboard.widgets.board import Board
from dealboard.workspace import Workspace

PATIENCE = 400
"""Turns of the event loop before a condition that does not come true is a failure."""


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
        """Wait until both threads have done what they were given and the screen has shown it."""
        for _ in range(3):
            await self.pilot.pause()
            for thread in (self.app.threads.writer, self.app.threads.reader):
                await asyncio.wrap_future(thread.submit(int))
            await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        for _ in range(PATIENCE):
            if condition():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(self.text)

    @property
    def board(self) -> Board:
        """The board, also below a form."""
        screen = next(each for each in self.app.screen_stack if isinstance(each, BoardScreen))
        return screen.board

    @property
    def text(self) -> str:
        """What the active screen shows, as plain text."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text[:width].rstrip() for strip in lines[:height])

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
        leave(app)
    app.finish()


def leave(app: DealboardApp) -> None:
    """Leave as a key does; the pilot alone takes an app apart that does not know it is going."""
    if not app._exit:
        app.exit()
