"""The form of a new pipeline (guide, Creating a pipeline)."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard import actions
from dealboard.domain.stages import MAX_PIPELINES, NewStage
from dealboard.domain.text import safe
from dealboard.errors import DealboardError, InvalidValue
from dealboard.screens.confirm import leave
from dealboard.screens.saving import dealboard
from dealboard.store.reads import pipelines
from dealboard.widgets.deal_form import in_place
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line
from dealboard.widgets.stage_rows import StageRows

NAME = "Sales Pipeline"
"""What a first pipeline is called unless somebody says otherwise (decision 14)."""

STARTERS = (
    NewStage("Lead", 10),
    NewStage("Qualified", 30),
    NewStage("Proposal", 60),
    NewStage("Negotiation", 80),
)
"""The stages that the form proposes."""

TEACHING = "Deals go through its stages; the % says how likely they are to be won there."

KEYS = "alt+↑↓ move a stage · F6 takes it away"


class PipelineScreen(ModalScreen[int | None]):
    """Name and stages of a new pipeline; answers its id, None for Esc.

    Esc asks first where something was changed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+s", "save", "Save", id="form.save"),
        Binding("escape", "leave", "Close", id="form.close"),
        Binding("f1", "app.help", "Help", id="form.help"),
    ]

    AUTO_FOCUS = "#name Line"

    DEFAULT_CSS = """
    PipelineScreen {
        align: center middle;
        & > Dialog { width: 64; }
        & #teaching { color: $text-muted; margin-bottom: 1; }
        & #keys { color: $text-muted; margin-top: 1; }
        & #name { margin-bottom: 1; }
        & #trouble { color: $text-error; text-style: bold; display: none; }
        & #trouble.-some { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._opened: tuple[object, ...] = ()
        self._saving = False

    @property
    def dirty(self) -> bool:
        """Whether leaving would lose something."""
        return self._state() != self._opened

    @property
    def _title(self) -> Line:
        return self.query_one("#name Line", Line)

    @property
    def _rows(self) -> StageRows:
        return self.query_one(StageRows)

    def compose(self) -> ComposeResult:
        """Yield what a pipeline is, its name, its stages and the buttons."""
        with Dialog(title="New pipeline"):
            yield Static(TEACHING, id="teaching", markup=False)
            yield Field("Name", Line(NAME), required=True, id="name")
            yield Field("Stages", StageRows(STARTERS), required=True, id="stages")
            yield Static(KEYS, id="keys", markup=False)
            yield Static("", id="trouble", markup=False)
            with Buttons():
                yield button("Create", "F2", id="save", variant="primary")
                yield button("Close", "esc", id="close")

    def on_mount(self) -> None:
        """Keep what an untouched form looks like, and count the pipelines."""
        self._opened = self._state()
        self._count()

    @work
    async def _count(self) -> None:
        app = dealboard(self)
        known = await app.report(app.read(pipelines.pipelines)) or ()
        self.query_one(Dialog).hint(f"{len(known)} of {MAX_PIPELINES} pipelines used")
        if len(known) >= MAX_PIPELINES:
            self._trouble("All are used. Delete an empty pipeline to make room.")
            self.query_one("#save", Button).disabled = True
        taken = {each.name.casefold() for each in known}
        if self._title.value.casefold() in taken and not self.dirty:
            self._title.value = ""
            self._opened = self._state()

    def _state(self) -> tuple[object, ...]:
        return (self._title.value, self._rows.texts)

    # ── leaving and saving ────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#close")
    def action_leave(self) -> None:
        """Leave; not at once if that loses something."""
        leave(self, dirty=self.dirty)

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Create the pipeline."""
        stages = self._rows.stages()
        if stages is not None and not self._saving and not self.query_one("#save").disabled:
            self._trouble("")
            self._saving = True
            self._save(self._title.value, stages)

    @work
    async def _save(self, name: str, stages: tuple[NewStage, ...]) -> None:
        app = dealboard(self)
        try:
            receipt = await app.write(lambda tx: actions.pipelines.create(tx, name, stages))
        except InvalidValue as error:
            self._complain(error)
        except DealboardError as error:
            self._trouble(error.whole)
        else:
            self.dismiss(receipt.value)
            app.tell(receipt)
        finally:
            self._saving = False

    def _complain(self, error: InvalidValue) -> None:
        if error.field == "stage":
            self._rows.complain(str(error.value), in_place(error))
        elif error.field == "pipeline":
            self.query_one("#name", Field).complain(in_place(error))
            self._title.focus()
        else:
            self._trouble(error.whole)

    @on(StageRows.Refused)
    def _refuse(self, event: StageRows.Refused) -> None:
        self._trouble(event.sentence)

    @on(Input.Changed, "#name Line")
    def _forgive(self) -> None:
        self.query_one("#name", Field).say("")

    def _trouble(self, sentence: str) -> None:
        trouble = self.query_one("#trouble", Static)
        trouble.set_class(bool(sentence), "-some")
        trouble.update(Content(safe(sentence.strip())))
