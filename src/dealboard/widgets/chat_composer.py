"""Where a message is written: what it will say stands above it, with its fields filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea

from dealboard.domain import placeholders
from dealboard.domain.catalogue import Facts, Known
from dealboard.domain.placeholders import Part, Placeholder, Setting
from dealboard.domain.rule_fields import OPENS, Offer
from dealboard.domain.text import safe_lines
from dealboard.errors import InvalidValue
from dealboard.widgets.long_text import FieldsText, LongText
from dealboard.widgets.rule_line import Offers

PREVIEW_LINES = 4
"""Lines of what a message will say."""

KEYS = "⏎ opens WhatsApp · ctrl+j new line · {{ fields · ctrl+t snippets · esc"


class Material(NamedTuple):
    """What messages are filled in with: fields of the workspace's own, facts, the day.

    `sends`: WhatsApp's Cloud API is set up.
    """

    custom: tuple[Known, ...]
    offers: tuple[Offer, ...]
    facts: Facts
    setting: Setting
    sends: bool = False


class Composer(Vertical):
    """A message, its preview, and the fields it can have."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Open WhatsApp", id="chat.open"),
        Binding("ctrl+s", "send(True)", "Send now", id="chat.send"),
        Binding("ctrl+t", "ask('snippets')", "Snippets", id="chat.snippets"),
        Binding("f4", "ask('editor')", "Write in $EDITOR", show=False, id="chat.editor"),
        Binding("escape", "ask('close')", "Close", show=False, id="chat.close"),
    ]

    DEFAULT_CSS = """
    Composer {
        height: auto;
        & > Static { height: auto; max-height: 5; padding: 0 1; color: $text-muted; }
        & > .-wrong { color: $text-error; text-style: bold; }
        & > Offers { position: relative; max-height: 6; width: 1fr; }
        & > LongText { height: 4; }
    }
    """

    @dataclass
    class Written(Message):
        """A message is finished, its fields filled in: to be opened in WhatsApp, or `sent`."""

        text: str
        sent: bool = False

    @dataclass
    class Edited(Message):
        """Something else is written to a contact now, its fields not filled in."""

        contact_id: int
        text: str

    @dataclass
    class Asked(Message):
        """The snippets, the editor, or the end of it are wanted."""

        what: str

    def __init__(self, contact_id: int, text: str) -> None:
        super().__init__()
        self._contact_id = contact_id
        offers = Offers()
        self.text = FieldsText(text, offers)
        self._offers = offers
        self._note = Static(KEYS, markup=False)
        self._material: Material | None = None

    def compose(self) -> ComposeResult:
        """Yield the preview, the list of fields, and where one writes."""
        yield self._note
        yield self._offers
        yield self.text

    def take(self, material: Material) -> None:
        """Fill in with this."""
        self._material = material
        self.refresh_bindings()
        self.text.take_fields(material.offers)
        self._preview()

    @on(TextArea.Changed)
    @on(TextArea.SelectionChanged)
    def _look(self, event: Message) -> None:
        event.stop()
        self.text.look()
        self._preview()
        if isinstance(event, TextArea.Changed):
            self.post_message(self.Edited(self._contact_id, self.text.text))

    @on(OptionList.OptionSelected)
    def _pick(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.text.put_in(event.option_index)
        self.text.focus()

    def _preview(self) -> None:
        """Say what the message will be, and which of its fields are empty."""
        if OPENS not in self.text.text or self._material is None:
            self._say(KEYS)
            return
        try:
            parts = self._parts(self._material)
        except InvalidValue:
            return  # it is still being typed
        filled = placeholders.fill(parts, self._material.facts, self._material.setting)
        empty = ", ".join(_empty(parts, self._material.facts))
        lines = safe_lines(filled).split("\n")[:PREVIEW_LINES]
        self._say("\n".join([f"→ {lines[0]}", *lines[1:], *([f"empty: {empty}"] if empty else [])]))

    def _parts(self, material: Material) -> tuple[Part, ...]:
        return placeholders.parse(self.text.text, material.custom)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._note.set_class(wrong, "-wrong")
        self._note.update(text)

    @on(LongText.Submitted)
    def _submit(self, event: LongText.Submitted) -> None:
        event.stop()
        self.action_send()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to send where that is set up."""
        sends = self._material is not None and self._material.sends
        return sends or (action, parameters) != ("send", (True,))

    def action_send(self, sent: bool = False) -> None:
        """Be done, if it says something that can be filled in."""
        material = self._material
        if material is None or not self.text.text.strip():
            self._say("Write what is to be said.", wrong=True)
            return
        try:
            parts = self._parts(material)
        except InvalidValue as error:
            self._say(error.whole, wrong=True)
            return
        text = placeholders.fill(parts, material.facts, material.setting).strip()
        self.post_message(self.Written(text, sent))

    def action_ask(self, what: str) -> None:
        """Ask for something."""
        self.post_message(self.Asked(what))


def _empty(parts: Sequence[Part], facts: Facts) -> list[str]:
    """Return the fields that a text needs and that hold nothing, nor have a default."""
    needed = (part for part in parts if isinstance(part, Placeholder) and not part.default)
    empty = (each.name for each in needed if facts.get(each.name) in (None, ""))
    return [name for name in dict.fromkeys(empty) if name != "today"]
