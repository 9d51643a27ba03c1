"""`dealboard deal`: sales opportunities, with the filters and fields that the board has too."""

import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dealboard.cli import meant, names, options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.cli.meant import Fields
from dealboard.domain.filters import Sort, SortKey
from dealboard.domain.money import NOTHING, format_amount
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.views import ActivityKind
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.views import Activity, Deal
    from dealboard.store.transaction import Receipt, Transaction

MANY = 20
"""Deals above which the workspace is copied before they are deleted (decision 50)."""

CommandT = TypeVar("CommandT", bound=Callable[..., object])

contacts_option = click.option(
    "--contact",
    "contacts",
    metavar="WHO",
    multiple=True,
    help='Id, e-mail, phone, exact name, or a new "Name <mail or phone>"; may be repeated.',
)
by_id = click.argument("deal_id", metavar="[ID]", type=options.ID, required=False)
by_uid = click.option("--uid", help="Find it by its uid instead.")
by_reference = click.option("--reference", help="Find it by its reference instead.")


def field_options(command: CommandT) -> CommandT:
    """Add the options of a deal's fields that creating and editing share."""
    for option in reversed(
        (
            click.option("--title", metavar="T", help="(The first contact's name.)"),
            contacts_option,
            options.pipeline(),
            options.stage(),
            options.owner(),
            click.option("--amount", metavar="N", help='Such as 1,200.50, 12k or "500 USD".'),
            click.option("--currency", metavar="CODE", help="ISO 4217 code."),
            click.option("--close-date", metavar="D", help='Such as "next fri", +2w, 2026-12-31.'),
            click.option("--reference", metavar="R", help="For other systems."),
        )
    ):
        command = option(command)
    return command


def filter_options(command: CommandT) -> CommandT:
    """Add the options of the filter bar, and the order: what `meant.criteria` takes, key, desc."""
    statuses = click.Choice([kind.value for kind in StageKind])
    keys = click.Choice([key.value for key in SortKey])
    for option in reversed(
        (
            options.pipeline(
                "in_pipelines", multiple=True, help="Name or id; this and more repeatable."
            ),
            options.stage("in_stages", multiple=True),
            options.owner("owners", multiple=True),
            click.option("--status", "kinds", type=statuses, multiple=True),
            click.option(
                "--name", default="", help="In title, reference, contact names or phone numbers."
            ),
            click.option("--created", metavar="A..B", help='Days, or such as "this week".'),
            click.option("--close", metavar="A..B", help='The same; also "none" and "overdue".'),
            click.option(
                "--sort",
                "key",
                type=keys,
                default=SortKey.MANUAL.value,
                help="By default as on the boards.",
            ),
            click.option("--desc", is_flag=True, help="The other way round."),
        )
    ):
        command = option(command)
    return command


@click.group()
def deal() -> None:
    """Deals: list, add, show, edit, move, clone, delete; notes and tasks."""


# ── reading ───────────────────────────────────────────────────────────────────────────────────


@deal.command("list")
@filter_options
@options.limit()
@options.offset
@options.as_json
@pass_invocation
def list_(
    run: Invocation,
    key: str,
    desc: bool,
    limit: int | None,
    offset: int,
    as_json: bool,
    **filters: Any,
) -> None:
    """List the deals that match all filters; values of one filter are alternatives."""
    from dealboard.store.reads import deals

    workspace = run.selling
    today = workspace.today
    criteria = meant.criteria(run, **filters)
    sort = Sort(SortKey(key), desc)
    found = workspace.read(deals.deals, criteria, sort, limit=limit, offset=offset, today=today)
    if as_json:
        output.document([documents.deal(each) for each in found])
        return
    output.table(
        ("id", "title", "pipeline", "stage", "owner", "amount", "close date", "contacts"),
        [_row(each, run.config.locale) for each in found],
        right=("id", "amount"),
        nothing="No deals match." if criteria.active else "There are no deals yet.",
    )
    if limit is not None or offset:
        total, _ = workspace.read(deals.count_and_totals, criteria, today=today)
        output.note(f"{len(found):,} of {total:,} deals")


def _row(view: "Deal", locale: str) -> tuple[str, ...]:
    return (
        str(view.id),
        view.title,
        view.pipeline.name,
        f"{view.stage.name} {MARK[view.stage.kind]}".rstrip(),
        view.owner.name,
        amount_text(view, locale),
        _day(view.close_date),
        ", ".join(person.name for person in view.contacts),
    )


@deal.command()
@by_id
@by_uid
@by_reference
@options.as_json
@pass_invocation
def show(
    run: Invocation, deal_id: int | None, uid: str | None, reference: str | None, as_json: bool
) -> None:
    """Show one deal, and what is still to be done about it."""
    from dealboard.store.reads import activities

    view = meant.which(run.selling, deal_id, uid, reference)
    tasks = run.selling.read(activities.open_tasks, view.id)
    if as_json:
        told = [documents.activity(task) for task in tasks]
        output.document(documents.deal(view) | {"tasks": told})
        return
    lines = [("task", f"{_due(task)}{task.text}") for task in tasks]
    output.fields(_lines(view, run.config.locale) + lines)


def _due(task: "Activity") -> str:
    return "" if task.due is None else f"{_day(task.due)} · "


def _lines(view: "Deal", locale: str) -> list[tuple[str, str]]:
    stage = f"{view.stage.name} {MARK[view.stage.kind]}".rstrip()
    owner = view.owner.name if view.owner.active else f"{view.owner.name} (inactive)"
    return [
        ("deal", f"#{view.id} {view.title}"),
        ("pipeline", view.pipeline.name),
        ("stage", f"{stage} ({view.stage.probability} %)"),
        ("owner", owner),
        ("amount", amount_text(view, locale)),
        ("close date", _day(view.close_date)),
        ("reference", view.reference or ""),
        ("lost because", view.lost_reason or ""),
        *(
            ("contact", " · ".join(filter(None, (f"#{p.id} {p.name}", p.phone, p.email))))
            for p in view.contacts
        ),
        ("created", output.moment(view.created_at)),
        ("updated", output.moment(view.updated_at)),
        ("in stage since", output.moment(view.stage_entered_at)),
        ("closed", output.moment(view.closed_at)),
        ("uid", view.uid),
    ]


# ── writing ───────────────────────────────────────────────────────────────────────────────────


@deal.command()
@field_options
@click.option("--uid", help="A name across files: adding it again changes nothing.")
@options.as_json
@pass_invocation
def add(run: Invocation, uid: str | None, as_json: bool, **given: Any) -> None:
    """Add a deal on top of a stage; it needs a contact, a pipeline and a stage."""
    from dealboard import actions

    workspace, fields = run.selling, Fields(**given)
    stage_id = meant.stage_id(workspace, fields)
    owner_id = None if fields.owner is None else names.user(workspace, fields.owner).id
    amount, currency = meant.money(run, fields, workspace.recall("currency") or "EUR")
    close_date = meant.close_date(run, fields.close_date)
    receipt = workspace.run(
        lambda tx: actions.deals.create(
            tx,
            contacts=[actions.contacts.resolve(tx, who) for who in fields.contacts],
            title=fields.title,
            stage_id=stage_id,
            owner_id=owner_id,
            amount=amount,
            currency=currency,
            close_date=close_date,
            reference=fields.reference,
            uid=uid,
        )
    )
    _answer(run, receipt, receipt.value, as_json)


@deal.command()
@by_id
@by_uid
@field_options
@options.as_json
@pass_invocation
def edit(
    run: Invocation, deal_id: int | None, uid: str | None, as_json: bool, **given: Any
) -> None:
    """Change the given fields of a deal; "" empties an optional one.

    --contact replaces all contacts. Another --currency keeps the number.
    """
    from dealboard import actions

    workspace, fields = run.selling, Fields(**given)
    view = meant.which(workspace, deal_id, uid)
    changes = meant.changes(run, view, fields)
    target = meant.target(workspace, view, fields.pipeline, fields.stage)
    if not (changes or fields.contacts or target):
        raise UsageError("Nothing to change was given.", "See: dealboard deal edit --help")

    def change(tx: "Transaction") -> None:
        if fields.contacts:
            changes["contacts"] = [actions.contacts.resolve(tx, who) for who in fields.contacts]
        actions.deals.edit(tx, view.id, changes)
        if target:
            actions.deals.move(tx, view.id, **target)

    _answer(run, workspace.run(change), view.id, as_json)


@deal.command()
@by_id
@by_uid
@by_reference
@click.option("--by", type=int, metavar="N", help="So many stages on (back, if negative).")
@options.stage()
@options.pipeline()
@click.option("--position", metavar="top|bottom|N", help="Where in the stage; top by default.")
@options.as_json
@pass_invocation
def move(
    run: Invocation,
    deal_id: int | None,
    uid: str | None,
    reference: str | None,
    by: int | None,
    stage: str | None,
    pipeline: str | None,
    position: str | None,
    as_json: bool,
) -> None:
    """Move a deal to a stage, by stages, to a pipeline, or within its stage.

    --by stops at Won, and backwards from Won or Lost it reopens. In another --pipeline the deal
    keeps the stage's name or kind.
    """
    from dealboard import actions

    if by is not None and (stage or pipeline):
        raise UsageError("--by counts stages; --stage and --pipeline name one.", "Leave one out.")
    if (by, stage, pipeline, position).count(None) == 4:
        raise UsageError("Where to was not given.", "Add --by, --stage, --pipeline or --position.")
    view = meant.which(run.selling, deal_id, uid, reference)
    place = meant.place(position)
    target = meant.target(run.selling, view, pipeline, stage)
    receipt = run.selling.run(
        lambda tx: actions.deals.move(tx, view.id, by=by, place=place, **target)
    )
    _answer(run, receipt, view.id, as_json)


@deal.command()
@by_id
@by_uid
@by_reference
@options.as_json
@pass_invocation
def clone(
    run: Invocation, deal_id: int | None, uid: str | None, reference: str | None, as_json: bool
) -> None:
    """Add a copy of a deal; a copy of a closed one starts in the first stage."""
    from dealboard import actions

    view = meant.which(run.selling, deal_id, uid, reference)
    receipt = run.selling.run(lambda tx: actions.deals.clone(tx, view.id))
    _answer(run, receipt, receipt.value, as_json)


@deal.command()
@click.argument("deal_ids", metavar="ID...", type=options.ID, nargs=-1)
@by_uid
@by_reference
@options.as_json
@options.yes
@pass_invocation
def delete(
    run: Invocation,
    deal_ids: tuple[int, ...],
    uid: str | None,
    reference: str | None,
    as_json: bool,
    yes: bool,
) -> None:
    """Delete deals: all of them or, if one is not there, none.

    Before more than twenty are deleted the workspace is copied beside itself.
    """
    from dealboard import actions

    if not deal_ids or uid or reference:
        deal_ids = (*deal_ids, meant.which(run.selling, None, uid, reference).id)
    first = meant.which(run.selling, deal_ids[0])
    what = first.title if len(deal_ids) == 1 else f"{len(deal_ids)} deals"
    output.confirm(f"Delete {what}? `dealboard undo` brings it back.", yes=yes)
    if len(set(deal_ids)) > MANY:
        copy = run.selling.backup_before("delete")
        output.note(f"Before that the workspace was copied to {copy}")
    receipt = run.selling.run(lambda tx: actions.deals.delete(tx, deal_ids))
    output.deleted(receipt, deal_ids, as_json=as_json)


about = click.argument("words", metavar="[ID] TEXT", nargs=-1, required=True)


@deal.command()
@about
@by_uid
@by_reference
@options.as_json
@pass_invocation
def note(
    run: Invocation, words: tuple[str, ...], uid: str | None, reference: str | None, as_json: bool
) -> None:
    """Write a note on a deal; the TEXT - is read from standard input."""
    _write_activity(run, words, uid, reference, as_json, ActivityKind.NOTE)


@deal.command()
@about
@by_uid
@by_reference
@click.option("--due", metavar="D", help='Such as "next fri", +2w, 2026-12-31.')
@click.option("--user", metavar="U", help="Who is to do it (who acts).")
@options.as_json
@pass_invocation
def task(
    run: Invocation,
    words: tuple[str, ...],
    uid: str | None,
    reference: str | None,
    due: str | None,
    user: str | None,
    as_json: bool,
) -> None:
    """Add a task to a deal; the TEXT - is read from standard input."""
    _write_activity(run, words, uid, reference, as_json, ActivityKind.TASK, due, user)


def _write_activity(
    run: Invocation,
    words: tuple[str, ...],
    uid: str | None,
    reference: str | None,
    as_json: bool,
    kind: ActivityKind,
    due: str | None = None,
    user: str | None = None,
) -> None:
    from dealboard import actions
    from dealboard.store.reads import activities

    workspace = run.selling
    *ids, text = words
    if len(ids) > 1:
        raise UsageError("The text is more than one word.", 'Put it in quotes: "call Ada".')
    deal_id = options.ID.convert(ids[0], None, None) if ids else None
    view = meant.which(workspace, deal_id, uid, reference)
    if text == "-":
        text = sys.stdin.read()
    day = meant.close_date(run, due, field="due")
    user_id = None if user is None else names.user(workspace, user, "user").id
    receipt = workspace.run(
        lambda tx: actions.activities.add(tx, kind, text, deal_id=view.id, due=day, user_id=user_id)
    )
    parts = [f"deal #{view.id}", *([f"due {_day(day)}"] if day else [])]
    output.done(receipt, " · ".join(parts), quiet=as_json)
    if as_json:
        output.document(documents.activity(workspace.read(activities.activity, receipt.value)))


@deal.group("contact")
def contact() -> None:
    """Link contacts to a deal and unlink them; a deal keeps at least one."""


@contact.command("add")
@click.argument("deal_id", metavar="DEAL", type=options.ID)
@click.argument("who", metavar="CONTACT")
@options.as_json
@pass_invocation
def contact_add(run: Invocation, deal_id: int, who: str, as_json: bool) -> None:
    """Link a CONTACT (as in `deal add`) behind the others."""
    from dealboard import actions

    receipt = run.selling.run(
        lambda tx: actions.deals.add_contact(tx, deal_id, actions.contacts.resolve(tx, who))
    )
    _answer(run, receipt, deal_id, as_json)


@contact.command("remove")
@click.argument("deal_id", metavar="DEAL", type=options.ID)
@click.argument("who", metavar="CONTACT")
@options.as_json
@pass_invocation
def contact_remove(run: Invocation, deal_id: int, who: str, as_json: bool) -> None:
    """Unlink a CONTACT; the last one stays."""
    from dealboard import actions

    receipt = run.selling.run(
        lambda tx: actions.deals.remove_contact(tx, deal_id, actions.contacts.resolve(tx, who))
    )
    _answer(run, receipt, deal_id, as_json)


# ── answers ───────────────────────────────────────────────────────────────────────────────────


def _answer(run: Invocation, receipt: "Receipt[Any]", deal_id: int, as_json: bool) -> None:
    """Say what was done, with the values as they were understood."""
    view = meant.which(run.selling, deal_id)
    parts = [f"deal #{deal_id}"]
    if view.amount is not None:
        parts.append(amount_text(view, run.config.locale))
    if view.close_date:
        parts.append(f"closes {_day(view.close_date)}")
    output.done(receipt, " · ".join(parts), quiet=as_json)
    if as_json:
        output.document(documents.deal(view))


def amount_text(view: "Deal", locale: str) -> str:
    """Return a deal's amount, or what stands for none."""
    return NOTHING if view.amount is None else format_amount(view.amount, view.currency, locale)


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()
