"""Phone numbers by the hundred thousand: `identity.phone_key` for files, where each costs time.

Most numbers of a file are written in full, "+39 02 1234567". Such a number is valid when it is one
of its country's kinds of numbers, which one regular expression per country says at once; whatever
else is asked is left to the library.
"""

import re
from functools import cache

from dealboard.actions.identity import phone_key as full_phone_key

_IN_FULL = re.compile(r"\+([1-9][0-9 ().-]{5,20}[0-9])")
_GAPS = str.maketrans("", "", " ().-")
_LONGEST_CODE = 3
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


def phone_key(text: str, region: str) -> str | None:
    """Return what `identity.phone_key` returns, sooner."""
    match = _IN_FULL.fullmatch(text)
    if match is not None:
        number = match[1].translate(_GAPS)
        for length in range(1, _LONGEST_CODE + 1):
            valid = _valid_numbers(number[:length])
            if valid is not None:
                if valid.fullmatch(number, length):
                    return f"+{number}"
                break
    return full_phone_key(text, region)


@cache
def _valid_numbers(code: str) -> re.Pattern[str] | None:
    """Return what the numbers behind a country code look like, None if there is no such code.

    Only the first country of a shared code is known here, and no number that begins as if it had
    its national prefix: those are the library's.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    if regions is None:
        return None
    country = PhoneMetadata.metadata_for_region(regions[0], None)
    if country is None or country.leading_digits or country.general_desc is None:
        return re.compile("(?!)")
    kinds = (getattr(country, kind) for kind in _KINDS)
    patterns = [kind.national_number_pattern for kind in kinds if kind]
    anyhow = "|".join(f"(?:{pattern})" for pattern in patterns if pattern)
    prefix = country.national_prefix_for_parsing
    general = country.general_desc.national_number_pattern
    guard = f"(?!{prefix})" if prefix else ""
    return re.compile(f"{guard}(?=(?:{general})$)(?:{anyhow})")
