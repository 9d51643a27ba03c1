"""`dealboard config`: the settings in force, and the file they come from."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dealboard.cli import options, output
from dealboard.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dealboard.screens.keymap import Action


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
    """Print the settings in force: command line, environment, file, defaults; and every key."""
    from dealboard.screens.keymap import catalogue, in_force, problems, read_keymap

    settings = {
        key: str(value) if isinstance(value, Path) else value
        for key, value in asdict(run.config).items()
    }
    del settings["keymap"]
    keymap, wrong = read_keymap(run.config.keymap)
    actions = catalogue()
    if as_json:
        keys = {each.id: in_force(each, keymap) for each in actions.values()}
        output.document({**settings, "keymap": keys})
    else:
        output.fields((key, _shown(value)) for key, value in settings.items())
        click.echo()
        output.table(("action", "keys", "does"), [_row(each, keymap) for each in actions.values()])
    for sentence in (*wrong, *problems(keymap)):
        output.note(sentence)


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _row(action: "Action", keymap: "Mapping[str, str]") -> tuple[str, str, str]:
    from dealboard.screens.keymap import in_force
    from dealboard.screens.shortcuts import key_name

    own = " (yours)" if action.id in keymap else ""
    keys = "  ".join(map(key_name, in_force(action, keymap))) or "none"
    return action.id, f"{keys}{own}", action.label
