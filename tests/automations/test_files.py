"""Rules as files mean the same where names are the same; templates work as they come."""

import json

import pytest

from dealboard.actions import automations, deals, stages, team
from dealboard.automations import files, templates
from dealboard.domain import rules
from dealboard.domain.automations import Outcome
from dealboard.domain.rules import Document
from dealboard.errors import InvalidValue, MissingField, NotFound, Refused, UnknownName
from dealboard.store.reads import automations as reads
from tests.automations.conftest import Bench

WHOLE: Document = {
    "name": "Won hand-over",
    "enabled": True,
    "trigger": {"on": "stage_changed", "pipeline": "Sales", "from": "Offer", "to": "Won"},
    "if": {"all": [{"field": "deal.amount", "is": "greater", "value": "10000"}]},
    "then": [
        {"do": "create_deal", "title": "{{deal.title}}", "pipeline": "Onboarding", "stage": "Won"},
        {"do": "move_stage", "stage": "Onboarding / Start"},
        {"do": "add_task", "text": "Call {{contact.name}}", "days": 2, "owner": "ada owner"},
    ],
    "else": [{"do": "add_note", "text": "small"}],
}


def test_names_become_ids_and_ids_names(bench: Bench) -> None:
    rule = bench.workspace.read(files.load, WHOLE)
    assert (rule.trigger.to_stage, rule.trigger.pipeline) == (bench.won, 1)
    assert rule.then[1].args == {"stage": bench.start}
    assert rule.then[0].args["stage"] == bench.desk.stages(bench.onboarding)[1].id
    dumped = bench.workspace.read(files.dump, rule)
    assert dumped["trigger"] == WHOLE["trigger"]
    assert [step.get("stage") for step in dumped["then"]] == ["Won", "Start", None]
    assert dumped["then"][2]["owner"] == "Ada Owner"
    assert bench.workspace.read(files.load, json.loads(json.dumps(dumped))) == rule


def test_a_kept_rule_comes_back_as_it_went(bench: Bench) -> None:
    rule = bench.workspace.read(files.load, WHOLE)
    made = bench.desk.do(automations.create, rule).value
    assert bench.kept(made) == rule


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"trigger": {"on": "stage_changed", "to": "Won"}}, InvalidValue, "several pipelines"),
        ({"trigger": {"on": "stage_changed", "to": "Offr"}}, UnknownName, "unknown"),
        ({"trigger": {"on": "never"}}, InvalidValue, "not one of"),
        ({"trigger": {"on": "deal_created", "pipeline": "Seles"}}, UnknownName, "unknown"),
        ({"then": []}, MissingField, "at least one action"),
        ({"then": [{"do": "add_note", "text": "{{deal.titel}}"}]}, InvalidValue, "no such field"),
        ({"then": [{"do": "add_note", "text": "{{deal.title"}]}, InvalidValue, "does not end"),
        ({"then": [{"do": "assign_owner", "owner": "Eve"}]}, UnknownName, "unknown"),
        ({"then": [{"do": "send_webhook", "url": "http://x.it/"}]}, InvalidValue, "https"),
        (
            {"then": [{"do": "send_webhook", "url": "https://{{deal.title}}"}]},
            InvalidValue,
            "not an address",
        ),
        (
            {"then": [{"do": "send_webhook", "url": "https://x.it{{deal.title}}/"}]},
            InvalidValue,
            "behind the host",
        ),
        (
            {"then": [{"do": "send_webhook", "url": "https://x.it/", "secret": "a b"}]},
            InvalidValue,
            "not the name of a secret",
        ),
        ({"if": {"all": [{"field": "deal.amount", "is": "contains"}]}}, InvalidValue, "compared"),
        ({"colour": "red"}, InvalidValue, "no such key"),
    ],
)
def test_what_a_file_cannot_mean_is_said(
    bench: Bench, change: Document, error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        bench.workspace.read(files.load, WHOLE | change)


def test_a_text_may_hold_one_rule_or_several() -> None:
    assert files.read(json.dumps(WHOLE)) == [WHOLE]
    assert files.read(json.dumps([WHOLE, WHOLE])) == [WHOLE, WHOLE]
    for text in ("", "[]", "[1]", "7", "{"):
        with pytest.raises(InvalidValue):
            files.read(text)


def test_the_schema_knows_every_step_and_key() -> None:
    steps = files.SCHEMA["properties"]["then"]["items"]["oneOf"]
    assert [each["properties"]["do"]["const"] for each in steps] == [*rules.Do]
    assert set(files.SCHEMA["properties"]) == set(WHOLE)


# ── kept ──────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_checked_against_what_is_there(bench: Bench) -> None:
    rule = bench.workspace.read(files.load, WHOLE)
    bea = bench.desk.do(team.add, "Bea").value
    bench.desk.do(team.edit, bea, active=False)
    broken = [
        rule._replace(trigger=rule.trigger._replace(to_stage=99)),
        rule._replace(then=(rule.then[1]._replace(args={"stage": 99}),)),
        rule._replace(then=(rules.Step(rules.Do.ASSIGN_OWNER, {"owner": bea}),)),
    ]
    for each in broken:
        with pytest.raises(NotFound):
            bench.desk.do(automations.create, each)
    wrong = rules.Step(rules.Do.CREATE_DEAL, {"pipeline": bench.onboarding, "stage": bench.won})
    with pytest.raises(InvalidValue, match="not in the pipeline"):
        bench.desk.do(automations.create, rule._replace(then=(wrong,)))
    bench.desk.do(automations.create, rule)
    with pytest.raises(InvalidValue, match="that name is taken"):
        bench.desk.do(automations.create, rule._replace(name="WON HAND-over"))


def test_rules_are_listed_in_order_with_their_record(bench: Bench) -> None:
    for name in ("One", "Two", "Three"):
        bench.rule("deal_created", {"do": "add_contact", "contact": "no@x.it"}, name=name)
    bench.desk.do(automations.move, 3, 1)
    bench.desk.do(automations.move, 2, by=-5)
    bench.new()
    listed = bench.workspace.read(reads.automations)
    assert [(each.name, each.position) for each in listed] == [("Two", 1), ("Three", 2), ("One", 3)]
    assert {(each.runs, each.failures, each.last_outcome) for each in listed} == {(1, 1, "failed")}
    assert bench.workspace.read(reads.find, "#3").name == "Three"
    assert bench.workspace.read(reads.find, "one").id == 1
    with pytest.raises(UnknownName):
        bench.workspace.read(reads.find, "Four")
    with pytest.raises(NotFound):
        bench.workspace.read(reads.automation, 9)


def test_the_log_is_asked_by_rule_deal_and_outcome_in_pages(bench: Bench) -> None:
    bench.rule("deal_created", {"do": "add_note", "text": "ok"})
    bench.rule("deal_created", {"do": "add_contact", "contact": "no@x.it"})
    ids = [bench.new(title) for title in ("Acme", "Bolt")]
    whole = bench.workspace.read(reads.runs)
    assert len(whole) == 4
    page = bench.workspace.read(reads.runs, limit=3)
    rest = bench.workspace.read(reads.runs, before=page[-1].id)
    assert (*page, *rest) == whole
    assert {run.deal_id for run in bench.runs(automation_id=1)} == {*ids}
    assert {run.automation for run in bench.runs(deal_id=ids[0])} == {"Rule 1", "Rule 2"}
    failed = bench.runs(outcomes=[Outcome.FAILED])
    assert [(run.automation, run.deal) for run in failed] == [
        ("Rule 2", "Acme"),
        ("Rule 2", "Bolt"),
    ]


# ── templates ─────────────────────────────────────────────────────────────────────────────────


def test_the_welcome_task_and_the_hand_over_work_as_they_come(bench: Bench) -> None:
    for key in ("welcome", "hand-over"):
        bench.desk.do(templates.adopt, templates.named(key))
    deal_id = bench.new(amount=700)
    assert bench.notes(deal_id) == ["Call Acme and say hello"]
    bench.desk.do(deals.win, deal_id)
    (made,) = [deal for deal in bench.deals() if deal.id != deal_id]
    assert (made.title, made.stage_id, made.amount) == ("Onboarding: Acme", bench.start, 700)
    assert bench.people(made.id or 0) == bench.people(deal_id)
    bench.undo()
    assert len(bench.deals()) == 1


def test_the_nudge_comes_when_a_deal_rots(bench: Bench) -> None:
    bench.desk.do(templates.adopt, templates.named("nudge"))
    bench.desk.do(stages.edit, bench.lead, rotting_days=7)
    deal_id = bench.new()
    bench.clock.advance(days=7)
    bench.tick()
    assert bench.notes(deal_id) == ["Acme has gone quiet in Lead: call Acme, or close it"]
    bench.clock.advance(days=1)
    assert bench.tick().runs == {}, "an open task is something that somebody plans to do"


def test_a_template_twice_has_two_names_and_makes_the_pipeline_it_needs(bench: Bench) -> None:
    from dealboard.actions import pipelines

    bench.desk.do(pipelines.delete, bench.onboarding)
    hand_over = templates.named("hand-over")
    with pytest.raises(Refused, match="second pipeline"):
        bench.workspace.read(hand_over.rule)
    for _ in range(2):
        bench.desk.do(templates.adopt, hand_over)
    assert bench.desk.pipeline_names() == ["Sales", "Onboarding"]
    names = [each.name for each in bench.workspace.read(reads.automations)]
    assert names == ["Won hand-over", "Won hand-over 2"]
    with pytest.raises(NotFound):
        templates.named("none")
