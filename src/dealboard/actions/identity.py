"""How a contact is recognised: a phone number in E.164, an e-mail address in lower case.

Both are kept as typed beside these keys; an unusable one has no key and is never refused
(decision 72).
"""

import re

_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")


def phone_key(text: str, region: str) -> str | None:
    """Return the one valid number in a text as E.164, None if there is none.

    Numbers without a country code are read as in `region`, two letters of ISO 3166 or empty.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_key(text: str) -> str | None:
    """Return an address without spaces around it and in lower case, None if it cannot be one."""
    key = text.strip().lower()
    return key if _EMAIL.fullmatch(key) else None
