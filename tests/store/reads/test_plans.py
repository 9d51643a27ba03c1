"""What keeps the board as fast with many deals as with few: its reads stay inside an index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dealboard.domain.filters import DealFilter, Sort
from dealboard.store import driver
from dealboard.store.reads import board
from tests.store.reads.conftest import TODAY, World

ALL = DealFilter()


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
