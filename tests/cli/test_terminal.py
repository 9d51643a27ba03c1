"""Without a noun: what the terminal UI is started with."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from dealboard.cli import terminal
from dealboard.cli.grammar import root
from tests.cli.conftest import Cli


class App:
    """Stands in for the terminal UI and remembers how it was started."""

    started: ClassVar[dict[str, Any]] = {}
    return_code: ClassVar[int | None] = None

    def __init__(self, **given: Any) -> None:
        workspace = given.pop("workspace")
        App.started = given | {"user": workspace and workspace.user.name}

    def run(self, *, mouse: bool) -> None:
        App.started |= {"mouse": mouse, "there": App.started["location"].exists()}

    def finish(self) -> None:
        App.started |= {"finished": True}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> type[App]:
    monkeypatch.setattr("dealboard.app.DealboardApp", App)
    monkeypatch.setattr(terminal, "_check_terminal", lambda: None)
    return App


def test_a_workspace_is_opened_for_it(cli: Cli, app: type[App]) -> None:
    assert cli().exit_code == 0
    assert app.started["location"] == cli.path
    assert (app.started["user"], app.started["demo"], app.started["mouse"]) == (
        "Ada Owner",
        False,
        True,
    )


def test_without_a_file_it_begins_with_its_first_run(tmp_path: Path, app: type[App]) -> None:
    path = tmp_path / "none.db"

    assert Cli(path)().exit_code == 0
    assert (app.started["location"], app.started["user"]) == (path, None)
    assert not path.exists()


def test_a_demo_is_there_while_it_runs(app: type[App]) -> None:
    result = CliRunner().invoke(root, ["--demo", "--deals", "3", "--no-mouse"])

    assert result.exit_code == 0
    assert (app.started["demo"], app.started["there"], app.started["mouse"]) == (True, True, False)
    assert not app.started["location"].parent.exists()


def test_its_exit_code_is_the_commands(
    cli: Cli, app: type[App], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "return_code", 143)

    assert cli().exit_code == 143


def test_what_is_wrong_with_the_file_is_said_before_it_starts(cli: Cli, app: type[App]) -> None:
    app.started = {}
    cli.path.write_bytes(b"something else")

    assert cli.refused()[0] == 65
    assert app.started == {}


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_it_needs_a_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)

    code, told = cli.refused()

    assert (code, "dealboard deal list" in told) == (2, True)
