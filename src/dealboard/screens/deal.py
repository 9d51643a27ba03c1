"""The form of a deal on top of the board: reads what can be chosen, saves what was typed."""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard import actions
from dealboard.actions.edits import Conflict
from dealboard.domain.changes import DealChanges
from dealboard.domain.text import safe
from dealboard.domain.views import Deal, User
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import leave
from dealboard.screens.pick import Pick
from dealboard.screens.saving import dealboard, writing
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, deals, pipelines, settings, team
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.contact_picker import Chosen, ContactPicker, NewContact
from dealboard.widgets.deal_form import Choices, DealForm, Values, in_place
from dealboard.widgets.dialog import Buttons, Dialog, button

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Transaction

MATCHES = 8
"""Contacts that the picker offers at once."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a form needs from the workspace."""

    choices: Choices
    users: tuple[User, ...]
    currency: str


def read_material(connection: Connection) -> Material:
    """Read what can be chosen, and the workspace's currency."""
    users = team.users(connection)
    active = tuple(user for user in users if user.active)
    choices = Choices(pipelines.pipelines(connection), pipelines.all_stages(connection), active)
    return Material(choices, users, settings.setting(connection, "currency") or "EUR")


class DealScreen(ModalScreen[int | None]):
    """The form of a new deal, in a stage if one is named, or of one that exists.

    Answers the deal's id once it is saved, None for a form that was left. Esc asks first where
    something was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tight"), (36, "-roomy")]  # noqa: RUF012

    AUTO_FOCUS = "_Search"

    DEFAULT_CSS = """
    DealScreen {
        align: center top;
        & > Dialog { width: 76; margin-top: 2; }
        &.-narrow > Dialog { margin-top: 0; }
        &.-roomy Field { margin-bottom: 1; }
        &.-narrow Field.-aside > .field--body {
            layout: vertical;
            & > Line { width: 1fr; }
        }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, deal: Deal | None = None, *, stage_id: int | None = None) -> None:
        super().__init__()
        self._deal = deal
        self._base = None if deal is None else Values.of(deal)
        self._stage_id = stage_id
        self._saving = False

    @property
    def form(self) -> DealForm:
        """The fields."""
        return self.query_one(DealForm)

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.form.dirty

    def compose(self) -> ComposeResult:
        """Yield the fields, the line for trouble, and the buttons."""
        title = "New deal" if self._deal is None else f"Deal #{self._deal.id}"
        with Dialog(title=title, hint="* required"):
            yield DealForm(writing(self))
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Fill the form as soon as its choices are read."""
        self._fill()

    @work
    async def _fill(self) -> None:
        app = dealboard(self)
        material = await app.report(app.read(read_material))
        if material is None or not material.choices.stages:
            self.dismiss(None)
        elif self._deal is None:
            stages = material.choices.stages
            known = self._stage_id in {stage.id for stage in stages}
            self.form.offer(
                material.choices,
                stage_id=self._stage_id if known and self._stage_id else stages[0].id,
                owner_id=app.workspace.user.id,
                currency=material.currency,
            )
        else:
            self._show(material, Values.of(self._deal), self._deal)
            self.form.focus_field("title")

    def _show(self, material: Material, values: Values, deal: Deal) -> None:
        offered = (*material.choices.owners, deal.owner)
        chosen = next((user for user in material.users if user.id == values.owner_id), deal.owner)
        owners = {user.id: user for user in (*offered, chosen)}
        self.form.show(material.choices, values, tuple(owners.values()))

    # ── choosing ──────────────────────────────────────────────────────────────────────────────

    @on(ContactPicker.SearchWanted)
    @work(exclusive=True, group="search")
    async def _search(self, event: ContactPicker.SearchWanted) -> None:
        app = dealboard(self)
        found = await app.report(app.read(contacts.matches, event.text, limit=MATCHES))
        event.picker.show_matches(event.text, found or ())

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        chooser = event.chooser

        def choose(chosen: int | None) -> None:
            if chosen is not None:
                chooser.choose(chosen)

        picker = Pick(chooser.title, chooser.choices, chosen=chooser.chosen)
        self.app.push_screen(picker, choose)

    # ── leaving ───────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    # ── saving ────────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#save")
    @on(DealForm.Submitted)
    def action_save(self) -> None:
        """Save, if every field means something."""
        values = None if self._saving else self.form.values()
        if values is not None:
            self._trouble("")
            self._saving = True
            self._save(values)

    @work
    async def _save(self, values: Values) -> None:
        app = dealboard(self)
        try:
            receipt = await app.write(self._action(values))
        except Conflict as conflict:
            await self._settle(values, conflict)
        except InvalidValue as error:
            if not self.form.complain(error.field, in_place(error)):
                self._trouble(f"{error.sentence} {error.hint}")
        except DealboardError as error:
            self._trouble(f"{error.sentence} {error.hint}")
        else:
            self.dismiss(receipt.value)
            app.tell(receipt)
        finally:
            self._saving = False

    def _action(self, values: Values) -> "Callable[[Transaction], int]":
        """Return what saves the values in one operation, new contacts included."""
        deal, base = self._deal, self._base

        def save(tx: "Transaction") -> int:
            if any(isinstance(each, NewContact) for each in values.contacts):
                tx.describe(f"{'Created' if deal is None else 'Edited'} {values.title}")
            changes = _changes(values, [keep(tx, each) for each in values.contacts])
            if deal is None:
                return actions.deals.create(tx, **changes)
            given = None if base is None else _changes(base, _ids(base))
            actions.deals.edit(tx, deal.id, changes, base=given)
            return deal.id

        return save

    async def _settle(self, values: Values, conflict: Conflict) -> None:
        """Show what somebody else saved meanwhile; saving again then means to overwrite it."""
        app = dealboard(self)
        assert self._deal is not None and self._base is not None  # noqa: S101, PT018
        fresh = await app.report(app.read(deals.deal, self._deal.id))
        material = await app.report(app.read(read_material))
        if fresh is None or material is None:
            return
        theirs = Values.of(fresh)
        untouched: dict[str, Any] = {
            field.name: getattr(theirs, field.name)
            for field in fields(Values)
            if getattr(values, field.name) == getattr(self._base, field.name)
        }
        self._base = theirs
        self._show(material, replace(values, **untouched), fresh)
        self.form.touch()
        for clash in reversed(conflict.clashes):
            self.form.complain(clash.field, f"Somebody else set it to {clash.theirs} meanwhile.")
        self._trouble("Nothing was saved yet. Saving again keeps what stands here.")

    def _trouble(self, sentence: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.set_class(bool(sentence), "-some")
        trouble.update(Content(safe(sentence.strip())))


def keep(tx: "Transaction", contact: Chosen) -> int:
    """Return the id of a contact, which is added if it is new."""
    if not isinstance(contact, NewContact):
        return contact.id
    return actions.contacts.add(
        tx, name=contact.name, phone=contact.phone or None, email=contact.email or None
    )


def _ids(values: Values) -> list[int]:
    return [each.id for each in values.contacts if not isinstance(each, NewContact)]


def _changes(values: Values, contact_ids: list[int]) -> DealChanges:
    return DealChanges(
        contacts=contact_ids,
        title=values.title,
        stage_id=values.stage_id,
        owner_id=values.owner_id,
        amount=values.amount,
        currency=values.currency,
        close_date=values.close_date,
        reference=values.reference,
    )
