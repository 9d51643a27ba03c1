"""Opening: what is not a workspace of this version is named in a sentence and left untouched."""

import hashlib
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from dealboard.errors import (
    NotAWorkspace,
    NoWorkspace,
    StorageFailed,
    WorkspaceNewer,
    WorkspaceReplaced,
)
from dealboard.store import driver
from dealboard.store.open import FORMAT, open_reader
from dealboard.store.reads import pipelines
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.store.test_journal import created


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_nothing_there(path: Path) -> None:
    with pytest.raises(NoWorkspace) as refused:
        Workspace.open(path)
    assert "dealboard init" in refused.value.hint
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty"),
        (b"title,amount\nAcme,12\n", "it is not a database"),
        (b"SQLite format 3\x00" + b"garbage " * 200, "not a"),
    ],
)
def test_a_file_that_is_no_database(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)
    with pytest.raises(NotAWorkspace, match=sentence):
        Workspace.open(path)
    assert path.read_bytes() == content
    assert [each.name for each in path.parent.glob("dealboard.db*")] == ["dealboard.db"]


def test_a_folder_is_no_workspace(path: Path) -> None:
    path.mkdir()
    with pytest.raises(NotAWorkspace, match="regular file"):
        Workspace.open(path)


def test_another_programs_database(path: Path) -> None:
    other = driver.sqlite.connect(path)
    other.execute("CREATE TABLE song (title TEXT)")
    other.commit()
    other.close()
    before = digest(path)
    with pytest.raises(NotAWorkspace, match="another program"):
        Workspace.open(path)
    assert digest(path) == before


def test_a_newer_workspace_is_refused_and_unchanged(workspace: Workspace) -> None:
    workspace.close()
    connection = driver.connect(workspace.path, "rw", 1)
    connection.execute(f"PRAGMA user_version={FORMAT + 1}")
    connection.close()
    before = digest(workspace.path)
    with pytest.raises(WorkspaceNewer, match=f"format {FORMAT + 1}"):
        Workspace.open(workspace.path)
    assert digest(workspace.path) == before


def test_files_are_private(workspace: Workspace) -> None:
    created(workspace)
    modes = {
        each.name: stat.S_IMODE(each.stat().st_mode)
        for each in workspace.path.parent.glob("dealboard.db*")
    }
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}


def test_creating_over_a_file_is_refused(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(StorageFailed, match="exists already"):
        Workspace.create(path, owner="Ada Owner")
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_workspace_appears_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dealboard.store import backup

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "publish", full)
    with pytest.raises(OSError, match="No space"):
        Workspace.create(path, owner="Ada Owner")
    assert list(path.parent.glob("*dealboard*")) == []


def test_a_file_that_was_replaced_is_not_written(workspace: Workspace, blank: Path) -> None:
    created(workspace)
    workspace.path.unlink()
    shutil.copyfile(blank, workspace.path)
    before = digest(workspace.path)
    with pytest.raises(WorkspaceReplaced, match="moved or replaced"):
        created(workspace, "Lost")
    assert digest(workspace.path) == before


def test_a_file_that_was_deleted_is_not_written(workspace: Workspace) -> None:
    created(workspace)
    workspace.path.unlink()
    with pytest.raises(WorkspaceReplaced, match="moved or deleted"):
        created(workspace, "Lost")


def test_a_file_upgraded_meanwhile_is_not_written(workspace: Workspace) -> None:
    created(workspace)
    other = driver.connect(workspace.path, "rw", 1)
    other.execute(f"PRAGMA user_version={FORMAT + 1}")
    other.close()
    with pytest.raises(WorkspaceReplaced, match="upgraded"):
        created(workspace, "Lost")


def test_a_reader_cannot_write(workspace: Workspace) -> None:
    with pytest.raises(StorageFailed):
        workspace.read(lambda c: c.execute("DELETE FROM operation"))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
@pytest.mark.parametrize("pending", [False, True], ids=["folded", "with a log beside it"])
def test_a_read_only_folder_can_be_read(
    workspace: Workspace,
    pending: bool,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
    tmp_path: Path,
) -> None:
    """The superuser may write anywhere, so the refusals are simulated where the app meets them."""
    created(workspace, "Sales")
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    if not pending:
        workspace.close()
    for each in workspace.path.parent.glob("dealboard.db*"):
        if not each.name.endswith("-shm"):
            shutil.copyfile(each, frozen / each.name)
    connect = driver.connect

    def refuse(
        path: Path, mode: str, timeout: float, *, immutable: bool = False
    ) -> driver.Connection:
        if path.parent == frozen and not immutable:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(path, mode, timeout, immutable=immutable)

    monkeypatch.setattr(driver, "Error", (driver.Error, sqlite3.Error))
    monkeypatch.setattr(driver, "connect", refuse)
    monkeypatch.setattr(os, "access", lambda path, _mode: frozen not in (path, *Path(path).parents))
    reading = Workspace.open(frozen / "dealboard.db", clock=clock)
    assert [each.name for each in reading.read(pipelines.pipelines)] == ["Sales"]
    assert reading.read_only
    with pytest.raises(StorageFailed, match="read-only"):
        reading.run(lambda tx: tx.describe("never"))
    reading.close()


def test_open_reader_says_the_format(workspace: Workspace) -> None:
    reader = open_reader(workspace.path, 1)
    assert (reader.format, reader.read_only) == (FORMAT, None)
    reader.connection.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_wal_only_where_it_is_safe(version: tuple[int, ...], safe: bool) -> None:
    assert driver.wal_is_safe(version) is safe


def test_an_old_sqlite_uses_a_rollback_journal(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    workspace.close()
    monkeypatch.setattr(driver, "wal_is_safe", lambda: False)
    again = Workspace.open(workspace.path, clock=clock)
    created(again)
    assert again.read(driver.scalar, "PRAGMA journal_mode") == "truncate"
    again.close()


def test_an_old_sqlite_leaves_a_shared_log_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    created(workspace, "Sales")
    monkeypatch.setattr(driver, "wal_is_safe", lambda: False)
    again = Workspace.open(workspace.path, clock=clock, timeout=0.01)
    assert [each.name for each in again.read(pipelines.pipelines)] == ["Sales"]
    with pytest.raises(StorageFailed, match="newer SQLite"):
        created(again, "Never")
    again.close()
