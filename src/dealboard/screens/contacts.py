"""The list of contacts: found while typing, sorted, selected, opened.

The order is read as ids alone and the rows in view by their ids, so that a hundred thousand
contacts feel like a hundred.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.dates import format_day
from dealboard.domain.filter_words import Chip, Part, count_line
from dealboard.domain.money import NOTHING, format_totals
from dealboard.domain.views import ContactRow
from dealboard.screens.catching_up import CatchingUp
from dealboard.screens.confirm import Confirm
from dealboard.screens.contact_verbs import ContactVerbs
from dealboard.screens.newest import Newest
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, ties
from dealboard.widgets.filter_bar import FilterBar
from dealboard.widgets.filter_line import Keys
from dealboard.widgets.grid import Cell, Column, Grid
from dealboard.widgets.menu_line import MenuItem

if TYPE_CHECKING:
    from array import array
    from datetime import date


KEY = "contacts"
"""Under which each user's view is kept."""

MANY = 20
"""Contacts above which their number has to be typed before they are deleted (decision 49)."""

EMPTY = "No contacts yet.\n\nn adds the first one; dealboard import reads a file of them."
NOT_FOUND = "No contact matches.\n\nesc in the search clears it."

COLUMNS = (
    Column("name", "Name", 40, 20, sort=True, flex=True),
    Column("company", "Company", 28, 12, sort=True),
    Column("phone", "Phone", 20, 16),
    Column("email", "E-mail", 40, 16),
    Column("city", "City", 18, 8, sort=True),
    Column("open", "Open", 6, 5, "right", sort=True),
    Column("closed", "Closed", 7, 6, "right", sort=True),
    Column("value", "Value", 18, 8, "right", sort=True),
    Column("created", "Created", 10, 9, sort=True),
)

OF_DEALS = frozenset({"open", "closed", "value"})
"""Columns that a Chat Operator does not see (decision 23)."""

DOWNWARDS = frozenset({"open", "closed", "value", "created"})
"""Columns that begin with the most."""


class View(NamedTuple):
    """What is looked for, and in which order."""

    search: str = ""
    sort: str = "name"
    descending: bool = False


class Order(NamedTuple):
    """All contacts that are found, how many there are at all, and the rows on the first screen."""

    ids: "array[int]"
    of: int
    rows: tuple[ContactRow, ...]


def read_order(connection: Connection, view: View, first: int) -> Order:
    """Read the order of a view and its first rows."""
    ids = contacts.ordered_ids(connection, view.search, view.sort, view.descending)
    of = contacts.count(connection) if view.search else len(ids)
    return Order(ids, of, contacts.rows(connection, ids[:first]))


class ContactsScreen(CatchingUp, ContactVerbs):
    """All contacts, or those that a text finds."""

    MENU_ACTIONS: ClassVar = {
        MenuItem("new_contact", "＋ New contact"): "screen.new",
        MenuItem("fields", "⚙ Fields"): "screen.fields",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New contact", id="contact.new"),
        Binding("slash", "find", "Find", id="view.find"),
        Binding("s", "sort", "Sort", id="view.sort"),
        Binding("S", "reverse", "Reverse the order", show=False, id="view.reverse"),
        Binding("F", "clear", "Clear the search", show=False, id="view.clear_filter"),
        Binding("A,ctrl+a", "select_all", "Select all", show=False, id="contact.select_all"),
        Binding("M", "find_duplicates", "Find duplicates", show=False, id="contact.duplicates"),
        Binding("ctrl+e", "export", "Export", show=False, id="view.export"),
        Binding("c", "fields", "Custom fields", show=False, id="contact.custom_fields"),
    ]

    AUTO_FOCUS = "Grid"

    def __init__(self) -> None:
        super().__init__()
        self._view = View()
        self._of = 0
        self._ordering = Newest(self)
        self._reading = Newest(self)

    @property
    def grid(self) -> Grid:
        """The table."""
        return self.query_one(Grid)

    @property
    def menu_actions(self) -> dict[MenuItem, str]:
        """No fields to define for a Chat Operator."""
        hidden = "fields" if self.operator else ""
        return {item: act for item, act in self.MENU_ACTIONS.items() if item.id != hidden}

    @property
    def contact_id(self) -> int | None:
        """The contact under the cursor."""
        grids = self.query(Grid)
        return grids.first().cursor_id if grids else None

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is shown of a contact."""
        return tuple(each for each in COLUMNS if not (self.operator and each.key in OF_DEALS))

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def body(self) -> ComposeResult:
        """Yield the search and the table."""
        bar = FilterBar(placeholder="name, company, phone or e-mail")
        bar.keys = Keys(edit="")
        yield bar
        yield Grid()

    def on_mount(self) -> None:
        """Show the contacts as they were looked at the last time."""
        kept = self.dealboard.recall_mine(KEY)
        cursor = None
        if isinstance(kept, dict):
            search, sort = str(kept.get("search", "")), str(kept.get("sort", "name"))
            known = {each.key for each in self.columns if each.sort}
            descending = bool(kept.get("descending"))
            self._view = View(search, sort if sort in known else "name", descending)
            cursor = kept.get("cursor") if isinstance(kept.get("cursor"), int) else None
        self.renew(cursor)
        self._show_hints()

    def renew(self, cursor: int | None = None) -> None:
        """Have the order read; a newer wish overtakes."""

        async def order() -> None:
            await self._read_order(cursor)

        self._ordering.want(order)

    async def _read_order(self, cursor: int | None) -> None:
        app, view = self.dealboard, self._view
        found = await app.report(app.read(read_order, view, self.app.size.height))
        if found is None or self._ordering.overtaken or not self.is_attached:
            return
        self._of = found.of
        grid = self.grid
        grid.empty = NOT_FOUND if view.search else EMPTY
        grid.sort_mark = (view.sort, view.descending)
        grid.invalidate()
        grid.show(self.columns, found.ids, cursor=cursor)
        if cursor is None and grid.cursor_index < len(found.rows):
            grid.put_rows({row.id: _row(row, *self._how) for row in found.rows})
        self._show_bar()
        self.refresh_bindings()

    def _show_bar(self) -> None:
        """Show what is looked for, how many are found and how many selected."""
        grid, view = self.grid, self._view
        number = len(grid.ids)
        line = count_line(number, (), self._of if view.search else None, noun="contact")
        if grid.selected_count:
            line = f"{grid.selected_count:,} selected │ {line}"
        chips = [Chip(Part.NAME, "", view.search)] if view.search else []
        self.query_one(FilterBar).show(chips, line, filtered=bool(view.search))

    @on(Grid.RowsWanted)
    def _want_rows(self, event: Grid.RowsWanted) -> None:
        self._reading.want(partial(self._read_rows, event))

    async def _read_rows(self, wanted: Grid.RowsWanted) -> None:
        app = self.dealboard
        keys, today, locale = self._how
        found = await app.report(app.read(read_cells, wanted.ids, keys, today, locale))
        if found is not None and self.is_attached:
            self.grid.put_rows(found, wanted.generation)

    @property
    def _how(self) -> "tuple[list[str], date, str]":
        """The keys of the columns, the day, and the locale: what decides how a contact is told."""
        app = self.dealboard
        keys = [each.key for each in self.columns]
        return keys, app.workspace.today, app.config.locale

    # ── search and order ──────────────────────────────────────────────────────────────────────

    def _look(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self.renew()

    def action_find(self) -> None:
        """Let a text be typed."""
        self.query_one(FilterBar).open()

    @on(FilterBar.NameTyped)
    def _find(self, event: FilterBar.NameTyped) -> None:
        self._look(self._view._replace(search=event.text.strip()))

    @on(FilterBar.Closed)
    def _found(self) -> None:
        self._remember()

    @on(FilterBar.ChipRemoved)
    @on(FilterBar.ClearRequested)
    def action_clear(self) -> None:
        """Show all contacts again."""
        self._look(self._view._replace(search=""))
        self._remember()

    @on(FilterBar.EditRequested)
    def _edit_search(self) -> None:
        self.action_find()

    @property
    def _sorts(self) -> tuple[str, ...]:
        return tuple(each.key for each in self.columns if each.sort)

    def _sort_by(self, key: str) -> None:
        self._look(self._view._replace(sort=key, descending=key in DOWNWARDS))
        self._remember()

    def action_sort(self) -> None:
        """Sort by the next column."""
        sorts = self._sorts
        at = sorts.index(self._view.sort) if self._view.sort in sorts else -1
        self._sort_by(sorts[(at + 1) % len(sorts)])

    def action_reverse(self) -> None:
        """Turn the order around."""
        self._look(self._view._replace(descending=not self._view.descending))
        self._remember()

    @on(Grid.HeaderClicked)
    def _header(self, event: Grid.HeaderClicked) -> None:
        if event.key == self._view.sort:
            self.action_reverse()
        else:
            self._sort_by(event.key)

    def _remember(self) -> None:
        """Keep search, order and cursor until the next start."""
        kept = {**self._view._asdict(), "cursor": self.contact_id}
        self.dealboard.remember_mine(KEY, kept)

    # ── cursor and selection ──────────────────────────────────────────────────────────────────

    @on(Grid.Opened)
    def _open(self, event: Grid.Opened) -> None:
        from dealboard.screens.kept_pages import show_contact

        self._remember()
        self.dealboard.open(show_contact(self.dealboard, event.row_id, self.grid.ids))

    @on(Grid.SelectionChanged)
    def _selected(self) -> None:
        self._show_bar()

    @on(Grid.CursorMoved)
    def _moved(self) -> None:
        if (self.contact_id is None) is (self._of > 0):
            self.refresh_bindings()

    def action_select_all(self) -> None:
        """Select all contacts that are found, also those out of sight."""
        self.grid.select_all()

    # ── what is done ──────────────────────────────────────────────────────────────────────────

    @work
    async def action_new(self) -> None:
        """Open the form of a new contact, and put the cursor on it."""
        from dealboard.screens.contact_form import ContactFormScreen

        made = await self.app.push_screen_wait(ContactFormScreen())
        if made is not None:
            self.show_contact(made)

    def show_contact(self, contact_id: int) -> None:
        """Put the cursor on a contact, without the search if that hides it."""
        self.renew(contact_id)

    def follow(self, contact_id: int) -> None:
        """Put the cursor on the contact whose page was left."""
        self.grid.focus_row(contact_id)

    def action_delete(self) -> None:
        """Delete the selected contacts, or ask how the one under the cursor shall go."""
        if self.grid.selected_count > 1:
            self._delete_many(tuple(self.grid.selected))
        else:
            super().action_delete()

    @work
    async def _delete_many(self, ids: tuple[int, ...]) -> None:
        """Delete those of the contacts that have no deals."""
        app = self.dealboard
        free = await app.report(app.read(ties.without_deals, ids))
        if free is None:
            return
        kept = len(ids) - len(free)
        with_deals = f"{kept:,} of the {len(ids):,} selected have deals and stay."
        if not free:
            app.say(f"All {kept:,} selected contacts have deals; merge or forget them one by one.")
            return
        detail = "u brings them back." if not kept else f"{with_deals}\nu brings the others back."
        question = f"Delete {len(free):,} contact{'' if len(free) == 1 else 's'}?"
        typed = str(len(free)) if len(free) > MANY else None
        if await self.app.push_screen_wait(Confirm(question, detail=detail, typed=typed)):
            receipt = await app.change(lambda tx: actions.contacts.delete_many(tx, free))
            if receipt is not None and receipt.operation is not None:
                self.grid.clear_selection()
                self.said(receipt)

    def action_find_duplicates(self) -> None:
        """List the contacts that share a number or an address."""
        from dealboard.screens.duplicates import Duplicates

        self.app.push_screen(Duplicates())

    def action_fields(self) -> None:
        """Show the workspace's own fields of contacts."""
        from dealboard.screens.fields import FieldsScreen

        self.app.push_screen(FieldsScreen())

    @work
    async def action_export(self) -> None:
        """Ask for a file and write the contacts that are found into it."""
        from dealboard.screens.exporting import export_to

        view = self._view

        def export(connection: Connection, **how: Any) -> int:
            from dealboard.transfer import exporter

            search, sort, descending = view
            return exporter.export_contacts(
                connection, search, sort=sort, descending=descending, **how
            )

        await export_to(self.dealboard, export, len(self.grid.ids), "contact")


def read_cells(
    connection: Connection, ids: Sequence[int], keys: Sequence[str], today: "date", locale: str
) -> dict[int, Sequence[Cell]]:
    """Read what the table says of contacts, which takes longer for a page than a key may."""
    return {row.id: _row(row, keys, today, locale) for row in contacts.rows(connection, ids)}


def _row(row: ContactRow, keys: Sequence[str], today: "date", locale: str) -> tuple[Cell, ...]:
    """Return what the table says of a contact."""
    cells = {
        "name": Cell(row.name, "title"),
        "company": Cell(row.company or ""),
        "phone": Cell(row.phone or ""),
        "email": Cell(row.email or ""),
        "city": Cell(row.city or "", "muted"),
        "open": Cell(f"{row.open:,}") if row.open else Cell(NOTHING, "muted"),
        "closed": Cell(f"{row.closed:,}" if row.closed else NOTHING, "muted"),
        "value": Cell(format_totals(row.totals, locale), "amount")
        if row.totals
        else Cell(NOTHING, "muted"),
        "created": Cell(format_day(row.created_at.astimezone().date(), today), "muted"),
    }
    return tuple(cells[key] for key in keys)
