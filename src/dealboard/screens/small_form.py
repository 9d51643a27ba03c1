"""What dialogs of a few fields share: how they are left and saved, where they say what is wrong."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard.domain.text import safe
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import leave
from dealboard.screens.pick import offer_list
from dealboard.screens.saving import dealboard
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt

AnswerT = TypeVar("AnswerT")


class SmallForm(ModalScreen[AnswerT | None], Generic[AnswerT]):
    """Fields that are saved together; answers what saving them came to, None for Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "Line"

    DEFAULT_CSS = """
    SmallForm {
        align: center middle;
        & > Dialog { width: 64; padding: 1 1 0 1; }
        & .-fixed { padding: 0 1; width: 1fr; color: $text-muted; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    PLACES: ClassVar[Mapping[str, str]] = {}
    """The fields by what errors call them; all others are said beside the first."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: object = None
        self._saving = False

    @property
    def heading(self) -> str:
        """What the form is called."""
        raise NotImplementedError

    def fields(self) -> ComposeResult:
        """Yield the fields."""
        raise NotImplementedError

    def explain(self) -> None:
        """Say beside the fields what they are for."""

    async def write(self) -> "Receipt[Any]":
        """Save what the fields mean. Raises DealboardError."""
        raise NotImplementedError

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    def compose(self) -> ComposeResult:
        """Yield the fields, the line for trouble, and the buttons."""
        with Dialog(title=self.heading):
            yield from self.fields()
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Keep what an untouched form looks like."""
        self.explain()
        self._opened = self._state()

    def line(self, name: str) -> Line:
        """Return the line of a field."""
        return self.query_one(f"#{name} Line", Line)

    def fixed(self, text: str) -> Static:
        """Return what can only be read."""
        return Static(Content(safe(text)), classes="-fixed")

    def _state(self) -> object:
        lines = tuple(line.value.strip() for line in self.query(Line))
        return lines, tuple(chooser.chosen for chooser in self.query(Chooser))

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        field = event.input.query_ancestor(Field)
        if field.wrong:
            field.say("")
            self.explain()

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        offer_list(event)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save, and leave with what came of it."""
        if not self._saving:
            self._saving = True
            self._save()

    @work
    async def _save(self) -> None:
        app = dealboard(self)
        try:
            receipt = await self.write()
        except InvalidValue as error:
            self._complain(error)
        except DealboardError as error:
            trouble = self.query_one("#trouble", Static)
            trouble.add_class("-some")
            trouble.update(Content(safe(error.whole)))
        else:
            self.dismiss(receipt.value)
            if receipt.operation is not None:
                app.call_next(app.say, f"{receipt.label} · u undoes")
            app.tell(receipt)
        finally:
            self._saving = False

    def _complain(self, error: InvalidValue) -> None:
        """Say what is wrong in its place."""
        place = self.PLACES.get(error.field)
        field = self.query_one(f"#{place}" if place else "Field", Field)
        field.complain(in_place(error))
        field.query_one(Line).focus()
