"""The log of automations as lines: what ran, for which deal, what came of it and why.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from dealboard.domain.automations import Outcome, Run
from dealboard.domain.outbox import Delivery, State
from dealboard.domain.rule_terms import EVENTS
from dealboard.domain.rule_words import done_words, one_line
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, cut_line, literal, width_of
from dealboard.widgets.timeline_lines import day_name
from dealboard.widgets.wrapping import wrap

INDENT = 8
"""Cells before what is said of an entry: its time, and its glyph."""

REASON_LINES = 4

OUTCOMES = {
    Outcome.RAN: ("✓", "won", "ran"),
    Outcome.OTHERWISE: ("↷", "accent", "otherwise"),
    Outcome.FAILED: ("✗", "lost", "failed"),
    Outcome.STOPPED: ("‖", "overdue", "stopped"),
}
"""Glyph, style and word of what came of a rule."""

STATES = {
    State.PENDING: ("○", "today", "waiting"),
    State.HELD: ("‖", "today", "held"),
    State.SENT: ("✓", "won", "done"),
    State.FAILED: ("✗", "lost", "failed"),
    State.EXPIRED: ("✗", "lost", "expired"),
    State.CANCELLED: ("–", "muted", "cancelled"),
    State.UNKNOWN: ("?", "lost", "not known"),
}
"""Glyph, style and word of what has become of a delivery or a delayed action."""

NO_RUNS = ("Nothing ran yet.", "", "What automations do, and why they fail, is kept here.")
NO_MATCH = ("Nothing in the log matches.", "", "F shows everything again.")
NOTHING_WAITS = (
    "Nothing waits, and nothing was sent.",
    "",
    "Delayed actions, and webhooks on their way, are shown here.",
)


def run_blocks(runs: Sequence[Run], width: int, today: date, *, filtered: bool) -> list[Block]:
    """Return the log, day by day, the newest first."""
    if not runs:
        return [_nothing(NO_MATCH if filtered else NO_RUNS)]
    return [*_by_day(((run.at, ("run", run.id), _run(run, width)) for run in runs), width, today)]


def delivery_blocks(some: Sequence[Delivery], width: int, today: date) -> list[Block]:
    """Return what is on its way or was, the newest first."""
    if not some:
        return [_nothing(NOTHING_WAITS)]
    rows = ((each.created_at, ("row", each.id), _delivery(each, width, today)) for each in some)
    return [*_by_day(rows, width, today)]


def _nothing(lines: Sequence[str]) -> Block:
    return Block("empty", tuple(((f"  {line}", "muted"),) for line in ("", *lines)), stops=False)


def _by_day(
    entries: Iterator[tuple[datetime, object, tuple[Line, ...]]], width: int, today: date
) -> Iterator[Block]:
    for day, some in groupby(entries, key=lambda entry: entry[0].astimezone().date()):
        yield Block(("day", day), (rule(day_name(day, today), width),), stops=False)
        for _, key, lines in some:
            yield Block(key, lines)
        yield Block(("below", day), (EMPTY,), stops=False)


def _run(run: Run, width: int) -> tuple[Line, ...]:
    glyph, style, word = OUTCOMES[run.outcome]
    undone = " (undone)" if run.undone else ""
    quiet = "muted" if run.undone else "text"
    head: list[Span] = [
        (f"{run.at.astimezone():%H:%M} ", "muted"),
        (f"{glyph} ", "muted" if run.undone else style),
        (literal(run.automation), "muted" if run.undone else "title"),
        (f" {word}{undone}", "muted" if run.undone else style),
    ]
    if run.deal:
        head += [(" for ", "muted"), (literal(one_line(run.deal)), quiet)]
    told = " · ".join(part for part in (_event(run), done_words(run.did)) if part)
    behind = (f" · {told}" if told else "", quiet)
    fits = width_of([*head, behind]) <= width
    lines = [cut_line([*head, behind] if fits else head, width)]
    chain = " → ".join(f"“{one_line(name)}”" for name in run.chain)
    below = [] if fits else [(told, quiet)]
    below += [(run.reason, "lost")] if run.reason else []
    below += [(f"set off by {chain}", "muted")] if chain else []
    for text, name in below:
        lines += [
            ((" " * INDENT, "text"), (line, name))
            for line in wrap(text, max(2, width - INDENT), REASON_LINES)
        ]
    return tuple(lines)


def _event(run: Run) -> str:
    """Return what fired a rule."""
    known = {on.value: words for on, words in EVENTS.items()}
    return known.get(run.event, one_line(run.event))


def _delivery(each: Delivery, width: int, today: date) -> tuple[Line, ...]:
    glyph, style, word = STATES[each.state]
    what = f"Webhook to {each.target}" if each.kind == "webhook" else "Delayed actions"
    if each.sending:
        word = "being sent"
    head: list[Span] = [
        (f"{each.created_at.astimezone():%H:%M} ", "muted"),
        (f"{glyph} ", style),
        (literal(what), "title"),
        (f" {word}", style),
        (f"{_when(each, today)}", "muted"),
    ]
    if each.deal:
        head += [(" for ", "muted"), (literal(one_line(each.deal)), "text")]
    lines = [cut_line(head, width)]
    by = f"by “{one_line(each.automation)}”" if each.automation else ""
    tries = f"{each.tries} attempt{'' if each.tries == 1 else 's'}" if each.tries else ""
    told = " · ".join(part for part in (by, tries) if part)
    for text, name in ((each.reason, "lost"), (told, "muted")):
        lines += [
            ((" " * INDENT, "text"), (line, name))
            for line in (wrap(text, max(2, width - INDENT), REASON_LINES) if text else ())
        ]
    return tuple(lines)


def _when(each: Delivery, today: date) -> str:
    if each.state is not State.PENDING or each.sending:
        return ""
    due = each.due_at.astimezone()
    day = "" if due.date() == today else f"{day_name(due.date(), today)}, "
    return f" until {day}{due:%H:%M}"
