"""The day's list as a widget: told a day, it keeps the cursor on what it stood on."""

from collections.abc import Sequence

from dealboard.widgets.agenda_lines import Day, Group, Item, Key, Look, agenda_blocks, next_key
from dealboard.widgets.blocks import Block
from dealboard.widgets.line_list import LineList


class AgendaList(LineList):
    """Tasks and deals in groups."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._day = Day()
        self._look = look

    @property
    def day(self) -> Day:
        """The day that is shown."""
        return self._day

    @property
    def look(self) -> Look:
        """How the day is written."""
        return self._look

    @property
    def item(self) -> Item | None:
        """The item under the cursor."""
        return self._day.item(self.cursor)

    @property
    def group(self) -> Group | None:
        """The group that the cursor is in."""
        key = self.cursor
        return key.group if isinstance(key, Key) else None

    def show(self, day: Day, look: Look | None = None, cursor: Key | None = None) -> None:
        """Show a day; the cursor goes to an item of it, else stays, or goes to what came behind."""
        key = cursor or next_key(day, self._day, self.cursor)
        self._day, self._look = day, look or self._look
        self.redraw()
        self.put_cursor(key)

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the groups."""
        return agenda_blocks(self._day, width, self._look)

    def to_group(self, group: Group) -> None:
        """Move the cursor to the first item of a group, if it has any."""
        key = self._day.first_of(group)
        if key is not None:
            self.put_cursor(key)
