"""What must be known of a whole file before its first row is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from dealboard.domain.dates import Order
from dealboard.transfer.dialect import Record
from dealboard.transfer.mapping import Mapping
from dealboard.transfer.values import evidence

DATES = ("close_date", "created", "closed")

Place = tuple[str, str, str]
"""The pipeline, stage and status cells of a record; empty where there are none."""


@dataclass(slots=True)
class Survey:
    """The number of rows, their different places in order of first appearance, and date orders.

    `orders` holds the date columns whose cells prove which of day and month comes first. A column
    that proves both orders proves none: its odd cells are problems of their own.
    """

    rows: int
    places: tuple[Place, ...]
    orders: dict[str, Order]


def survey(records: Iterable[Record], mapping: Mapping) -> Survey:
    """Read records once, keeping only what differs."""
    columns = [mapping.columns.get(field, ()) for field in ("pipeline", "stage", "status")]
    dates = [(field, mapping.columns[field]) for field in DATES if field in mapping.columns]
    proofs: dict[str, set[Order]] = {field: set() for field, _ in dates}
    places: dict[Place, None] = {}
    rows = 0
    for _, cells in records:
        rows += 1
        pipeline, stage, status = (first(cells, some) for some in columns)
        places[pipeline, stage, status] = None
        for field, some in dates:
            cell = first(cells, some)
            if cell[4:5] != "-" and (order := evidence(cell)):
                proofs[field].add(order)
    orders = {field: found.pop() for field, found in proofs.items() if len(found) == 1}
    return Survey(rows, tuple(places), orders)


def first(cells: list[str], columns: tuple[int, ...]) -> str:
    """Return the first of some columns that holds anything, stripped."""
    for column in columns:
        if column < len(cells) and (cell := cells[column].strip()):
            return cell
    return ""
