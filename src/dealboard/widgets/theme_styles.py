"""The styles of drawn spans, looked up in the theme.

A component class of a widget is a node of its own to Textual, styled anew with every class and
every focus that changes; a page of drawn lines would spend most of its opening on that. What is
said here in the words of a theme is looked up once.
"""

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.style import Style as VisualStyle
from textual.widget import Widget

from dealboard.widgets.span_styles import origin_of

GROUND = "cursor"
"""The ground under the cursor: reversed where there are no colours, or only the terminal's own."""


class ThemeStyles:
    """Styles by name, laid over one another and over the widget's own."""

    def __init__(self, owner: Widget, table: Mapping[str, str]) -> None:
        self._owner = owner
        self._table = table
        self._known: dict[tuple[str, ...], Style] = {}
        self._origin: object = None
        self._doubtful = True
        self._version = 0

    def doubt(self) -> None:
        """Look at the styles again before the next drawing: the theme may have changed."""
        self._doubtful = True

    @property
    def version(self) -> int:
        """A number that changes with any of the styles; what was drawn under another is stale."""
        if self._doubtful:
            self._doubtful = False
            before, self._origin = self._origin, origin_of(self._owner)
            if self._origin != before:
                self._known = {names: self._look_up(names) for names in self._known}
                self._version += 1
        return self._version

    def __call__(self, *names: str) -> Style:
        """Return the style of some names, the ground first."""
        if names not in self._known:
            self._known[names] = self._look_up(names)
        return self._known[names]

    def _parse(self, name: str) -> VisualStyle:
        """Return a style; the terminal's own colours cannot be mixed, and are dimmed instead."""
        words = self._table.get(name, "")
        if "%" in words and self._owner.app.native_ansi_color:
            return VisualStyle(dim=True)
        return VisualStyle.parse(words)

    def _look_up(self, names: tuple[str, ...]) -> Style:
        """Return a style as the app's line filters (NO_COLOR, ANSI colours) leave it."""
        owner, app = self._owner, self._owner.app
        style = owner.visual_style
        if GROUND in names and (app.no_color or app.native_ansi_color):
            style += VisualStyle(reverse=True)
        else:
            for name in names:
                style += self._parse(name)
        segments = [Segment(" ", style.rich_style)]
        for line_filter in owner.get_line_filters():
            segments = line_filter.apply(segments, owner.background_colors[1])
        return segments[0].style or Style.null()
