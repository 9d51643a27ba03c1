"""Importing deals from a CSV file: dialect → mapping → rows → the bulk door.

The file is read twice, a record at a time: once to learn what it names, once to write. One import
is one operation, undone as one, and automations and events do not see it (decisions 71 and 77).
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from dealboard.actions import access
from dealboard.actions.rows import counted
from dealboard.domain.money import currency_code
from dealboard.errors import UsageError
from dealboard.store.batches import CHUNK
from dealboard.store.collector import undisturbed
from dealboard.store.transaction import Transaction
from dealboard.transfer import contacts, dialect
from dealboard.transfer.dialect import Dialect, Record
from dealboard.transfer.importer import Importer
from dealboard.transfer.mapping import OWN, Mapping, map_columns
from dealboard.transfer.options import ImportOptions
from dealboard.transfer.people import ContactBook, Owners
from dealboard.transfer.places import Places
from dealboard.transfer.rejects import Rejects
from dealboard.transfer.report import ImportRejected, ImportReport
from dealboard.transfer.rows import DealReader
from dealboard.transfer.survey import DATES, Survey, survey
from dealboard.transfer.values import Dates, Money

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""

_SELLING = ("title", "stage", "status", "pipeline", "amount", "close_date", "closed")
"""What makes a row a deal: without any of them, the file is of something else."""

_NAMING = ("title", "contact", "contacts", "first_name", "last_name", "company", "email")
"""Fields of which a file needs one: a deal is called by its title or takes its contact's name."""

_DECIMAL_LOCALES = {",": "it_IT", ".": "en_US"}
_DEFAULTS = ImportOptions()


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def run(
    tx: Transaction, path: Path, options: ImportOptions = _DEFAULTS, progress: Progress = _silent
) -> ImportReport:
    """Import a file and return what was done; with `dry_run`, what would be done.

    Raises ImportRejected when rows cannot be taken and `partial` is off. Then, and with everything
    else that it raises, nothing is written but the `errors` file.
    """
    access.full_access(tx)
    tx.describe(f"Imported deals from {_shown(path)}")
    with undisturbed():
        if options.dry_run:
            with tx.session.begin_nested() as trial:
                report = _import(tx, path, options, progress)
                trial.rollback()
        else:
            report = _import(tx, path, options, progress)
            tx.operation.label = _label(report)
    if report.problem_count and not options.partial:
        raise ImportRejected(report)
    return report


def _import(
    tx: Transaction, path: Path, options: ImportOptions, progress: Progress
) -> ImportReport:
    found = dialect.detect(path, options.encoding, options.delimiter)
    columns = _columns(path, found, options)
    surveyed = survey(dialect.table(path, found)[1], columns)
    report = ImportReport(
        _shown(path),
        found.encoding,
        found.delimiter,
        columns.preset,
        columns.used,
        columns.ignored,
        options.dry_run,
    )
    with Rejects(options.errors, found.delimiter, columns.header) as rejects:
        places = Places(tx, options.pipeline, create=options.create_stages)
        if options.create_stages:
            places.create_missing(surveyed.places, report.choices)
        owners = Owners(tx, options.owner, report.choices)
        book = ContactBook(tx, report.choices)
        reader = _reader(tx, columns, surveyed, options, report)
        importer = Importer(tx, options, report, rejects, reader, places, owners, book)
        if options.contacts is not None:
            contacts.add_all(tx, options.contacts, options, book, report)
        for rows in _portions(dialect.table(path, found)[1]):
            importer.take(rows)
            progress(report.rows, surveyed.rows)
    return report


def _columns(path: Path, found: Dialect, options: ImportOptions) -> Mapping:
    header, _ = dialect.table(path, found)
    columns = map_columns(header, "deals", options.preset, options.columns)
    if not any(field in columns.columns for field in _NAMING):
        raise UsageError(
            f"No column of {_shown(path)} says what its deals are called.",
            f"Say which: --map COLUMN=title. Columns: {', '.join(filter(None, header))}.",
        )
    if not any(field in columns.columns for field in _SELLING):
        raise UsageError(
            f"{_shown(path)} names no title, stage, amount or close date: it looks like contacts.",
            f"Say which are: --map COLUMN=stage. Columns: {', '.join(filter(None, header))}.",
        )
    return columns


def _reader(
    tx: Transaction,
    columns: Mapping,
    surveyed: Survey,
    options: ImportOptions,
    report: ImportReport,
) -> DealReader:
    currency = currency_code(options.currency or tx.setting("currency", "EUR"))
    decimal = "." if columns.preset == OWN else options.decimal
    locale = _DECIMAL_LOCALES[decimal] if decimal else options.locale
    dates: dict[str, Dates] = {}
    for field in DATES:
        readings = surveyed.orders.get(field, frozenset())
        order = next(iter(readings)) if len(readings) == 1 else options.date_order
        report.choices.date_columns_assumed += len(readings) > 1
        dates[field] = Dates(order, columns.name(field), tx.today)
    return DealReader(report.file, columns, Money(currency, locale), dates)


def _portions(records: Iterable[Record]) -> Iterator[list[Record]]:
    iterator = iter(records)
    while portion := list(islice(iterator, CHUNK)):
        yield portion


def _label(report: ImportReport) -> str:
    if report.updated and not report.created:
        return f"Updated {counted(report.updated, 'deal')} from {report.file}"
    more = f", updated {report.updated:,}" if report.updated else ""
    return f"Imported {counted(report.created, 'deal')} from {report.file}{more}"


def _shown(path: Path) -> str:
    """Return a file's name as text that can be stored, whatever bytes it is made of."""
    return path.name.encode("utf-8", "replace").decode()
