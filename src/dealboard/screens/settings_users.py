"""The users of the workspace: added, changed, deactivated and never deleted (decisions 21–25)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.text import excerpt
from dealboard.domain.views import Role, User
from dealboard.screens.confirm import Confirm
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.settings_section import Note, Section
from dealboard.screens.user_form import ROLE_NAMES, UserForm
from dealboard.store.driver import Connection
from dealboard.store.reads import team
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

NOBODY = 0
"""Stands for no heir among the ids of users."""

TEACHING = (
    "Users own deals and act; they are profiles of this workspace, not logins. Roles guard against"
    " slips: who can read the file can read the deals. dealboard --as NAME acts as somebody else."
)


class Shown(NamedTuple):
    """All users, and how many open deals each owns."""

    users: tuple[User, ...] = ()
    deals: Mapping[int, int] = MappingProxyType({})


def read_shown(connection: Connection) -> Shown:
    """Read what the section shows: active users first, each by name."""
    users = sorted(team.users(connection), key=lambda each: not each.active)
    return Shown(tuple(users), team.open_deals(connection))


class UsersSection(Section):
    """The list of users."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New user", id="users.add"),
        Binding("e", "edit", "Edit", id="users.edit"),
        Binding("D,delete", "deactivate", "Deactivate", id="users.deactivate"),
        Binding("R", "reactivate", "Reactivate", id="users.reactivate"),
    ]

    DEFAULT_CSS = """
    UsersSection > Rows { max-height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows(
            Column("Name", elastic=True),
            Column("E-mail", optional=True),
            Column("Role"),
            Column("Open deals", right=True),
            title="Users",
            id="user-list",
        )
        self._shown = Shown()
        self._follow: int | None = None

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield self.rows
        yield Note(TEACHING)

    @property
    def user(self) -> User | None:
        """The user that the keys mean."""
        return next((each for each in self._shown.users if each.id == self.rows.cursor_id), None)

    async def reload(self) -> bool:
        """Read the users and how many open deals they own."""
        self._shown = await self.dealboard.read(read_shown)
        acting = self.dealboard.workspace.user.id
        follow, self._follow = self._follow, None
        entries = [
            _entry(each, self._shown.deals.get(each.id, 0), acts=each.id == acting)
            for each in self._shown.users
        ]
        self.rows.show(entries, at=follow)
        active = sum(each.active for each in self._shown.users)
        self.rows.border_subtitle = f"{active} active"
        self.refresh_bindings()
        return True

    @on(Rows.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what is possible with the user."""
        match action:
            case "edit":
                return self.user is not None
            case "deactivate":
                return self.user is not None and self.user.active
            case "reactivate":
                return self.user is not None and not self.user.active
        return True

    @work
    async def action_add(self) -> None:
        """Add a user."""
        self._follow = await self.ask(UserForm())
        self.touch()

    @on(Rows.Opened)
    @work
    async def action_edit(self) -> None:
        """Change name, e-mail address and role."""
        if self.user is not None:
            await self.ask(UserForm(self.user))

    def action_reactivate(self) -> None:
        """Let a user act and get deals again."""
        user = self.user
        if user is not None:
            self.do(lambda tx: actions.team.edit(tx, user.id, active=True))

    @work
    async def action_deactivate(self) -> None:
        """Deactivate a user; offer to give the open deals to somebody else."""
        user = self.user
        if user is None:
            return
        deals = self._shown.deals.get(user.id, 0)
        heir: int | None = NOBODY
        if deals:
            heir = await self.ask(self._heirs(user, deals))
        elif not await self.ask(_sure(user)):
            heir = None
        if heir is not None:
            reassign_to = heir or None
            self.do(
                lambda tx: actions.team.edit(tx, user.id, active=False, reassign_to=reassign_to)
            )

    def _heirs(self, user: User, deals: int) -> Pick[int]:
        """Return the question who shall have the open deals."""
        others = [each for each in self._shown.users if each.active and each.id != user.id]
        able = [each for each in others if each.role is not Role.CHAT_OPERATOR]
        choices = [
            *(
                Choice(each.id, each.name, _open(self._shown.deals.get(each.id, 0)))
                for each in able
            ),
            Choice(
                NOBODY, "Nobody", f"they stay with {excerpt(user.name, 30)} (inactive)", key="0"
            ),
        ]
        title = f"Deactivate {excerpt(user.name, 30)}: who takes over {_open(deals)}?"
        return Pick(title, choices)


def _sure(user: User) -> Confirm:
    detail = "Nothing new can be given to them. What they did and own stays. u brings them back."
    return Confirm(f"Deactivate {excerpt(user.name)}?", detail=detail, yes="Deactivate")


def _entry(user: User, deals: int, *, acts: bool) -> Entry:
    label = user.name if user.active else f"{user.name} (inactive)"
    cells = (
        (f"{label} · you" if acts else label, "strong" if user.active else "muted"),
        (user.email or "", "muted"),
        (ROLE_NAMES[user.role], "row" if user.active else "muted"),
        (f"{deals:,}" if deals else "none", "row" if deals else "muted"),
    )
    return Entry(user.id, cells)


def _open(deals: int) -> str:
    return f"{deals:,} open deal{'' if deals == 1 else 's'}"
