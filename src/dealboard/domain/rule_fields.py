"""The dynamic fields that a text of a rule may have, each with an example of what it becomes.

What a completion offers while `{{` is typed. Pure: the day comes from the caller.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from dealboard.domain import placeholders
from dealboard.domain.catalogue import CUSTOM, FIELDS, Kind, Known, Value
from dealboard.domain.placeholders import Setting
from dealboard.domain.text import fold
from dealboard.errors import InvalidValue

OPENS, CLOSES = "{{", "}}"

EXAMPLES: Mapping[str, Value] = MappingProxyType(
    {
        "deal.id": 42,
        "deal.title": "Website relaunch",
        "deal.reference": "PO-2041",
        "deal.amount": Decimal("12500.50"),
        "deal.currency": "EUR",
        "deal.status": "open",
        "deal.lost_reason": "went with a cheaper offer",
        "pipeline.name": "Sales",
        "stage.name": "Proposal",
        "stage.probability": 60,
        "stage.previous.name": "Qualified",
        "owner.name": "Ada Owner",
        "owner.email": "ada@example.com",
        "contact.name": "Grace Hopper",
        "contact.first_name": "Grace",
        "contact.last_name": "Hopper",
        "contact.phone": "+39 06 555 0199",
        "contact.email": "grace@example.com",
        "contact.company": "Acme Ltd",
        "contact.city": "Rome",
        "contact.state": "RM",
        "contact.zip": "00184",
        "contact.country": "IT",
        "contact.consent": "yes",
    }
)
"""What fields hold in examples; days are counted from today."""

_DAYS = {"deal.close_date": 14, "deal.created": -21, "deal.closed": -1}
_MORE = {Kind.MONEY: ("formatted",), Kind.DATE: ("local",)}
_REST_OF_NAME = re.compile(r"[a-z_. ]*\}\}")
"""What of a begun field may stand behind the cursor, up to its end."""

_TODAY = ("today", "today.local", "today+7d", "today+1m")


class Offer(NamedTuple):
    """A field as it can be typed: its name, what people call it, what it becomes."""

    name: str
    title: str
    example: str

    @property
    def mark(self) -> str:
        """What stands for it in a text."""
        return f"{OPENS}{self.name}{CLOSES}"


def offers(custom: Iterable[Known], setting: Setting) -> tuple[Offer, ...]:
    """Return all that a text may name, those of the workspace behind the catalogue's."""
    own = tuple(custom)
    found = []
    for field in (*FIELDS.values(), *own):
        names = (field.name, *(f"{field.name}.{each}" for each in _MORE.get(field.kind, ())))
        title = f"Contact: {field.title}" if field.name.startswith(CUSTOM) else field.title
        found += [Offer(each, title, example(f"{{{{{each}}}}}", own, setting)) for each in names]
    found += [Offer(each, "Day", example(f"{{{{{each}}}}}", own, setting)) for each in _TODAY]
    return tuple(found)


def matching(some: Sequence[Offer], typed: str) -> tuple[Offer, ...]:
    """Return the offers that what is typed may mean: names that begin so, then others with it."""
    wanted = fold(typed)
    begins = [each for each in some if fold(each.name).startswith(wanted)]
    words = wanted.split()
    within = [
        each
        for each in some
        if each not in begins
        and all(word in fold(f"{each.name.replace('.', ' ')} {each.title}") for word in words)
    ]
    return (*begins, *within)


def example(text: str, custom: Iterable[Known], setting: Setting) -> str:
    """Return a text filled in with examples; empty if it names what nobody knows."""
    own = tuple(custom)
    try:
        parts = placeholders.parse(text, own)
    except InvalidValue:
        return ""
    days = {name: setting.today + timedelta(days=count) for name, count in _DAYS.items()}
    facts = {**EXAMPLES, **days, **{each.name: _own(each, setting.today) for each in own}}
    return placeholders.fill(parts, facts, setting)


def _own(field: Known, today: date) -> Value:
    match field.kind:
        case Kind.DATE:
            return today + timedelta(days=30)
        case Kind.NUMBER | Kind.MONEY:
            return Decimal(7)
        case Kind.CHOICE:
            return field.choices[0] if field.choices else ""
    return f"({field.title})"


class Begun(NamedTuple):
    """A field that is being typed: where its name begins in the text, and what there is of it."""

    start: int
    typed: str


def begun(text: str, cursor: int) -> Begun | None:
    """Return the field that the cursor stands in, None where it stands in none.

    What follows a bar is a default, not a name any more.
    """
    start = text.rfind(OPENS, 0, cursor)
    inner = text[start + len(OPENS) : cursor] if start >= 0 else ""
    if start < 0 or CLOSES in inner or "|" in inner:
        return None
    return Begun(start, inner.strip())


def completed(text: str, cursor: int, chosen: Offer) -> tuple[str, int]:
    """Return the text with a field put in where one was begun, and where the cursor goes."""
    found = begun(text, cursor)
    start = cursor if found is None else found.start
    rest = text[cursor:]
    left = _REST_OF_NAME.match(rest) if found else None
    rest = rest[left.end() :] if left else rest
    before = f"{text[:start]}{chosen.mark}"
    return f"{before}{rest}", len(before)
