"""The chat with a contact as a widget: told the messages, asks for older ones."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from dealboard.domain.views import Message, Person
from dealboard.widgets.blocks import Block
from dealboard.widgets.chat_lines import chat_blocks
from dealboard.widgets.line_list import LineList


class ChatLog(LineList):
    """Messages, the newest at the bottom, where the view stays."""

    FROM_END: ClassVar[bool] = True

    def __init__(self, today: date, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.today = today
        """The day that the others are told by; what is shown next is told by it."""
        self._messages: tuple[Message, ...] = ()
        self.person: Person | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages that are held, the oldest first."""
        return self._messages

    def show(self, person: Person | None, messages: Sequence[Message]) -> None:
        """Show the messages with a contact, the oldest first; another contact's from the newest."""
        if person is None or self.person is None or person.id != self.person.id:
            self._first = self._length = 0
        self.person, self._messages = person, tuple(messages)
        self.redraw()

    def blocks(self, width: int) -> Sequence[Block]:
        """Return the messages."""
        return chat_blocks(self.person, self._messages, width, self.today)
