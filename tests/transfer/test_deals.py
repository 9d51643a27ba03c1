"""Importing deals: what a file becomes, again and again, in part, not at all, and taken back."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dealboard import actions
from dealboard.domain.stages import NewStage
from dealboard.domain.text import search_text
from dealboard.domain.views import Role
from dealboard.errors import (
    DealboardError,
    InvalidValue,
    NotPermitted,
    Refused,
    StorageFailed,
    UnknownName,
    UsageError,
)
from dealboard.store import tables
from dealboard.store.search import contact_search
from dealboard.store.transaction import Receipt
from dealboard.transfer import deals
from dealboard.transfer.dialect import UnreadableFile
from dealboard.transfer.options import ImportOptions
from dealboard.transfer.report import LISTED, ImportRejected, ImportReport
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock

Write = Callable[..., Path]

NOW = "2026-11-23T09:00:00.000000Z"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(*rows: str, name: str = "deals.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\r\n".join(rows).encode(encoding))
        return path

    return write


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    """Give the workspace a pipeline of two open stages."""
    stages = [NewStage("Lead", 10), NewStage("Offer", 60)]
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales", stages))
    return workspace


def imported(workspace: Workspace, path: Path, **options: Any) -> Receipt[ImportReport]:
    return workspace.run(lambda tx: deals.run(tx, path, ImportOptions(**options)))


def rejected(workspace: Workspace, path: Path, **options: Any) -> ImportReport:
    with pytest.raises(ImportRejected) as caught:
        imported(workspace, path, **options)
    assert caught.value.exit_code == 65
    return caught.value.report


def rows(workspace: Workspace, sql: str) -> Sequence[tuple[Any, ...]]:
    return workspace.read(lambda connection: connection.execute(sql).fetchall())


def one(workspace: Workspace, sql: str) -> tuple[Any, ...]:
    (row,) = rows(workspace, sql)
    return tuple(row)


def counts(workspace: Workspace) -> dict[str, int]:
    names = ("pipeline", "stage", "user", "contact", "deal", "deal_contact", "operation")
    return {name: one(workspace, f"SELECT count(*) FROM {name}")[0] for name in names}


# ── what a row becomes ────────────────────────────────────────────────────────────────────────


def test_a_full_row_becomes_a_deal_as_if_it_had_been_typed(sales: Workspace, write: Write) -> None:
    path = write(
        "Title,Contact,Company,Phone,Email,Stage,Owner,Amount,Currency,Close date,Created,Ref",
        "Scanners,Ann Ek,Ek & Co,+39 02 1234567,Ann@Ek.example,offer,Ada Owner,"
        '"1,200.50",usd,2026-12-31,2026-10-01 08:30,PO-7',
    )
    receipt = imported(sales, path)
    assert receipt.label == "Imported 1 deal from deals.csv"
    assert receipt.value.sums == {"USD": "1200.50"}
    deal = one(
        sales,
        "SELECT title, stage.name, user.name, amount, currency, close_date, close_date_auto,"
        " reference, deal.created_at, stage_entered_at, closed_at, deal.updated_at, deal.version"
        " FROM deal JOIN stage ON stage.id = stage_id JOIN user ON user.id = owner_id",
    )
    created = "2026-10-01T08:30:00.000000Z"
    expected = ("Scanners", "Offer", "Ada Owner", 120050, "USD", "2026-12-31", 0, "PO-7")
    assert deal == (*expected, created, created, None, NOW, 1)
    person = one(
        sales,
        "SELECT first_name, last_name, company, phone, phone_key, email, email_key FROM contact",
    )
    phone, email = ("+39 02 1234567", "+39021234567"), ("Ann@Ek.example", "ann@ek.example")
    assert person == ("Ann Ek", "", "Ek & Co", *phone, *email)
    assert rows(sales, "SELECT deal_id, contact_id, position FROM deal_contact") == [(1, 1, 1)]


def test_a_note_is_written_on_its_deal_goes_with_the_import_and_comes_once(
    sales: Workspace, write: Write
) -> None:
    path = write(
        "Title,Contact,Stage,Created,Ref,Said",
        'Scanners,Ann,Lead,2026-10-01,PO-7,"Likes tea,\r\nnot coffee "',
        "Plotters,Bob,Lead,,PO-8,'=1+1",
        "Printers,Cy,Lead,,PO-9,",
    )
    told = "Said=note"
    report = imported(sales, path, columns=(told,)).value
    assert (report.created, report.columns["Said"]) == (3, "note")
    notes = "SELECT deal_id, kind, text, created_at, contact_id FROM activity"
    assert rows(sales, notes) == [
        (1, "note", "Likes tea,\nnot coffee", "2026-10-01T00:00:00.000000Z", None),
        (2, "note", "=1+1", NOW, None),
    ]
    again = imported(sales, path, columns=(told,))
    assert (again.operation, again.value.skipped) == (None, 3)
    update = imported(sales, path, columns=(told,), duplicates="update")
    assert (update.operation, update.value.skipped) == (None, 3)
    path = write("Title,Contact,Stage,Ref,Said", "Printers,Cy,Lead,PO-9,Late")
    late = imported(sales, path, columns=(told,), duplicates="update")
    assert (late.value.updated, len(rows(sales, notes))) == (1, 3)
    for left in (2, 0):
        sales.run(lambda tx: actions.history.undo(tx))
        assert len(rows(sales, notes)) == left
    sales.run(lambda tx: actions.history.redo(tx))
    assert len(rows(sales, notes)) == 2


def test_a_note_that_does_not_fit_is_a_problem_of_its_row(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Stage,Note", f"Scanners,Ann,Lead,{'x' * 20_001}")
    (problem,) = rejected(sales, path).problems
    assert problem.column == "Note"
    assert "20001 characters; at most 20000 fit" in problem.reason


def test_derived_columns_are_those_of_rows_written_one_by_one(
    sales: Workspace, write: Write
) -> None:
    imported(
        sales,
        write(
            "Title,First name,Last name,Phone,Email,Company,Reference,Stage",
            "Ångström №1,José,Muñoz,+39 02 1234567,J@M.example,Ærø A/S,Ref ①,Lead",
        ),
    )
    title, reference, search = one(sales, "SELECT title, reference, search FROM deal")
    assert search == search_text(title, reference, [("José Muñoz", "+39 02 1234567")])
    contact = tables.Contact(
        uid="", created_at=MORNING, updated_at=MORNING,
        first_name="José", last_name="Muñoz", phone="+39 02 1234567", email="J@M.example",
        company="Ærø A/S",
    )  # fmt: skip
    assert one(sales, "SELECT search FROM contact") == (contact_search(contact),)


def test_an_empty_row_takes_the_defaults(sales: Workspace, write: Write) -> None:
    report = imported(sales, write("Contact,Amount,Stage,Owner", "Bo,,,")).value
    deal = "SELECT title, stage_id, owner_id, amount, currency, created_at, reference FROM deal"
    assert one(sales, deal) == ("Bo", 1, 1, None, "EUR", NOW, None)
    choices = report.choices
    assert (choices.titles_from_contact, choices.stages_assumed, choices.owners_assumed) == (
        1,
        1,
        1,
    )


def test_imported_deals_go_to_the_bottom_in_the_order_of_the_file(
    sales: Workspace, write: Write
) -> None:
    ann = sales.run(lambda tx: actions.contacts.add(tx, name="Ann")).value
    sales.run(lambda tx: actions.deals.create(tx, contacts=[ann], stage_id=1, title="Old"))
    imported(sales, write("Title,Contact,Stage", "A,Ann,Lead", "B,Ann,Lead", "C,Ann,Lead"))
    titles = rows(sales, "SELECT title FROM deal WHERE stage_id = 1 ORDER BY rank")
    assert [title for (title,) in titles] == ["Old", "A", "B", "C"]


@pytest.mark.parametrize(
    ("cells", "closed_at", "close_date", "auto"),
    [
        ("2026-10-05 10:00,2026-10-09", "2026-10-05T10:00:00.000000Z", "2026-10-09", 0),
        (",2026-10-09", "2026-10-09T00:00:00.000000Z", "2026-10-09", 0),
        (",2026-12-24", NOW, "2026-12-24", 0),
        (",", NOW, "2026-11-23", 1),
        ("2026-10-05,", "2026-10-05T00:00:00.000000Z", "2026-10-05", 1),
    ],
)
def test_closed_deals_end_when_the_file_says(
    sales: Workspace, write: Write, cells: str, closed_at: str, close_date: str, auto: int
) -> None:
    imported(sales, write("Title,Contact,Stage,Closed,Close date", f"A,Ann,Won,{cells}"))
    ending = "SELECT closed_at, close_date, close_date_auto, stage_entered_at FROM deal"
    assert one(sales, ending) == (closed_at, close_date, auto, closed_at)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Won", "won"),
        ("closedwon", "won"),
        ("Closed Won", "won"),
        ("VINTO", "won"),
        ("Gagné", "won"),
        ("Lost", "lost"),
        ("closed_lost", "lost"),
        ("Perso", "lost"),
        ("Closed-Lost to Competition", "lost"),
    ],
)
def test_words_for_won_and_lost_mean_the_fixed_stages_whatever_they_are_called(
    sales: Workspace, write: Write, word: str, kind: str
) -> None:
    sales.run(lambda tx: actions.stages.edit(tx, 3, name="Signed"))
    imported(sales, write("Title,Contact,Stage", f"A,Ann,{word}"), create_stages=True)
    assert one(sales, "SELECT kind FROM stage JOIN deal ON stage.id = stage_id") == (kind,)
    assert counts(sales)["stage"] == 4


def test_a_status_closes_a_deal_and_its_stage_is_where_it_was_last_open(
    sales: Workspace, write: Write
) -> None:
    path = write(
        "Deal - ID,Deal - Title,Deal - Contact person,Deal - Stage,Deal - Status,Deal - Won time,"
        "Deal - Lost time,Deal - Lost reason",
        "1,A,Ann,Offer,Won,2026-10-01 09:00:00,,",
        "2,B,Ann,Lead,Lost,,2026-10-02 09:00:00,price",
        "3,C,Ann,Offer,Open,,,",
    )
    assert imported(sales, path).value.preset == "pipedrive"
    found = "SELECT stage.name, last_open_stage_id, substr(closed_at, 1, 10), lost_reason FROM deal"
    assert rows(sales, f"{found} JOIN stage ON stage.id = stage_id ORDER BY deal.id") == [
        ("Won", 2, "2026-10-01", None),
        ("Lost", 1, "2026-10-02", "price"),
        ("Offer", None, None, None),
    ]


def test_a_text_is_kept_as_it_is_and_stays_on_one_line(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Stage", '"  [/red]\x1b[31m\r\nnext"" ",\'=cmd(),Lead')
    imported(sales, path)
    assert one(sales, "SELECT title FROM deal") == ('[/red]\x1b[31m next"',)
    assert one(sales, "SELECT first_name FROM contact") == ("=cmd()",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_gives_the_same_deals(sales: Workspace, write: Write, encoding: str) -> None:
    path = write("Titolo;Contatto;Fase;Importo", "Caffè;Åse Ek;Lead;1.234,50", encoding=encoding)
    report = imported(sales, path).value
    assert (report.encoding, report.delimiter) == (encoding, ";")
    assert one(sales, "SELECT title, amount FROM deal") == ("Caffè", 123450)
    assert one(sales, "SELECT first_name FROM contact") == ("Åse Ek",)


def test_dates_are_read_as_the_column_proves(sales: Workspace, write: Write) -> None:
    header = "Title,Contact,Close date,Created"
    path = write(header, "A,Ann,3/4/2026,3/4/2026", "B,Ann,12/25/2026,1/2/2026")
    report = imported(sales, path, date_order="dmy").value
    found = rows(sales, "SELECT close_date, substr(created_at, 1, 10) FROM deal ORDER BY id")
    assert found == [("2026-03-04", "2026-04-03"), ("2026-12-25", "2026-02-01")]
    assert report.choices.date_columns_assumed == 1


# ── contacts and owners ───────────────────────────────────────────────────────────────────────


def test_contacts_are_recognised(sales: Workspace, write: Write) -> None:
    ann = actions.contacts.add
    sales.run(lambda tx: ann(tx, name="Ann Ek", email="ann@ek.example", phone="+39 02 1234567"))
    sales.run(lambda tx: ann(tx, name="Zoë Ray", company="Ray & Co"))
    path = write(
        "Title,Contact,Email,Phone,Company",
        "by address,A. Ek,ANN@ek.example,,",
        "by number,ann ek,,+39 (02) 123-4567,",
        "by number alone,,,+39 021234567,",
        "by name and company,ZOE RAY,,,Ray & co",
        "by name,Zoë Ray,,,",
        "same number other name,Bo,,+39 02 1234567,",
        "same name other address,Ann Ek,other@ek.example,,",
        "same name other company,Zoë Ray,,,Elsewhere",
    )
    report = imported(sales, path).value
    linked = "SELECT contact_id FROM deal_contact ORDER BY deal_id"
    assert [row[0] for row in rows(sales, linked)] == [1, 1, 1, 2, 2, 3, 4, 5]
    assert report.choices.contacts_created == 3


def test_a_row_without_a_contact_takes_its_company_or_nobody(
    sales: Workspace, write: Write
) -> None:
    path = write("Title,Contact,Company", "A,,Isdom", "B,,isdom", "C,,", "D,,", "E,Ann,Isdom")
    choices = imported(sales, path).value.choices
    assert (choices.contacts_from_company, choices.contacts_unknown) == (2, 2)
    people = rows(sales, "SELECT first_name, company FROM contact ORDER BY id")
    assert people == [("Isdom", "Isdom"), ("Unknown", None), ("Ann", "Isdom")]


def test_the_user_may_want_no_companies_as_contacts(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Company", "A,,Isdom", "B,Ann,Isdom")
    (problem,) = rejected(sales, path, no_contact="reject").problems
    assert (problem.line, problem.column) == (2, "Contact")
    imported(sales, path, no_contact="placeholder")
    assert one(sales, "SELECT first_name FROM contact WHERE id = 1") == ("Unknown",)


def test_several_addresses_are_several_contacts(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Email", "A,Ann,a@x.example; b@x.example;a@x.example")
    imported(sales, path)
    linked = "SELECT email FROM contact JOIN deal_contact ON contact.id = contact_id"
    found = rows(sales, f"{linked} ORDER BY position")
    assert found == [("a@x.example",), ("b@x.example",)]


def test_an_unusable_number_or_address_is_kept_and_counted(sales: Workspace, write: Write) -> None:
    path = write("Deal Name,Contact,Phone,Email", "A,Ann,416-x752,ann(at)x")
    choices = imported(sales, path).value.choices
    assert (choices.phones_unusable, choices.emails_unusable) == (1, 1)
    kept = "SELECT phone, phone_key, email, email_key FROM contact"
    assert one(sales, kept) == ("416-x752", None, "ann(at)x", None)


def test_a_file_of_contacts_is_not_taken_for_deals(sales: Workspace, write: Write) -> None:
    path = write("First Name,Last Name,Email", "Ann,Ek,ann@ek.example")
    with pytest.raises(UsageError, match="looks like contacts"):
        imported(sales, path)


def test_a_file_of_contacts_comes_first(sales: Workspace, write: Write) -> None:
    people = write(
        "Record ID,First Name,Last Name,Email,Phone Number,City,Postal Code,Country",
        "11,Ann,Ek,ann@ek.example,02 1234567,Milano,20100,IT",
        "12,Bo,Ray,,,,,",
        "13,Cy,Unlinked,,,,,",
        name="contacts.csv",
    )
    path = write(
        "Record ID,Deal Name,Deal Stage,Associated Contact IDs,Associated Contact Email",
        "1,A,Lead,12;11,",
        "2,B,Lead,,ann@ek.example",
    )
    report = imported(sales, path, contacts=people).value
    assert report.preset == "hubspot"
    assert report.choices.contacts_created == 3
    links = rows(sales, "SELECT deal_id, contact_id, position FROM deal_contact ORDER BY id")
    assert links == [(1, 2, 1), (1, 1, 2), (2, 1, 1)]
    ann = "SELECT first_name, last_name, phone_key, city, zip, country, external_id FROM contact"
    full = ("Ann", "Ek", "+39021234567", "Milano", "20100", "IT", "11")
    assert one(sales, f"{ann} WHERE id = 1") == full
    assert imported(sales, path, contacts=people).operation is None


def test_ids_of_another_program_are_no_proof(sales: Workspace, write: Write) -> None:
    sales.run(lambda tx: actions.contacts.add(tx, name="Zoe Other", external_id="11"))
    header = "Title,Contact,Contact ID"
    imported(sales, write(header, "A,Ann Ek,11", "B,,11", "C,ann ek,11", "D,Ann Ek,"))
    linked = "SELECT contact_id FROM deal_contact ORDER BY deal_id"
    assert [row[0] for row in rows(sales, linked)] == [2, 2, 2, 2]


def test_a_bad_contact_stops_the_import_too(sales: Workspace, write: Write) -> None:
    people = write("Name,Email", "Ann,a@x.example", f"{'x' * 201},", name="contacts.csv")
    path = write("Title,Contact", "A,Ann")
    report = rejected(sales, path, contacts=people)
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == ("contacts.csv", 3, "Name")
    assert imported(sales, path, contacts=people, partial=True).value.created == 1


def test_unknown_owners_become_administrators(sales: Workspace, write: Write) -> None:
    path = write(
        "Title,Contact,Owner",
        "A,Ann,Bea Ray",
        "B,Ann,bea ray",
        "C,Ann,cy@x.example",
        "D,Ann,ADA OWNER",
    )
    report = imported(sales, path).value
    assert report.choices.owners_created == 2
    users = rows(sales, "SELECT name, email, role FROM user ORDER BY id")
    assert users[1:] == [
        ("Bea Ray", None, Role.ADMINISTRATOR),
        ("cy", "cy@x.example", Role.ADMINISTRATOR),
    ]
    owned = rows(sales, "SELECT owner_id FROM deal ORDER BY id")
    assert [owner for (owner,) in owned] == [2, 2, 3, 1]


def test_the_owner_of_rows_that_name_none_can_be_said(sales: Workspace, write: Write) -> None:
    sales.run(lambda tx: actions.team.add(tx, "Bea", "bea@x.example"))
    imported(sales, write("Title,Contact", "A,Ann"), owner="bea@x.example")
    assert one(sales, "SELECT owner_id FROM deal") == (2,)
    with pytest.raises(UnknownName):
        imported(sales, write("Title,Contact", "B,Ann"), owner="Nobody")


# ── pipelines and stages ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["offer", " OFFER ", "Öffer", "of_fer", "Offer!"])
def test_stages_are_found_by_what_is_left_of_their_names(
    sales: Workspace, write: Write, name: str
) -> None:
    imported(sales, write("Title,Contact,Stage", f"A,Ann,{name}"), create_stages=True)
    assert one(sales, "SELECT stage_id FROM deal") == (2,)


@pytest.mark.parametrize(
    ("stage", "status", "found"),
    [
        ("", "won", "Won"),
        ("", "open", "Lead"),
        ("", "Offer", "Offer"),
        ("Offer", "deleted", "Offer"),
        ("Won", "lost", "Lost"),
        ("", "", "Lead"),
    ],
)
def test_a_status_says_what_the_stage_does_not(
    sales: Workspace, write: Write, stage: str, status: str, found: str
) -> None:
    imported(sales, write("Title,Contact,Stage,Status", f"A,Ann,{stage},{status}"))
    assert one(sales, "SELECT name FROM stage JOIN deal ON stage.id = stage_id") == (found,)


def test_missing_stages_are_created_behind_the_open_ones_in_order_of_appearance(
    sales: Workspace, write: Write
) -> None:
    path = write(
        "Title,Contact,Pipeline,Stage",
        "A,Ann,,Won",
        "B,Ann,,Contract",
        "C,Ann,,LEAD",
        "D,Ann,,Signature",
        "E,Ann,Renewals,Quoted",
        "F,Ann,renewals,Upcoming",
        "G,Ann,Renewals,Lost",
    )
    report = imported(sales, path, create_stages=True).value
    assert (report.choices.pipelines_created, report.choices.stages_created) == (1, 4)
    stages = "SELECT name, probability FROM stage WHERE pipeline_id = {} ORDER BY position"
    assert rows(sales, stages.format(1)) == [
        ("Lead", 10), ("Offer", 60), ("Contract", 73), ("Signature", 86), ("Won", 100), ("Lost", 0),
    ]  # fmt: skip
    assert rows(sales, stages.format(2)) == [
        ("Quoted", 10), ("Upcoming", 55), ("Won", 100), ("Lost", 0),
    ]  # fmt: skip


def test_without_any_pipeline_one_is_created(workspace: Workspace, write: Write) -> None:
    path = write("Title,Contact,Stage", "A,Ann,Engaging")
    (problem,) = rejected(workspace, path).problems
    assert problem.reason == "there is none yet. Create it with --create-stages."
    imported(workspace, path, create_stages=True)
    assert one(workspace, "SELECT name FROM pipeline") == ("Sales Pipeline",)


def test_the_pipeline_of_rows_that_name_none_can_be_said(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Pipeline,Stage", "A,Ann,,Lead", "B,Ann,Sales,Lead")
    with pytest.raises(UnknownName, match="Partners"):
        imported(sales, path, pipeline="Partners")
    imported(sales, path, pipeline="Partners", create_stages=True)
    placed = "SELECT pipeline.name FROM deal JOIN stage ON stage.id = stage_id JOIN pipeline"
    found = rows(sales, f"{placed} ON pipeline.id = pipeline_id ORDER BY deal.id")
    assert found == [("Partners",), ("Sales",)]


def test_an_eleventh_pipeline_stops_the_import(workspace: Workspace, write: Write) -> None:
    path = write("Title,Contact,Pipeline", *(f"A,Ann,P{number}" for number in range(11)))
    with pytest.raises(Refused, match="10 of 10"):
        imported(workspace, path, create_stages=True)
    assert counts(workspace)["pipeline"] == 0


# ── problems ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        ("A,Ann,Nowhere,,,,", "Stage", "Nowhere", "Known: Lead, Offer, Won, Lost"),
        ("A,Ann,Lead,-5,,,", "Amount", "-5", "cannot be negative"),
        ("A,Ann,Lead,NaN,,,", "Amount", "NaN", "not an amount"),
        ("A,Ann,Lead,$5,GBP,,", "Amount", "$5", "the row in GBP"),
        ("A,Ann,Lead,1,XXX,,", "Currency", "XXX", "not a currency"),
        ("A,Ann,Lead,,,2026-02-30,", "Close date", "2026-02-30", "28 days"),
        ("A,Ann,Lead,,,soon,", "Close date", "soon", "not a date"),
        ("A,Ann,Lead,,,,yesterday", "Created", "yesterday", "not a date"),
        (f"{'t' * 201},Ann,Lead,,,,", "Title", f"{'t' * 59}…", "201 characters"),
        ("A\x00,Ann,Lead,,,,", "Title", "A\x00", "NUL"),
        ("A,Ann,Lead,,,,,spare", "", "spare", "the header has 7 columns"),
    ],
)
def test_each_kind_of_problem_is_named_with_line_column_and_value(
    sales: Workspace, write: Write, cells: str, column: str, value: str, reason: str
) -> None:
    header = "Title,Contact,Stage,Amount,Currency,Close date,Created"
    before = counts(sales)
    report = rejected(sales, write(header, "Good,Ann,Lead,1,EUR,,", '"two', 'lines",Ann', cells))
    (problem,) = report.problems
    assert (problem.file, problem.line) == ("deals.csv", 5)
    assert (problem.column, problem.value) == (column, value)
    assert reason in problem.reason
    assert (report.rows, report.rejected) == (3, 1)
    assert counts(sales) == before


def test_all_problems_of_a_row_are_told(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Amount,Close date,Stage", "A,Ann,x,y,Gone")
    report = rejected(sales, path)
    assert [problem.column for problem in report.problems] == ["Amount", "Close date", "Stage"]
    assert (report.rejected, report.problem_count) == (1, 3)


def test_an_unknown_pipeline_and_an_impossible_owner_are_problems(
    sales: Workspace, write: Write
) -> None:
    path = write("Title,Contact,Pipeline,Owner", "A,Ann,Other,", f"B,Ann,,{'o' * 255}")
    told = [(p.column, p.reason) for p in rejected(sales, path).problems]
    assert told[0] == ("Pipeline", "unknown pipeline. Known: Sales.")
    assert told[1][0] == "Owner"
    long = write("Title,Contact,Owner", f"A,Ann,{'o' * 61}")
    assert "61 characters" in rejected(sales, long).problems[0].reason


def test_thousands_of_problems_are_counted_and_some_listed(
    sales: Workspace, write: Write, tmp_path: Path
) -> None:
    path = write("Title,Contact,Amount", *(f"A{n},Ann,x" for n in range(LISTED + 5)))
    errors = tmp_path / "errors.csv"
    report = rejected(sales, path, errors=errors)
    assert (len(report.problems), report.problem_count) == (LISTED, LISTED + 5)
    assert len(errors.read_text().splitlines()) == LISTED + 6


def test_good_rows_are_taken_if_the_user_wants_that(
    sales: Workspace, write: Write, tmp_path: Path
) -> None:
    path = write(
        "Title;Contact;Stage;Amount",
        "A;Ann;Lead;1",
        "@B;Ann;Gone;2",
        "C;Ann;Lead;x",
        "D;Ann;Lead;4",
    )
    errors = tmp_path / "errors.csv"
    report = imported(sales, path, partial=True, errors=errors).value
    assert (report.rows, report.created, report.rejected) == (4, 2, 2)
    assert report.sums == {"EUR": "5.00"}
    with errors.open(encoding="utf-8", newline="") as file:
        header, first, second = csv.reader(file, delimiter=";")
    assert header == ["Title", "Contact", "Stage", "Amount", "Problem"]
    assert first[:4] == ["'@B", "Ann", "Gone", "2"]
    assert "unknown stage" in first[4]
    assert second == ["C", "Ann", "Lead", "x", "Amount: not an amount"]
    assert errors.stat().st_mode & 0o777 == 0o600


def test_what_was_rejected_can_be_corrected_and_imported(
    sales: Workspace, write: Write, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    path = write("Title,Contact,Stage", "'=A,Ann,Gone", "B,Ann,Lead")
    imported(sales, path, partial=True, errors=errors)
    errors.write_text(errors.read_text().replace("Gone", "Lead", 1))
    imported(sales, errors)
    assert rows(sales, "SELECT title FROM deal ORDER BY id") == [("B",), ("=A",)]


def test_an_errors_file_never_takes_the_place_of_another(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact", "A,Ann")
    with pytest.raises(StorageFailed):
        imported(sales, path, errors=path)
    assert path.read_text().startswith("Title")
    assert counts(sales)["deal"] == 0


# ── files and options that cannot work ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "options", "error"),
    [
        (b"", {}, UnreadableFile),
        (b",,\n,\n", {}, UnreadableFile),
        (b"Colour,Size\nred,1\n", {}, UsageError),
        (b"Title,Contact\nA,Ann\n", {"columns": ("Nope=title",)}, UsageError),
        (b"Title,Contact\nA,Ann\n", {"preset": "nope"}, UsageError),
        (b"Title,Contact\nA,Ann\n", {"currency": "nope"}, InvalidValue),
        (b"Title,Contact\nA,Ann\n", {"contacts": Path("/nowhere.csv")}, StorageFailed),
        (b'Title,Contact\nA,Ann\n"B,Ann\n', {}, UnreadableFile),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_written(
    sales: Workspace,
    tmp_path: Path,
    content: bytes,
    options: dict[str, Any],
    error: type[DealboardError],
) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(content)
    before = counts(sales)
    with pytest.raises(error):
        imported(sales, path, **options)
    assert counts(sales) == before


def test_a_chat_operator_cannot_import(sales: Workspace, write: Write, path: Path) -> None:
    sales.run(lambda tx: actions.team.add(tx, "Chatty", role=Role.CHAT_OPERATOR))
    chatty = Workspace.open(path, actor="Chatty")
    with pytest.raises(NotPermitted):
        imported(chatty, write("Title,Contact", "A,Ann"))
    chatty.close()


def test_a_header_alone_is_no_error(sales: Workspace, write: Write) -> None:
    receipt = imported(sales, write("Title,Contact"))
    assert (receipt.operation, receipt.value.rows) == (None, 0)


# ── again ─────────────────────────────────────────────────────────────────────────────────────


def test_importing_again_adds_nothing(sales: Workspace, write: Write, clock: Clock) -> None:
    lines = ["Title,Contact,Email,Stage,Reference", "A,Ann,,Lead,R1", "B,Bo,bo@x.example,Won,"]
    path = write(*lines)
    imported(sales, path, create_stages=True)
    before = counts(sales)
    clock.advance(days=1)
    receipt = imported(sales, path, create_stages=True)
    assert receipt.operation is None
    assert (receipt.value.created, receipt.value.skipped, receipt.value.sums) == (0, 2, {})
    assert counts(sales) == before
    longer = write(*lines, "C,Cy,,Lead,", name="longer.csv")
    assert imported(sales, longer).value.created == 1
    assert imported(sales, write(*lines, encoding="utf-16", name="u.csv")).value.created == 0


def test_a_deal_that_was_edited_is_still_recognised(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Stage,Reference", "A,Ann,Lead,R1", "B,Ann,Lead,")
    imported(sales, path)
    sales.run(lambda tx: actions.deals.edit(tx, 1, {"title": "Renamed"}))
    sales.run(lambda tx: actions.deals.edit(tx, 2, {"title": "Renamed", "reference": "R9"}))
    assert imported(sales, path).value.skipped == 2
    changed = write("Title,Contact,Stage,Reference", "Other,Bo,Lead,R1", "B,Ann,Offer,")
    report = imported(sales, changed).value
    assert (report.skipped, report.created) == (1, 1)


def test_equal_rows_of_a_file_are_several_deals_and_stay_so(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact", "A,Ann", "A,Ann", "A,Ann")
    assert imported(sales, path).value.created == 3
    assert imported(sales, path).value.skipped == 3
    references = write("Title,Contact,Reference", "A,Ann,R", "B,Ann,R", name="references.csv")
    assert imported(sales, references).value.created == 2
    assert imported(sales, references).value.skipped == 2


def test_duplicates_can_be_created_on_purpose(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Reference", "A,Ann,R1", "B,Ann,")
    for expected in (2, 4, 6):
        assert imported(sales, path, duplicates="create").value.created == 2
        assert counts(sales)["deal"] == expected


def test_duplicates_can_be_updated(sales: Workspace, write: Write) -> None:
    header = "Title,Contact,Stage,Amount,Close date,Closed,Owner,Reference"
    imported(sales, write(header, "A,Ann,Lead,100,2026-12-01,,,R1", "B,Ann,Lead,5,,,,R2"))
    before = counts(sales)
    path = write(header, "New,Ann,Won,250,,2026-11-02,Bea,R1", "B,Ann,Lead,5,,,,R2")
    receipt = imported(sales, path, duplicates="update")
    report = receipt.value
    assert (report.created, report.updated, report.skipped) == (0, 1, 1)
    assert report.sums == {"EUR": "250.00"}
    assert receipt.label == "Updated 1 deal from deals.csv"
    deal = one(
        sales,
        "SELECT title, kind, amount, close_date, substr(closed_at, 1, 10), user.name FROM deal"
        " JOIN stage ON stage.id = stage_id JOIN user ON user.id = owner_id WHERE deal.id = 1",
    )
    assert deal == ("New", "won", 25000, "2026-12-01", "2026-11-02", "Bea")
    assert counts(sales)["deal"] == before["deal"]
    sales.run(actions.history.undo)
    assert one(sales, "SELECT title, amount, closed_at FROM deal WHERE id = 1") == (
        "A",
        10000,
        None,
    )


def test_a_reference_of_several_deals_cannot_be_updated(sales: Workspace, write: Write) -> None:
    imported(sales, write("Title,Contact,Reference", "A,Ann,R", "B,Ann,R"))
    changed = write("Title,Contact,Reference", "C,Ann,R")
    (problem,) = rejected(sales, changed, duplicates="update").problems
    assert problem.reason == "several deals: #1, #2"
    assert imported(sales, changed).value.skipped == 1


# ── tried, taken back ─────────────────────────────────────────────────────────────────────────


def test_a_dry_run_reports_and_writes_nothing(sales: Workspace, write: Write) -> None:
    path = write("Title,Contact,Owner,Stage,Amount", "A,Ann,Bea,Fresh,12", "B,Bo,,Lead,")
    before = counts(sales)
    receipt = imported(sales, path, create_stages=True, dry_run=True)
    assert receipt.operation is None
    assert counts(sales) == before
    report = receipt.value.as_dict()
    assert (report["dry_run"], report["created"], report["sums"]) == (True, 2, {"EUR": "12.00"})
    assert report["choices"]["stages_created"] == 1
    real = imported(sales, path, create_stages=True).value.as_dict()
    assert report | {"dry_run": False} == real


def test_an_import_is_one_operation_and_taken_back_as_one(sales: Workspace, write: Write) -> None:
    before = counts(sales)
    path = write(
        "Title,Contact,Owner,Pipeline,Stage",
        *(f"Deal {n},Person {n % 7},Owner {n % 3},Imported,Stage {n % 4}" for n in range(50)),
    )
    receipt = imported(sales, path, create_stages=True)
    assert counts(sales)["deal"] == 50
    sales.run(actions.history.undo)
    assert counts(sales) == before | {"operation": before["operation"] + 2}
    sales.run(actions.history.redo)
    assert counts(sales)["deal"] == 50
    sales.run(lambda tx: actions.history.undo(tx, receipt.operation))
    assert imported(sales, path, create_stages=True).value.created == 50


def test_an_import_whose_deals_were_worked_on_is_not_taken_back(
    sales: Workspace, write: Write
) -> None:
    receipt = imported(sales, write("Title,Contact,Stage", "A,Ann,Lead", "B,Ann,Lead"))
    sales.run(lambda tx: actions.deals.move(tx, 1, by=1))
    with pytest.raises(Refused, match="A has changed since"):
        sales.run(lambda tx: actions.history.undo(tx, receipt.operation))
    assert counts(sales)["deal"] == 2


# ── the whole ─────────────────────────────────────────────────────────────────────────────────


def pipeline_file(path: Path, rows: int) -> int:
    """Write a file without titles and contacts, like those of exercises; return its sum."""
    stages = ("Won", "Lost", "Engaging", "Won", "Prospecting", "Lost", "Won")
    total = 0
    with path.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file)
        header = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date"
        writer.writerow([*header.split(","), "close_value"])
        for number in range(rows):
            stage = stages[number % 7]
            closed = stage in ("Won", "Lost")
            value = number % 900 if stage == "Won" else 0
            total += value
            writer.writerow(
                (
                    f"OP{number:05}",
                    f"Agent {number % 30}",
                    ("GTX", "MG")[number % 2],
                    "" if number % 6 == 0 else f"Account {number % 85}",
                    stage,
                    "" if stage == "Prospecting" else "2016-10-20",
                    "2017-03-01" if closed else "",
                    value if closed else "",
                )
            )
    return total


def test_a_pipeline_of_thousands_is_imported_to_the_unit(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "sales_pipeline.csv"
    total = pipeline_file(path, 4_500)
    told: list[tuple[int, int]] = []
    options = ImportOptions(create_stages=True, columns=("product=title",))
    report = workspace.run(
        lambda tx: deals.run(tx, path, options, lambda done, of: told.append((done, of)))
    ).value
    assert (report.rows, report.created) == (4_500, 4_500)
    assert report.sums == {"EUR": f"{total}.00"}
    assert one(workspace, "SELECT sum(amount) FROM deal") == (total * 100,)
    assert report.choices.contacts_unknown == 750
    assert told == [(2_000, 4_500), (4_000, 4_500), (4_500, 4_500)]
    per_stage = "SELECT name, count(*) FROM stage JOIN deal ON stage.id = stage_id GROUP BY name"
    assert dict(rows(workspace, per_stage)) == {
        "Won": 1928, "Lost": 1286, "Engaging": 643, "Prospecting": 643,
    }  # fmt: skip
    assert rows(workspace, "SELECT DISTINCT title FROM deal ORDER BY 1") == [("GTX",), ("MG",)]
    assert rows(workspace, "PRAGMA foreign_key_check") == []
    assert json.loads(json.dumps(report.as_dict()))["ignored"] == []
    again = workspace.run(lambda tx: deals.run(tx, path, options))
    assert (again.operation, again.value.skipped) == (None, 4_500)
