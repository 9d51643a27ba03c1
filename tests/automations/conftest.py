"""A desk with rules on it: Sales (Lead, Offer, Won, Lost) and Onboarding (Start, Won, Lost)."""

import json
from typing import Any

import pytest

from dealboard.actions import automations, contacts, deals, history, pipelines
from dealboard.automations import clock
from dealboard.domain import rules
from dealboard.domain.automations import Run
from dealboard.domain.rules import Document, Rule
from dealboard.domain.stages import parse_stages
from dealboard.store.reads import automations as reads
from dealboard.store.reads import timeline
from dealboard.store.tables import Activity, Deal, DealContact, Outbox
from tests.actions.conftest import Desk, desk, furnished, rehearse

__all__ = ["bench", "desk", "furnished", "rehearse"]


class Bench:
    """Rules as documents, and short ways to look at what came of them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clock = desk.clock
        self.workspace = desk.workspace
        self.lead, self.offer, self.won, self.lost = desk.lead, desk.offer, desk.won, desk.lost
        made = desk.do(pipelines.create, "Onboarding", parse_stages("Start:50"))
        self.onboarding = made.value
        self.start = desk.stages(self.onboarding)[0].id or 0

    def rule(self, trigger: Document | str, *then: Document, **more: Any) -> int:
        """Keep a rule and return its id; `more` are name, if, otherwise, enabled."""
        name = more.pop("name", f"Rule {len(self.workspace.read(reads.automations)) + 1}")
        whole: Document = {
            "name": name,
            "trigger": {"on": trigger} if isinstance(trigger, str) else trigger,
            "then": [*then],
            **{{"test": "if", "otherwise": "else"}.get(key, key): more[key] for key in more},
        }
        custom = self.workspace.read(reads.known_fields)
        return self.desk.do(automations.create, rules.parse(whole, custom)).value

    def kept(self, rule_id: int) -> Rule:
        """Return a rule as it is kept."""
        rule = self.workspace.read(reads.automation, rule_id).rule
        assert rule is not None
        return rule

    def runs(self, **asked: Any) -> list[Run]:
        """Return the run log, oldest first."""
        return list(reversed(self.workspace.read(reads.runs, **asked)))

    def outcomes(self) -> list[tuple[str, str]]:
        """Return by run the rule and what came of it."""
        return [(run.automation, run.outcome.value) for run in self.runs()]

    def notes(self, deal_id: int | None = None) -> list[str]:
        """Return the texts of activities, oldest first."""
        rows = self.desk.rows(Activity)
        return [row.text for row in rows if deal_id in (None, row.deal_id)]

    def deals(self) -> list[Deal]:
        """Return all deals."""
        return self.desk.rows(Deal)

    def people(self, deal_id: int) -> list[int]:
        """Return the contacts of a deal."""
        links = [row for row in self.desk.rows(DealContact) if row.deal_id == deal_id]
        return [row.contact_id for row in sorted(links, key=lambda row: row.position)]

    def outbox(self, kind: str = "webhook") -> list[Outbox]:
        """Return what is to leave, or to happen later."""
        return [row for row in self.desk.rows(Outbox) if row.kind == kind]

    def bodies(self) -> list[Document]:
        """Return what webhooks say."""
        return [json.loads(json.loads(row.payload)["body"]) for row in self.outbox()]

    def new(self, title: str = "Acme", **fields: Any) -> int:
        """Add a deal of a contact of its own."""
        who = self.desk.contact(title)
        fields = {"stage_id": self.lead} | fields
        return self.desk.do(deals.create, contacts=[who], title=title, **fields).value

    def move(self, deal_id: int, stage_id: int) -> Any:
        """Move a deal."""
        return self.desk.do(deals.move, deal_id, stage_id=stage_id)

    def stage(self, deal_id: int) -> int:
        """Return where a deal is."""
        return self.desk.deal(deal_id).stage_id

    def undo(self) -> Any:
        """Take back the newest operation."""
        return self.desk.do(history.undo)

    def tick(self) -> clock.Due:
        """Let the clock do what is due."""
        return clock.due(self.workspace)

    def told(self, deal_id: int) -> list[str]:
        """Return a deal's timeline, newest first."""
        events = self.workspace.read(timeline.of_deal, deal_id)
        return [f"{event.actor} {event.sentence}" for event in events]

    def contact(self, name: str, **fields: Any) -> int:
        """Add a contact."""
        return self.desk.do(contacts.add, name=name, **fields).value


@pytest.fixture
def bench(desk: Desk) -> Bench:
    """Return a desk with rules on it."""
    return Bench(desk)
