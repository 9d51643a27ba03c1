"""Money: integer minor units with an ISO 4217 code; how it is typed, written and shown.

Formatting needs no library for the common locales, because the first board may not wait for one;
babel answers for the others, on first use.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from dealboard.domain.text import excerpt, fold
from dealboard.domain.views import Subtotal
from dealboard.errors import InvalidValue

MAX_WHOLE_DIGITS = 15
"""Digits before the decimal mark (decision 26)."""

MAX_MINOR = 2**63 - 1
"""What a column of either database engine holds."""

NOTHING = "–"
"""Shown where a deal has no amount."""

_ACTIVE = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
    KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
    MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    ANG BGN HRK
"""

CURRENCIES = frozenset(_ACTIVE.split())
"""The active codes of ISO 4217 without metals and test codes, and three that old files hold."""

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: places for places, codes in _DECIMALS.items() for code in codes.split()}

_SYMBOLS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "BRL": "R$",
    "CNY": "CN¥", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$", "HKD": "HK$",
    "TWD": "NT$", "ILS": "₪", "VND": "₫", "PHP": "₱", "TRY": "₺", "RUB": "₽", "UAH": "₴",
}  # fmt: skip

_BY_SYMBOL = {fold(symbol): code for code, symbol in _SYMBOLS.items()} | {
    "us$": "USD", "c$": "CAD", "zl": "PLN", "kc": "CZK", "ft": "HUF", "lei": "RON", "fr.": "CHF",
}  # fmt: skip

_SHARED_SYMBOLS = {
    "$": "USD AUD CAD NZD MXN HKD SGD TWD ARS CLP COP UYU",
    "¥": "JPY CNY",
    "kr": "SEK NOK DKK ISK",
}
"""Symbols that mean the currency in force, if it is one of these."""


class _Marks(NamedTuple):
    """How a locale writes money: its marks, and where the symbol stands."""

    decimal: str
    group: str
    before: bool
    gap: str


_ENGLISH = _Marks(".", ",", before=True, gap="")

_MARKS = {
    name: marks
    for marks, names in (
        (
            _ENGLISH,
            "en C POSIX ja zh ko th es_MX es_US es_GT es_HN es_NI es_PA es_PE es_SV es_DO es_PR",
        ),
        (_Marks(",", ".", before=False, gap=" "), "de it es da el hr sl ca vi ro"),
        (_Marks(",", " ", before=False, gap=" "), "fr pt_PT pl sv nb nn no fi cs sk hu ru uk bg"),
        (_Marks(",", ".", before=True, gap=" "), "nl pt de_AT es_UY es_PY"),
        (_Marks(",", ".", before=True, gap=""), "tr id es_AR es_CO es_CL es_EC es_VE es_BO"),
        (_Marks(".", "’", before=True, gap=" "), "de_CH de_LI it_CH"),
    )
    for name in names.split()
}


@lru_cache
def _marks(locale: str) -> _Marks:
    name = locale.replace("-", "_").partition(".")[0].partition("@")[0]
    known = _MARKS.get(name) or _MARKS.get(name.partition("_")[0])
    return known or _babel_marks(name)


def _babel_marks(name: str) -> _Marks:
    """Return the marks of a locale that the table lacks; English ones if nobody knows it."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(name)
        symbols = locale.number_symbols["latn"]
    except (ValueError, UnknownLocaleError, KeyError):
        return _ENGLISH
    pattern = locale.currency_formats["standard"].pattern.strip("\u200e\u200f")
    gap = " " if re.search(r"¤\W*[\u00a0 ]|[\u00a0 ]\W*¤", pattern) else ""
    marks = _Marks(symbols["decimal"], symbols["group"], pattern.startswith("¤"), gap)
    return marks._replace(group=" ") if marks.group.isspace() else marks


def exponent(currency: str) -> int:
    """Return how many decimals a currency has: 2, but 0 for JPY and 3 for KWD (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def currency_code(text: str, field: str = "currency") -> str:
    """Return the ISO 4217 code that a code or a symbol stands for: "eur" and "€" are "EUR"."""
    code = _find_currency(text.strip(), "")
    if code is None:
        raise InvalidValue(
            field, text, "not a currency", "Use an ISO 4217 code such as EUR or USD."
        )
    return code


def country_code(text: str) -> str:
    """Return two letters in capitals, or nothing for a blank. Raises InvalidValue("country")."""
    code = text.strip().upper()
    if code and not country_name(code):
        raise InvalidValue(
            "country", excerpt(text), "not a country", "Use two letters such as IT or US."
        )
    return code


def country_name(code: str) -> str:
    """Return what the country of two letters is called in English, empty if there is none."""
    from babel import Locale

    name: str = Locale("en").territories.get(code, "")
    return name if re.fullmatch("[A-Z]{2}", code) and code != "ZZ" else ""


def usual_currency(country: str) -> str:
    """Return what is paid with in a country (ISO 3166), EUR if that is unknown; loads babel."""
    from babel.numbers import get_territory_currencies

    return next(iter(get_territory_currencies(country)), "EUR") if country else "EUR"


def _find_currency(word: str, default: str) -> str | None:
    """Return the code of a word, `default` where it uses that symbol too, None if unknown."""
    if word.isascii() and word.upper() in CURRENCIES:
        return word.upper()
    symbol = fold(word)
    if default in _SHARED_SYMBOLS.get(symbol, "").split():
        return default
    return _BY_SYMBOL.get(symbol)


# ── typed ─────────────────────────────────────────────────────────────────────────────────────

_SCALES = {"": 0, "k": 3, "m": 6}
_LONGEST = 60
_AMOUNT = re.compile(
    r"(?P<before>[^0-9]*?) *(?P<number>[.,]?[0-9](?:[0-9.,'’ ]*[0-9])?)"
    r" *(?P<scale>[km](?![^\W\d_])|) *(?P<after>[^0-9]*)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"[0-9]+"
    r"|[0-9]{1,3}(?:(?P<group>[.,'’ ])[0-9]{3})(?:(?P=group)[0-9]{3})*"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
)
_EITHER_WAY = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def _invalid(text: str, reason: str, hint: str = "") -> InvalidValue:
    return InvalidValue("amount", excerpt(text), reason, hint)


_MINUS = frozenset("-−–(")
_EXAMPLES = "Write it like 1200, 1,200.50, 12k or €500."


def parse_amount(text: str, currency: str, locale: str = "en_US") -> int | None:
    """Return the minor units that somebody typed, None for a blank (decisions 26 and 27).

    `1.234,56`, `1,234.56`, `1'234.5`, `12k`, `1.2m`, `€ 500` and `500 EUR` are understood;
    `1.234` could be both, so the locale's decimal mark decides. Raises InvalidValue for a negative
    amount, more than 15 digits, more decimals than the currency has, another currency, or no
    number at all (digits are 0–9 only).
    """
    amount, found = parse_money(text, currency, locale)
    if found != currency:
        raise _invalid(text, f"it is in {found}, not in {currency}")
    return amount


def parse_money(text: str, default_currency: str, locale: str = "en_US") -> tuple[int | None, str]:
    """Return the minor units and the currency of an amount; the default where it names none.

    Symbols that several currencies share ($, ¥, kr) mean the default if it is one of them. Raises
    InvalidValue like `parse_amount`.
    """
    plain = " ".join(text.split())
    if not plain:
        return None, default_currency
    match = _AMOUNT.fullmatch(plain) if len(plain) <= _LONGEST else None
    if match is None:
        raise _invalid(text, _why_no_number(plain), _EXAMPLES)
    if _MINUS & set(match["before"]):
        raise _invalid(text, "it cannot be negative")
    currency = _currency_around(text, match["before"], match["after"], default_currency)
    whole, fraction = _split(text, match["number"], _marks(locale).decimal)
    return _minor(text, whole, fraction, _SCALES[match["scale"].lower()], currency), currency


_DECIMAL = re.compile(r"(?P<minus>[-−]?) *(?P<number>[.,]?[0-9](?:[0-9.,'’ ]*[0-9])?)")


def parse_decimal(text: str, locale: str = "en_US", field: str = "number") -> str:
    """Return a number that is no money as `decimal_string` writes one: "1.234,50" is "1234.5".

    Read like an amount, but it may be negative. Empty for a blank. Raises InvalidValue(field).
    """
    plain = " ".join(text.split())
    if not plain:
        return ""
    match = _DECIMAL.fullmatch(plain) if len(plain) <= _LONGEST else None
    if match is None:
        raise InvalidValue(field, excerpt(text), "not a number", "Write it like 1200 or 1,200.5.")
    whole, fraction = _split(text, match["number"], _marks(locale).decimal)
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    minus = "-" if match["minus"] and (whole, fraction) != ("0", "") else ""
    return f"{minus}{whole}.{fraction}" if fraction else f"{minus}{whole}"


def format_decimal(number: str, locale: str = "en_US") -> str:
    """Return such a number with the marks of a locale: "1234.5" is "1,234.5" in en_US."""
    whole, _, fraction = number.lstrip("-").partition(".")
    if not (whole.isascii() and whole.isdecimal()):
        return number
    marks = _marks(locale)
    minus = "-" if number.startswith("-") else ""
    grouped = f"{int(whole):,}".replace(",", marks.group)
    return f"{minus}{grouped}{marks.decimal + fraction if fraction else ''}"


def _why_no_number(plain: str) -> str:
    if any(char.isdigit() and not char.isascii() for char in plain):
        return "only the digits 0–9 are read"
    return "not an amount"


def _currency_around(text: str, before: str, after: str, default: str) -> str:
    words = [word.strip() for word in (before, after) if word.strip()]
    if not words:
        return default
    currency, *other = {_find_currency(word, default) for word in words}
    if other or currency is None:
        raise _invalid(text, "not an amount", _EXAMPLES)
    return currency


def _split(text: str, number: str, decimal: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark."""
    if number.isdigit():
        return number, ""
    mark = _decimal_mark(number, decimal)
    whole, fraction = number.rsplit(mark, 1) if mark else (number, "")
    if not _WHOLE.fullmatch(whole or "0") or not (fraction.isdigit() or not fraction):
        raise _invalid(text, "its thousands are not grouped in threes", _EXAMPLES)
    return re.sub("[^0-9]", "", whole), fraction


def _decimal_mark(number: str, decimal: str) -> str:
    """Return the decimal mark that a number uses, empty if it has none."""
    marks = [char for char in number if char in ".,"]
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) != 1:
        return ""
    if _EITHER_WAY.fullmatch(number):
        return decimal if marks[0] == decimal else ""
    return marks[0]


def _minor(text: str, whole: str, fraction: str, scale: int, currency: str) -> int:
    places = exponent(currency) + scale
    rest = fraction[places:]
    # Three decimals too many may be thousands in the other notation: never read 1.200 as 1.20.
    if rest.strip("0") or (rest and len(fraction) == 3):
        raise _invalid(text, f"{currency} has {exponent(currency)} decimals", _EXAMPLES)
    minor = (whole + fraction[:places].ljust(places, "0")).lstrip("0") or "0"
    if len(minor) > MAX_WHOLE_DIGITS + exponent(currency) or int(minor) > MAX_MINOR:
        raise _invalid(text, f"at most {MAX_WHOLE_DIGITS} digits fit")
    return int(minor)


# ── written ───────────────────────────────────────────────────────────────────────────────────


def decimal_string(amount: int, currency: str) -> str:
    """Return the exact decimal number for JSON and CSV: 120050 in EUR is "1200.50"."""
    if amount < 0:
        return f"-{decimal_string(-amount, currency)}"
    whole, fraction = _parts(amount, exponent(currency))
    return f"{whole}.{fraction}" if fraction else whole


def from_decimal_string(text: str, currency: str) -> int:
    """Return the minor units of what `decimal_string` wrote; trailing zeros may be missing.

    Raises InvalidValue for anything else: no grouping, symbol, sign or locale here.
    """
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise _invalid(text, "not a decimal number", "Write it like 1200.50.")
    whole, _, fraction = text.partition(".")
    return _minor(text, whole, fraction, 0, currency)


def _parts(amount: int, places: int) -> tuple[str, str]:
    """Return an amount's digits before and after the decimal mark."""
    number = str(amount).rjust(places + 1, "0")
    cut = len(number) - places
    return number[:cut], number[cut:]


# ── shown ─────────────────────────────────────────────────────────────────────────────────────


_LETTERS = {3: "k", 6: "M", 9: "B", 12: "T"}


@lru_cache(4096)
def format_amount(amount: int, currency: str, locale: str = "en_US") -> str:
    """Return an amount in full, without decimals when whole: "€1,200.50", "12.000 €"."""
    if amount < 0:
        return f"-{format_amount(-amount, currency, locale)}"
    places = exponent(currency)
    if amount % 10**places == 0:
        amount, places = amount // 10**places, 0
    return _with_symbol(*_parts(amount, places), "", currency, _marks(locale))


@lru_cache(4096)
def format_compact(amount: int, currency: str, locale: str = "en_US") -> str:
    """Return an amount for a card or a header, rounded half up to a few cells: "€12.4k", "€1.2M".

    Below a thousand it is exact.
    """
    if amount < 0:
        return f"-{format_compact(-amount, currency, locale)}"
    unit = 10 ** exponent(currency)
    if amount < 1000 * unit:
        return format_amount(amount, currency, locale)
    power = next((power for power in _LETTERS if _round(amount, 10**power * unit) < 1000), 12)
    tenths = _round(amount, 10 ** (power - 1) * unit)
    # One decimal where it says something: €12.4k, but €12k and €124k.
    places = 1 if tenths < 1000 and tenths % 10 else 0
    number = tenths if places else _round(amount, 10**power * unit)
    return _with_symbol(*_parts(number, places), _LETTERS[power], currency, _marks(locale))


def _round(amount: int, unit: int) -> int:
    return (2 * amount + unit) // (2 * unit)


def _with_symbol(whole: str, fraction: str, letter: str, currency: str, marks: _Marks) -> str:
    symbol = _SYMBOLS.get(currency, currency)
    number = f"{int(whole):,}".replace(",", marks.group)
    number += (marks.decimal + fraction if fraction else "") + letter
    gap = " " if symbol.isalpha() else marks.gap
    return f"{symbol}{gap}{number}" if marks.before else f"{number}{gap}{symbol}"


def format_totals(
    totals: tuple[Subtotal, ...], locale: str = "en_US", *, weighted: bool = False
) -> str:
    """Return the subtotals of some deals, largest first: "€12.4k + $3k"; "0" if there are none.

    Currencies are never added. `weighted` shows the weighted values instead.
    """
    amounts = [(total.weighted if weighted else total.amount, total.currency) for total in totals]
    amounts.sort(key=lambda pair: (-pair[0] / 10 ** exponent(pair[1]), pair[1]))
    return " + ".join(format_compact(*pair, locale) for pair in amounts) or "0"
