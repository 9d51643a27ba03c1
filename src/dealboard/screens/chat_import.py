"""Importing a chat: which file, what it does not tell itself, how far it is; and taking it back."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dealboard.chat import export, keeping, people
from dealboard.chat.export import Survey
from dealboard.chat.importer import Import, Reading
from dealboard.domain.dates import Order
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import Person
from dealboard.errors import InvalidValue
from dealboard.screens.confirm import Confirm
from dealboard.screens.paths import PathSuggester
from dealboard.screens.pick import Pick
from dealboard.screens.targets import counted
from dealboard.screens.typed import Typed
from dealboard.screens.working import Tell, Working
from dealboard.store.reads import messages
from dealboard.widgets.chooser import Choice

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

SUFFIXES = (".txt", ".zip")
"""What WhatsApp's exports end in."""

DOWNLOADS = Path("~/Downloads")
"""Where they are found most likely."""

NOBODY = ""
"""The name of who is none of those that speak."""


async def import_chat(app: "DealboardApp", person: Person) -> None:
    """Ask for an export and take its messages into the chat with a contact; runs in a worker."""
    title = f"Import the chat with {excerpt(person.name, 40)} from"
    asking = Typed(
        title,
        parse_path,
        lambda path: path.name,
        initial=f"{DOWNLOADS}/",
        placeholder="WhatsApp Chat with ….zip",
        hint="⏎ imports · → takes what is suggested · esc",
        suggester=PathSuggester(SUFFIXES),
    )
    given = await app.push_screen_wait(asking)
    if given is None:
        return
    survey = partial(export.survey, given.value, app.workspace.today)
    found = await app.push_screen_wait(Working(app, f"Looking at {given.value.name}", survey))
    if found is None:
        return
    reading = await _ask(app, person, given.value, found)
    if reading is not None:
        await _take(app, person, given.value, reading)


def parse_path(text: str) -> Path:
    """Return the file that was typed. Raises InvalidValue for a name that cannot be an export's."""
    # A file that is dropped on a terminal arrives as a shell would have it.
    path = Path(text.strip().strip("'\"").replace("\\ ", " ")).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise InvalidValue("file", text, f"the name ends in {' or '.join(SUFFIXES)}")
    return path


async def _ask(app: "DealboardApp", person: Person, path: Path, survey: Survey) -> Reading | None:
    """Return how the file is read, having asked what it does not tell; None where that is left."""
    order: str | None = next(iter(survey.orders))
    if len(survey.orders) > 1:
        order = await app.push_screen_wait(_order_pick(survey.orders, app.config.date_order))
    known = await app.report(app.read(people.hints, person.id, app.workspace.user, path))
    if order is None or known is None:
        return None
    me = people.guess(survey.senders, known)
    if me is None:
        me = await app.push_screen_wait(_sender_pick(survey.senders))
        if me:
            app.remember_mine(people.NAMES, people.remembering(known, app.workspace.user, me)[1])
    return None if me is None else Reading(cast("Order", order), me)


def _order_pick(orders: dict[Order, date], usual: Order) -> Pick[str]:
    choices = [
        Choice(str(order), f"{day:%d %B %Y}", " / ".join(order.upper()))
        for order, day in orders.items()
    ]
    return Pick("When does this chat begin?", choices, chosen=usual)


def _sender_pick(senders: dict[str, int]) -> Pick[str]:
    said = [Choice(name, safe(name), counted(n, "message")) for name, n in senders.items()]
    return Pick("Which one is you?", [*said, Choice(NOBODY, "None of them")])


async def _take(app: "DealboardApp", person: Person, path: Path, reading: Reading) -> None:
    taking = Import(app, person.id, app.workspace.user.id, app.workspace.now)

    def take(tell: Tell) -> bool:
        taking.run(path, reading, tell)
        return True

    done = await app.push_screen_wait(Working(app, f"Importing {path.name}", take))
    app.announce(None)
    new = counted(taking.added, "new message")
    if done:
        known = f" · {taking.known:,} were there already" if taking.known else ""
        back = " · X takes them back" if taking.added else ""
        app.say(f"Imported {new}{known}{back}")
    elif taking.added:
        app.say(f"Stopped: {new} came in. The same again goes on.")


async def take_back(app: "DealboardApp", person: Person) -> None:
    """Ask, then delete what the last import brought into the chat; runs in a worker."""
    last = await app.report(app.read(messages.last_import, person.id))
    if last is None:
        return
    what = counted(last.total, "message")
    at, first, end = (each.astimezone() for each in (last.at, last.first, last.last))
    detail = (
        f"Imported {at:%d %b %Y at %H:%M}, from {first:%d %b %Y} to {end:%d %b %Y}, in the chat"
        f" with {excerpt(person.name, 40)}. They go for good: u does not bring messages back,"
        " importing the file again does."
    )
    if not await app.push_screen_wait(Confirm(f"Delete {what}?", detail=detail)):
        return
    deleted = await app.report(
        app.beside(lambda workspace: keeping.take_back(workspace, person.id, workspace.user, last))
    )
    if deleted is not None:
        app.announce(None)
        app.say(f"Deleted {counted(deleted, 'message')}")
