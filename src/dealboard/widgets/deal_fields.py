"""The fields of a deal as one widget: drawn lines, and a line to type in over the field at hand.

No widget per field, so that a page with it is there at once. It knows what stands in the fields
(`Draft`); who reads and who writes is the screen's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from dealboard.domain.views import Person
from dealboard.widgets.blocks import Block
from dealboard.widgets.chosen import Chosen
from dealboard.widgets.deal_editors import Editors
from dealboard.widgets.deal_field_lines import (
    ADD,
    CHOSEN,
    MOVE_UP,
    TAKE_OFF,
    Fields,
    field_blocks,
)
from dealboard.widgets.deal_form import TEXTS, Draft, Values
from dealboard.widgets.line_list import FromLines, LineList

if TYPE_CHECKING:
    from textual.widgets import Input

    from dealboard.widgets.contact_search import ContactSearch


class DealFields(LineList):
    """Contacts and fields under a cursor. Enter edits the field there, or asks for its list.

    With `form` the field at the cursor is always being edited, as suits a deal that is typed in.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,e", "enter", "Edit", id="field.edit"),
        Binding("tab", "flow(1)", "Next field", show=False, id="field.next"),
        Binding("shift+tab", "flow(-1)", "Field before", show=False, id="field.previous"),
        Binding("left,h", "choose(-1)", "Choice before", show=False, id="field.left"),
        Binding("right,l", "choose(1)", "Next choice", show=False, id="field.right"),
        Binding("K,alt+up", "shift(-1)", "Contact up", show=False, id="field.contact_up"),
        Binding("J,alt+down", "shift(1)", "Contact down", show=False, id="field.contact_down"),
        Binding("delete,backspace", "take_off", "Take off", id="field.take_off"),
        Binding("escape", "revert", "As it was", show=False, id="field.revert"),
    ]

    DEFAULT_CSS = """
    DealFields {
        & > Line, & > ContactSearch { position: absolute; }
        & > #editor.-textual-compact { padding: 0; }
        & > ContactSearch { background: $surface; }
    }
    """

    class Edited(Message):
        """Something else stands in a field."""

    class Submitted(Message):
        """Enter, in the last field of a form."""

    @dataclass
    class ListWanted(FromLines):
        """Somebody wants to see all that a field can be."""

        field: str

    @dataclass
    class ContactSelected(FromLines):
        """Another contact is the one that is meant, None where there is none."""

        contact: Chosen | None

    @dataclass
    class ContactOpened(FromLines):
        """A contact is to be opened."""

        contact: Person

    def __init__(self, *, form: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._form = form
        self._draft: Draft | None = None
        self._notes: Sequence[tuple[str, str]] = ()
        self._selected = 0
        self._flowing = form
        self._editors = Editors(self, self._submit)

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    @property
    def draft(self) -> Draft:
        """What stands in the fields."""
        assert self._draft is not None  # noqa: S101 -- shown before anybody asks
        return self._draft

    @property
    def selected(self) -> Chosen | None:
        """The contact that is meant."""
        contacts = self._draft.typed.contacts if self._draft else ()
        return contacts[self._selected] if self._selected < len(contacts) else None

    @property
    def editing(self) -> str:
        """The field that is being typed in."""
        return self._editors.field

    @property
    def dirty(self) -> bool:
        """Whether anything would be lost."""
        self._take_typed()
        return self._draft is not None and (self._draft.dirty or bool(self.unfinished))

    @property
    def unfinished(self) -> str:
        """What is typed in the search and not a contact yet."""
        return self._editors.unfinished

    def show(self, draft: Draft, notes: Sequence[tuple[str, str]] = ()) -> None:
        """Show a draft; `notes` are labels and values that stand below."""
        if draft is not self._draft:
            self.stop()
            self._selected = 0
            self._editors.clear()
        self._draft, self._notes = draft, notes
        self._selected = min(self._selected, max(0, len(draft.typed.contacts) - 1))
        self.redraw()

    def begin(self, name: str) -> None:
        """Put the cursor on a field; in a form, edit there."""
        self.redraw()
        self.put_cursor(name)
        if self._form and self.has_focus_within:
            self.edit(name)

    def blocks(self, width: int) -> Sequence[Block]:
        """Return contacts, fields and notes."""
        if self._draft is None:
            return ()
        fields = Fields(
            at=self.cursor if self.shows_cursor else None,
            editing=self.editing,
            selected=-1 if self._form else self._selected,
            unfinished=self.unfinished,
            search_lines=self._editors.search_lines,
            notes=self._notes,
            marks_required=self._form,
        )
        return field_blocks(self._draft, fields, width)

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is drawn; not where something is typed, which has a cursor itself."""
        return self.has_focus_within

    def values(self) -> Values | None:
        """Return what the fields mean; None, with complaints and the cursor there, if one errs."""
        draft = self.draft
        self._take_typed()
        if (described := self._editors.finish()) is not None:
            self._add(described)
        values = draft.values()
        if self.unfinished:
            left = f"“{self.unfinished}” is not added yet. ⏎ adds it; clear it to go on without."
            draft.complaints["contacts"] = left
        if not draft.complaints:
            return values
        self._go_to_complaint()
        return None

    def complain(self, name: str, sentence: str) -> bool:
        """Say what is wrong beside the field that an error names; False if there is none."""
        if name not in {*TEXTS, *CHOSEN, "contacts"}:
            return False
        self.draft.complaints[name] = sentence
        self._go_to_complaint()
        return True

    def _go_to_complaint(self) -> None:
        name = next(iter(self.draft.complaints))
        if name not in TEXTS:
            self.stop()
            self.redraw()
            self.put_cursor(ADD if name == "contacts" else name)
            if name == "contacts":
                self.edit(ADD)
        else:
            self.redraw()
            self.edit(name)

    def put_cursor(self, key: object) -> None:
        """Move the cursor; a contact that it comes to is the one that is meant."""
        super().put_cursor(key)
        self.redraw()
        self.refresh_bindings()
        if isinstance(key, int) and key != self._selected:
            self._select(key)

    def _select(self, place: int) -> None:
        self._selected = place
        self.redraw()
        self._tell(self.ContactSelected(self, self.selected))

    # ── moving and editing ────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave the keys alone that mean nothing at the cursor."""
        if action == "flow":
            return self._flowing
        if action == "revert":
            return bool(self.editing or self._flowing) and not self._form
        if action == "choose":
            return self.cursor in CHOSEN and not self.editing
        if action in ("take_off", "shift"):
            return isinstance(self.cursor, int) and not self.editing
        return self._draft is not None

    def edit(self, name: str) -> None:
        """Let a field be typed in, or a contact be searched."""
        if name == self.editing:
            self._editors.focus()
            return
        self._hide_editors()
        self._flowing = True
        self._editors.open(name, self.draft)
        self.put_cursor(name)
        self._editors.place()
        self._editors.focus()

    def stop(self) -> None:
        """Be done with typing; what was typed stays."""
        self._hide_editors()
        self._flowing = self._form
        self.redraw()
        self.refresh_bindings()

    def action_enter(self) -> None:
        """Edit the field at the cursor, ask for its list, or open the contact."""
        at = self.cursor
        if at == ADD or at in TEXTS:
            self.edit(str(at))
        elif at in CHOSEN:
            self._tell(self.ListWanted(self, str(at)))
        elif self._form:
            self._move(1)
        elif isinstance(self.selected, Person):
            self._tell(self.ContactOpened(self, self.selected))

    def action_step(self, by: int) -> None:
        """Move the cursor; while typing, go on typing in the field there."""
        if not self._editors.step(by):
            self._move(by)

    def action_flow(self, by: int) -> None:
        """Go on to the next field; from the last one out of the form."""
        if self._editors.step(by) or self._move(by):
            return
        self.stop()
        if by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_revert(self) -> None:
        """Have in the field again what stood there, and be done with typing."""
        name, before = self.editing, self._editors.before
        self.stop()
        if name in TEXTS:
            self.draft.put(name, before)
            self._edited()
        else:
            self._editors.clear()
            self.redraw()

    def _move(self, by: int) -> bool:
        """Move the cursor by fields, and edit there while typing goes on; False at the end."""
        flowing, before = self._flowing, self.cursor
        if self.editing:
            self._hide_editors()
            self.screen.set_focus(self)
            self.redraw()
        self.step(by)
        at = self.cursor
        if at == before:
            if self._form and at in (*TEXTS, ADD):
                self.edit(str(at))
            return False
        if flowing and (at in TEXTS or (at == ADD and self._form)):
            self.edit(str(at))
        return True

    # ── the editors ───────────────────────────────────────────────────────────────────────────

    def _take_typed(self) -> bool:
        """Have in the draft what is typed; whether that is something else.

        Keys that were typed fast are all in the line before the first of them is heard of here.
        """
        name, typed = self.editing, self._editors.typed
        if typed is None or typed == self.draft.typed.text(name):
            return False
        self.draft.put(name, typed)
        return True

    def _hide_editors(self) -> None:
        if self._take_typed():
            self.post_message(self.Edited())
        self._editors.hide()

    def redraw(self) -> None:
        """Draw the fields anew, and lay the editor where its field is now."""
        super().redraw()
        self._editors.place()

    def _show_from(self, first: int) -> None:
        super()._show_from(first)
        self._editors.place()

    def on_resize(self) -> None:
        """Lay the editor where its field will be."""
        self.call_after_refresh(self._editors.place)

    def on_focus(self) -> None:
        """Show the cursor; in a form, edit there."""
        self.redraw()
        if self._form and not self.editing and self.cursor in (*TEXTS, ADD):
            self.edit(str(self.cursor))

    def on_descendant_focus(self) -> None:
        """Show the cursor."""
        self.redraw()

    def on_descendant_blur(self) -> None:
        """Be done with typing when the focus went elsewhere, to another pane by the mouse."""
        if not self.has_focus_within:
            if self.editing and not self._form:
                self.stop()
            self.redraw()

    def on_input_changed(self, event: "Input.Changed") -> None:
        """Take what is typed into the draft at once."""
        event.stop()
        if not self._editors.is_line(event.input) or self._take_typed():
            self._edited()

    def _submit(self) -> None:
        """Go on to the next field, in a form typing; from the last one of a form, save."""
        if self._form and self.editing == TEXTS[-1]:
            self.post_message(self.Submitted())
        elif self._form:
            self._move(1)
        else:
            self.stop()
            self.step(1)

    def _edited(self) -> None:
        self.redraw()
        self.post_message(self.Edited())

    # ── choosing ──────────────────────────────────────────────────────────────────────────────

    def choose(self, field: str, chosen: int) -> None:
        """Take one of the choices."""
        if chosen != self.draft.chosen(field):
            self.draft.choose(field, chosen)
            self._edited()

    def action_choose(self, by: int) -> None:
        """Take the choice before or behind; the ends are ends."""
        field = str(self.cursor)
        ids, chosen = self.draft.possible(field), self.draft.chosen(field)
        at = ids.index(chosen) + by if chosen in ids else 0
        if 0 <= at < len(ids):
            self.choose(field, ids[at])

    # ── contacts ──────────────────────────────────────────────────────────────────────────────

    def _add(self, contact: Chosen) -> None:
        """Put a contact behind the others; one that is there already stays where it is."""
        contacts = self.draft.typed.contacts
        known = {each.id for each in contacts if isinstance(each, Person)}
        if isinstance(contact, Person) and contact.id in known:
            self.draft.complaints["contacts"] = f"{contact.name} is on the deal already."
            self.redraw()
            return
        self.draft.put_contacts((*contacts, contact))
        self._editors.invite(some=True)
        self._edited()
        self._reveal()
        self._editors.place()

    def on_contact_search_found(self, event: "ContactSearch.Found") -> None:
        """Put a contact that was found on the deal."""
        event.stop()
        self._add(event.contact)

    def on_contact_search_passed(self, event: "ContactSearch.Passed") -> None:
        """Leave the search for the field above or below."""
        event.stop()
        if self._form:
            self._move(event.by)
        else:
            self.stop()

    def on_contact_search_refused(self, event: "ContactSearch.Refused") -> None:
        """Say what is not possible."""
        event.stop()
        self.draft.complaints["contacts"] = event.sentence
        self.redraw()

    def action_shift(self, by: int) -> None:
        """Move the contact under the cursor; the first is the primary one."""
        at = self.cursor
        contacts = list(self.draft.typed.contacts)
        if isinstance(at, int) and 0 <= at + by < len(contacts):
            contacts[at], contacts[at + by] = contacts[at + by], contacts[at]
            self._selected = at + by
            self.draft.put_contacts(contacts)
            self._edited()
            self.put_cursor(at + by)

    def action_take_off(self) -> None:
        """Take the contact under the cursor off the deal, unless it is the last (decision 17)."""
        at, contacts = self.cursor, self.draft.typed.contacts
        if not isinstance(at, int):
            return
        if len(contacts) < 2:
            self.draft.complaints["contacts"] = "A deal needs a contact; add another one first."
            self.redraw()
            return
        self.draft.put_contacts((*contacts[:at], *contacts[at + 1 :]))
        self._selected = min(self._selected, len(contacts) - 2)
        self._edited()
        self.put_cursor(min(at, len(contacts) - 2))
        self._tell(self.ContactSelected(self, self.selected))

    # ── the mouse ─────────────────────────────────────────────────────────────────────────────

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked: edit a field, choose, move or take off a contact."""
        event.prevent_default()
        if self.screen.get_widget_at(event.screen_x, event.screen_y)[0] is not self:
            return
        block = self.block_at(event.y)
        if block is None or not block.stops:
            return
        self.put_cursor(block.key)
        from_end = self.size.width - 1 - event.x
        if not isinstance(block.key, int):
            self.action_enter()
        elif from_end == TAKE_OFF:
            self.action_take_off()
        elif from_end == MOVE_UP:
            self.action_shift(-1)
        elif event.chain == 2:
            self.action_enter()
