"""The form that sets up the events for Meta; it begins as a dry run.

The token is not part of the workspace: the form says whether one is found, and a new one goes into
the file that only its user can read, never into the database.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from dealboard import actions
from dealboard.domain import conversions as rules
from dealboard.domain.conversion_words import SOURCE_WORDS, Mode, mode
from dealboard.domain.conversions import SOURCES, Setup
from dealboard.errors import InvalidValue
from dealboard.screens.saving import dealboard
from dealboard.screens.small_form import SmallForm
from dealboard.widgets.chooser import Choice, Chooser
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Transaction

HELD, TAKEN = 0, 1
"""What an unknown consent means."""

CONSENT = (
    Choice(HELD, "held", "until the contact agrees, seven days at most"),
    Choice(TAKEN, "taken as given", "you answer for the legal ground"),
)


class ConversionSetup(SmallForm[bool]):
    """All that can be chosen; answers True once it is saved."""

    PLACES: ClassVar[Mapping[str, str]] = {
        "dataset": "dataset",
        "grace": "grace",
        "action source": "source",
    }

    DEFAULT_CSS = """
    ConversionSetup > Dialog { width: 76; }
    """

    def __init__(self, setup: Setup, token: str) -> None:
        super().__init__()
        self._setup = setup
        self._token = token
        self._source = Chooser("Conversions happen")
        self._consent = Chooser("Consent that nobody asked for")

    @property
    def heading(self) -> str:
        """Whether events go out."""
        live = mode(self._setup) is Mode.LIVE
        return "Conversions: live" if live else "Conversions: begins as a dry run"

    def fields(self) -> ComposeResult:
        """Yield the fields."""
        setup, app = self._setup, dealboard(self)
        sources = [Choice(number, SOURCE_WORDS[each], each) for number, each in enumerate(SOURCES)]
        self._source.offer(sources, SOURCES.index(setup.action_source))
        self._consent.offer(CONSENT, TAKEN if setup.unknown_consent else HELD)
        where = "the number below its name in the Events Manager"
        yield Field("Data set", Line(setup.dataset, placeholder=where), required=True, id="dataset")
        yield Field("They happen", self._source, id="source")
        yield Field("Not asked", self._consent, id="consent")
        minutes = Line(str(setup.grace_minutes), last=app.demo)
        yield Field("Grace", minutes, aside=True, id="grace")
        yield Field("Token", self.fixed(self._token))
        if not app.demo:
            hidden = Line(placeholder="kept in a file of mode 0600, not here", last=True)
            hidden.password = True
            yield Field("New token", hidden, id="token")

    def explain(self) -> None:
        """Say what consent and grace mean."""
        self.query_one("#consent", Field).say(
            "what becomes of events about those whose consent is unknown"
        )
        self.query_one("#grace", Field).say("minutes that an event waits, to be taken back")

    async def write(self) -> "Receipt[bool]":
        """Keep what was chosen, the token in its file."""
        app = dealboard(self)
        dataset = rules.check_dataset(self.line("dataset").value)
        grace = _minutes(self.line("grace").value)
        source = SOURCES[self._source.chosen or 0]
        unknown = self._consent.chosen == TAKEN
        if self.query("#token") and self.line("token").value.strip():
            from dealboard.screens import conversion_token

            await asyncio.to_thread(
                conversion_token.store, app.config, self.line("token").value.strip()
            )
            self.line("token").value = ""

        def save(tx: "Transaction") -> bool:
            actions.conversions.set_up(
                tx,
                dataset,
                action_source=source,
                unknown_consent=unknown,
                grace_minutes=grace,
            )
            return True

        return await app.write(save)


def _minutes(text: str) -> int:
    """Return the minutes of the grace. Raises InvalidValue."""
    number = text.strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 4):
        raise InvalidValue("grace", text, f"it is a number of minutes, at most {rules.MOST_GRACE}")
    return rules.check_grace(int(number))
