"""What belongs to the workspace: its currency, its country, when deals rot, fields of contacts."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.money import country_code, country_name, currency_code
from dealboard.domain.stages import StageKind, parse_rotting_days
from dealboard.domain.views import Stage
from dealboard.screens.confirm import Confirm
from dealboard.screens.settings_section import Section
from dealboard.screens.typed import Given, Typed
from dealboard.screens.user_form import ROLE_NAMES
from dealboard.store.driver import Connection
from dealboard.store.reads import fields, pipelines, settings
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

if TYPE_CHECKING:
    from dealboard.store.transaction import Transaction

T = TypeVar("T")


class Shown(NamedTuple):
    """What a workspace is set to."""

    currency: str = ""
    country: str = ""
    rotting: int | None = None
    stages: tuple[Stage, ...] = ()
    fields: tuple[str, ...] = ()


def read_shown(connection: Connection) -> Shown:
    """Read what the section shows."""
    return Shown(
        settings.setting(connection, settings.CURRENCY) or "EUR",
        settings.setting(connection, settings.COUNTRY) or "",
        settings.setting(connection, settings.ROTTING_DAYS),
        pipelines.all_stages(connection),
        tuple(each.name for each in fields.fields(connection)),
    )


class WorkspaceSection(Section):
    """What one can choose, a line each, and what one may want to know."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Change", id="workspace.edit"),
    ]

    DEFAULT_CSS = """
    WorkspaceSection > Rows { max-height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows(
            Column(widest=24),
            Column(widest=26),
            Column(elastic=True, optional=True),
            title="Workspace",
        )
        self._shown = Shown()

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield self.rows

    async def reload(self) -> bool:
        """Read what the workspace is set to."""
        self._shown = shown = await self.dealboard.read(read_shown)
        country = await asyncio.to_thread(country_name, shown.country)
        workspace = self.dealboard.workspace
        user = workspace.user
        own = f"{len(shown.fields)} of your own" if shown.fields else "none of your own"
        rows = (
            ("currency", "Currency", shown.currency, "of new amounts that name none"),
            ("country", "Country", f"{shown.country}  {country}".strip() or "none", PREFIXES),
            ("rotting", "Deals rot after", _days(shown.rotting), ROTTING),
            ("fields", "Contact fields", own, ", ".join(shown.fields) or "⏎ adds one"),
            ("acting", "You are", user.name, f"{ROLE_NAMES[user.role]}; --as NAME acts as another"),
            ("file", "The file", workspace.path.name, str(workspace.path.parent)),
        )
        self.rows.show([_entry(*row) for row in rows])
        return True

    @on(Rows.Opened)
    @work
    async def action_edit(self) -> None:
        """Change what the cursor is on."""
        match self.rows.cursor_id:
            case "currency":
                await self._ask_currency()
            case "country":
                await self._ask_country()
            case "rotting":
                await self._ask_rotting()
            case "fields":
                from dealboard.screens.fields import FieldsScreen

                await self.ask(FieldsScreen())
            case "acting":
                self.dealboard.say("Start dealboard --as NAME to act as somebody else.")
            case "file":
                self.dealboard.say("Start dealboard --db FILE to open another workspace.")
        self.touch()

    async def _ask_currency(self) -> None:
        def describe(code: str) -> str:
            return f"New amounts are in {code}; those that are there keep their currency."

        code = await self._typed("Currency", currency_code, describe, self._shown.currency)
        if code is not None:
            await self._set(lambda tx: actions.preferences.set_currency(tx, code.value))

    async def _ask_country(self) -> None:
        def describe(code: str) -> str:
            return country_name(code) if code else "Phone numbers then need their +prefix."

        code = await self._typed("Country", country_code, describe, self._shown.country)
        if code is not None:
            await self._set(lambda tx: actions.preferences.set_country(tx, code.value))

    async def _ask_rotting(self) -> None:
        initial = str(self._shown.rotting or "")
        days = await self._typed("Deals rot after", parse_rotting_days, _days, initial)
        if days is None:
            return
        others = [
            each
            for each in self._shown.stages
            if each.kind is StageKind.OPEN and each.rotting_days != days.value
        ]
        everywhere = bool(others) and await self.ask(
            Confirm(
                f"Also in the {len(others)} open stages that are there?",
                detail=f"Deals would rot {_when(days.value)} in all of them. u brings it back.",
                yes="In all",
                no="In new ones only",
            )
        )
        await self._set(
            lambda tx: actions.preferences.set_rotting(tx, days.value, everywhere=bool(everywhere))
        )

    async def _typed(
        self, title: str, parse: Callable[[str], T], describe: Callable[[T], str], initial: str
    ) -> Given[T] | None:
        return await self.ask(Typed(title, parse, describe, initial=initial))

    async def _set(self, action: "Callable[[Transaction], Any]") -> None:
        await self.done(action)


PREFIXES = "whose phone numbers need no prefix"
ROTTING = "without news, in stages made from now on"


def _days(days: int | None) -> str:
    return "never" if days is None else f"{days} day{'' if days == 1 else 's'}"


def _when(days: int | None) -> str:
    return "never" if days is None else f"after {_days(days)}"


def _entry(row_id: str, label: str, value: str, note: str) -> Entry:
    return Entry(row_id, ((label, "muted"), (value, "strong"), (note, "muted")))
