"""Pipelines and the stages of the chosen one (guide, Managing pipelines, Stage configuration)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, NamedTuple, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from dealboard import actions
from dealboard.domain.stages import MARK, MAX_PIPELINES, MAX_STAGES, StageKind
from dealboard.domain.text import excerpt, safe
from dealboard.domain.views import Pipeline, Stage
from dealboard.screens.ask import Ask
from dealboard.screens.confirm import Confirm
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.settings_section import Section
from dealboard.store.driver import Connection
from dealboard.store.reads import pipelines
from dealboard.widgets.row_lines import Column, Entry
from dealboard.widgets.rows import Rows


class Shown(NamedTuple):
    """All pipelines and stages, and how many deals each stage holds."""

    pipelines: tuple[Pipeline, ...] = ()
    stages: tuple[Stage, ...] = ()
    deals: Mapping[int, int] = MappingProxyType({})

    def pipeline(self, pipeline_id: object) -> Pipeline | None:
        """Return a pipeline."""
        return next((each for each in self.pipelines if each.id == pipeline_id), None)

    def stage(self, stage_id: object) -> Stage | None:
        """Return a stage."""
        return next((each for each in self.stages if each.id == stage_id), None)

    def stages_of(self, pipeline_id: object) -> tuple[Stage, ...]:
        """Return the stages of a pipeline, in order."""
        return tuple(each for each in self.stages if each.pipeline_id == pipeline_id)

    def deals_of(self, pipeline_id: object) -> int:
        """Return how many deals a pipeline holds, closed ones included."""
        return sum(self.deals.get(each.id, 0) for each in self.stages_of(pipeline_id))


def read_shown(connection: Connection) -> Shown:
    """Read what the section shows."""
    return Shown(
        pipelines.pipelines(connection),
        pipelines.all_stages(connection),
        pipelines.stage_counts(connection),
    )


class PipelinesPane(Vertical):
    """The pipelines, in their order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "stages", "Stages", id="pipelines.stages"),
        Binding("n", "new", "New pipeline", id="pipelines.new"),
        Binding("n", "no_room", show=False),
        Binding("r,e", "rename", "Rename", id="pipelines.rename"),
        Binding("D,delete", "delete", "Delete", id="pipelines.delete"),
    ]

    def __init__(self) -> None:
        super().__init__(id="pipelines-pane")
        columns = Column("Pipeline", elastic=True), Column("Stages", right=True)
        self.rows = Rows(
            *columns, Column("Deals", right=True), title="Pipelines", id="pipeline-list"
        )
        self._shown = Shown()

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield self.rows

    @property
    def section(self) -> "PipelinesSection":
        """The section around."""
        return self.query_ancestor(PipelinesSection)

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline that the keys mean."""
        return self._shown.pipeline(self.rows.cursor_id)

    def show(self, shown: Shown, at: int | None) -> None:
        """Show the pipelines."""
        self._shown = shown
        self.rows.show([_pipeline_entry(each, shown) for each in shown.pipelines], at=at)
        used = f"{len(shown.pipelines)} of {MAX_PIPELINES} used"
        self.rows.border_subtitle = used if shown.pipelines else f"{used} · n creates one"
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what is possible with these pipelines (decision 11)."""
        match action:
            case "new":
                return not self._full
            case "no_room":
                return self._full
            case "stages" | "rename" | "delete":
                return self.pipeline is not None
        return True

    @property
    def _full(self) -> bool:
        return len(self._shown.pipelines) >= MAX_PIPELINES

    @on(Rows.Opened)
    def action_stages(self) -> None:
        """Go to the stages of the pipeline."""
        self.screen.set_focus(self.section.stages.rows)

    @work
    async def action_new(self) -> None:
        """Create a pipeline."""
        from dealboard.screens.pipeline import PipelineScreen

        self.section.follow = await self.section.ask(PipelineScreen())
        self.section.touch()

    def action_no_room(self) -> None:
        """Say why there is no more."""
        used = f"{MAX_PIPELINES} of {MAX_PIPELINES} pipelines are used"
        self.section.dealboard.say(f"{used}: delete an empty one to make room.", severity="warning")

    @work
    async def action_rename(self) -> None:
        """Give the pipeline another name."""
        pipeline = self.pipeline
        if pipeline is not None:
            asking = Ask("Name of the pipeline", initial=pipeline.name, required=True)
            name = await self.section.ask(asking)
            if name is not None:
                self.section.do(lambda tx: actions.pipelines.rename(tx, pipeline.id, name))

    @work
    async def action_delete(self) -> None:
        """Delete the pipeline; where it holds deals, offer to move them (decision 12)."""
        pipeline = self.pipeline
        if pipeline is None:
            return
        deals = self._shown.deals_of(pipeline.id)
        if deals:
            await self._move_deals(pipeline, deals)
        elif await self.section.ask(
            Confirm(
                f"Delete the pipeline {excerpt(pipeline.name)}?",
                detail="It holds no deals; its stages go with it. u brings it back.",
            )
        ):
            self.section.do(lambda tx: actions.pipelines.delete(tx, pipeline.id))

    async def _move_deals(self, pipeline: Pipeline, deals: int) -> None:
        others = [each for each in self._shown.pipelines if each.id != pipeline.id]
        holds = f"{excerpt(pipeline.name, 24)} holds {_deals(deals)}, closed ones included"
        if not others:
            said = f"{holds}, and cannot be deleted: there is no other pipeline to move them to."
            self.section.dealboard.say(said, severity="warning")
            return
        choices = [
            Choice(each.id, each.name, _deals(self._shown.deals_of(each.id))) for each in others
        ]
        into = await self.section.ask(Pick(f"{holds}. Move them to", choices))
        if into is None:
            return
        heir = next(each for each in others if each.id == into)
        question = (
            f"Move {_deals(deals)} to {excerpt(heir.name)} and delete {excerpt(pipeline.name)}?"
        )
        detail = "Each goes to the stage of the same name, else to the like one. u brings all back."
        if await self.section.ask(Confirm(question, detail=detail, yes="Move and delete")):
            self.section.do(lambda tx: actions.pipelines.empty_and_delete(tx, pipeline.id, heir.id))

    @on(Rows.Shifted)
    def _shift(self, event: Rows.Shifted) -> None:
        pipeline_id, by = cast("int", event.entry_id), event.by
        self.section.do(lambda tx: actions.pipelines.shift(tx, pipeline_id, by))

    @on(Rows.Dropped)
    def _drop(self, event: Rows.Dropped) -> None:
        pipeline_id, position = cast("int", event.entry_id), event.to + 1
        self.section.do(lambda tx: actions.pipelines.move(tx, pipeline_id, position))


class StagesPane(Vertical):
    """The stages of a pipeline: open ones in any order, then Won, then Lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "Add stage", id="stages.add"),
        Binding("e", "edit", "Edit", id="stages.edit"),
        Binding("r", "rename", "Rename", id="stages.rename"),
        Binding("D,delete", "delete", "Delete", id="stages.delete"),
        Binding("left,h,escape", "back", "Pipelines", id="stages.back"),
    ]

    def __init__(self) -> None:
        super().__init__(id="stages-pane")
        self.rows = Rows(
            Column("Stage", elastic=True),
            Column("Probability", right=True),
            Column("Rots after", right=True),
            Column("Deals", right=True),
            Column(optional=True),
            title="Stages",
            id="stage-list",
        )
        self._shown = Shown()
        self._pipeline: Pipeline | None = None

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield self.rows

    @property
    def section(self) -> "PipelinesSection":
        """The section around."""
        return self.query_ancestor(PipelinesSection)

    @property
    def stage(self) -> Stage | None:
        """The stage that the keys mean."""
        return self._shown.stage(self.rows.cursor_id)

    def show(self, shown: Shown, pipeline: Pipeline | None, at: int | None = None) -> None:
        """Show the stages of a pipeline."""
        self._shown, self._pipeline = shown, pipeline
        stages = shown.stages_of(pipeline.id) if pipeline else ()
        self.rows.show([_stage_entry(each, shown.deals.get(each.id, 0)) for each in stages], at=at)
        named = f"Stages of {safe(pipeline.name)}" if pipeline else "Stages"
        self.rows.border_title = Content(named)
        self.rows.border_subtitle = f"{len(stages)} of {MAX_STAGES}" if pipeline else ""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what is possible with the stage."""
        match action:
            case "add":
                return self._pipeline is not None
            case "edit" | "rename":
                return self.stage is not None
            case "delete":
                return self.stage is not None and self.stage.kind is StageKind.OPEN
        return True

    @on(Rows.Highlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    def action_back(self) -> None:
        """Go back to the pipelines."""
        self.screen.set_focus(self.section.pipelines.rows)

    @work
    async def action_add(self) -> None:
        """Add a stage behind the one with the cursor."""
        from dealboard.screens.stage_form import StageForm

        if self._pipeline is not None:
            position = self.stage.position + 1 if self.stage else None
            opens = sum(
                each.kind is StageKind.OPEN for each in self._shown.stages_of(self._pipeline.id)
            )
            form = StageForm(self._pipeline, position=min(position or 1, opens + 1))
            self.section.follow_stage = await self.section.ask(form)
            self.section.touch()

    @on(Rows.Opened)
    @work
    async def action_edit(self) -> None:
        """Change name, probability and rotting days."""
        from dealboard.screens.stage_form import StageForm

        if self.stage is not None and self._pipeline is not None:
            await self.section.ask(StageForm(self._pipeline, self.stage))

    @work
    async def action_rename(self) -> None:
        """Give the stage another name."""
        stage = self.stage
        if stage is not None:
            asking = Ask("Name of the stage", initial=stage.name, required=True)
            name = await self.section.ask(asking)
            if name is not None:
                self.section.do(lambda tx: actions.stages.edit(tx, stage.id, name=name))

    @work
    async def action_delete(self) -> None:
        """Delete the stage, if it is empty and not the last open one; else that is said."""
        stage = self.stage
        if stage is None:
            return
        question = f"Delete the stage {excerpt(stage.name)}?"
        detail = "It holds no deals. u brings it back."
        if self._deletable(stage) and not await self.section.ask(Confirm(question, detail=detail)):
            return
        self.section.do(lambda tx: actions.stages.delete(tx, stage.id))

    def _deletable(self, stage: Stage) -> bool:
        beside = self._shown.stages_of(stage.pipeline_id)
        others = any(each.kind is StageKind.OPEN and each.id != stage.id for each in beside)
        return others and not self._shown.deals.get(stage.id)

    @on(Rows.Shifted)
    def _shift(self, event: Rows.Shifted) -> None:
        stage_id, by = cast("int", event.entry_id), event.by
        self.section.do(lambda tx: actions.stages.shift(tx, stage_id, by))

    @on(Rows.Dropped)
    def _drop(self, event: Rows.Dropped) -> None:
        stage_id, position = cast("int", event.entry_id), event.to + 1
        self.section.do(lambda tx: actions.stages.move(tx, stage_id, position))


class PipelinesSection(Section):
    """Pipelines on the left or on top, the stages of the one with the cursor beside or below."""

    DEFAULT_CSS = """
    PipelinesSection {
        & > PipelinesPane { height: auto; max-height: 50%; }
        & > PipelinesPane > Rows { max-height: 100%; }
        & > StagesPane { height: 1fr; }
        & > StagesPane > Rows { max-height: 100%; }
        &.-wide { layout: horizontal; }
        &.-wide > PipelinesPane { width: 2fr; max-height: 100%; margin-right: 1; }
        &.-wide > StagesPane { width: 3fr; }
    }
    """

    WIDE = 110
    """Cells from which the two lists stand side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.pipelines = PipelinesPane()
        self.stages = StagesPane()
        self.follow: int | None = None
        self.follow_stage: int | None = None
        self._shown = Shown()

    def compose(self) -> ComposeResult:
        """Yield the two lists."""
        yield self.pipelines
        yield self.stages

    def on_resize(self) -> None:
        """Put the lists where they have most room."""
        self.set_class(self.size.width >= self.WIDE, "-wide")

    async def reload(self) -> bool:
        """Read pipelines, stages and how many deals they hold."""
        self._shown = await self.dealboard.read(read_shown)
        follow, self.follow = self.follow, None
        self.pipelines.show(self._shown, follow)
        follow, self.follow_stage = self.follow_stage, None
        self.stages.show(self._shown, self.pipelines.pipeline, follow)
        return True

    @on(Rows.Highlighted, "#pipeline-list")
    def _show_stages(self) -> None:
        self.stages.show(self._shown, self.pipelines.pipeline)


def _pipeline_entry(pipeline: Pipeline, shown: Shown) -> Entry:
    deals = shown.deals_of(pipeline.id)
    opens = sum(each.kind is StageKind.OPEN for each in shown.stages_of(pipeline.id))
    cells = (
        (pipeline.name, "strong"),
        (f"{opens} + 2", "muted"),
        (f"{deals:,}" if deals else "empty", "row" if deals else "muted"),
    )
    return Entry(pipeline.id, cells, movable=True)


def _stage_entry(stage: Stage, deals: int) -> Entry:
    opens = stage.kind is StageKind.OPEN
    rots = f"{stage.rotting_days} days" if stage.rotting_days else "never"
    style = "strong" if opens else stage.kind.value
    cells = (
        (f"{stage.name} {MARK[stage.kind]}".rstrip(), style),
        (f"{stage.probability} %", "row" if opens else "muted"),
        (rots if opens else "–", "row" if opens and stage.rotting_days else "muted"),
        (f"{deals:,}" if deals else "empty", "row" if deals else "muted"),
        ("" if opens else "fixed, always last", "muted"),
    )
    return Entry(stage.id, cells, movable=opens)


def _deals(number: int) -> str:
    return f"{number:,} deal{'' if number == 1 else 's'}"
