"""The top line: the main menu, the name of what is shown, and what can be created.

One drawn line, each part of it clickable; what a choice does is the screen's business.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.lines import Styled, literal
from dealboard.widgets.menu_line import PLACE, MenuItem, Part, menu_line


class MenuBar(DrawnLine):
    """One line of choices."""

    PREFIX = "menu-bar"

    DEFAULT_CSS = """
    MenuBar {
        height: 1;
        dock: top;
        background: $panel;
        color: $foreground;
        & > .menu-bar--separator { color: $foreground 35%; }
        & > .menu-bar--item { color: $text-muted; }
        & > .menu-bar--current { color: $text-accent; text-style: bold; }
        & > .menu-bar--hover { text-style: underline; }
        & > .menu-bar--place { text-style: bold; }
        & > .menu-bar--action { color: $text-primary; }
        & > .menu-bar--badge { color: $text-accent; }
        & > .menu-bar--urgent { color: $text-warning; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "menu-bar--separator",
        "menu-bar--item",
        "menu-bar--current",
        "menu-bar--hover",
        "menu-bar--place",
        "menu-bar--action",
        "menu-bar--badge",
        "menu-bar--urgent",
    }

    place: reactive[str] = reactive("")
    """The name of what is shown, such as the pipeline's; a click on it chooses "place"."""

    current: reactive[str] = reactive("")
    """The id of the menu's item one is in."""

    badge: reactive[Part | None] = reactive(None)
    """What wants to be seen from everywhere: a text, its style, and where a click on it leads."""

    hovered: reactive[str | None] = reactive(None)
    """The id of the item under the pointer."""

    class Chosen(Message):
        """An item was clicked."""

        def __init__(self, item_id: str) -> None:
            super().__init__()
            self.item_id = item_id

    def __init__(
        self,
        items: Sequence[MenuItem],
        actions: Sequence[MenuItem] = (),
        *,
        current: str = "",
        badge: Part | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._items = tuple(items)
        self._actions = tuple(actions)
        self.set_reactive(MenuBar.current, current)
        self.set_reactive(MenuBar.badge, badge)

    def spans(self) -> Iterator[Styled]:
        """Yield the parts of the line."""
        for part in self._parts:
            hovered = part.item_id is not None and part.item_id == self.hovered
            yield part.text, (part.style, "hover") if hovered else (part.style,)

    @property
    def _parts(self) -> tuple[Part, ...]:
        width = self.size.width
        return menu_line(self._items, self._actions, self.current, self.place, width, self.badge)

    def _item_at(self, x: int) -> str | None:
        end = 0
        for part in self._parts:
            end += cell_len(part.text)
            if x < end:
                return part.item_id
        return None

    def watch_hovered(self) -> None:
        """Tell in full, beside the pointer, what had to be cut."""
        whole = {item.id: item.label for item in self._actions} | {PLACE: literal(self.place)}
        text = whole.get(self.hovered or "")
        shown = {part.text.removesuffix(" ▾") for part in self._parts}
        self.tooltip = Content(text) if text and text not in shown else None

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        item_id = self._item_at(event.x)
        if item_id is not None:
            event.stop()
            self.post_message(self.Chosen(item_id))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Underline what a click would choose."""
        self.hovered = self._item_at(event.x)

    def on_leave(self) -> None:
        """Underline nothing."""
        self.hovered = None
