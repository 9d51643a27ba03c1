"""Migrations: they make what the tables say, once, behind a verified copy."""

import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from dealboard.errors import StorageFailed
from dealboard.store import backup, driver, engine, migrations
from dealboard.store.open import APPLICATION_ID, FORMAT
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.store.test_journal import created, names


def test_the_newest_migration_is_the_format() -> None:
    script = ScriptDirectory.from_config(migrations.configuration())
    assert script.get_current_head() == f"{FORMAT:04}"


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_make_what_the_tables_say(workspace: Workspace) -> None:
    made = engine.make_engine(workspace.path, 1)
    with made.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    made.dispose()


def test_migrations_make_the_same_ddl_as_the_tables(workspace: Workspace, tmp_path: Path) -> None:
    """`compare_metadata` is blind to CHECK, STRICT and AUTOINCREMENT; SQLite's own text is not."""
    fresh = tmp_path / "fresh.db"
    fresh.touch()
    made = engine.make_engine(fresh, 1)
    SQLModel.metadata.create_all(made)
    made.dispose()
    assert schema(workspace.path) == schema(fresh)


def schema(path: Path) -> dict[str, list[str]]:
    connection = driver.connect(path, "ro", 1)
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite%' AND name != 'alembic_version'"
    ).fetchall()
    connection.close()
    return {
        name: sorted(part for line in sql.split("\n") for part in parts(line)) for name, sql in rows
    }


def parts(line: str) -> list[str]:
    """Take lines apart: an added column stands behind a comma, in the line of another."""
    return [part for each in line.split(",") if (part := each.strip(" \t)"))]


def test_the_file_says_whose_it_is(workspace: Workspace) -> None:
    pragmas = workspace.read(
        lambda c: [
            c.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        ]
    )
    assert pragmas == [APPLICATION_ID, FORMAT]


def test_upgrading_twice_changes_nothing(workspace: Workspace) -> None:
    workspace.close()
    before = workspace.path.read_bytes()
    migrations.upgrade(workspace.path, 1)
    assert workspace.path.read_bytes() == before


def test_a_step_that_fails_leaves_the_old_format(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.touch()

    monkeypatch.setattr(migrations, "APPLICATION_ID", "1; SELECT 1")
    with pytest.raises(driver.sqlite.Warning, match="one statement"):
        migrations.upgrade(path, 1)
    connection = driver.connect(path, "ro", 1)
    assert driver.scalar(connection, "PRAGMA user_version") == 0
    assert driver.scalar(connection, "SELECT count(*) FROM sqlite_master") == 0
    connection.close()


def test_an_older_file_is_copied_before_it_is_upgraded(
    workspace: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    created(workspace, "Sales")
    workspace.close()
    monkeypatch.setattr("dealboard.workspace.FORMAT", FORMAT + 1)
    upgraded: list[Path] = []
    monkeypatch.setattr(migrations, "upgrade", lambda path, _timeout: upgraded.append(path))
    again = Workspace.open(workspace.path, clock=clock)
    again.close()
    assert upgraded == [workspace.path]
    (copy,) = workspace.path.parent.glob("dealboard.db.before-upgrade-*")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    kept = Workspace.open(copy, clock=clock) if FORMAT else None
    assert kept is not None
    assert names(kept) == ["Sales"]
    kept.close()


def test_a_backup_is_a_whole_private_copy(workspace: Workspace, tmp_path: Path) -> None:
    created(workspace, "Sales")
    target = tmp_path / "backups" / "today.db"
    backup.create(workspace.path, target, 1)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    copy = Workspace.open(target)
    assert names(copy) == ["Sales"]
    copy.close()


def test_a_backup_never_overwrites(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(StorageFailed, match="exists already"):
        backup.create(workspace.path, target, 1)
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_failed_backup_leaves_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_path: Path, _timeout: float) -> None:
        raise driver.sqlite.OperationalError("disk I/O error")

    monkeypatch.setattr(backup, "_verify", broken)
    target = tmp_path / "backups" / "today.db"
    with pytest.raises(StorageFailed, match="could not be written"):
        backup.create(workspace.path, target, 1)
    assert list(target.parent.iterdir()) == []


def test_the_changes_of_an_older_file_learn_which_deal_they_are_about(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.touch()
    monkeypatch.setattr(migrations, "FORMAT", 1)
    migrations.upgrade(path, 1)
    connection = driver.connect(path, "rw", 1)
    connection.execute("INSERT INTO operation (uid, kind, label, at) VALUES ('u', 'do', '', '')")
    rows = [
        ("deal", 7, None, '{"title":"x"}'),
        ("deal_contact", 3, None, '{"contact_id":1,"deal_id":7}'),
        ("deal_contact", 3, '{"position":1}', '{"position":2}'),
        ("contact", 7, None, "{}"),
    ]
    connection.executemany(
        'INSERT INTO change (operation_seq, table_name, row_id, "before", "after")'
        " VALUES (1, ?, ?, ?, ?)",
        rows,
    )
    connection.close()
    monkeypatch.undo()
    migrations.upgrade(path, 1)
    connection = driver.connect(path, "ro", 1)
    found = connection.execute("SELECT deal_id, cause_automation FROM change ORDER BY id")
    assert found.fetchall() == [(7, None), (7, None), (7, None), (None, None)]
    connection.close()
