"""Stage kinds, probability and weighted value: the rules of a pipeline's stages.

Open stages come first, then Won (always 100 %), then Lost (always 0 %); closing, win rate and
reports go by a stage's kind, never by its name or its number (guide, Pipeline Stages).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue, MissingField

MAX_PIPELINES = 10
"""Guide, Managing pipelines: "Create new pipelines (up to 10)"."""

MAX_STAGES = 30
"""Per pipeline, Won and Lost included."""

FIRST_STAGE = "New"
"""Name of the initial stage of a pipeline that was created without stages."""

FIRST_PROBABILITY = 10
"""Percent that the initial stage of a new pipeline starts with."""

MAX_ROTTING_DAYS = 999


class StageKind(StrEnum):
    """Whether a deal in the stage is still being worked on, or how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


FIXED_PROBABILITY = {StageKind.WON: 100, StageKind.LOST: 0}
"""Percent of the two fixed stages; not editable."""

MARK = {StageKind.OPEN: "", StageKind.WON: "✓", StageKind.LOST: "✗"}
"""The glyph that shows a stage's kind whatever it is called."""


def weighted(amount: int, probability: int) -> int:
    """Return the weighted value in minor units: amount × probability %, halves rounded up.

    Rounded per deal, so that a stage's weighted value is the sum of what its cards show.
    """
    return (amount * probability + 50) // 100


def default_probability(before: int | None, after: int | None) -> int:
    """Return the percent a new open stage starts with: the midpoint of its open neighbours.

    `None` stands for no open neighbour on that side. Never 100.
    """
    if before is None and after is None:
        return FIRST_PROBABILITY
    low = 0 if before is None else before
    high = 100 if after is None else after
    return min((low + high) // 2, 99)


# ── typed ─────────────────────────────────────────────────────────────────────────────────────


class NewStage(NamedTuple):
    """An open stage of a pipeline to be created; without a probability it gets a fitting one."""

    name: str
    probability: int | None = None


def check_probability(percent: int) -> int:
    """Return a whole percentage from 0 to 100, or raise InvalidValue (decision 7)."""
    if not 0 <= percent <= 100:
        raise InvalidValue("probability", percent, "it must be from 0 to 100")
    return percent


def check_rotting_days(days: int | None) -> int | None:
    """Return after how many days deals rot, None for never, or raise InvalidValue."""
    if days is not None and not 1 <= days <= MAX_ROTTING_DAYS:
        raise InvalidValue("rotting days", days, f"it must be from 1 to {MAX_ROTTING_DAYS}")
    return days


def parse_rotting_days(text: str) -> int | None:
    """Return the days that somebody typed: "30" and "30 days" are 30; a blank and "never" None.

    Raises InvalidValue.
    """
    word = text.strip().casefold()
    if word in {"", "-", "never", "none"}:
        return None
    number = re.sub(r" *(d|days?)$", "", word)
    if not re.fullmatch("[0-9]{1,5}", number):
        raise InvalidValue("rotting days", excerpt(text), "not a number of days", "Write 30.")
    return check_rotting_days(int(number))


def parse_probability(text: str) -> int:
    """Return the percent that somebody typed: "50" and "50 %" are 50 (decision 7).

    Raises InvalidValue for anything but a whole number from 0 to 100.
    """
    number = text.strip().removesuffix("%").rstrip()
    if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]*)?", number):
        raise InvalidValue("probability", excerpt(text), "not a percentage", "Write it like 50.")
    whole, mark, _ = number.replace(",", ".").partition(".")
    if mark:
        raise InvalidValue("probability", excerpt(text), "only whole numbers")
    return check_probability(int(whole[:5]))


def parse_stages(text: str) -> tuple[NewStage, ...]:
    """Return the open stages that "Lead:10, Qualified" lists; none for a blank.

    What follows the last colon of an item is its probability. Raises InvalidValue for an item
    without a name or with an impossible probability.
    """
    return tuple(_parse_stage(item) for item in text.split(",")) if text.strip() else ()


def _parse_stage(item: str) -> NewStage:
    name, colon, percent = item.rpartition(":")
    stage = NewStage(name.strip(), parse_probability(percent)) if colon else NewStage(item.strip())
    if not stage.name:
        raise MissingField("stage", "each one of the list needs a name", "Write: Lead:10,Offer:60")
    return stage


def spread(probabilities: Sequence[int | None]) -> tuple[int, ...]:
    """Return the percentages of a pipeline's open stages, the missing ones spread evenly.

    A missing first one is 10; a run of missing ones divides what lies between its neighbours,
    where behind the last stage comes Won (decision 8). None of those filled in is 100.
    """
    percents: list[int] = []
    for index, percent in enumerate(probabilities):
        if percent is not None:
            percents.append(check_probability(percent))
        elif not percents:
            percents.append(FIRST_PROBABILITY)
        else:
            steps, goal = _next_known(probabilities[index:])
            percents.append(min(percents[-1] + (goal - percents[-1]) // (steps + 1), 99))
    return tuple(percents)


def _next_known(probabilities: Sequence[int | None]) -> tuple[int, int]:
    """Return how many are missing before the next known percentage, and that."""
    for steps, percent in enumerate(probabilities):
        if percent is not None:
            return steps, percent
    return len(probabilities), 100


# ── closing ───────────────────────────────────────────────────────────────────────────────────


class Closing(NamedTuple):
    """How a deal stands to its end: when it truly ended, and its close date.

    `auto` says that the close date was set by closing the deal, not by a person.
    """

    closed_at: datetime | None = None
    close_date: date | None = None
    auto: bool = False


def enter(
    closing: Closing, before: StageKind, after: StageKind, now: datetime, today: date
) -> Closing:
    """Return how a deal stands once it moved from one kind of stage to another.

    Closing fills an empty close date (guide, Close date); reopening takes such a date back; from
    Won to Lost moves the end only; between stages of one kind nothing changes (decisions 31–33).
    """
    if before is after:
        return closing
    if after is StageKind.OPEN:
        return Closing(close_date=None if closing.auto else closing.close_date)
    if closing.close_date is None:
        return Closing(now, today, auto=True)
    return closing._replace(closed_at=now)
