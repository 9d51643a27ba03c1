"""A long text in the user's own editor: $VISUAL, else $EDITOR.

The text lies in a folder that nobody else can look into, and is gone when the editor is left.
"""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from dealboard.errors import DealboardError

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

FILE = "note.md"


class EditorFailed(DealboardError):
    """There is no editor, or it did not end well. Nothing was changed."""


def command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the editor's command and its options. Raises EditorFailed where none is set."""
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environ.get(name, ""))
        except ValueError as error:
            raise EditorFailed(f"${name} cannot be understood: {error}.") from error
        if words:
            return words
    raise EditorFailed("No editor is set.", "Set EDITOR, as in EDITOR=nano, and start again.")


def edit(app: "DealboardApp", text: str) -> str | None:
    """Let a text be edited and return what it is then; None if it was left as it was.

    The app waits meanwhile. What goes wrong is shown as a toast, and nothing was changed.
    """
    try:
        return _edited(app, text)
    except EditorFailed as error:
        app.say(error.whole, severity="warning")
        return None


def _edited(app: "DealboardApp", text: str) -> str | None:
    words = command()
    name = Path(words[0]).name
    with _file(text) as file:
        try:
            with app.suspend(), _deaf_to_interrupts():
                done = subprocess.run([*words, str(file)], check=False)  # noqa: S603 -- the user's
        except SuspendNotSupported as error:
            raise EditorFailed("No other program can be shown in this terminal.") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise EditorFailed(f"{name} cannot be started: {reason}.") from error
        if done.returncode != 0:
            raise EditorFailed(f"{name} ended with an error; nothing was changed.")
        return _read(file, text)


@contextmanager
def _file(text: str) -> Iterator[Path]:
    """Write a text where nobody else can read it; everything in its folder goes at the end."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    place = runtime if runtime and os.access(runtime, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="dealboard-", dir=place) as folder:
        file = Path(folder, FILE)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as written:
            written.write(text)
        yield file


def _read(file: Path, before: str) -> str | None:
    try:
        after = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise EditorFailed("What was saved is not UTF-8 text; nothing was changed.") from error
    # Editors end the last line, which is no change to what it says.
    return None if after.rstrip("\n") == before.rstrip("\n") else after.rstrip("\n")


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Leave Ctrl+C to the editor; a handler, unlike being deaf, is not passed on to it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
