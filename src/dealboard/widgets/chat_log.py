"""The chat with a contact as a widget: a window on it, which follows the view.

It is told a stretch of the chat, and asks for another when the end of it comes into sight; what it
holds never grows with the chat.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType

from dealboard.domain.views import Message, Person, Stretch
from dealboard.widgets.blocks import Block
from dealboard.widgets.chat_lines import chat_blocks
from dealboard.widgets.line_list import FromLines, LineList

Place = Literal["oldest", "newest"] | int
"""A place in a chat: an end of it, or around a message by its id."""


class ChatLog(LineList):
    """Messages, the newest at the bottom, where the view stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask('write')", "Write", id="chat.write"),
        Binding("slash", "ask('search')", "Search", id="chat.search"),
        Binding("i", "ask('import')", "Import chat", id="chat.import"),
        Binding("X", "ask('take_back')", "Take import back", show=False, id="chat.take_back"),
        Binding("e", "ask('edit')", "Add a number", id="chat.add_number"),
        Binding("n", "ask('older')", "Found before", id="chat.found_older"),
        Binding("N", "ask('newer')", "Found after", id="chat.found_newer"),
        Binding("escape", "ask('end')", "End the search", show=False, id="chat.end_search"),
    ]

    @dataclass
    class StretchWanted(FromLines):
        """Another stretch of the chat is to be shown."""

        place: Place

    @dataclass
    class Asked(FromLines):
        """A key for the chat as a whole was pressed, such as write or import."""

        what: str

    def __init__(self, today: date, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.today = today
        """The day that the others are told by; what is shown next is told by it."""
        self._stretch = Stretch()
        self._goal: Place | None = "newest"
        self._wanted: Place | None = None
        self._at_end = True
        self.searching = False
        self.found: int | None = None
        self.person: Person | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages that are held, the oldest first."""
        return self._stretch.messages

    @property
    def stretch(self) -> Stretch:
        """What is held of the chat."""
        return self._stretch

    @property
    def place(self) -> Place:
        """Where in the chat the view is: at its end, or at the message on its first line."""
        if self._goal is not None:
            return self._goal
        view = self._view()
        return view[0] if isinstance(view, tuple) else "newest"

    def show(self, person: Person | None, stretch: Stretch, goal: Place | None = None) -> None:
        """Show a stretch of the chat with a contact, where the view is, or at a goal."""
        if person is None or self.person is None or person.id != self.person.id:
            goal, self._wanted = goal or "newest", None
        self.person, self._stretch = person, stretch
        self._goal = goal or self._goal
        self.redraw()
        self.refresh_bindings()

    def to_begin(self) -> None:
        """Forget whose chat this is."""
        super().to_begin()
        self.person, self._stretch, self._wanted = None, Stretch(), None
        self._goal, self.found, self.searching = "newest", None, False

    def mark(self, message_id: int | None) -> None:
        """Mark a message that was found; bring it into sight, or ask for it."""
        self.found = message_id
        held = any(each.id == message_id for each in self.messages)
        if message_id is not None:
            self._goal = message_id if held else self._goal
        self.redraw()
        if message_id is not None and not held:
            self._tell(self.StretchWanted(self, message_id))

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the messages."""
        return chat_blocks(self.person, self._stretch, width, self.today, found=self.found)

    # ── the view ──────────────────────────────────────────────────────────────────────────────

    def _view(self) -> Hashable:
        """Return the message on the first line and how far it is above it, None at the end."""
        if self._goal is not None or not self.messages:
            return None
        if self._at_end:
            return None
        placed = zip(self._blocks, self._tops, strict=True)
        messages = ((each.key, top) for each, top in placed if isinstance(each.key, int))
        seen = [(key, top) for key, top in messages if top <= self._first]
        key, top = seen[-1] if seen else (self.messages[0].id, self._first)
        return key, self._first - top

    def _back_to(self, view: Hashable) -> int:
        goal, self._goal = self._goal, None
        if goal == "oldest" or not self.messages:
            return 0
        if isinstance(goal, int):
            top = self._top_of(goal)
            return 0 if top is None else top - self._drawn[0].height // 2
        if isinstance(view, tuple):
            top = self._top_of(view[0])
            return self._first if top is None else top + int(view[1])
        return self._length

    def _top_of(self, message_id: Hashable) -> int | None:
        placed = zip(self._blocks, self._tops, strict=True)
        return next((top for each, top in placed if each.key == message_id), None)

    def _look_beyond(self, above: int, below: int) -> None:
        """Ask for the stretch around the view when the end of this one comes near."""
        height, held = self._drawn[0].height, self._stretch
        self._at_end = below <= 0 and not held.later
        near = (above < height and held.earlier) or (below < height and held.later)
        if not near or self._goal is not None:
            return
        place = self.place
        if self._wanted != place:
            self._wanted = place
            self._tell(self.StretchWanted(self, place))

    def _extent(self) -> tuple[int, int]:
        """Return the lines of the whole chat, as long as those that are held let it seem."""
        held = self._stretch
        if not held.messages:
            return super()._extent()
        each = self._length / len(held.messages)
        beyond = int(held.earlier * each), int(held.later * each)
        return sum(beyond) + self._length, beyond[0] + self._first

    def action_end(self, end: int) -> None:
        """Go to the oldest or to the newest message."""
        if self._stretch.later if end > 0 else self._stretch.earlier:
            self._tell(self.StretchWanted(self, "newest" if end > 0 else "oldest"))
        else:
            super().action_end(end)

    # ── what it asks for ──────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there is something for."""
        if action != "ask":
            return super().check_action(action, parameters)
        person = self.person
        if parameters[0] in ("older", "newer", "end"):
            return self.searching
        if parameters[0] == "edit":
            return person is not None and person.phone_key is None
        if parameters[0] == "take_back":
            return person is not None and any(each.source == "import" for each in self.messages)
        return person is not None and (parameters[0] != "search" or self._stretch.total > 0)

    def action_ask(self, what: str) -> None:
        """Ask for something."""
        self._tell(self.Asked(self, what))
