"""What the sections of the settings share: they read what they show, again after every change."""

from typing import TYPE_CHECKING, Any, TypeVar

from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from dealboard.screens.saving import dealboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.app import DealboardApp
    from dealboard.store.transaction import Receipt, Transaction

AnswerT = TypeVar("AnswerT")


class Section(Vertical):
    """One section; `reload` is its own."""

    DEFAULT_CSS = """
    Section {
        height: 1fr;
        padding: 0 1;
        & Rows, & Note, & Line { max-width: 120; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    @property
    def dealboard(self) -> "DealboardApp":
        """The app, by its own type."""
        return dealboard(self)

    def on_mount(self) -> None:
        """Show what there is."""
        self.touch()

    def touch(self) -> None:
        """Have everything read again; what comes while a read is under way is read after it."""
        self._asked += 1
        if self._asked == 1:
            self.dealboard.start(self._refresh())

    async def _refresh(self) -> None:
        while self._asked:
            seen = self._asked
            await self.dealboard.report(self.reload())
            self._asked -= seen

    async def reload(self) -> bool:
        """Read what the section shows, and show it. Raises DealboardError."""
        raise NotImplementedError

    def do(self, action: "Callable[[Transaction], Any]") -> None:
        """Run an action; what it did is said at the bottom, and undone by u."""
        self.dealboard.start(self.done(action))

    async def done(self, action: "Callable[[Transaction], Any]") -> "Receipt[Any] | None":
        """Run an action and wait for it; None if it failed, which was said then."""
        receipt = await self.dealboard.change(action)
        if receipt is not None and receipt.operation is not None:
            self.dealboard.say(f"{receipt.label} · u undoes")
        return receipt

    async def ask(self, screen: ModalScreen[AnswerT]) -> AnswerT | None:
        """Show a dialog and return its answer."""
        return await self.app.push_screen_wait(screen)


class Note(Static):
    """A sentence below a list."""

    DEFAULT_CSS = """
    Note {
        height: auto;
        padding: 0 2;
        color: $text-muted;
    }
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text, markup=False)
