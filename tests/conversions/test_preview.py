"""What people see of the events: counts, the queue, each one in full, and the deal's timeline."""

from datetime import timedelta

import pytest

from dealboard.actions import contacts, conversions, deals
from dealboard.conversions import preview
from dealboard.conversions.identity import sha256
from dealboard.domain.conversions import (
    CONSENT_UNKNOWN,
    EventName,
    Identity,
    Preview,
    Standing,
)
from dealboard.domain.outbox import State
from dealboard.domain.views import EventKind
from dealboard.errors import NotFound
from dealboard.store.reads import timeline, told
from dealboard.store.reads.values import moment_text
from tests.conversions.conftest import DATASET, Counter


def seen(counter: Counter, row_id: int | None) -> Preview:
    return counter.desk.workspace.read(preview.of, row_id or 0, now=counter.clock())


def values(found: Preview, key: str) -> list[Identity]:
    return [value for person in found.people for value in person.values if value.key == key]


def test_events_are_counted_by_state(counter: Counter) -> None:
    read = counter.desk.workspace.read
    counter.deal()
    counter.deal(counter.person("Bob", consent=None))
    assert read(told.counts) == {State.PENDING: 1, State.HELD: 1}
    first = counter.clock()
    assert read(told.standing, first) == Standing(1, 1, 0, first)
    counter.later(timedelta(days=5, seconds=1))
    counter.deal(counter.person("Eve"))
    assert read(told.standing, counter.clock()) == Standing(2, 1, 2, first)


def test_the_queue_tells_what_and_why_newest_first(counter: Counter) -> None:
    bob = counter.person("Bob", consent=None)
    deal = counter.deal(bob)
    counter.deal(counter.person("Ada"), title="Wall")
    now = counter.clock()
    newest, oldest = counter.desk.workspace.read(told.events, now=now, limit=9)
    assert (newest.deal, newest.contact, newest.state, newest.reason) == (
        "Wall",
        "Ada",
        "pending",
        "",
    )
    assert (oldest.name, oldest.reason) == (EventName.LEAD, CONSENT_UNKNOWN)
    assert (oldest.dataset, oldest.deal_id, oldest.contact_id) == (DATASET, deal, bob)
    assert oldest.due_at - oldest.moment == timedelta(minutes=10)
    assert oldest.expires_at - oldest.moment == timedelta(days=7) - timedelta(minutes=15)
    read = counter.desk.workspace.read
    assert read(told.events, now=now, states=[State.HELD], limit=9) == (oldest,)
    assert read(told.events, now=now, deal_id=deal, limit=9) == (oldest,)
    assert read(told.events, now=now, before=newest.id, limit=9) == (oldest,)
    assert read(told.event, oldest.id, now=now) == oldest
    assert read(told.by_ids, [oldest.id], now=now) == (oldest,)
    assert [each for each, _ in read(told.frozen, [State.HELD], now=now)] == [oldest]


def test_an_event_shows_what_becomes_of_each_value_masked(counter: Counter) -> None:
    counter.deal(counter.person("Ada", email="Ada@Example.com", phone="340 1234567", country="IT"))
    found = seen(counter, counter.last().row.id)
    assert values(found, "em") == [
        Identity("em", "A••@•••••••.••m", "a••@•••••••.••m", sha256("ada@example.com"))
    ]
    assert [value.normalised for value in values(found, "ph")] == ["3••••••••••7"]
    assert found.problems == ()
    assert found.earlier == ()
    assert found.people[0][:4] == (1, "Ada", True, True)
    assert found.document["event_name"] == "Lead"


def test_a_hash_of_what_a_contact_had_then_says_so(counter: Counter) -> None:
    ada = counter.person("Ada")
    counter.deal(ada)
    counter.do(contacts.edit, ada, {"email": "new@example.com"})
    found = seen(counter, counter.last().row.id)
    earlier = ("em", preview.EARLIER, preview.EARLIER, sha256("ada@example.com"))
    assert found.earlier == (earlier,)
    assert values(found, "em")[0].sent == sha256("new@example.com")


def test_what_is_held_shows_whom_it_would_be_about(counter: Counter) -> None:
    deal = counter.deal(counter.person("Ada"), counter.person("Bob", consent=False), amount=None)
    counter.do(deals.win, deal)
    found = seen(counter, counter.last("Purchase").row.id)
    assert [(each.name, each.consent, each.named) for each in found.people] == [
        ("Ada", True, False),
        ("Bob", False, False),
    ]
    assert found.document["user_data"] == {}
    assert found.problems == ()


def test_what_was_erased_shows_that_it_was_there(counter: Counter) -> None:
    ada = counter.person()
    counter.deal(ada)
    sent = counter.last()
    counter.mark(sent, state="sent")
    counter.do(contacts.forget, ada)
    found = seen(counter, sent.row.id)
    assert (found.event, found.document, found.earlier) == ("", None, ())
    assert found.told.state is State.SENT
    with pytest.raises(NotFound, match="no event #99"):
        seen(counter, 99)


def test_a_timeline_tells_what_was_sent(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    lead, won = counter.events()
    counter.later()
    for each in (lead, won):
        counter.mark(each, state="sent", settled_at=moment_text(counter.clock()))
    counter.later()
    counter.do(deals.reopen, deal)
    found = counter.desk.workspace.read(timeline.of_deal, deal)
    assert [event.sentence for event in found][:3] == [
        "reopened it (from Won to Lead)",
        "sent Purchase to Meta",
        "sent Lead to Meta",
    ]
    assert (found[1].kind, found[1].actor, found[1].outbox) == (EventKind.SENT, None, won.row.id)
    pages = [found[0]]
    while more := counter.desk.workspace.read(timeline.of_deal, deal, limit=1, before=pages[-1]):
        pages += more
    assert pages == [*found]


def test_the_set_up_is_no_event_of_anybodys(counter: Counter) -> None:
    counter.do(conversions.go_live)
    assert counter.events() == []


def test_a_timeline_tells_what_is_held_and_what_did_not_arrive(counter: Counter) -> None:
    deal = counter.deal(counter.person("Bob", consent=None))
    found = counter.desk.workspace.read(timeline.of_deal, deal)
    assert f"holds Lead for Meta: {CONSENT_UNKNOWN}" in [event.sentence for event in found]
    counter.later()
    at = moment_text(counter.clock())
    counter.mark(counter.last(), state="failed", settled_at=at, reason="It is not as it should be.")
    found = counter.desk.workspace.read(timeline.of_deal, deal)
    assert found[0].sentence == "could not send Lead to Meta: It is not as it should be."
    counter.mark(counter.last(), state="expired", settled_at=at)
    found = counter.desk.workspace.read(timeline.of_deal, deal)
    assert found[0].sentence == "could not send Lead to Meta in time"


def test_a_list_is_read_as_ids_and_the_rows_in_view(counter: Counter) -> None:
    counter.deal()
    counter.deal(counter.person("Bob", consent=None))
    read, now = counter.desk.workspace.read, counter.clock()
    ids = read(told.ordered_ids)
    assert [*ids] == [each.id for each in read(told.events, now=now, limit=9)]
    (held,) = read(told.ordered_ids, [State.HELD])
    (row,) = read(told.by_ids, [held, 999], now=now)
    assert row == read(told.event, held, now=now)


def test_what_expired_counts_until_it_was_seen(counter: Counter) -> None:
    counter.deal()
    read = counter.desk.workspace.read
    counter.mark(counter.last(), state="expired", settled_at=moment_text(counter.clock()))
    counter.later()
    assert read(told.standing, counter.clock()).expired == 1
    counter.do(conversions.acknowledge)
    assert read(told.standing, counter.clock()).expired == 0
