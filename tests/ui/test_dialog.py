"""What stands in dialogs: buttons, and fields that choose, as the focus shows them."""

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.widget import Widget

from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.dialog import Buttons, button
from dealboard.widgets.several import Several


class Form(App[None]):
    """A button and fields of both kinds that choose."""

    def compose(self) -> ComposeResult:
        stages = (Choice(1, "Lead", "10 %"),)
        stage, owners = Chooser("Stage", id="stage"), Several("Owner", id="owners")
        stage.offer(stages, 1)
        owners.offer(stages, ())
        yield stage
        yield owners
        with Buttons():
            yield button("Save", "F2", id="save")

    def segments(self, widget: Widget) -> list[Segment]:
        """Return what is drawn in the first line of a widget."""
        x, y, width, _ = widget.region
        line = self.screen._compositor.render_strips()[y].crop(x, x + width)
        return [each for each in line if not each.control]


@pytest.mark.parametrize("name", ["stage", "owners", "save"])
async def test_what_has_the_focus_is_one_field_all_of_which_can_be_read(name: str) -> None:
    app = Form()
    async with app.run_test(size=(60, 8)) as pilot:
        app.query_one(f"#{name}").focus()
        await pilot.pause()
        shown = app.segments(app.query_one(f"#{name}"))
        assert len({each.style and (each.style.bgcolor, each.style.reverse) for each in shown}) == 1
        assert len({each.style and each.style.color for each in shown if each.text.strip()}) == 1
