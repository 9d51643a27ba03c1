"""Stage kinds, probability and weighted value: the rules of a pipeline's stages.

Open stages come first, then Won (always 100 %), then Lost (always 0 %); closing, win rate and
reports go by a stage's kind, never by its name or its number (guide, Pipeline Stages).
"""

from enum import StrEnum

MAX_PIPELINES = 10
"""Guide, Managing pipelines: "Create new pipelines (up to 10)"."""

MAX_STAGES = 30
"""Per pipeline, Won and Lost included."""

FIRST_PROBABILITY = 10
"""Percent that the initial stage of a new pipeline starts with."""


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
