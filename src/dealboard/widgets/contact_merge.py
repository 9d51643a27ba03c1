"""Two contacts side by side, and what is kept of each when they become one.

The choice itself is a value (`Merging`), so that what is previewed and what is done are one thing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from dealboard.domain.views import Contact, CustomField
from dealboard.widgets.contact_form import LABELS, NAMES, consent_word
from dealboard.widgets.contact_values import show_value
from dealboard.widgets.deal_form import Writing
from dealboard.widgets.lines import Line, Span, cut, literal, row, width_of
from dealboard.widgets.span_styles import SpanStyles

if TYPE_CHECKING:
    from dealboard.domain.changes import ContactChanges

LABEL_WIDTH = 14
NOTHING = "–"


class Side(NamedTuple):
    """One of the two: the contact, and how many deals it has, open and closed."""

    contact: Contact
    open: int
    closed: int


class MergeRow(NamedTuple):
    """A field of both; `keys` are the contact's fields, or the custom field's id."""

    label: str
    keys: tuple[str, ...] | int
    values: tuple[str, str]
    fixed: bool = False

    @property
    def open(self) -> bool:
        """Whether there is anything to choose: both have a value, and not the same."""
        return not self.fixed and all(self.values) and self.values[0] != self.values[1]


@dataclass(frozen=True, slots=True)
class Merging:
    """Which of two contacts stays, and the rows in which the other one's value is kept."""

    sides: tuple[Side, Side]
    rows: tuple[MergeRow, ...]
    stays: int = 0
    taken: frozenset[int] = frozenset()

    @property
    def kept(self) -> Contact:
        """The contact that stays."""
        return self.sides[self.stays].contact

    @property
    def gone(self) -> Contact:
        """The contact that goes."""
        return self.sides[1 - self.stays].contact

    def side_of(self, number: int) -> int:
        """Return whose value of a row is kept: the survivor's, unless it has none."""
        values = self.rows[number].values
        if not self.rows[number].open:
            return self.stays if values[self.stays] else 1 - self.stays
        return 1 - self.stays if number in self.taken else self.stays

    def swapped(self) -> "Merging":
        """Return the same with the other contact staying, and its values kept."""
        return replace(self, stays=1 - self.stays, taken=frozenset())

    def choosing(self, number: int, side: int) -> "Merging":
        """Return the same with one side's value of a row kept."""
        if not self.rows[number].open:
            return self
        taken = self.taken - {number} if side == self.stays else self.taken | {number}
        return replace(self, taken=taken)

    def changes(self) -> "ContactChanges":
        """Return what the survivor takes over though it has a value of its own."""
        given: dict[str, Any] = {}
        custom: dict[int, str] = {}
        for number in sorted(self.taken):
            keys = self.rows[number].keys
            if isinstance(keys, int):
                custom[keys] = self.gone.custom[keys]
            else:
                given |= {key: getattr(self.gone, key) for key in keys}
        return cast("ContactChanges", given | ({"custom": custom} if custom else {}))


def merging(sides: tuple[Side, Side], custom: Sequence[CustomField], writing: Writing) -> Merging:
    """Return the merging of two contacts; the older one stays unless somebody says otherwise."""
    older = min((0, 1), key=lambda n: (sides[n].contact.created_at, sides[n].contact.id))
    rows = tuple(each for each in _rows(sides, custom, writing) if any(each.values))
    return Merging(sides, rows, older)


def _rows(
    sides: tuple[Side, Side], custom: Sequence[CustomField], writing: Writing
) -> Iterator[MergeRow]:
    left, right = (side.contact for side in sides)
    yield MergeRow("Name", NAMES, (left.name, right.name))
    for name, label in LABELS.items():
        if name == "consent":
            words = [c.consent is not None and consent_word(c.consent) for c in (left, right)]
            yield MergeRow(label, (name,), (words[0] or "", words[1] or ""), fixed=True)
        elif name not in (*NAMES, "consent_source"):
            values = getattr(left, name) or "", getattr(right, name) or ""
            yield MergeRow(label, (name,), values)
    for field in custom:
        shown = [show_value(field, c.custom.get(field.id, ""), writing) for c in (left, right)]
        yield MergeRow(field.name, field.id, (shown[0], shown[1]))
    deals = [_deals(side) for side in sides]
    yield MergeRow("Deals", (), (deals[0], deals[1]), fixed=True)
    days = [f"{side.contact.created_at.astimezone():%-d %b %Y}" for side in sides]
    yield MergeRow("Created", (), (days[0], days[1]), fixed=True)


def _deals(side: Side) -> str:
    if not side.open + side.closed:
        return "none"
    return " · ".join(
        f"{count} {word}" for count, word in ((side.open, "open"), (side.closed, "closed")) if count
    )


def merge_lines(chosen: Merging, width: int) -> Iterator[tuple[Line, int]]:
    """Yield the lines, and which row each is: -1 for the head."""
    head = [_head(chosen, side) for side in (0, 1)]
    yield _beside([("", "label")], head, width), -1
    for number, each in enumerate(chosen.rows):
        cells = [_cell(chosen, number, side) for side in (0, 1)]
        yield _beside([(literal(each.label), "label")], cells, width), number


def _head(chosen: Merging, side: int) -> list[Span]:
    """Return whether a contact stays, and its number."""
    number = (literal(f"#{chosen.sides[side].contact.id}"), "muted")
    stays = side == chosen.stays
    return [("● stays  ", "mark") if stays else ("○ goes   ", "muted"), number]


def _cell(chosen: Merging, number: int, side: int) -> list[Span]:
    """Return a value with its mark: what is kept has a tick, what is lost is struck out."""
    each = chosen.rows[number]
    value = literal(each.values[side]) or NOTHING
    if each.label == "Deals" and each.keys == ():
        return [("✓ ", "mark"), (value, "kept")]
    if each.label == "Created" and each.keys == ():
        kept = side == chosen.stays
    elif each.fixed:
        kept = side == _consent_side(chosen, number)
    else:
        kept = side == chosen.side_of(number) or each.values[0] == each.values[1]
    if not each.values[side]:
        return [("  ", "muted"), (NOTHING, "muted")]
    return [("✓ ", "mark"), (value, "kept")] if kept else [("  ", "muted"), (value, "lost")]


def _consent_side(chosen: Merging, number: int) -> int:
    """Return whose consent is kept: a refusal outlives the merge."""
    values = chosen.rows[number].values
    other = 1 - chosen.stays
    if values[other] == consent_word(consent=False):
        return other
    return chosen.stays if values[chosen.stays] else other


def _beside(label: list[Span], cells: Sequence[Sequence[Span]], width: int) -> Line:
    """Put a label and two cells in a line, the cells as wide as each other."""
    label_width = min(LABEL_WIDTH, width // 4)
    half = (width - label_width) // 2
    parts = [
        *row([(cut(label[0][0], label_width - 1), label[0][1])], (), label_width, "label"),
        *_fitted(cells[0], half),
        *_fitted(cells[1], width - label_width - half),
    ]
    return tuple(parts)


def _fitted(spans: Sequence[Span], width: int) -> Line:
    mark, (text, style) = spans
    text = cut(text, width - width_of([mark]) - 1)
    return row([mark, (text, style)], (), width, "kept")


class MergeTable(Widget, can_focus=True):
    """Draws a merging and lets it be changed; `merging` is what is chosen."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("left,h", "take(0)", "Keep the left one", show=False, id="merge.left"),
        Binding("right,l", "take(1)", "Keep the right one", show=False, id="merge.right"),
        Binding("space", "other", "Keep the other one", id="merge.other"),
        Binding("s", "swap", "Other contact stays", id="merge.swap"),
    ]

    DEFAULT_CSS = """
    MergeTable {
        height: auto;
        & > .merge--label { color: $text-muted; }
        & > .merge--kept { color: $text; }
        & > .merge--lost { color: $text-muted; text-style: strike; }
        & > .merge--muted { color: $text-muted; }
        & > .merge--mark { color: $text-success; text-style: bold; }
        & > .merge--cursor { background: $primary 30%; }
        & > .merge--marker { color: $accent; }
        &:nocolor > .merge--cursor { text-style: reverse; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"merge--{name}"
        for name in ("label", "kept", "lost", "muted", "mark", "cursor", "marker", "plain")
    }

    merging: reactive[Merging | None] = reactive(None, layout=True)
    """The two contacts and what is chosen."""

    cursor: reactive[int] = reactive(0)
    """The row that the keys mean."""

    @dataclass
    class Changed(Message):
        """Something else was chosen."""

        merging: Merging

    def __init__(self) -> None:
        super().__init__()
        self._style = SpanStyles(self, "merge")

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        rows = len(self.merging.rows) if self.merging else 1
        return max(0, min(cursor, rows - 1))

    def watch_merging(self, chosen: Merging | None) -> None:
        """Say what is chosen."""
        if chosen is not None:
            self.post_message(self.Changed(chosen))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return a line for the head and one for each row."""
        return 1 + (len(self.merging.rows) if self.merging else 0)

    def render_line(self, y: int) -> Strip:
        """Return a line; the cursor's has a marker."""
        width = self.size.width
        lines = list(merge_lines(self.merging, max(0, width - 2))) if self.merging else []
        if y >= len(lines):
            return Strip.blank(width, self._style("plain"))
        spans, number = lines[y]
        at_cursor = self.has_focus and number == self.cursor
        ground = "cursor" if at_cursor else "plain"
        segments = [Segment("▌ " if at_cursor else "  ", self._style(ground, "marker"))]
        segments += [Segment(text, self._style(ground, style)) for text, style in spans]
        return Strip(segments).adjust_cell_length(width, self._style(ground))

    def notify_style_update(self) -> None:
        """Take the styles of a new theme."""
        super().notify_style_update()
        self._style = SpanStyles(self, "merge")

    def action_step(self, by: int) -> None:
        """Move the cursor; beyond the last row to the buttons."""
        rows = len(self.merging.rows) if self.merging else 0
        if self.cursor + by >= rows:
            self.screen.focus_next()
        else:
            self.cursor += by

    def action_take(self, side: int) -> None:
        """Keep one side's value of the row."""
        if self.merging is not None:
            self.merging = self.merging.choosing(self.cursor, side)

    def action_other(self) -> None:
        """Keep the value of the row that is not kept so far."""
        if self.merging is not None:
            self.action_take(1 - self.merging.side_of(self.cursor))

    def action_swap(self) -> None:
        """Let the other contact stay."""
        if self.merging is not None:
            self.merging = self.merging.swapped()

    def on_click(self, event: events.Click) -> None:
        """Keep the value that was clicked; on the head, the contact."""
        at = event.get_content_offset(self)
        if at is None or self.merging is None:
            return
        label = min(LABEL_WIDTH, (self.size.width - 2) // 4)
        half = (self.size.width - 2 - label) // 2
        side = int(at.x - 2 - label >= half)
        if at.y == 0:
            if side != self.merging.stays:
                self.action_swap()
        elif at.y <= len(self.merging.rows) and at.x >= 2 + label:
            self.cursor = at.y - 1
            self.action_take(side)
