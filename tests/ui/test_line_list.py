"""A list of drawn lines: it shows its cursor, and keeps clear of its scroll bar."""

from collections.abc import Sequence

from textual.app import App, ComposeResult

from dealboard.widgets.blocks import Block
from dealboard.widgets.line_list import LineList


class Figures(LineList):
    """Lines that end at the right edge, and more of them than fit."""

    def blocks(self, width: int) -> Sequence[Block]:
        return [Block(number, ((("7" * width, "text"),),)) for number in range(30)]


class Bench(App[None]):
    """Two lists, one above the other."""

    def compose(self) -> ComposeResult:
        yield Figures()
        yield Figures()

    @property
    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]


async def test_the_cursor_is_where_the_focus_is() -> None:
    app = Bench()
    async with app.run_test(size=(20, 6)) as pilot:
        for marked in (0, 3, 0):
            assert [y for y, line in enumerate(app.lines) if line.startswith("▌")] == [marked]
            await pilot.press("tab")
            await pilot.pause()


async def test_a_figure_at_the_right_edge_is_apart_from_the_scroll_bar() -> None:
    app = Bench()
    async with app.run_test(size=(20, 6)):
        assert app.lines[0].endswith("7 ┃")
        assert app.lines[2].endswith("7  ")
