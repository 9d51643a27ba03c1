"""The fields of a deal as lines: its contacts, then a label and a value for each field.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dealboard.domain.stages import MARK
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.chosen import Chosen, NewContact, label_of, reach_of
from dealboard.widgets.deal_form import LABELS, REQUIRED, Draft
from dealboard.widgets.lines import Line, Span, cut, literal, row
from dealboard.widgets.wrapping import wrap

ADD = "add"
"""The key of the line that adds a contact; the contacts have their places, fields their names."""

LABEL_CELLS = 12
MARK_CELLS = 2
"""Cells between a label and its value: where a field that was changed has its mark."""

VALUE_LINES = 4
"""Lines that a long value may take."""

CHANGED = "●"
SELECTED = "▸"
CHOSEN = ("pipeline", "stage", "owner")
"""The fields whose value is one of a list."""

TAKE_OFF = 1
MOVE_UP = 3
"""Cells from the end of a contact's line to what the mouse can do there."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What the lines depend on besides the draft."""

    at: object = None
    """The key of the line that the cursor is on."""
    editing: str = ""
    """The field over which an editor lies, or `ADD`."""
    selected: int = -1
    """The contact whose chat is shown."""
    unfinished: str = ""
    """What is typed in the search and is not a contact yet."""
    search_lines: int = 1
    """How many lines the search takes."""
    notes: Sequence[tuple[str, str]] = ()
    """Labels and values that stand below and are not edited here."""
    marks_required: bool = False


def field_blocks(draft: Draft, fields: Fields, width: int) -> list[Block]:
    """Return the contacts, the line that adds one, the fields, and the notes below."""
    blocks = [Block("head", (_heading(draft, fields, width),), stops=False)]
    people = enumerate(draft.typed.contacts)
    blocks += [Block(place, (_contact(each, place, fields, width),)) for place, each in people]
    blocks.append(Block(ADD, tuple(_adding(draft, fields, width))))
    blocks.append(Block("below contacts", (EMPTY,), stops=False))
    names = (name for name in LABELS if name != "contacts")
    blocks += [Block(name, tuple(_field(name, draft, fields, width))) for name in names]
    if fields.notes:
        blocks.append(Block("above notes", (EMPTY,), stops=False))
    for label, value in fields.notes:
        lines = _labelled(label, "muted", " ", wrap(value, _room(width)), "muted")
        blocks.append(Block(("note", label), tuple(lines), stops=False))
    return blocks


def value_column() -> int:
    """Return the column of a line in which values begin."""
    return LABEL_CELLS + MARK_CELLS


def _room(width: int) -> int:
    return max(2, width - value_column())


def _heading(draft: Draft, fields: Fields, width: int) -> Line:
    mark = f" {CHANGED}" if "contacts" in draft.changed else ""
    return rule(f"{_label('contacts', fields)}{mark}", width)


def _label(name: str, fields: Fields) -> str:
    return f"{LABELS[name]} *" if fields.marks_required and name in REQUIRED else LABELS[name]


def _contact(contact: Chosen, place: int, fields: Fields, width: int) -> Line:
    chosen = place == fields.selected
    mark: Span = (f"{SELECTED} " if chosen else "  ", "accent")
    reach = literal(reach_of(contact))
    rest = f"  new · {reach}" if isinstance(contact, NewContact) else f"  {reach}"
    name = cut(literal(label_of(contact)), max(4, width - 8))
    marks: Line = ((f"{'↑' if place else ' '} ✕", "muted"),)
    return row((mark, (name, "title"), (rest, "muted")), marks, width, "text")


def _adding(draft: Draft, fields: Fields, width: int) -> Iterator[Line]:
    if fields.editing == ADD:
        yield from [EMPTY] * fields.search_lines
    elif fields.unfinished:
        yield (("  ＋ ", "accent"), (f"{literal(fields.unfinished)} …", "text"))
    else:
        yield (("  ＋ add a contact", "accent" if fields.at == ADD else "muted"),)
    yield from _complaint(draft, "contacts", 2, width)


def _field(name: str, draft: Draft, fields: Fields, width: int) -> Iterator[Line]:
    label = _label(name, fields)
    style = "head" if fields.at == name else "muted"
    mark = CHANGED if name in draft.changed else " "
    if fields.editing == name:
        yield from _labelled(label, style, mark, ("",), "text")
        understood = draft.understood(name)
        if understood and name not in draft.complaints:
            yield ((" " * value_column(), "text"), (f"= {literal(understood)}", "muted"))
    elif name in CHOSEN:
        yield from _labelled(label, style, mark, (_choice(name, draft, width),), "text")
    else:
        value = _value(name, draft)
        value_style = "title" if name == "title" else "text"
        lines = wrap(value, _room(width), VALUE_LINES) if value else ("–",)
        yield from _labelled(label, style, mark, lines, value_style if value else "muted")
    yield from _complaint(draft, name, value_column(), width)


def _value(name: str, draft: Draft) -> str:
    """Return what a field says: what is understood of it, if that is not the same."""
    understood = draft.understood(name)
    return draft.typed.text(name) if understood in ("", "…") else understood


def _choice(name: str, draft: Draft, width: int) -> str:
    label, hint = choice_of(name, draft.chosen(name), draft)
    return cut(f"{literal(label)}{f'  {hint}' if hint else ''}", max(2, _room(width) - 2)) + " ▾"


def choice_of(name: str, chosen: int, draft: Draft) -> tuple[str, str]:
    """Return the name of what a field can be, and what helps to choose it."""
    choices = draft.choices
    if name == "owner":
        owner = choices.owner(chosen)
        return (owner.name, "" if owner.active else "(inactive)") if owner else ("–", "")
    if name == "pipeline":
        return next((each.name for each in choices.pipelines if each.id == chosen), "–"), ""
    stage = choices.stage(chosen)
    if stage is None:
        return "–", ""
    return f"{stage.name} {MARK[stage.kind]}".rstrip(), f"{stage.probability} %"


def _complaint(draft: Draft, name: str, indent: int, width: int) -> Iterator[Line]:
    sentence = draft.complaints.get(name)
    if sentence:
        for line in wrap(f"✗ {sentence}", max(2, width - indent)):
            yield ((" " * indent, "text"), (line, "overdue"))


def _labelled(
    label: str, style: str, mark: str, values: Sequence[str], value_style: str
) -> Iterator[Line]:
    first, *more = values or ("",)
    yield (
        (cut(label, LABEL_CELLS).ljust(LABEL_CELLS), style),
        (mark.ljust(MARK_CELLS), "accent"),
        (first, value_style),
    )
    for line in more:
        yield ((" " * value_column(), "text"), (line, value_style))
