"""A file that somebody asked for: private, and there as a whole or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dealboard.errors import StorageFailed
from dealboard.store import backup


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[Callable[[str], object]]:
    """Yield what writes UTF-8 text to a file of mode 0600, which appears when the block ends.

    Raises StorageFailed, leaving nothing behind, when there is a file and it is not to be replaced,
    when there is no such folder, and when the disk refuses.
    """
    if path.is_dir():
        raise StorageFailed(f"{path} is a folder.", "Name a file in it.")
    if path.exists() and not replace:
        raise StorageFailed(f"{path} exists already.", "Name another file, or add --force.")
    if not path.absolute().parent.is_dir():
        raise StorageFailed(f"There is no folder {path.parent}.", "Create it first.")
    unfinished = backup.private_file(path)
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise StorageFailed(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
