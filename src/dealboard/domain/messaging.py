"""Until when WhatsApp lets a business write freely to somebody (meta-capi §9). Pure."""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)
"""After a contact's last message; later only a template may be sent."""


def window_until(last_in: datetime | None, now: datetime) -> datetime | None:
    """Return when the window ends, None where it is closed as far as is known.

    Messages are known here once their chat is imported; there may be newer ones.
    """
    ends = None if last_in is None else last_in + WINDOW
    return ends if ends is not None and ends > now else None
