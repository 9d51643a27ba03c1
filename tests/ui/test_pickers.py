"""Choosing, asking and confirming: one key each, and no reflex that does harm."""

import pytest

from dealboard.screens.ask import Ask
from dealboard.screens.confirm import Confirm
from dealboard.screens.pick import Choice, Pick
from dealboard.workspace import Workspace
from tests.ui.desk import UNANSWERED, at_desk

STAGES = (
    Choice(11, "Lead", "10 %"),
    Choice(12, "Qualified [b]", "30 %"),
    Choice(13, "Won ✓", "100 %", key="w"),
    Choice(14, "Lost ✗", "0 %", key="x"),
)


def pick() -> Pick[int]:
    return Pick("Move Acme [/red] to", STAGES, chosen=12)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("1",), 11),
        (("2",), 12),
        (("w",), 13),
        (("x",), 14),
        (("enter",), 12),
        (("j", "enter"), 13),
        (("k", "enter"), 11),
        (("down", "down", "enter"), 14),
        (("G", "enter"), 14),
        (("g", "enter"), 11),
        (("escape",), None),
        (("q",), None),
        (("slash", "l", "o", "s", "enter"), 14),
        (("slash", "l", "down", "enter"), 12),
        (("slash", "l", "o", "escape", "1"), 11),
    ],
)
async def test_pick(workspace: Workspace, keys: tuple[str, ...], answer: int | None) -> None:
    async with at_desk(workspace, pick()) as desk:
        await desk.press(*keys)
        assert await desk.answered() == answer


async def test_pick_takes_no_key_of_nobody(workspace: Workspace) -> None:
    async with at_desk(workspace, pick()) as desk:
        await desk.press("7", "z")
        assert desk.answer == UNANSWERED


async def test_pick_shows_names_literally_with_their_hints(workspace: Workspace) -> None:
    async with at_desk(workspace, pick()) as desk:
        assert "Move Acme [/red] to" in desk.text
        assert "2  Qualified [b]    30 %" in desk.text
        assert "w  Won ✓           100 %" in desk.text


async def test_pick_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace, pick()) as desk:
        await desk.pilot.click("#choices", offset=(5, 0))
        assert await desk.answered() == 11


async def test_pick_of_many_scrolls_and_gives_out_every_key(workspace: Workspace) -> None:
    many = [Choice(number, f"Stage {number}") for number in range(40)]
    async with at_desk(workspace, Pick("Stage", many), size=(60, 20)) as desk:
        await desk.press("end", "enter")
        assert await desk.answered() == 39
    async with at_desk(workspace, Pick("Stage", many), size=(60, 20)) as desk:
        await desk.press("a")
        assert await desk.answered() == 9


async def test_confirm_is_no_reflex(workspace: Workspace) -> None:
    async with at_desk(workspace, Confirm("Delete Acme [/]?", detail="u brings it back.")) as desk:
        assert "Delete Acme [/]?" in desk.text
        await desk.press("enter", "D", "space")
        assert desk.answer == UNANSWERED
        await desk.press("y")
        assert await desk.answered() is True


@pytest.mark.parametrize("key", ["n", "escape", "q"])
async def test_confirm_says_no(workspace: Workspace, key: str) -> None:
    async with at_desk(workspace, Confirm("Delete Acme?")) as desk:
        await desk.press(key)
        assert await desk.answered() is False


@pytest.mark.parametrize(("button", "answer"), [("#yes", True), ("#no", False)])
async def test_confirm_by_mouse(workspace: Workspace, button: str, answer: bool) -> None:
    async with at_desk(workspace, Confirm("Delete Acme?")) as desk:
        await desk.pilot.click(button)
        assert await desk.answered() is answer


async def test_confirm_of_many_has_to_be_typed(workspace: Workspace) -> None:
    async with at_desk(workspace, Confirm("Delete 340 deals?", typed="340")) as desk:
        await desk.press("y", "enter")
        await desk.shows("Type 340 to go on")
        await desk.press("backspace", "3", "4", "0", "enter")
        assert await desk.answered() is True


async def test_ask_answers_what_was_typed(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Why was it lost?")) as desk:
        await desk.type("too [dear]/q ")
        await desk.press("enter")
        assert await desk.answered() == "too [dear]/q"


async def test_ask_keeps_bursts_in_order(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Why?")) as desk:
        await desk.burst("b", "a", "backspace", "c", "left", "x", "enter")
        assert await desk.answered() == "bxc"


async def test_ask_leaves_at_once_where_nothing_was_typed(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Another name", initial="Sales")) as desk:
        await desk.press("escape")
        assert await desk.answered() is None


async def test_ask_asks_before_it_loses_a_text(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Why?")) as desk:
        await desk.type("dear")
        # What a terminal makes of alt+right: it must not cost the text.
        for _ in range(2):
            await desk.press("escape", "right")
            await desk.press("escape", "right")
        await desk.press("enter")
        assert await desk.answered() == "dear"


async def test_ask_discards_when_told_to(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Why?")) as desk:
        await desk.type("dear")
        await desk.press("escape", "y")
        assert await desk.answered() is None


async def test_ask_can_insist(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Name", required=True)) as desk:
        await desk.press("enter")
        await desk.shows("It needs a value.")
        await desk.press("A", "enter")
        assert await desk.answered() == "A"


async def test_ask_takes_all_of_what_is_pasted(workspace: Workspace) -> None:
    async with at_desk(workspace, Ask("Name")) as desk:
        await desk.paste("two\nlines\x1b[31m")
        assert "two lines␛[31m" in desk.text
        assert "\x1b" not in desk.text
        await desk.press("enter")
        assert await desk.answered() == "two lines\x1b[31m"


async def test_the_highlight_is_seen_without_colours(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with at_desk(workspace, pick()) as desk:

        def underlined(name: str) -> bool:
            strips = desk.app.screen._compositor.render_strips()
            (strip,) = (each for each in strips if name in each.text)
            return any(name in text and style and style.underline for text, style, _ in strip)

        assert underlined("Qualified")
        assert not underlined("Lead")
