"""Contacts that share a phone number or an e-mail address, merged pair by pair."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard import actions
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import Contact
from dealboard.screens.saving import dealboard
from dealboard.store.reads import ties
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

COLUMNS = (
    Column("Shared", widest=28),
    Column("Contacts", elastic=True),
)

NOTHING = "No two contacts share a phone number or an e-mail address."

Group = tuple[Contact, ...]


class Duplicates(ModalScreen[None]):
    """Groups of contacts with the same number or address, the oldest contact first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "merge", "Merge", id="duplicate.merge"),
        Binding("u,ctrl+z", "undo", "Undo", id="history.undo"),
        Binding("q,escape", "leave", "Close", id="duplicate.close"),
        Binding("question_mark,f1", "app.help", "Help", id="duplicate.help"),
    ]

    AUTO_FOCUS = "Rows"

    DEFAULT_CSS = """
    Duplicates {
        align: center middle;
        & > Dialog { width: 92; }
        & #said { color: $text-muted; padding: 0 1; height: auto; }
        & Rows, & Rows:focus { border: none; margin-top: 1; max-height: 20; background: $surface; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._groups: tuple[Group, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield what this is, the groups, and the buttons."""
        with Dialog(
            title="Numbers and addresses of several contacts",
            hint="⏎ compares two and merges them · u undoes",
        ):
            yield Static("Looking…", id="said", markup=False)
            yield Rows(*COLUMNS)
            with Buttons():
                yield button("Merge", "⏎", id="merge", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Look for duplicates."""
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self, said: str = "") -> None:
        app = dealboard(self)
        found = await app.report(app.read(ties.shared))
        if found is None or not self.is_attached:
            return
        self._groups = found
        rows = self.query_one(Rows)
        rows.show([_entry(number, group) for number, group in enumerate(found)])
        rows.display = bool(found)
        self.query_one("#merge").disabled = not found
        count = f"{len(found):,} shared by more than one contact." if found else NOTHING
        self.query_one("#said", Static).update(Content(safe(f"{said} {count}".strip())))

    @on(Rows.Opened)
    @on(Button.Pressed, "#merge")
    def action_merge(self) -> None:
        """Compare the two oldest of the group under the cursor."""
        at = self.query_one(Rows).cursor_id
        if isinstance(at, int) and at < len(self._groups):
            self._merge(self._groups[at])

    @work
    async def _merge(self, group: Group) -> None:
        from dealboard.screens.merge import Merge

        one, other = group[0].id, group[1].id
        if await self.app.push_screen_wait(Merge(one, other)) is not None:
            self._look("Merged · u undoes.")

    @work
    async def action_undo(self) -> None:
        """Take back the newest change."""
        receipt = await dealboard(self).change(lambda tx: actions.history.undo(tx))
        if receipt is not None and receipt.operation is not None:
            self._look(f"{receipt.label}.")

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(None)


def _entry(number: int, group: Group) -> Entry:
    first, second = group[0], group[1]
    same_phone = first.phone_key is not None and first.phone_key == second.phone_key
    shared = (first.phone if same_phone else first.email) or ""
    names = " · ".join(f"{excerpt(each.name, 30)} #{each.id}" for each in group)
    return Entry(number, ((shared, "strong"), (names, "row")))
