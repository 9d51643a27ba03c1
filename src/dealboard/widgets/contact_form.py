"""The fields of a contact: one form for a new contact and for an edited one.

The form knows what is typed and what it means. Who reads and who writes, and who else has the same
number, is the screen's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from dealboard.domain.changes import ContactChanges
from dealboard.domain.views import Contact, CustomField, FieldKind
from dealboard.errors import InvalidValue
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.contact_values import read_value, show_value, written_value
from dealboard.widgets.deal_form import Writing, in_place
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line
from dealboard.widgets.lines import cut, literal

LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "phone": "Phone",
    "email": "E-mail",
    "city": "City",
    "zip": "ZIP",
    "state": "State",
    "country": "Country",
    "consent": "Consent",
    "consent_source": "  from",
    "external_id": "External ID",
    "fbc": "Meta click",
    "fbp": "Meta browser",
    "lead_id": "Meta lead",
    "ctwa_clid": "WhatsApp ad",
}
"""The fields in their order, as they are called on every screen."""

PLACEHOLDERS = {
    "first_name": "or the whole name",
    "phone": "+39 333 1234567",
    "email": "name@example.com",
    "country": "IT, US, …",
    "consent_source": "how it came about: a form, a call, …",
    "external_id": "its number in another system",
    "fbc": "fbc, of who came by an ad",
    "fbp": "fbp, of a visitor of your website",
    "lead_id": "of a lead form, 15 to 17 digits",
    "ctwa_clid": "ctwa_clid, of who wrote after an ad",
}

NAMES = ("first_name", "last_name")

CONSENTS: dict[int, tuple[bool | None, str, str]] = {
    1: (None, "unknown", "not asked yet"),
    2: (True, "yes", "may be measured in ads"),
    3: (False, "no", "never"),
}
"""What can be chosen: what it means, its word, and a hint."""

LABEL_CELLS = 15
"""Longer names of custom fields are cut beside their lines."""

NOTHING = 0
"""The choice of a custom field that is left empty; the others count from 1."""


def consent_word(consent: bool | None) -> str:
    """Return a consent as it is shown."""
    return next(word for value, word, _ in CONSENTS.values() if value is consent)


def as_changes(contact: Contact) -> ContactChanges:
    """Return what the form of a contact means when it opens."""
    known: dict[str, Any] = {name: getattr(contact, name) for name in LABELS}
    return cast("ContactChanges", known | {"custom": dict(contact.custom)})


class ContactForm(Vertical):
    """The fields, those of the workspace last; `changes` is what they mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
    ]

    DEFAULT_CSS = """
    ContactForm {
        height: auto;
        & Field > .field--label { width: 16; }
    }
    """

    class Submitted(Message):
        """Enter, in the last field."""

    class Edited(Message):
        """Something else is typed or chosen."""

    @dataclass
    class ReachTyped(Message):
        """A phone number or an e-mail address was typed; `done` when the field was left."""

        field: str
        done: bool

    def __init__(self, writing: Writing, values: ContactChanges | None = None) -> None:
        super().__init__()
        self._writing = writing
        self._given: Mapping[str, Any] = values or {}
        self._custom: dict[str, CustomField] = {}
        self._opened: dict[str, object] = {}

    def compose(self) -> ComposeResult:
        """Yield the fields that every contact has; those of the workspace are offered later."""
        for name, label in LABELS.items():
            last = name == [*LABELS][-1]
            yield Field(label, self._control(name, last=last), id=name)

    def _control(self, name: str, *, last: bool) -> Widget:
        if name == "consent":
            chooser = Chooser(LABELS[name])
            choices = [Choice(key, word, hint) for key, (_, word, hint) in CONSENTS.items()]
            chooser.offer(choices, _consent_choice(self._given.get(name)))
            return chooser
        text = self._given.get(name) or ""
        return Line(text, placeholder=PLACEHOLDERS.get(name, ""), last=last)

    def on_mount(self) -> None:
        """Keep what an untouched form looks like."""
        self._opened = self._state()

    # ── public ────────────────────────────────────────────────────────────────────────────────

    async def offer(self, custom: Sequence[CustomField]) -> None:
        """Show the fields of the workspace below the others; what was typed there stays."""
        before = {**self._state()}
        self._custom = {f"custom-{field.id}": field for field in custom}
        if custom:
            self._line([*LABELS][-1]).last = False
            fields = [
                self._custom_field(name, field, last=field is custom[-1])
                for name, field in self._custom.items()
            ]
            await self.mount_all(fields)
        state = self._state()
        self._opened |= {name: value for name, value in state.items() if name not in before}
        for name in self._custom:
            self._preview(name)

    def _custom_field(self, name: str, field: CustomField, *, last: bool) -> Field:
        value = self._given.get("custom", {}).get(field.id, "")
        label = cut(literal(field.name), LABEL_CELLS)
        if field.kind is FieldKind.CHOICE:
            chooser = Chooser(field.name)
            choices = _choices(field.choices, value)
            chooser.offer(choices, _choice_of(choices, value))
            return Field(label, chooser, id=name)
        placeholder = {FieldKind.NUMBER: "12.5", FieldKind.DATE: "fri, 31/12"}.get(field.kind, "")
        written = written_value(field, value, self._writing)
        line = Line(written, placeholder=placeholder, last=last)
        return Field(label, line, aside=field.kind is not FieldKind.TEXT, id=name)

    @property
    def dirty(self) -> bool:
        """Whether anything would be lost with the form."""
        return self._state() != self._opened

    def show(self, values: ContactChanges) -> None:
        """Let the fields mean these values, and count as untouched."""
        given = self._given = dict(values)
        with self.prevent(Input.Changed):
            for name in LABELS:
                if name == "consent":
                    self._chooser(name).chosen = _consent_choice(given.get(name))
                else:
                    self._line(name).value = str(given.get(name) or "")
            for name, field in self._custom.items():
                self._show_custom(name, field, given.get("custom", {}).get(field.id, ""))
        self._opened = self._state()

    def _show_custom(self, name: str, field: CustomField, value: str) -> None:
        if field.kind is FieldKind.CHOICE:
            choices = _choices(field.choices, value)
            self._chooser(name).offer(choices, _choice_of(choices, value))
        else:
            self._line(name).value = written_value(field, value, self._writing)
            self._preview(name)

    def restore(self, state: Mapping[str, object]) -> None:
        """Let what was typed another time stand in the fields that are still there."""
        with self.prevent(Input.Changed):
            for name in state.keys() & self._state().keys():
                value = state[name]
                for control in self.field(name).query("Line, Chooser"):
                    if isinstance(control, Line) and isinstance(value, str):
                        control.value = value
                    elif isinstance(control, Chooser) and isinstance(value, int):
                        control.chosen = value
        for name in self._custom:
            self._preview(name)

    @property
    def state(self) -> dict[str, object]:
        """What is typed and chosen, to be given to `restore` another time."""
        return self._state()

    def touch(self) -> None:
        """Count as changed from now on."""
        self._opened = {}

    def changes(self) -> ContactChanges | None:
        """Return what the fields mean; None, with a note at each that is wrong, if one is."""
        for field in self.query(Field):
            if field.wrong:
                field.say("")
        if not any(self.text(name) for name in (*NAMES, "company", "phone", "email")):
            self.complain("first_name", "A contact needs a name, an e-mail or a phone number.")
            return None
        values: dict[str, Any] = {
            name: self.text(name) or ("" if name in NAMES else None)
            for name in LABELS
            if name != "consent"
        }
        values["consent"] = CONSENTS[self._chooser("consent").chosen or 1][0]
        if self._custom:
            values["custom"] = {each.id: self._read(name) for name, each in self._custom.items()}
        wrong = next((name for name in self._custom if self.field(name).wrong), None)
        if wrong is None:
            return cast("ContactChanges", values)
        self.focus_field(wrong)
        return None

    def _read(self, name: str) -> str:
        """Return what a custom field means, with a note if it means nothing."""
        field = self._custom[name]
        if field.kind is FieldKind.CHOICE:
            chooser = self._chooser(name)
            chosen = (each.label for each in chooser.choices if each.id == chooser.chosen)
            return next(chosen, "") if chooser.chosen else ""
        try:
            return read_value(field, self.text(name), self._writing)
        except InvalidValue as error:
            self.field(name).complain(in_place(error))
            return ""

    def complain(self, name: str, sentence: str) -> bool:
        """Say what is wrong beside the field that an error names; False if there is none."""
        found = self._named(name)
        if found is None:
            return False
        self.field(found).complain(sentence)
        self.focus_field(found)
        return True

    def text(self, name: str) -> str:
        """Return what is typed in a field."""
        return self._line(name).value.strip()

    def field(self, name: str) -> Field:
        """Return a field."""
        return self.query_one(f"#{name}", Field)

    def focus_field(self, name: str) -> None:
        """Put the cursor in a field."""
        self.field(name).query("Line, Chooser").first().focus()

    # ── while typing ──────────────────────────────────────────────────────────────────────────

    @on(Input.Changed, "#phone Line, #email Line, #country Line")
    def _reach_typed(self, event: Input.Changed) -> None:
        name = self._name_of(event.input)
        self.post_message(self.ReachTyped("phone" if name == "country" else name, done=False))

    @on(Input.Blurred, "#phone Line, #email Line")
    def _reach_left(self, event: Input.Blurred) -> None:
        self.post_message(self.ReachTyped(self._name_of(event.input), done=True))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Take a complaint back, and show what is understood so far."""
        name = self._name_of(event.input)
        if self.field(name).wrong:
            self.field(name).say("")
        if name in self._custom:
            self._preview(name)

    def _preview(self, name: str) -> None:
        """Show what is understood so far; half a word is no mistake yet."""
        field = self._custom[name]
        if field.kind not in (FieldKind.NUMBER, FieldKind.DATE):
            return
        try:
            value = read_value(field, self.text(name), self._writing)
            self.field(name).say(show_value(field, value, self._writing))
        except InvalidValue:
            self.field(name).say("…")

    @on(Input.Changed)
    @on(Chooser.Changed)
    def _edited(self) -> None:
        self.post_message(self.Edited())

    @on(Input.Submitted)
    def _submit(self) -> None:
        self.post_message(self.Submitted())

    # ── controls ──────────────────────────────────────────────────────────────────────────────

    def _named(self, name: str) -> str | None:
        """Return the field that an error calls by its key, its words or its label."""
        key = {"name": "first_name", "external": "external_id"}.get(name, name.replace(" ", "_"))
        if key in LABELS:
            return key
        return next((each for each, field in self._custom.items() if field.name == name), None)

    def _name_of(self, widget: Widget) -> str:
        return widget.query_ancestor(Field).id or ""

    def _line(self, name: str) -> Line:
        return self.field(name).query_one(Line)

    def _chooser(self, name: str) -> Chooser:
        return self.field(name).query_one(Chooser)

    def _state(self) -> dict[str, object]:
        state: dict[str, object] = {}
        for line in self.query(Line):
            state[self._name_of(line)] = line.value.strip()
        for chooser in self.query(Chooser):
            state[self._name_of(chooser)] = chooser.chosen
        return state


def _consent_choice(consent: bool | None) -> int:
    return next(key for key, (value, *_) in CONSENTS.items() if value is consent)


def _choices(names: Sequence[str], value: str = "") -> tuple[Choice[int], ...]:
    """Return the choices of a custom field; a value that is none of them any more is kept."""
    kept = (value,) if value and value not in names else ()
    named = (Choice(number, name) for number, name in enumerate((*names, *kept), start=1))
    return (Choice(NOTHING, "–"), *named)


def _choice_of(choices: Sequence[Choice[int]], value: str) -> int:
    return next((each.id for each in choices if value and each.label == value), NOTHING)
