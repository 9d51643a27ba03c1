"""The form of one user: name, e-mail address and role."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from dealboard import actions
from dealboard.domain.changes import UserChanges
from dealboard.domain.views import Role, User
from dealboard.screens.saving import dealboard
from dealboard.screens.small_form import SmallForm
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Transaction

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


class UserForm(SmallForm[int]):
    """A new user, or one that is there; answers the id.

    Only an Account Owner makes one, or changes the role of one (decision 24).
    """

    PLACES: ClassVar[Mapping[str, str]] = {"email": "email"}

    def __init__(self, user: User | None = None) -> None:
        super().__init__()
        self._user = user
        self._role = Chooser("Role")

    @property
    def heading(self) -> str:
        """Whether it is a new one."""
        return "New user" if self._user is None else "User"

    def fields(self) -> ComposeResult:
        """Yield the fields; a role that may not be changed only to be read."""
        user = self._user
        owner = dealboard(self).workspace.user.role is Role.ACCOUNT_OWNER
        role = user.role if user else Role.ADMINISTRATOR
        offered = [each for each in ROLES if owner or each is not Role.ACCOUNT_OWNER]
        choices = [
            Choice(ROLES.index(each), ROLE_NAMES[each], ROLE_MEANINGS[each]) for each in offered
        ]
        self._role.offer(choices, ROLES.index(role))
        yield Field("Name", Line(user.name if user else ""), required=True, id="name")
        yield Field("E-mail", Line((user.email or "") if user else "", last=True), id="email")
        if role in offered:
            yield Field("Role", self._role, required=True, id="role")
        else:
            yield Field("Role", self.fixed(f"{ROLE_NAMES[role]}: changed by Account Owners only"))

    async def write(self) -> "Receipt[int]":
        """Save the user."""
        user, name, email = self._user, self.line("name").value, self.line("email").value
        role = ROLES[self._role.chosen or 0].value
        changes = UserChanges(name=name, email=email or None, role=role)

        def save(tx: "Transaction") -> int:
            if user is None:
                return actions.team.add(tx, name, email or None, role)
            actions.team.edit(tx, user.id, **changes)
            return user.id

        return await dealboard(self).write(save)
