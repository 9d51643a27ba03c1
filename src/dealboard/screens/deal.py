"""The form of a new deal (guide, Creating a deal); one that exists has a page of its own.

What is typed survives: it is kept while it is typed, and is there again when the form is opened the
next time, unless it was saved or discarded.
"""

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Button, Static

from dealboard.domain.text import safe
from dealboard.domain.views import Person
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import ask_to_discard
from dealboard.screens.deal_saving import saving
from dealboard.screens.drafts import Keeping, key_of, read_kept
from dealboard.screens.pick import Pick
from dealboard.screens.saving import dealboard, writing
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, pipelines, settings, team
from dealboard.widgets.chooser import Choice
from dealboard.widgets.contact_search import ContactSearch
from dealboard.widgets.deal_field_lines import ADD, choice_of
from dealboard.widgets.deal_fields import DealFields
from dealboard.widgets.deal_form import LABELS, Choices, Draft, Values, in_place
from dealboard.widgets.dialog import Buttons, Dialog, button

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

MATCHES = 8
"""Contacts that the search offers at once."""

DRAFT = "new"
"""Under which the draft of a new deal is kept; one with a contact by the contact's id as well."""

BACK = "What you typed the last time is here again."


class Material(NamedTuple):
    """What the form needs from the workspace."""

    choices: Choices
    currency: str
    kept: Any


def read_material(connection: Connection, key: str) -> Material:
    """Read what can be chosen, the workspace's currency, and the draft kept under a key."""
    active = tuple(user for user in team.users(connection) if user.active)
    choices = Choices(pipelines.pipelines(connection), pipelines.all_stages(connection), active)
    currency = settings.setting(connection, "currency") or "EUR"
    return Material(choices, currency, read_kept(connection, key))


class DealScreen(ModalScreen[int | None]):
    """The form of a new deal, in a stage or with a contact if they are named.

    Answers the deal's id once it is saved, None for a form that was left. Esc asks first where
    something was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "DealFields"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (81, "-wide")]  # noqa: RUF012

    DEFAULT_CSS = """
    DealScreen {
        align: center top;
        & > Dialog { width: 76; height: 24; margin-top: 2; overflow: hidden; }
        &.-narrow > Dialog { margin-top: 0; }
        & DealFields { height: 1fr; margin-top: 1; background: $surface; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
        & #trouble.-news { color: $text-muted; text-style: none; }
    }
    """

    def __init__(self, *, stage_id: int | None = None, contact: Person | None = None) -> None:
        super().__init__()
        self._stage_id = stage_id
        self._contact = contact
        self._saving = False
        self._keeping: Keeping | None = None

    @property
    def fields(self) -> DealFields:
        """The fields."""
        return self.query_one(DealFields)

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.fields.dirty

    def compose(self) -> ComposeResult:
        """Yield the fields, the line for trouble, and the buttons."""
        with Dialog(title="New deal", hint="* required"):
            yield DealFields(form=True)
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    async def on_mount(self) -> None:
        """Fill the form as soon as its choices are read; nothing of it is shown before."""
        app = dealboard(self)
        name = DRAFT if self._contact is None else f"{DRAFT}/{self._contact.id}"
        reading = app.read(read_material, app.mine(key_of(name)))
        material = await app.report(reading)
        if material is None or not material.choices.stages:
            self.call_after_refresh(self.dismiss, None)
            return
        draft = self._draft(material)
        self._keeping = Keeping(self, name, lambda: draft.to_json() if draft.dirty else None)
        if material.kept is not None and draft.restore(material.kept):
            self._keeping.found()
            self._say(BACK)
        self.fields.show(draft)
        self.fields.begin(ADD if not draft.typed.contacts else "title")

    def _draft(self, material: Material) -> Draft:
        stages = material.choices.stages
        known = self._stage_id in {stage.id for stage in stages}
        draft = Draft.new(
            material.choices,
            writing(self),
            stage_id=self._stage_id if known and self._stage_id else stages[0].id,
            owner_id=dealboard(self).workspace.user.id,
            currency=material.currency,
        )
        if self._contact is not None:
            draft.begin_with(self._contact)
        return draft

    def on_unmount(self) -> None:
        """Keep what was typed, whatever made the form go away."""
        if self._keeping is not None:
            self._keeping.flush()

    @on(DealFields.Edited)
    def _edited(self) -> None:
        self._say("")
        if self._keeping is not None:
            self._keeping.touch()

    # ── choosing ──────────────────────────────────────────────────────────────────────────────

    @on(ContactSearch.SearchWanted)
    @work(exclusive=True, group="search")
    async def _search(self, event: ContactSearch.SearchWanted) -> None:
        app = dealboard(self)
        found = await app.report(app.read(contacts.matches, event.text, limit=MATCHES))
        event.search.show_matches(event.text, found or ())

    @on(DealFields.ListWanted)
    def _list(self, event: DealFields.ListWanted) -> None:
        offer_list(self, self.fields, event.field)

    # ── leaving ───────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        if self.dirty:
            ask_to_discard(self, self._discard)
        else:
            self._discard()

    def _discard(self) -> None:
        self._forget()
        self.dismiss(None)

    def _forget(self) -> None:
        if self._keeping is not None:
            self._keeping.forget()

    # ── saving ────────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#save")
    @on(DealFields.Submitted)
    def action_save(self) -> None:
        """Save, if every field means something."""
        values = None if self._saving or self._keeping is None else self.fields.values()
        if values is not None:
            self._say("")
            self._saving = True
            self._save(values)

    @work
    async def _save(self, values: Values) -> None:
        app: DealboardApp = dealboard(self)
        try:
            receipt = await app.write(saving(values))
        except InvalidValue as error:
            if not self.fields.complain(error.field, in_place(error)):
                self._say(error.whole, trouble=True)
        except DealboardError as error:
            self._say(error.whole, trouble=True)
        else:
            self._forget()
            self.dismiss(receipt.value)
            app.tell(receipt)
        finally:
            self._saving = False

    def _say(self, sentence: str, *, trouble: bool = False) -> None:
        line = self.query_one("#trouble", Static)
        line.set_class(bool(sentence), "-some")
        line.set_class(not trouble, "-news")
        line.update(Content(safe(sentence.strip())))


def offer_list(screen: Screen[Any], fields: DealFields, field: str) -> None:
    """Show all that a field can be."""

    def choose(chosen: int | None) -> None:
        if chosen is not None:
            fields.choose(field, chosen)

    choices = [
        Choice(each, *choice_of(field, each, fields.draft)) for each in fields.draft.possible(field)
    ]
    screen.app.push_screen(Pick(LABELS[field], choices, chosen=fields.draft.chosen(field)), choose)
