"""The figures of the deals that a view shows (guide, Pipeline statistics), and of all of them."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from dealboard.domain.filters import DealFilter
from dealboard.screens.newest import Newest
from dealboard.screens.saving import dealboard
from dealboard.store.reads.statistics import statistics
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.figures import FiguresList

if TYPE_CHECKING:
    from dealboard.app import Changed
    from dealboard.domain.statistics import Figures

FRAME = 4
"""Lines and columns that the frame and the edge of the screen take."""


class StatisticsScreen(ModalScreen[None]):
    """Stage by stage what deals amount to; `whole` is what they are without the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "whole", "With or without the filter", id="view.whole"),
        Binding("q,escape,I", "leave", "Close", id="figures.close"),
        Binding("question_mark,f1", "app.help", "Help", id="figures.help"),
    ]

    AUTO_FOCUS = "FiguresList"

    DEFAULT_CSS = """
    StatisticsScreen {
        align: center middle;
        & > Dialog { width: 112; overflow: hidden; }
    }
    """

    def __init__(self, criteria: DealFilter, whole: DealFilter) -> None:
        super().__init__()
        self._criteria, self._whole = criteria, whole
        self._shows_whole = False
        self._figures: Figures | None = None
        self._reading = Newest(self)

    @property
    def filtered(self) -> bool:
        """Whether a filter leaves some deals out of what is shown (decision 45)."""
        return self._criteria != self._whole and not self._shows_whole

    def compose(self) -> ComposeResult:
        """Yield the frame and the list."""
        with Dialog(title="Figures"):
            yield FiguresList(dealboard(self).config.locale)

    def on_mount(self) -> None:
        """Read the figures."""
        self._reading.want(self._read)

    async def _read(self) -> None:
        app = dealboard(self)
        criteria = self._whole if self._shows_whole else self._criteria
        reading = app.read(statistics, criteria, today=app.workspace.today)
        found = await app.report(reading)
        if found is not None and not self._reading.overtaken and self.is_mounted:
            self._figures = found
            self._show()

    def _show(self) -> None:
        if self._figures is None:
            return
        self.query_one(FiguresList).show(self._figures)
        self._fit()
        dialog = self.query_one(Dialog)
        if self._criteria == self._whole:
            dialog.title("Figures")
            dialog.hint("esc closes")
        else:
            dialog.title(f"Figures · {'filtered' if self.filtered else 'all deals'}")
            dialog.hint(f"i {'without' if self.filtered else 'with'} the filter · esc closes")

    def _fit(self) -> None:
        """Be as high as the list, or as the screen."""
        figures, room = self.query_one(FiguresList), self.app.size
        width = min(112, room.width) - FRAME
        figures.styles.height = max(1, min(figures.lines_in(width), room.height - FRAME))

    def on_resize(self) -> None:
        """Fit the screen."""
        self._fit()

    def on_changed(self, _event: "Changed") -> None:
        """Count again."""
        self._reading.want(self._read)

    def action_whole(self) -> None:
        """Count all deals, or again those that match."""
        if self._criteria != self._whole:
            self._shows_whole = not self._shows_whole
            self._reading.want(self._read)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
