"""The contacts of a deal: found by typing, made on the spot, put in order, taken off.

The picker asks for matches by `SearchWanted` and is handed them by `show_matches`. A new contact is
only described here; it comes into being with the deal (decision 20).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.text import digits, fold, safe
from dealboard.domain.views import Contact, Person
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line, SearchLine, take_in_order

NEW = "new"
"""The option that makes a contact; the others are numbers of the matches."""

LIKE_A_PHONE = 5
"""Digits from which on a run of them is taken for a phone number."""

_EMAIL = re.compile(r"\S+@\S+")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]*[0-9]")


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact that is not kept yet; one of the three is not empty."""

    name: str
    phone: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """What the contact will be called."""
        return self.name or self.email or self.phone


def describe(text: str) -> NewContact:
    """Return the contact that a line describes: "Zoë +39 333 1234567 zoe@example.com"."""
    email = _EMAIL.search(text)
    if email:
        text = text.replace(email[0], " ", 1)
    phone = next((each for each in _PHONE.findall(text) if len(digits(each)) >= LIKE_A_PHONE), "")
    name = " ".join(text.replace(phone, " ", 1).split())
    return NewContact(name, phone, email[0] if email else "")


Chosen = Person | NewContact
"""A contact of the deal, kept already or to be made."""


def label_of(contact: Chosen) -> str:
    """Return what a contact is called."""
    return contact.label if isinstance(contact, NewContact) else contact.name


def reach_of(contact: Chosen | Contact) -> str:
    """Return how a contact is reached, which tells two of one name apart."""
    company = contact.company if isinstance(contact, Contact) else ""
    return " · ".join(filter(None, (company, contact.phone, contact.email)))


def fitted(text: str, width: int) -> str:
    """Return a text in exactly so many cells, an ellipsis where it was cut."""
    if cell_len(text) > width > 0:
        text = f"{set_cell_size(text, width - 1)}…"
    return set_cell_size(text, width)


class ChosenList(Widget, can_focus=True):
    """The contacts of the deal, the primary one first, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("K,alt+up,shift+up", "shift(-1)", "Move up"),
        Binding("J,alt+down,shift+down", "shift(1)", "Move down"),
        Binding("x,delete,backspace", "remove", "Take off"),
        Binding("enter", "screen.focus_next", show=False),
    ]

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    ChosenList {
        height: auto;
        padding: 0 1;
        display: none;
        &.-some { display: block; }
    }
    """

    cursor: reactive[int] = reactive(0)
    """The line that the keys mean."""

    contacts: reactive[tuple[Chosen, ...]] = reactive((), layout=True)
    """The contacts, the primary one first."""

    class Refused(Message):
        """The last contact cannot be taken off (decision 17)."""

    class Changed(Message):
        """Other contacts, or another order."""

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a line."""
        return max(0, min(cursor, len(self.contacts) - 1))

    def watch_contacts(self, contacts: tuple[Chosen, ...]) -> None:
        """Show nothing where there is nothing."""
        self.set_class(bool(contacts), "-some")
        self.cursor = self.cursor

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return one line for each contact."""
        return len(self.contacts)

    def render(self) -> Content:
        """Return the lines; at their ends what the mouse can do."""
        width = self.content_size.width
        lines = (self._line(number, each, width) for number, each in enumerate(self.contacts))
        return Content("\n").join(lines)

    def _line(self, number: int, contact: Chosen, width: int) -> Content:
        marks = f"{'↑' if number else ' '} ✕"
        room = max(0, width - len(marks) - 1)
        name = safe(label_of(contact))
        extra = f" new · {reach_of(contact)}" if isinstance(contact, NewContact) else ""
        extra = extra or f" {reach_of(contact)}"
        name = fitted(name, min(cell_len(name), room))
        rest = fitted(safe(extra), room - cell_len(name))
        at_cursor = self.has_focus and number == self.cursor
        style = "$block-cursor-foreground on $block-cursor-background" if at_cursor else ""
        return Content.assemble(
            (name, f"bold {style}" if style else "bold"),
            (rest, "dim"),
            (f" {marks}", "dim"),
        )

    async def on_key(self, event: events.Key) -> None:
        """Take the keys in the order in which they were pressed."""
        await take_in_order(self, event)

    def on_click(self, event: events.Click) -> None:
        """Do what the mark at the end of the line says."""
        at = event.get_content_offset(self)
        if at is None or not 0 <= at.y < len(self.contacts):
            return
        self.cursor = at.y
        from_end = self.content_size.width - at.x
        if from_end == 1:
            self.action_remove()
        elif from_end == 3:
            self.action_shift(-1)

    def action_step(self, by: int) -> None:
        """Move the cursor; beyond the ends to the fields around."""
        if 0 <= self.cursor + by < len(self.contacts):
            self.cursor += by
        elif by < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    def action_shift(self, by: int) -> None:
        """Move the contact under the cursor; the first is the primary one."""
        to = self.cursor + by
        if 0 <= to < len(self.contacts):
            order = list(self.contacts)
            order[self.cursor], order[to] = order[to], order[self.cursor]
            self.contacts = tuple(order)
            self.cursor = to
            self.post_message(self.Changed())

    def action_remove(self) -> None:
        """Take the contact under the cursor off the deal, unless it is the last."""
        if len(self.contacts) < 2:
            self.post_message(self.Refused())
            return
        gone = self.contacts[self.cursor]
        self.contacts = tuple(each for each in self.contacts if each is not gone)
        self.post_message(self.Changed())


class _Matches(OptionList, can_focus=False):
    """What the search found, over the fields beneath."""


class _Search(SearchLine):
    """Finds a contact; on an empty line Enter goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "hide", "Close the list", show=False),
    ]

    class ListWanted(Message):
        """Somebody wants to see the contacts without typing."""

    class Chosen(Message):
        """Enter, on text."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the form where there is no list to close."""
        return action != "hide" or self.found.has_class("-open")

    def action_hide(self) -> None:
        """Close the list."""
        self.found.remove_class("-open")

    async def action_in_list(self, action: str) -> None:
        """Move in the list; where none is open, open it or leave the line."""
        if self.found.has_class("-open"):
            await super().action_in_list(action)
        elif action == "cursor_down":
            self.post_message(self.ListWanted())
        elif action == "cursor_up":
            self.screen.focus_previous()

    async def action_submit(self) -> None:
        """Choose; or go on where nothing was typed."""
        if self.value.strip() or self.found.has_class("-open"):
            self.post_message(self.Chosen())
        else:
            self.screen.focus_next()


class NewContactFields(Vertical):
    """Name, phone and e-mail of a contact that does not exist yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back to the search", show=False),
    ]

    DEFAULT_CSS = """
    NewContactFields {
        height: auto;
        display: none;
        border-left: outer $accent;
        padding-left: 1;
        &.-open { display: block; }
        & .field--label { width: 8; }
    }
    """

    @dataclass
    class Closed(Message):
        """The fields were left with this in them."""

        text: str

    def compose(self) -> ComposeResult:
        """Yield the three fields."""
        yield Field("Name", Line(id="new-name"))
        yield Field("Phone", Line(id="new-phone"))
        yield Field("E-mail", Line(id="new-email", placeholder="⏎ adds the contact", last=True))

    def open_for(self, text: str) -> None:
        """Open the fields for what was searched in vain."""
        self.add_class("-open")
        lines = list(self.query(Line))
        contact = describe(text)
        for line, known in zip(lines, (contact.name, contact.phone, contact.email), strict=True):
            line.value = known
        next((line for line in lines if not line.value), lines[-1]).focus()

    @property
    def texts(self) -> tuple[str, ...]:
        """What is typed in the fields."""
        return tuple(line.value.strip() for line in self.query(Line))

    def take(self) -> NewContact | None:
        """Return what was typed and close the fields; None where all are empty."""
        name, phone, email = self.texts
        if not (name or phone or email):
            return None
        self._close()
        return NewContact(name, phone, email)

    def action_close(self) -> None:
        """Close the fields."""
        text = " ".join(filter(None, self.texts))
        self._close()
        self.post_message(self.Closed(text))

    def _close(self) -> None:
        for line in self.query(Line):
            line.value = ""
        self.remove_class("-open")


class ContactPicker(Vertical):
    """The contacts of a deal and the search that adds one."""

    DEFAULT_CSS = """
    ContactPicker {
        height: auto;
        & > _Matches {
            display: none;
            overlay: screen;
            constrain: none inside;
            height: auto;
            max-height: 9;
            padding: 0;
            border: none;
            border-left: outer $accent;
            background: $panel;
            &.-open { display: block; }
            & > .option-list--option-highlighted {
                color: $block-cursor-foreground;
                background: $block-cursor-background;
            }
            &:nocolor > .option-list--option-highlighted { text-style: reverse; }
        }
    }
    """

    @dataclass
    class SearchWanted(Message):
        """Contacts are wanted that a text finds; hand them to `show_matches`."""

        picker: "ContactPicker"
        text: str

    class Changed(Message):
        """Other contacts, or another order."""

    @dataclass
    class Refused(Message):
        """What was asked for is not possible."""

        sentence: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.chosen = ChosenList()
        self._matches = _Matches(compact=True)
        self._search = _Search(self._matches, placeholder="type a name, phone or e-mail")
        self._new = NewContactFields()
        self._found: tuple[Contact, ...] = ()
        self._found_for: str | None = None
        self._choose_when_found = False

    def compose(self) -> ComposeResult:
        """Yield the contacts, the search, its matches and the fields of a new one."""
        yield self.chosen
        yield self._search
        yield self._matches
        yield self._new

    # ── public ────────────────────────────────────────────────────────────────────────────────

    @property
    def contacts(self) -> tuple[Chosen, ...]:
        """The contacts of the deal, the primary one first."""
        return self.chosen.contacts

    @contacts.setter
    def contacts(self, contacts: Iterable[Chosen]) -> None:
        self.chosen.contacts = tuple(contacts)
        self._invite()

    @property
    def unfinished(self) -> str:
        """What is typed and not yet a contact."""
        return " ".join(filter(None, (self._search.value.strip(), *self._new.texts)))

    def finish(self) -> None:
        """Close the list, and take a new contact that is described and was not added yet."""
        self._matches.remove_class("-open")
        if self._new.has_class("-open"):
            self._add_new()

    def show_matches(self, text: str, found: Sequence[Contact]) -> None:
        """Show what a text finds, if it is still what is typed."""
        if text != self._search.value.strip():
            return
        self._found, self._found_for = tuple(found), text
        if self._choose_when_found:
            self._choose_now()
        elif self._search.has_focus:
            self._open_list()

    # ── searching ─────────────────────────────────────────────────────────────────────────────

    @on(Input.Changed, "_Search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        self._choose_when_found = False
        if text:
            self.post_message(self.SearchWanted(self, text))
        else:
            self._matches.remove_class("-open")

    @on(_Search.ListWanted)
    def _list(self) -> None:
        self.post_message(self.SearchWanted(self, self._search.value.strip()))

    def _open_list(self) -> None:
        options = [_option(str(n), each.name, reach_of(each)) for n, each in enumerate(self._found)]
        text = self._search.value.strip()
        options.append(_option(NEW, f"＋ New contact “{text}”" if text else "＋ New contact", ""))
        self._matches.set_options(options)
        self._matches.highlighted = 0
        self._matches.add_class("-open")

    @on(events.DescendantBlur)
    def _close_list(self) -> None:
        if not self._search.has_focus:
            self._matches.remove_class("-open")

    # ── choosing ──────────────────────────────────────────────────────────────────────────────

    @on(_Search.Chosen)
    def _choose(self) -> None:
        """Choose what is highlighted; what is still being searched as soon as it is found."""
        if self._found_for != self._search.value.strip():
            self._choose_when_found = True
        elif self._matches.has_class("-open") and self._matches.highlighted_option is not None:
            self._take(self._matches.highlighted_option.id)
        else:
            self._choose_now()

    def _choose_now(self) -> None:
        """Choose what nobody saw in the list yet, if there can be no doubt."""
        self._choose_when_found = False
        wanted = fold(self._search.value)
        if not self._found:
            self._take(NEW)
        elif fold(self._found[0].name) == wanted:
            self._take("0")
        else:
            self._open_list()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_id)

    def _take(self, option: str | None) -> None:
        text = self._search.value.strip()
        self._matches.remove_class("-open")
        self._search.value = ""
        if option == NEW or option is None:
            self._new.open_for(text)
            return
        found = self._found[int(option)]
        self._add(Person(found.id, found.name, found.phone, found.email))
        self._search.focus()

    def _add(self, contact: Chosen) -> None:
        """Put a contact behind the others; one that is there already stays where it is."""
        known = {each.id for each in self.contacts if isinstance(each, Person)}
        if isinstance(contact, Person) and contact.id in known:
            self.post_message(self.Refused(f"{contact.name} is on the deal already."))
            return
        self.contacts = (*self.contacts, contact)
        self.post_message(self.Changed())

    def _invite(self) -> None:
        """Say what the search is for."""
        more = "add another, or ⏎ goes on" if self.contacts else "type a name, phone or e-mail"
        self._search.placeholder = more

    # ── making a contact ──────────────────────────────────────────────────────────────────────

    @on(Input.Submitted)
    def _described(self, event: Input.Submitted) -> None:
        event.stop()
        if self._add_new():
            self._search.focus()
        else:
            self.post_message(self.Refused("A contact needs a name, a phone number or an e-mail."))

    def _add_new(self) -> bool:
        contact = self._new.take()
        if contact is not None:
            self._add(contact)
        return contact is not None

    @on(NewContactFields.Closed)
    def _back(self, event: NewContactFields.Closed) -> None:
        """Go back to the search, with what was typed."""
        event.stop()
        self._search.value = event.text
        self._search.focus()

    # ── those chosen ──────────────────────────────────────────────────────────────────────────

    @on(ChosenList.Changed)
    def _pass_on(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(ChosenList.Refused)
    def _refuse(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Refused("A deal needs a contact; add another one first."))


def _option(key: str, label: str, hint: str) -> Option:
    return Option(Content.assemble(f" {safe(label)} ", (safe(hint), "dim")), id=key)
