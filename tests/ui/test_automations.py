"""The automations on a real workspace: listed, written by choices, tried, read back, undone."""

import pytest

from dealboard import actions
from dealboard.domain import rules
from dealboard.domain.automations import Outcome
from dealboard.domain.rules import Condition, Do, Is, On, Rule, Step, Trigger
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Role
from dealboard.screens.automation_editor import AutomationEditor
from dealboard.screens.automation_runs import RunsPage
from dealboard.screens.automations import AutomationsScreen
from dealboard.screens.deal_page import DealPage
from dealboard.screens.dry_run import DryRun
from dealboard.screens.template_form import TemplateForm
from dealboard.store.reads import activities, automations, pipelines
from dealboard.store.transaction import Transaction
from dealboard.widgets.rule_form import RuleForm
from dealboard.workspace import Workspace
from tests.ui.drive import Robot, driving

BIG = Condition("deal.amount", Is.GREATER, "10000")
CALL = Step(Do.ADD_TASK, {"text": "Call {{contact.name}}", "days": 2})


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    """Make Sales (Lead, Proposal) with two deals of Acme in Lead: one big, one small."""

    def fill(tx: Transaction) -> None:
        actions.pipelines.create(tx, "Sales", [NewStage("Lead", 10), NewStage("Proposal", 60)])
        contact = actions.contacts.add(tx, name="Acme Ltd")
        for title, amount in (("Big one", 2_000_000), ("Small one", 50_000)):
            actions.deals.create(tx, contacts=[contact], stage_id=1, title=title, amount=amount)

    workspace.run(fill)
    return workspace


def keep(workspace: Workspace, *some: Rule) -> None:
    def create(tx: Transaction) -> None:
        for rule in some:
            actions.automations.create(tx, rule)

    workspace.run(create)


def kept(workspace: Workspace) -> list[Rule]:
    return [each.rule for each in workspace.read(automations.automations) if each.rule]


def names(workspace: Workspace) -> list[str]:
    return [each.name for each in workspace.read(automations.automations)]


async def open_list(robot: Robot, shows: str) -> None:
    await robot.press("f5")
    await robot.until(lambda: isinstance(robot.app.screen, AutomationsScreen))
    await robot.until(lambda: shows in robot.text)


async def open_editor(robot: Robot, *keys: str) -> RuleForm:
    await robot.press(*keys)
    await robot.until(lambda: isinstance(robot.app.screen, AutomationEditor))
    await robot.until(lambda: "Otherwise" in robot.text)
    return robot.app.screen.query_one(RuleForm)


async def write(robot: Robot, text: str) -> None:
    """Type a text with braces in it."""
    keys = {"{": "left_curly_bracket", "}": "right_curly_bracket", " ": "space", ".": "full_stop"}
    await robot.press(*(keys.get(each, each) for each in text))


def place(robot: Robot, text: str, *, behind: int = 0) -> tuple[int, int]:
    """Return where a text is on the screen."""
    y = next(at for at, line in enumerate(robot.text.splitlines()) if text in line)
    return robot.text.splitlines()[y].index(text) + behind, y


# ── ready-made ────────────────────────────────────────────────────────────────────────────────


async def test_the_hand_over_works_from_nothing_with_a_few_keys(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "Won hand-over")
        await robot.press("down", "down", "enter")
        await robot.until(lambda: isinstance(robot.app.screen, TemplateForm))
        await robot.until(lambda: "a new pipeline “Onboarding”" in robot.text)
        await robot.until(lambda: "When a deal enters Won, then create deal" in robot.text)
        await robot.press("f2")
        await robot.until(lambda: "Won hand-over" in robot.text and "1 of 1 on" in robot.text)
        sales.run(lambda tx: actions.deals.win(tx, 1))
        onboarding = sales.read(pipelines.pipelines)[1]
        assert onboarding.name == "Onboarding"
        assert sales.read(pipelines.pipeline_counts)[onboarding.id] == 1
        await robot.press("u", "u")
        assert names(sales) == []
        await robot.until(lambda: "begins with one of these" in robot.text)


async def test_the_bottom_line_says_what_an_automation_did(sales: Workspace) -> None:
    keep(sales, Rule("Call them", Trigger(On.STAGE), then=(CALL,)))
    async with driving(sales, sales.path, size=(80, 24)) as robot:
        await robot.press("L")
        await robot.until(lambda: "→ Proposal · Call them added a task · u undoes" in robot.text)


# ── the editor ────────────────────────────────────────────────────────────────────────────────


async def test_a_rule_is_written_by_choices_and_its_sentence_follows(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=(100, 40)) as robot:
        await open_list(robot, "Ready-made")
        await open_editor(robot, "n")
        await robot.press("down", "down", "down", "enter", "3")
        await robot.until(lambda: "When a deal enters Proposal" in robot.text)
        await robot.press("c", "4", "7")
        await robot.type("10k")
        await robot.press("enter")
        await robot.until(lambda: "amount > €10,000" in robot.text)
        await robot.press("a", "1")
        await write(robot, "Call {{con")
        await robot.until(lambda: "Grace Hopper" in robot.text)
        await robot.press("down", "up", "enter")
        await robot.until(lambda: "= such as: Call Grace Hopper" in robot.text)
        await robot.press("tab", "2", "enter")
        await robot.until(lambda: "Due in      2 days" in robot.text)
        await robot.press("f2")
        await robot.until(lambda: "An automation needs a name" in robot.text)
        await robot.type("Big ones")
        assert "New automation ●" in robot.text
        await robot.press("f2")
        await robot.until(lambda: isinstance(robot.app.screen, AutomationsScreen))
        test = rules.Test("all", (BIG,))
        assert kept(sales) == [Rule("Big ones", Trigger(On.STAGE, to_stage=2), test, (CALL,))]
        await robot.until(lambda: "A deal enters Proposal" in robot.text)


async def test_an_unknown_field_is_refused_in_its_place_and_esc_asks(sales: Workspace) -> None:
    keep(sales, Rule("Call", Trigger(On.CREATED), then=(CALL,)))
    async with driving(sales, sales.path, size=(80, 24)) as robot:
        await open_list(robot, "Call")
        form = await open_editor(robot, "enter")
        await robot.pilot.click(offset=place(robot, "Text  ", behind=14))
        await robot.until(lambda: form.editing is not None)
        await robot.press("ctrl+a", "delete")
        await write(robot, "Call {{contact.nmae}}")
        await robot.press("f2")
        await robot.until(lambda: "Did you mean contact.name?" in robot.text)
        await robot.press("escape", "escape")
        await robot.until(lambda: "Discard what you typed?" in robot.text)
        await robot.press("y")
        await robot.until(lambda: isinstance(robot.app.screen, AutomationsScreen))
        assert kept(sales)[0].then == (CALL,)


async def test_parts_are_moved_removed_and_switched_and_others_are_not_overwritten(
    sales: Workspace,
) -> None:
    note = Step(Do.ADD_NOTE, {"text": "noted"})
    test = rules.Test("all", (BIG, Condition("deal.status", Is.IS, "open")))
    keep(sales, Rule("Two", Trigger(On.CREATED), test, (CALL, note)))
    async with driving(sales, sales.path, size=(100, 40)) as robot:
        await open_list(robot, "Two")
        form = await open_editor(robot, "e")
        await robot.press("down", "space")
        assert "○ off" in robot.text
        await robot.pilot.click(offset=place(robot, "all of these hold"))
        await robot.until(lambda: "either amount > €10,000 or status is open" in robot.text)
        await robot.press("down", "D")
        await robot.until(lambda: "and status is open, then" in robot.text)
        await robot.pilot.click(offset=place(robot, "2  Add a note", behind=1))
        await robot.press("escape", "K")
        await robot.until(lambda: "then add note “noted” and add task" in robot.text)
        assert form.draft.dirty
        sales.run(lambda tx: actions.automations.edit(tx, 1, kept(sales)[0]._replace(name="Hers")))
        await robot.press("f2")
        await robot.until(lambda: "Save over it?" in robot.text)
        await robot.press("y")
        await robot.until(lambda: isinstance(robot.app.screen, AutomationsScreen))
        one = rules.Test("any", (Condition("deal.status", Is.IS, "open"),))
        (saved,) = kept(sales)
        assert (saved.name, saved.enabled, saved.then) == ("Two", False, (note, CALL))
        assert saved.test.conditions == one.conditions


# ── the list ──────────────────────────────────────────────────────────────────────────────────


async def test_rules_are_switched_ordered_copied_deleted_and_brought_back(
    sales: Workspace,
) -> None:
    keep(
        sales, *(Rule(name, Trigger(On.CREATED), then=(CALL,)) for name in ("One", "Two", "Three"))
    )
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "Three")
        await robot.press("space")
        assert [rule.enabled for rule in kept(sales)] == [False, True, True]
        await robot.press("J")
        assert names(sales) == ["Two", "One", "Three"]
        await robot.drag(place(robot, "Three"), place(robot, "Two"))
        assert names(sales) == ["Three", "Two", "One"]
        await robot.press("G", "D", "y")
        assert names(sales) == ["Three", "Two"]
        await robot.press("u", "u", "u", "u")
        assert names(sales) == ["One", "Two", "Three"]
        await robot.until(lambda: "3 of 3 on" in robot.text)
        await open_editor(robot, "c")
        await robot.press("f2")
        await robot.until(lambda: "(copy)" in robot.text and "4 of 4 on" in robot.text)
        assert len(names(sales)) == 4


async def test_a_suspended_rule_says_why_and_is_resumed(sales: Workspace) -> None:
    back = Rule("Ping", Trigger(On.STAGE, to_stage=2), then=(Step(Do.MOVE_STAGE, {"stage": 1}),))
    forth = Rule("Pong", Trigger(On.STAGE, to_stage=1), then=(Step(Do.MOVE_STAGE, {"stage": 2}),))
    keep(sales, back, forth)
    for _ in range(3):
        sales.run(lambda tx: actions.deals.move(tx, 1, stage_id=2))
        sales.run(lambda tx: actions.deals.move(tx, 1, stage_id=1))
    assert any(each.suspended_at for each in sales.read(automations.automations))
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "suspended")
        suspended = [each.suspended_at is not None for each in sales.read(automations.automations)]
        await robot.press(*("down",) * suspended.index(True))
        await robot.until(lambda: "r resumes it" in robot.text and "loop" in robot.text)
        await robot.press("r")
        await robot.until(lambda: "r resumes it" not in robot.text)
        assert sales.read(automations.automations)[suspended.index(True)].active


# ── tried and read back ───────────────────────────────────────────────────────────────────────


async def test_a_dry_run_says_what_would_change_and_changes_nothing(sales: Workspace) -> None:
    note = Step(Do.ADD_NOTE, {"text": "too small"})
    test = rules.Test("all", (BIG,))
    keep(sales, Rule("Big ones", Trigger(On.STAGE, to_stage=2), test, (CALL,), (note,)))
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "Big ones")
        await robot.press("d")
        await robot.type("big")
        await robot.until(lambda: "Small one" not in robot.text)
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, DryRun))
        await robot.until(lambda: "Call Acme Ltd" in robot.text)
        assert "✓ amount > €10,000" in robot.text
        assert "nothing is changed" in robot.text
        await robot.press("d")
        await robot.type("small")
        await robot.until(lambda: "Big one " not in robot.text)
        await robot.press("enter")
        await robot.until(lambda: "too small" in robot.text)
        assert "✗ amount > €10,000" in robot.text
        await robot.press("escape")
        assert sales.read(activities.of_deal, 1) == ()


async def test_the_log_is_narrowed_and_leads_to_the_deal(sales: Workspace) -> None:
    fails = Step(Do.UPDATE_DEAL, {"find_reference": "NOPE", "title": "x"})
    wait = Step(Do.DELAY, {"days": 3})
    keep(
        sales,
        Rule("Calls", Trigger(On.STAGE), then=(wait, CALL)),
        Rule("Fails", Trigger(On.STAGE), then=(fails,)),
    )
    sales.run(lambda tx: actions.deals.move(tx, 1, stage_id=2))
    assert {run.outcome for run in sales.read(automations.runs)} == {Outcome.RAN, Outcome.FAILED}
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "Fails")
        await robot.press("L")
        await robot.until(lambda: isinstance(robot.app.screen, RunsPage))
        await robot.until(lambda: "2 runs" in robot.text)
        await robot.press("o", "4")
        await robot.until(lambda: "1 run" in robot.text and "Calls" not in robot.text)
        assert "There is no deal with reference NOPE" in robot.text
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))
        await robot.press("q", "F", "2")
        await robot.until(lambda: "Delayed actions waiting" in robot.text)
        await robot.press("x", "y")
        await robot.until(lambda: "Delayed actions cancelled" in robot.text)
        await robot.press("R")
        await robot.until(lambda: "Delayed actions waiting" in robot.text)
        await robot.press("q")
        await robot.until(lambda: isinstance(robot.app.screen, AutomationsScreen))


async def test_an_empty_log_offers_no_deal(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "Won hand-over")
        await robot.press("L")
        await robot.until(lambda: "Nothing ran yet." in robot.text)
        await robot.press("enter")
        assert "Open the deal" not in robot.text


async def test_a_chat_operator_reads_one_sentence(sales: Workspace) -> None:
    sales.run(lambda tx: actions.team.add(tx, "Bob", role=Role.CHAT_OPERATOR))
    other = Workspace.open(sales.path, actor="Bob")
    async with driving(other, other.path) as robot:
        await robot.press("f5")
        await robot.until(lambda: "Bob is a Chat Operator and has no access" in robot.text)
    other.close()
