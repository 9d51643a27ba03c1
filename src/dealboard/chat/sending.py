"""Whether a message may be sent to a contact by WhatsApp's Cloud API, as far as is known here."""

from datetime import datetime

from dealboard.chat.links import NoNumber
from dealboard.domain.messaging import window_until
from dealboard.errors import Refused
from dealboard.store.driver import Connection
from dealboard.store.reads import messages


class WindowClosed(Refused):
    """WhatsApp takes no free text now, as far as is known here."""

    def __init__(self, last_in: datetime | None) -> None:
        known = f"of {last_in.astimezone():%d %b %H:%M}" if last_in else "none"
        super().__init__(
            "WhatsApp takes free text within 24 hours after the contact's last message only;"
            f" the last one known here is {known}.",
            "Import the chat again if there is a newer one, or send a template.",
        )


def number(name: str, phone_key: str | None) -> str:
    """Return the number that a message goes to, with its + and country code. Raises NoNumber."""
    if not phone_key:
        raise NoNumber(name)
    return phone_key


def check_window(connection: Connection, contact_id: int, now: datetime) -> None:
    """Raise WindowClosed where the 24 hours are over, or no message of the contact is known."""
    last_in = messages.stretch(connection, contact_id, limit=1).last_in
    if window_until(last_in, now) is None:
        raise WindowClosed(last_in)
