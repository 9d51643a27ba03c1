"""Automations as screens and the command line show them: a rule with its record, a run, a dry run.

Frozen values of the reads, apart from `domain.views` because the first board needs none of them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from dealboard.domain.rules import Condition, Rule


class Outcome(StrEnum):
    """What came of a rule for a deal: its `then` or its `else` ran, it failed, or it was a loop."""

    RAN = "ran"
    OTHERWISE = "otherwise"
    FAILED = "failed"
    STOPPED = "stopped"


class Automation(NamedTuple):
    """A rule as it is kept, and what came of it.

    `rule` is None, and `problem` a sentence, where a field of contacts that it names is gone.
    `failures` counts failed and stopped runs since the last one that worked. `waiting` are
    delayed actions that are still to come. The guard suspends a rule that set itself off
    `trips` times; switching it on again forgives that.
    """

    id: int
    uid: str
    name: str
    enabled: bool
    position: int
    rule: Rule | None
    problem: str
    trips: int
    suspended_at: datetime | None
    runs: int
    failures: int
    last_run: datetime | None
    last_outcome: Outcome | None
    waiting: int
    version: int

    @property
    def active(self) -> bool:
        """Whether it runs: switched on, and not suspended."""
        return self.enabled and self.suspended_at is None


class Run(NamedTuple):
    """One entry of the run log. Names are those of today, or as they were when it ran.

    `reason` says why it failed or was stopped; `did` are the actions of the branch, as
    `rules.Do` values; `chain` the rules that led to it, oldest first. `operation` is its number in
    the journal, `undone` whether that was taken back.
    """

    id: int
    automation_id: int
    automation: str
    deal_id: int | None
    deal: str
    operation: int | None
    at: datetime
    outcome: Outcome
    event: str
    reason: str
    did: tuple[str, ...]
    chain: tuple[str, ...]
    undone: bool


class Check(NamedTuple):
    """A condition and whether it holds."""

    condition: Condition
    holds: bool


class Preview(NamedTuple):
    """What a rule would do to a deal: each line is one change, in words.

    `assumed` says what the dry run took for granted, such as that the deal enters the stage;
    `problem` why the rule would fail or be stopped.
    """

    checks: tuple[Check, ...]
    branch: Literal["then", "else", "none"]
    lines: tuple[str, ...]
    assumed: str = ""
    problem: str = ""
