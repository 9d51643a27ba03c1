"""A command line on a workspace of its own, with one pipeline."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dealboard.cli.grammar import root


class Cli:
    """`dealboard --db PATH …`, in this process and without a terminal."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *words: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(root, ["--db", str(self.path), *map(str, words)], input=typed)

    def ok(self, *words: object) -> str:
        """Run what has to succeed and return what it printed."""
        result = self(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: object) -> Any:
        """Run what has to succeed and return its one JSON document."""
        text = self.ok(*words, "--json")
        assert text.isascii()
        return json.loads(text)

    def refused(self, *words: object) -> tuple[int, str]:
        """Run what has to fail, changing nothing; return exit code and what was said."""
        before = self.path.read_bytes()
        result = self(*words)
        assert result.exit_code != 0, result.output
        assert result.stdout == ""
        assert "This should not have happened" not in result.stderr
        assert self.path.read_bytes() == before
        return result.exit_code, result.stderr

    def deal(self, title: str, stage: str = "Lead", *words: object) -> int:
        """Add a deal with Bob and return its id."""
        bob = "Bob <bob@example.org>"
        made = self.json(
            "deal", "add", "--title", title, "--stage", stage, "--contact", bob, *words
        )
        return int(made["id"])

    def titles(self, *words: object) -> Sequence[str]:
        """Return the titles that `deal list` finds, in order."""
        return [each["title"] for each in self.json("deal", "list", *words)]


@pytest.fixture(scope="session")
def selling(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace of Ada Owner with the pipeline Sales: Lead 10, Offer 60."""
    path = tmp_path_factory.mktemp("selling") / "dealboard.db"
    shutil.copyfile(blank, path)
    Cli(path).ok("pipeline", "create", "Sales", "--stages", "Lead:10, Offer:60")
    return path


@pytest.fixture
def cli(selling: Path, path: Path) -> Cli:
    shutil.copyfile(selling, path)
    return Cli(path)
