"""The form of a call, a meeting, a note or a task; also of one that exists."""

from datetime import date
from typing import ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static, TextArea

from dealboard import actions
from dealboard.actions.edits import Conflict
from dealboard.domain.changes import ActivityChanges
from dealboard.domain.dates import describe_day, parse_day
from dealboard.domain.text import safe
from dealboard.domain.views import Activity, ActivityKind, User
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens import editor
from dealboard.screens.confirm import leave
from dealboard.screens.pick import offer_list
from dealboard.screens.saving import dealboard, writing
from dealboard.store.reads import team
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line
from dealboard.widgets.long_text import LongText
from dealboard.widgets.section_tabs import SectionTabs, Tab

KINDS = (
    Tab(ActivityKind.CALL, "c", "Call"),
    Tab(ActivityKind.MEETING, "m", "Meeting"),
    Tab(ActivityKind.NOTE, "n", "Note"),
    Tab(ActivityKind.TASK, "t", "Task"),
)
"""The kinds with the key of each."""

ASKED = {
    ActivityKind.CALL: "What was said?",
    ActivityKind.MEETING: "What was it about?",
    ActivityKind.NOTE: "What is to be remembered?",
    ActivityKind.TASK: "What is to be done?",
}


class KindTabs(SectionTabs):
    """The kinds in a line; the letter of one chooses it and goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(tab.key, f"take('{tab.id}')", tab.label, show=False) for tab in KINDS),
    ]

    def action_take(self, kind: str) -> None:
        """Choose a kind and go on to the text."""
        self.post_message(self.Chosen(kind))
        self.screen.focus_next()


class Filled(NamedTuple):
    """What the form means."""

    kind: ActivityKind
    text: str
    due: date | None
    user_id: int

    @property
    def changes(self) -> ActivityChanges:
        """The same, as an action takes it."""
        return ActivityChanges(
            kind=self.kind.value, text=self.text, due=self.due, user_id=self.user_id
        )


class ActivityScreen(ModalScreen[int | None]):
    """The form of an activity; answers its id once it is saved, None for Esc.

    A new one belongs to a deal, a contact or both. With a `kind` one begins in the text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("f4", "editor", "Write in $EDITOR", id="activity.write"),
        Binding("f5", "kind('call')", "Call", show=False, id="activity.call"),
        Binding("f6", "kind('meeting')", "Meeting", show=False, id="activity.meeting"),
        Binding("f7", "kind('note')", "Note", show=False, id="activity.note"),
        Binding("f8", "kind('task')", "Task", show=False, id="activity.task"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    ActivityScreen {
        align: center middle;
        & > Dialog { width: 72; padding: 1 1 0 1; }
        & KindTabs { background: $surface; margin-bottom: 1; }
        & Field { margin-top: 1; }
        & #text { margin-top: 0; }
        & #trouble { color: $text-error; text-style: bold; display: none; margin-top: 1; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(
        self,
        *,
        deal_id: int | None = None,
        contact_id: int | None = None,
        kind: ActivityKind | str | None = None,
        activity: Activity | None = None,
        about: str = "",
    ) -> None:
        super().__init__()
        self._deal_id, self._contact_id = deal_id, contact_id
        self._activity = activity
        self._about = about
        self._chosen = kind is not None or activity is not None
        known = activity.kind if activity else ActivityKind(kind or ActivityKind.NOTE)
        self._kind = known
        self._opened: tuple[object, ...] = ()
        self._base: ActivityChanges | None = None
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    @property
    def text(self) -> LongText:
        """Where the text is typed."""
        return self.query_one(LongText)

    def compose(self) -> ComposeResult:
        """Yield the kinds, the fields, the line for trouble and the buttons."""
        activity = self._activity
        verb = "Edit" if activity else "Add to"
        title = f"{verb} {self._about or ('entry' if activity else 'timeline')}"
        due = activity.due.isoformat() if activity and activity.due else ""
        with Dialog(title=title, hint="⏎ goes on · ctrl+j new line · F4 $EDITOR"):
            yield KindTabs(KINDS, self._kind)
            yield Field("Text", LongText(activity.text if activity else ""), id="text")
            line = Line(due, placeholder="fri, +2w, 31/12", last=True)
            yield Field("Due", line, aside=True, id="due")
            yield Field("Who", Chooser("Who"), id="who")
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self._take_kind(self._kind)
        self._preview_due()
        self._offer_users()
        self.set_focus(self.text if self._chosen else self.query_one(KindTabs))

    @work
    async def _offer_users(self) -> None:
        app, activity = dealboard(self), self._activity
        users: tuple[User, ...] = await app.report(app.read(team.users)) or ()
        chosen = activity.user_id if activity else app.workspace.user.id
        offered = [each for each in users if each.active or each.id == chosen]
        choices = [Choice(each.id, each.name) for each in offered]
        self.query_one(Chooser).offer(choices, chosen)
        self._opened = self._state()
        if activity is not None:
            self._base = Filled(activity.kind, activity.text, activity.due, chosen).changes

    def _state(self) -> tuple[object, ...]:
        due = self.query_one("#due Line", Line).value
        return self._kind, self.text.text, due, self.query_one(Chooser).chosen

    # ── filling in ────────────────────────────────────────────────────────────────────────────

    @on(SectionTabs.Chosen)
    def _choose_kind(self, event: SectionTabs.Chosen) -> None:
        self._take_kind(ActivityKind(event.tab_id))

    def action_kind(self, kind: str) -> None:
        """Choose a kind, from wherever one is, and go on to what is to be typed."""
        self._take_kind(ActivityKind(kind))
        self.set_focus(self.text)

    def _take_kind(self, kind: ActivityKind) -> None:
        self._kind = kind
        self.query_one(KindTabs).current = kind
        self.query_one("#due").display = kind is ActivityKind.TASK
        self.text.placeholder = ASKED[kind]

    @on(LongText.Submitted)
    def _go_on(self) -> None:
        """Go on to the day of a task; anything else is complete."""
        if self._kind is ActivityKind.TASK:
            self.set_focus(self.query_one("#due Line", Line))
        else:
            self.action_save()

    @on(Input.Changed, "#due Line")
    def _preview_due(self) -> None:
        field = self.query_one("#due", Field)
        try:
            due = self._due()
        except InvalidValue:
            field.say("…")
        else:
            field.say(describe_day(due, writing(self).today) if due else "")

    def _due(self) -> date | None:
        text, how = self.query_one("#due Line", Line).value.strip(), writing(self)
        if not text or self._kind is not ActivityKind.TASK:
            return None
        order, first = how.order, how.first_weekday
        return parse_day(text, how.today, order=order, first_weekday=first, field="due")

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        offer_list(event)

    def action_editor(self) -> None:
        """Go on writing in the user's own editor."""
        text = editor.edit(dealboard(self), self.text.text)
        if text is not None:
            self.text.text = text
            self.text.move_cursor(self.text.document.end)

    # ── leaving and saving ────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save, if it means something."""
        if self._saving:
            return
        if not self.text.text.strip():
            self.query_one("#text", Field).complain("Say what it is about.")
            self.set_focus(self.text)
            return
        try:
            due = self._due()
        except InvalidValue as error:
            self.query_one("#due", Field).complain(in_place(error))
            self.set_focus(self.query_one("#due Line", Line))
            return
        user_id = self.query_one(Chooser).chosen or dealboard(self).workspace.user.id
        self._saving = True
        self._save(Filled(self._kind, self.text.text.strip(), due, user_id))

    @on(TextArea.Changed)
    def _forgive(self) -> None:
        self.query_one("#text", Field).say("")

    @work
    async def _save(self, filled: Filled) -> None:
        app, activity, base = dealboard(self), self._activity, self._base
        deal_id, contact_id = self._deal_id, self._contact_id
        try:
            if activity is None:
                receipt = await app.write(
                    lambda tx: actions.activities.add(
                        tx,
                        filled.kind,
                        filled.text,
                        deal_id=deal_id,
                        contact_id=contact_id,
                        due=filled.due,
                        user_id=filled.user_id,
                    )
                )
                kept = receipt.value
                label = receipt.news
            else:
                edited = await app.write(
                    lambda tx: actions.activities.edit(tx, activity.id, filled.changes, base=base)
                )
                kept, label = activity.id, edited.news
        except Conflict as conflict:
            self._base = None
            self._trouble(f"{conflict.sentence} Saving again keeps what stands here.")
        except DealboardError as error:
            self._trouble(error.whole)
        else:
            self.dismiss(kept)
            app.say(f"{label} · u undoes" if label else "Nothing was changed")
        finally:
            self._saving = False

    def _trouble(self, sentence: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.set_class(bool(sentence), "-some")
        trouble.update(Content(safe(sentence.strip())))
