"""A deal as cells of the table, as text for a spreadsheet, and what the line above says of all."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.filters import DealFilter, Query, Sort, SortKey
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Row, StageTotals, Subtotal
from dealboard.screens.counting import Counts, status, sum_up
from dealboard.screens.deal_forms import tab_separated
from dealboard.screens.outlook import Outlook, from_kept, kept
from dealboard.widgets.deal_columns import COLUMNS, USUAL, Context, cells, columns, people, plain
from dealboard.widgets.grid_lines import lay_out, title_widths, widened

TODAY = date(2026, 11, 23)
HOW = Context(TODAY, "en_US", {1: 25, 2: 100})
ROW = Row(
    id=7,
    title="Acme",
    pipeline="Sales",
    stage_id=1,
    stage="Lead",
    kind=StageKind.OPEN,
    owner="Ada",
    owner_active=True,
    amount=120_000,
    currency="EUR",
    close_date=date(2026, 11, 20),
    created_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    closed_at=None,
    contacts=("Jane Doe", "John Doe"),
    reference="PO-7",
    version=1,
)

WIDE = ROW._replace(
    title="Bari Logistics spare parts portal",
    stage="Negotiation",
    owner="Ada Marchetti",
    pipeline="Sales Pipeline",
    contacts=("Oliver Llewellyn-Rees", "Jane Doe"),
)


def shown(row: Row) -> dict[str, tuple[str, str]]:
    return {
        column.key: (cell.text, cell.style)
        for column, cell in zip(COLUMNS, cells(row, COLUMNS, HOW), strict=True)
    }


def test_an_open_deal() -> None:
    assert shown(ROW) == {
        "title": ("Acme", "title"),
        "stage": ("Lead", ""),
        "amount": ("€1,200", "amount"),
        "currency": ("EUR", "muted"),
        "close": ("!20 Nov", "overdue"),
        "owner": ("Ada", ""),
        "pipeline": ("Sales", "muted"),
        "contacts": ("Jane Doe +1", ""),
        "created": ("1 Nov", "muted"),
        "reference": ("PO-7", "muted"),
        "status": ("open", "muted"),
        "probability": ("25%", "muted"),
        "weighted": ("€300", "amount"),
    }


def test_a_glyph_or_a_word_stands_beside_every_colour() -> None:
    closed = datetime(2026, 11, 22, 12, tzinfo=UTC)
    won = shown(ROW._replace(kind=StageKind.WON, stage_id=2, stage="Won", closed_at=closed))
    assert (won["stage"], won["status"]) == (("✓ Won", "won"), ("✓ won 22 Nov", "won"))
    assert won["close"] == ("20 Nov", "")
    assert shown(ROW._replace(close_date=TODAY))["close"] == ("●23 Nov", "today")
    bare = shown(ROW._replace(close_date=None, amount=None, contacts=(), reference=None))
    assert [bare[key][0] for key in ("close", "amount", "weighted", "contacts")] == ["–"] * 3 + [""]
    assert shown(ROW._replace(owner_active=False))["owner"] == ("Ada (inactive)", "muted")


@pytest.mark.parametrize(("width", "seeking"), [(80, False), (120, False), (120, True)])
def test_who_and_what_can_be_read_where_not_all_columns_have_room(
    width: int, seeking: bool
) -> None:
    usual = columns((), seeking=seeking)
    content = widened(title_widths(usual), [cells(WIDE, usual, HOW)])
    seen = {usual[place.column].key: place for place in lay_out(usual, content, width, 0).places}
    for key, text in (("stage", "Negotiation"), ("owner", "Ada Marchetti")):
        assert key not in seen or seen[key].width >= len(text)
    assert ("owner" in seen) == (width == 120)
    assert seen["title"].width >= 24


@pytest.mark.parametrize(
    ("sought", "told"),
    [("acm", "title"), ("po-", "PO-7"), ("john", "John Doe"), ("0123", "a phone"), ("", "")],
)
def test_a_column_of_its_own_tells_where_a_name_was_found(sought: str, told: str) -> None:
    seeking = columns(("title", "stage"), seeking=True)
    assert [each.key for each in seeking] == ["title", "found", "stage"]
    assert cells(ROW, seeking, HOW._replace(sought=sought))[1].text == told


def test_a_spreadsheet_gets_numbers_and_days_it_understands() -> None:
    row = ROW._replace(title="Two\tcells\nor one?")
    line = tab_separated([plain(row, columns(()), HOW)])
    assert line.split("\t") == [
        *("Two cells or one?", "Lead", "1200.00", "EUR", "2026-11-20", "Ada", "Sales"),
        *("Jane Doe; John Doe", "2026-11-01", "PO-7", "open"),
    ]


def test_unknown_columns_are_passed_over_and_none_means_the_usual_ones() -> None:
    assert [each.key for each in columns(("amount", "mood", "title", "amount"))] == [
        "amount",
        "title",
    ]
    assert tuple(each.key for each in columns(("mood",))) == USUAL


def test_sums_are_per_currency_largest_first() -> None:
    stages = [
        StageTotals(1, 2, (Subtotal("EUR", 5_000, 500), Subtotal("JPY", 900, 90))),
        StageTotals(2, 1, (Subtotal("EUR", 1_000, 100),)),
    ]
    number, totals = sum_up(stages)
    assert number == 3
    assert totals == (Subtotal("JPY", 900, 90), Subtotal("EUR", 6_000, 600))


@pytest.mark.parametrize(
    ("selected", "filtered", "width", "line"),
    [
        (0, False, 120, "3 deals · €90 + $80 + £70"),
        (0, True, 120, "3 of 9 · €90 + $80 + £70"),
        (2, True, 120, "2 selected · €5 │ 3 of 9 · €90 + $80 + £70"),
        (0, True, 80, "3 of 9 · €90 + $80 +1"),
        (2, True, 80, "2 selected · €5"),
    ],
)
def test_the_status_line_keeps_to_its_room(
    selected: int, filtered: bool, width: int, line: str
) -> None:
    totals = tuple(
        Subtotal(code, minor, 0) for code, minor in (("EUR", 9_000), ("USD", 8_000), ("GBP", 7_000))
    )
    chosen = (Subtotal("EUR", 500, 0),) if selected else ()
    counts = Counts(3, totals, 9)
    told = status(counts, selected, chosen, filtered=filtered, width=width, locale="en_US")
    assert told == line


def test_an_outlook_is_kept_as_it_was() -> None:
    query = Query(DealFilter(name="x"), Sort(SortKey.AMOUNT, descending=True), "table", ("title",))
    outlook = Outlook(query, 3, 7)
    assert from_kept(kept(outlook), TODAY) == outlook


@given(
    st.none()
    | st.text()
    | st.dictionaries(
        st.sampled_from(["query", "pipeline", "deal"]), st.none() | st.text() | st.integers()
    )
)
def test_what_cannot_be_read_is_forgotten(value: object) -> None:
    assert isinstance(from_kept(value, TODAY), Outlook)


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("Ada Lovelace", 12, "Ada Lovelace"),
        ("Ada Lovelace", 8, "Ada L."),
        ("Ada Lovelace +2", 9, "Ada L. +2"),
        ("Ada Lovelace +2", 8, "Ada +2"),
        ("Ada Lovelace (inactive)", 18, "Ada L. (inactive)"),
    ],
)
def test_people_keep_their_first_name_and_their_number(text: str, width: int, short: str) -> None:
    assert people(text, width) == short
