"""The chat with a contact: whose it is, the messages, and a line to search them in.

What is typed in is mounted by the first key that wants it. Who reads and writes is the screen's
business: it hears `ChatLog.StretchWanted` and what is asked for here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from dealboard.domain.views import Hits, Person, Stretch
from dealboard.widgets.chat_lines import head_line
from dealboard.widgets.chat_log import ChatLog, Place
from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.line import Line
from dealboard.widgets.lines import Styled

if TYPE_CHECKING:
    from dealboard.widgets.chat_composer import Composer, Material


class ChatHead(DrawnLine):
    """Draws whose chat it is, how long it is, and until when WhatsApp takes free text."""

    PREFIX = "chat-head"

    DEFAULT_CSS = """
    ChatHead {
        height: 1;
        & > .chat-head--title { text-style: bold; }
        & > .chat-head--muted { color: $text-muted; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chat-head--title", "chat-head--muted"}

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Person | None, Stretch, datetime | None] = (None, Stretch(), None)

    def show(self, person: Person | None, stretch: Stretch, now: datetime) -> None:
        """Say what is shown below."""
        self._shown = person, stretch, now
        self.refresh()

    def spans(self) -> Iterator[Styled]:
        """Yield the parts of the line."""
        person, stretch, now = self._shown
        yield " ", ()
        for text, name in head_line(person, stretch, self.size.width - 2, now):
            yield text, (name,)


class WordsLine(Line):
    """Where the words to be found are typed; the arrows go from one message to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(1)", "Found before"),
        Binding("down", "walk(-1)", "Found after"),
        Binding("escape", "stop", "End the search"),
    ]

    @dataclass
    class Walked(Message):
        """Another message that was found is to be shown."""

        by: int

    class Ended(Message):
        """No more is to be found."""

    def action_walk(self, by: int) -> None:
        """Go to an older message that was found, or a newer one."""
        self.post_message(self.Walked(by))

    def action_stop(self) -> None:
        """End the search."""
        self.post_message(self.Ended())


class SearchBar(Horizontal):
    """The words to be found, and which of the found messages is marked."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        & > Line { width: 1fr; }
        & > Static { width: auto; min-width: 12; padding: 0 1; color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        """Yield the line and what came of it."""
        yield WordsLine(placeholder="words in this chat", last=True)
        yield Static("", markup=False)

    @property
    def line(self) -> WordsLine:
        """Where the words are typed."""
        return self.query_one(WordsLine)

    def say(self, sentence: str) -> None:
        """Say what was found."""
        self.query_one(Static).update(sentence)


class ChatPane(Vertical):
    """The chat of one contact at a time."""

    DEFAULT_CSS = """
    ChatPane {
        & > ChatLog { height: 1fr; }
    }
    """

    @dataclass
    class SearchWanted(Message):
        """Words are to be found in the chat."""

        pane: "ChatPane"
        words: str

    def __init__(self, today: date, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.talk = ChatLog(today)
        self.composer: Composer | None = None
        """Where a message is being written."""
        self._head = ChatHead()
        self._words = ""
        self._hits = Hits()
        self._at = 0
        self._drafts: dict[int, str] = {}

    def compose(self) -> ComposeResult:
        """Yield the head and the messages."""
        yield self._head
        yield self.talk

    @property
    def messages(self) -> Sequence[object]:
        """The messages that are held."""
        return self.talk.messages

    @property
    def person(self) -> Person | None:
        """Whose chat it is."""
        return self.talk.person

    def to_begin(self) -> None:
        """Forget whose chat this is, and what was sought and written in it."""
        self._end()
        self.close()
        self._drafts.clear()
        self.talk.to_begin()

    def show(
        self, person: Person | None, stretch: Stretch, now: datetime, goal: Place | None = None
    ) -> None:
        """Show a stretch of the chat with a contact; another contact's ends the search."""
        if person is None or self.person is None or person.id != self.person.id:
            self._end()
            self.close()
        self.talk.today = now.astimezone().date()
        self._head.show(person, stretch, now)
        self.talk.show(person, stretch, goal)

    # ── writing ───────────────────────────────────────────────────────────────────────────────

    @property
    def unsent(self) -> bool:
        """Whether leaving would lose a message."""
        return any(each.strip() for each in self._drafts.values())

    def written(self, contact_id: int) -> str:
        """Return what is written to a contact and not sent."""
        return self._drafts.get(contact_id, "")

    async def write(self, material: "Material", kept: str) -> None:
        """Let a message be written; what was begun for this contact, or `kept`, is there again."""
        from dealboard.widgets.chat_composer import Composer

        composer, person = self.composer, self.person
        if composer is None and person is not None:
            composer = Composer(person.id, self._drafts.setdefault(person.id, kept))
            self.composer = composer
            await self.mount(composer)
        if composer is not None:
            composer.take(material)
            self.screen.set_focus(composer.text)

    def on_composer_edited(self, event: "Composer.Edited") -> None:
        """Hold what is written; keeping it is the screen's."""
        self._drafts[event.contact_id] = event.text

    def close(self, *, done: bool = False) -> None:
        """Put the message aside, or be `done` with it."""
        composer, person = self.composer, self.person
        if composer is None:
            return
        if person is not None and done:
            self._drafts.pop(person.id, None)
        if composer.has_focus_within:
            self.screen.set_focus(self.talk)
        composer.remove()
        self.composer = None

    # ── searching ─────────────────────────────────────────────────────────────────────────────

    @property
    def _bar(self) -> SearchBar | None:
        return self.query_one_optional(SearchBar)

    @on(ChatLog.Asked)
    async def _ask(self, event: ChatLog.Asked) -> None:
        """Answer what concerns the search; the rest is the screen's."""
        match event.what:
            case "search":
                event.stop()
                await self.search()
            case "older" | "newer":
                event.stop()
                self._walk(1 if event.what == "older" else -1)
            case "end":
                event.stop()
                self._end()

    async def search(self) -> None:
        """Let words be typed."""
        bar = self._bar
        if bar is None:
            bar = SearchBar()
            await self.mount(bar)
        self.talk.searching = True
        self.screen.set_focus(bar.line)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        """Find the words, or the next message with the same."""
        event.stop()
        words = event.value.strip()
        if not words:
            self._end()
        elif words != self._words:
            self._words = words
            self.post_message(self.SearchWanted(self, words))
            self.screen.set_focus(self.talk)
        else:
            self._walk(1)

    def show_found(self, words: str, hits: Hits) -> None:
        """Mark the newest of the messages that have the words."""
        if words == self._words and self._bar is not None:
            self._hits, self._at = hits, 0
            self._mark()

    @on(WordsLine.Walked)
    def _walked(self, event: WordsLine.Walked) -> None:
        event.stop()
        if self._bar is not None and self._bar.line.value.strip() != self._words:
            self._bar.line.call_next(self._bar.line.action_submit)
        else:
            self._walk(event.by)

    def _walk(self, by: int) -> None:
        if self._hits.ids:
            self._at = (self._at + by) % len(self._hits.ids)
            self._mark()

    def _mark(self) -> None:
        found = self._hits.ids[self._at] if self._hits.ids else None
        self.talk.mark(found)
        self.talk.refresh_bindings()
        if self._bar is not None:
            where = f"{self._at + 1:,} of {self._hits.total}"
            self._bar.say(where if self._hits.ids else "not found")

    @on(WordsLine.Ended)
    def _end(self) -> None:
        """Take the search away; the view stays where it is."""
        bar, self._words, self._hits = self._bar, "", Hits()
        if bar is None:
            return
        self.talk.searching = False
        self.talk.mark(None)
        if bar.line.has_focus:
            self.screen.set_focus(self.talk)
        bar.remove()
        self.talk.refresh_bindings()
