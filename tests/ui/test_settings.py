"""The settings on a real workspace: each change is saved at once, and undone by u."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import OptionList

from dealboard import actions
from dealboard.config import Config, load
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Role
from dealboard.screens.settings import SettingsScreen
from dealboard.screens.settings_section import Section
from dealboard.store.reads import pipelines, team
from dealboard.store.transaction import Transaction
from dealboard.widgets.board import Board
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.rows import Rows
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.drive import Robot, driving

HOSTILE = "[/red][@click=app.quit]x[/] \x1b[2J"


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    """Make the pipelines Sales (Lead, Offer), with one deal in Lead, and Partners."""

    def fill(tx: Transaction) -> None:
        actions.pipelines.create(tx, "Sales", [NewStage("Lead", 10), NewStage("Offer", 60)])
        actions.pipelines.create(tx, "Partners")
        contact = actions.contacts.add(tx, name="Acme Ltd")
        actions.deals.create(tx, contacts=[contact], stage_id=1, title="Acme", amount=120_000)
        actions.team.add(tx, "Bob", "bob@example.org")

    workspace.run(fill)
    return workspace


def names(workspace: Workspace) -> list[str]:
    return [each.name for each in workspace.read(pipelines.pipelines)]


def stages(workspace: Workspace, pipeline_id: int = 1) -> list[str]:
    return [each.name for each in workspace.read(pipelines.stages, pipeline_id)]


def rows(robot: Robot) -> Rows:
    focused = robot.app.focused
    assert isinstance(focused, Rows)
    return focused


async def settings(robot: Robot, section: str) -> None:
    """Open a section of the settings."""
    await robot.press("comma", section)
    await robot.until(lambda: isinstance(robot.app.screen, SettingsScreen))
    await robot.until(lambda: isinstance(robot.app.focused, Rows) and rows(robot).entries)


def place(robot: Robot, text: str) -> tuple[int, int]:
    """Return where a text is on the screen."""
    y = next(at for at, line in enumerate(robot.text.splitlines()) if text in line)
    return robot.text.splitlines()[y].index(text), y


# ── pipelines and stages ──────────────────────────────────────────────────────────────────────


async def test_pipelines_are_renamed_moved_and_brought_back(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        assert "2 of 10 used" in robot.text
        await robot.press("J")
        assert names(sales) == ["Partners", "Sales"]
        assert rows(robot).cursor_id == 1
        await robot.press("r", "home", "shift+end", "backspace")
        await robot.type("Key accounts")
        await robot.press("enter")
        await robot.until(lambda: "Stages of Key accounts" in robot.text)
        await robot.press("u", "u")
        assert names(sales) == ["Sales", "Partners"]
        await robot.until(lambda: "Stages of Sales" in robot.text)


async def test_an_empty_pipeline_is_deleted_and_a_full_one_gives_its_deals_away(
    sales: Workspace,
) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        await robot.press("D")
        assert "Sales holds 1 deal, closed ones included. Move them to" in robot.text
        await robot.press("1")
        assert "Move 1 deal to Partners and delete Sales?" in robot.text
        await robot.press("y")
        assert names(sales) == ["Partners"]
        await robot.press("u")
        assert names(sales) == ["Sales", "Partners"]
        await robot.press("G", "D", "y")
        assert names(sales) == ["Sales"]
        await robot.press("D")
        await robot.until(lambda: "no other pipeline to move them to" in robot.text)


async def test_the_eleventh_pipeline_is_not_offered(sales: Workspace) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(3, 11):
            actions.pipelines.create(tx, f"Pipeline {number}")

    sales.run(fill)
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        assert "10 of 10 used" in robot.text
        assert "New pipeline" not in robot.text
        await robot.press("n")
        await robot.until(lambda: "10 of 10 pipelines are used" in robot.text)
        assert isinstance(robot.app.screen, SettingsScreen)


async def test_stages_are_added_edited_moved_and_deleted(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        await robot.press("enter", "n")
        await robot.type("Demo")
        await robot.press("enter", "enter")
        await robot.type("x")
        await robot.press("enter")
        assert "Not a number of days" in robot.text
        await robot.press("backspace", "9", "enter")
        assert stages(sales) == ["Lead", "Demo", "Offer", "Won", "Lost"]
        made = sales.read(pipelines.stages, 1)[1]
        assert (made.probability, made.rotting_days) == (35, 9)
        await robot.until(lambda: rows(robot).cursor_id == made.id)
        await robot.press("K")
        assert stages(sales)[:2] == ["Demo", "Lead"]
        await robot.press("enter", "down", "shift+home", "5", "0", "f2")
        await robot.until(lambda: sales.read(pipelines.stages, 1)[0].probability == 50)
        await robot.press("D", "y")
        assert stages(sales) == ["Lead", "Offer", "Won", "Lost"]


async def test_what_is_not_empty_or_fixed_stays(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        await robot.press("enter", "D")
        await robot.until(lambda: "Stage “Lead” holds 1 deal and cannot be deleted" in robot.text)
        await robot.press("G")
        assert "D Delete" not in robot.text
        await robot.press("D", "K", "enter")
        assert "always 0 %, always last" in robot.text
        await robot.press("shift+home")
        await robot.type("Gone")
        await robot.press("enter")
        assert stages(sales) == ["Lead", "Offer", "Won", "Gone"]


async def test_stages_are_dragged(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        await robot.drag(place(robot, "Lead"), place(robot, "Lost ✗"))
        assert stages(sales) == ["Offer", "Lead", "Won", "Lost"]
        await robot.drag(place(robot, "Won ✓"), place(robot, "Offer"))
        assert stages(sales) == ["Offer", "Lead", "Won", "Lost"]


async def test_another_window_is_seen(sales: Workspace, clock: Clock) -> None:
    other = Workspace.open(sales.path, clock=clock)
    async with driving(sales, sales.path) as robot:
        await settings(robot, "1")
        other.run(lambda tx: actions.pipelines.rename(tx, 1, HOSTILE))
        await robot.until(lambda: "[/red][@click=app.quit]x[/]" in robot.text)
        assert "\x1b" not in robot.text
    other.close()


# ── users ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_user_is_added_leaves_and_somebody_takes_over(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "2")
        await robot.press("n")
        await robot.type("Cid")
        await robot.press("enter")
        await robot.type("bob@example.org")
        await robot.press("f2")
        assert "Another user has that address" in robot.text
        await robot.press("shift+home", "backspace", "f2")
        await robot.until(lambda: "Added user Cid" in robot.text)
        await robot.press("g", "D")
        assert "who takes over 1 open deal?" in robot.text
        await robot.press("escape")
        sales.run(lambda tx: actions.team.edit(tx, 3, role=Role.ACCOUNT_OWNER.value))
        await robot.press("D", "1")
        users = {each.name: each for each in sales.read(team.users)}
        assert not users["Ada Owner"].active
        assert sales.read(team.open_deals) == {users["Bob"].id: 1}
        await robot.until(lambda: "Ada Owner (inactive) · you" in robot.text)


async def test_only_an_owner_touches_an_owners_role(sales: Workspace, clock: Clock) -> None:
    bob = Workspace.open(sales.path, actor="Bob", clock=clock)
    async with driving(bob, bob.path) as robot:
        await settings(robot, "2")
        await robot.press("g", "e")
        assert "Account Owner: changed by Account Owners only" in robot.text
        await robot.press("escape", "n")
        await robot.type("Cid")
        offered = robot.app.screen.query_one(Chooser).choices
        assert [each.label for each in offered] == ["Administrator", "Chat Operator"]
    bob.close()


# ── the workspace ─────────────────────────────────────────────────────────────────────────────


async def test_currency_and_rotting_of_the_workspace(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "3")
        await robot.press("enter", "shift+home")
        await robot.type("xyz")
        await robot.press("enter")
        assert "✗" in robot.text
        await robot.press("shift+home")
        await robot.type("usd")
        await robot.press("enter")
        await robot.until(lambda: sales.recall("currency") == "USD")
        await robot.press("j", "j", "enter")
        await robot.type("30")
        await robot.press("enter")
        assert "Also in the 3 open stages that are there?" in robot.text
        await robot.press("y")
        assert [each.rotting_days for each in sales.read(pipelines.stages, 1)][:2] == [30, 30]
        sales.run(lambda tx: actions.stages.add(tx, 1, "Demo"))
        assert sales.read(pipelines.stages, 1)[2].rotting_days == 30
        await robot.press("u", "u")
        assert [each.rotting_days for each in sales.read(pipelines.stages, 1)][:2] == [None, None]


async def test_contact_fields_are_opened_and_counted(sales: Workspace) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "3")
        assert "none of your own" in robot.text
        await robot.press("j", "j", "j", "enter", "n")
        await robot.type("Size")
        await robot.press("f2", "escape")
        await robot.until(lambda: "1 of your own" in robot.text)


# ── appearance ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """Make a file where a folder should be."""
    path = tmp_path / "taken"
    path.write_text("")
    return path


def there(file: Path) -> bool:
    return file.exists()


async def test_how_it_looks_is_kept_and_holds_at_once(sales: Workspace, file: Path) -> None:
    async with driving(sales, sales.path) as robot:
        board = robot.board
        await settings(robot, "4")
        await robot.press("j", "right")
        await robot.until(lambda: board.density.value == "compact")
        await robot.press("j", "enter", "shift+home")
        await robot.type("de_DE")
        assert "1.234.567,89" in robot.text
        await robot.press("enter")
        await robot.until(lambda: board.locale == "de_DE")
        found = load(file=str(file), environ={})
        assert (found.density, found.locale) == ("compact", "de_DE")
        await robot.press("backspace")
        await robot.until(lambda: "locale" not in file.read_text())


async def test_a_theme_is_seen_while_it_is_chosen(sales: Workspace, file: Path) -> None:
    async with driving(sales, sales.path) as robot:
        before = robot.app.theme
        await settings(robot, "4")
        await robot.press("enter", "j")
        assert robot.app.theme not in (before, "")
        await robot.press("escape")
        assert robot.app.theme == before
        assert not there(file)
        await robot.press("enter", "slash", *"nord", "enter")
        await robot.until(lambda: file.exists() and "nord" in file.read_text())
        assert robot.app.theme == "nord"


async def test_a_file_that_cannot_be_written_is_said(sales: Workspace, taken: Path) -> None:
    config = Config(file=taken / "config.toml", location=sales.path)
    async with driving(sales, sales.path, config=config) as robot:
        await settings(robot, "4")
        await robot.press("j", "right")
        await robot.until(lambda: "cannot be" in robot.text)


# ── keys ──────────────────────────────────────────────────────────────────────────────────────


def keyed(path: Path, **keymap: str) -> Config:
    dotted = {key.replace("__", "."): keys for key, keys in keymap.items()}
    return Config(file=path.parent / "config.toml", location=path, keymap=dotted)


async def test_a_key_is_chosen_by_pressing_it(sales: Workspace, file: Path) -> None:
    async with driving(sales, sales.path) as robot:
        await settings(robot, "5")
        await robot.press("slash", *"deal.win", "enter", "enter")
        await robot.press("u")
        assert "It is also Undo (history.undo)" in robot.text
        await robot.press("W", "enter")
        await robot.until(lambda: file.exists() and '"deal.win" = "W"' in file.read_text())
        await robot.until(lambda: "yours" in robot.text)
        await robot.press("f2")
        await robot.until(lambda: "W Won" in robot.text)
        await robot.press("W")
        assert robot.titles("Won") == ["Acme"]
        await robot.press("comma", "backspace")
        await robot.until(lambda: "deal.win" not in file.read_text())


async def test_keys_of_the_file_hold_and_trouble_is_said(sales: Workspace) -> None:
    config = keyed(sales.path, deal__win="Z", deal__lose="", nothing__at_all="y", app__quit="y")
    async with driving(sales, sales.path, config=config) as robot:
        assert "Z Won" in robot.text
        assert "x Lost" not in robot.text
        await robot.until(lambda: robot.app._notifications)
        said = next(iter(robot.app._notifications)).message
        assert "There is no action 'nothing.at_all'." in said
        assert "'y' is typed in texts and cannot quit." in said
        await robot.press("x", "Z")
        assert robot.titles("Won") == ["Acme"]
        await robot.press("question_mark", *"lost")
        await robot.until(lambda: "Won" not in robot.text.split("Help")[-1])
        assert "Lost" in robot.text


# ── who may what ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def operator(sales: Workspace, clock: Clock) -> Iterator[Workspace]:
    """Open the workspace as a Chat Operator."""
    sales.run(lambda tx: actions.team.add(tx, "Eve", role=Role.CHAT_OPERATOR.value))
    opened = Workspace.open(sales.path, actor="Eve", clock=clock)
    yield opened
    opened.close()


async def test_a_chat_operator_begins_with_contacts(operator: Workspace) -> None:
    async with driving(operator, operator.path) as robot:
        assert robot.app.screen is robot.app.places.home()
        assert "Contacts" in robot.text
        await robot.press("f2")
        assert "Eve is a Chat Operator and has no access to deals." in robot.text
        assert not robot.app.screen.query(Board)
        await robot.press("f4")
        await robot.until(lambda: "Nothing left for today." in robot.text)
        assert "Late" not in robot.text
        await robot.press("f10")
        await robot.until(lambda: isinstance(robot.app.screen, SettingsScreen))
        assert [each.id for each in robot.app.screen.query(Section)] == ["appearance"]
        assert "Pipelines" not in robot.text
        await robot.press("1", "5")
        await robot.until(lambda: robot.app.screen.query("#keys"))
        await robot.press("f3")
        assert robot.app.screen is robot.app.places.home()


async def test_quit_is_in_the_palette_once(operator: Workspace) -> None:
    async with driving(operator, operator.path) as robot:
        await robot.press("f2", "ctrl+p")
        await robot.until(lambda: robot.app.screen.has_class("-ready"))
        await robot.type("quit")
        found = robot.app.screen.query_one(OptionList)
        await robot.until(lambda: found.option_count == 1)
        assert "q · ctrl+q" in robot.text
