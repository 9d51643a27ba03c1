"""The demo's diary: what was written about its deals, what is to be done, chats and own fields.

Its chances are its own, so that the deals are the same with and without it.
"""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypedDict, TypeVar

from dealboard.domain.views import ActivityKind
from dealboard.store import tables
from dealboard.store.columns import moment_text
from dealboard.store.ids import new_uid
from dealboard.store.transaction import Transaction
from dealboard.transfer.bulk import ActivityRow, uid7

_T = TypeVar("_T")

CLOSED = 0.25
"""Share of the closed deals that somebody wrote about."""

DONE = 0.25
"""Share of the deals written about for which a task was done."""

PLANNED = 0.55
"""Share of the open deals that have a next step."""

VALUED = 500
"""Contacts among the first of which every third has values of its custom fields."""

AHEAD = 40
"""Days for which tasks are planned."""

BEHIND = 12
"""Days since when a task may be overdue."""

FURTHEST = 1000
"""Days that the diary goes back."""

CHATTING = 7
"""Days ago that a chat began."""


class DiaryWords(TypedDict):
    """The texts of each kind of activity; {name} is a contact's first name."""

    notes: list[str]
    calls: list[str]
    meetings: list[str]
    tasks: list[str]


class ChatWords(TypedDict):
    """A chat: direction and text of each line."""

    lines: list[tuple[str, str]]


class FieldWords(TypedDict):
    """A custom field of contacts."""

    name: str
    kind: str
    choices: list[str]


class Subject(NamedTuple):
    """A deal to write about; `age` and `idle` are the days since it was created and touched."""

    deal_id: int
    owner_id: int
    name: str
    age: int
    idle: int
    open: bool


class Diary:
    """Makes the activities of deals, a few for each."""

    def __init__(self, words: DiaryWords, now: datetime) -> None:
        self._now = moment_text(now)
        self._milliseconds = int(now.timestamp() * 1000)
        today, utc = now.astimezone().date(), now.astimezone(UTC).date()
        self._local = {
            ago: (today - timedelta(ago)).isoformat() for ago in range(-AHEAD - 1, FURTHEST)
        }
        self._utc = [(utc - timedelta(ago)).isoformat() for ago in range(FURTHEST)]
        self._random = random.Random("diary")  # noqa: S311 -- the same on every run
        self._said = (
            (ActivityKind.NOTE, words["notes"]),
            (ActivityKind.CALL, words["calls"]),
            (ActivityKind.MEETING, words["meetings"]),
        )
        self._tasks = words["tasks"]
        self._rows: list[ActivityRow] = []
        self._last = 0

    def write(self, subject: Subject) -> None:
        """Write about a deal: now and then while it lasted, and what is next if it is open."""
        chance = self._random.random()
        if subject.age and (subject.open or chance < CLOSED):
            for _ in range(self._below(3)):
                self._note(subject)
            if self._random.random() < DONE:
                self._done(subject)
        if subject.open and self._random.random() < PLANNED:
            self._plan(subject)

    def take(self) -> list[ActivityRow]:
        """Return what was written since the last call."""
        taken, self._rows = self._rows, []
        return taken

    def _note(self, subject: Subject) -> None:
        kind, texts = self._any(self._said)
        self._add(subject, kind, self._any(texts), self._while(subject))

    def _done(self, subject: Subject) -> None:
        ago = self._while(subject)
        due = self._day(ago)
        self._add(subject, ActivityKind.TASK, self._any(self._tasks), ago, due, self._moment(ago))

    def _plan(self, subject: Subject) -> None:
        """Plan a next step: mostly to come, some overdue or for today, few without a day."""
        draw = self._random.random()
        ago = min(subject.age, self._below(20))
        due: str | None = self._day(-1 - self._below(AHEAD))
        if draw < 0.16:
            due = self._day(1 + self._below(BEHIND))
        elif draw < 0.32:
            due = self._day(0)
        elif draw < 0.4:
            due = None
        self._add(subject, ActivityKind.TASK, self._any(self._tasks), ago, due)

    def _add(
        self,
        subject: Subject,
        kind: ActivityKind,
        text: str,
        ago: int,
        due: str | None = None,
        done_at: str | None = None,
    ) -> None:
        self._last += 1
        at = self._moment(ago)
        uid = uid7(self._milliseconds - ago * 86_400_000, self._random.getrandbits(72))
        written = text.format(name=subject.name)
        self._rows.append(
            ActivityRow(
                self._last,
                uid,
                min(at, done_at or at),
                done_at or at,
                1,
                kind.value,
                written,
                due,
                done_at,
                subject.deal_id,
                None,
                subject.owner_id,
            )
        )

    def _while(self, subject: Subject) -> int:
        """Return a day between a deal's creation and its last change, as days ago."""
        return subject.idle + self._below(subject.age - subject.idle + 1)

    def _any(self, some: Sequence[_T]) -> _T:
        return some[int(self._random.random() * len(some))]

    def _below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def _day(self, ago: int) -> str:
        return self._local[ago]

    def _moment(self, ago: int) -> str:
        """Return a working hour so many days ago, never one to come."""
        minute = self._below(8 * 60)
        moment = f"{self._utc[ago]}T{9 + minute // 60:02}:{minute % 60:02}:00.000000Z"
        return min(moment, self._now)


def chat(tx: Transaction, chats: Sequence[ChatWords]) -> None:
    """Let the contacts of the newest open deals that have a phone chat with us."""
    rows = tx.connection.execute(
        "SELECT contact.id, contact.first_name || ' ' || contact.last_name FROM deal"
        " JOIN deal_contact AS link ON link.deal_id = deal.id AND link.position = 1"
        " JOIN contact ON contact.id = link.contact_id"
        " WHERE deal.closed_at IS NULL AND contact.phone_key IS NOT NULL"
        " GROUP BY contact.id ORDER BY max(deal.id) DESC LIMIT :chats",
        {"chats": len(chats)},
    ).fetchall()
    begin = tx.now - timedelta(days=CHATTING)
    for (contact_id, name), words in zip(rows, chats, strict=False):
        moments = (begin + timedelta(hours=contact_id % 7 + 19 * n) for n in range(99))
        tx.add(
            [
                tables.Message(
                    uid=new_uid(at),
                    contact_id=contact_id,
                    at=at,
                    direction=direction,
                    author=name if direction == "in" else "",
                    text=text,
                    source="demo",
                    key=f"demo:{at.isoformat()}",
                )
                for at, (direction, text) in zip(moments, words["lines"], strict=False)
            ]
        )


def add_fields(tx: Transaction, fields: Sequence[FieldWords]) -> None:
    """Add custom fields, and values for some contacts: they came in bulk just now."""
    rows = [
        tables.CustomField(
            uid=new_uid(tx.now),
            created_at=tx.now,
            updated_at=tx.now,
            name=words["name"],
            kind=words["kind"],
            choices=json.dumps(words["choices"]),
            position=position,
        )
        for position, words in enumerate(fields, start=1)
    ]
    tx.add(rows)
    values = [
        (json.dumps({str(row.id): _value(row, number, tx.today.year) for row in rows}), number)
        for number in range(1, VALUED, 3)
    ]
    tx.connection.executemany("UPDATE contact SET custom = ? WHERE id = ?", values)


def _value(field: tables.CustomField, number: int, year: int) -> str:
    """Return a contact's value of a field."""
    choices: list[str] = json.loads(field.choices)
    if choices:
        return choices[number % len(choices)]
    return f"{year - 1 - number % 9}-{1 + number % 12:02}-01"
