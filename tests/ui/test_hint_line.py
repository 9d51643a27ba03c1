"""The bottom line, as plain text."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.widgets.hint_line import Hint, hint_line

HINTS = (Hint("w", "Won", "win"), Hint("?", "Help", "help"))


def line(message: str, width: int) -> str:
    return "".join(text for text, _ in hint_line(HINTS, message, width))


def test_what_can_be_done_stays_where_a_message_is_cut() -> None:
    said = line("A deal with a long title → Won · u undoes", 40)
    assert said == " A deal with a long title →… · u undoes  "


@given(st.text(max_size=80), st.text(max_size=20), st.integers(12, 90))
def test_it_keeps_to_its_width(what: str, more: str, width: int) -> None:
    assert cell_len(line(f"{what} · {more}", width)) <= width + 1
