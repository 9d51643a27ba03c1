"""`dealboard backup`: verified copies of the workspace."""

from pathlib import Path

import click

from dealboard.cli import options, output
from dealboard.cli.invocation import Invocation, pass_invocation


@click.group()
def backup() -> None:
    """Make verified copies that you alone can read, also while others write."""


@backup.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@options.as_json
@pass_invocation
def create(run: Invocation, file: Path | None, as_json: bool) -> None:
    """Copy the workspace to FILE (to the folder `backups` beside it)."""
    from dealboard.store import backup as copies

    workspace = run.workspace
    target = file or (
        workspace.path.parent
        / "backups"
        / f"{workspace.path.stem}-{workspace.now:%Y%m%dT%H%M%SZ}.db"
    )
    copies.create(workspace.path, target, workspace.timeout)
    if as_json:
        output.document({"path": str(target), "bytes": target.stat().st_size})
    else:
        click.echo(target)
