"""Choosing several of a few things: by single keys, the arrows, a word of a name or the mouse."""

from collections.abc import Collection, Sequence
from typing import ClassVar, Generic

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.text import fold, safe
from dealboard.widgets.chooser import Choice, IdT
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.line import SearchLine
from dealboard.widgets.lines import cut

__all__ = ["Choice", "PickMany"]

KEYS = "123456789"
"""What takes or drops a choice at once, as long as nothing is filtered."""

FRAME_LINES = 6
"""Lines around the list: the frame, what narrows it, the buttons."""

LABEL_CELLS = 44
"""Longer names are cut in the list."""


class _Choices(OptionList):
    """The list; vim's keys move in it too. Enter is done with it, Space and a click choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
        Binding("space", "screen.mark", "Choose", show=False),
        Binding("enter", "screen.done", "Done", show=False),
    ]


class _Search(SearchLine):
    """What narrows the list; Enter marks what is highlighted and shows the whole list again."""

    async def action_submit(self) -> None:
        """Mark the highlighted row before the next key has its turn."""
        await self.screen.run_action("mark_found")


class PickMany(ModalScreen[tuple[IdT, ...] | None], Generic[IdT]):
    """A list with marks under a title; answers the ids that are marked, in the list's order.

    Esc answers None. With `movable` the order is the user's too: J and K move a row. `least` is how
    many have to be marked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take({number})", show=False) for number, key in enumerate(KEYS)),
        Binding("A,asterisk", "all", "All or none", id="pick.all"),
        Binding("slash", "filter", "Filter", id="pick.filter"),
        Binding("J,shift+down,alt+down", "move(1)", "Move down", id="pick.down"),
        Binding("K,shift+up,alt+up", "move(-1)", "Move up", id="pick.up"),
        Binding("f2,ctrl+s", "done", "Done", show=False, id="pick.done"),
        Binding("q,escape", "leave", "Close", id="pick.close"),
    ]

    AUTO_FOCUS = "_Choices"

    DEFAULT_CSS = """
    PickMany {
        align: center middle;
        & > Dialog { width: auto; min-width: 42; }
        & SearchLine { display: none; margin-bottom: 1; }
        &.-filtering SearchLine { display: block; }
        & _Choices, & _Choices:focus {
            width: auto;
            min-width: 38;
            border: none;
            padding: 0;
            background: transparent;
            background-tint: transparent;
        }
        & Buttons { width: 100%; }
    }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[IdT]],
        *,
        chosen: Collection[IdT] = (),
        movable: bool = False,
        least: int = 0,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices: list[Choice[IdT]] = list(choices)
        self._chosen: set[IdT] = {each.id for each in choices if each.id in chosen}
        self._width = max((cell_len(safe(each.label)) for each in choices), default=0)
        self._hints = max((cell_len(safe(each.hint)) for each in choices), default=0)
        self._movable = movable
        self._least = least
        self._shown: list[Choice[IdT]] = []
        self._list = _Choices(id="choices", compact=True)

    def compose(self) -> ComposeResult:
        """Yield what narrows the list, the list, and what the mouse ends it with."""
        moving = " · J K move" if self._movable else ""
        hint = f"space chooses · A all{moving} · / filter"
        self._list.styles.min_width = cell_len(hint) + 2
        with Dialog(title=self._title, hint=hint):
            yield _Search(self._list, placeholder="filter")
            yield self._list
            with Buttons():
                yield button("Done", "⏎", id="done", variant="primary")
                yield button("Cancel", "esc", id="cancel")
        self._show("")

    def on_resize(self, event: events.Resize) -> None:
        """Scroll the list rather than the dialog, so that the buttons stay in sight."""
        self._list.styles.max_height = max(1, event.size.height - FRAME_LINES)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def _show(self, text: str, highlighted: int | None = None) -> None:
        """Show what matches a text; the row to highlight is by default the first one marked."""
        wanted = fold(text)
        self._shown = [each for each in self._choices if wanted in fold(each.label)]
        self._list.set_options([Option(self._row(n, each)) for n, each in enumerate(self._shown)])
        if highlighted is None:
            marked = (n for n, each in enumerate(self._shown) if each.id in self._chosen)
            highlighted = 0 if wanted else next(marked, 0)
        self._list.highlighted = highlighted if self._shown else None

    def _row(self, number: int, choice: Choice[IdT]) -> Content:
        width = min(self._width, LABEL_CELLS)
        hint = safe(choice.hint)
        gap = " " * (self._hints - cell_len(hint) + 3)
        key = KEYS[number] if number < len(KEYS) else " "
        marked = choice.id in self._chosen
        return Content.assemble(
            (f" {key} ", "$text-accent bold"),
            ("[✓] ", "$text-success bold") if marked else ("[ ] ", "dim"),
            (set_cell_size(cut(safe(choice.label), width), width), "bold" if marked else ""),
            (f"{gap}{hint} " if self._hints else " ", "dim"),
        )

    def _redraw(self, number: int) -> None:
        self._list.replace_option_prompt_at_index(number, self._row(number, self._shown[number]))

    # ── choosing ──────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys alone that mean nothing now."""
        match action, parameters:
            case "take", (int(number),):
                return number < len(self._shown)
            case "move", _:
                return self._movable and len(self._shown) == len(self._choices)
        return True

    def action_take(self, number: int) -> None:
        """Mark a row, or take its mark away."""
        self._list.highlighted = number
        self._toggle(number)

    def action_mark(self) -> None:
        """Mark the highlighted row, or take its mark away, and go on to the next."""
        number = self._list.highlighted
        if number is not None:
            self._toggle(number)
            self._list.highlighted = min(number + 1, len(self._shown) - 1)

    def _toggle(self, number: int) -> None:
        self._chosen ^= {self._shown[number].id}
        self._redraw(number)

    def action_all(self) -> None:
        """Mark all that is shown, or none of it where all of it is."""
        ids = {each.id for each in self._shown}
        self._chosen = self._chosen - ids if ids <= self._chosen else self._chosen | ids
        for number in range(len(self._shown)):
            self._redraw(number)

    def action_move(self, by: int) -> None:
        """Move the highlighted row."""
        at = self._list.highlighted
        if at is not None and 0 <= at + by < len(self._choices):
            self._choices.insert(at + by, self._choices.pop(at))
            self._show("", highlighted=at + by)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._toggle(event.option_index)

    # ── leaving ───────────────────────────────────────────────────────────────────────────────

    def action_filter(self) -> None:
        """Let a part of a name be typed."""
        self.add_class("-filtering")
        self.query_one(SearchLine).focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        if self.has_class("-filtering"):
            self._show(event.value)

    def action_mark_found(self) -> None:
        """Mark what was found, or take its mark away, and show everything with the cursor on it."""
        number = self._list.highlighted
        found = None if number is None else self._shown[number]
        if number is not None:
            self._toggle(number)
        self._unfilter(found)

    def _unfilter(self, found: Choice[IdT] | None = None) -> None:
        self.remove_class("-filtering")
        self.query_one(SearchLine).value = ""
        self._show("", None if found is None else self._choices.index(found))
        self.set_focus(self._list)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def action_leave(self) -> None:
        """Show everything again, or leave without an answer."""
        if self.has_class("-filtering"):
            self._unfilter()
        else:
            self.dismiss(None)

    @on(Button.Pressed, "#done")
    def action_done(self) -> None:
        """Answer what is marked, if that is enough."""
        answer = tuple(each.id for each in self._choices if each.id in self._chosen)
        if len(answer) >= self._least:
            self.dismiss(answer)
        else:
            self.query_one(Dialog).hint(f"At least {self._least} of them, please.")
