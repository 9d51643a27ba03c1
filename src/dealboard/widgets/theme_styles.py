"""The styles of drawn spans, looked up in the theme.

A component class of a widget is a node of its own to Textual, styled anew with every class and
every focus that changes; a page of drawn lines would spend most of its opening on that. What is
said here in the words of a theme is looked up once.
"""

from collections.abc import Mapping

from rich.style import Style
from textual.style import Style as VisualStyle
from textual.widget import Widget

from dealboard.widgets.span_styles import Styles

GROUND = "cursor"
"""The ground under the cursor: reversed where there are no colours, or only the terminal's own."""


class ThemeStyles(Styles):
    """Styles by name, laid over the widget's own."""

    def __init__(self, owner: Widget, table: Mapping[str, str]) -> None:
        super().__init__(owner)
        self._table = table

    def _parse(self, name: str) -> VisualStyle:
        """Return a style; the terminal's own colours cannot be mixed, and are dimmed instead."""
        words = self._table.get(name, "")
        if "%" in words and self._owner.app.native_ansi_color:
            return VisualStyle(dim=True)
        return VisualStyle.parse(words)

    def _look_up(self, names: tuple[str, ...]) -> Style:
        app, style = self._owner.app, self._owner.visual_style
        if GROUND in names and (app.no_color or app.native_ansi_color):
            style += VisualStyle(reverse=True)
        else:
            for name in names:
                style += self._parse(name)
        return self._drawn(style.rich_style)
