"""Phone numbers as Meta wants them: every one in a cell, digits with the country code, no plus.

The country code is mandatory there, so a number without one is read as in a region; what cannot be
a number is left out, never hashed as it is (specification §3, rule 3).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

FULL = 7
"""Digits on both sides of a slash that make it stand between two numbers, not inside one."""

TRUNK_STAYS = frozenset({39, 378, 379})
"""Countries whose numbers keep the zero in front: Italy, San Marino, the Vatican."""

_BETWEEN = re.compile(r"[;,|\r\n]+")
_DASH = re.compile(r"\s[-–]\s")
_EXTENSION = re.compile(
    r"[\s,]*(?:\b(?:ext|extension|int|interno|poste|durchwahl|anexo)\b\.?|(?<=\d)\s*x|#)\s*:?\s*"
    r"[0-9]{1,6}\s*$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+\.?")
_TRUNK = re.compile(r"\(\s*0\s*\)")


@lru_cache(maxsize=2048)
def phones(text: str, region: str) -> tuple[str, ...]:
    """Return the numbers in a text, each once; `region` is two letters of ISO 3166 or empty."""
    found: dict[str, None] = {}
    for each in _apart(unicodedata.normalize("NFKC", text)):
        whole = _digits(each, region.upper())
        several = (
            [whole] if whole else [_digits(part, region.upper()) for part in _DASH.split(each)]
        )
        found |= dict.fromkeys(filter(None, several))
    return tuple(found)


def _apart(text: str) -> Iterator[str]:
    """Yield what a cell holds, number by number."""
    for some in _BETWEEN.split(text):
        written = ""
        for part in some.split("/"):
            if _count(written) >= FULL and _count(part) >= FULL:
                yield written
                written = part
            else:
                written = f"{written}/{part}" if written else part
        yield written


def _count(text: str) -> int:
    return sum(each.isdecimal() for each in text)


def _digits(written: str, region: str) -> str:
    """Return one number in full; empty for what cannot be one.

    Letters go first: the library would read them as the keys they are on.
    """
    told = _LETTERS.sub(" ", _EXTENSION.sub("", written)).strip()
    if told.startswith("00"):
        told = f"+{told[2:]}"
    number = _parsed(_TRUNK.sub(" ", told), region)
    if number is not None and number.country_code in TRUNK_STAYS:
        number = _parsed(_TRUNK.sub("0", told), region)
    if number is None:
        return ""
    import phonenumbers

    full = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return full.removeprefix("+")


def _parsed(told: str, region: str) -> "PhoneNumber | None":
    """Return the number that a text most likely is.

    As it stands, in the region; else as one whose plus is missing; else one that at least could be.
    """
    import phonenumbers

    found = _read(told, region or None)
    if found is not None and phonenumbers.is_valid_number(found):
        return found
    if not told.startswith("+"):
        abroad = _read(f"+{told}", None)
        if abroad is not None and phonenumbers.is_valid_number(abroad):
            return abroad
    possible = found is not None and phonenumbers.is_possible_number(found)
    return found if possible else None


def _read(told: str, region: str | None) -> "PhoneNumber | None":
    import phonenumbers

    try:
        return phonenumbers.parse(told, region)
    except phonenumbers.NumberParseException:
        return None
