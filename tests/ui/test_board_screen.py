"""The board on a real workspace: a key changes the file, the screen shows what was saved."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from dealboard import actions
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Deal, Role
from dealboard.screens.deal_page import DealPage
from dealboard.store.reads import activities, deals, history, pipelines
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.drive import Robot, driving, set_editor

HOSTILE = "[/red][@click=app.quit]x[/] \x1b[2J\x9b31m\x1b]52;c;aGk=\x07 end"
STAGES = ("Lead", "Qualified", "Proposal")


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    """Make a pipeline of three stages; Acme and Zenith in Lead, Umbrella in Proposal."""

    def fill(tx: Transaction) -> None:
        stages = [NewStage(name, 10 * (n + 1)) for n, name in enumerate(STAGES)]
        actions.pipelines.create(tx, "Sales", stages)
        for title, stage_id, amount in (
            ("Zenith", 1, 50_000),
            ("Acme", 1, 120_000),
            ("Umbrella", 3, None),
        ):
            contact = actions.contacts.add(tx, name=f"{title} Ltd")
            actions.deals.create(
                tx, contacts=[contact], stage_id=stage_id, title=title, amount=amount
            )

    workspace.run(fill)
    return workspace


@pytest.fixture
def other(sales: Workspace, clock: Clock) -> Iterator[Workspace]:
    """Open another window or command line on the same file."""
    opened = Workspace.open(sales.path, clock=clock)
    yield opened
    opened.close()


def deal(workspace: Workspace, title: str) -> Deal:
    found = workspace.read(
        lambda c: c.execute("SELECT id FROM deal WHERE title = :title", {"title": title}).fetchone()
    )
    return workspace.read(deals.deal, found[0])


def stage_of(workspace: Workspace, title: str) -> str:
    return deal(workspace, title).stage.name


async def test_the_first_frame_shows_the_deals(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        assert robot.titles("Lead") == ["Acme", "Zenith"]
        for shown in ("Sales", "Lead", "10%", "2 deals", "€1,700", "€170", "Acme", "€1,200", "–"):
            assert shown in robot.text


async def test_three_fast_moves_are_three_stages_and_survive_a_restart(
    sales: Workspace, clock: Clock
) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("L", "L", "L")
        assert robot.titles("Won") == ["Acme"]
        assert robot.board.cursor is not None
        assert robot.board.cursor.deal_id == deal(sales, "Acme").id
    again = Workspace.open(sales.path, clock=clock)
    assert stage_of(again, "Acme") == "Won"
    assert deal(again, "Acme").close_date == clock.now.date()
    async with driving(again, again.path) as robot:
        await robot.press("u", "u", "u")
        assert robot.titles("Lead") == ["Acme", "Zenith"]
        assert robot.board.cursor is not None
        assert robot.board.cursor.deal_id == deal(again, "Acme").id
        await robot.press("U")
        assert robot.titles("Qualified") == ["Acme"]
    assert stage_of(again, "Acme") == "Qualified"
    again.close()


async def test_the_bottom_line_says_what_was_done(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("L")
        assert "Acme → Qualified · u undoes" in robot.text
        await robot.press("u")
        assert "Undid: Acme → Qualified" in robot.text


async def test_totals_follow_a_move(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("L")
        head = robot.text.splitlines()[4]
        assert "1 deal " in head
        assert "€500" in head
        assert "€1,200" in head


@pytest.mark.parametrize(
    "key", ["L", "shift+right", "alt+right", "ctrl+right", "greater_than_sign"]
)
async def test_every_alias_moves_right(sales: Workspace, key: str) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press(key)
        await robot.until(lambda: stage_of(sales, "Acme") == "Qualified")


async def test_order_by_hand(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("J")
        assert robot.titles("Lead") == ["Zenith", "Acme"]
        await robot.press("K")
        assert robot.titles("Lead") == ["Acme", "Zenith"]


async def test_order_by_a_field_refuses_placing_by_hand(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("s", "s")
        assert robot.titles("Lead") == ["Zenith", "Acme"]
        assert "by amount" in robot.text
        await robot.press("J")
        assert "s changes the order" in robot.text
        await robot.press("S")
        assert robot.titles("Lead") == ["Acme", "Zenith"]


async def test_won_and_lost_and_back(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("w")
        assert robot.titles("Won") == ["Acme"]
        await robot.press("H")
        assert robot.titles("Lead") == ["Acme", "Zenith"]
        assert deal(sales, "Acme").close_date is None
        await robot.press("x")
        await robot.until(lambda: "Why was Acme lost?" in robot.text)
        await robot.type("price")
        await robot.press("enter")
        await robot.until(lambda: robot.titles("Lost") == ["Acme"])
        assert deal(sales, "Acme").lost_reason == "price"


async def test_escape_keeps_a_deal_from_being_lost(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("x")
        await robot.until(lambda: "Why was Acme lost?" in robot.text)
        await robot.press("escape")
    assert stage_of(sales, "Acme") == "Lead"


async def test_close_date_by_a_key(sales: Workspace, clock: Clock) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("plus", "plus", "minus")
    assert deal(sales, "Acme").close_date == date(2026, 11, 24)
    assert clock.now.date() == date(2026, 11, 23)


async def test_delete_asks_and_can_be_undone(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("D")
        await robot.until(lambda: "Delete Acme?" in robot.text)
        await robot.press("enter")
        assert robot.titles("Lead") == ["Acme", "Zenith"]
        await robot.press("y")
        await robot.until(lambda: robot.titles("Lead") == ["Zenith"])
        await robot.press("u")
        assert robot.titles("Lead") == ["Acme", "Zenith"]


async def test_move_picker(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("m")
        await robot.until(lambda: "Move Acme to" in robot.text)
        await robot.press("5")
        await robot.until(lambda: robot.titles("Lost") == ["Acme"])


async def test_only_mine(sales: Workspace) -> None:
    def grace(tx: Transaction) -> None:
        actions.deals.assign(tx, 1, actions.team.add(tx, "Grace"))

    sales.run(grace)
    async with driving(sales, sales.path) as robot:
        await robot.press("o")
        assert robot.titles("Lead") == ["Acme"]
        await robot.until(lambda: "owner Ada Owner" in robot.text)
        assert "€1,200" in robot.text.splitlines()[4]
        await robot.press("o")
        assert robot.titles("Lead") == ["Acme", "Zenith"]


async def test_another_process_is_seen_within_a_second(sales: Workspace, other: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("j")
        assert robot.board.cursor is not None
        before = robot.board.cursor.deal_id
        other.run(lambda tx: actions.deals.move(tx, 2, stage_id=2))
        await robot.until(lambda: robot.titles("Qualified") == ["Acme"])
        assert robot.titles("Lead") == ["Zenith"]
        assert robot.board.cursor.deal_id == before


async def test_another_process_adds_a_stage(sales: Workspace, other: Workspace) -> None:
    async with driving(sales, sales.path, size=(160, 40)) as robot:
        other.run(lambda tx: actions.stages.add(tx, 1, "Contract"))
        await robot.until(lambda: "Contract" in robot.text)


async def test_a_refusal_is_a_toast_and_changes_nothing(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("U")
        await robot.until(lambda: "nothing to redo" in robot.text)


async def test_hostile_titles_are_literal_text(sales: Workspace) -> None:
    sales.run(lambda tx: actions.deals.edit(tx, 2, {"title": HOSTILE}))
    async with driving(sales, sales.path, size=(200, 40)) as robot:
        await robot.press("z")
        assert "[/red][@click=app.quit]x[/] ␛[2J" in robot.text
        assert not set(robot.text) & {"\x1b", "\x9b", "\x07"}
        await robot.press("L")
        assert "␛[2J" in robot.text.splitlines()[-1]
    assert deal(sales, HOSTILE).title == HOSTILE


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (50, 20)])
async def test_it_fits(sales: Workspace, size: tuple[int, int]) -> None:
    async with driving(sales, sales.path, size=size) as robot:
        assert "Acme" in robot.text
        assert "Zenith" in robot.text
        assert "Lead" in robot.text


async def test_four_cards_at_80_by_24(sales: Workspace) -> None:
    def more(tx: Transaction) -> None:
        contact = actions.contacts.add(tx, name="Many")
        for number in range(8):
            actions.deals.create(tx, contacts=[contact], stage_id=1, title=f"Deal {number}")

    sales.run(more)
    async with driving(sales, sales.path, size=(80, 24)) as robot:
        assert all(f"Deal {number}" in robot.text for number in (7, 6, 5, 4))


async def test_without_a_pipeline_it_teaches_the_first_key(workspace: Workspace) -> None:
    async with driving(workspace, workspace.path) as robot:
        await robot.press("escape")
        await robot.until(lambda: "Press P, or click here" in robot.text)
        assert "Move right" not in robot.text

        await robot.pilot.click("#empty")
        await robot.until(lambda: "New pipeline" in robot.text)
        await robot.press("f2")
        await robot.until(lambda: robot.app.focused is robot.board)


async def test_menu_by_mouse(sales: Workspace) -> None:
    sales.run(lambda tx: actions.pipelines.create(tx, "Renewals"))
    async with driving(sales, sales.path) as robot:
        column = robot.text.splitlines()[0].index("Sales")
        await robot.pilot.click(offset=(column, 0))
        await robot.until(lambda: "Renewals" in robot.text)
        await robot.press("2")
        await robot.until(lambda: "Renewals" in robot.text.splitlines()[0])


async def test_the_pipeline_is_remembered(sales: Workspace, clock: Clock) -> None:
    sales.run(lambda tx: actions.pipelines.create(tx, "Renewals"))
    async with driving(sales, sales.path) as robot:
        await robot.press("p")
        await robot.until(lambda: "Renewals" in robot.text)
        await robot.press("2")
        await robot.until(lambda: "Renewals" in robot.text.splitlines()[0])
    again = Workspace.open(sales.path, clock=clock)
    async with driving(again, again.path) as robot:
        assert "Renewals" in robot.text.splitlines()[0]
    again.close()


@pytest.mark.parametrize(("steps", "above"), [(1, True), (29, False)])
async def test_the_cursor_comes_back_with_what_was_above_it(
    sales: Workspace, clock: Clock, steps: int, above: bool
) -> None:
    def fill(tx: Transaction) -> None:
        contact = actions.contacts.add(tx, name="Birch Ltd")
        for number in range(28):
            actions.deals.create(tx, contacts=[contact], stage_id=1, title=f"Birch {number}")

    sales.run(fill)
    async with driving(sales, sales.path) as robot:
        await robot.press(*["j"] * steps)
        focused = robot.board.card
    again = Workspace.open(sales.path, clock=clock)
    async with driving(again, again.path) as robot:
        assert robot.board.card == focused is not None
        assert f"▌{focused.title}" in robot.text
        assert ("Birch 27" in robot.text) is above
    again.close()


async def test_a_chat_operator_sees_one_sentence(sales: Workspace, clock: Clock) -> None:
    sales.run(lambda tx: actions.team.add(tx, "Charlie", role=Role.CHAT_OPERATOR))
    charlie = Workspace.open(sales.path, actor="Charlie", clock=clock)
    async with driving(charlie, charlie.path) as robot:
        await robot.press("f2")
        assert "Charlie is a Chat Operator and has no access to deals." in robot.text
        assert "Acme" not in robot.text
    charlie.close()


async def test_drag_and_drop_moves_a_card(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        lines = robot.text.splitlines()
        row = next(y for y, line in enumerate(lines) if "Acme" in line)
        target = lines[3].index("Qualified") + 2
        await robot.drag((4, row), (target, row))
        assert robot.titles("Qualified") == ["Acme"]
    assert stage_of(sales, "Acme") == "Qualified"


async def test_pipelines_of_another_process_appear(sales: Workspace, other: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        other.run(lambda tx: actions.pipelines.create(tx, "Renewals"))
        await robot.until(lambda: len(robot.app.screen._opening.pipelines) == 2)  # type: ignore[attr-defined]
    assert len(sales.read(pipelines.pipelines)) == 2


async def test_more_than_a_page_can_be_walked(sales: Workspace, path: Path) -> None:
    def more(tx: Transaction) -> None:
        contact = actions.contacts.add(tx, name="Many")
        for number in range(120):
            actions.deals.create(tx, contacts=[contact], stage_id=2, title=f"Deal {number:03}")

    sales.run(more)
    async with driving(sales, path, size=(80, 24)) as robot:
        await robot.press("2", "G")
        assert "Deal 000" in robot.text
        await robot.press("g")
        assert "Deal 119" in robot.text
        for _ in range(10):
            await robot.press("ctrl+d")
        assert isinstance(robot, Robot)
        assert robot.board.card is not None


async def test_the_palette_runs_actions_and_goes_places(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("ctrl+p")
        await robot.type("proposal")
        await robot.until(lambda: "Proposal  stage · Sales" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: robot.board.cursor and robot.board.cursor.stage_id == 3)
        await robot.press("ctrl+p")
        await robot.type("lost")
        await robot.until(lambda: "Lost" in robot.text)
        await robot.press("escape")


async def test_what_needs_a_deal_is_offered_once_there_is_one(workspace: Workspace) -> None:
    stages = [NewStage("Lead", 10), NewStage("Offer", 50)]
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales", stages))
    async with driving(workspace, workspace.path) as robot:
        hints = robot.text.splitlines()[-1]
        assert "n New" in hints
        assert not any(each in hints for each in ("Move", "Open", "Won"))
        await robot.press("N")
        await robot.type("Acme")
        await robot.press("enter")
        await robot.until(lambda: "L Move right" in robot.text)
        assert "w Won" in robot.text


async def test_a_new_deal_has_the_cursor(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("2", "N")
        await robot.until(lambda: "Quick add" in robot.text)
        await robot.type("Initech 12k fri")
        await robot.until(lambda: "€12,000" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: robot.titles("Qualified") == ["Initech"])
        created = deal(sales, "Initech")
        assert (created.amount, created.close_date) == (1_200_000, date(2026, 11, 27))
        assert robot.board.cursor is not None
        assert robot.board.cursor.deal_id == created.id


async def test_a_selection_moves_as_one_and_stays_selected(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("space", "space")
        await robot.until(lambda: "2 selected · €1.7k │ 3 deals · €1.7k" in robot.text)
        await robot.press("L")
        await robot.until(lambda: robot.titles("Qualified") == ["Acme", "Zenith"])
        assert "2 deals → Qualified · u undoes" in robot.text
        await robot.press("x")
        await robot.until(lambda: "Why were 2 deals lost?" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: robot.titles("Lost") == ["Acme", "Zenith"])
        await robot.press("u", "u")
        await robot.until(lambda: robot.titles("Lead") == ["Acme", "Zenith"])
        assert len(robot.board.selected) == 2


async def test_deleting_on_the_board_takes_one_deal(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("A")
        await robot.until(lambda: "3 selected" in robot.text)
        await robot.press("D")
        await robot.until(lambda: "Delete Acme?" in robot.text)
        assert "press t for the table" in robot.text
        await robot.press("y")
        await robot.until(lambda: "2 selected" in robot.text)
        assert robot.titles("Lead") == ["Zenith"]


async def test_typing_a_name_filters_all_stages_and_their_totals(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("slash")
        await robot.type("acm")
        await robot.until(lambda: robot.titles("Lead") == ["Acme"])
        await robot.until(lambda: "1 of 3 · €1.2k" in robot.text)
        assert "1 filtered" in robot.text
        assert "No deal matches." in robot.text
        assert robot.board.sought == "acm"
        assert "/ Find" not in robot.text
        assert "F clear " not in robot.text
        await robot.press("enter", "i")
        await robot.until(lambda: "2 in all" in robot.text)
        assert "€1,700" in robot.text
        await robot.press("L")
        await robot.until(lambda: not robot.titles("Lead"))
        assert robot.board.sought == "acm"
        await robot.press("u")
        await robot.until(lambda: robot.titles("Lead") == ["Acme"])
        await robot.press("i", "F")
        await robot.until(lambda: robot.titles("Lead") == ["Acme", "Zenith"])
        assert "2 deals" in robot.text


async def test_won_without_an_amount_offers_to_fill_it_and_escape_leaves_it(
    sales: Workspace,
) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("3", "L")
        await robot.until(lambda: "Umbrella is won. What is it worth?" in robot.text)
        await robot.press("escape")
        await robot.until(lambda: robot.titles("Won") == ["Umbrella"])
        assert deal(sales, "Umbrella").amount is None
        await robot.press("L", "u", "1", "w")
        await robot.until(lambda: robot.titles("Won") == ["Acme"])
        assert "What is it worth" not in robot.text


async def test_a_call_is_noted_from_the_board(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("a")
        await robot.until(lambda: "Acme" in robot.text and "Task" in robot.text)
        await robot.press("escape")
        await robot.until(lambda: robot.app.screen is robot.app.places.home())


async def test_a_picker_takes_a_key_in_the_same_burst(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("m", "3")
        await robot.until(lambda: robot.titles("Proposal") == ["Acme", "Umbrella"])


async def test_quitting_over_a_form_asks(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("N")
        await robot.until(lambda: "Quick add" in robot.text)
        await robot.type("Initech")
        await robot.press("ctrl+q")
        await robot.until(lambda: "Quit without saving?" in robot.text)
        await robot.press("n")
        await robot.until(lambda: "Initech" in robot.text)


async def test_order_by_hand_among_the_deals_that_a_filter_shows(sales: Workspace) -> None:
    def mixed(tx: Transaction) -> None:
        grace = actions.team.add(tx, "Grace")
        contact = actions.contacts.add(tx, name="Many")
        for title, owner in (("Last", None), ("Hidden", grace), ("Middle", None), ("First", None)):
            actions.deals.create(tx, contacts=[contact], stage_id=2, title=title, owner_id=owner)

    sales.run(mixed)
    async with driving(sales, sales.path) as robot:
        await robot.press("2", "o", "J", "J")
        assert robot.titles("Qualified") == ["Middle", "Last", "First"]
        await robot.press("K")
        assert robot.titles("Qualified") == ["Middle", "First", "Last"]
        await robot.press("o")
        assert robot.titles("Qualified") == ["Middle", "Hidden", "First", "Last"]


async def test_a_full_stop_does_to_others_what_was_done_last(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("full_stop")
        await robot.until(lambda: "Nothing was done here yet" in robot.text)
        await robot.press("m", "2", "1", "full_stop")
        await robot.until(lambda: stage_of(sales, "Zenith") == "Qualified")

        await robot.press("3", "equals_sign")
        await robot.type("fri")
        await robot.press("enter", "2", "A", "full_stop")
        await robot.until(lambda: deal(sales, "Zenith").close_date == date(2026, 11, 27))
        assert deal(sales, "Acme").close_date == date(2026, 11, 27)


async def test_what_is_pasted_becomes_a_deal_and_no_row_of_commands(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        robot.app.post_message(events.Paste("LLw Dynamo\nWorks 12k\n"))
        await robot.until(lambda: "from what you pasted?" in robot.text)
        assert stage_of(sales, "Acme") == "Lead"
        await robot.press("enter")
        await robot.until(lambda: "LLw Dynamo Works" in robot.titles("Lead"))
        assert deal(sales, "LLw Dynamo Works").amount == 1_200_000

        robot.app.post_message(events.Paste("w"))
        await robot.until(lambda: "from what you pasted?" in robot.text)
        await robot.press("escape")
        await robot.until(lambda: "pasted" not in robot.text)


async def test_the_number_of_a_deals_contact_is_copied_from_the_board(sales: Workspace) -> None:
    sales.run(lambda tx: actions.contacts.edit(tx, 2, {"phone": "+39 02 1234567"}))
    async with driving(sales, sales.path) as robot:
        await robot.press("y")
        await robot.until(lambda: "Phone of the contact" in robot.text)
        await robot.press("p")
        await robot.until(lambda: robot.app.clipboard == "+39 02 1234567")


@pytest.mark.parametrize("opening", ["ctrl+p", "n", "N", "question_mark"])
async def test_what_is_typed_ahead_of_what_opens_is_typed_there(
    sales: Workspace, opening: str
) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.burst(opening, *"tLwxtend")
        await robot.until(lambda: isinstance(robot.app.focused, Input))
        focused = robot.app.focused
        assert isinstance(focused, Input)
        await robot.until(lambda: focused.value == "tLwxtend")
        assert stage_of(sales, "Acme") == "Lead"


@pytest.mark.parametrize("view", ["board", "table", "today"])
async def test_what_is_typed_ahead_of_a_page_is_typed_there(sales: Workspace, view: str) -> None:
    ahead = {"board": (), "table": ("t",), "today": ("T",)}[view]
    async with driving(sales, sales.path) as robot:
        await robot.press(*ahead)
        await robot.until(lambda: "Zenith" in robot.text)
        first = robot.app.screen
        await robot.burst("enter", "3", "L")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))
        await robot.until(lambda: "No messages with" in robot.text)
        assert robot.app.screen is not first
        page = robot.app.screen
        assert isinstance(page, DealPage)
        await robot.until(lambda: sales.read(deals.deal, page.row_id).stage.name == "Qualified")


async def test_keys_typed_ahead_of_a_page_do_it_no_harm(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await robot.press("f3")
        await robot.until(lambda: "Zenith Ltd" in robot.text)
        await robot.burst("enter", "1", "2")
        await robot.until(lambda: "Next contact" in robot.text)


async def test_a_note_is_written_in_ones_own_editor_from_the_board(
    sales: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_editor(tmp_path, monkeypatch, "open(file, 'w').write('Called.\\nThey [b] think.\\n')")
    async with driving(sales, sales.path) as robot:
        await robot.press("E")
        (note,) = sales.read(activities.of_deal, deal(sales, "Acme").id)
        assert note.text == "Called.\nThey [b] think."
        set_editor(tmp_path, monkeypatch, "")
        before = sales.read(history.newest)
        await robot.press("E")
        assert sales.read(history.newest) == before
