"""`dealboard init`."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from dealboard.cli.grammar import root
from tests.cli.conftest import Cli


@pytest.fixture
def new(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "new" / "crm.db")


def test_a_workspace_with_its_first_pipeline(new: Cli) -> None:
    made = new.json(
        *("init", "--owner", "Ada", "--currency", "usd", "--country", "us"),
        *("--pipeline", "Sales", "--stages", "Lead:10,Qualified:30"),
    )

    assert made == {
        "path": str(new.path),
        "owner": {"id": 1, "name": "Ada"},
        "currency": "USD",
        "country": "US",
        "pipeline": {"id": 1, "name": "Sales"},
    }
    stages = [(s["name"], s["probability"], s["kind"]) for s in new.json("stage", "list", "Sales")]
    assert stages == [
        ("Lead", 10, "open"),
        ("Qualified", 30, "open"),
        ("Won", 100, "won"),
        ("Lost", 0, "lost"),
    ]
    assert new.json("user", "list")[0]["role"] == "account_owner"


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_only_its_user_can_read_it(new: Cli) -> None:
    new.ok("init", "--owner", "Ada", "--pipeline", "Sales")

    assert new.path.stat().st_mode & 0o777 == 0o600
    assert new.path.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in new.path.parent.iterdir()] == ["crm.db"]


def test_person_country_and_currency_come_from_the_system(
    new: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    monkeypatch.setattr("dealboard.config.system_user", lambda: "Hanako Sato")

    made = new.json("init")

    assert made["owner"]["name"] == "Hanako Sato"
    assert (made["country"], made["currency"]) == ("JP", "JPY")
    assert made["pipeline"] is None


def test_without_db_it_goes_to_the_data_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["init", "--owner", "Ada", "--json"])

    made = json.loads(result.stdout)
    assert Path(made["path"]) == tmp_path / "xdg" / "data" / "dealboard" / "dealboard.db"
    assert Path(made["path"]).exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--owner", " "), 65, "Owner is required"),
        (("--owner", "x" * 61), 65, "at most 60"),
        (("--owner", "Ada", "--currency", "XYZ"), 65, "not a currency"),
        (("--owner", "Ada", "--country", "Italy"), 65, "not a country"),
        (("--owner", "Ada", "--stages", "Lead"), 2, "--pipeline"),
        (("--owner", "Ada", "--pipeline", "P", "--stages", "A:101"), 65, "from 0 to 100"),
        (("--owner", "Ada", "--pipeline", "P", "--stages", "A,a"), 65, "that name is taken"),
        (("--owner", "Ada", "--pipeline", ""), 65, "needs a name"),
    ],
)
def test_what_is_refused_leaves_no_file(
    new: Cli, words: tuple[str, ...], code: int, told: str
) -> None:
    result = new("init", *words)

    assert result.exit_code == code
    assert told in result.stderr
    assert not new.path.exists()


def test_an_existing_workspace_stays(cli: Cli) -> None:
    code, told = cli.refused("init", "--owner", "Eve")

    assert code == 74
    assert "exists already" in told
