"""Where in a deal a name that is filtered by was found (decision 43)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from dealboard.domain.text import fold, folded_at

Field = Literal["title", "reference", "contact", "phone"]


class Found(NamedTuple):
    """The field that holds what was sought, and what that field says; a phone's is not known."""

    field: Field
    text: str = ""


def found_in(
    sought: str, title: str, reference: str | None, contacts: Sequence[str]
) -> Found | None:
    """Return where a deal that matches holds a text, None for an empty one.

    The title comes first, then the reference, then the contacts in their order. The number of a
    contact is all else that a deal is found by.
    """
    wanted = fold(sought)
    if not wanted:
        return None
    if wanted in fold(title):
        return Found("title", title)
    if reference and wanted in fold(reference):
        return Found("reference", reference)
    name = next((each for each in contacts if wanted in fold(each)), None)
    return Found("phone") if name is None else Found("contact", name)


def split_at(sought: str, text: str) -> tuple[str, str, str]:
    """Return a text as what stands before, in and after the stretch that a search finds in it."""
    start, end = folded_at(text, sought) or (len(text), len(text))
    return text[:start], text[start:end], text[end:]
