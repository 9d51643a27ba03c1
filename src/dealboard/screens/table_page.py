"""What a table of deals shows, and the reads that fetch it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.views import Row, Subtotal
from dealboard.screens.outlook import Outlook
from dealboard.screens.targets import Material, read_material
from dealboard.store.driver import Connection
from dealboard.store.reads import deals, table
from dealboard.widgets.deal_columns import Context, cells
from dealboard.widgets.grid_lines import Cells, Column

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt

FEW = 200
"""Rows that a change reads itself; where it changed more, those in view are read again."""


Said = tuple[Row, Cells]
"""A row, and what it says in the columns shown."""


class First(NamedTuple):
    """The first page of an order, with the names it needs."""

    ids: Sequence[int]
    rows: tuple[Row, ...]
    material: Material = Material()
    """Nothing where it was not asked for."""


class Whole(NamedTuple):
    """A whole order, where a deal is in it, and what its deals amount to together."""

    ids: Sequence[int]
    place: int | None
    totals: tuple[Subtotal, ...]


class SeenRows(NamedTuple):
    """The rows that a change left, read in its own transaction."""

    rows: tuple[Row, ...]


def open_table(connection: Connection, outlook: Outlook, today: date) -> First:
    """Read the first page of an outlook, and the names of what can be filtered by."""
    first = read_first(connection, outlook.query.filter, outlook.query.sort, today)
    return first._replace(material=read_material(connection))


def read_first(connection: Connection, criteria: DealFilter, sort: Sort, today: date) -> First:
    """Read how an order begins."""
    ids = table.first_ids(connection, criteria, sort, today=today)
    return First(ids, table.rows(connection, ids))


def read_whole(
    connection: Connection, criteria: DealFilter, sort: Sort, today: date, follow: int | None
) -> Whole:
    """Read a whole order, the place of a deal in it, and the totals."""
    ids = table.order(connection, criteria, sort, today=today)
    place = None
    if follow is not None and follow in ids:
        place = ids.index(follow)
    _, totals = deals.count_and_totals(connection, criteria, today=today)
    return Whole(ids, place, totals)


def read_said(
    connection: Connection, ids: Sequence[int], columns: Sequence[Column], how: Context
) -> list[Said]:
    """Read rows and what they say, which takes longer for a page of them than a key may."""
    return said_of(table.rows(connection, ids), columns, how)


def said_of(rows: Iterable[Row], columns: Sequence[Column], how: Context) -> list[Said]:
    """Return rows with what they say."""
    return [(row, cells(row, columns, how)) for row in rows]


def read_first_said(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    today: date,
    columns: Sequence[Column],
    how: Context,
) -> tuple[Sequence[int], list[Said]]:
    """Read how an order begins, as ids, and what its rows say."""
    first = read_first(connection, criteria, sort, today)
    return first.ids, said_of(first.rows, columns, how)


def read_count(connection: Connection, criteria: DealFilter, today: date) -> int:
    """Read how many deals match."""
    return deals.count_and_totals(connection, criteria, today=today)[0]


def seen(connection: Connection, receipt: "Receipt[Any]", *, held: Collection[int]) -> SeenRows:
    """Read those of the changed deals that are held, if they are few."""
    ids = [each.row_id for each in receipt.touched if each.table == "deal" and each.after]
    wanted = [each for each in ids if each in held]
    return SeenRows(table.rows(connection, wanted) if len(wanted) <= FEW else ())
