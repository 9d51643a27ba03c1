"""What waits, and why: consent, missing data, undo, and people who are to be forgotten."""

import json
from datetime import timedelta

import pytest

from dealboard.actions import contacts, conversions, deals, history, outbox
from dealboard.domain import conversions as rules
from dealboard.domain.conversions import parse
from dealboard.store.reads import conversions as reads
from tests.conversions.conftest import Counter

HASH = "external_id"


def consent(counter: Counter, contact: int, agreed: bool | None) -> None:
    counter.do(contacts.edit, contact, {"consent": agreed})


def named(counter: Counter, name: str = "") -> list[str]:
    """Return the hashes that the newest event names people by."""
    return list(counter.last(name).event["user_data"].get("em", []))


# ── consent (decision 40) ─────────────────────────────────────────────────────────────────────


def test_who_was_not_asked_is_not_told_of_until_they_agree(counter: Counter) -> None:
    ada = counter.person(consent=None)
    counter.deal(ada)
    held = counter.last()
    assert held.told == "Lead held"
    assert held.row.reason == rules.CONSENT_UNKNOWN
    assert held.event["user_data"] == {}
    counter.later()
    consent(counter, ada, True)
    sent = counter.last()
    assert sent.told == "Lead"
    assert (sent.row.uid, sent.row.reason) == (held.row.uid, "")
    assert sent.event["event_time"] == held.event["event_time"]
    assert sent.event["user_data"]["em"]
    counter.check()


def test_who_refused_is_never_told_of(counter: Counter) -> None:
    ada = counter.person(consent=False)
    deal = counter.deal(ada)
    counter.do(deals.win, deal)
    assert counter.events() == []


def test_of_several_only_those_who_agree_are_named(counter: Counter) -> None:
    ada, bob, eve = (
        counter.person(name, consent=agreed)
        for name, agreed in (("Ada", True), ("Bob", False), ("Eve", None))
    )
    deal = counter.deal(ada, bob, eve)
    assert counter.new() == ["Lead", "Lead held"]
    counter.do(deals.win, deal)
    assert len(named(counter)) == 1


def test_a_workspace_may_take_unknown_for_agreed_and_back(counter: Counter) -> None:
    ada = counter.person(consent=None)
    counter.deal(ada)
    counter.do(conversions.set_unknown_consent, True)
    assert counter.told() == ["Lead"]
    counter.do(conversions.set_unknown_consent, False)
    assert counter.told() == ["Lead held"]
    assert counter.last().event["user_data"] == {}


def test_who_takes_it_back_is_taken_out_of_what_waits(counter: Counter) -> None:
    ada, bob = counter.person("Ada"), counter.person("Bob")
    deal = counter.deal(ada, bob)
    counter.do(deals.win, deal)
    assert len(named(counter, "Purchase")) == 2
    consent(counter, ada, False)
    assert counter.told() == ["Lead cancelled", "Lead", "Purchase"]
    assert len(named(counter, "Purchase")) == 1
    consent(counter, bob, False)
    assert counter.told() == ["Lead cancelled", "Lead cancelled", "Purchase cancelled"]
    assert counter.last().row.reason == rules.WITHDRAWN
    counter.undo()
    assert counter.told() == ["Lead cancelled", "Lead", "Purchase"]
    assert len(named(counter, "Purchase")) == 1


def test_what_was_tried_already_is_called_off_as_a_whole(counter: Counter) -> None:
    ada, bob = counter.person("Ada"), counter.person("Bob")
    deal = counter.deal(ada, bob)
    counter.do(deals.win, deal)
    counter.mark(counter.last("Purchase"), tries=1)
    frozen = counter.last("Purchase").row.payload
    consent(counter, ada, False)
    assert counter.last("Purchase").told == "Purchase cancelled"
    assert counter.last("Purchase").row.payload == frozen


# ── what is missing (decision 38) ─────────────────────────────────────────────────────────────


def test_a_purchase_waits_for_its_amount(counter: Counter) -> None:
    deal = counter.deal(amount=None)
    counter.do(deals.win, deal)
    held = counter.last("Purchase")
    assert (held.told, held.row.reason) == ("Purchase held", rules.NO_AMOUNT)
    counter.later()
    counter.do(deals.edit, deal, {"amount": 5_000})
    sent = counter.last("Purchase")
    assert sent.told == "Purchase"
    assert sent.event["custom_data"]["value"] == 50
    assert sent.event["event_time"] == held.event["event_time"]
    assert sent.row.due_at == held.row.due_at
    counter.check()


def test_an_event_waits_for_somebody_to_recognise(counter: Counter) -> None:
    ada = counter.person(email=None, city="Rome", country="IT")
    counter.deal(ada)
    assert counter.last().row.reason == rules.NO_IDENTIFIER
    counter.do(contacts.edit, ada, {"phone": "n/a"})
    assert counter.told() == ["Lead held"]
    counter.do(contacts.edit, ada, {"phone": "+39 340 1234567"})
    assert counter.told() == ["Lead"]
    counter.check()


def test_what_is_frozen_stays_as_it_was(counter: Counter) -> None:
    ada = counter.person()
    deal = counter.deal(ada)
    counter.do(deals.win, deal)
    before = [each.row.payload for each in counter.events()]
    counter.do(contacts.edit, ada, {"email": "other@example.com", "city": "Rome"})
    counter.do(deals.edit, deal, {"amount": 1})
    counter.do(conversions.set_grace, 3)
    assert [each.row.payload for each in counter.events()][: len(before)] == before


def test_a_contact_that_joins_a_deal_helps_what_waits(counter: Counter) -> None:
    deal = counter.deal(counter.person(email=None))
    counter.do(deals.win, deal)
    assert counter.told() == ["Lead held", "Purchase held"]
    counter.do(deals.add_contact, deal, counter.person("Bob"))
    assert counter.told() == ["Lead held", "Purchase", "Lead"]


# ── undo and redo ─────────────────────────────────────────────────────────────────────────────


def test_undo_calls_off_what_has_not_gone_and_redo_calls_it_back(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    before = counter.last()
    receipt = counter.undo()
    assert counter.told() == ["Lead", "Purchase cancelled"]
    assert receipt.notes == ("1 event for Meta cancelled.",)
    counter.do(history.redo)
    assert counter.told() == ["Lead", "Purchase"]
    assert counter.last().row.payload == before.row.payload
    counter.undo()
    counter.undo()
    assert counter.told() == ["Lead cancelled", "Purchase cancelled"]


def test_undo_says_what_has_gone_already(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    counter.mark(counter.last(), state="sent")
    assert counter.undo().notes == ("1 event for Meta sent already: that cannot be taken back.",)
    counter.do(deals.win, deal)
    assert counter.told() == ["Lead", "Purchase sent", "ViewContent"]


def test_what_waited_for_data_waits_again_after_redo(counter: Counter) -> None:
    deal = counter.deal(amount=None)
    counter.do(deals.win, deal)
    counter.undo()
    counter.do(history.redo)
    assert counter.last().told == "Purchase held"
    assert counter.last().row.reason == rules.NO_AMOUNT


def test_done_again_by_hand_after_an_undo_it_is_told_after_all(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    first = counter.last().row.uid
    counter.undo()
    counter.later()
    counter.do(deals.win, deal)
    assert counter.told() == ["Lead", "Purchase"]
    assert counter.last().row.uid == first
    assert counter.last().row.created_at == counter.clock()
    counter.undo()
    assert counter.told() == ["Lead", "Purchase cancelled"]


def test_what_a_user_cancelled_stays_so(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    counter.do(outbox.cancel, [counter.last().row.id or 0])
    counter.undo()
    counter.do(deals.win, deal)
    assert counter.told() == ["Lead", "Purchase cancelled", "ViewContent"]


def test_undoing_a_step_back_brings_the_purchase_back(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    counter.do(deals.reopen, deal)
    assert counter.told()[1] == "Purchase cancelled"
    counter.undo()
    assert counter.told() == ["Lead", "Purchase", "ViewContent cancelled"]
    counter.do(history.redo)
    assert counter.told() == ["Lead", "Purchase cancelled", "ViewContent"]


def test_what_a_deleted_deal_had_to_say_goes_and_comes_with_it(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    counter.do(deals.delete, [deal])
    assert counter.told() == ["Lead cancelled", "Purchase cancelled"]
    assert {each.row.reason for each in counter.events()} == {rules.DEAL_GONE}
    counter.undo()
    assert counter.told() == ["Lead", "Purchase"]
    counter.check()


# ── people who are merged or forgotten ────────────────────────────────────────────────────────


def test_a_merged_contact_is_one_person_and_no_new_lead(counter: Counter) -> None:
    ada = counter.person("Ada", email=None)
    deal = counter.deal(ada)
    assert counter.told() == ["Lead held"]
    bob = counter.person("Bob")
    counter.do(contacts.merge, ada, bob)
    assert counter.told() == ["Lead"]
    assert counter.last().row.contact_id == bob
    counter.do(deals.win, deal)
    assert counter.told() == ["Lead", "Purchase"]


def test_who_is_merged_into_somebody_who_refuses_refuses(counter: Counter) -> None:
    ada, bob = counter.person("Ada"), counter.person("Bob", consent=False)
    counter.deal(ada)
    counter.deal(ada)
    counter.mark(counter.events()[0], state="sent")
    sent = counter.events()[0].row.payload
    counter.do(contacts.merge, ada, bob)
    assert counter.told() == ["Lead sent", "Lead cancelled"]
    assert counter.events()[0].row.payload == sent, "it is still known what was sent"


@pytest.mark.parametrize("state", ["sent", "failed", "expired", "unknown"])
def test_of_who_is_forgotten_nothing_stays_and_the_rows_are_counted(
    counter: Counter, state: str
) -> None:
    ada, bob = counter.person("Ada"), counter.person("Bob")
    deal = counter.deal(ada, bob)
    counter.do(deals.win, deal)
    counter.mark(counter.events()[0], state=state)
    workspace = counter.desk.workspace.read(reads.workspace_uid)
    person = counter.desk.workspace.read(reads.customers, [ada])[ada]
    name = rules.external_id(workspace, person.uid)
    assert name in counter.last().row.payload
    counter.do(contacts.forget, ada)
    rows = [each.row for each in counter.events()]
    assert [row.state for row in rows] == [state, "pending", "pending"]
    assert not any(name in row.payload for row in rows)
    assert parse(rows[0].payload).event == ""
    assert len(json.loads(parse(rows[2].payload).event)["user_data"]["em"]) == 1
    counter.check()


def test_a_contact_who_leaves_takes_their_name_along(counter: Counter) -> None:
    ada = counter.person()
    deal = counter.deal(ada)
    counter.do(deals.set_contacts, deal, [counter.person("Bob")])
    counter.do(contacts.delete, ada)
    gone = counter.events()[0]
    assert gone.told == "Lead cancelled"
    assert gone.event["user_data"] == {}


# ── the dry run, and being off ────────────────────────────────────────────────────────────────


def test_what_the_dry_run_wrote_goes_or_stays_as_it_is_wanted(counter: Counter) -> None:
    counter.deal()
    assert counter.do(conversions.go_live).value == 1
    assert counter.told() == ["Lead"]
    counter.do(conversions.enable, "98765")
    counter.deal(counter.person("Bob"))
    assert counter.do(lambda tx: conversions.go_live(tx, waiting=False)).value == 0
    assert counter.told() == ["Lead cancelled", "Lead cancelled"]


def test_while_it_is_off_nothing_comes_but_consent_still_counts(counter: Counter) -> None:
    ada = counter.person()
    deal = counter.deal(ada)
    counter.do(conversions.disable)
    counter.do(deals.win, deal)
    assert counter.told() == ["Lead"]
    consent(counter, ada, False)
    assert counter.told() == ["Lead cancelled"]


def test_what_is_old_is_not_backfilled(counter: Counter) -> None:
    counter.deal(counter.person(consent=None))
    counter.later(timedelta(days=8))
    counter.do(conversions.set_unknown_consent, True)
    assert counter.told() == ["Lead"]
    sent = counter.last()
    assert rules.expires_at(sent.row.created_at) < counter.clock()


def test_what_comes_back_is_still_held_to_what_is_true(counter: Counter) -> None:
    ada, bob = counter.person("Ada"), counter.person("Bob", consent=False)
    sold, lost = counter.deal(ada, bob), counter.deal(ada, bob)
    counter.do(deals.win, sold)
    counter.do(deals.win, lost)
    refused = counter.do(contacts.edit, ada, {"consent": False})
    counter.do(deals.delete, [sold])
    counter.do(deals.reopen, lost)
    counter.do(history.undo, refused.operation)
    told = [(each.row.deal_id, each.told) for each in counter.events()]
    assert told == [
        (sold, "Lead cancelled"),
        (lost, "Lead"),
        (sold, "Purchase cancelled"),
        (lost, "Purchase cancelled"),
    ]
