"""A list of drawn lines: its lines keep clear of its scroll bar."""

from collections.abc import Sequence

from textual.app import App, ComposeResult

from dealboard.widgets.blocks import Block
from dealboard.widgets.line_list import LineList


class Figures(LineList):
    """Lines that end at the right edge, and more of them than fit."""

    def blocks(self, width: int) -> Sequence[Block]:
        return [Block(number, ((("7" * width, "text"),),)) for number in range(30)]


class Bench(App[None]):
    """A list and nothing else."""

    def compose(self) -> ComposeResult:
        yield Figures()


async def test_a_figure_at_the_right_edge_is_apart_from_the_scroll_bar() -> None:
    app = Bench()
    async with app.run_test(size=(20, 6)):
        first, *_, last = (strip.text for strip in app.screen._compositor.render_strips())
        assert first.endswith("7 ┃")
        assert last.endswith("7  ")
