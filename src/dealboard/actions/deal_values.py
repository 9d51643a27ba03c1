"""What the fields of a deal take: given values in the form in which they are stored."""

from collections.abc import Callable
from datetime import date
from typing import Any

from dealboard.actions.rows import required
from dealboard.domain import stages as rules
from dealboard.domain.changes import DealChanges
from dealboard.domain.money import currency_code
from dealboard.domain.stages import Closing, StageKind
from dealboard.domain.text import one_line
from dealboard.errors import InvalidValue, MissingField
from dealboard.store.tables import User
from dealboard.store.transaction import Transaction

TITLE_LIMIT = 200
REFERENCE_LIMIT = 120
UID_LIMIT = 60
MAX_AMOUNT = 10**18
"""Minor units; what the table takes."""


def clean(changes: DealChanges) -> dict[str, Any]:
    """Return given fields in the form in which they are stored."""
    return {name: _STORED[name](value) if name in _STORED else value
            for name, value in changes.items()}  # fmt: skip


def closing(tx: Transaction, kind: StageKind, close_date: date | None) -> Closing:
    """Return how a deal that begins in a stage of a kind stands to its end (decision 34)."""
    return rules.enter(Closing(None, close_date), StageKind.OPEN, kind, tx.now, tx.today)


def title(text: str) -> str:
    """Return a title, which may not be empty."""
    return required(text, "title", "a deal needs one", limit=TITLE_LIMIT)


def reference(text: str | None) -> str | None:
    """Return a reference, None if there is none."""
    return one_line(text or "", "reference", limit=REFERENCE_LIMIT) or None


def amount(minor: int | None) -> int | None:
    """Return an amount in minor units, from 0 to what the table takes."""
    if minor is not None and not 0 <= minor <= MAX_AMOUNT:
        reason = "it cannot be negative" if minor < 0 else "at most 15 digits fit"
        raise InvalidValue("amount", minor, reason)
    return minor


def owner(tx: Transaction, owner_id: int | None) -> User:
    """Return the active user who shall own a deal: the acting one if none is named."""
    if owner_id is None:
        if tx.actor is None:
            raise MissingField("owner", "nobody is acting who could own the deal")
        owner_id = tx.actor.id
    found = tx.get(User, owner_id)
    if not found.active:
        raise InvalidValue("owner", found.name, "deactivated users get no more deals")
    return found


_STORED: dict[str, Callable[[Any], Any]] = {
    "title": title,
    "reference": reference,
    "amount": amount,
    "currency": currency_code,
    "contacts": lambda given: tuple(dict.fromkeys(given)),
}
