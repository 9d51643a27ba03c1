"""One record of a file into one typed row, or into the problems it has. Knows no database."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple, TypeVar

from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue
from dealboard.transfer import values
from dealboard.transfer.dialect import Record
from dealboard.transfer.mapping import Mapping
from dealboard.transfer.report import Problem

LIMITS = {
    "title": 200,
    "contact": 200,
    "name": 200,
    "first_name": 200,
    "last_name": 200,
    "company": 200,
    "phone": 60,
    "email": 254,
    "pipeline": 60,
    "stage": 60,
    "status": 60,
    "owner": 254,
    "reference": 120,
    "lost_reason": 500,
    "contact_id": 2_000,
    "external_id": 120,
    "city": 120,
    "state": 120,
    "zip": 20,
    "country": 60,
}
"""Characters that each text field takes; the same as in the forms."""

_T = TypeVar("_T")


class DealRecord(NamedTuple):
    """What a record says about a deal: texts are empty, the rest None, where it says nothing."""

    title: str
    contact: str
    first_name: str
    last_name: str
    contact_id: str
    company: str
    phone: str
    email: str
    pipeline: str
    stage: str
    status: str
    owner: str
    reference: str
    lost_reason: str
    amount: int | None
    currency: str
    close_date: str | None
    created: str | None
    closed: str | None


_PLAIN = DealRecord._fields[:14]
"""The fields that are text."""


class ContactRecord(NamedTuple):
    """What a record says about a contact; empty where it says nothing."""

    external_id: str
    name: str
    first_name: str
    last_name: str
    phone: str
    email: str
    company: str
    city: str
    state: str
    zip: str
    country: str


class _Reader:
    """Takes the cells of the mapped fields out of a record and reads those that are text."""

    def __init__(self, file: str, mapping: Mapping, fields: Iterable[str]) -> None:
        self.mapping = mapping
        self._file = file
        self._width = len(mapping.header)
        self._columns = [
            (field, some[0], some[1:]) for field, some in mapping.columns.items() if field in fields
        ]
        self._limits = [(field, LIMITS[field]) for field, *_ in self._columns if field in LIMITS]

    def problem(self, line: int, field: str, cell: str, reason: str) -> Problem:
        """Return a problem with a field's cell."""
        return Problem(self._file, line, self.mapping.name(field), excerpt(cell), reason)

    def _texts(self, line: int, cells: list[str], problems: list[Problem]) -> dict[str, str]:
        """Return the text of each mapped field; where several columns feed one, the first."""
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        elif any(cells[self._width :]):
            spare = next(filter(None, cells[self._width :]))
            reason = f"the header has {self._width} columns, this record {len(cells)}"
            problems.append(Problem(self._file, line, "", excerpt(spare), reason))
        texts = {
            field: cells[first].strip() or (others and _first(cells, others)) or ""
            for field, first, others in self._columns
        }
        for field, limit in self._limits:
            cell = texts[field]
            if len(cell) > limit or not cell.isprintable() or cell[:1] == "'":
                texts[field] = (
                    self._value(
                        line, field, cell, partial(values.text, field=field, limit=limit), problems
                    )
                    or ""
                )
        return texts

    def _value(
        self,
        line: int,
        field: str,
        cell: str,
        read: Callable[[str], _T],
        problems: list[Problem],
    ) -> _T | None:
        try:
            return read(cell)
        except InvalidValue as error:
            problems.append(self.problem(line, field, cell, error.reason))
            return None


class DealReader(_Reader):
    """Reads the records of a file of deals."""

    def __init__(
        self, file: str, mapping: Mapping, money: values.Money, dates: dict[str, values.Dates]
    ) -> None:
        super().__init__(file, mapping, DealRecord._fields)
        self.currency = money.currency
        self._money = money
        self._dates = dates

    def read(self, record: Record) -> tuple[DealRecord | None, list[Problem]]:
        """Return what a record says, or None and everything that is wrong with it."""
        line, cells = record
        problems: list[Problem] = []
        get = self._texts(line, cells, problems).get
        amount, currency = self._amount(line, get("amount", ""), get("currency", ""), problems)
        dates = self._dates
        close_date = created = closed = None
        if cell := get("close_date"):
            close_date = self._value(line, "close_date", cell, dates["close_date"].day, problems)
        if cell := get("created"):
            created = self._value(line, "created", cell, dates["created"].moment, problems)
        if cell := get("closed"):
            closed = self._value(line, "closed", cell, dates["closed"].moment, problems)
        if problems:
            return None, problems
        plain = (get(field, "") for field in _PLAIN)
        said = (*plain, amount, currency, close_date, created, closed)
        return DealRecord._make(said), problems

    def _amount(
        self, line: int, cell: str, code: str, problems: list[Problem]
    ) -> tuple[int | None, str]:
        """Return minor units, if any, and the currency, if the record names one."""
        if code:
            code = self._value(line, "currency", code, self._money.code, problems) or ""
        if not cell:
            return None, code
        money = self._money
        read = self._value(line, "amount", cell, lambda cell: money.amount(cell, code), problems)
        return read or (None, code)


class ContactReader(_Reader):
    """Reads the records of a file of contacts."""

    def __init__(self, file: str, mapping: Mapping) -> None:
        super().__init__(file, mapping, ContactRecord._fields)

    def read(self, record: Record) -> tuple[ContactRecord | None, list[Problem]]:
        """Return what a record says, or None and everything that is wrong with it."""
        line, cells = record
        problems: list[Problem] = []
        texts = self._texts(line, cells, problems)
        if problems:
            return None, problems
        return ContactRecord(*(texts.get(field, "") for field in ContactRecord._fields)), problems


def _first(cells: list[str], columns: tuple[int, ...]) -> str:
    return next(filter(None, (cells[column].strip() for column in columns)), "")
