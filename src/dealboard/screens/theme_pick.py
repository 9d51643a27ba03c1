"""Choosing a theme: the whole screen shows the one under the cursor."""

import os
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import OptionList

from dealboard.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

NO_COLOR = "NO_COLOR is set: no theme has colours"
"""What is said where the environment forbids colours."""


class ThemePick(Pick[str]):
    """All themes there are."""

    @on(OptionList.OptionHighlighted)
    def _try(self, event: OptionList.OptionHighlighted) -> None:
        choice = self._choices.get(event.option_id or "")
        if choice is not None:
            self.app.theme = choice.id


def choose_theme(app: "DealboardApp") -> None:
    """Let a theme be chosen; it is kept, and Esc brings the one before back."""
    before = app.theme

    def keep(chosen: str | None) -> None:
        app.theme = chosen or before
        if chosen is not None:
            app.start(app.configuring.change({"theme": chosen}))
            if "TEXTUAL_THEME" in os.environ:
                app.say("TEXTUAL_THEME chooses the theme at the next start.", severity="warning")

    choices = [
        Choice(name, name, "dark" if theme.dark else "light")
        for name, theme in sorted(app.available_themes.items())
    ]
    title = f"Theme · {NO_COLOR}" if app.no_color else "Theme"
    app.push_screen(ThemePick(title, choices, chosen=before), keep)
