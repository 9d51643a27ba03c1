"""From any older format of the file to this one; imported only when a file is behind.

Steps are Alembic revisions 0001, 0002, …; the file's format is that number, kept in its header.
Each step commits together with its number, so a file is always of one format or the next, and two
processes that start at once run it once.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from dealboard.store import engine
from dealboard.store.open import APPLICATION_ID, FORMAT


def configuration() -> Config:
    """Return Alembic's configuration; it needs no file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(path: Path, timeout: float) -> None:
    """Bring a file to this version's format, one committed step at a time."""
    migrating = engine.make_engine(path, timeout)
    try:
        with migrating.connect() as connection:
            # Rebuilt tables would drag their children along; the check below replaces the rule.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            for number in range(1, FORMAT + 1):
                with connection.begin():
                    _step(connection, number)
    finally:
        migrating.dispose()


def _step(connection: Connection, number: int) -> None:
    if int(connection.exec_driver_sql("PRAGMA user_version").scalar_one()) >= number:
        return
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, f"{number:04}")
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(broken)
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={number}")
