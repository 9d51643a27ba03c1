"""What starting costs: the heavy libraries are loaded when they are needed, not before."""

import subprocess
import sys
from pathlib import Path

import pytest

ORM = {"sqlmodel", "sqlalchemy", "pydantic", "alembic"}
LAZY = ORM | {"httpx", "phonenumbers", "babel", "tomlkit"}


def loaded_by(code: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter has after running some code."""
    tail = "; import sys; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import dealboard.app",
        "import dealboard.app, dealboard.screens.board, dealboard.screens.deal",
        "import dealboard.actions",
        "from dealboard.screens import settings_pipelines, settings_appearance, settings_keys",
        "from dealboard.screens import help, pick, ask, confirm, quick_add, pipeline, first_run",
    ],
)
def test_the_screens_load_no_orm(code: str) -> None:
    assert not loaded_by(code) & LAZY


def test_the_core_loads_no_terminal_library() -> None:
    code = "import dealboard.workspace, dealboard.store.reads.board, dealboard.store.reads.deals"
    assert not loaded_by(code) & (LAZY | {"textual", "rich", "click"})


def test_the_first_frame_is_drawn_without_textual() -> None:
    code = "from dealboard.cli import terminal; from dealboard.screens import first_frame"
    assert not loaded_by(code) & (LAZY | {"textual", "click"})


def test_writing_loads_no_terminal_library() -> None:
    code = "import dealboard.actions.deals, dealboard.store.undo, dealboard.transfer.deals"
    assert not loaded_by(code) & {"textual", "rich", "click", "httpx"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_click_and_nothing_else(option: str) -> None:
    code = (
        "import dealboard.cli.grammar as cli, contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        f"    cli.root.main(['{option}'])\n"
        "pass"
    )
    assert not loaded_by(code) & (LAZY | {"textual", "rich"})


def test_a_change_loads_nothing_of_meta_where_nobody_set_it_up(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from dealboard.workspace import Workspace\n"
        "from dealboard import actions\n"
        f"w = Workspace.create(Path({str(tmp_path / 'w.db')!r}), owner='Ada')\n"
        "w.run(lambda tx: actions.pipelines.create(tx, 'Sales'))\n"
        "who = w.run(lambda tx: actions.contacts.add(tx, name='Bob')).value\n"
        "deal = w.run(lambda tx: actions.deals.create(tx, contacts=[who], stage_id=1)).value\n"
        "w.run(lambda tx: actions.deals.move(tx, deal, by=1))\n"
        "import sys; told = [m for m in sys.modules if m.startswith('dealboard.conversions')]\n"
        "assert not told, told\n"
        "pass"
    )
    assert "sqlmodel" in loaded_by(code)
