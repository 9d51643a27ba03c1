"""The automations: all rules in the order in which they run, what came of each, what it says.

Where there is none yet, the ready-made ones are the list.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, NamedTuple, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from dealboard import actions
from dealboard.domain.automations import Automation, Outcome, Run
from dealboard.domain.dates import format_day
from dealboard.domain.rule_words import Manner, spans, trigger_words
from dealboard.domain.text import excerpt, safe
from dealboard.screens.catching_up import CatchingUp
from dealboard.screens.confirm import Confirm
from dealboard.screens.rule_stock import read_stock, shown
from dealboard.store.driver import Connection
from dealboard.store.reads import automations
from dealboard.widgets.menu_line import MenuItem
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows

TROUBLE = (Outcome.FAILED, Outcome.STOPPED)

COLUMNS = (
    Column("On"),
    Column("Automation", elastic=True),
    Column("When", optional=True, widest=44),
    Column("Last run"),
    Column("Runs", right=True, optional=True),
    Column("Errors", right=True),
)

READY = (Column("Ready-made"), Column(elastic=True))
"""The columns of the ready-made rules."""

EMPTY = (
    "Automations do by themselves what you would do by hand: when a deal changes, they check"
    " conditions and act at once; one undo takes back all of it.\n\n"
    "⏎ begins with one of these, n from nothing."
)


class Offered(NamedTuple):
    """A ready-made rule: its key, what it is called and does, how many pipelines it asks for."""

    key: str
    title: str
    about: str
    pipelines: int


class Shown(NamedTuple):
    """All rules, the last trouble of those that have some, and how they are put into words."""

    rules: tuple[Automation, ...] = ()
    troubles: Mapping[int, Run] = MappingProxyType({})
    manner: Manner = Manner()

    def rule(self, rule_id: object) -> Automation | None:
        """Return a rule."""
        return next((each for each in self.rules if each.id == rule_id), None)


def read_shown(connection: Connection, today: date, locale: str) -> Shown:
    """Read what the screen shows."""
    rules = automations.automations(connection)
    troubles: list[Run] = []
    for each in rules:
        if each.failures or each.suspended_at is not None:
            troubles += automations.runs(
                connection, automation_id=each.id, outcomes=TROUBLE, limit=1
            )
    last = {run.automation_id: run for run in troubles}
    return Shown(rules, last, read_stock(connection, today, locale).manner)


class AutomationsScreen(CatchingUp):
    """The list of automations (guide, Automations)."""

    PLACE = "automations"

    MENU_ACTIONS: ClassVar = {
        MenuItem("new_automation", "＋ New automation"): "screen.new",
        MenuItem("templates", "▤ Templates"): "screen.templates",
        MenuItem("runs", "≡ Log"): "screen.log",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New", id="automation.new"),
        Binding("t", "templates", "Templates", id="automation.templates"),
        Binding("space", "switch", "On/off", id="automation.toggle"),
        Binding("r", "resume", "Resume", id="automation.resume"),
        Binding("d", "dry_run", "Dry run", id="automation.dry_run"),
        Binding("enter,e", "edit", "Edit", show=False, id="automation.edit"),
        Binding("l", "log_of", "Its log", id="automation.log"),
        Binding("L", "log", "Log of all", show=False, id="automation.log_of_all"),
        Binding("c", "copy", "Copy", show=False, id="automation.copy"),
        Binding("D,delete", "delete", "Delete", id="automation.delete"),
    ]

    AUTO_FOCUS = "Rows"

    DEFAULT_CSS = """
    AutomationsScreen {
        layout: vertical;
        & #automations { height: 1fr; padding: 0 1; }
        & #teaching {
            display: none;
            height: auto;
            max-width: 96;
            padding: 1 2;
            color: $text-muted;
        }
        & Rows { max-height: 70%; }
        & #ready { display: none; max-width: 110; }
        &.-empty #ready { display: block; }
        &.-empty #rules { display: none; }
        & #about { height: auto; padding: 1 2; max-width: 130; }
        & #said { height: auto; padding: 0 2; max-width: 130; }
        &.-empty #teaching { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown = Shown()
        self._offered: tuple[Offered, ...] = ()
        self._follow: int | None = None

    def body(self) -> ComposeResult:
        """Yield the list, and what the rule at the cursor says."""
        with Vertical(id="automations"):
            yield Static(EMPTY, id="teaching", markup=False)
            yield Rows(*COLUMNS, title="Automations", id="rules")
            yield Rows(*READY, id="ready")
            yield Static("", id="about", markup=False)
            yield Static("", id="said", markup=False)

    @property
    def rows(self) -> Rows:
        """The list of rules."""
        return self.query_one("#rules", Rows)

    @property
    def ready(self) -> Rows:
        """The list of ready-made rules, which is shown while there is no other."""
        return self.query_one("#ready", Rows)

    @property
    def rule(self) -> Automation | None:
        """The rule that the keys mean."""
        lists = self.query("#rules")
        return self._shown.rule(self.rows.cursor_id) if lists else None

    @property
    def template(self) -> Offered | None:
        """The ready-made rule at the cursor, while there is no other."""
        if self._shown.rules:
            return None
        at = self.ready.cursor_id
        return next((each for each in self._offered if each.key == at), None)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def on_mount(self) -> None:
        """Show what there is."""
        self.renew()
        self._show_hints()

    @work(exclusive=True, group="read")
    async def renew(self) -> None:
        """Have everything read again; a newer wish overtakes."""
        app = self.dealboard
        found = await app.report(app.read(read_shown, app.workspace.today, app.config.locale))
        if found is None:
            return
        if not found.rules and not self._offered:
            self._offered = await app.report(app.beside(lambda _: _templates())) or ()
        if self.is_attached:
            self._shown = found
            self._show()

    def _show(self) -> None:
        shown_, today = self._shown, self.dealboard.workspace.today
        empty = not shown_.rules
        follow, self._follow = self._follow, None
        self.rows.show([_entry(each, shown_.manner, today) for each in shown_.rules], at=follow)
        self.ready.show([_template_entry(each) for each in self._offered])
        active = sum(each.active for each in shown_.rules)
        self.rows.border_subtitle = f"{active} of {len(shown_.rules)} on"
        self.set_class(empty, "-empty")
        if isinstance(self.focused, Rows) or self.focused is None:
            self.set_focus(self.ready if empty else self.rows)
        self._tell()

    @on(Rows.Highlighted)
    def _tell(self) -> None:
        """Say what the rule at the cursor does, and how it stands with it."""
        rule = self.rule
        about, said = Content(""), Content("")
        if rule is not None:
            about, said = self._about(rule), self._standing(rule)
        self.query_one("#about", Static).update(about)
        self.query_one("#said", Static).update(said)
        self.refresh_bindings()

    def _about(self, rule: Automation) -> Content:
        if rule.rule is None:
            return Content("It cannot be read any more.")
        return shown(spans(rule.rule, self._shown.manner))

    def _standing(self, rule: Automation) -> Content:
        """Return what is wrong with a rule, and what of it is still to come."""
        lines: list[Content] = []
        trouble = self._shown.troubles.get(rule.id)
        if rule.suspended_at is not None:
            day = _moment(rule.suspended_at, self.dealboard.workspace.today)
            said = f"‖ Suspended {day} after {rule.trips} loops · r resumes it"
            lines.append(Content.styled(said, "$text-warning bold"))
        if rule.problem:
            lines.append(Content.styled(safe(f"✗ It does not run: {rule.problem}"), "$text-error"))
        if trouble is not None:
            day = _moment(trouble.at, self.dealboard.workspace.today)
            about = f" for {excerpt(trouble.deal, 40)}" if trouble.deal else ""
            said = f"✗ {day}{about}: {trouble.reason} · l shows the log"
            lines.append(Content.styled(safe(said), "$text-error"))
        if rule.waiting:
            said = f"○ {rule.waiting:,} delayed, still to come · l shows them"
            lines.append(Content.styled(said, "$text-muted"))
        return Content("\n").join(lines)

    # ── what can be done ──────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is possible with the rule at the cursor."""
        if action in ("switch", "dry_run", "log_of", "copy", "delete"):
            rule = self.rule
            return rule is not None and (action not in ("dry_run", "copy") or rule.rule is not None)
        if action == "resume":
            return self.rule is not None and self.rule.suspended_at is not None
        return super().check_action(action, parameters)

    def action_switch(self) -> None:
        """Switch the rule on or off."""
        rule = self.rule
        if rule is not None and rule.active:
            self.do(lambda tx: actions.automations.disable(tx, rule.id))
        elif rule is not None:
            self.do(lambda tx: actions.automations.enable(tx, rule.id))

    def action_resume(self) -> None:
        """Give a suspended rule another chance."""
        rule = self.rule
        if rule is not None:
            self.do(lambda tx: actions.automations.enable(tx, rule.id))

    @on(Rows.Shifted)
    def _shift(self, event: Rows.Shifted) -> None:
        rule_id, by = cast("int", event.entry_id), event.by
        self.do(lambda tx: actions.automations.move(tx, rule_id, by=by))

    @on(Rows.Dropped)
    def _drop(self, event: Rows.Dropped) -> None:
        rule_id, position = cast("int", event.entry_id), event.to + 1
        self.do(lambda tx: actions.automations.move(tx, rule_id, position))

    @work
    async def action_new(self) -> None:
        """Write a new rule."""
        from dealboard.screens.automation_editor import AutomationEditor

        self._go_to(await self.app.push_screen_wait(AutomationEditor()))

    @on(Rows.Opened)
    def action_edit(self) -> None:
        """Edit the rule at the cursor, or begin with the ready-made one there."""
        template = self.template
        if template is not None:
            self._adopt(template)
        elif self.rule is not None:
            self._edit(self.rule.id)

    @work
    async def _edit(self, rule_id: int) -> None:
        from dealboard.screens.automation_editor import AutomationEditor
        from dealboard.screens.rule_stock import read_rule

        app = self.dealboard
        found = await app.report(app.read(read_rule, rule_id))
        if found is not None:
            kept, rule = found
            self._go_to(await self.app.push_screen_wait(AutomationEditor(kept, rule)))

    @work
    async def action_copy(self) -> None:
        """Begin a new rule with what the one at the cursor says."""
        from dealboard.screens.automation_editor import AutomationEditor

        rule = self.rule
        if rule is not None and rule.rule is not None:
            copy = rule.rule._replace(name=f"{rule.name} (copy)")
            self._go_to(await self.app.push_screen_wait(AutomationEditor(rule=copy)))

    @work
    async def action_templates(self) -> None:
        """Choose a ready-made rule."""
        from dealboard.screens.pick import Choice, Pick

        app = self.dealboard
        self._offered = await app.report(app.beside(lambda _: _templates())) or ()
        choices = [Choice(each.key, each.title, each.about) for each in self._offered]
        key = await self.app.push_screen_wait(Pick("Begin with", choices))
        chosen = next((each for each in self._offered if each.key == key), None)
        if chosen is not None:
            self._adopt(chosen)

    @work
    async def _adopt(self, template: Offered) -> None:
        from dealboard.screens.template_form import TemplateForm

        self._go_to(await self.app.push_screen_wait(TemplateForm(template)))

    def _go_to(self, rule_id: int | None) -> None:
        """Put the cursor on a rule that was saved."""
        if rule_id is not None:
            self._follow = rule_id
            self.renew()

    @work
    async def action_dry_run(self) -> None:
        """Show what the rule would do to a deal."""
        from dealboard.screens.dry_run import dry_run

        rule = self.rule
        if rule is not None and rule.rule is not None:
            await dry_run(self, rule.rule, rule.id)

    def action_log_of(self) -> None:
        """Show what came of the rule."""
        rule = self.rule
        if rule is not None:
            self._open_log(rule.id)

    def action_log(self) -> None:
        """Show what came of all rules."""
        self._open_log(None)

    def _open_log(self, rule_id: int | None) -> None:
        from dealboard.screens.automation_runs import RunsPage

        self.app.push_screen(RunsPage(rule_id))

    @work
    async def action_delete(self) -> None:
        """Delete the rule; asked before."""
        rule = self.rule
        if rule is None:
            return
        detail = "Its log stays. u brings it back."
        if rule.waiting:
            detail = f"What it has put off, {rule.waiting:,}, is dropped. {detail}"
        question = f"Delete the automation {excerpt(rule.name)}?"
        if await self.app.push_screen_wait(Confirm(question, detail=detail)):
            self.do(lambda tx: actions.automations.delete(tx, rule.id))


def _templates() -> tuple[Offered, ...]:
    """Return the ready-made rules; on the writer thread, which has what they are made with."""
    from dealboard.automations.templates import TEMPLATES

    return tuple(Offered(each.key, each.title, each.about, each.pipelines) for each in TEMPLATES)


def _template_entry(template: Offered) -> Entry:
    return Entry(template.key, ((template.title, "strong"), (template.about, "muted")))


def _entry(rule: Automation, how: Manner, today: date) -> Entry:
    when = trigger_words(rule.rule.trigger, how) if rule.rule else rule.problem
    cells = (
        _mark(rule),
        (rule.name, "strong" if rule.active else "muted"),
        (f"{when[:1].upper()}{when[1:]}", "muted"),
        (_moment(rule.last_run, today) if rule.last_run else "never", "muted"),
        (f"{rule.runs:,}" if rule.runs else "–", "muted"),
        (f"✗ {rule.failures:,}" if rule.failures else "–", "wrong" if rule.failures else "muted"),
    )
    return Entry(rule.id, cells, movable=True)


def _mark(rule: Automation) -> tuple[str, str]:
    """Return whether a rule runs, as a glyph and a word."""
    if rule.problem:
        return "✗ broken", "wrong"
    if rule.suspended_at is not None:
        return "‖ suspended", "changed"
    return ("● on", "won") if rule.enabled else ("○ off", "muted")


def _moment(moment: datetime, today: date) -> str:
    """Return a moment as a list shows it: the time of today, else the day."""
    local = moment.astimezone()
    return f"{local:%H:%M}" if local.date() == today else format_day(local.date(), today)
