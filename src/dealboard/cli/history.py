"""`dealboard undo`, `redo` and `history`: the journal of everything that was done."""

from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.views import Operation
    from dealboard.store.transaction import Receipt
    from dealboard.workspace import Workspace


@click.command()
@options.as_json
@pass_invocation
def undo(run: Invocation, as_json: bool) -> None:
    """Take back your newest change, also one of another day or window."""
    from dealboard import actions

    _answer(run.selling, run.selling.run(lambda tx: actions.history.undo(tx)), as_json)


@click.command()
@options.as_json
@pass_invocation
def redo(run: Invocation, as_json: bool) -> None:
    """Do again what you took back last."""
    from dealboard import actions

    _answer(run.selling, run.selling.run(lambda tx: actions.history.redo(tx)), as_json)


@click.command()
@click.option("--deal", "deal_id", type=options.ID, metavar="ID", help="What touched this deal.")
@options.limit(default=20, show_default=True)
@options.as_json
@pass_invocation
def history(run: Invocation, deal_id: int | None, limit: int, as_json: bool) -> None:
    """List what was done, newest first."""
    from dealboard.store.reads import history as reads

    found = run.selling.read(reads.operations, deal_id=deal_id, limit=limit)
    if as_json:
        output.document([documents.operation(each) for each in found])
        return
    output.table(
        ("seq", "at", "who", "what"),
        [_row(each) for each in found],
        right=("seq",),
        nothing="Nothing was done yet.",
    )


def _row(view: "Operation") -> tuple[str, ...]:
    label = f"{view.label} (undone)" if view.undone else view.label
    return (str(view.seq), output.moment(view.at), view.actor or "–", label)


def _answer(workspace: "Workspace", receipt: "Receipt[Any]", as_json: bool) -> None:
    from dealboard.store.reads import history as reads

    output.done(receipt, quiet=as_json)
    if as_json:
        newest = workspace.read(reads.operations, limit=100)
        done = next(each for each in newest if each.seq == receipt.operation)
        output.document(documents.operation(done))
