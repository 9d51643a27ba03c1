"""One event for Meta in full, as lines: what it says, who it is about, what was tried, its JSON.

Each value stands as it was typed, as it means and as it is hashed; the first two masked. Pure: no
Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from dealboard.domain import conversion_words as words
from dealboard.domain.conversions import Identity, Person, Preview, Setup
from dealboard.domain.money import NOTHING
from dealboard.domain.outbox import Attempt, State, Verdict
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, cut, cut_line, literal, width_of
from dealboard.widgets.wrapping import wrap

LABEL = 14
"""Cells of the labels."""

INDENT = "  "

REASON_LINES = 8

STYLES = {
    State.PENDING: "accent",
    State.HELD: "today",
    State.SENT: "won",
    State.FAILED: "lost",
    State.EXPIRED: "overdue",
    State.CANCELLED: "muted",
    State.UNKNOWN: "lost",
}

TRIED = {
    Verdict.SENT: ("✓", "won"),
    Verdict.AGAIN: ("↻", "muted"),
    Verdict.FAILED: ("✗", "lost"),
    Verdict.HELD: ("‖", "today"),
    Verdict.EXPIRED: ("!", "overdue"),
    Verdict.UNKNOWN: ("?", "lost"),
}
"""Glyph and style of what an attempt meant."""

KEYS = {
    "em": "e-mail",
    "ph": "phone",
    "fn": "first name",
    "ln": "last name",
    "ct": "city",
    "st": "state",
    "zp": "zip",
    "country": "country",
    "external_id": "external id",
}
"""What Meta's keys of values mean; ids of its own are called as it calls them."""

CONSENT = {True: "agreed", False: "does not agree", None: "consent unknown"}


class Sheet(NamedTuple):
    """An event in full, with what was tried, as of a moment."""

    preview: Preview
    attempts: tuple[Attempt, ...]
    setup: Setup
    now: datetime


def sheet_blocks(sheet: Sheet, width: int) -> list[Block]:
    """Return the parts of an event under their heads, in lines of at most `width` cells."""
    parts = (
        ("", _head(sheet, width)),
        ("Who", _people(sheet.preview, width)),
        ("What was tried", _attempts(sheet, width)),
        ("What is sent, byte for byte", _json(sheet.preview.event, width)),
    )
    blocks: list[Block] = []
    for title, lines in parts:
        found = tuple(lines)
        if title and found:
            blocks.append(
                Block(("head", title), (EMPTY, rule(cut(title, width - 4), width)), stops=False)
            )
        blocks.append(Block(("part", title), found, stops=False))
    return blocks


# ── what it says ──────────────────────────────────────────────────────────────────────────────


def _head(sheet: Sheet, width: int) -> Iterator[Line]:
    event, document = sheet.preview.told, sheet.preview.document
    glyph, word = words.MARKS[event.state]
    style = STYLES[event.state]
    when = words.when(event, sheet.setup, sheet.now)
    title: list[Span] = [
        (event.name.value, "title"),
        (f"  {glyph} {word}", style),
        (f"  {when}", "overdue" if words.is_near_end(event, sheet.now) else "muted"),
    ]
    yield EMPTY
    yield cut_line([(INDENT, "text"), *title], width)
    if event.reason:
        yield from _wrapped(event.reason, width, style)
    for problem in sheet.preview.problems if event.state is State.PENDING else ():
        yield from _wrapped(f"✗ Meta would refuse it: {problem}", width, "lost")
    yield EMPTY
    rows = (
        ("Deal", event.deal or NOTHING),
        ("Contact", event.contact),
        ("Happened", _at(event.moment)),
        ("Expires", _at(event.expires_at) if event.state in words.WAITING else ""),
        ("Value", _money(document)),
        ("Data set", event.dataset),
        ("Event id", event.uid),
        ("Source", _source(document)),
    )
    for label, value in rows:
        if value:
            yield _labelled(label, value, width)


def _money(document: object) -> str:
    """Return value and currency as Meta is told them: the exact number."""
    if not isinstance(document, dict):
        return ""
    custom = document["custom_data"]
    return f"{custom['value']} {custom['currency']}" if "value" in custom else "none"


def _source(document: object) -> str:
    if not isinstance(document, dict):
        return ""
    source = document["action_source"]
    return f"{source}: {words.SOURCE_WORDS.get(source, '')}"


# ── who it is about ───────────────────────────────────────────────────────────────────────────


def _people(preview: Preview, width: int) -> Iterator[Line]:
    for person in preview.people:
        yield cut_line(_person(person, frozen=preview.told.state is not State.HELD), width)
        for value in person.values:
            yield from _value(value, width)
    if preview.earlier:
        yield cut_line([(f"{INDENT}Made of values that no contact has today", "muted")], width)
        for value in preview.earlier:
            yield from _value(value, width)


def _person(person: Person, *, frozen: bool) -> list[Span]:
    style = "muted" if person.consent is None else "won" if person.consent else "lost"
    left_out = " · not in this event" if frozen and not person.named else ""
    return [
        (INDENT, "text"),
        (literal(person.name) or NOTHING, "title"),
        (f"  {CONSENT[person.consent]}{left_out}", style),
    ]


def _value(value: Identity, width: int) -> Iterator[Line]:
    """Yield a value: plain → normalised → what is sent, on a line of its own where that is long."""
    label = KEYS.get(value.key, value.key)
    sent = value.sent if value.sent != value.normalised else "as it is"
    known: list[Span] = [
        (f"{INDENT}{INDENT}{label:<{LABEL - 2}}", "muted"),
        (literal(value.plain), "text"),
        (" → ", "muted"),
        (literal(value.normalised), "text"),
    ]
    told: list[Span] = [(" → ", "muted"), (literal(sent), "accent")]
    if width_of([*known, *told]) <= width:
        yield (*known, *told)
    else:
        yield cut_line(known, width)
        yield cut_line([(" " * (LABEL + 1), "text"), *told], width)


# ── what was tried ────────────────────────────────────────────────────────────────────────────


def _attempts(sheet: Sheet, width: int) -> Iterator[Line]:
    for attempt in reversed(sheet.attempts):
        glyph, style = TRIED[attempt.verdict]
        status = f" · {attempt.status}" if attempt.status else ""
        doubt = " · Meta may have it" if attempt.doubt else ""
        head = f"{glyph} {_at(attempt.at)}{status}{doubt}"
        yield cut_line([(INDENT, "text"), (head, style)], width)
        for text in filter(None, (attempt.said, attempt.reply)):
            yield from _wrapped(text, width, "muted")


# ── its JSON ──────────────────────────────────────────────────────────────────────────────────


def _json(text: str, width: int) -> Iterator[Line]:
    for line in indented(text):
        yield cut_line([(INDENT, "text"), (literal(line), "muted")], width)


def indented(text: str) -> Iterator[str]:
    """Yield a JSON text line by line, every number and every string as it is written."""
    line, depth, within, escaped = "", 0, False, False
    for each in text:
        closes = not within and each in "]}"
        if closes:
            depth -= 1
            if line.strip():
                yield line
            line = "  " * depth
        line += each
        if within:
            within, escaped = escaped or each != '"', not escaped and each == "\\"
        elif each == '"':
            within = True
        elif each in "[{,":
            depth += each != ","
            yield line
            line = "  " * depth
        elif each == ":":
            line += " "
    if line.strip():
        yield line


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


def _labelled(label: str, value: str, width: int) -> Line:
    spans = [(f"{INDENT}{label:<{LABEL}}", "muted"), (literal(" ".join(value.split())), "text")]
    return cut_line(spans, width)


def _wrapped(text: str, width: int, style: str) -> Iterator[Line]:
    for line in wrap(text, max(2, width - 4), REASON_LINES):
        yield ((INDENT * 2, "text"), (line, style))


def _at(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
