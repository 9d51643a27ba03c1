"""Choosing several: marks by key, by word and by mouse, in an order that may be the user's."""

import pytest

from dealboard.screens.pick_many import Choice, PickMany
from dealboard.workspace import Workspace
from tests.ui.desk import UNANSWERED, at_desk

OWNERS = (
    Choice(11, "Ada [b]", "you"),
    Choice(12, "Ben"),
    Choice(13, "Chloé (inactive)"),
    Choice(14, "Dag"),
)


def picker(**options: bool | int) -> PickMany[int]:
    return PickMany("Owners [/]", OWNERS, chosen=[12], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), (12,)),
        (("1", "enter"), (11, 12)),
        (("2", "enter"), ()),
        (("space", "space", "enter"), (13,)),
        (("G", "space", "g", "space", "enter"), (11, 12, 14)),
        (("A", "enter"), (11, 12, 13, 14)),
        (("A", "A", "f2"), ()),
        (("slash", "c", "h", "l", "o", "e", "enter", "enter"), (12, 13)),
        (("slash", "b", "escape", "1", "enter"), (11, 12)),
        (("9", "J", "enter"), (12,)),
        (("1", "escape"), None),
        (("q",), None),
    ],
)
async def test_pick_many(
    workspace: Workspace, keys: tuple[str, ...], answer: tuple[int, ...] | None
) -> None:
    async with at_desk(workspace, picker()) as desk:
        await desk.press(*keys)
        assert await desk.answered() == answer


async def test_what_is_marked_can_be_put_in_order(workspace: Workspace) -> None:
    async with at_desk(workspace, picker(movable=True)) as desk:
        await desk.press("A", "K", "G", "alt+up", "alt+up", "J", "enter")
        assert await desk.answered() == (12, 11, 14, 13)


async def test_some_have_to_be_marked(workspace: Workspace) -> None:
    async with at_desk(workspace, picker(least=1)) as desk:
        await desk.press("2", "enter")
        await desk.shows("At least 1")
        assert desk.answer == UNANSWERED
        await desk.press("4", "enter")
        assert await desk.answered() == (14,)


async def test_names_are_shown_literally_with_their_marks(workspace: Workspace) -> None:
    async with at_desk(workspace, picker()) as desk:
        assert "Owners [/]" in desk.text
        assert "1 [ ] Ada [b]            you" in desk.text
        assert "2 [✓] Ben" in desk.text


async def test_pick_many_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace, picker()) as desk:
        await desk.pilot.click("#choices", offset=(5, 0))
        await desk.pilot.click("#choices", offset=(5, 3))
        await desk.pilot.click("#choices", offset=(5, 1))
        await desk.pilot.click("#done")
        assert await desk.answered() == (11, 14)


async def test_cancel_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace, picker()) as desk:
        await desk.press("slash", "a")
        await desk.pilot.click("#cancel")
        assert await desk.answered() is None


async def test_a_long_list_scrolls_and_leaves_the_buttons_in_sight(workspace: Workspace) -> None:
    many = [Choice(number, f"Stage {number} " + "x" * number) for number in range(60)]
    async with at_desk(workspace, PickMany("Stages", many), size=(70, 18)) as desk:
        await desk.press("G", "space")
        assert "Done" in desk.text
        assert "Stage 59" in desk.text
        await desk.press("enter")
        assert await desk.answered() == (59,)
