"""The editor of an automation: a form made of choices, with the whole rule as a sentence on top.

Nothing is kept before F2. What is wrong is said beside the part that is; what the workspace
refuses when it is saved too.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from dealboard import actions
from dealboard.domain.automations import Automation
from dealboard.domain.catalogue import CUSTOM, FIELDS
from dealboard.domain.rule_fields import offers
from dealboard.domain.rule_terms import ACTIONS, COMPARISONS, DEAL_FIELDS, TRIGGERS
from dealboard.domain.rule_words import field_words, spans
from dealboard.domain.rules import ARGUMENTS, UPDATED_FIELDS, Do, Is, On, Rule, Trigger
from dealboard.domain.stages import MARK
from dealboard.domain.text import safe
from dealboard.errors import DealboardError, InvalidValue, Refused
from dealboard.screens.confirm import Confirm, leave
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.pick_many import PickMany
from dealboard.screens.rule_stock import read_stock, shown
from dealboard.screens.saving import dealboard, writing
from dealboard.store.reads import automations
from dealboard.widgets import rule_draft as at
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.rule_draft import ADD, BRANCHES, Branch, Draft, Spot
from dealboard.widgets.rule_form import RuleForm
from dealboard.widgets.rule_lines import FIELD, HOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from dealboard.store.transaction import Receipt, Transaction

ANY = 0
"""The choice that takes a choice away."""

NEW = Rule("", Trigger(On.STAGE))
"""What a new automation begins as."""


class _Overtaken(Refused):
    """Somebody else changed the rule while it was edited here."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this automation while you were editing it.")


class AutomationEditor(ModalScreen[int | None]):
    """One automation; answers its id once it is saved, None where it was left.

    `kept` is the one that is edited, None for a new one, which begins as `rule`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("f5,ctrl+r", "dry_run", "Dry run", id="rule.dry_run"),
        Binding("f1", "app.help", "Help", id="form.help"),
        Binding("escape", "leave", "Close", id="form.close"),
    ]

    AUTO_FOCUS = "RuleForm"

    DEFAULT_CSS = """
    AutomationEditor {
        align: center top;
        & > Dialog { width: 96; height: 100%; max-height: 46; overflow: hidden; }
        & #sentence { height: auto; max-height: 4; padding: 0 1; margin-bottom: 1; }
        & RuleForm { height: 1fr; background: $surface; }
        & #trouble { color: $text-error; text-style: bold; display: none; padding: 0 1; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, kept: Automation | None = None, rule: Rule = NEW) -> None:
        super().__init__()
        self._kept = kept
        self._rule = rule
        self._draft: Draft | None = None
        self._saving = False

    @property
    def form(self) -> RuleForm:
        """The form."""
        return self.query_one(RuleForm)

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._draft is not None and self._draft.dirty

    def compose(self) -> ComposeResult:
        """Yield the sentence, the form, the line for trouble, and the buttons."""
        with Dialog(hint="⏎ changes · c condition · a action · D removes · F5 dry run"):
            yield Static("", id="sentence", markup=False)
            yield RuleForm()
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Dry run", "F5", id="dry-run")
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    async def on_mount(self) -> None:
        """Fill the form as soon as it is read what a rule can name."""
        app, how = dealboard(self), writing(self)
        stock = await app.report(app.read(read_stock, how.today, how.locale, how.order))
        if stock is None or stock.setting is None:
            self.call_after_refresh(self.dismiss, None)
            return
        self._draft = Draft(self._rule, stock)
        if self._kept is None and self._rule is not NEW:
            self._draft.opened = NEW
        self.form.show(self._draft, offers(stock.custom, stock.setting))
        self._show()
        self.form.put_cursor(at.ON if self._rule is NEW else at.NAME)
        if self._kept is not None and self._kept.problem:
            self._draft.checked()
            self.form.go_to_complaint()
            self._say(self._kept.problem)

    @property
    def draft(self) -> Draft:
        """The rule as it is edited."""
        assert self._draft is not None  # noqa: S101 -- read before anything can be chosen
        return self._draft

    @on(RuleForm.Edited)
    def _show(self) -> None:
        """Show the rule as a sentence, and whether it is another one than what is kept."""
        draft = self.draft
        self.query_one("#sentence", Static).update(shown(spans(draft.rule, draft.stock.manner)))
        name = "Automation" if self._kept else "New automation"
        self.query_one(Dialog).title(f"{name} ●" if draft.dirty else name)
        self._say("")

    def _say(self, sentence: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.update(Content(safe(sentence)))
        trouble.set_class(bool(sentence), "-some")

    # ── lists ─────────────────────────────────────────────────────────────────────────────────

    @on(RuleForm.ListWanted)
    @work
    async def _list(self, event: RuleForm.ListWanted) -> None:
        """Let something be chosen; what needs more is asked on."""
        spot = event.spot
        if spot.part == "if":
            await self._condition(spot, event.cell)
        elif spot.part not in BRANCHES:
            await self._detail(spot)
        elif spot.arg == ADD:
            await self._add_step(spot.part)
        elif spot.arg:
            await self._argument(spot)
        else:
            await self._other_step(spot)

    async def _pick_id(
        self, title: str, choices: Sequence[Choice[int]], chosen: int | None
    ) -> int | None:
        return await self.app.push_screen_wait(Pick(title, choices, chosen=chosen))

    async def _pick(
        self, title: str, choices: Sequence[Choice[str]], chosen: str | None = None
    ) -> str | None:
        return await self.app.push_screen_wait(Pick(title, choices, chosen=chosen))

    # the trigger

    async def _detail(self, spot: Spot) -> None:
        draft, trigger = self.draft, self.draft.rule.trigger
        if spot == at.ON:
            choices = [Choice(on.value, *words) for on, words in TRIGGERS.items()]
            on_ = await self._pick("When", choices, trigger.on.value)
            if on_ is not None:
                draft.fire_on(On(on_))
                self.form.changed(at.TO if draft.rule.trigger.on is On.STAGE else draft.details[0])
        elif spot == at.FIELDS:
            fields = [Choice(each, DEAL_FIELDS[each].capitalize()) for each in UPDATED_FIELDS]
            picker = PickMany("Fields · none: any field", fields, chosen=trigger.fields)
            some = await self.app.push_screen_wait(picker)
            if some is not None:
                draft.detail(fields=some)
                self.form.changed()
        elif spot == at.PIPELINE:
            chosen = await self._pick_id(
                "In", [Choice(ANY, "Any pipeline"), *self._pipelines()], trigger.pipeline or ANY
            )
            if chosen is not None:
                draft.detail(pipeline=chosen or None)
                self.form.changed()
        else:
            await self._end(spot)

    async def _end(self, spot: Spot) -> None:
        """Choose the stage that a deal leaves or enters."""
        trigger = self.draft.rule.trigger
        chosen = trigger.from_stage if spot == at.FROM else trigger.to_stage
        choices = [Choice(ANY, "Any stage"), *self._stages(trigger.pipeline)]
        title = "A deal leaves" if spot == at.FROM else "A deal enters"
        stage = await self._pick_id(title, choices, chosen or ANY)
        if stage is None:
            return
        if spot == at.FROM:
            self.draft.detail(from_stage=stage or None)
        else:
            self.draft.detail(to_stage=stage or None)
        self.form.changed()

    def _pipelines(self) -> list[Choice[int]]:
        return [Choice(each.id, each.name) for each in self.draft.stock.pipelines]

    def _stages(self, pipeline_id: int | None) -> list[Choice[int]]:
        stock = self.draft.stock
        names = {each.id: each.name for each in stock.pipelines}
        return [
            Choice(
                each.id,
                f"{each.name} {MARK[each.kind]}".strip(),
                names.get(each.pipeline_id, "") if pipeline_id is None else f"{each.probability} %",
            )
            for each in stock.stages_of(pipeline_id)
        ]

    # conditions

    async def _condition(self, spot: Spot, cell: int) -> None:
        draft = self.draft
        if spot.arg == ADD or cell == FIELD:
            field = await self._pick("If", self._fields(), self._field_of(spot))
            if field is None:
                return
            if spot.arg != ADD:
                draft.compare(spot.at, field=field)
                self.form.changed()
                return
            spot = Spot("if", draft.add_condition(field))
            self.form.changed(spot)
            cell = HOW
            if not await self._compare(spot):
                draft.remove(spot)
                self.form.changed(Spot("if", arg=ADD))
                return
            self.form.change_value(spot.at)
        elif cell == HOW:
            if await self._compare(spot) and not draft.rule.test.conditions[spot.at].value:
                self.form.change_value(spot.at)
        else:
            await self._compared(spot)

    async def _compare(self, spot: Spot) -> bool:
        """Choose how a field is compared; False for Esc."""
        condition = self.draft.rule.test.conditions[spot.at]
        field = field_words(condition.field, self.draft.stock.custom)
        choices = [Choice(each.value, COMPARISONS[each]) for each in self.draft.operators(spot.at)]
        how = await self._pick(f"{field[:1].upper()}{field[1:]}", choices, condition.how.value)
        if how is not None:
            self.draft.compare(spot.at, how=Is(how))
            self.form.changed()
        return how is not None

    async def _compared(self, spot: Spot) -> None:
        """Choose what a field is compared with."""
        condition = self.draft.rule.test.conditions[spot.at]
        values = [Choice(each, each) for each in self.draft.values(spot.at)]
        title = f"{field_words(condition.field)} {COMPARISONS[condition.how]}"
        value = await self._pick(title, values, condition.value)
        if value is not None:
            self.draft.set_value(spot.at, value)
            self.form.changed()

    def _fields(self) -> list[Choice[str]]:
        """Return the fields by the words that sentences have for them."""
        custom = self.draft.stock.custom
        found = []
        for name in (*FIELDS, *(each.name for each in custom)):
            words = field_words(name, custom)
            own = "own field" if name.startswith(CUSTOM) else name.partition(".")[0]
            found.append(Choice(name, f"{words[:1].upper()}{words[1:]}", own))
        return found

    def _field_of(self, spot: Spot) -> str | None:
        return None if spot.at < 0 else self.draft.rule.test.conditions[spot.at].field

    # actions

    async def _add_step(self, branch: str) -> None:
        do = await self._pick("Then" if branch == "then" else "Otherwise", _actions())
        if do is None:
            return
        place = self.draft.add_step(cast("Branch", branch), Do(do))
        first = Spot(branch, place, self.draft.arguments(Do(do))[0])
        self.form.changed(first)
        self.form.change(first)

    async def _other_step(self, spot: Spot) -> None:
        do = await self._pick("Do instead", _actions(), self.draft.step(spot).do.value)
        if do is not None:
            self.draft.change_step(spot, Do(do))
            self.form.changed()

    async def _argument(self, spot: Spot) -> None:
        """Choose a stage, a pipeline or a user for an action."""
        draft, step = self.draft, self.draft.step(spot)
        argument = ARGUMENTS[step.do][spot.arg]
        title, choices = self._possible(spot, argument.kind)
        if not argument.required:
            choices = [Choice(ANY, _without(step.do, spot.arg)), *choices]
        chosen = await self._pick_id(title, choices, step.args.get(spot.arg, ANY))
        if chosen is None:
            return
        draft.argue(spot, chosen or None)
        names = draft.arguments(step.do)
        follows = names[names.index(spot.arg) + 1 :]
        self.form.changed(spot._replace(arg=follows[0]) if follows else None)

    def _possible(self, spot: Spot, kind: str) -> tuple[str, list[Choice[int]]]:
        stock, step = self.draft.stock, self.draft.step(spot)
        if kind == "pipeline":
            return "Pipeline", self._pipelines()
        if kind == "user":
            return "Owner", [Choice(each.id, each.name) for each in stock.users if each.active]
        return "Stage", self._stages(step.args.get("pipeline"))

    # ── what is done with the rule ────────────────────────────────────────────────────────────

    def _checked(self) -> Rule | None:
        """Return the rule if nothing is wrong with it; else show what is."""
        self.form.stop()
        rule = self.draft.checked()
        if rule is None:
            self.form.go_to_complaint()
            count = len(self.draft.complaints)
            self._say("✗ Something is missing or wrong." if count == 1 else f"✗ {count} problems.")
        return rule

    @on(Button.Pressed, "#dry-run")
    @work
    async def action_dry_run(self) -> None:
        """Show what the rule would do to a deal."""
        from dealboard.screens.dry_run import dry_run

        before = self.draft.rule.name
        self.draft.name("this automation")
        rule = self._checked()
        self.draft.rule = self.draft.rule._replace(name=before)
        if rule is not None:
            await dry_run(self, rule, self._kept.id if self._kept else None)

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @work
    async def _save(self) -> None:
        app = dealboard(self)
        try:
            receipt = await self._written(self.draft.rule)
        except DealboardError as error:
            self._complain(error)
        else:
            if receipt is not None:
                self.dismiss(receipt.value)
                app.tell(receipt)
                if receipt.operation is not None:
                    app.say(f"{receipt.label} · u undoes")
        finally:
            self._saving = False

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Keep the rule, if nothing is wrong with it."""
        if self._draft is not None and not self._saving and self._checked() is not None:
            self._saving = True
            self._save()

    async def _written(self, rule: Rule) -> "Receipt[int] | None":
        """Keep the rule; None where others changed it and theirs shall stay."""
        app = dealboard(self)
        try:
            return await app.write(self._saves(rule))
        except _Overtaken as error:
            detail = "Esc goes back to yours; nothing of either is lost by that."
            question = Confirm(f"{error.sentence} Save over it?", detail=detail, yes="Save")
            if not await self.app.push_screen_wait(question):
                return None
        return await app.write(self._saves(rule, over=True))

    def _saves(self, rule: Rule, *, over: bool = False) -> "Callable[[Transaction], int]":
        """Return what keeps the rule; `over` whatever others made of it meanwhile."""
        kept = self._kept

        def save(tx: "Transaction") -> int:
            if kept is None:
                return actions.automations.create(tx, rule)
            now = tx.read(automations.automation, kept.id)
            if not over and (now.rule, now.name) != (kept.rule, kept.name):
                raise _Overtaken
            actions.automations.edit(tx, kept.id, rule)
            return kept.id

        return save

    def _complain(self, error: DealboardError) -> None:
        sentence = error.whole
        if isinstance(error, InvalidValue) and self.draft.blame(error.field, in_place(error)):
            self.form.go_to_complaint()
        else:
            self._say(f"✗ {sentence}")


def _actions() -> list[Choice[str]]:
    return [Choice(do.value, *words) for do, words in ACTIONS.items()]


def _without(do: Do, name: str) -> str:
    """Return what leaving an argument empty is called in its list."""
    match do, name:
        case (Do.CREATE_DEAL, "stage"):
            return "Its first open stage"
        case (Do.UPDATE_DEAL, _):
            return "Leave it as it is"
        case _:
            return "The deal's owner"
