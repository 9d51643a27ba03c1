"""Whatever is done to deals, in whatever order: what holds of the events for Meta."""

from collections import Counter as Count
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealboard.actions import contacts, deals, history
from dealboard.conversions import check
from dealboard.conversions.identity import sha256
from dealboard.domain.conversions import parse
from dealboard.domain.outbox import State
from dealboard.errors import NotFound, Refused
from dealboard.store.tables import Contact, Deal
from tests.conversions.conftest import Counter, Sent

Step = Callable[[Counter, int], object]

STEPS: dict[str, Step] = {
    "won": lambda c, deal: c.do(deals.win, deal),
    "lost": lambda c, deal: c.do(deals.lose, deal),
    "reopened": lambda c, deal: c.do(deals.reopen, deal),
    "moved on": lambda c, deal: c.do(deals.move, deal, by=1),
    "elsewhere": lambda c, deal: c.do(deals.move, deal, pipeline_id=c.onboarding),
    "edited": lambda c, deal: c.do(deals.edit, deal, {"amount": int(c.clock().timestamp()) % 999}),
    "unpriced": lambda c, deal: c.do(deals.edit, deal, {"amount": None}),
    "joined": lambda c, deal: c.do(deals.add_contact, deal, 2),
    "left": lambda c, deal: c.do(deals.remove_contact, deal, 2),
    "agreed": lambda c, _: c.do(contacts.edit, 1, {"consent": True}),
    "refused": lambda c, _: c.do(contacts.edit, 1, {"consent": False}),
    "not asked": lambda c, _: c.do(contacts.edit, 1, {"consent": None}),
    "deleted": lambda c, deal: c.do(deals.delete, [deal]),
    "undone": lambda c, _: c.do(history.undo),
    "redone": lambda c, _: c.do(history.redo),
    "an hour": lambda c, _: c.later(),
    "a while": lambda c, _: c.later(timedelta(minutes=4)),
    "sent": lambda c, _: send(c),
}


def send(counter: Counter) -> None:
    """Let all that is due have gone out."""
    for each in counter.events():
        if each.row.state == State.PENDING and each.row.due_at <= counter.clock():
            counter.mark(each, state="sent")


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=14))
def test_whatever_happens(counter: Counter, steps: list[str]) -> None:
    deal = counter.deal(1)
    frozen: dict[int, str] = {}
    for step in steps:
        with suppress(Refused, NotFound):
            STEPS[step](counter, deal)
        mine = [each for each in counter.events() if each.row.deal_id == deal]
        once = Count((e.event["event_name"], e.row.contact_id) for e in mine)
        assert once["Purchase", None] <= 1
        assert all(once["Lead", person] <= 1 for person in (1, 2))
        for each in mine:
            if each.row.state == State.SENT:
                assert frozen.setdefault(each.row.id or 0, each.row.payload) == each.row.payload
            if each.row.state == State.PENDING:
                may_go(counter, each)


def may_go(counter: Counter, sent: Sent) -> None:
    """Hold an event that will go out to what Meta takes, to what is true, and to who agrees."""
    there = {each.id: each for each in counter.desk.rows(Deal)}
    assert check.problems(parse(sent.row.payload), sent.row.created_at + timedelta(1)) == ()
    assert sent.row.deal_id in there
    if sent.event["event_name"] == "Purchase":
        assert there[sent.row.deal_id].stage_id in (counter.won, counter.onboarded)
    agreeing = {sha256(each.email or "") for each in counter.desk.rows(Contact) if each.consent}
    assert agreeing.issuperset(sent.event["user_data"]["em"])


@pytest.fixture
def counter(counter: Counter) -> Counter:
    """Return a desk with two people, of whom the first one agrees."""
    counter.person("Ada")
    counter.person("Bob")
    return counter
