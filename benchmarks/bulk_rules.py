"""Move 1,000 deals at once, without automations and with three that act on each of them, in turns.

`python -m benchmarks.bulk_rules TURNS` prints the milliseconds of both as JSON: a task, a note, and
a rule whose conditions hold for every deal but the last hundred.
"""

import json
import sys
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
RULES: tuple[Document, ...] = (
    {"then": [{"do": "add_task", "text": "Call {{contact.name}}", "days": 2}]},
    {"then": [{"do": "add_note", "text": "{{deal.title}} is in {{stage.name}}"}]},
    {
        "if": {"all": [{"field": "deal.amount", "is": "greater", "value": "99"}]},
        "then": [{"do": "add_note", "text": "{{deal.amount.formatted}}, {{owner.name}}"}],
    },
)


def main(turns: int) -> None:
    """Fill a workspace, move to and fro, say how long it took."""
    times: dict[str, list[float]] = {"without": [], "with": []}
    with TemporaryDirectory() as folder:
        path = Path(folder, "bulk.db")
        with closing(Workspace.create(path, owner="Ada", currency="EUR")) as workspace:
            workspace.run(_fill)
            for turn in range(turns + 1):
                for name, active in (("without", False), ("with", True)):
                    taken = _moved(workspace, active=active)
                    if turn:  # the first turn loads what is loaded once
                        times[name].append(taken * 1000)
    print(json.dumps(times))


def _fill(tx: "Transaction") -> None:
    actions.pipelines.create(tx, "Sales", parse_stages("Lead:10,Offer:60"))
    for number in range(DEALS):
        contact = actions.contacts.add(tx, name=f"Person {number}")
        actions.deals.create(tx, contacts=[contact], stage_id=1, amount=number * 100)
    for number, rule in enumerate(RULES):
        whole = {"name": f"Rule {number}", "trigger": ENTERED, **rule}
        actions.automations.create(tx, rules.parse(whole))


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
