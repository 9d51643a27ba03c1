"""`dealboard config`: the settings in force, and the file they come from."""

from dataclasses import asdict
from pathlib import Path

import click

from dealboard.cli import options, output
from dealboard.cli.invocation import Invocation, pass_invocation


@click.group()
def config() -> None:
    """Show the settings; edit the file itself to change them."""


@config.command()
@options.as_json
@pass_invocation
def path(run: Invocation, as_json: bool) -> None:
    """Print where the configuration file is, or would be."""
    from dealboard.config import config_file, log_folder

    where = config_file(run.file)
    if as_json:
        output.document({"config": str(where), "logs": str(log_folder())})
    else:
        click.echo(where)


@config.command()
@options.as_json
@pass_invocation
def show(run: Invocation, as_json: bool) -> None:
    """Print the settings in force: command line, environment, file, defaults."""
    settings = {
        key: str(value) if isinstance(value, Path) else value
        for key, value in asdict(run.config).items()
    }
    if as_json:
        output.document(settings)
    else:
        output.fields((key, "" if value is None else str(value)) for key, value in settings.items())
