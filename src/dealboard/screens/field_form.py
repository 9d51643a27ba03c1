"""The form of a field of the workspace: its name, what it holds, what can be chosen."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from dealboard import actions
from dealboard.domain.changes import FieldChanges
from dealboard.domain.views import CustomField, FieldKind
from dealboard.errors import InvalidValue, MissingField
from dealboard.screens.saving import dealboard
from dealboard.screens.small_form import SmallForm
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Transaction

KINDS: dict[int, tuple[FieldKind, str, str]] = {
    1: (FieldKind.TEXT, "Text", "anything"),
    2: (FieldKind.NUMBER, "Number", "1,234.5"),
    3: (FieldKind.DATE, "Date", "typed as fri, +2w, 31/12"),
    4: (FieldKind.CHOICE, "Choice", "one of a list"),
}
"""What a field may hold, by the number that chooses it."""


def kind_word(kind: FieldKind) -> str:
    """Return a kind as it is shown."""
    return next(word for each, word, _ in KINDS.values() if each is kind)


def read_choices(text: str) -> tuple[str, ...]:
    """Return the choices that a line names, each once.

    Commas stand between them; or semicolons, where one of them has a comma.
    """
    parts = text.split(";") if ";" in text else text.split(",")
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def written_choices(choices: Sequence[str]) -> str:
    """Return choices as one line that `read_choices` takes apart again."""
    if any("," in choice for choice in choices):
        return "; ".join(choices) + (";" if len(choices) == 1 else "")
    return ", ".join(choices)


class FieldForm(SmallForm[int]):
    """Name and kind of a field; answers its id.

    The kind is settled when a field is made: its values would mean nothing as another.
    """

    PLACES: ClassVar[Mapping[str, str]] = {"choices": "choices"}

    DEFAULT_CSS = """
    FieldForm {
        & #choices { display: none; }
        & #choices.-some { display: block; }
    }
    """

    def __init__(self, field: CustomField | None = None) -> None:
        super().__init__()
        self._field = field
        self._kind = Chooser("Kind")
        kinds = [Choice(key, word, hint) for key, (_, word, hint) in KINDS.items()]
        self._kind.offer(kinds, 1)

    @property
    def heading(self) -> str:
        """Whether it is a new one."""
        return "New contact field" if self._field is None else "Contact field"

    def fields(self) -> ComposeResult:
        """Yield name, kind and choices."""
        field = self._field
        yield Field("Name", Line(field.name if field else ""), required=True, id="name")
        if field is None:
            yield Field("Kind", self._kind, required=True, id="kind")
        else:
            yield Field("Kind", self.fixed(kind_word(field.kind)), id="kind")
        written = written_choices(field.choices) if field else ""
        choices = Line(written, placeholder="Bronze, Silver, Gold", last=True)
        yield Field("Choices", choices, required=True, id="choices")

    def on_mount(self) -> None:
        """Ask for what the kind needs."""
        self._show_choices()

    @property
    def kind(self) -> FieldKind:
        """What the field holds."""
        return self._field.kind if self._field else KINDS[self._kind.chosen or 1][0]

    @on(Chooser.Changed)
    def _show_choices(self) -> None:
        """Ask for choices only where the field has some."""
        wanted = self.kind is FieldKind.CHOICE
        self.query_one("#choices").set_class(wanted, "-some")
        self.line("name").last = self._field is not None and not wanted

    @on(Input.Changed, "#choices Line")
    def _count_choices(self) -> None:
        choices = read_choices(self.line("choices").value)
        self.query_one("#choices", Field).say(f"{len(choices)}: {' · '.join(choices)}")

    async def write(self) -> "Receipt[int]":
        """Save the field."""
        field, kind, name = self._field, self.kind, self.line("name").value.strip()
        choices = read_choices(self.line("choices").value) if kind is FieldKind.CHOICE else ()
        if not name:
            raise MissingField("field", "a field needs a name")
        if kind is FieldKind.CHOICE and not choices:
            raise InvalidValue("choices", "", "name what can be chosen, with commas between")

        def save(tx: "Transaction") -> int:
            if field is None:
                return actions.fields.define(tx, name, kind, choices)
            changes = FieldChanges(name=name)
            if kind is FieldKind.CHOICE:
                changes["choices"] = choices
            actions.fields.edit(tx, field.id, changes)
            return field.id

        return await dealboard(self).write(save)
