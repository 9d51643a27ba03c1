"""What is done in the chat with a contact, on the page of a deal and on that of the contact."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events, on, work

from dealboard.domain.placeholders import Setting
from dealboard.domain.views import Hits, Person, Stretch
from dealboard.screens.drafts import Draft, Keeping, key_of, read_kept
from dealboard.screens.newest import Newest
from dealboard.screens.place import Place as MainScreen
from dealboard.store.reads import messages
from dealboard.widgets.chat_log import ChatLog, Place
from dealboard.widgets.chat_pane import ChatPane

if TYPE_CHECKING:
    from dealboard.store.driver import Connection
    from dealboard.widgets.chat_composer import Composer, Material

MESSAGE = "message"
"""Under which drafts of messages are kept, by the contact that they are for."""

AROUND = 80
"""Messages that are read on each side of what is in view."""


class ChatVerbs(MainScreen):
    """A screen with the chat of the contact that is meant."""

    chat: ChatPane
    """The pane, made when the screen is composed."""

    def __init__(self) -> None:
        super().__init__()
        self._chat_reads = Newest(self)
        self._begun: dict[int, Keeping] = {}

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
            self.chat.show_found(event.words, found or Hits())

    # ── doing ─────────────────────────────────────────────────────────────────────────────────

    @on(ChatLog.Asked)
    def _ask_chat(self, event: ChatLog.Asked) -> None:
        match event.what:
            case "import":
                self._import_chat()
            case "take_back":
                self._take_back()
            case "edit":
                self._edit_number()
            case "write":
                self._begin_message()

    @work
    async def _import_chat(self) -> None:
        from dealboard.screens.chat_import import import_chat

        person = self.chat.person
        if person is not None:
            await import_chat(self.dealboard, person)

    @work
    async def _take_back(self) -> None:
        from dealboard.screens.chat_import import take_back

        person = self.chat.person
        if person is not None:
            await take_back(self.dealboard, person)

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

    # ── writing ───────────────────────────────────────────────────────────────────────────────

    @property
    def chat_deal(self) -> int | None:
        """The deal whose fields a message may have."""
        return None

    @property
    def unsent(self) -> bool:
        """Whether leaving would lose a message."""
        return self.chat.unsent

    def unless_unsent(self, go: Callable[[], object]) -> None:
        """Go somewhere else; not at once if that loses a message."""
        from dealboard.screens.confirm import Confirm

        def answer(sure: bool | None) -> None:
            if sure:
                for keeping in self._begun.values():
                    keeping.forget()
                self.begin_chat()
                go()

        if self.unsent:
            detail = "It was not opened in WhatsApp. Esc goes back to it."
            asking = Confirm("Discard the message?", detail=detail, yes="Discard", no="Keep")
            self.app.push_screen(asking, answer)
        else:
            go()

    @work(exclusive=True, group="write")
    async def _begin_message(self) -> None:
        app, person = self.dealboard, self.chat.person
        if person is None:
            return
        how = Setting(app.workspace.today, app.config.locale)
        material = await app.report(app.read(read_material, person.id, self.chat_deal, how))
        kept = await self._begin_keeping(person.id)
        if material is not None and self.chat.person == person:
            sends = app.config.whatsapp_phone_id is not None
            await self.chat.write(material._replace(sends=sends), kept)

    def begin_chat(self) -> None:
        """Begin as a page that is new; what is kept of messages is there when one is written."""
        self._begun.clear()
        self.chat.to_begin()

    async def _begin_keeping(self, contact_id: int) -> str:
        """Keep what is written to a contact from now on, and return what is kept of it already."""
        app = self.dealboard
        if contact_id in self._begun:
            return ""
        keeping = Keeping(self, contact_id, partial(self._message, contact_id), noun=MESSAGE)
        self._begun[contact_id] = keeping
        kept = await app.report(app.read(read_kept, app.mine(key_of(contact_id, MESSAGE))))
        if kept is None:
            return ""
        keeping.found()
        app.say("What you wrote the last time is here again, and is not sent yet")
        return str(kept.get("text", ""))

    def _message(self, contact_id: int) -> Draft | None:
        text = self.chat.written(contact_id)
        return {"text": text} if text.strip() else None

    def on_composer_edited(self, event: "Composer.Edited") -> None:
        """Keep what is written, in a moment."""
        if event.contact_id in self._begun:
            self._begun[event.contact_id].touch()

    @on(events.ScreenSuspend)
    @on(events.Unmount)
    def _keep_messages(self) -> None:
        """Keep what was written, whatever made the page go away."""
        for keeping in self._begun.values():
            keeping.flush()

    def on_composer_asked(self, event: "Composer.Asked") -> None:
        """Do what a key of the composer asks for."""
        match event.what:
            case "close":
                self.chat.close()
            case "editor":
                self._write_elsewhere()
            case "snippets":
                self._use_snippets()

    def _write_elsewhere(self) -> None:
        """Go on writing in the user's own editor."""
        from dealboard.screens import editor

        composer = self.chat.composer
        if composer is None:
            return
        text = editor.edit(self.dealboard, composer.text.text)
        if text is not None:
            composer.text.put(text)

    @work
    async def _use_snippets(self) -> None:
        from dealboard.screens.snippets import choose_snippet

        composer = self.chat.composer
        if composer is not None:
            await choose_snippet(self.dealboard, composer.text)

    @work
    async def on_composer_written(self, event: "Composer.Written") -> None:
        """Open WhatsApp with the message, or send it; a failure leaves it where it is."""
        from dealboard.screens import chat_message

        app, person = self.dealboard, self.chat.person
        if person is None:
            return
        do = chat_message.send if event.sent else chat_message.open_in_whatsapp
        done = await app.report(do(app, person, event.text))
        if done:
            if person.id in self._begun:
                self._begun.pop(person.id).forget()
            if person == self.chat.person:
                self.chat.close(done=True)
            app.announce(None)
            app.say(done)


def read_material(
    connection: "Connection", contact_id: int, deal_id: int | None, how: Setting
) -> "Material":
    """Read what messages to a contact are filled in with."""
    from dealboard.automations import facts
    from dealboard.domain.rule_fields import offers
    from dealboard.store.reads import automations
    from dealboard.widgets.chat_composer import Material

    custom = automations.known_fields(connection)
    known = facts.about(connection, contact_id, deal_id)
    return Material(custom, offers(custom, how), known, how)


def _how(place: Place) -> dict[str, Any]:
    """Return which stretch is read for a place."""
    match place:
        case "newest":
            return {}
        case "oldest":
            return {"oldest": True}
        case _:
            return {"around": place}
