"""Asking whether something shall really be done."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Static

from dealboard.domain.text import safe_lines
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

T = TypeVar("T")


class Confirm(ModalScreen[bool]):
    """A question; `y` answers yes, `n` and Esc no.

    The key that asked and Enter answer nothing, so that no reflex confirms. With `typed` that
    word has to be typed instead of `y` (decision 49).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Yes", id="confirm.yes"),
        Binding("n,q", "no", "No", id="confirm.no"),
        Binding("escape", "no", "No", show=False, id="confirm.close"),
    ]

    AUTO_FOCUS = "Line"

    DEFAULT_CSS = """
    Confirm {
        align: center middle;
        & > Dialog { width: 56; border: round $error; padding: 1 2; }
        & #detail { color: $text-muted; margin-top: 1; }
        & #question { text-style: bold; }
        & Field { margin-top: 1; }
    }
    """

    def __init__(
        self,
        question: str,
        *,
        detail: str = "",
        yes: str = "Delete",
        no: str = "Cancel",
        typed: str | None = None,
    ) -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._labels = (yes, no)
        self._typed = typed

    def compose(self) -> ComposeResult:
        """Yield the question, what it means, and the answers."""
        yes, no = self._labels
        with Dialog():
            yield Static(Content(safe_lines(self._question)), id="question")
            if self._detail:
                yield Static(Content(safe_lines(self._detail)), id="detail")
            if self._typed is not None:
                word = Line(placeholder=f"type {self._typed}", last=True, id="word")
                yield Field(f"Type {self._typed}", word)
            with Buttons():
                sure, away = ("y", "n") if self._typed is None else ("⏎", "esc")
                yield button(yes, sure, id="yes", variant="error")
                yield button(no, away, id="no")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Take no letter for an answer where a word has to be typed."""
        return action != "yes" or self._typed is None

    @on(Button.Pressed, "#no")
    def action_no(self) -> None:
        """Answer no."""
        self.dismiss(False)

    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    @on(Button.Pressed, "#yes")
    @on(Line.Submitted)
    def _confirm(self) -> None:
        """Answer yes, if what has to be typed was."""
        if self._typed is None:
            self.dismiss(True)
            return
        word = self.query_one("#word", Line)
        if word.value.strip().casefold() == self._typed.casefold():
            self.dismiss(True)
        else:
            self.query_one(Field).complain(f"Type {self._typed} to go on; Esc goes back.")
            word.focus()


def leave(form: Screen[T | None], *, dirty: bool) -> None:
    """Close a form without an answer; ask first if that loses what was typed."""
    if dirty:
        ask_to_discard(form, lambda: form.dismiss(None))
    else:
        form.dismiss(None)


def ask_to_discard(form: Screen[T], discard: Callable[[], object]) -> None:
    """Ask whether what was typed may be lost, and then do what loses it."""

    def answer(sure: bool | None) -> None:
        if sure:
            discard()

    question = "Discard what you typed?"
    detail = "Nothing of it was saved. Esc goes back to it."
    form.app.push_screen(Confirm(question, detail=detail, yes="Discard", no="Keep"), answer)
