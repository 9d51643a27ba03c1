"""Finding a contact by typing, or making one on the spot without losing the form (decision 20).

The search asks for matches by `SearchWanted` and is handed them by `show_matches`. A new contact is
only described here; it comes into being with the deal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from dealboard.domain.text import fold, safe
from dealboard.domain.views import Contact, Person
from dealboard.widgets.chosen import Chosen, NewContact, describe, reach_of
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line, SearchLine

NEW = "new"
"""The option that makes a contact; the others are numbers of the matches."""


class _Matches(OptionList):
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

    @dataclass
    class Passed(Message):
        """The line was left, downwards if `by` is positive."""

        by: int

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
            self.post_message(self.Passed(-1))

    async def action_submit(self) -> None:
        """Choose; or go on where nothing was typed."""
        if self.value.strip() or self.found.has_class("-open"):
            self.post_message(self.Chosen())
        else:
            self.post_message(self.Passed(1))


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
        self.screen.set_focus(next((line for line in lines if not line.value), lines[-1]))

    @property
    def texts(self) -> tuple[str, ...]:
        """What is typed in the fields."""
        return tuple(line.value.strip() for line in self.query(Line))

    def step(self, by: int) -> bool:
        """Go to another of the fields; False where there is none, and they keep the cursor."""
        lines = list(self.query(Line))
        at = next((at for at, line in enumerate(lines) if line.has_focus), 0) + by
        if not 0 <= at < len(lines):
            return False
        self.screen.set_focus(lines[at])
        return True

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


class ContactSearch(Vertical):
    """A line that searches, the matches beneath it, and the fields of a contact to be made."""

    DEFAULT_CSS = """
    ContactSearch {
        height: auto;
        background: $background;
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
        }
    }
    """

    @dataclass
    class SearchWanted(Message):
        """Contacts are wanted that a text finds; hand them to `show_matches`."""

        search: "ContactSearch"
        text: str

    @dataclass
    class Found(Message):
        """A contact was found, or described."""

        contact: Chosen

    @dataclass
    class Passed(Message):
        """The search was left, downwards if `by` is positive."""

        by: int

    @dataclass
    class Refused(Message):
        """What was asked for is not possible."""

        sentence: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._matches = _Matches(compact=True)
        self._search = _Search(self._matches, placeholder="type a name, phone or e-mail")
        self._new = NewContactFields()
        self._found: tuple[Contact, ...] = ()
        self._found_for: str | None = None
        self._choose_when_found = False

    def compose(self) -> ComposeResult:
        """Yield the search, its matches and the fields of a new contact."""
        yield self._search
        yield self._matches
        yield self._new

    # ── public ────────────────────────────────────────────────────────────────────────────────

    def focus_line(self) -> None:
        """Put the cursor where one types."""
        self.screen.set_focus(self._search)

    def invite(self, sentence: str) -> None:
        """Say what the search is for."""
        self._search.placeholder = sentence

    @property
    def lines(self) -> int:
        """How many lines it takes, the matches not counted."""
        return 4 if self._new.has_class("-open") else 1

    @property
    def unfinished(self) -> str:
        """What is typed and not yet a contact."""
        return " ".join(filter(None, (self._search.value.strip(), *self._new.texts)))

    def finish(self) -> NewContact | None:
        """Close the list; return a new contact that is described and was not added yet."""
        self._matches.remove_class("-open")
        return self._new.take() if self._new.has_class("-open") else None

    def clear(self) -> None:
        """Forget what is typed."""
        self.finish()
        self._search.value = ""

    def step(self, by: int) -> bool:
        """Go to another field of a new contact; False where Tab leaves the search."""
        return self._new.has_class("-open") and self._new.step(by)

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

    @on(_Search.Passed)
    def _pass(self, event: _Search.Passed) -> None:
        self.post_message(self.Passed(event.by))

    def _open_list(self) -> None:
        options = [_option(str(n), each.name, reach_of(each)) for n, each in enumerate(self._found)]
        text = self._search.value.strip()
        options.append(_option(NEW, f"＋ New contact “{text}”" if text else "＋ New contact", ""))
        self._matches.set_options(options)
        self._matches.highlighted = 0
        self._matches.add_class("-open")

    @on(events.DescendantBlur)
    def _close_list(self) -> None:
        if not (self._search.has_focus or self._matches.has_focus):
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
        person = Person(found.id, found.name, found.phone, found.email, found.phone_key)
        self.post_message(self.Found(person))
        self.focus_line()

    # ── making a contact ──────────────────────────────────────────────────────────────────────

    @on(Input.Submitted)
    def _described(self, event: Input.Submitted) -> None:
        event.stop()
        contact = self._new.take()
        if contact is None:
            self.post_message(self.Refused("A contact needs a name, a phone number or an e-mail."))
            return
        self.post_message(self.Found(contact))
        self.focus_line()

    @on(Input.Changed, "NewContactFields Line")
    def _keep_to_itself(self, event: Input.Changed) -> None:
        event.stop()

    @on(NewContactFields.Closed)
    def _back(self, event: NewContactFields.Closed) -> None:
        """Go back to the search, with what was typed."""
        event.stop()
        self._search.value = event.text
        self.focus_line()


def _option(key: str, label: str, hint: str) -> Option:
    return Option(Content.assemble(f" {safe(label)} ", (safe(hint), "dim")), id=key)
