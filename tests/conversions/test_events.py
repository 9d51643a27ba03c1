"""What Meta is told of, from the write path (guide, Supported events; decisions 33–37)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dealboard.actions import activities, contacts, conversions, deals, pipelines, stages
from dealboard.conversions.identity import sha256
from dealboard.domain.conversions import event_id
from dealboard.domain.stages import StageKind
from dealboard.store.reads import conversions as reads
from dealboard.store.transaction import Transaction
from tests.conversions.conftest import DATASET, Counter

MINUTE = timedelta(minutes=1)


def test_a_new_deal_is_a_lead_for_each_of_its_contacts(counter: Counter) -> None:
    counter.deal(counter.person("Ada"), counter.person("Bob"))
    assert counter.new() == ["Lead", "Lead"]
    counter.check()


def test_a_contact_is_a_lead_of_a_deal_once_ever(counter: Counter) -> None:
    ada, bob = counter.person("Ada"), counter.person("Bob")
    deal = counter.deal(ada)
    assert counter.new() == ["Lead"]
    counter.later()
    counter.do(deals.add_contact, deal, bob)
    assert counter.new() == ["Lead"]
    counter.later()
    counter.do(deals.remove_contact, deal, bob)
    assert counter.new() == ["ViewContent"]
    counter.later()
    counter.do(deals.add_contact, deal, bob)
    assert counter.new() == []
    other = counter.deal(bob)
    assert counter.new() == ["Lead"]
    counter.later()
    counter.do(deals.set_contacts, other, [ada, bob])
    assert counter.new() == ["Lead", "ViewContent"], "who comes first has changed, too"


def test_an_update_is_told_once_a_save_and_not_again_for_ten_minutes(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(deals.edit, deal, {"title": "Roof and wall", "amount": 90_000})
    assert counter.new() == ["ViewContent"]
    counter.later(9 * MINUTE)
    counter.do(deals.edit, deal, {"title": "Roof"})
    counter.do(activities.add, kind="note", text="Called", deal_id=deal)
    assert counter.new() == []
    counter.later(2 * MINUTE)
    counter.do(deals.edit, deal, {"title": "A roof"})
    assert counter.new() == ["ViewContent"]


def test_an_activity_is_told_and_its_text_is_not(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(activities.add, kind="note", text="Her mother is ill", deal_id=deal)
    assert counter.new() == ["ViewContent"]
    assert "mother" not in counter.last().row.payload
    assert "Roof" not in counter.last().row.payload
    counter.later()
    counter.do(activities.add, kind="note", text="Hi", contact_id=1)
    assert counter.new() == []


def test_a_move_is_always_told(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(deals.edit, deal, {"title": "A roof"})
    counter.do(deals.move, deal, by=1)
    counter.do(deals.move, deal, by=-1)
    assert counter.new() == ["ViewContent"] * 3
    assert counter.last().event["custom_data"]["content_category"] == f"stage-{counter.lead}"


def test_what_changes_nothing_is_not_told(counter: Counter) -> None:
    deal = counter.deal()
    counter.deal()
    counter.new()
    counter.do(deals.edit, deal, {"title": "Roof"})
    counter.do(deals.reorder, deal, -1)
    counter.do(contacts.edit, 1, {"city": "Rome"})
    counter.do(deals.delete, [deal])
    assert counter.new() == []


def test_a_deal_that_is_won_is_a_purchase_once(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(deals.win, deal)
    assert counter.new() == ["Purchase"]
    won = counter.last()
    assert won.event["custom_data"] == {
        "event_source": "crm",
        "lead_event_source": "dealboard",
        "content_ids": ["pipeline-1"],
        "content_category": "won",
        "currency": "EUR",
        "value": Decimal("1200.50"),
    }
    assert '"value":1200.50' in won.row.payload.replace("\\", "")
    counter.mark(won, state="sent")
    counter.later()
    counter.do(deals.lose, deal)
    counter.do(deals.reopen, deal)
    counter.do(deals.win, deal)
    assert counter.new() == ["ViewContent"] * 3


def test_a_deal_that_is_lost_says_so_each_time(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(deals.lose, deal, "too dear")
    assert counter.new() == ["ViewContent"]
    lost = counter.last()
    assert lost.event["custom_data"]["content_category"] == "lost"
    assert "dear" not in lost.row.payload
    counter.do(deals.reopen, deal)
    counter.do(deals.lose, deal)
    assert counter.new() == ["ViewContent"], "the same loss, within the grace"
    counter.later()
    counter.do(deals.reopen, deal)
    counter.do(deals.lose, deal)
    assert counter.new() == ["ViewContent", "ViewContent"]
    assert counter.last().event["custom_data"]["content_category"] == "lost"


def test_a_deal_that_begins_closed_says_how_it_ended(counter: Counter) -> None:
    counter.deal(stage=counter.won)
    assert counter.new() == ["Lead", "Purchase"]
    counter.deal(stage=counter.lost)
    assert counter.new() == ["Lead", "ViewContent"]
    assert counter.last().event["custom_data"]["content_category"] == "lost"


def test_a_stage_at_a_hundred_percent_counts_as_bought_when_it_is_entered(counter: Counter) -> None:
    deal, there = counter.deal(), counter.deal(stage=counter.offer)
    counter.new()
    counter.do(stages.edit, counter.offer, probability=100)
    assert counter.new() == [], "raising a stage sends nothing"
    counter.do(deals.move, deal, by=1)
    assert counter.new() == ["Purchase"]
    assert counter.last().event["custom_data"]["content_category"] == f"stage-{counter.offer}"
    counter.do(deals.win, deal)
    assert counter.new() == ["ViewContent"]
    counter.do(deals.win, there)
    assert counter.new() == ["Purchase"], "it never was one before"


def test_the_won_of_another_pipeline_is_no_second_purchase(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    counter.new()
    counter.do(deals.move, deal, pipeline_id=counter.onboarding)
    assert counter.new() == ["ViewContent"]
    counter.do(conversions.disable)
    silent = counter.deal(stage=counter.won)
    counter.do(conversions.enable, DATASET)
    counter.do(deals.move, silent, pipeline_id=counter.onboarding)
    assert counter.new() == ["ViewContent"], "nor a late first one"


def test_a_win_that_is_dragged_back_in_time_is_never_told(counter: Counter) -> None:
    deal = counter.deal()
    counter.do(deals.win, deal)
    won = counter.last("Purchase")
    counter.do(deals.reopen, deal)
    assert counter.last("Purchase").told == "Purchase cancelled"
    assert "left the stage" in counter.last("Purchase").row.reason
    counter.later(5 * MINUTE)
    counter.do(deals.edit, deal, {"amount": 99})
    counter.do(deals.win, deal)
    again = counter.last("Purchase")
    assert again.told == "Purchase"
    assert again.row.uid == won.row.uid
    assert again.event["event_time"] == won.event["event_time"] + 300
    assert again.event["custom_data"]["value"] == Decimal("0.99")
    assert sum(each.startswith("Purchase") for each in counter.told()) == 1


def test_a_save_that_closes_a_deal_is_one_event(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(deals.edit, deal, {"title": "A roof", "amount": 7_000, "stage_id": counter.won})
    assert counter.new() == ["Purchase"]
    assert counter.last().event["custom_data"]["value"] == 70


def test_an_event_is_named_after_what_happened(counter: Counter) -> None:
    deal = counter.desk.deal(counter.deal())
    workspace = counter.desk.workspace.read(reads.workspace_uid)
    counter.do(deals.win, deal.id or 0)
    won = counter.last("Purchase").row
    assert won.uid == event_id(workspace, deal.uid, "purchase", 1)
    assert won.key == f"{DATASET}|Purchase|{won.uid}"
    assert (won.deal_id, won.contact_id) == (deal.id, None)
    assert counter.last("Lead").row.contact_id == 1


def test_an_event_has_the_moment_of_the_change_and_waits_for_the_grace(counter: Counter) -> None:
    counter.do(conversions.set_grace, 3)
    counter.deal()
    lead = counter.last()
    assert lead.event["event_time"] == int(counter.clock().timestamp())
    assert lead.row.created_at == counter.clock()
    assert lead.row.due_at == counter.clock() + 3 * MINUTE


def test_who_it_is_about_is_hashed(counter: Counter) -> None:
    ada = counter.person("Ada", phone="02 1234567", country="Italia", external_id="CRM-1")
    counter.deal(ada)
    data = counter.last().event["user_data"]
    assert data["em"] == [sha256("ada@example.com")]
    assert data["ph"] == [sha256("39021234567")]
    assert data["country"] == [sha256("it")]
    assert data["external_id"][1] == sha256("CRM-1")
    assert "ada@" not in counter.last().row.payload


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [("JPY", 5000, "5000"), ("KWD", 1234, "1.234"), ("EUR", 10**17 + 1, "1000000000000000.01")],
)
def test_money_is_exact(counter: Counter, currency: str, amount: int, written: str) -> None:
    deal = counter.deal(currency=currency, amount=amount)
    counter.do(deals.win, deal)
    text = counter.last("Purchase").row.payload.replace("\\", "")
    assert f'"currency":"{currency}","value":{written}}}' in text
    counter.check()


def test_value_and_currency_go_together_or_not_at_all(counter: Counter) -> None:
    counter.deal(amount=None)
    assert not counter.last().event["custom_data"].keys() & {"value", "currency"}
    counter.deal(amount=0)
    assert not counter.last().event["custom_data"].keys() & {"value", "currency"}
    counter.deal(amount=100)
    assert counter.last().event["custom_data"].keys() >= {"value", "currency"}


def test_another_source_does_not_speak_for_a_crm(counter: Counter) -> None:
    counter.do(conversions.set_action_source, "chat")
    counter.deal()
    assert counter.last().event["action_source"] == "chat"
    assert "event_source" not in counter.last().event["custom_data"]
    counter.check()


def test_many_at_once_are_told_each(counter: Counter) -> None:
    ada = counter.person()
    some = [counter.deal(ada) for _ in range(3)]
    counter.new()
    counter.do(deals.move_many, some, counter.offer)
    assert counter.new() == ["ViewContent"] * 3
    counter.do(deals.close_many, some, StageKind.WON)
    assert counter.new() == ["Purchase"] * 3
    assert len({each.row.uid for each in counter.events()}) == len(counter.events())
    counter.check()


def test_what_a_rule_does_is_told_with_the_save_that_fired_it(counter: Counter) -> None:
    from dealboard.actions import automations
    from dealboard.domain.rules import Do, On, Rule, Step, Trigger

    won = Step(Do.MOVE_STAGE, {"stage": counter.won})
    counter.do(
        automations.create, Rule("Win", Trigger(On.STAGE, to_stage=counter.offer), then=(won,))
    )
    deal = counter.deal()
    counter.new()
    counter.do(deals.move, deal, by=1)
    assert counter.desk.deal(deal).stage_id == counter.won
    assert counter.new() == ["Purchase"]


def test_activities_that_come_in_bulk_are_told_with_what_else_was_done(counter: Counter) -> None:
    ada = counter.person()
    some = [counter.deal(ada) for _ in range(activities.BULK)]
    counter.new()
    drafts = [activities.Draft(deal, "Call back", 1) for deal in some]
    counter.do(activities.add_many, "note", drafts)
    assert counter.new() == ["ViewContent"] * len(some)
    counter.later()

    def act(tx: Transaction) -> None:
        deals.move_many(tx, some, counter.offer)
        activities.add_many(tx, "note", drafts)

    counter.do(act)
    assert counter.new() == ["ViewContent"] * len(some)
    assert counter.last().event["custom_data"]["content_category"] == f"stage-{counter.offer}"


def test_nothing_is_told_unless_it_is_wanted(counter: Counter) -> None:
    counter.desk.workspace.run(
        lambda tx: deals.create(tx, contacts=[contacts.add(tx, name="X")], stage_id=counter.won),
        conversions=False,
    )
    counter.do(conversions.disable)
    counter.deal()
    assert counter.new() == []


def test_a_pipelines_deals_that_are_moved_with_it_are_told(counter: Counter) -> None:
    deal = counter.deal()
    counter.new()
    counter.do(pipelines.move_deals, counter.desk.pipeline, counter.onboarding)
    assert counter.desk.deal(deal).stage_id == counter.start
    assert counter.new() == ["ViewContent"]
