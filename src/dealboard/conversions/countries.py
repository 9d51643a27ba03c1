"""Countries by any name that a file of contacts may hold, as the two letters that Meta wants.

Names in Italian, English, Spanish, German and French, ISO 3166 codes of two and of three letters,
and the states of the countries whose states Meta wants as two letters (specification §3).
"""

from functools import cache

from dealboard.domain.text import fold

LANGUAGES = ("en", "it", "es", "de", "fr")

_ALSO = {
    "uk": "gb",
    "england": "gb",
    "scotland": "gb",
    "wales": "gb",
    "northern ireland": "gb",
    "great britain": "gb",
    "inghilterra": "gb",
    "gran bretagna": "gb",
    "inglaterra": "gb",
    "gran bretana": "gb",
    "großbritannien": "gb",
    "grande bretagne": "gb",
    "angleterre": "gb",
    "america": "us",
    "united states of america": "us",
    "stati uniti d'america": "us",
    "estados unidos de america": "us",
    "eeuu": "us",
    "vereinigte staaten von amerika": "us",
    "etats-unis d'amerique": "us",
    "holland": "nl",
    "the netherlands": "nl",
    "olanda": "nl",
    "holanda": "nl",
    "hollande": "nl",
    "turkey": "tr",
    "turchia": "tr",
    "czech republic": "cz",
    "repubblica ceca": "cz",
    "republica checa": "cz",
    "tschechische republik": "cz",
    "republique tcheque": "cz",
    "hong kong": "hk",
    "hongkong": "hk",
    "ivory coast": "ci",
    "macedonia": "mk",
    "korea": "kr",
    "republic of korea": "kr",
    "vatican": "va",
    "vaticano": "va",
}
"""What people write and the lists of names do not have."""

_NO_COUNTRIES = frozenset({"eu", "ez", "un", "qo", "xa", "xb", "zz"})


@cache
def country(text: str) -> str:
    """Return a country's two letters, in lower case; empty for what is none."""
    return _names().get(_key(text), "")


def state(text: str, of: str) -> str:
    """Return a state of the USA or Canada as two letters; elsewhere, and if unknown, as it is.

    `text` is normalised already: lower case, no spaces or punctuation.
    """
    return _STATES.get(of, {}).get(text, text)


def _key(text: str) -> str:
    return "".join(each for each in fold(text) if each.isalnum())


@cache
def _names() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    found: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        for code, name in Locale(language).territories.items():
            if code.isalpha() and code.lower() not in _NO_COUNTRIES:
                found[_key(name)] = code.lower()
    codes = set(found.values())
    for alias, now in get_global("territory_aliases").items():
        if alias.isalpha() and len(now) == 1 and now[0].lower() in codes:
            found[_key(alias)] = now[0].lower()
    found |= {code: code for code in codes}
    return found | {_key(name): code for name, code in _ALSO.items()}


def _by_name(told: str) -> dict[str, str]:
    return {name: code for code, name in (pair.split() for pair in told.split(","))}


_STATES = {
    "us": _by_name(
        "al alabama,ak alaska,az arizona,ar arkansas,ca california,co colorado,ct connecticut,"
        "de delaware,dc districtofcolumbia,fl florida,ga georgia,hi hawaii,id idaho,il illinois,"
        "in indiana,ia iowa,ks kansas,ky kentucky,la louisiana,me maine,md maryland,"
        "ma massachusetts,mi michigan,mn minnesota,ms mississippi,mo missouri,mt montana,"
        "ne nebraska,nv nevada,nh newhampshire,nj newjersey,nm newmexico,ny newyork,"
        "nc northcarolina,nd northdakota,oh ohio,ok oklahoma,or oregon,pa pennsylvania,"
        "pr puertorico,ri rhodeisland,sc southcarolina,sd southdakota,tn tennessee,tx texas,"
        "ut utah,vt vermont,va virginia,wa washington,wv westvirginia,wi wisconsin,wy wyoming"
    ),
    "ca": _by_name(
        "ab alberta,bc britishcolumbia,mb manitoba,nb newbrunswick,nl newfoundlandandlabrador,"
        "ns novascotia,nt northwestterritories,nu nunavut,on ontario,pe princeedwardisland,"
        "qc quebec,qc québec,sk saskatchewan,yt yukon"
    ),
}
