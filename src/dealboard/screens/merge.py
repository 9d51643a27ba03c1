"""Making two contacts one: what is kept is seen before it is done."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard import actions
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import CustomField
from dealboard.errors import DealboardError
from dealboard.screens.saving import dealboard, writing
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, fields
from dealboard.widgets.contact_merge import MergeTable, Merging, Side, merging
from dealboard.widgets.dialog import Buttons, Dialog, button

if TYPE_CHECKING:
    from dealboard.store.transaction import Transaction


class _Pair(NamedTuple):
    sides: tuple[Side, Side]
    custom: tuple[CustomField, ...]


def read_pair(connection: Connection, one: int, other: int) -> _Pair:
    """Read two contacts with the number of their deals, the older first. Raises NotFound."""
    sides = sorted((_side(connection, one), _side(connection, other)), key=_age)
    return _Pair((sides[0], sides[1]), fields.fields(connection))


def _age(side: Side) -> tuple[datetime, int]:
    return side.contact.created_at, side.contact.id


def _side(connection: Connection, contact_id: int) -> Side:
    open_, closed = contacts.deals_of(connection, contact_id)
    return Side(contacts.contact(connection, contact_id), len(open_), len(closed))


class Merge(ModalScreen[int | None]):
    """Two contacts side by side; answers the id of the one that stayed, None for Esc.

    The older one stays unless somebody says otherwise; field by field the other value can be kept.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "merge", "Merge", id="merge.do"),
        Binding("q,escape", "leave", "Close", id="merge.close"),
        Binding("question_mark,f1", "app.help", "Help", id="merge.help"),
    ]

    AUTO_FOCUS = "MergeTable"

    DEFAULT_CSS = """
    Merge {
        align: center middle;
        & > Dialog { width: 96; padding: 1 1 0 1; }
        & #summary { color: $text-muted; margin-top: 1; padding: 0 2; height: auto; }
        & #trouble { color: $text-error; text-style: bold; display: none; padding: 0 2; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, one: int, other: int) -> None:
        super().__init__()
        self._ids = (one, other)
        self._merging = False

    def compose(self) -> ComposeResult:
        """Yield the two, what comes of them, and the buttons."""
        hint = "← → keep a value · s the other contact stays"
        with Dialog(title="Merge two contacts", hint=hint):
            yield MergeTable()
            yield Static("", id="summary", markup=False)
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Swap", "s", id="swap")
                yield button("Merge", "F2", id="merge", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Show the two as soon as they are read."""
        self._fill()

    @property
    def _table(self) -> MergeTable:
        return self.query_one(MergeTable)

    @work
    async def _fill(self) -> None:
        app = dealboard(self)
        pair = await app.report(app.read(read_pair, *self._ids))
        if pair is None:
            self.dismiss(None)
        else:
            self._table.merging = merging(pair.sides, pair.custom, writing(self))

    @on(MergeTable.Changed)
    def _sum_up(self, event: MergeTable.Changed) -> None:
        self.query_one("#summary", Static).update(Content(safe(_summary(event.merging))))

    @on(Button.Pressed, "#swap")
    def _swap(self) -> None:
        self._table.action_swap()

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; nothing is lost."""
        self.dismiss(None)

    @on(Button.Pressed, "#merge")
    def action_merge(self) -> None:
        """Do what is shown."""
        chosen = self._table.merging
        if chosen is not None and not self._merging:
            self._merging = True
            self._merge(chosen)

    @work
    async def _merge(self, chosen: Merging) -> None:
        app = dealboard(self)
        kept, gone = chosen.kept, chosen.gone

        def merge(tx: "Transaction") -> int:
            tx.describe(f"Merged {gone.name} into {kept.name}")
            changes = chosen.changes()
            if changes:
                actions.contacts.edit(tx, kept.id, changes)
            actions.contacts.merge(tx, gone.id, into=kept.id)
            return kept.id

        try:
            receipt = await app.write(merge)
        except DealboardError as error:
            trouble = self.query_one("#trouble", Static)
            trouble.add_class("-some")
            trouble.update(Content(safe(error.whole)))
        else:
            self.dismiss(receipt.value)
            app.tell(receipt)
            app.say(f"{receipt.label} · u undoes")
        finally:
            self._merging = False


def _summary(chosen: Merging) -> str:
    """Return what comes of the merging, in one or two sentences."""
    deals = sum(side.open + side.closed for side in chosen.sides)
    kept = f"{excerpt(chosen.kept.name, 40)} #{chosen.kept.id}"
    counted = {0: "no deals", 1: "the one deal"}.get(deals, f"all {deals} deals")
    had = f"{kept} stays and has {counted}, the chat and the notes of both."
    return f"{had} #{chosen.gone.id} goes; u brings it back."
