"""What only Textual knows of how the board looks, as it was the last time: styles, hints, keys.

With it a frame is painted before Textual is loaded. Pure: no Textual here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from dealboard.widgets.filter_line import Keys
from dealboard.widgets.hint_line import Hint
from dealboard.widgets.lines import Styled, width_of


class Patch(NamedTuple):
    """A text on the screen: the widget's prefix, and the names of its style there."""

    text: str
    prefix: str
    names: tuple[str, ...]

    @property
    def style(self) -> str:
        """The name under which a skin has the style."""
        return style_name(self.prefix, self.names)


def one_line(prefix: str, spans: Sequence[Styled], width: int) -> list[Patch]:
    """Return the patches of a widget of one line, with what is blank behind the last span."""
    rest = width - width_of([(text, "") for text, _ in spans])
    return [Patch(text, prefix, names) for text, names in [*spans, (" " * rest, ())] if text]


class Skin(NamedTuple):
    """How the board looked `under` some theme and environment.

    `styles` are the parameters of SGR, such as "1;38;5;15", by the names of `style_name`.
    """

    under: Mapping[str, str]
    styles: Mapping[str, str]
    hints: tuple[Hint, ...] = ()
    keys: Keys = Keys()

    @classmethod
    def from_kept(cls, value: object) -> Self | None:
        """Return the skin that was kept; None for what cannot be read as one."""
        if not isinstance(value, Mapping):
            return None
        try:
            return cls(
                dict(value["under"]),
                dict(value["styles"]),
                tuple(Hint(*each) for each in value["hints"]),
                Keys(*value["keys"]),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def kept(self) -> dict[str, Any]:
        """Return the skin as it is kept."""
        return self._asdict()

    def paint(self, lines: Sequence[Iterable[Patch]]) -> str | None:
        """Return what draws these lines from the top of a terminal; None where a style is missing.

        The patches of a line are as wide as the terminal.
        """
        written = []
        for y, line in enumerate(lines, 1):
            written.append(f"\x1b[{y};1H")
            last = None
            for patch in line:
                style = self.styles.get(patch.style)
                if style is None:
                    return None
                if style != last:
                    written.append(f"\x1b[0;{style}m" if style else "\x1b[0m")
                written.append(patch.text)
                last = style
            written.append("\x1b[0m")
        return "".join(written)


def style_name(prefix: str, names: Iterable[str]) -> str:
    """Return what a style is called in a skin."""
    return " ".join((prefix, *names))
