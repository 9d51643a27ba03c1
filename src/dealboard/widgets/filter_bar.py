"""The line under the menu: what is filtered by, how much is left, and where a name is typed.

What a screen does with it:

- yields it between the menu and its body and tells it by `show` what is in force: the chips of
  `domain.filter_words.describe`, the line of `count_line`, and whether anything is filtered out;
- binds the keys `/`, `f` and `F` (`view.find`, `view.filter`, `view.clear_filter`), opens the line
  to type a name in with `open()`, and tells by `keys` under which keys the keymap has them;
- answers `NameTyped` (live; a newer one overtakes), `ChipRemoved`, `EditRequested` and
  `ClearRequested` with another filter. The bar itself holds none.

Enter and ↓ keep the name and go back to where the focus was (`Closed`), Esc clears it. A key typed
ahead of the line's opening is not lost where the focused widget takes its keys by `take_in_order`.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from dealboard.domain.filter_words import Chip, Part
from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.filter_line import CLEAR, EDIT, FIND, REMOVE, Keys, Stretch, filter_line
from dealboard.widgets.lines import Styled

if TYPE_CHECKING:
    from textual.widget import Widget

    from dealboard.widgets.name_line import NameLine

SEARCH_CELLS = 36
"""Cells in which a name is typed, its mark included; half of a narrow line."""


class FilterBar(DrawnLine):
    """One line of chips, each with a cross that takes it away."""

    PREFIX = "filter-bar"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "forget", "Clear the name", id="find.clear"),
    ]

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        layout: horizontal;
        background: $surface;
        color: $foreground;
        & > NameLine { width: 33; max-width: 50%; margin-left: 3; }
        & > .filter-bar--key { color: $text-accent; text-style: bold; }
        & > .filter-bar--quiet { color: $text-muted; }
        & > .filter-bar--count { text-style: bold; }
        & > .filter-bar--label { color: $text-muted; background: $primary 20%; }
        & > .filter-bar--value { background: $primary 20%; text-style: bold; }
        & > .filter-bar--cross { color: $text-muted; background: $primary 20%; }
        & > .filter-bar--more { color: $text-accent; text-style: bold; }
        & > .filter-bar--hover { text-style: underline; }
        & > .filter-bar--hover-cross { color: $text-error; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "filter-bar--key",
        "filter-bar--quiet",
        "filter-bar--count",
        "filter-bar--label",
        "filter-bar--value",
        "filter-bar--cross",
        "filter-bar--more",
        "filter-bar--hover",
        "filter-bar--hover-cross",
    }

    keys: reactive[Keys] = reactive(Keys())
    """The keys that find, filter and clear, as users write them."""

    hovered: reactive[tuple[str, Part | None] | None] = reactive(None)
    """What a click under the pointer would do, and to which part of the filter."""

    class NameTyped(Message):
        """The name to look for is another one now; empty: none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Closed(Message):
        """No name is typed any more, and the focus went back."""

    class ChipRemoved(Message):
        """A part of the filter shall be dropped."""

        def __init__(self, part: Part) -> None:
            super().__init__()
            self.part = part

    class EditRequested(Message):
        """The filter shall be changed: a part of it, or (None) any."""

        def __init__(self, part: Part | None = None) -> None:
            super().__init__()
            self.part = part

    class ClearRequested(Message):
        """The whole filter shall be dropped."""

    def __init__(
        self,
        *,
        placeholder: str = "deal, contact or reference",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._placeholder = placeholder
        self._chips: tuple[Chip, ...] = ()
        self._count = ""
        self._filtered = False
        self._line: NameLine | None = None
        self._told = ""
        self._came_from: Widget | None = None

    # ── public ────────────────────────────────────────────────────────────────────────────────

    def show(self, chips: Sequence[Chip], count_line: str, *, filtered: bool) -> None:
        """Show what is filtered by and what that leaves; redraws only if it is something else."""
        now = (tuple(chips), count_line, filtered)
        if now != (self._chips, self._count, self._filtered):
            self._chips, self._count, self._filtered = now
            self.refresh()

    @property
    def searching(self) -> bool:
        """Whether a name is being typed."""
        return self._line is not None and self._line.display

    def open(self) -> None:
        """Let a name be typed, beginning with the one in force."""
        if self._line is None:
            from dealboard.widgets.name_line import NameLine

            self._line = NameLine(self.close, placeholder=self._placeholder)
            self._line.display = False
            self.mount(self._line)
        if not self._line.display:
            self._came_from = self.screen.focused
            self._told = self._name_in_force
            with self.prevent(Input.Changed):
                self._line.value = self._told
            self._line.cursor_position = len(self._told)
            self._line.display = True
            self.refresh()
        self.screen.set_focus(self._line)

    def close(self) -> None:
        """Type no more, and go back to where the focus was; what was typed stays in force."""
        if self._line is None or not self._line.display:
            return
        self._tell()
        back = self._came_from
        self._came_from = None
        if self._line.has_focus:
            self.screen.set_focus(back if back is not None and back.is_attached else None)
        self._line.display = False
        self.refresh()
        self._send(self.Closed())

    # ── drawing ───────────────────────────────────────────────────────────────────────────────

    def spans(self) -> Iterator[Styled]:
        """Yield the stretches of the line."""
        for stretch in self._stretches:
            styles = [stretch.style] if stretch.style else []
            if stretch.does and (stretch.does, stretch.part) == self.hovered:
                styles.append("hover-cross" if stretch.does == REMOVE else "hover")
            yield stretch.text, tuple(styles)

    @property
    def _stretches(self) -> tuple[Stretch, ...]:
        width = self.size.width
        return filter_line(
            self._chips,
            self._count,
            width,
            filtered=self._filtered,
            searching=min(SEARCH_CELLS, width // 2) + 1 if self.searching else 0,
            keys=self.keys._replace(clear="") if self.searching else self.keys,
        )

    @property
    def _name_in_force(self) -> str:
        return next((chip.value for chip in self._chips if chip.part is Part.NAME), "")

    # ── keys ──────────────────────────────────────────────────────────────────────────────────

    def action_forget(self) -> None:
        """Look for no name and go back."""
        if self._line is not None:
            self._line.value = ""
        self.close()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()

    def _tell(self) -> None:
        """Tell the name that stands there now; an older one that is told late says nothing new."""
        if self._line is not None and self._line.display and self._line.value != self._told:
            self._told = self._line.value
            self._send(self.NameTyped(self._told))

    def _send(self, message: Message) -> None:
        # A message bubbles no further than its sender, which would be a screen that closes the bar.
        self.post_message(message.set_sender(self))

    def on_descendant_blur(self) -> None:
        """Keep what was typed when the focus goes elsewhere, but not when the terminal loses it."""
        if self.app.app_focus:
            self.close()

    # ── mouse ─────────────────────────────────────────────────────────────────────────────────

    def _at(self, x: int) -> Stretch | None:
        end = 0
        for stretch in self._stretches:
            end += cell_len(stretch.text)
            if x < end:
                return stretch if stretch.does else None
        return None

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        stretch = self._at(event.x)
        if stretch is None or event.widget is not self:
            return
        event.stop()
        if stretch.does == FIND or (stretch.does == EDIT and stretch.part is Part.NAME):
            self.open()
        elif stretch.does == REMOVE and stretch.part is not None:
            self.post_message(self.ChipRemoved(stretch.part))
        elif stretch.does == CLEAR:
            self.post_message(self.ClearRequested())
        else:
            self.post_message(self.EditRequested(stretch.part))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark what a click would do."""
        stretch = self._at(event.x)
        self.hovered = None if stretch is None else (stretch.does, stretch.part)

    def on_leave(self) -> None:
        """Mark nothing."""
        self.hovered = None
