"""The form of one user: name, e-mail address and role."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard import actions
from dealboard.domain.changes import UserChanges
from dealboard.domain.text import safe
from dealboard.domain.views import Role, User
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import leave
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.saving import dealboard
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Transaction

ROLE_NAMES = {
    Role.ACCOUNT_OWNER: "Account Owner",
    Role.ADMINISTRATOR: "Administrator",
    Role.CHAT_OPERATOR: "Chat Operator",
}

ROLE_MEANINGS = {
    Role.ACCOUNT_OWNER: "everything, Account Owners too",
    Role.ADMINISTRATOR: "everything but Account Owners",
    Role.CHAT_OPERATOR: "contacts and chats, no deals",
}

ROLES = tuple(ROLE_NAMES)


class UserForm(ModalScreen[int | None]):
    """A new user, or one that is there; answers the id once it is saved, None for Esc.

    Only an Account Owner makes one, or changes the role of one (decision 24).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "#name Line"

    DEFAULT_CSS = """
    UserForm {
        align: center middle;
        & > Dialog { width: 64; padding: 1 1 0 1; }
        & .-fixed { padding: 0 1; width: 1fr; color: $text-muted; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, user: User | None = None) -> None:
        super().__init__()
        self._user = user
        self._role = Chooser("Role")
        self._opened: tuple[object, ...] = ()
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    def compose(self) -> ComposeResult:
        """Yield the fields; a role that may not be changed only to be read."""
        user = self._user
        owner = dealboard(self).workspace.user.role is Role.ACCOUNT_OWNER
        role = user.role if user else Role.ADMINISTRATOR
        offered = [each for each in ROLES if owner or each is not Role.ACCOUNT_OWNER]
        choices = [
            Choice(ROLES.index(each), ROLE_NAMES[each], ROLE_MEANINGS[each]) for each in offered
        ]
        self._role.offer(choices, ROLES.index(role))
        with Dialog(title="New user" if user is None else "User"):
            yield Field("Name", Line(user.name if user else ""), required=True, id="name")
            yield Field("E-mail", Line((user.email or "") if user else "", last=True), id="email")
            if role in offered:
                yield Field("Role", self._role, required=True, id="role")
            else:
                fixed = f"{ROLE_NAMES[role]}: changed by Account Owners only"
                yield Field("Role", Static(fixed, classes="-fixed", markup=False), id="role")
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Keep what an untouched form looks like."""
        self._opened = self._state()

    def _state(self) -> tuple[object, ...]:
        return self._line("name").value, self._line("email").value, self._role.chosen

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name} Line", Line)

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        event.input.query_ancestor(Field).say("")

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        chooser = event.chooser

        def choose(chosen: int | None) -> None:
            if chosen is not None:
                chooser.choose(chosen)

        self.app.push_screen(Pick(chooser.title, chooser.choices, chosen=chooser.chosen), choose)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save the user."""
        if not self._saving:
            self._saving = True
            self._save()

    @work
    async def _save(self) -> None:
        app, user = dealboard(self), self._user
        name, email = self._line("name").value, self._line("email").value
        role = ROLES[self._role.chosen or 0].value
        changes = UserChanges(name=name, email=email or None, role=role)

        def save(tx: "Transaction") -> int:
            if user is None:
                return actions.team.add(tx, name, email or None, role)
            actions.team.edit(tx, user.id, **changes)
            return user.id

        try:
            receipt = await app.write(save)
        except InvalidValue as error:
            self._complain(error)
        except DealboardError as error:
            trouble = self.query_one("#trouble", Static)
            trouble.add_class("-some")
            trouble.update(Content(safe(error.whole)))
        else:
            self.dismiss(receipt.value)
            if receipt.operation is not None:
                app.call_next(app.say, f"{receipt.label} · u undoes")
            app.tell(receipt)
        finally:
            self._saving = False

    def _complain(self, error: InvalidValue) -> None:
        field = self.query_one("#email" if error.field == "email" else "#name", Field)
        field.complain(in_place(error))
        field.query_one(Line).focus()
