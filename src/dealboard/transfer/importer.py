"""Typed rows into the workspace: what exists is found, what is new goes through the bulk door.

Rows are taken in portions, so that a file of any length needs little memory. Once a row is rejected
and nothing may be written (no `partial`), the others are only checked.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha1
from itertools import zip_longest
from typing import Any, NamedTuple

from sqlmodel import col, or_, select

from dealboard import actions
from dealboard.actions import placement
from dealboard.domain.changes import DealChanges
from dealboard.domain.stages import StageKind
from dealboard.domain.text import SEPARATOR, one_line
from dealboard.domain.views import ActivityKind
from dealboard.errors import InvalidValue, MissingField
from dealboard.store.batches import insert_bulk, next_id
from dealboard.store.columns import moment_text
from dealboard.store.ids import new_uid
from dealboard.store.tables import Activity, Contact, Deal, DealContact
from dealboard.store.transaction import Transaction
from dealboard.transfer import lists, survey
from dealboard.transfer.bulk import ActivityRow, DealRow, LinkRow, deal_search
from dealboard.transfer.dialect import Record
from dealboard.transfer.options import ImportOptions
from dealboard.transfer.people import UNKNOWN, ContactBook, Owners, Person, Who
from dealboard.transfer.places import Place, Places
from dealboard.transfer.rejects import Rejects
from dealboard.transfer.report import ImportReport, Problem
from dealboard.transfer.rows import LIMITS, DealReader, DealRecord
from dealboard.transfer.values import Dates

SEVERAL = ";"
"""Between the ids or addresses of several contacts in one cell."""

NAMESPACE = bytes.fromhex("5d0c3f0e6a8b5d7c9f21a4c1b7e24d93")
"""Of the uids that rows of files get (UUID version 5)."""


class _Row(NamedTuple):
    """A row that can be taken; `uid` is the same whenever the same row is imported."""

    record: Record
    uid: str
    said: DealRecord
    place: Place


class _Ending(NamedTuple):
    """How a deal stands to its end: columns of its row."""

    close_date: str | None
    auto: int
    closed_at: str | None


class Importer:
    """Takes the rows of one file."""

    def __init__(
        self,
        tx: Transaction,
        options: ImportOptions,
        report: ImportReport,
        rejects: Rejects,
        reader: DealReader,
        places: Places,
        owners: Owners,
        book: ContactBook,
    ) -> None:
        self._tx = tx
        self._options = options
        self._report = report
        self._rejects = rejects
        self._reader = reader
        self._places = places
        self._owners = owners
        self._book = book
        self._now = moment_text(tx.now)
        self._currency = reader.currency
        self._midnight = Dates("ymd", "close date", tx.today).moment
        self._uids = _Uids()
        self._ranks: dict[int, int] = {}
        self._next_deal = next_id(tx.session, Deal)
        self._next_link = next_id(tx.session, DealContact)
        self._anything_known = tx.session.exec(select(Deal.id).limit(1)).first() is not None
        self._deals: list[DealRow] = []
        self._links: list[LinkRow] = []
        self._next_note = next_id(tx.session, Activity)
        self._notes: list[ActivityRow] = []

    def take(self, records: Sequence[Record]) -> None:
        """Take a portion of the file."""
        rows = [row for record in records if (row := self._checked(record))]
        if self._report.problem_count and not self._options.partial:
            return
        known = _Known(self._tx, rows) if self._anything_known else None
        for row in rows:
            try:
                self._settle(row, known)
            except InvalidValue as error:
                self._reject(row.record, [self._problem(row.record, error)])
        self._insert()

    # ── checked ───────────────────────────────────────────────────────────────────────────────

    def _checked(self, record: Record) -> _Row | None:
        """Return a row that can be taken, or reject the record."""
        self._report.rows += 1
        said, problems = self._reader.read(record)
        try:
            uid = self._uids.of(record[1], said.uid)
            self._check_contact(said)
            stands = survey.Place(
                said.pipeline, said.stage, said.status, said.outcome, said.last_stage
            )
            place = self._places.find(stands)
        except InvalidValue as error:
            problems.append(self._problem(record, error))
        if problems:
            self._reject(record, problems)
            return None
        return _Row(record, uid, said, place)

    def _check_contact(self, said: DealRecord) -> None:
        """Refuse a row without a contact, if the user wants that."""
        if self._options.no_contact != "reject":
            return
        named = _names_contact(said) or any(who.known for who in _listed(said))
        if not named and not any(map(self._book.find_id, _ids(said))):
            raise MissingField("contact", "the row names none")

    def _problem(self, record: Record, error: InvalidValue) -> Problem:
        field = error.field.replace(" ", "_")
        reason = f"{error.reason}. {error.hint}" if error.hint else error.reason
        return self._reader.problem(record[0], field, str(error.value), reason)

    def _reject(self, record: Record, problems: list[Problem]) -> None:
        self._report.reject(problems)
        self._rejects.add(record[1], problems)

    # ── settled ───────────────────────────────────────────────────────────────────────────────

    def _settle(self, row: _Row, known: "_Known | None") -> None:
        """Skip, update or create."""
        twins = known.twins(row) if known else []
        match self._options.duplicates:
            case "skip" if twins:
                self._report.skipped += 1
            case "update" if len(twins) == 1:
                self._update(row, twins[0])
            case "update" if twins:
                listed = ", ".join(f"#{deal_id}" for deal_id in twins)
                raise InvalidValue("reference", row.said.reference, f"several deals: {listed}")
            case "create" if known and row.uid in known.uids:
                self._create(row._replace(uid=new_uid(self._tx.now)))
            case _:
                self._create(row)

    def _create(self, row: _Row) -> None:
        said, place, choices = row.said, row.place, self._report.choices
        owner = self._owners.find(said.owner)
        people = self._people(said)
        title = said.title
        if not title:
            title = people[0].name[:200]
            choices.titles_from_contact += 1
        choices.stages_assumed += place.assumed
        created = said.created or self._now
        ending = self._ending(said, place.kind)
        deal_id = self._next_deal
        self._next_deal += 1
        currency = said.currency or self._currency
        self._deals.append(
            DealRow(
                deal_id,
                row.uid,
                created,
                self._now,
                1,
                title,
                place.stage_id,
                owner,
                said.amount,
                currency,
                ending.close_date,
                ending.auto,
                said.reference or None,
                self._rank(place.stage_id),
                ending.closed_at or created,
                ending.closed_at,
                place.last_open,
                (said.lost_reason or None) if place.kind is StageKind.LOST else None,
                deal_search(title, said.reference, [part for p in people for part in p.found_by]),
            )
        )
        for position, person in enumerate(people, start=1):
            self._links.append(LinkRow(self._next_link, deal_id, person.id, position))
            self._next_link += 1
        if said.note:
            self._note(deal_id, owner, said.note, created)
        self._report.take(said.amount, currency)
        self._report.created += 1

    def _note(self, deal_id: int, owner_id: int, text: str, at: str) -> None:
        """Write what the row notes on its deal, as its owner's and as old as it: it is no news."""
        uid, kind = new_uid(self._tx.now), ActivityKind.NOTE.value
        about = (None, None, deal_id, None, owner_id)
        self._notes.append(ActivityRow(self._next_note, uid, at, self._now, 1, kind, text, *about))
        self._next_note += 1

    def _people(self, said: DealRecord) -> list[Person]:
        """Return the contacts of a row, each once, the primary contact first."""
        book = self._book
        people = [person for who in _listed(said) if (person := book.find_listed(who))]
        if people:
            return list(dict.fromkeys(people))
        if said.contact_id and (SEVERAL in said.contact_id or not _names_contact(said)):
            people = [person for each in _ids(said) if (person := book.find_id(each))]
        if not people:
            people = [book.find_or_add(self._primary(said))]
            for email in said.email.split(SEVERAL)[1:]:
                if address := email.strip():
                    people.append(book.find_or_add(Who(email=address, company=said.company)))
        return people if len(people) == 1 else list(dict.fromkeys(people))

    def _primary(self, said: DealRecord) -> Who:
        """Return whom a row names first; its company, or nobody in particular, if it names none."""
        if _names_contact(said):
            whole = "" if said.first_name or said.last_name else said.contact
            email = said.email.partition(SEVERAL)[0].strip()
            external_id = "" if SEVERAL in said.contact_id else said.contact_id
            first_name = whole or said.first_name
            return Who(first_name, said.last_name, said.phone, email, said.company, external_id)
        if said.company and self._options.no_contact == "company":
            self._report.choices.contacts_from_company += 1
            return Who(said.company, company=said.company)
        self._report.choices.contacts_unknown += 1
        return Who(UNKNOWN)

    def _ending(self, said: DealRecord, kind: StageKind) -> _Ending:
        """Return how a deal ended: on the file's day, else on its close date, else now."""
        if kind is StageKind.OPEN:
            return _Ending(said.close_date, 0, None)
        at = said.closed or (said.close_date and self._midnight(said.close_date))
        if not at:
            self._report.choices.endings_assumed += 1
        at = min(at or self._now, self._now)
        if said.close_date:
            return _Ending(said.close_date, 0, at)
        return _Ending(datetime.fromisoformat(at).astimezone().date().isoformat(), 1, at)

    def _rank(self, stage_id: int) -> int:
        """Return the next rank at the bottom of a stage."""
        rank = self._ranks.get(stage_id)
        if rank is None:
            rank = placement.rank_for(self._tx, placement.at(self._tx, stage_id, "bottom"))
        self._ranks[stage_id] = rank + placement.GAP
        return rank

    def _insert(self) -> None:
        for table, rows in (
            (Contact, self._book.take_fresh()),
            (Deal, self._deals),
            (DealContact, self._links),
            (Activity, self._notes),
        ):
            if rows:
                insert_bulk(self._tx, table, type(rows[0])._fields, rows)
        self._deals, self._links, self._notes = [], [], []

    def _update(self, row: _Row, deal_id: int) -> None:
        """Change what the row says otherwise; what it does not say stays."""
        said, place = row.said, row.place
        deal = self._tx.get(Deal, deal_id)
        before = _fields(deal)
        changes = DealChanges()
        if said.title:
            changes["title"] = said.title
        if said.amount is not None:
            changes["amount"] = said.amount
            changes["currency"] = said.currency or self._currency
        if said.close_date:
            changes["close_date"] = date.fromisoformat(said.close_date)
        if said.owner:
            changes["owner_id"] = self._owners.find(said.owner)
        if said.reference:
            changes["reference"] = said.reference
        if said.stage or said.status or said.pipeline:
            changes["stage_id"] = place.stage_id
        actions.deals.edit(self._tx, deal_id, changes)
        if deal.stage_id != before["stage_id"] and place.kind is not StageKind.OPEN:
            ended = self._ending(said, place.kind).closed_at
            deal.closed_at = deal.stage_entered_at = datetime.fromisoformat(ended or self._now)
        noted = bool(said.note) and not self._is_noted(deal_id, said.note)
        if noted:
            actions.activities.add(self._tx, ActivityKind.NOTE, said.note, deal_id=deal_id)
        if _fields(deal) == before and not noted:
            self._report.skipped += 1
        else:
            self._report.updated += 1
            self._report.take(said.amount, said.currency or self._currency)

    def _is_noted(self, deal_id: int, text: str) -> bool:
        """Return whether a deal has a note of these very words: a file may come twice."""
        query = select(Activity.id).where(Activity.deal_id == deal_id, Activity.text == text)
        query = query.where(Activity.kind == ActivityKind.NOTE.value).limit(1)
        return self._tx.session.exec(query).first() is not None


def _fields(deal: Deal) -> dict[str, Any]:
    names = ("title", "amount", "currency", "close_date", "owner_id", "reference", "stage_id")
    return {name: getattr(deal, name) for name in names}


def _names_contact(said: DealRecord) -> bool:
    named = said.contact or said.first_name or said.last_name or said.phone
    return bool(named or said.email.strip(f" {SEVERAL}"))


def _ids(said: DealRecord) -> list[str]:
    """Return the ids that a row's contacts have in the other program."""
    return [each for part in said.contact_id.split(SEVERAL) if (each := part.strip())]


def _listed(said: DealRecord) -> list[Who]:
    """Return the contacts that our own exports list, field by field; raises InvalidValue."""
    if not (said.contacts or said.contact_uids):
        return []
    names = _split(said.contacts, "contact")
    cells = (said.phones, said.emails, said.companies, said.contact_uids)
    fields = ("phone", "email", "company", "uid")
    columns = [_split(cell, field) for cell, field in zip(cells, fields, strict=True)]
    return [
        Who(name, phone=phone, email=email, company=company, uid=uid)
        for name, phone, email, company, uid in zip_longest(names, *columns, fillvalue="")
    ]


def _split(cell: str, field: str) -> list[str]:
    return [one_line(value, field, limit=LIMITS[field]) for value in lists.split(cell)]


class _Uids:
    """Names rows by what is in them; equal rows of a file are told apart by their order."""

    def __init__(self) -> None:
        self._met: set[int] = set()
        self._again: Counter[int] = Counter()
        self._named: set[str] = set()

    def of(self, cells: Sequence[str], named: str = "") -> str:
        """Return the uid that a row names, else the UUID version 5 (RFC 9562) of its cells.

        Raises InvalidValue for one that an earlier row has.
        """
        if named:
            if named in self._named:
                raise InvalidValue("uid", named, "an earlier row has it")
            self._named.add(named)
            return named
        text = SEPARATOR.join(cells)
        digest = _digest(text)
        mark = int(digest[:16], 16)
        if mark in self._met:
            self._again[mark] += 1
            digest = _digest(f"{text}{SEPARATOR}{SEPARATOR}{self._again[mark]}")
        self._met.add(mark)
        variant = "89ab"[int(digest[16], 16) & 3]
        middle = f"5{digest[13:16]}-{variant}{digest[17:20]}"
        return f"{digest[:8]}-{digest[8:12]}-{middle}-{digest[20:32]}"


def _digest(text: str) -> str:
    data = NAMESPACE + text.encode("utf-8", "surrogatepass")
    return sha1(data, usedforsecurity=False).hexdigest()


class _Known:
    """Which rows of a portion are deals already: by uid, else by reference."""

    def __init__(self, tx: Transaction, rows: Sequence[_Row]) -> None:
        references = {row.said.reference for row in rows if row.said.reference}
        # What this import has written itself is no twin: references may repeat within a file.
        earlier = or_(col(Deal.batch).is_(None), col(Deal.batch) != tx.operation.seq)
        columns = (col(Deal.id), col(Deal.uid), col(Deal.reference))
        by_uid = select(*columns).where(col(Deal.uid).in_([row.uid for row in rows]))
        by_reference = select(*columns).where(col(Deal.reference).in_(references), earlier)
        self.uids = {uid: deal_id for deal_id, uid, _ in tx.session.execute(by_uid)}
        self._references: dict[str, list[int]] = {}
        for deal_id, _, reference in tx.session.execute(by_reference):
            self._references.setdefault(reference, []).append(deal_id)

    def twins(self, row: _Row) -> list[int]:
        """Return the deals that a row may be; several, where they share its reference."""
        if row.uid in self.uids:
            return [self.uids[row.uid]]
        return sorted(self._references.get(row.said.reference, ()))
