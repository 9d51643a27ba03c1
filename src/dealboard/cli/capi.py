"""`dealboard capi`: events for Meta's Conversions API, from the dry run to what was sent."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dealboard.cli import export as files
from dealboard.cli import options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.conversions import SOURCES
from dealboard.domain.outbox import State
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.delivery.courier import Report
    from dealboard.domain.conversions import Preview, Told
    from dealboard.workspace import Workspace

WAITING = (State.PENDING, State.HELD)
LISTED = 20
DRY_RUN = (
    "This is a dry run: nothing is sent. Go live with: dealboard capi enable --dataset ID --live"
)

ids_argument = click.argument("row_ids", metavar="ID...", type=options.ID, nargs=-1, required=True)


@click.group()
def capi() -> None:
    """Tell Meta's Conversions API of leads and purchases, as the Events Manager needs it.

    The access token is read from DEALBOARD_META_TOKEN, the keyring, or secrets/meta-token beside
    config.toml (mode 0600); it is kept nowhere else.
    """


# ── set-up ────────────────────────────────────────────────────────────────────────────────────


@capi.command()
@click.option("--dataset", metavar="ID", required=True, help="The data set, or pixel, they go to.")
@click.option("--live", is_flag=True, help="Send them; without it, it is a dry run.")
@click.option(
    "--leave-waiting",
    is_flag=True,
    help="With --live: what the dry run wrote stays here.",
)
@options.as_json
@pass_invocation
def enable(run: Invocation, dataset: str, live: bool, leave_waiting: bool, as_json: bool) -> None:
    """Write an event of each lead, update and purchase from now on.

    Without --live it is a dry run: events are written and can be looked at, and none is sent. A
    queue that was paused because of the token or its rights goes on.
    """
    from dealboard import actions
    from dealboard.store.reads import conversions
    from dealboard.store.transaction import Transaction

    workspace = run.selling
    waiting = workspace.read(conversions.setup).live or not (
        leave_waiting or (live and output.interactive() and _declined(workspace))
    )

    def act(tx: Transaction) -> None:
        actions.conversions.enable(tx, dataset)
        if live:
            actions.conversions.go_live(tx, waiting=waiting)

    for sentence in workspace.run(act).notes:
        output.note(sentence)
    _tell_status(run, as_json)


def _declined(workspace: "Workspace") -> bool:
    """Ask whether what a dry run wrote is sent too, where it wrote something."""
    from dealboard.store.reads import told

    waiting = workspace.read(told.counts).get(State.PENDING, 0)
    if not waiting:
        return False
    what = f"{waiting:,} event{'' if waiting == 1 else 's'} of the dry run"
    return not click.confirm(f"Send the {what} too?", default=True, err=True)


@capi.command("set")
@click.option(
    "--unknown-consent",
    type=click.Choice(["hold", "send"]),
    help="What becomes of events about contacts whom nobody asked.",
)
@click.option("--grace", metavar="MINUTES", type=int, help="How long an event can be undone.")
@click.option("--source", metavar="NAME", help=f"Where sales happen: {', '.join(SOURCES)}.")
@options.as_json
@pass_invocation
def set_(
    run: Invocation,
    unknown_consent: str | None,
    grace: int | None,
    source: str | None,
    as_json: bool,
) -> None:
    """Choose how events are written; those that are held are looked at again.

    Sending events about contacts who were not asked needs another legal ground than their consent.
    """
    from dealboard.actions import conversions
    from dealboard.store.transaction import Transaction

    if unknown_consent is None and grace is None and source is None:
        raise UsageError("Nothing to set was given.", "See: dealboard capi set --help")

    def act(tx: Transaction) -> None:
        if unknown_consent is not None:
            conversions.set_unknown_consent(tx, unknown_consent == "send")
        if grace is not None:
            conversions.set_grace(tx, grace)
        if source is not None:
            conversions.set_action_source(tx, source)

    run.selling.run(act)
    _tell_status(run, as_json)


@capi.command()
@options.as_json
@pass_invocation
def disable(run: Invocation, as_json: bool) -> None:
    """Write no more events and send none; what waits is kept until it is too old."""
    from dealboard import actions

    run.selling.run(actions.conversions.disable)
    _tell_status(run, as_json)


@capi.command()
@options.as_json
@pass_invocation
def status(run: Invocation, as_json: bool) -> None:
    """Show how many events are in each state, what pauses them, and how they are set up."""
    _tell_status(run, as_json)


def _tell_status(run: Invocation, as_json: bool) -> None:
    found = _status(run)
    if as_json:
        output.document(found)
        return
    mode = "live" if found["live"] else "dry run: nothing is sent"
    pause, token = found["pause"], found["token"]
    counts = " · ".join(f"{count:,} {name}" for name, count in found["counts"].items() if count)
    output.fields(
        [
            ("conversions", mode if found["enabled"] else "off"),
            ("dataset", found["dataset"] or ""),
            ("source", found["action_source"]),
            ("not asked", "sent" if found["unknown_consent"] else "held"),
            ("grace", f"{found['grace_minutes']} min"),
            ("token", f"ends in {token}" if token else "set" if token == "" else "not set"),
            ("test code", found["test_event_code"] or ""),
            ("events", counts or "none"),
            ("paused", _paused(pause).removeprefix("Paused: ") if pause else ""),
            ("too old soon", str(found["near_end"] or "")),
            ("next", found["next_at"] or ""),
        ]
    )


def _status(run: Invocation) -> documents.Document:
    from dealboard.domain.conversions import KIND
    from dealboard.store.reads import conversions, outbox, told

    workspace = run.selling
    setup = workspace.read(conversions.setup)
    pause = workspace.read(outbox.pause, KIND)
    counts = workspace.read(told.counts)
    standing = workspace.read(told.standing, workspace.now)
    return {
        "dataset": setup.dataset or None,
        "enabled": setup.enabled,
        "live": setup.enabled and setup.live,
        "action_source": setup.action_source,
        "unknown_consent": setup.unknown_consent,
        "grace_minutes": setup.grace_minutes,
        "api_version": run.config.meta_api_version,
        "test_event_code": run.config.meta_test_event_code,
        "token": _token_ending(run),
        "pause": pause and {"why": pause.why, "until": documents.moment(pause.until)},
        "counts": {state.value: counts.get(state, 0) for state in State},
        "near_end": standing.near_end,
        "oldest": documents.moment(standing.oldest),
        "next_at": documents.moment(workspace.read(outbox.next_due, workspace.now, [KIND])),
    }


def _token_ending(run: Invocation) -> str | None:
    """Return the last characters of the token, none of a short one; None where there is none."""
    from dealboard.delivery.secrets import META_TOKEN, SecretMissing, beside

    try:
        return beside(run.config).find(META_TOKEN).ending
    except SecretMissing:
        return None


# ── events ────────────────────────────────────────────────────────────────────────────────────


@capi.command()
@click.option("--deal", "deal_id", type=options.ID, metavar="ID", help="All events of this deal.")
@options.limit(default=LISTED, show_default=True)
@options.as_json
@pass_invocation
def preview(run: Invocation, deal_id: int | None, limit: int, as_json: bool) -> None:
    """Show what Meta would be told: each value as typed, normalised and hashed, and the JSON.

    Values are masked. Without --deal, the newest events that wait.
    """
    from dealboard.conversions import preview as previews
    from dealboard.store.reads import told

    workspace = run.selling
    states = () if deal_id is not None else WAITING
    found = [
        workspace.read(previews.of, each.id, now=workspace.now)
        for each in workspace.read(
            told.events, now=workspace.now, states=states, deal_id=deal_id, limit=limit
        )
    ]
    if as_json:
        output.document([_preview(each) for each in found])
        return
    if not found:
        output.note("There are no such events.")
    for number, each in enumerate(found):
        if number:
            output.say("")
        _show(each)


def _preview(view: "Preview") -> documents.Document:
    return documents.told(view.told) | {
        "problems": list(view.problems),
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "consent": person.consent,
                "named": person.named,
                "values": [value._asdict() for value in person.values],
            }
            for person in view.people
        ],
        "earlier": [value._asdict() for value in view.earlier],
        "event": view.event or None,
    }


def _show(view: "Preview") -> None:
    told = view.told
    output.fields(
        [
            ("event", f"#{told.id} {told.name}"),
            ("deal", "" if told.deal_id is None else f"#{told.deal_id} {told.deal}"),
            ("state", f"{told.state} {told.reason}".strip()),
            ("of", output.moment(told.moment)),
            ("too old", output.moment(told.expires_at) if told.state in WAITING else ""),
            ("check", " ".join(view.problems) or ("" if told.state is State.HELD else "passed")),
        ]
    )
    values = [(person.name, value) for person in view.people for value in person.values]
    values += [("", value) for value in view.earlier]
    if values:
        output.table(
            ("contact", "field", "as typed", "normalised", "sent"),
            [(name, *value) for name, value in values],
        )
    output.say(view.event or "Its content was erased.")


@capi.command()
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@options.as_json
@pass_invocation
def flush(run: Invocation, dry_run: bool, as_json: bool) -> None:
    """Send every event that waits, now: neither the grace nor a next attempt is waited for.

    What Meta asked for is: a pause for a while, or until there is another token. Held events lack
    something and stay.
    """
    from dealboard.store.reads import conversions

    setup = run.selling.read(conversions.setup)
    if dry_run or not (setup.enabled and setup.live):
        if not dry_run:
            output.note(DRY_RUN)
        _rehearse(run.selling, as_json)
        return
    from dealboard.delivery import channels, courier

    workspace = run.selling
    meta = channels.meta(run.config, lambda: workspace.now)
    report = courier.flush(workspace, [meta], hurry=True)
    found = _flushed(run, report)
    if report.trouble:
        output.note(report.trouble)
    elif found["pause"]:
        output.note(_paused(found["pause"]))
    if as_json:
        output.document(found)
    else:
        output.say(_summary(report))


def _paused(pause: documents.Document) -> str:
    return f"Paused: {pause['why']} (until {pause['until'] or 'that is mended'})"


def _flushed(run: Invocation, report: "Report") -> documents.Document:
    found = _status(run)
    return {
        "sent": report.sent,
        "again": report.again,
        "failed": len(report.failures),
        "expired": report.expired,
        "unknown": report.unknown,
        **{name: found[name] for name in ("pause", "counts", "next_at")},
    }


def _summary(report: "Report") -> str:
    counts = {
        "sent": report.sent,
        "to be tried again": report.again,
        "refused": len(report.failures),
        "too old": report.expired,
        "in doubt": report.unknown,
    }
    told = " · ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return f"Events for Meta: {told or 'none to send'}"


def _rehearse(workspace: "Workspace", as_json: bool) -> None:
    """Say what would be sent."""
    from dealboard.store.reads import told

    counts = workspace.read(told.counts)
    going = workspace.read(
        told.events,
        now=workspace.now,
        states=(State.PENDING,),
        limit=counts.get(State.PENDING, 0),
    )
    due = [each for each in reversed(going) if each.expires_at > workspace.now]
    if as_json:
        events = [documents.told(each) for each in due]
        states = {state.value: counts.get(state, 0) for state in State}
        output.document({"sent": 0, "would_send": len(due), "counts": states, "events": events})
        return
    output.table(
        ("id", "event", "deal", "contact", "of", "due"),
        [_row(each) for each in due],
        right=("id",),
        nothing="No event would be sent.",
    )
    if counts.get(State.HELD):
        output.note(f"{counts[State.HELD]:,} held: see dealboard capi preview")


def _row(view: "Told") -> tuple[str, ...]:
    return (
        str(view.id),
        view.name,
        "" if view.deal_id is None else f"#{view.deal_id} {view.deal}",
        view.contact,
        output.moment(view.moment),
        output.moment(view.due_at),
    )


@capi.command()
@ids_argument
@options.as_json
@pass_invocation
def retry(run: Invocation, row_ids: tuple[int, ...], as_json: bool) -> None:
    """Make events due now that were refused, are in doubt, were cancelled, or that wait.

    One in doubt may have arrived: sending it again is your decision. It goes with the next flush.
    """
    from dealboard import actions
    from dealboard.store.reads import told

    workspace = run.selling
    for row_id in row_ids:
        workspace.read(told.event, row_id, now=workspace.now)
    receipt = workspace.run(lambda tx: actions.outbox.retry(tx, row_ids))
    for sentence in receipt.notes:
        output.note(sentence)
    if as_json:
        output.document({"changed": receipt.value})
    else:
        output.say(f"{receipt.value:,} event{'' if receipt.value == 1 else 's'} due now")


@capi.command()
@click.option(
    "--state",
    "states",
    type=click.Choice([each.value for each in State]),
    multiple=True,
    help="Those in that state; repeatable. By default all that were neither sent nor cancelled.",
)
@files.file_options
@pass_invocation
def export(
    run: Invocation, states: tuple[str, ...], form: str | None, path: Path, force: bool
) -> None:
    """Write events as CSV, to upload by hand in the Events Manager, or as JSON.

    Contacts are hashed in it, as they are in what is sent; the last column is the event itself.
    """
    from dealboard.transfer import events

    workspace, chosen = run.selling, files.chosen_form(form, path)
    wanted = tuple(map(State, states)) or events.NOT_SENT
    with files.written(path, 0, force=force) as (write, _progress):
        done = workspace.read(
            events.export_events, wanted, form=chosen, write=write, now=workspace.now
        )
    files.tell(path, done, "event")
