"""What a workspace is set to: checked, kept outside the journal, and what it means from then on."""

import pytest

from dealboard.actions import history, pipelines, preferences, stages
from dealboard.domain.stages import StageKind, parse_rotting_days
from dealboard.errors import InvalidValue, Refused
from tests.actions.conftest import Desk


def test_currency_and_country_are_checked_and_kept(desk: Desk) -> None:
    assert desk.do(preferences.set_currency, " usd ").operation is None
    desk.do(preferences.set_country, "de")
    assert (desk.workspace.recall("currency"), desk.workspace.recall("country")) == ("USD", "DE")
    desk.do(preferences.set_country, "")
    assert desk.workspace.recall("country") == ""
    with pytest.raises(InvalidValue, match="not a country"):
        desk.do(preferences.set_country, "XX")
    with pytest.raises(InvalidValue):
        desk.do(preferences.set_currency, "EUX")


def test_new_stages_rot_as_the_workspace_says(desk: Desk) -> None:
    desk.do(preferences.set_rotting, 21)
    made = desk.do(pipelines.create, "Other").value
    desk.do(stages.add, desk.pipeline, "Demo")
    rotting = {stage.name: stage.rotting_days for stage in desk.stages(desk.pipeline)}
    assert rotting == {"Lead": None, "Offer": None, "Demo": 21, "Won": None, "Lost": None}
    assert [stage.rotting_days for stage in desk.stages(made)] == [21, None, None]
    with pytest.raises(InvalidValue, match="from 1 to 999"):
        desk.do(preferences.set_rotting, 1000)


def test_rotting_is_set_in_all_open_stages_and_taken_back(desk: Desk) -> None:
    receipt = desk.do(lambda tx: preferences.set_rotting(tx, 1, everywhere=True))
    assert receipt.label == "Deals rot after 1 day in 2 stages"
    closed = [each for each in desk.stages(desk.pipeline) if each.kind != StageKind.OPEN]
    assert [each.rotting_days for each in desk.stages(desk.pipeline)][:2] == [1, 1]
    assert [each.rotting_days for each in closed] == [None, None]
    desk.do(history.undo)
    assert [each.rotting_days for each in desk.stages(desk.pipeline)][:2] == [None, None]


def test_a_stage_is_shifted_among_the_open_ones(desk: Desk) -> None:
    assert desk.do(stages.shift, desk.lead, -1).operation is None
    desk.do(stages.shift, desk.lead, 1)
    assert desk.stage_names() == ["Offer", "Lead", "Won", "Lost"]
    assert desk.do(stages.shift, desk.lead, 1).operation is None
    with pytest.raises(Refused, match="cannot be moved"):
        desk.do(stages.shift, desk.won, -1)


@pytest.mark.parametrize(
    ("text", "days"), [("30", 30), (" 7 Days", 7), ("1 d", 1), ("", None), ("Never", None)]
)
def test_days_are_typed_as_people_write_them(text: str, days: int | None) -> None:
    assert parse_rotting_days(text) == days


@pytest.mark.parametrize("text", ["0", "1000", "-3", "soon", "3.5"])
def test_what_is_no_number_of_days_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_rotting_days(text)
