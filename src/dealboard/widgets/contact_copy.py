"""What of a contact can be copied or opened, and under which key."""

import re
from typing import NamedTuple
from urllib.parse import quote

from dealboard.domain.views import Contact, Person


class Handle(NamedTuple):
    """A way to reach a contact: its key, its name, what is copied, what is opened."""

    key: str
    label: str
    text: str
    url: str = ""


def handles(contact: Contact | Person) -> tuple[Handle, ...]:
    """Return the ways there are, phone first; a WhatsApp link only for a valid number."""
    found = []
    if contact.phone:
        number = contact.phone_key or re.sub(r"[^0-9+*#,;]", "", contact.phone)
        found.append(Handle("p", "Phone", contact.phone, f"tel:{quote(number, safe='+*#,;')}"))
    if contact.email:
        found.append(Handle("e", "E-mail", contact.email, f"mailto:{quote(contact.email, '@')}"))
    if contact.phone_key:
        link = f"https://wa.me/{contact.phone_key.removeprefix('+')}"
        found.append(Handle("w", "WhatsApp link", link, link))
    found.append(Handle("n", "Name", contact.name))
    return tuple(found)


def openable(contact: Contact | Person) -> tuple[Handle, ...]:
    """Return the ways that another program can be asked to open."""
    return tuple(each for each in handles(contact) if each.url)
