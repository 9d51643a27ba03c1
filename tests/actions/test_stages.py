"""Stages: open ones in any order, then Won, then Lost (decisions 1–10)."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealboard.actions import deals, history, pipelines, stages
from dealboard.actions.rows import stages_of
from dealboard.errors import DealboardError, InvalidValue, MissingField, Refused
from dealboard.store.tables import Stage
from dealboard.store.transaction import Transaction
from tests.actions.conftest import Desk, Play


def test_a_stage_comes_behind_the_open_ones_with_the_midpoint(desk: Desk) -> None:
    added = desk.do(stages.add, desk.pipeline, " Demo ")
    assert desk.stage_names() == ["Lead", "Offer", "Demo", "Won", "Lost"]
    assert [s.position for s in desk.stages()] == [1, 2, 3, 4, 5]
    assert desk.row(Stage, added.value).probability == 80
    assert added.label == "Added stage Demo"


def test_a_stage_is_put_between_two_with_their_midpoint(desk: Desk) -> None:
    added = desk.do(stages.add, desk.pipeline, "Demo", position=2).value
    assert desk.stage_names() == ["Lead", "Demo", "Offer", "Won", "Lost"]
    assert desk.row(Stage, added).probability == 35


def test_a_stage_cannot_be_put_behind_won(desk: Desk) -> None:
    with pytest.raises(InvalidValue, match="from 1 to 3") as caught:
        desk.do(stages.add, desk.pipeline, "Demo", position=4)
    assert caught.value.hint == "Won and Lost stay last."
    with pytest.raises(InvalidValue, match="from 1 to 2"):
        desk.do(stages.move, desk.lead, 3)


@pytest.mark.parametrize("name", ["offer", " WON", "lost"])
def test_stage_names_are_unique_in_a_pipeline(desk: Desk, name: str) -> None:
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(stages.add, desk.pipeline, name)
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(stages.edit, desk.lead, name=name)


def test_two_pipelines_may_have_stages_of_one_name(desk: Desk) -> None:
    other = desk.do(pipelines.create, "Other").value
    desk.do(stages.add, other, "Lead")
    assert [s.name for s in desk.stages(other)] == ["New", "Lead", "Won", "Lost"]


def test_the_thirtieth_stage_is_the_last(desk: Desk) -> None:
    for number in range(26):
        desk.do(stages.add, desk.pipeline, f"Stage {number}")
    with pytest.raises(Refused, match="30 stages"):
        desk.do(stages.add, desk.pipeline, "Demo")
    assert all(s.probability < 100 for s in desk.stages() if s.kind == "open")


def test_a_stage_is_edited(desk: Desk) -> None:
    receipt = desk.do(stages.edit, desk.lead, name="Fresh", probability=5, rotting_days=14)
    lead = desk.row(Stage, desk.lead)
    assert (lead.name, lead.probability, lead.rotting_days) == ("Fresh", 5, 14)
    assert receipt.label == "Renamed stage Lead to Fresh"
    desk.do(stages.edit, desk.lead, rotting_days=None)
    assert desk.row(Stage, desk.lead).rotting_days is None


@pytest.mark.parametrize("percent", [-1, 101])
def test_an_impossible_probability_is_refused(desk: Desk, percent: int) -> None:
    with pytest.raises(InvalidValue, match="from 0 to 100"):
        desk.do(stages.edit, desk.lead, probability=percent)
    with pytest.raises(InvalidValue, match="from 0 to 100"):
        desk.do(stages.add, desk.pipeline, "Demo", probability=percent)


@pytest.mark.parametrize("percent", [0, 100])
def test_an_open_stage_at_an_extreme_is_allowed_with_a_warning(desk: Desk, percent: int) -> None:
    (warning,) = desk.do(stages.edit, desk.lead, probability=percent).notes
    assert f"{percent} %" in warning
    assert desk.row(Stage, desk.lead).probability == percent
    (warning,) = desk.do(stages.add, desk.pipeline, "Demo", probability=percent).notes
    assert f"{percent} %" in warning


@pytest.mark.parametrize("days", [0, 1000, -5])
def test_rotting_days_have_a_range(desk: Desk, days: int) -> None:
    with pytest.raises(InvalidValue, match="from 1 to 999"):
        desk.do(stages.edit, desk.lead, rotting_days=days)


def test_won_and_lost_can_be_renamed(desk: Desk) -> None:
    desk.do(stages.edit, desk.won, name="Vinto", probability=100, rotting_days=None)
    desk.do(stages.edit, desk.lost, name="Perso")
    assert desk.stage_names() == ["Lead", "Offer", "Vinto", "Perso"]


def test_won_and_lost_are_fixed(desk: Desk) -> None:
    with pytest.raises(Refused, match="Won is always 100 %"):
        desk.do(stages.edit, desk.won, probability=90)
    with pytest.raises(Refused, match="never rot"):
        desk.do(stages.edit, desk.lost, rotting_days=3)
    for fixed in (desk.won, desk.lost):
        with pytest.raises(Refused, match="cannot be moved"):
            desk.do(stages.move, fixed, 1)
        with pytest.raises(Refused, match="cannot be deleted"):
            desk.do(stages.delete, fixed)


def test_stages_are_reordered(desk: Desk) -> None:
    desk.do(stages.move, desk.offer, 1)
    assert desk.stage_names() == ["Offer", "Lead", "Won", "Lost"]
    assert desk.do(stages.move, desk.offer, 1).operation is None


def test_a_stage_with_deals_is_not_deleted(desk: Desk) -> None:
    desk.new()
    with pytest.raises(Refused, match="holds 1 deal and"):
        desk.do(stages.delete, desk.lead)


def test_the_first_stage_is_deleted_but_never_the_last_open_one(desk: Desk) -> None:
    desk.do(stages.delete, desk.lead)
    assert [(s.name, s.position) for s in desk.stages()] == [("Offer", 1), ("Won", 2), ("Lost", 3)]
    with pytest.raises(Refused, match="a pipeline needs one open stage"):
        desk.do(stages.delete, desk.offer)
    desk.do(history.undo)
    assert desk.stage_names() == ["Lead", "Offer", "Won", "Lost"]


def test_a_closed_deal_reopens_at_the_start_when_its_stage_is_gone(desk: Desk) -> None:
    deal_id = desk.new(stage_id=desk.offer)
    desk.do(deals.win, deal_id)
    desk.do(stages.delete, desk.offer)
    desk.do(deals.reopen, deal_id)
    assert desk.deal(deal_id).stage_id == desk.lead


def test_a_stage_needs_a_name(desk: Desk) -> None:
    with pytest.raises(MissingField):
        desk.do(stages.add, desk.pipeline, " ")


steps = st.one_of(
    st.tuples(st.just("add"), st.sampled_from("ABCDEF"), st.none() | st.integers(0, 6)),
    st.tuples(st.just("move"), st.integers(0, 8), st.integers(-1, 8)),
    st.tuples(st.just("delete"), st.integers(0, 8), st.none()),
    st.tuples(st.just("edit"), st.integers(0, 8), st.integers(-1, 101)),
)


@settings(max_examples=60)
@given(st.lists(steps, max_size=25))
def test_whatever_is_done_won_and_lost_stay_last_and_fixed(
    rehearse: Callable[[Play], None], script: list[tuple[str, int | str, int | None]]
) -> None:
    def play(tx: Transaction, desk: Desk) -> None:
        for verb, which, where in script:
            rows = stages_of(tx, desk.pipeline)
            try:
                if verb == "add":
                    stages.add(tx, desk.pipeline, str(which), position=where)
                    continue
                stage_id = rows[int(which) % len(rows)].id or 0
                if verb == "move":
                    stages.move(tx, stage_id, where or 0)
                elif verb == "delete":
                    stages.delete(tx, stage_id)
                else:
                    stages.edit(tx, stage_id, probability=where or 0)
            except DealboardError:
                continue
            finally:
                check(stages_of(tx, desk.pipeline))

    def check(rows: list[Stage]) -> None:
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        kinds = [row.kind for row in rows]
        assert kinds[-2:] == ["won", "lost"]
        assert set(kinds[:-2]) == {"open"}
        assert [row.probability for row in rows[-2:]] == [100, 0]
        names = [row.name.casefold() for row in rows]
        assert len(set(names)) == len(names)

    rehearse(play)
