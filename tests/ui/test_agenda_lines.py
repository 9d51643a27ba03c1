"""What the day's list says at a width, and where its cursor goes, as plain text."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.domain.stages import StageKind
from dealboard.domain.views import (
    Activity,
    ActivityKind,
    Agenda,
    Card,
    Errand,
    Listed,
    Person,
    Prospect,
)
from dealboard.widgets.agenda_lines import (
    Day,
    Group,
    Key,
    Look,
    agenda_blocks,
    day_of,
    keeping,
    next_key,
    without,
)
from dealboard.widgets.lines import plain, width_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
LOOK = Look(TODAY, "en_US")


def errand(number: int, text: str = "Call back", **fields: Any) -> Errand:
    due = fields.pop("due", TODAY)
    task = Activity(
        number, f"t{number}", ActivityKind.TASK, text, due, None, 1, None, 1, "Ada", NOON, 1
    )
    return Errand(task, fields.get("subject", "Looms"), fields.get("person"))


def prospect(number: int, title: str = "Looms", **fields: Any) -> Prospect:
    card = Card(
        number,
        title,
        1,
        StageKind.OPEN,
        1,
        "Ada Owner",
        fields.get("amount", 120_000),
        "EUR",
        fields.get("close"),
        NOON,
        None,
        None,
        (),
        1,
        None,
        fields.get("rotting"),
    )
    return Prospect(card, "Sales", "Offer", fields.get("person"))


def listed(*items: Any, total: int | None = None) -> Listed[Any]:
    return Listed(items, len(items) if total is None else total)


def agenda(**groups: Listed[Any]) -> Day:
    nothing: Listed[Any] = listed()
    return day_of(Agenda(**{group.value: nothing for group in Group} | groups))


def lines(day: Day, width: int, look: Look = LOOK) -> list[str]:
    blocks = agenda_blocks(day, width, look)
    return [plain(line).rstrip() for block in blocks for line in block.lines]


def test_groups_have_headings_with_their_counts_and_what_is_not_shown() -> None:
    day = agenda(
        overdue=listed(errand(1, due=date(2026, 11, 16)), total=61),
        late=listed(prospect(1, close=date(2026, 11, 12))),
    )
    shown = lines(day, 60)
    assert [line.partition(" ──")[0] for line in shown if "──" in line] == [
        "Overdue tasks · 61",
        "Close date passed · 1",
    ]
    assert "  and 60 more" in shown
    assert shown[1].startswith("○ Call back")
    assert shown[1].endswith("!16 Nov (7d)")
    assert "!12 Nov (11d)" in shown[-2]


def test_each_group_says_why() -> None:
    day = agenda(
        due=listed(errand(1)),
        closing=listed(prospect(1, close=TODAY), prospect(2, close=date(2026, 11, 27))),
        rotting=listed(prospect(3, rotting=1_234)),
        stepless=listed(prospect(4), prospect(5, close=date(2027, 1, 4))),
    )
    ends = [line.split("  ")[-1].strip() for line in lines(day, 100) if line[:1] in "○◆"]
    assert [each for each in ends if each] == [
        "●today",
        "●today",
        "Fri 27 Nov",
        "idle 1,234d",
        "no close date",
        "closes 4 Jan 27",
    ]


def test_more_is_said_where_there_is_more_room() -> None:
    person = Person(7, "Grace Hopper", None, None)
    day = agenda(stepless=listed(prospect(1, person=person)))
    narrow, medium, wide = (lines(day, width)[1] for width in (40, 78, 120))
    assert "Offer" in narrow
    assert "€1,200" not in narrow
    assert "€1,200" in medium
    assert "Hopper" not in medium
    assert "Hopper" in wide
    assert "Ada Owner" in lines(day, 120, LOOK._replace(owners=True))[1]


def test_what_a_task_is_about_is_said_also_where_there_is_no_column_for_it() -> None:
    day = agenda(due=listed(errand(1)))
    assert lines(day, 34)[1].startswith("○ Call back · Looms")


@pytest.mark.parametrize(("width", "owners"), [(78, False), (120, False), (200, True)])
def test_columns_of_tasks_begin_where_those_of_deals_do(width: int, owners: bool) -> None:
    grace = Person(7, "Grace Hopper", None, None)
    day = agenda(
        due=listed(errand(1, person=grace)), stepless=listed(prospect(1, "Deal", person=grace))
    )
    _, task, _, _, deal, *_ = lines(day, width, LOOK._replace(owners=owners))
    assert task.index("Looms") == deal.index("Offer")
    assert task.find("Grace") == deal.find("Grace")
    assert task.find("Ada") == deal.find("Ada Owner")


@given(st.text(min_size=1), st.text(min_size=1), st.integers(12, 220), st.booleans())
def test_any_text_stays_in_its_line_and_does_nothing(
    text: str, title: str, width: int, owners: bool
) -> None:
    person = Person(1, text, None, None)
    day = agenda(
        due=listed(errand(1, text, subject=title, person=person)),
        late=listed(prospect(1, title, person=person, close=date(2026, 11, 12))),
    )
    for block in agenda_blocks(day, width, LOOK._replace(owners=owners)):
        for line in block.lines:
            shown = plain(line)
            assert "\x1b" not in shown
            assert "\n" not in shown
            if block.stops:
                assert cell_len(shown) == width_of(line) <= max(width, 24)


# ── the cursor ────────────────────────────────────────────────────────────────────────────────

FULL = agenda(
    due=listed(*map(errand, (1, 2, 3))),
    stepless=listed(*map(prospect, (1, 2))),
)


def key(group: Group, number: int) -> Key:
    return Key(group, number)


@pytest.mark.parametrize(
    ("at", "left", "to"),
    [
        (key(Group.DUE, 2), {key(Group.DUE, 1)}, key(Group.DUE, 2)),
        (key(Group.DUE, 2), {key(Group.DUE, 2)}, key(Group.DUE, 3)),
        (key(Group.DUE, 3), {key(Group.DUE, 3), key(Group.DUE, 1)}, key(Group.STEPLESS, 1)),
        (key(Group.STEPLESS, 2), {key(Group.STEPLESS, 2)}, key(Group.STEPLESS, 1)),
        (None, set(), key(Group.DUE, 1)),
        (key(Group.DUE, 2), set(FULL.keys), None),
    ],
)
def test_the_cursor_stays_or_goes_on(at: Key | None, left: set[Key], to: Key | None) -> None:
    assert next_key(without(FULL, left), FULL, at) == to


def test_what_leaves_is_no_longer_counted() -> None:
    day = without(agenda(due=listed(errand(1), errand(2), total=90)), {key(Group.DUE, 1)})
    assert (day.total, len(day.items)) == (89, 1)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_others_saw_to_stands_where_it_stood_and_says_so(number: int) -> None:
    gone = key(Group.DUE, number)
    now = without(FULL, {gone})
    kept = keeping(now, FULL, gone)
    assert kept.keys == FULL.keys
    assert kept.total == now.total
    item = kept.item(gone)
    assert item is not None
    assert item.gone
    assert "done elsewhere" in lines(kept, 80)[number]
    assert keeping(FULL, FULL, gone) == FULL
    assert without(kept, {gone}).total == now.total


@given(st.sets(st.sampled_from(FULL.keys)), st.sampled_from(FULL.keys))
def test_a_kept_item_moves_no_other(left: set[Key], at: Key) -> None:
    kept = keeping(without(FULL, left), FULL, at)
    assert kept.keys == tuple(each for each in FULL.keys if each not in left - {at})


def test_yesterday_is_a_day_late() -> None:
    day = agenda(late=listed(prospect(1, close=TODAY - timedelta(days=1))))
    assert "!22 Nov (1d)" in lines(day, 60)[1]
