"""What keeps the board as fast with many deals as with few: its reads stay inside an index."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dealboard.domain.filters import DealFilter, Sort
from dealboard.store import conversions as events
from dealboard.store import driver
from dealboard.store.reads import board, conversions, timeline, told
from dealboard.workspace import Workspace
from tests.store.reads.conftest import TODAY, World

ALL = DealFilter()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def plans(connection: driver.Connection, read: Callable[[driver.Connection], Any]) -> str:
    """Return how SQLite goes about what a read asks of many deals."""
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    read(connection)
    connection.set_trace_callback(None)
    steps: list[str] = []
    for sql in asked:
        if "FROM deal WHERE deal.stage_id" in sql:
            steps += (row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))
    return "; ".join(steps)


@pytest.mark.parametrize("analysed", [False, True])
@pytest.mark.parametrize(
    ("read", "index"),
    [
        (
            lambda c: board.totals(c, 1, ALL, stage_ids=(1,), today=TODAY, closed_before=TODAY),
            "SEARCH deal USING COVERING INDEX deal_totals (stage_id=?)",
        ),
        (
            lambda c: board.lane(
                c, 1, ALL, Sort(), offset=9, limit=9, today=TODAY, closed_since=TODAY
            ),
            "SEARCH deal USING COVERING INDEX deal_lane (stage_id=?)",
        ),
        (
            lambda c: board.position(c, 1, ALL, Sort(), today=TODAY, closed_since=TODAY),
            "SEARCH deal USING COVERING INDEX deal_lane (stage_id=? AND rank<?)",
        ),
    ],
    ids=["totals", "lane", "position"],
)
def test_the_board_reads_along_an_index_and_sorts_nothing(
    world: World, path: Path, read: Callable[[driver.Connection], Any], index: str, analysed: bool
) -> None:
    world.add(*(world.unsaved(str(number), rank=number) for number in range(50)))
    connection = driver.connect(path, "rw", 5)
    try:
        if analysed:
            connection.execute("ANALYZE")
        assert plans(connection, read) == index
    finally:
        connection.close()


def test_what_is_asked_of_a_deals_events_does_not_grow_with_all_events(
    workspace: Workspace,
) -> None:
    """Whether or not SQLite has counted: the index of states would be read from end to end."""
    connection = driver.connect(workspace.path, "rw", 5)
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    events.held_of(connection, [1, 2])
    events.viewed(connection, [1, 2], NOON)
    events.known(connection, ["a", "b"])
    events.call_off(connection, "deal_id", [1, 2], "why", NOON)
    events.call_off(connection, "uid", ["a"], "why", NOON)
    events.call_back(connection, "deal_id", [1, 2], "why")
    events.hand_over(connection, 1, 2)
    conversions.deals_of(connection, [1, 2])
    timeline.of_deal(connection, 1)
    told.events(connection, now=NOON, deal_id=1, limit=9)
    told.events(connection, now=NOON, limit=9)
    connection.set_trace_callback(None)
    steps = [
        row[3]
        for sql in asked
        if " outbox " in f"{sql} "
        for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        if "outbox" in row[3]
    ]
    connection.close()
    assert len(steps) >= 11
    assert not [step for step in steps if "outbox_state" in step]
