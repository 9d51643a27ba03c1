"""A few things in one line, each of which is marked or not."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from dealboard.domain.text import safe
from dealboard.widgets.turns import take_in_order

GAP = 2


class Marks(Widget, can_focus=True):
    """Boxes with labels; ← and → go along, Space or a click marks, Backspace unmarks all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Previous", show=False),
        Binding("right,l", "step(1)", "Next", show=False),
        Binding("space", "mark", "Mark", show=False),
        Binding("backspace,delete", "none", "Mark nothing", show=False),
    ]

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Marks {
        height: 1;
        padding: 0 1;
        pointer: pointer;
    }
    """

    at: reactive[int] = reactive(0)
    """The box that Space marks."""

    @dataclass
    class Changed(Message):
        """Something else is marked now."""

        marks: "Marks"

        @property
        def control(self) -> "Marks":
            """The widget."""
            return self.marks

    def __init__(self, labels: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.labels = tuple(labels)
        self.marked: frozenset[int] = frozenset()

    def mark(self, marked: Collection[int]) -> None:
        """Mark exactly these, and say so."""
        if frozenset(marked) != self.marked:
            self.marked = frozenset(marked)
            self.refresh()
            # A message bubbles no further than its sender, which would be the form that marks.
            self.post_message(self.Changed(self).set_sender(self))

    def _boxes(self) -> Iterator[str]:
        for number, label in enumerate(self.labels):
            yield f"[{'✓' if number in self.marked else ' '}] {safe(label)}"

    def render(self) -> Content:
        """Return the boxes, the one under the cursor marked while the focus is here."""
        parts: list[str | tuple[str, str]] = []
        for number, box in enumerate(self._boxes()):
            here = self.has_focus and number == self.at
            plain = "bold" if number in self.marked else "dim"
            cursor = (
                "reverse"
                if self.app.no_color
                else "$block-cursor-foreground on $block-cursor-background"
            )
            parts += [(box, cursor if here else plain), " " * GAP]
        return Content.assemble(*parts)

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    def on_click(self, event: events.Click) -> None:
        """Mark the box under the pointer."""
        end = self.styles.padding.left
        for number, box in enumerate(self._boxes()):
            end += cell_len(box) + GAP
            if event.x < end:
                self.at = number
                self.action_mark()
                return

    def action_step(self, by: int) -> None:
        """Go to the box before or behind; the ends are ends."""
        self.at = max(0, min(len(self.labels) - 1, self.at + by))

    def action_mark(self) -> None:
        """Mark the box, or take its mark away."""
        self.mark(self.marked ^ {self.at})

    def action_none(self) -> None:
        """Mark nothing."""
        self.mark(())
