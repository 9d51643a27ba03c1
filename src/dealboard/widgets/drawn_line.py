"""A widget of one line, drawn from styled spans and kept until it changes.

The compositor asks every visible widget for all its lines at every update of the screen, whatever
it was that changed; what did not change should cost nothing then.
"""

from collections.abc import Iterable

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from dealboard.widgets.lines import Styled
from dealboard.widgets.span_styles import SpanStyles
from dealboard.widgets.strips import strip


class DrawnLine(Widget):
    """Draws `spans` on one line, in styles that are component classes without their `PREFIX`."""

    ALLOW_SELECT = False
    PREFIX = ""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.span_styles = SpanStyles(self, self.PREFIX)
        self._finished: list[Strip] = []

    def spans(self) -> Iterable[Styled]:
        """Return what the line says now."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the finished line, drawn anew after a refresh or in another width."""
        if not self._finished or self._finished[0].cell_length != crop.width:
            styles = self.span_styles
            _ = styles.version  # looks the styles up again after a change of theme
            segments = [Segment(text, styles(*names)) for text, names in self.spans()]
            line = strip(segments).adjust_cell_length(crop.width, styles())
            self._finished = [line]
        return self._finished * crop.height

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        """Return the finished line."""
        return self.render_lines(Region(0, 0, self.size.width, 1))[0]

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> "DrawnLine":
        """Forget the line, and have it drawn again."""
        self._finished = []
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def notify_style_update(self) -> None:
        """Take the styles of a new theme."""
        super().notify_style_update()
        self.span_styles.doubt()
        self._finished = []
