"""A table's header and rows as plain text: straight at any width, whatever is written in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.domain.text import safe
from dealboard.widgets.grid_columns import Columns
from dealboard.widgets.grid_lines import (
    GAP,
    MARGIN,
    Cell,
    Column,
    Flags,
    Layout,
    empty_lines,
    header_line,
    lay_out,
    row_line,
    shown,
    title_widths,
    widened,
)
from dealboard.widgets.lines import cut, plain

TITLE = Column("title", "Title", 30, 10, flex=True, sort=True)
STAGE = Column("stage", "Stage", 12, 6)
AMOUNT = Column("amount", "Amount", 14, 9, align="right", sort=True)
OWNER = Column("owner", "Owner", 12, 6)
COLUMNS = (TITLE, STAGE, AMOUNT, OWNER)
ROW = shown([Cell("Acme renewal"), Cell("Proposal"), Cell("€1,200.00"), Cell("Ada Lovelace")])


def laid_out(width: int, left: int = 0, columns: tuple[Column, ...] = COLUMNS) -> Layout:
    return lay_out(columns, widened(title_widths(columns), [ROW]), width, left)


def text(width: int, left: int = 0, flags: Flags = Flags()) -> str:  # noqa: B008
    return plain(row_line(ROW, COLUMNS, laid_out(width, left), flags))


def head(width: int, left: int = 0, **more: str) -> str:
    return plain(header_line(COLUMNS, laid_out(width, left), ("amount", True), 0, **more))


def test_columns_are_as_wide_as_their_content_and_flexible_ones_take_the_rest() -> None:
    assert head(70) == "   Title                             Stage      Amount ▼  Owner       "
    assert text(70) == "   Acme renewal                      Proposal  €1,200.00  Ada Lovelace"


def test_flexible_columns_shrink_first_then_the_others() -> None:
    assert text(50) == "   Acme renewal  Proposal  €1,200.00  Ada Lovelace"
    assert text(48) == "   Acme rene…  Proposal  €1,200.00  Ada Lovelace"
    assert text(44) == "   Acme rene…  Propos…  €1,200.00  Ada Love…"


def test_where_that_is_too_much_the_columns_scroll_beside_the_first() -> None:
    assert text(36) == "   Acme renewal  Proposal  €1,200.00"
    assert text(36, 1) == "   Acme renewal            €1,200.00"
    assert text(36, 9) == text(36, 2) == "   Acme renewal         Ada Lovelace"
    assert [laid_out(36, left).more for left in (0, 1, 2)] == [True, True, False]
    assert head(36, 1) == "   Title                  ‹ Amount ▼"


def test_the_cursor_and_the_selection_are_marks_not_only_colours() -> None:
    assert text(50, 0, Flags(cursor=True, here=0)).startswith("▌  Acme")
    assert text(50, 0, Flags(cursor=True, selected=True, here=0)).startswith("▌✓ Acme")
    assert text(50, 0, Flags(selected=True)).startswith(" ✓ Acme")
    assert head(50, mark="v").startswith(" v Title")


def test_a_row_that_has_yet_to_come_is_blank_but_for_its_marks() -> None:
    line = row_line(None, COLUMNS, laid_out(50), Flags(cursor=True, here=0))
    assert plain(line) == "▌".ljust(50)


def test_the_cell_under_the_cursor_stands_out() -> None:
    line = row_line(ROW, COLUMNS, laid_out(70), Flags(cursor=True, here=1))
    assert [span for span, style in line if "here" in style] == ["Proposal"]


def test_what_is_said_of_no_rows_is_in_the_middle() -> None:
    lines = [plain(line) for line in empty_lines("No deals.\nPress n.", 21, 8)]
    assert lines == [" " * 21, " " * 21, "      No deals.      ", "      Press n.       "]
    assert len(empty_lines("a\nb\nc", 5, 2)) == 2
    assert empty_lines("", 5, 2) == ()


def test_titles_are_whole_where_there_is_room() -> None:
    narrow = (TITLE, Column("close", "Close date", 6, 6, sort=True))
    layout = lay_out(narrow, title_widths(narrow), 60, 0)
    assert "Close date ▼" in plain(header_line(narrow, layout, ("close", True), 0))


def test_the_column_at_a_cell() -> None:
    layout = laid_out(70)
    assert [layout.at(x) for x in (0, MARGIN, 37, 36, 69)] == [None, 0, 1, 0, 3]


@pytest.mark.parametrize("width", [20, 36, 48, 80])
def test_every_column_can_be_brought_into_sight(width: int) -> None:
    columns = Columns()
    columns.assign(COLUMNS)
    columns.widen([ROW])
    columns.fit(width)
    for number in (3, 0, 2, 1, 3):
        columns.point(number)
        assert number in [place.column for place in columns.layout.places]
        assert columns.here == number


def test_columns_in_another_order_keep_the_cursor_in_its_own() -> None:
    columns = Columns()
    columns.assign(COLUMNS)
    columns.point(2)
    numbers = columns.assign((OWNER, AMOUNT, Column("new", "New", 5)))
    assert numbers == [3, 2, None]
    assert columns.key == "amount"
    columns.assign((OWNER,))
    assert columns.key == "owner"


def test_columns_do_not_become_narrower_while_scrolling() -> None:
    columns = Columns()
    columns.assign(COLUMNS)
    columns.fit(80)
    columns.widen([ROW])
    layout = columns.layout
    columns.widen([shown([Cell("a")] * 4)])
    assert columns.layout == layout


texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["東京電力", "مشروع", "👩‍👩‍👧 🚀", "e\u0301\u0301", "\x1b[31m", "[b]x[/b]", "a\u200d"]
    ),
    st.just("W" * 300),
)
columns_ = st.lists(
    st.builds(
        Column,
        key=st.uuids().map(str),
        title=texts,
        width=st.integers(0, 30),
        min_width=st.integers(0, 12),
        align=st.sampled_from(["left", "right"]),
        sort=st.booleans(),
        flex=st.booleans(),
        shorten=st.just(cut),
    ),
    max_size=6,
)


@given(columns=columns_, data=st.data(), width=st.integers(0, 90), left=st.integers(0, 8))
def test_lines_are_exactly_as_wide_as_asked_whatever_is_written(
    columns: list[Column], data: st.DataObject, width: int, left: int
) -> None:
    cells = shown(data.draw(st.tuples(*[st.builds(Cell, texts) for _ in columns])))
    layout = lay_out(columns, widened(title_widths(columns), [cells]), width, left)
    flags = data.draw(st.builds(Flags, st.booleans(), st.booleans(), st.integers(0, 5)))
    sort = (columns[0].key, True) if columns else None
    for line in (
        header_line(columns, layout, sort, 0),
        row_line(cells, columns, layout, flags),
        row_line(None, columns, layout, flags),
        *empty_lines(data.draw(texts), width, 5),
    ):
        assert cell_len(plain(line)) == width
        assert safe(plain(line)) == plain(line)


@given(columns=columns_, width=st.integers(0, 90), left=st.integers(0, 8))
def test_columns_stand_side_by_side_in_the_width(
    columns: list[Column], width: int, left: int
) -> None:
    layout = lay_out(columns, title_widths(columns), width, left)
    end = MARGIN - GAP
    for place in layout.places:
        assert place.x == end + GAP
        end = place.x + place.width
        assert end <= width
