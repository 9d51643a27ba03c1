"""The board as a person uses it, in an app that only hands over rows and records messages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import cast

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseMove, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.pilot import Pilot

from dealboard.domain.stages import StageKind
from dealboard.domain.views import Card, Stage, StageTotals, Subtotal
from dealboard.widgets.board import Board, Cursor
from dealboard.widgets.deal_card import SELECTED, Density, Scope
from dealboard.widgets.lane import Lane

TODAY = date(2026, 11, 23)
KINDS = [StageKind.OPEN] * 4 + [StageKind.WON, StageKind.LOST]
NAMES = ["Lead", "Qualified", "Proposal", "Negotiation", "Won", "Lost"]
STAGES = [
    Stage(n, f"s{n}", 1, name, kind, 10 * n, n, None)
    for n, (name, kind) in enumerate(zip(NAMES, KINDS, strict=True), 1)
]
CARD_HEIGHT = Density.COMFORTABLE.card_height


def card(stage_id: int, number: int) -> Card:
    return Card(
        id=1000 * stage_id + number,
        title=f"{NAMES[stage_id - 1]} deal {number}",
        stage_id=stage_id,
        kind=KINDS[stage_id - 1],
        owner_id=1,
        owner="Ada Lovelace",
        amount=100_000,
        currency="EUR",
        close_date=TODAY,
        created_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        closed_at=None,
        reference=None,
        contacts=("Jane Doe",),
        version=1,
    )


class Said(list[Message]):
    """Messages, which are equal when they say the same."""

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, list)
        return self._told(self) == self._told(other)

    __hash__ = None

    @staticmethod
    def _told(messages: list[Message]) -> list[object]:
        return [(type(each), vars(each)) for each in messages]


class BoardApp(App[None]):
    """Answers like a screen over a store; `rows` is the store."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, counts: Sequence[int] = (40, 30, 2, 0, 5, 0), older: int = 0) -> None:
        super().__init__()
        self.rows = {
            stage.id: [card(stage.id, number) for number in range(count)]
            for stage, count in zip(STAGES, counts, strict=True)
        }
        self.older = older
        self.answering = True
        self.seen = Said()
        self.asked: list[Board.RowsWanted] = []

    def compose(self) -> ComposeResult:
        yield Board(today=TODAY)

    def on_mount(self) -> None:
        self.board.show(STAGES, self.totals())
        self.board.focus()

    @property
    def board(self) -> Board:
        return self.query_one(Board)

    def totals(self) -> dict[int, StageTotals]:
        return {
            stage.id: self.stage_totals(stage.id, self.older if stage.kind.value == "won" else 0)
            for stage in STAGES
        }

    def stage_totals(self, stage_id: int, older: int = 0) -> StageTotals:
        deals = len(self.rows[stage_id]) + older
        subtotals = (Subtotal("EUR", 100_000 * deals, 10_000 * deals),) if deals else ()
        return StageTotals(stage_id, deals, subtotals, older)

    def answer(self, wanted: Board.RowsWanted) -> None:
        rows = self.rows[wanted.stage_id][wanted.offset : wanted.offset + wanted.limit]
        self.board.put_rows(wanted.stage_id, wanted.offset, rows, generation=wanted.generation)

    def on_board_rows_wanted(self, wanted: Board.RowsWanted) -> None:
        self.asked.append(wanted)
        if self.answering:
            self.answer(wanted)

    def on_board_move_requested(self, message: Message) -> None:
        self.seen.append(message)

    on_board_reorder_requested = on_board_move_requested
    on_board_open_requested = on_board_move_requested
    on_board_new_requested = on_board_move_requested
    on_board_older_requested = on_board_move_requested
    on_board_range_wanted = on_board_move_requested

    def requests(self) -> "Said":
        return Said(self.seen)

    def lane(self, stage_id: int) -> Lane:
        return next(lane for lane in self.query(Lane) if lane.stage.id == stage_id)

    def text(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def find(self, text: str) -> tuple[int, int]:
        """Return column and line of the screen where a text stands."""
        return next((line.index(text), y) for y, line in enumerate(self.text()) if text in line)

    def marked(self) -> list[str]:
        """Return what follows each cursor mark on the screen."""
        return [line.split("▌")[1].split("  ")[0] for line in self.text() if "▌" in line]


async def settled(pilot: Pilot[None]) -> BoardApp:
    await pilot.pause()
    return cast("BoardApp", pilot.app)


def at(app: BoardApp) -> tuple[int, int]:
    cursor = app.board.cursor
    assert cursor is not None
    return cursor.stage_id, cursor.index


# ── rows ──────────────────────────────────────────────────────────────────────────────────────


async def test_the_board_shows_headers_and_cards() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        screen = "\n".join(app.text())
        for text in ("Lead", "40 deals", "€40,000", "weighted", "✓ Won", "✗ Lost"):
            assert text in screen
        assert "Lead deal 0" in screen
        assert "Qualified deal 3" in screen
        assert "No deals here." in screen


async def test_it_asks_for_the_view_and_a_page_beyond_not_for_all() -> None:
    async with BoardApp((40_000, 0, 0, 0, 0, 0)).run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        (wanted,) = app.asked
        assert wanted.stage_id == 1
        assert wanted.offset == 0
        assert 9 <= wanted.limit <= 30


async def test_lines_are_blank_until_their_rows_arrive() -> None:
    app = BoardApp()
    app.answering = False
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        assert "Lead deal" not in "\n".join(app.text())
        assert app.board.cursor == Cursor(1, 0, None)
        app.answer(app.asked[0])
        await settled(pilot)
        assert "Lead deal 0" in "\n".join(app.text())
        assert app.board.cursor == Cursor(1, 0, 1000)


async def test_rows_may_arrive_before_the_totals() -> None:
    app = BoardApp()
    async with app.run_test(size=(160, 40)) as pilot:
        app.board.show(STAGES, {})
        await settled(pilot)
        assert "Lead deal 0" in "\n".join(app.text())
        assert "40 deals" not in "\n".join(app.text())
        app.board.set_totals(app.totals())
        await settled(pilot)
        assert "40 deals" in "\n".join(app.text())
        await pilot.press("G")
        assert (await settled(pilot)).board.cursor == Cursor(1, 39, 1039)


async def test_scrolling_shows_every_row_once_it_is_there() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        for number in range(0, 40, 4):
            app = await settled(pilot)
            assert app.board.cursor == Cursor(1, number, 1000 + number)
            assert app.marked()[0] == f"Lead deal {number}"
            await pilot.press("ctrl+d")
        await settled(pilot)
        assert app.marked()[0] == "Lead deal 39"


async def test_an_answer_to_a_question_asked_before_invalidate_is_dropped() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        old = app.asked[0]
        app.answering = False
        app.board.invalidate([1])
        await settled(pilot)
        app.board.put_rows(1, 0, [card(1, 99)], generation=old.generation)
        await settled(pilot)
        screen = "\n".join(app.text())
        assert "Lead deal 0" in screen
        assert "Lead deal 99" not in screen
        assert app.asked[-1].generation > old.generation


async def test_a_late_answer_for_rows_out_of_sight_uncovers_nothing() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        generation = app.asked[0].generation
        app.board.put_rows(1, 30, app.rows[1][30:], generation=generation)
        await settled(pilot)
        assert "Lead deal 0" in "\n".join(app.text())


async def test_rows_read_after_a_change_overtake_an_answer_still_under_way() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.answering = False
        await pilot.press("pagedown", "pagedown")
        await settled(pilot)
        under_way = app.asked[-1]
        assert under_way.limit == 40
        offset, limit = app.board.window(1) or (0, 0)
        fresh = [each._replace(title=f"New {each.id}") for each in app.rows[1]]
        app.board.put_rows(1, offset, fresh[offset : offset + limit])
        app.answer(under_way)
        await settled(pilot)
        assert "New 1018" in "\n".join(app.text())
        assert "Lead deal" not in "\n".join(app.text())


async def test_a_short_answer_is_not_asked_for_again() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        del app.rows[1][5:]
        app.asked.clear()
        app.board.invalidate([1])
        for _ in range(5):
            await settled(pilot)
        assert len(app.asked) == 1


async def test_rows_and_totals_may_be_there_before_the_board_is_on_the_screen() -> None:
    class Eager(BoardApp):
        def compose(self) -> ComposeResult:
            board = Board(today=TODAY)
            board.show(STAGES, self.totals())
            board.put_rows(1, 0, self.rows[1][:3])
            board.focus_deal(1002, 1, 2)
            yield board

        def on_mount(self) -> None:
            self.board.focus()

    async with Eager().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        assert app.board.cursor == Cursor(1, 2, 1002)
        assert app.marked()[0] == "Lead deal 2"
        assert "Lead deal 7" in "\n".join(app.text())


async def test_only_the_lines_of_two_cards_are_drawn_anew_when_the_cursor_steps() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        lane = app.lane(1)
        before = [lane.render_line(y) for y in range(lane.size.height)]
        await pilot.press("j")
        await settled(pilot)
        after = [lane.render_line(y) for y in range(lane.size.height)]
        redrawn = [y for y, line in enumerate(after) if line is not before[y]]
        assert redrawn == [4, 5, 6, 8, 9, 10]


async def test_user_text_is_shown_as_it_is_written() -> None:
    app = BoardApp()
    title = "[/red][@click=app.quit]x[/]\x1b[31m\x9b"
    app.rows[1][0] = app.rows[1][0]._replace(title=title)
    async with app.run_test(size=(200, 40)) as pilot:
        app = await settled(pilot)
        screen = "\n".join(app.text())
        assert "[/red][@click=app.quit]x[/]" in screen
        assert "\x1b" not in screen
        assert "\x9b" not in screen


# ── the cursor ────────────────────────────────────────────────────────────────────────────────


async def test_keys_move_the_cursor() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        for keys, place in {
            "j down j": (1, 3),
            "j j k up k": (1, 0),
            "G": (1, 39),
            "end": (1, 39),
            "G g g": (1, 0),
            "end home": (1, 0),
            "l": (2, 0),
            "right right h left left": (1, 0),
            "j l": (2, 1),
            "j j j 3": (3, 1),
            "2": (2, 0),
            "9": (1, 0),
            "5": (5, 0),
            "pagedown": (1, 9),
            "pagedown pageup": (1, 0),
            "ctrl+d": (1, 4),
            "ctrl+d ctrl+d ctrl+u": (1, 4),
            "6 l": (6, 0),
        }.items():
            app.board.focus_deal(1000, 1, 0)
            await pilot.press(*keys.split())
            assert (keys, at(await settled(pilot))) == (keys, place)


async def test_left_and_right_keep_to_the_line_of_the_screen() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("G")
        await settled(pilot)
        y = app.find("Lead deal 39")[1]
        await pilot.press("l")
        await settled(pilot)
        stage_id, index = at(app)
        assert stage_id == 2
        assert app.find(f"Qualified deal {index}")[1] == y


async def test_an_empty_stage_takes_the_cursor_and_teaches() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("4")
        await settled(pilot)
        assert app.board.cursor == Cursor(4, 0, None)
        assert app.marked()[0] == "No deals here."
        await pilot.press("L", "J", "enter")
        await settled(pilot)
        assert app.requests() == []


async def test_the_cursor_follows_its_deal_when_rows_come_above_it() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.focus_deal(1020, 1, 20)
        await settled(pilot)
        y = app.find("Lead deal 20")[1]
        app.rows[1].insert(0, card(1, 77)._replace(title="Newcomer"))
        app.board.set_totals({1: app.stage_totals(1)})
        app.board.invalidate([1])
        await settled(pilot)
        assert app.board.cursor == Cursor(1, 21, 1020)
        assert app.find("Lead deal 20")[1] == y
        assert app.marked()[0] == "Lead deal 20"


async def test_a_refresh_keeps_the_scroll_where_the_cursor_is_not() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.lane(2).scroll_rows(7)
        app.board.invalidate()
        await settled(pilot)
        assert "Qualified deal 7" in "\n".join(app.text())
        assert "Qualified deal 6" not in "\n".join(app.text())
        assert app.board.cursor == Cursor(1, 0, 1000)


async def test_where_the_deal_is_gone_the_cursor_takes_the_one_in_its_place() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("j", "j")
        del app.rows[1][2]
        app.board.set_totals({1: app.stage_totals(1)})
        app.board.invalidate([1])
        await settled(pilot)
        assert app.board.cursor == Cursor(1, 2, 1003)


async def test_when_the_last_row_goes_the_cursor_stays_on_a_deal() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("3", "j")
        del app.rows[3][1]
        app.board.set_totals({3: app.stage_totals(3)})
        app.board.invalidate([3])
        await settled(pilot)
        assert app.board.cursor == Cursor(3, 0, 3000)


async def test_the_cursor_follows_a_moved_deal() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("j")
        moved = app.rows[1].pop(1)
        app.rows[2].insert(0, moved._replace(stage_id=2))
        app.board.focus_deal(moved.id, 2, 0)
        app.board.set_totals({1: app.stage_totals(1), 2: app.stage_totals(2)})
        assert app.board.cursor == Cursor(2, 0, moved.id)
        for stage_id in (1, 2):
            offset, limit = app.board.window(stage_id) or (0, 0)
            app.board.put_rows(stage_id, offset, app.rows[stage_id][offset : offset + limit])
        await settled(pilot)
        assert app.board.cursor == Cursor(2, 0, moved.id)
        assert app.marked()[0] == "Lead deal 1"


async def test_a_key_means_the_same_deal_until_the_news_of_its_move_is_there() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.answering = False
        await pilot.press("pagedown", "pagedown")
        await settled(pilot)
        assert app.asked[-1].limit == 40
        await pilot.press("L")
        moved = app.board.cursor
        assert moved is not None
        del app.rows[1][moved.index]
        app.answer(app.asked[-1])
        await pilot.press("L")
        await settled(pilot)
        assert moved.deal_id is not None
        assert app.requests() == [Board.MoveRequested(moved.deal_id, by=1)] * 2
        assert app.board.card is None


async def test_a_deal_far_down_is_found_and_shown() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.focus_deal(1033, 1, 33)
        await settled(pilot)
        assert app.marked()[0] == "Lead deal 33"


# ── what is asked for ─────────────────────────────────────────────────────────────────────────


async def test_keys_ask_for_a_move() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("2")
        left = ("H", "shift+left", "alt+left", "ctrl+left")
        right = ("L", "shift+right", "alt+right", "ctrl+right", ">")
        for by, keys in ((-1, left), (1, right)):
            app.seen.clear()
            await pilot.press(*keys)
            await settled(pilot)
            assert app.seen == [Board.MoveRequested(2000, by=by)] * len(keys)
        assert at(app) == (2, 0)


async def test_a_move_pressed_three_times_fast_means_the_same_deal() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await pilot.press("L", "L", "L")
        assert (await settled(pilot)).requests() == [Board.MoveRequested(1000, by=1)] * 3


async def test_keys_ask_for_what_they_mean() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        for key, message in {
            "J": Board.ReorderRequested(1000, 1),
            "alt+down": Board.ReorderRequested(1000, 1),
            "K": Board.ReorderRequested(1000, -1),
            "alt+up": Board.ReorderRequested(1000, -1),
            "enter": Board.OpenRequested(1000),
            "e": Board.OpenRequested(1000),
        }.items():
            app.seen.clear()
            await pilot.press(key)
            await settled(pilot)
            assert (key, app.seen) == (key, [message])


async def test_enter_on_the_last_line_of_a_closed_stage_asks_for_older_deals() -> None:
    async with BoardApp(older=1200).run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        assert "1,205 deals" in "\n".join(app.text())
        await pilot.press("5", "G")
        await settled(pilot)
        assert app.marked() == ["1,200 older · Enter"]
        await pilot.press("L", "enter")
        await settled(pilot)
        assert app.requests() == [Board.OlderRequested(5)]


def test_every_binding_of_the_board_can_be_rebound() -> None:
    bindings = [binding for _, binding in Board._merged_bindings or []]
    assert bindings
    assert all(binding.id and "." in binding.id for binding in bindings)


# ── layout ────────────────────────────────────────────────────────────────────────────────────


def visible(app: BoardApp) -> list[int]:
    return [lane.stage.id for lane in app.query(Lane) if lane.display]


async def test_the_number_of_stages_follows_the_width() -> None:
    async with BoardApp().run_test(size=(160, 24)) as pilot:
        app = await settled(pilot)
        for width, stages in {50: 1, 59: 1, 60: 2, 80: 3, 120: 4, 160: 6, 220: 6}.items():
            await pilot.resize_terminal(width, 24)
            await settled(pilot)
            assert (width, len(visible(app))) == (width, stages)
            assert sum(lane.size.width for lane in app.query(Lane) if lane.display) == width


async def test_four_cards_of_a_stage_are_whole_under_three_lines_of_chrome_at_80_by_24() -> None:
    async with BoardApp().run_test(size=(80, 22)) as pilot:
        app = await settled(pilot)
        whole = [line for line in app.text() if "Lead deal" in line or "Ada" in line]
        assert len([line for line in whole if "Lead deal" in line]) >= 4
        assert len([line for line in whole if "Ada" in line]) >= 4


async def test_the_stages_follow_the_cursor_sideways() -> None:
    async with BoardApp().run_test(size=(80, 24)) as pilot:
        app = await settled(pilot)
        assert visible(app) == [1, 2, 3]
        await pilot.press("l", "l", "l")
        await settled(pilot)
        assert visible(app) == [2, 3, 4]
        assert at(app)[0] == 4
        await pilot.press("h", "h", "h")
        await settled(pilot)
        assert visible(app) == [1, 2, 3]


async def test_tabs_are_shown_only_while_stages_are_hidden() -> None:
    async with BoardApp().run_test(size=(50, 24)) as pilot:
        app = await settled(pilot)
        assert "1 Lead" in app.text()[0]
        assert "2 Qualified" in app.text()[0]
        await pilot.resize_terminal(160, 24)
        await settled(pilot)
        assert "1 Lead" not in "\n".join(app.text())


async def test_a_resize_keeps_the_cursor_in_sight() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.focus_deal(2008, 2, 8)
        for size in ((50, 20), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert app.board.cursor == Cursor(2, 8, 2008)
            assert app.marked()[0] == "Qualified deal 8"


async def test_compact_cards_are_twice_as_many() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.focus_deal(1010, 1, 10)
        await settled(pilot)
        comfortable = "\n".join(app.text()).count("Qualified deal")
        app.board.density = Density.COMPACT
        await settled(pilot)
        assert "\n".join(app.text()).count("Qualified deal") >= 2 * comfortable - 1
        assert app.marked()[0].startswith("Lead deal 10")


async def test_tomorrow_what_was_due_today_is_overdue() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        assert "●23 Nov" in "\n".join(app.text())
        app.board.today = date(2026, 11, 24)
        await settled(pilot)
        assert "!23 Nov" in "\n".join(app.text())


async def test_zoom_gives_the_stage_the_whole_width_and_back() -> None:
    async with BoardApp().run_test(size=(120, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("2", "z")
        await settled(pilot)
        assert visible(app) == [2]
        await pilot.press("l")
        await settled(pilot)
        assert visible(app) == [3]
        await pilot.press("z")
        await settled(pilot)
        assert len(visible(app)) == 4


async def test_another_pipeline_starts_at_its_top() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("2", "G")
        await settled(pilot)
        others = [STAGES[0]._replace(id=7, name="First"), STAGES[5]._replace(id=8, name="Gone")]
        app.rows |= {7: [card(1, 500)._replace(stage_id=7)], 8: []}
        app.board.show(others, {7: app.stage_totals(7), 8: app.stage_totals(8)})
        await settled(pilot)
        assert visible(app) == [7, 8]
        assert app.board.cursor == Cursor(7, 0, 1500)
        app.board.show(STAGES, app.totals())
        await settled(pilot)
        assert visible(app) == [1, 2, 3, 4, 5, 6]
        assert "Qualified deal 0" in "\n".join(app.text())


async def test_the_same_pipeline_with_other_stages_keeps_the_cursor() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.focus_deal(2012, 2, 12)
        await settled(pilot)
        app.board.show([STAGES[1], *STAGES[4:]], app.totals())
        await settled(pilot)
        assert app.board.cursor == Cursor(2, 12, 2012)
        assert app.marked()[0] == "Qualified deal 12"


async def test_a_theme_change_draws_the_cards_anew() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        before = app.lane(1).render_line(4)
        app.theme = "textual-light"
        await settled(pilot)
        after = app.lane(1).render_line(4)
        assert after.text == before.text
        assert [s.style for s in after] != [s.style for s in before]


async def test_the_cursor_is_reversed_where_a_theme_has_no_colours_of_its_own() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.theme = "ansi-light"
        await settled(pilot)
        under, other = (app.lane(1).render_line(y) for y in (4, 8))
        assert under.text.startswith("▌Lead deal 0")
        assert all(s.style and s.style.reverse for s in list(under)[:-1])
        assert not any(s.style and s.style.reverse for s in other)


async def test_without_colours_the_cursor_is_reversed_and_nothing_is_coloured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        lines = [app.lane(1).render_line(y) for y in range(12)]
        assert all(s.style and s.style.reverse for s in list(lines[4])[:-1])
        for style in (s.style for line in lines for s in line if s.style):
            for colour in (style.color, style.bgcolor):
                assert colour is None or colour.triplet is None or len(set(colour.triplet)) == 1


async def test_a_board_without_a_pipeline_ignores_keys() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.show([], {})
        await pilot.press("j", "l", "L", "enter", "n", "G", "ctrl+d", "3", "z")
        await settled(pilot)
        assert app.board.cursor is None
        assert app.requests() == []


# ── the mouse ─────────────────────────────────────────────────────────────────────────────────


async def hover(pilot: Pilot[None], x: int, y: int, button: int = 1) -> None:
    await pilot._post_mouse_events([MouseMove], None, offset=(x, y), button=button)


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=start)
    await hover(pilot, start[0] + 1, start[1])
    await hover(pilot, *end)
    await pilot.pause()


async def test_a_click_puts_the_cursor_on_a_card() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.click(offset=app.find("Qualified deal 3"))
        await settled(pilot)
        assert app.board.cursor == Cursor(2, 3, 2003)
        assert app.requests() == []


async def test_a_click_on_the_card_under_the_cursor_opens_it() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.click(offset=app.find("Lead deal 0"))
        assert (await settled(pilot)).requests() == [Board.OpenRequested(1000)]


async def test_a_double_click_opens_a_card_once() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.double_click(offset=app.find("Qualified deal 3"))
        assert (await settled(pilot)).requests() == [Board.OpenRequested(2003)]


async def test_a_click_on_a_header_goes_to_the_stage() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.click(offset=app.find("Negotiation"))
        assert at(await settled(pilot)) == (4, 0)


async def test_a_click_on_the_line_of_older_deals_asks_for_them() -> None:
    async with BoardApp(older=9).run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.click(offset=app.find("9 older"))
        assert (await settled(pilot)).requests() == [Board.OlderRequested(5)]


async def test_a_click_on_a_tab_goes_to_the_stage() -> None:
    async with BoardApp().run_test(size=(50, 24)) as pilot:
        app = await settled(pilot)
        await pilot.click(offset=app.find("3 Proposal"))
        await settled(pilot)
        assert at(app) == (3, 0)
        assert visible(app) == [3]


async def test_the_wheel_scrolls_the_stage_under_the_pointer_and_not_the_cursor() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        place = app.find("Qualified deal 3")
        for _ in range(3):
            await pilot._post_mouse_events([MouseScrollDown], None, offset=place)
        await settled(pilot)
        screen = "\n".join(app.text())
        assert "Qualified deal 2 " not in screen
        assert "Lead deal 0" in screen
        assert app.board.cursor == Cursor(1, 0, 1000)


async def test_the_next_stage_is_not_scrolled_though_the_cursor_is_out_of_sight() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.focus_deal(1030, 1, 30)
        for _ in range(30):
            await pilot._post_mouse_events([MouseScrollUp], None, offset=app.find("Lead deal"))
        await pilot.press("l")
        await settled(pilot)
        assert "Qualified deal 0" in "\n".join(app.text())
        assert at(app)[0] == 2


async def test_the_wheel_with_shift_scrolls_the_stages() -> None:
    async with BoardApp().run_test(size=(80, 24)) as pilot:
        app = await settled(pilot)
        await pilot._post_mouse_events([MouseScrollDown], None, offset=(10, 10), shift=True)
        await settled(pilot)
        assert visible(app) == [2, 3, 4]
        assert at(app)[0] == 1
        await pilot.press("j")
        await settled(pilot)
        assert visible(app) == [1, 2, 3]


async def test_a_card_dragged_to_another_stage_moves_to_where_it_is_dropped() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        x, y = app.find("Qualified deal 2")
        await drag(pilot, app.find("Lead deal 1"), (x, y))
        assert app.board.dragging
        assert any("▸Lead deal 1" in line for line in app.text())
        assert app.find("▸Lead deal 1")[1] == y - 1
        await pilot.mouse_up(offset=(x, y))
        await settled(pilot)
        assert app.requests() == [Board.MoveRequested(1001, stage_id=2, index=2)]
        assert not app.board.dragging
        assert not any("▸" in line for line in app.text())


async def test_the_stage_under_a_dragged_card_is_highlighted() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        before = app.lane(2).render_line(0)
        await drag(pilot, app.find("Lead deal 1"), app.find("Qualified deal 2"))
        after = app.lane(2).render_line(0)
        assert [s.style for s in after] != [s.style for s in before]
        await pilot.mouse_up(offset=(0, 0))


async def test_a_card_dropped_on_an_empty_stage_becomes_its_first() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        place = app.find("No deals here.")
        await drag(pilot, app.find("Lead deal 1"), place)
        await pilot.mouse_up(offset=place)
        await settled(pilot)
        assert app.requests() == [Board.MoveRequested(1001, stage_id=4, index=0)]


async def test_a_card_dragged_within_its_stage_is_placed_among_the_others() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        for onto, index in {0: 0, 4: 3, 6: 5}.items():
            place = app.find(f"Lead deal {onto}")
            await drag(pilot, app.find("Lead deal 2"), place)
            await pilot.mouse_up(offset=place)
            await settled(pilot)
            assert Said(app.requests()[-1:]) == [Board.MoveRequested(1002, stage_id=1, index=index)]


async def test_a_card_dropped_where_it_was_asks_for_nothing() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        x, y = app.find("Lead deal 2")
        await drag(pilot, (x, y), (x + 4, y + 1))
        await pilot.mouse_up(offset=(x + 4, y + 1))
        await settled(pilot)
        assert app.requests() == []
        assert app.board.cursor == Cursor(1, 2, 1002)


async def test_a_card_dropped_on_a_tab_goes_to_that_stage() -> None:
    async with BoardApp().run_test(size=(80, 24)) as pilot:
        app = await settled(pilot)
        place = app.find("4 Negotiation")
        await drag(pilot, app.find("Lead deal 2"), place)
        await pilot.mouse_up(offset=place)
        await settled(pilot)
        assert app.requests() == [Board.MoveRequested(1002, stage_id=4, index=0)]


async def test_escape_lets_go_of_a_dragged_card() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        place = app.find("Qualified deal 2")
        await drag(pilot, app.find("Lead deal 1"), place)
        await pilot.press("escape")
        assert not app.board.dragging
        await pilot.mouse_up(offset=place)
        await settled(pilot)
        assert app.requests() == []


async def test_a_button_released_elsewhere_ends_the_drag() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await drag(pilot, app.find("Lead deal 1"), app.find("Qualified deal 2"))
        await hover(pilot, 60, 20, button=0)
        await settled(pilot)
        assert not app.board.dragging
        assert app.requests() == []


async def test_holding_a_card_at_the_bottom_scrolls_the_stage() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        x, _ = app.find("Qualified deal 2")
        await drag(pilot, app.find("Lead deal 1"), (x, 39))
        for _ in range(3):
            app.board._scroll_at_edge()
        await settled(pilot)
        assert "Qualified deal 2 " not in "\n".join(app.text())
        await pilot.press("escape")
        assert app.board._scrolling is None


# ── the selection ─────────────────────────────────────────────────────────────────────────────


def numbers(app: BoardApp) -> list[int]:
    """Return the selected deals of the first stage by their number, others by their id."""
    return sorted(each - 1000 if each < 2000 else each for each in app.board.selected)


async def test_space_selects_and_goes_on_and_escape_lets_go() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("space", "space", "j", "space", "l", "space")
        assert numbers(app) == [0, 1, 3, 2004]
        ticked = [line for line in app.text() if f"{SELECTED}Lead deal" in line]
        assert len(ticked) == 3
        await pilot.press("h", "g", "space")
        assert numbers(app) == [1, 3, 2004]
        await pilot.press("escape")
        assert numbers(app) == []
        assert not any(f"{SELECTED}Lead" in line for line in app.text())


async def test_a_range_grows_and_shrinks_with_the_cursor() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("space", "j", "v", "j", "j")
        assert numbers(app) == [0, 2, 3, 4]
        await pilot.press("k", "v", "j", "j")
        assert numbers(app) == [0, 2, 3]
        await pilot.press("shift+up", "shift+up")
        assert numbers(app) == [0, 2, 3, 4, 5]
        await pilot.press("shift+down")
        assert numbers(app) == [0, 2, 3, 4, 5]


async def test_a_range_beyond_the_rows_held_asks_for_their_ids() -> None:
    async with BoardApp((4_000, 0, 0, 0, 0, 0)).run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        await pilot.press("j", "v", "G")
        (wanted,) = [each for each in app.seen if isinstance(each, Board.RangeWanted)]
        assert Said([wanted]) == [Board.RangeWanted(1, 1, 3_999)]
        app.board.put_range(1, 1, range(1_001, 5_000))
        assert len(app.board.selected) == 3_999
        await pilot.press("escape")
        app.board.put_range(1, 1, range(1_001, 5_000))
        assert not app.board.selected


async def test_control_and_a_click_select() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        for number in (1, 3):
            await pilot.click(offset=app.find(f"Lead deal {number}"), control=True)
        assert numbers(app) == [1, 3]
        assert app.requests() == []


async def test_headers_say_which_deals_they_count() -> None:
    async with BoardApp().run_test(size=(160, 40)) as pilot:
        app = await settled(pilot)
        app.board.set_scope(Scope.FILTERED)
        await settled(pilot)
        assert "40 filtered" in "\n".join(app.text())
        whole = {1: StageTotals(1, 50_000, (Subtotal("EUR", 9_900, 0),))}
        app.board.set_scope(Scope.WHOLE, whole)
        await settled(pilot)
        assert "50,000 in all" in "\n".join(app.text())
        assert "€99" in "\n".join(app.text())
        await pilot.press("G")
        assert app.board.cursor == Cursor(1, 39, 1039)
