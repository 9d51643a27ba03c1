"""What the chat with a contact shows: messages under their days, who said them, and when.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from rich.cells import cell_len

from dealboard.domain.views import Message, Person
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, cut, literal, width_of
from dealboard.widgets.timeline_lines import day_name
from dealboard.widgets.wrapping import wrap

SHARE = 0.8
"""Of the width that a message takes at most, so that both sides are told apart."""

TOGETHER = timedelta(minutes=5)
"""Messages of one author that come so soon stand under one name."""

YOU = "You"


def chat_blocks(
    person: Person | None, messages: Sequence[Message], width: int, today: date
) -> list[Block]:
    """Return the messages with a contact, the oldest first; or what to do to have some."""
    if person is None:
        return [Block("empty", _sentences(("Choose a contact.",), width), stops=False)]
    if not messages:
        return [Block("empty", _sentences(_nothing(person), width), stops=False)]
    blocks: list[Block] = []
    for day, some in groupby(messages, key=lambda each: each.at.astimezone().date()):
        blocks.append(Block(day, (rule(day_name(day, today), width),), stops=False))
        blocks += _day(person, list(some), width)
    return blocks


def _nothing(person: Person) -> tuple[str, ...]:
    sentences = [f"No messages with {person.name} yet.", ""]
    if person.phone_key is None:
        sentences += ["No WhatsApp number. ⏎ on the contact opens it to add one.", ""]
    return (*sentences, "Chats come from exports of WhatsApp; they cannot be imported yet.")


def _sentences(sentences: Sequence[str], width: int) -> tuple[Line, ...]:
    lines = (line for each in sentences for line in wrap(each, width) or ("",))
    return (EMPTY, *(((line, "muted"),) for line in lines))


def _day(person: Person, messages: Sequence[Message], width: int) -> Iterator[Block]:
    before: Message | None = None
    for message in messages:
        goes_on = before is not None and _together(before, message)
        yield Block(message.id, _message(person, message, width, goes_on=goes_on), stops=False)
        before = message


def _together(before: Message, message: Message) -> bool:
    same = (before.direction, before.author) == (message.direction, message.author)
    return same and message.at - before.at < TOGETHER


def _message(person: Person, message: Message, width: int, *, goes_on: bool) -> tuple[Line, ...]:
    room = max(2, int(width * SHARE) - 2)
    texts = wrap(message.text, room)
    if message.direction == "none":
        return (*(((_centred(line, width), "muted"),) for line in texts), EMPTY)
    own = message.direction == "out"
    name = literal(message.author or (YOU if own else person.name))
    head: Line = ((cut(name, room - 6), "title"), (f" {message.at.astimezone():%H:%M}", "muted"))
    lines: list[Line] = [] if goes_on else [EMPTY, head]
    lines += [((line, "text"),) for line in texts]
    return tuple(_right(line, width) if own else _left(line) for line in lines)


def _left(line: Line) -> Line:
    return line if line == EMPTY else (("▏ ", "muted"), *line)


def _right(line: Line, width: int) -> Line:
    """Return a line of one's own: flush right, its bar at that side."""
    if line == EMPTY:
        return line
    space = max(0, width - width_of(line) - 2)
    return ((" " * space, "text"), *line, (" ▕", "accent"))


def _centred(text: str, width: int) -> str:
    return " " * max(0, (width - cell_len(text)) // 2) + text
