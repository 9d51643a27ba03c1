"""An automation as one sentence: what it says, and that it always says something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain import rules
from dealboard.domain.catalogue import CUSTOM, FIELDS, Kind, Known
from dealboard.domain.rule_words import (
    Manner,
    Names,
    condition_words,
    done_words,
    field_words,
    sentence,
    spans,
)
from dealboard.domain.rules import Condition, Do, Is, On, Rule, Step, Trigger
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Pipeline, Role, Stage, User

HOW = Manner(
    Names({1: "Sales", 2: "Onboarding"}, {1: "Lead", 2: "Proposal", 9: "Kick-off"}, {1: "Ada"}),
    (Known(f"{CUSTOM}Birthday", Kind.DATE, "Birthday"),),
    "EUR",
)

TASK = Step(Do.ADD_TASK, {"text": "Call {{contact.name}}", "days": 2})


def said(
    trigger: Trigger,
    *steps: Step,
    test: rules.Test | None = None,
    otherwise: tuple[Step, ...] = (),
) -> str:
    return sentence(Rule("R", trigger, test or rules.Test(), steps or (TASK,), otherwise), HOW)


def test_the_sentence_of_the_issue() -> None:
    test = rules.Test("all", (Condition("deal.amount", Is.GREATER, "10000"),))
    assert said(Trigger(On.STAGE, to_stage=2), test=test) == (
        "When a deal enters Proposal and amount > €10,000,"
        " then add task “Call {{contact.name}}” in 2 days"
    )


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (Trigger(On.CREATED, pipeline=1), "a deal is created in Sales"),
        (Trigger(On.STAGE), "a deal changes its stage"),
        (Trigger(On.STAGE, from_stage=1), "a deal leaves Lead"),
        (Trigger(On.STAGE, from_stage=1, to_stage=2), "a deal goes from Lead to Proposal"),
        (Trigger(On.STAGE, to_stage=77), "a deal enters a deleted stage"),
        (Trigger(On.UPDATED), "a deal is changed"),
        (Trigger(On.UPDATED, ("amount", "owner_id")), "amount or owner of a deal changes"),
        (Trigger(On.CONTACT_ADDED), "a contact is added to a deal"),
        (Trigger(On.CLOSE_DATE), "the close date of a deal comes"),
        (Trigger(On.CLOSE_DATE, days=-3), "a deal is 3 days before its close date"),
        (Trigger(On.CLOSE_DATE, days=1), "a deal is 1 day past its close date"),
        (Trigger(On.ROTTING), "a deal begins to rot"),
        (Trigger(On.OVERDUE), "a task of a deal is overdue"),
    ],
)
def test_when(trigger: Trigger, words: str) -> None:
    assert said(trigger).startswith(f"When {words}, then ")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("deal.amount", Is.LESS, "99.50"), "amount < €99.50"),
        (Condition("deal.amount", Is.IS, "no number"), "amount is no number"),
        (Condition("stage.probability", Is.GREATER, "1000"), "probability > 1,000"),
        (Condition("deal.title", Is.CONTAINS, "renewal"), "title contains “renewal”"),
        (Condition("contact.city", Is.EMPTY), "contact's city is empty"),
        (Condition("owner.email", Is.NOT_EMPTY), "owner's e-mail is not empty"),
        (Condition(f"{CUSTOM}Birthday", Is.BEFORE, "today"), "contact's Birthday is before today"),
        (Condition(f"{CUSTOM}Gone", Is.IS, "x"), "contact's Gone is x"),
        (Condition("deal.status", Is.CHANGED_TO, "won"), "status changes to won"),
        (Condition("deal.title", Is.IS), "title is …"),
    ],
)
def test_if(condition: Condition, words: str) -> None:
    assert condition_words(condition, HOW) == words


def test_any_of_several_conditions_is_told_from_all() -> None:
    some = (Condition("deal.status", Is.IS, "won"), Condition("owner.name", Is.IS, "Ada"))
    assert " and either status is won or owner is Ada, then " in said(
        Trigger(On.CREATED), test=rules.Test("any", some)
    )
    assert " and status is won and owner is Ada, then " in said(
        Trigger(On.CREATED), test=rules.Test("all", some)
    )


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step(Do.ADD_TASK, {"text": "Call", "days": 0, "owner": 1}),
         "add task “Call” due today for Ada"),
        (Step(Do.ADD_NOTE, {"text": "a\nb"}), "add note “a b”"),
        (Step(Do.MOVE_STAGE, {"stage": 2}), "move it to Proposal"),
        (Step(Do.MOVE_STAGE, {}), "move it to …"),
        (Step(Do.ASSIGN_OWNER, {"owner": 5}), "give it to a deleted user"),
        (Step(Do.ADD_CONTACT, {"contact": "Bob <b@c.de>"}), "add contact “Bob <b@c.de>”"),
        (Step(Do.CREATE_DEAL, {"pipeline": 2, "stage": 9, "title": "Go", "amount": "5"}),
         "create deal “Go” in Onboarding at Kick-off with amount “5”"),
        (Step(Do.CREATE_DEAL, {"pipeline": 2}), "create a deal in Onboarding"),
        (Step(Do.UPDATE_DEAL, {"title": "X", "stage": 2, "owner": 1, "find_reference": "R1"}),
         "set title “X”, stage Proposal, owner Ada of the deal with reference “R1”"),
        (Step(Do.UPDATE_DEAL, {}), "set …"),
        (Step(Do.SEND_WEBHOOK, {"url": "https://hooks.example.com/T0/secret?k=1"}),
         "send a webhook to hooks.example.com"),
        (Step(Do.DELAY, {"days": 1, "hours": 2}), "wait 1 day 2 hours"),
        (Step(Do.DELAY, {}), "wait …"),
    ],
)  # fmt: skip
def test_then(step: Step, words: str) -> None:
    assert said(Trigger(On.CREATED), step).endswith(f", then {words}")


def test_actions_are_listed_and_the_others_told_apart() -> None:
    wait, move = Step(Do.DELAY, {"days": 3}), Step(Do.MOVE_STAGE, {"stage": 1})
    whole = said(Trigger(On.CREATED), wait, move, TASK, otherwise=(move,))
    assert "then wait 3 days, move it to Lead and add task" in whole
    assert whole.endswith("; otherwise move it to Lead")


def test_nothing_to_do_is_missing_not_silent() -> None:
    bare = Rule("", Trigger(On.CREATED))
    assert sentence(bare) == "When a deal is created, then …"
    assert spans(bare)[-1] == ("…", "missing")


def test_what_was_done() -> None:
    assert done_words(()) == ""
    assert done_words(["move_stage"]) == "moved it"
    assert done_words(["add_task", "who_knows", "add_task"]) == "added a task ×2 and who_knows"
    assert done_words(["add_note", "delay", "move_stage"]) == "added a note and put off the rest"


def test_stages_of_the_same_name_are_told_apart_by_their_pipelines() -> None:
    def stage(number: int, name: str, pipeline: int) -> Stage:
        return Stage(number, "", pipeline, name, StageKind.OPEN, 50, 1, None)

    names = Names.of(
        [Pipeline(1, "", "Sales", 1), Pipeline(2, "", "Care", 2)],
        [stage(1, "Won", 1), stage(2, "won", 2), stage(3, "Lead", 1)],
        [User(1, "", "Ada", None, Role.ADMINISTRATOR, active=False)],
    )
    assert names.stages == {1: "Won (Sales)", 2: "won (Care)", 3: "Lead"}
    assert names.users == {1: "Ada (inactive)"}


# ── always ────────────────────────────────────────────────────────────────────────────────────

texts = st.text(max_size=80) | st.sampled_from(
    ["\x1b[2J", "[/red][@click=app.quit]", "a\nb\r\n\u2028c", "\u202egnp", "https://[x", "1e999"]
)
ids = st.integers(-1, 12)
args = st.dictionaries(
    st.sampled_from(sorted({name for each in rules.ARGUMENTS.values() for name in each})),
    texts | ids | st.none(),
)
steps = st.builds(Step, st.sampled_from(Do), args)
conditions = st.builds(
    Condition, st.sampled_from(sorted(FIELDS)) | texts, st.sampled_from(Is), texts
)
written = st.builds(
    Rule,
    texts,
    st.builds(
        Trigger, st.sampled_from(On), st.lists(texts).map(tuple), ids | st.none(), ids | st.none(),
        ids | st.none(), st.integers(),
    ),
    st.builds(
        rules.Test, st.sampled_from(["all", "any"]), st.lists(conditions, max_size=4).map(tuple)
    ),
    st.lists(steps, max_size=4).map(tuple),
    st.lists(steps, max_size=4).map(tuple),
)  # fmt: skip
manners = st.builds(
    Manner,
    st.builds(Names, *[st.dictionaries(ids, texts, max_size=3)] * 3),
    st.just(()),
    st.sampled_from(["", "EUR", "JPY"]),
    st.sampled_from(["en_US", "de_DE"]),
)


@given(written, manners)
def test_whatever_the_rule_is_it_is_one_safe_line(rule: Rule, how: Manner) -> None:
    said = sentence(rule, how)
    assert said.startswith("When ")
    assert ", then " in said
    assert not any(char in said for char in "\u2028\u202e")
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in said)
    assert "".join(text for text, _ in spans(rule, how)) == said


@given(texts)
def test_any_field_has_words(name: str) -> None:
    assert field_words(name)
