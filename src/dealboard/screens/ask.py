"""Asking for one line of text: a reason, a new name."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from dealboard.screens.confirm import leave
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line


class Ask(ModalScreen[str | None]):
    """One line under a title; answers the text, trimmed, and None for Esc.

    Esc asks first where something was typed. `required` takes no empty answer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="ask.close"),
    ]

    DEFAULT_CSS = """
    Ask {
        align: center middle;
        & > Dialog { padding: 1; }
        & .field--label { display: none; }
    }
    """

    def __init__(
        self, title: str, *, placeholder: str = "", initial: str = "", required: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self._initial = initial
        self._required = required
        self._placeholder = placeholder

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.query_one(Line).value != self._initial

    def compose(self) -> ComposeResult:
        """Yield the line."""
        with Dialog(title=self._title, hint="⏎ done · esc leaves"):
            yield Field("", Line(self._initial, placeholder=self._placeholder, last=True))

    def action_leave(self) -> None:
        """Leave without an answer; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Input.Changed)
    def _forget_note(self) -> None:
        self.query_one(Field).say("")

    @on(Input.Submitted)
    def _answer(self) -> None:
        text = self.query_one(Line).value.strip()
        if text or not self._required:
            self.dismiss(text)
        else:
            self.query_one(Field).complain("It needs a value.")
