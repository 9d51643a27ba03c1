"""What a lane holds of its stage, where it is scrolled to, and what its lines show of that.

Pure: no Textual here, so that the first board is drawn before Textual is loaded.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from dealboard.domain.views import Card, Stage, StageTotals
from dealboard.widgets.deal_card import (
    HEADER_HEIGHT,
    Density,
    Heading,
    Scope,
    card_lines,
    empty_lines,
    header_lines,
    older_line,
)
from dealboard.widgets.lines import Line, Span, blank

GUTTER = 1
"""Cells at a lane's right, where the thumb of its scroll bar is drawn."""


GROUNDS = ("head", "body", "card", "cursor", "marked", "dragged")
"""What a line can lie on."""


class Look(NamedTuple):
    """What the drawing of cards depends on besides the cards."""

    density: Density
    today: date
    locale: str
    sought: str = ""


class Drawn(NamedTuple):
    """A line, the ground that it lies on, and whether the thumb is at its right."""

    line: Line
    ground: str
    thumb: bool = False

    @property
    def gutter(self) -> Span:
        """What is at the line's right, on the ground of the lane's body."""
        return ("┃", "thumb") if self.thumb else (" ", "text")


class LaneState:
    """One stage of the board: its totals, the cards that are held, and which rows are in view."""

    def __init__(self, stage: Stage, totals: StageTotals | None, look: Look) -> None:
        self.stage = stage
        self.totals = totals
        self.first = 0
        self._body = 0
        self._look = look
        self._offset = 0
        self._cards: tuple[Card, ...] = ()
        self._selected: int | None = None
        self._marked: frozenset[int] = frozenset()
        self._counted: tuple[Scope, StageTotals | None] = (Scope.ALL, None)
        self._dragged: int | None = None

    # ── what it holds ─────────────────────────────────────────────────────────────────────────

    @property
    def deals(self) -> int:
        """How many cards there are to scroll through; before the totals are known, those held."""
        if self.totals is None:
            return self._offset + len(self._cards)
        return self.totals.deals - self.totals.older

    @property
    def older(self) -> int:
        """How many deals the last line stands for."""
        return self.totals.older if self.totals else 0

    @property
    def rows(self) -> int:
        """What the cursor can stand on: the cards, and the line of older deals."""
        return self.deals + (1 if self.older else 0)

    @property
    def capacity(self) -> int:
        """How many whole cards fit below the header."""
        density = self._look.density
        return max(1, (self._body + density.gap) // density.card_height)

    @property
    def held(self) -> tuple[Card, ...]:
        """The cards that are held, in view and a page either side."""
        return self._cards

    def card(self, row: int) -> Card | None:
        """Return the card of a row, None where none is held."""
        index = row - self._offset
        return self._cards[index] if 0 <= index < len(self._cards) else None

    def row_of(self, deal_id: int) -> int | None:
        """Return the row that holds a deal, None where it is not among those held."""
        found = (row for row, card in enumerate(self._cards, self._offset) if card.id == deal_id)
        return next(found, None)

    def hold(self, offset: int, cards: Sequence[Card]) -> None:
        """Hold these rows from now on."""
        self._offset, self._cards = offset, tuple(cards)

    def select(self, row: int | None) -> None:
        """Put the cursor on a row, or take it away."""
        self._selected = row

    def count(self, scope: Scope, whole: StageTotals | None = None) -> None:
        """Say in the header which deals are counted; `whole` are the totals of Scope.WHOLE."""
        self._counted = (scope, whole)

    # ── where it is scrolled to ───────────────────────────────────────────────────────────────

    def in_view(self, row: int) -> bool:
        """Whether a row is whole on the screen."""
        return self.first <= row < self.first + self.capacity

    def set_height(self, height: int) -> None:
        """Have so many lines, header included; also of a lane that is not on the screen yet."""
        self._body = max(0, height - HEADER_HEIGHT)
        self._show_from(self.first)

    def reveal(self, row: int) -> None:
        """Scroll as little as shows the whole row; without a height every row is in view."""
        if self._body:
            last = row - self.capacity + 1
            self._show_from(max(last, min(self.first, row)))

    def _show_from(self, first: int) -> None:
        self.first = max(0, min(first, self.rows - self.capacity))

    def _view(self, margin: int) -> range:
        """Return the rows on the screen and `margin` either side of them."""
        known = self.totals is not None
        stop = self.first + self.capacity + 1 + margin
        return range(max(0, self.first - margin), min(stop, self.deals) if known else stop)

    # ── what its lines show ───────────────────────────────────────────────────────────────────

    def lines(self, width: int) -> list[Drawn]:
        """Return all its lines, drawn anew; `width` is that of the lane."""
        lines = self._header_lines(width)
        for row, beside in self._in_sight(self._body):
            lines += self._row_lines(row, beside, width)
        return lines[: HEADER_HEIGHT + self._body]

    def _in_sight(self, height: int) -> Iterator[tuple[int, tuple[bool, ...]]]:
        """Yield the rows on so many lines, and which lines of each have the thumb beside them."""
        thumb, step = self._thumb(), self._look.density.card_height
        for top in range(0, height, step):
            yield self.first + top // step, tuple(y in thumb for y in range(top, top + step))

    def _thumb(self) -> range:
        """Return the lines of the body beside which the scroll bar's thumb is drawn."""
        hidden = self.rows - self.capacity
        if hidden <= 0:
            return range(0)
        length = max(1, self._body * self.capacity // self.rows)
        start = (self._body - length) * min(self.first, hidden) // hidden
        return range(start, start + length)

    def _heading(self) -> Heading:
        return Heading.PLAIN if self._selected is None else Heading.CURRENT

    def _header_of(self) -> tuple[Stage, StageTotals | None, Scope]:
        """Return what the header is drawn of."""
        scope, whole = self._counted
        return self.stage, whole if scope is Scope.WHOLE else self.totals, scope

    def _header_lines(self, width: int) -> list[Drawn]:
        stage, totals, scope = self._header_of()
        inner, locale = width - GUTTER, self._look.locale
        lines = header_lines(stage, totals, inner, locale, self._heading(), scope)
        return [Drawn(line, "head") for line in lines]

    def _card_in(self, row: int) -> Card | None:
        """Return the card that is drawn in a row."""
        return self.card(row) if row < self.deals else None

    def _ground(self, row: int, card: Card) -> str:
        if card.id == self._dragged:
            return "dragged"
        if row == self._selected:
            return "cursor"
        return "marked" if card.id in self._marked else "card"

    def _row_lines(self, row: int, beside: tuple[bool, ...], width: int) -> list[Drawn]:
        """Return a row's lines with its gap; `beside` says which have the thumb at their right."""
        card, inner = self._card_in(row), width - GUTTER
        lines = self._notes(row, inner) if card is None else self._card_lines(row, card, inner)
        gap = [(blank(inner, "text"), "body")] * (len(beside) - len(lines))
        drawn = zip([*lines, *gap], beside, strict=True)
        return [Drawn(line, ground, thumb) for (line, ground), thumb in drawn]

    def _card_lines(self, row: int, card: Card, width: int) -> list[tuple[Line, str]]:
        look, ground = self._look, self._ground(row, card)
        lines = card_lines(
            card,
            width,
            look.density,
            look.today,
            look.locale,
            selected=ground == "cursor",
            marked=card.id in self._marked,
            sought=look.sought,
        )
        body = look.density.card_height - look.density.gap
        below = "body" if ground == "card" else ground  # the next step hangs in the gap
        return [(line, ground if number < body else below) for number, line in enumerate(lines)]

    def _notes(self, row: int, width: int) -> list[tuple[Line, str]]:
        """Return what a row says that has no card: older deals, or that there are none."""
        lines: tuple[Line, ...] = ()
        selected = row == self._selected
        if row == self.deals and self.older:
            lines = (older_line(self.older, width, selected=selected),)
        elif row == 0 and not self.deals and self.totals is not None:
            filtered = self._counted[0] is not Scope.ALL
            lines = empty_lines(self.stage, width, selected=selected, filtered=filtered)
        return [(line, "body") for line in lines]
