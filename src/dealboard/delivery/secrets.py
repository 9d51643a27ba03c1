"""Secrets by name: environment, keyring, or a file that only its user reads (decision 81).

A rule names a secret; its value is kept outside the workspace. It comes out of here as a `Secret`,
which signs and can be struck out of a text, and shows itself nowhere: not in a traceback either.
"""

import hmac
import os
import re
import stat
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dealboard.delivery.within import within
from dealboard.errors import ConfigError, StorageFailed
from dealboard.store import backup

if TYPE_CHECKING:
    from dealboard.config import Config

SERVICE = "dealboard"
"""Under which a keyring keeps them, by their names."""

PREFIX = "DEALBOARD_SECRET_"

META_TOKEN = "meta-token"  # noqa: S105 -- its name
"""The access token for Meta's Conversions API."""

WHATSAPP_TOKEN = "whatsapp-token"  # noqa: S105 -- its name
"""The access token for WhatsApp's Cloud API."""

_VARIABLES = {
    META_TOKEN: "DEALBOARD_META_TOKEN",
    WHATSAPP_TOKEN: "DEALBOARD_WHATSAPP_TOKEN",
}
"""Secrets that have a variable of their own."""

KEYRING_SECONDS = 3.0
"""How long a keyring may take; on a machine without a desktop some never answer."""

MAX_BYTES = 4096

MIN_SHOWN = 16
"""Characters that a value must have for its end to be shown."""

_STRUCK_OUT = "•••"
_TOKEN = re.compile(r"[!-~]+")
_TOKENS = re.compile(r"EAA[A-Za-z0-9]+|(?<=access_token=)[^&\s\"']+")
_PLAIN_BACKENDS = ("keyrings.alt.file", "keyring.backends.fail", "keyring.backends.null")
"""Keyrings that keep secrets readable for everybody, or not at all."""


class SecretMissing(ConfigError):
    """A secret that a rule names is not there, or not safe where it is."""


class Secret:
    """A value that is used and never shown."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return f"Secret({_STRUCK_OUT})"

    def signature(self, message: bytes) -> str:
        """Return the HMAC-SHA256 of a message, in hexadecimal digits."""
        return hmac.new(self._value.encode(), message, sha256).hexdigest()

    def struck_out(self, text: str) -> str:
        """Return a text, somebody else's answer, without the value and what looks like a token."""
        return redacted(text.replace(self._value, _STRUCK_OUT))

    def authorize(self, request: Any) -> Any:
        """Put the value into the header of a request, which hides it where it is shown."""
        request.headers["Authorization"] = f"Bearer {self._value}"
        return request

    def check_header(self) -> None:
        """Raise SecretMissing for a value that no header can have: a refusal would repeat it."""
        if not _TOKEN.fullmatch(self._value):
            raise SecretMissing("The token has characters that no token has.", "Set it again.")

    def write(self, path: Path) -> None:
        """Write the value into a file that is there. Raises OSError."""
        path.write_text(self._value, encoding="utf-8")

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that are others where the value is another."""
        return sha256(self._value.encode()).hexdigest()[:8]

    @property
    def ending(self) -> str:
        """The last four characters, by which people tell one token from another."""
        return self._value[-4:] if len(self._value) >= MIN_SHOWN else ""


def beside(config: "Config") -> "Secrets":
    """Return where secrets are looked up: the files are beside the configuration."""
    return Secrets(config.file.parent / "secrets")


def variable(name: str) -> str:
    """Return the environment variable of a secret: DEALBOARD_SECRET_CRM_HOOK for "crm-hook"."""
    return _VARIABLES.get(name) or PREFIX + name.upper().replace("-", "_")


def redacted(text: str) -> str:
    """Return a text, somebody else's, without what looks like an access token of Meta's."""
    return _TOKENS.sub(_STRUCK_OUT, text)


class Secrets:
    """Looks secrets up, each once; a new one of these looks again."""

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] = os.environ,
        keyring: Callable[[str], str | None] | None = None,
    ) -> None:
        self._folder = folder
        self._environ = environ
        self._keyring = keyring or _from_keyring
        self._known: dict[str, Secret | SecretMissing] = {}
        self._places: dict[str, str] = {}

    def find(self, name: str) -> Secret:
        """Return a secret by its name. Raises SecretMissing, which says where to put it."""
        if name not in self._known:
            try:
                self._known[name] = Secret(self._look(name))
            except SecretMissing as error:
                self._known[name] = error
        found = self._known[name]
        if isinstance(found, SecretMissing):
            raise found
        return found

    def place(self, name: str) -> str:
        """Return where a secret was found, in words. Raises SecretMissing."""
        self.find(name)
        return self._places[name]

    def store(self, name: str, secret: Secret) -> None:
        """Write a secret into its file, which only its user can read, whole or not at all.

        Raises SecretMissing for what is no token, StorageFailed.
        """
        secret.check_header()
        path = self._folder / name
        unfinished = backup.private_file(path)
        try:
            secret.write(unfinished)
            unfinished.replace(path)
        except OSError as error:
            raise StorageFailed(
                f"The file secrets/{name} cannot be written: {error.strerror}."
            ) from None
        finally:
            unfinished.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Look everything up again when it is asked for next."""
        self._known.clear()

    def _look(self, name: str) -> str:
        ways: tuple[tuple[str, Callable[[str], str | None]], ...] = (
            (f"the variable {variable(name)}", lambda name: self._environ.get(variable(name))),
            ("the keyring", self._keyring),
            (f"the file secrets/{name}", self._from_file),
        )
        for place, look in ways:
            if value := look(name):
                self._places[name] = place
                return value
        raise SecretMissing(
            f"The secret {name} is not set.",
            f"Set {variable(name)}, or write it into secrets/{name} beside config.toml"
            " (mode 0600).",
        )

    def _from_file(self, name: str) -> str | None:
        path = self._folder / name
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "rb") as file:
                _check_private(name, os.fstat(file.fileno()))
                return file.read(MAX_BYTES).decode().strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise SecretMissing(f"The file secrets/{name} is not UTF-8 text.") from None
        except OSError as error:
            raise SecretMissing(
                f"The file secrets/{name} cannot be read: {error.strerror}."
            ) from None


def _check_private(name: str, status: os.stat_result) -> None:
    if os.name != "posix":
        return
    loose = status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or status.st_uid != os.geteuid()
    if loose or not stat.S_ISREG(status.st_mode):
        raise SecretMissing(
            f"The file secrets/{name} is open to other users.", f"Run: chmod 600 secrets/{name}"
        )


def _from_keyring(name: str) -> str | None:
    """Return what the keyring has, where the extra is installed and it answers in time."""
    try:
        library: Any = import_module("keyring")
    except ImportError:
        return None
    try:
        return within(KEYRING_SECONDS, lambda: _ask_keyrings(library.get_keyring(), name))
    except Exception:  # noqa: BLE001 -- a backend raises what it likes; it has no secret then
        return None


def _ask_keyrings(ring: Any, name: str) -> str | None:
    """Return the first answer of the keyrings that are worth the name."""
    for each in getattr(ring, "backends", None) or [ring]:
        if not type(each).__module__.startswith(_PLAIN_BACKENDS):
            found = each.get_password(SERVICE, name)
            if found:
                return str(found)
    return None
