"""Moving deals: where `by` stops, what closing and reopening set, and the order in a stage."""

from datetime import date

import pytest

from dealboard.actions import deals, history, pipelines, placement, stages
from dealboard.actions.placement import Place
from dealboard.domain.stages import parse_stages
from dealboard.errors import InvalidValue, NotFound
from dealboard.store.tables import Deal, Stage
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk

TODAY = date(2026, 11, 23)


def where(desk: Desk, deal_id: int) -> str:
    return desk.row(Stage, desk.deal(deal_id).stage_id).name


# ── by stages ─────────────────────────────────────────────────────────────────────────────────


def test_three_steps_right_stop_at_won(desk: Desk) -> None:
    deal_id = desk.new()
    seen = [desk.do(deals.move, deal_id, by=1).label for _ in range(4)]
    assert seen[:2] == ["Acme → Offer", "Acme → Won"]
    assert desk.do(deals.move, deal_id, by=1).operation is None
    assert where(desk, deal_id) == "Won"


@pytest.mark.parametrize(
    ("by", "stage"), [(1, "Offer"), (2, "Won"), (9, "Won"), (0, "Lead"), (-3, "Lead")]
)
def test_a_move_counts_stages(desk: Desk, by: int, stage: str) -> None:
    deal_id = desk.new()
    landed = desk.do(deals.move, deal_id, by=by).value
    assert where(desk, deal_id) == stage
    assert landed == desk.deal(deal_id).stage_id


def test_left_from_won_or_lost_reopens_where_the_deal_came_from(desk: Desk) -> None:
    from_lead, from_offer = desk.new("One"), desk.new("Two", desk.offer)
    desk.do(deals.lose, from_lead)
    desk.do(deals.win, from_offer)
    for deal_id in (from_lead, from_offer):
        desk.do(deals.move, deal_id, by=-1)
    assert (where(desk, from_lead), where(desk, from_offer)) == ("Lead", "Offer")


def test_two_left_from_won_is_one_left_of_where_it_reopens(desk: Desk) -> None:
    deal_id = desk.new(stage_id=desk.offer)
    desk.do(deals.win, deal_id)
    desk.do(deals.move, deal_id, by=-2)
    assert where(desk, deal_id) == "Lead"


def test_right_from_lost_stays(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.lose, deal_id)
    assert desk.do(deals.move, deal_id, by=1).operation is None
    assert where(desk, deal_id) == "Lost"


def test_a_move_to_where_it_is_changes_nothing(desk: Desk) -> None:
    deal_id = desk.new()
    desk.new("Above")
    assert desk.do(deals.move, deal_id, stage_id=desk.lead).operation is None
    assert desk.do(deals.move, deal_id, pipeline_id=desk.pipeline).operation is None
    assert desk.do(deals.reopen, deal_id).operation is None
    assert desk.order(desk.lead) == ["Above", "Acme"]


def test_an_unknown_deal_or_stage_is_named(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no deal #99"):
        desk.do(deals.move, 99, by=1)
    with pytest.raises(NotFound, match="no stage #99"):
        desk.do(deals.move, desk.new(), stage_id=99)


# ── closing and reopening ─────────────────────────────────────────────────────────────────────


def test_winning_sets_the_close_date_when_there_is_none(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.win, deal_id)
    deal = desk.deal(deal_id)
    assert (deal.close_date, deal.close_date_auto) == (TODAY, True)
    assert deal.closed_at == deal.stage_entered_at == desk.clock.now
    assert deal.last_open_stage_id == desk.lead


def test_winning_keeps_the_close_date_that_was_expected(desk: Desk) -> None:
    deal_id = desk.new()
    expected = date(2026, 12, 31)
    desk.do(deals.edit, deal_id, {"close_date": expected})
    desk.do(deals.win, deal_id)
    deal = desk.deal(deal_id)
    assert (deal.close_date, deal.close_date_auto) == (expected, False)
    assert deal.closed_at == desk.clock.now


def test_reopening_takes_back_only_a_close_date_that_was_set_by_itself(desk: Desk) -> None:
    by_itself, typed = desk.new("One"), desk.new("Two")
    desk.do(deals.win, by_itself)
    desk.do(deals.win, typed)
    desk.do(deals.edit, typed, {"close_date": date(2026, 11, 20)})
    for deal_id, kept in ((by_itself, None), (typed, date(2026, 11, 20))):
        desk.do(deals.reopen, deal_id)
        deal = desk.deal(deal_id)
        assert (deal.close_date, deal.close_date_auto, deal.closed_at) == (kept, False, None)


def test_from_won_to_lost_the_end_moves_and_the_close_date_stays(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.win, deal_id)
    desk.clock.advance(days=3)
    desk.do(deals.lose, deal_id, "no  budget\n")
    deal = desk.deal(deal_id)
    assert deal.close_date == TODAY
    assert deal.closed_at == desk.clock.now
    assert deal.lost_reason == "no  budget"
    assert deal.last_open_stage_id == desk.lead
    desk.do(deals.win, deal_id)
    assert desk.deal(deal_id).lost_reason is None


def test_a_lost_deal_gets_another_reason_without_closing_again(desk: Desk) -> None:
    deal_id = desk.new()
    desk.do(deals.lose, deal_id, "price")
    closed_at = desk.deal(deal_id).closed_at
    desk.clock.advance(days=1)
    desk.do(deals.lose, deal_id, "timing")
    deal = desk.deal(deal_id)
    assert (deal.lost_reason, deal.closed_at) == ("timing", closed_at)
    assert desk.do(deals.lose, deal_id).operation is None


def test_undo_brings_back_stage_place_and_dates(desk: Desk) -> None:
    deal_id = desk.new()
    for title in ("Above", "Top"):
        desk.new(title)
    desk.do(deals.reorder, deal_id, -1)
    for _ in range(2):
        desk.do(deals.move, deal_id, by=1)
    assert where(desk, deal_id) == "Won"
    for _ in range(2):
        desk.do(history.undo)
    assert desk.order(desk.lead) == ["Top", "Acme", "Above"]
    assert (desk.deal(deal_id).closed_at, desk.deal(deal_id).close_date) == (None, None)


# ── other pipelines ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def other(desk: Desk) -> int:
    """Add a second pipeline: Start, OFFER, Won (called Vinto), Lost."""
    pipeline_id = desk.do(pipelines.create, "Other", parse_stages("Start:10,OFFER:50")).value
    desk.do(stages.edit, desk.stages(pipeline_id)[2].id or 0, name="Vinto")
    return pipeline_id


@pytest.mark.parametrize(
    ("stage", "target"), [("Lead", "Start"), ("Offer", "OFFER"), ("Won", "Vinto"), ("Lost", "Lost")]
)
def test_a_move_to_a_pipeline_finds_the_stage_that_means_the_same(
    desk: Desk, other: int, stage: str, target: str
) -> None:
    stage_id = next(s.id for s in desk.stages() if s.name == stage)
    deal_id = desk.new(stage_id=stage_id)
    desk.do(deals.move, deal_id, pipeline_id=other)
    assert where(desk, deal_id) == target


def test_won_in_another_pipeline_is_not_won_again(desk: Desk, other: int) -> None:
    deal_id = desk.new()
    desk.do(deals.win, deal_id)
    won = desk.deal(deal_id)
    desk.clock.advance(days=5)
    desk.do(deals.move, deal_id, pipeline_id=other)
    deal = desk.deal(deal_id)
    assert (deal.closed_at, deal.close_date) == (won.closed_at, won.close_date)
    assert deal.stage_entered_at == desk.clock.now
    desk.do(deals.reopen, deal_id)
    assert where(desk, deal_id) == "Start"


def test_a_stage_of_the_wrong_pipeline_is_refused_with_both_names(desk: Desk, other: int) -> None:
    with pytest.raises(InvalidValue, match=r"'Offer'.*“Other”"):
        desk.do(deals.move, desk.new(), stage_id=desk.offer, pipeline_id=other)


def test_an_unknown_pipeline_is_named(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no pipeline #99"):
        desk.do(deals.move, desk.new(), pipeline_id=99)


# ── order ─────────────────────────────────────────────────────────────────────────────────────


def stack(desk: Desk, titles: str) -> dict[str, int]:
    """Fill Lead with deals, the first title on top."""
    made = {title: desk.new(title) for title in reversed(titles)}
    assert desk.order(desk.lead) == list(titles)
    return made


def test_a_moved_deal_goes_on_top(desk: Desk) -> None:
    ids = stack(desk, "ABC")
    for title in "BCA":
        desk.do(deals.move, ids[title], by=1)
    assert desk.order(desk.offer) == ["A", "C", "B"]


@pytest.mark.parametrize(
    ("place", "order"),
    [("top", "DABC"), ("bottom", "ABCD"), (0, "DABC"), (1, "ADBC"), (2, "ABDC"), (9, "ABCD")],
)
def test_a_deal_is_moved_to_a_place(desk: Desk, place: Place, order: str) -> None:
    stack(desk, "ABC")
    deal_id = desk.new("D", desk.offer)
    desk.do(deals.move, deal_id, stage_id=desk.lead, place=place)
    assert desk.order(desk.lead) == list(order)


@pytest.mark.parametrize(
    ("title", "by", "order"),
    [
        ("A", 1, "BACD"),
        ("A", 2, "BCAD"),
        ("A", 9, "BCDA"),
        ("D", -1, "ABDC"),
        ("D", -3, "DABC"),
        ("C", -9, "CABD"),
    ],
)
def test_a_deal_is_reordered_in_its_stage(desk: Desk, title: str, by: int, order: str) -> None:
    ids = stack(desk, "ABCD")
    receipt = desk.do(deals.reorder, ids[title], by)
    assert desk.order(desk.lead) == list(order)
    assert [(t.table, t.row_id, list(t.after or {})) for t in receipt.touched] == [
        ("deal", ids[title], ["rank"])
    ]


def test_a_deal_at_the_end_stays_there(desk: Desk) -> None:
    ids = stack(desk, "AB")
    assert desk.do(deals.reorder, ids["A"], -1).operation is None
    assert desk.do(deals.reorder, ids["B"], 1).operation is None
    assert desk.do(deals.reorder, ids["A"], 0).operation is None


@pytest.mark.parametrize(
    ("title", "before", "after", "index", "order"),
    [
        ("D", "A", None, None, "DABC"),
        ("D", "B", None, None, "ADBC"),
        ("A", None, "B", None, "BACD"),
        ("A", None, "D", None, "BCDA"),
        ("A", None, None, 2, "BCAD"),
        ("C", None, None, None, "CABD"),
    ],
)
def test_a_deal_is_dropped_in_its_stage(
    desk: Desk, title: str, before: str | None, after: str | None, index: int | None, order: str
) -> None:
    ids = stack(desk, "ABCD")
    desk.do(
        deals.place,
        ids[title],
        desk.lead,
        before_id=ids.get(before or ""),
        after_id=ids.get(after or ""),
        index=index,
    )
    assert desk.order(desk.lead) == list(order)


def test_a_deal_is_dropped_beside_one_of_another_stage(desk: Desk) -> None:
    ids = stack(desk, "ABC")
    deal_id = desk.new("X", desk.offer)
    receipt = desk.do(deals.place, deal_id, desk.lead, after_id=ids["B"])
    assert desk.order(desk.lead) == ["A", "B", "X", "C"]
    assert receipt.label == "X → Lead"


def test_a_drop_where_the_deal_is_changes_nothing(desk: Desk) -> None:
    ids = stack(desk, "ABC")
    beside = [("C", None), (None, "A"), ("B", None), (None, "B")]
    for before, after in beside:
        before_id, after_id = ids.get(before or ""), ids.get(after or "")
        receipt = desk.do(deals.place, ids["B"], desk.lead, before_id=before_id, after_id=after_id)
        assert receipt.operation is None


def test_a_drop_beside_a_deal_that_left_goes_on_top(desk: Desk) -> None:
    ids = stack(desk, "ABCD")
    desk.do(deals.move, ids["B"], by=1)
    desk.do(deals.place, ids["C"], desk.lead, before_id=ids["B"])
    assert desk.order(desk.lead) == ["C", "A", "D"]
    desk.do(deals.place, ids["D"], desk.lead, after_id=ids["B"])
    assert desk.order(desk.lead) == ["D", "C", "A"]


def test_the_same_gap_can_be_used_for_ever(desk: Desk) -> None:
    """The anchor stays on top while each of the others is dropped right below it."""
    titles = [f"Deal {number}" for number in range(40)]
    ids = {title: desk.new(title) for title in titles}
    anchor = desk.new("Anchor")
    for title in titles:
        desk.do(deals.place, ids[title], desk.lead, after_id=anchor)
    assert desk.order(desk.lead) == ["Anchor", *reversed(titles)]


def crowd(desk: Desk, ranks: list[int]) -> list[int]:
    """Fill Lead with deals of these ranks in one step; return their ids."""
    contact_id = desk.contact()

    def act(tx: Transaction) -> list[int]:
        made = [
            deals.create(tx, contacts=[contact_id], stage_id=desk.lead, title=f"{number:03}")
            for number in range(len(ranks))
        ]
        for deal_id, rank in zip(made, ranks, strict=True):
            tx.get(Deal, deal_id).rank = rank
        return made

    return desk.do(act).value


def test_moving_deals_apart_leaves_most_of_a_long_stage_alone(desk: Desk) -> None:
    made = crowd(desk, [0, 1, *(number * placement.GAP for number in range(1, 119))])
    receipt = desk.do(deals.place, made[119], desk.lead, after_id=made[0])
    assert desk.order(desk.lead) == ["000", "119", *(f"{number:03}" for number in range(1, 119))]
    assert len(receipt.touched) < 50


def test_deals_without_any_gap_are_moved_apart_as_far_as_needed(desk: Desk) -> None:
    made = crowd(desk, list(range(100)))
    desk.do(deals.place, made[99], desk.lead, after_id=made[0])
    assert desk.order(desk.lead) == ["000", "099", *(f"{number:03}" for number in range(1, 99))]
    receipt = desk.do(deals.place, made[98], desk.lead, after_id=made[1])
    assert len(receipt.touched) == 1


def test_equal_ranks_that_undo_brought_back_are_ordered_by_id(desk: Desk) -> None:
    ids = stack(desk, "AB")

    def tie(tx: Transaction) -> None:
        tx.get(Deal, ids["A"]).rank = tx.get(Deal, ids["B"]).rank

    desk.do(tie)
    assert desk.order(desk.lead) == ["B", "A"]
    new = desk.new("X", desk.offer)
    desk.do(deals.place, new, desk.lead, before_id=ids["A"])
    assert desk.order(desk.lead) == ["B", "X", "A"]
