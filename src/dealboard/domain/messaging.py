"""What WhatsApp's messages mean: what stands for something else, and when one may be sent freely.

After meta-capi §9. Pure.
"""

import re
from datetime import datetime, timedelta
from functools import cache

WINDOW = timedelta(hours=24)
"""After a contact's last message; later only a template may be sent."""


def window_until(last_in: datetime | None, now: datetime) -> datetime | None:
    """Return when the window ends, None where it is closed as far as is known.

    Messages are known here once their chat is imported; there may be newer ones.
    """
    ends = None if last_in is None else last_in + WINDOW
    return ends if ends is not None and ends > now else None


_OMITTED = r"omitted|omess[aoei]|non incluso|omitid[ao]s?|omis(?:es?|s)?|ausgelassen|weggelassen"
_ATTACHED = "file attached|file allegato|archivo adjunto|fichier joint|datei angehängt"
_DELETED = (
    "this message was deleted|you deleted this message|questo messaggio è stato eliminato"
    "|hai eliminato questo messaggio|se eliminó este mensaje|eliminaste este mensaje"
    "|ce message a été supprimé|diese nachricht wurde gelöscht"
)


@cache
def _instead() -> re.Pattern[str]:
    """Return what matches such a text; it takes a while to compile, and many read no chats."""
    media = rf"<[^<>\n]{{3,80}}>|.{{1,60}} (?:{_OMITTED})|.{{1,200}} \((?:{_ATTACHED})\)"
    return re.compile(rf"{media}|(?:{_DELETED})\.?", re.IGNORECASE)


def stands_for(text: str) -> bool:
    """Return whether a text stands for something that is not there: a photo, what was deleted.

    A wording that nobody knows, and a caption, are text.
    """
    return _instead().fullmatch(text) is not None
