"""The messages in what WhatsApp exported, and what has to be known of a file before they are taken.

A file is gone through twice: `survey` finds its shape, the orders in which its days may be read and
who speaks; `messages` then yields them one by one. Lines that begin no message belong to the one
before, so that nothing is lost. iOS ends a message with a carriage return and a line feed, and
breaks lines inside one with a line feed alone: what looks like a message there is somebody's text.
Android tells the two apart by nothing; hence "as exported".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from dealboard.chat import source
from dealboard.chat.heads import MARKS, Head, head, likely
from dealboard.chat.source import HOW, Progress, nobody
from dealboard.domain.dates import Order
from dealboard.errors import InvalidValue

SAMPLE = 500
"""Lines among which a file has to begin."""

LONGEST_NAME = 80
"""Characters of a name; longer ones are sentences."""

_SPACES = dict.fromkeys(map(ord, "\u202f\u00a0\u2009"), " ")
_OWN_MARKS = {0x200E: None, 0x2068: None, 0x2069: None, 0: "\ufffd"}
"""Marks that WhatsApp puts before its own words and around mentioned names; and no NUL."""

_QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"))
_SENTENCE = re.compile(r"[.!?] ")
_NOTICES = (
    "messages and calls are end-to-end encrypted",
    "messages to this chat and calls are now secured",
    "messages you send to this",
    "i messaggi e le chiamate sono crittografati end-to-end",
    "los mensajes y las llamadas están cifrados de extremo a extremo",
    "les messages et les appels sont chiffrés de bout en bout",
    "nachrichten und anrufe sind ende-zu-ende-verschlüsselt",
    "as mensagens e as chamadas são protegidas",
    "as mensagens e ligações são protegidas",
)
"""How WhatsApp tells what it encrypts; on iOS that stands under a name."""


class Said(NamedTuple):
    """A message as it was exported; what WhatsApp itself says has no sender."""

    at: datetime
    sender: str
    text: str


class Survey(NamedTuple):
    """What is known of a file: who speaks in it how often, and in which orders days may be read.

    `orders` gives the first day in each order; several, where none makes more sense.
    """

    senders: dict[str, int]
    orders: dict[Order, date]


def survey(path: Path, today: date, progress: Progress = nobody) -> Survey:
    """Go through a file. Raises InvalidValue for one that WhatsApp did not export."""
    senders: Counter[str] = Counter()
    readings: dict[Order, _Reading] = {}
    with source.opened(path, progress) as lines:
        for _, found in _records(lines, path):
            if found is None:
                continue
            readings = readings or {order: _Reading() for order in likely(found.shape)}
            for order, reading in readings.items():
                reading.take(found.day(order))
            sender, _ = parted(found.rest)
            if sender:
                senders[sender] += 1
    left = _orders(readings, today + timedelta(days=1))
    return Survey(dict(senders.most_common()), {each: readings[each].days[0] for each in left})


def messages(path: Path, order: Order, progress: Progress = nobody) -> Iterator[Said]:
    """Yield the messages of a file in its order. Raises InvalidValue as `survey` does."""
    at: datetime | None = None
    sender = ""
    texts: list[str] = []
    with source.opened(path, progress) as lines:
        for line, found in _records(lines, path):
            moment = found.at(order) if found else None
            if found is None or moment is None:
                texts.append(line)
                continue
            if at is not None or any(texts):
                yield _said(at or moment, sender, texts)
            at = moment
            sender, first = parted(found.rest)
            texts = [first]
    if at is None:
        raise InvalidValue("date order", order, "no day of the file can be read so")
    yield _said(at, sender, texts)


def _said(at: datetime, sender: str, texts: list[str]) -> Said:
    text = "\n".join(texts).translate(_OWN_MARKS).rstrip("\r\n")
    return Said(at, sender, text)


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


def _records(lines: Iterator[str], path: Path) -> Iterator[tuple[str, Head | None]]:
    """Yield texts without their ends, and how each begins a message, if it does."""
    sample = list(islice(lines, SAMPLE))
    first = next(filter(None, (head(line.rstrip("\r\n")) for line in sample)), None)
    if first is None:
        raise InvalidValue("file", path, "no line begins like a message of WhatsApp's export", HOW)
    rest = chain(sample, lines)
    returns = first.shape.bracketed and any(line.endswith("\r\n") for line in sample)
    for text in _whole(rest) if returns else rest:
        bare = text.removesuffix("\n").removesuffix("\r")
        found = head(bare)
        yield bare, found if found is not None and found.shape == first.shape else None


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Yield what ends with a carriage return and a line feed."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if line.endswith("\r\n"):
            yield "".join(held)
            held.clear()
    yield "".join(held)


def parted(rest: str) -> tuple[str, str]:
    """Return who says something and what; nobody, for what WhatsApp itself says."""
    name, colon, text = rest.partition(": ")
    if not colon and rest.endswith(":"):
        name, colon, text = rest[:-1], ":", ""
    sender = name.translate(_SPACES).strip(f"{MARKS} ")
    if not colon or not _is_name(sender):
        return "", rest
    notice = text.lstrip(MARKS).casefold()
    return ("", text) if notice.startswith(_NOTICES) else (sender, text)


def _is_name(text: str) -> bool:
    """Return whether a text is a name and no part of a sentence: 'Ada changed … to "Plan'."""
    if not text or len(text) > LONGEST_NAME:
        return False
    if any(text.count(opens) > text.count(ends) for opens, ends in _QUOTES if opens != ends):
        return False
    return text.count('"') % 2 == 0 and not (len(text) > 40 and _SENTENCE.search(text))


# ── the order of days ─────────────────────────────────────────────────────────────────────────


class _Reading:
    """How a file reads in one order of days: the better, the fewer are none and go back."""

    def __init__(self) -> None:
        self.wrong = self.back = 0
        self.last: date | None = None
        self.latest = date.min
        self.days: list[date] = []

    def take(self, day: date | None) -> None:
        if day is None:
            self.wrong += 1
            return
        if self.last is not None and day < self.last:
            self.back += 1
        if day != self.last and len(self.days) < SAMPLE:
            self.days.append(day)
        self.last, self.latest = day, max(self.latest, day)


def _orders(readings: dict[Order, _Reading], limit: date) -> tuple[Order, ...]:
    """Return the orders in which the file makes most sense.

    As few as can be are no days at all, none lies in the future, few days go back; and a year of
    two digits comes first only where it cannot come last.
    """

    def sense(order: Order) -> tuple[int, bool, int]:
        reading = readings[order]
        return reading.wrong, reading.latest > limit, reading.back

    best = min(map(sense, readings))
    left = [order for order in readings if sense(order) == best]
    if len(left) > 1 and "ymd" in left:
        left.remove("ymd")
    same = all(readings[each].days == readings[left[0]].days for each in left)
    return (left[0],) if same else tuple(left)
