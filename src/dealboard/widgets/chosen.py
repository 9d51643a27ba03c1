"""The contacts of a deal as a form holds them: kept already, or only described so far.

Pure: no Textual here.
"""

import re
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from dealboard.domain.text import digits
from dealboard.domain.views import Contact, Person

LIKE_A_PHONE = 5
"""Digits from which on a run of them is taken for a phone number."""

_EMAIL = re.compile(r"\S+@\S+")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]*[0-9]")


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact that is not kept yet; one of the three is not empty."""

    name: str
    phone: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """What the contact will be called."""
        return self.name or self.email or self.phone


Chosen = Person | NewContact
"""A contact of the deal, kept already or to be made."""


def describe(text: str) -> NewContact:
    """Return the contact that a line describes: "Zoë +39 333 1234567 zoe@example.com"."""
    email = _EMAIL.search(text)
    if email:
        text = text.replace(email[0], " ", 1)
    phone = next((each for each in _PHONE.findall(text) if len(digits(each)) >= LIKE_A_PHONE), "")
    name = " ".join(text.replace(phone, " ", 1).split())
    return NewContact(name, phone, email[0] if email else "")


def label_of(contact: Chosen) -> str:
    """Return what a contact is called."""
    return contact.label if isinstance(contact, NewContact) else contact.name


def reach_of(contact: Chosen | Contact) -> str:
    """Return how a contact is reached, which tells two of one name apart."""
    company = contact.company if isinstance(contact, Contact) else ""
    return " · ".join(filter(None, (company, contact.phone, contact.email)))


def fitted(text: str, width: int) -> str:
    """Return a text in exactly so many cells, an ellipsis where it was cut."""
    if cell_len(text) > width > 0:
        text = f"{set_cell_size(text, width - 1)}…"
    return set_cell_size(text, width)
