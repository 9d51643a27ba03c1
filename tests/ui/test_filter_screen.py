"""The structured filter: every field by keys and mouse, and a count that keeps up."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.domain.changes import DealChanges
from dealboard.domain.filter_words import Part
from dealboard.domain.filters import Days, DealFilter
from dealboard.domain.stages import NewStage, StageKind
from dealboard.screens.filter import FilterScreen
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.desk import UNANSWERED, at_desk

MONTH = Days(date(2026, 11, 1), date(2026, 11, 30), "this month")


@pytest.fixture(scope="module")
def filled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make two pipelines and four deals of two owners, one of whom has left; tests copy it."""
    path = tmp_path_factory.mktemp("filled") / "dealboard.db"
    shutil.copy(blank, path)
    opened = Workspace.open(path, clock=Clock())
    run = opened.run
    run(lambda tx: actions.pipelines.create(tx, "Sales [x]", [NewStage("Lead"), NewStage("Offer")]))
    run(lambda tx: actions.pipelines.create(tx, "Onboarding", [NewStage("Kick-off")]))
    run(lambda tx: actions.team.add(tx, "Grace Hopper"))
    run(lambda tx: actions.contacts.add(tx, name="Bo"))
    for title, stage, owner, amount, close in (
        ("Acme", 1, 1, 100_000, date(2026, 11, 27)),
        ("Bolt", 2, 2, 200_000, date(2026, 11, 10)),
        ("Café", 3, 2, None, None),
        ("Dune", 5, 1, 50_000, None),
    ):
        changes = DealChanges(
            contacts=[1], title=title, stage_id=stage, owner_id=owner, amount=amount
        )
        if close is not None:
            changes["close_date"] = close
        run(lambda tx, values=changes: actions.deals.create(tx, **values))  # type: ignore[misc]
    run(lambda tx: actions.team.edit(tx, 2, active=False))
    opened.close()
    return path


@pytest.fixture
def workspace(filled: Path, path: Path, clock: Clock) -> Iterator[Workspace]:
    shutil.copy(filled, path)
    opened = Workspace.open(path, clock=clock)
    yield opened
    opened.close()


async def test_fields_by_keys_and_a_count_that_follows(workspace: Workspace) -> None:
    async with at_desk(workspace, FilterScreen(DealFilter())) as desk:
        await desk.shows("4 deals · €3.5k")
        await desk.press("down", "space")
        await desk.shows("Grace Hopper (inactive)")
        await desk.press("2", "enter")
        await desk.shows("2 of 4 · €2k")
        await desk.press("down", "space")
        await desk.shows("1 of 4 · €2k")
        await desk.press("down", "down")
        await desk.type("this mont")
        await desk.shows("not a date")
        await desk.shows("–")
        await desk.type("h")
        await desk.shows("1–30 Nov 2026")
        await desk.shows("1 of 4 · €2k")
        await desk.press("enter")
        assert await desk.answered() == DealFilter(
            owners=frozenset({2}), kinds=frozenset({StageKind.OPEN}), close=MONTH
        )


async def test_the_usual_ranges_are_a_key_away(workspace: Workspace) -> None:
    async with at_desk(workspace, FilterScreen(DealFilter(), part=Part.CLOSE)) as desk:
        await desk.shows("4 deals")
        await desk.press("space")
        await desk.shows("30 Nov – 6 Dec 2026")
        await desk.press("1")
        await desk.shows("1 of 4 · €2k")
        await desk.type(", none")
        await desk.shows("overdue or no close date")
        await desk.shows("2 of 4 · €2.5k")
        await desk.press("f4")
        await desk.shows("next quarter")
        await desk.press("escape", "enter")
        assert await desk.answered() == DealFilter(no_close_date=True, overdue=True)


async def test_a_date_that_is_none_stops_it_beside_the_field(workspace: Workspace) -> None:
    async with at_desk(workspace, FilterScreen(DealFilter(), part=Part.CREATED)) as desk:
        await desk.shows("4 deals")
        await desk.type("soon")
        await desk.press("down")
        await desk.shows("✗ not a date")
        await desk.press("f2")
        await desk.shows("Write it like")
        assert desk.answer == UNANSWERED
        await desk.press("backspace", "backspace", "backspace", "backspace", "enter")
        assert await desk.answered() == DealFilter()


async def test_a_filter_is_shown_as_it_is_and_cleared_by_a_key(workspace: Workspace) -> None:
    criteria = DealFilter(
        name="acme",
        pipelines=frozenset({1}),
        stages=frozenset({1, 99}),
        owners=frozenset({1}),
        created=Days(date(2026, 11, 1)),
        close=MONTH,
        overdue=True,
    )
    async with at_desk(workspace, FilterScreen(criteria)) as desk:
        for text in ("Sales [x]", "Lead, 1 deleted", "Ada Owner", "2026-11-01..", "from 1 Nov"):
            await desk.shows(text)
        await desk.shows("overdue, this month")
        await desk.press("enter")
        assert await desk.answered() == criteria
    async with at_desk(workspace, FilterScreen(criteria)) as desk:
        await desk.shows("Lead")
        await desk.press("f8")
        await desk.shows("4 deals · €3.5k")
        await desk.press("enter")
        assert await desk.answered() == DealFilter()


async def test_other_pipelines_take_their_stages_along(workspace: Workspace) -> None:
    criteria = DealFilter(stages=frozenset({1}))
    async with at_desk(workspace, FilterScreen(criteria, part=Part.PIPELINE)) as desk:
        await desk.shows("1 of 4 · €1k")
        await desk.press("space", "2", "enter")
        await desk.shows("1 of 4 · €500")
        await desk.press("enter")
        assert await desk.answered() == DealFilter(pipelines=frozenset({2}))


async def test_on_a_board_there_is_one_pipeline(workspace: Workspace) -> None:
    here = DealFilter(pipelines=frozenset({1}), owners=frozenset({2}))
    async with at_desk(workspace, FilterScreen(here, board=True, part=Part.PIPELINE)) as desk:
        await desk.shows("2 of 3 · €2k")
        await desk.press("f8")
        await desk.shows("3 deals · €3k")
        await desk.press("backspace", "space", "2")
        await desk.shows("1 deal · €500")
        await desk.press("enter")
        assert await desk.answered() == DealFilter(pipelines=frozenset({2}))


async def test_everything_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace, FilterScreen(DealFilter())) as desk:
        await desk.shows("4 deals")
        await desk.pilot.click("#owner")
        await desk.shows("Owners")
        await desk.pilot.click("#choices", offset=(5, 0))
        await desk.pilot.click("#done")
        await desk.shows("2 of 4 · €1.5k")
        await desk.pilot.click("#status", offset=(13, 0))
        await desk.shows("0 of 4")
        await desk.pilot.click("#status", offset=(13, 0))
        await desk.pilot.click("#field-close Opener")
        await desk.shows("next quarter")
        await desk.pilot.click("#choices", offset=(5, 2))
        await desk.shows("1 of 4 · €1k")
        await desk.pilot.click("#apply")
        week = Days(date(2026, 11, 23), date(2026, 11, 29), "this week")
        assert await desk.answered() == DealFilter(owners=frozenset({1}), close=week)


@pytest.mark.parametrize("size", [(80, 24), (50, 20), (200, 60)])
async def test_it_fits(workspace: Workspace, size: tuple[int, int]) -> None:
    async with at_desk(workspace, FilterScreen(DealFilter()), size=size) as desk:
        await desk.shows("4 deals")
        for text in ("Stage", "Owner", "Status", "Created", "Close date", "Name"):
            assert text in desk.text
        await desk.press("escape")
        assert await desk.answered() is None


async def test_a_fast_typist_is_kept_in_order(workspace: Workspace) -> None:
    async with at_desk(workspace, FilterScreen(DealFilter(), part=Part.NAME)) as desk:
        await desk.shows("4 deals")
        await desk.burst("b", "a", "backspace", "o", "l", "t", "enter")
        assert await desk.answered() == DealFilter(name="bolt")
