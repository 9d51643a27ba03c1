"""The table as a person uses it, in an app that only hands over rows and records messages."""

from array import array
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import MouseMove, MouseScrollDown, MouseScrollRight, MouseScrollUp
from textual.message import Message
from textual.pilot import Pilot

from dealboard.widgets.grid import Cell, Column, Grid

COLUMNS = (
    Column("title", "Title", 30, 12, flex=True, sort=True),
    Column("amount", "Amount", 12, 9, align="right", sort=True),
    Column("stage", "Stage", 12, 8),
)


def row(number: int, mark: str = "") -> list[Cell]:
    return [Cell(f"Deal {number}{mark}", "title"), Cell(f"€{number}.00"), Cell("Lead", "muted")]


class GridApp(App[None]):
    """Answers like a screen over a store."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("escape", "left_to_the_screen", "Back")]  # noqa: RUF012

    def __init__(self, ids: Iterable[int] = range(100, 400)) -> None:
        super().__init__()
        self.ids = array("q", ids)
        self.answering = True
        self.escaped = 0
        self.asked: list[Grid.RowsWanted] = []
        self.seen: list[Message] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Grid(empty="Nothing here.", id="deals")

    def on_mount(self) -> None:
        self.grid.show(COLUMNS, self.ids)
        self.grid.focus()

    @property
    def grid(self) -> Grid:
        return self.query_one(Grid)

    def action_left_to_the_screen(self) -> None:
        self.escaped += 1

    def on_grid_rows_wanted(self, wanted: Grid.RowsWanted) -> None:
        self.asked.append(wanted)
        if self.answering:
            self.answer(wanted)

    def answer(self, wanted: Grid.RowsWanted, mark: str = "") -> None:
        self.grid.put_rows({each: row(each, mark) for each in wanted.ids}, wanted.generation)

    def on_grid_cursor_moved(self, message: Message) -> None:
        self.seen.append(message)

    on_grid_opened = on_grid_cursor_moved
    on_grid_header_clicked = on_grid_cursor_moved
    on_grid_selection_changed = on_grid_cursor_moved

    def opened(self) -> list[int]:
        return [message.row_id for message in self.seen if isinstance(message, Grid.Opened)]

    def text(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def line_of(self, text: str) -> int:
        return next(y for y, line in enumerate(self.text()) if text in line)


@asynccontextmanager
async def running(app: GridApp, size: tuple[int, int] = (60, 12)) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
        yield pilot


@pytest.fixture
def app() -> GridApp:
    return GridApp()


async def test_keys_move_the_cursor_and_the_rows_follow(app: GridApp) -> None:
    async with running(app) as pilot:
        assert app.text()[0].startswith("   Title")
        assert app.text()[1].startswith("▌  Deal 100 ")
        await pilot.press("j", "down", "k")
        assert app.grid.cursor_id == 101
        await pilot.press("pagedown")
        assert app.text()[1].startswith("   Deal 111 ")
        assert app.text()[2].startswith("▌  Deal 112 ")
        await pilot.press("G")
        assert app.text()[11].startswith("▌  Deal 399 ")
        await pilot.press("ctrl+u", "home")
        assert app.grid.cursor_index == 0
        assert app.seen[-1] == Grid.CursorMoved(app.grid, 100, 0)
        assert app.seen[-1].control is app.grid
        await pilot.press("enter")
        assert app.opened() == [100]


async def test_a_page_either_side_is_asked_for_once(app: GridApp) -> None:
    async with running(app) as pilot:
        assert [list(wanted.ids) for wanted in app.asked] == [list(range(100, 133))]
        await pilot.press("j", "k")
        assert len(app.asked) == 1
        await pilot.press(*["pagedown"] * 2)
        assert app.asked[-1].ids[0] == 133
        assert "Deal" in app.text()[11]


async def test_rows_that_have_yet_to_come_are_blank_and_late_ones_fill_in(app: GridApp) -> None:
    async with running(app) as pilot:
        app.answering = False
        await pilot.press("G")
        assert app.text()[11].split() == ["▌", "┃"]
        first = app.asked[-1]
        app.grid.invalidate()
        await pilot.pause()
        app.answer(first, " old")
        await pilot.pause()
        assert "Deal 399 old" in app.text()[11]
        app.answer(app.asked[-1], " new")
        await pilot.pause()
        assert "Deal 399 new" in app.text()[11]


async def test_selecting_by_keys(app: GridApp) -> None:
    async with running(app) as pilot:
        await pilot.press("space", "j", "v", "j", "j")
        assert app.grid.selected == {100, 102, 103, 104}
        assert app.grid.ranging
        assert [line[:3] for line in app.text()[:6]] == [" v ", " ✓ ", "   ", " ✓ ", " ✓ ", "▌✓ "]
        assert app.seen[-1] == Grid.SelectionChanged(app.grid, 4)
        await pilot.press("escape")
        assert app.grid.selected == {100}
        await pilot.press("shift+down", "j", "escape")
        assert app.grid.selected == set()
        assert app.escaped == 0
        await pilot.press("escape")
        assert app.escaped == 1
        app.grid.select_all()
        await pilot.press("space")
        assert app.grid.selected_count == 299


async def test_selecting_by_mouse(app: GridApp) -> None:
    async with running(app) as pilot:
        await pilot.click(offset=(10, 3))
        assert (app.grid.cursor_id, app.opened()) == (102, [])
        await pilot.click(offset=(10, 5), control=True)
        assert app.grid.selected == {104}
        await pilot.click(offset=(10, 7), shift=True)
        assert app.grid.selected == {104, 105, 106}
        await pilot.click(offset=(1, 5))
        assert app.grid.selected == {105, 106}
        await pilot.click(offset=(1, 0))
        assert app.grid.selected == set()
        await pilot.click(offset=(1, 0))
        assert app.grid.selected_count == 300
        assert app.opened() == []


async def test_a_second_click_opens(app: GridApp) -> None:
    async with running(app) as pilot:
        await pilot.click(offset=(10, 3), times=2)
        assert app.opened() == [102]


async def drag(pilot: Pilot[None], *places: tuple[int, int]) -> None:
    for place in places:
        await pilot._post_mouse_events([MouseMove], None, offset=place, button=1)


async def test_dragging_selects_and_scrolls_at_the_edge(app: GridApp) -> None:
    async with running(app) as pilot:
        await pilot.mouse_down(offset=(10, 3))
        await drag(pilot, (10, 4), (10, 6), (10, 5))
        assert app.grid.selected == {102, 103, 104}
        await pilot.mouse_up(offset=(10, 5))
        await pilot.press("j")
        assert app.grid.selected == {102, 103, 104}
        assert app.opened() == []
        await pilot.mouse_down(offset=(10, 8))
        await drag(pilot, (10, 9))
        await pilot.press("escape")
        await pilot.mouse_up(offset=(10, 9))
        assert app.grid.selected == {102, 103, 104}


async def test_the_wheel_and_the_scroll_bar_scroll_and_leave_the_cursor(app: GridApp) -> None:
    async with running(app) as pilot:
        for event in (MouseScrollDown, MouseScrollDown, MouseScrollUp):
            await pilot._post_mouse_events([event], None, offset=(10, 4), button=0)
        assert app.text()[1].startswith("   Deal 103 ")
        assert app.grid.cursor_id == 100
        await pilot.click(offset=(59, 11))
        assert app.text()[11].startswith("   Deal 399 ")
        assert app.text()[11].endswith("┃")
        await pilot.press("j")
        assert app.text()[1].startswith("▌  Deal 101 ")


async def test_a_click_on_a_title_asks_to_sort_where_that_is_possible(app: GridApp) -> None:
    async with running(app) as pilot:
        app.grid.sort_mark = ("amount", True)
        await pilot.pause()
        header = app.text()[0]
        assert "Amount ▼" in header
        await pilot.click(offset=(header.index("Amount"), 0))
        assert app.seen[-1] == Grid.HeaderClicked(app.grid, "amount")
        assert app.grid.column_key == "amount"
        count = len(app.seen)
        await pilot.click(offset=(header.index("Stage"), 0))
        assert len(app.seen) == count


async def test_columns_scroll_into_sight_where_they_do_not_fit(app: GridApp) -> None:
    async with running(app, (28, 8)) as pilot:
        assert "Stage" not in app.text()[0]
        assert app.text()[0].endswith("›")
        await pilot.press("l", "l")
        assert app.grid.column_key == "stage"
        assert "Stage" in app.text()[0]
        assert "‹" in app.text()[0]
        await pilot.press("h", "h", "h")
        assert app.grid.column_key == "title"
        assert "‹" not in app.text()[0]
        await pilot._post_mouse_events([MouseScrollRight], None, offset=(10, 4), button=0)
        assert "‹" in app.text()[0]
        await pilot.resize_terminal(60, 8)
        assert all(column.title in app.text()[0] for column in COLUMNS)


async def test_hidden_and_reordered_columns_show_what_is_known_at_once(app: GridApp) -> None:
    async with running(app) as pilot:
        app.answering = False
        app.grid.show((COLUMNS[2], COLUMNS[0]), app.ids)
        await pilot.pause()
        assert app.text()[1].split() == ["▌", "Lead", "Deal", "100", "┃"]
        assert app.grid.column_key == "title"


async def test_another_order_keeps_the_cursor_on_its_row(app: GridApp) -> None:
    async with running(app) as pilot:
        await pilot.press(*"jjj")
        app.grid.show(COLUMNS, app.ids[::-1])
        await pilot.pause()
        assert app.grid.cursor_id == 103
        assert "▌  Deal 103" in app.text()[app.line_of("▌")]
        app.grid.focus_row(250)
        app.grid.focus_row(99)
        await pilot.pause()
        assert "▌  Deal 250" in app.text()[app.line_of("▌")]


async def test_no_rows_say_so(app: GridApp) -> None:
    async with running(app) as pilot:
        app.grid.show(COLUMNS, ())
        await pilot.press("j", "space", "v", "enter", "G", "pageup", "shift+up")
        assert any("Nothing here." in line for line in app.text())
        offered = {each.binding.description for each in app.active_bindings.values()}
        assert not offered & {"Select", "Open"}
        assert app.grid.cursor_id is None
        assert app.grid.selected == set()
        app.grid.empty = "Nothing at all."
        await pilot.pause()
        assert any("Nothing at all." in line for line in app.text())


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_a_theme_draws_all_anew_and_marks_stay(app: GridApp, theme: str) -> None:
    async with running(app) as pilot:
        await pilot.press("space")
        before = app.grid.render_line(1)
        app.theme = theme
        await pilot.pause()
        after = app.grid.render_line(1)
        assert after.text == before.text
        assert after != before


async def test_without_colours_the_cursor_is_reversed(
    app: GridApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = GridApp()
    async with running(plain):
        strip = plain.grid.render_line(1)
        assert all(segment.style and segment.style.reverse for segment in list(strip)[:-1])


async def test_cells_are_apart_from_the_scroll_bar(app: GridApp) -> None:
    async with running(app, (28, 12)):
        assert all(line[-2] == " " for line in app.text())
        assert any(line[-1] == "┃" for line in app.text())


async def test_a_key_repaints_only_the_lines_that_differ(app: GridApp) -> None:
    async with running(app) as pilot:
        await pilot.press("j")
        before = [app.grid.render_line(y) for y in range(12)]
        await pilot.press("j")
        after = [app.grid.render_line(y) for y in range(12)]
        assert [y for y in range(12) if before[y] is not after[y]] == [2, 3]


async def test_text_that_looks_like_markup_or_a_command_is_shown_as_it_is() -> None:
    app = GridApp([1])
    app.answering = False
    async with running(app) as pilot:
        cells = [Cell("[b]x[/] \x1b[31m東京"), Cell("\n9"), Cell("\u202eabc")]
        app.grid.put_rows({1: cells})
        await pilot.pause()
        line = app.text()[1]
        assert "[b]x[/] ␛[31m東京" in line
        assert " 9" in line
        assert "\ufffdabc" in line
