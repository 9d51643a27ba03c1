"""Keys that are typed while a page is on its way: they are for the page."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.events import Key

from dealboard.widgets.turns import wait

if TYPE_CHECKING:
    from dealboard.app import DealboardApp


class TypedAhead:
    """Holds keys until what is opening has come, or did not."""

    def __init__(self, app: "DealboardApp") -> None:
        self._app = app
        self._opening = 0
        self._keys: list[Key] = []

    def open(self, opening: Coroutine[Any, Any, Any]) -> None:
        """Let a coroutine open a page, beside the messages."""
        self._opening += 1
        if self._app.focused is not None:
            wait(self._app.focused)
        self._app.start(self._open(opening))

    async def _open(self, opening: Coroutine[Any, Any, Any]) -> None:
        try:
            await opening
        finally:
            self._opening -= 1
            if not self._opening:
                self._hand_over()

    def take(self, key: Key) -> bool:
        """Hold a key, if something is opening or what has come has nothing in it yet."""
        if self._opening:
            self._keys.append(key)
            return True
        if self._app.screen.is_mounted:
            return False
        self._again(key)
        return True

    def _hand_over(self) -> None:
        keys, self._keys = self._keys, []
        for key in keys:
            self._again(key)

    def _again(self, key: Key) -> None:
        """Let a key come once more when the screen in front has done what it is at."""
        app = self._app
        app.screen.call_later(app.post_message, Key(key.key, key.character))
