"""The command palette: every action that has a key here, with its keys, and where to jump to."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from dealboard.domain.text import safe
from dealboard.screens.shortcuts import shortcuts, with_keys


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette: what is searched, what is shown, what is done."""

    text: str
    shown: Content
    run: Callable[[], object]


@runtime_checkable
class Jumps(Protocol):
    """A screen with places to go to, such as stages: their names and what goes there."""

    def jumps(self) -> Iterable[tuple[str, Callable[[], Awaitable[None] | None]]]:
        """Return the places."""
        ...


class Actions(Provider):
    """Offers what the keys of the screen do, its places, and the theme."""

    async def discover(self) -> Hits:
        """Yield everything, before anything is typed."""
        for entry in self._entries():
            yield DiscoveryHit(entry.shown, entry.run, text=entry.text)

    async def search(self, query: str) -> Hits:
        """Yield what the query finds."""
        matcher = self.matcher(query)
        for entry in self._entries():
            score, offsets = matcher.fuzzy_search.match(query, entry.text)
            if score > 0:
                shown = entry.shown
                for offset in offsets:
                    shown = shown.stylize(matcher.match_style, offset, offset + 1)
                yield Hit(score, shown, entry.run, text=entry.text)

    def _entries(self) -> Iterator[Entry]:
        for each in shortcuts(self.screen):
            yield Entry(each.label, with_keys(each), each.run_in(self.screen))
        if isinstance(self.screen, Jumps):
            for name, go in self.screen.jumps():
                yield Entry(safe(name), Content(safe(name)), go)
        yield Entry("Theme", Content("Theme"), self.app.action_change_theme)
