"""`dealboard import deals`."""

import json
import os
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.domain.outbox import State
from dealboard.store.reads import told as reads
from dealboard.workspace import Workspace
from tests.cli.conftest import Cli

GOOD = """\
Deal;Company;Stage;Value;Close
Acme licence;Acme;Lead;1.200,50;31/12/2026
Bolt training;Bolt;Offer;80;
Coil audit;;Won;1000;1/2/2026
"""
MAP = ("--map", "Deal=title", "--map", "Value=amount", "--map", "Close=close_date")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_report_is_the_contract(cli: Cli, file: Path) -> None:
    report = cli.json("import", "deals", file, *MAP, "--decimal", ",")

    counts = ("rows", "created", "updated", "skipped", "rejected")
    assert [report[key] for key in counts] == [3, 3, 0, 0, 0]
    assert report["sums"] == {"EUR": "2280.50"}
    assert report["problems"] == []
    assert report["choices"]["contacts_from_company"] == 2
    assert report["choices"]["contacts_unknown"] == 1
    assert cli.titles("--sort", "name") == ["Acme licence", "Bolt training", "Coil audit"]


def test_again_adds_nothing_and_undo_takes_all_back(cli: Cli, file: Path) -> None:
    cli.ok("import", "deals", file, *MAP)
    assert cli.json("import", "deals", file, *MAP)["skipped"] == 3
    assert len(cli.titles()) == 3

    cli.ok("undo")
    assert cli.titles() == []


def test_people_read_what_was_taken_from_where(cli: Cli, file: Path) -> None:
    told = cli.ok("import", "deals", file, *MAP, "--yes").splitlines()

    assert "column                 Deal → title" in told
    assert "created                3" in told
    assert "contacts unknown       1" in told
    assert "sum                    2,280.50 EUR" in told


def test_a_dry_run_writes_nothing(cli: Cli, file: Path) -> None:
    result = cli("import", "deals", file, *MAP, "--dry-run", "--json")

    assert json.loads(result.stdout)["created"] == 3
    assert cli.titles() == []


def test_stages_and_pipelines_are_created_when_asked(cli: Cli, file: Path) -> None:
    report = cli.json(
        "import", "deals", file, *MAP, "--pipeline", "Partners", "--create-stages", "--owner", 1
    )

    assert (report["choices"]["pipelines_created"], report["created"]) == (1, 3)
    assert [p["name"] for p in cli.json("pipeline", "list")] == ["Sales", "Partners"]


def test_one_bad_row_and_nothing_is_written(cli: Cli, file: Path, tmp_path: Path) -> None:
    file.write_text(GOOD + "Dud;Dud;Lead;NaN;\n", encoding="utf-8")
    bad = tmp_path / "bad.csv"
    before = cli.path.read_bytes()

    result = cli("import", "deals", file, *MAP, "--errors", bad, "--json")

    assert result.exit_code == 65
    assert "1 of 4 rows" in result.stderr
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (5, "Value", "NaN")
    assert cli.path.read_bytes() == before
    assert bad.read_text(encoding="utf-8").splitlines()[1].startswith("Dud;")
    if os.name == "posix":
        assert bad.stat().st_mode & 0o777 == 0o600


def test_the_good_rows_are_taken_if_that_is_wanted(cli: Cli, file: Path) -> None:
    file.write_text(GOOD + "Dud;Dud;Lead;NaN;\n", encoding="utf-8")

    report = cli.json("import", "deals", file, *MAP, "--partial")

    assert (report["created"], report["rejected"]) == (3, 1)


def test_many_problems_are_not_poured_out(cli: Cli, file: Path) -> None:
    file.write_text(GOOD + "Dud;Dud;Lead;NaN;\n" * 30, encoding="utf-8")

    result = cli("import", "deals", file, *MAP)

    assert result.exit_code == 65
    assert len(result.stderr.splitlines()) == 20 + 1 + 2
    assert "… and 10 more problems." in result.stderr


def test_a_terminal_sees_a_bar(cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)

    result = cli("import", "deals", file, *MAP, "--json")

    assert result.exit_code == 0
    assert "Importing" in result.stderr
    assert "100%" in result.stderr
    assert json.loads(result.stdout)["created"] == 3


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--map", "Nope=title"), 2, "no column 'Nope'"),
        (("--map", "Deal=nope"), 2, "no field 'nope'"),
        (("--map", "Deal"), 2, "maps nothing"),
        (("--preset", "excel"), 2, "no preset"),
        (("--pipeline", "Nope"), 65, "Known: Sales."),
        (("--owner", "Nobody"), 65, "Known: Ada Owner."),
        (("--currency", "XYZ"), 65, "not a currency"),
        (("--encoding", "klingon"), 2, "no encoding"),
        (("--date-order", "dym"), 2, "dym"),
    ],
)
def test_bad_options_are_refused_with_a_sentence(
    cli: Cli, file: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    found, said = cli.refused("import", "deals", file, *MAP, *words)

    assert (found, told in said) == (code, True), said


@pytest.mark.parametrize(
    ("content", "code"), [(None, 74), (b"", 65), (b"PK\x03\x04", 65), (b"\x00\x01", 65)]
)
def test_a_file_that_is_no_table_is_refused(
    cli: Cli, tmp_path: Path, content: bytes | None, code: int
) -> None:
    path = tmp_path / "other.bin"
    if content is not None:
        path.write_bytes(content)

    found, said = cli.refused("import", "deals", path)

    assert (found, "other.bin" in said) == (code, True), said


def test_meta_is_told_of_an_import_only_when_asked_and_of_nothing_old(
    cli: Cli, tmp_path: Path
) -> None:
    workspace = Workspace.open(cli.path)
    workspace.run(lambda tx: actions.conversions.enable(tx, "1234567890"))
    deals, today = tmp_path / "deals.csv", workspace.today.isoformat()

    def told(*words: str) -> tuple[list[str], str]:
        before = len(workspace.read(reads.events, now=workspace.now, limit=9))
        result = cli("import", "deals", deals, *words)
        assert result.exit_code == 0, result.stderr
        found = workspace.read(reads.events, now=workspace.now, limit=9)
        return [event.name.value for event in reversed(found[: len(found) - before])], result.stderr

    deals.write_text("Title,Contact,Stage,Amount\nOne,Bob,Won,100\n", encoding="utf-8")
    assert told()[0] == []
    columns = "Title,Contact,Stage,Amount,Created,Closed"
    rows = f"Two,Eve,Won,100,{today},{today}\nOld,Eve,Won,100,2020-01-02,{today}\n"
    deals.write_text(f"{columns}\n{rows}", encoding="utf-8")
    fresh, said = told("--conversions", "--map", "Created=created", "--map", "Closed=closed")
    assert fresh == ["Lead", "Purchase", "Purchase"]
    assert "1 event is older than Meta takes, and will not be sent." in said
    cli.ok("undo")
    states = {event.state for event in workspace.read(reads.events, now=workspace.now, limit=9)}
    assert states == {State.CANCELLED}
    workspace.close()
