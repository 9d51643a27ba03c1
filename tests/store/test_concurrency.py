"""Several processes on one file: nothing lost, nothing locked."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.errors import Busy
from dealboard.store import driver
from dealboard.store.reads import deals
from dealboard.workspace import Workspace
from tests.conftest import Clock

PROCESSES, MOVES = 4, 100

WORKER = """
import sys
from pathlib import Path
from dealboard import actions
from dealboard.workspace import Workspace

def step(tx, deal_id, number):
    actions.deals.shift_close_date(tx, deal_id, 1)
    actions.deals.move(tx, deal_id, by=1 if number % 2 else -1)

workspace = Workspace.open(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    workspace.run(lambda tx: step(tx, 1 + number % 2, number // 2))
workspace.close()
"""


def a_deal(workspace: Workspace, title: str) -> int:
    def create(tx):  # type: ignore[no-untyped-def]
        contact = actions.contacts.add(tx, name=title)
        return actions.deals.create(tx, contacts=[contact], stage_id=1, close_date=date(2026, 1, 1))

    return int(workspace.run(create).value)


@pytest.mark.timeout(120)
def test_four_processes_lose_nothing(workspace: Workspace) -> None:
    workspace.run(lambda tx: actions.pipelines.create(tx, "Sales"))
    ids = [a_deal(workspace, name) for name in ("Acme", "Zenith")]
    assert ids == [1, 2]
    command = [sys.executable, "-c", WORKER, str(workspace.path), str(MOVES)]
    workers = [
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    errors = [worker.communicate()[1] for worker in workers]
    assert errors == [""] * PROCESSES
    for deal_id in ids:
        deal = workspace.read(deals.deal, deal_id)
        assert deal.close_date == date(2026, 1, 1) + timedelta(days=PROCESSES * MOVES // 2)
        images = workspace.read(
            lambda c, deal_id=deal_id: c.execute(  # type: ignore[misc]
                "SELECT before, after FROM change WHERE table_name = 'deal' AND row_id = :deal"
                " AND before IS NOT NULL ORDER BY id",
                {"deal": deal_id},
            ).fetchall()
        )
        dates = [(json.loads(b)["close_date"], json.loads(a)["close_date"]) for b, a in images]
        assert [after for _, after in dates[:-1]] == [before for before, _ in dates[1:]]


def test_a_lock_that_does_not_end_is_said(workspace: Workspace, clock: Clock) -> None:
    holder = driver.connect(Path(workspace.path), "rw", 1)
    holder.execute("BEGIN IMMEDIATE")
    hasty = Workspace.open(workspace.path, timeout=0.05, clock=clock)
    with pytest.raises(Busy, match=r"0\.05 s"):
        hasty.run(lambda tx: actions.pipelines.create(tx, "Sales"))
    holder.execute("ROLLBACK")
    hasty.run(lambda tx: actions.pipelines.create(tx, "Sales"))
    hasty.close()
    holder.close()
