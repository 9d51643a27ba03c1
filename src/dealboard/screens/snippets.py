"""Snippets of messages: put into what is written, kept from it, changed and deleted."""

from typing import TYPE_CHECKING

from dealboard import actions
from dealboard.domain import snippets
from dealboard.domain.snippets import Snippet
from dealboard.domain.text import excerpt, first_line
from dealboard.screens.ask import Ask
from dealboard.screens.confirm import Confirm
from dealboard.screens.pick import Pick
from dealboard.store.driver import Connection
from dealboard.store.reads import settings
from dealboard.widgets.chooser import Choice
from dealboard.widgets.long_text import FieldsText

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

KEEP, CHANGE, DELETE = "\n keep", "\n change", "\n delete"
"""What can be done beside choosing one; no snippet has a name of two lines."""


def read_snippets(connection: Connection) -> tuple[Snippet, ...]:
    """Read the snippets of the workspace, by name."""
    return snippets.read(settings.setting(connection, snippets.KEY))


async def choose_snippet(app: "DealboardApp", text: FieldsText) -> None:
    """Put a snippet into a text, or keep the text as one; runs in a worker."""
    known = await app.report(app.read(read_snippets)) or ()
    verbs = [Choice(KEEP, "＋ Keep what I wrote", key="n")] if text.text.strip() else []
    if known:
        verbs += [
            Choice(CHANGE, "✎ Change one", key="e"),
            Choice(DELETE, "✗ Delete one", key="d"),
        ]
    if not known and not verbs:
        app.say("No snippets yet: what stands here can be kept as the first one.")
        return
    chosen = await app.push_screen_wait(Pick("Snippets", [*map(_choice, known), *verbs]))
    match chosen:
        case None:
            return
        case "\n keep":
            await _keep(app, text.text)
        case "\n change":
            await _change(app, known, text)
        case "\n delete":
            await _delete(app, known)
        case name:
            text.insert(next(each.text for each in known if each.name == name))


def _choice(snippet: Snippet) -> Choice[str]:
    return Choice(snippet.name, snippet.name, excerpt(first_line(snippet.text), 40))


async def _keep(app: "DealboardApp", text: str, name: str = "") -> None:
    given = await app.push_screen_wait(Ask("Name of the snippet", initial=name, required=True))
    if given:
        done = await app.change(lambda tx: actions.snippets.save(tx, given, text))
        if done is not None:
            app.say(f"Kept as {excerpt(given)}")


async def _change(app: "DealboardApp", known: tuple[Snippet, ...], text: FieldsText) -> None:
    """Have the text of a snippet here, to be changed and kept again under its name."""
    name = await app.push_screen_wait(Pick("Change which one?", [*map(_choice, known)]))
    found = next((each for each in known if each.name == name), None)
    if found is not None:
        text.put(found.text)
        app.say(f"Change it, then keep it again as {excerpt(found.name)}")


async def _delete(app: "DealboardApp", known: tuple[Snippet, ...]) -> None:
    name = await app.push_screen_wait(Pick("Delete which one?", [*map(_choice, known)]))
    if name is not None and await app.push_screen_wait(
        Confirm(f"Delete {excerpt(name)}?", detail="For everybody of this workspace.", yes="Delete")
    ):
        done = await app.change(lambda tx: actions.snippets.remove(tx, name))
        if done is not None:
            app.say(f"Deleted {excerpt(name)}")
