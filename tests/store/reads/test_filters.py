"""What each filter lets through, alone and together, on real rows."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from dealboard.domain.filters import Days, DealFilter, Sort, SortKey
from dealboard.domain.stages import StageKind
from dealboard.store.reads import deals
from tests.store.reads.conftest import NOON, TODAY, World

BY_ID = Sort(SortKey.CREATED)


def found(world: World, criteria: DealFilter, tz: timezone | ZoneInfo = UTC) -> list[str]:
    ids = world.read(deals.matching_ids, criteria, BY_ID, today=TODAY, tz=tz)
    return [world.read(deals.deal, deal_id).title for deal_id in ids]


def test_the_empty_filter_lets_all_through(world: World) -> None:
    world.deal("a")
    world.deal("b", stage=world.won, closed=NOON)
    assert found(world, DealFilter()) == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    ["acao", "AÇÃO", "  ação  ", "cao comercial", "ref-77", "joão", "silva", "351 912", "+351-912"],
)
def test_a_name_is_found_in_title_reference_contact_and_phone_however_typed(
    world: World, text: str
) -> None:
    joao = world.contact("João", "Silva", phone="+351 912 345 678")
    world.deal("AÇÃO  Comercial", reference="REF-77", people=(joao,))
    world.deal("another", reference="8")
    assert found(world, DealFilter(name=text)) == ["AÇÃO  Comercial"]


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "%", "_", "\\"])
def test_signs_that_sql_reads_as_wildcards_are_literal(world: World, text: str) -> None:
    title = f"before {text} after"
    world.deal(title)
    world.deal("1000 axb backXslash")
    assert found(world, DealFilter(name=text)) == [title]


def test_no_match_spans_two_fields(world: World) -> None:
    world.deal("Acme", reference="Corp")
    assert found(world, DealFilter(name="acme corp")) == []


def test_a_text_of_letters_is_not_taken_for_a_phone_number(world: World) -> None:
    world.deal("Room 101", people=(world.contact("Jo", phone="+39 101 101"),))
    assert found(world, DealFilter(name="room 39101")) == []


def test_a_text_without_anything_to_look_for_lets_all_through(world: World) -> None:
    world.deal("a")
    assert found(world, DealFilter(name=" \u0301 ")) == ["a"]


@pytest.mark.parametrize("text", ["x" * 100_000, "%" * 100_000, "\ufdfa" * 100_000])
def test_a_whole_document_pasted_as_a_name_finds_nothing(world: World, text: str) -> None:
    world.deal("x")
    assert found(world, DealFilter(name=text)) == []


def test_owners_stages_and_kinds_each_take_several(world: World) -> None:
    eve = world.user("Eve")
    world.deal("ada lead")
    world.deal("eve offer", owner_id=eve, stage=world.offer)
    world.deal("eve won", owner_id=eve, stage=world.won, closed=NOON)
    won, lost = StageKind.WON, StageKind.LOST
    assert found(world, DealFilter(owners=frozenset({eve}))) == ["eve offer", "eve won"]
    assert len(found(world, DealFilter(owners=frozenset({eve, world.ada})))) == 3
    assert found(world, DealFilter(stages=frozenset({world.lead, world.won}))) == [
        "ada lead",
        "eve won",
    ]
    assert found(world, DealFilter(kinds=frozenset({won, lost}))) == ["eve won"]
    both = DealFilter(owners=frozenset({eve}), kinds=frozenset({StageKind.OPEN}))
    assert found(world, both) == ["eve offer"]


def test_pipelines(world: World) -> None:
    other = world.pipeline("Other", 2)
    world.deal("elsewhere", stage=world.stage("Start", 1, 10, pipeline=other))
    world.deal("here")
    assert found(world, DealFilter(pipelines=frozenset({other}))) == ["elsewhere"]
    assert found(world, DealFilter(pipelines=frozenset({world.sales}))) == ["here"]
    assert found(world, DealFilter(pipelines=frozenset({99}))) == []


# ── days of creation ──────────────────────────────────────────────────────────────────────────


def created(first: date | None, last: date | None) -> DealFilter:
    return DealFilter(created=Days(first, last))


def test_created_days_are_inclusive(world: World) -> None:
    for day in (21, 22, 23, 24):
        world.deal(str(day), created=datetime(2026, 11, day, 23, 59, 59, 999_999, tzinfo=UTC))
    first, last = date(2026, 11, 22), date(2026, 11, 23)
    assert found(world, created(first, last)) == ["22", "23"]
    assert found(world, created(first, None)) == ["22", "23", "24"]
    assert found(world, created(None, last)) == ["21", "22", "23"]
    assert found(world, created(None, None)) == ["21", "22", "23", "24"]


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Rome", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("Europe/Rome", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, tzinfo=UTC), 23),
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        ("Pacific/Kiritimati", date(2026, 11, 23), datetime(2026, 11, 22, 10, tzinfo=UTC), 24),
    ],
)
def test_days_begin_and_end_where_the_user_lives(
    world: World, zone: str, day: date, begins: datetime, hours: int
) -> None:
    instant = timedelta(microseconds=1)
    ends = begins + timedelta(hours=hours)
    for title, moment in (
        ("before", begins - instant),
        ("first", begins),
        ("last", ends - instant),
        ("after", ends),
    ):
        world.deal(title, created=moment)
    assert found(world, created(day, day), ZoneInfo(zone)) == ["first", "last"]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_ends_of_the_calendar_are_no_error(world: World, zone: str) -> None:
    world.deal("a")
    assert found(world, created(date.min, date.max), ZoneInfo(zone)) == ["a"]


def test_without_a_time_zone_days_are_the_systems(world: World) -> None:
    world.deal("late on the 22nd", created=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    day = created(date(2026, 11, 22), date(2026, 11, 22))
    ids = world.read(deals.matching_ids, day, BY_ID, today=TODAY)
    assert len(ids) == 1


# ── close date ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dated(world: World) -> World:
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    world.deal("overdue", close=yesterday)
    world.deal("today", close=TODAY)
    world.deal("tomorrow", close=tomorrow)
    world.deal("none")
    world.deal("won late", close=yesterday, stage=world.won, closed=NOON)
    return world


def test_close_dates_in_an_inclusive_range(dated: World) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert found(dated, DealFilter(close=Days(TODAY, tomorrow))) == ["today", "tomorrow"]
    assert found(dated, DealFilter(close=Days(last=TODAY))) == ["overdue", "today", "won late"]
    assert found(dated, DealFilter(close=Days(first=tomorrow))) == ["tomorrow"]


def test_overdue_is_open_and_due_before_today(dated: World) -> None:
    assert found(dated, DealFilter(overdue=True)) == ["overdue"]


def test_none_and_overdue_widen_the_range_and_other_filters_narrow_it(dated: World) -> None:
    wide = DealFilter(close=Days(TODAY, TODAY), no_close_date=True, overdue=True)
    assert found(dated, wide) == ["overdue", "today", "none"]
    assert found(dated, DealFilter(no_close_date=True)) == ["none"]
    assert found(dated, DealFilter(no_close_date=True, overdue=True, name="over")) == ["overdue"]
