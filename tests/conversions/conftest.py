"""A desk whose deals Meta is told of: Sales (Lead, Offer, Won, Lost) and Onboarding (Start …)."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from dealboard.actions import contacts, conversions, deals, history, pipelines
from dealboard.conversions import check
from dealboard.domain.conversions import parse
from dealboard.domain.stages import parse_stages
from dealboard.store.tables import Outbox
from dealboard.store.transaction import Receipt
from tests.actions.conftest import Desk, desk, furnished, rehearse

__all__ = ["counter", "desk", "furnished", "rehearse"]

DATASET = "1234567890"
AN_HOUR = timedelta(hours=1)


class Sent(NamedTuple):
    """A row of the outbox with its event, read."""

    row: Outbox
    event: dict[str, Any]

    @property
    def told(self) -> str:
        """The event in short: its name, and a state that is not pending."""
        name = self.event["event_name"]
        return name if self.row.state == "pending" else f"{name} {self.row.state}"


class Counter:
    """Short ways to sell something, and to look at what Meta would be told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clock = desk.clock
        self.do = desk.do
        self.lead, self.offer, self.won, self.lost = desk.lead, desk.offer, desk.won, desk.lost
        made = desk.do(pipelines.create, "Onboarding", parse_stages("Start:50"))
        self.onboarding = made.value
        self.start, self.onboarded, self.dropped = (s.id or 0 for s in desk.stages(made.value))
        desk.do(conversions.enable, DATASET)
        self.seen = 0

    def person(self, name: str = "Ada", **fields: Any) -> int:
        """Add a contact who agrees, with an address."""
        given = {"email": f"{name.lower()}@example.com", "consent": True, "name": name, **fields}
        return self.do(contacts.add, **given).value

    def deal(self, *people: int, stage: int | None = None, **fields: Any) -> int:
        """Add a deal worth 1,200.50 euros, of somebody if nobody is named."""
        given = {"title": "Roof", "amount": 120_050, "currency": "EUR", **fields}
        who = people or (self.person(),)
        return self.do(deals.create, contacts=who, stage_id=stage or self.lead, **given).value

    def later(self, delta: timedelta = AN_HOUR) -> None:
        """Let time pass: an hour, if nobody says how much."""
        self.clock.now += delta

    def undo(self) -> Receipt[int]:
        """Take back the last operation."""
        return self.do(history.undo)

    def events(self) -> list[Sent]:
        """Return all that Meta is to be told."""
        found = [row for row in self.desk.rows(Outbox) if row.kind == "meta"]
        return [Sent(row, _read(row)) for row in found]

    def new(self) -> list[str]:
        """Return what has come since this was last asked, in short."""
        found = self.events()
        fresh = [each.told for each in found[self.seen :]]
        self.seen = len(found)
        return fresh

    def told(self) -> list[str]:
        """Return all events in short."""
        return [each.told for each in self.events()]

    def last(self, name: str = "") -> Sent:
        """Return the newest event (of a name)."""
        return [each for each in self.events() if name in each.told][-1]

    def check(self) -> None:
        """Hold what may go to what Meta takes."""
        for each in self.events():
            if each.row.state == "pending":
                assert check.problems(parse(each.row.payload), self.clock()) == ()

    def mark(self, sent: Sent, **fields: Any) -> None:
        """Let something have become of a row, as a courier would."""
        columns = ", ".join(f"{name} = :{name}" for name in fields)
        self.desk.workspace.keep(
            lambda connection: connection.execute(
                f"UPDATE outbox SET {columns} WHERE id = :id", {**fields, "id": sent.row.id}
            )
        )


def _read(row: Outbox) -> dict[str, Any]:
    event = parse(row.payload).event
    return json.loads(event, parse_float=Decimal) if event else {"event_name": "erased"}


@pytest.fixture
def counter(desk: Desk) -> Counter:
    """Return a desk whose deals Meta is told of."""
    return Counter(desk)
