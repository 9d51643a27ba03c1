"""What the timeline of a deal shows: its open tasks, and what happened, day by day.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from dealboard.domain.dates import describe_day
from dealboard.domain.views import Activity, ActivityKind, Event, EventKind
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, literal
from dealboard.widgets.wrapping import wrap

TEXT_LINES = 8
"""Lines of an activity's text that the timeline shows; the rest is in its form."""

INDENT = 8
"""Cells before the text of an entry: its time, and its glyph."""

GLYPHS = {
    EventKind.CREATED: "✦",
    EventKind.MOVED: "→",
    EventKind.EDITED: "✎",
    EventKind.CONTACT: "@",
    EventKind.WON: "✓",
    EventKind.LOST: "✗",
    EventKind.REOPENED: "↺",
    EventKind.DELETED: "✕",
    EventKind.UNDO: "↶",
    EventKind.SENT: "↗",
}

KIND_GLYPHS = {
    ActivityKind.CALL: "☏",
    ActivityKind.MEETING: "◇",
    ActivityKind.NOTE: "≡",
    ActivityKind.TASK: "○",
}

NOTHING = (
    "Nothing happened yet.",
    "",
    "a adds a call, a meeting, a note or a task.",
)


def timeline_blocks(
    tasks: Sequence[Activity], events: Sequence[Event], width: int, today: date
) -> list[Block]:
    """Return the open tasks, those due first on top, and what happened, the newest first."""
    blocks = [*_open_tasks(tasks, width, today), *_history(events, width, today)]
    if not blocks:
        return [Block("empty", tuple(((line, "muted"),) for line in NOTHING), stops=False)]
    return blocks


# ── what is to be done ────────────────────────────────────────────────────────────────────────


def _open_tasks(tasks: Sequence[Activity], width: int, today: date) -> Iterator[Block]:
    if not tasks:
        return
    yield Block("to do", (rule("To do", width),), stops=False)
    for task in sorted(tasks, key=lambda each: (each.due is None, each.due or today, each.id)):
        yield Block(("task", task.id), _task_lines(task, width, today))
    yield Block("below tasks", (EMPTY,), stops=False)


def _task_lines(task: Activity, width: int, today: date) -> tuple[Line, ...]:
    first, *more = wrap(task.text, width - 2, TEXT_LINES) or ("",)
    lines: list[Line] = [((f"{KIND_GLYPHS[task.kind]} ", "accent"), (first, "title"))]
    lines += [(("  ", "text"), (line, "text")) for line in more]
    return (
        *lines,
        (("  ", "text"), *due_spans(task.due, today), (f" · {literal(task.user)}", "muted")),
    )


def due_spans(due: date | None, today: date) -> tuple[Span, ...]:
    """Return when a task is due; a glyph and a word beside the colour."""
    if due is None:
        return (("no day", "muted"),)
    if due < today:
        return ((f"!{describe_day(due, today)}", "overdue"),)
    return (
        (f"●{describe_day(due, today)}", "today")
        if due == today
        else (describe_day(due, today), "muted"),
    )


# ── what happened ─────────────────────────────────────────────────────────────────────────────


def _history(events: Sequence[Event], width: int, today: date) -> Iterator[Block]:
    numbered = enumerate(events)
    for day, some in groupby(numbered, key=lambda pair: _local(pair[1].at).date()):
        yield Block(day, (rule(day_name(day, today), width),), stops=False)
        for _, event in some:
            yield Block(event_key(event), _event_lines(event, width))
        yield Block((day, "end"), (EMPTY,), stops=False)


def event_key(event: Event) -> tuple[object, ...]:
    """Return what tells an event from all others."""
    activity = event.activity.id if event.activity else None
    number = event.operation or event.outbox
    return ("event", event.at, number, event.kind, event.sentence, activity)


def day_name(day: date, today: date) -> str:
    """Return a day as a heading: "Today", "Yesterday", "Fri 20 Nov 2026"."""
    ago = (today - day).days
    full = describe_day(day, today).partition(" (")[0]
    return {0: f"Today · {full}", 1: f"Yesterday · {full}"}.get(ago, full)


def _event_lines(event: Event, width: int) -> tuple[Line, ...]:
    glyph, style = _mark(event)
    told = f"{event.actor} {event.sentence}" if event.actor else _capital(event.sentence)
    if event.undone:
        told, style = f"{told} (undone)", "muted"
    room = width - INDENT
    first, *more = wrap(told, room) or ("",)
    quiet = "muted" if event.undone else "text"
    time = f"{_local(event.at):%H:%M} "
    lines: list[Line] = [((time, "muted"), (f"{glyph} ", style), (first, quiet))]
    indent: Span = (" " * INDENT, "text")
    lines += [(indent, (line, quiet)) for line in more]
    if event.activity is not None and not event.undone:
        lines += [
            ((" " * (INDENT - 2), "text"), ("│ ", "rule"), (line, "text"))
            for line in wrap(event.activity.text, room, TEXT_LINES)
        ]
    return tuple(lines)


def _mark(event: Event) -> tuple[str, str]:
    if event.activity is not None:
        done = event.at == event.activity.done_at
        return ("✓", "won") if done else (KIND_GLYPHS[event.activity.kind], "accent")
    styles = {EventKind.WON: "won", EventKind.LOST: "lost"}
    return GLYPHS.get(event.kind, "·"), styles.get(event.kind, "accent")


def _local(moment: datetime) -> datetime:
    return moment.astimezone()


def _capital(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"
