"""Chats into a workspace: each message once, who is who, and what time it was."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealboard import actions
from dealboard.chat import people
from dealboard.chat.export import Said
from dealboard.chat.importer import PORTION, Import, Reading
from dealboard.chat.keeping import log_opened
from dealboard.chat.links import NoNumber, wa_me
from dealboard.domain.views import Message, Role
from dealboard.errors import NotFound, NotPermitted, Refused, UnknownName
from dealboard.store.reads import messages
from dealboard.workspace import Workspace
from tests.chat.written import STYLES, written

ANDROID = STYLES[0]
BEGIN = datetime(2026, 3, 12, 9, 15)  # noqa: DTZ001 -- as exported
READING = Reading("dmy", "Me", UTC)


def chat(*texts: str, start: datetime = BEGIN) -> list[Said]:
    """Return a talk of two, a message a minute."""
    return [
        Said(start + timedelta(minutes=number), ("Ada", "Me")[number % 2], text)
        for number, text in enumerate(texts)
    ]


def export(path: Path, said: Sequence[Said]) -> Path:
    file = path.parent / "chat.txt"
    file.write_bytes(written(said, ANDROID))
    return file


def contact(workspace: Workspace, name: str = "Ada Lovelace", **fields: Any) -> int:
    first, _, last = name.partition(" ")
    add = actions.contacts.add
    return int(workspace.run(lambda tx: add(tx, first_name=first, last_name=last, **fields)).value)


def take(
    workspace: Workspace, who: int, file: Path, reading: Reading = READING, **how: Any
) -> tuple[int, int]:
    taking = Import(workspace, who, workspace.user.id, workspace.now)
    taking.run(file, reading, **how)
    return taking.added, taking.known


def kept(workspace: Workspace, who: int) -> tuple[Message, ...]:
    return workspace.read(messages.of_contact, who, limit=10_000)


# ── once and once only ────────────────────────────────────────────────────────────────────────


def test_again_adds_nothing_and_a_newer_export_what_is_new(workspace: Workspace) -> None:
    who, said = contact(workspace), chat("hi", "ok", "", "ok\nthen", "bye")
    assert take(workspace, who, export(workspace.path, said[:4])) == (4, 0)
    assert take(workspace, who, export(workspace.path, said[:4])) == (0, 4)
    assert take(workspace, who, export(workspace.path, said[2:])) == (1, 2)
    assert [each.text for each in kept(workspace, who)] == ["hi", "ok", "", "ok\nthen", "bye"]
    assert [each.direction for each in kept(workspace, who)] == ["in", "out", "in", "out", "in"]
    assert kept(workspace, who)[1].author == "Me"


def test_equal_messages_of_one_minute_are_all_kept(workspace: Workspace) -> None:
    who = contact(workspace)
    three = [Said(BEGIN, "Ada", "ok")] * 3
    assert take(workspace, who, export(workspace.path, three)) == (3, 0)
    assert take(workspace, who, export(workspace.path, three[1:])) == (0, 2)


def test_two_contacts_may_have_the_same_chat(workspace: Workspace) -> None:
    file = export(workspace.path, chat("hi", "ho"))
    one, other = contact(workspace), contact(workspace, "Bo")
    assert take(workspace, one, file) == take(workspace, other, file) == (2, 0)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(["ok", "ok\nok", "é", ""]), max_size=12), st.data())
def test_any_two_exports_of_one_chat_make_one(
    workspace: Workspace, texts: list[str], data: st.DataObject
) -> None:
    said = [each._replace(at=BEGIN) for each in chat(*texts, "end")]
    middle = data.draw(st.integers(0, len(said) - 1))
    who = contact(workspace)
    take(workspace, who, export(workspace.path, said[middle:]))
    take(workspace, who, export(workspace.path, said))
    assert sorted(m.text for m in kept(workspace, who)) == sorted(s.text for s in said)


def test_what_was_stopped_goes_on(workspace: Workspace) -> None:
    class Stopped(Exception):
        """Enough."""

    who = contact(workspace)
    file = export(workspace.path, chat(*("x" * 200 for _ in range(3 * PORTION))))

    def progress(done: int, size: int) -> None:
        if done > size * 0.6:
            raise Stopped

    with pytest.raises(Stopped):
        take(workspace, who, file, progress=progress)
    half = len(kept(workspace, who))
    assert half in (PORTION, 2 * PORTION)
    assert take(workspace, who, file) == (3 * PORTION - half, half)


def test_what_was_opened_and_then_sent_stands_once(workspace: Workspace) -> None:
    who, at = contact(workspace), BEGIN.replace(tzinfo=UTC)
    for text, moment in (
        ("sent", at + timedelta(seconds=59)),
        ("other words", at),
        ("sent", at - timedelta(days=3)),
    ):
        log_opened(workspace, who, workspace.user, text, moment)
    take(workspace, who, export(workspace.path, [Said(BEGIN, "Me", "sent")]))
    found = [(each.text, each.source) for each in kept(workspace, who)]
    assert found == [("sent", "wa.me"), ("other words", "wa.me"), ("sent", "import")]


# ── when ──────────────────────────────────────────────────────────────────────────────────────


def test_times_are_those_of_the_zone(workspace: Workspace) -> None:
    who, rome = contact(workspace), ZoneInfo("Europe/Rome")
    take(workspace, who, export(workspace.path, chat("hi")), Reading("dmy", "Me", rome))
    assert kept(workspace, who)[0].at == datetime(2026, 3, 12, 8, 15, tzinfo=UTC)


def test_an_hour_that_comes_twice_keeps_its_order(workspace: Workspace) -> None:
    who, rome = contact(workspace), ZoneInfo("Europe/Rome")
    clock = ((2, 40), (2, 59), (2, 5), (2, 10), (3, 0))
    said = [
        Said(BEGIN.replace(month=10, day=25, hour=h, minute=m), "Ada", f"{m}") for h, m in clock
    ]
    take(workspace, who, export(workspace.path, said), Reading("dmy", "Me", rome))
    assert [each.text for each in kept(workspace, who)] == ["40", "59", "5", "10", "0"]
    assert kept(workspace, who)[2].at == datetime(2026, 10, 25, 1, 5, tzinfo=UTC)


# ── who may, and whose ────────────────────────────────────────────────────────────────────────


def test_chat_operators_may_and_who_left_may_not(workspace: Workspace) -> None:
    who, file = contact(workspace), export(workspace.path, chat("hi", "ho"))
    add = actions.team.add
    for role, name in ((Role.CHAT_OPERATOR, "Olga"), (Role.ADMINISTRATOR, "Gone")):
        workspace.run(lambda tx, role=role, name=name: add(tx, name, role=role))  # type: ignore[misc]
    gone = Workspace.open(workspace.path, actor="Gone", clock=lambda: workspace.now)
    workspace.run(lambda tx: actions.team.edit(tx, gone.user.id, active=False))
    with pytest.raises(NotPermitted):
        take(gone, who, file)
    gone.close()
    olga = Workspace.open(workspace.path, actor="Olga", clock=lambda: workspace.now)
    assert take(olga, who, file) == (2, 0)
    olga.close()


def test_a_contact_that_is_gone_or_forgotten_takes_no_chat(workspace: Workspace) -> None:
    who, file = contact(workspace), export(workspace.path, chat("hi"))
    with pytest.raises(NotFound):
        take(workspace, who + 1, file)
    take(workspace, who, file)
    workspace.run(lambda tx: actions.contacts.forget(tx, who))
    assert kept(workspace, who) == ()
    with pytest.raises(Refused):
        take(workspace, who, file)


def test_merged_contacts_have_both_chats_once(workspace: Workspace) -> None:
    one, other = contact(workspace), contact(workspace, "A. Lovelace")
    said = chat("hi", "ho", "hm")
    take(workspace, one, export(workspace.path, said[:2]))
    take(workspace, other, export(workspace.path, said[1:]))
    workspace.run(lambda tx: actions.contacts.merge(tx, other, one))
    assert [each.text for each in kept(workspace, one)] == ["hi", "ho", "hm"]


# ── which one is you ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("senders", "known", "me"),
    [
        (("Ada Lovelace", "Boss"), {}, "Boss"),
        (("Ada", "Boss"), {}, "Boss"),
        (("Ada", "Boss"), {"contact": "Somebody", "file": "WhatsApp Chat with Ada"}, "Boss"),
        (("+44 20 7946 0018", "Boss"), {"phone": "442079460018"}, "Boss"),
        (("Cy", "Olga"), {"user": "Olga Owner"}, "Olga"),
        (("Cy", "Di"), {}, None),
        (("Cy", "Di"), {"mine": ("DI",)}, "Di"),
        (("Cy", "Di"), {"theirs": ("Cy",)}, "Di"),
        (("Cy", "Di", "Ada Lovelace"), {}, None),
        (("Cy", "Di", "Ada Lovelace"), {"mine": ("Cy",)}, "Cy"),
        (("Ada Lovelace",), {}, ""),
        (("Cy",), {}, None),
        ((), {}, ""),
    ],
)
def test_who_the_user_is_where_it_can_be_told(
    senders: tuple[str, ...], known: dict[str, Any], me: str | None
) -> None:
    hints = people.Hints("Ada Lovelace", "", "Olga Owner", (), (), (), "_chat")._replace(**known)
    assert people.guess(dict.fromkeys(senders, 1), hints) == me


def test_an_import_teaches_the_next_one(workspace: Workspace) -> None:
    who, file = contact(workspace, "Somebody"), export(workspace.path, chat("hi", "ho"))
    known = workspace.read(people.hints, who, workspace.user, file)
    assert people.guess({"Cy": 1, "Me": 1}, known) is None
    workspace.remember(*people.remembering(known, workspace.user, "Me"))
    known = workspace.read(people.hints, contact(workspace, "Other"), workspace.user, file)
    assert people.guess({"Di": 1, "Me": 1}, known) == "Me"
    with pytest.raises(UnknownName, match="Nobody"):
        people.named({"Cy": 1, "Me": 1}, "Nobody")


# ── links ─────────────────────────────────────────────────────────────────────────────────────


def test_a_link_has_digits_and_escaped_words() -> None:
    assert wa_me("Ada", "+393491234567") == "https://wa.me/393491234567"
    link = wa_me("Ada", "+393491234567", "Ciao, perché no?\r\n100% & più 🎉")
    assert link == (
        "https://wa.me/393491234567?text=Ciao%2C%20perch%C3%A9%20no%3F%0A100%25%20%26%20pi%C3%B9%20"
        "%F0%9F%8E%89"
    )
    with pytest.raises(NoNumber, match="Ada has no WhatsApp number"):
        wa_me("Ada", None)
