"""The styles of the spans that `deal_card` draws, looked up once for all lanes of a board."""

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget


class SpanStyles:
    """Styles by ground and span, from the component classes of the board.

    They stand with the board and not with each lane because every component class of a widget is
    styled anew whenever the focus moves.
    """

    def __init__(self, owner: Widget, prefix: str) -> None:
        self._owner = owner
        self._prefix = prefix
        self._known: dict[tuple[str, str], Style | None] = {}
        self._doubtful = False
        self._version = 0

    def doubt(self) -> None:
        """Look at the styles again before the next drawing: the theme may have changed."""
        self._doubtful = True

    @property
    def version(self) -> int:
        """A number that changes with any of the styles; what was drawn under another is stale."""
        if self._doubtful:
            self._doubtful = False
            now = {key: self._look_up(*key) for key in self._known}
            if now != self._known:
                self._known = now
                self._version += 1
        return self._version

    def __call__(self, ground: str, name: str) -> Style | None:
        """Return the style of a span on a ground, both component classes without their prefix."""
        key = (ground, name)
        if key not in self._known:
            self._known[key] = self._look_up(ground, name)
        return self._known[key]

    def _look_up(self, ground: str, name: str) -> Style | None:
        """Return a style as the app's line filters (NO_COLOR, ANSI colours) leave it.

        They change styles only, so they are applied here once and not to every line. A dragged card
        is all one style, and so is the reversed cursor where there are no colours.
        """
        owner = self._owner
        flat = ground == "dragged" or (ground == "cursor" and owner.app.no_color)
        names = [f"{self._prefix}--{part}" for part in ((ground,) if flat else (ground, name))]
        style = owner.get_visual_style(*names).rich_style
        if any(owner.get_component_styles(part).text_style.reverse for part in names):
            style += Style(reverse=True)
        segments = [Segment(" ", style)]
        for line_filter in owner.get_line_filters():
            segments = line_filter.apply(segments, owner.background_colors[1])
        return segments[0].style
