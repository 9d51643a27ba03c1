"""The day on screen: each item seen to by a key, down to the empty list."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from dealboard import actions
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Activity, Deal, Role
from dealboard.screens import contact_verbs
from dealboard.screens.activity import ActivityScreen
from dealboard.screens.contact import ContactScreen
from dealboard.screens.deal_page import DealPage
from dealboard.screens.pick import Pick
from dealboard.screens.today import TodayScreen
from dealboard.screens.typed import Typed
from dealboard.store.reads import activities, deals
from dealboard.store.transaction import Transaction
from dealboard.widgets.agenda_lines import Group, Key
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock
from tests.ui.drive import Robot, driving

TODAY = MORNING.date()
TOMORROW = TODAY + timedelta(days=1)
MONDAY = date(2026, 11, 30)


@pytest.fixture
def busy(workspace: Workspace) -> Workspace:
    """Make three tasks, two for today, on the deal Acme; Looms closed late; Wool has no step."""

    def fill(tx: Transaction) -> None:
        actions.pipelines.create(tx, "Sales", [NewStage("Lead", 10)])
        ada = actions.contacts.add(tx, name="Grace", phone="+39 02 123456")
        bob = actions.contacts.add(tx, name="Bob")
        for title, who, close in (
            ("Acme", ada, date(2027, 3, 1)),
            ("Looms", bob, TODAY - timedelta(days=3)),
            ("Wool", bob, date(2027, 3, 2)),
        ):
            actions.deals.create(
                tx, contacts=[who], stage_id=1, title=title, close_date=close, amount=100
            )
        add = actions.activities.add
        add(tx, "task", "Send offer", deal_id=1, due=TODAY - timedelta(days=2))
        add(tx, "task", "Call back", deal_id=1, due=TODAY)
        add(tx, "task", "Say [/red] thanks", contact_id=bob, due=TODAY)
        add(tx, "task", "Ask for samples", deal_id=2, due=date(2027, 1, 4))

    workspace.run(fill)
    return workspace


@pytest.fixture
def other(busy: Workspace, clock: Clock) -> Iterator[Workspace]:
    """Open another window or command line on the same file."""
    opened = Workspace.open(busy.path, clock=clock)
    yield opened
    opened.close()


def task(workspace: Workspace, number: int) -> Activity:
    return workspace.read(activities.activity, number)


def deal(workspace: Workspace, number: int) -> Deal:
    return workspace.read(deals.deal, number)


async def to_today(robot: Robot) -> TodayScreen:
    await robot.press("T")
    screen = robot.app.screen
    assert isinstance(screen, TodayScreen)
    await robot.until(lambda: screen.agenda.day.sections)
    return screen


def cursor(screen: TodayScreen) -> tuple[str, int] | None:
    key = screen.agenda.cursor
    return (key.group.value, key.id) if isinstance(key, Key) else None


async def test_the_day_is_walked_down_to_nothing(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        assert "1 Overdue 1   2 Today 2   3 Late 1   4 Closing 0" in robot.text
        assert "Say [/red] thanks" in robot.text
        await robot.press("space")
        await robot.until(lambda: cursor(screen) == ("due", 2))
        assert task(busy, 1).done_at is not None
        assert "Done: Send offer · u undoes" in robot.text
        await robot.press("d", "d")
        await robot.until(lambda: cursor(screen) == ("late", 2))
        assert "Overdue 0   2 Today 0" in robot.text
        await robot.press("+")
        await robot.until(lambda: not screen.agenda.day.first_of(Group.LATE))
        assert deal(busy, 2).close_date == TOMORROW
        await robot.until(lambda: screen.agenda.day.first_of(Group.CLOSING))
        for key in ("w", "w", "w"):
            await robot.press(key)
        await robot.until(lambda: "Nothing left for today." in robot.text)
        await robot.press("u")
        await robot.until(lambda: len(screen.agenda.day.items) == 1)
        assert "Nothing left" not in robot.text


async def test_undo_brings_it_back_under_the_cursor(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.press("j", "d", "j", "j")
        await robot.until(lambda: cursor(screen) != ("due", 2))
        await robot.press("u")
        await robot.until(lambda: cursor(screen) == ("due", 2))
        assert task(busy, 2).done_at is None


async def test_a_task_is_put_off_by_a_day_to_monday_or_to_any_day(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.press("+")
        await robot.until(lambda: task(busy, 1).due == TOMORROW)
        await robot.until(lambda: cursor(screen) == ("due", 2))
        await robot.press("M")
        await robot.until(lambda: task(busy, 2).due == MONDAY)
        await robot.until(lambda: cursor(screen) == ("due", 3))
        await robot.press("=")
        await robot.until(lambda: isinstance(robot.app.screen, Typed))
        await robot.type("2w")
        await robot.press("enter")
        await robot.until(lambda: task(busy, 3).due == TODAY + timedelta(days=14))
        await robot.press("u")
        await robot.until(lambda: cursor(screen) == ("due", 3))
        await robot.press("z")
        await robot.until(lambda: isinstance(robot.app.screen, Pick))
        await robot.press("w")
        await robot.until(lambda: task(busy, 3).due == TODAY + timedelta(days=7))


async def test_a_deal_without_a_step_is_put_off_by_giving_it_one(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.press("6")
        assert cursor(screen) == ("stepless", 3)
        await robot.press("+")
        await robot.until(lambda: not screen.agenda.day.first_of(Group.STEPLESS))
        (step,) = busy.read(activities.of_deal, 3)
        assert (step.text, step.due) == ("Follow up", TOMORROW)


async def test_the_next_step_is_added_and_the_deal_leaves(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.press("6", "a")
        await robot.until(lambda: isinstance(robot.app.screen, ActivityScreen))
        await robot.type("Visit")
        await robot.press("f2")
        await robot.until(lambda: robot.app.screen is screen)
        await robot.until(lambda: not screen.agenda.day.first_of(Group.STEPLESS))
        (step,) = busy.read(activities.of_deal, 3)
        assert (step.text, step.contact_id) == ("Visit", 2)


async def test_a_call_is_made_and_logged(busy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(contact_verbs, "can_open", lambda: True)
    async with driving(busy, busy.path) as robot:
        monkeypatch.setattr(robot.app, "open_url", opened.append)
        await to_today(robot)
        await robot.press("c")
        await robot.until(lambda: isinstance(robot.app.screen, ActivityScreen))
        assert opened == ["tel:+3902123456"]
        await robot.type("Likes it")
        await robot.press("f2")
        await robot.until(lambda: not isinstance(robot.app.screen, ActivityScreen))
        logged = next(each for each in busy.read(activities.of_deal, 1) if each.kind == "call")
        assert (logged.text, logged.contact_id) == ("Likes it", 1)
        await robot.press("3", "c")
        await robot.until(lambda: "Bob has no phone number" in robot.text)


async def test_what_is_listed_is_opened(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.press("3", "enter")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))
        await robot.press("q")
        assert cursor(screen) == ("late", 2)
        line = screen.agenda.line_of(Key(Group.DUE, 3))
        assert line is not None
        await robot.pilot.click(screen.agenda, offset=(8, line), times=2)
        await robot.until(lambda: isinstance(robot.app.screen, ContactScreen))


async def test_groups_are_reached_by_keys_and_by_the_mouse(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        seen = []
        for _ in range(4):
            seen.append(cursor(screen))
            await robot.press("tab")
        assert seen == [("overdue", 1), ("due", 2), ("late", 2), ("stepless", 3)]
        assert cursor(screen) == ("overdue", 1)
        await robot.press("shift+tab", "4")
        assert cursor(screen) == ("stepless", 3)
        await robot.pilot.click("GroupTabs", offset=(20, 0))
        await robot.until(lambda: cursor(screen) == ("due", 2))


async def test_groups_that_do_not_fit_make_room_for_the_one_in_front(busy: Workspace) -> None:
    async with driving(busy, busy.path, size=(44, 24)) as robot:
        await to_today(robot)
        tabs = robot.text.splitlines()[1]
        assert "Overdue 1" in tabs
        assert tabs.endswith("…")
        await robot.press("6")
        tabs = robot.text.splitlines()[1]
        assert "No step" in tabs
        assert tabs.startswith("…")


async def test_what_somebody_else_saw_to_stays_under_the_cursor_and_means_nothing(
    busy: Workspace, other: Workspace
) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.press("j")
        other.run(lambda tx: actions.activities.done(tx, 2))
        await robot.until(lambda: "done elsewhere" in robot.text)
        assert cursor(screen) == ("due", 2)
        await robot.press("d", "+", "w")
        assert [each.done_at for each in (task(busy, 1), task(busy, 3))] == [None, None]
        assert deal(busy, 1).closed_at is None
        await robot.press("j")
        await robot.until(lambda: "done elsewhere" not in robot.text)
        assert cursor(screen) == ("due", 3)


async def test_a_key_pressed_twice_at_once_means_one_item_once(busy: Workspace) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        screen.action_shift(1)
        screen.action_shift(1)
        await robot.until(lambda: cursor(screen) == ("due", 2))
        assert task(busy, 1).due == TOMORROW
        assert task(busy, 2).due == TODAY


async def test_ones_own_day_and_everybodys(busy: Workspace) -> None:
    def give(tx: Transaction) -> None:
        eve = actions.team.add(tx, name="Eve", role=Role.ADMINISTRATOR)
        actions.deals.assign_many(tx, [2, 3], eve)
        actions.activities.edit(tx, 1, {"user_id": eve})

    busy.run(give)
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        assert [key.id for key in screen.agenda.day.keys] == [2, 3]
        await robot.press("o")
        await robot.until(lambda: len(screen.agenda.day.items) == 5)
        assert "Everybody's · 5 items" in robot.text
        assert "Eve" in robot.text
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        await robot.until(lambda: len(screen.agenda.day.items) == 5)


@pytest.fixture
def operators(busy: Workspace, clock: Clock) -> Iterator[Workspace]:
    """Open the workspace as a Chat Operator who has a task on a deal and one about a contact."""

    def join(tx: Transaction) -> None:
        eve = actions.team.add(tx, name="Eve")
        for number in (1, 3):
            actions.activities.edit(tx, number, {"user_id": eve})
        actions.team.edit(tx, eve, role=Role.CHAT_OPERATOR)

    busy.run(join)
    opened = Workspace.open(busy.path, actor="Eve", clock=clock)
    yield opened
    opened.close()


async def test_a_chat_operator_has_the_tasks_about_contacts(operators: Workspace) -> None:
    async with driving(operators, operators.path) as robot:
        screen = await to_today(robot)
        assert [key.id for key in screen.agenda.day.keys] == [3]
        assert "Late" not in robot.text
        assert "New deal" not in robot.text
        await robot.press("w", "n", "N", "6")
        assert robot.app.screen is screen
        await robot.press("d")
        await robot.until(lambda: "Nothing left for today." in robot.text)


async def test_tomorrow_is_another_day(busy: Workspace, clock: Clock) -> None:
    async with driving(busy, busy.path) as robot:
        screen = await to_today(robot)
        clock.advance(days=1)
        await robot.press("f2", "T")
        await robot.until(lambda: "Overdue 3" in robot.text)
        assert screen.agenda.look.today == TOMORROW
