"""The page of a deal: its form, its contacts, what happened, the chat; by keys and by the mouse."""

import shutil
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.app import DealboardApp
from dealboard.domain.stages import NewStage, StageKind
from dealboard.domain.views import Activity, ActivityKind, Deal
from dealboard.screens.activity import ActivityScreen
from dealboard.screens.conflict import ConflictScreen
from dealboard.screens.deal_page import DealPage
from dealboard.screens.kept_pages import show_deal
from dealboard.store.reads import activities, contacts, deals, history, pipelines, team
from dealboard.store.tables import Message
from dealboard.widgets.chosen import label_of
from dealboard.widgets.deal_fields import DealFields
from dealboard.workspace import Workspace
from tests.conftest import MORNING, Clock
from tests.ui.desk import UNANSWERED, Desk, at_desk
from tests.ui.drive import set_editor

NASTY = "Adam [/red] [@click=app.quit]x[/] \x1b[31m"
NASTY_SHOWN = "Adam [/red] [@click=app.quit]x[/] ␛[31m"
WIDE = (120, 40)


@pytest.fixture(scope="module")
def filled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace of two pipelines, two users, three contacts and three deals, once."""
    path = tmp_path_factory.mktemp("page") / "dealboard.db"
    shutil.copy(blank, path)
    opened = Workspace.open(path, clock=Clock())
    for name, stages in (
        ("Sales Pipeline", [NewStage("Lead", 10), NewStage("Offer", 50)]),
        ("Onboarding [x]", [NewStage("Kick-off", 20), NewStage("Offer", 70)]),
    ):
        opened.run(lambda tx, n=name, s=stages: actions.pipelines.create(tx, n, s))  # type: ignore[misc]
    opened.run(lambda tx: actions.team.add(tx, "Grace Hopper", "grace@example.com"))
    for name, phone in (("Ada Lovelace", "+39 333 1234567"), (NASTY, None), ("Bo", None)):
        opened.run(lambda tx, n=name, p=phone: actions.contacts.add(tx, name=n, phone=p))  # type: ignore[misc]
    opened.close()
    return path


@pytest.fixture
def workspace(filled: Path, path: Path, clock: Clock) -> Iterator[Workspace]:
    shutil.copy(filled, path)
    opened = Workspace.open(path, clock=clock)
    yield opened
    opened.close()


def stage_id(workspace: Workspace, name: str, pipeline: int = 1) -> int:
    found = workspace.read(pipelines.stages, pipeline)
    return next(each.id for each in found if each.name == name)


def make_deal(workspace: Workspace, *names: str, title: str = "Acme") -> Deal:
    ids = [workspace.read(contacts.matches, name)[0].id for name in names or ("Ada",)]
    receipt = workspace.run(
        lambda tx: actions.deals.create(
            tx,
            contacts=ids,
            stage_id=stage_id(workspace, "Lead"),
            title=title,
            amount=1_200_050,
            close_date=date(2026, 11, 27),
            reference="PO-7",
        )
    )
    return workspace.read(deals.deal, receipt.value)


def operations(workspace: Workspace) -> int:
    return workspace.read(history.newest)


def activity_of(workspace: Workspace, deal: Deal) -> Activity:
    (found,) = workspace.read(activities.of_deal, deal.id)
    return found


def add(workspace: Workspace, deal: Deal, kind: ActivityKind, text: str, **rest: object) -> None:
    workspace.run(
        lambda tx: actions.activities.add(tx, kind, text, deal_id=deal.id, **rest)  # type: ignore[arg-type]
    )


def page(desk: Desk) -> DealPage:
    return next(each for each in desk.app.screen_stack if isinstance(each, DealPage))


def fields(desk: Desk) -> DealFields:
    return page(desk).fields


def text(desk: Desk, name: str) -> str:
    return fields(desk).draft.typed.text(name)


def people(desk: Desk) -> list[str]:
    return [label_of(each) for each in fields(desk).draft.typed.contacts]


async def open_page(desk: Desk, deal: Deal, *around: int) -> None:
    await desk.put(DealPage(deal.id, around))
    await desk.until(lambda: fields(desk).has_focus)


def pages(desk: Desk) -> list[DealPage]:
    return [each for each in desk.app.screen_stack if isinstance(each, DealPage)]


async def show(desk: Desk, deal: Deal, *around: int) -> None:
    """Open a page as the screens do."""
    app = desk.app
    assert isinstance(app, DealboardApp)
    await show_deal(app, deal.id, around)
    await desk.until(lambda: pages(desk)[-1:] and pages(desk)[-1].fields.has_focus)


async def write(desk: Desk, name: str, typed: str) -> None:
    """Put a text in a field instead of what stands there, and be done with it."""
    fields(desk).stop()
    fields(desk).put_cursor(name)
    await desk.press("enter", "end", "ctrl+u")
    await desk.paste(typed)
    await desk.press("enter")


# ── the form ──────────────────────────────────────────────────────────────────────────────────


async def test_a_field_is_edited_in_place_and_saved_on_demand(workspace: Workspace) -> None:
    deal = make_deal(workspace, "Ada", "Bo")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        for shown in ("€12,000.50", "Fri 27 Nov 2026 (in 4 days)", "PO-7", "[Lead 10 %]"):
            assert shown in desk.text
        await write(desk, "title", "Acme Ltd")
        await write(desk, "amount", "15k")
        assert "● €15,000" in desk.text
        assert "not saved" in desk.text
        assert desk.deal(deal.id) == deal
        await desk.press("f2")
        await desk.shows("Saved · u undoes")
        assert "not saved" not in desk.text
        after = desk.deal(deal.id)
        await desk.press("q")
        await desk.answered()
    assert (after.title, after.amount) == ("Acme Ltd", 1_500_000)
    assert (
        after._replace(
            title=deal.title, amount=deal.amount, version=deal.version, updated_at=deal.updated_at
        )
        == deal
    )


async def test_typing_goes_on_from_field_to_field(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        fields(desk).put_cursor("title")
        await desk.press("e")
        await desk.burst(*"New", "tab", "tab", "right", "tab", "tab", *"7k", "tab", "tab", *"+1")
        await desk.shows("= …")
        await desk.burst("w", "tab", "end", "8", "f2")
        await desk.shows("Saved")
        after = desk.deal(deal.id)
    assert (after.title, after.stage.name, after.amount) == ("New", "Offer", 700_000)
    assert (after.close_date, after.reference) == (date(2026, 11, 30), "PO-78")


async def test_escape_takes_back_what_is_typed_in_a_field(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        fields(desk).put_cursor("title")
        await desk.press("enter", *"qwjk", "escape")
        assert text(desk, "title") == "Acme"
        assert not page(desk).dirty
        assert desk.answer == UNANSWERED


async def test_what_is_wrong_stands_beside_its_field(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    before = operations(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await write(desk, "amount", "lots")
        await desk.press("f2")
        await desk.shows("✗ Not an amount.")
        assert fields(desk).editing == "amount"
        await desk.press("1")
        assert "✗" not in desk.text.split("Lost ✗")[1]
        await write(desk, "amount", "1")
        await write(desk, "title", "x" * 201)
        await desk.press("f2")
        await desk.shows("✗ 201 characters; at most 200")
    assert operations(workspace) == before


async def test_saving_what_nobody_changed_changes_nothing(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    workspace.run(lambda tx: actions.deals.edit(tx, deal.id, {"amount": 10**18}))
    before = operations(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await desk.press("f2")
        await desk.shows("Nothing to save")
        assert operations(workspace) == before
        await write(desk, "title", "Other")
        await desk.press("f2")
        await desk.shows("Saved")
        assert desk.deal(deal.id).amount == 10**18


@pytest.mark.parametrize(
    ("before", "after"),
    [("Offer", "Offer"), ("Won", "Won"), ("Lost", "Lost"), ("Lead", "Kick-off")],
)
async def test_another_pipeline_has_the_same_stage(
    workspace: Workspace, before: str, after: str
) -> None:
    deal = make_deal(workspace)
    there = stage_id(workspace, before)
    workspace.run(lambda tx: actions.deals.move(tx, deal.id, stage_id=there))
    async with at_desk(workspace) as desk:
        await open_page(desk, deal)
        fields(desk).put_cursor("pipeline")
        await desk.press("enter")
        await desk.shows("2  Onboarding [x]")
        await desk.press("2", "f2")
        await desk.shows("Saved")
        assert desk.deal(deal.id).stage.id == stage_id(workspace, after, pipeline=2)


async def test_an_owner_who_left_stays_until_somebody_else_is_chosen(workspace: Workspace) -> None:
    grace = workspace.read(team.find_user, "Grace Hopper")
    assert grace is not None
    deal = make_deal(workspace)
    workspace.run(lambda tx: actions.deals.assign(tx, deal.id, grace.id))
    workspace.run(lambda tx: actions.team.edit(tx, grace.id, active=False))
    async with at_desk(workspace) as desk:
        await open_page(desk, deal)
        assert "Grace Hopper  (inactive)" in desk.text
        await write(desk, "title", "Other")
        await desk.press("f2")
        await desk.shows("Saved")
        assert desk.deal(deal.id).owner.name == "Grace Hopper"


async def test_nothing_that_a_name_says_acts(workspace: Workspace) -> None:
    deal = make_deal(workspace, "Adam", title=NASTY)
    add(workspace, deal, ActivityKind.NOTE, f"{NASTY}\nsecond line")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        assert desk.text.count(NASTY_SHOWN) == 2
        assert desk.text.count("Adam [/red]") == 4
        await desk.press("2", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, ActivityScreen))
        await desk.shows(NASTY_SHOWN)
        assert "\x1b" not in desk.text


# ── leaving, and drafts ───────────────────────────────────────────────────────────────────────


async def test_escape_leaves_at_once_or_asks(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace) as desk:
        await open_page(desk, deal)
        await write(desk, "title", "Typed")
        await desk.press("escape")
        await desk.shows("Discard what you typed?")
        await desk.press("n")
        assert text(desk, "title") == "Typed"
        await desk.press("escape", "y")
        assert await desk.answered() is None
        await open_page(desk, deal)
        assert text(desk, "title") == "Acme"
        desk.answer = UNANSWERED
        await desk.press("escape")
        assert await desk.answered() is None


async def test_what_was_typed_survives_the_end_of_the_app(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace) as desk:
        await open_page(desk, deal)
        fields(desk).put_cursor("title")
        await desk.press("enter")
        await desk.burst(*"Half a ti")
        # The app ends here, without a word from anybody.
    workspace.run(lambda tx: actions.deals.edit(tx, deal.id, {"amount": 5, "title": "Theirs"}))
    async with at_desk(workspace) as desk:
        await open_page(desk, deal)
        await desk.shows("What you typed the last time is here again")
        assert text(desk, "title") == "Half a ti"
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, ConflictScreen))
        await desk.press("enter")
        await desk.shows("Saved")
        assert (desk.deal(deal.id).title, desk.deal(deal.id).amount) == ("Half a ti", 5)
    async with at_desk(workspace) as desk:
        await open_page(desk, deal)
        assert not page(desk).dirty


# ── others ────────────────────────────────────────────────────────────────────────────────────


async def test_both_values_are_shown_and_each_is_settled(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await write(desk, "title", "Mine")
        await write(desk, "reference", "PO-mine")
        workspace.run(
            lambda tx: actions.deals.edit(
                tx, deal.id, {"title": "Theirs", "reference": "PO-theirs", "amount": 5}
            )
        )
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, ConflictScreen))
        for shown in ("● mine    Mine", "○ theirs  Theirs", "○ theirs  PO-theirs"):
            assert shown in desk.text
        await desk.press("j", "space")
        assert "● theirs  PO-theirs" in desk.text
        await desk.press("f2")
        await desk.shows("Saved")
        after = desk.deal(deal.id)
    assert (after.title, after.reference, after.amount) == ("Mine", "PO-theirs", 5)


async def test_an_untouched_form_follows_and_a_dirty_one_does_not(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        workspace.run(lambda tx: actions.deals.edit(tx, deal.id, {"reference": "PO-8"}))
        await desk.until(lambda: text(desk, "reference") == "PO-8")
        await write(desk, "title", "Mine")
        workspace.run(lambda tx: actions.deals.edit(tx, deal.id, {"reference": "PO-9"}))
        await desk.shows("not saved, and changed by somebody else")
        assert (text(desk, "title"), text(desk, "reference")) == ("Mine", "PO-8")
        await desk.press("f2")
        await desk.shows("Saved")
        assert text(desk, "reference") == "PO-9"
        after = desk.deal(deal.id)
    assert (after.title, after.reference) == ("Mine", "PO-9")


async def test_a_deal_that_is_gone(workspace: Workspace) -> None:
    deal, other = make_deal(workspace), make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await write(desk, "title", "Mine")
        workspace.run(lambda tx: actions.deals.delete(tx, [deal.id]))
        await desk.shows("What you typed is still here.")
        await desk.press("f2")
        await desk.shows(f"There is no deal #{deal.id}.")
        assert text(desk, "title") == "Mine"
        await desk.press("escape", "y")
        await desk.answered()
        desk.answer = UNANSWERED
        await open_page(desk, other)
        workspace.run(lambda tx: actions.deals.delete(tx, [other.id]))
        assert await desk.answered() is None


# ── contacts and the chat ─────────────────────────────────────────────────────────────────────


def say(workspace: Workspace, name: str, *lines: tuple[str, str]) -> None:
    """Put lines of a chat where an import would."""
    contact_id = workspace.read(contacts.matches, name)[0].id
    workspace.run(
        lambda tx: tx.add(
            [
                Message(
                    uid=f"m{contact_id}-{number}",
                    key=f"m{number}",
                    contact_id=contact_id,
                    at=MORNING,
                    direction=direction,
                    text=said,
                    source="test",
                )
                for number, (direction, said) in enumerate(lines)
            ]
        )
    )


async def test_contacts_are_added_ordered_and_taken_off(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await desk.press("j", "enter")
        await desk.type("bo")
        await desk.shows("＋ New contact")
        await desk.press("enter")
        await desk.until(lambda: people(desk) == ["Ada Lovelace", "Bo"])
        await desk.type("Zoë")
        await desk.shows("＋ New contact “Zoë”")
        await desk.press("enter", "enter")
        await desk.type("zoe@example.com")
        await desk.press("enter")
        await desk.until(lambda: people(desk)[-1] == "Zoë")
        await desk.press("escape", "k", "K")
        assert people(desk) == ["Ada Lovelace", "Zoë", "Bo"]
        await desk.press("k", "delete")
        assert people(desk) == ["Zoë", "Bo"]
        before = operations(workspace)
        await desk.press("f2")
        await desk.shows("Saved")
        assert operations(workspace) == before + 1
        assert [each.name for each in desk.deal(deal.id).contacts] == ["Zoë", "Bo"]
        fields(desk).put_cursor(0)
        await desk.press("delete", "delete")
        await desk.shows("✗ A deal needs a contact; add another one")
        assert people(desk) == ["Bo"]


async def test_the_chat_follows_the_contact(workspace: Workspace) -> None:
    say(workspace, "Ada", *(("in" if n % 2 else "out", f"line {n} [b]") for n in range(250)))
    deal = make_deal(workspace, "Ada", "Bo")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await desk.press("3")
        await desk.shows("line 249 [b]")
        assert "Today · Mon 23 Nov 2026" not in desk.text
        await desk.press("g")
        await desk.shows("Today · Mon 23 Nov 2026")
        assert "line 0 [b]" in desk.text
        await desk.press("tab", "j")
        await desk.shows("No messages with Bo yet.")
        assert "No WhatsApp number." in desk.text


# ── quick actions ─────────────────────────────────────────────────────────────────────────────


async def test_quick_actions(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await desk.press("L")
        await desk.shows("[Offer 50 %]")
        await desk.press("x")
        await desk.shows("Why was Acme lost?")
        await desk.type("budget")
        await desk.press("enter")
        await desk.shows("✗ lost 23 Nov (expected 27 Nov) because budget")
        await desk.press("r")
        await desk.shows("[Offer 50 %]")
        await desk.press("w")
        await desk.shows("✓ won 23 Nov (expected 27 Nov)")
        await desk.press("u")
        await desk.shows("[Offer 50 %]")
        await desk.press("m")
        await desk.shows("Move Acme to")
        await desk.press("1")
        await desk.shows("[Lead 10 %]")
        await desk.press("C")
        await desk.shows("Acme (copy)")
        await desk.press("D")
        await desk.shows("Delete Acme (copy)?")
        await desk.press("y")
        await desk.answered()
    assert [each.title for each in workspace.read(deals.by_ids, range(1, 5))] == ["Acme"]


async def test_a_quick_action_leaves_what_is_typed_alone(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await write(desk, "title", "Typed")
        await desk.press("w")
        await desk.shows("✓ won")
        assert text(desk, "title") == "Typed"
        await desk.press("f2")
        await desk.shows("Saved")
        after = desk.deal(deal.id)
    assert (after.title, after.stage.kind) == ("Typed", StageKind.WON)


async def test_the_next_deal_is_one_key_away(workspace: Workspace) -> None:
    made = [make_deal(workspace, title=title) for title in ("One", "Two", "Three")]
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, made[1], *(each.id for each in made))
        assert "2 of 3" in desk.text
        await desk.press("n")
        await desk.shows("3 of 3")
        assert text(desk, "title") == "Three"
        await desk.press("n")
        await desk.shows("That was the last deal")
        fields(desk).put_cursor("title")
        await desk.press("enter", "ctrl+pageup")
        await desk.shows("2 of 3")
        assert text(desk, "title") == "Two"
        assert "not saved" not in desk.text
        await write(desk, "title", "Typed")
        await desk.press("p")
        await desk.shows("Discard what you typed?")
        await desk.press("y")
        await desk.shows("1 of 3")
        assert text(desk, "title") == "One"


async def test_a_page_that_was_left_is_as_new_for_the_next_deal(workspace: Workspace) -> None:
    one, two = make_deal(workspace, title="One"), make_deal(workspace, "Bo", title="Two")
    say(workspace, "Bo", ("in", "From Bo"))
    async with at_desk(workspace, size=WIDE) as desk:
        await show(desk, one, one.id, two.id)
        await desk.press("3")
        await desk.shows("No messages with Ada")
        await desk.press("1", "G", "k")
        await desk.press("escape")
        await desk.until(lambda: not pages(desk))
        desk.app.theme = "textual-light"
        await desk.pilot.resize_terminal(100, 30)
        await show(desk, two)
        assert desk.app.screen.focused is fields(desk)
        assert fields(desk).cursor == 0
        assert text(desk, "title") == "Two"
        assert "1 of 2" not in desk.text
        assert "created it" in desk.text
        ground = fields(desk).render_line(0)._segments[0].style
        assert ground is not None
        assert ground.bgcolor == fields(desk).visual_style.rich_style.bgcolor
        await desk.press("3")
        await desk.shows("From Bo")


async def test_a_page_over_a_page_and_a_deal_that_is_gone(workspace: Workspace) -> None:
    one, two = make_deal(workspace, title="One"), make_deal(workspace, title="Two")
    async with at_desk(workspace, size=WIDE) as desk:
        await show(desk, one)
        await show(desk, one)
        assert len(pages(desk)) == 1
        await show(desk, two)
        assert [each.deal_id for each in pages(desk)] == [one.id, two.id]
        await desk.press("escape")
        await desk.shows("One")
        await desk.press("escape")
        await desk.until(lambda: not pages(desk))
        workspace.run(lambda tx: actions.deals.delete(tx, [one.id]))
        app = desk.app
        assert isinstance(app, DealboardApp)
        await show_deal(app, one.id)
        assert not pages(desk)
        await show(desk, two)


async def test_what_is_typed_on_a_page_that_is_left_is_there_again(workspace: Workspace) -> None:
    deal, other = make_deal(workspace), make_deal(workspace)
    async with at_desk(workspace) as desk:
        await show(desk, deal)
        fields(desk).put_cursor("title")
        await desk.press("enter")
        await desk.burst(*"Half a ti")
        desk.app.pop_screen()
        await desk.pilot.pause()
        await show(desk, other)
        assert not fields(desk).dirty
        await desk.press("escape")
        await show(desk, deal)
        await desk.shows("What you typed the last time is here again")
        assert text(desk, "title") == "Half a ti"


# ── what happened ─────────────────────────────────────────────────────────────────────────────


async def test_activities_by_keys(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await desk.press("a", "t")
        await desk.type("Call Ada")
        await desk.press("enter")
        await desk.type("fri")
        await desk.shows("Fri 27 Nov 2026 (in 4 days)")
        await desk.press("enter")
        await desk.shows("○ Call Ada")
        assert "next: 27 Nov" in desk.text
        await desk.press("2", "g", "minus")
        await desk.shows("Thu 26 Nov 2026 (in 3 days)")
        await desk.press("z", "3")
        await desk.shows("Thu 3 Dec 2026")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, ActivityScreen))
        await desk.press("end", "ctrl+j", *"today", "f2")
        await desk.until(lambda: activity_of(workspace, deal).text == "Call Ada\ntoday")
        await desk.until(lambda: page(desk).is_current)
        await desk.press("space")
        await desk.until(lambda: activity_of(workspace, deal).done_at is not None)
        await desk.shows("no next step")
        await desk.press("G", "k")
        await desk.until(lambda: page(desk).timeline.activity)
        await desk.press("delete")
        await desk.shows("Delete this task?")
        await desk.press("y")
        await desk.until(lambda: not workspace.read(activities.of_deal, deal.id))
        await desk.press("u")
        await desk.until(lambda: workspace.read(activities.of_deal, deal.id))


async def test_what_happened_long_ago_is_reached_also_after_a_change(
    workspace: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("deal_opening", "deal_panes"):
        monkeypatch.setattr(f"dealboard.screens.{module}.EVENTS", 40)
    deal = make_deal(workspace)
    for number in range(70):
        add(workspace, deal, ActivityKind.NOTE, f"note {number}")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        await desk.press("2", "G")
        await desk.until(lambda: len(page(desk).timeline.events) == 71)
        clock.advance(minutes=1)
        await desk.press("G", "L", "g")
        await desk.shows("moved it from Lead to Offer")
        await desk.press("G")
        await desk.until(lambda: len(page(desk).timeline.events) == 72)
        await desk.press("G")
        await desk.shows("created it")


async def test_an_activity_says_what_is_missing(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, ActivityScreen(deal_id=deal.id, kind="task")) as desk:
        await desk.press("f2")
        await desk.shows("✗ Say what it is about.")
        await desk.type("Call")
        await desk.press("enter")
        await desk.type("someday")
        await desk.press("enter")
        await desk.shows("✗ Not a date.")
        await desk.press("f5")
        await desk.press("escape")
        await desk.shows("Discard what you typed?")
        await desk.press("n", "f2")
        await desk.answered()
    assert activity_of(workspace, deal).kind is ActivityKind.CALL


async def test_a_long_text_goes_to_the_editor(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = make_deal(workspace)
    add(workspace, deal, ActivityKind.NOTE, "first")
    before = operations(workspace)
    look = f"print(os.stat(file).st_mode, file, file=open({str(tmp_path / 'seen')!r}, 'w'))"
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)
        set_editor(tmp_path, monkeypatch, look)
        await desk.press("2", "E")
        mode, file = (tmp_path / "seen").read_text().split()
        assert stat.S_IMODE(int(mode)) == 0o600
        assert not Path(file).parent.exists()
        assert operations(workspace) == before
        set_editor(tmp_path, monkeypatch, "open(file, 'a').write('\\nsecond [b]\\n')")
        await desk.press("E")
        await desk.shows("second [b]")
        assert activity_of(workspace, deal).text == "first\nsecond [b]"
        set_editor(tmp_path, monkeypatch, "sys.exit(1)")
        await desk.press("E")
        await desk.shows("ended with an error; nothing was changed.")
        monkeypatch.setenv("EDITOR", "no-such-editor")
        await desk.press("E")
        await desk.shows("no-such-editor cannot be started")
        monkeypatch.delenv("EDITOR")
        await desk.press("E")
        await desk.shows("No editor is set.")
    assert operations(workspace) == before + 1


# ── the mouse, and small screens ──────────────────────────────────────────────────────────────


async def test_the_mouse_reaches_everything(workspace: Workspace) -> None:
    deal = make_deal(workspace, "Ada", "Bo")
    async with at_desk(workspace, size=WIDE) as desk:
        await open_page(desk, deal)

        def at(shown: str, start: int = 0) -> tuple[int, int]:
            lines = desk.text.splitlines()
            y = next(y for y, line in enumerate(lines) if shown in line and y >= start)
            return lines[y].index(shown), y

        await desk.pilot.click(offset=at("Acme", 4))
        await desk.type("By mouse")
        await desk.pilot.click(offset=at("3 Chat"))
        await desk.shows("No messages with Ada Lovelace yet.")
        assert text(desk, "title") == "By mouse"
        x, y = at("Bo")
        await desk.pilot.click(offset=(x, y))
        await desk.shows("No messages with Bo yet.")
        right = fields(desk).region.right - 2
        await desk.pilot.click(offset=(right - 2, y))
        await desk.until(lambda: people(desk) == ["Bo", "Ada Lovelace"])
        await desk.pilot.click(offset=(right, y))
        await desk.until(lambda: people(desk) == ["Bo"])
        await desk.pilot.click(offset=at("Offer"))
        await desk.until(lambda: desk.deal(deal.id).stage.name == "Offer")
        await desk.shows("[Offer 50 %]")
        await desk.pilot.click(offset=at("Delete"))
        await desk.shows("Delete Acme?")


@pytest.mark.parametrize("size", [(80, 24), (58, 20), (40, 12)])
async def test_a_small_screen_shows_one_pane_at_a_time(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace, size=size) as desk:
        await open_page(desk, deal)
        assert "Pipeline" in desk.text
        await desk.press("tab")
        await desk.shows("created it")
        assert "Pipeline   " not in desk.text
        await desk.press("tab")
        await desk.shows("No messages with")
        await desk.press("tab")
        fields(desk).put_cursor("reference")
        await desk.press("enter")
        focused = desk.app.screen.focused
        assert focused is not None
        assert desk.app.screen.region.contains_region(focused.region)
        await desk.pilot.resize_terminal(120, 40)
        await desk.shows("No messages with")
        assert "Pipeline   " in desk.text
