"""The form that sets up the events for Meta; it begins as a dry run.

The token is not part of the workspace: the form says whether one is found, and a new one goes into
the file that only its user can read, never into the database.
"""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard import actions
from dealboard.domain import conversions as rules
from dealboard.domain.conversion_words import SOURCE_WORDS, Mode, mode
from dealboard.domain.conversions import SOURCES, Setup
from dealboard.domain.text import safe
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import leave
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.saving import dealboard
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

HELD, TAKEN = 0, 1
"""What an unknown consent means."""

CONSENT = (
    Choice(HELD, "held", "until the contact agrees, seven days at most"),
    Choice(TAKEN, "taken as given", "you answer for the legal ground"),
)

FIELDS = {"dataset": "dataset", "grace": "grace", "action source": "source"}
"""The fields by what errors call them."""


class ConversionSetup(ModalScreen[bool | None]):
    """All that can be chosen; answers True once it is saved, None for Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "#dataset Line"

    DEFAULT_CSS = """
    ConversionSetup {
        align: center middle;
        & > Dialog { width: 76; padding: 1 1 0 1; }
        & .-fixed { padding: 0 1; width: 1fr; color: $text-muted; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, setup: Setup, token: str) -> None:
        super().__init__()
        self._setup = setup
        self._token = token
        self._source = Chooser("Conversions happen")
        self._consent = Chooser("Consent that nobody asked for")
        self._opened: tuple[object, ...] = ()
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    def compose(self) -> ComposeResult:
        """Yield the fields."""
        setup, app = self._setup, dealboard(self)
        sources = [Choice(number, SOURCE_WORDS[each], each) for number, each in enumerate(SOURCES)]
        self._source.offer(sources, SOURCES.index(setup.action_source))
        self._consent.offer(CONSENT, TAKEN if setup.unknown_consent else HELD)
        live = mode(setup) is Mode.LIVE
        title = "Conversions: live" if live else "Conversions: begins as a dry run"
        with Dialog(title=title):
            where = "the number below its name in the Events Manager"
            yield Field(
                "Data set", Line(setup.dataset, placeholder=where), required=True, id="dataset"
            )
            yield Field("They happen", self._source, id="source")
            yield Field("Not asked", self._consent, id="consent")
            minutes = Line(str(setup.grace_minutes), last=app.demo)
            yield Field("Grace", minutes, aside=True, id="grace")
            yield Field("Token", Static(safe(self._token), classes="-fixed", markup=False))
            if not app.demo:
                hidden = Line(placeholder="kept in a file of mode 0600, not here", last=True)
                hidden.password = True
                yield Field("New token", hidden, id="token")
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Keep what an untouched form looks like."""
        self._opened = self._state()
        self.query_one("#consent", Field).say(
            "what becomes of events about those whose consent is unknown"
        )
        self.query_one("#grace", Field).say("minutes that an event waits, to be taken back")

    def _state(self) -> tuple[object, ...]:
        typed = tuple(line.value for line in self.query(Line))
        return typed, self._source.chosen, self._consent.chosen

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name} Line", Line)

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        field = event.input.query_ancestor(Field)
        if field.wrong:
            field.say("")

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        chooser = event.chooser

        def choose(chosen: int | None) -> None:
            if chosen is not None:
                chooser.choose(chosen)

        self.app.push_screen(Pick(chooser.title, chooser.choices, chosen=chooser.chosen), choose)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save the set-up."""
        if not self._saving:
            self._saving = True
            self._save()

    @work
    async def _save(self) -> None:
        try:
            await self._keep()
        except InvalidValue as error:
            self._complain(error)
        except DealboardError as error:
            trouble = self.query_one("#trouble", Static)
            trouble.add_class("-some")
            trouble.update(Content(safe(error.whole)))
        else:
            self.dismiss(True)
        finally:
            self._saving = False

    async def _keep(self) -> None:
        """Keep what was chosen. Raises DealboardError."""
        app = dealboard(self)
        dataset = rules.check_dataset(self._line("dataset").value)
        grace = _minutes(self._line("grace").value)
        source = SOURCES[self._source.chosen or 0]
        unknown = self._consent.chosen == TAKEN
        if self.query("#token") and self._line("token").value.strip():
            from dealboard.screens import conversion_token

            await asyncio.to_thread(
                conversion_token.store, app.config, self._line("token").value.strip()
            )
            self._line("token").value = ""
        receipt = await app.write(
            lambda tx: actions.conversions.set_up(
                tx,
                dataset,
                action_source=source,
                unknown_consent=unknown,
                grace_minutes=grace,
            )
        )
        app.tell(receipt)

    def _complain(self, error: InvalidValue) -> None:
        """Say what is wrong in its place."""
        field = self.query_one(f"#{FIELDS[error.field]}", Field)
        field.complain(in_place(error))
        field.query_one(Line).focus()


def _minutes(text: str) -> int:
    """Return the minutes of the grace. Raises InvalidValue."""
    number = text.strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 4):
        raise InvalidValue("grace", text, f"it is a number of minutes, at most {rules.MOST_GRACE}")
    return rules.check_grace(int(number))
