"""The contacts of a file, for the deals that are imported with it."""

from itertools import islice
from pathlib import Path

from dealboard.store import tables
from dealboard.store.batches import CHUNK, insert_bulk
from dealboard.store.transaction import Transaction
from dealboard.transfer import dialect
from dealboard.transfer.bulk import ContactRow
from dealboard.transfer.mapping import AUTO, map_columns
from dealboard.transfer.options import ImportOptions
from dealboard.transfer.people import ContactBook, Who
from dealboard.transfer.report import ImportReport
from dealboard.transfer.rows import ContactReader, ContactRecord


def add_all(
    tx: Transaction, path: Path, options: ImportOptions, book: ContactBook, report: ImportReport
) -> None:
    """Add the contacts of a file that the workspace does not know; problems go to the report."""
    found = dialect.detect(path, options.encoding, options.delimiter)
    header, records = dialect.table(path, found)
    preset = report.preset if options.preset == AUTO else options.preset
    reader = ContactReader(path.name, map_columns(header, "contacts", preset))
    while portion := list(islice(records, CHUNK)):
        for record in portion:
            said, problems = reader.read(record)
            who = _who(said)
            if problems:
                report.complain(problems)
            elif who.known:
                book.find_or_add(who)
            else:
                report.complain([reader.problem(record[0], "name", "", "the row names nobody")])
        if not (report.problem_count and not options.partial):
            insert_bulk(tx, tables.Contact, ContactRow._fields, book.take_fresh())


def _who(said: ContactRecord) -> Who:
    whole = "" if said.first_name or said.last_name else said.name
    return Who(
        whole or said.first_name,
        said.last_name,
        said.phone,
        said.email,
        said.company,
        said.external_id,
        said.city,
        said.state,
        said.zip,
        said.country,
        said.uid,
    )
