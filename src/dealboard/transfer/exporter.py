"""Exporting what a filter finds: deals and contacts as CSV or JSON, a portion at a time.

Nothing is held but the ids, so that files of any length need little memory. The CSV of deals is
what `import deals` reads with the preset `dealboard`: imported elsewhere it makes the same deals,
imported here it adds nothing. JSON is what `deal list --json` and `contact list --json` print.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from textwrap import indent
from typing import Literal, Protocol, TypeVar

from dealboard.domain.filters import DealFilter, Sort
from dealboard.domain.money import decimal_string
from dealboard.domain.stages import weighted
from dealboard.domain.views import CustomField
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, exported, fields, table
from dealboard.store.reads.exported import ExportedContact, ExportedDeal
from dealboard.store.reads.values import portions
from dealboard.transfer import documents, lists
from dealboard.transfer.documents import Document
from dealboard.transfer.values import cell_of

Form = Literal["csv", "json"]
Write = Callable[[str], object]
Progress = Callable[[int], object]
"""Told how many are written; what it raises ends the export."""

DEAL_COLUMNS = (
    "ID", "Title", "Pipeline", "Stage", "Outcome", "Probability", "Owner", "Amount", "Weighted",
    "Currency", "Close date", "Created", "Updated", "In stage since", "Closed", "Last open stage",
    "Lost reason", "Reference", "Contacts", "Phones", "Emails", "Companies", "Contact uids", "UID",
)  # fmt: skip

CONTACT_COLUMNS = (
    "ID", "Name", "First name", "Last name", "Company", "Phone", "Email", "City", "State", "Zip",
    "Country", "External ID", "Consent", "Consent date", "Consent source", "Created", "Updated",
    "Open deals", "Closed deals",
)  # fmt: skip
"""Those before the custom fields; the uid comes last."""

CONSENT = {None: "", True: "yes", False: "no"}

T = TypeVar("T")


def export_deals(
    connection: Connection,
    criteria: DealFilter,
    sort: Sort,
    *,
    form: Form,
    write: Write,
    progress: Progress | None = None,
    today: date,
) -> int:
    """Write the deals that match, in order, and return how many."""
    with exported.snapshot(connection):
        ids = table.order(connection, criteria, sort, today=today)
        found = _each(connection, exported.exported_deals, ids, progress)
        if form == "csv":
            return write_csv(DEAL_COLUMNS, map(_deal_cells, found), write)
        return write_json((documents.deal(each.deal) for each in found), write)


def export_contacts(
    connection: Connection,
    search: str = "",
    *,
    sort: str = "name",
    descending: bool = False,
    form: Form,
    write: Write,
    progress: Progress | None = None,
) -> int:
    """Write the contacts that a text finds, in an order of `contacts.ordered_ids`; return how many.

    Forgotten contacts are left out; custom fields have a column each.
    """
    with exported.snapshot(connection):
        ids = contacts.ordered_ids(connection, search, sort, descending)
        own = fields.fields(connection)
        found = _each(connection, exported.exported_contacts, ids, progress)
        if form == "csv":
            names = [*CONTACT_COLUMNS, *(cell_of(field.name) for field in own), "UID"]
            return write_csv(names, (_contact_cells(each, own) for each in found), write)
        return write_json((documents.contact(each.contact, own) for each in found), write)


def _each(
    connection: Connection,
    read: Callable[[Connection, Sequence[int]], Iterator[T]],
    ids: Sequence[int],
    progress: Progress | None,
) -> Iterator[T]:
    """Yield the rows of ids, portion by portion."""
    done = 0
    for some in portions(ids):
        yield from read(connection, some)
        done += len(some)
        if progress is not None:
            progress(done)


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────


class _Writable(Protocol):
    """What `csv.writer` writes to."""

    def write(self, text: str, /) -> object: ...


class _Sink:
    """A function as something that can be written to."""

    def __init__(self, write: Write) -> None:
        self.write = write


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]], write: Write) -> int:
    """Write a header and rows, whose texts no spreadsheet calculates; return how many rows."""
    sink: _Writable = _Sink(write)
    out = csv.writer(sink, lineterminator="\n")
    out.writerow(columns)
    count = 0
    for row in rows:
        out.writerow(map(cell_of, row))
        count += 1
    return count


def _deal_cells(each: ExportedDeal) -> tuple[str, ...]:
    deal, partners = each.deal, each.partners
    stage, amount, code = deal.stage, deal.amount, deal.currency
    share = None if amount is None else weighted(amount, stage.probability)
    return (
        str(deal.id),
        deal.title,
        deal.pipeline.name,
        stage.name,
        stage.kind.value,
        str(stage.probability),
        deal.owner.name,
        "" if amount is None else decimal_string(amount, code),
        "" if share is None else decimal_string(share, code),
        code,
        documents.day(deal.close_date) or "",
        _moment(deal.created_at),
        _moment(deal.updated_at),
        _moment(deal.stage_entered_at),
        _moment(deal.closed_at),
        each.last_stage,
        deal.lost_reason or "",
        deal.reference or "",
        lists.join([one.name for one in partners]),
        lists.join([one.phone for one in partners]),
        lists.join([one.email for one in partners]),
        lists.join([one.company for one in partners]),
        lists.join([one.uid for one in partners]),
        deal.uid,
    )


def _contact_cells(each: ExportedContact, own: Sequence[CustomField]) -> tuple[str, ...]:
    contact = each.contact
    return (
        str(contact.id),
        contact.name,
        contact.first_name,
        contact.last_name,
        contact.company or "",
        documents.phone(contact) or "",
        contact.email or "",
        contact.city or "",
        contact.state or "",
        contact.zip or "",
        contact.country or "",
        contact.external_id or "",
        CONSENT[contact.consent],
        _moment(contact.consent_at),
        contact.consent_source or "",
        _moment(contact.created_at),
        _moment(contact.updated_at),
        str(each.row.open),
        str(each.row.closed),
        *(contact.custom.get(field.id, "") for field in own),
        contact.uid,
    )


def _moment(value: datetime | None) -> str:
    return documents.moment(value) or ""


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────


def write_json(found: Iterable[Document], write: Write) -> int:
    """Write one list as `json.dumps` would with an indent of 2; return how many it holds."""
    count = 0
    for each in found:
        write(("," if count else "[") + "\n" + indent(json.dumps(each, indent=2), "  "))
        count += 1
    write("\n]\n" if count else "[]\n")
    return count
