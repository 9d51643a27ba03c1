"""Adopting a ready-made automation: which pipelines it is about, and what it will say."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard.domain.rule_words import spans
from dealboard.domain.rules import On, Rule
from dealboard.domain.text import safe
from dealboard.errors import DealboardError
from dealboard.screens.pick import Choice, offer_list
from dealboard.screens.rule_stock import read_stock, shown
from dealboard.screens.saving import dealboard
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.rule_draft import Stock

if TYPE_CHECKING:
    from dealboard.screens.automations import Offered
    from dealboard.store.transaction import Receipt, Transaction
    from dealboard.workspace import Workspace

ALL = 0
"""The choice of all pipelines."""

FRESH = -1
"""The choice of a pipeline that is created together with the rule."""

OTHER = -2
"""The choice of a pipeline that is designed first."""

ONBOARDING = "Onboarding"

NO_ROTTING = (
    "No stage has a number of days after which its deals rot, yet: Settings › Pipelines gives it"
    " one, and until then nothing rots."
)


class TemplateForm(ModalScreen[int | None]):
    """One to three questions about a ready-made rule; answers its id once it is kept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Create", id="form.save"),
        Binding("up,k", "app.focus_previous", "Above", show=False),
        Binding("down,j", "app.focus_next", "Below", show=False),
        Binding("f1", "app.help", "Help", id="form.help"),
        Binding("q,escape", "leave", "Close", id="form.close"),
    ]

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    TemplateForm {
        align: center middle;
        & > Dialog { width: 76; padding: 1 1 0 1; }
        & .field--label { width: 18; }
        & #about { margin-bottom: 1; color: $text-muted; }
        & #sentence { margin-top: 1; }
        & #trouble { margin-top: 1; color: $text-warning; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, template: "Offered") -> None:
        super().__init__()
        self._template = template
        self._stock = Stock()
        self._saving = False
        self._source = Chooser("Deals of", id="source")
        self._target = Chooser("Goes on in", id="target")

    def compose(self) -> ComposeResult:
        """Yield what it does, the questions, the sentence and the buttons."""
        two = self._template.pipelines > 1
        with Dialog(
            title=self._template.title,
            hint="← → choose · ⏎ lists · F2 creates it, e edits it later",
        ):
            yield Static(Content(safe(self._template.about)), id="about")
            if self._template.pipelines:
                yield Field("Deals won in" if two else "Deals of", self._source)
            if two:
                yield Field("Goes on in", self._target)
            yield Static("", id="sentence", markup=False)
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Create", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    async def on_mount(self) -> None:
        """Ask as soon as the pipelines are read."""
        await self._read()
        first = self.query(Chooser)
        self.set_focus(first.first() if first else self.query_one("#save"))

    async def _read(self, target: int | None = None) -> None:
        app = dealboard(self)
        today, locale = app.workspace.today, app.config.locale
        stock = await app.report(app.read(read_stock, today, locale))
        if stock is None or not self.is_attached:
            return
        self._stock = stock
        pipelines = [Choice(each.id, each.name) for each in stock.pipelines]
        if self._template.pipelines > 1:
            chosen = self._source.chosen or next((each.id for each in pipelines), None)
            self._source.offer(pipelines, chosen)
            self._offer_targets(target)
        else:
            chosen = self._source.chosen or ALL
            self._source.offer([Choice(ALL, "All pipelines"), *pipelines], chosen)
        self._show()

    def _offer_targets(self, wanted: int | None = None) -> None:
        """Offer the other pipelines, and to make one; what is called so already comes first."""
        others = [
            Choice(each.id, each.name)
            for each in self._stock.pipelines
            if each.id != self._source.chosen
        ]
        fresh = [] if others else [Choice(FRESH, f"a new pipeline “{ONBOARDING}”")]
        ids = [each.id for each in (*others, *fresh)]
        named = [each.id for each in others if ONBOARDING.casefold() in each.label.casefold()]
        wanted = self._target.chosen if wanted is None else wanted
        chosen = wanted if wanted in ids else (*named, *ids)[0]
        self._target.offer([*others, *fresh, Choice(OTHER, "＋ another new pipeline…")], chosen)

    @property
    def _source_id(self) -> int | None:
        return self._source.chosen or None

    @property
    def _target_id(self) -> int | None:
        return None if self._target.chosen in (None, FRESH, OTHER) else self._target.chosen

    @work(exclusive=True, group="sentence")
    async def _show(self) -> None:
        """Show what the rule would say."""
        stages, key = self._stock.stages, self._template.key
        source, target = self._source_id, self._target_id or FRESH

        def make(_: "Workspace") -> Rule:
            from dealboard.automations.templates import named

            return named(key).make(stages, source, target)

        app = dealboard(self)
        if not self._stock.pipelines:
            self._say("There is no pipeline yet: create one first, in the deals.")
            return
        rule = await app.report(app.beside(make))
        if rule is None or not self.is_attached:
            return
        manner = self._stock.manner
        names = manner.names._replace(pipelines={FRESH: ONBOARDING, **manner.names.pipelines})
        sentence = shown(spans(rule, manner._replace(names=names)))
        self.query_one("#sentence", Static).update(sentence)
        rots = any(each.rotting_days for each in stages)
        self._say(NO_ROTTING if rule.trigger.on is On.ROTTING and not rots else "")

    def _say(self, sentence: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.update(Content(safe(sentence)))
        trouble.set_class(bool(sentence), "-some")

    @on(Chooser.Changed, "#source")
    def _other_source(self) -> None:
        if self._template.pipelines > 1:
            self._offer_targets()
        self._show()

    @on(Chooser.Changed, "#target")
    @work
    async def _other_target(self) -> None:
        """Show it; a pipeline that is not there yet is designed first."""
        if self._target.chosen == OTHER:
            from dealboard.screens.pipeline import PipelineScreen

            made = await self.app.push_screen_wait(PipelineScreen())
            self._target.set_reactive(Chooser.chosen, made)
            await self._read(made)
        else:
            self._show()

    @on(Chooser.ListWanted)
    def _list(self, event: Chooser.ListWanted) -> None:
        offer_list(event)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(None)

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Keep the rule, switched on."""
        if not self._saving and self._stock.pipelines:
            self._saving = True
            self._save()

    @work
    async def _save(self) -> None:
        key, source, target = self._template.key, self._source_id, self._target_id

        def adopt(tx: "Transaction") -> int:
            from dealboard.automations import templates

            return templates.adopt(tx, templates.named(key), source, target)

        app = dealboard(self)
        try:
            receipt: Receipt[int] = await app.write(adopt)
        except DealboardError as error:
            self._say(f"✗ {error.whole}")
        else:
            self.dismiss(receipt.value)
            app.tell(receipt)
            app.say(f"{receipt.label} · it is on · d tries it · u undoes")
        finally:
            self._saving = False
