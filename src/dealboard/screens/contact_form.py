"""The form of a contact: new or edited, with an eye on who has the same number already."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard import actions
from dealboard.actions.edits import Conflict
from dealboard.domain.changes import ContactChanges
from dealboard.domain.text import digits, excerpt, safe
from dealboard.domain.views import Contact, CustomField, Role
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import Confirm, ask_to_discard
from dealboard.screens.drafts import Draft, Keeping, key_of, read_kept
from dealboard.screens.pick import offer_list
from dealboard.screens.saving import dealboard, writing
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, fields, settings
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.contact_form import LABELS, NAMES, ContactForm, as_changes
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Transaction

SAME = {"phone": "this number", "email": "this e-mail address"}
UNUSABLE = {
    "phone": "Not a valid phone number; it is kept as it is.",
    "email": "Not a valid e-mail address; it is kept as it is.",
}
"""Decision 72: a warning, never a refusal."""


FRAME_LINES = 4
"""What stands around the fields: the frame, a blank line and the buttons."""

NOUN = "contact"
"""Under which drafts are kept."""

BACK = "What you typed the last time is here again, and is not saved yet."


class Reach(NamedTuple):
    """What a typed number or address is good for, and the first other contact that has it."""

    usable: bool
    twin: Contact | None


def read_reach(
    connection: Connection, field: str, text: str, country: str, without: int | None
) -> Reach:
    """Return who is reached by a text; a number without prefix is read as one of the country."""
    from dealboard.actions.identity import email_key, phone_key

    if field == "email":
        key = email_key(text)
        found = contacts.duplicates(connection, email_key=key, without=without) if key else ()
    else:
        region = country if len(country) == 2 else settings.setting(connection, "country") or ""
        key = phone_key(text, str(region))
        found = contacts.duplicates(connection, phone_key=key, without=without) if key else ()
    return Reach(key is not None, found[0] if found else None)


def read_material(connection: Connection, key: str) -> tuple[tuple[CustomField, ...], Draft | None]:
    """Read the fields of the workspace, and the draft that is kept under a setting."""
    return fields.fields(connection), read_kept(connection, key)


class ContactFormScreen(ModalScreen[int | None]):
    """The form of a new contact, or of one that exists.

    Answers the contact's id once it is saved, None for a form that was left. Esc asks first where
    something was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("f3", "open_twin", "Open the one that has it", id="contact.open_twin"),
        Binding("f4", "merge_twin", "Merge with the one that has it", id="contact.merge_twin"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    ContactFormScreen {
        align: center top;
        & > Dialog { width: 76; }
        & ContactForm { overflow: hidden auto; }
        &.-roomy > Dialog { margin-top: 2; }
        &.-roomy Field { margin-bottom: 1; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
        & #trouble.-news { color: $text-muted; text-style: none; }
        & #open-twin, & #merge-twin { display: none; }
        &.-twin #open-twin, &.-twin #merge-twin { display: block; }
    }
    """

    def __init__(self, contact: Contact | None = None, *, field: str | None = None) -> None:
        super().__init__()
        self._field = field or NAMES[0]
        self._contact = contact
        self._base = None if contact is None else as_changes(contact)
        self._twins: dict[str, Contact] = {}
        self._saving = False
        self._keeping: Keeping | None = None
        self._draft: Draft | None = None

    @property
    def form(self) -> ContactForm:
        """The fields."""
        return self.query_one(ContactForm)

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self.form.dirty

    def compose(self) -> ComposeResult:
        """Yield the fields, the line for trouble, and the buttons."""
        title = "New contact" if self._contact is None else self._contact.name
        with Dialog(title=title, hint="⏎ ↑ ↓ go from field to field"):
            yield ContactForm(writing(self), self._base)
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Open it", "F3", id="open-twin")
                yield button(self._merging, "F4", id="merge-twin")
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    @property
    def _merging(self) -> str:
        return "Add this to it" if self._contact is None else "Merge"

    def on_resize(self) -> None:
        """Scroll the fields rather than the dialog: the buttons stay in sight."""
        height = self.app.size.height - self.query_one("#trouble").has_class("-some")
        self.form.styles.max_height = max(3, height - FRAME_LINES)
        self.set_class(2 * len(self.query(Field)) + FRAME_LINES + 2 <= height, "-roomy")

    def on_mount(self) -> None:
        """Begin in the field that was asked for; the workspace's own come when they are read."""
        if not self._field.startswith("custom"):
            self.form.focus_field(self._field)
        self._offer_fields()

    @work
    async def _offer_fields(self) -> None:
        app = dealboard(self)
        name = "new" if self._contact is None else self._contact.id
        reading = app.read(read_material, app.mine(key_of(name, NOUN)))
        custom, kept = await app.report(reading) or ((), None)
        await self.form.offer(custom)
        self.on_resize()
        if self._field.startswith("custom"):
            self.form.focus_field(self._field)
        self._keeping = Keeping(self, name, lambda: self._draft, noun=NOUN)
        if kept is not None:
            self._bring_back(kept)
        elif self._draft is not None:
            self._keeping.touch()

    def _bring_back(self, kept: Draft) -> None:
        """Let what was typed another time stand there again, unless somebody was faster."""
        assert self._keeping is not None  # noqa: S101 -- made just before
        self._keeping.found()
        typed, base = kept.get("typed"), kept.get("base")
        if self.form.dirty or not isinstance(typed, Mapping):
            return
        self.form.restore(typed)
        if self._base is not None and isinstance(base, Mapping):
            self._base = _base_of(base)
        self._say(BACK, news=True)

    @on(ContactForm.Edited)
    def _edited(self) -> None:
        """Take note of what to keep, nothing where nothing would be lost."""
        typed = {"typed": self.form.state, "base": self._base}
        self._draft = typed if self.form.dirty else None
        if self._keeping is not None:
            self._keeping.touch()

    def on_unmount(self) -> None:
        """Keep what was typed, whatever made the form go away."""
        if self._keeping is not None:
            self._keeping.flush()

    def _forget(self) -> None:
        if self._keeping is not None:
            self._keeping.forget()
            self._keeping = None

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        offer_list(event)

    # ── who has it already ────────────────────────────────────────────────────────────────────

    @on(ContactForm.ReachTyped)
    def _reach_typed(self, event: ContactForm.ReachTyped) -> None:
        if self.form.text(event.field):
            self._look_up(event.field, done=event.done)
        else:
            self._tell(event.field, Reach(usable=True, twin=None), done=True)

    @work(exclusive=True, group="reach")
    async def _look_up(self, field: str, *, done: bool) -> None:
        app, text = dealboard(self), self.form.text(field)
        without = None if self._contact is None else self._contact.id
        country = self.form.text("country")
        reach = await app.report(app.read(read_reach, field, text, country, without))
        if reach is not None and self.is_attached and text == self.form.text(field):
            self._tell(field, reach, done=done)

    def _tell(self, field: str, reach: Reach, *, done: bool) -> None:
        """Say who has the same; a number that cannot be one only when it is all there."""
        place = self.form.field(field)
        if reach.twin is not None:
            self._twins[field] = reach.twin
            place.warn(f"{_named(reach.twin)} has {SAME[field]}.")
        else:
            self._twins.pop(field, None)
            if not reach.usable and (done or place.note.endswith(UNUSABLE[field])):
                place.warn(UNUSABLE[field])
            else:
                place.say("")
        self.set_class(bool(self._twins), "-twin")
        self.refresh_bindings()

    @property
    def _twin(self) -> Contact | None:
        """The contact that has the same number, or else the same address."""
        return self._twins.get("phone") or self._twins.get("email")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer the other contact only where there is one."""
        if action == "merge_twin" and self._contact is not None:
            operator = dealboard(self).workspace.user.role is Role.CHAT_OPERATOR
            return self._twin is not None and not operator
        return action not in ("open_twin", "merge_twin") or self._twin is not None

    @on(Button.Pressed, "#open-twin")
    def action_open_twin(self) -> None:
        """Leave the form for the page of the contact that has the number."""
        twin = self._twin
        if twin is None:
            return

        def answer(sure: bool | None) -> None:
            if sure:
                self._open(twin)

        name = excerpt(twin.name)
        question = f"Open {name} and discard what you typed?"
        confirm = Confirm(question, yes="Discard", no="Keep")
        self.app.push_screen(confirm, answer)

    def _open(self, twin: Contact) -> None:
        from dealboard.screens.kept_pages import show_contact

        app = dealboard(self)
        self._forget()
        self.dismiss(None)
        app.start(show_contact(app, twin.id))

    @on(Button.Pressed, "#merge-twin")
    async def action_merge_twin(self) -> None:
        """Put what was typed into the contact that has the number, or merge the two."""
        twin = self._twin
        if twin is None:
            return
        if self._contact is None:
            self._go_on_with(twin)
        elif self.dirty:
            self._trouble("Save first (F2); then the two can be merged.")
        else:
            from dealboard.screens.merge import Merge

            contact_id = self._contact.id
            self.app.push_screen(Merge(contact_id, twin.id), self._after_merge)

    def _after_merge(self, kept: int | None) -> None:
        if kept is not None:
            self._forget()
            self.dismiss(kept)

    def _go_on_with(self, twin: Contact) -> None:
        """Edit the contact that exists, its empty fields filled with what was typed."""
        known: dict[str, Any] = dict(as_changes(twin))
        typed: dict[str, Any] = {
            name: self.form.text(name) for name in LABELS if name not in ("consent", *NAMES)
        }
        filled = known | {name: text for name, text in typed.items() if text and not known[name]}
        self._forget()
        self._contact, self._base = twin, as_changes(twin)
        self._keeping = Keeping(self, twin.id, lambda: self._draft, noun=NOUN)
        self.form.show(cast("ContactChanges", filled))
        self.form.touch()
        self._twins.clear()
        self.remove_class("-twin")
        for field in SAME:
            self.form.field(field).say("")
        if digits(typed["phone"]) == digits(known["phone"] or ""):
            del typed["phone"]
        self.query_one(Dialog).title(f"{twin.name} #{twin.id}")
        self._trouble("")
        for name, text in typed.items():
            if text and known[name] and text != known[name]:
                self.form.field(name).warn(f"You typed {excerpt(text)}.")
        self.refresh_bindings()

    # ── leaving and saving ────────────────────────────────────────────────────────────────────

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

    @on(Button.Pressed, "#save")
    @on(ContactForm.Submitted)
    def action_save(self) -> None:
        """Save, if every field means something."""
        changes = None if self._saving else self.form.changes()
        if changes is not None:
            self._trouble("")
            self._saving = True
            self._save(changes)

    @work
    async def _save(self, changes: ContactChanges) -> None:
        app = dealboard(self)
        try:
            receipt = await app.write(self._action(changes))
        except Conflict as conflict:
            await self._settle(changes, conflict)
        except InvalidValue as error:
            if not self.form.complain(error.field, in_place(error)):
                self._trouble(error.whole)
        except DealboardError as error:
            self._trouble(error.whole)
        else:
            self._forget()
            self.dismiss(receipt.value)
            app.tell(receipt)
            if receipt.operation is not None:
                app.say(f"{receipt.news} · u undoes")
        finally:
            self._saving = False

    def _action(self, changes: ContactChanges) -> "Callable[[Transaction], int]":
        """Return what saves the values."""
        contact, base = self._contact, self._base

        def save(tx: "Transaction") -> int:
            if contact is None:
                return actions.contacts.add(tx, **changes)
            actions.contacts.edit(tx, contact.id, changes, base=base)
            return contact.id

        return save

    async def _settle(self, changes: ContactChanges, conflict: Conflict) -> None:
        """Show what somebody else saved meanwhile; saving again then means to overwrite it."""
        app = dealboard(self)
        assert self._contact is not None and self._base is not None  # noqa: S101, PT018
        found = await app.report(app.read(contacts.contact, self._contact.id))
        if found is None:
            return
        self._contact = found
        theirs, base = as_changes(found), self._base
        self._base = theirs
        self.form.show(_merged(changes, base, theirs))
        self.form.touch()
        for clash in reversed(conflict.clashes):
            self.form.complain(clash.field, f"Somebody else set it to {clash.theirs} meanwhile.")
        self._trouble("Nothing was saved yet. Saving again keeps what stands here.")

    def _trouble(self, sentence: str) -> None:
        self._say(sentence, news=False)

    def _say(self, sentence: str, *, news: bool) -> None:
        line = self.query_one("#trouble", Static)
        line.set_class(bool(sentence), "-some")
        line.set_class(news, "-news")
        line.update(Content(safe(sentence.strip())))
        self.on_resize()


def _named(contact: Contact) -> str:
    """Return a contact so that two of one name can be told apart."""
    company = f", {excerpt(contact.company, 30)}" if contact.company else ""
    return f"{excerpt(contact.name, 30)} (#{contact.id}{company})"


def _base_of(kept: Draft) -> ContactChanges:
    """Return what a draft was based on; JSON knows no numbers as keys."""
    custom = kept.get("custom")
    values = {int(key): value for key, value in custom.items()} if custom else {}
    return cast("ContactChanges", {**kept, "custom": values})


def _merged(mine: ContactChanges, base: ContactChanges, theirs: ContactChanges) -> ContactChanges:
    """Return what both wrote: theirs, but for what was changed here."""
    given: dict[str, Any] = dict(mine)
    opened: dict[str, Any] = dict(base)
    now: dict[str, Any] = dict(theirs)
    touched = {name: value for name, value in given.items() if value != opened.get(name)}
    custom = {
        field_id: value
        for field_id, value in given.get("custom", {}).items()
        if value != opened["custom"].get(field_id, "")
    }
    return cast("ContactChanges", now | touched | {"custom": now["custom"] | custom})
