"""docs/automations.md: its tables are the code's, its examples are rules; the receiver works."""

import importlib.util
import json
import re
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dealboard import actions
from dealboard.automations import files
from dealboard.delivery.secrets import Secret
from dealboard.delivery.webhooks import signature
from dealboard.domain.catalogue import FIELDS
from dealboard.domain.rules import Do, Is, On
from dealboard.domain.stages import parse_stages
from dealboard.store.transaction import Transaction
from dealboard.workspace import Workspace

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "automations.md").read_text(encoding="utf-8")
WEBHOOKS = (REPOSITORY / "docs" / "webhooks.md").read_text(encoding="utf-8")
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

BODY = b'{"event":"deal_created"}'

RULE: dict[str, Any] = {
    "name": "Example",
    "trigger": {"on": "deal_created"},
    "then": [{"do": "add_note", "text": "Hello"}],
}


def examples() -> list[dict[str, Any]]:
    """Return the JSON of the page: whole rules, and parts of rules a line each."""
    found = []
    for language, text in BLOCKS.findall(PAGE):
        if language == "json":
            whole = text.startswith("{\n")
            found += [json.loads(each) for each in ([text] if whole else text.splitlines())]
    return found


def completed(example: dict[str, Any]) -> dict[str, Any]:
    """Return the rule that a part stands in."""
    if "on" in example:
        return RULE | {"trigger": example}
    if "field" in example:
        return RULE | {"if": {"all": [example]}}
    return RULE | {"then": [example]} if "do" in example else example


def generator() -> ModuleType:
    path = REPOSITORY / "scripts" / "tables.py"
    spec = importlib.util.spec_from_file_location("tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_tables_are_what_the_code_says() -> None:
    assert generator().page(PAGE) == PAGE, "run: python scripts/tables.py"
    assert all(f"| `{name}` |" in PAGE for name in FIELDS)


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:

    def furnish(tx: Transaction) -> None:
        actions.pipelines.create(tx, "Sales", parse_stages("Lead:10, Proposal:60"))
        actions.pipelines.create(tx, "Onboarding", parse_stages("Kick-off:90"))
        actions.team.add(tx, "Ada Marchetti")

    workspace.run(furnish)
    return workspace


def test_its_examples_can_be_added(sales: Workspace) -> None:
    def add(tx: Transaction) -> None:
        for number, example in enumerate(examples()):
            rule = tx.read(files.load, completed(example))
            assert actions.automations.create(tx, rule._replace(name=f"Example {number}"))

    sales.run(add)


def test_it_has_an_example_of_everything() -> None:
    found = examples()
    assert {each["on"] for each in found if "on" in each} == {*On}
    assert {each["is"] for each in found if "is" in each} == {*Is}
    assert {each["do"] for each in found if "do" in each} == {*Do}


def test_the_receiver_knows_a_genuine_request() -> None:
    (code,) = (text for language, text in BLOCKS.findall(WEBHOOKS) if language == "python")
    names: dict[str, Any] = {}
    exec(code, names)

    def genuine(key: str, stamp: int, body: bytes) -> bool:
        headers = {
            "X-Dealboard-Timestamp": str(stamp),
            "X-Dealboard-Signature": signature(Secret("key"), str(stamp), BODY),
        }
        return bool(names["genuine"](key.encode(), headers, body))

    now = int(time.time())
    assert genuine("key", now, BODY)
    assert not genuine("other", now, BODY)
    assert not genuine("key", now, BODY + b" ")
    assert not genuine("key", now - 999, BODY)
