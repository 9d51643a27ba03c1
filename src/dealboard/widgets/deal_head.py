"""The head of a deal's page as a widget: drawn lines, of which stretches can be clicked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from dealboard.widgets.deal_head_lines import HEIGHT, Actions, Head, Part, head_lines
from dealboard.widgets.strips import strip
from dealboard.widgets.theme_styles import ThemeStyles

STYLES = {
    "title": "bold",
    "muted": "$foreground 60%",
    "mark": "bold $text-warning",
    "item": "$foreground 75%",
    "key": "bold $text-accent",
    "amount": "bold",
    "here": "bold $text-accent",
    "hover": "underline",
    "overdue": "bold $text-error",
    "today": "bold $text-warning",
    "won": "bold $text-success",
    "lost": "bold $text-error",
}
"""The styles of parts by their names, in the words of the theme; others are plain."""


class DealHead(Widget):
    """Three lines about a deal."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    DealHead {
        height: 3;
        dock: top;
        background: $panel;
        color: $foreground;
    }
    """

    hovered: reactive[str] = reactive("")
    """The action of what is under the pointer."""

    @dataclass
    class Pressed(Message):
        """Something was clicked that runs an action."""

        action: str

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Head, date, str] | None = None
        self._actions: Actions = ()
        self._styles = ThemeStyles(self, STYLES)
        self._drawn: tuple[Size, int] = (Size(0, 0), 0)
        self._finished: list[Strip] = []

    def show(self, head: Head, today: date, locale: str) -> None:
        """Show a deal as of a day, its money as a locale writes it."""
        if (head, today, locale) != self._shown:
            self._shown = head, today, locale
            self.refresh()

    def offer(self, actions: Sequence[tuple[str, str, str]]) -> None:
        """Offer what can be done: keys, labels, actions."""
        if tuple(actions) != self._actions:
            self._actions = tuple(actions)
            self.refresh()

    def _lines(self) -> Sequence[Sequence[Part]]:
        if self._shown is None:
            return [()] * HEIGHT
        head, today, locale = self._shown
        return head_lines(head, self._actions, self.size.width, today, locale)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> "DealHead":
        """Forget the lines, and have them drawn again."""
        self._finished = []
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def notify_style_update(self) -> None:
        """Take the styles of a new theme."""
        super().notify_style_update()
        self._styles.doubt()
        self._finished = []

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the finished lines, drawn anew after a refresh or in another width."""
        drawn = (self.size, self._styles.version)
        if not self._finished or self._drawn != drawn:
            self._drawn = drawn
            self._finished = [self._strip(line) for line in self._lines()]
        return [line.crop(crop.x, crop.right) for line in self._finished[crop.y : crop.bottom]]

    def render_line(self, y: int) -> Strip:
        """Return one of the lines."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _strip(self, parts: Sequence[Part]) -> Strip:
        segments = [Segment(part.text, self._style(part)) for part in parts]
        return strip(segments).adjust_cell_length(self.size.width, self._styles("text"))

    def _style(self, part: Part) -> Style:
        hovered = bool(part.action) and part.action == self.hovered
        return self._styles(part.style, "hover") if hovered else self._styles(part.style)

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def _action_at(self, x: int, y: int) -> str:
        lines, end = self._lines(), 0
        for part in lines[y] if 0 <= y < len(lines) else ():
            end += cell_len(part.text)
            if x < end:
                return part.action
        return ""

    def on_click(self, event: events.Click) -> None:
        """Run what was clicked."""
        action = self._action_at(event.x, event.y)
        if action:
            event.stop()
            self.post_message(self.Pressed(action))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Underline what a click would run."""
        self.hovered = self._action_at(event.x, event.y)

    def on_leave(self) -> None:
        """Underline nothing."""
        self.hovered = ""
