"""What headers and cards show, as plain text: no widget, no terminal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dealboard.domain.stages import StageKind
from dealboard.domain.views import Card, NextStep, Stage, StageTotals, Subtotal
from dealboard.widgets.deal_card import (
    HEADER_HEIGHT,
    Density,
    Heading,
    card_lines,
    drop_line,
    empty_lines,
    header_lines,
    money,
    older_line,
    short_name,
    tab_line,
)
from dealboard.widgets.lines import Line, cut, literal, plain, row

TODAY = date(2026, 11, 23)

CARD = Card(
    id=7,
    title="Acme renewal",
    stage_id=1,
    kind=StageKind.OPEN,
    owner_id=1,
    owner="Ada Lovelace",
    amount=1_240_000,
    currency="EUR",
    close_date=date(2026, 12, 12),
    created_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
    closed_at=None,
    reference=None,
    contacts=("Jane Doe", "Max Mustermann", "Zoë"),
    version=1,
)

STAGE = Stage(1, "s", 1, "Proposal", StageKind.OPEN, 50, 1, None)

texts = st.text(max_size=60) | st.text(
    alphabet="aé́日本🎉👩‍🚀שלום[/red]\x1b\x9b\u202e\u200d\ufe0f \t\n", max_size=60
)


def text_of(lines: Sequence[Line]) -> list[str]:
    return [plain(line).rstrip() for line in lines]


def draw(card: Card, width: int = 34, density: Density = Density.COMFORTABLE) -> list[str]:
    return text_of(card_lines(card, width, density, TODAY, "en_US"))


def style_of(lines: Sequence[Line], text: str) -> str:
    return next(style for line in lines for span, style in line if text in span)


def test_a_comfortable_card_shows_all_that_the_guide_asks_for() -> None:
    assert draw(CARD) == [
        " Acme renewal",
        " Jane Doe +2              €12,400",
        " Ada Lovelace      3 Nov → 12 Dec",
    ]


def test_a_compact_card_shows_the_same_in_two_lines() -> None:
    assert draw(CARD, density=Density.COMPACT) == [
        " Acme renewal             €12,400",
        " AL Jane Doe +2      3 Nov→12 Dec",
    ]


def test_a_narrow_compact_card_leaves_out_what_could_only_be_cut() -> None:
    assert draw(CARD._replace(close_date=date(2027, 12, 12)), 22, Density.COMPACT) == [
        " Acme renewal  €12.4k",
        " AL   3 Nov→12 Dec 27",
    ]


PLANNED = CARD._replace(next_step=NextStep("call Ada", date(2026, 11, 27)))


def test_a_comfortable_card_says_what_is_next_where_others_end() -> None:
    assert draw(PLANNED)[3:] == [" ╰▸ call Ada               27 Nov"]
    assert draw(PLANNED._replace(next_step=NextStep("call " * 9, None)))[3:] == [
        " ╰▸ call call call call call cal…"
    ]


@pytest.mark.parametrize(
    ("due", "shown", "style"),
    [
        (date(2026, 11, 20), "!20 Nov", "overdue"),
        (TODAY, "●23 Nov", "today"),
        (date(2026, 11, 27), "27 Nov", "muted"),
    ],
)
def test_a_next_step_has_a_glyph_and_a_style_for_its_day(due: date, shown: str, style: str) -> None:
    card = CARD._replace(next_step=NextStep("call", due))
    lines = card_lines(card, 44, Density.COMFORTABLE, TODAY, "en_US")
    assert style_of(lines, shown) == style
    compact = card_lines(card, 44, Density.COMPACT, TODAY, "en_US")
    assert style_of(compact, "▸") == style


def test_a_compact_card_says_when_the_next_step_is_or_that_there_is_one() -> None:
    late = PLANNED._replace(next_step=NextStep("call", date(2026, 11, 20)))
    undated = PLANNED._replace(next_step=NextStep("call", None))
    now = PLANNED._replace(next_step=NextStep("call", TODAY))
    assert [draw(card, 34, Density.COMPACT)[1] for card in (PLANNED, undated, late, now)] == [
        " AL ▸ Jane Doe +2    3 Nov→12 Dec",
        " AL ▸ Jane Doe +2    3 Nov→12 Dec",
        " AL ▸! Jane Doe +2   3 Nov→12 Dec",
        " AL ▸● Jane Doe +2   3 Nov→12 Dec",
    ]


def test_a_rotting_deal_says_how_long_it_has_been_idle() -> None:
    rotting = CARD._replace(rotting=31)
    assert draw(rotting)[0] == " Acme renewal            idle 31d"
    assert draw(rotting, 24)[0] == " Acme renewal      ◷31d"
    assert draw(rotting, 34, Density.COMPACT)[0] == " Acme renewal        ◷31d €12,400"
    lines = card_lines(rotting, 34, Density.COMFORTABLE, TODAY, "en_US")
    assert style_of(lines, "idle") == "overdue"


def test_a_deal_without_amount_shows_a_dash() -> None:
    assert draw(CARD._replace(amount=None))[1].endswith(" –")


def test_a_deal_worth_nothing_shows_the_nothing() -> None:
    assert draw(CARD._replace(amount=0))[1].endswith(" €0")


def test_the_cursor_is_a_mark_and_not_only_a_colour() -> None:
    lines = card_lines(CARD, 34, Density.COMFORTABLE, TODAY, "en_US", selected=True)
    assert all(plain(line).startswith("▌") for line in lines)


@pytest.mark.parametrize(
    ("card", "end", "style"),
    [
        (CARD._replace(close_date=date(2026, 11, 22)), "→ !22 Nov", "overdue"),
        (CARD._replace(close_date=TODAY), "→ ●23 Nov", "today"),
        (CARD._replace(close_date=date(2026, 11, 24)), "→ 24 Nov", "date"),
        (CARD._replace(close_date=date(2027, 1, 2)), "→ 2 Jan 27", "date"),
        (CARD._replace(close_date=None), "→ –", "muted"),
    ],
)
def test_an_open_deals_close_date_has_a_glyph_and_a_style(card: Card, end: str, style: str) -> None:
    lines = card_lines(card, 40, Density.COMFORTABLE, TODAY, "en_US")
    assert plain(lines[-1]).rstrip().endswith(end)
    assert style_of(lines, end[2:]) == style


@pytest.mark.parametrize(("kind", "mark"), [(StageKind.WON, "✓"), (StageKind.LOST, "✗")])
def test_a_closed_deal_shows_the_day_it_closed_and_the_day_expected(
    kind: StageKind, mark: str
) -> None:
    closed = CARD._replace(
        kind=kind, closed_at=datetime(2026, 11, 20, 12, tzinfo=UTC), close_date=TODAY
    )
    lines = card_lines(closed, 30, Density.COMFORTABLE, TODAY, "en_US")
    assert text_of(lines)[2:] == [
        f" Ada Lovelace 3 Nov → {mark}20 Nov",
        " ╰ expected            23 Nov",
    ]
    assert style_of(lines, mark) == kind.value
    planned = closed._replace(next_step=NextStep("thank", None))
    assert draw(planned, 40)[2].endswith(f"3 Nov → {mark}20 Nov (23 Nov)")
    assert draw(planned, 24)[2] == f" Ada   {mark}20 Nov (23 Nov)"
    assert draw(closed, 24, Density.COMPACT)[1].endswith(f"{mark}20 Nov (23 Nov)")


@pytest.mark.parametrize(
    ("sought", "hit", "people"),
    [
        ("renew", "renew", "Jane Doe +2"),
        ("doe", "Doe", "Jane Doe +2"),
        ("muster", "Muster", "Max Mustermann +2"),
        ("po-7", "PO-7", "PO-71"),
        ("0123", "☎", "☎ Jane Doe +2"),
    ],
)
def test_a_card_shows_where_the_name_was_found(sought: str, hit: str, people: str) -> None:
    card = CARD._replace(reference="PO-71")
    for density in Density:
        lines = card_lines(card, 44, density, TODAY, "en_US", sought=sought)
        assert [text for line in lines for text, style in line if style == "found"] == [hit]
        assert people in plain(lines[1])


def test_a_closed_deal_is_never_overdue() -> None:
    closed = CARD._replace(kind=StageKind.WON, close_date=date(2026, 1, 1))
    assert "!" not in "".join(draw(closed))


def test_a_long_owner_gives_way_to_the_dates() -> None:
    assert draw(CARD, 26)[-1] == " Ada L.    3 Nov → 12 Dec"
    assert draw(CARD, 22)[-1] == " Ada   3 Nov → 12 Dec"
    assert draw(CARD, 19)[-1] == " AL 3 Nov → 12 Dec"


@pytest.mark.parametrize(
    ("room", "short"),
    [(12, "Ada Lovelace"), (11, "Ada L."), (5, "Ada"), (2, "AL")],
)
def test_names_become_shorter_before_they_are_cut(room: int, short: str) -> None:
    assert short_name("Ada Lovelace", room) == short


def test_what_looks_like_markup_or_an_escape_is_shown_as_text() -> None:
    card = CARD._replace(title="[/red][@click=app.quit]x[/]", owner="\x1b[31mEve")
    lines = draw(card, 60)
    assert "[/red][@click=app.quit]x[/]" in lines[0]
    assert "␛[31mEve" in lines[2]


@given(
    title=texts,
    owner=texts,
    contacts=st.lists(texts, max_size=3),
    amount=st.none() | st.integers(0, 10**17),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "CHF"]),
    width=st.integers(22, 120),
    density=st.sampled_from(Density),
    kind=st.sampled_from(StageKind),
    close=st.none() | st.dates(),
    step=st.none() | st.builds(NextStep, texts, st.none() | st.dates()),
    rotting=st.none() | st.integers(1, 9_999),
    sought=st.text(alphabet="aé日🎉👩\u200dש", max_size=2),
)
def test_every_line_of_a_card_is_as_wide_as_asked(
    title: str,
    owner: str,
    contacts: list[str],
    amount: int | None,
    currency: str,
    width: int,
    density: Density,
    kind: StageKind,
    close: date | None,
    step: NextStep | None,
    rotting: int | None,
    sought: str,
) -> None:
    card = CARD._replace(
        next_step=step,
        rotting=rotting,
        title=title,
        owner=owner,
        contacts=tuple(contacts),
        amount=amount,
        currency=currency,
        kind=kind,
        close_date=close,
    )
    lines = card_lines(card, width, density, TODAY, "de_DE", sought=sought)
    used = density.gap if step else 0
    assert len(lines) == density.card_height - density.gap + used
    for line in lines:
        assert sum(cell_len(text) for text, _ in line) == width
        assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in plain(line))


@given(text=texts, width=st.integers(0, 30))
def test_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    whole = literal(text)
    short = cut(whole, width)
    assert cell_len(short) <= width
    assert short == whole or not width or short.endswith("…")


def test_wide_characters_are_not_halved() -> None:
    assert cut("日本語", 4) == "日…"
    assert cut("日本語", 5) == "日本…"


def test_emoji_that_terminals_measure_differently_are_taken_apart() -> None:
    assert literal("👩\u200d💻 ⚠\ufe0f") == "👩💻 ⚠"
    assert literal("क्\u200dष") == "क्\u200dष"


def test_a_row_cuts_the_left_side_first() -> None:
    assert plain(row([("a long title", "x")], [("€5", "y")], 10, "z")) == "a long… €5"


def test_a_header_shows_name_probability_number_value_and_weighted_value() -> None:
    totals = StageTotals(1, 1589, (Subtotal("EUR", 12_345_600, 6_172_800),))
    assert text_of(header_lines(STAGE, totals, 32, "en_US")) == [
        " Proposal                   50%",
        " 1,589 deals           €123,456",
        " weighted               €61,728",
        "─" * 31,
    ]


def test_a_stage_whose_deals_weigh_nothing_says_so_once() -> None:
    lost = StageTotals(1, 3, (Subtotal("EUR", 900, 0), Subtotal("USD", 800, 0)))
    lines = text_of(header_lines(STAGE, lost, 32, "en_US"))
    assert lines[1:3] == [" 3 deals                €9 + $8", " weighted                     –"]


def test_the_header_under_the_cursor_stands_out_without_colour() -> None:
    lines = header_lines(STAGE, None, 32, "en_US", Heading.CURRENT)
    assert plain(lines[-1]).startswith("━")
    assert style_of(lines, "Proposal") == "name-current"


def test_a_header_without_totals_yet_keeps_its_height() -> None:
    lines = header_lines(STAGE, None, 32, "en_US")
    assert len(lines) == HEADER_HEIGHT
    assert text_of(lines)[1:3] == ["", ""]


@pytest.mark.parametrize(("kind", "mark"), [(StageKind.WON, "✓"), (StageKind.LOST, "✗")])
def test_won_and_lost_bear_their_mark_whatever_they_are_called(kind: StageKind, mark: str) -> None:
    stage = STAGE._replace(kind=kind, name="Vinto")
    assert text_of(header_lines(stage, None, 32, "en_US"))[0].startswith(f" {mark} Vinto")


def test_one_deal_is_not_deals() -> None:
    assert " 1 deal " in plain(header_lines(STAGE, StageTotals(1, 1, ()), 32, "en_US")[1])


@pytest.mark.parametrize(
    ("room", "text"),
    [
        (40, "€1,234,500 + $12,000 + ¥900"),
        (22, "€1.2M + $12k + ¥900"),
        (15, "€1.2M + $12k +1"),
        (10, "€1.2M +2"),
    ],
)
def test_money_of_several_currencies_is_shown_as_exactly_as_fits(room: int, text: str) -> None:
    parts = [(123_450_000, "EUR"), (1_200_000, "USD"), (900, "JPY")]
    assert money(parts, room, "en_US") == text


@given(
    name=texts,
    width=st.integers(20, 80),
    parts=st.lists(
        st.builds(
            Subtotal,
            st.sampled_from(["EUR", "JPY", "KWD"]),
            st.integers(0, 10**17),
            st.integers(0, 10**17),
        ),
        max_size=3,
    ),
    deals=st.integers(0, 10**6),
)
def test_every_line_of_a_header_is_as_wide_as_asked(
    name: str, width: int, parts: list[Subtotal], deals: int
) -> None:
    totals = StageTotals(1, deals, tuple(parts))
    for line in header_lines(STAGE._replace(name=name), totals, width, "en_US"):
        assert sum(cell_len(text) for text, _ in line) == width


def test_the_line_of_older_deals_counts_them() -> None:
    assert plain(older_line(1204, 30)).rstrip() == " 1,204 older · Enter shows"
    assert plain(older_line(3, 30, selected=True)).startswith("▌")


@pytest.mark.parametrize("kind", StageKind)
def test_an_empty_stage_says_what_to_do(kind: StageKind) -> None:
    first, second = text_of(empty_lines(STAGE._replace(kind=kind), 26))
    assert first == " No deals here."
    assert second.strip()
    assert not second.endswith("…")


def test_nothing_is_brought_to_the_first_stage() -> None:
    hints = [text_of(empty_lines(STAGE._replace(position=at), 26))[1] for at in (1, 2)]
    assert [each.strip() for each in hints] == ["n adds one", "n adds one, L brings one"]


def test_the_drop_line_names_the_deal() -> None:
    assert plain(drop_line("Acme", 20)) == "▸Acme".ljust(20)


STAGES = [STAGE._replace(id=n, name=f"Stage {n}") for n in range(1, 12)]


def test_tabs_bear_the_digits_that_jump_to_them() -> None:
    line = "".join(text for (text, _), _ in tab_line(STAGES, 0, range(2), 200))
    assert line.startswith(" 1 Stage 1  2 Stage 2 ")
    assert " Stage 10 " in line


@given(current=st.integers(0, 10), width=st.integers(8, 120))
def test_the_current_stages_tab_is_always_there(current: int, width: int) -> None:
    tabs = tab_line(STAGES, current, range(current, current + 1), width)
    assert current in [index for _, index in tabs]
    assert sum(cell_len(text) for (text, _), _ in tabs) <= width
