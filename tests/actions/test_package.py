"""The package loads nothing heavy until a verb is named."""

import subprocess
import sys

import pytest

from dealboard import actions


def test_naming_the_package_and_a_conflict_loads_no_sqlmodel() -> None:
    code = (
        "import sys, dealboard.actions; from dealboard.actions.edits import Conflict;"
        " print([m for m in ('sqlmodel', 'sqlalchemy', 'pydantic', 'phonenumbers')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_module_is_found_by_its_name() -> None:
    for name in actions.__all__:
        assert getattr(actions, name).__name__ == f"dealboard.actions.{name}"
    with pytest.raises(AttributeError, match="nothing"):
        getattr(actions, "nothing")  # noqa: B009 -- mypy knows that it is not there
