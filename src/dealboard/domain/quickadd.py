"""Quick add: a whole deal in one line, "Acme 12k fri @ada #PO-7".

What is not understood stays in the title; nothing raises, because it is read on every key.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple, TypeVar

from dealboard.domain.dates import Order, parse_day
from dealboard.domain.money import parse_money
from dealboard.domain.text import fold
from dealboard.domain.views import User
from dealboard.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class QuickDeal:
    """What a line means: money in minor units, `problems` as sentences that keep it from saving."""

    title: str
    amount: int | None
    currency: str
    close_date: date | None
    owner: User | None
    reference: str | None
    problems: tuple[str, ...] = ()

    @property
    def contact(self) -> str:
        """The name of the contact: the title, as in the form but the other way round."""
        return self.title


class _Word(NamedTuple):
    text: str
    mark: str
    quoted: bool


_WORD = re.compile(r'(?P<mark>[@#]?)["“”](?P<quoted>[^"“”]*)["“”]|(?P<word>\S+)')
_LONGEST_DATE = 3
_LONGEST_AMOUNT = 2
_LIKE_A_DATE = re.compile(r"[0-9]{1,4}([-/])[0-9]{1,2}(?:\1[0-9]{1,4})?")
_LIKE_MONEY = re.compile(r"[0-9]+(?: ?m|[.,][0-9]+)", re.IGNORECASE)
"""1m and 31.12 are dates as well, but at the end of a deal more likely money."""

_UNIT = r"(?:[A-Z]{3}|[A-Z]{0,2}[^\w\s]|kr|zł|Kč|Ft)"
_TWO_WORDS = re.compile(rf"{_UNIT} \S+|\S+ {_UNIT}")
"""An amount and its currency; codes in capitals, because all, try and top are words as well."""

_T = TypeVar("_T")


def parse_quick(
    text: str,
    today: date,
    *,
    currency: str,
    locale: str = "en_US",
    order: Order = "dmy",
    first_weekday: int = 0,
    owners: Sequence[User] = (),
) -> QuickDeal:
    """Return what a line means; never raises.

    `@` and `#` words are owner and reference wherever they stand. Amount and close date are read
    from the end, and stop at the first word that is neither; the rest, of which at least one word
    is left, is the title. Words in "quotes" are always title.
    """
    words = list(_words(text))
    title = [word for word in words if not word.mark]
    references = [word.text for word in words if word.mark == "#"]
    owner, owner_problem = _owner([word.text for word in words if word.mark == "@"], owners)
    day: tuple[date | None, str] | None = None
    money: tuple[int | None, str] | None = None
    for _ in range(2):  # the close date may stand before the amount or after it
        day = day or _take(title, _LONGEST_DATE, partial(_day, today, order, first_weekday))
        money = money or _take(title, _LONGEST_AMOUNT, partial(_money, currency, locale))
    amount, currency = money or (None, currency)
    close_date, date_problem = day or (None, "")
    problems = (
        "" if title else "A title is missing.",
        date_problem,
        owner_problem,
        "A deal has one reference." if len(references) > 1 else "",
    )
    return QuickDeal(
        " ".join(word.text for word in title),
        amount,
        currency,
        close_date,
        owner,
        next(iter(references), None),
        tuple(filter(None, problems)),
    )


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        word = match["word"]
        if word is None:
            quoted = " ".join(match["quoted"].split())
            if quoted:
                yield _Word(quoted, match["mark"], quoted=True)
        elif word[0] in "@#" and len(word) > 1:
            yield _Word(word[1:], word[0], quoted=False)
        else:
            yield _Word(word, "", quoted=False)


def _take(words: list[_Word], longest: int, read: Callable[[str], _T | None]) -> _T | None:
    """Cut the longest end that `read` understands off the words, but never the first word."""
    for size in range(min(longest, len(words) - 1), 0, -1):
        end = words[-size:]
        if any(word.quoted for word in end):
            continue
        found = read(" ".join(word.text for word in end))
        if found is not None:
            del words[-size:]
            return found
    return None


def _day(
    today: date, order: Order, first_weekday: int, words: str
) -> tuple[date | None, str] | None:
    """Return a day, or the problem with words that can only be meant as one."""
    if _LIKE_MONEY.fullmatch(words):
        return None
    try:
        day = parse_day(words, today, order=order, first_weekday=first_weekday, field="close date")
    except InvalidValue as error:
        return (None, error.sentence) if _LIKE_A_DATE.fullmatch(words) else None
    return day, ""


def _money(currency: str, locale: str, words: str) -> tuple[int | None, str] | None:
    if " " in words and not _TWO_WORDS.fullmatch(words):
        return None
    try:
        return parse_money(words, currency, locale)
    except InvalidValue:
        return None


def _owner(names: list[str], owners: Sequence[User]) -> tuple[User | None, str]:
    """Return the one active user that an `@` word means, or the problem with finding one."""
    if not names:
        return None, ""
    if len(names) > 1:
        return None, "A deal has one owner."
    found = _matches(fold(names[0]), [user for user in owners if user.active])
    if len(found) == 1:
        return found[0], ""
    if not found:
        return None, f"No owner matches @{names[0]}."
    return None, f"@{names[0]} could be {' or '.join(user.name for user in found)}."


def _matches(wanted: str, owners: Sequence[User]) -> list[User]:
    """Return who is called so, else whose name or e-mail begins so, else contains it."""
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: name == wanted,
        lambda name: name.startswith(wanted),
        lambda name: wanted in name,
    )
    for test in tests:
        found = [user for user in owners if any(map(test, _names(user)))]
        if found:
            return found
    return []


def _names(user: User) -> list[str]:
    name = fold(user.name)
    return [name, *name.split(), fold(user.email or "")]
