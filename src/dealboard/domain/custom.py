"""Custom fields of contacts: what they may be called, and what each kind of them holds.

Values are kept as text: a number as decimal digits with a point, a day as YYYY-MM-DD.
"""

import re
from collections.abc import Sequence
from datetime import date

from dealboard.domain.text import excerpt, one_line
from dealboard.domain.views import CustomField, FieldKind
from dealboard.errors import InvalidValue, UnknownName

MAX_FIELDS = 20
MAX_CHOICES = 100
CHOICE_LIMIT = 60
VALUE_LIMIT = 1_000
"""Characters in a value."""

_NUMBER = re.compile(r"(-?)0*([0-9]{1,30})(?:\.([0-9]{1,30}))?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

_OWN = frozenset(
    {"name", "firstname", "lastname", "phone", "email", "company", "city", "state", "zip"}
    | {"country", "externalid", "consent", "consentsource", "consentat", "id", "uid", "created"}
    | {"createdat", "updated", "updatedat", "version", "custom", "opendeals", "closeddeals"}
)
"""What every contact has already, letters only."""


def is_own(name: str) -> bool:
    """Return whether a name is that of a field which every contact has."""
    return re.sub(r"[\W_]+", "", name).casefold() in _OWN


def check_choices(kind: FieldKind, choices: Sequence[str]) -> tuple[str, ...]:
    """Return choices as they are kept, each once. Raises InvalidValue("choices")."""
    met: dict[str, str] = {}
    for choice in choices:
        clean = one_line(choice, "choices", limit=CHOICE_LIMIT)
        met.setdefault(clean.casefold(), clean)
    distinct = tuple(filter(None, met.values()))
    if kind is not FieldKind.CHOICE and distinct:
        raise InvalidValue("choices", distinct[0], f"a {kind} field has none")
    if kind is FieldKind.CHOICE and not distinct:
        raise InvalidValue("choices", "", "name what can be chosen")
    if len(distinct) > MAX_CHOICES:
        raise InvalidValue("choices", len(distinct), f"at most {MAX_CHOICES} can be listed")
    return distinct


def check_value(field: CustomField, text: str) -> str:
    """Return a value as it is kept, empty for a blank.

    Raises InvalidValue, naming the field, for what its kind cannot hold.
    """
    text = one_line(text, field.name, limit=VALUE_LIMIT)
    if not text:
        return ""
    match field.kind:
        case FieldKind.NUMBER:
            return _number(field, text)
        case FieldKind.DATE:
            return _day(field, text)
        case FieldKind.CHOICE:
            return _choice(field, text)
    return text


def _number(field: CustomField, text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InvalidValue(field.name, excerpt(text), "not a number", "Write it like 1200.5.")
    minus, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    return number if number == "0" else minus + number


def _day(field: CustomField, text: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise InvalidValue(field.name, excerpt(text), "not a date", "Write it like 2026-12-31.")


def _choice(field: CustomField, text: str) -> str:
    for choice in field.choices:
        if choice.casefold() == text.casefold():
            return choice
    raise UnknownName(field.name, excerpt(text), known=field.choices)
