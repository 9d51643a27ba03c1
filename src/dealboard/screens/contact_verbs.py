"""What is done to contacts from their list and from the page of one.

A contact that goes takes no deal with it: it is deleted without deals only, else merged or
forgotten (decision 73).
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import Contact, Deal, Role
from dealboard.screens.place import Place
from dealboard.store.driver import Connection
from dealboard.store.reads import contacts, messages
from dealboard.widgets.chooser import Choice
from dealboard.widgets.contact_copy import Handle, handles, openable

if TYPE_CHECKING:
    from dealboard.app import DealboardApp
    from dealboard.store.transaction import Transaction

WITH_OPENER = ("darwin", "win32")
"""Systems that open links by themselves."""

CLIPBOARD = "to the clipboard of your terminal"
"""OSC 52 asks the terminal, also the one at the other end of a line, to keep it."""


Ways = Callable[[Contact], Sequence[Handle]]
"""Tells the ways to reach a contact."""


class Known(NamedTuple):
    """A contact with its deals, others that have the same number or address, and if it chats."""

    contact: Contact
    deals: tuple[Deal, ...]
    twins: tuple[Contact, ...]
    chat: bool


def read_known(connection: Connection, contact_id: int) -> Known:
    """Read a contact, what hangs on it, and who may be the same. Raises NotFound."""
    contact = contacts.contact(connection, contact_id)
    open_, closed = contacts.deals_of(connection, contact_id)
    chat = bool(messages.of_contact(connection, contact_id, limit=1))
    return Known(contact, (*open_, *closed), twins_of(connection, contact), chat)


def twins_of(connection: Connection, contact: Contact) -> tuple[Contact, ...]:
    """Return who has the same number or address as a contact."""
    from dealboard.actions.identity import email_key

    address = email_key(contact.email) if contact.email else None
    return contacts.duplicates(
        connection, phone_key=contact.phone_key, email_key=address, without=contact.id
    )


def can_open() -> bool:
    """Whether another program would open a link: there is a desktop, and not a browser for text."""
    if sys.platform in WITH_OPENER or os.environ.get("BROWSER"):
        return True
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(desktop and shutil.which("xdg-open"))


async def reach(app: "DealboardApp", handle: Handle) -> None:
    """Call or write: by another program, else with what it takes on the clipboard."""
    if can_open():
        await asyncio.to_thread(app.open_url, handle.url)
        app.say(f"Asked your system to open {handle.url}")
    else:
        app.copy_to_clipboard(handle.text)
        sentence = f"No program to open {handle.url.partition(':')[0]}: links was found here."
        app.say(f"{sentence} {handle.label} copied {CLIPBOARD} instead.")


class ContactVerbs(Place):
    """A screen with a contact that the keys mean."""

    PLACE = "contacts"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="contact.edit"),
        Binding("y", "copy", "Copy", id="contact.copy"),
        Binding("o", "open_with", "Call, mail", id="contact.open_with"),
        Binding("m", "merge", "Merge", id="contact.merge"),
        Binding("D,delete", "delete", "Delete", show=False, id="contact.delete"),
    ]

    @property
    def contact_id(self) -> int | None:
        """The contact that the keys mean."""
        raise NotImplementedError

    @property
    def operator(self) -> bool:
        """Whether a Chat Operator is at work, who has no access to deals."""
        return self.dealboard.workspace.user.role is Role.CHAT_OPERATOR

    def removed(self, contact_id: int) -> None:
        """Show that a contact is gone."""

    def show_contact(self, contact_id: int) -> None:
        """Show a contact that was made, or into which another went."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what is done to a contact where there is one, and what the role permits."""
        if action in ("merge", "delete", "find_duplicates", "fields", "export") and self.operator:
            return False
        needed = ("edit", "copy", "open_with", "merge", "delete", "new_deal")
        return action not in needed or self.contact_id is not None

    async def _known(self, contact_id: int | None) -> Known | None:
        if contact_id is None:
            return None
        return await self.dealboard.report(self.dealboard.read(read_known, contact_id))

    # ── forms ─────────────────────────────────────────────────────────────────────────────────

    def action_edit(self) -> None:
        """Edit the contact."""
        self.edit()

    @work
    async def edit(self, field: str | None = None) -> None:
        """Open the form of the contact, at a field if one is named."""
        from dealboard.screens.contact_form import ContactFormScreen

        known = await self._known(self.contact_id)
        if known is None:
            return
        if known.contact.forgotten:
            self.dealboard.say("A forgotten contact takes no new data.", severity="warning")
            return
        await self.app.push_screen_wait(ContactFormScreen(known.contact, field=field))

    @work
    async def action_merge(self) -> None:
        """Merge the contact with another; those with the same number come first."""
        from dealboard.screens.find_contact import FindContact

        known = await self._known(self.contact_id)
        if known is None:
            return
        contact = known.contact
        title = f"Merge {excerpt(contact.name, 40)} with…"
        finding = FindContact(title, suggested=known.twins, without=contact.id)
        other = await self.app.push_screen_wait(finding)
        if other is not None:
            await self._merge(contact.id, other)

    async def _merge(self, one: int, other: int) -> None:
        from dealboard.screens.merge import Merge

        kept = await self.app.push_screen_wait(Merge(one, other))
        if kept is not None:
            self.show_contact(kept)

    # ── taking away ───────────────────────────────────────────────────────────────────────────

    def action_delete(self) -> None:
        """Ask how the contact shall go."""
        self._ask_removal()

    @work
    async def _ask_removal(self) -> None:
        from dealboard.screens.contact_removal import Removal

        known = await self._known(self.contact_id)
        if known is None:
            return
        contact_id = known.contact.id
        way = await self.app.push_screen_wait(Removal(known.contact, known.deals, chat=known.chat))
        if way == "merge":
            self.action_merge()
        elif way is not None:
            await self._remove(contact_id, forget=way == "forget")

    async def _remove(self, contact_id: int, *, forget: bool) -> None:
        def remove(tx: "Transaction") -> None:
            if forget:
                actions.contacts.forget(tx, contact_id)
            else:
                actions.contacts.delete(tx, contact_id)

        receipt = await self.dealboard.change(remove)
        if receipt is not None and receipt.operation is not None:
            if not forget:
                self.removed(contact_id)
            self.said(receipt)

    # ── reaching ──────────────────────────────────────────────────────────────────────────────

    @work
    async def action_copy(self) -> None:
        """Ask what of the contact to copy."""
        found = await self._pick_way("Copy", handles)
        if found is not None:
            self._copy(found)

    def _copy(self, handle: Handle) -> None:
        self.app.copy_to_clipboard(handle.text)
        self.dealboard.say(f"{handle.label} copied {CLIPBOARD}: {excerpt(handle.text)}")

    @work
    async def action_open_with(self) -> None:
        """Call, or write a mail or a message, with another program."""
        handle = await self._pick_way("Open", openable)
        if handle is not None:
            await reach(self.dealboard, handle)

    async def _pick_way(self, title: str, of: Ways) -> Handle | None:
        """Ask for one of the ways to reach the contact."""
        from dealboard.screens.pick import Pick

        known = await self._known(self.contact_id)
        if known is None:
            return None
        ways = of(known.contact)
        if not ways:
            self.dealboard.say("There is no phone number and no e-mail address.")
            return None
        choices = [Choice(w.key, w.label, excerpt(safe(w.text), 40), w.key) for w in ways]
        name = excerpt(known.contact.name, 30)
        chosen = await self.app.push_screen_wait(Pick(f"{title} · {name}", choices))
        return next((each for each in ways if each.key == chosen), None)
