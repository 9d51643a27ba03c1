"""One event for Meta in full, as a column of lines that is scrolled."""

from collections.abc import Sequence

from dealboard.widgets.blocks import Block
from dealboard.widgets.event_lines import Sheet, sheet_blocks
from dealboard.widgets.line_list import LineList


class EventSheet(LineList):
    """Shows a `Sheet`."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._sheet: Sheet | None = None

    def show(self, sheet: Sheet) -> None:
        """Show this event."""
        self._sheet = sheet
        self.redraw()

    def blocks(self, width: int) -> Sequence[Block]:
        """Return its parts; nothing before it is read."""
        return sheet_blocks(self._sheet, width) if self._sheet else ()
