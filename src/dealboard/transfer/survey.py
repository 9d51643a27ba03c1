"""What must be known of a whole file before its first row is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from dealboard.domain.dates import Order
from dealboard.transfer.dialect import Record
from dealboard.transfer.mapping import Mapping
from dealboard.transfer.values import orders

DATES = ("close_date", "created", "closed")


class Place(NamedTuple):
    """What a record says of where a deal is; empty where it says nothing.

    A `status` goes before the stage, which is then the one where the deal was last open; an
    `outcome` tells what kind of stage the stage is, and `last_stage` where a closed deal was open.
    """

    pipeline: str
    stage: str
    status: str
    outcome: str = ""
    last_stage: str = ""


@dataclass(slots=True)
class Survey:
    """The number of rows, their different places in order of first appearance, and date orders.

    `orders` holds the orders of day and month in which all dates of a column can be read: one where
    some date proves it, two where none does, none where dates contradict each other.
    """

    rows: int
    places: tuple[Place, ...]
    orders: dict[str, frozenset[Order]]


def survey(records: Iterable[Record], mapping: Mapping) -> Survey:
    """Read records once, keeping only what differs."""
    columns = [mapping.columns.get(field, ()) for field in Place._fields]
    dates = [(field, mapping.columns[field]) for field in DATES if field in mapping.columns]
    possible: dict[str, frozenset[Order]] = {}
    places: dict[Place, None] = {}
    # Most rows are in a place that was met before: it is enough to compare their cells as they are.
    named = sorted({column for some in columns for column in some})
    met: set[tuple[str, ...]] = set()
    rows = 0
    for _, cells in records:
        rows += 1
        written = tuple([cells[column] for column in named if column < len(cells)])
        if written not in met:
            met.add(written)
            places[Place._make(first(cells, some) for some in columns)] = None
        for field, some in dates:
            cell = first(cells, some)
            if cell[4:5] != "-" and (found := orders(cell)):
                possible[field] = possible.get(field, found) & found
    return Survey(rows, tuple(places), possible)


def first(cells: list[str], columns: tuple[int, ...]) -> str:
    """Return the first of some columns that holds anything, stripped."""
    for column in columns:
        if column < len(cells) and (cell := cells[column].strip()):
            return cell
    return ""
