"""The line of sections of a screen: one of them is shown below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.lines import Styled

MORE = "…"
"""Stands for the tabs that there is no room for."""

LAYOUTS = ((True, 3), (True, 2), (False, 2), (False, 1))
"""Whether tabs show their keys, and the cells between them: the first layout that fits."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A section: what it is called by the program, the key that shows it, and its label."""

    id: str
    key: str
    label: str


class SectionTabs(DrawnLine, can_focus=True):
    """One line of tabs; a click, or an arrow while it has the focus, chooses one."""

    PREFIX = "section-tabs"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Section before", show=False, id="section.left"),
        Binding("right,l", "step(1)", "Section after", show=False, id="section.right"),
        Binding("down,enter,j", "screen.focus_next", "Into the section", id="section.enter"),
    ]

    DEFAULT_CSS = """
    SectionTabs {
        height: 1;
        background: $background;
        pointer: pointer;
        & > .section-tabs--key { color: $text-muted; }
        & > .section-tabs--tab { color: $text; }
        & > .section-tabs--current { color: $text-accent; text-style: bold underline; }
        & > .section-tabs--hover { text-style: underline; }
        & > .section-tabs--cursor { background: $primary 30%; }
        &:nocolor > .section-tabs--cursor { text-style: reverse; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "section-tabs--key",
        "section-tabs--tab",
        "section-tabs--current",
        "section-tabs--hover",
        "section-tabs--cursor",
    }

    current: reactive[str] = reactive("")
    """The id of the section that is shown."""

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    """The sections; the current one is among them."""

    hovered: reactive[str | None] = reactive(None)
    """The id of the section under the pointer."""

    @dataclass
    class Chosen(Message):
        """A section was chosen."""

        tab_id: str

    def __init__(self, tabs: Sequence[Tab], current: str) -> None:
        super().__init__()
        self.set_reactive(SectionTabs.tabs, tuple(tabs))
        self.set_reactive(SectionTabs.current, current)

    def spans(self) -> Iterator[Styled]:
        """Yield the tabs; where they do not fit, closer together and without their keys."""
        for _, tab, text, style in self._placed():
            ground = ("cursor",) if self.has_focus and tab and tab.id == self.current else ()
            yield text, (*ground, style)

    def _placed(self) -> Iterator[tuple[int, Tab | None, str, str]]:
        """Yield column, tab, text and style of each stretch of the line."""
        keyed, gap = next((each for each in LAYOUTS if self._fits(*each)), LAYOUTS[-1])
        seen = self._in_sight(keyed, gap)
        edge = MORE if seen.start else " "
        parts: list[tuple[Tab | None, str, str]] = [(None, edge + " " * (gap > 1), "key")]
        for tab in self.tabs[seen.start : seen.stop]:
            style = "current" if tab.id == self.current else "tab"
            style = "hover" if style == "tab" and tab.id == self.hovered else style
            parts.append((tab, f"{tab.key} " if keyed else "", "key"))
            parts += [(tab, tab.label, style), (None, " " * gap, "tab")]
        if seen.stop < len(self.tabs):
            parts.append((None, MORE, "key"))
        at = 0
        for owner, text, name in parts:
            yield at, owner, text, name
            at += cell_len(text)

    def _fits(self, keyed: bool, gap: int) -> bool:
        return sum(_cells(tab, keyed, gap) for tab in self.tabs) < self.size.width

    def _in_sight(self, keyed: bool, gap: int) -> range:
        """Return which tabs there is room for: all, or the current one with its neighbours."""
        cells = [_cells(tab, keyed, gap) for tab in self.tabs]
        if sum(cells) < self.size.width:
            return range(len(cells))
        room = self.size.width - 2 * cell_len(MORE)
        here = next((at for at, tab in enumerate(self.tabs) if tab.id == self.current), 0)
        start = next((at for at in range(here) if sum(cells[at : here + 1]) <= room), here)
        ends = range(here + 1, len(cells) + 1)
        return range(
            start, max((end for end in ends if sum(cells[start:end]) <= room), default=here + 1)
        )

    def _tab_at(self, x: int) -> str | None:
        for at, tab, text, _ in self._placed():
            if tab is not None and at <= x < at + cell_len(text):
                return tab.id
        return None

    def action_step(self, by: int) -> None:
        """Show the section before or after; the ends are ends."""
        ids = [tab.id for tab in self.tabs]
        to = ids.index(self.current) + by
        if 0 <= to < len(ids):
            self.post_message(self.Chosen(ids[to]))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Show no cursor."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        tab_id = self._tab_at(event.x)
        if tab_id is not None:
            event.stop()
            self.post_message(self.Chosen(tab_id))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Underline what a click would choose."""
        self.hovered = self._tab_at(event.x)

    def on_leave(self) -> None:
        """Underline nothing."""
        self.hovered = None


def _cells(tab: Tab, keyed: bool, gap: int) -> int:
    """Return how wide a tab is with the gap behind it."""
    return (len(tab.key) + 1 if keyed else 0) + cell_len(tab.label) + gap
