"""Lists of rows, as plain text: columns fit their contents and the width they are given."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.widgets.lines import plain, width_of
from dealboard.widgets.row_lines import (
    Column,
    Entry,
    column_widths,
    entry_line,
    reordered,
    title_line,
)

COLUMNS = (
    Column("Name", elastic=True),
    Column("E-mail", optional=True),
    Column("Deals", right=True),
)


def entry(entry_id: int, *cells: str, movable: bool = False) -> Entry:
    return Entry(entry_id, tuple((cell, "row") for cell in cells), movable=movable)


ROWS = (entry(1, "Ada", "ada@example.org", "12"), entry(2, "Bob [b]", "", "none"))


def lines(width: int) -> list[str]:
    widths = column_widths(COLUMNS, ROWS, width)
    shown = [title_line(COLUMNS, widths), *(entry_line(each, COLUMNS, widths) for each in ROWS)]
    return [plain(line).rstrip() for line in shown]


def test_the_elastic_column_takes_what_is_left() -> None:
    assert lines(46) == [
        "  Name                E-mail           Deals",
        "  Ada                 ada@example.org     12",
        "  Bob [b]                               none",
    ]


def test_an_optional_column_goes_first() -> None:
    assert lines(25) == [
        "  Name            Deals",
        "  Ada                12",
        "  Bob [b]          none",
    ]


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=5), st.integers(0, 200))
def test_no_row_is_wider_than_it_may_be(cells: list[tuple[str, str, str]], width: int) -> None:
    rows = [entry(number, *each) for number, each in enumerate(cells)]
    widths = column_widths(COLUMNS, rows, width)
    for each in rows:
        line = entry_line(each, COLUMNS, widths)
        assert width_of(line) <= max(width, 40)
        assert cell_len(plain(line)) == width_of(line)


def test_only_movable_rows_change_places() -> None:
    rows = (*(entry(n, str(n), movable=True) for n in (1, 2, 3)), entry(9, "Won"))
    assert [each.id for each in reordered(rows, 1, 2)] == [2, 3, 1, 9]
    assert [each.id for each in reordered(rows, 3, 0)] == [3, 1, 2, 9]
