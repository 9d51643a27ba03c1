"""Pipelines: at most ten, uniquely named, Won and Lost always last, deleted only when empty."""

import pytest

from dealboard.actions import deals, history, pipelines
from dealboard.domain.stages import NewStage, parse_stages
from dealboard.errors import InvalidValue, MissingField, NotFound, Refused
from dealboard.store.tables import Deal, Pipeline, Stage
from tests.actions.conftest import Desk


def test_a_new_pipeline_has_one_stage_and_the_two_fixed_ones(desk: Desk) -> None:
    pipeline_id = desk.do(pipelines.create, "  Customer\tOnboarding ").value
    assert desk.row(Pipeline, pipeline_id).name == "Customer Onboarding"
    assert [(s.name, s.kind, s.probability, s.position) for s in desk.stages(pipeline_id)] == [
        ("New", "open", 10, 1),
        ("Won", "won", 100, 2),
        ("Lost", "lost", 0, 3),
    ]
    assert desk.pipeline_names() == ["Sales", "Customer Onboarding"]


def test_stages_are_configured_at_creation(desk: Desk) -> None:
    receipt = desk.do(pipelines.create, "Other", parse_stages("Lead, Demo, Offer:70"))
    stages = desk.stages(receipt.value)
    assert [s.name for s in stages] == ["Lead", "Demo", "Offer", "Won", "Lost"]
    assert [s.probability for s in stages] == [10, 40, 70, 100, 0]
    assert receipt.label == "Created pipeline Other"


def test_the_eleventh_pipeline_is_refused_until_one_is_deleted(desk: Desk) -> None:
    made = [desk.do(pipelines.create, f"Pipeline {number}").value for number in range(2, 11)]
    with pytest.raises(Refused, match="10 of 10 pipelines are used"):
        desk.do(pipelines.create, "Pipeline 11")
    desk.do(pipelines.delete, made[0])
    desk.do(pipelines.create, "Pipeline 11")
    assert len(desk.rows(Pipeline)) == 10


@pytest.mark.parametrize("name", ["Sales", "sALES ", " SALES"])
def test_pipeline_names_are_unique_in_any_case(desk: Desk, name: str) -> None:
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(pipelines.create, name)
    other = desk.do(pipelines.create, "Other").value
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(pipelines.rename, other, name)


def test_a_pipeline_may_change_the_case_of_its_own_name(desk: Desk) -> None:
    assert desk.do(pipelines.rename, desk.pipeline, "SALES").operation
    assert desk.pipeline_names() == ["SALES"]
    assert desk.do(pipelines.rename, desk.pipeline, "SALES").operation is None


@pytest.mark.parametrize(
    ("name", "error"), [("", MissingField), (" \n ", MissingField), ("x" * 61, InvalidValue)]
)
def test_a_pipeline_needs_a_name_that_fits(desk: Desk, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        desk.do(pipelines.create, name)
    assert desk.pipeline_names() == ["Sales"]


@pytest.mark.parametrize("name", ["lead", "won", "LOST"])
def test_stage_names_are_unique_in_the_new_pipeline(desk: Desk, name: str) -> None:
    with pytest.raises(InvalidValue, match="taken"):
        desk.do(pipelines.create, "Other", [NewStage("Lead"), NewStage(name)])
    assert desk.pipeline_names() == ["Sales"]


def test_a_pipeline_has_at_most_thirty_stages(desk: Desk) -> None:
    stages = [NewStage(f"Stage {number}") for number in range(29)]
    with pytest.raises(Refused, match="at most 30 stages"):
        desk.do(pipelines.create, "Other", stages)
    pipeline_id = desk.do(pipelines.create, "Other", stages[:28]).value
    assert len(desk.stages(pipeline_id)) == 30


@pytest.mark.parametrize(("position", "order"), [(1, "CAB"), (2, "ACB"), (3, "ABC")])
def test_pipelines_are_put_in_order(desk: Desk, position: int, order: str) -> None:
    desk.do(pipelines.rename, desk.pipeline, "A")
    _, last = [desk.do(pipelines.create, name).value for name in "BC"]
    desk.do(pipelines.move, last, position)
    assert desk.pipeline_names() == list(order)
    with pytest.raises(InvalidValue, match="from 1 to 3"):
        desk.do(pipelines.move, last, 4)


def test_a_pipeline_with_deals_is_not_deleted_not_even_with_closed_ones(desk: Desk) -> None:
    desk.do(deals.lose, desk.new("One"))
    desk.do(deals.win, desk.new("Two"))
    with pytest.raises(Refused, match="holds 2 deals"):
        desk.do(pipelines.delete, desk.pipeline)
    assert desk.stage_names() == ["Lead", "Offer", "Won", "Lost"]


def test_an_empty_pipeline_is_deleted_with_its_stages_and_comes_back(desk: Desk) -> None:
    desk.do(pipelines.create, "Other")
    desk.do(pipelines.delete, desk.pipeline)
    assert desk.pipeline_names() == ["Other"]
    assert [p.position for p in desk.rows(Pipeline)] == [1]
    assert len(desk.rows(Stage)) == 3
    desk.do(history.undo)
    assert desk.pipeline_names() == ["Sales", "Other"]
    assert desk.stage_names() == ["Lead", "Offer", "Won", "Lost"]


def test_all_deals_move_to_another_pipeline_in_their_order(desk: Desk) -> None:
    other = desk.do(pipelines.create, "Other", parse_stages("Offer,Start")).value
    offer, start, won, _ = (stage.id or 0 for stage in desk.stages(other))
    desk.new("There", offer)
    for title, stage_id in (("B", desk.lead), ("A", desk.lead), ("C", desk.offer), ("D", desk.won)):
        desk.new(title, stage_id)
    closed_at = next(deal.closed_at for deal in desk.rows(Deal) if deal.title == "D")
    desk.clock.advance(days=1)
    receipt = desk.do(pipelines.move_deals, desk.pipeline, other)
    assert (receipt.value, receipt.label) == (4, "Moved 4 deals to Other")
    assert [desk.order(stage_id) for stage_id in (offer, start, won)] == [
        ["There", "A", "B", "C"],
        [],
        ["D"],
    ]
    assert next(deal.closed_at for deal in desk.rows(Deal) if deal.title == "D") == closed_at
    desk.do(pipelines.delete, desk.pipeline)
    desk.do(history.undo)
    desk.do(history.undo)
    assert desk.order(desk.lead) == ["A", "B"]
    with pytest.raises(Refused, match="there already"):
        desk.do(pipelines.move_deals, other, other)


def test_a_pipeline_goes_with_its_deals_moved_as_one_operation(desk: Desk) -> None:
    other = desk.do(pipelines.create, "Other", parse_stages("Lead")).value
    desk.new("A", desk.lead)
    receipt = desk.do(pipelines.empty_and_delete, desk.pipeline, other)
    assert (receipt.value, receipt.label) == (1, "Deleted pipeline Sales, its deals moved")
    assert [each.name for each in desk.rows(Pipeline)] == ["Other"]
    desk.do(history.undo)
    assert desk.order(desk.lead) == ["A"]


def test_a_pipeline_is_shifted_as_far_as_there_are_others(desk: Desk) -> None:
    desk.do(pipelines.create, "Other")
    assert desk.do(pipelines.shift, desk.pipeline, -1).operation is None
    desk.do(pipelines.shift, desk.pipeline, 1)
    assert {each.name: each.position for each in desk.rows(Pipeline)} == {"Sales": 2, "Other": 1}
    assert desk.do(pipelines.shift, desk.pipeline, 1).operation is None


def test_an_unknown_pipeline_is_named(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no pipeline #99"):
        desk.do(pipelines.rename, 99, "Other")
