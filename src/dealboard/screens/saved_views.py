"""Saved views: a filter, an order and a look under a name, and how one goes back to them.

What the views of the deals use of it:

- `SavedViews(query, names)` shows them and answers the `Query` of the one that was chosen, None for
  Esc; the query in force can be saved, put in a view's place, and views renamed and deleted there;
- `save_as(app, query)` saves the query in force without the list;
- `query_of(view, today, first_weekday)` is what a view means today, for the palette.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from dealboard import actions
from dealboard.domain.filter_words import Names, describe, renewed
from dealboard.domain.filters import Query, SortKey, from_json
from dealboard.domain.text import safe
from dealboard.domain.views import SavedView
from dealboard.errors import InvalidValue
from dealboard.screens.ask import Ask
from dealboard.screens.confirm import Confirm
from dealboard.screens.saving import dealboard
from dealboard.store.reads import saved_views
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.lines import cut

if TYPE_CHECKING:
    from dealboard.app import Changed, DealboardApp

KEYS = "123456789"
"""What opens one of the first views at once."""

DIALOG_CELLS = 90
FRAME_LINES = 8
"""Lines around the list: the frame, what is shown now, the buttons."""

UNREADABLE = "saved by a version that this one cannot read"

NAME_CELLS = 26
"""Longer names are cut in the list."""

EMPTY = """\
No view is saved yet.

A view keeps a filter, an order and board or table under a name.
Press s to save what is shown now."""


def query_of(view: SavedView, today: date, first_weekday: int = 0) -> Query:
    """Return what a view means today: "this month" is the one that is. Raises InvalidValue."""
    query = from_json(view.query)
    criteria = renewed(query.filter, today, first_weekday=first_weekday)
    return query._replace(filter=criteria)


def in_words(query: Query, names: Names) -> str:
    """Return what a query shows: "owner Ada · closing this month · by amount ↓ · table"."""
    words = [chip.text for chip in describe(query.filter, names)] or ["all deals"]
    if query.sort.key is not SortKey.MANUAL:
        words.append(f"by {query.sort.key} {'↓' if query.sort.descending else '↑'}")
    return " · ".join([*words, query.look])


def same_name(views: Iterable[SavedView], name: str) -> SavedView | None:
    """Return the view of a name, in any case: names are unique so (decision 9)."""
    return next((each for each in views if each.name.casefold() == name.casefold()), None)


async def save_as(app: "DealboardApp", query: Query) -> None:
    """Ask for a name and save a query under it; a view of that name gives way, if that is meant.

    Runs in a worker, since it waits for the answer.
    """
    name = await app.push_screen_wait(Ask("Save this view as", required=True))
    views = await app.report(app.read(saved_views.saved_views)) if name else None
    if not name or views is None:
        return
    known = same_name(views, name)
    if known is None:
        await app.change(lambda tx: actions.saved_views.save(tx, name, query))
    elif await app.push_screen_wait(
        Confirm(f"Replace the view {known.name}?", detail="u brings it back.", yes="Replace")
    ):
        await app.change(lambda tx: actions.saved_views.replace(tx, known.id, query))


class _Views(OptionList):
    """The list; vim's keys move in it too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]


class SavedViews(ModalScreen[Query | None]):
    """The saved views; what is shown now can be saved among them.

    The cursor begins on the view that is in force: what a click has opened, a click can delete.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take({number})", show=False) for number, key in enumerate(KEYS)),
        Binding("s", "save", "Save what is shown", id="saved_view.save"),
        Binding("o", "replace", "Replace by what is shown", id="saved_view.replace"),
        Binding("r", "rename", "Rename", id="saved_view.rename"),
        Binding("D", "delete", "Delete", id="saved_view.delete"),
        Binding("J,shift+down,alt+down", "move(1)", "Move down", id="saved_view.down"),
        Binding("K,shift+up,alt+up", "move(-1)", "Move up", id="saved_view.up"),
        Binding("f1,question_mark", "app.help", "Help", id="saved_view.help"),
        Binding("q,escape", "leave", "Close", id="saved_view.close"),
    ]

    AUTO_FOCUS = "_Views"

    DEFAULT_CSS = """
    SavedViews {
        align: center middle;
        & > Dialog { width: 90; }
        & _Views, & _Views:focus {
            height: auto;
            border: none;
            padding: 0;
            background: transparent;
            background-tint: transparent;
        }
        & #empty { padding: 1; color: $text-muted; text-align: center; width: 100%; }
        & #now {
            margin-top: 1;
            padding: 0 1;
            color: $text-muted;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        & #now, & _Views, & #empty { display: none; }
    }
    """

    def __init__(self, query: Query, names: Names = Names()) -> None:  # noqa: B008
        super().__init__()
        self._query = query
        self._names = names
        self._views: tuple[SavedView, ...] = ()
        self._list = _Views(id="views", compact=True)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Yield the list or what teaches the first key, what is shown now, and the buttons."""
        with Dialog(title="Saved views", hint="key or ⏎ opens · s saves what is shown · esc"):
            yield self._list
            yield Static(EMPTY, id="empty", markup=False)
            yield Static(Content(f"now: {safe(in_words(self._query, self._names))}"), id="now")
            with Buttons():
                yield button("Save…", "s", id="save", variant="primary")
                yield button("Replace", "o", id="replace")
                yield button("Rename", "r", id="rename")
                yield button("Delete", "D", id="delete")

    async def on_mount(self) -> None:
        """Read the views."""
        await self._read()

    async def on_changed(self, _event: "Changed") -> None:
        """Show what was saved, renamed or deleted."""
        await self._read()

    async def _read(self) -> None:
        app = dealboard(self)
        views = await app.report(app.read(saved_views.saved_views))
        if views is not None and self.is_attached:
            self._show(views)

    def _show(self, views: tuple[SavedView, ...]) -> None:
        """Show the views; the cursor stays on its own, or goes to the one that is in force."""
        chosen = self._chosen
        self._views = views
        self.query_one("#empty").display = not views
        for part in ("#views", "#now", "#delete", "#rename", "#replace"):
            self.query_one(part).display = bool(views)
        self._list.set_options(self._row(at, view) for at, view in enumerate(views))
        places = {view.id: at for at, view in enumerate(views)}
        now = next((at for at, view in enumerate(views) if self._means_now(view)), 0)
        if views:
            self._list.highlighted = places.get(chosen.id, now) if chosen else now
            if self.focused is None:
                self.set_focus(self._list)

    def on_resize(self, event: events.Resize) -> None:
        """Scroll the list rather than the dialog, and cut what is said of the views."""
        self._list.styles.max_height = max(1, event.size.height - FRAME_LINES)
        if self._views:
            self._show(self._views)

    def _row(self, number: int, view: SavedView) -> Option:
        width = min(self.size.width, DIALOG_CELLS) - 4
        label = cut(safe(view.name), NAME_CELLS)
        names = max(cell_len(cut(safe(each.name), NAME_CELLS)) for each in self._views)
        try:
            words = in_words(self._meaning(view), self._names)
        except InvalidValue:
            words = UNREADABLE
        return Option(
            Content.assemble(
                (f" {KEYS[number] if number < len(KEYS) else ' '} ", "$text-accent bold"),
                ("● " if self._means_now(view) else "  ", "$text-success bold"),
                set_cell_size(label, names),
                (f"  {cut(safe(words), width - names - 8)}", "dim"),
            )
        )

    def _meaning(self, view: SavedView) -> Query:
        app = dealboard(self)
        return query_of(view, app.workspace.today, app.config.first_weekday)

    def _means_now(self, view: SavedView) -> bool:
        """Return whether a view is what is shown already."""
        try:
            return self._meaning(view) == self._query
        except InvalidValue:
            return False

    @property
    def _chosen(self) -> SavedView | None:
        at = self._list.highlighted
        return self._views[at] if at is not None and at < len(self._views) else None

    # ── going there ───────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys alone that belong to no view."""
        match action, parameters:
            case "take", (int(number),):
                return number < len(self._views)
            case (("replace" | "rename" | "delete"), _):
                return bool(self._views)
        return True

    def action_take(self, number: int) -> None:
        """Answer what a view means."""
        try:
            self.dismiss(self._meaning(self._views[number]))
        except InvalidValue as error:
            dealboard(self).say(error.sentence, severity="error")

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        self.action_take(event.option_index)

    def action_leave(self) -> None:
        """Leave everything as it is shown."""
        self.dismiss(None)

    # ── what is done to them ──────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#save")
    @work
    async def action_save(self) -> None:
        """Save what is shown now under a name."""
        await save_as(dealboard(self), self._query)

    @on(Button.Pressed, "#replace")
    @work
    async def action_replace(self) -> None:
        """Have a view mean what is shown now."""
        app, view, query = dealboard(self), self._chosen, self._query
        if view is None:
            return
        question = f"Replace the view {view.name}?"
        detail = f"It will be: {in_words(query, self._names)}. u brings it back."
        if await app.push_screen_wait(Confirm(question, detail=detail, yes="Replace")):
            await app.change(lambda tx: actions.saved_views.replace(tx, view.id, query))

    @on(Button.Pressed, "#rename")
    @work
    async def action_rename(self) -> None:
        """Give a view another name."""
        app, view = dealboard(self), self._chosen
        if view is None:
            return
        ask = Ask(f"Another name for {view.name}", initial=view.name, required=True)
        name = await app.push_screen_wait(ask)
        if name and name != view.name:
            await app.change(lambda tx: actions.saved_views.rename(tx, view.id, name))

    def action_move(self, by: int) -> None:
        """Put a view before or behind its neighbour: the first nine have keys."""
        view = self._chosen
        if view is not None:
            app = dealboard(self)
            app.start(app.change(lambda tx: actions.saved_views.move(tx, view.id, by=by)))

    @on(Button.Pressed, "#delete")
    @work
    async def action_delete(self) -> None:
        """Delete a view; deals stay what they are."""
        app, view = dealboard(self), self._chosen
        if view is None:
            return
        question, detail = f"Delete the view {view.name}?", "No deal goes. u brings it back."
        if await app.push_screen_wait(Confirm(question, detail=detail)):
            await app.change(lambda tx: actions.saved_views.delete(tx, view.id))
