"""`dealboard automation`: rules as JSON files, their dry runs, their log, and what time brings."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dealboard.cli import names, options, output
from dealboard.cli.completion import complete_automations
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.automations import Outcome
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.automations.clock import Due
    from dealboard.delivery.courier import Report
    from dealboard.domain.automations import Automation, Preview, Run
    from dealboard.domain.rule_words import Manner
    from dealboard.domain.rules import Rule
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Workspace

STDIN = Path("-")
RUNS = 20
"""Entries of the log that are listed, unless more are asked for."""

WAITING = 200
"""Webhooks that wait whose reasons are looked at."""


automation_argument = click.argument(
    "automation_", metavar="ID", shell_complete=complete_automations
)
file_option = click.option(
    "--file",
    "path",
    metavar="RULE.json",
    type=click.Path(path_type=Path),
    help="The rule as `export` writes it; - is standard input.",
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
        output.document([_document(run, each) for each in found])
        return
    manner = _manner(run)
    output.table(
        ("id", "name", "state", "runs", "last run", "does"),
        [_row(each, manner) for each in found],
        right=("id", "runs"),
        nothing="There are no automations yet. Add one with: dealboard automation add --file FILE",
    )


def _row(view: "Automation", manner: "Manner") -> tuple[str, ...]:
    return (
        str(view.id),
        view.name,
        _state(view),
        f"{view.runs:,}",
        f"{output.moment(view.last_run)} {view.last_outcome or ''}".strip(),
        _sentence(view, manner),
    )


def _state(view: "Automation") -> str:
    if view.suspended_at is not None:
        return "suspended"
    return "on" if view.enabled else "off"


def _sentence(view: "Automation", manner: "Manner") -> str:
    from dealboard.domain import rule_words

    return view.problem if view.rule is None else rule_words.sentence(view.rule, manner)


@automation.command()
@automation_argument
@options.as_json
@pass_invocation
def show(run: Invocation, automation_: str, as_json: bool) -> None:
    """Show an automation as a sentence, and what came of it."""
    found = names.automation(run.selling, automation_)
    if as_json:
        output.document(_document(run, found))
        return
    output.fields(
        [
            ("automation", f"#{found.id} {found.name}"),
            ("does", "" if found.rule is None else _sentence(found, _manner(run))),
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
    written = [workspace.read(files.dump, _rule(each)) for each in chosen]
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
@file_option
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
    rules = [_load(run, each) for each in _read(path)]

    def create(tx: "Transaction") -> list[int]:
        made = [actions.automations.create(tx, rule) for rule in rules]
        if len(made) > 1:
            tx.operation.label = f"Created {len(made)} automations"
        return made

    receipt = run.selling.run(create)
    _answer(run, receipt, receipt.value, as_json, many=len(rules) > 1)


def _adopt(
    run: Invocation, key: str, pipeline: str | None, into: str | None, as_json: bool
) -> None:
    from dealboard.automations import templates

    workspace, template = run.selling, templates.named(key)
    source, target = (
        None if text is None else names.pipeline(workspace, text).id for text in (pipeline, into)
    )
    receipt = workspace.run(lambda tx: templates.adopt(tx, template, source, target))
    _answer(run, receipt, [receipt.value], as_json)


@automation.command()
@automation_argument
@file_option
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
    rule = _load(run, {"enabled": found.enabled} | _only_one(path))
    receipt = run.selling.run(lambda tx: actions.automations.edit(tx, found.id, rule))
    _answer(run, receipt, [found.id], as_json)


@automation.command()
@automation_argument
@options.as_json
@pass_invocation
def enable(run: Invocation, automation_: str, as_json: bool) -> None:
    """Switch an automation on; a suspended one gets another chance."""
    from dealboard import actions

    found = names.automation(run.selling, automation_)
    receipt = run.selling.run(lambda tx: actions.automations.enable(tx, found.id))
    _answer(run, receipt, [found.id], as_json)


@automation.command()
@automation_argument
@options.as_json
@pass_invocation
def disable(run: Invocation, automation_: str, as_json: bool) -> None:
    """Switch an automation off; what it has delayed is dropped when it comes due."""
    from dealboard import actions

    found = names.automation(run.selling, automation_)
    receipt = run.selling.run(lambda tx: actions.automations.disable(tx, found.id))
    _answer(run, receipt, [found.id], as_json)


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
    _answer(run, receipt, [found.id], as_json)


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
    output.done(receipt, quiet=as_json)
    if as_json:
        output.document({"deleted": [found.id]})


# ── running ───────────────────────────────────────────────────────────────────────────────────


@automation.command()
@click.argument("automation_", metavar="[ID]", required=False, shell_complete=complete_automations)
@file_option
@click.option("--deal", "deal_id", type=options.ID, metavar="ID", required=True)
@options.as_json
@pass_invocation
def test(
    run: Invocation, automation_: str | None, path: Path | None, deal_id: int, as_json: bool
) -> None:
    """Print exactly what an automation would change now about a deal, and change nothing.

    With --file, what the rule of a file would do: in the place of ID, or besides what there is.
    """
    from dealboard.automations.preview import preview

    workspace = run.selling
    kept = None if automation_ is None else names.automation(workspace, automation_)
    if path is not None:
        rule = _load(run, _only_one(path))
    elif kept is not None:
        rule = _rule(kept)
    else:
        raise UsageError("What to test was not given.", "Give an ID, or --file RULE.json")
    number = None if kept is None else kept.id
    found = preview(workspace, rule, deal_id, automation_id=number)
    if as_json:
        output.document(documents.automation_preview(found))
    else:
        _tell(found, _manner(run))


def _tell(found: "Preview", manner: "Manner") -> None:
    from dealboard.domain.rule_words import condition_words

    branch = {"then": "then", "else": "otherwise", "none": "nothing"}[found.branch]
    output.fields(
        [
            ("assumed", found.assumed),
            *(
                ("if", f"{'✓' if each.holds else '✗'} {condition_words(each.condition, manner)}")
                for each in found.checks
            ),
            ("does", branch),
            *(("would", line) for line in found.lines),
            ("problem", found.problem),
        ]
    )
    output.note(
        "Nothing was changed." if found.lines else "Nothing would change, and nothing was changed."
    )


@automation.command("run")
@options.as_json
@pass_invocation
def run_(run: Invocation, as_json: bool) -> None:
    """Do what time brings: for cron.

    Runs the automations that wait for a close date, a rotting deal or an overdue task, each once
    per deal and occurrence; goes on with those whose delay is over; and sends the webhooks that
    are due.
    """
    from dealboard.automations import clock
    from dealboard.delivery import channels, courier

    workspace = run.selling
    due = clock.due(workspace)
    report = courier.flush(workspace, [channels.webhooks(run.config)])
    waiting = _waiting(workspace) if report.held or report.again else ()
    for sentence in (*due.notes, *filter(None, [report.trouble]), *waiting):
        output.note(sentence)
    if as_json:
        output.document(_counts(due, report))
        return
    output.fields(
        [
            *((outcome, f"{count:,}") for outcome, count in _runs(due).items()),
            ("webhooks", _webhooks(report)),
        ]
    )


def _waiting(workspace: "Workspace") -> dict[str, None]:
    """Return why webhooks are still here, each reason once."""
    from dealboard.domain.outbox import State
    from dealboard.store.reads import outbox

    found = workspace.read(
        outbox.deliveries,
        now=workspace.now,
        kinds=("webhook",),
        states=(State.PENDING, State.HELD),
        limit=WAITING,
    )
    return {f"Webhook to {each.target}: {each.reason}": None for each in found if each.reason}


def _runs(due: "Due") -> dict[str, int]:
    return {each.value: due.runs.get(each.value, 0) for each in Outcome}


def _webhooks(report: "Report") -> str:
    counts = {
        "sent": report.sent,
        "to be tried again": report.again,
        "held": report.held,
        "given up": len(report.failures),
    }
    return " · ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "0"


def _counts(due: "Due", report: "Report") -> documents.Document:
    moments = [each for each in (due.next_at, report.next_due) if each is not None]
    return {
        "runs": _runs(due),
        "operations": list(due.operations),
        "webhooks": {
            "sent": report.sent,
            "again": report.again,
            "held": report.held,
            "failed": len(report.failures),
        },
        "next_at": documents.moment(min(moments, default=None)),
    }


# ── rules and files ───────────────────────────────────────────────────────────────────────────


def _read(path: Path | None) -> list[documents.Document]:
    from dealboard.automations import files

    text = sys.stdin.read() if path in (None, STDIN) else _text(path)
    return files.read(text)


def _text(path: Path) -> str:
    from dealboard.errors import InvalidValue

    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValue("file", path, "it is not UTF-8 text") from error


def _only_one(path: Path) -> documents.Document:
    found = _read(path)
    if len(found) > 1:
        raise UsageError(f"There are {len(found)} automations in {path}.", "Give a file of one.")
    return found[0]


def _load(run: Invocation, document: documents.Document) -> "Rule":
    from dealboard.automations import files

    return run.selling.read(files.load, document)


def _rule(view: "Automation") -> "Rule":
    from dealboard.errors import Refused

    if view.rule is None:
        raise Refused(f"Automation {view.name} cannot be used: {view.problem}", "Edit it first.")
    return view.rule


def _answer(
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
        rows = [_document(run, each) for each in found]
        output.document(rows if many else rows[0])
        return
    manner = _manner(run)
    for each in found:
        output.say(_sentence(each, manner))


def _document(run: Invocation, view: "Automation") -> documents.Document:
    from dealboard.automations import files

    if view.rule is None:
        rule = {"name": view.name, "enabled": view.enabled, "trigger": None}
    else:
        rule = run.selling.read(files.dump, view.rule)
    return documents.automation(view, rule)


def _manner(run: Invocation) -> "Manner":
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
