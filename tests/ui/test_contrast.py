"""Coloured text can be read in every theme."""

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from dealboard.widgets.contrast import GROUNDS, LEAST, TEXTS, ratio, readable


def variables(name: str) -> dict[str, str]:
    theme = BUILTIN_THEMES[name]
    return {**theme.to_color_system().generate(), **theme.variables}


def test_the_ratio_is_that_of_wcag() -> None:
    black, grey, white = (Color.parse(each) for each in ("#000000", "#777777", "#ffffff"))
    assert ratio(black, white) == pytest.approx(21)
    assert ratio(white, grey) == ratio(grey, white) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", [each for each in BUILTIN_THEMES if "ansi" not in each])
def test_text_of_every_theme_stands_out_from_every_ground(name: str) -> None:
    shown = readable(variables(name))
    for text in TEXTS:
        for ground in GROUNDS:
            assert ratio(Color.parse(shown[text]), Color.parse(shown[ground])) >= LEAST


@pytest.mark.parametrize("name", ["textual-dark", "ansi-dark", "ansi-light"])
def test_what_can_be_read_and_the_terminals_own_colours_stay(name: str) -> None:
    assert readable(variables(name)) == variables(name)
