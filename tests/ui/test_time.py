"""While the app is open, time acts: what was delayed, and automations that wait for a day."""

from pathlib import Path

import pytest

from dealboard import actions
from dealboard.domain import rules
from dealboard.store.reads import activities
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.drive import driving


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealboard.app.clock.LOOK_SECONDS", 0.01)


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales"))
    contact = workspace.run(lambda tx: actions.contacts.add(tx, name="Acme")).value
    workspace.run(
        lambda tx: actions.deals.create(
            tx, contacts=[contact], stage_id=1, title="Acme", close_date=workspace.today
        )
    )
    return workspace


def keep(workspace: Workspace, on: str, *then: dict[str, object], name: str = "Rule") -> None:
    rule = rules.parse({"name": name, "trigger": {"on": on}, "then": [*then]})
    workspace.run(lambda tx: actions.automations.create(tx, rule))


def notes(path: Path, clock: Clock) -> list[str]:
    looker = Workspace.open(path, clock=clock)
    found = [each.text for each in looker.read(activities.of_deal, 1)]
    looker.close()
    return found


async def test_what_is_due_is_done_at_the_start_and_a_new_rule_is_tried_at_once(
    sales: Workspace, path: Path, clock: Clock
) -> None:
    keep(sales, "close_date", {"do": "add_note", "text": "chase"})
    async with driving(sales, path) as robot:
        await robot.until(lambda: notes(path, clock) == ["chase"])
        other = Workspace.open(path, clock=clock)
        keep(other, "close_date", {"do": "add_note", "text": "again"}, name="New")
        other.close()
        await robot.until(lambda: sorted(notes(path, clock)) == ["again", "chase"])


async def test_what_was_delayed_comes_when_it_is_due(
    sales: Workspace, path: Path, clock: Clock
) -> None:
    wait = {"do": "delay", "minutes": 1}
    keep(sales, "stage_changed", wait, {"do": "add_note", "text": "later"})
    sales.run(lambda tx: actions.deals.win(tx, 1))
    clock.advance(minutes=2)
    async with driving(sales, path) as robot:
        await robot.until(lambda: notes(path, clock) == ["later"])


async def test_nothing_is_planned_where_nothing_waits(sales: Workspace, path: Path) -> None:
    async with driving(sales, path) as robot:
        await robot.settle()
        assert robot.app.clock.alarm is None
