"""`dealboard chat`: WhatsApp chats of contacts, from what WhatsApp exports.

Open to every role (decision 23). A chat is not journalled: an import is taken back, not undone.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dealboard.cli import names, options, output
from dealboard.cli.invocation import Invocation, pass_invocation
from dealboard.domain.text import safe
from dealboard.errors import Refused, UsageError
from dealboard.transfer import documents

if TYPE_CHECKING:
    from datetime import date

    from dealboard.chat.export import Survey
    from dealboard.chat.importer import Import
    from dealboard.domain.dates import Order
    from dealboard.domain.views import Contact, Message

SHOWN = 50
"""Messages that are shown unless a --limit says otherwise."""

NOBODY = "nobody"
"""The answer where none of the names is the user."""

WORDS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}

contact_argument = click.argument("who", metavar="CONTACT")


@click.group()
def chat() -> None:
    """Import chats that WhatsApp exported, show them, make links that open one."""


# ── import ────────────────────────────────────────────────────────────────────────────────────


@chat.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--contact", "who", metavar="ID", required=True, help="Whose chat it is.")
@click.option("--me", metavar="NAME", help="Which of the names in the file is you.")
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Of dates such as 3/4/26."
)
@options.as_json
@pass_invocation
def import_(
    run: Invocation, file: Path, who: str, me: str | None, date_order: str | None, as_json: bool
) -> None:
    """Import a chat: the .txt or .zip of WhatsApp's "Export chat".

    Times are taken as those of this machine's time zone. A chat that was imported before gets what
    is new. What the file does not tell, the order of its dates or who of the names you are, is
    asked on a terminal. In a pipe the order has to be said; without --me all stand as others, until
    the chat is imported again with it.
    """
    from dealboard.chat import export, people
    from dealboard.chat.importer import Import, Reading

    workspace = run.workspace
    contact = names.contact(workspace, who)
    survey = export.survey(file, workspace.today)
    known = workspace.read(people.hints, contact.id, workspace.user, file)
    reading = Reading(
        _order(survey, date_order, run.config.date_order),  # type: ignore[arg-type]
        _me(survey, me, people.guess(survey.senders, known)),
    )
    if reading.me:
        workspace.remember(*people.remembering(known, workspace.user, reading.me))
    taking = Import(workspace, contact.id, workspace.user.id, workspace.now)
    try:
        with output.progress("Importing") as progress:
            taking.run(file, reading, progress)
    except KeyboardInterrupt:
        output.note(f"Stopped: {taking.added:,} new messages are in. The same again goes on.")
        raise
    _tell(taking, contact, file, reading.me, as_json)


def _order(survey: "Survey", given: str | None, usual: str) -> str:
    """Return in which order days are written: as given, as the file tells, else as answered."""
    if given is not None:
        return given
    if len(survey.orders) == 1:
        return next(iter(survey.orders))
    meanings = _meanings(survey.orders)
    if not output.interactive():
        raise UsageError(
            f"The dates of this chat can be read in several ways: {', '.join(meanings)}.",
            "Say which with --date-order.",
        )
    output.note(f"The dates of this chat can be read in several ways: {', '.join(meanings)}.")
    default = usual if usual in survey.orders else next(iter(survey.orders))
    choice = click.Choice(list(survey.orders))
    return str(click.prompt("Which", type=choice, default=default, err=True))


def _meanings(orders: "dict[Order, date]") -> list[str]:
    return [f"{order} ({WORDS[order]}: {day:%d %b %Y})" for order, day in orders.items()]


def _me(survey: "Survey", given: str | None, guessed: str | None) -> str:
    """Return the user's name in the file, empty for none of them."""
    from dealboard.chat import people

    if given is not None:
        return people.named(survey.senders, given)
    if guessed is not None:
        return guessed
    known = ", ".join(list(survey.senders)[:12])
    if not output.interactive():
        output.note(
            f"Nobody knows who of {known} is you: all stand as others. --me puts that right."
        )
        return ""
    output.note(f"Who in this chat is you: {known}?")
    answer = str(click.prompt("Your name there", default=NOBODY, err=True))
    return "" if answer == NOBODY else people.named(survey.senders, answer)


def _tell(taking: "Import", contact: "Contact", file: Path, me: str, as_json: bool) -> None:
    days = {"from": taking.first, "to": taking.last}
    if as_json:
        counts = {"messages": taking.added + taking.known, "added": taking.added}
        moments = {name: documents.moment(at) for name, at in days.items()}
        document = {"file": file.name, "contact": {"id": contact.id, "name": contact.name}}
        output.document(document | counts | {"known": taking.known, "me": me or None} | moments)
        return
    output.fields(
        [
            ("chat with", f"#{contact.id} {contact.name}"),
            ("messages", f"{taking.added + taking.known:,}"),
            ("new", f"{taking.added:,}"),
            *((name, output.moment(at)) for name, at in days.items()),
            ("you", me or "none of them"),
        ]
    )


@chat.command("take-back")
@contact_argument
@options.as_json
@options.yes
@pass_invocation
def take_back(run: Invocation, who: str, as_json: bool, yes: bool) -> None:
    """Delete what the last import brought into a chat, for good; again: the one before it.

    For a file that went to the wrong contact. Chats are not in the history: no undo brings the
    messages back, importing the file again does.
    """
    from dealboard.chat import keeping
    from dealboard.store.reads import messages

    workspace = run.workspace
    contact = names.contact(workspace, who)
    last = workspace.read(messages.last_import, contact.id)
    if last is None:
        raise Refused(f"Nothing in the chat with {contact.name} was imported.")
    what = "1 message" if last.total == 1 else f"{last.total:,} messages"
    output.note(
        f"Imported at {output.moment(last.at)}: {what},"
        f" from {output.moment(last.first)} to {output.moment(last.last)}."
    )
    output.confirm(f"Delete {what} of the chat with {contact.name} for good?", yes=yes)
    deleted = keeping.take_back(workspace, contact.id, workspace.user, last)
    if as_json:
        moments = {"imported_at": last.at, "from": last.first, "to": last.last}
        output.document(
            {"contact": {"id": contact.id, "name": contact.name}, "deleted": deleted}
            | {name: documents.moment(at) for name, at in moments.items()}
        )
    else:
        output.say(f"Deleted {what}")


# ── show ──────────────────────────────────────────────────────────────────────────────────────


@chat.command()
@contact_argument
@options.limit(default=SHOWN, show_default=True)
@click.option("--search", default="", metavar="TEXT", help="Only messages with it.")
@options.as_json
@pass_invocation
def show(run: Invocation, who: str, limit: int, search: str, as_json: bool) -> None:
    """Show the newest messages with a contact, as they were exported."""
    from dealboard.store.reads import messages

    workspace = run.workspace
    contact = names.contact(workspace, who)
    if search:
        hits = workspace.read(messages.found, contact.id, search)
        total, count = len(hits.ids), hits.total
        found = tuple(reversed(workspace.read(messages.by_ids, hits.ids[:limit])))
    else:
        stretch = workspace.read(messages.stretch, contact.id, limit=limit)
        found, total, count = stretch.messages, stretch.total, f"{stretch.total:,}"
    if as_json:
        owner = {"id": contact.id, "name": contact.name}
        listed = [_document(each) for each in found]
        output.document({"contact": owner, "total": total, "messages": listed})
        return
    for each in found:
        click.echo(_line(each, contact.name))
    if not found:
        output.note("No message has it." if search else f"No messages with {contact.name} yet.")
    elif total > len(found):
        output.note(f"{len(found):,} of {count}; --limit shows more.")


def _document(message: "Message") -> dict[str, object]:
    return {
        "id": message.id,
        "at": documents.moment(message.at),
        "direction": message.direction,
        "author": message.author,
        "text": message.text,
        "source": message.source,
    }


def _line(message: "Message", name: str) -> str:
    """Return a message as people read it; its further lines are indented."""
    author = message.author or {"in": name, "out": "You"}.get(message.direction, "")
    first, *others = message.text.split("\n")
    head = (
        f"{output.moment(message.at)}  {author}: " if author else f"{output.moment(message.at)}  "
    )
    return "\n".join(safe(line) for line in (f"{head}{first}", *(f"    {each}" for each in others)))


# ── link ──────────────────────────────────────────────────────────────────────────────────────


@chat.command()
@contact_argument
@click.option(
    "--text",
    default="",
    metavar="T",
    help="What is to be said; fields such as {{contact.first_name}} are filled in.",
)
@options.as_json
@pass_invocation
def link(run: Invocation, who: str, text: str, as_json: bool) -> None:
    """Print the wa.me link that opens the chat with a contact, the text already written."""
    from dealboard.chat import links

    contact = names.contact(run.workspace, who)
    url = links.wa_me(contact.name, contact.phone_key, _filled(run, contact, text))
    if as_json:
        output.document({"contact": {"id": contact.id, "name": contact.name}, "url": url})
    else:
        output.say(url)


@chat.command()
@contact_argument
@click.option("--text", default="", metavar="T", help="What is to be said; fields are filled in.")
@click.option("--template", metavar="NAME", help="A message that WhatsApp approved beforehand.")
@click.option("--language", default="en", show_default=True, help="Of the template, such as it.")
@click.option("--value", "values", multiple=True, help="For the template; may be repeated.")
@options.as_json
@options.yes
@pass_invocation
def send(
    run: Invocation,
    who: str,
    text: str,
    template: str | None,
    language: str,
    values: tuple[str, ...],
    as_json: bool,
    yes: bool,
) -> None:
    """Send one message by WhatsApp's Cloud API, if it is set up; never twice by itself.

    Text is taken within 24 hours after the contact's last message, as far as that is known here:
    import the chat first. Later only a --template is.
    """
    from dealboard.chat import keeping, sending
    from dealboard.delivery.whatsapp import Template, WhatsApp, template_body, text_body

    if bool(text) == bool(template):
        raise UsageError("What shall be sent?", "Give --text or --template.")
    workspace = run.workspace
    contact = names.contact(workspace, who)
    to = sending.number(contact.name, contact.phone_key)
    if template is None:
        said = _filled(run, contact, text)
        workspace.read(sending.check_window, contact.id, workspace.now)
        body = text_body(to, said)
    else:
        said = " · ".join((f"[{template}]", *values))
        body = template_body(to, Template(template, language, values))
    whatsapp = WhatsApp.of(run.config)
    output.confirm(f"Send to {contact.name}, {to}, by WhatsApp?", yes=yes)
    wamid = whatsapp.send(body)
    keeping.log_accepted(workspace, contact.id, workspace.user, said, workspace.now, wamid)
    if as_json:
        owner = {"id": contact.id, "name": contact.name}
        output.document({"contact": owner, "accepted": wamid})
    else:
        output.say(f"Accepted by WhatsApp: {wamid}")


def _filled(run: Invocation, contact: "Contact", text: str) -> str:
    """Return a text with its fields filled in. Raises InvalidValue for one that nobody knows."""
    from dealboard.automations import facts
    from dealboard.domain import placeholders
    from dealboard.store.reads import automations

    workspace = run.workspace
    parts = placeholders.parse(text, workspace.read(automations.known_fields))
    known = workspace.read(facts.about, contact.id, None)
    return placeholders.fill(parts, known, placeholders.Setting(workspace.today, run.config.locale))
