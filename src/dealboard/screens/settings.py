"""The settings: pipelines and stages, users, the workspace, how it looks, which keys do what.

Every change is saved at once. What a Chat Operator may not change is not shown (decision 23).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from dealboard.domain.views import Role
from dealboard.screens.place import Place
from dealboard.screens.settings_section import Section
from dealboard.widgets.rows import Rows
from dealboard.widgets.section_tabs import SectionTabs, Tab

if TYPE_CHECKING:
    from dealboard.app import Changed

LAST_SECTION = "settings_section"
"""Under which each user's section is remembered."""


def _pipelines() -> Section:
    from dealboard.screens.settings_pipelines import PipelinesSection

    return PipelinesSection()


def _users() -> Section:
    from dealboard.screens.settings_users import UsersSection

    return UsersSection()


def _workspace() -> Section:
    from dealboard.screens.settings_workspace import WorkspaceSection

    return WorkspaceSection()


def _appearance() -> Section:
    from dealboard.screens.settings_appearance import AppearanceSection

    return AppearanceSection()


def _keys() -> Section:
    from dealboard.screens.settings_keys import KeysSection

    return KeysSection()


SECTIONS: Mapping[str, tuple[str, Callable[[], Section]]] = {
    "pipelines": ("Pipelines", _pipelines),
    "users": ("Users", _users),
    "workspace": ("Workspace", _workspace),
    "appearance": ("Appearance", _appearance),
    "keys": ("Keys", _keys),
}
"""The sections: their labels, and what makes them when they are first shown."""

PERSONAL = ("appearance", "keys")
"""The sections that concern nobody but who sits here."""


class SettingsScreen(Place):
    """The settings (guide, Managing pipelines, and what a workspace needs besides)."""

    PLACE = "settings"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"section('{name}')", label, show=False, id=f"settings.{name}")
        for number, (name, (label, _)) in enumerate(SECTIONS.items(), start=1)
    ]

    AUTO_FOCUS = "Rows"

    DEFAULT_CSS = """
    SettingsScreen {
        layout: vertical;
        & > SectionTabs { margin: 0 0; }
        & > #sections { height: 1fr; }
    }
    """

    def body(self) -> ComposeResult:
        """Yield the tabs and the section one was in last."""
        remembered = self.dealboard.recall_mine(LAST_SECTION)
        self._current = remembered if remembered in self.offered else self.offered[0]
        keys = {name: str(number) for number, name in enumerate(SECTIONS, start=1)}
        tabs = [Tab(name, keys[name], SECTIONS[name][0]) for name in self.offered]
        yield SectionTabs(tabs, self._current)
        with Vertical(id="sections"):
            yield self._section(self._current)

    @property
    def offered(self) -> tuple[str, ...]:
        """The sections that whoever acts may see."""
        operator = self.dealboard.workspace.user.role is Role.CHAT_OPERATOR
        return PERSONAL if operator else tuple(SECTIONS)

    def _section(self, name: str) -> Section:
        section = SECTIONS[name][1]()
        section.id = name
        return section

    def on_mount(self) -> None:
        """Show the keys of the section."""
        self._show_hints()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the sections that there are."""
        return action != "section" or parameters[0] in self.offered

    @on(SectionTabs.Chosen)
    async def _choose_section(self, event: SectionTabs.Chosen) -> None:
        await self.show_section(event.tab_id, focus=False)

    async def action_section(self, name: str) -> None:
        """Show a section and go into it."""
        await self.show_section(name, focus=True)

    async def show_section(self, name: str, *, focus: bool) -> None:
        """Show a section in place of the one that is shown."""
        if name != self._current:
            before, self._current = self._current, name
            self.query_one(SectionTabs).current = name
            self.query_one(f"#{before}", Section).display = False
            known = self.query(f"#{name}")
            if known:
                known.first().display = True
                self._touch()
            else:
                await self.query_one("#sections").mount(self._section(name))
            self.dealboard.remember_mine(LAST_SECTION, name)
        tabs = self.query_one(SectionTabs)
        if focus or not tabs.has_focus:
            self.set_focus(self.query_one(f"#{name}").query(Rows).first())

    def _touch(self) -> None:
        self.query_one(f"#{self._current}", Section).touch()

    def on_changed(self, event: "Changed") -> None:  # noqa: ARG002
        """Show what was committed, by this app or another process."""
        if self.is_current or self in self.app.screen_stack:
            self._touch()

    def on_screen_resume(self) -> None:
        """Show what changed while something else was in front."""
        if self.query("#sections > Section"):
            self._touch()

    def on_configured(self) -> None:
        """Show the settings as they are now."""
        self._touch()
