"""docs/guide.md: what it names is there, so that the page cannot rot."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from dealboard.cli.grammar import root
from dealboard.screens.keymap import catalogue, key_of

REPOSITORY = Path(__file__).parents[1]
GUIDE = (REPOSITORY / "docs" / "guide.md").read_text(encoding="utf-8")

OPEN = "**open**"
STILL_OPEN = ("Meta",)
"""What sections and sentences that may be open speak of."""

CODE = re.compile(r"`([^`]+)`")
BOUND = re.compile(r"((?:`[^`]+` )+)\(([a-z_]+\.[a-z_0-9]+)\)")
"""Keys, and the id of the action that they run: `L` `shift+right` (deal.move_right)."""


class Sentence(NamedTuple):
    """A row of the page: a sentence of the guide and what makes it true."""

    section: str
    says: str
    screen: str
    keys: str
    command: str
    tests: str


def rows(width: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of tables of so many columns, each behind the section that it is in."""
    section = ""
    for line in GUIDE.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == width and not set(line) <= set("|- "):
            yield section, *cells


def sentences() -> list[Sentence]:
    return [found for row in rows(5) if (found := Sentence(*row)).says != "the guide"]


def cells(column: str) -> list[str]:
    return [cell for each in sentences() if (cell := getattr(each, column))]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((REPOSITORY / "tests" / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))


def test_the_page_is_read() -> None:
    assert len(sentences()) > 80
    assert {"Deals", "Available views", "User permissions"} <= {
        each.section for each in sentences()
    }


@pytest.mark.parametrize("cell", cells("tests"))
def test_its_tests_are_there(cell: str) -> None:
    named = CODE.findall(cell)
    assert named or cell == OPEN
    for each in named:
        file, _, name = each.partition("::")
        assert name in names_in(file), each


def test_only_what_is_not_built_is_open() -> None:
    for each in sentences():
        if each.tests == OPEN or not each.tests:
            words = f"{each.section}\n{each.says}"
            assert any(part in words for part in STILL_OPEN), each.says


@pytest.mark.parametrize("cell", [*cells("keys"), *(row[2] for row in rows(3))])
def test_its_keys_are_bound_to_what_it_says(cell: str) -> None:
    named = CODE.findall(cell)
    for keys, action in BOUND.findall(cell):
        assert action in catalogue()
        for key in CODE.findall(keys):
            named.remove(key)
            assert key_of(key) in catalogue()[action].keys, f"{key} {action}"
    assert not named, "a key without its action"


def test_every_key_of_the_readme_is_bound() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    keys = text[text.index("## Use it") : text.index("## The command line")]
    bound = {key for action in catalogue().values() for key in action.keys}
    for line in keys.splitlines():
        if line.startswith("|"):
            for each in CODE.findall(line):
                assert key_of(each) in bound or " " in each or each == "#12", each


@pytest.mark.parametrize("cell", cells("command"))
def test_its_commands_are_there(cell: str) -> None:
    for line in CODE.findall(cell):
        command: click.Command = root
        for word in line.split():
            if word.startswith("--"):
                assert any(word in each.opts for each in command.params), line
            else:
                assert isinstance(command, click.Group), line
                found = command.get_command(click.Context(command), word)
                assert found is not None, line
                command = found


def test_its_screens_are_there() -> None:
    modules = [CODE.findall(row[3]) for row in rows(3) if row[1] != "screen"]
    assert len(modules) > 8
    for (module,) in modules:
        assert (REPOSITORY / "src" / "dealboard" / module).exists(), module
