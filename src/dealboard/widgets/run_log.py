"""The log of automations, and what is on its way, as lists of drawn lines."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType

from dealboard.domain.automations import Run
from dealboard.domain.outbox import Delivery
from dealboard.widgets.blocks import Block
from dealboard.widgets.line_list import LineList
from dealboard.widgets.run_lines import delivery_blocks, run_blocks


class RunLog(LineList):
    """What came of rules. Enter, or a double click, opens the deal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open the deal", id="run.open"),
    ]

    def __init__(self, today: date, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._today = today
        self._runs: tuple[Run, ...] = ()
        self._filtered = False

    def show(self, runs: Sequence[Run], *, filtered: bool) -> None:
        """Show these."""
        self._runs, self._filtered = tuple(runs), filtered
        self.redraw()

    @property
    def deal_id(self) -> int | None:
        """The deal of the entry at the cursor."""
        return next((run.deal_id for run in self._runs if ("run", run.id) == self.cursor), None)

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the log, day by day."""
        return run_blocks(self._runs, width, self._today, filtered=self._filtered)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Open a deal only where there is an entry."""
        return action != "open" or self.cursor is not None

    def action_open(self) -> None:
        """Open the deal of the entry."""
        self._tell(self.Opened(self, self.cursor))


class Deliveries(LineList):
    """Webhooks and delayed actions. Enter, or a double click, opens the deal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open the deal", id="delivery.open"),
    ]

    def __init__(self, today: date, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._today = today
        self._some: tuple[Delivery, ...] = ()

    def show(self, some: Sequence[Delivery]) -> None:
        """Show these."""
        self._some = tuple(some)
        self.redraw()
        self.refresh_bindings()

    @property
    def delivery(self) -> Delivery | None:
        """The one at the cursor."""
        return next((each for each in self._some if ("row", each.id) == self.cursor), None)

    @property
    def deal_id(self) -> int | None:
        """The deal of the entry at the cursor."""
        return self.delivery.deal_id if self.delivery else None

    def blocks(self, width: int) -> Sequence[Block]:
        """Return them, day by day."""
        return delivery_blocks(self._some, width, self._today)

    def put_cursor(self, key: object) -> None:
        """Move the cursor; what can be done is another thing there."""
        super().put_cursor(key)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Open a deal only where there is an entry."""
        return action != "open" or self.cursor is not None

    def action_open(self) -> None:
        """Open the deal of the entry."""
        self._tell(self.Opened(self, self.cursor))
