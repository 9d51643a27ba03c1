"""The first screen of somebody who has no workspace yet (decision 75)."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from dealboard.config import system_user
from dealboard.domain.money import country_code, currency_code, usual_currency
from dealboard.domain.text import one_line, safe
from dealboard.errors import DealboardError, InvalidValue, MissingField
from dealboard.screens.saving import dealboard
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line
from dealboard.workspace import Workspace

NAME_LIMIT = 60

WELCOME = """\
dealboard keeps your pipelines and deals in one file on this computer.
Nothing leaves it unless you send it.

Three things first, then your first pipeline."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Who owns the workspace, what amounts are in, whose phone numbers need no prefix."""

    owner: str
    currency: str
    country: str


class FirstRun(Screen[None]):
    """Name, currency and country, proposed from the system; makes the workspace."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Create", id="form.save"),
    ]

    AUTO_FOCUS = "#owner Line"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]  # noqa: RUF012

    DEFAULT_CSS = """
    FirstRun {
        align: center middle;
        & > Dialog { width: 76; padding: 1 2; }
        & Static { height: auto; }
        & #welcome { margin-bottom: 1; }
        & Field { margin-bottom: 1; }
        & #place { color: $text-muted; }
        &.-narrow > Dialog { padding: 0 1; }
        &.-narrow Field { margin-bottom: 0; }
        &.-narrow Field.-aside > .field--body {
            layout: vertical;
            & > Line { width: 1fr; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._creating = False

    def compose(self) -> ComposeResult:
        """Yield the welcome, the fields, where the file will be, and the button."""
        app = dealboard(self)
        with Dialog(title="Welcome"):
            yield Static(WELCOME, id="welcome", markup=False)
            yield Field("Your name", Line(system_user()), required=True, id="owner")
            currency, country = Line(placeholder="EUR"), Line(app.config.country, last=True)
            yield Field("Currency", currency, required=True, aside=True, id="currency")
            yield Field("Country", country, aside=True, id="country")
            yield Static(Content(safe(f"The file: {app.location}")), id="place")
            with Buttons():
                yield button("Create the workspace", "F2", id="save", variant="primary")
                yield button("Quit", "ctrl+q", id="quit")

    def on_mount(self) -> None:
        """Say what the fields are for, and propose a currency."""
        self._field("currency").say("what amounts are in")
        self._field("country").say("phone numbers of it need no prefix")
        self._propose()

    @work
    async def _propose(self) -> None:
        country = dealboard(self).config.country
        proposed = await asyncio.to_thread(usual_currency, country)
        line = self._line("currency")
        line.value = line.value or proposed

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)

    def _line(self, name: str) -> Line:
        return self._field(name).query_one(Line)

    @on(Button.Pressed, "#quit")
    def _quit(self) -> None:
        self.app.exit()

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        field = event.input.query_ancestor(Field)
        if field.wrong:
            field.say("")

    # ── creating ──────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Make the workspace, if every field means something."""
        answers = None if self._creating else self._answers()
        if answers is not None:
            self._creating = True
            self._create(answers)

    def _answers(self) -> Answers | None:
        texts = {name: self._line(name).value for name in ("owner", "currency", "country")}
        try:
            return Answers(
                _owner(texts["owner"]),
                currency_code(texts["currency"]),
                country_code(texts["country"]),
            )
        except InvalidValue as error:
            self._field(error.field).complain(in_place(error))
            self._line(error.field).focus()
            return None

    @work
    async def _create(self, answers: Answers) -> None:
        app = dealboard(self)
        place = self.query_one("#place", Static)
        place.update("Creating the workspace…")
        create = partial(
            Workspace.create,
            app.location,
            owner=answers.owner,
            currency=answers.currency,
            country=answers.country,
        )
        try:
            workspace = await asyncio.to_thread(create)
        except DealboardError as error:
            place.update(Content(safe(f"✗ {error.whole}")))
            self._creating = False
            return
        app.adopt(workspace)
        # Textual cannot replace the screen that an app starts with, so this one stays below.
        app.push_screen(app.places.home())


def _owner(text: str) -> str:
    owner = one_line(text, "owner", limit=NAME_LIMIT)
    if not owner:
        raise MissingField("owner", "deals need an owner")
    return owner
