"""`dealboard export`."""

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_what_the_filter_shows_is_written(cli: Cli) -> None:
    cli.deal("Acme", "Offer", "--amount", "1200")
    cli.deal("Bolt")
    rows = list(csv.DictReader(io.StringIO(cli.ok("export", "deals", "--stage", "Offer"))))
    assert [(row["Title"], row["Amount"], row["Contacts"]) for row in rows] == [
        ("Acme", "1200.00", "Bob")
    ]
    titles = [row["Title"] for row in csv.DictReader(io.StringIO(
        cli.ok("export", "deals", "--sort", "name", "--desc")
    ))]  # fmt: skip
    assert titles == ["Bolt", "Acme"]


def test_json_is_what_lists_print(cli: Cli) -> None:
    cli.deal("Acme")
    for noun in ("deal", "contact"):
        printed = cli.ok("export", f"{noun}s", "--format", "json")
        assert printed.isascii()
        assert json.loads(printed) == cli.json(noun, "list")


def test_a_file_is_private_and_not_overwritten(cli: Cli, tmp_path: Path) -> None:
    cli.deal("Acme")
    path = tmp_path / "deals.json"
    result = cli("export", "deals", "--output", path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"Wrote 1 deal to {path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [deal["title"] for deal in json.loads(path.read_text())] == ["Acme"]

    code, told = cli.refused("export", "deals", "--output", path)
    assert (code, "exists already" in told, "--force" in told) == (74, True, True)
    cli.ok("export", "deals", "--output", path, "--force", "--format", "csv")
    assert path.read_text().startswith("ID,Title,")


def test_an_export_can_be_imported(cli: Cli, tmp_path: Path, blank: Path) -> None:
    cli.deal("=Acme", "Won", "--amount", "1200.50")
    cli.ok("deal", "contact", "add", 1, "Ann <ann@example.org>")
    path = tmp_path / "deals.csv"
    cli.ok("export", "deals", "--output", path)
    assert cli.json("import", "deals", path)["skipped"] == 1

    other = Cli(tmp_path / "other.db")
    other.path.write_bytes(blank.read_bytes())
    report = other.json("import", "deals", path, "--create-stages")
    assert (report["preset"], report["created"], report["sums"]) == (
        *("dealboard", 1, {"EUR": "1200.50"}),
    )
    told = []
    for each in (cli, other):
        shown = each.json("deal", "show", 1)
        names = [person["name"] for person in shown["contacts"]]
        told.append((shown["uid"], shown["title"], shown["stage"]["kind"], names))
    assert told[0] == told[1]


def test_contacts_are_written_with_custom_fields(cli: Cli) -> None:
    cli.ok("field", "add", "Size", "--kind", "number")
    cli.ok("contact", "add", "--name", "Zoe", "--field", "Size=12")
    cli.ok("contact", "add", "--name", "Ann")
    rows = list(csv.DictReader(io.StringIO(cli.ok("export", "contacts"))))
    assert [(row["Name"], row["Size"]) for row in rows] == [("Ann", ""), ("Zoe", "12")]
    found = cli.ok("export", "contacts", "--search", "zoe", "--sort", "created", "--desc")
    assert len(found.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("export", "deals", "--format", "xlsx"), 2, "cannot be written yet"),
        (("export", "contacts", "--output", "new.xlsx"), 2, "--format csv"),
        (("export", "deals", "--output", "."), 74, "is a folder"),
        (("export", "deals", "--output", "nowhere/deals.csv"), 74, "no folder"),
        (("export", "deals", "--stage", "Nowhere"), 65, "unknown stage"),
    ],
)
def test_what_cannot_be_written_is_said(
    cli: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    found, said = cli.refused(*words)
    assert (found, told in said) == (code, True), said


def test_a_chat_operator_exports_nothing(cli: Cli) -> None:
    cli.ok("user", "add", "Carl", "--role", "chat_operator")
    for what in ("deals", "contacts"):
        code, told = cli.refused("--as", "Carl", "export", what)
        assert (code, "Chat Operator" in told) == (77, True)
