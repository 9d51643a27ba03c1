"""What keeps rules from running away: how deep, how much, and how often (decisions §1; P18)."""

from typing import NamedTuple

MAX_DEPTH = 5
"""Rules that may set each other off in a row."""

MAX_ACTIONS = 50
"""Actions that one deal's change may lead to."""

MAX_TRIPS = 3
"""Loops after which a rule is suspended."""

ROUND_AND_ROUND = "stopped: loop"
TOO_DEEP = f"stopped: more than {MAX_DEPTH} automations set each other off"
TAKEN_BACK = "stopped: what it set off would not have ended"
TOLD = {ROUND_AND_ROUND: "stopped: it would go round and round"}
"""What is said to people, where the log's word for it is too short."""

TOO_MUCH = f"stopped: more than {MAX_ACTIONS} actions for one change"


class Trip(NamedTuple):
    """A rule that may not go on, the deal it was about, and the deal whose change led to it."""

    automation_id: int
    deal_id: int
    root: int
    reason: str
    path: tuple[int, ...]


class Tripped(Exception):
    """Chains that have to be taken back to the change that began them."""

    def __init__(self, trips: list[Trip]) -> None:
        super().__init__(trips)
        self.trips = trips
