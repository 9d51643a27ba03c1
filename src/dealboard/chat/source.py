"""The text in what WhatsApp exported: a `.txt`, or the one in a `.zip`, read line by line.

Nothing is unpacked to the disk, and no more is read than a chat can have, whatever a file says of
its size: a name that leads elsewhere or a small file that swells leads nowhere.
"""

import codecs
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue, StorageFailed

MAX_BYTES = 256 * 1024 * 1024
"""Of text: some forty times the largest export."""

MAX_LINE = 1024 * 1024
"""Characters of a line; a message has 65,536 at most."""

MAX_ENTRIES = 200_000
"""Files in an archive: exports with media have ten thousand."""

PORTION = 64 * 1024
"""Bytes that are read at a time."""

_ZIP = b"PK\x03\x04"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HOW = "In WhatsApp: a chat's menu → More → Export chat."

Progress = Callable[[int, int], object]
"""Is told how many bytes of how many have been read."""


class _Counted(io.RawIOBase):
    """A stream that says how far it is, and ends with an error where it has too much."""

    def __init__(self, stream: IO[bytes], size: int, progress: Progress) -> None:
        self._stream, self._size, self._progress = stream, size, progress
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._done += len(data)
        if self._done > MAX_BYTES:
            raise _too_large()
        self._progress(self._done, max(self._size, self._done))
        return len(data)


def nobody(_done: int, _size: int) -> None:
    """Want to know nothing of it."""


@contextmanager
def opened(path: Path, progress: Progress = nobody) -> Iterator[Iterator[str]]:
    r"""Yield the lines of an export, their `\n` or `\r\n` still on them.

    Raises InvalidValue for what cannot be an export, StorageFailed where it cannot be read.
    """
    with ExitStack() as stack:
        with _explained(path):
            stream, size = _stream(path, stack)
        yield _lines(stream, size, progress, path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say what is wrong with a file in a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise InvalidValue("file", path, "there is no such file") from error
    except IsADirectoryError as error:
        raise InvalidValue("file", path, "that is a folder") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InvalidValue("file", path, "the archive is damaged, or locked", HOW) from error
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}.") from error


def _stream(path: Path, stack: ExitStack) -> tuple[IO[bytes], int]:
    """Return the bytes of the text and how many there are said to be."""
    file = stack.enter_context(path.open("rb"))
    zipped = file.read(len(_ZIP)) == _ZIP
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not zipped:
        return file, size
    archive = stack.enter_context(zipfile.ZipFile(file))
    member = _member(archive)
    return stack.enter_context(archive.open(member)), member.file_size


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Return the text of the chat among what may be photos and documents."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _too_large()
    texts = [each for each in entries if _is_text(each)]
    for wanted in ("_chat.txt", "whatsapp", ".txt"):
        found = [each for each in texts if wanted in _name(each).lower()]
        if len(found) == 1:
            if found[0].file_size > MAX_BYTES:
                raise _too_large()
            return found[0]
        if found:
            names = ", ".join(excerpt(_name(each), 40) for each in found[:4])
            raise InvalidValue("file", names, "several of the archive could be the chat", HOW)
    raise InvalidValue("file", archive.filename, "the archive holds no .txt", HOW)


def _is_text(entry: zipfile.ZipInfo) -> bool:
    hidden = entry.filename.startswith("__MACOSX/") or _name(entry).startswith("._")
    return _name(entry).lower().endswith(".txt") and not hidden and not entry.is_dir()


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.rpartition("/")[2]


def _lines(stream: IO[bytes], size: int, progress: Progress, path: Path) -> Iterator[str]:
    with _explained(path):
        counted = io.BufferedReader(_Counted(stream, size, progress), PORTION)
        encoding = "utf-16" if counted.peek(2)[:2] in _UTF_16 else "utf-8-sig"
        text = io.TextIOWrapper(counted, encoding, errors="replace", newline="\n")
        while line := text.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                raise _too_large()
            yield line


def _too_large() -> InvalidValue:
    return InvalidValue("file", "…", "more than a chat can have", HOW)
