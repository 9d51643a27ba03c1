"""`dealboard automation test` and `run`: the dry run of a rule, and what time brings."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dealboard.cli import names, options, output, rules
from dealboard.cli.completion import complete_automations
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.automations import Outcome
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.automations.clock import Due
    from dealboard.delivery.courier import Report
    from dealboard.domain.automations import Preview
    from dealboard.domain.rule_words import Manner
    from dealboard.workspace import Workspace

WAITING = 200
"""Webhooks that wait whose reasons are looked at."""


@click.command()
@click.argument("automation_", metavar="[ID]", required=False, shell_complete=complete_automations)
@rules.file_option
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
        rule = rules.load(run, rules.only_one(path))
    elif kept is not None:
        rule = rules.kept(kept)
    else:
        raise UsageError("What to test was not given.", "Give an ID, or --file RULE.json")
    number = None if kept is None else kept.id
    found = preview(workspace, rule, deal_id, automation_id=number)
    if as_json:
        output.document(documents.automation_preview(found))
    else:
        _tell(found, rules.manner(run))


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


@click.command("run")
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
