"""The strip of tabs above the board: all stages of the pipeline while only some fit beside it."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len

from dealboard.domain.views import Stage
from dealboard.widgets.deal_card import tab_line
from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.lines import Styled


class StageTabs(DrawnLine):
    """One line that names the stages; the board decides what a click on one does."""

    PREFIX = "stage-tabs"

    DEFAULT_CSS = """
    StageTabs {
        height: 1;
        dock: top;
        display: none;
        background: $background;
        & > .stage-tabs--tab { color: $text-muted; }
        & > .stage-tabs--tab-shown { color: $text; background: $surface; }
        & > .stage-tabs--tab-current {
            color: $text-accent; background: $surface; text-style: bold underline;
        }
        & > .stage-tabs--tab-target {
            color: $text; background: $success; text-style: bold;
        }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stage-tabs--tab",
        "stage-tabs--tab-shown",
        "stage-tabs--tab-current",
        "stage-tabs--tab-target",
    }

    def __init__(self) -> None:
        super().__init__()
        self._stages: Sequence[Stage] = ()
        self._current = 0
        self._shown = range(0)
        self._target: int | None = None

    def show(
        self, stages: Sequence[Stage], current: int, shown: range, target: int | None = None
    ) -> None:
        """Show these stages: where the cursor is, which are on the screen, what a drag is over."""
        seen = (stages, current, shown, target)
        if seen != (self._stages, self._current, self._shown, self._target):
            self._stages, self._current, self._shown, self._target = seen
            self.refresh()

    def stage_at(self, x: int) -> int | None:
        """Return the index of the stage whose tab covers a column of this widget."""
        end = 0
        for (label, _), index in self._tabs():
            end += cell_len(label)
            if x < end:
                return index
        return None

    def spans(self) -> Iterator[Styled]:
        """Yield the tabs."""
        for (label, style), index in self._tabs():
            yield label, ("tab-target" if index == self._target else style,)

    def _tabs(self) -> tuple[tuple[tuple[str, str], int], ...]:
        return tab_line(self._stages, self._current, self._shown, self.size.width)
