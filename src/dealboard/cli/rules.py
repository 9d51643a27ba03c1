"""Automations of files and in words: what the commands about them share."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, output
from dealboard.cli.invocation import Invocation
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.automations import Automation
    from dealboard.domain.rule_words import Manner
    from dealboard.domain.rules import Rule
    from dealboard.store.transaction import Receipt

STDIN = Path("-")

file_option = click.option(
    "--file",
    "path",
    metavar="RULE.json",
    type=click.Path(path_type=Path),
    help="The rule as `export` writes it; - is standard input.",
)


def sentence(view: "Automation", how: "Manner") -> str:
    """Return an automation in words, or what is wrong with it."""
    from dealboard.domain import rule_words

    return view.problem if view.rule is None else rule_words.sentence(view.rule, how)


def read(path: Path | None) -> list[documents.Document]:
    """Return the automations of a file, or of standard input."""
    from dealboard.automations import files

    text = sys.stdin.read() if path in (None, STDIN) else _text(path)
    return files.read(text)


def _text(path: Path) -> str:
    from dealboard.errors import InvalidValue

    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValue("file", path, "it is not UTF-8 text") from error


def only_one(path: Path) -> documents.Document:
    """Return the automation of a file that may hold one only."""
    found = read(path)
    if len(found) > 1:
        raise UsageError(f"There are {len(found)} automations in {path}.", "Give a file of one.")
    return found[0]


def load(run: Invocation, given: documents.Document) -> "Rule":
    """Return the rule that a document means in this workspace."""
    from dealboard.automations import files

    return run.selling.read(files.load, given)


def kept(view: "Automation") -> "Rule":
    """Return the rule of an automation. Raises Refused where it cannot be read."""
    from dealboard.errors import Refused

    if view.rule is None:
        raise Refused(f"Automation {view.name} cannot be used: {view.problem}", "Edit it first.")
    return view.rule


def answer(
    run: Invocation,
    receipt: "Receipt[Any]",
    ids: Sequence[int],
    as_json: bool,
    *,
    many: bool = False,
) -> None:
    """Say what was done, with the rule as it was understood."""
    found = [names.automation(run.selling, str(each)) for each in ids]
    named = " · ".join(f"automation #{each.id}" for each in found)
    output.done(receipt, named, quiet=as_json)
    if as_json:
        rows = [document(run, each) for each in found]
        output.document(rows if many else rows[0])
        return
    how = manner(run)
    for each in found:
        output.say(sentence(each, how))


def document(run: Invocation, view: "Automation") -> documents.Document:
    """Return an automation as JSON, with names for ids."""
    from dealboard.automations import files

    if view.rule is None:
        rule = {"name": view.name, "enabled": view.enabled, "trigger": None}
    else:
        rule = run.selling.read(files.dump, view.rule)
    return documents.automation(view, rule)


def manner(run: Invocation) -> "Manner":
    """Return how rules are put into words here."""
    from dealboard.domain.rule_words import Manner, Names
    from dealboard.store.reads import automations, pipelines, team

    workspace = run.selling
    return Manner(
        Names.of(
            workspace.read(pipelines.pipelines),
            workspace.read(pipelines.all_stages),
            workspace.read(team.users),
        ),
        workspace.read(automations.known_fields),
        workspace.recall("currency") or "",
        run.config.locale,
    )
