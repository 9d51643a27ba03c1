"""The top line: what it shows at a width, and what a click on it chooses."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from dealboard.widgets.menu_bar import MenuBar
from dealboard.widgets.menu_line import MenuItem, menu_line

ITEMS = [
    MenuItem("deals", "Deals"),
    MenuItem("contacts", "Contacts"),
    MenuItem("automations", "Automations"),
    MenuItem("conversions", "Conversions"),
    MenuItem("settings", "Settings"),
]
ACTIONS = [
    MenuItem("new_deal", "＋ New deal"),
    MenuItem("new_pipeline", "＋ Pipeline"),
    MenuItem("configure", "⚙"),
]


def line(width: int, current: str = "deals", place: str = "Sales Pipeline") -> str:
    return "".join(part.text for part in menu_line(ITEMS, ACTIONS, current, place, width))


def test_a_wide_line_shows_everything() -> None:
    assert " ".join(line(120).split()) == (
        "Deals · Contacts · Automations · Conversions · Settings │ Sales Pipeline ▾ "
        "＋ New deal ＋ Pipeline ⚙"
    )


def test_a_narrower_line_shortens_the_actions_first() -> None:
    text = line(90)
    assert "Settings" in text
    assert "Sales Pipeline ▾" in text
    assert text.rstrip().endswith("＋  ⚙")


def test_a_very_narrow_line_keeps_where_one_is() -> None:
    text = line(30, current="settings")
    assert "Settings" in text
    assert "Conversions" not in text
    assert text.rstrip().endswith("⚙")


def test_a_name_is_shown_as_it_is_written() -> None:
    assert "[/red]␛[31m" in line(140, place="[/red]\x1b[31m")


@given(
    width=st.integers(20, 200),
    place=st.text(max_size=70),
    current=st.sampled_from([item.id for item in ITEMS]),
)
def test_the_line_is_as_wide_as_asked_and_holds_the_current_item(
    width: int, place: str, current: str
) -> None:
    parts = menu_line(ITEMS, ACTIONS, current, place, width)
    assert sum(cell_len(part.text) for part in parts) == width
    assert current in [part.item_id for part in parts]


class MenuApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        menu = MenuBar(ITEMS, ACTIONS, current="deals")
        menu.place = "Sales Pipeline"
        yield menu

    def on_menu_bar_chosen(self, event: MenuBar.Chosen) -> None:
        self.chosen.append(event.item_id)

    @property
    def line(self) -> str:
        return self.query_one(MenuBar).render_line(0).text


async def click(pilot: Pilot[None], text: str) -> list[str]:
    app = cast("MenuApp", pilot.app)
    x = cell_len(app.line[: app.line.index(text)])
    await pilot.click(MenuBar, offset=(x, 0))
    await pilot.pause()
    return app.chosen


async def test_each_part_can_be_clicked() -> None:
    async with MenuApp().run_test(size=(120, 5)) as pilot:
        await pilot.pause()
        await click(pilot, "Contacts")
        await click(pilot, "Sales Pipeline")
        await click(pilot, "＋ New")
        await click(pilot, "＋ Pipe")
        assert await click(pilot, "⚙") == [
            "contacts",
            "place",
            "new_deal",
            "new_pipeline",
            "configure",
        ]


async def test_a_click_between_the_parts_chooses_nothing() -> None:
    async with MenuApp().run_test(size=(120, 5)) as pilot:
        await pilot.pause()
        assert await click(pilot, " · ") == []


async def test_the_part_under_the_pointer_is_underlined() -> None:
    async with MenuApp().run_test(size=(120, 5)) as pilot:
        await pilot.pause()
        app = cast("MenuApp", pilot.app)
        await pilot.hover(MenuBar, offset=(app.line.index("Contacts"), 0))
        await pilot.pause()
        underlined = [
            segment.text
            for segment in app.query_one(MenuBar).render_line(0)
            if segment.style and segment.style.underline
        ]
        assert underlined == ["Contacts"]


async def test_what_was_cut_is_told_beside_the_pointer() -> None:
    async with MenuApp().run_test(size=(84, 5)) as pilot:
        await pilot.pause()
        app = cast("MenuApp", pilot.app)
        bar = app.query_one(MenuBar)
        bar.place = "A pipeline [/red] with a long name"
        await pilot.pause()
        told = {}
        for sign in ("Deals", "A pip", "＋"):
            await pilot.hover(MenuBar, offset=(cell_len(app.line.partition(sign)[0]), 0))
            told[sign] = str(bar.tooltip)
        assert told["Deals"] == "None"
        assert told["A pip"] == "A pipeline [/red] with a long name"
        assert told["＋"].startswith("＋ ")


async def test_the_name_of_what_is_shown_may_change() -> None:
    async with MenuApp().run_test(size=(120, 5)) as pilot:
        await pilot.pause()
        app = cast("MenuApp", pilot.app)
        app.query_one(MenuBar).place = "Onboarding"
        await pilot.pause()
        assert "Onboarding ▾" in app.line
