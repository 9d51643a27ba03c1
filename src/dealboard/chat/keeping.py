"""Lines of a chat into the workspace, past the journal; also those that were opened in WhatsApp."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from dealboard import actions
from dealboard.domain.views import Imported, User
from dealboard.store import messages
from dealboard.store.driver import Connection
from dealboard.store.ids import new_uid
from dealboard.store.messages import Line
from dealboard.store.reads import team

IMPORTED = "import"
"""The source of messages out of exports."""

OPENED = "wa.me"
"""The source of messages that were opened in WhatsApp; whether they were sent, nobody knows."""

ACCEPTED = "cloud"
"""The source of messages that WhatsApp's Cloud API accepted; delivered is more, and not known."""


class Keeper(Protocol):
    """Writes what is not journalled: a workspace, or an app, from any thread that can wait."""

    def keep(self, work: Callable[..., Any], /, *args: Any) -> Any:
        """Run `work` in a transaction, with its connection before the arguments."""
        ...


def add(
    connection: Connection, contact_id: int, user_id: int, lines: Iterable[Line], now: datetime
) -> int:
    """Add lines to the chat with a contact, if the user may, and return how many it did not have.

    Raises NotPermitted, NotFound, and Refused for a contact that is forgotten.
    """
    actions.access.check_active(team.user(connection, user_id))
    return messages.add(connection, contact_id, lines, now)


def settle(connection: Connection, contact_id: int, me: str) -> None:
    """Put what the user wrote on their side, and let what they opened in WhatsApp stand once."""
    if me:
        messages.take_side(connection, contact_id, me, imported=IMPORTED)
    messages.drop_sent(connection, contact_id, opened=OPENED, imported=IMPORTED)


def log_opened(keeper: Keeper, contact_id: int, user: User, text: str, now: datetime) -> None:
    """Note that a message was opened in WhatsApp. Raises what `add` raises."""
    _log(keeper, contact_id, user, Line(now, "out", user.name, text, OPENED, new_uid(now)))


def log_accepted(
    keeper: Keeper, contact_id: int, user: User, text: str, now: datetime, wamid: str
) -> None:
    """Note that WhatsApp accepted a message, under its id there. Raises what `add` raises."""
    _log(keeper, contact_id, user, Line(now, "out", user.name, text, ACCEPTED, wamid))


def _log(keeper: Keeper, contact_id: int, user: User, line: Line) -> None:
    keeper.keep(add, contact_id, user.id, [line], line.at)


def take_back(keeper: Keeper, contact_id: int, user: User, imported: Imported) -> int:
    """Delete what one import brought, if the user may, and return how many messages it was.

    Raises NotPermitted.
    """
    return int(keeper.keep(_take_back, contact_id, user.id, imported.stamp))


def _take_back(connection: Connection, contact_id: int, user_id: int, stamp: str) -> int:
    actions.access.check_active(team.user(connection, user_id))
    return messages.take_back(connection, contact_id, imported=IMPORTED, stamp=stamp)
