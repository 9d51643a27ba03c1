"""An automation as lines of a form: when, if, then, otherwise; each part with what it means.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from rich.cells import cell_len

from dealboard.domain.rule_terms import (
    ACTIONS,
    ARGUMENT_LABELS,
    COMPARISONS,
    DEAL_FIELDS,
    TRIGGERS,
)
from dealboard.domain.rule_words import (
    MISSING,
    field_words,
    one_line,
    value_words,
)
from dealboard.domain.rules import Do, Step
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, cut, cut_line, literal, row, width_of
from dealboard.widgets.rule_draft import (
    ADD,
    BRANCHES,
    DAYS,
    ENABLED,
    FIELDS,
    FROM,
    NAME,
    NEED,
    ON,
    PIPELINE,
    TO,
    WAIT,
    Branch,
    Draft,
    Spot,
)
from dealboard.widgets.wrapping import wrap

LABEL_CELLS = 12
INDENT = 4
"""Cells before what belongs to a numbered condition or action."""

TAKE_OFF, MOVE_DOWN, MOVE_UP = 1, 3, 5
"""Cells from the end of a numbered line to what the mouse can do there."""

MARKS_CELLS = 6
FIELD, HOW, VALUE = 0, 1, 2
"""The cells of a condition."""

VALUE_LINES = 4
"""Lines that a long text may take."""

EMPTY_WORDS = {
    (Do.CREATE_DEAL, "stage"): "its first open stage",
    (Do.CREATE_DEAL, "title"): "the contact's name",
    (Do.CREATE_DEAL, "owner"): "the deal's owner",
    (Do.CREATE_DEAL, "currency"): "that of the deal",
    (Do.UPDATE_DEAL, "find_reference"): "this one",
    (Do.ADD_TASK, "days"): "no day",
    (Do.ADD_TASK, "owner"): "the deal's owner",
    (Do.SEND_WEBHOOK, "secret"): "not signed",
}
"""What an argument means while it is left empty."""

LABELS = {
    (Do.ADD_TASK, "days"): "Due in",
    (Do.ADD_TASK, "owner"): "For",
    (Do.MOVE_STAGE, "stage"): "To",
    (Do.ASSIGN_OWNER, "owner"): "To",
    (Do.DELAY, WAIT): "How long",
}

PLACEHOLDERS = {
    NAME: "what it is called in the list and in the timeline",
    DAYS: "3 days before, 2 days after, on the day",
}

ARGUMENT_PLACEHOLDERS = {
    "text": "{{ offers the fields of the deal",
    "title": "{{ offers the fields of the deal",
    "amount": "12k, or {{deal.amount}}",
    "currency": "EUR",
    "close_date": "+30d, eom, or {{today+30d}}",
    "reference": "{{deal.reference}}",
    "find_reference": "a reference; empty: this deal",
    "contact": "name <e-mail>, a phone number, or {{…}}",
    "url": "https://example.com/hook",
    "secret": "the name of a secret, not the secret itself",
    "days": "2, tomorrow, 1 week",
    WAIT: "2d, 3 hours, 30 min",
}
"""What an empty line says while it is typed in."""

DETAIL_LABELS = {PIPELINE: "In", FROM: "From", TO: "To", FIELDS: "Fields", DAYS: "Day"}


@dataclass(frozen=True, slots=True)
class View:
    """What the lines depend on besides the draft: where the cursor is, and what is typed in."""

    at: object = None
    cell: int = FIELD
    editing: Spot | None = None


def rule_blocks(draft: Draft, view: View, width: int) -> list[Block]:
    """Return the form of a rule."""
    blocks = [_block(NAME, "Name", draft, view, width), _enabled(draft, view)]
    blocks += _head("when", "When", width)
    trigger = draft.rule.trigger
    title = TRIGGERS[trigger.on][0]
    blocks.append(_chosen(ON, "Event", title, draft, view, width))
    blocks += [_detail(spot, draft, view, width) for spot in draft.details]
    blocks += _head("if", "If", width)
    blocks += _conditions(draft, view, width)
    for branch in BRANCHES:
        blocks += _head(branch, "Then" if branch == "then" else "Otherwise", width)
        for at, step in enumerate(draft.steps(branch)):
            blocks += _step(branch, at, step, draft, view, width)
        what = "add an action"
        if branch == "else":
            what += " for deals that the conditions do not hold for"
        blocks.append(_adding(Spot(branch, arg=ADD), what, draft, view, width))
    return [
        block._replace(lines=tuple(cut_line(line, width) for line in block.lines))
        for block in blocks
    ]


def value_place(spot: Spot, width: int) -> tuple[int, int]:
    """Return the column in which the value at a place begins, and how many cells it may take."""
    if spot.part == "if":
        x = INDENT + sum(condition_columns(width))
        return x, max(4, width - x - MARKS_CELLS)
    x = LABEL_CELLS + (INDENT if spot.part in BRANCHES else 0)
    return x, max(4, width - x)


def condition_columns(width: int) -> tuple[int, int]:
    """Return how many cells field and comparison of a condition take."""
    return (26, 16) if width >= 70 else (20, 14) if width >= 56 else (14, 13)


def cell_at(x: int, width: int) -> int:
    """Return the cell of a condition in a column of its line."""
    field, how = condition_columns(width)
    if x < INDENT + field:
        return FIELD
    return HOW if x < INDENT + field + how else VALUE


def placeholder(spot: Spot, draft: Draft) -> str:
    """Return what an empty line says."""
    if spot.part == "if":
        known = draft.stock.known(draft.rule.test.conditions[spot.at].field)
        hints = {"money": "10k", "number": "50", "date": "today, +7d, 31/12"}
        return hints.get(known.kind.value if known else "", "")
    return PLACEHOLDERS.get(spot) or ARGUMENT_PLACEHOLDERS.get(spot.arg, "")


# ── the parts ─────────────────────────────────────────────────────────────────────────────────


def _head(key: str, label: str, width: int) -> list[Block]:
    return [
        Block(("above", key), (EMPTY,), stops=False),
        Block(("head", key), (rule(label, width),), stops=False),
    ]


def _enabled(draft: Draft, view: View) -> Block:
    mark = "● on" if draft.rule.enabled else "○ off"
    hint = "it runs from when it is saved" if draft.rule.enabled else "it is kept, and does not run"
    return Block(
        ENABLED,
        (
            (
                _label("Switched", ENABLED, view),
                (mark, "won" if draft.rule.enabled else "muted"),
                (f"  {hint}", "muted"),
            ),
        ),
    )


def _detail(spot: Spot, draft: Draft, view: View, width: int) -> Block:
    trigger, names = draft.rule.trigger, draft.stock.manner.names
    label = DETAIL_LABELS[spot]
    if spot == DAYS:
        return _block(spot, label, draft, view, width)
    if spot == FIELDS:
        chosen = ", ".join(DEAL_FIELDS.get(each, each) for each in trigger.fields)
        return _chosen(spot, label, chosen, draft, view, width, empty="any field")
    row_id, known, empty = {
        PIPELINE: (trigger.pipeline, names.pipelines, "any pipeline"),
        FROM: (trigger.from_stage, names.stages, "any stage"),
        TO: (trigger.to_stage, names.stages, "any stage"),
    }[spot]
    name = "" if row_id is None else known.get(row_id, "deleted: choose another one")
    return _chosen(spot, label, name, draft, view, width, empty=empty)


def _conditions(draft: Draft, view: View, width: int) -> Iterator[Block]:
    some = draft.rule.test.conditions
    if len(some) > 1:
        words = {"all": "all of these hold", "any": "any of these holds"}
        yield _chosen(NEED, "", words[draft.rule.test.need], draft, view, width, indent="    ")
    for at in range(len(some)):
        yield _condition(at, draft, view, width)
    what = "add a condition" if some else "add a condition; without one it always runs"
    yield _adding(Spot("if", arg=ADD), what, draft, view, width)


def _condition(at: int, draft: Draft, view: View, width: int) -> Block:
    spot, condition = Spot("if", at), draft.rule.test.conditions[at]
    here = view.at == spot
    columns = condition_columns(width)
    field = field_words(condition.field, draft.stock.custom)
    cells = [f"{field[:1].upper()}{field[1:]}", COMPARISONS[condition.how]]
    spans: list[Span] = [(f"{at + 1:>2}  ", "muted")]
    for number, (text, cells_wide) in enumerate(zip(cells, columns, strict=True)):
        spans += _cell(text, cells_wide, active=here and view.cell == number)
    if draft.has_value(at) and view.editing != spot:
        room = value_place(spot, width)[1]
        typed = value_words(condition, draft.stock.manner) or draft.text(spot)
        spans += _cell(
            typed or MISSING, room, active=here and view.cell == VALUE, missing=not typed
        )
    lines = [row(spans, _marks(at, len(draft.rule.test.conditions)), width, "text")]
    lines += _below(spot, value_place(spot, width)[0], draft, view, width)
    return Block(spot, tuple(lines))


def _cell(text: str, width: int, *, active: bool, missing: bool = False) -> Line:
    """Return a cell of a condition; the one at the cursor stands in brackets."""
    shown = cut(literal(text), width - 3)
    style = "overdue" if missing else "head" if active else "text"
    shown = f"‹{shown}›" if active else f" {shown} "
    return ((shown, style), (" " * max(0, width - cell_len(shown)), "text"))


def _step(
    branch: Branch, at: int, step: Step, draft: Draft, view: View, width: int
) -> Iterator[Block]:
    spot = Spot(branch, at)
    style = "head" if view.at == spot else "title"
    left: Line = ((f"{at + 1:>2}  ", "muted"), (ACTIONS[step.do][0], style), (" ▾", "muted"))
    lines = [row(left, _marks(at, len(draft.steps(branch))), width, "text")]
    lines += _below(spot, INDENT, draft, view, width)
    yield Block(spot, tuple(lines))
    for name in draft.arguments(step.do):
        yield _argument(Spot(branch, at, name), step, draft, view, width)


def _argument(spot: Spot, step: Step, draft: Draft, view: View, width: int) -> Block:
    label = LABELS.get((step.do, spot.arg)) or ARGUMENT_LABELS[spot.arg]
    empty = EMPTY_WORDS.get((step.do, spot.arg), "–")
    if draft.is_typed(spot):
        return _block(spot, label, draft, view, width, empty=empty, indent=" " * INDENT)
    value = step.args.get(spot.arg)
    names = draft.stock.manner.names
    known = {"pipeline": names.pipelines, "stage": names.stages, "user": names.users}
    name = ""
    if value is not None:
        name = known[draft.kind(spot)].get(cast("int", value), "deleted: choose another one")
    return _chosen(spot, label, name, draft, view, width, empty=empty, indent=" " * INDENT)


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


def _label(label: str, spot: Spot, view: View) -> Span:
    short = cut(label, LABEL_CELLS - 1)
    padded = short + " " * (LABEL_CELLS - cell_len(short))
    return padded, "head" if view.at == spot else "muted"


def _block(
    spot: Spot,
    label: str,
    draft: Draft,
    view: View,
    width: int,
    *,
    empty: str = "–",
    indent: str = "",
) -> Block:
    """Return a text that is typed, under its label."""
    x, room = value_place(spot, width)
    text = draft.text(spot)
    shown = wrap(text, room, VALUE_LINES) if text else ()
    if view.editing == spot:
        shown = ("",)
    style = "title" if spot == NAME else "text"
    first, *more = shown or (empty,)
    head: Line = (
        (indent, "text"),
        _label(label, spot, view),
        (first, style if shown else "muted"),
    )
    lines = [head, *(((" " * x, "text"), (line, style)) for line in more)]
    return Block(spot, (*lines, *_below(spot, x, draft, view, width)))


def _chosen(
    spot: Spot,
    label: str,
    value: str,
    draft: Draft,
    view: View,
    width: int,
    *,
    empty: str = "",
    indent: str = "",
) -> Block:
    """Return what is chosen from a list, under its label."""
    spans: list[Span] = [(indent, "text")]
    if label:
        spans.append(_label(label, spot, view))
    room = max(2, width - width_of(spans) - 2)
    shown = cut(one_line(value, 200), room)
    style = "text" if value else "muted"
    spans += [(shown or empty or MISSING, style), (" ▾", "muted")]
    x = value_place(spot, width)[0]
    return Block(spot, (tuple(spans), *_below(spot, x, draft, view, width)))


def _adding(spot: Spot, what: str, draft: Draft, view: View, width: int) -> Block:
    style = "accent" if view.at == spot else "muted"
    lines: Line = ((cut(f"  ＋ {what}", width), style),)
    return Block(spot, (lines, *_below(spot, INDENT, draft, view, width)))


def _marks(at: int, count: int) -> Line:
    """Return what the mouse can do with a numbered line."""
    up, down = "↑" if at else " ", "↓" if at < count - 1 else " "
    return ((f"{up} {down} ✕", "muted"),)


def _below(spot: Spot, x: int, draft: Draft, view: View, width: int) -> Sequence[Line]:
    """Return what is wrong at a place; while it is typed in, what it means."""
    said = draft.complaints.get(spot)
    editing = view.editing == spot
    if said and not editing:
        return [
            ((" " * x, "text"), (line, "overdue")) for line in wrap(f"✗ {said}", max(2, width - x))
        ]
    if editing:
        means = draft.understood(spot)
        text = f"= {means}" if means else said or ""
        if not text and not draft.takes_fields(spot):
            return []
        return [((" " * x, "text"), (line, "muted")) for line in wrap(text, max(2, width - x), 2)]
    return []
