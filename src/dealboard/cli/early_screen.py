"""A frame on the terminal before Textual is loaded, and how Textual then takes the screen over.

The terminal is put into the state in which Textual runs it: what is typed meanwhile is neither
echoed nor lost but waits for Textual, which only draws over what is there.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver

ENTER_SCREEN = "\x1b[?1049h"
LEAVE_SCREEN = "\x1b[?1049l"
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


class EarlyScreen:
    """The alternate screen, shown until somebody takes it over; `attributes` are the terminal's."""

    def __init__(self, attributes: list[Any]) -> None:
        self.attributes = attributes
        self.taken_over = False

    def driver_class(self) -> "type[Driver]":
        """Return a driver that goes on with this screen."""
        from textual.drivers.linux_driver import LinuxDriver

        screen = self

        class TakingOver(LinuxDriver):
            """Enters no second alternate screen, which some terminals would clear."""

            def start_application_mode(self) -> None:
                super().start_application_mode()  # type: ignore[no-untyped-call]
                if not screen.taken_over:
                    screen.taken_over = True
                    self.attrs_before = screen.attributes

            def write(self, data: str) -> None:
                if screen.taken_over or data != ENTER_SCREEN:
                    super().write(data)

        return TakingOver


def terminal_is_plain() -> bool:
    """Whether Textual would draw on the terminal as it does on any."""
    error = sys.__stderr__
    return (
        os.name == "posix"
        and error is not None
        and error.isatty()
        and not os.environ.get("TEXTUAL_DRIVER")
    )


@contextmanager
def shown(frame: str) -> Iterator[EarlyScreen]:
    """Show a frame; where nobody has taken the screen over in the end, give the terminal back."""
    import termios

    assert sys.__stdin__ is not None  # noqa: S101 -- it was looked at before anything was shown
    terminal = sys.__stdin__.fileno()
    screen = EarlyScreen(termios.tcgetattr(terminal))
    termios.tcsetattr(terminal, termios.TCSANOW, _raw(termios.tcgetattr(terminal)))
    try:
        _write(f"{ENTER_SCREEN}{HIDE_CURSOR}{frame}")
        del frame  # it is large, and this lasts as long as the app
        yield screen
    finally:
        if not screen.taken_over:
            _write(f"{LEAVE_SCREEN}{SHOW_CURSOR}")
            termios.tcsetattr(terminal, termios.TCSANOW, screen.attributes)


def _raw(attributes: list[Any]) -> list[Any]:
    """Return attributes under which every key arrives as it is, as Textual has them too."""
    import termios as t

    flags = t.IXON | t.IXOFF | t.ICRNL | t.INLCR | t.IGNCR
    attributes[0] &= ~flags
    attributes[3] &= ~(t.ECHO | t.ICANON | t.IEXTEN | t.ISIG)
    attributes[6][t.VMIN] = 1
    return attributes


def _write(text: str) -> None:
    assert sys.__stderr__ is not None  # noqa: S101 -- as above; Textual writes there, too
    sys.__stderr__.write(text)
    sys.__stderr__.flush()
