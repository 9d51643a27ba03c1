"""Verified copies of a workspace: private, complete while others write, or not there at all."""

import os
import secrets
from contextlib import closing
from pathlib import Path

from dealboard.errors import StorageFailed
from dealboard.store import driver


def create(source: Path, target: Path, timeout: float) -> None:
    """Copy a workspace to a new file (mode 0600) and check the copy before it gets its name.

    Raises StorageFailed, leaving nothing behind, when the target exists, the disk refuses, or the
    copy does not pass SQLite's integrity check.
    """
    if target.exists():
        raise StorageFailed(f"{target} exists already.", "Choose another name for the backup.")
    unfinished = private_file(target)
    try:
        _copy(source, unfinished, timeout)
        _verify(unfinished, timeout)
        publish(unfinished, target)
    except (OSError, driver.Error) as error:
        raise StorageFailed(f"The backup {target} could not be written: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def private_file(beside: Path) -> Path:
    """Create an empty file of mode 0600 in the same folder, under a name nobody can guess."""
    path = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}")
    try:
        beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StorageFailed(
            f"Nothing can be written to {beside.parent}: {error.strerror}.",
            "Choose a folder that you may write to.",
        ) from error
    return path


def publish(unfinished: Path, target: Path) -> None:
    """Give a finished file its name, unless somebody else took it meanwhile."""
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    os.link(unfinished, target)
    unfinished.unlink()
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(target.parent, os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)


def _copy(source: Path, target: Path, timeout: float) -> None:
    with (
        closing(driver.connect(source, "ro", timeout)) as reading,
        closing(driver.connect(target, "rw", timeout)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")


def _verify(path: Path, timeout: float) -> None:
    with closing(driver.connect(path, "ro", timeout)) as copy:
        verdict = driver.scalar(copy, "PRAGMA integrity_check")
    if verdict != "ok":
        raise StorageFailed(f"The backup did not pass its check: {verdict}.", "Run the doctor.")
