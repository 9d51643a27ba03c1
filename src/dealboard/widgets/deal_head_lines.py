"""What stands on top of a deal's page: its title, its facts, and the way through its pipeline.

Pure: no Textual here, no clock. A stretch of a line that does something on a click has an action.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.domain.dates import describe_day, format_day
from dealboard.domain.money import NOTHING, format_amount
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.views import Deal, NextStep, Stage
from dealboard.widgets.lines import cut, literal

HEIGHT = 3
GAP = "   "

WORDS = 8
"""Cells that the words of the next step have at least while there is something else to give way."""

OWNER = 12
"""Cells of an owner's name where there is no room for all of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line, its style, and the action that a click on it runs."""

    text: str
    style: str = "text"
    action: str = ""


class Head(NamedTuple):
    """What the head shows besides the deal; `place` is the deal's among `of` others, from 1."""

    deal: Deal
    stages: tuple[Stage, ...] = ()
    next_step: NextStep | None = None
    rotting: int | None = None
    place: int = 0
    of: int = 0
    mark: str = ""
    """What is to be known about the form: that it is not saved, that somebody changed the deal."""


Actions = Sequence[tuple[str, str, str]]
"""Key, label and action of what can be done, the likeliest first."""


def head_lines(
    head: Head, actions: Actions, width: int, today: date, locale: str
) -> tuple[tuple[Part, ...], ...]:
    """Return the three lines, each of exactly `width` cells."""
    return (
        _title(head, actions, width),
        _facts(head, width, today, locale),
        _path(head, width),
    )


# ── the title ─────────────────────────────────────────────────────────────────────────────────


def _title(head: Head, actions: Actions, width: int) -> tuple[Part, ...]:
    back = [Part(" ‹ ", "item", "screen.leave")]
    deal = head.deal
    title = [Part(literal(deal.title), "title")]
    known = [Part(f"  #{deal.id}", "muted")]
    if head.mark:
        known.append(Part(f"  ● {head.mark}", "mark"))
    right = _walk(head)
    room = width - _width(back) - _width(right) - min(_width(title), 24) - _width(known) - 2
    right = _buttons(actions, room) + right
    left = width - _width(back) - _width(right) - _width(known) - 1
    title = [replace(title[0], text=cut(title[0].text, max(0, left)))]
    return _spread([*back, *title, *known], right, width)


def _buttons(actions: Actions, room: int) -> list[Part]:
    """Return as many of the actions as there is room for."""
    parts: list[Part] = []
    for key, label, action in actions:
        some = [Part(f"{key} ", "key", action), Part(label, "item", action), Part("  ")]
        if _width(parts) + _width(some) > room:
            break
        parts += some
    return parts


def _walk(head: Head) -> list[Part]:
    if head.of < 2:
        return [Part(" ")]
    return [
        Part(" ‹ ", "item", "screen.walk(-1)"),
        Part(f"{head.place:,} of {head.of:,}", "muted"),
        Part(" › ", "item", "screen.walk(1)"),
    ]


# ── the facts ─────────────────────────────────────────────────────────────────────────────────


def _facts(head: Head, width: int, today: date, locale: str) -> tuple[Part, ...]:
    """Return what is known on the left, what is to be done on the right.

    What is known gives way first, the least telling of it, then the words of the next step.
    """
    alerts = _alerts(head, today)
    least = min(_width(alerts), max(width // 3, _width(alerts[:-1]) + WORDS)) + 1
    ways = _known(head.deal, today, locale)
    known = next((some for some in ways if _width(some) + least + 2 <= width), ways[-1])
    room = max(width // 3, width - _width(known) - 2)
    right = [*_cut(alerts, room - 1), Part(" ")]
    return _spread(_cut(known, width - _width(right) - 1), right, width)


def _known(deal: Deal, today: date, locale: str) -> list[list[Part]]:
    """Return amount, owner and days, at full length first, then as less and less of it."""
    amount = NOTHING if deal.amount is None else format_amount(deal.amount, deal.currency, locale)
    what = [Part("   "), Part(amount, "amount" if deal.amount is not None else "muted")]
    owner = literal(deal.owner.name)
    whose, brief = ([*what, Part(GAP), Part(each)] for each in (owner, cut(owner, OWNER)))
    created = Part(f"created {format_day(_day(deal.created_at), today)} → ", "muted")
    days, day = _dates(deal, today), _dates(deal, today, brief=True)
    return [
        [*whose, Part(GAP), created, *days],
        [*whose, Part(GAP), *days],
        [*whose, Part(GAP), *day],
        [*brief, Part(GAP), *day],
        [*what, Part(GAP), *day],
    ]


def _dates(deal: Deal, today: date, *, brief: bool = False) -> list[Part]:
    """Return the close date; of a closed deal the day it closed, and the one it was expected."""
    if deal.stage.kind is not StageKind.OPEN:
        return _closed(deal, today)[: 1 if brief else None]
    day = deal.close_date
    if day is None:
        return [Part("no close date", "muted")]
    told = format_day(day, today) if brief else describe_day(day, today)
    style = "overdue" if day < today else "today" if day == today else "text"
    return [Part(f"{ {'overdue': '!', 'today': '●'}.get(style, '') }{told}", style)]


def _closed(deal: Deal, today: date) -> list[Part]:
    kind = deal.stage.kind.value
    day = _day(deal.closed_at) if deal.closed_at else deal.close_date
    parts = [
        Part(f"{MARK[deal.stage.kind]} {kind}{f' {format_day(day, today)}' if day else ''}", kind)
    ]
    if deal.close_date not in {None, day}:
        assert deal.close_date is not None  # noqa: S101 -- the line above
        parts.append(Part(f" (expected {format_day(deal.close_date, today)})", "muted"))
    if deal.lost_reason:
        parts.append(Part(f" because {literal(deal.lost_reason)}", "muted"))
    return parts


def _alerts(head: Head, today: date) -> list[Part]:
    """Return what comes next, or that nothing does, and for how long nothing happened."""
    parts: list[Part] = []
    if head.rotting is not None:
        parts += [Part(f"! nothing for {head.rotting} days", "overdue"), Part("  ")]
    if head.deal.stage.kind is not StageKind.OPEN:
        return parts
    step = head.next_step
    if step is None:
        return [*parts, Part("no next step", "muted", "screen.add_activity")]
    parts.append(Part("next: ", "muted"))
    parts.append(Part(literal(step.text)))
    if step.due is not None:
        overdue = step.due < today
        day = f"  {'!' if overdue else ''}{format_day(step.due, today)}"
        style = "overdue" if overdue else "today" if step.due == today else "muted"
        # The day is what must not be cut off.
        parts = [*parts[:-1], Part(day.strip() + "  ", style), parts[-1]]
    return parts


# ── the way ───────────────────────────────────────────────────────────────────────────────────


def _path(head: Head, width: int) -> tuple[Part, ...]:
    """Return the stages of the pipeline, the deal's own marked.

    What does not fit is left out: the pipeline's name, which the form has too, then stages.
    """
    deal = head.deal
    name = [Part(f"   {cut(literal(deal.pipeline.name), max(8, width // 4))}", "muted"), Part("  ")]
    steps = [_step(stage, deal) for stage in head.stages]
    here = next((at for at, stage in enumerate(head.stages) if stage.id == deal.stage.id), 0)
    whole = sum(map(_width, steps))
    parts = name if _width(name) + whole <= width else [Part("   ")]
    room = width - _width(parts)
    shown = _around(steps, here, room if whole <= room else room - 4)
    if shown.start > 0:
        parts.append(Part("… ", "muted"))
    for at in shown:
        parts += steps[at]
    if shown.stop < len(steps):
        parts.append(Part("…", "muted"))
    return _spread(_cut(parts, width), [], width)


def _step(stage: Stage, deal: Deal) -> list[Part]:
    label = f"{literal(stage.name)} {MARK[stage.kind]}".rstrip()
    if stage.id == deal.stage.id:
        kind = "here" if stage.kind is StageKind.OPEN else stage.kind.value
        return [Part(f"[{label} {stage.probability} %]", kind), Part("  ")]
    return [Part(label, "item", f"screen.put_in({stage.id})"), Part("  ")]


def _around(steps: Sequence[Sequence[Part]], here: int, room: int) -> range:
    """Return as many steps around one as there is room for."""
    start = stop = here
    while True:
        for first, last in ((start, stop + 1), (start - 1, stop)):
            taken = sum(_width(steps[at]) for at in range(max(0, first), min(last, len(steps))))
            if first >= 0 and last <= len(steps) and taken <= room:
                start, stop = first, last
                break
        else:
            return range(start, max(stop, min(here + 1, len(steps))))


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


def _day(moment: datetime) -> date:
    return moment.astimezone().date()


def _width(parts: Iterable[Part]) -> int:
    return sum(cell_len(part.text) for part in parts)


def _cut(parts: Iterable[Part], width: int) -> list[Part]:
    kept: list[Part] = []
    for part in parts:
        text = cut(part.text, max(0, width))
        width -= cell_len(part.text)
        if text:
            kept.append(replace(part, text=text))
        if width <= 0:
            break
    return kept


def _spread(left: Sequence[Part], right: Sequence[Part], width: int) -> tuple[Part, ...]:
    """Return both sides with room between, exactly as wide as asked."""
    space = Part(" " * max(0, width - _width(left) - _width(right)))
    parts = _cut((*left, space, *right), width)
    return (*parts, Part(" " * (width - _width(parts))))
