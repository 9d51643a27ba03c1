"""The table on a real workspace, and what it shares with the board."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.domain.stages import NewStage
from dealboard.screens.table import TableScreen
from dealboard.store.reads import deals, history, saved_views
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.drive import Robot, driving

WIDE = (200, 40)
DEALS = (
    ("Zenith", 1, 50_000, date(2026, 12, 1)),
    ("Acme", 1, 120_000, None),
    ("Umbrella", 3, None, date(2026, 11, 20)),
    ("Renewal", 6, 9_900, date(2026, 11, 30)),
)


@pytest.fixture
def sales(workspace: Workspace, clock: Clock) -> Workspace:
    """Make two pipelines, Grace beside Ada, and four deals, the newest first on the board."""

    def fill(tx: Transaction) -> None:
        stages = [NewStage(name, 20) for name in ("Lead", "Qualified", "Proposal")]
        actions.pipelines.create(tx, "Sales", stages)
        actions.pipelines.create(tx, "Renewals", [NewStage("Due", 50)])
        actions.team.add(tx, "Grace")
        for title, stage_id, amount, day in DEALS:
            contact = actions.contacts.add(tx, name=f"{title} Ltd")
            actions.deals.create(
                tx,
                contacts=[contact],
                stage_id=stage_id,
                title=title,
                amount=amount,
                close_date=day,
                created_at=datetime(2026, 11, 1 + len(title), tzinfo=UTC),
            )

    workspace.run(fill)
    return workspace


@pytest.fixture
def many(sales: Workspace) -> Workspace:
    """Add thirty deals to Qualified."""

    def fill(tx: Transaction) -> None:
        contact = actions.contacts.add(tx, name="Many Ltd")
        for number in range(30):
            title = f"Deal {number:02}"
            actions.deals.create(tx, contacts=[contact], stage_id=2, title=title, amount=100)

    sales.run(fill)
    return sales


@pytest.fixture
def other(sales: Workspace, clock: Clock) -> Iterator[Workspace]:
    """Open another window or command line on the same file."""
    opened = Workspace.open(sales.path, clock=clock)
    yield opened
    opened.close()


def table(robot: Robot) -> TableScreen:
    """Return the table, also below a dialog."""
    return next(each for each in robot.app.screen_stack if isinstance(each, TableScreen))


def titles(robot: Robot) -> list[str]:
    """Return the titles in the table, from the top."""
    screen = table(robot)
    return [screen.title_of(deal_id) for deal_id in screen.grid.ids]


def here(robot: Robot) -> str:
    """Return the title under the cursor."""
    screen = table(robot)
    deal_id = screen.cursor_deal
    return "" if deal_id is None else screen.title_of(deal_id)


async def test_it_shows_every_main_field_of_all_pipelines(sales: Workspace) -> None:
    sales.run(lambda tx: actions.deals.edit(tx, 1, {"reference": "PO-7"}))
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t")
        assert titles(robot) == ["Acme", "Zenith", "Umbrella", "Renewal"]
        for shown in ("Title", "Stage", "Pipeline", "Owner", "Amount", "Cur", "Close date"):
            assert shown in robot.text
        for shown in ("Created", "Contacts", "Reference", "Status", "All pipelines"):
            assert shown in robot.text
        row = next(line for line in robot.text.splitlines() if "Zenith" in line)
        for shown in (
            "Lead",
            "Sales",
            "Ada Owner",
            "€500",
            "EUR",
            "1 Dec",
            "7 Nov",
            "PO-7",
            "open",
        ):
            assert shown in row
        assert "4 deals · €1.8k" in robot.text


async def test_board_and_table_hand_over_selection_filter_and_cursor(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("space", "slash")
        await robot.type("e")
        await robot.press("enter", "t")
        await robot.until(lambda: here(robot) == "Zenith")
        assert titles(robot) == ["Acme", "Zenith", "Umbrella", "Renewal"]
        assert table(robot).selected == {2}
        await robot.press("j", "space")
        await robot.until(lambda: "2 selected · €1.2k" in robot.text)
        await robot.press("t")
        assert robot.board.selected == {2, 3}
        await robot.press("escape", "F", "t")
        await robot.until(lambda: table(robot).selected == frozenset())


async def test_sorting_by_keys_and_by_the_header_puts_empties_last(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "s")
        assert titles(robot) == ["Acme", "Renewal", "Umbrella", "Zenith"]
        await robot.press("S")
        assert titles(robot) == ["Zenith", "Umbrella", "Renewal", "Acme"]
        head = robot.text.splitlines()[2]
        for clicks, expected in (
            (1, ["Renewal", "Zenith", "Acme", "Umbrella"]),
            (2, ["Acme", "Zenith", "Renewal", "Umbrella"]),
        ):
            await robot.pilot.click(offset=(head.index("Amount") + 2, 2))
            await robot.settle()
            assert titles(robot) == expected, clicks
        assert "by amount ↓" in robot.text
        await robot.press("B")
        await robot.until(lambda: "Sort by" in robot.text)
        await robot.press("8")
        await robot.until(lambda: titles(robot) == ["Umbrella", "Renewal", "Zenith", "Acme"])


async def test_bulk_delete_says_how_many_and_can_be_undone(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "space", "space", "D")
        await robot.until(lambda: "Delete 2 deals?" in robot.text)
        assert "u brings them back" in robot.text
        await robot.press("y")
        await robot.until(lambda: titles(robot) == ["Umbrella", "Renewal"])
        assert not table(robot).selected
        await robot.press("u")
        await robot.until(lambda: titles(robot) == ["Acme", "Zenith", "Umbrella", "Renewal"])


async def test_deleting_many_takes_their_number_and_leaves_a_backup(many: Workspace) -> None:
    async with driving(many, many.path, size=WIDE) as robot:
        await robot.press("t", "A")
        await robot.until(lambda: "34 selected" in robot.text)
        await robot.press("D")
        await robot.until(lambda: "Delete 34 deals?" in robot.text)
        await robot.press("y", "enter")
        assert len(titles(robot)) == 34
        await robot.press("backspace")
        await robot.type("34")
        await robot.press("enter")
        await robot.until(lambda: "No deals yet" in robot.text)
        assert len(list((many.path.parent / "backups").iterdir())) == 1
        await robot.press("u")
        await robot.until(lambda: len(titles(robot)) == 34)


async def test_several_deals_change_as_one_operation(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "space", "space")
        await robot.press("O")
        await robot.until(lambda: "Give 2 deals to" in robot.text)
        await robot.press("2")
        await robot.until(lambda: sales.read(deals.deal, 2).owner.name == "Grace")
        await robot.press("equals_sign")
        await robot.until(lambda: "Close date of 2 deals" in robot.text)
        await robot.type("fri")
        await robot.until(lambda: "Fri 27 Nov 2026 (in 4 days)" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: sales.read(deals.deal, 1).close_date == date(2026, 11, 27))
        before = sales.read(history.newest)
        await robot.press("L")
        await robot.until(lambda: sales.read(deals.deal, 1).stage.name == "Qualified")
        assert sales.read(deals.deal, 2).stage.name == "Qualified"
        assert sales.read(history.newest) == before + 1
        await robot.press("u", "u", "u")
        await robot.until(lambda: sales.read(deals.deal, 1).owner.name == "Ada Owner")
        assert sales.read(deals.deal, 1).stage.name == "Lead"
        assert sales.read(deals.deal, 2).close_date is None


async def test_the_filter_is_live_counted_and_cleared_by_a_key(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "slash")
        await robot.type("zen")
        await robot.until(lambda: titles(robot) == ["Zenith"])
        await robot.until(lambda: "1 of 4 · €500" in robot.text)
        assert "Found in" in robot.text
        await robot.press("enter", "L")
        await robot.until(lambda: sales.read(deals.deal, 1).stage.name == "Qualified")
        await robot.press("F")
        await robot.until(lambda: len(titles(robot)) == 4)
        assert "4 deals · €1.8k" in robot.text


async def test_what_is_moved_out_of_the_filter_is_said(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "o", "O", "2")
        await robot.until(lambda: "hidden by the filter, F clears it" in robot.text)
        assert titles(robot) == ["Zenith", "Umbrella", "Renewal"]


async def test_the_next_start_is_as_the_last_one_ended(sales: Workspace, clock: Clock) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "p")
        await robot.until(lambda: "All pipelines" in robot.text)
        await robot.press("1")
        await robot.until(lambda: len(titles(robot)) == 3)
        await robot.press("s", "c")
        await robot.until(lambda: "Columns" in robot.text)
        await robot.press("6", "7", "enter")
        await robot.until(lambda: "Pipeline " not in robot.text.splitlines()[2])
        await robot.press("j")
    again = Workspace.open(sales.path, clock=clock)
    async with driving(again, again.path, size=WIDE) as robot:
        assert titles(robot) == ["Acme", "Umbrella", "Zenith"]
        await robot.until(lambda: here(robot) == "Umbrella")
        assert "Owner" not in robot.text.splitlines()[2]
        assert "by title" in robot.text
        await robot.press("t")
        await robot.until(lambda: "Proposal" in robot.text)
        await robot.until(lambda: robot.titles("Proposal") == ["Umbrella"])
        assert robot.board.cursor is not None
        assert robot.board.cursor.deal_id == 3
    again.close()


async def test_another_process_is_seen_and_the_cursor_stays(
    sales: Workspace, other: Workspace
) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "j", "j")
        assert here(robot) == "Umbrella"
        other.run(lambda tx: actions.deals.delete(tx, [1]))
        await robot.until(lambda: titles(robot) == ["Acme", "Umbrella", "Renewal"])
        assert here(robot) == "Umbrella"


async def test_won_without_an_amount_offers_to_fill_it(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "j", "j", "w")
        await robot.until(lambda: "Umbrella is won. What is it worth?" in robot.text)
        await robot.type("12k")
        await robot.until(lambda: "€12,000" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: sales.read(deals.deal, 3).amount == 1_200_000)
        await robot.press("t", "3")
        assert robot.titles("Won") == ["Umbrella"]


async def test_copying_a_cell_and_the_selection(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "l", "y")
        await robot.until(lambda: "Copy of Acme" in robot.text)
        await robot.press("c")
        await robot.until(lambda: robot.app.clipboard == "Lead")
        await robot.press("space", "space", "y")
        await robot.until(lambda: "Copy of 2 deals" in robot.text)
        await robot.press("r")
        await robot.until(lambda: "\n" in robot.app.clipboard)
        first, second = robot.app.clipboard.splitlines()
        assert first.split("\t")[:6] == [
            "Zenith",
            "Lead",
            "500.00",
            "EUR",
            "2026-12-01",
            "Ada Owner",
        ]
        assert second.split("\t")[4] == ""


async def test_export_writes_what_the_filter_shows(
    sales: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "slash")
        await robot.type("zen")
        await robot.press("enter", "ctrl+e")
        await robot.until(lambda: "Export 1 deal to" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: "Wrote 1 deal to" in robot.text)
    with (tmp_path / "deals-2026-11-23.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert "Zenith" in row.values()


async def test_a_saved_view_brings_back_filter_order_and_look(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("t", "slash")
        await robot.type("e")
        await robot.press("enter", "s", "V")
        await robot.until(lambda: "No view is saved yet" in robot.text)
        await robot.press("s")
        await robot.until(lambda: "Save this view as" in robot.text)
        await robot.type("Mine")
        await robot.press("enter")
        await robot.until(lambda: len(sales.read(saved_views.saved_views)) == 1)
        await robot.until(lambda: "1 ● Mine" in robot.text)
        await robot.press("escape", "F", "t", "V")
        await robot.until(lambda: "Saved views" in robot.text)
        await robot.until(lambda: "Mine" in robot.text)
        await robot.press("1")
        await robot.until(lambda: isinstance(robot.app.screen, TableScreen))
        await robot.until(lambda: "name e" in robot.text)
        assert "by title" in robot.text


async def test_a_deal_is_revealed_wherever_it_is(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=WIDE) as robot:
        await robot.press("slash")
        await robot.type("zen")
        await robot.press("enter", "t")
        table(robot).reveal(4)
        await robot.until(lambda: here(robot) == "Renewal")
        await robot.press("t")
        await robot.until(lambda: "Renewals" in robot.text.splitlines()[0])
        assert robot.titles("Due") == ["Renewal"]
