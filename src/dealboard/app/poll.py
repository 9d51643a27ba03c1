"""The change poll: what other processes commit is seen, and what follows from news is looked at."""

from typing import TYPE_CHECKING

from dealboard.app.messages import Waiting
from dealboard.domain.views import Role
from dealboard.store.reads import history
from dealboard.widgets.menu_bar import MenuBar

if TYPE_CHECKING:
    from dealboard.app import DealboardApp
    from dealboard.widgets.menu_line import Part

POLL_SECONDS = 0.5
"""How often the app looks whether another process wrote: a change appears within a second."""


class Poll:
    """Looks whether something was committed, and tells whoever has to know."""

    def __init__(self, app: "DealboardApp") -> None:
        self._app = app
        self.seen = 0
        self.newest_message: int | None = None
        self.badge: Part | None = None
        self._data_version = 0
        self._own: set[int] = set()
        self._standing: object = None

    def begin(self) -> None:
        """Look from now on whether something changes."""
        workspace = self._app.workspace
        self.seen = workspace.read(history.newest)
        self._data_version = workspace.data_version()
        self._app.set_interval(POLL_SECONDS, self._look)

    def is_own(self, operation: int) -> None:
        """Know that an operation is the app's own: its screens are told of it already."""
        self._own.add(operation)

    async def look_around(self) -> None:
        """Look at what was there before anybody looked; nothing of it is news."""
        await self._messages_came()
        await self._consequences()

    async def _look(self) -> None:
        app = self._app
        version = app.workspace.data_version()
        if version == self._data_version:
            return
        self._data_version = version
        found = await app.report(app.read(history.operations_after, self.seen))
        if found is None:
            return
        self.seen, operations = found
        foreign = set(operations) - self._own
        self._own.difference_update(operations)
        if await self._messages_came() or foreign:
            app.announce(None)
        await self._consequences()

    async def _consequences(self) -> None:
        """See to what a change may have brought: something to send, or to do later, or to say."""
        await self._app.deliveries.expect()
        await self._app.clock.mind()
        await self._show_badge()

    async def _messages_came(self) -> bool:
        """Return whether a chat has messages that were not there; they are no operations."""
        from dealboard.store.reads import messages

        known, self.newest_message = (
            self.newest_message,
            await self._app.report(self._app.read(messages.newest)),
        )
        return known is not None and self.newest_message != known

    async def _show_badge(self) -> None:
        """Say in the menu how many events for Meta did not go out, as often as that changes."""
        from dealboard.screens.conversion_badge import badge_of, read_standing

        app = self._app
        if app.workspace.user.role is Role.CHAT_OPERATOR:
            return
        standing = await app.report(app.read(read_standing, app.workspace.now))
        if standing != self._standing:
            self._standing, self.badge = standing, badge_of(standing)
            for screen in app.every_screen():
                for bar in screen.query(MenuBar):
                    bar.badge = self.badge
                screen.post_message(Waiting())
