"""Keeps the coloured text of a theme readable on the grounds that it stands on.

Themes choose these colours for their looks; in light ones a key in the bottom line, or a date that
is due, is hardly to be read then.
"""

from collections.abc import Mapping

from textual.color import Color

LEAST = 4.5
"""The contrast ratio that text needs (WCAG 2.2, 1.4.3)."""

TEXTS = ("text-accent", "text-primary", "text-success", "text-warning", "text-error")
GROUNDS = ("background", "surface", "panel")

STEP = 0.05


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """Return a theme's variables with its text colours as far towards black or white as they need.

    The terminal's own colours stay: nobody knows what they are.
    """
    grounds = [Color.parse(variables[name]) for name in GROUNDS]
    if any(ground.ansi is not None or ground.a < 1 for ground in grounds):
        return dict(variables)
    texts = {name: _readable(Color.parse(variables[name]), grounds) for name in TEXTS}
    return {**variables, **{name: text.hex for name, text in texts.items()}}


def ratio(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _readable(text: Color, grounds: list[Color]) -> Color:
    if text.ansi is not None:
        return text
    end = grounds[0].get_contrast_text(1)
    far = 0.0
    shade = text
    while far < 1 and any(ratio(shade, ground) < LEAST for ground in grounds):
        far += STEP
        shade = text.blend(end, far)
    return shade


def _luminance(color: Color) -> float:
    shares = ((0.2126, color.r), (0.7152, color.g), (0.0722, color.b))
    return sum(share * _linear(part / 255) for share, part in shares)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
