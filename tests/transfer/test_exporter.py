"""What is exported is all there is, and comes back as it was."""

import csv
import io
import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealboard import actions
from dealboard.domain.filters import DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind, parse_stages
from dealboard.errors import InvalidValue, StorageFailed
from dealboard.store.reads import contacts, deals
from dealboard.store.transaction import Transaction
from dealboard.transfer import deals as importer
from dealboard.transfer import documents, exporter, lists
from dealboard.transfer.files import new_file
from dealboard.transfer.options import ImportOptions
from dealboard.transfer.report import ImportReport
from dealboard.transfer.values import cell_of, text
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock

OPTIONS = ImportOptions(create_stages=True, locale="it_IT", date_order="mdy")


def exported(workspace: Workspace, form: exporter.Form = "csv", **found: Any) -> str:
    out = io.StringIO()
    workspace.read(
        exporter.export_deals,
        found.get("criteria", DealFilter()),
        found.get("sort", Sort()),
        form=form,
        write=out.write,
        progress=found.get("progress"),
        today=workspace.today,
    )
    return out.getvalue()


def imported(workspace: Workspace, content: str, **options: Any) -> ImportReport:
    path = workspace.path.with_suffix(".csv")
    path.write_text(content, encoding="utf-8", newline="")
    chosen = replace(OPTIONS, **options)
    return workspace.run(lambda tx: importer.run(tx, path, chosen)).value


def told(workspace: Workspace) -> list[tuple[Any, ...]]:
    """Return what makes each deal what it is, by uid; stages by their meaning and name."""
    found = workspace.read(deals.deals, DealFilter(), Sort(SortKey.CREATED), today=workspace.today)
    return sorted(
        (
            deal.uid,
            deal.title,
            deal.pipeline.name,
            deal.stage.kind,
            deal.stage.name if deal.stage.kind is StageKind.OPEN else "",
            deal.owner.name,
            deal.amount,
            deal.currency,
            deal.close_date,
            deal.created_at,
            deal.closed_at,
            deal.reference,
            deal.lost_reason,
            tuple(_person(workspace, person.id) for person in deal.contacts),
        )
        for deal in found
    )


def _person(workspace: Workspace, contact_id: int) -> tuple[Any, ...]:
    contact = workspace.read(contacts.contact, contact_id)
    reached = documents.phone(contact), contact.email, contact.company
    return contact.uid, contact.name, *reached


@pytest.fixture
def fresh(blank: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """Open another workspace of Ada Owner, without pipelines."""
    path = tmp_path / "fresh.db"
    shutil.copy(blank, path)
    opened = Workspace.open(path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def sold(workspace: Workspace, clock: Clock) -> Workspace:
    """Fill a workspace with one of everything."""

    def fill(tx: Transaction) -> None:
        actions.pipelines.create(tx, "Sales", parse_stages("Lead:10,Offer:60"))
        bea = actions.team.add(tx, "Bea Ø")
        ann = actions.contacts.add(
            tx, name="Ann; Ek \\ Co", phone="02 1234567", email="Ann@Ek.example", company="Ek; Co"
        )
        bob, twin = (actions.contacts.add(tx, name="Bob") for _ in range(2))
        actions.deals.create(
            tx,
            contacts=[bob, ann, twin],
            stage_id=2,
            title="=1+1",
            owner_id=bea,
            amount=120_050,
            currency="EUR",
            close_date=date(2026, 12, 31),
            reference="-7 PO",
        )
        won = actions.deals.create(
            tx, contacts=[twin], stage_id=2, title="'@x", amount=1_234, currency="KWD"
        )
        actions.deals.win(tx, won)
        lost = actions.deals.create(tx, contacts=[bob], stage_id=1, title="A, “b”; c")
        actions.deals.lose(tx, lost, "price")

    clock.advance(microseconds=1_234)
    workspace.run(fill)
    return workspace


def test_an_export_makes_the_same_deals_elsewhere(sold: Workspace, fresh: Workspace) -> None:
    report = imported(fresh, exported(sold))
    assert (report.preset, report.created, report.rejected) == ("dealboard", 3, 0)
    assert told(fresh) == told(sold)


def test_an_export_adds_nothing_where_it_came_from(sold: Workspace) -> None:
    before = told(sold)
    content = exported(sold)
    sold.run(lambda tx: actions.deals.edit(tx, 1, {"reference": "other", "title": "Other"}))
    report = imported(sold, content)
    assert (report.created, report.skipped) == (0, 3)
    report = imported(sold, content, duplicates="update")
    assert (report.created, report.updated) == (0, 1)
    assert told(sold) == before


def test_a_stage_edited_in_a_spreadsheet_moves_its_deal(sold: Workspace) -> None:
    content = exported(sold).replace(",Sales,Offer,open,", ",Sales,Won,open,")
    imported(sold, content, duplicates="update")
    assert sold.read(deals.deal, 1).stage.kind is StageKind.WON
    content = exported(sold).replace(",Sales,Won,won,", ",Sales,Lead,won,")
    imported(sold, content, duplicates="update")
    assert sold.read(deals.deal, 1).stage.name == "Lead"


def test_fixed_stages_are_found_by_what_they_mean(sold: Workspace, fresh: Workspace) -> None:
    sold.run(lambda tx: actions.stages.edit(tx, 3, name="Hooray"))
    imported(fresh, exported(sold))
    assert told(fresh) == told(sold)
    reopened = next(row for row in told(fresh) if row[1] == "'@x")[0]
    deal_id = fresh.read(deals.find, uid=reopened).id
    fresh.run(lambda tx: actions.deals.reopen(tx, deal_id))
    assert fresh.read(deals.deal, deal_id).stage.name == "Offer"


def test_a_contact_that_is_known_elsewhere_is_the_same_one(
    sold: Workspace, fresh: Workspace
) -> None:
    known = fresh.run(
        lambda tx: actions.contacts.add(tx, name="A. Ek", email="ann@ek.example")
    ).value
    imported(fresh, exported(sold))
    found = fresh.read(contacts.deals_of, known)
    assert [deal.title for deal in found[0]] == ["=1+1"]


def test_a_uid_stands_once_in_a_file(sold: Workspace, fresh: Workspace) -> None:
    header, first, *_ = exported(sold).splitlines()
    report = imported(fresh, f"{header}\n{first}\n{first}\n", partial=True)
    assert (report.created, report.rejected) == (1, 1)
    assert "an earlier row has it" in report.problems[0].reason


def test_columns_say_everything(sold: Workspace) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(sold))))
    first = next(row for row in rows if row["ID"] == "1")
    stamp = "2026-11-23T09:00:00.001234Z"
    uids = [first.pop("UID"), *lists.split(first.pop("Contact uids"))]
    assert len(set(uids)) == 4
    assert first == {
        "ID": "1",
        "Title": "'=1+1",
        "Pipeline": "Sales",
        "Stage": "Offer",
        "Outcome": "open",
        "Probability": "60",
        "Owner": "Bea Ø",
        "Amount": "1200.50",
        "Weighted": "720.30",
        "Currency": "EUR",
        "Close date": "2026-12-31",
        "Created": stamp,
        "Updated": stamp,
        "In stage since": stamp,
        "Closed": "",
        "Last open stage": "",
        "Lost reason": "",
        "Reference": "'-7 PO",
        "Contacts": "Bob; Ann\\; Ek \\\\ Co; Bob",
        "Phones": "; +39021234567; ",
        "Emails": "; Ann@Ek.example; ",
        "Companies": "; Ek\\; Co; ",
    }


def test_json_is_one_document_as_lists_print_it(sold: Workspace) -> None:
    found = sold.read(deals.deals, DealFilter(), Sort(), today=sold.today)
    plain = json.dumps([documents.deal(deal) for deal in found], indent=2)
    assert exported(sold, "json") == f"{plain}\n"
    assert exported(sold, "json", criteria=DealFilter(name="nobody")) == "[]\n"


def test_only_what_the_filter_shows_is_written_in_its_order(sold: Workspace) -> None:
    seen: list[int] = []
    content = exported(
        sold,
        criteria=DealFilter(kinds=frozenset({StageKind.WON, StageKind.LOST})),
        sort=Sort(SortKey.NAME, descending=True),
        progress=seen.append,
    )
    assert [row["Title"] for row in csv.DictReader(io.StringIO(content))] == ["A, “b”; c", "''@x"]
    assert seen == [2]


def test_contacts_are_written_with_their_own_fields(sold: Workspace) -> None:
    def more(tx: Transaction) -> None:
        level = actions.fields.define(tx, "=Level", "choice", ["Gold"])
        actions.fields.define(tx, "Size", "number")
        actions.contacts.edit(
            tx, 1, {"custom": {level: "Gold"}, "consent": True, "consent_source": "web"}
        )

    sold.run(more)
    out = io.StringIO()
    written = sold.read(exporter.export_contacts, form="csv", write=out.write)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert written == len(rows) == 3
    ann = rows[0]
    assert (ann["Name"], ann["Phone"], ann["Open deals"]) == ("Ann; Ek \\ Co", "+39021234567", "1")
    assert (ann["Consent"], ann["Consent source"], ann["'=Level"], ann["Size"]) == (
        *("yes", "web", "Gold", ""),
    )
    plain = io.StringIO()
    sold.read(exporter.export_contacts, "ann", form="json", write=plain.write)
    (found,) = json.loads(plain.getvalue())
    assert found["custom"] == {"=Level": "Gold"}


def test_contacts_of_an_export_come_with_first_and_last_names(
    sold: Workspace, fresh: Workspace
) -> None:
    sold.run(lambda tx: actions.contacts.edit(tx, 2, {"first_name": "Bob", "last_name": "Ek"}))
    out = io.StringIO()
    sold.read(exporter.export_contacts, form="csv", write=out.write)
    people = fresh.path.with_name("people.csv")
    people.write_text(out.getvalue(), encoding="utf-8")
    imported(fresh, exported(sold), contacts=people)
    assert told(fresh) == told(sold)
    found = fresh.read(contacts.contacts, "bob ek")
    assert [(each.first_name, each.last_name) for each in found] == [("Bob", "Ek")]


def test_an_export_is_one_moment(sold: Workspace) -> None:
    other = Workspace.open(sold.path)

    def meanwhile(_text: str) -> None:
        other.run(lambda tx: actions.deals.edit(tx, 2, {"title": "Changed"}))

    out: list[str] = []

    def write(text: str) -> None:
        out.append(text)
        if len(out) == 1:
            meanwhile(text)

    sold.read(
        exporter.export_deals, DealFilter(), Sort(), form="csv", write=write, today=sold.today
    )
    other.close()
    assert "Changed" not in "".join(out)
    assert sold.read(deals.deal, 2).title == "Changed"


# ── whatever the deals are ────────────────────────────────────────────────────────────────────

words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40
).filter(lambda word: word.strip() and not word.strip().isspace())
starts = st.sampled_from(["", "=", "'", "''+", "-1", "@", "\\", ";"])
texts = st.builds(lambda start, word: start + word, starts, words)
people = st.fixed_dictionaries(
    {"name": texts},
    optional={
        "phone": st.sampled_from(["+39 02 1234567", "call me", "'12; 3"]),
        "email": st.sampled_from(["a@x.example", "B@x.example", "no; mail"]),
        "company": texts,
    },
)
written = st.fixed_dictionaries(
    {
        "title": texts,
        "stage_id": st.integers(1, 4),
        "people": st.lists(people, min_size=1, max_size=3),
        "currency": st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
    },
    optional={
        "amount": st.integers(0, 10**15 - 1),
        "close_date": st.dates(date(1900, 1, 1), date(9998, 12, 31)),
        "reference": texts,
        "created_at": st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 1)).map(  # noqa: DTZ001
            lambda moment: moment.replace(tzinfo=MORNING.tzinfo)
        ),
    },
)


@pytest.fixture(scope="module")
def pair(
    blank: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], tuple[Workspace, Workspace]]]:
    """Return what opens a workspace with the pipeline Sales and one without any, both new."""
    folder = tmp_path_factory.mktemp("pair")
    sales = folder / "sales.db"
    shutil.copy(blank, sales)
    with_sales = Workspace.open(sales, clock=Clock())
    with_sales.run(
        lambda tx: actions.pipelines.create(tx, "Sales", parse_stages("Lead:10,Offer:60"))
    )
    with_sales.close()
    opened: list[Workspace] = []

    def open_both() -> tuple[Workspace, Workspace]:
        while opened:
            opened.pop().close()
        for name, source in (("one", sales), ("other", blank)):
            path = folder / f"{name}.db"
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            shutil.copy(source, path)
            opened.append(Workspace.open(path, clock=Clock(MORNING + timedelta(days=1))))
        return opened[0], opened[1]

    yield open_both
    for each in opened:
        each.close()


@settings(max_examples=25)
@given(st.lists(written, min_size=1, max_size=4))
def test_any_deals_come_back_as_they_were(
    pair: Callable[[], tuple[Workspace, Workspace]], some: list[dict[str, Any]]
) -> None:
    here, elsewhere = pair()

    def fill(tx: Transaction) -> None:
        for each in some:
            made = [actions.contacts.add(tx, **person) for person in each["people"]]
            rest = {name: value for name, value in each.items() if name != "people"}
            actions.deals.create(tx, contacts=made, **rest)

    try:
        here.run(fill)
    except InvalidValue:
        return
    content = exported(here)
    assert imported(elsewhere, content).created == len(some)
    assert told(elsewhere) == told(here)
    assert imported(here, content).skipped == len(some)
    assert exported(here) == content


@given(st.lists(texts.map(str.strip), min_size=1))
def test_values_in_one_cell_are_taken_apart_as_they_were(values: list[str]) -> None:
    assert lists.split(lists.join(values)) == values


@given(st.text())
def test_any_cell_can_be_taken_apart(cell: str) -> None:
    parts = lists.split(cell)
    assert lists.split(lists.join(parts)) == (parts if any(parts) else [])


@given(texts.map(str.strip))
def test_a_guarded_text_is_read_as_it_was(value: str) -> None:
    assert text(cell_of(value), "title", 1_000) == text(f"x{value}", "title", 1_000)[1:]


# ── files ─────────────────────────────────────────────────────────────────────────────────────


def test_a_new_file_is_private_and_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with new_file(path) as write:
        write("é\n")
        assert not path.exists()
    assert path.read_bytes() == "é\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    with pytest.raises(StorageFailed, match="exists already"), new_file(path):
        pass

    def fail_halfway() -> None:
        with new_file(path, replace=True) as write:
            write("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert path.read_bytes() == "é\n".encode()
    with new_file(path, replace=True) as write:
        write("new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["", "missing/out.csv"])
def test_a_file_needs_a_folder_and_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageFailed), new_file(tmp_path / name):
        pass
    assert list(tmp_path.iterdir()) == []
