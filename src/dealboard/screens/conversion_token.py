"""Whether there is a token for Meta, and where: looked up beside the screen, a keyring may be slow.

Never shown but for its end, and never kept by the screens: what is typed becomes a `Secret` at once
and goes into the file that only its user can read.
"""

from typing import TYPE_CHECKING, NamedTuple

from dealboard.delivery.secrets import META_TOKEN, Secret, SecretMissing, beside

if TYPE_CHECKING:
    from dealboard.config import Config


class Token(NamedTuple):
    """What may be said of the token: in short, and in full."""

    short: str
    full: str


def find(config: "Config") -> Token:
    """Return where the token is and how it ends, or that there is none and where it belongs."""
    secrets = beside(config)
    try:
        secret, place = secrets.find(META_TOKEN), secrets.place(META_TOKEN)
    except SecretMissing as error:
        return Token("no token", f"none: {error.whole}")
    ending = f"…{secret.ending}" if secret.ending else "found"
    return Token(f"token {ending}", f"{ending} in {place}")


def store(config: "Config", token: str) -> None:
    """Keep a token in its file. Raises SecretMissing for what is none, StorageFailed."""
    beside(config).store(META_TOKEN, Secret(token))
