"""Windows on a chat, and what a search finds in it."""

from datetime import timedelta

import pytest

from dealboard.domain.views import Hits, Message
from dealboard.store import tables
from dealboard.store.reads import messages
from tests.store.reads.conftest import NOON, World

TEXTS = ("Ciao", "perché?", "ok", "OK then", "bye")


@pytest.fixture
def chat(world: World) -> list[int]:
    """Add a chat of five messages, the last two of one moment, and return their ids in order."""
    who = world.contact("Jo")
    minutes = (0, 1, 2, 3, 3)
    rows = [
        tables.Message(
            uid=f"u{number}",
            key=f"k{number}",
            contact_id=who,
            at=NOON + timedelta(minutes=minute),
            direction="in" if number == 2 else "out",
            author="Jo" if number == 2 else "Me",
            text=text,
            source="import",
        )
        for number, (text, minute) in enumerate(zip(TEXTS, minutes, strict=True))
    ]
    return [who, *world.add(*rows)]


def ids(found: tuple[Message, ...]) -> list[int]:
    return [each.id for each in found]


def test_a_window_knows_where_it_is(world: World, chat: list[int]) -> None:
    who, *every = chat
    newest = world.read(messages.stretch, who, limit=2)
    assert ids(newest.messages) == every[3:]
    assert (newest.earlier, newest.total, newest.later) == (3, 5, 0)
    assert newest.last_in == NOON + timedelta(minutes=2)
    before = world.read(messages.stretch, who, limit=2, before=every[3])
    assert (ids(before.messages), before.earlier, before.later) == (every[1:3], 1, 2)
    since = world.read(messages.stretch, who, limit=2, since=every[1])
    assert (ids(since.messages), since.earlier, since.later) == (every[1:3], 1, 2)
    around = world.read(messages.stretch, who, limit=1, around=every[2])
    assert (ids(around.messages), around.earlier) == (every[1:3], 1)
    oldest = world.read(messages.stretch, who, limit=2, oldest=True)
    assert (ids(oldest.messages), oldest.earlier, oldest.later) == (every[:2], 0, 3)


def test_a_search_finds_so_many_and_says_that_there_are_more(
    world: World, chat: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    who, *every = chat
    monkeypatch.setattr(messages, "FOUND", 2)
    assert world.read(messages.found, who, "ok").total == "2"
    monkeypatch.setattr(messages, "FOUND", 1)
    assert world.read(messages.found, who, "ok") == Hits((every[3],), more=True)
    assert world.read(messages.found, who, "ok").total == "1+"


def test_a_search_ignores_case_and_accents(world: World, chat: list[int]) -> None:
    who, *every = chat
    assert world.read(messages.found, who, "ok") == Hits((every[3], every[2]))
    assert world.read(messages.found, who, "PERCHE").ids == (every[1],)
    assert world.read(messages.found, who, "jo").ids == (every[2],)
    assert world.read(messages.found, who, " ") == Hits()
    assert world.read(messages.authors, who) == (("out", "Me"), ("in", "Jo"))
    assert ids(world.read(messages.by_ids, (every[3], 0, every[0]))) == [every[3], every[0]]
