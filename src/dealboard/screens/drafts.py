"""What is typed in a form and not saved yet, kept until it is saved or discarded.

It is written a moment after the last key, and when the form goes away with the whole app, so that
a signal, a crash or a closed terminal costs nothing.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from dealboard.screens.saving import dealboard
from dealboard.store.driver import Connection
from dealboard.store.reads import settings

if TYPE_CHECKING:
    from textual.timer import Timer

SECONDS = 0.4
"""From the last key until what was typed is kept."""

Draft = Mapping[str, Any]


def key_of(name: object, noun: str = "deal") -> str:
    """Return under which name the draft of a deal or a contact, or of a new one, is kept."""
    return f"draft/{noun}/{name}"


def read_kept(connection: Connection, key: str) -> Draft | None:
    """Read what is kept under a setting, None where there is nothing."""
    kept = settings.setting(connection, key)
    return kept if isinstance(kept, Mapping) else None


class Keeping:
    """Keeps what `draft` returns, while there is something; `None` means nothing to keep."""

    def __init__(
        self,
        form: Screen[Any],
        name: object,
        draft: Callable[[], Draft | None],
        *,
        noun: str = "deal",
    ) -> None:
        self._form = form
        self._key = key_of(name, noun)
        self._draft = draft
        self._held = False
        self._timer: Timer | None = None

    def found(self) -> None:
        """Know that something is kept already."""
        self._held = True

    def touch(self) -> None:
        """Keep what is typed, in a moment."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._form.set_timer(SECONDS, self.flush)

    def flush(self) -> None:
        """Keep what is typed now, if anything was typed since the last time."""
        if self._timer is None:
            return
        self._timer.stop()
        self._timer = None
        self._write(self._draft())

    def forget(self) -> None:
        """Keep nothing any more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._held:
            self._write(None)

    def _write(self, draft: Draft | None) -> None:
        if draft is not None or self._held:
            self._held = draft is not None
            dealboard(self._form).remember_mine(self._key, draft)
