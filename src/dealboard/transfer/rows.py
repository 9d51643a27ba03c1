"""One record of a file into one typed row, or into the problems it has. Knows no database."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue
from dealboard.transfer import values
from dealboard.transfer.dialect import Record
from dealboard.transfer.mapping import Mapping
from dealboard.transfer.report import Problem
from dealboard.transfer.survey import first

LONGEST = 100_000
"""Characters in a cell of several values, each of which has its own limit."""

NOTE_LIMIT = 20_000
"""Characters of a note, the one text of several lines."""

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
    "outcome": 60,
    "last_stage": 60,
    "contacts": LONGEST,
    "phones": LONGEST,
    "emails": LONGEST,
    "companies": LONGEST,
    "contact_uids": LONGEST,
    "uid": 60,
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
    note: str
    outcome: str
    last_stage: str
    contacts: str
    phones: str
    emails: str
    companies: str
    contact_uids: str
    uid: str
    amount: int | None
    currency: str
    close_date: str | None
    created: str | None
    closed: str | None


_NOTE = DealRecord._fields.index("note")
_AMOUNT = DealRecord._fields.index("amount")
"""Where the fields end that are text, and amount, currency and dates begin."""


class ContactRecord(NamedTuple):
    """What a record says about a contact; empty where it says nothing."""

    external_id: str
    uid: str
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

    def __init__(self, file: str, mapping: Mapping, fields: Sequence[str]) -> None:
        self.mapping = mapping
        self._file = file
        self._width = len(mapping.header)
        # A field that nothing feeds reads the empty cell put behind those of every record.
        sources = [mapping.columns.get(field, (self._width,)) for field in fields]
        self._columns = [some[0] for some in sources]
        self._others = [(place, some[1:]) for place, some in enumerate(sources) if some[1:]]
        self._limits = [
            (place, field, LIMITS[field])
            for place, field in enumerate(fields)
            if field in LIMITS and field in mapping.columns
        ]

    def problem(self, line: int, field: str, cell: str, reason: str) -> Problem:
        """Return a problem with a field's cell."""
        return Problem(self._file, line, self.mapping.name(field), excerpt(cell), reason)

    def _texts(self, record: Record, problems: list[Problem]) -> list[str]:
        """Return the text of each field; where several columns feed one, the first."""
        line, cells = record
        if len(cells) > self._width:
            cells = self._narrowed(record, problems)
        cells = [*cells, *[""] * (self._width + 1 - len(cells))]
        texts = [cells[column].strip() for column in self._columns]
        for place, columns in self._others:
            texts[place] = texts[place] or first(cells, columns)
        for place, field, limit in self._limits:
            cell = texts[place]
            if len(cell) > limit or not cell.isprintable() or cell[:1] == "'":
                read = partial(values.text, field=field, limit=limit)
                texts[place] = self._value(line, field, cell, read, problems) or ""
        return texts

    def _narrowed(self, record: Record, problems: list[Problem]) -> list[str]:
        """Return as many cells as the header has; more are a problem, unless they are empty."""
        line, cells = record
        spare = "".join(cells[self._width :])
        if spare:
            reason = f"the header has {self._width} columns, this record {len(cells)}"
            problems.append(Problem(self._file, line, "", excerpt(spare), reason))
        return cells[: self._width]

    def _value(
        self,
        line: int,
        field: str,
        cell: str,
        read: Callable[[str], _T],
        problems: list[Problem],
    ) -> _T | None:
        """Return what a cell means, None and a problem more if it means nothing."""
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
        self._readers: tuple[tuple[str, Callable[[str], str]], ...] = (
            ("close_date", dates["close_date"].day),
            ("created", dates["created"].moment),
            ("closed", dates["closed"].moment),
        )

    def read(self, record: Record) -> tuple[DealRecord, list[Problem]]:
        """Return what a record says, and the cells of it that mean nothing."""
        line = record[0]
        problems: list[Problem] = []
        texts = self._texts(record, problems)
        if texts[_NOTE]:
            note = self._value(line, "note", texts[_NOTE], _note, problems)
            texts[_NOTE] = note or ""
        amount, currency = self._amount(line, texts[_AMOUNT], texts[_AMOUNT + 1], problems)
        dates = [
            self._value(line, field, cell, read, problems) if cell else None
            for cell, (field, read) in zip(texts[-len(self._readers) :], self._readers, strict=True)
        ]
        return DealRecord._make((*texts[:_AMOUNT], amount, currency, *dates)), problems

    def _amount(
        self, line: int, cell: str, code: str, problems: list[Problem]
    ) -> tuple[int | None, str]:
        """Return minor units, if any, and the currency, if the record names one."""
        if code:
            code = self._value(line, "currency", code, self._money.code, problems) or ""
        if not cell:
            return None, code
        try:
            return self._money.amount(cell, code)
        except InvalidValue as error:
            problems.append(self.problem(line, "amount", cell, error.reason))
            return None, code


def _note(cell: str) -> str:
    return values.lines(cell, "note", NOTE_LIMIT)


class ContactReader(_Reader):
    """Reads the records of a file of contacts."""

    def __init__(self, file: str, mapping: Mapping) -> None:
        super().__init__(file, mapping, ContactRecord._fields)

    def read(self, record: Record) -> tuple[ContactRecord, list[Problem]]:
        """Return what a record says, and the cells of it that mean nothing."""
        problems: list[Problem] = []
        return ContactRecord._make(self._texts(record, problems)), problems
