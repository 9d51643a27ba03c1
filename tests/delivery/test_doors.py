"""Who may write past the journal, and what is loaded before something is sent."""

import ast
import subprocess
import sys
from pathlib import Path

import dealboard

SOURCE = Path(dealboard.__file__).parent
MAY_KEEP = {"workspace.py", "app", "delivery", "chat"}


def test_only_the_courier_and_chats_write_without_an_operation() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    users = {
        path.relative_to(SOURCE).parts[0]
        for path, text in sources.items()
        if "keep" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "keep"
    }
    assert users - MAY_KEEP == set()


def test_nothing_that_speaks_to_servers_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, dealboard.delivery.rounds, dealboard.delivery.channels\n"
        "print({'httpx', 'keyring', 'sqlmodel', 'textual'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
