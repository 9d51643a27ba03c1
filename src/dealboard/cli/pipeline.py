"""`dealboard pipeline`: at most ten sales processes."""

from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, options, output
from dealboard.cli.completion import complete_pipelines
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.stages import parse_stages
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Workspace

pipeline_argument = click.argument("pipeline", metavar="ID", shell_complete=complete_pipelines)


@click.group()
def pipeline() -> None:
    """Sales pipelines, by id or name."""


@pipeline.command("list")
@options.as_json
@pass_invocation
def list_(run: Invocation, as_json: bool) -> None:
    """List the pipelines in their order."""
    rows = _documents(run.selling)
    if as_json:
        output.document(rows)
        return
    output.table(
        ("id", "name", "deals", "stages"),
        [(str(row["id"]), row["name"], f"{row['deals']:,}", str(row["stages"])) for row in rows],
        right=("id", "deals", "stages"),
        nothing="There is no pipeline yet. Create one with: dealboard pipeline create NAME",
    )


@pipeline.command()
@click.argument("name")
@options.stages
@options.as_json
@pass_invocation
def create(run: Invocation, name: str, stages: str, as_json: bool) -> None:
    """Add a pipeline; Won (100 %) and Lost (0 %) are added behind its stages."""
    from dealboard import actions

    new_stages = parse_stages(stages)
    receipt = run.selling.run(lambda tx: actions.pipelines.create(tx, name, new_stages))
    _answer(run.selling, receipt, receipt.value, as_json)


@pipeline.command()
@pipeline_argument
@click.argument("name")
@options.as_json
@pass_invocation
def rename(run: Invocation, pipeline: str, name: str, as_json: bool) -> None:
    """Give a pipeline another name."""
    from dealboard import actions

    found = names.pipeline(run.selling, pipeline)
    receipt = run.selling.run(lambda tx: actions.pipelines.rename(tx, found.id, name))
    _answer(run.selling, receipt, found.id, as_json)


@pipeline.command()
@pipeline_argument
@click.argument("position", type=int)
@options.as_json
@pass_invocation
def move(run: Invocation, pipeline: str, position: int, as_json: bool) -> None:
    """Put a pipeline at a position, counting from 1."""
    from dealboard import actions

    found = names.pipeline(run.selling, pipeline)
    receipt = run.selling.run(lambda tx: actions.pipelines.move(tx, found.id, position))
    _answer(run.selling, receipt, found.id, as_json)


@pipeline.command()
@pipeline_argument
@click.option(
    "--move-deals-to",
    "heir",
    metavar="P",
    help="Which pipeline takes its deals first.",
    shell_complete=complete_pipelines,
)
@options.as_json
@options.yes
@pass_invocation
def delete(run: Invocation, pipeline: str, heir: str | None, as_json: bool, yes: bool) -> None:
    """Delete a pipeline that holds no deals, or hands them over."""
    from dealboard import actions

    gone = names.pipeline(run.selling, pipeline).id
    into = None if heir is None else names.pipeline(run.selling, heir).id
    output.confirm(f"Delete pipeline {pipeline}? `dealboard undo` brings it back.", yes=yes)

    def remove(tx: "Transaction") -> None:
        if into is not None:
            actions.pipelines.move_deals(tx, gone, into)
        actions.pipelines.delete(tx, gone)

    output.deleted(run.selling.run(remove), [gone], as_json=as_json)


def _answer(
    workspace: "Workspace", receipt: "Receipt[Any]", pipeline_id: int, as_json: bool
) -> None:
    output.done(receipt, f"pipeline #{pipeline_id}", quiet=as_json)
    if as_json:
        output.document(next(row for row in _documents(workspace) if row["id"] == pipeline_id))


def _documents(workspace: "Workspace") -> list[documents.Document]:
    from dealboard.store.reads import pipelines

    deals = workspace.read(pipelines.pipeline_counts)
    return [
        documents.pipeline(
            each, deals.get(each.id, 0), len(workspace.read(pipelines.stages, each.id))
        )
        for each in workspace.read(pipelines.pipelines)
    ]
