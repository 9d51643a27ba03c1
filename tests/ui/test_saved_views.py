"""Saved views: opened by a key, kept in order, and never lost by a reflex."""

from datetime import date

import pytest

from dealboard import actions
from dealboard.domain.filter_words import Names
from dealboard.domain.filters import Days, DealFilter, Query, Sort, SortKey
from dealboard.screens.saved_views import SavedViews, query_of
from dealboard.store.reads.saved_views import saved_views
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.desk import UNANSWERED, Desk, at_desk

NAMES = Names(owners={1: "Ada Owner"})
MINE = Query(DealFilter(owners=frozenset({1})), Sort(SortKey.AMOUNT, descending=True), "table")
CLOSING = Query(DealFilter(close=Days(date(2026, 11, 1), date(2026, 11, 30), "this month")))


@pytest.fixture
def two(workspace: Workspace) -> Workspace:
    """Save two views."""
    workspace.run(lambda tx: actions.saved_views.save(tx, "Mine [b]", MINE))
    workspace.run(lambda tx: actions.saved_views.save(tx, "Closing", CLOSING))
    return workspace


def names(workspace: Workspace) -> list[str]:
    return [view.name for view in workspace.read(saved_views)]


async def renamed_to(desk: Desk, workspace: Workspace, *expected: str) -> None:
    await desk.until(lambda: names(workspace) == list(expected))
    for name in expected:
        await desk.shows(name)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("1",), MINE),
        (("2",), CLOSING),
        (("down", "enter"), CLOSING),
        (("9", "escape"), None),
        (("q",), None),
    ],
)
async def test_a_view_is_a_key_away(
    two: Workspace, keys: tuple[str, ...], answer: Query | None
) -> None:
    async with at_desk(two, SavedViews(Query(), NAMES)) as desk:
        await desk.shows("Closing")
        await desk.press(*keys)
        assert await desk.answered() == answer


async def test_each_view_says_what_it_shows_and_which_is_in_force(two: Workspace) -> None:
    async with at_desk(two, SavedViews(CLOSING, NAMES)) as desk:
        await desk.shows("1   Mine [b]  owner Ada Owner · by amount ↓ · table")
        await desk.shows("2 ● Closing   closing this month · board")
        await desk.shows("now: closing this month · board")
        await desk.press("enter")
        assert await desk.answered() == CLOSING


async def test_a_view_of_last_month_means_this_one(two: Workspace, clock: Clock) -> None:
    clock.advance(days=30)
    view = two.read(saved_views)[1]
    assert query_of(view, two.today).filter.close == Days(
        date(2026, 12, 1), date(2026, 12, 31), "this month"
    )


async def test_the_first_view_is_taught_and_saved(workspace: Workspace) -> None:
    async with at_desk(workspace, SavedViews(MINE, NAMES)) as desk:
        await desk.shows("No view is saved yet.")
        await desk.press("r", "D", "o", "s")
        await desk.shows("Save this view as")
        await desk.type("My deals")
        await desk.press("enter")
        await renamed_to(desk, workspace, "My deals")
        await desk.press("1")
        assert await desk.answered() == MINE


async def test_a_name_that_is_taken_gives_way_only_when_meant(two: Workspace) -> None:
    async with at_desk(two, SavedViews(MINE, NAMES)) as desk:
        await desk.shows("Closing")
        await desk.press("s")
        await desk.type("closing")
        await desk.press("enter")
        await desk.shows("Replace the view Closing?")
        await desk.press("y")
        await desk.until(lambda: query_of(two.read(saved_views)[1], two.today) == MINE)
        assert names(two) == ["Mine [b]", "Closing"]


async def test_views_are_replaced_renamed_moved_and_deleted(two: Workspace) -> None:
    async with at_desk(two, SavedViews(CLOSING, NAMES)) as desk:
        await desk.shows("Closing")
        await desk.press("K")
        await renamed_to(desk, two, "Closing", "Mine [b]")
        await desk.press("r", "end")
        await desk.type(" soon")
        await desk.press("enter")
        await renamed_to(desk, two, "Closing soon", "Mine [b]")
        await desk.press("down", "o")
        await desk.shows("It will be: closing this month · board")
        await desk.press("y")
        await desk.until(lambda: query_of(two.read(saved_views)[1], two.today) == CLOSING)
        await desk.press("D")
        await desk.shows("Delete the view Mine [b]?")
        await desk.press("y")
        await renamed_to(desk, two, "Closing soon")
        assert desk.answer == UNANSWERED


async def test_everything_by_mouse(two: Workspace) -> None:
    async with at_desk(two, SavedViews(MINE, NAMES)) as desk:
        await desk.shows("Closing")
        await desk.pilot.click("#delete")
        await desk.shows("Delete the view Mine [b]?")
        await desk.pilot.click("#no")
        await desk.pilot.click("#save")
        await desk.shows("Save this view as")
        await desk.press("escape")
        await desk.pilot.click("#views", offset=(8, 1))
        assert await desk.answered() == CLOSING
