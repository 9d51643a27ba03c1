"""Switching the events for Meta on, as a dry run, live and off; kept outside the journal."""

from typing import Any

import pytest

from dealboard.actions import contacts, conversions, outbox
from dealboard.domain.conversions import Setup
from dealboard.errors import InvalidValue, Refused
from dealboard.store.reads import conversions as reads
from dealboard.store.tables import Contact, Operation
from tests.actions.conftest import Desk

DATASET = "1234567890"


def test_nothing_is_set_up_until_somebody_does(desk: Desk) -> None:
    assert desk.workspace.read(reads.setup) == Setup()
    for verb in (conversions.go_live, conversions.disable):
        with pytest.raises(Refused, match="No data set"):
            desk.do(verb)
    with pytest.raises(Refused, match="No data set"):
        desk.do(conversions.set_grace, 5)


def test_it_starts_as_a_dry_run_and_goes_live_by_a_step_of_its_own(desk: Desk) -> None:
    before = len(desk.rows(Operation))
    desk.do(conversions.enable, f" {DATASET} ")
    assert desk.workspace.read(reads.setup) == Setup(DATASET, enabled=True, live=False)
    desk.do(conversions.go_live)
    assert desk.workspace.read(reads.setup).live
    desk.do(conversions.disable)
    assert not desk.workspace.read(reads.setup).enabled
    with pytest.raises(Refused, match="not enabled"):
        desk.do(conversions.go_live)
    assert len(desk.rows(Operation)) == before


def test_what_is_chosen_is_checked_and_outlives_being_off(desk: Desk) -> None:
    desk.do(conversions.enable, DATASET, live=True)
    desk.do(conversions.set_action_source, "chat")
    desk.do(conversions.set_unknown_consent, True)
    desk.do(conversions.set_grace, 0)
    desk.do(conversions.disable)
    desk.do(conversions.enable, "98765")
    wanted = Setup("98765", True, False, "chat", unknown_consent=True, grace_minutes=0)
    assert desk.workspace.read(reads.setup) == wanted
    with pytest.raises(InvalidValue, match="not the id of a data set"):
        desk.do(conversions.enable, "Acme's pixel")
    with pytest.raises(InvalidValue, match="it can be system_generated"):
        desk.do(conversions.set_action_source, "website")
    with pytest.raises(InvalidValue, match="from 0 to 60 minutes"):
        desk.do(conversions.set_grace, -1)


def test_every_workspace_has_a_name_of_its_own(desk: Desk) -> None:
    assert len(desk.workspace.read(reads.workspace_uid)) == 36


def test_metas_ids_of_a_contact_are_kept_as_they_are_and_checked(desk: Desk) -> None:
    given = {
        "fbc": "fb.1.1554763741205.IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk",
        "fbp": "fb.1.1558571054389.1098115397",
        "lead_id": "525645896321548",
        "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwLF4XvnO2E4Nx0",
    }
    made = desk.do(contacts.add, name="Ada", **given).value  # type: ignore[arg-type]
    row = desk.row(Contact, made)
    assert {name: getattr(row, name) for name in given} == given
    desk.do(contacts.edit, made, {"fbc": None})
    assert desk.row(Contact, made).fbc is None
    for field, value in (
        ("fbc", "IwAR2F4"),
        ("fbp", "fb.1.x.2"),
        ("lead_id", "12"),
        ("ctwa_clid", "é" * 20),
    ):
        with pytest.raises(InvalidValue, match="no such id"):
            desk.do(contacts.edit, made, {field: value})  # type: ignore[misc]


def test_all_is_set_up_at_once_and_another_data_set_begins_as_a_dry_run(desk: Desk) -> None:
    chosen: dict[str, Any] = {"action_source": "chat", "unknown_consent": True, "grace_minutes": 3}
    desk.do(conversions.set_up, DATASET, **chosen)
    assert desk.workspace.read(reads.setup) == Setup(DATASET, enabled=True, **chosen)
    desk.do(conversions.go_live)
    desk.do(conversions.set_up, DATASET, **chosen | {"grace_minutes": 5})
    assert desk.workspace.read(reads.setup).live
    desk.do(conversions.set_up, "9876543210", **chosen)
    assert not desk.workspace.read(reads.setup).live
    with pytest.raises(InvalidValue):
        desk.do(conversions.set_up, DATASET, **chosen | {"grace_minutes": 61})


def test_nothing_is_hurried_where_nothing_goes_out(desk: Desk) -> None:
    desk.do(conversions.enable, DATASET)
    with pytest.raises(Refused, match="No events for Meta are sent"):
        desk.do(outbox.hasten, "meta")
    desk.do(conversions.go_live)
    with pytest.raises(Refused, match="no events for Meta that wait"):
        desk.do(outbox.hasten, "meta")
