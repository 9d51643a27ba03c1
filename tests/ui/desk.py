"""A desk for one form: the real app on a real workspace, with nothing but the form in front."""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.domain.views import Deal
from dealboard.store.reads import deals
from dealboard.workspace import Workspace
from tests.ui.drive import leave, shown, until

UNANSWERED = "unanswered"


class _Desk(DealboardApp):
    """The app with an empty screen to start with."""

    CSS_PATH = str(Path(inspect.getfile(DealboardApp)).with_name("dealboard.tcss"))

    def get_default_screen(self) -> Screen[Any]:
        return Screen()


class Desk:
    """What somebody does at a form, and what comes of it."""

    def __init__(self, pilot: Pilot[None], workspace: Workspace) -> None:
        self.pilot = pilot
        self.app = pilot.app
        self.workspace = workspace
        self.answer: Any = UNANSWERED

    async def put(self, screen: Screen[Any]) -> None:
        """Show a screen; its answer is kept."""

        def keep(answer: Any) -> None:
            self.answer = answer

        self.app.push_screen(screen, keep)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.burst(*text)

    async def burst(self, *keys: str) -> None:
        """Press keys all at once, as a fast typist or a slow line delivers them."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        await until(self.pilot, condition)
        await self.pilot.pause()

    async def shows(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await self.until(lambda: text in self.text)

    async def answered(self) -> Any:
        """Wait for the screen's answer."""
        await self.until(lambda: self.answer != UNANSWERED)
        return self.answer

    @property
    def text(self) -> str:
        """What the screen shows, line by line, as plain text."""
        return shown(self.app)

    def deal(self, deal_id: int) -> Deal:
        return self.workspace.read(deals.deal, deal_id)


@asynccontextmanager
async def at_desk(
    workspace: Workspace, screen: Screen[Any] | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Desk]:
    """Run the app with one screen in front."""
    file = workspace.path.parent / "config.toml"
    config = Config(file=file, location=workspace.path)
    app = _Desk(location=workspace.path, workspace=workspace, config=config)
    async with app.run_test(size=size, notifications=True) as pilot:
        desk = Desk(pilot, workspace)
        if screen is not None:
            await desk.put(screen)
        yield desk
        await leave(app, pilot)
    app.finish()
