"""Where the filter bar lets a name be typed: imported with the first `/`, not with the board."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from dealboard.widgets.line import Line


class NameLine(Line):
    """A line that is done with by Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "submit", "Keep the name", id="find.keep"),
    ]

    def __init__(self, done: Callable[[], None], *, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, last=True)
        self._done = done

    async def action_submit(self) -> None:
        """Keep the name, before the next key has its turn."""
        self._done()
