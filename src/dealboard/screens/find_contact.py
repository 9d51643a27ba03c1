"""Choosing one contact: those that suggest themselves, then what a text finds."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widgets.option_list import Option

from dealboard.domain.text import safe
from dealboard.domain.views import Contact
from dealboard.screens.find import MATCHES, Find
from dealboard.screens.saving import dealboard
from dealboard.store.reads import contacts
from dealboard.widgets.chosen import fitted, reach_of

NAME_CELLS = 26


class FindContact(Find):
    """A search for a contact; the first by name stand there where nobody is suggested.

    `suggested` stand there before anything is typed; `without` is never offered.
    """

    PLACEHOLDER = "type a name, phone or e-mail"

    def __init__(
        self, title: str, *, suggested: Sequence[Contact] = (), without: int | None = None
    ) -> None:
        super().__init__(title)
        self._suggested = tuple(suggested)
        self._without = without

    async def matches(self, text: str) -> Iterable[Option]:
        """Return the contacts that a text finds."""
        if self._suggested and not text:
            return map(_option, self._suggested)
        app = dealboard(self)
        found = await app.report(app.read(contacts.matches, text, limit=MATCHES + 1)) or ()
        return [_option(each) for each in found if each.id != self._without][:MATCHES]


def _option(contact: Contact) -> Option:
    name, reach = safe(contact.name), safe(reach_of(contact))
    number = f"#{contact.id}"
    return Option(
        Content.assemble(f" {fitted(name, NAME_CELLS)} ", (f"{number:<7}{reach}", "dim")),
        id=str(contact.id),
    )
