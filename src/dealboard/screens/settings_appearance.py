"""How it looks and how its user writes: kept in config.toml, and applied at once (decision 76)."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard.config import WEEKDAYS, Config, parse_locale
from dealboard.domain.money import format_amount
from dealboard.errors import InvalidValue
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.settings_section import Note, Section
from dealboard.screens.theme_pick import NO_COLOR, choose_theme
from dealboard.screens.typed import Typed
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

if TYPE_CHECKING:
    from dealboard.app import DealboardApp

SAMPLE = 123_456_789
"""Minor units that show how a locale writes amounts."""

LOCALES = ("en_US", "en_GB", "de_DE", "es_ES", "fr_FR", "it_IT", "pt_BR", "nl_NL", "pl_PL", "ja_JP")
"""What ← and → walk through; any other locale can be typed."""

ORDERS = {
    "dmy": "3/4/2027 is the 3rd of April",
    "mdy": "3/4/2027 is March the 4th",
    "ymd": "2027/3/4 is the 4th of March",
}


class Option(NamedTuple):
    """One line: the key in config.toml, its label, its value and the values it can have."""

    key: str
    label: str
    value: object
    values: Sequence[object]
    note: str

    @property
    def shown(self) -> str:
        """The value as it is shown."""
        if isinstance(self.value, bool):
            return "on" if self.value else "off"
        return str(self.value)


def options(app: "DealboardApp", config: Config) -> tuple[Option, ...]:
    """Return what can be chosen, as it is now."""
    theme = "dark" if app.current_theme.dark else "light"
    amount = format_amount(SAMPLE, "EUR", config.locale)
    weekday = WEEKDAYS[config.first_weekday]
    return (
        Option("theme", "Theme", app.theme, sorted(app.available_themes), _theme_note(app, theme)),
        Option(
            "density",
            "Density",
            config.density,
            ("comfortable", "compact"),
            "of cards on the board",
        ),
        Option("locale", "Locale", config.locale, LOCALES, f"amounts like {amount}"),
        Option("first_day_of_week", "Week begins on", weekday, WEEKDAYS, "what “this week” means"),
        Option(
            "date_order",
            "Order of dates",
            config.date_order,
            tuple(ORDERS),
            ORDERS[config.date_order],
        ),
        Option("mouse", "Mouse", config.mouse, (True, False), _mouse_note(config)),
    )


def _theme_note(app: "DealboardApp", kind: str) -> str:
    if app.no_color:
        return NO_COLOR
    if "TEXTUAL_THEME" in os.environ:
        return f"{kind}; TEXTUAL_THEME chooses it at the start"
    return kind


def _mouse_note(config: Config) -> str:
    if config.mouse:
        return "Shift+drag selects text"
    return "the terminal selects text"


class AppearanceSection(Section):
    """One line for each choice; ← and → take the neighbours of a value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l,space", "step(1)", "Next value", id="appearance.next"),
        Binding("left,h", "step(-1)", "Value before", show=False, id="appearance.previous"),
        Binding("e", "edit", "Change", id="appearance.edit"),
        Binding("backspace", "reset", "Default", id="appearance.reset"),
    ]

    DEFAULT_CSS = """
    AppearanceSection > Rows { max-height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows(Column(widest=24), Column(widest=26), Column(elastic=True, optional=True))
        self.rows.border_title = "Appearance"
        self._where = Note()

    def compose(self) -> ComposeResult:
        """Yield the list, and where it is kept."""
        yield self.rows
        yield self._where

    async def reload(self) -> bool:
        """Show what is chosen."""
        self.rows.show([_entry(each) for each in self._options])
        file = self.dealboard.config.file
        kept = "A demo keeps nothing of this." if self.dealboard.demo else f"Kept in {file}"
        self._where.update(kept)
        return True

    @property
    def _options(self) -> tuple[Option, ...]:
        return options(self.dealboard, self.dealboard.config)

    @property
    def _option(self) -> Option:
        """The choice that the keys mean."""
        return next(each for each in self._options if each.key == self.rows.cursor_id)

    def _configure(self, key: str, value: object) -> None:
        self.dealboard.start(self.dealboard.configuring.change({key: value}))

    def action_step(self, by: int) -> None:
        """Take the value before or behind; after the last comes the first."""
        option = self._option
        values = list(option.values)
        at = values.index(option.value) + by if option.value in values else 0
        self._configure(option.key, values[at % len(values)])

    def action_reset(self) -> None:
        """Leave the choice to the terminal UI, or to the system's locale."""
        key = self._option.key
        if key == "theme":
            self.dealboard.theme = "textual-dark"
        self._configure(key, None)

    @on(Rows.Opened)
    def action_edit(self) -> None:
        """Choose from a list, or type."""
        match self._option.key:
            case "theme":
                choose_theme(self.dealboard)
            case "locale":
                self._ask_locale()
            case "mouse":
                self.action_step(1)
            case _:
                self._pick()

    @work
    async def _pick(self) -> None:
        option = self._option
        values = [str(each) for each in option.values]
        notes = ORDERS if option.key == "date_order" else {}
        choices = [Choice(each, each, notes.get(each, "")) for each in values]
        chosen = await self.ask(Pick(option.label, choices, chosen=option.shown))
        if chosen is not None:
            self._configure(option.key, chosen)

    @work
    async def _ask_locale(self) -> None:
        def describe(locale: str) -> str:
            return format_amount(SAMPLE, "EUR", locale)

        typed = Typed("Locale", read_locale, describe, initial=self._option.shown)
        given = await self.ask(typed)
        if given is not None:
            self._configure("locale", given.value)


def read_locale(text: str) -> str:
    """Return a locale that somebody typed, or raise InvalidValue."""
    from babel import Locale, UnknownLocaleError

    locale = parse_locale(text)
    try:
        known = locale is not None and Locale.parse(locale) is not None
    except (UnknownLocaleError, ValueError):
        known = False
    if locale is None or not known:
        raise InvalidValue("locale", text, "not a locale", "Write it like it_IT or en_GB.")
    return locale


def _entry(option: Option) -> Entry:
    cells = ((option.label, "muted"), (f"‹ {option.shown} ›", "strong"), (option.note, "muted"))
    return Entry(option.key, cells)
