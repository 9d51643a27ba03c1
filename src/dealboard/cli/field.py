"""`dealboard field`: the fields of contacts that this workspace added."""

from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.changes import FieldChanges
from dealboard.domain.views import FieldKind
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt
    from dealboard.workspace import Workspace

KINDS = click.Choice([kind.value for kind in FieldKind])

field_argument = click.argument("field_", metavar="FIELD")
choices_option = click.option(
    "--choice", "choices", metavar="TEXT", multiple=True, help="What can be chosen; repeatable."
)


@click.group()
def field() -> None:
    """Define what else contacts have: at most twenty fields, by id or name."""


@field.command("list")
@options.as_json
@pass_invocation
def list_(run: Invocation, as_json: bool) -> None:
    """List the fields in their order."""
    rows = _documents(run.workspace)
    if as_json:
        output.document(rows)
        return
    output.table(
        ("id", "name", "kind", "choices", "contacts"),
        [
            (
                str(row["id"]),
                row["name"],
                row["kind"],
                " · ".join(row["choices"]),
                f"{row['contacts']:,}",
            )
            for row in rows
        ],
        right=("id", "contacts"),
        nothing="There are no custom fields yet. Add one with: dealboard field add NAME",
    )


@field.command()
@click.argument("name")
@click.option("--kind", type=KINDS, help="What it holds (text, or choice with --choice).")
@choices_option
@options.as_json
@pass_invocation
def add(
    run: Invocation, name: str, kind: str | None, choices: tuple[str, ...], as_json: bool
) -> None:
    """Add a field behind the others."""
    from dealboard import actions

    kind = kind or (FieldKind.CHOICE if choices else FieldKind.TEXT)
    receipt = run.workspace.run(lambda tx: actions.fields.define(tx, name, kind, choices))
    _answer(run.workspace, receipt, receipt.value, as_json)


@field.command()
@field_argument
@click.option("--name", help="Another name.")
@choices_option
@options.as_json
@pass_invocation
def edit(
    run: Invocation, field_: str, name: str | None, choices: tuple[str, ...], as_json: bool
) -> None:
    """Rename a field, or put other choices in the place of all it has.

    Contacts keep a value that is no longer a choice.
    """
    from dealboard import actions

    changes = FieldChanges()
    if name is not None:
        changes["name"] = name
    if choices:
        changes["choices"] = choices
    if not changes:
        raise UsageError("Nothing to change was given.", "See: dealboard field edit --help")
    found = names.field(run.workspace, field_)
    receipt = run.workspace.run(lambda tx: actions.fields.edit(tx, found.id, changes))
    _answer(run.workspace, receipt, found.id, as_json)


@field.command()
@field_argument
@click.argument("position", type=int)
@options.as_json
@pass_invocation
def move(run: Invocation, field_: str, position: int, as_json: bool) -> None:
    """Put a field at a position, counting from 1."""
    from dealboard import actions

    found = names.field(run.workspace, field_)
    receipt = run.workspace.run(lambda tx: actions.fields.move(tx, found.id, position))
    _answer(run.workspace, receipt, found.id, as_json)


@field.command()
@field_argument
@options.as_json
@options.yes
@pass_invocation
def delete(run: Invocation, field_: str, as_json: bool, yes: bool) -> None:
    """Delete a field with the values that contacts have in it."""
    from dealboard import actions

    found = names.field(run.workspace, field_)
    output.confirm(
        f"Delete field {found.name} and its values? `dealboard undo` brings both back.", yes=yes
    )
    receipt = run.workspace.run(lambda tx: actions.fields.delete(tx, found.id))
    output.deleted(receipt, [found.id], as_json=as_json)


def _answer(workspace: "Workspace", receipt: "Receipt[Any]", field_id: int, as_json: bool) -> None:
    output.done(receipt, f"field #{field_id}", quiet=as_json)
    if as_json:
        output.document(next(row for row in _documents(workspace) if row["id"] == field_id))


def _documents(workspace: "Workspace") -> list[documents.Document]:
    from dealboard.store.reads import fields

    used = workspace.read(fields.used)
    return [documents.field(each, used.get(each.id, 0)) for each in workspace.read(fields.fields)]
