"""What an import did, or would do: counts, sums, problems and every choice it made for the user."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from dealboard.domain.money import decimal_string
from dealboard.errors import DealboardError

LISTED = 1_000
"""Problems that are listed; all of them are counted, and all their rows go to the errors file."""


class Problem(NamedTuple):
    """A cell that cannot be imported, and why; `line` counts from 1."""

    file: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}, {self.column}"
        return (
            f"{where}: {self.value!r}: {self.reason}" if self.value else f"{where}: {self.reason}"
        )


@dataclass(slots=True)
class Choices:
    """How often the importer decided what the file left open (decision 77), in rows or things."""

    contacts_created: int = 0
    contacts_from_company: int = 0
    contacts_unknown: int = 0
    titles_from_contact: int = 0
    owners_created: int = 0
    owners_assumed: int = 0
    pipelines_created: int = 0
    stages_created: int = 0
    stages_assumed: int = 0
    endings_assumed: int = 0
    date_columns_assumed: int = 0
    emails_unusable: int = 0
    phones_unusable: int = 0


@dataclass(slots=True)
class ImportReport:
    """The result of an import; `rows` is created + updated + skipped + rejected.

    `columns` says which field each column fed. `totals` are minor units per currency of the rows
    that were created or updated.
    """

    file: str
    encoding: str
    delimiter: str
    preset: str
    columns: dict[str, str]
    ignored: tuple[str, ...]
    dry_run: bool = False
    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    totals: Counter[str] = field(default_factory=Counter)
    choices: Choices = field(default_factory=Choices)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0

    def take(self, amount: int | None, currency: str) -> None:
        """Add the money of a row that was created or updated."""
        if amount is not None:
            self.totals[currency] += amount

    def reject(self, problems: list[Problem]) -> None:
        """Count a row that cannot be taken and list what is wrong with it."""
        self.rejected += 1
        self.complain(problems)

    def complain(self, problems: list[Problem]) -> None:
        """List problems, the first thousand of them."""
        self.problem_count += len(problems)
        self.problems += problems[: max(LISTED - len(self.problems), 0)]

    @property
    def sums(self) -> dict[str, str]:
        """The money of the rows taken, as decimal strings by currency."""
        return {code: decimal_string(self.totals[code], code) for code in sorted(self.totals)}

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        told = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("totals", "choices", "problems")
        }
        return told | {
            "ignored": list(self.ignored),
            "sums": self.sums,
            "choices": asdict(self.choices),
            "problems": [problem._asdict() for problem in self.problems],
        }


class ImportRejected(DealboardError):
    """Some rows cannot be imported, so none was (decision 77); `report` lists them."""

    exit_code = 65

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        rows = f"{report.rejected:,} of {report.rows:,} rows of {report.file}"
        contacts = f"{report.problem_count:,} contacts that come with {report.file}"
        super().__init__(
            f"{rows if report.rejected else contacts} cannot be imported; nothing was written.",
            "Correct them, or import the others with --partial.",
        )
