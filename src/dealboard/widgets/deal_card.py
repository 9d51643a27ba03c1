"""What a stage's header and a deal's card show: values and a width in, lines of spans out.

Pure: no Textual here, no clock, no I/O. A span's style is the name of a component class of `Lane`
without its prefix. Every line is exactly as wide as asked.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from rich.cells import cell_len

from dealboard.domain.dates import format_day
from dealboard.domain.found import Found, found_in, split_at
from dealboard.domain.money import NOTHING, format_amount, format_compact
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.views import Card, Stage, StageTotals
from dealboard.widgets.lines import Line, Span, blank, cut, literal, row, width_of

HEADER_HEIGHT = 4
"""Lines of a stage's header: name, value, weighted value, rule."""

MARGIN = 1
"""Cells at a card's left (where the cursor's marker stands) and right edge."""

SELECTED = "✓"
"""What stands at the left edge of a deal that is selected."""

STEP = "▸"
"""Stands before what is to be done next."""

IDLE = "◷"
"""Stands before the days for which a rotting deal has been idle."""

PHONE = "☎"
"""Stands before the contacts of a deal that was found by the number of one."""


class Density(StrEnum):
    """How much room a card takes: three lines and one for its next step, or two lines."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"

    @property
    def card_height(self) -> int:
        """Lines from one card to the next."""
        return 4 if self is Density.COMFORTABLE else 2

    @property
    def gap(self) -> int:
        """Lines after a card that are empty if nothing is planned."""
        return 1 if self is Density.COMFORTABLE else 0


# ── cards ─────────────────────────────────────────────────────────────────────────────────────


def card_lines(
    card: Card,
    width: int,
    density: Density,
    today: date,
    locale: str,
    *,
    selected: bool = False,
    marked: bool = False,
    sought: str = "",
) -> tuple[Line, ...]:
    """Return a deal's lines without the gap after it (guide, Pipeline View).

    Title, owner, amount or '–', created and close date, contacts; what is next, where the gap would
    be, and how long a rotting deal has been idle. What was `sought` stands out where it was found,
    and is shown if it would not be (decision 43). The cursor is the marker at the left edge, and a
    deal that is `marked` has a tick there; colours only underline them.
    """
    draw = _comfortable if density is Density.COMFORTABLE else _compact
    edge: Span = ("▌", "marker") if selected else (" " * MARGIN, "text")
    inner = width - 2 * MARGIN
    return tuple(
        (
            (SELECTED, "marker") if marked and not number else edge,
            *row(left, right, inner, "text"),
            (" " * MARGIN, "text"),
        )
        for number, (left, right) in enumerate(draw(card, inner, today, locale, sought))
    )


def _comfortable(
    card: Card, width: int, today: date, locale: str, sought: str
) -> Iterable[tuple[list[Span], list[Span]]]:
    amount = _amount(card, width // 2, locale)
    found = found_in(sought, card.title, card.reference, card.contacts)
    people = _people(card, width - width_of(amount) - 1, found, sought)
    expected = _expected(card, today)
    below = expected and card.next_step is None
    dates = _dates(card, today, 0 if below else width - 3)
    owner = short_name(card.owner, width - width_of(dates) - 1)
    yield _title(card, found, sought), _idle(card, width // 3)
    yield people, amount
    yield [(owner, "muted")], dates
    if card.next_step is not None:
        due = _due(card.next_step.due, today)
        yield [("╰", "muted"), (f"{STEP} {literal(card.next_step.text)}", "text")], due
    elif expected:
        yield [("╰ expected", "muted")], [(expected, "muted")]


def _compact(
    card: Card, width: int, today: date, locale: str, sought: str
) -> Iterable[tuple[list[Span], list[Span]]]:
    owner, step = initials(card.owner), _step_mark(card, today)
    dates = _dates(card, today, width - cell_len(owner) - width_of(step) - 2, arrow="→")
    found = found_in(sought, card.title, card.reference, card.contacts)
    idle, amount = _idle(card, 0), _amount(card, width // 3, locale)
    yield _title(card, found, sought), [*idle, (" " if idle else "", "text"), *amount]
    room = width - width_of([*step, *dates]) - cell_len(owner) - 2
    people = _people(card, room, found, sought)
    shown = people if width_of(people) <= room or found else []
    yield [(f"{owner} ", "owner"), *step, *shown], dates


def _title(card: Card, found: Found | None, sought: str) -> list[Span]:
    title = literal(card.title)
    if found is None or found.field != "title":
        return [(title, "title")]
    return _marked(title, "title", sought)


def _marked(text: str, style: str, sought: str) -> list[Span]:
    """Return a text in which what was sought stands out."""
    before, hit, after = split_at(sought, text)
    return [(before, style), (hit, "found"), (after, style)]


def _people(card: Card, room: int, found: Found | None, sought: str) -> list[Span]:
    """Return the contacts, the one that was found first, or the reference or phone that was."""
    names = card.contacts
    match found:
        case Found("contact", name):
            others = [each for each in names if each != name]
            return _marked(_contacts((name, *others), room), "muted", sought)
        case Found("reference", reference):
            return _marked(literal(reference), "muted", sought)
        case Found("phone"):
            return [(PHONE, "found"), (f" {_contacts(names, room - 2)}", "muted")]
    return [(_contacts(names, room), "muted")]


def _step_mark(card: Card, today: date) -> list[Span]:
    """Return what a compact card says of the next step: that there is one, and if it presses."""
    if card.next_step is None:
        return []
    due = _due(card.next_step.due, today)
    mark, style = due[0] if due else ("", "muted")
    return [(f"{STEP}{mark[0] if style != 'muted' else ''} ", style)]


def _due(day: date | None, today: date) -> list[Span]:
    """Return the day of a next step, with the glyphs that a close date has too."""
    if day is None:
        return []
    shown = format_day(day, today)
    if day > today:
        return [(shown, "muted")]
    return [(f"!{shown}", "overdue")] if day < today else [(f"●{shown}", "today")]


def _idle(card: Card, room: int) -> list[Span]:
    """Return how long a rotting deal has been idle: in a word where it fits in `room` cells."""
    if card.rotting is None:
        return []
    told = f"idle {card.rotting}d"
    return [(told if cell_len(told) <= room else f"{IDLE}{card.rotting}d", "overdue")]


def _amount(card: Card, room: int, locale: str) -> list[Span]:
    """Return a deal's amount in full, or rounded where that would not fit in `room` cells."""
    if card.amount is None:
        return [(NOTHING, "muted")]
    full = format_amount(card.amount, card.currency, locale)
    if cell_len(full) > room:
        full = format_compact(card.amount, card.currency, locale)
    return [(full, "amount")]


def _contacts(names: tuple[str, ...], room: int) -> str:
    """Return the primary contact, and how many more there are."""
    if not names:
        return ""
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return short_name(names[0], room - len(more)) + more


def _dates(card: Card, today: date, room: int, *, arrow: str = " → ") -> list[Span]:
    """Return created → close date; the glyph and the style say how the close date stands.

    Where `room` allows, a closed deal also shows the day it had been expected (decision 31), rather
    than the day it was created.
    """
    created = (f"{format_day(card.created_at.astimezone().date(), today)}{arrow}", "muted")
    if card.kind is not StageKind.OPEN:
        return _closed(card, created, today, room)
    if card.close_date is None:
        return [created, (NOTHING, "muted")]
    day = format_day(card.close_date, today)
    if card.close_date < today:
        return [created, (f"!{day}", "overdue")]
    if card.close_date == today:
        return [created, (f"●{day}", "today")]
    return [created, (day, "date")]


def _closed(card: Card, created: Span, today: date, room: int) -> list[Span]:
    """Return the dates of a won or lost deal: the day it was closed, not the one it was due."""
    day = _closing_day(card)
    closed = (f"{MARK[card.kind]}{format_day(day, today) if day else NOTHING}", card.kind.value)
    if expected := _expected(card, today):
        told = (f" ({expected})", "muted")
        for spans in ([created, closed, told], [closed, told]):
            if width_of(spans) <= room:
                return spans
    return [created, closed]


def _closing_day(card: Card) -> date | None:
    return card.closed_at.astimezone().date() if card.closed_at else card.close_date


def _expected(card: Card, today: date) -> str:
    """Return the day for which a closed deal had been expected, if it was another one."""
    if card.kind is StageKind.OPEN or card.close_date in {None, _closing_day(card)}:
        return ""
    return format_day(card.close_date, today) if card.close_date else ""


def short_name(name: str, room: int) -> str:
    """Return a name as it fits in `room` cells: "Ada Lovelace", "Ada L.", "Ada", "AL"."""
    name = literal(name)
    if cell_len(name) <= room:
        return name
    first, *others = name.split() or [""]
    shorter = [f"{first} {others[-1][0]}.", first, initials(name)] if others else []
    return next((short for short in shorter if cell_len(short) <= room), name)


def initials(name: str) -> str:
    """Return the first letters of a name's first and last word: "AL"."""
    words = literal(name).split()
    return "".join(word[0] for word in (words if len(words) < 3 else (words[0], words[-1])))


# ── headers ───────────────────────────────────────────────────────────────────────────────────


class Scope(StrEnum):
    """Which deals a stage's header counts; the value says so (decision 45)."""

    ALL = "{} deals"
    FILTERED = "{} filtered"
    WHOLE = "{} in all"

    def counted(self, deals: int) -> str:
        """Return how many they are: "1 deal", "12 filtered"."""
        return "1 deal" if self is Scope.ALL and deals == 1 else self.value.format(f"{deals:,}")


class Heading(StrEnum):
    """How a stage's header stands out; the value ends the names of its styles."""

    PLAIN = ""
    CURRENT = "-current"
    TARGET = "-target"


def header_lines(
    stage: Stage,
    totals: StageTotals | None,
    width: int,
    locale: str,
    heading: Heading = Heading.PLAIN,
    scope: Scope = Scope.ALL,
) -> tuple[Line, ...]:
    """Return the lines above a stage's cards (guide, Pipeline statistics).

    Name with the ✓ or ✗ of a closed kind, and probability; number of deals and their value per
    currency; weighted value; a rule, heavy where the cursor or a dragged deal is. The places of
    totals that are not known yet stay blank.
    """
    inner = width - 2 * MARGIN
    name: Span = (f"{MARK[stage.kind]} {literal(stage.name)}".lstrip(), f"name{heading}")
    rows: list[tuple[list[Span], list[Span]]] = [([name], [(f"{stage.probability}%", "muted")])]
    rows += _money_rows(totals, inner, locale, scope) if totals else [([], []), ([], [])]
    edge = blank(MARGIN, "head")
    lines = [(*edge, *row(left, right, inner, "head"), *edge) for left, right in rows]
    line = ("─" if heading is Heading.PLAIN else "━") * (width - MARGIN)
    return (*lines, ((line, f"rule{heading}"), *edge))


def _money_rows(
    totals: StageTotals, width: int, locale: str, scope: Scope
) -> list[tuple[list[Span], list[Span]]]:
    count = scope.counted(totals.deals)
    values = [(part.amount, part.currency) for part in totals.totals]
    weighted = [(part.weighted, part.currency) for part in totals.totals if part.weighted]
    return [
        ([(count, "muted")], [(money(values, width - len(count) - 1, locale), "total")]),
        ([("weighted", "muted")], [(money(weighted, width - 9, locale), "muted")]),
    ]


def money(parts: Sequence[tuple[int, str]], room: int, locale: str) -> str:
    """Return subtotals (minor units, currency) as exactly as `room` cells allow, '–' for none.

    In full, else rounded, else the first ones and how many more; currencies are never added.
    """
    if not parts:
        return NOTHING
    text = " + ".join(format_amount(amount, code, locale) for amount, code in parts)
    rounded = [format_compact(amount, code, locale) for amount, code in parts]
    shown = len(rounded)
    while cell_len(text) > room and shown:
        more = f" +{len(rounded) - shown}" if shown < len(rounded) else ""
        text = " + ".join(rounded[:shown]) + more
        shown -= 1
    return text


def tab_line(
    stages: Sequence[Stage], current: int, shown: range, width: int
) -> tuple[tuple[Span, int], ...]:
    """Return the strip of tabs: a span and the index of its stage for each tab that fits.

    Tabs bear the digits that jump to them. `shown` are the stages on the screen; where not all
    tabs fit, those around the current one are drawn.
    """
    tabs: list[tuple[Span, int]] = []
    for index, stage in enumerate(stages):
        digit = f"{index + 1} " if index < 9 else ""
        label = f" {digit}{MARK[stage.kind]}{literal(stage.name)} "
        style = "tab-current" if index == current else "tab-shown" if index in shown else "tab"
        tabs.append(((label, style), index))
    while len(tabs) > 1 and width_of([span for span, _ in tabs]) > width:
        tabs.pop(0 if current - tabs[0][1] > tabs[-1][1] - current else -1)
    return tuple(((cut(label, width), style), index) for (label, style), index in tabs)


# ── the rest of a lane ────────────────────────────────────────────────────────────────────────


def older_line(older: int, width: int, *, selected: bool = False) -> Line:
    """Return the line below a closed stage's recent deals (decision 48)."""
    text = f"{older:,} older · Enter"
    room = width - MARGIN - cell_len(text)
    return _note(f"{text} shows" if room >= len(" shows") else text, width, selected=selected)


_HINTS = {
    StageKind.OPEN: "n adds one",
    StageKind.WON: "w marks a deal as won",
    StageKind.LOST: "x marks a deal as lost",
}


def empty_lines(
    stage: Stage, width: int, *, selected: bool = False, filtered: bool = False
) -> tuple[Line, ...]:
    """Return what a stage without deals says instead of cards (decision 68)."""
    if filtered:
        return (
            _note("No deal matches.", width, selected=selected),
            _note("F clears the filter", width, selected=selected),
        )
    hint = _HINTS[stage.kind]
    if stage.kind is StageKind.OPEN and stage.position > 1:
        hint += ", L brings one"
    return (
        _note("No deals here.", width, selected=selected),
        _note(hint, width, selected=selected),
    )


def drop_line(title: str, width: int) -> Line:
    """Return the line that stands where a dragged deal would land."""
    return (("▸", "drop"), *row([(literal(title), "drop")], [], width - MARGIN, "drop"))


def _note(text: str, width: int, *, selected: bool) -> Line:
    edge: Span = ("▌", "marker") if selected else (" " * MARGIN, "note")
    return (edge, *row([(text, "note")], [], width - MARGIN, "note"))
