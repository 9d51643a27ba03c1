"""Move 1,000 deals at once, without automations and with some that act on each of them, in turns.

`python -m benchmarks.bulk_rules TURNS` prints the milliseconds of both as JSON, by the mix of
automations. A condition holds for every deal but the last hundred; one update of two changes what
deals are found by.
"""

import gc
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from dealboard import actions
from dealboard.domain import rules
from dealboard.domain.rules import Document
from dealboard.domain.stages import parse_stages
from dealboard.workspace import Workspace

if TYPE_CHECKING:
    from dealboard.store.transaction import Transaction

DEALS = 1_000
ENTERED: Document = {"on": "stage_changed", "to": 2}
TASK: Document = {"do": "add_task", "text": "Call {{contact.name}}", "days": 2}
NOTE: Document = {"do": "add_note", "text": "{{deal.title}} is in {{stage.name}}"}
PRICED: Document = {"do": "add_note", "text": "{{deal.amount.formatted}}, {{owner.name}}"}
DATED: Document = {"do": "update_deal", "close_date": "{{today+30d}}"}
NUMBERED: Document = {"do": "update_deal", "reference": "R-{{deal.id}}"}
WEBHOOK: Document = {"do": "send_webhook", "url": "https://example.com/moved"}
NEW_DEAL: Document = {"do": "create_deal", "pipeline": 2, "title": "Onboard {{deal.title}}"}
MIXES: dict[str, tuple[Document, ...]] = {
    "a task and two notes": (TASK, NOTE, PRICED),
    "a task, an update and a note": (TASK, DATED, PRICED),
    "two updates and a note": (NUMBERED, DATED, NOTE),
    "a webhook": (WEBHOOK,),
    "a new deal": (NEW_DEAL,),
}


def main(turns: int) -> None:
    """Fill a workspace for each mix, move to and fro, say how long it took."""
    times = {name: _measured(steps, turns) for name, steps in MIXES.items()}
    print(json.dumps(times))


def _measured(steps: Sequence[Document], turns: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"without": [], "with": []}
    with TemporaryDirectory() as folder:
        path = Path(folder, "bulk.db")
        with closing(Workspace.create(path, owner="Ada", currency="EUR")) as workspace:
            workspace.run(lambda tx: _fill(tx, steps))
            for turn in range(turns + 1):
                for name, active in (("without", False), ("with", True)):
                    taken = _moved(workspace, active=active)
                    if turn:  # the first turn loads what is loaded once
                        times[name].append(taken * 1000)
                if not turn:
                    gc.freeze()  # as the app does, once it has loaded what a change needs
    return times


def _fill(tx: "Transaction", steps: Sequence[Document]) -> None:
    actions.pipelines.create(tx, "Sales", parse_stages("Lead:10,Offer:60"))
    actions.pipelines.create(tx, "Customers", parse_stages("New:50"))
    for number in range(DEALS):
        contact = actions.contacts.add(tx, name=f"Person {number}")
        actions.deals.create(tx, contacts=[contact], stage_id=1, amount=number * 100)
    for number, step in enumerate(steps):
        rule: Document = {"name": f"Rule {number}", "trigger": ENTERED, "then": [step]}
        if step is PRICED:
            rule["if"] = {"all": [{"field": "deal.amount", "is": "greater", "value": "99"}]}
        actions.automations.create(tx, rules.parse(rule))


def _moved(workspace: Workspace, *, active: bool) -> float:
    """Move all deals, take it back, and return the seconds of the move."""
    start = perf_counter()
    workspace.run(
        lambda tx: actions.deals.move_many(tx, range(1, DEALS + 1), 2), automations=active
    )
    taken = perf_counter() - start
    workspace.run(lambda tx: actions.history.undo(tx))
    return taken


if __name__ == "__main__":
    main(int(sys.argv[1]))
