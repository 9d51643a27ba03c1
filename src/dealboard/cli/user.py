"""`dealboard user`: the profiles of this workspace, which own deals and act."""

from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, options, output
from dealboard.cli.completion import complete_users
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.changes import UserChanges
from dealboard.domain.views import Role
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt
    from dealboard.workspace import Workspace

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Users: deactivated, never deleted. Roles guard against slips; they are no protection."""


@user.command("list")
@options.as_json
@pass_invocation
def list_(run: Invocation, as_json: bool) -> None:
    """List the users by name."""
    from dealboard.store.reads import team

    found = run.workspace.read(team.users)
    if as_json:
        output.document([documents.user(each) for each in found])
        return
    output.table(
        ("id", "name", "email", "role", "active"),
        [
            (str(u.id), u.name, u.email or "", u.role.value, "yes" if u.active else "no")
            for u in found
        ],
        right=("id",),
    )


@user.command()
@click.argument("name")
@click.option("--email", metavar="ADDRESS")
@click.option("--role", type=ROLES, default=Role.ADMINISTRATOR.value, show_default=True)
@options.as_json
@pass_invocation
def add(run: Invocation, name: str, email: str | None, role: str, as_json: bool) -> None:
    """Add a user."""
    from dealboard import actions

    receipt = run.workspace.run(lambda tx: actions.team.add(tx, name, email, role))
    _answer(run.workspace, receipt, receipt.value, as_json)


@user.command()
@click.argument("user", metavar="ID", shell_complete=complete_users)
@click.option("--name")
@click.option("--email", metavar="ADDRESS", help='"" empties it.')
@click.option("--role", type=ROLES)
@click.option("--active/--inactive", default=None, help="Whether the user acts and gets deals.")
@click.option(
    "--reassign-to",
    metavar="U",
    help="Who takes over the open deals.",
    shell_complete=complete_users,
)
@options.as_json
@pass_invocation
def edit(
    run: Invocation,
    user: str,
    name: str | None,
    email: str | None,
    role: str | None,
    active: bool | None,
    reassign_to: str | None,
    as_json: bool,
) -> None:
    """Change a user, named by id, name or e-mail address."""
    from dealboard import actions

    changes = UserChanges()
    if name is not None:
        changes["name"] = name
    if email is not None:
        changes["email"] = email or None
    if role is not None:
        changes["role"] = role
    if active is not None:
        changes["active"] = active
    if not changes and reassign_to is None:
        raise UsageError("Nothing to change was given.", "See: dealboard user edit --help")
    found = names.user(run.workspace, user, "user")
    heir = None
    if reassign_to is not None:
        heir = names.user(run.workspace, reassign_to, "reassign to").id
    receipt = run.workspace.run(
        lambda tx: actions.team.edit(tx, found.id, reassign_to=heir, **changes)
    )
    _answer(run.workspace, receipt, found.id, as_json)


def _answer(workspace: "Workspace", receipt: "Receipt[Any]", user_id: int, as_json: bool) -> None:
    from dealboard.store.reads import team

    output.done(receipt, f"user #{user_id}", quiet=as_json)
    if as_json:
        output.document(documents.user(workspace.read(team.user, user_id)))
