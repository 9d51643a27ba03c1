"""Settings of config.toml that are changed while the app is open, and how they come to hold."""

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dealboard.app.messages import Configured
from dealboard.config import Config, reload

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

SHOWN_PROBLEMS = 4
"""Sentences about a keymap that fit on the screen at once."""


class Configuring:
    """Writes `app.config` into its file and applies it: the theme, the keys, the mouse."""

    def __init__(self, app: "DealboardApp") -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self._scratch: str | None = None

    async def change(
        self,
        values: Mapping[str, object] | None = None,
        keymap: Mapping[str, str | None] | None = None,
    ) -> bool:
        """Change keys of config.toml and apply them at once; return whether they hold.

        None takes a value away. A demo keeps nothing; where the file cannot be written that is
        said, and what was chosen holds until the end.
        """
        app = self._app
        async with self._turn:
            found = await app.report(self._edited(values, keymap))
            if found is None:
                return False
            app.config, text = found
            if app.demo or self._scratch is not None or not await self._keep(text):
                self._scratch = text
            self._apply()
            return True

    async def _edited(
        self, values: Mapping[str, object] | None, keymap: Mapping[str, str | None] | None
    ) -> tuple[Config, str]:
        """Return the settings with some changed, and the text of their file."""
        from dealboard import config_file

        config, text = self._app.config, self._scratch
        if text is None:
            text = await asyncio.to_thread(config_file.text_of, config.file)
        text = await asyncio.to_thread(config_file.edited, text, values, keymap)
        return reload(config, text), text

    async def _keep(self, text: str) -> bool:
        from dealboard import config_file

        writing = asyncio.to_thread(config_file.write, self._app.config.file, text)
        return await self._app.report(writing) is not None

    def _apply(self) -> None:
        """Let the settings hold in what is on the screen."""
        self.choose_theme()
        self.take_keymap()
        self._use_mouse(on=self._app.config.mouse)
        for screen in self._app.every_screen():
            screen.post_message(Configured())
        self._app.announce(None)

    def choose_theme(self) -> None:
        """Take the theme of the settings, unless the environment says which."""
        app, wanted = self._app, self._app.config.theme
        if wanted is None or wanted == app.theme or "TEXTUAL_THEME" in os.environ:
            return
        if wanted in app.available_themes:
            app.theme = wanted
        else:
            known = ", ".join(sorted(app.available_themes))
            app.say(f"There is no theme {wanted!r}. Known: {known}.", severity="warning")

    def take_keymap(self) -> tuple[str, ...]:
        """Let the keys of the settings work, and return sentences of what is wrong with them."""
        app = self._app
        if not app.config.keymap and not app.keymap:
            return ()
        from dealboard.screens.keymap import read_keymap

        keymap, wrong = read_keymap(app.config.keymap)
        app.set_keymap(keymap)
        return wrong

    async def check_keymap(self) -> None:
        """Say what is wrong with the keys of the settings, without being waited for."""
        from dealboard.screens.keymap import problems

        app = self._app
        wrong = self.take_keymap() + await asyncio.to_thread(problems, app.keymap)
        if wrong:
            more = (
                f" And {len(wrong) - SHOWN_PROBLEMS} more." if len(wrong) > SHOWN_PROBLEMS else ""
            )
            said = " ".join(wrong[:SHOWN_PROBLEMS])
            app.say(f"Keys in {app.config.file}: {said}{more}", severity="warning")

    def _use_mouse(self, *, on: bool) -> None:
        """Take the mouse, or leave it to the terminal; a driver of tests has none."""
        driver: Any = self._app._driver  # noqa: SLF001 -- Textual has no other door to it
        if getattr(driver, "_mouse", on) is not on:
            if on:
                driver._mouse = True  # noqa: SLF001 -- it is asked again when the app ends
            switch = getattr(driver, f"_{'en' if on else 'dis'}able_mouse_support", None)
            if switch is not None:
                switch()
            driver._mouse = on  # noqa: SLF001
