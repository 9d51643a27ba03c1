"""Cursor and selection of a table: what stays true whatever keys are pressed and rows come."""

from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dealboard.widgets.grid_lines import Cell, Column
from dealboard.widgets.grid_rows import Rows
from dealboard.widgets.grid_selection import Selection
from dealboard.widgets.grid_state import GridState

COLUMNS = (Column("title", "Title", 10), Column("stage", "Stage", 10))


def table(ids: Sequence[int], capacity: int = 5) -> GridState:
    state = GridState()
    state.resize(40, capacity)
    state.show(COLUMNS, ids, None)
    return state


# ── cursor and view ───────────────────────────────────────────────────────────────────────────


def test_the_cursor_follows_its_row_into_another_order_on_the_same_line() -> None:
    state = table(range(100))
    state.go(50)
    line = state.row - state.first
    state.show(COLUMNS, array("q", range(99, -1, -1)), None)
    assert (state.row_id, state.row, state.row - state.first) == (50, 49, line)


def test_the_cursor_keeps_its_place_where_its_row_is_gone() -> None:
    state = table(range(100))
    state.go(50)
    state.show(COLUMNS, [each for each in range(100) if each != 50], None)
    assert (state.row, state.row_id) == (50, 51)
    state.show(COLUMNS, [1, 2], None)
    assert (state.row, state.row_id, state.first) == (1, 2, 0)
    state.show(COLUMNS, [], None)
    assert (state.row, state.row_id) == (0, None)
    state.show(COLUMNS, [7], None)
    assert state.row_id == 7


def test_the_cursor_goes_where_it_is_told_in_the_new_order() -> None:
    state = table(range(100))
    state.go(50)
    state.show(COLUMNS, range(100), 3)
    assert state.row_id == 3
    assert state.in_view


def test_what_is_out_of_sight_stays_so_when_rows_come() -> None:
    state = table(range(100))
    state.view(60)
    state.show(COLUMNS, range(100), None)
    assert (state.row, state.first) == (0, 60)


def test_pages_scroll_and_take_the_cursor_along() -> None:
    state = table(range(100), capacity=10)
    state.go(4)
    state.page(1)
    assert (state.first, state.row) == (10, 14)
    state.page(-0.5)
    assert (state.first, state.row) == (5, 9)
    state.page(-9)
    assert (state.first, state.row) == (0, 0)


def test_the_thumb_is_at_the_ends_when_the_view_is() -> None:
    state = table(range(100_000), capacity=20)
    assert state.thumb() == range(1)
    state.go(99_999)
    assert state.thumb() == range(19, 20)
    state.view_at(0)
    assert state.first == 0
    state.view_at(19)
    assert state.first == 99_980
    assert not table(range(5)).thumb()


# ── selection ─────────────────────────────────────────────────────────────────────────────────


def test_space_selects_and_goes_on() -> None:
    state = table(range(10))
    state.toggle()
    state.toggle()
    assert state.selection.ids() == {0, 1}
    state.go(1)
    state.toggle()
    assert state.selection.ids() == {0}
    assert state.row == 2


def test_a_range_follows_the_cursor_until_it_is_settled_or_dropped() -> None:
    state = table(range(20))
    state.hold_range()
    state.walk(3)
    assert state.selection.ids() == {0, 1, 2, 3}
    state.walk(1)
    assert state.selection.ids() == {0, 1}
    state.hold_range()
    state.walk(5)
    assert state.selection.ids() == {0, 1}
    state.hold_range()
    state.walk(7)
    state.let_go()
    assert state.selection.ids() == {0, 1}
    state.let_go()
    assert not state.selection.ids()


def test_a_step_without_shift_ends_what_shift_began_and_keeps_it() -> None:
    state = table(range(20))
    state.extend(2)
    state.walk(10)
    state.extend(9)
    assert state.selection.ids() == {0, 1, 2, 9, 10}


def test_what_leaves_the_table_is_no_longer_selected() -> None:
    state = table(range(10))
    state.selection.replace([1, 5])
    state.show(COLUMNS, range(3), None)
    assert state.selection.ids() == {1}
    state.selection.add_all()
    state.show(COLUMNS, range(2, 9), None)
    assert state.selection.ids() == {2}


def test_the_beginning_of_an_order_takes_nothing_from_the_selection() -> None:
    state = table(range(10))
    state.selection.add_all()
    state.toggle()
    state.show(COLUMNS, [9, 8, 0], whole=False)
    assert state.selection.ids() == set(range(1, 10))
    assert [row in state.selection for row in range(3)] == [True, True, False]
    state.show(COLUMNS, range(5, 20))
    assert state.selection.ids() == set(range(5, 10))


def test_all_of_the_beginning_of_an_order_is_all_of_it() -> None:
    state = GridState()
    state.show(COLUMNS, range(3), whole=False)
    state.selection.add_all()
    state.show(COLUMNS, range(10))
    assert state.selection.ids() == set(range(10))


def test_a_range_goes_on_in_another_order_or_is_settled() -> None:
    state = table([0, 1, 2, 3, 4])
    state.go(1)
    state.hold_range()
    state.go(3)
    state.show(COLUMNS, [4, 3, 2, 9, 1, 0], None)
    assert state.selection.ids() == {3, 2, 9, 1}
    state.show(COLUMNS, [4, 3, 2, 0], None)
    assert state.selection.ids() == {3, 2}
    assert not state.selection.ranging


class Selecting(RuleBasedStateMachine):
    """The selection beside a plain set of ids."""

    rows = st.integers(0, 11)

    @initialize()
    def begin(self) -> None:
        self.order = list(range(100, 112))
        self.selection = Selection()
        self.selection.reorder(self.order)
        self.chosen: set[int] = set()
        self.range: tuple[int, int] | None = None

    def ranged(self) -> set[int]:
        if self.range is None:
            return set()
        first, last = sorted(self.range)
        return set(self.order[first : last + 1])

    @rule(row=rows)
    def toggle(self, row: int) -> None:
        self.selection.toggle(row)
        self.chosen ^= {self.order[row]}

    @rule(rows=st.sets(rows))
    def add(self, rows: set[int]) -> None:
        ids = {self.order[row] for row in rows}
        self.selection.add(ids)
        self.chosen |= ids

    @rule()
    def add_all(self) -> None:
        self.selection.add_all()
        self.chosen, self.range = set(self.order), None

    @rule()
    def clear(self) -> None:
        self.selection.clear()
        self.chosen, self.range = set(), None

    @rule(row=rows)
    def start(self, row: int) -> None:
        self.selection.start(row)
        self.range = (row, row)

    @rule(row=rows)
    def reach(self, row: int) -> None:
        self.selection.reach(row)
        self.range = self.range and (self.range[0], row)

    @rule()
    def settle(self) -> None:
        self.selection.settle()
        self.chosen |= self.ranged()
        self.range = None

    @rule()
    def drop(self) -> None:
        self.selection.drop()
        self.range = None

    @rule(order=st.permutations(range(100, 112)))
    def reorder(self, order: list[int]) -> None:
        ends = self.range and [self.order[row] for row in self.range]
        self.selection.reorder(order)
        self.order = order
        self.range = (order.index(ends[0]), order.index(ends[1])) if ends else None

    @invariant()
    def the_same_is_selected(self) -> None:
        if not hasattr(self, "order"):
            return
        expected = self.chosen | self.ranged()
        assert self.selection.ids() == expected
        assert len(self.selection) == len(expected)
        assert {self.order[row] for row in range(12) if row in self.selection} == expected


Selecting.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
TestSelecting = Selecting.TestCase


steps = st.lists(
    st.one_of(
        st.tuples(st.just("walk"), st.integers(-3, 40)),
        st.tuples(st.just("page"), st.sampled_from([-1, -0.5, 0.5, 1])),
        st.tuples(st.just("extend"), st.integers(-3, 40)),
        st.tuples(st.just("toggle"), st.none()),
        st.tuples(st.just("hold_range"), st.none()),
        st.tuples(st.just("let_go"), st.none()),
        st.tuples(st.just("view"), st.integers(-5, 50)),
        st.tuples(st.just("resize"), st.integers(1, 30)),
        st.tuples(st.just("show"), st.lists(st.integers(0, 30), unique=True)),
    ),
    max_size=20,
)


@given(steps=steps)
def test_the_cursor_is_on_a_row_and_the_view_inside_the_table(steps: list[tuple[str, int]]) -> None:
    state = table(range(30))
    for name, value in steps:
        before = state.row_id
        match name:
            case "show":
                ids: Sequence[int] = value  # type: ignore[assignment]
                state.show(COLUMNS, ids, None)
                assert before not in ids or state.row_id == before
            case "resize":
                state.resize(40, value)
            case _ if value is None:
                getattr(state, name)()
            case _:
                getattr(state, name)(value)
        rows = len(state.rows)
        assert state.row_id == (state.rows.ids[state.row] if rows else None)
        assert 0 <= state.first <= max(0, rows - state.capacity)
        assert name not in {"walk", "page", "extend"} or not rows or state.in_view
        assert state.selection.ids() <= set(state.rows.ids)


# ── the rows that are held ────────────────────────────────────────────────────────────────────


def lacking(rows: Rows, near: range, wanted: range) -> list[int]:
    return list(rows.lacking(near, wanted))


def cells(*ids: int) -> dict[int, list[Cell]]:
    return {row_id: [Cell(str(row_id))] for row_id in ids}


@pytest.fixture
def rows() -> Rows:
    made = Rows()
    made.ids = range(100)
    return made


def test_what_is_asked_for_is_not_asked_again_until_it_is_stale(rows: Rows) -> None:
    assert lacking(rows, range(3), range(6)) == [0, 1, 2, 3, 4, 5]
    assert lacking(rows, range(3), range(6)) == []
    rows.put(cells(0, 1, 2, 3), rows.generation)
    assert lacking(rows, range(2, 5), range(8)) == []
    assert lacking(rows, range(5, 8), range(4, 10)) == [4, 5, 6, 7, 8, 9]
    rows.invalidate()
    assert rows.at(0) == (Cell("0"),)
    assert lacking(rows, range(3), range(6)) == [0, 1, 2, 3, 4, 5]


def test_an_answer_to_an_earlier_question_is_better_than_none_but_no_news(rows: Rows) -> None:
    old = rows.generation
    rows.put(cells(1), old)
    rows.invalidate()
    rows.put({1: [Cell("old")], 2: [Cell("old")]}, old)
    assert (rows.at(1), rows.at(2)) == ((Cell("1"),), (Cell("old"),))
    assert lacking(rows, range(1, 3), range(4)) == [0, 1, 2, 3]
    rows.put({1: [Cell("new")]})
    assert rows.at(1) == (Cell("new"),)


def test_rows_far_from_the_view_are_let_go_of(rows: Rows) -> None:
    rows.put(cells(*range(100)), None)
    rows.forget(range(40, 60))
    assert rows.at(50) is not None
    assert rows.at(0) is None
    assert lacking(rows, range(3), range(3)) == [0, 1, 2]


def test_rows_in_other_columns_show_what_is_known_until_they_come(rows: Rows) -> None:
    rows.put({1: [Cell("title"), Cell("stage")]}, None)
    rows.rearrange([1, None, 0])
    assert rows.at(1) == (Cell("stage"), Cell(""), Cell("title"))
    assert lacking(rows, range(1, 2), range(1, 2)) == [1]
