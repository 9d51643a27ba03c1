"""What the app tells its screens."""

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from dealboard.delivery.courier import Report
    from dealboard.store.transaction import Receipt


class Changed(Message, bubble=False):
    """Something was committed, by this app (`receipt`) or by another process (None)."""

    def __init__(self, receipt: "Receipt[Any] | None") -> None:
        super().__init__()
        self.receipt = receipt


class Delivered(Message, bubble=False):
    """The courier made a round, or died of an error that nobody foresaw."""

    def __init__(self, came: "Report | Exception") -> None:
        super().__init__()
        self.came = came


class Waiting(Message, bubble=False):
    """There are more or fewer events for Meta that did not go out than before."""


class Configured(Message):
    """The settings of config.toml are others now; they are in `app.config`."""
