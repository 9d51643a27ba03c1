"""Writing config.toml: what a person wrote around the changed values stays as it was.

Imports tomlkit, which is why reading the settings is another module. A file appears whole or not
at all, private to its user; where it is a link, what it points to is replaced.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dealboard.errors import ConfigError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.container import Container
    from tomlkit.items import Table

KEYMAP = "keymap"


def text_of(path: Path) -> str:
    """Return what is in the file, empty where there is none. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text.") from error


def edited(
    text: str,
    values: Mapping[str, object] | None = None,
    keymap: Mapping[str, str | None] | None = None,
) -> str:
    """Return the text with some values set, None taking a value away; comments and order stay.

    `keymap` are keys by the ids of actions. Raises ConfigError for a text that is not TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        for key, value in (values or {}).items():
            _set(document, key, value)
        if keymap:
            _set_keys(document, keymap)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise ConfigError(f"The configuration file is not valid TOML: {error}.") from error


def _set(table: "TOMLDocument | Table | Container", key: str, value: object) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def _set_keys(document: "TOMLDocument", keymap: Mapping[str, str | None]) -> None:
    import tomlkit

    if KEYMAP not in document:
        if all(keys is None for keys in keymap.values()):
            return
        document[KEYMAP] = tomlkit.table()
    table: Any = document[KEYMAP]
    for name, keys in keymap.items():
        holder, last = _holder(table, name)
        _set(holder, last, keys)


def _holder(table: Any, name: str) -> tuple[Any, str]:
    """Return the table that has a name, and the name there: `deal.win` may be spelt as a path."""
    if name in table:
        return table, name
    first, dot, rest = name.partition(".")
    inner = table.get(first)
    if dot and isinstance(inner, dict):
        holder, last = _holder(inner, rest)
        if last in holder:
            return holder, last
    return table, name


def write(path: Path, text: str) -> Path:
    """Replace the file and return its place.

    Raises ConfigError, with the old file as it was, when that fails.
    """
    target = Path(os.path.realpath(path))
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            return unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}.",
            "What you chose holds until you quit.",
        ) from error
