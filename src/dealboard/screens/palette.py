"""The command palette: every action that has a key here, and everything that one can jump to.

Actions are found by the letters of their names in their order; deals, contacts, pipelines, stages
and saved views, whose names people wrote, by parts of them, case and accents ignored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from dealboard.domain.text import fold, safe
from dealboard.domain.views import Contact, Role, Row
from dealboard.screens import jumping
from dealboard.screens.saving import dealboard
from dealboard.screens.shortcuts import shortcuts, with_keys
from dealboard.widgets.line import LiteralText
from dealboard.widgets.lines import cut, literal

PAUSE_SECONDS = 0.05
"""How long nothing must be typed before it is looked for: what a fast typist takes for a key."""

NAME_CELLS = 60
"""Longer names are cut, so that there is room for what it is."""

NAMED_SCORE = 1_000.0
"""Above all others: what was asked for by its number or reference."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette: what is searched, what is shown, what is done."""

    text: str
    shown: Content
    run: Callable[[], object]


@runtime_checkable
class Jumps(Protocol):
    """A screen with places of its own to go to: their names and what goes there."""

    def jumps(self) -> Iterable[tuple[str, Callable[[], Awaitable[None] | None]]]:
        """Return the places."""
        ...


class Palette(CommandPalette):
    """Textual's palette, in which what is pasted is shown and does nothing."""

    def on_mount(self) -> None:
        """Show what is typed literally."""
        self.query_one(CommandInput).highlighter = LiteralText()


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


class Places(Provider):
    """Offers deals, contacts, pipelines, stages and saved views, each with what it is."""

    async def startup(self) -> None:
        """Read what there is few of."""
        app = dealboard(self.screen)
        self._with_deals = app.workspace.user.role is not Role.CHAT_OPERATOR
        self._fixed: tuple[jumping.Place, ...] = ()
        if self._with_deals:
            self._fixed = await app.report(app.read(jumping.read_fixed)) or ()

    async def discover(self) -> Hits:
        """Yield the deals that were worked on last, above everything else."""
        if self._with_deals:
            app = dealboard(self.screen)
            reading = app.read(jumping.jumps.recent, app.workspace.user.id)
            for at, row in enumerate(await app.report(reading) or ()):
                place = jumping.of_deal(row, app.config.locale)
                yield self._hit(place, 1.0 - at / jumping.jumps.RECENT)

    async def search(self, query: str) -> Hits:
        """Yield what a text finds, once the typing pauses; a newer text cancels an older one."""
        await asyncio.sleep(PAUSE_SECONDS)
        app = dealboard(self.screen)
        reading = app.read(jumping.jumps.find, query, with_deals=self._with_deals)
        found = await app.report(reading)
        for place in self._fixed:
            if fold(query) in fold(place.name):
                yield self._hit(place, self._score(query, place.name), query)
        if found is None:
            return
        locale = app.config.locale
        for row in found.named:
            yield self._hit(jumping.of_deal(row, locale), NAMED_SCORE, query)
        for place in self._people(found.deals, found.contacts):
            yield self._hit(place, self._score(query, place.name), query)

    def _people(self, deals: Iterable[Row], contacts: Iterable[Contact]) -> Iterator[jumping.Place]:
        locale = dealboard(self.screen).config.locale
        yield from (jumping.of_deal(row, locale) for row in deals)
        yield from map(jumping.of_contact, contacts)

    def _score(self, query: str, name: str) -> float:
        """Return how well a name fits, by the measure of the actions.

        A text that is not in the name was found elsewhere: in a number, a company, a contact.
        """
        wanted, folded = fold(query), fold(name)
        if wanted not in folded:
            return float(len(query))
        score, _ = self.matcher(wanted).fuzzy_search.match(wanted, folded)
        return score

    def _hit(self, place: jumping.Place, score: float, query: str = "") -> Hit:
        name = Content(cut(literal(place.name), NAME_CELLS))
        at = place.name.lower().find(query.lower()) if query else -1
        if at >= 0 and self.match_style is not None:
            name = name.stylize(self.match_style, at, min(at + len(query), len(name)))
        shown = Content.assemble(name, (f"  {literal(place.told)}", "dim not bold"))
        return Hit(score, shown, partial(place.go, self.screen), text=safe(place.name))
