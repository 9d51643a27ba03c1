"""`dealboard stage`: the phases of a pipeline, with their deals and money."""

from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, options, output
from dealboard.cli.completion import complete_pipelines
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.changes import StageChanges
from dealboard.domain.filters import DealFilter
from dealboard.domain.money import format_totals
from dealboard.domain.stages import MARK, parse_probability
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.views import Stage, StageTotals
    from dealboard.store.transaction import Receipt
    from dealboard.workspace import Workspace

pipeline_argument = click.argument("pipeline", shell_complete=complete_pipelines)
stage_argument = click.argument("stage_id", metavar="ID", type=options.ID)


@click.group()
def stage() -> None:
    """Stages of a pipeline; `stage list` shows their ids."""


@stage.command("list")
@pipeline_argument
@options.as_json
@pass_invocation
def list_(run: Invocation, pipeline: str, as_json: bool) -> None:
    """List the stages of a PIPELINE (name or id), Won and Lost last."""
    rows = _rows(run.selling, names.pipeline(run.selling, pipeline).id)
    if as_json:
        output.document([documents.stage(*row) for row in rows])
        return
    locale = run.config.locale
    output.table(
        ("id", "name", "probability", "deals", "value", "weighted"),
        [
            (
                str(stage.id),
                f"{stage.name} {MARK[stage.kind]}".rstrip(),
                f"{stage.probability} %",
                f"{totals.deals:,}",
                format_totals(totals.totals, locale),
                format_totals(totals.totals, locale, weighted=True),
            )
            for stage, totals in rows
        ],
        right=("id", "probability", "deals", "value", "weighted"),
    )


@stage.command()
@pipeline_argument
@click.argument("name")
@click.option("--probability", metavar="N", help="Percent (halfway between its neighbours).")
@click.option("--position", type=int, metavar="N", help="Counting from 1 (behind the open ones).")
@options.as_json
@pass_invocation
def add(
    run: Invocation,
    pipeline: str,
    name: str,
    probability: str | None,
    position: int | None,
    as_json: bool,
) -> None:
    """Add a stage NAME to a PIPELINE (name or id)."""
    from dealboard import actions

    percent = None if probability is None else parse_probability(probability)
    inside = names.pipeline(run.selling, pipeline)
    receipt = run.selling.run(
        lambda tx: actions.stages.add(tx, inside.id, name, probability=percent, position=position)
    )
    _answer(run.selling, receipt, receipt.value, as_json)


@stage.command()
@stage_argument
@click.option("--name", help="Another name.")
@click.option("--probability", metavar="N", help="Percent, 0 to 100.")
@click.option("--rotting-days", type=int, metavar="N", help="Days until a deal rots; 0 for never.")
@options.as_json
@pass_invocation
def edit(
    run: Invocation,
    stage_id: int,
    name: str | None,
    probability: str | None,
    rotting_days: int | None,
    as_json: bool,
) -> None:
    """Change a stage; Won and Lost can be renamed only."""
    from dealboard import actions

    changes = StageChanges()
    if name is not None:
        changes["name"] = name
    if probability is not None:
        changes["probability"] = parse_probability(probability)
    if rotting_days is not None:
        changes["rotting_days"] = rotting_days or None
    if not changes:
        raise UsageError("Nothing to change was given.", "See: dealboard stage edit --help")
    receipt = run.selling.run(lambda tx: actions.stages.edit(tx, stage_id, **changes))
    _answer(run.selling, receipt, stage_id, as_json)


@stage.command()
@stage_argument
@click.argument("position", type=int)
@options.as_json
@pass_invocation
def move(run: Invocation, stage_id: int, position: int, as_json: bool) -> None:
    """Put an open stage at a position, counting from 1."""
    from dealboard import actions

    receipt = run.selling.run(lambda tx: actions.stages.move(tx, stage_id, position))
    _answer(run.selling, receipt, stage_id, as_json)


@stage.command()
@stage_argument
@options.as_json
@options.yes
@pass_invocation
def delete(run: Invocation, stage_id: int, as_json: bool, yes: bool) -> None:
    """Delete a stage without deals; Won, Lost and the last open one stay."""
    from dealboard import actions
    from dealboard.store.reads import pipelines

    found = run.selling.read(pipelines.stage, stage_id)
    output.confirm(f"Delete stage {found.name}? `dealboard undo` brings it back.", yes=yes)
    receipt = run.selling.run(lambda tx: actions.stages.delete(tx, stage_id))
    output.deleted(receipt, [stage_id], as_json=as_json)


def _answer(workspace: "Workspace", receipt: "Receipt[Any]", stage_id: int, as_json: bool) -> None:
    from dealboard.store.reads import pipelines

    output.done(receipt, f"stage #{stage_id}", quiet=as_json)
    if as_json:
        inside = workspace.read(pipelines.stage, stage_id).pipeline_id
        rows = _rows(workspace, inside)
        output.document(next(documents.stage(*row) for row in rows if row[0].id == stage_id))


def _rows(workspace: "Workspace", pipeline_id: int) -> "list[tuple[Stage, StageTotals]]":
    from dealboard.store.reads import board, pipelines

    totals = workspace.read(board.totals, pipeline_id, DealFilter(), today=workspace.today)
    return [(each, totals[each.id]) for each in workspace.read(pipelines.stages, pipeline_id)]
