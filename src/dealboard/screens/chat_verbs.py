"""What is done in the chat with a contact, on the page of a deal and on that of the contact."""

from typing import Any

from textual import on, work

from dealboard.domain.views import Person, Stretch
from dealboard.screens.newest import Newest
from dealboard.screens.place import Place as MainScreen
from dealboard.store.reads import messages
from dealboard.widgets.chat_log import ChatLog, Place
from dealboard.widgets.chat_pane import ChatPane

AROUND = 100
"""Messages that are read on each side of what is in view."""


class ChatVerbs(MainScreen):
    """A screen with the chat of the contact that is meant."""

    chat: ChatPane
    """The pane, made when the screen is composed."""

    def __init__(self) -> None:
        super().__init__()
        self._chat_reads = Newest(lambda work: self.dealboard.start(work))

    # ── reading ───────────────────────────────────────────────────────────────────────────────

    def show_chat(self, person: Person | None) -> None:
        """Show the chat with a contact: another's from its newest message, the same where it is."""
        now = self.dealboard.workspace.now
        if person is None:
            self.chat.show(None, Stretch(), now)
            return
        same = self.chat.person is not None and self.chat.person.id == person.id
        self._read_chat(person, self.chat.talk.place if same else "newest")

    def _read_chat(self, person: Person, place: Place, *, goal: bool = False) -> None:
        async def read() -> None:
            app = self.dealboard
            how = _how(place)
            found = await app.report(app.read(messages.stretch, person.id, limit=AROUND, **how))
            if found is not None and self.is_mounted and not self._chat_reads.overtaken:
                self.chat.show(person, found, app.workspace.now, place if goal else None)

        self._chat_reads.want(read)

    @on(ChatLog.StretchWanted)
    def _want_stretch(self, event: ChatLog.StretchWanted) -> None:
        person, talk = self.chat.person, self.chat.talk
        if person is not None:
            jump = event.place in ("oldest", "newest") or event.place == talk.found
            self._read_chat(person, event.place, goal=jump)

    @on(ChatPane.SearchWanted)
    async def _find(self, event: ChatPane.SearchWanted) -> None:
        app, person = self.dealboard, self.chat.person
        if person is not None:
            found = await app.report(app.read(messages.found, person.id, event.words))
            self.chat.show_found(event.words, found or ())

    # ── doing ─────────────────────────────────────────────────────────────────────────────────

    @on(ChatLog.Asked)
    def _ask_chat(self, event: ChatLog.Asked) -> None:
        match event.what:
            case "import":
                self._import_chat()
            case "edit":
                self._edit_number()

    @work
    async def _import_chat(self) -> None:
        from dealboard.screens.chat_import import import_chat

        person = self.chat.person
        if person is not None:
            await import_chat(self.dealboard, person)

    @work
    async def _edit_number(self) -> None:
        """Open the form of the contact at its phone number."""
        from dealboard.screens.contact_form import ContactFormScreen
        from dealboard.store.reads import contacts

        app, person = self.dealboard, self.chat.person
        if person is None:
            return
        contact = await app.report(app.read(contacts.contact, person.id))
        if contact is not None and not contact.forgotten:
            await app.push_screen_wait(ContactFormScreen(contact, field="phone"))


def _how(place: Place) -> dict[str, Any]:
    """Return which stretch is read for a place."""
    match place:
        case "newest":
            return {}
        case "oldest":
            return {"oldest": True}
        case _:
            return {"around": place}
