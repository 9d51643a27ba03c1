"""What the day's list shows: tasks and deals in groups, each on a line, and where the cursor goes.

Pure: no Textual here, no clock. Styles are those of `LineList`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len

from dealboard.domain.dates import format_day
from dealboard.domain.money import format_amount, format_compact
from dealboard.domain.text import first_line
from dealboard.domain.views import Activity, Agenda, Card, Errand, Person, Prospect
from dealboard.widgets.blocks import EMPTY, Block, rule
from dealboard.widgets.lines import Line, Span, blank, cut, literal

GAP = 2
"""Cells between columns."""

MARK = 2
"""Cells of the glyph before an item."""

AMOUNT_FROM = 66
"""Cells of a line from which on there is room for amounts."""

OWNER_FROM = 90
"""Cells of a line from which on everybody's list says whose an item is."""

ABOUT_FROM, WHO_FROM = 30, 84
"""Cells for texts from which on the second and the third of them have columns of their own."""


class Group(StrEnum):
    """The lists of a day by the names of `views.Agenda`, in the order in which they are walked."""

    OVERDUE = "overdue"
    DUE = "due"
    LATE = "late"
    CLOSING = "closing"
    ROTTING = "rotting"
    STEPLESS = "stepless"


TASKS = frozenset({Group.OVERDUE, Group.DUE})
"""The groups of tasks; the others are of deals."""

HEADINGS = {
    Group.OVERDUE: "Overdue tasks",
    Group.DUE: "Tasks for today",
    Group.LATE: "Close date passed",
    Group.CLOSING: "Closing this week",
    Group.ROTTING: "Rotting",
    Group.STEPLESS: "No next step",
}

SHORT = {
    Group.OVERDUE: "Overdue",
    Group.DUE: "Today",
    Group.LATE: "Late",
    Group.CLOSING: "Closing",
    Group.ROTTING: "Rotting",
    Group.STEPLESS: "No step",
}
"""The groups as the line of counts names them."""


class Key(NamedTuple):
    """What tells an item from all others: a deal may be in several groups."""

    group: Group
    id: int


class Item(NamedTuple):
    """A task or a deal of the list; `gone` says that somebody else saw to it meanwhile."""

    key: Key
    entry: Errand | Prospect
    gone: bool = False

    @property
    def task(self) -> Activity | None:
        """The task, where it is one."""
        return self.entry.activity if isinstance(self.entry, Errand) else None

    @property
    def card(self) -> Card | None:
        """The deal's card, where it is not a task."""
        return self.entry.card if isinstance(self.entry, Prospect) else None

    @property
    def deal_id(self) -> int | None:
        """The deal it is, or is about."""
        return (
            self.entry.card.id if isinstance(self.entry, Prospect) else self.entry.activity.deal_id
        )

    @property
    def person(self) -> Person | None:
        """Whom to call."""
        return self.entry.person

    @property
    def name(self) -> str:
        """The deal's title; that of a task without a deal is its contact's name."""
        return self.entry.card.title if isinstance(self.entry, Prospect) else self.entry.subject


class Section(NamedTuple):
    """A group with the first of its items, and how many it has in all."""

    group: Group
    items: tuple[Item, ...]
    total: int


class Day(NamedTuple):
    """All groups."""

    sections: tuple[Section, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The items from top to bottom."""
        return tuple(chain.from_iterable(section.items for section in self.sections))

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the items from top to bottom."""
        return tuple(item.key for item in self.items)

    @property
    def total(self) -> int:
        """How many items there are, also those that are not shown."""
        return sum(section.total for section in self.sections)

    def item(self, key: object) -> Item | None:
        """Return an item."""
        return next((item for item in self.items if item.key == key), None)

    def first_of(self, group: Group) -> Key | None:
        """Return the key of the first item of a group."""
        return next((key for key in self.keys if key.group is group), None)


class Look(NamedTuple):
    """How the list is written, and whether it says whose the items are."""

    today: date
    locale: str
    owners: bool = False


# ── what is in it ─────────────────────────────────────────────────────────────────────────────


def day_of(agenda: Agenda) -> Day:
    """Return a day as it is shown."""
    return Day(tuple(_section(group, agenda) for group in Group))


def _section(group: Group, agenda: Agenda) -> Section:
    listed = getattr(agenda, group)
    items = (Item(Key(group, _id(entry)), entry) for entry in listed.items)
    return Section(group, tuple(items), listed.total)


def _id(entry: Errand | Prospect) -> int:
    return entry.activity.id if isinstance(entry, Errand) else entry.card.id


def without(day: Day, keys: Collection[Key]) -> Day:
    """Return a day that some items have left."""
    return Day(tuple(_lessened(section, keys) for section in day.sections))


def _lessened(section: Section, keys: Collection[Key]) -> Section:
    left = tuple(item for item in section.items if item.key not in keys)
    counted = sum(item.key in keys and not item.gone for item in section.items)
    return section._replace(items=left, total=section.total - counted)


def keeping(day: Day, before: Day, key: Key) -> Day:
    """Return a day in which an item that is gone still stands where it stood, and says so.

    It is kept for the cursor: a key that is pressed while the list changes must not mean another.
    """
    gone = before.item(key)
    if gone is None or day.item(key) is not None:
        return day
    return Day(
        tuple(
            _with(section, gone._replace(gone=True), before)
            if section.group is key.group
            else section
            for section in day.sections
        )
    )


def _with(section: Section, gone: Item, before: Day) -> Section:
    keys = before.keys
    behind = set(keys[keys.index(gone.key) :])
    at = next((at for at, item in enumerate(section.items) if item.key in behind), None)
    items = list(section.items)
    items.insert(len(items) if at is None else at, gone)
    return section._replace(items=tuple(items))


def next_key(day: Day, before: Day, key: object) -> Key | None:
    """Return where the cursor goes: it stays on its item, else goes to the one that came behind.

    Behind the last one it goes to the one before.
    """
    left = set(day.keys)
    keys = before.keys
    at = keys.index(key) if isinstance(key, Key) and key in keys else 0
    nearest = (*keys[at:], *reversed(keys[:at]), *day.keys)
    return next((each for each in nearest if each in left), None)


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


class _Cells(NamedTuple):
    """What a line says, column by column."""

    mark: Span
    what: Span
    about: str
    who: str
    owner: str
    amount: str
    when: Span


class _Widths(NamedTuple):
    """The cells of each column; 0 for one that is left out."""

    what: int
    about: int
    who: int
    owner: int
    amount: int
    when: int


def agenda_blocks(day: Day, width: int, look: Look) -> list[Block]:
    """Return the groups that have items; what is not shown of one is counted below it."""
    written = {item.key: _cells(item, look) for item in day.items}
    of_deals = _widths(tuple(written.values()), width, look)
    of_tasks = _without_amount(of_deals)
    blocks: list[Block] = []
    for section in day.sections:
        widths = of_tasks if section.group in TASKS else of_deals
        blocks += _group(section, written, widths, width)
    return blocks


def _group(
    section: Section, written: dict[Key, _Cells], widths: _Widths, width: int
) -> Iterator[Block]:
    if not section.items:
        return
    heading = f"{HEADINGS[section.group]} · {section.total:,}"
    yield Block(("head", section.group), (rule(heading, width),), stops=False)
    for item in section.items:
        yield Block(item.key, (_line(written[item.key], widths),))
    more = section.total - sum(not item.gone for item in section.items)
    below: tuple[Line, ...] = (
        ((((" " * MARK), "text"), (f"and {more:,} more", "muted")),) if more else ()
    )
    yield Block(("below", section.group), (*below, EMPTY), stops=False)


@lru_cache(1_024)
def _line(cells: _Cells, widths: _Widths) -> Line:
    (mark, mark_style), (what, what_style) = cells.mark, cells.what
    if not widths.about and cells.about:
        what = f"{what} · {cells.about}"
    columns = (
        (what, what_style, widths.what, False),
        (cells.about, "text", widths.about, False),
        (cells.who, "muted", widths.who, False),
        (cells.owner, "muted", widths.owner, False),
        (cells.amount, "amount", widths.amount, True),
        (*cells.when, widths.when, True),
    )
    shown = [
        _column(text, style, room, right=right) for text, style, room, right in columns if room
    ]
    spans: list[Span] = [(f"{mark} ", mark_style)]
    for column in shown:
        spans += column if column is shown[0] else [(" " * GAP, "text"), *column]
    return tuple(spans)


def _column(text: str, style: str, width: int, *, right: bool) -> list[Span]:
    short = cut(text, width)
    space = list(blank(width - cell_len(short), "text"))
    return [*space, (short, style)] if right else [(short, style), *space]


def _widths(cells: Sequence[_Cells], width: int, look: Look) -> _Widths:
    """Share a line: days and amounts get what they need, the texts what is left."""
    owned = look.owners and width >= OWNER_FROM
    when = min(18, _widest(each.when[0] for each in cells))
    amount = min(16, _widest(each.amount for each in cells)) if width >= AMOUNT_FROM else 0
    owner = min(16, _widest(each.owner for each in cells)) if owned else 0
    rest = width - MARK - sum(each + GAP for each in (when, amount, owner) if each)
    if rest >= WHO_FROM:
        who, about = ((rest - 2 * GAP) * part // 8 for part in (2, 3))
        return _Widths(rest - who - about - 2 * GAP, about, who, owner, amount, when)
    about = (rest - GAP) * 2 // 5 if rest >= ABOUT_FROM else 0
    return _Widths(rest - about - (GAP if about else 0), about, 0, owner, amount, when)


def _without_amount(widths: _Widths) -> _Widths:
    """Return the columns of tasks, which have no amount: the text before it has its room.

    All begin where those of deals do, so that the eye runs down one list.
    """
    if not widths.amount:
        return widths
    before = next(name for name in ("owner", "who", "about", "what") if getattr(widths, name))
    return widths._replace(amount=0, **{before: getattr(widths, before) + GAP + widths.amount})


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


# ── cells ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache(1_024)
def _cells(item: Item, look: Look) -> _Cells:
    cells = _of_task(item, look) if item.task else _of_deal(item, look)
    if not item.gone:
        return cells
    told = ("done elsewhere", "muted")
    return cells._replace(mark=("·", "muted"), what=(cells.what[0], "muted"), when=told)


def _of_task(item: Item, look: Look) -> _Cells:
    task, person = item.task, item.person
    assert task is not None  # noqa: S101 -- the caller looked
    who = literal(person.name) if person and person.name != item.name else ""
    text = literal(first_line(task.text))
    when = _late(task.due, look) if item.key.group is Group.OVERDUE else ("●today", "today")
    return _Cells(
        ("○", "accent"), (text, "title"), literal(item.name), who, literal(task.user), "", when
    )


def _of_deal(item: Item, look: Look) -> _Cells:
    entry = item.entry
    assert isinstance(entry, Prospect)  # noqa: S101 -- the caller looked
    card, person = entry.card, entry.person
    return _Cells(
        ("◆", "muted"),
        (literal(card.title), "title"),
        literal(entry.stage),
        literal(person.name) if person else "",
        literal(card.owner),
        _amount(card, look.locale),
        _when(item.key.group, card, look),
    )


def _amount(card: Card, locale: str) -> str:
    if card.amount is None:
        return ""
    full = format_amount(card.amount, card.currency, locale)
    return full if cell_len(full) <= 12 else format_compact(card.amount, card.currency, locale)


def _when(group: Group, card: Card, look: Look) -> Span:
    """Return why a deal is on the list: a glyph and words beside the colour."""
    if group is Group.ROTTING:
        return (f"idle {_days(card.rotting or 0)}", "overdue")
    day = card.close_date
    if day is None:
        return ("no close date", "muted")
    if day < look.today:
        return _late(day, look)
    if day == look.today:
        return ("●today", "today")
    if group is Group.CLOSING:
        return (f"{_weekday(day)} {format_day(day, look.today)}", "text")
    return (f"closes {format_day(day, look.today)}", "muted")


def _late(day: date | None, look: Look) -> Span:
    if day is None:
        return ("", "muted")
    return (f"!{format_day(day, look.today)} ({_days((look.today - day).days)})", "overdue")


def _days(number: int) -> str:
    return f"{number:,}d"


def _weekday(day: date) -> str:
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
