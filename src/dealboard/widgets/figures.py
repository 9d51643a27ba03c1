"""The figures of pipelines as a widget: told figures, it scrolls by lines."""

from collections.abc import Sequence

from dealboard.domain.statistics import Figures
from dealboard.widgets.blocks import Block
from dealboard.widgets.figures_lines import figures_blocks
from dealboard.widgets.line_list import EDGES, LineList


class FiguresList(LineList):
    """Stages with what their deals amount to; no cursor."""

    DEFAULT_CSS = """
    FiguresList { height: 1; background: $surface; }
    """

    def __init__(self, locale: str) -> None:
        super().__init__()
        self._locale = locale
        self._figures: Figures | None = None

    def show(self, figures: Figures) -> None:
        """Show figures."""
        self._figures = figures
        self.redraw()

    def lines_in(self, width: int) -> int:
        """Return how many lines there are in a widget of some cells."""
        return len(self.blocks(width - EDGES))

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the lines, none of which is one to stop at."""
        return figures_blocks(self._figures, width, self._locale) if self._figures else ()
