"""The file that gets the rejected rows: as they came, with what is wrong in a last column."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from dealboard.errors import StorageFailed
from dealboard.transfer.report import Problem
from dealboard.transfer.values import guarded

COLUMN = "Problem"


class Rejects:
    """Writes rejected rows to a new file of mode 0600; it appears with the first of them."""

    def __init__(self, path: Path | None, delimiter: str, header: Sequence[str]) -> None:
        """Raise StorageFailed when something is at the path; None keeps nothing."""
        if path is not None and path.exists():
            raise StorageFailed(f"{path} exists already.", "Choose another name for the errors.")
        self._path = path
        self._delimiter = delimiter
        self._header = header
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, cells: Sequence[str], problems: Sequence[Problem]) -> None:
        """Write a row and the reasons why it was rejected."""
        if self._path is None:
            return
        if self._file is None:
            self._file = _new_file(self._path)
            self._write([*self._header, COLUMN])
        width = len(self._header)
        padded = [*cells, *("" for _ in range(width - len(cells)))]
        told = "; ".join(f"{problem.column}: {problem.reason}" for problem in problems)
        self._write([*padded, told])

    def _write(self, cells: Sequence[str]) -> None:
        assert self._file is not None  # noqa: S101 -- `add` opened it
        csv.writer(self._file, delimiter=self._delimiter).writerow(map(guarded, cells))


def _new_file(path: Path) -> TextIO:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise StorageFailed(f"{path} cannot be written: {error.strerror}.") from error
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
