"""The workspace's own fields of contacts: defined, changed, put in order, taken away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard import actions
from dealboard.domain.changes import FieldChanges
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import CustomField, FieldKind
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import Confirm, leave
from dealboard.screens.pick import Pick
from dealboard.screens.saving import dealboard
from dealboard.store.driver import Connection
from dealboard.store.reads import fields
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Transaction

KINDS: dict[int, tuple[FieldKind, str, str]] = {
    1: (FieldKind.TEXT, "Text", "anything"),
    2: (FieldKind.NUMBER, "Number", "1,234.5"),
    3: (FieldKind.DATE, "Date", "typed as fri, +2w, 31/12"),
    4: (FieldKind.CHOICE, "Choice", "one of a list"),
}
"""What a field may hold, by the number that chooses it."""

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


def kind_word(kind: FieldKind) -> str:
    """Return a kind as it is shown."""
    return next(word for each, word, _ in KINDS.values() if each is kind)


def written_choices(choices: Sequence[str]) -> str:
    """Return choices as one line that `read_choices` takes apart again."""
    if any("," in choice for choice in choices):
        return "; ".join(choices) + (";" if len(choices) == 1 else "")
    return ", ".join(choices)


def read_choices(text: str) -> tuple[str, ...]:
    """Return the choices that a line names, each once.

    Commas stand between them; or semicolons, where one of them has a comma.
    """
    parts = text.split(";") if ";" in text else text.split(",")
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


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


class FieldForm(ModalScreen[int | None]):
    """Name and kind of a field; answers its id once it is saved, None for Esc.

    The kind is settled when a field is made: its values would mean nothing as another.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "#name Line"

    DEFAULT_CSS = """
    FieldForm {
        align: center middle;
        & > Dialog { width: 64; padding: 1 1 0 1; }
        & .-kept { padding: 0 1; width: 1fr; }
        & #choices { display: none; }
        & #choices.-some { display: block; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, field: CustomField | None = None) -> None:
        super().__init__()
        self._field = field
        self._kind = Chooser("Kind")
        kinds = [Choice(key, word, hint) for key, (_, word, hint) in KINDS.items()]
        self._kind.offer(kinds, 1)
        self._opened: tuple[object, ...] = ()
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    def compose(self) -> ComposeResult:
        """Yield name, kind and choices."""
        field = self._field
        with Dialog(title="New contact field" if field is None else "Contact field"):
            yield Field("Name", Line(field.name if field else ""), required=True, id="name")
            if field is None:
                yield Field("Kind", self._kind, required=True, id="kind")
            else:
                kept = Static(kind_word(field.kind), classes="-kept", markup=False)
                yield Field("Kind", kept, id="kind")
            written = written_choices(field.choices) if field else ""
            placeholder = "Bronze, Silver, Gold"
            choices = Line(written, placeholder=placeholder, last=True)
            yield Field("Choices", choices, required=True, id="choices")
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Keep what an untouched form looks like."""
        self._show_choices()
        self._opened = self._state()

    @property
    def kind(self) -> FieldKind:
        """What the field holds."""
        return self._field.kind if self._field else KINDS[self._kind.chosen or 1][0]

    @on(Chooser.Changed)
    def _show_choices(self) -> None:
        """Ask for choices only where the field has some."""
        wanted = self.kind is FieldKind.CHOICE
        self.query_one("#choices").set_class(wanted, "-some")
        self._line("name").last = self._field is not None and not wanted

    @on(Input.Changed, "#choices Line")
    def _count_choices(self) -> None:
        choices = read_choices(self._line("choices").value)
        self.query_one("#choices", Field).say(f"{len(choices)}: {' · '.join(choices)}")

    @on(Input.Changed, "#name Line")
    def _forgive(self) -> None:
        self.query_one("#name", Field).say("")

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        chooser = event.chooser

        def choose(chosen: int | None) -> None:
            if chosen is not None:
                chooser.choose(chosen)

        self.app.push_screen(Pick(chooser.title, chooser.choices, chosen=chooser.chosen), choose)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save the field."""
        name = self._line("name").value.strip()
        choices = read_choices(self._line("choices").value)
        if not name:
            self._complain("name", "A field needs a name.")
        elif self.kind is FieldKind.CHOICE and not choices:
            self._complain("choices", "Name what can be chosen, with commas between.")
        elif not self._saving:
            self._saving = True
            self._save(name, choices if self.kind is FieldKind.CHOICE else ())

    @work
    async def _save(self, name: str, choices: tuple[str, ...]) -> None:
        app, field, kind = dealboard(self), self._field, self.kind

        def save(tx: "Transaction") -> int:
            if field is None:
                return actions.fields.define(tx, name, kind, choices)
            changes = FieldChanges(name=name)
            if kind is FieldKind.CHOICE:
                changes["choices"] = choices
            actions.fields.edit(tx, field.id, changes)
            return field.id

        try:
            receipt = await app.write(save)
        except InvalidValue as error:
            self._complain("choices" if "choice" in error.field else "name", in_place(error))
        except DealboardError as error:
            trouble = self.query_one("#trouble", Static)
            trouble.add_class("-some")
            trouble.update(Content(safe(error.whole)))
        else:
            self.dismiss(receipt.value)
            app.tell(receipt)
        finally:
            self._saving = False

    def _complain(self, name: str, sentence: str) -> None:
        self.query_one(f"#{name}", Field).complain(sentence)
        self._line(name).focus()

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name} Line", Line)

    def _state(self) -> tuple[object, ...]:
        return self._line("name").value, self._line("choices").value, self._kind.chosen
