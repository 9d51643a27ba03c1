"""Taking a contact away: deleted where nothing hangs on it, else merged or forgotten.

Decision 73: no deal is left with a dangling link. What stands in the way is named.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import Contact, Deal
from dealboard.widgets.dialog import Buttons, Dialog, button

NAMED = 5
"""Deals that are named; the others are counted."""

Way = Literal["delete", "merge", "forget"]


class Removal(ModalScreen[Way | None]):
    """How a contact shall go; answers the way, None for Esc.

    One without deals can be deleted. One with deals is merged into another, or forgotten.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "choose('delete')", "Delete", id="removal.delete"),
        Binding("m", "choose('merge')", "Merge into another", id="removal.merge"),
        Binding("f", "choose('forget')", "Forget", id="removal.forget"),
        Binding("n,q,escape", "leave", "Cancel", id="removal.close"),
    ]

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    Removal {
        align: center middle;
        & > Dialog { width: 64; border: round $error; padding: 1 2; }
        & #question { text-style: bold; }
        & #deals { margin-top: 1; }
        & #detail { color: $text-muted; margin-top: 1; }
    }
    """

    def __init__(self, contact: Contact, deals: Sequence[Deal], *, chat: bool = False) -> None:
        super().__init__()
        self._chat = chat
        self._contact = contact
        self._deals = tuple(deals)

    def compose(self) -> ComposeResult:
        """Yield what stands in the way, what can be done, and the answers."""
        name = excerpt(safe(self._contact.name))
        with Dialog():
            if self._deals:
                yield _text(f"{name} {_on_deals(self._deals)} and cannot be deleted.", "question")
                yield _text(_named(self._deals), "deals")
            else:
                yield _text(f"Delete {name}?", "question")
            yield _text(_ways(self._contact, deals=bool(self._deals), chat=self._chat), "detail")
            with Buttons():
                if not self._deals:
                    yield button("Delete", "y", id="delete", variant="error")
                if not self._contact.forgotten:
                    if self._deals:
                        yield button("Merge", "m", id="merge", variant="primary")
                    yield button("Forget", "f", id="forget", variant="warning")
                yield button("Cancel", "n", id="leave")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the ways that there are."""
        if action != "choose":
            return True
        if parameters[0] == "delete":
            return not self._deals
        return not self._contact.forgotten and (parameters[0] == "forget" or bool(self._deals))

    def action_choose(self, way: Way) -> None:
        """Answer a way."""
        self.dismiss(way)

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    @on(Button.Pressed, "#delete,#merge,#forget")
    async def _press(self, event: Button.Pressed) -> None:
        await self.run_action(f"choose('{event.button.id}')")


def _text(text: str, place: str) -> Static:
    return Static(Content(text), id=place)


def _on_deals(deals: Sequence[Deal]) -> str:
    return "is on a deal" if len(deals) == 1 else f"is on {len(deals)} deals"


def _named(deals: Sequence[Deal]) -> str:
    lines = [f"· {excerpt(safe(d.title), 36)}  {excerpt(safe(d.stage.name), 18)}" for d in deals]
    more = [f"… and {len(deals) - NAMED} more"] if len(deals) > NAMED else []
    return "\n".join((*lines[:NAMED], *more))


def _ways(contact: Contact, *, deals: bool, chat: bool) -> str:
    """Return what each of the ways means, and what of it comes back."""
    if contact.forgotten:
        return "It was forgotten before; the deals keep a nameless contact." if deals else ""
    forget = "Forget takes all that is personal out of the file, its history too"
    for_good = "for good: backups made before keep it until they are thinned."
    if deals:
        return (
            "Merge gives its deals to another contact; u takes that back.\n"
            f"{forget}, {for_good} The deals keep a nameless contact."
        )
    but = ", but not its chat" if chat else ""
    return f"u brings a deleted contact back{but}.\n{forget}, {for_good}"
