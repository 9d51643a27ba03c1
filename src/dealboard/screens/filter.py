"""The structured filter: every field a deal can be looked for by, and how many that leaves.

`FilterScreen(criteria)` answers the new `DealFilter`, None for Esc. With `board` one pipeline is
shown at a time (decision 44): `criteria.pipelines` and the answer's hold exactly that one.
"""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dealboard.domain import dates
from dealboard.domain.filter_words import Part, close_words, count_line, owner_name, typed_close
from dealboard.domain.filters import Days, DealFilter
from dealboard.domain.stages import MARK, StageKind
from dealboard.domain.text import safe
from dealboard.domain.views import Pipeline, Stage, Subtotal, User
from dealboard.errors import InvalidValue
from dealboard.screens.pick import Choice, Pick
from dealboard.screens.pick_many import PickMany
from dealboard.screens.saving import dealboard, writing
from dealboard.store.driver import Connection
from dealboard.store.reads import deals, pipelines, team
from dealboard.widgets.dialog import Buttons, Dialog, button
from dealboard.widgets.field import Field
from dealboard.widgets.line import Line
from dealboard.widgets.marks import Marks
from dealboard.widgets.several import Several

if TYPE_CHECKING:
    from dealboard.widgets.deal_form import Writing

KINDS = tuple(StageKind)

PRESETS = {
    "created": ("Created", dates.CREATED_PRESETS),
    "close": ("Expected to close", dates.CLOSE_PRESETS),
}
"""The usual ranges by the field's name, with the title of their list."""

MEANINGS = {"overdue": "open, due before today", "none": "no close date"}
"""What those of them mean that are no range of days."""

UNKNOWN = "–"
"""How many deals there are while a date is only half typed."""


class Material(NamedTuple):
    """What can be filtered by, and how many deals each pipeline holds."""

    pipelines: tuple[Pipeline, ...]
    stages: tuple[Stage, ...]
    users: tuple[User, ...]
    counts: dict[int, int]


def read_material(connection: Connection) -> Material:
    """Read what can be filtered by; users who left are among it, since their deals are."""
    return Material(
        pipelines.pipelines(connection),
        pipelines.all_stages(connection),
        team.users(connection),
        pipelines.pipeline_counts(connection),
    )


class DateLine(Line):
    """A line for a range of days; Space in an empty one asks for the usual ranges."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4,alt+down", "presets", "Usual ranges", id="filter.presets"),
    ]

    async def on_key(self, event: events.Key) -> None:
        """Take a space for a question where nothing is typed."""
        if event.key == "space" and not self.value and self.has_focus:
            event.stop().prevent_default()
            await self.run_action("presets")

    async def action_presets(self) -> None:
        """Ask for the usual ranges."""
        await self.screen.run_action(f"presets({self.id!r})")


class Opener(Static):
    """The mark behind a line that opens its list by the mouse."""

    ALLOW_SELECT = False

    def __init__(self, action: str) -> None:
        super().__init__("▾", classes="filter--opener", markup=False)
        self._action = action

    async def on_click(self) -> None:
        """Open the list."""
        await self.screen.run_action(self._action)


class FilterScreen(ModalScreen[DealFilter | None]):
    """All that deals can be filtered by, one field a line; what is understood is said at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f2,ctrl+s", "apply", "Apply", id="filter.apply"),
        Binding("f8,ctrl+l", "clear", "Clear all", id="filter.clear"),
        Binding("up,k", "app.focus_previous", "Field above", show=False),
        Binding("down,j", "app.focus_next", "Field below", show=False),
        Binding("f1", "app.help", "Help", id="filter.help"),
        Binding("escape", "leave", "Close", id="filter.close"),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tight"), (36, "-roomy")]  # noqa: RUF012

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    FilterScreen {
        align: center top;
        & > Dialog { width: 76; margin-top: 2; }
        &.-narrow > Dialog { margin-top: 0; }
        &.-roomy Field { margin-bottom: 1; }
        &.-narrow Field.-aside > .field--body { layout: vertical; }
        & DateLine { width: 26; }
        & .filter--opener { width: 3; padding: 0 1; color: $text-muted; pointer: pointer; }
        & .filter--dates { height: 1; width: 29; }
        & #found { margin-top: 1; text-style: bold; }
    }
    """

    def __init__(
        self, criteria: DealFilter, *, board: bool = False, part: Part | None = None
    ) -> None:
        super().__init__()
        self._criteria = criteria
        self._board = board
        self._part = part
        self._material = Material((), (), (), {})
        self._asked: DealFilter | None = None
        self._wanted: DealFilter | None = None

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        """Yield the fields, what they leave, and the buttons."""
        with Dialog(title="Filter deals", hint="space chooses · ⌫ any · ⏎ applies · esc"):
            yield Field("Pipeline", Several("Pipelines", id="pipeline"), id="field-pipeline")
            yield Field("Stage", Several("Stages", id="stage"))
            yield Field("Owner", Several("Owners", id="owner"))
            yield Field("Status", Marks([kind.value for kind in KINDS], id="status"))
            yield self._dates("Created", "created")
            yield self._dates("Close date", "close")
            name = Line(placeholder="deal, contact or reference", last=True, id="name")
            yield Field("Name", name)
            yield Static("", id="found", markup=False)
            with Buttons():
                yield button("Apply", "⏎", id="apply", variant="primary")
                yield button("Clear all", "F8", id="clear")
                yield button("Cancel", "esc", id="cancel")

    def _dates(self, label: str, name: str) -> Field:
        line = DateLine(placeholder="any · space lists", last=True, id=name)
        opener = Opener(f"presets({name!r})")
        return Field(
            label, Horizontal(line, opener, classes="filter--dates"), aside=True, id=f"field-{name}"
        )

    @work
    async def on_mount(self) -> None:
        """Show the filter, and read what there is to choose."""
        self.set_focus(self.query_one(f"#{self._part or Part.STAGE}"))
        app = dealboard(self)
        material = await app.report(app.read(read_material))
        if material is not None:
            self._material = material
            self.query_one("#field-pipeline").display = len(material.pipelines) > 1
            self._show(self._criteria)

    def _show(self, criteria: DealFilter) -> None:
        """Show a filter in the fields."""
        material = self._material
        self._several("pipeline").offer(
            [
                Choice(each.id, each.name, f"{material.counts.get(each.id, 0):,} deals")
                for each in material.pipelines
            ],
            criteria.pipelines,
        )
        self._offer_stages(criteria.pipelines, criteria.stages)
        me = dealboard(self).workspace.user.id
        self._several("owner").offer(
            [
                Choice(each.id, owner_name(each), "you" if each.id == me else "")
                for each in material.users
            ],
            criteria.owners,
        )
        self.query_one(Marks).mark([KINDS.index(kind) for kind in criteria.kinds])
        created = criteria.created
        self._line("created").value = dates.format_days(created) if created else ""
        self._line("close").value = typed_close(criteria)
        self._line("name").value = criteria.name
        self._look()

    def _offer_stages(self, of: frozenset[int], chosen: frozenset[int]) -> None:
        """Offer the stages of some pipelines, or of all."""
        names = {each.id: each.name for each in self._material.pipelines}
        shown = of or names.keys()
        hinted = len(shown) > 1
        choices = [
            Choice(
                each.id,
                f"{each.name} {MARK[each.kind]}".strip(),
                names[each.pipeline_id] if hinted else f"{each.probability} %",
            )
            for each in self._material.stages
            if each.pipeline_id in shown
        ]
        self._several("stage").offer(choices, chosen)

    def _several(self, name: str) -> Several:
        return self.query_one(f"#{name}", Several)

    def _line(self, name: str) -> Line:
        return self.query_one(f"#{name}", Line)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    @property
    def _writing(self) -> "Writing":
        return writing(self)

    # ── what is meant, and what it leaves ─────────────────────────────────────────────────────

    def _meant(self) -> DealFilter:
        """Return the filter that the fields show. Raises InvalidValue, naming the date's field."""
        created, close = self._created(), self._close()
        return DealFilter(
            name=self._line("name").value.strip(),
            pipelines=self._several("pipeline").chosen,
            stages=self._several("stage").chosen,
            owners=self._several("owner").chosen,
            kinds=frozenset(KINDS[number] for number in self.query_one(Marks).marked),
            created=created,
            close=close.close,
            no_close_date=close.no_close_date,
            overdue=close.overdue,
        )

    def _created(self) -> Days | None:
        text, by = self._line("created").value, self._writing
        if not text.strip():
            return None
        return dates.parse_range(
            text,
            by.today,
            order=by.order,
            first_weekday=by.first_weekday,
            field="created",
            keep_words=True,
        )

    def _close(self) -> DealFilter:
        by = self._writing
        days, none, overdue = dates.parse_close(
            self._line("close").value,
            by.today,
            order=by.order,
            first_weekday=by.first_weekday,
            field="close",
            keep_words=True,
        )
        return DealFilter(close=days, no_close_date=none, overdue=overdue)

    def _preview(self, *names: str) -> None:
        """Say beside dates what was understood; what is not is wrong once it is left."""
        words = {"created": self._created_words, "close": self._close_words}
        for name in names or words:
            field = self._field(name)
            try:
                field.say(words[name]())
            except InvalidValue as error:
                (field.say if self._line(name).has_focus else field.complain)(error.reason)

    def _created_words(self) -> str:
        days = self._created()
        return dates.describe_days(days) if days else ""

    def _close_words(self) -> str:
        close = self._close()
        return close_words(close, dates.describe_days(close.close) if close.close else "")

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Say what is wrong with a date that was left."""
        if isinstance(event.widget, DateLine) and event.widget.id:
            self._preview(event.widget.id)

    def _look(self) -> None:
        """Have counted what the fields leave; what comes while it is counted waits its turn."""
        self._preview()
        try:
            meant = self._meant()
        except InvalidValue:
            meant = None
            self.query_one("#found", Static).update(UNKNOWN)
        if meant == self._asked or not self._material.users:
            return
        waiting = self._wanted is not None
        self._wanted = self._asked = meant
        if meant is not None and not waiting:
            dealboard(self).start(self._count())

    async def _count(self) -> None:
        """Count until nothing newer is wanted; what no longer is, is not shown."""
        app = dealboard(self)
        while (wanted := self._wanted) is not None:
            today = app.workspace.today
            found = await app.report(app.read(deals.count_and_totals, wanted, today=today))
            if not self.is_attached:
                return
            if self._wanted is not wanted:
                continue
            self._wanted = None
            if found is not None:
                self._say(*found)

    def _say(self, count: int, totals: tuple[Subtotal, ...]) -> None:
        scope = self._several("pipeline").chosen if self._board else frozenset()
        counts = self._material.counts
        of = sum(number for each, number in counts.items() if not scope or each in scope)
        line = count_line(count, totals, of, locale=self._writing.locale)
        found = self.query_one_optional("#found", Static)
        if found is not None:  # the form may be on its way out
            found.update(Content(safe(line)))

    @on(Several.Changed)
    @on(Marks.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        self._look()

    @on(Several.Changed, "#pipeline")
    def _other_pipelines(self) -> None:
        """Forget the stages of pipelines that are no longer looked at."""
        stage = self._several("stage")
        self._offer_stages(self._several("pipeline").chosen, stage.chosen)
        stage.choose(stage.chosen & {each.id for each in stage.choices})

    # ── lists ─────────────────────────────────────────────────────────────────────────────────

    @on(Several.ListWanted)
    def _list(self, event: Several.ListWanted) -> None:
        several = event.several

        def take(chosen: tuple[int, ...] | None) -> None:
            if chosen is not None:
                several.choose(chosen)

        def take_one(chosen: int | None) -> None:
            if chosen is not None:
                several.choose([chosen])

        if several.id == "pipeline" and self._board:
            (chosen,) = several.chosen or (None,)
            self.app.push_screen(Pick("Pipeline", several.choices, chosen=chosen), take_one)
        else:
            picker = PickMany(several.title, several.choices, chosen=several.chosen)
            self.app.push_screen(picker, take)

    def action_presets(self, name: str) -> None:
        """Show the usual ranges, each with the days that it means now."""
        by, line = self._writing, self._line(name)
        title, presets = PRESETS[name]

        def take(words: str | None) -> None:
            if words is not None:
                line.value = words
                line.cursor_position = len(words)

        def days_of(words: str) -> str:
            if words in MEANINGS:
                return MEANINGS[words]
            days = dates.parse_range(words, by.today, first_weekday=by.first_weekday)
            return dates.describe_days(days)

        self.set_focus(line)
        choices = [Choice(words, words, days_of(words)) for words in presets]
        self.app.push_screen(Pick(title, choices, chosen=line.value.strip()), take)

    # ── keys ──────────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#apply")
    @on(Input.Submitted)
    def action_apply(self) -> None:
        """Answer the filter, if its dates are dates."""
        try:
            self.dismiss(self._meant())
        except InvalidValue as error:
            sentence = f"{error.reason[:1].upper()}{error.reason[1:]}. {error.hint}".strip()
            self._field(error.field).complain(sentence)
            self.set_focus(self._line(error.field))

    @on(Button.Pressed, "#clear")
    def action_clear(self) -> None:
        """Filter by nothing, but stay."""
        kept = self._several("pipeline").chosen if self._board else frozenset()
        self._show(DealFilter(pipelines=kept))

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Leave the filter as it was."""
        self.dismiss(None)
