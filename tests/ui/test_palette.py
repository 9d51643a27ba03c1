"""The palette finds what one can jump to, and the figures what deals amount to."""

from collections.abc import Iterator

import pytest
from textual.widgets import OptionList

from dealboard import actions
from dealboard.domain.filters import DealFilter, Query
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Role
from dealboard.screens.confirm import Confirm
from dealboard.screens.contact import ContactScreen
from dealboard.screens.deal_page import DealPage
from dealboard.screens.deals import DealsScreen
from dealboard.screens.statistics import StatisticsScreen
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.drive import Robot, driving

NASTY = "Tea [/red] [@click=app.quit]x[/] \x1b[31m"


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    """Make two pipelines, three deals, a saved view."""

    def fill(tx: Transaction) -> None:
        actions.pipelines.create(tx, "Sales", [NewStage("Lead", 10), NewStage("Offer", 50)])
        actions.pipelines.create(tx, "Partners", [NewStage("Pilot", 20)])
        grace = actions.contacts.add(tx, name="Grace Hopper", phone="+39 02 123456")
        for title, stage_id, amount, reference in (
            ("Looms", 1, 120_000, "PO-7"),
            ("Wool", 2, None, None),
            (NASTY, 5, 500, None),
        ):
            actions.deals.create(
                tx,
                contacts=[grace],
                stage_id=stage_id,
                title=title,
                amount=amount,
                reference=reference,
            )
        query = Query(DealFilter(name="loom"), look="table")
        actions.saved_views.save(tx, "Hot [b]", query)

    workspace.run(fill)
    return workspace


@pytest.fixture
def operator(full: Workspace, clock: Clock) -> Iterator[Workspace]:
    """Open the workspace as a Chat Operator."""
    full.run(lambda tx: actions.team.add(tx, "Eve", role=Role.CHAT_OPERATOR))
    opened = Workspace.open(full.path, actor="Eve", clock=clock)
    yield opened
    opened.close()


def offered(robot: Robot) -> list[str]:
    """Return the lines of the palette."""
    found = robot.app.screen.query_one(OptionList)
    return [str(option.prompt) for option in found.options]


async def look_for(robot: Robot, text: str, line: str) -> None:
    """Type into the palette until a line is offered first."""
    await robot.pilot.press("ctrl+p")
    await robot.until(lambda: robot.app.screen.has_class("-ready"))
    await robot.pilot.press(*text)
    await robot.until(lambda: [each.strip() for each in offered(robot)][:1] == [line])


async def test_a_deal_is_found_and_opened_from_everywhere(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        for key, text in (("f3", "#1"), ("f4", "PO-7"), ("f10", "lóo")):
            await robot.press(key)
            line = "Looms  deal · Grace Hopper · Lead · €1,200 · PO-7"
            await look_for(robot, text, line)
            await robot.press("enter")
            await robot.until(lambda: isinstance(robot.app.screen, DealPage))
            page = robot.app.screen
            assert isinstance(page, DealPage)
            assert page.deal_id == 1
            await robot.press("q")


async def test_what_people_wrote_is_shown_as_it_is(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        shown = "Tea [/red] [@click=app.quit]x[/] ␛[31m  deal · Grace Hopper · Pilot · €5"
        await look_for(robot, "[/red] [@", shown)
        assert shown in robot.text
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))


async def test_a_contact_is_found_by_phone(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        await robot.press("ctrl+p")
        await robot.type("123456")
        await robot.until(lambda: any("contact ·" in each for each in offered(robot)))
        await robot.app.workers.wait_for_complete()  # what is offered moves until all have answered
        at = next(n for n, each in enumerate(offered(robot)) if "contact ·" in each)
        await robot.press(*["down"] * at, "enter")
        await robot.until(lambda: isinstance(robot.app.screen, ContactScreen))


async def test_pipelines_stages_and_views_are_gone_to_from_a_page(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))
        await look_for(robot, "pilot", "Pilot  stage · Partners")
        await robot.press("enter")
        await robot.until(lambda: "Partners" in robot.text and robot.board.cursor)
        await robot.until(lambda: robot.board.cursor and robot.board.cursor.stage_id == 5)
        await look_for(robot, "hot", "Hot [b]  view")
        await robot.press("enter")
        await robot.until(lambda: "1 of 3" in robot.text)
        await look_for(robot, "sale", "Sales  pipeline")
        await robot.press("enter")
        screen = robot.app.screen
        assert isinstance(screen, DealsScreen)
        await robot.until(lambda: screen.matching.pipelines == {1})


async def test_what_was_typed_on_a_page_is_not_left_without_a_word(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))
        page = robot.app.screen
        assert isinstance(page, DealPage)
        page.fields.put_cursor("title")
        await robot.press("enter")
        await robot.type("X")
        await robot.press("enter")
        await robot.until(lambda: page.dirty)
        await look_for(robot, "partn", "Partners  pipeline")
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, Confirm))
        await robot.press("y")
        await robot.until(lambda: isinstance(robot.app.screen, DealsScreen))


async def test_the_deals_one_worked_on_come_first(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        await robot.press("ctrl+p")
        await robot.until(lambda: robot.app.screen.has_class("-ready"))
        assert [each.split()[0] for each in offered(robot)[:3]] == ["Tea", "Wool", "Looms"]
        assert "an action, a deal, a contact" in robot.text


async def test_a_chat_operator_finds_contacts_only(operator: Workspace) -> None:
    async with driving(operator, operator.path) as robot:
        await robot.press("ctrl+p")
        await robot.until(lambda: robot.app.screen.has_class("-ready"))
        assert not [each for each in offered(robot) if "deal ·" in each]
        await robot.type("grace")
        await robot.until(lambda: [each for each in offered(robot) if "contact ·" in each])
        assert not [each for each in offered(robot) if "deal ·" in each]
        for text in ("loom", "#1"):
            await robot.pilot.press("ctrl+u", *text)
            await robot.until(lambda: "No matches found" in robot.text)


# ── figures ───────────────────────────────────────────────────────────────────────────────────


async def test_figures_follow_the_filter_and_tell_the_whole_by_a_key(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        await robot.press("slash")
        await robot.type("loom")
        await robot.press("enter", "I")
        await robot.until(lambda: "Figures · filtered" in robot.text and "All open" in robot.text)
        assert "Partners" not in robot.text
        (whole,) = (line for line in robot.text.splitlines() if "All open" in line)
        assert whole.split()[3:6] == ["1", "€1,200", "€120"]
        await robot.press("i")
        await robot.until(lambda: "Figures · all deals" in robot.text)
        await robot.until(lambda: " 2  " in robot.text.partition("All open")[2])
        await robot.press("i", "I")
        assert isinstance(robot.app.screen, DealsScreen)


async def test_figures_of_the_table_are_of_all_pipelines(full: Workspace) -> None:
    async with driving(full, full.path) as robot:
        await robot.press("t", "I")
        await robot.until(lambda: "All pipelines" in robot.text)
        assert isinstance(robot.app.screen, StatisticsScreen)
        full.run(lambda tx: actions.deals.win(tx, 1))
        await robot.until(lambda: "Win rate 100% · 1 won" in robot.text)
        await robot.pilot.resize_terminal(60, 12)
        await robot.press("G")
        assert "Win rate" in robot.text
        await robot.press("question_mark")
        await robot.until(lambda: "With or without the filter" in robot.text)
