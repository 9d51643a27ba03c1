"""`dealboard init`: a new workspace, its Account Owner and, if named, its first pipeline."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dealboard.cli import options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.money import country_code, currency_code, usual_currency
from dealboard.domain.stages import parse_stages
from dealboard.domain.text import one_line
from dealboard.errors import MissingField, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dealboard.domain.stages import NewStage
    from dealboard.workspace import Workspace

NAME_LIMIT = 60


@click.command()
@click.option("--pipeline", metavar="NAME", help="Also create this pipeline.")
@options.stages
@click.option("--owner", metavar="NAME", help="The Account Owner (you, as the system knows you).")
@click.option("--currency", metavar="CODE", help="What amounts are in (of the country).")
@click.option("--country", metavar="CODE", help="Whose phone numbers need no prefix (your locale).")
@options.as_json
@pass_invocation
def init(
    run: Invocation,
    pipeline: str | None,
    stages: str,
    owner: str | None,
    currency: str | None,
    country: str | None,
    as_json: bool,
) -> None:
    """Create a workspace.

    Won (100 %) and Lost (0 %) are added behind the stages of the pipeline.
    """
    from dealboard.workspace import Workspace

    if run.demo:
        raise UsageError("--demo has a workspace of its own.", "Leave it out.")
    if stages and pipeline is None:
        raise UsageError("--stages are those of a pipeline.", "Name it with --pipeline.")
    new_stages = parse_stages(stages)
    country = country_code(run.config.country if country is None else country)
    path = run.location
    workspace = Workspace.create(
        path,
        owner=_owner(owner),
        currency=currency_code(currency) if currency else usual_currency(country),
        country=country,
        timeout=run.timeout,
    )
    click.get_current_context().call_on_close(workspace.close)
    if pipeline is not None:
        _create_pipeline(workspace, path, pipeline, new_stages)
    _tell(workspace, path, as_json)


def _create_pipeline(
    workspace: "Workspace", path: Path, name: str, stages: "Sequence[NewStage]"
) -> None:
    """Create the first pipeline; a refused one takes the file, which is new, along."""
    from dealboard import actions

    try:
        workspace.run(lambda tx: actions.pipelines.create(tx, name, stages))
    except BaseException:
        workspace.close()
        path.unlink()
        raise


def _owner(name: str | None) -> str:
    from dealboard.config import system_user

    owner = one_line(system_user() if name is None else name, "owner", limit=NAME_LIMIT)
    if not owner:
        raise MissingField("owner", "a workspace needs one", "Name somebody with --owner.")
    return owner


def _tell(workspace: "Workspace", path: Path, as_json: bool) -> None:
    from dealboard.store.reads import pipelines

    made = workspace.read(pipelines.pipelines)
    if as_json:
        output.document(
            {
                "path": str(path),
                "owner": {"id": workspace.user.id, "name": workspace.user.name},
                "currency": workspace.recall("currency"),
                "country": workspace.recall("country"),
                "pipeline": {"id": made[0].id, "name": made[0].name} if made else None,
            }
        )
        return
    output.fields(
        [
            ("workspace", str(path)),
            ("owner", workspace.user.name),
            ("currency", workspace.recall("currency")),
            ("country", workspace.recall("country")),
            ("pipeline", made[0].name if made else ""),
        ]
    )
