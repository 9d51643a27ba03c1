"""Who a contact is, as Meta is told: each value normalised, then hashed with SHA-256.

The rules are those of the specification, §3. What cannot be normalised is left out: never hashed as
it stands, and never the hash of nothing. The spellings of names and places follow Meta's text where
its own libraries differ. Nothing is transliterated: ß stays ß, and accents stay.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from dealboard.conversions import countries
from dealboard.conversions.phones import phones
from dealboard.domain import conversions as rules
from dealboard.domain.changes import META_IDS
from dealboard.domain.conversions import Identity, masked
from dealboard.store.reads.conversions import Customer

STRONG = frozenset({"em", "ph", *META_IDS})
"""What a person is recognised by; names and places alone fit too many."""

US_ZIP = 5

_LEFT_OUT = frozenset("PSZC")
"""General categories that names and places lose: punctuation, symbols, spaces, controls."""

_EDGE = r"\s<>,;:\"'()\[\]|/"
_ADDRESS = re.compile(
    rf"(?<![^{_EDGE}])[^{_EDGE}@\\](?:'|[^{_EDGE}@\\])*@[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)+(?![\w@-])"
)


class Value(NamedTuple):
    """One value of a person: what was typed, what it means, and what goes out.

    `own` tells our own name for a contact, which recognises nobody, from what others know.
    """

    key: str
    plain: str
    normalised: str
    sent: str
    own: bool = False

    @property
    def recognises(self) -> bool:
        """Return whether somebody can be recognised by this alone."""
        return self.key in STRONG or (self.key == "external_id" and not self.own)

    @property
    def shown(self) -> Identity:
        """The value as people may see it."""
        return Identity(self.key, masked(self.plain), masked(self.normalised), self.sent)


def sha256(text: str) -> str:
    """Return the hash of a text as Meta wants it: lower-case hexadecimal of its UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


# ── the normalisers: a text in, what it means out; empty for what means nothing ───────────────


def clean(text: str) -> str:
    """Return a text composed (NFC), without invisible characters, trimmed."""
    composed = unicodedata.normalize("NFC", text)
    if not composed.isascii():
        visible = (each for each in composed if unicodedata.category(each) not in ("Cf", "Cs"))
        composed = unicodedata.normalize("NFC", "".join(visible))
    return composed.strip()


def lower(text: str) -> str:
    """Return a text in lower case, composed again; casefold would make ss of ß."""
    return clean(clean(text).lower())


def emails(text: str) -> tuple[str, ...]:
    """Return the addresses in a text, each once, in lower case."""
    return tuple(dict.fromkeys(_ADDRESS.findall(lower(text))))


def word(text: str) -> str:
    """Return a name or a place in lower case without punctuation, symbols and spaces."""
    kept = (each for each in lower(text) if unicodedata.category(each)[0] not in _LEFT_OUT)
    return lower("".join(kept))


def postcode(text: str, country: str) -> str:
    """Return a postcode without spaces and dashes; of an American one the first five digits."""
    code = word(text)
    return code[:US_ZIP] if country == "us" else code


def names(first: str, last: str, company: str = "") -> tuple[str, str]:
    """Return first and last name.

    A whole name is kept as the first one: of two words it is taken apart here, of more nobody knows
    where. A company that stands in for a person has no name of that kind.
    """
    if not last:
        words = clean(first).split()
        if len(words) > 2 or (company and word(first) == word(company)):
            return "", ""
        first, last = [*words, "", ""][:2]
    return word(first), word(last)


# ── a person ──────────────────────────────────────────────────────────────────────────────────


def values(person: Customer, workspace: str, country: str) -> tuple[Value, ...]:
    """Return all that Meta is told of a person.

    `workspace` is the workspace's uid and `country` where numbers without a country code are from,
    if the contact's own country is unknown.
    """
    return tuple(_values(person, workspace, country))


def _values(person: Customer, workspace: str, country: str) -> Iterator[Value]:
    home = countries.country(person.country or "")
    first, last = names(person.first_name, person.last_name, person.company or "")
    yield from _hashed("em", person.email, emails)
    yield from _hashed("ph", person.phone, lambda text: phones(text, home or country.lower()))
    yield from _hashed("fn", person.first_name, lambda _: (first,))
    yield from _hashed("ln", person.last_name or person.first_name, lambda _: (last,))
    yield from _hashed("ct", person.city, lambda text: (word(text),))
    yield from _hashed("st", person.state, lambda text: (countries.state(word(text), home),))
    yield from _hashed("zp", person.zip, lambda text: (postcode(text, home),))
    yield from _hashed("country", person.country, lambda _: (home,))
    mine = f"{workspace}{person.uid}"
    yield Value("external_id", mine, mine, rules.external_id(workspace, person.uid), own=True)
    yield from _hashed("external_id", person.external_id, _of_others)
    for key in META_IDS:
        told = getattr(person, key) or ""
        if told and rules.is_meta_id(key, told):
            yield Value(key, told, told, told)


def _of_others(text: str) -> tuple[str, ...]:
    """Return what another program calls a contact, which is as exact as it is written."""
    name = clean(text)
    return (name,) if any(map(str.isalnum, name)) else ()


def _hashed(
    key: str, plain: str | None, normalise: Callable[[str], Iterable[str]]
) -> Iterator[Value]:
    if plain:
        for normalised in normalise(plain):
            if normalised:
                yield Value(key, plain, normalised, sha256(normalised))


def recognises(known: Iterable[Value]) -> bool:
    """Return whether Meta can recognise somebody by these values."""
    return any(value.recognises for value in known)


def user_data(people: Sequence[Sequence[Value]]) -> dict[str, Any]:
    """Return the `user_data` of an event about these people, keys in the order of the table.

    What may be several is a list, each value once; of Meta's own ids the first person's goes.
    """
    told: dict[str, Any] = {}
    for value in (value for known in people for value in known):
        if value.key == "lead_id":
            told.setdefault(value.key, int(value.sent))
        elif value.key in META_IDS:
            told.setdefault(value.key, value.sent)
        elif value.sent not in told.setdefault(value.key, []):
            told[value.key].append(value.sent)
    return told
