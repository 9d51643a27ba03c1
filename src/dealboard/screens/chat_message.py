"""A message that was written: WhatsApp is opened with it, or it is sent by the Cloud API."""

import asyncio
from typing import TYPE_CHECKING

from dealboard.chat import keeping, links, sending
from dealboard.domain.text import excerpt
from dealboard.domain.views import Person
from dealboard.screens import contact_verbs
from dealboard.screens.confirm import Confirm

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

OPENED = "Opened in WhatsApp; the link is copied, too"
COPIED = "No program to open links was found here; the link is copied instead"
ACCEPTED = "Accepted by WhatsApp"


async def open_in_whatsapp(app: "DealboardApp", person: Person, text: str) -> str:
    """Open WhatsApp with a message, and note that it was: nobody hears if it was sent.

    Returns what to say. Raises NoNumber, and what the workspace raises.
    """
    url = links.wa_me(person.name, person.phone_key, text)
    app.copy_to_clipboard(url)
    opens = contact_verbs.can_open()
    if opens:
        await asyncio.to_thread(app.open_url, url)
    await app.beside(
        lambda workspace: keeping.log_opened(
            workspace, person.id, workspace.user, text, workspace.now
        )
    )
    return OPENED if opens else COPIED


async def send(app: "DealboardApp", person: Person, text: str) -> str:
    """Ask, then send a message once. Returns what to say, nothing where nobody wants to.

    Raises NoNumber, WindowClosed, NotSent, Unclear, ConfigError, and what the workspace raises.
    """
    from dealboard.delivery.whatsapp import WhatsApp, text_body

    to = sending.number(person.name, person.phone_key)
    await app.read(sending.check_window, person.id, app.workspace.now)
    body = text_body(to, text)
    whatsapp = WhatsApp.of(app.config)
    question = f"Send to {excerpt(person.name, 40)} by WhatsApp?"
    if not await app.push_screen_wait(Confirm(question, detail=excerpt(text, 200), yes="Send")):
        return ""
    app.say("Sending…")
    wamid = await asyncio.to_thread(whatsapp.send, body)
    await app.beside(
        lambda workspace: keeping.log_accepted(
            workspace, person.id, workspace.user, text, workspace.now, wamid
        )
    )
    return ACCEPTED
