"""Who of those that speak in an export is the user, as far as it can be told.

What is known of the contact, of the user and of earlier imports decides; where it does not, the
user is asked, and remembered.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from dealboard.domain.text import digits, excerpt, fold
from dealboard.domain.views import User
from dealboard.errors import UnknownName
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, messages, settings

SHORTEST_NUMBER = 7
"""Digits that two phone numbers have to share at their ends."""


class Hints(NamedTuple):
    """What tells the two sides of a chat apart, all of it names but for the phone number."""

    contact: str
    phone: str
    user: str
    remembered: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    file: str


NAMES = "chat_names"
"""The setting of a user with the names under which they speak in exports."""


def remembering(known: Hints, user: User, me: str) -> tuple[str, list[str]]:
    """Return under which key which names are remembered, now that one more is known."""
    return _key(user), list(dict.fromkeys((*known.remembered, me)))


def _key(user: User) -> str:
    return f"user/{user.id}/{NAMES}"


def hints(connection: Connection, contact_id: int, user: User, path: Path) -> Hints:
    """Read what is known. Raises NotFound."""
    contact = contacts.contact(connection, contact_id)
    known = messages.authors(connection, contact_id)
    remembered = tuple(settings.setting(connection, _key(user)) or ())
    return Hints(
        contact.name,
        digits(contact.phone_key or contact.phone or ""),
        user.name,
        remembered,
        (user.name, *remembered, *(name for side, name in known if side == "out")),
        tuple(name for side, name in known if side == "in"),
        path.stem,
    )


def guess(senders: Mapping[str, int], known: Hints) -> str | None:
    """Return the name of the user in a file, empty where all are others, None for who knows."""
    mine = [name for name in senders if _among(name, known.mine)]
    if len(mine) == 1:
        return mine[0]
    theirs = [name for name in senders if _is_contact(name, known)]
    others = [name for name in senders if name not in theirs]
    if theirs and len(others) < 2:
        return others[0] if others else ""
    if len(senders) == 2:
        return _by_parts(list(senders), known)
    return "" if not senders else None


def named(senders: Mapping[str, int], text: str) -> str:
    """Return the sender whom somebody names. Raises UnknownName."""
    found = [name for name in senders if fold(name) == fold(text)]
    if not found:
        raise UnknownName("name", excerpt(text), " in this chat", tuple(list(senders)[:12]))
    return found[0]


def _among(name: str, names: Iterable[str]) -> bool:
    return fold(name) in map(fold, names)


def _is_contact(name: str, known: Hints) -> bool:
    number = "" if re.search(r"[^\W\d_]", name) else digits(name)
    if len(number) >= SHORTEST_NUMBER and known.phone:
        return number.endswith(known.phone) or known.phone.endswith(number)
    words = f" {fold(known.file)} "
    return _among(name, (known.contact, *known.theirs)) or f" {fold(name)} " in words


def _by_parts(names: list[str], known: Hints) -> str | None:
    """Return whose name is not a part of the contact's, or is one of the user's, of two."""
    theirs = [name for name in names if _is_part(name, known.contact)]
    if len(theirs) == 1:
        return next(name for name in names if name not in theirs)
    mine = [name for name in names if _is_part(name, known.user)]
    return mine[0] if len(mine) == 1 else None


def _is_part(name: str, whole: str) -> bool:
    words, others = set(fold(name).split()), set(fold(whole).split())
    return bool(words) and (words <= others or others <= words)
