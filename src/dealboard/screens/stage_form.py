"""The form of one stage: its name, its probability, and when deals in it rot."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard import actions
from dealboard.domain.changes import StageChanges
from dealboard.domain.stages import MARK, StageKind, parse_probability, parse_rotting_days
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import Pipeline, Stage
from dealboard.errors import DealboardError, InvalidValue, MissingField
from dealboard.screens.confirm import leave
from dealboard.screens.saving import dealboard
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Transaction


class StageForm(ModalScreen[int | None]):
    """A new stage, or one that is there; answers its id once it is saved, None for Esc.

    Of Won and Lost only the name can be changed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "#name Line"

    DEFAULT_CSS = """
    StageForm {
        align: center middle;
        & > Dialog { width: 64; padding: 1 1 0 1; }
        & .-fixed { padding: 0 1; width: 1fr; color: $text-muted; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self, pipeline: Pipeline, stage: Stage | None = None, position: int = 1) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._stage = stage
        self._position = position
        self._fixed = stage is not None and stage.kind is not StageKind.OPEN
        self._opened: tuple[str, ...] = ()
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    def compose(self) -> ComposeResult:
        """Yield the fields."""
        stage = self._stage
        title = "New stage" if stage is None else f"Stage {MARK[stage.kind]}".strip()
        with Dialog(title=f"{title} · {excerpt(self._pipeline.name, 30)}"):
            name = Line(stage.name if stage else "", last=self._fixed)
            yield Field("Name", name, required=True, id="name")
            if stage is not None and self._fixed:
                always = f"always {stage.probability} %, always last"
                yield Field("Probability", Static(always, classes="-fixed", markup=False))
            else:
                percent = str(stage.probability) if stage else ""
                rots = str(stage.rotting_days or "") if stage else ""
                yield Field(
                    "Probability", Line(percent, placeholder="auto"), aside=True, id="percent"
                )
                days = Line(rots, placeholder="never" if stage else "as the workspace", last=True)
                yield Field("Rots after", days, aside=True, id="days")
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Save", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Say what the fields are for, and keep what an untouched form looks like."""
        self._explain()
        self._opened = self._state()

    def _explain(self) -> None:
        if not self._fixed:
            self.query_one("#percent", Field).say("% of them are won")
            self.query_one("#days", Field).say("days without news")

    def _state(self) -> tuple[str, ...]:
        return tuple(line.value.strip() for line in self.query(Line))

    @on(Input.Changed)
    def _forgive(self, event: Input.Changed) -> None:
        field = event.input.query_ancestor(Field)
        if field.wrong:
            field.say("")
            self._explain()

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    def action_save(self) -> None:
        """Save the stage, if every field means something."""
        try:
            changes = self._changes()
        except InvalidValue as error:
            self._complain(error)
            return
        if not self._saving:
            self._saving = True
            self._save(changes)

    def _changes(self) -> StageChanges:
        name, *rest = self._state()
        if not name:
            raise MissingField("stage", "a stage needs a name")
        changes = StageChanges(name=name)
        if rest:
            percent, days = rest
            if percent or self._stage is not None:
                changes["probability"] = parse_probability(percent)
            if days or self._stage is not None:
                changes["rotting_days"] = parse_rotting_days(days)
        return changes

    @work
    async def _save(self, changes: StageChanges) -> None:
        app, stage = dealboard(self), self._stage
        pipeline_id, position = self._pipeline.id, self._position

        def save(tx: "Transaction") -> int:
            if stage is not None:
                actions.stages.edit(tx, stage.id, **changes)
                return stage.id
            percent = changes.get("probability")
            name = changes["name"]
            made = actions.stages.add(tx, pipeline_id, name, probability=percent, position=position)
            if "rotting_days" in changes:
                actions.stages.edit(tx, made, rotting_days=changes["rotting_days"])
            return made

        try:
            receipt = await app.write(save)
        except InvalidValue as error:
            self._complain(error)
        except DealboardError as error:
            trouble = self.query_one("#trouble", Static)
            trouble.add_class("-some")
            trouble.update(Content(safe(error.whole)))
        else:
            self.dismiss(receipt.value)
            if receipt.operation is not None:
                app.call_next(app.say, f"{receipt.label} · u undoes")
            app.tell(receipt)
        finally:
            self._saving = False

    def _complain(self, error: InvalidValue) -> None:
        wrong = {"probability": "percent", "rotting days": "days"}.get(error.field, "name")
        field = self.query_one(f"#{wrong}", Field)
        field.complain(in_place(error))
        field.query_one(Line).focus()
