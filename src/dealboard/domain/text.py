"""What text means: how it is searched, stored on one line, and shown on a terminal.

The terminal is a display, not an interpreter: whatever a contact or another program wrote passes
through `safe` (or `safe_lines`) before it is shown. Imports nothing but the standard library.
"""

import unicodedata
from collections.abc import Iterable

from dealboard.errors import InvalidValue

SEPARATOR = "\x1f"
"""Between the parts of a search text (DESIGN, Tables), so that no match spans two of them."""

_REPLACEMENT = "\ufffd"
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ƒ": "f", "ɨ": "i", "ƶ": "z", "ǥ": "g"}
)
_INVISIBLE = {"Cc", "Cf", "Cs"}
_NO_DIGITS = dict.fromkeys(code for code in range(128) if not chr(code).isdecimal())


class _Folding(dict[int, str]):
    """The search form of each character met so far: folding looks at one character at a time."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        plain = unicodedata.normalize("NFKD", plain.translate(_UNDECOMPOSED))
        self[code] = folded = "".join(
            char
            for char in plain
            if char.isspace()
            or not (unicodedata.combining(char) or unicodedata.category(char) in _INVISIBLE)
        )
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the search form: case, accents, width and invisible characters ignored.

    Runs of whitespace are one space, none at the ends. Folding twice changes nothing, and both
    database engines compare the result alike (reliability, D9).
    """
    if text.isascii() and text.isprintable():  # nothing to fold but case, as in most texts
        return " ".join(text.lower().split())
    return " ".join(text.translate(_FOLDING).split())


def folded_at(text: str, sought: str) -> tuple[int, int] | None:
    """Return where the search form of a text holds that of another: start and end in `text`.

    The marks of its last character belong to it. None where it is not found, or is empty.
    """
    wanted = fold(sought)
    signs, places = "", []
    for place, char in enumerate(text):
        folded = char.translate(_FOLDING)
        if folded.isspace():
            folded = "" if signs.endswith(" ") else " "
        signs += folded
        places += [place] * len(folded)
    start = signs.find(wanted) if wanted else -1
    if start < 0:
        return None
    behind = places[start + len(wanted) :]
    end = next((each for each in behind if each > places[start + len(wanted) - 1]), len(text))
    return places[start], end


def digits(text: str) -> str:
    """Return the decimal digits of a phone number as 0–9, everything else dropped."""
    if text.isascii():
        return text.translate(_NO_DIGITS)
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def search_text(
    title: str, reference: str | None, contacts: Iterable[tuple[str, str | None]]
) -> str:
    """Return what a deal is found by: folded title, reference, contact names and phone digits.

    `contacts` are pairs of name and phone. Empty parts are dropped; U+001F separates the rest.
    """
    parts = [fold(title), fold(reference or "")]
    for name, phone in contacts:
        parts += fold(name), digits(phone or "")
    return SEPARATOR.join(filter(None, parts))


_BIDI = frozenset({0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)})
_OBEYED = {"Cc", "Cs", "Zl", "Zp"}


class _Marks(dict[int, str]):
    """How each character met so far is shown: what a terminal could obey, as a mark (threat 6)."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code < 0x20:
            char = chr(0x2400 + code)
        elif code == 0x7F:
            char = "␡"
        elif (
            unicodedata.category(char) in _OBEYED
            or code in _BIDI
            or code & 0xFFFE == 0xFFFE
            or 0xFDD0 <= code <= 0xFDEF
        ):
            char = _REPLACEMENT
        self[code] = char
        return char


_LINES = _Marks({ord("\n"): "\n", ord("\t"): "\t"})
_LINE = _Marks({ord("\n"): " ", ord("\t"): " "})


def safe(text: str) -> str:
    """Return one line that a terminal may be shown: nothing in it can act or reorder.

    Control characters become their pictures (ESC is ␛), line feed and tab a space, and what has
    no picture (C1, bidi controls, line separators, lone surrogates, noncharacters) U+FFFD.
    """
    return text if text.isprintable() else text.translate(_LINE)


def safe_lines(text: str) -> str:
    r"""Return what `safe` does for text of several lines: \n and \t stay, \r\n is one line feed."""
    return text if text.isprintable() else text.replace("\r\n", "\n").translate(_LINES)


def excerpt(text: str, limit: int = 60) -> str:
    """Return the beginning of a text, for a sentence that names the value it is about."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def first_line(text: str) -> str:
    """Return the first line of a text that has something on it."""
    return text.strip().partition("\n")[0].rstrip()


_BREAKS = str.maketrans(dict.fromkeys("\n\r\t\u2028\u2029", " "))


def one_line(text: str, field: str, *, limit: int) -> str:
    """Return a one-line field as it is stored (decision 42): trimmed, breaks and tabs as spaces.

    Empty is allowed here. Raises InvalidValue like `storable`.
    """
    if not text.isprintable():
        text = text.replace("\r\n", " ").translate(_BREAKS)
    return storable(text, field, limit=limit)


def storable(text: str, field: str, *, limit: int) -> str:
    """Return a text of any number of lines, trimmed.

    Raises InvalidValue for NUL, a lone surrogate, or more than `limit` characters (decision 42).
    """
    text = text.strip()
    if not text.isprintable():
        _refuse_what_is_no_text(text, field)
    if len(text) > limit:
        raise InvalidValue(field, excerpt(text), f"{len(text)} characters; at most {limit} fit")
    return text


def _refuse_what_is_no_text(text: str, field: str) -> None:
    if "\x00" in text:
        raise InvalidValue(field, excerpt(text), "the NUL character cannot be stored")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidValue(field, excerpt(text), "it holds bytes that are not text", "Is it UTF-8?")
