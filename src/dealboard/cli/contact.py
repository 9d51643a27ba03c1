"""`dealboard contact`: the people and companies that deals are made with.

Open to every role; only the deals of a contact are kept from Chat Operators.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from dealboard.cli import meant, names, options, output
from dealboard.cli.deal import amount_text
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.changes import META_IDS, ContactChanges
from dealboard.domain.money import format_decimal, parse_decimal
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import FieldKind, Role
from dealboard.errors import UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from dealboard.domain.views import Contact, CustomField, Deal
    from dealboard.store.transaction import Receipt
    from dealboard.workspace import Workspace

CONSENT: dict[str, bool | None] = {"yes": True, "no": False, "": None}

CommandT = TypeVar("CommandT", bound=Callable[..., object])

contact_argument = click.argument("contact_id", metavar="ID", type=options.ID)


def field_options(command: CommandT) -> CommandT:
    """Add the options of a contact's fields."""
    for option in reversed(
        (
            click.option("--name", help="The whole name, of a person or a company."),
            click.option("--first-name"),
            click.option("--last-name"),
            click.option("--phone"),
            click.option("--email"),
            click.option("--company"),
            click.option("--city"),
            click.option("--zip"),
            click.option("--state"),
            click.option("--country", help="Whose phone numbers need no prefix: IT, US, …"),
            click.option("--external-id", help="Its number in another system."),
            click.option(
                "--consent",
                type=click.Choice(list(CONSENT)),
                help='May be measured in ads; "" for unknown.',
            ),
            click.option("--consent-source", metavar="TEXT", help="Where the consent came from."),
            click.option("--fbc", metavar="ID", help="Meta's id of a click on an ad."),
            click.option("--fbp", metavar="ID", help="Meta's id of a browser."),
            click.option("--lead-id", metavar="ID", help="Meta's id of a lead form's answer."),
            click.option("--ctwa-clid", metavar="ID", help="Meta's id of a WhatsApp ad's click."),
            click.option(
                "--field",
                "custom",
                metavar="NAME=VALUE",
                multiple=True,
                help="A custom field (see `dealboard field`); may be repeated.",
            ),
        )
    ):
        command = option(command)
    return command


@click.group()
def contact() -> None:
    """List, add, show, edit, merge, forget and delete contacts."""


@contact.command("list")
@click.option("--search", default="", metavar="TEXT", help="In names, company, e-mail, phone.")
@options.limit()
@options.offset
@options.as_json
@pass_invocation
def list_(run: Invocation, search: str, limit: int | None, offset: int, as_json: bool) -> None:
    """List the contacts by name."""
    from dealboard.store.reads import contacts

    found = run.workspace.read(contacts.contacts, search, limit=limit, offset=offset)
    if as_json:
        own = _own_fields(run.workspace)
        output.document([documents.contact(each, own) for each in found])
        return
    output.table(
        ("id", "name", "company", "phone", "email"),
        [(str(c.id), c.name, c.company or "", c.phone or "", c.email or "") for c in found],
        right=("id",),
        nothing="No contact matches." if search else "There are no contacts yet.",
    )


@contact.command()
@contact_argument
@options.as_json
@pass_invocation
def show(run: Invocation, contact_id: int, as_json: bool) -> None:
    """Show a contact with its open and closed deals."""
    from dealboard.store.reads import contacts

    view = run.workspace.read(contacts.contact, contact_id)
    opened, closed = _deals(run.workspace, contact_id)
    if as_json:
        lists = {"open_deals": opened, "closed_deals": closed}
        deals = {
            key: None if found is None else [documents.deal(each) for each in found]
            for key, found in lists.items()
        }
        output.document(documents.contact(view, _own_fields(run.workspace)) | deals)
        return
    lines = _lines(view, _own_fields(run.workspace), run.config.locale)
    for kind, found in (("open deal", opened), ("closed deal", closed)):
        lines += [(kind, _deal_line(each, run.config.locale)) for each in found or ()]
    output.fields(lines)


def _deals(
    workspace: "Workspace", contact_id: int
) -> "tuple[tuple[Deal, ...] | None, tuple[Deal, ...] | None]":
    """Return open and closed deals, None for a Chat Operator (decision 23)."""
    from dealboard.store.reads import contacts

    if workspace.user.role is Role.CHAT_OPERATOR:
        return None, None
    return workspace.read(contacts.deals_of, contact_id)


def _own_fields(workspace: "Workspace") -> "tuple[CustomField, ...]":
    from dealboard.store.reads import fields

    return workspace.read(fields.fields)


def _lines(view: "Contact", own: "Sequence[CustomField]", locale: str) -> list[tuple[str, str]]:
    custom = [(safe(each.name), _shown(each, view.custom.get(each.id, ""), locale)) for each in own]
    place = " ".join(filter(None, (view.zip, view.city, view.state, view.country)))
    return [
        ("contact", f"#{view.id} {view.name}"),
        ("phone", view.phone or ""),
        ("email", view.email or ""),
        ("company", view.company or ""),
        ("place", place),
        ("external id", view.external_id or ""),
        ("consent", _consent(view)),
        *(
            (name.replace("_", " "), getattr(view, name))
            for name in META_IDS
            if getattr(view, name)
        ),
        *custom,
        ("uid", view.uid),
    ]


def _consent(view: "Contact") -> str:
    """Return the consent with its day and where it came from."""
    word = {None: "unknown", True: "yes", False: "no"}[view.consent]
    since = f"since {view.consent_at.astimezone():%Y-%m-%d}" if view.consent_at else ""
    return " · ".join(filter(None, (word, since, view.consent_source)))


def _shown(field: "CustomField", value: str, locale: str) -> str:
    """Return a value as it is shown; a number with the marks of the locale."""
    return format_decimal(value, locale) if field.kind is FieldKind.NUMBER else value


def _deal_line(view: "Deal", locale: str) -> str:
    where = f"{view.pipeline.name} / {view.stage.name}"
    return f"#{view.id} {view.title} · {where} · {amount_text(view, locale)}"


@contact.command()
@field_options
@options.as_json
@pass_invocation
def add(run: Invocation, as_json: bool, **given: Any) -> None:
    """Add a contact: with a --name, or --first-name and --last-name."""
    from dealboard import actions

    fields = _changes(run, given)
    receipt = run.workspace.run(lambda tx: actions.contacts.add(tx, **fields))
    _answer(run.workspace, receipt, receipt.value, as_json)


@contact.command()
@contact_argument
@field_options
@options.as_json
@pass_invocation
def edit(run: Invocation, contact_id: int, as_json: bool, **given: Any) -> None:
    """Change the given fields of a contact; "" empties one."""
    from dealboard import actions

    changes = _changes(run, given)
    if not changes:
        raise UsageError("Nothing to change was given.", "See: dealboard contact edit --help")
    receipt = run.workspace.run(lambda tx: actions.contacts.edit(tx, contact_id, changes))
    _answer(run.workspace, receipt, contact_id, as_json)


@contact.command()
@contact_argument
@click.argument("into", type=options.ID)
@options.as_json
@options.yes
@pass_invocation
def merge(run: Invocation, contact_id: int, into: int, as_json: bool, yes: bool) -> None:
    """Make contact ID part of INTO, which takes its deals and what it lacks itself."""
    from dealboard import actions
    from dealboard.store.reads import contacts

    gone, kept = (run.selling.read(contacts.contact, each) for each in (contact_id, into))
    output.confirm(
        f"Merge #{contact_id} {gone.name} into #{into} {kept.name}?"
        " `dealboard undo` takes them apart.",
        yes=yes,
    )
    receipt = run.selling.run(lambda tx: actions.contacts.merge(tx, contact_id, into))
    _answer(run.selling, receipt, into, as_json)


@contact.command()
@contact_argument
@options.as_json
@options.yes
@pass_invocation
def forget(run: Invocation, contact_id: int, as_json: bool, yes: bool) -> None:
    """Take what is personal in a contact out of the file, its history too.

    Its deals keep a nameless contact. Backups made before keep it until they are thinned.
    """
    from dealboard import actions
    from dealboard.store.reads import contacts

    view = run.selling.read(contacts.contact, contact_id)
    output.confirm(f"Forget #{contact_id} {view.name}? Nothing brings it back.", yes=yes)
    receipt = run.selling.run(lambda tx: actions.contacts.forget(tx, contact_id))
    _answer(run.selling, receipt, contact_id, as_json)


@contact.command()
@contact_argument
@options.as_json
@options.yes
@pass_invocation
def delete(run: Invocation, contact_id: int, as_json: bool, yes: bool) -> None:
    """Delete a contact without deals."""
    from dealboard import actions
    from dealboard.store.reads import contacts

    view = run.selling.read(contacts.contact, contact_id)
    output.confirm(f"Delete #{contact_id} {view.name}? `dealboard undo` brings it back.", yes=yes)
    receipt = run.selling.run(lambda tx: actions.contacts.delete(tx, contact_id))
    output.deleted(receipt, [contact_id], as_json=as_json)


def _changes(run: Invocation, given: dict[str, Any]) -> ContactChanges:
    """Return the fields that were given."""
    custom = _custom(run, given.pop("custom"))
    fields = {field: text for field, text in given.items() if text is not None}
    if "name" in fields and fields.keys() & {"first_name", "last_name"}:
        raise UsageError("--name is the whole name.", "Leave out --first-name and --last-name.")
    consent = fields.pop("consent", None)
    changes = cast("ContactChanges", fields)
    if consent is not None:
        changes["consent"] = CONSENT[consent]
    if custom:
        changes["custom"] = custom
    return changes


def _custom(run: Invocation, pairs: Sequence[str]) -> dict[int, str | None]:
    """Return the values of custom fields, given as NAME=VALUE, as they are kept."""
    values: dict[int, str | None] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(
                f"--field {excerpt(pair)!r} gives no value.", 'Write it like --field "Size=12".'
            )
        field = names.field(run.workspace, name)
        values[field.id] = _value(run, field, text.strip())
    return values


def _value(run: Invocation, field: "CustomField", text: str) -> str:
    """Return a value that was typed as an amount or a day is."""
    match field.kind:
        case FieldKind.NUMBER:
            return parse_decimal(text, run.config.locale, field.name)
        case FieldKind.DATE if text:
            return meant.day(run, text, field.name).isoformat()
    return text


def _answer(
    workspace: "Workspace", receipt: "Receipt[Any]", contact_id: int, as_json: bool
) -> None:
    from dealboard.store.reads import contacts

    output.done(receipt, f"contact #{contact_id}", quiet=as_json)
    if as_json:
        view = workspace.read(contacts.contact, contact_id)
        output.document(documents.contact(view, _own_fields(workspace)))
