"""`dealboard webhook`: what automations sent to other programs, and what is still to go."""

from typing import TYPE_CHECKING

import click

from dealboard.cli import names, options, output
from dealboard.cli.completion import complete_automations
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.outbox import State
from dealboard.errors import NotFound
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.outbox import Delivery
    from dealboard.workspace import Workspace

KIND = "webhook"
LISTED = 20

ids_argument = click.argument("row_ids", metavar="ID...", type=options.ID, nargs=-1, required=True)


@click.group()
def webhook() -> None:
    """Webhooks of automations, by id; `dealboard automation run` sends them."""


@webhook.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice([each.value for each in State]),
    multiple=True,
    help="Which are in that state; repeatable.",
)
@click.option(
    "--automation",
    "automation_",
    metavar="ID",
    help="Of this one only.",
    shell_complete=complete_automations,
)
@click.option("--deal", "deal_id", type=options.ID, metavar="ID", help="About this deal only.")
@options.limit(default=LISTED, show_default=True)
@options.as_json
@pass_invocation
def list_(
    run: Invocation,
    states: tuple[str, ...],
    automation_: str | None,
    deal_id: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the webhooks, newest first."""
    from dealboard.store.reads import outbox

    workspace = run.selling
    found = workspace.read(
        outbox.deliveries,
        now=workspace.now,
        kinds=(KIND,),
        states=tuple(map(State, states)),
        automation_id=None if automation_ is None else names.automation(workspace, automation_).id,
        deal_id=deal_id,
        limit=limit,
    )
    if as_json:
        output.document([documents.delivery(each) for each in found])
        return
    output.table(
        ("id", "at", "to", "automation", "deal", "state", "tries", "why"),
        [_row(each) for each in found],
        right=("id", "tries"),
        nothing="There are no such webhooks.",
    )


def _row(view: "Delivery") -> tuple[str, ...]:
    return (
        str(view.id),
        output.moment(view.created_at),
        view.target,
        view.automation,
        "" if view.deal_id is None else f"#{view.deal_id} {view.deal}",
        _state(view),
        str(view.tries),
        view.reason,
    )


def _state(view: "Delivery") -> str:
    return "sending" if view.sending else view.state.value


@webhook.command()
@click.argument("row_id", metavar="ID", type=options.ID)
@options.as_json
@pass_invocation
def show(run: Invocation, row_id: int, as_json: bool) -> None:
    """Show a webhook and each attempt to send it."""
    from dealboard.store.reads import outbox

    workspace = run.selling
    found = _one(workspace, row_id)
    attempts = workspace.read(outbox.attempts, row_id)
    if as_json:
        log = [documents.attempt(each) for each in attempts]
        output.document(documents.delivery(found) | {"attempts": log})
        return
    output.fields(
        [
            ("webhook", f"#{found.id}"),
            ("to", found.target),
            ("automation", found.automation),
            ("deal", "" if found.deal_id is None else f"#{found.deal_id} {found.deal}"),
            ("state", _state(found)),
            ("why", found.reason),
            ("made", output.moment(found.created_at)),
            ("due", output.moment(found.due_at if found.settled_at is None else None)),
            ("settled", output.moment(found.settled_at)),
            ("event", found.uid),
            *(
                ("attempt", " · ".join(filter(None, (output.moment(at), said, reply))))
                for at, _, said, _, reply, _ in attempts
            ),
        ]
    )


@webhook.command()
@ids_argument
@options.as_json
@pass_invocation
def retry(run: Invocation, row_ids: tuple[int, ...], as_json: bool) -> None:
    """Make webhooks due now that were given up, held or cancelled, or that wait."""
    from dealboard import actions

    _check(run.selling, row_ids)
    receipt = run.selling.run(lambda tx: actions.outbox.retry(tx, row_ids))
    _answer(receipt.value, "due now", receipt.notes, as_json)


@webhook.command()
@ids_argument
@options.as_json
@pass_invocation
def cancel(run: Invocation, row_ids: tuple[int, ...], as_json: bool) -> None:
    """Keep webhooks from being sent; `retry` takes that back."""
    from dealboard import actions

    _check(run.selling, row_ids)
    receipt = run.selling.run(lambda tx: actions.outbox.cancel(tx, row_ids))
    _answer(receipt.value, "cancelled", receipt.notes, as_json)


def _answer(count: int, what: str, notes: tuple[str, ...], as_json: bool) -> None:
    for sentence in notes:
        output.note(sentence)
    if as_json:
        output.document({"changed": count})
    else:
        output.say(f"{count:,} webhook{'' if count == 1 else 's'} {what}")


def _check(workspace: "Workspace", row_ids: tuple[int, ...]) -> None:
    """Raise NotFound for an id that is not a webhook's: the outbox keeps other things too."""
    for row_id in row_ids:
        _one(workspace, row_id)


def _one(workspace: "Workspace", row_id: int) -> "Delivery":
    from dealboard.store.reads import outbox

    found = workspace.read(
        outbox.deliveries, now=workspace.now, kinds=(KIND,), before=row_id + 1, limit=1
    )
    if not found or found[0].id != row_id:
        raise NotFound("webhook", f"#{row_id}")
    return found[0]
