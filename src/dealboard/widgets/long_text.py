"""Where a text of several lines is typed; with fields offered from `{{` on, if it takes some."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from dealboard.domain.rule_fields import Offer, begun, completed, matching
from dealboard.domain.text import safe
from dealboard.widgets.rule_line import Offers


class LongText(TextArea):
    """A text of several lines; Enter goes on, Ctrl+J begins a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,shift+enter,alt+enter", "new_line", "New line", show=False),
    ]

    DEFAULT_CSS = """
    LongText {
        height: 5;
        border: none;
        padding: 0 1;
        background: $foreground 8%;
        background-tint: transparent;
        &:focus { background: $foreground 16%; border: none; background-tint: transparent; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, compact=True, show_line_numbers=False, highlight_cursor_line=False)
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    class Submitted(Message):
        """Enter."""

    def get_line(self, line_index: int) -> Text:
        """Return a line as it may be shown: nothing in it acts on the terminal."""
        line = super().get_line(line_index)
        line.plain = safe(line.plain)
        return line

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Take Enter for the end of the text; every other key is the text's own."""
        if event.key == "enter":
            event.stop().prevent_default()
            self.post_message(self.Submitted())

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class FieldsText(LongText):
    """A long text that offers fields, which ↑ ↓ and Enter or Tab choose, in a list of its own."""

    def __init__(self, text: str, offers: Offers) -> None:
        super().__init__(text)
        self._list = offers
        self._offers: tuple[Offer, ...] = ()
        self._shut = -1

    def take_fields(self, offers: Sequence[Offer]) -> None:
        """Offer these from `{{` on."""
        self._offers = tuple(offers)
        self.look()

    def put(self, text: str) -> None:
        """Hold another text, the cursor behind it; undo brings back what was there."""
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    def look(self) -> None:
        """Open, narrow or close the list, as what is typed has it."""
        found = begun(self._plain, self._place) if self._offers else None
        if found is None:
            self._shut = -1
        self._list.display = found is not None and found.start != self._shut
        if found is not None and self._list.display:
            self._list.offer(matching(self._offers, found.typed))

    @property
    def _plain(self) -> str:
        return "\n".join(self.document.lines)

    @property
    def _place(self) -> int:
        row, column = self.cursor_location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    def put_in(self, place: int | None) -> None:
        """Put one of the offered fields in where it was begun."""
        if place is not None and place < len(self._list.offered):
            offer = self._list.offered[place]
            text, cursor = completed(self._plain, self._place, offer)
            self.replace(text, (0, 0), self.document.end)
            before = text[:cursor].split("\n")
            self.move_cursor((len(before) - 1, len(before[-1])))
            self._list.display = False

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Leave Enter to those around, who say what it does."""
        return key != "enter" and super().check_consume_key(key, character)

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Give the list its keys while it is open."""
        moves = {
            "up": "cursor_up",
            "down": "cursor_down",
            "pageup": "page_up",
            "pagedown": "page_down",
        }
        if not self._list.display:
            super()._on_key(event)
        elif event.key in moves:
            event.stop().prevent_default()
            self.call_next(self.app.run_action, moves[event.key], self._list)
        elif event.key in ("enter", "tab") and self._list.offered:
            event.stop().prevent_default()
            self.put_in(self._list.highlighted)
        elif event.key == "escape":
            event.stop().prevent_default()
            found = begun(self._plain, self._place)
            self._shut = -1 if found is None else found.start
            self._list.display = False
        else:
            super()._on_key(event)
