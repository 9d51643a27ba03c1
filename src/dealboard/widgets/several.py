"""Any number of values in one line, such as the owners whose deals are looked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from dealboard.domain.text import safe
from dealboard.widgets.chooser import Choice, quiet_style
from dealboard.widgets.turns import take_in_order


class Several(Widget, can_focus=True):
    """Shows what is chosen; Space or a click asks for the list, Backspace chooses nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "list", "Choose from a list", show=False),
        Binding("backspace,delete", "none", "Choose nothing", show=False),
    ]

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Several {
        height: 1;
        padding: 0 1;
        pointer: pointer;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:focus:nocolor { background: $foreground; color: $background; }
    }
    """

    @dataclass
    class Changed(Message):
        """Something else is chosen now."""

        several: "Several"

        @property
        def control(self) -> "Several":
            """The widget."""
            return self.several

    @dataclass
    class ListWanted(Message):
        """Somebody wants to see all choices."""

        several: "Several"

        @property
        def control(self) -> "Several":
            """The widget."""
            return self.several

    def __init__(self, title: str, *, nothing: str = "any", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.title = title
        self.choices: tuple[Choice[int], ...] = ()
        self.chosen: frozenset[int] = frozenset()
        self._nothing = nothing

    def offer(self, choices: Sequence[Choice[int]], chosen: Collection[int]) -> None:
        """Take what can be chosen, and what is; what is chosen and not offered stays so."""
        self.choices = tuple(choices)
        self.chosen = frozenset(chosen)
        self.refresh()

    def choose(self, chosen: Collection[int]) -> None:
        """Take other values and say so."""
        if frozenset(chosen) != self.chosen:
            self.chosen = frozenset(chosen)
            self.refresh()
            # A message bubbles no further than its sender, which would be the form that chose.
            self.post_message(self.Changed(self).set_sender(self))

    def render(self) -> Content:
        """Return the names of what is chosen."""
        names = [safe(each.label) for each in self.choices if each.id in self.chosen]
        gone = len(self.chosen) - len(names)
        if gone:
            names.append(f"{gone} deleted")
        quiet = quiet_style(self)
        if not names:
            return Content.assemble((self._nothing, quiet), ("  ▾", quiet))
        return Content.assemble(", ".join(dict.fromkeys(names)), ("  ▾", quiet))

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    def on_click(self) -> None:
        """Show the list."""
        self.action_list()

    def action_list(self) -> None:
        """Ask for the list."""
        if self.choices:
            self.post_message(self.ListWanted(self))

    def action_none(self) -> None:
        """Choose nothing."""
        self.choose(())
