"""Links that open a chat in WhatsApp, with what is to be said already written."""

from urllib.parse import quote

from dealboard.domain.text import digits
from dealboard.errors import Refused


class NoNumber(Refused):
    """A contact cannot be written to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has no WhatsApp number.", "Give the contact a phone number with its +prefix."
        )


def wa_me(name: str, phone_key: str | None, text: str = "") -> str:
    """Return `https://wa.me/<digits>?text=…` of a number as E.164.

    The number has digits only; a space is %20 and a line break %0A. Raises NoNumber.
    """
    if not phone_key:
        raise NoNumber(name)
    said = quote(text.replace("\r\n", "\n"), safe="")
    return f"https://wa.me/{digits(phone_key)}" + (f"?text={said}" if said else "")
