"""What a table of deals shows: its columns, and a deal as cells of them or as plain text.

Pure: no Textual here, no clock, no I/O.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dealboard.domain.dates import format_day
from dealboard.domain.filters import SortKey
from dealboard.domain.found import found_in
from dealboard.domain.money import NOTHING, decimal_string, format_amount
from dealboard.domain.stages import MARK, StageKind, weighted
from dealboard.domain.views import Row
from dealboard.widgets.deal_card import short_name
from dealboard.widgets.grid_lines import Cell, Column


class Context(NamedTuple):
    """What cells depend on besides the deal: the day, the locale, the stages' probabilities.

    And the name that is sought, if any.
    """

    today: date
    locale: str = "en_US"
    probabilities: Mapping[int, int] = {}
    sought: str = ""


def people(text: str, width: int) -> str:
    """Return who is named in a cell in fewer cells: "Ada Lovelace +2" as "Ada L. +2"."""
    found = _TAIL.search(text)
    tail = found[0] if found else ""
    return f"{short_name(text.removesuffix(tail), width - len(tail))}{tail}"


_TAIL = re.compile(r" (\+\d+|\(inactive\))$")

COLUMNS = (
    Column("title", "Title", 32, 24, sort=True, flex=True),
    Column("stage", "Stage", 24, 9, sort=True),
    Column("amount", "Amount", 20, 8, align="right", sort=True),
    Column("currency", "Cur", 4, 3),
    Column("close", "Close date", 14, 10, sort=True),
    Column("owner", "Owner", 24, 10, shorten=people),
    Column("pipeline", "Pipeline", 24, 12),
    Column("contacts", "Contacts", 32, 14, shorten=people),
    Column("created", "Created", 12, 7, sort=True),
    Column("reference", "Reference", 24, 9),
    Column("status", "Status", 16, 6),
    Column("probability", "Probability", 11, 5, align="right"),
    Column("weighted", "Weighted", 20, 8, align="right"),
)
"""All there are (guide, List View: "all main deal fields")."""

FOUND = Column("found", "Found in", 16, 8)
"""Stands behind the first column while a name is sought (decision 43)."""

USUAL = tuple(each.key for each in COLUMNS if each.key not in ("probability", "weighted"))
"""The keys of those that are shown unless the user chose others."""

SORTED_BY = {
    "title": SortKey.NAME,
    "stage": SortKey.STAGE,
    "created": SortKey.CREATED,
    "close": SortKey.CLOSE,
    "amount": SortKey.AMOUNT,
}
"""What a click on a column's title sorts by."""

NAMES = {each.key: each.title for each in (*COLUMNS, FOUND)} | {"currency": "Currency"}
"""What the columns are called where there is room for it."""

BY_KEY = {each.key: each for each in COLUMNS}


def columns(keys: Iterable[str], *, seeking: bool = False) -> tuple[Column, ...]:
    """Return the columns of these keys, the usual ones for none; unknown keys are passed over.

    While a name is sought there is one that says where it was found.
    """
    known = [BY_KEY[key] for key in dict.fromkeys(keys) if key in BY_KEY]
    first, *others = known or [BY_KEY[key] for key in USUAL]
    return (first, *([FOUND] if seeking else ()), *others)


def cells(row: Row, shown: Sequence[Column], how: Context) -> tuple[Cell, ...]:
    """Return a deal as cells of some columns."""
    return tuple(_CELLS[column.key](row, how) for column in shown)


def plain(row: Row, shown: Sequence[Column], how: Context) -> tuple[str, ...]:
    """Return a deal as a spreadsheet takes it: numbers without symbols, days as ISO text."""
    return tuple(
        _PLAIN[column.key](row) if column.key in _PLAIN else _CELLS[column.key](row, how).text
        for column in shown
    )


def _amount(minor: int | None, row: Row, how: Context) -> Cell:
    if minor is None:
        return Cell(NOTHING, "muted")
    return Cell(format_amount(minor, row.currency, how.locale), "amount")


def _close(row: Row, how: Context) -> Cell:
    """Return the close date; a glyph says that an open deal is overdue or due today."""
    if row.close_date is None:
        return Cell(NOTHING, "muted")
    day = format_day(row.close_date, how.today)
    if row.kind is StageKind.OPEN and row.close_date < how.today:
        return Cell(f"!{day}", "overdue")
    if row.kind is StageKind.OPEN and row.close_date == how.today:
        return Cell(f"●{day}", "today")
    return Cell(day)


def _status(row: Row, how: Context) -> Cell:
    """Return how a deal stands, and the day on which it was closed."""
    if row.kind is StageKind.OPEN:
        return Cell("open", "muted")
    day = format_day(row.closed_at.astimezone().date(), how.today) if row.closed_at else ""
    return Cell(f"{MARK[row.kind]} {row.kind} {day}".rstrip(), row.kind.value)


def _contacts(row: Row, _how: Context) -> Cell:
    first, *others = row.contacts or ("",)
    return Cell(f"{first} +{len(others)}" if others else first)


def _owner(row: Row, _how: Context) -> Cell:
    return Cell(row.owner) if row.owner_active else Cell(f"{row.owner} (inactive)", "muted")


def _probability(row: Row, how: Context) -> Cell:
    percent = how.probabilities.get(row.stage_id)
    return Cell("" if percent is None else f"{percent}%", "muted")


def _weighted(row: Row, how: Context) -> Cell:
    percent = how.probabilities.get(row.stage_id)
    known = row.amount is not None and percent is not None
    return _amount(weighted(row.amount or 0, percent or 0) if known else None, row, how)


def _created(row: Row, how: Context) -> Cell:
    return Cell(format_day(row.created_at.astimezone().date(), how.today), "muted")


def _found(row: Row, how: Context) -> Cell:
    """Return what of a deal was found: its title, another of its fields, or a contact's number."""
    found = found_in(how.sought, row.title, row.reference, row.contacts)
    match found.field if found else None:
        case "title":
            return Cell("title", "muted")
        case "phone":
            return Cell("a phone", "muted")
    return Cell(found.text if found else "")


_CELLS: dict[str, Callable[[Row, Context], Cell]] = {
    "found": _found,
    "title": lambda row, _: Cell(row.title, "title"),
    "stage": lambda row, _: Cell(f"{MARK[row.kind]} {row.stage}".lstrip(), _kind_style(row)),
    "pipeline": lambda row, _: Cell(row.pipeline, "muted"),
    "owner": _owner,
    "amount": lambda row, how: _amount(row.amount, row, how),
    "currency": lambda row, _: Cell(row.currency, "muted"),
    "close": _close,
    "created": _created,
    "contacts": _contacts,
    "reference": lambda row, _: Cell(row.reference or "", "muted"),
    "status": _status,
    "probability": _probability,
    "weighted": _weighted,
}


def _kind_style(row: Row) -> str:
    return "" if row.kind is StageKind.OPEN else row.kind.value


_PLAIN: dict[str, Callable[[Row], str]] = {
    "stage": lambda row: row.stage,
    "owner": lambda row: row.owner,
    "amount": lambda row: "" if row.amount is None else decimal_string(row.amount, row.currency),
    "close": lambda row: row.close_date.isoformat() if row.close_date else "",
    "created": lambda row: row.created_at.astimezone().date().isoformat(),
    "contacts": lambda row: "; ".join(row.contacts),
    "status": lambda row: row.kind.value,
}
