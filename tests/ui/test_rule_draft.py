"""A rule while it is edited, and the lines that show it: without a terminal."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain import rules
from dealboard.domain.catalogue import CUSTOM, Kind, Known
from dealboard.domain.placeholders import Setting
from dealboard.domain.rules import Condition, Do, Is, On, Rule, Step, Trigger
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Pipeline, Role, Stage, User
from dealboard.widgets.lines import plain, width_of
from dealboard.widgets.rule_draft import ADD, DAYS, NAME, WAIT, Draft, Spot, Stock
from dealboard.widgets.rule_lines import View, rule_blocks


def stage(number: int, name: str, pipeline: int, kind: StageKind = StageKind.OPEN) -> Stage:
    return Stage(number, "", pipeline, name, kind, 50, number, None)


STOCK = Stock(
    (Pipeline(1, "", "Sales", 1), Pipeline(2, "", "Onboarding", 2)),
    (stage(1, "Lead", 1), stage(2, "Won", 1, StageKind.WON), stage(3, "Kick-off", 2)),
    (User(1, "", "Ada", None, Role.ACCOUNT_OWNER, active=True),),
    (Known(f"{CUSTOM}Size", Kind.CHOICE, "Size", ("S", "M")),),
    "EUR",
    Setting(date(2026, 11, 23)),
)
TASK = Step(Do.ADD_TASK, {"text": "Call", "days": 2})


def draft(rule: Rule | None = None) -> Draft:
    return Draft(rule or Rule("R", Trigger(On.CREATED), then=(TASK,)), STOCK)


def test_a_rule_made_of_choices_is_one_that_the_domain_takes() -> None:
    made = draft(Rule("", Trigger(On.STAGE)))
    made.put(NAME, "  Hand-over ")
    made.detail(to_stage=2)
    at = made.add_condition("deal.amount")
    made.put(Spot("if", at), "10k")
    step = Spot("then", made.add_step("then", Do.CREATE_DEAL))
    made.argue(step._replace(arg="pipeline"), 2)
    made.argue(step._replace(arg="stage"), 3)
    made.put(step._replace(arg="title"), "Onboarding: {{deal.title}}")
    made.add_step("else", Do.DELAY)
    made.put(Spot("else", 0, WAIT), "1d 12h")
    rule = made.checked()
    assert rule is not None
    assert made.dirty
    assert rules.parse(rules.document(rule)) == rule
    assert rule.test.conditions == (Condition("deal.amount", Is.GREATER, "10000"),)
    assert rule.otherwise == (Step(Do.DELAY, {"days": 1, "hours": 12}),)


def test_each_part_that_is_wrong_says_so_itself() -> None:
    made = draft(Rule("", Trigger(On.CREATED)))
    made.add_condition("deal.title")
    made.add_step("else", Do.MOVE_STAGE)
    made.add_step("else", Do.UPDATE_DEAL)
    made.add_step("else", Do.DELAY)
    assert made.checked() is None
    assert made.complaints.keys() == {
        NAME, Spot("if", 0), Spot("then", arg=ADD), Spot("else", 0, "stage"), Spot("else", 1),
        Spot("else", 2, WAIT),
    }  # fmt: skip


def test_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    made = draft()
    spot = Spot("then", 0, "text")
    made.put(spot, "Call {{contact.nmae}}")
    made.check(spot)
    assert "Did you mean contact.name?" in made.complaints[spot]


@pytest.mark.parametrize(
    ("spot", "text"), [(DAYS, "soon"), (Spot("then", 0, "days"), "2 moons"), (Spot("if", 0), "big")]
)
def test_what_means_nothing_stays_typed_and_is_not_saved(spot: Spot, text: str) -> None:
    test = rules.Test("all", (Condition("deal.amount", Is.GREATER, "5"),))
    made = draft(Rule("R", Trigger(On.CLOSE_DATE), test, (TASK,)))
    made.put(spot, text)
    assert made.text(spot) == text
    assert made.dirty
    assert made.checked() is None
    made.put(spot, "3")
    assert made.checked() is not None


def test_stages_of_another_pipeline_go_with_it() -> None:
    made = draft(Rule("R", Trigger(On.STAGE, from_stage=1, to_stage=2)))
    made.detail(pipeline=2)
    assert made.rule.trigger == Trigger(On.STAGE, pipeline=2)
    step = Spot("then", made.add_step("then", Do.CREATE_DEAL), "pipeline")
    made.argue(step, 1)
    made.argue(step._replace(arg="stage"), 1)
    made.argue(step, 2)
    assert made.step(step).args == {"pipeline": 2}


def test_a_value_goes_with_the_kind_of_its_field() -> None:
    made = draft()
    at = made.add_condition("deal.title")
    made.compare(at, how=Is.CONTAINS)
    made.put(Spot("if", at), "renewal")
    made.compare(at, field="stage.name")
    assert made.rule.test.conditions[at] == Condition("stage.name", Is.CONTAINS, "renewal")
    made.compare(at, how=Is.IS)
    assert made.values(at) == ("Lead", "Won", "Kick-off")
    assert made.rule.test.conditions[at].value == ""
    made.compare(at, field=f"{CUSTOM}Size")
    assert made.values(at) == ("S", "M")


def test_conditions_and_actions_are_moved_and_removed() -> None:
    note = Step(Do.ADD_NOTE, {"text": "x"})
    made = draft(Rule("R", Trigger(On.CREATED), then=(TASK, note)))
    assert made.shift(Spot("then", 1), -1) == 0
    assert [step.do for step in made.rule.then] == [Do.ADD_NOTE, Do.ADD_TASK]
    assert made.shift(Spot("then", 1), 1) == 1
    made.remove(Spot("then", 0))
    assert [step.do for step in made.rule.then] == [Do.ADD_TASK]


def test_a_text_of_several_lines_that_nobody_touched_stays() -> None:
    note = Step(Do.ADD_NOTE, {"text": "one\ntwo"})
    made = draft(Rule("R", Trigger(On.CREATED), then=(note,)))
    assert made.checked() == made.opened


@given(
    st.integers(20, 200),
    st.lists(
        st.builds(
            Step,
            st.sampled_from(Do),
            st.dictionaries(
                st.sampled_from(["text", "title", "url", "contact"]),
                st.text(max_size=300) | st.just("日本語" * 40) | st.just("\x1b[2J [/red]"),
            ),
        ),
        max_size=3,
    ),
    st.sampled_from(On),
)
def test_lines_keep_to_their_width(width: int, some: list[Step], on: On) -> None:
    test = rules.Test("any", (Condition("contact.city", Is.CONTAINS, "x" * 99),) * 2)
    made = draft(Rule("日本" * 90, Trigger(on), test, tuple(some), tuple(some)))
    made.checked()
    for block in rule_blocks(made, View(Spot("if", 0)), width):
        for line in block.lines:
            assert not any(ord(char) < 32 for char in plain(line))
            assert width_of(line) <= width
