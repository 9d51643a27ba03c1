"""What a day asks for, what the cards say is next, and which deals rot."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dealboard.domain.rotting import idle_days, rotting
from dealboard.domain.views import Agenda, Card, Listed, NextStep, Prospect
from dealboard.store import tables
from dealboard.store.reads import activities, board, today
from tests.store.reads.conftest import NOON, TODAY, World

WEEK = timedelta(days=7)


def ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def task(world: World, deal: int | None, text: str = "call", **fields: Any) -> int:
    values: dict[str, Any] = {"kind": "task", "user_id": world.ada, "created_at": NOON} | fields
    row = tables.Activity(uid=str(uuid4()), updated_at=NOON, text=text, deal_id=deal, **values)
    return world.add(row)[0]


def note(world: World, deal: int, at: datetime, **fields: Any) -> int:
    return task(world, deal, "note", kind="note", created_at=at, **fields)


def card(world: World, deal: int) -> Card:
    return world.read(board.cards, [deal], TODAY)[0]


def agenda(world: World, user: int | None = None, **how: Any) -> Agenda:
    return world.read(today.agenda, user_id=user, today=TODAY, **how)


def titles(listed: Listed[Prospect]) -> list[str]:
    return [item.card.title for item in listed.items]


# ── next steps ────────────────────────────────────────────────────────────────────────────────


def test_the_next_step_is_the_open_task_that_is_due_first(world: World) -> None:
    deal, other = world.deal(), world.deal()
    task(world, deal, "some day")
    task(world, deal, "done", due=day(-9), done_at=NOON)
    task(world, deal, "later", due=day(5))
    task(world, deal, "first\nof all", due=day(-1))
    task(world, other, "some day")
    assert card(world, deal).next_step == NextStep("first", day(-1))
    assert card(world, other).next_step == NextStep("some day", None)
    assert [each.text for each in world.read(activities.open_tasks, deal)] == [
        "first\nof all",
        "later",
        "some day",
    ]


def test_open_tasks_come_before_what_was_newest_first(world: World) -> None:
    deal = world.deal()
    note(world, deal, ago(2))
    task(world, deal, "done", done_at=ago(1), created_at=ago(9))
    task(world, deal, "later", due=day(5))
    task(world, deal, "now", due=day(0))
    found = world.read(activities.of_deal, deal)
    assert [each.text for each in found] == ["now", "later", "done", "note"]
    assert world.read(activities.activity, found[0].id) == found[0]
    assert world.read(activities.of_deal, 99) == ()


# ── rotting ───────────────────────────────────────────────────────────────────────────────────


def test_a_deal_rots_after_its_stages_days() -> None:
    assert rotting(7, 6, None, TODAY) is None
    assert rotting(7, 7, None, TODAY) == 7
    assert rotting(None, 700, None, TODAY) is None
    assert rotting(7, 9, day(0), TODAY) is None
    assert rotting(7, 9, day(-1), TODAY) == 9
    assert idle_days(ago(3), TODAY) == 3
    assert idle_days(NOON + WEEK, TODAY) == 0


@pytest.fixture
def stale(world: World) -> int:
    """Return a deal that has not been touched for thirty days, in a stage of seven."""
    stage = world.stage("Stale", 5, 30)
    with world.replacing() as session:
        session.get_one(tables.Stage, stage).rotting_days = 7
    return world.deal("Stale", stage=stage, created=ago(30), people=[world.contact("Bob")])


def test_a_deal_that_nobody_touches_rots(world: World, stale: int) -> None:
    assert card(world, stale).rotting == 30
    assert titles(agenda(world).rotting) == ["Stale"]


@pytest.mark.parametrize("days", [3, 12])
@pytest.mark.parametrize("what", ["edit", "note", "done", "message", "stage"])
def test_what_happens_to_it_winds_the_clock_anew(
    world: World, stale: int, what: str, days: int
) -> None:
    at = ago(days)
    match what:
        case "note":
            note(world, stale, at)
        case "done":
            task(world, stale, due=day(-20), done_at=at, created_at=ago(29))
        case "message":
            world.add(
                tables.Message(
                    uid="m", contact_id=1, at=at, direction="in", text="hi", source="", key="k"
                )
            )
        case _:
            with world.replacing() as session:
                deal = session.get_one(tables.Deal, stale)
                setattr(deal, "updated_at" if what == "edit" else "stage_entered_at", at)
    expected = days if days >= 7 else None
    assert card(world, stale).rotting == expected
    assert agenda(world).rotting.total == (expected is not None)


@pytest.mark.parametrize(("due", "rots"), [(-1, True), (0, False), (90, False), (None, True)])
def test_a_task_for_today_or_later_keeps_it_fresh(
    world: World, stale: int, due: int | None, rots: bool
) -> None:
    task(world, stale, "waits", due=day(-5))
    task(world, stale, due=None if due is None else day(due), created_at=ago(29))
    assert (card(world, stale).rotting is not None) is rots
    assert bool(agenda(world).rotting.total) is rots


def test_closed_deals_never_rot(world: World, stale: int) -> None:
    with world.replacing() as session:
        session.get_one(tables.Stage, world.won).rotting_days = 1
        session.get_one(tables.Deal, stale).stage_id = world.won
    assert card(world, stale).rotting is None
    assert agenda(world).rotting.total == 0


# ── the day ───────────────────────────────────────────────────────────────────────────────────


def test_the_days_tasks_say_what_they_are_about_and_whom_to_call(world: World) -> None:
    bob, eve = world.contact("Bob", phone="1"), world.contact("Eve")
    deal = world.deal("Acme", people=[bob, eve])
    task(world, deal, "overdue", due=day(-1))
    task(world, deal, "with Eve", due=day(-3), contact_id=eve)
    task(world, None, "card", due=TODAY, contact_id=eve)
    task(world, deal, "later", due=day(1))
    task(world, deal, "done", due=TODAY, done_at=NOON)
    task(world, deal, "some day")
    found = agenda(world)
    assert [
        (errand.activity.text, errand.subject, errand.person and errand.person.name)
        for errand in (*found.overdue.items, *found.due.items)
    ] == [("with Eve", "Acme", "Eve"), ("overdue", "Acme", "Bob"), ("card", "Eve", "Eve")]
    contacts_only = agenda(world, with_deals=False)
    assert [errand.activity.text for errand in contacts_only.due.items] == ["card"]
    assert [listed.total for listed in contacts_only] == [0, 1, 0, 0, 0, 0]


def test_the_days_deals(world: World) -> None:
    planned = world.deal("planned", close=day(30))
    task(world, planned, due=day(9))
    world.deal("late", close=day(-2))
    world.deal("today", close=TODAY)
    world.deal("sunday", close=day(6))
    world.deal("next week", close=day(7))
    world.deal("won", stage=world.won, close=day(-2), closed=NOON)
    found = agenda(world)
    assert titles(found.late) == ["late"]
    assert titles(found.closing) == ["today", "sunday"]
    assert titles(found.stepless) == ["late", "today", "sunday", "next week"]
    assert titles(agenda(world, first_weekday=6).closing) == ["today"]
    assert found.closing.items[0][1:] == ("Sales", "Lead", None)


def test_a_day_is_ones_own_or_everybodys(world: World) -> None:
    eve = world.user("Eve")
    hers = world.deal("hers", owner_id=eve, close=day(-1))
    mine = world.deal("mine", close=day(-1))
    task(world, mine, "for Eve", due=TODAY, user_id=eve)
    task(world, hers, "for Ada", due=TODAY)
    assert [errand.activity.text for errand in agenda(world, eve).due.items] == ["for Eve"]
    assert titles(agenda(world, eve).late) == ["hers"]
    assert [listed.total for listed in agenda(world)][1:3] == [2, 2]


def test_long_lists_are_cut_and_counted(world: World) -> None:
    rows = [world.unsaved(str(n), close=day(-9)) for n in range(5)]
    for deal in world.add(*rows):
        task(world, deal, due=day(-1))
    found = agenda(world, limit=2)
    assert (len(found.late.items), found.late.total) == (2, 5)
    assert (len(found.overdue.items), found.overdue.total) == (2, 5)
    assert found.stepless == Listed((), 0)


def test_an_empty_day_is_empty(world: World) -> None:
    assert agenda(world) == Agenda(*[Listed((), 0)] * 6)
