"""Two people changed the same fields of a deal: both values of each, and whose shall hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard.actions.edits import Clash
from dealboard.widgets.blocks import EMPTY, Block
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.line_list import LineList
from dealboard.widgets.lines import Line, literal
from dealboard.widgets.wrapping import wrap

EXPLAINED = """\
Somebody else saved this deal while you were typing.
Choose for each field whose value shall hold; all others keep both changes."""

VALUE_LINES = 3
"""Lines that a value may take."""


class Clashes(LineList):
    """The fields that both changed. The value that holds has the mark."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,left,right,h,l", "other", "The other value", id="clash.other"),
        Binding("m", "all(False)", "All mine", id="clash.mine"),
        Binding("t", "all(True)", "All theirs", id="clash.theirs"),
        Binding("enter", "settle", "Save", show=False, id="clash.save"),
    ]

    DEFAULT_CSS = "Clashes { height: auto; max-height: 16; background: $surface; }"

    class Settled(Message):
        """Enter."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self._clashes = tuple(clashes)
        self.theirs: set[str] = set()

    def blocks(self, width: int) -> Sequence[Block]:
        """Return a field with both values each."""
        blocks: list[Block] = []
        for each in self._clashes:
            blocks.append(Block(each.field, self._clash(each, width)))
            blocks.append(Block(("below", each.field), (EMPTY,), stops=False))
        return blocks[:-1]

    def get_content_height(self, *_: object) -> int:
        """Return the lines that the clashes take."""
        return sum(len(block.lines) for block in self.blocks(self.line_width or 60))

    def _clash(self, clash: Clash, width: int) -> tuple[Line, ...]:
        theirs = clash.field in self.theirs
        return (
            ((literal(clash.field).capitalize(), "head"),),
            *_value("mine", clash.yours, width, holds=not theirs),
            *_value("theirs", clash.theirs, width, holds=theirs),
        )

    def action_other(self) -> None:
        """Let the other value of the field hold."""
        self.theirs ^= {str(self.cursor)}
        self.redraw()

    def action_all(self, theirs: bool) -> None:
        """Let all values of one side hold."""
        self.theirs = {each.field for each in self._clashes} if theirs else set()
        self.redraw()

    def action_settle(self) -> None:
        """Save with what was chosen."""
        self.post_message(self.Settled())

    def on_click(self, event: events.Click) -> None:
        """Let the value hold that was clicked."""
        block = self.block_at(event.y)
        line = self.line_of(block.key) if block is not None else None
        if block is None or line is None or not block.stops:
            return
        field = str(block.key)
        clash = next(each for each in self._clashes if each.field == field)
        mine = 1 + len(wrap(clash.yours, self.line_width - 10, VALUE_LINES))
        self.theirs = self.theirs - {field} if event.y - line < mine else self.theirs | {field}
        self.redraw()


def _value(whose: str, value: str, width: int, *, holds: bool) -> tuple[Line, ...]:
    first, *more = wrap(value, width - 10, VALUE_LINES) or ("–",)
    mark, style = ("● ", "title") if holds else ("○ ", "muted")
    lines: list[Line] = [((mark, "accent"), (whose.ljust(8), "muted"), (first, style))]
    lines += [((" " * 10, "text"), (line, style)) for line in more]
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The fields, as errors call them, in which the other one's value shall hold."""

    theirs: frozenset[str]


class ConflictScreen(ModalScreen[Settlement | None]):
    """Both values per field; answers whose shall hold, None for Esc: nothing is saved then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape,q", "leave", "Back", id="form.close"),
    ]

    AUTO_FOCUS = "Clashes"

    DEFAULT_CSS = """
    ConflictScreen {
        align: center middle;
        & > Dialog { width: 70; padding: 1 2; }
        & #explained { color: $text-muted; margin-bottom: 1; }
    }
    """

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self._clashes = tuple(clashes)

    def compose(self) -> ComposeResult:
        """Yield what happened, the clashes and the buttons."""
        hint = "space other value · m mine · t theirs · ⏎ saves · esc back"
        with Dialog(title="Changed meanwhile", hint=hint):
            yield Static(EXPLAINED, id="explained", markup=False)
            yield Clashes(self._clashes)
            with Buttons():
                yield button("Save", "⏎", id="save", variant="primary")
                yield button("Back", "esc", id="close")

    @on(Button.Pressed, "#save")
    @on(Clashes.Settled)
    def action_save(self) -> None:
        """Answer what was chosen."""
        self.dismiss(Settlement(frozenset(self.query_one(Clashes).theirs)))

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)
