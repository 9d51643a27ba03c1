"""The order of keys that are typed faster than what they ask for can come.

Left alone, a key's binding travels up to the app while the keys behind it go on to the widget.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from textual import events
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

_asked: WeakKeyDictionary[Widget, int] = WeakKeyDictionary()
"""How often widgets asked for something to be opened that their screen has not heard yet."""


def ask(widget: Widget, message: Message) -> None:
    """Post a message that opens something; keys behind it wait until the screen has heard it."""
    widget.post_message(message)
    wait(widget)


def wait(widget: Widget) -> None:
    """Let keys that reach a widget wait until its screen has heard all that it said before."""

    def heard() -> None:
        _asked[widget] -= 1

    _asked[widget] = _asked.get(widget, 0) + 1
    _behind(widget, heard)


async def take_in_order(widget: Widget, event: events.Key) -> None:
    """Run what a key is bound to as soon as the widget gets to it.

    Else `b a backspace c` typed fast ends as "ba". A key that comes after the focus went on goes on
    too, also to a screen that was opened since: there it is no command.
    """
    focused, app = widget.screen.focused, widget.app
    asked = _asked.get(widget)
    if asked or app.screen is not widget.screen:
        event.stop().prevent_default()
        again = partial(app.post_message, events.Key(event.key, event.character))
        if asked:
            _behind(widget, again)
        else:
            app.screen.call_later(again)
        return
    if focused is not widget:
        event.stop().prevent_default()
        if focused is not None:
            focused.post_message(events.Key(event.key, event.character))
        return
    if widget.check_consume_key(event.key, event.character):
        return
    # What the app does with a key that came back to it, without the way there.
    if await app._check_bindings(event.key):  # noqa: SLF001
        event.stop().prevent_default()


def _behind(widget: Widget, then: Callable[[], object]) -> None:
    """Do something when all that a widget posted before has come up to its screen, as it came."""
    node: MessagePump | None = widget
    way: list[MessagePump] = []
    while node is not None and node is not widget.app:
        way.append(node)
        node = node._parent  # noqa: SLF001
    for each in reversed(way):
        then = partial(each.call_later, then)
    then()
