"""Finished lines: fewer segments, and every cell looks as it did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from dealboard.widgets.strips import strip

STYLES = [
    Style.parse(each)
    for each in (
        "white on black",
        "bold red on black",
        "dim white on blue",
        "underline white on black",
        "reverse white on black",
    )
]


def cells(segments: list[Segment]) -> list[tuple[str, object]]:
    """Return what is seen of each cell: of a space its ground, unless there is more to it."""
    return [
        (each, style.bgcolor if each == " " and not (style.underline or style.reverse) else style)
        for text, style, _ in segments
        for each in text
        if style is not None
    ]


@given(st.lists(st.builds(Segment, st.text(" ab", max_size=3), st.sampled_from(STYLES))))
def test_every_cell_looks_as_it_did(segments: list[Segment]) -> None:
    drawn = strip(segments)
    assert cells(list(drawn)) == cells(segments)
    assert drawn.cell_length == sum(len(each.text) for each in segments)


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        ([(" ", 0), ("Acme", 1), ("   ", 0), ("€5", 0)], 2),
        ([("Acme", 0), (" ", 2), ("€5", 0)], 3),
        ([("Acme", 3), (" ", 0)], 2),
    ],
)
def test_spaces_go_with_their_neighbours(texts: list[tuple[str, int]], number: int) -> None:
    assert len(list(strip([Segment(text, STYLES[at]) for text, at in texts]))) == number
