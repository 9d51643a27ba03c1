"""The form of one stage: its name, its probability, and when deals in it rot."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from dealboard import actions
from dealboard.domain.changes import StageChanges
from dealboard.domain.stages import MARK, StageKind, parse_probability, parse_rotting_days
from dealboard.domain.text import excerpt
from dealboard.domain.views import Pipeline, Stage
from dealboard.errors import MissingField
from dealboard.screens.saving import dealboard
from dealboard.screens.small_form import SmallForm
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line

if TYPE_CHECKING:
    from dealboard.store.transaction import Receipt, Transaction


class StageForm(SmallForm[int]):
    """A new stage, or one that is there; answers its id.

    Of Won and Lost only the name can be changed.
    """

    PLACES: ClassVar[Mapping[str, str]] = {"probability": "percent", "rotting days": "days"}

    def __init__(self, pipeline: Pipeline, stage: Stage | None = None, position: int = 1) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._stage = stage
        self._position = position
        self._fixed = stage is not None and stage.kind is not StageKind.OPEN

    @property
    def heading(self) -> str:
        """Whether it is a new one, and in which pipeline."""
        stage = self._stage
        title = "New stage" if stage is None else f"Stage {MARK[stage.kind]}".strip()
        return f"{title} · {excerpt(self._pipeline.name, 30)}"

    def fields(self) -> ComposeResult:
        """Yield the fields."""
        stage = self._stage
        name = Line(stage.name if stage else "", last=self._fixed)
        yield Field("Name", name, required=True, id="name")
        if stage is not None and self._fixed:
            always = f"always {stage.probability} %, always last"
            yield Field("Probability", self.fixed(always))
            return
        percent = str(stage.probability) if stage else ""
        rots = str(stage.rotting_days or "") if stage else ""
        yield Field("Probability", Line(percent, placeholder="auto"), aside=True, id="percent")
        days = Line(rots, placeholder="never" if stage else "as the workspace", last=True)
        yield Field("Rots after", days, aside=True, id="days")

    def explain(self) -> None:
        """Say what the numbers are."""
        if not self._fixed:
            self.query_one("#percent", Field).say("% of them are won")
            self.query_one("#days", Field).say("days without news")

    def _changes(self) -> StageChanges:
        name, *rest = (line.value.strip() for line in self.query(Line))
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

    async def write(self) -> "Receipt[int]":
        """Save the stage, if every field means something."""
        changes, stage = self._changes(), self._stage
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

        return await dealboard(self).write(save)
