"""Help and palette: made from the bindings in force, searchable, and they do what they say."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widget import Widget

from dealboard import actions
from dealboard.screens.deal import DealScreen
from dealboard.screens.help import Help
from dealboard.screens.palette import Actions
from dealboard.screens.shortcuts import key_name
from dealboard.workspace import Workspace
from tests.ui.desk import Desk, at_desk


class Table(Widget, can_focus=True):
    """Something with keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L,shift+right,alt+right", "move(1)", "Move right", id="deal.move_right"),
        Binding("H,shift+left", "move(-1)", "Move left", id="deal.move_left"),
        Binding("z", "secret", "Not now", id="table.secret"),
        Binding("ctrl+y", "hidden", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.moves: list[int] = []

    def action_move(self, by: int) -> None:
        self.moves.append(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        return action != "secret"


class Place(Screen[None]):
    """A screen with keys of its own and places to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,ctrl+z", "undo", "Undo", id="history.undo"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.gone: list[str] = []

    def compose(self) -> ComposeResult:
        yield Table()

    def action_undo(self) -> None:
        self.gone.append("undo")

    def jumps(self) -> Iterable[tuple[str, Callable[[], None]]]:
        yield "Stage Offer [/red]", lambda: self.gone.append("Offer")


def table(desk: Desk) -> Table:
    place = next(each for each in desk.app.screen_stack if isinstance(each, Place))
    return place.query_one(Table)


async def open_help(desk: Desk) -> None:
    await desk.put(Place())
    await desk.press("question_mark")
    await desk.until(lambda: isinstance(desk.app.screen, Help))


async def open_palette(desk: Desk, text: str) -> Place:
    place = Place()
    await desk.put(place)
    desk.app.push_screen(CommandPalette([Actions]))
    await desk.until(lambda: desk.app.screen.has_class("-ready"))
    await desk.type(text)
    return place


async def test_keys_are_written_as_users_write_them() -> None:
    keys = ("L", "shift+right", "question_mark", "ctrl+p", "escape", "enter", "greater_than_sign")
    assert list(map(key_name, keys)) == ["L", "shift+→", "?", "ctrl+p", "esc", "⏎", ">"]


async def test_help_lists_what_works_here(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_help(desk)
        assert "L · shift+→ · alt+→  Move right" in desk.text
        assert "u · ctrl+z           Undo" in desk.text
        assert "ctrl+q               Quit" in desk.text
        headings = [text for text in ("Deal", "History", "App") if f"│ {text} " in desk.text]
        assert headings == ["Deal", "History", "App"]
        assert "Not now" not in desk.text
        assert "ctrl+y" not in desk.text


async def test_help_is_searched_at_once_and_does_it(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_help(desk)
        await desk.type("right")
        await desk.until(lambda: "Move left" not in desk.text)
        await desk.press("enter")
        await desk.until(lambda: table(desk).moves == [1])
        assert isinstance(desk.app.screen, Place)


async def test_help_finds_an_action_by_its_key(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_help(desk)
        await desk.type("ctrl+z")
        await desk.until(lambda: "Move left" not in desk.text)
        assert "Undo" in desk.text


async def test_help_moves_by_arrows_and_takes_a_click(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_help(desk)
        await desk.press("down", "enter")
        await desk.until(lambda: table(desk).moves == [-1])
        await desk.press("question_mark")
        await desk.until(lambda: isinstance(desk.app.screen, Help))
        await desk.pilot.click("_Actions", offset=(30, 1))
        await desk.until(lambda: table(desk).moves == [-1, 1])


async def test_help_finds_nothing_without_harm(workspace: Workspace) -> None:
    async with at_desk(workspace, size=(60, 20)) as desk:
        await open_help(desk)
        await desk.type("[/red] xyz")
        await desk.press("enter", "escape")
        await desk.until(lambda: isinstance(desk.app.screen, Place))
        assert table(desk).moves == []


async def test_a_form_has_help_too(workspace: Workspace) -> None:
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales"))
    async with at_desk(workspace, DealScreen()) as desk:
        await desk.press("f1")
        await desk.until(lambda: isinstance(desk.app.screen, Help))
        assert "F2 · ctrl+s" in desk.text
        assert desk.text.index("F2 · ctrl+s") < desk.text.index("More")


async def test_palette_shows_actions_with_their_keys(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_palette(desk, "")
        await desk.shows("Move right  L · shift+→ · alt+→")
        assert "Theme" in desk.text
        assert "Stage Offer [/red]" in desk.text


async def test_palette_runs_what_it_finds(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_palette(desk, "mvlft")
        await desk.until(lambda: "Move left" in desk.text and "Undo" not in desk.text)
        await desk.press("enter")
        await desk.until(lambda: table(desk).moves == [-1])


async def test_palette_jumps(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        place = await open_palette(desk, "offer")
        await desk.until(lambda: "Stage Offer" in desk.text and "Undo" not in desk.text)
        await desk.press("enter")
        await desk.until(lambda: place.gone == ["Offer"])
