"""The styles of drawn spans, looked up once: here from the component classes of a widget."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from itertools import product

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget


def origin_of(widget: Widget) -> object:
    """Return what the styles within a widget come from: they are others only where this is.

    Textual tells of new styles with every focus, and looking all of them up takes milliseconds.
    """
    return widget.app.theme, widget.visual_style, widget.background_colors


class Styles(ABC):
    """Styles by names laid over one another, looked up when they are first asked for."""

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._known: dict[tuple[str, ...], Style] = {}
        self._origin: object = None
        self._doubtful = True
        self._version = 0

    def doubt(self) -> None:
        """Look at the styles again before the next drawing: the theme may have changed."""
        self._doubtful = True

    @property
    def version(self) -> int:
        """A number that changes with any of the styles; what was drawn under another is stale."""
        if self._doubtful:
            self._doubtful = False
            before, self._origin = self._origin, origin_of(self._owner)
            if self._origin != before:
                self._known = {names: self._look_up(names) for names in self._known}
                self._version += 1
        return self._version

    def __call__(self, *names: str) -> Style:
        """Return the style of some names, the ground first."""
        if names not in self._known:
            self._known[names] = self._look_up(names)
        return self._known[names]

    @abstractmethod
    def _look_up(self, names: tuple[str, ...]) -> Style:
        """Return a style as it is drawn."""

    def _drawn(self, style: Style) -> Style:
        """Return a style as the app's line filters (NO_COLOR, ANSI colours) leave it.

        They change styles only, so they are applied here once and not to every line.
        """
        segments = [Segment(" ", style)]
        for line_filter in self._owner.get_line_filters():
            segments = line_filter.apply(segments, self._owner.background_colors[1])
        return segments[0].style or Style.null()


class SpanStyles(Styles):
    """Styles by the names of component classes, without their prefix.

    All lanes of a board share those of the board, because every component class of every widget is
    styled anew whenever the focus moves.
    """

    def __init__(self, owner: Widget, prefix: str, grounds: Collection[str] = ()) -> None:
        super().__init__(owner)
        self._prefix = prefix
        self._grounds = grounds

    @property
    def known(self) -> Collection[tuple[str, ...]]:
        """The names that were asked for."""
        return self._known.keys()

    @property
    def all_names(self) -> Iterator[tuple[str, ...]]:
        """Every name alone and every name on every ground."""
        prefix = f"{self._prefix}--"
        names = [each.removeprefix(prefix) for each in self._owner.COMPONENT_CLASSES]
        yield ()
        yield from ((name,) for name in names)
        yield from product(self._grounds, names)

    def sgr(self, *names: str) -> str:
        """Return a style as the parameters of SGR in this terminal: "1;38;5;15"."""
        style = self._known.get(names) or self._look_up(names)  # most are never drawn
        system = self._owner.app.console._color_system  # noqa: SLF001 -- as Strip.render asks it
        return Strip.render_ansi(style, system or ColorSystem.TRUECOLOR) if style else ""

    def _look_up(self, names: tuple[str, ...]) -> Style:
        """Return a style; all of a dragged card, or of a cursor without colours, is one style."""
        owner = self._owner
        ground = names[:1]
        flat = ground == ("dragged",) or (ground == ("cursor",) and owner.app.no_color)
        classes = [f"{self._prefix}--{name}" for name in (ground if flat else names)]
        style = owner.get_visual_style(*classes).rich_style
        if any(owner.get_component_styles(each).text_style.reverse for each in classes):
            style += Style(reverse=True)
        return self._drawn(style)
