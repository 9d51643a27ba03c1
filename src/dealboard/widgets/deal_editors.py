"""What is typed in over a deal's fields: a line over a text, a search over the contacts.

Each is mounted by the first key that wants it. Which field is edited, and what comes of what is
typed, is the business of the fields.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dealboard.widgets.chosen import Chosen
from dealboard.widgets.deal_field_lines import ADD, value_column
from dealboard.widgets.deal_form import TEXTS, Draft
from dealboard.widgets.line_list import LineList

if TYPE_CHECKING:
    from textual.widget import Widget
    from textual.widgets import Input

    from dealboard.widgets.contact_search import ContactSearch
    from dealboard.widgets.field_editor import FieldEditor

PLACEHOLDERS = {
    "title": "the first contact's name, unless you type one",
    "amount": "12k",
    "currency": "EUR",
    "close date": "fri, +2w, 31/12",
    "reference": "its number in another system",
}


class Editors:
    """The line and the search, of which one at most is seen; `submit` is heard from the line."""

    def __init__(self, fields: LineList, submit: Callable[[], None]) -> None:
        self.field = ""
        """The field that is being typed in, empty for none."""
        self.before = ""
        """What stood in it."""
        self._fields = fields
        self._submit = submit
        self._line: FieldEditor | None = None
        self._search: ContactSearch | None = None

    # ── one at a time ─────────────────────────────────────────────────────────────────────────

    def open(self, name: str, draft: Draft) -> None:
        """Let a field be typed in, or a contact be searched."""
        self.field = name
        if name == ADD:
            self._open_search(some=bool(draft.typed.contacts))
        else:
            self._open_line(name, draft.typed.text(name))

    def _open_line(self, name: str, text: str) -> None:
        from dealboard.widgets.field_editor import FieldEditor

        if self._line is None:
            self._line = FieldEditor(self._submit)
            self._fields.mount(self._line)
        self.before = text
        self._line.begin(text, PLACEHOLDERS[name])
        self._line.display = True

    def _open_search(self, *, some: bool) -> None:
        from dealboard.widgets.contact_search import ContactSearch

        if self._search is None:
            self._search = ContactSearch()
            self._fields.mount(self._search)
        self.invite(some=some)
        self._search.display = True

    def hide(self) -> None:
        """Be seen no more; what had the focus gives it back to the fields."""
        fields = self._fields
        was_focused = fields.has_focus_within and not fields.has_focus
        self.field = ""
        for editor in (self._line, self._search):
            if editor is not None and editor.display:
                editor.display = False
        if was_focused:
            fields.screen.set_focus(fields)

    def focus(self) -> None:
        """Put the cursor where one types, once that is there.

        Mounting holds the fields up: keys that already wait for them would come behind those that
        went to the editor since.
        """
        editor = self._search if self.field == ADD else self._line
        if editor is not None and not editor.is_mounted:
            self._fields.call_next(self.focus)
        elif self.field == ADD and self._search is not None:
            self._search.focus_line()
        elif self.field and self._line is not None:
            self._fields.screen.set_focus(self._line)

    def place(self) -> None:
        """Lie over the value of the field."""
        fields = self._fields
        y = fields.line_of(self.field) if self.field else None
        editor: Widget | None = self._search if self.field == ADD else self._line
        if y is None or editor is None:
            return
        x = 1 + (4 if self.field == ADD else value_column())
        editor.styles.offset = (x, y)
        editor.styles.width = max(1, fields.size.width - x - 1)

    # ── the line ──────────────────────────────────────────────────────────────────────────────

    @property
    def typed(self) -> str | None:
        """What is typed in the line, None where no text is edited."""
        if self._line is None or self.field not in TEXTS:
            return None
        return self._line.value.strip()

    def is_line(self, editor: "Input") -> bool:
        """Return whether it is the line."""
        return editor is self._line

    # ── the search ────────────────────────────────────────────────────────────────────────────

    @property
    def unfinished(self) -> str:
        """What is typed in the search and not a contact yet."""
        return self._search.unfinished if self._search is not None else ""

    @property
    def search_lines(self) -> int:
        """How high the search is."""
        return self._search.lines if self._search is not None else 1

    def invite(self, *, some: bool) -> None:
        """Say what can be typed in the search, where there are `some` contacts or none."""
        if self._search is not None:
            what = "add another, or ⏎ goes on" if some else "type a name, phone or e-mail"
            self._search.invite(what)

    def step(self, by: int) -> bool:
        """Go to another contact that was found; False where there is none."""
        return self.field == ADD and self._search is not None and self._search.step(by)

    def finish(self) -> Chosen | None:
        """Return the contact that the search describes, if it describes one."""
        return self._search.finish() if self._search is not None else None

    def clear(self) -> None:
        """Leave nothing in the search."""
        if self._search is not None:
            self._search.clear()
