"""Whatever the rules and whatever is done: nothing loops, undo leads back, no-ops do nothing."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dealboard.actions import automations, contacts, deals, history, pipelines, preferences, team
from dealboard.automations import clock, guard
from dealboard.domain import rules
from dealboard.domain.stages import parse_stages
from dealboard.errors import DealboardError, Refused
from dealboard.store.reads import automations as reads
from dealboard.store.reads import deals as deal_reads
from dealboard.workspace import Workspace
from tests.conftest import Clock

STAGES = st.integers(1, 6)
TEXTS = st.sampled_from(["{{deal.title}}", "x{{deal.title}}", "{{stage.name}}", "fixed"])
REFERENCES = st.sampled_from(["A", "B"])

triggers = st.one_of(
    st.just({"on": "deal_created"}),
    st.just({"on": "deal_updated"}),
    st.builds(
        lambda fields: {"on": "deal_updated", "fields": fields},
        st.lists(st.sampled_from(["title", "amount", "stage_id", "contacts"]), min_size=1),
    ),
    st.just({"on": "stage_changed"}),
    st.builds(lambda stage: {"on": "stage_changed", "to": stage}, STAGES),
    st.sampled_from([{"on": "contact_added"}, {"on": "contact_removed"}]),
    st.sampled_from([{"on": "close_date"}, {"on": "rotting"}, {"on": "task_overdue", "days": 1}]),
)
steps = st.one_of(
    st.builds(lambda stage: {"do": "move_stage", "stage": stage}, STAGES),
    st.builds(lambda text: {"do": "update_deal", "title": text}, TEXTS),
    st.builds(lambda text: {"do": "update_deal", "amount": text}, st.sampled_from(["5", "7", "x"])),
    st.builds(
        lambda reference, text: {"do": "update_deal", "find_reference": reference, "title": text},
        REFERENCES,
        TEXTS,
    ),
    st.builds(lambda text: {"do": "create_deal", "pipeline": 2, "title": text}, TEXTS),
    st.builds(lambda who: {"do": "add_contact", "contact": who}, st.sampled_from(["1", "2", "no"])),
    st.builds(lambda day: {"do": "update_deal", "close_date": day}, st.sampled_from(["today", ""])),
    st.builds(lambda stage: {"do": "update_deal", "title": "fixed", "stage": stage}, STAGES),
    st.builds(lambda owner: {"do": "assign_owner", "owner": owner}, st.integers(1, 2)),
    st.just({"do": "add_task", "text": "task", "days": 0}),
    st.just({"do": "add_note", "text": "note"}),
    st.just({"do": "send_webhook", "url": "https://example.com/"}),
    st.just({"do": "delay", "minutes": 1}),
)
tests = st.none() | st.builds(
    lambda stage: {"any": [{"field": "stage.name", "is": "changed_to", "value": stage}]},
    st.sampled_from(["Lead", "Offer", "Start"]),
)

TABLES = (
    ("deal", "id, title, stage_id, owner_id, amount, currency, close_date, reference, closed_at"),
    ("deal_contact", "id, deal_id, contact_id, position"),
    ("activity", "id, kind, text, due, deal_id"),
    ("contact", "id, first_name, last_name"),
    ("automation", "id, name, enabled, position, definition"),
)
PENDING = "SELECT count(*) FROM outbox WHERE state = 'pending'"


class Rules(RuleBasedStateMachine):
    """People change deals and rules at random, and take it back."""

    origin: Path
    folder: Iterator[int] = count()

    @initialize()
    def open(self) -> None:
        path = self.origin.with_name(f"laws-{next(self.folder)}.db")
        shutil.copyfile(self.origin, path)
        self.clock = Clock()
        self.workspace = Workspace.open(path, clock=self.clock)
        self.names = count()
        self.start = self.state()
        self.done = 0

    def teardown(self) -> None:
        if hasattr(self, "workspace"):
            self.workspace.close()

    def state(self) -> list[Any]:
        return self.workspace.read(
            lambda c: [
                c.execute(f"SELECT {columns} FROM {table} ORDER BY id").fetchall()
                for table, columns in TABLES
            ]
        )

    def do(self, action: Any) -> None:
        self.clock.advance(minutes=1)
        before = self.state()
        try:
            receipt = self.workspace.run(action)
        except DealboardError:
            assert self.state() == before
            return
        if receipt.operation is not None:
            self.done += 1
        else:
            assert self.state() == before, "what is no operation changed nothing"

    @rule(trigger=triggers, test=tests, then=st.lists(steps, min_size=1, max_size=3))
    def keep(self, trigger: Any, test: Any, then: list[Any]) -> None:
        name = f"Rule {next(self.names)}"
        document = {"name": name, "trigger": trigger, "if": test, "then": then}
        self.do(lambda tx: automations.create(tx, rules.parse(document)))

    @rule(stage=STAGES, many=st.lists(st.integers(1, 4), min_size=1, max_size=4))
    def move(self, stage: int, many: list[int]) -> None:
        self.do(lambda tx: deals.move_many(tx, many, stage))

    @rule(deal_id=st.integers(1, 4), title=TEXTS, amount=st.none() | st.integers(1, 3))
    def edit(self, deal_id: int, title: str, amount: int | None) -> None:
        self.do(lambda tx: deals.edit(tx, deal_id, {"title": title, "amount": amount}))

    @rule(deal_id=st.integers(1, 4), contact=st.integers(1, 2), adds=st.booleans())
    def link(self, deal_id: int, contact: int, adds: bool) -> None:
        verb = deals.add_contact if adds else deals.remove_contact
        self.do(lambda tx: verb(tx, deal_id, contact))

    @rule(stage=STAGES)
    def create(self, stage: int) -> None:
        self.do(lambda tx: deals.create(tx, contacts=[1], stage_id=stage, title="New"))

    @rule(deal_id=st.integers(1, 4))
    def touch(self, deal_id: int) -> None:
        """Write what is there already: nothing happens."""
        before, runs = self.state(), len(self.workspace.read(reads.runs, limit=10_000))
        try:
            receipt = self.workspace.run(lambda tx: self.same(tx, deal_id))
        except DealboardError:
            return
        assert receipt.operation is None
        assert self.state() == before
        assert len(self.workspace.read(reads.runs, limit=10_000)) == runs

    @staticmethod
    def same(tx: Any, deal_id: int) -> int:
        found = tx.read(deal_reads.held, [deal_id]).get(deal_id)
        title, amount = (found.title, found.amount) if found else ("gone", None)
        return deals.edit_many(tx, {deal_id: {"title": title, "amount": amount}})

    @precondition(lambda self: self.done)
    @rule()
    def take_all_back(self) -> None:
        while self.undone():
            pass
        assert self.state() == self.start
        assert self.workspace.read(lambda c: c.execute(PENDING).fetchone()) == (0,)
        self.done = 0

    def undone(self) -> bool:
        """Take one operation back; False if there is none. Nothing may be in the way."""
        try:
            self.workspace.run(history.undo)
        except Refused as refused:
            if str(refused) != "There is nothing to undo.":
                raise
            return False
        return True

    @invariant()
    def every_chain_ends(self) -> None:
        if not hasattr(self, "workspace"):
            return
        for run in self.workspace.read(reads.runs, limit=10_000):
            assert len(run.chain) <= guard.MAX_DEPTH
        for found in self.workspace.read(reads.automations):
            assert found.trips <= guard.MAX_TRIPS


class Delayed(Rules):
    """The same with a clock that runs what was delayed; its operations are nobody's to undo."""

    @rule(minutes=st.integers(1, 5))
    def wait(self, minutes: int) -> None:
        for _ in range(30):
            self.clock.advance(minutes=minutes)
            if not clock.due(self.workspace).operations:
                break
        else:
            pytest.fail("delayed actions beget delayed actions without end")

    @rule(days=st.integers(1, 40))
    def sleep(self, days: int) -> None:
        """Let what waits for a day come, and come once."""
        self.clock.advance(days=days)
        while clock.due(self.workspace).operations:
            self.clock.advance(minutes=1)

    def take_all_back(self) -> None:
        """Leave it: what the clock did to the deals stands in the way, and is said."""


@pytest.fixture(scope="module")
def origin(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace with two pipelines and three deals, two of them with a reference."""
    path = tmp_path_factory.mktemp("laws") / "dealboard.db"
    shutil.copyfile(blank, path)
    workspace = Workspace.open(path, clock=Clock())

    def furnish(tx: Any) -> None:
        pipelines.create(tx, "Sales", parse_stages("Lead:10,Offer:60"))
        pipelines.create(tx, "Onboarding", parse_stages("Start:50"))
        team.add(tx, "Bea")
        preferences.set_rotting(tx, 9)
        for name in ("Ann", "Bob"):
            contacts.add(tx, name=name)
        for number, reference in enumerate(("A", "B", None), start=1):
            deals.create(tx, contacts=[1], stage_id=1, title=f"Deal {number}", reference=reference)

    workspace.run(furnish)
    workspace._writer().engine.dispose()
    with workspace._writer().transaction() as opened:  # what was furnished is nobody's to undo
        opened.connection.execute("UPDATE operation SET actor_id = NULL")
    workspace.close()
    return path


QUICK = settings(
    max_examples=12,
    stateful_step_count=14,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("machine", [Rules, Delayed])
def test_no_set_of_rules_loops_and_undo_leads_back(origin: Path, machine: type[Rules]) -> None:
    machine.origin = origin
    run_state_machine_as_test(machine, settings=QUICK)
