"""How a text file is written: its encoding, its delimiter, and the records in it.

The encoding ladder is: byte order mark, else strict UTF-8, else Windows-1252, which is what
spreadsheets write when they do not write UTF-8. Nothing is guessed from letter frequencies, because
short files fool that. Delimiters are counted with quotes respected.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path

from dealboard.domain.text import excerpt
from dealboard.errors import DealboardError, StorageFailed, UsageError

DELIMITERS = ",;\t|"
"""Candidates, the likeliest first."""

SAMPLE_CHARACTERS = 1 << 16
SAMPLE_RECORDS = 50
BLOCK = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; those of UTF-32 before those of UTF-16, which they begin with."""

_NOT_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}

Record = tuple[int, list[str]]
"""The line a record begins on, counting from 1, and its cells as they stand there."""


class UnreadableFile(DealboardError):
    """The file is not a table of text, or is damaged; nothing was imported."""

    exit_code = 65

    def __init__(self, path: Path, reason: str, hint: str = "") -> None:
        super().__init__(f"{path.name} cannot be read: {reason}.", hint)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written; `encoding` is a name that Python knows."""

    encoding: str
    delimiter: str


def detect(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Dialect:
    """Return how a file is written; what the caller knows is taken as it is.

    Raises UnreadableFile for an empty file or one that is no text, StorageFailed when it cannot be
    opened, UsageError for an encoding or a delimiter that there is none of.
    """
    chosen = _named_encoding(encoding) if encoding else _encoding(path)
    return Dialect(chosen, _named_delimiter(delimiter) if delimiter else _delimiter(path, chosen))


def table(path: Path, dialect: Dialect) -> tuple[list[str], Iterator[Record]]:
    """Return the header and the records behind it; raises UnreadableFile like `records`."""
    found = records(path, dialect)
    for _, header in found:
        return header, found
    raise UnreadableFile(path, "it is empty")


def records(path: Path, dialect: Dialect) -> Iterator[Record]:
    """Yield the records that hold anything, the header first.

    Raises UnreadableFile where the quotes do not match or the bytes are not of the encoding.
    """
    end = 0
    try:
        with path.open(encoding=dialect.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=dialect.delimiter, doublequote=True, strict=True)
            for cells in reader:
                line, end = end + 1, reader.line_num
                if any(cells) and not _names_delimiter(line, cells):
                    yield line, cells
    except csv.Error as error:
        raise UnreadableFile(
            path,
            f"the record that begins on line {end + 1} is damaged ({error})",
            "A quote may be missing, or not doubled inside a quoted cell.",
        ) from error
    except UnicodeError as error:
        raise UnreadableFile(
            path, f"it is not {dialect.encoding}", "Name its encoding with --encoding."
        ) from error
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}.") from error


def _names_delimiter(line: int, cells: list[str]) -> bool:
    """Return whether this is the line "sep=;" that spreadsheets understand."""
    return line == 1 and cells[0].lower() == "sep=" and not any(cells[1:])


# ── encoding ──────────────────────────────────────────────────────────────────────────────────


def _named_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        hint = "Try utf-8, cp1252 or utf-16."
        raise UsageError(f"There is no encoding {excerpt(name)!r}.", hint) from None


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(BLOCK)
            _refuse_binary(path, start)
            for mark, name in _MARKS:
                if start.startswith(mark):
                    return name
            return _unmarked_encoding(path, start, iter(lambda: file.read(BLOCK), b""))
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}.") from error


def _refuse_binary(path: Path, start: bytes) -> None:
    if not start.strip():
        raise UnreadableFile(path, "it is empty")
    if start.startswith(b"PK\x03\x04"):
        raise UnreadableFile(path, "it is a workbook or an archive", "Save the sheet as CSV first.")
    marked = any(start.startswith(mark) for mark, _ in _MARKS)
    if not marked and start.count(0) > len(start) // 10:
        raise UnreadableFile(
            path, "it is not a text file", "If it is UTF-16, say so: --encoding utf-16-le."
        )


def _unmarked_encoding(path: Path, start: bytes, rest: Iterator[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = windows = True
    for block in (start, *rest, b""):
        try:
            utf8 = utf8 and decoder.decode(block, final=not block) is not None
        except UnicodeDecodeError:
            utf8 = False
        windows = windows and not _NOT_WINDOWS_1252.search(block)
    if utf8:
        return "utf-8"
    if windows:
        return "cp1252"
    raise UnreadableFile(
        path, "it is neither UTF-8 nor Windows-1252", "Name its encoding with --encoding."
    )


# ── delimiter ─────────────────────────────────────────────────────────────────────────────────


def _named_delimiter(name: str) -> str:
    delimiter = _DELIMITER_NAMES.get(name.lower(), name)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise UsageError(f"A delimiter is one character, not {excerpt(name)!r}.")
    return delimiter


def _delimiter(path: Path, encoding: str) -> str:
    """Return the candidate that cuts most records into as many cells as the header has."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            sample = file.read(SAMPLE_CHARACTERS)
    except UnicodeError as error:
        raise UnreadableFile(
            path, f"it is not {encoding}", "Name its encoding with --encoding."
        ) from error
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}.") from error
    if named := re.match(r"sep=(.)\r?\n", sample, re.IGNORECASE):
        return named[1]
    return max(DELIMITERS, key=lambda candidate: _score(sample, candidate))


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how many records agree with the header, and in how many cells; 0 if only in one."""
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in islice(reader, SAMPLE_RECORDS) if cells]
    except csv.Error:
        return 0, 0
    width = widths[0] if widths else 1
    return (widths.count(width), width) if width > 1 else (0, 0)
