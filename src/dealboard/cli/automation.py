"""`dealboard automation`: rules as JSON files, and what came of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dealboard.cli import automation_runs, names, options, output, rules
from dealboard.cli.completion import complete_automations
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.automations import Outcome
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.automations import Automation, Run
    from dealboard.domain.rule_words import Manner
    from dealboard.store.transaction import Transaction

RUNS = 20
"""Entries of the log that are listed, unless more are asked for."""


automation_argument = click.argument(
    "automation_", metavar="ID", shell_complete=complete_automations
)


@click.group()
def automation() -> None:
    """Automations: rules that act when something happens to a deal, by id or name.

    Their JSON is described in docs/automations.md.
    """


# ── reading ───────────────────────────────────────────────────────────────────────────────────


@automation.command("list")
@options.as_json
@pass_invocation
def list_(run: Invocation, as_json: bool) -> None:
    """List the automations in the order in which they run."""
    from dealboard.store.reads import automations

    workspace = run.selling
    found = workspace.read(automations.automations)
    if as_json:
        output.document([rules.document(run, each) for each in found])
        return
    how = rules.manner(run)
    output.table(
        ("id", "name", "state", "runs", "last run", "does"),
        [_row(each, how) for each in found],
        right=("id", "runs"),
        nothing="There are no automations yet. Add one with: dealboard automation add --file FILE",
    )


def _row(view: "Automation", how: "Manner") -> tuple[str, ...]:
    return (
        str(view.id),
        view.name,
        _state(view),
        f"{view.runs:,}",
        f"{output.moment(view.last_run)} {view.last_outcome or ''}".strip(),
        rules.sentence(view, how),
    )


def _state(view: "Automation") -> str:
    if view.suspended_at is not None:
        return "suspended"
    return "on" if view.enabled else "off"


@automation.command()
@automation_argument
@options.as_json
@pass_invocation
def show(run: Invocation, automation_: str, as_json: bool) -> None:
    """Show an automation as a sentence, and what came of it."""
    found = names.automation(run.selling, automation_)
    if as_json:
        output.document(rules.document(run, found))
        return
    output.fields(
        [
            ("automation", f"#{found.id} {found.name}"),
            ("does", "" if found.rule is None else rules.sentence(found, rules.manner(run))),
            ("problem", found.problem),
            ("state", _state(found)),
            ("position", str(found.position)),
            ("runs", f"{found.runs:,}"),
            ("last run", f"{output.moment(found.last_run)} {found.last_outcome or ''}".strip()),
            ("failed since", f"{found.failures:,}" if found.failures else ""),
            ("waiting", f"{found.waiting:,} delayed" if found.waiting else ""),
            ("suspended", output.moment(found.suspended_at)),
            ("set itself off", f"{found.trips:,} times" if found.trips else ""),
            ("uid", found.uid),
        ]
    )


@automation.command()
@click.argument("wanted", metavar="[ID...]", nargs=-1, shell_complete=complete_automations)
@click.option("--json", is_flag=True, expose_value=False, help="An export is JSON anyway.")
@pass_invocation
def export(run: Invocation, wanted: tuple[str, ...]) -> None:
    """Write automations as `add` and `edit` take them; without an ID, all of them.

    One is an object, several are a list. Stages, pipelines and owners go by name.
    """
    from dealboard.automations import files
    from dealboard.store.reads import automations

    workspace = run.selling
    found = [names.automation(workspace, each) for each in wanted]
    chosen = found or [*workspace.read(automations.automations)]
    written = [workspace.read(files.dump, rules.kept(each)) for each in chosen]
    output.document(written[0] if len(found) == 1 else written)


@automation.command()
@click.option(
    "--automation",
    "automation_",
    metavar="ID",
    help="Of this one only.",
    shell_complete=complete_automations,
)
@click.option("--deal", "deal_id", type=options.ID, metavar="ID", help="For this deal only.")
@click.option(
    "--outcome",
    "outcomes",
    type=click.Choice([each.value for each in Outcome]),
    multiple=True,
    help="Which ended so; repeatable.",
)
@options.limit(default=RUNS, show_default=True)
@options.as_json
@pass_invocation
def runs(
    run: Invocation,
    automation_: str | None,
    deal_id: int | None,
    outcomes: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """List what came of automations, newest first."""
    from dealboard.store.reads import automations

    workspace = run.selling
    one = None if automation_ is None else names.automation(workspace, automation_).id
    found = workspace.read(
        automations.runs,
        automation_id=one,
        deal_id=deal_id,
        outcomes=tuple(map(Outcome, outcomes)),
        limit=limit,
    )
    if as_json:
        output.document([documents.automation_run(each) for each in found])
        return
    output.table(
        ("at", "automation", "deal", "outcome", "what"),
        [_run_row(each) for each in found],
        nothing="No automation has run yet." if one is None else "It has not run yet.",
    )


def _run_row(view: "Run") -> tuple[str, ...]:
    from dealboard.domain.rule_words import done_words

    outcome = f"{view.outcome.value} (undone)" if view.undone else view.outcome.value
    deal = view.deal if view.deal_id is None else f"#{view.deal_id} {view.deal}"
    said = view.reason or done_words(view.did)
    return (output.moment(view.at), view.automation, deal, outcome, said)


# ── writing ───────────────────────────────────────────────────────────────────────────────────


@automation.command()
@rules.file_option
@click.option("--template", metavar="KEY", help="A ready-made one: welcome, nudge, hand-over.")
@options.pipeline(help="Whose deals the template is about.")
@click.option("--into", metavar="P", help="Where the template creates deals.")
@options.as_json
@pass_invocation
def add(
    run: Invocation,
    path: Path | None,
    template: str | None,
    pipeline: str | None,
    into: str | None,
    as_json: bool,
) -> None:
    """Add the automations of a file behind the others: all of them or, if one is wrong, none."""
    from dealboard import actions

    if (path is None) == (template is None):
        raise UsageError("What to add was not given.", "Give --file RULE.json, or --template KEY.")
    if template is not None:
        _adopt(run, template, pipeline, into, as_json)
        return
    if pipeline is not None or into is not None:
        raise UsageError("--pipeline and --into are for --template.", "Leave them out.")
    given = [rules.load(run, each) for each in rules.read(path)]

    def create(tx: "Transaction") -> list[int]:
        made = [actions.automations.create(tx, rule) for rule in given]
        if len(made) > 1:
            tx.operation.label = f"Created {len(made)} automations"
        return made

    receipt = run.selling.run(create)
    rules.answer(run, receipt, receipt.value, as_json, many=len(given) > 1)


def _adopt(
    run: Invocation, key: str, pipeline: str | None, into: str | None, as_json: bool
) -> None:
    from dealboard.automations import templates

    workspace, template = run.selling, templates.named(key)
    source, target = (
        None if text is None else names.pipeline(workspace, text).id for text in (pipeline, into)
    )
    receipt = workspace.run(lambda tx: templates.adopt(tx, template, source, target))
    rules.answer(run, receipt, [receipt.value], as_json)


@automation.command()
@automation_argument
@rules.file_option
@options.as_json
@pass_invocation
def edit(run: Invocation, automation_: str, path: Path | None, as_json: bool) -> None:
    """Put the rule of a file in the place of an automation; a suspended one runs again.

    It stays on or off where the file does not say.
    """
    from dealboard import actions

    if path is None:
        raise UsageError("What it shall be was not given.", "Give --file RULE.json")
    found = names.automation(run.selling, automation_)
    rule = rules.load(run, {"enabled": found.enabled} | rules.only_one(path))
    receipt = run.selling.run(lambda tx: actions.automations.edit(tx, found.id, rule))
    rules.answer(run, receipt, [found.id], as_json)


@automation.command()
@automation_argument
@options.as_json
@pass_invocation
def enable(run: Invocation, automation_: str, as_json: bool) -> None:
    """Switch an automation on; a suspended one gets another chance."""
    from dealboard import actions

    found = names.automation(run.selling, automation_)
    receipt = run.selling.run(lambda tx: actions.automations.enable(tx, found.id))
    rules.answer(run, receipt, [found.id], as_json)


@automation.command()
@automation_argument
@options.as_json
@pass_invocation
def disable(run: Invocation, automation_: str, as_json: bool) -> None:
    """Switch an automation off; what it has delayed is dropped when it comes due."""
    from dealboard import actions

    found = names.automation(run.selling, automation_)
    receipt = run.selling.run(lambda tx: actions.automations.disable(tx, found.id))
    rules.answer(run, receipt, [found.id], as_json)


@automation.command()
@automation_argument
@click.argument("position", type=int)
@options.as_json
@pass_invocation
def move(run: Invocation, automation_: str, position: int, as_json: bool) -> None:
    """Put an automation at a position, counting from 1: they run in that order."""
    from dealboard import actions

    found = names.automation(run.selling, automation_)
    receipt = run.selling.run(lambda tx: actions.automations.move(tx, found.id, position))
    rules.answer(run, receipt, [found.id], as_json)


@automation.command()
@automation_argument
@options.as_json
@options.yes
@pass_invocation
def delete(run: Invocation, automation_: str, as_json: bool, yes: bool) -> None:
    """Delete an automation; what it did stays done."""
    from dealboard import actions

    found = names.automation(run.selling, automation_)
    output.confirm(f"Delete automation {found.name}? `dealboard undo` brings it back.", yes=yes)
    receipt = run.selling.run(lambda tx: actions.automations.delete(tx, found.id))
    output.deleted(receipt, [found.id], as_json=as_json)


automation.add_command(automation_runs.test)
automation.add_command(automation_runs.run_)
