"""Keeps how the board looks, so that the next start can paint it before Textual is loaded."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dealboard.screens.first_frame import SKIN, circumstances
from dealboard.widgets.board_frame import LANES
from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.filter_bar import FilterBar
from dealboard.widgets.hint_bar import HintBar
from dealboard.widgets.skin import Skin, style_name
from dealboard.widgets.span_styles import SpanStyles

if TYPE_CHECKING:
    from dealboard.screens.board import BoardScreen


def keep_skin(screen: "BoardScreen") -> None:
    """Keep the skin of a board, if it is another than the one kept."""
    app = screen.dealboard
    if app.is_headless:
        return
    known = app.opened.skin if app.opened else None
    now = take_skin(screen, drawn_only=known is not None)
    if known is None or known != now._replace(styles={**known.styles, **now.styles}):
        app.remember_mine(SKIN, take_skin(screen).kept())


def take_skin(screen: "BoardScreen", *, drawn_only: bool = False) -> Skin:
    """Return how a board looks: in all styles that it may be drawn in, or those that it was."""
    styles: dict[str, str] = {}
    for prefix, spans in _span_styles(screen):
        names = spans.known if drawn_only else spans.all_names
        styles |= {style_name(prefix, each): spans.sgr(*each) for each in names}
    hints, keys = screen.query_one(HintBar).hints, screen.query_one(FilterBar).keys
    return Skin(circumstances(screen.dealboard.config), styles, hints, keys)


def _span_styles(screen: "BoardScreen") -> Iterator[tuple[str, SpanStyles]]:
    yield LANES, screen.board.span_styles
    for line in screen.query(DrawnLine):
        yield line.PREFIX, line.span_styles
