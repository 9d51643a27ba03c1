"""What the chat with a contact shows: messages under their days, who said them, and when.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from rich.cells import cell_len

from dealboard.domain.messaging import stands_for, window_until
from dealboard.domain.views import Message, Person, Stretch
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, cut, cut_line, literal, width_of
from dealboard.widgets.timeline_lines import day_name
from dealboard.widgets.wrapping import wrap

SHARE = 0.8
"""Of the width that a message takes at most, so that both sides are told apart."""

TOGETHER = timedelta(minutes=5)
"""Messages of one author that come so soon stand under one name."""

YOU = "You"

NOTES = {"wa.me": " · opened in WhatsApp", "cloud": " · accepted by WhatsApp"}
"""What is known of messages that were written here: never that they were read or delivered."""


def chat_blocks(
    person: Person | None, stretch: Stretch, width: int, today: date, found: int | None = None
) -> list[Block]:
    """Return a stretch of the chat with a contact; or what to do to have one.

    `found` is the message that a search is at.
    """
    if person is None:
        return [
            Block("empty", _sentences(("There is nobody to chat with here.",), width), stops=False)
        ]
    if not stretch.messages:
        return [Block("empty", _sentences(_nothing(person), width), stops=False)]
    blocks: list[Block] = []
    for day, some in groupby(stretch.messages, key=lambda each: each.at.astimezone().date()):
        blocks.append(Block(day, (rule(day_name(day, today), width),), stops=False))
        blocks += _day(person, list(some), width, found)
    return blocks


def _nothing(person: Person) -> tuple[str, ...]:
    sentences = [f"No messages with {person.name} yet.", ""]
    if person.phone_key is None:
        sentences += ["No WhatsApp number. e adds one.", ""]
    sentences += ["i imports the chat: WhatsApp → its menu → Export chat, the .txt or .zip.", ""]
    return (*sentences, "⏎ writes a message, which WhatsApp is opened with.")


def head_line(
    person: Person | None, stretch: Stretch, width: int, now: datetime | None = None
) -> Line:
    """Return the line above a chat: whose, how long, as exported, and what WhatsApp lets one send.

    Its 24-hour window is for information: who writes from another device is known only once the
    chat is imported again (decision 63).
    """
    if person is None:
        return ()
    name: Span = (cut(literal(person.name), max(8, width // 2)), "title")
    parts = [f"{stretch.total:,} messages, as exported"] if stretch.total else []
    if person.phone_key is None:
        parts.append("no WhatsApp number")
    elif stretch.last_in is not None and now is not None:
        parts.append(_window(stretch.last_in, now))
    rest = "".join(f" · {part}" for part in parts)
    return cut_line((name, (rest, "muted")), width)


def _window(last_in: datetime, now: datetime) -> str:
    """Return until when WhatsApp takes free text of a business."""
    ends = window_until(last_in, now)
    return f"24 h window until {ends.astimezone():%a %H:%M}" if ends else "24 h window closed"


def _sentences(sentences: Sequence[str], width: int) -> tuple[Line, ...]:
    lines = (line for each in sentences for line in wrap(each, width) or ("",))
    return (EMPTY, *(((line, "muted"),) for line in lines))


def _day(
    person: Person, messages: Sequence[Message], width: int, found: int | None
) -> Iterator[Block]:
    before: Message | None = None
    for message in messages:
        goes_on = before is not None and _together(before, message)
        plain = "muted" if stands_for(message.text) else "text"
        style = "found" if message.id == found else plain
        lines = _message(person, message, width, style, goes_on=goes_on)
        yield Block(message.id, lines, stops=False)
        before = message


def _together(before: Message, message: Message) -> bool:
    same = before[3:5] == message[3:5] and before.source == message.source
    return same and message.at - before.at < TOGETHER


def _message(
    person: Person, message: Message, width: int, style: str, *, goes_on: bool
) -> tuple[Line, ...]:
    room = max(2, int(width * SHARE) - 2)
    texts = wrap(message.text, room)
    if message.direction == "none":
        style = "muted" if style == "text" else style
        return (EMPTY, *(((_centred(line, width), style),) for line in texts))
    own = message.direction == "out"
    name = literal(message.author or (YOU if own else person.name))
    when = f" {message.at.astimezone():%H:%M}{NOTES.get(message.source, '')}"
    head = cut_line(((cut(name, max(8, room - len(when))), "title"), (when, "muted")), room)
    lines: list[Line] = [] if goes_on else [EMPTY, head]
    lines += [((line, style),) for line in texts]
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
