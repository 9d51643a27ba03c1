"""One line to type in, alone or above the list that it searches.

Typed text keeps its order however fast it comes, and is shown literally.
"""

from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Input, OptionList

from dealboard.domain.text import safe
from dealboard.widgets.turns import take_in_order


class LiteralText(Highlighter):
    """Shows what was typed or pasted without letting any of it act on the terminal."""

    def highlight(self, text: Text) -> None:
        """Put literal text in the place of what was typed."""
        text.plain = safe(text.plain)


class Line(Input, inherit_bindings=False):
    """A line of text. Enter goes on to the next field; in the `last` one it submits."""

    # Without those of a scrolling widget: up and down belong to the form around.
    BINDINGS: ClassVar[list[BindingType]] = [*Input.BINDINGS]

    # A longer text needs no new layout of everything around it: a third of the time of a key.
    virtual_size = reactive(Size(0, 0))

    DEFAULT_CSS = """
    Line {
        background: $foreground 8%;
        &:focus { background: $foreground 16%; }
        & > .input--placeholder { color: $text-muted; }
        &.-textual-compact { padding: 0 1; }
        &.-textual-compact.-invalid { background-tint: $error 20%; }
    }
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        last: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(value, safe(placeholder), LiteralText(), id=id, compact=True)
        self.cursor_blink = False
        self.last = last

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    def on_paste(self, event: events.Paste) -> None:
        """Insert all of what is pasted: line breaks become spaces (decision 42)."""
        event.stop().prevent_default()
        self.replace(" ".join(event.text.split()), *self.selection)

    async def action_submit(self) -> None:
        """Go on, or submit."""
        if self.last:
            await super().action_submit()
        else:
            self.screen.focus_next()


class SearchLine(Line):
    """A line that moves and chooses in the list which it searches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "in_list('cursor_up')", "Up", show=False),
        Binding("down", "in_list('cursor_down')", "Down", show=False),
        Binding("pageup", "in_list('page_up')", "Page up", show=False),
        Binding("pagedown", "in_list('page_down')", "Page down", show=False),
    ]

    def __init__(
        self,
        found: OptionList,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(placeholder=placeholder, id=id)
        self.found = found

    async def action_in_list(self, action: str) -> None:
        """Move the highlight of the list."""
        await self.app.run_action(action, self.found)

    async def action_submit(self) -> None:
        """Choose what is highlighted."""
        self.found.action_select()
