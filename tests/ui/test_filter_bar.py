"""The filter bar: a name typed live and in order, chips that go and can be changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from dealboard.domain.filter_words import Chip, Part
from dealboard.widgets.filter_bar import FilterBar
from dealboard.widgets.filter_line import Keys
from dealboard.widgets.turns import take_in_order
from tests.ui.drive import until

OWNER = Chip(Part.OWNER, "owner", "Ada [b]")
NAME = Chip(Part.NAME, "name", "acme")


class Body(Widget, can_focus=True):
    """What has the focus before a name is typed."""

    DEFAULT_CSS = "Body { height: 1fr; }"

    async def on_key(self, event: events.Key) -> None:
        await take_in_order(self, event)


class Bench(App[None]):
    """A bar above a body; `n` would make something new."""

    BINDINGS = [  # noqa: RUF012
        Binding("slash", "find"),
        Binding("n", "say('new')"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []
        self.bar = FilterBar()
        self.body = Body()

    def compose(self) -> ComposeResult:
        yield self.bar
        yield self.body

    def action_find(self) -> None:
        self.bar.open()

    def action_say(self, text: str) -> None:
        self.said.append(text)

    def on_filter_bar_name_typed(self, event: FilterBar.NameTyped) -> None:
        self.said.append(event.text)

    def on_filter_bar_chip_removed(self, event: FilterBar.ChipRemoved) -> None:
        self.said.append(("removed", event.part))

    def on_filter_bar_edit_requested(self, event: FilterBar.EditRequested) -> None:
        self.said.append(("edit", event.part))

    def on_filter_bar_clear_requested(self, event: Message) -> None:
        self.said.append("clear")

    def on_filter_bar_closed(self, event: Message) -> None:
        self.said.append("closed")

    async def burst(self, pilot: Pilot[None], *keys: str) -> None:
        """Press keys all at once, as a fast typist delivers them."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()

    @property
    def text(self) -> str:
        strips = self.screen._compositor.render_strips()
        return strips[0].text


@asynccontextmanager
async def at_bench(*chips: Chip) -> AsyncIterator[tuple[Bench, Pilot[None]]]:
    app = Bench()
    async with app.run_test(size=(100, 6)) as pilot:
        app.bar.show(chips, "12 of 340 · €1.2M", filtered=bool(chips))
        app.body.focus()
        await pilot.pause()
        yield app, pilot


async def test_a_name_is_told_while_it_is_typed_and_kept_by_enter() -> None:
    async with at_bench() as (app, pilot):
        await pilot.press("slash", "a", "b", "enter")
        assert app.said == ["a", "ab", "closed"]
        assert app.screen.focused is app.body


async def test_the_hints_say_what_enter_and_escape_do() -> None:
    async with at_bench() as (app, pilot):
        await pilot.press("slash", "a")
        shown = [each.binding for each in app.active_bindings.values() if each.binding.show]
        told = {each.key: each.description for each in shown}
        assert (told["enter"], told["escape"]) == ("Keep the name", "Clear the name")


async def test_down_goes_to_what_was_found() -> None:
    async with at_bench() as (app, pilot):
        await pilot.press("slash", "a", "down")
        assert app.said == ["a", "closed"]
        assert app.screen.focused is app.body


async def test_escape_looks_for_no_name() -> None:
    async with at_bench(NAME) as (app, pilot):
        await pilot.press("slash", "a", "escape")
        assert app.said == ["a", "", "closed"]
        assert app.screen.focused is app.body


async def test_what_is_typed_at_once_keeps_its_order() -> None:
    async with at_bench() as (app, pilot):
        await app.burst(pilot, "slash", "b", "a", "backspace", "c", "enter", "n")
        assert [each for each in app.said if each not in ("closed", "new")][-1] == "bc"
        assert app.said.count("new") == 1
        assert app.screen.focused is app.body


async def test_letters_typed_ahead_of_the_line_are_letters() -> None:
    async with at_bench() as (app, pilot):
        await app.burst(pilot, "slash", "n", "o", "n", "e")
        assert app.said[-1] == "none"
        assert "new" not in app.said


async def test_escape_in_a_burst_has_the_last_word() -> None:
    async with at_bench() as (app, pilot):
        await app.burst(pilot, "slash", "a", "b", "escape")
        names = [each for each in app.said if each != "closed"]
        assert names[-1:] in ([], [""])


async def test_the_name_in_force_can_be_gone_on_with() -> None:
    async with at_bench(NAME) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: "/  acme" in app.text)
        await pilot.press("end", "x", "enter")
        assert app.said == ["acmex", "closed"]


async def test_leaving_by_mouse_keeps_the_name() -> None:
    async with at_bench() as (app, pilot):
        await pilot.press("slash", "a")
        await pilot.click(Body)
        assert app.said == ["a", "closed"]
        assert not app.bar.searching


async def test_a_terminal_that_loses_the_focus_ends_no_search() -> None:
    async with at_bench() as (app, pilot):
        await pilot.press("slash", "a")
        app.post_message(events.AppBlur())
        await pilot.pause()
        app.post_message(events.AppFocus())
        await pilot.pause()
        await pilot.press("b")
        assert app.said == ["a", "ab"]


async def test_everything_can_be_clicked() -> None:
    async with at_bench(NAME, OWNER) as (app, pilot):
        for text, told in (
            ("owner", ("edit", Part.OWNER)),
            ("[b] ×", ("edit", Part.OWNER)),
            ("× ", ("removed", Part.NAME)),
            ("clear", "clear"),
        ):
            await pilot.click(FilterBar, offset=(cell_len(app.text.partition(text)[0]), 0))
            assert app.said.pop() == told
        await pilot.click(FilterBar, offset=(cell_len(app.text.partition("acme")[0]), 0))
        assert app.bar.searching


async def test_the_bar_says_what_it_was_told_literally() -> None:
    async with at_bench(OWNER) as (app, pilot):
        assert "owner Ada [b] ×" in app.text
        assert app.text.endswith("F clear  12 of 340 · €1.2M ")
        app.bar.keys = Keys(clear="ctrl+x")
        app.bar.show((OWNER._replace(value="\x1b[31m"),), "0 of 340", filtered=True)
        await pilot.pause()
        assert "owner ␛[31m ×" in app.text
        assert app.text.endswith("ctrl+x clear  0 of 340 ")


async def test_what_a_click_would_do_is_underlined() -> None:
    async with at_bench(OWNER) as (app, pilot):
        await pilot.hover(FilterBar, offset=(app.text.index("owner"), 0))
        await pilot.pause()
        line = app.bar.render_line(0)
        assert "".join(s.text for s in line if s.style and s.style.underline) == " owner Ada [b]"
