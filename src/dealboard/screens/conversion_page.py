"""One event for Meta: what it says of whom, value by value, what was tried, and its JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard.domain.conversions import Told
from dealboard.screens.conversion_verbs import ConversionVerbs
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions, outbox
from dealboard.widgets.event_lines import Sheet
from dealboard.widgets.event_sheet import EventSheet

if TYPE_CHECKING:
    from dealboard.app import Changed, Waiting


def read_sheet(connection: Connection, row_id: int, now: datetime) -> Sheet:
    """Read an event in full. Raises NotFound."""
    from dealboard.conversions import preview

    return Sheet(
        preview.of(connection, row_id, now=now),
        outbox.attempts(connection, row_id),
        conversions.setup(connection),
        now,
    )


class ConversionPage(ConversionVerbs):
    """The page of one event; `order` are those of the list that it was opened from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_id", "Copy the event id", show=False, id="conversions.copy_id"),
        Binding("n,right_square_bracket", "walk(1)", "Next event", id="page.next"),
        Binding("p,left_square_bracket", "walk(-1)", "Event before", id="page.previous"),
        Binding("q,escape", "leave", "Back", id="page.leave"),
    ]

    AUTO_FOCUS = "EventSheet"

    def __init__(self, row_id: int, order: Sequence[int] = ()) -> None:
        super().__init__()
        self._row_id = row_id
        self._order = order
        self._sheet: Sheet | None = None

    def body(self) -> ComposeResult:
        """Yield the sheet."""
        yield EventSheet()

    @property
    def event(self) -> Told | None:
        """The event that is shown."""
        return self._sheet.preview.told if self._sheet else None

    @property
    def meant(self) -> tuple[int, ...]:
        """The event that is shown."""
        return (self._row_id,)

    def on_mount(self) -> None:
        """Show it as soon as it is read."""
        self.renew()
        self._show_hints()

    def on_screen_resume(self) -> None:
        """Keep the keys in force in the bottom line."""
        self._show_hints()

    def renew(self) -> None:
        """Read it again."""
        self._read()

    @work(exclusive=True, group="read")
    async def _read(self) -> None:
        app = self.dealboard
        sheet = await app.report(app.read(read_sheet, self._row_id, app.workspace.now))
        if sheet is not None and self.is_attached:
            self._sheet = sheet
            self.query_one(EventSheet).show(sheet)
            self.refresh_bindings()

    def on_changed(self, _event: "Changed") -> None:
        """Show what was changed."""
        self.renew()

    def on_waiting(self, _event: "Waiting") -> None:
        """Show what went out."""
        self.renew()

    def action_walk(self, by: int) -> None:
        """Show the event below in the list, or above."""
        at = self._order.index(self._row_id) + by if self._row_id in self._order else -1
        if 0 <= at < len(self._order):
            self._row_id = self._order[at]
            self.query_one(EventSheet).to_begin()
            self.renew()
        else:
            self.dealboard.say("That was the last event" if by > 0 else "That was the first event")

    def action_copy_id(self) -> None:
        """Copy the id under which Meta knows the event."""
        event = self.event
        if event is not None:
            self.app.copy_to_clipboard(event.uid)
            self.dealboard.say("Copied the event id to the clipboard of your terminal")

    def action_leave(self) -> None:
        """Go back to the list."""
        self.dismiss(None)
