"""The workspace's own fields of contacts: defined, changed, put in order, taken away."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard import actions
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import CustomField
from dealboard.screens.confirm import Confirm
from dealboard.screens.field_form import FieldForm, kind_word, written_choices
from dealboard.screens.saving import dealboard
from dealboard.store.driver import Connection
from dealboard.store.reads import fields
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Transaction

TEACHING = "Fields of your own for every contact: a birthday, a customer number, a size."

COLUMNS = (
    Column("Field", elastic=True),
    Column("Kind"),
    Column("Filled in", right=True),
    Column("Choices", widest=26),
)


def read_fields(connection: Connection) -> tuple[tuple[CustomField, ...], dict[int, int]]:
    """Read the fields, and how many contacts have a value in each."""
    return fields.fields(connection), fields.used(connection)


class FieldsScreen(ModalScreen[None]):
    """All fields of contacts that this workspace added."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New field", id="field.new"),
        Binding("e", "edit", "Edit", id="field.edit"),
        Binding("D,delete", "delete", "Delete", id="field.delete"),
        Binding("u,ctrl+z", "undo", "Undo", id="history.undo"),
        Binding("U,ctrl+y", "redo", "Redo", show=False, id="history.redo"),
        Binding("q,escape", "leave", "Close", id="field.close"),
        Binding("question_mark,f1", "app.help", "Help", id="field.help"),
    ]

    AUTO_FOCUS = "Rows"

    DEFAULT_CSS = """
    FieldsScreen {
        align: center middle;
        & > Dialog { width: 76; }
        & #teaching, & #said { color: $text-muted; height: auto; padding: 0 1; }
        & #said { color: $text; text-style: bold; display: none; margin-top: 1; }
        & #said.-some { display: block; }
        & Rows, & Rows:focus { border: none; margin-top: 1; max-height: 16; background: $surface; }
        &.-empty Rows { display: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._fields: tuple[CustomField, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield what this is, the list, what was done, and the buttons."""
        with Dialog(title="Contact fields", hint="⏎ edit · n new · J K move · D delete"):
            yield Static(TEACHING, id="teaching", markup=False)
            yield Rows(*COLUMNS)
            yield Static("", id="said", markup=False)
            with Buttons():
                yield button("New field", "n", id="new", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Show the fields as soon as they are read."""
        self._read()

    @work(exclusive=True, group="read")
    async def _read(self, show: int | None = None) -> None:
        app = dealboard(self)
        found = await app.report(app.read(read_fields))
        if found is None or not self.is_attached:
            return
        self._fields, used = found
        rows = self.query_one(Rows)
        rows.show([_entry(field, used.get(field.id, 0)) for field in self._fields], at=show)
        self.set_class(not self._fields, "-empty")
        self.refresh_bindings()

    @property
    def _field(self) -> CustomField | None:
        """The field that the keys mean."""
        at = self.query_one(Rows).cursor_id
        return next((each for each in self._fields if each.id == at), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what is done to a field only where there is one."""
        return action not in ("edit", "delete") or bool(self._fields)

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#new")
    def action_new(self) -> None:
        """Define a field."""
        self.app.push_screen(FieldForm(), self._saved)

    @on(Rows.Opened)
    def action_edit(self) -> None:
        """Change the field under the cursor."""
        if self._field is not None:
            self.app.push_screen(FieldForm(self._field), self._saved)

    def _saved(self, field_id: int | None) -> None:
        if field_id is not None:
            self._read(field_id)

    @on(Rows.Shifted)
    def _shift(self, event: Rows.Shifted) -> None:
        field_id = int(event.entry_id)
        self._do(lambda tx: actions.fields.move(tx, field_id, by=event.by))

    @on(Rows.Dropped)
    def _drop(self, event: Rows.Dropped) -> None:
        field_id = int(event.entry_id)
        self._do(lambda tx: actions.fields.move(tx, field_id, event.to + 1))

    def action_delete(self) -> None:
        """Delete the field under the cursor, with its values; asked before."""
        field = self._field
        if field is None:
            return

        def answer(sure: bool | None) -> None:
            if sure:
                self._do(lambda tx: actions.fields.delete(tx, field.id))

        question = f"Delete the field {excerpt(field.name)}?"
        detail = "What contacts have in it goes with it. u brings both back."
        self.app.push_screen(Confirm(question, detail=detail), answer)

    def action_undo(self) -> None:
        """Take back the newest change."""
        self._do(lambda tx: actions.history.undo(tx))

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._do(lambda tx: actions.history.redo(tx))

    @work
    async def _do(self, action: "Callable[[Transaction], object]") -> None:
        app = dealboard(self)
        receipt = await app.change(action)
        if receipt is not None and receipt.operation is not None:
            undoes = " · u undoes" if receipt.kind == "do" else ""
            said = self.query_one("#said", Static)
            said.update(Content(safe(f"{receipt.label}{undoes}")))
            said.add_class("-some")
        self._read()

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(None)


def _entry(field: CustomField, used: int) -> Entry:
    return Entry(
        field.id,
        (
            (field.name, "strong"),
            (kind_word(field.kind), "row"),
            (f"{used:,}" if used else "–", "muted"),
            (written_choices(field.choices), "muted"),
        ),
        movable=True,
    )
