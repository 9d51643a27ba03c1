"""A main screen that has what it shows read again when something was changed."""

from typing import TYPE_CHECKING

from dealboard.screens.place import Place

if TYPE_CHECKING:
    from dealboard.app import Changed


class CatchingUp(Place):
    """Reads at once while it is open, and else when it is shown again."""

    behind = False
    """Whether something was changed since it was read."""

    def renew(self) -> object:
        """Have everything read again."""
        raise NotImplementedError

    def catch_up(self) -> None:
        """Show what is new: now, or when the screen is shown again."""
        if self in self.app.screen_stack:
            self.renew()
        else:
            self.behind = True

    def on_changed(self, _event: "Changed") -> None:
        """Show what was changed."""
        self.catch_up()

    def on_screen_resume(self) -> None:
        """Show what was changed meanwhile."""
        self._show_hints()
        if self.behind:
            self.behind = False
            self.renew()
