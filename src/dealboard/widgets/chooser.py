"""One of several values in one line, such as the stage of a deal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from dealboard.domain.text import safe
from dealboard.widgets.turns import take_in_order

IdT = TypeVar("IdT", int, str)


@dataclass(frozen=True, slots=True)
class Choice(Generic[IdT]):
    """What can be chosen: its id, its name, what helps to decide, and the key that takes it."""

    id: IdT
    label: str
    hint: str = ""
    key: str = ""


def quiet_style(widget: Widget) -> str:
    """Return the style of what matters less; on the ground of the focus it could not be read."""
    return "" if widget.has_focus else "dim"


class Chooser(Widget, can_focus=True):
    """Shows the value; ← and → take its neighbours, Enter or a click asks for the whole list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Previous", show=False),
        Binding("right,l", "step(1)", "Next", show=False),
        Binding("enter,space", "list", "Choose from a list", show=False),
    ]

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Chooser {
        height: 1;
        padding: 0 1;
        pointer: pointer;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:focus:nocolor { background: $foreground; color: $background; }
    }
    """

    chosen: reactive[int | None] = reactive(None)
    """The id of the value."""

    @dataclass
    class Changed(Message):
        """Another value was chosen."""

        chooser: "Chooser"
        chosen: int

        @property
        def control(self) -> "Chooser":
            """The chooser."""
            return self.chooser

    @dataclass
    class ListWanted(Message):
        """Somebody wants to see all choices."""

        chooser: "Chooser"

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.title = title
        self.choices: tuple[Choice[int], ...] = ()

    def offer(self, choices: Sequence[Choice[int]], chosen: int | None) -> None:
        """Take the values that can be chosen, and the one that is."""
        self.choices = tuple(choices)
        self.set_reactive(Chooser.chosen, chosen)
        self.refresh()

    def choose(self, chosen: int) -> None:
        """Take a value and say so."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.post_message(self.Changed(self, chosen))

    def render(self) -> Content:
        """Return the value between arrows."""
        choice = next((each for each in self.choices if each.id == self.chosen), None)
        quiet = quiet_style(self)
        if choice is None:
            return Content.styled("choose…", quiet)
        hint = f"  {safe(choice.hint)}" if choice.hint else ""
        return Content.assemble(safe(choice.label), (hint, quiet), ("  ▾", quiet))

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    def on_click(self) -> None:
        """Show the list."""
        self.action_list()

    def action_step(self, by: int) -> None:
        """Take the value before or behind; the ends are ends."""
        ids = [each.id for each in self.choices]
        at = ids.index(self.chosen) + by if self.chosen in ids else 0
        if 0 <= at < len(ids):
            self.choose(ids[at])

    def action_list(self) -> None:
        """Ask for the list."""
        if self.choices:
            self.post_message(self.ListWanted(self))
