"""The filter's line: what it shows at a width, and what a click on each stretch of it does."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.domain.filter_words import Chip, Part
from dealboard.widgets.filter_line import CLEAR, EDIT, FIND, REMOVE, Keys, filter_line

CHIPS = (
    Chip(Part.NAME, "name", "acme"),
    Chip(Part.OWNER, "owner", "Ada Owner, Ben"),
    Chip(Part.CLOSE, "closing", "this month or overdue"),
    Chip(Part.STAGE, "stage", "Proposal, Won"),
)
COUNT = "12 of 340 · €1.2M"


def line(width: int, chips: tuple[Chip, ...] = CHIPS, **how: object) -> str:
    drawn = filter_line(chips, COUNT, width, filtered=bool(chips), **how)  # type: ignore[arg-type]
    return "".join(stretch.text for stretch in drawn)


def test_nothing_filtered_teaches_the_keys() -> None:
    text = line(80, ())
    assert text.startswith(" / find  f filter ")
    assert text.endswith(f" {COUNT} ")


def test_the_keys_are_those_in_force() -> None:
    keys = Keys("ctrl+f", "g", "X")
    assert line(80, (), keys=keys).startswith(" ctrl+f find  g filter ")
    assert "X clear" in line(80, CHIPS[:1], keys=keys)


def test_a_wide_line_shows_every_part() -> None:
    text = line(150)
    assert "name acme ×" in text
    assert "owner Ada Owner, Ben ×" in text
    assert "closing this month or overdue ×" in text
    assert "stage Proposal, Won ×" in text
    assert text.endswith(f"F clear  {COUNT} ")


def test_a_narrow_line_counts_what_it_has_no_room_for() -> None:
    text = line(80)
    assert "name acme ×" in text
    assert "owner Ada Owner, Ben ×" in text
    assert "closing this…" in text
    assert "+1" in text
    assert text.endswith(f" {COUNT} ")


def test_a_long_value_is_cut() -> None:
    text = line(60, (Chip(Part.OWNER, "owner", "Ada " * 30),))
    assert "owner Ada Ada" in text
    assert "… ×" in text
    assert text.endswith(f" {COUNT} ")


def test_while_a_name_is_typed_its_chip_gives_way() -> None:
    text = line(120, searching=30)
    assert text.startswith(f" / {' ' * 27}")
    assert "name acme" not in text
    assert "owner Ada Owner, Ben ×" in text


def test_each_stretch_knows_what_a_click_does() -> None:
    drawn = filter_line(CHIPS[:2], COUNT, 120, filtered=True)
    assert {(each.text, each.does, each.part) for each in drawn if each.does} == {
        (" name ", EDIT, Part.NAME),
        ("acme", EDIT, Part.NAME),
        (" owner ", EDIT, Part.OWNER),
        ("Ada Owner, Ben", EDIT, Part.OWNER),
        (" × ", REMOVE, Part.NAME),
        (" × ", REMOVE, Part.OWNER),
        ("F", CLEAR, None),
        (" clear ", CLEAR, None),
    }
    quiet = filter_line((), COUNT, 80, filtered=False)
    assert {each.does for each in quiet} == {"", FIND, EDIT}


chips = st.builds(Chip, st.sampled_from(Part), st.sampled_from(["", "owner"]), st.text(min_size=1))


@given(
    st.lists(chips, max_size=7),
    st.text(max_size=30),
    st.integers(30, 220),
    st.sampled_from([0, 15]),
    st.booleans(),
)
def test_the_line_is_as_wide_as_asked_and_harmless(
    some: list[Chip], count: str, width: int, searching: int, filtered: bool
) -> None:
    drawn = filter_line(some, count, width, filtered=filtered, searching=searching)
    assert sum(cell_len(each.text) for each in drawn) == width
    assert not any(char < " " or char == "\x7f" for each in drawn for char in each.text)
