"""Dynamic fields in a text: `{{deal.title}}`, `{{deal.amount|0}}`, `{{today+7d}}`.

Only names of the catalogue, a variant behind it, and a default behind a bar: no expressions.
A text is taken apart once, when its rule is saved; what is unknown is refused then (decision 61).
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple, cast

from dealboard.domain import catalogue
from dealboard.domain.catalogue import Facts, Kind, Known, Value
from dealboard.domain.dates import Unit, format_day, shift
from dealboard.domain.money import exponent, format_amount
from dealboard.domain.text import excerpt
from dealboard.errors import InvalidValue

LIMIT = 10_000
"""Characters that a filled text may have (reliability, threat line 8)."""

_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TODAY = re.compile(r"today(?:\s*([+-])\s*(\d{1,4})\s*([dwmy]))?(\.local)?")
_VARIANTS = {Kind.MONEY: "formatted", Kind.DATE: "local"}
"""How a field can be written other than raw: `{{deal.amount.formatted}}`."""


class Placeholder(NamedTuple):
    """A field to be filled in; `days` from today for `today` itself, as a count and a unit."""

    name: str
    default: str = ""
    variant: bool = False
    shift: tuple[int, Unit] | None = None


Part = str | Placeholder
"""A stretch of a text: literal, or to be filled in."""


class Setting(NamedTuple):
    """Where a text is filled in: the day and how money is written."""

    today: date
    locale: str = "en_US"


def parse(text: str, custom: Iterable[Known] = (), *, field: str = "text") -> tuple[Part, ...]:
    """Return the parts of a text. Raises InvalidValue for a field that nobody knows."""
    fields = tuple(custom)
    parts: list[Part] = []
    end = 0
    for mark in _MARK.finditer(text):
        parts += [text[end : mark.start()], _placeholder(mark[1], fields, field)]
        end = mark.end()
    rest = text[end:]
    if "{{" in rest:
        raise InvalidValue(
            field, excerpt(rest[rest.index("{{") :]), "it does not end", "Close it with }}."
        )
    return tuple(part for part in (*parts, rest) if part != "")


def fill(parts: Iterable[Part], facts: Facts, setting: Setting) -> str:
    """Return the text with its fields filled in; an empty one is its default, or nothing."""
    filled: list[str] = []
    for part in parts:
        if isinstance(part, str):
            filled.append(part)
        else:
            value = facts.get(part.name)
            plain = type(value) is str and value  # most are
            filled.append(plain or _filled(part, value, facts, setting))
    return "".join(filled)[:LIMIT]


def raw(value: Value) -> str:
    """Return a value as another program reads it: ISO dates, amounts with a point."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _placeholder(inner: str, custom: tuple[Known, ...], field: str) -> Placeholder:
    name, _, default = (part.strip() for part in inner.partition("|"))
    if today := _TODAY.fullmatch(name):
        return Placeholder("today", default, bool(today[4]), _shift(today))
    for kind, variant in _VARIANTS.items():
        base = name.removesuffix(f".{variant}")
        if base != name and catalogue.known(base, custom, field=field).kind is kind:
            return Placeholder(base, default, variant=True)
    return Placeholder(catalogue.known(name, custom, field=field).name, default)


def _shift(today: re.Match[str]) -> tuple[int, Unit] | None:
    if today[2] is None:
        return None
    return int(today[1] + today[2]), cast("Unit", today[3])


def _filled(part: Placeholder, value: Value, facts: Facts, setting: Setting) -> str:
    if part.name == "today":
        value = shift(setting.today, *part.shift) if part.shift else setting.today
    if value is None or value == "":
        return part.default
    if part.variant and isinstance(value, date):
        return format_day(value, setting.today)
    if part.variant and isinstance(value, Decimal):
        currency = raw(facts.get("deal.currency")) or "EUR"
        return format_amount(int(value.scaleb(exponent(currency))), currency, setting.locale)
    return raw(value)
