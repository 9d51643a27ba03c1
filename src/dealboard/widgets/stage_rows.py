"""The stages of a pipeline that is being made: a name and a probability in each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from dealboard.domain.stages import (
    FIXED_PROBABILITY,
    MARK,
    MAX_STAGES,
    NewStage,
    StageKind,
    parse_probability,
)
from dealboard.domain.text import safe
from dealboard.errors import InvalidValue
from dealboard.widgets.line import Line

FIXED = ((StageKind.WON, "Won"), (StageKind.LOST, "Lost"))
"""The stages that every pipeline ends in (guide, Stage structure)."""


class _Name(Line):
    """The name of a stage; Backspace in an empty one takes the row away."""

    async def action_submit(self) -> None:
        """Go on to the probability; past it where there is no name."""
        self.screen.focus_next()
        if not self.value.strip():
            self.screen.focus_next()

    def action_delete_left(self) -> None:
        """Delete a character, or the row."""
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(StageRow.Removed(self.query_ancestor(StageRow)))


class _Percent(Line):
    """The probability of a stage; Enter goes on to the next stage."""

    async def action_submit(self) -> None:
        """Go on to the next stage."""
        self.query_ancestor(StageRows).go_on(self.query_ancestor(StageRow))


class _Marks(Static):
    """What the mouse can do with a row."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(" ↑ ↓ ✕", markup=False)

    def on_click(self, event: events.Click) -> None:
        """Move the row, or take it away."""
        row = self.query_ancestor(StageRow)
        wanted = {
            1: StageRow.Shifted(row, -1),
            3: StageRow.Shifted(row, 1),
            5: StageRow.Removed(row),
        }
        if event.x in wanted:
            self.post_message(wanted[event.x])


class StageRow(Vertical):
    """One open stage."""

    DEFAULT_CSS = """
    StageRow {
        height: auto;
        & > Horizontal { height: 1; }
        & _Name { width: 1fr; }
        & _Percent { width: 8; margin-left: 1; }
        & .stage-row--sign { width: 2; color: $text-muted; }
        & _Marks { width: 7; color: $text-muted; pointer: pointer; }
        & .stage-row--note { color: $text-error; text-style: bold; padding: 0 1; display: none; }
        &.-wrong .stage-row--note { display: block; }
    }
    """

    @dataclass
    class Shifted(Message):
        """The row shall move."""

        row: "StageRow"
        by: int

    @dataclass
    class Removed(Message):
        """The row shall go."""

        row: "StageRow"

    def __init__(self, name: str = "", percent: str = "") -> None:
        super().__init__()
        self.title = _Name(name, placeholder="another stage")
        self.percent = _Percent(percent, placeholder="auto")
        self._note = Static("", classes="stage-row--note", markup=False)

    def compose(self) -> ComposeResult:
        """Yield name, probability and marks, and the note beneath."""
        with Horizontal():
            yield self.title
            yield self.percent
            yield Static("%", classes="stage-row--sign", markup=False)
            yield _Marks()
        yield self._note

    def complain(self, sentence: str) -> None:
        """Say what is wrong with the stage; nothing for an empty sentence."""
        self.set_class(bool(sentence), "-wrong")
        self._note.update(Content(safe(f"✗ {sentence}" if sentence else "")))

    @property
    def texts(self) -> tuple[str, str]:
        """What is typed."""
        return self.title.value.strip(), self.percent.value.strip()

    @on(Input.Changed)
    def _forgive(self) -> None:
        self.complain("")


class StageRows(Vertical):
    """The open stages in their order and an empty row for one more, then Won and Lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "row(-1)", "Stage above", show=False),
        Binding("down", "row(1)", "Stage below", show=False),
        Binding("alt+up,shift+up,f7", "shift(-1)", "Move the stage up", id="stage.up"),
        Binding("alt+down,shift+down,f8", "shift(1)", "Move the stage down", id="stage.down"),
        Binding("f6", "remove", "Take the stage away", id="stage.remove"),
    ]

    DEFAULT_CSS = """
    StageRows {
        height: auto;
        & .stage-rows--fixed {
            height: 1;
            color: $text-muted;
            & > .stage-rows--name { width: 1fr; padding: 0 1; }
            & > .stage-rows--percent { width: 18; padding: 0 2; }
        }
    }
    """

    @dataclass
    class Refused(Message):
        """What was asked for is not possible."""

        sentence: str

    def __init__(self, stages: Sequence[NewStage]) -> None:
        super().__init__()
        self._stages = stages

    def compose(self) -> ComposeResult:
        """Yield the rows, then the two fixed ones."""
        for stage in self._stages:
            percent = "" if stage.probability is None else str(stage.probability)
            yield StageRow(stage.name, percent)
        yield StageRow()
        for kind, name in FIXED:
            with Horizontal(classes="stage-rows--fixed"):
                label = f"{name} {MARK[kind]}  always last"
                yield Static(label, classes="stage-rows--name", markup=False)
                percent = f"{FIXED_PROBABILITY[kind]:<7}%"
                yield Static(percent, classes="stage-rows--percent", markup=False)

    # ── public ────────────────────────────────────────────────────────────────────────────────

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """What is typed in the rows that are not empty."""
        return tuple(row.texts for row in self._rows if any(row.texts))

    def stages(self) -> tuple[NewStage, ...] | None:
        """Return the stages that have a name; None, with a note, if one has no percentage."""
        try:
            return tuple(self._read())
        except InvalidValue:
            return None

    def complain(self, name: str, sentence: str) -> None:
        """Say what is wrong with a stage: the last one of that name."""
        named = [row for row in self._rows if row.texts[0].casefold() == name.casefold()]
        row = (named or self._rows)[-1]
        row.complain(sentence)
        row.title.focus()

    def go_on(self, row: StageRow) -> None:
        """Go on from the probability of a stage to the next stage."""
        rows = self._rows
        if row is not rows[-1]:
            rows[rows.index(row) + 1].title.focus()
        else:
            self.screen.focus_next()

    # ── rows ──────────────────────────────────────────────────────────────────────────────────

    @property
    def _rows(self) -> list[StageRow]:
        return list(self.query(StageRow))

    def _used(self) -> list[StageRow]:
        """Return the rows without the empty one at the end."""
        rows = self._rows
        return rows if any(rows[-1].texts) else rows[:-1]

    def _read(self) -> Iterator[NewStage]:
        for row in self._rows:
            name, percent = row.texts
            if not name:
                continue
            try:
                yield NewStage(name, parse_probability(percent) if percent else None)
            except InvalidValue as error:
                row.complain(f"{error.reason[:1].upper()}{error.reason[1:]}.")
                row.percent.focus()
                raise

    @on(Input.Changed)
    def _keep_one_empty(self) -> None:
        """Have an empty row at the end, as long as another stage fits."""
        rows = self._rows
        if any(rows[-1].texts) and len(rows) + len(FIXED) < MAX_STAGES:
            self.mount(StageRow(), after=rows[-1])

    def action_row(self, by: int) -> None:
        """Go to the row above or below; beyond them to the fields around."""
        row, rows = self._row_with_cursor(), self._rows
        if row is None:
            return
        to = rows.index(row) + by
        if 0 <= to < len(rows):
            (rows[to].percent if row.percent.has_focus else rows[to].title).focus()
        elif by < 0:
            rows[0].title.focus()
            self.screen.focus_previous()
        else:
            rows[-1].percent.focus()
            self.screen.focus_next()

    def action_shift(self, by: int) -> None:
        """Move the row with the cursor."""
        row = self._row_with_cursor()
        if row is not None:
            self._shift(row, by)

    def action_remove(self) -> None:
        """Take the row with the cursor away."""
        row = self._row_with_cursor()
        if row is not None:
            self._remove(row)

    def _row_with_cursor(self) -> StageRow | None:
        return next((row for row in self._rows if row.has_focus_within), None)

    @on(StageRow.Shifted)
    def _shifted(self, event: StageRow.Shifted) -> None:
        self._shift(event.row, event.by)

    @on(StageRow.Removed)
    def _removed(self, event: StageRow.Removed) -> None:
        self._remove(event.row)

    def _shift(self, row: StageRow, by: int) -> None:
        used = self._used()
        to = used.index(row) + by if row in used else -1
        if 0 <= to < len(used) and by < 0:
            self.move_child(row, before=used[to])
        elif 0 <= to < len(used):
            self.move_child(row, after=used[to])

    def _remove(self, row: StageRow) -> None:
        rows, used = self._rows, self._used()
        if row not in used:
            return
        if len(used) == 1:
            self.post_message(self.Refused("A pipeline needs one open stage."))
            return
        at = rows.index(row)
        rows[at - 1 if at else 1].title.focus()
        row.remove()
