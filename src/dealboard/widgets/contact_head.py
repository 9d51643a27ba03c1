"""The line that says whose page this is."""

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual.reactive import reactive

from dealboard.domain.views import Contact
from dealboard.widgets.drawn_line import DrawnLine
from dealboard.widgets.lines import Styled, cut, literal


class ContactHead(DrawnLine):
    """Draws name, company and city; at the right where in the list this is."""

    PREFIX = "contact-head"

    DEFAULT_CSS = """
    ContactHead {
        height: 1;
        background: $surface;
        & > .contact-head--name { text-style: bold; }
        & > .contact-head--rest { color: $text-muted; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"contact-head--name", "contact-head--rest"}

    contact: reactive[Contact | None] = reactive(None)
    """Whose page it is."""

    place: reactive[str] = reactive("")
    """Where in the list this is: "3 of 120"."""

    def spans(self) -> Iterator[Styled]:
        """Yield the parts of the line, the place flush right."""
        contact, width = self.contact, self.size.width
        if contact is None:
            return
        room = width - cell_len(self.place) - 4
        name = cut(literal(contact.name), room)
        parts = filter(None, (contact.company, contact.city))
        rest = literal(" · ".join(each for each in parts if each != contact.name))
        rest = cut(f"  {rest}", room - cell_len(name)) if rest else ""
        yield f" {name}", ("name",)
        yield rest, ("rest",)
        yield " " * (width - cell_len(name) - cell_len(rest) - cell_len(self.place) - 2), ()
        yield f"{self.place} ", ("rest",)
