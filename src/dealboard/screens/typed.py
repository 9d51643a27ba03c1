"""Asking for one value that has to mean something: a day, an amount, the name of a file."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from dealboard.errors import InvalidValue
from dealboard.screens.confirm import leave
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Dialog
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from textual.suggester import Suggester

T = TypeVar("T")


class Given(NamedTuple, Generic[T]):
    """What was typed: another thing than Esc, also where it is None."""

    value: T


class Typed(ModalScreen[Given[T] | None], Generic[T]):
    """A line under a title; below it stands what the text means, or why it means nothing.

    `parse` raises InvalidValue. Esc answers None, and asks first where something was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="typed.close"),
    ]

    DEFAULT_CSS = """
    Typed {
        align: center middle;
        & > Dialog { padding: 1; }
        & .field--label { display: none; }
    }
    """

    def __init__(
        self,
        title: str,
        parse: Callable[[str], T],
        describe: Callable[[T], str],
        *,
        placeholder: str = "",
        initial: str = "",
        hint: str = "⏎ done · esc leaves",
        suggester: "Suggester | None" = None,
    ) -> None:
        super().__init__()
        self._title, self._hint = title, hint
        self._parse, self._describe = parse, describe
        self._placeholder, self._initial = placeholder, initial
        self._suggester = suggester

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.query_one(Line).value != self._initial

    def compose(self) -> ComposeResult:
        """Yield the line."""
        with Dialog(title=self._title, hint=self._hint):
            line = Line(self._initial, placeholder=self._placeholder, last=True)
            line.suggester = self._suggester
            yield Field("", line)

    def on_mount(self) -> None:
        """Say what stands there already."""
        self._preview()

    def action_leave(self) -> None:
        """Leave without an answer; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Input.Changed)
    def _preview(self) -> None:
        """Show what the text means; what it does not yet mean is no mistake before Enter."""
        field, text = self.query_one(Field), self.query_one(Line).value
        try:
            field.say(self._describe(self._parse(text)) if text.strip() else "")
        except InvalidValue as error:
            field.say(in_place(error))

    @on(Input.Submitted)
    def _answer(self) -> None:
        try:
            value = self._parse(self.query_one(Line).value)
        except InvalidValue as error:
            self.query_one(Field).complain(in_place(error))
        else:
            self.dismiss(Given(value))
