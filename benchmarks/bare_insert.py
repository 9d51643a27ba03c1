"""Insert a workspace's deals, contacts and links into an empty twin, as fast as SQLite can.

`python -m benchmarks.bare_insert WORKSPACE TWIN` prints the seconds. The twin has the same tables,
indexes, settings and every other row; the rows wait in memory before the clock starts.
"""

import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter

from dealboard.store import driver

TABLES = ("contact", "deal", "deal_contact")


def main(workspace: Path, twin: Path) -> None:
    """Copy, empty, insert, say how long that took."""
    _copy(workspace, twin)
    with closing(driver.connect(twin, "rw", 15)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        for table in TABLES:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for pragma in ("foreign_keys=ON", "synchronous=FULL", f"journal_size_limit={64 << 20}"):
            connection.execute(f"PRAGMA {pragma}")
        start = perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            marks = ", ".join("?" * len(rows[table][0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
        connection.execute("COMMIT")
        print(perf_counter() - start)


def _copy(workspace: Path, twin: Path) -> None:
    with (
        closing(driver.sqlite.connect(workspace)) as source,
        closing(driver.sqlite.connect(twin)) as target,
    ):
        source.backup(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
