"""The forms: a deal, a deal in one line, a pipeline, the first run; by keys, bursts and mouse."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealboard import actions
from dealboard.app import DealboardApp
from dealboard.config import Config
from dealboard.domain.money import parse_amount
from dealboard.domain.stages import MAX_PIPELINES, NewStage, StageKind
from dealboard.domain.views import Contact, Deal, Stage
from dealboard.screens.deal import DealScreen
from dealboard.screens.first_run import FirstRun
from dealboard.screens.pipeline import PipelineScreen
from dealboard.screens.quick_add import QuickAdd
from dealboard.store.reads import contacts, deals, history, pipelines, team
from dealboard.widgets.chooser import Chooser
from dealboard.widgets.contact_picker import (
    ChosenList,
    ContactPicker,
    NewContact,
    describe,
    label_of,
)
from dealboard.widgets.deal_form import DealForm, amount_text
from dealboard.widgets.line import Line
from dealboard.widgets.stage_rows import StageRows
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.desk import UNANSWERED, Desk, at_desk

NASTY = "Adam [/red] [@click=app.quit]x[/] \x1b[31m"
NASTY_SHOWN = "Adam [/red] [@click=app.quit]x[/] ␛[31m"


@pytest.fixture(scope="module")
def filled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace with two pipelines, two users and three contacts, once; tests copy it."""
    path = tmp_path_factory.mktemp("filled") / "dealboard.db"
    shutil.copy(blank, path)
    opened = Workspace.open(path, clock=Clock())
    opened.run(
        lambda tx: actions.pipelines.create(
            tx, "Sales Pipeline", [NewStage("Lead", 10), NewStage("Offer", 50)]
        )
    )
    opened.run(
        lambda tx: actions.pipelines.create(
            tx, "Onboarding [x]", [NewStage("Kick-off", 20), NewStage("Offer", 70)]
        )
    )
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


def stage(workspace: Workspace, name: str, pipeline: int = 1) -> Stage:
    found = workspace.read(pipelines.stages, pipeline)
    return next(each for each in found if each.name == name)


def contact(workspace: Workspace, name: str) -> Contact:
    return workspace.read(contacts.matches, name)[0]


def make_deal(workspace: Workspace, *names: str, title: str = "Acme") -> Deal:
    ids = [contact(workspace, name).id for name in names or ("Ada",)]
    receipt = workspace.run(
        lambda tx: actions.deals.create(
            tx,
            contacts=ids,
            stage_id=stage(workspace, "Lead").id,
            title=title,
            amount=1_200_050,
            close_date=date(2026, 11, 27),
            reference="PO-7",
        )
    )
    return workspace.read(deals.deal, receipt.value)


def operations(workspace: Workspace) -> int:
    return workspace.read(history.newest)


def form(desk: Desk) -> DealForm:
    return desk.app.screen.query_one(DealForm)


def line(desk: Desk, name: str) -> Line:
    return form(desk).field(name).query_one(Line)


def chooser(desk: Desk, name: str) -> Chooser:
    return form(desk).field(name).query_one(Chooser)


def note(desk: Desk, name: str) -> str:
    return form(desk).field(name).note


def chosen(desk: Desk) -> Sequence[str]:
    picker = desk.app.screen.query_one(ContactPicker)
    return [label_of(each) for each in picker.contacts]


async def write(desk: Desk, name: str, text: str) -> None:
    """Put a text in a field instead of what stands there."""
    line(desk, name).focus()
    await desk.pilot.pause()
    await desk.press("end", "ctrl+u")
    await desk.paste(text)


async def open_new(desk: Desk, stage_id: int | None = None) -> None:
    await desk.put(DealScreen(None, stage_id=stage_id))
    await desk.until(lambda: chooser(desk, "stage").chosen)


async def open_deal(desk: Desk, deal: Deal) -> None:
    await desk.put(DealScreen(deal))
    await desk.until(lambda: line(desk, "title").has_focus)


async def choose_contact(desk: Desk, text: str) -> None:
    """Find a contact and take the first match."""
    before = len(chosen(desk))
    await desk.type(text)
    await desk.until(lambda: "＋ New contact" in desk.text)
    await desk.press("enter")
    await desk.until(lambda: len(chosen(desk)) > before)


# ── a new deal ────────────────────────────────────────────────────────────────────────────────


async def test_new_deal_by_keys_alone(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk, stage(workspace, "Offer").id)
        await choose_contact(desk, "ada")
        assert line(desk, "title").value == "Ada Lovelace"
        await desk.press("enter")
        await desk.type("Engine")
        await desk.press("tab", "tab", "tab", "right", "tab")
        await desk.type("12k")
        await desk.shows("€12,000")
        await desk.press("enter", "enter")
        await desk.type("fri")
        await desk.shows("Fri 27 Nov 2026 (in 4 days)")
        await desk.press("enter")
        await desk.type("PO-9")
        await desk.press("enter")
        deal = desk.deal(await desk.answered())
    assert deal.title == "Engine"
    assert [each.name for each in deal.contacts] == ["Ada Lovelace"]
    assert (deal.pipeline.name, deal.stage.name) == ("Sales Pipeline", "Offer")
    assert deal.owner.name == "Grace Hopper"
    assert (deal.amount, deal.currency) == (1_200_000, "EUR")
    assert deal.close_date == date(2026, 11, 27)
    assert deal.reference == "PO-9"


@pytest.mark.parametrize("key", ["f2", "ctrl+s"])
async def test_save_key(workspace: Workspace, key: str) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await desk.press(key)
        deal = desk.deal(await desk.answered())
    assert (deal.title, deal.stage.name, deal.amount) == ("Ada Lovelace", "Lead", None)
    assert deal.owner.name == "Ada Owner"


async def test_required_fields_say_so_and_nothing_is_saved(workspace: Workspace) -> None:
    before = operations(workspace)
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.press("f2")
        assert note(desk, "contacts") == "✗ A deal needs at least one contact."
        assert note(desk, "title") == "✗ A deal needs a title."
        assert desk.text.count(" *") == 5 + 1  # five required fields, and the legend
        await choose_contact(desk, "ada")
        assert not note(desk, "contacts")
    assert desk.answer == UNANSWERED
    assert operations(workspace) == before


async def test_title_follows_the_first_contact_while_untouched(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await choose_contact(desk, "bo")
        assert line(desk, "title").value == "Ada Lovelace"
        await desk.press("shift+tab", "J")
        await desk.until(lambda: line(desk, "title").value == "Bo")
        await desk.press("tab", "tab")
        await desk.type("Mine")
        await desk.press("shift+tab", "shift+tab", "K")
        await desk.until(lambda: chosen(desk) == ["Ada Lovelace", "Bo"])
        assert line(desk, "title").value == "Mine"


async def test_order_and_removal_of_contacts(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await choose_contact(desk, "bo")
        await desk.press("shift+tab", "j", "alt+up")
        await desk.until(lambda: chosen(desk) == ["Bo", "Ada Lovelace"])
        await desk.press("x")
        assert chosen(desk) == ["Ada Lovelace"]
        await desk.press("x")
        await desk.until(lambda: "A deal needs a contact" in note(desk, "contacts"))
        assert chosen(desk) == ["Ada Lovelace"]


async def test_a_contact_is_on_a_deal_once(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await desk.type("ada")
        await desk.until(lambda: "＋ New contact" in desk.text)
        await desk.press("enter")
        await desk.shows("is on the deal already")
        assert chosen(desk) == ["Ada Lovelace"]


async def test_new_contact_without_losing_the_form(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.type("Zoë Quinn")
        await desk.shows("＋ New contact “Zoë Quinn”")
        await desk.press("enter", "tab")
        await desk.shows("E-mail")
        await desk.press("shift+tab")
        await desk.type("+39 333 7654321")
        await desk.press("enter")
        await desk.type("zoe@example.com")
        await desk.press("enter")
        await desk.until(lambda: chosen(desk) == ["Zoë Quinn"])
        assert "new · +39 333 7654321 · zoe@example.com" in desk.text
        assert not workspace.read(contacts.matches, "Zoë")
        before = operations(workspace)
        await desk.press("f2")
        deal = desk.deal(await desk.answered())
    assert deal.title == "Zoë Quinn"
    assert deal.contacts[0].phone == "+39 333 7654321"
    assert operations(workspace) == before + 1
    workspace.run(actions.history.undo)
    assert not workspace.read(contacts.matches, "Zoë")


async def test_a_contact_that_is_only_described_is_saved_too(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.type("zoe@example.com")
        await desk.shows("＋ New contact")
        await desk.press("enter")
        await desk.type("Zoë")
        await desk.press("f2")
        deal = desk.deal(await desk.answered())
    assert (deal.contacts[0].name, deal.contacts[0].email) == ("Zoë", "zoe@example.com")


async def test_a_new_contact_needs_something_to_be_called(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.press("down")
        await desk.shows("＋ New contact")
        await desk.press("end", "pagedown", "enter", "enter", "enter", "enter")
        await desk.shows("A contact needs a name, a phone number or an e-mail.")


async def test_search_with_nothing_typed_lists_everybody(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.press("down")
        await desk.shows("Ada Lovelace")
        assert NASTY_SHOWN in desk.text
        await desk.press("escape")
        assert "＋ New contact" not in desk.text
        assert desk.answer == UNANSWERED


async def test_enter_before_the_search_is_done_takes_no_guess(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.burst(*"bo", "enter")
        await desk.until(lambda: chosen(desk) == ["Bo"])
        await desk.burst(*"ada", "enter")
        await desk.shows("＋ New contact “ada”")
        assert chosen(desk) == ["Bo"]


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("Zoë Quinn", NewContact("Zoë Quinn")),
        ("zoe@example.com", NewContact("", "", "zoe@example.com")),
        ("+39 (333) 123-456", NewContact("", "+39 (333) 123-456")),
        ("Zoë 2 0333.1234 z@x.it Quinn", NewContact("Zoë Quinn", "2 0333.1234", "z@x.it")),
        ("Studio 54", NewContact("Studio 54")),
        ("", NewContact("")),
    ],
)
def test_a_line_describes_a_contact(text: str, contact: NewContact) -> None:
    assert describe(text) == contact


# ── what is typed ─────────────────────────────────────────────────────────────────────────────


WRONG = (
    ("amount", "abc", "✗ Not an amount."),
    ("amount", "NaN", "✗ Not an amount."),
    ("amount", "-5", "✗ It cannot be negative."),
    ("currency", "euros", "✗ Not a currency."),
    ("close date", "2026-02-30", "✗ February 2026 has 28 days."),
    ("close date", "someday", "✗ Not a date."),
    ("title", "x" * 201, "✗ 201 characters; at most 200 fit."),
    ("reference", "x" * 121, "✗ 121 characters; at most 120 fit."),
)


async def test_what_is_wrong_stands_beside_its_field(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    before = operations(workspace)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        for field, typed, complaint in WRONG:
            was = line(desk, field).value
            await write(desk, field, typed)
            await desk.press("f2")
            await desk.until(lambda f=field, c=complaint: note(desk, f).startswith(c))  # type: ignore[misc]
            assert line(desk, field).has_focus
            assert line(desk, field).value == typed
            await write(desk, field, was)
            await desk.until(lambda f=field: not form(desk).field(f).wrong)  # type: ignore[misc]
    assert operations(workspace) == before


async def test_half_a_date_is_no_mistake_yet(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        form(desk).focus_field("close date")
        await desk.type("f")
        assert note(desk, "close date") == "…"
        await desk.type("ri")
        assert "Fri 27 Nov" in note(desk, "close date")


async def test_an_amount_may_name_the_currency(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        form(desk).focus_field("amount")
        await desk.type("$500")
        await desk.shows("$500")
        await desk.until(lambda: line(desk, "currency").value == "USD")
        await desk.press("f2")
        deal = desk.deal(await desk.answered())
    assert (deal.amount, deal.currency) == (50_000, "USD")


async def test_bursts_keep_their_order_and_their_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await desk.burst("tab", *"ba", "backspace", "c", "tab", "tab", "tab", "tab", *"12k", "tab")
        assert line(desk, "title").value == "bc"
        await desk.burst(*"usd", "enter", *"fri", "enter", *"PO", "f2")
        deal = desk.deal(await desk.answered())
    assert (deal.title, deal.amount, deal.currency) == ("bc", 1_200_000, "USD")
    assert (deal.close_date, deal.reference) == (date(2026, 11, 27), "PO")


async def test_arrows_go_from_field_to_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        form(desk).focus_field("title")
        await desk.press("down", "down", "down", "down")
        assert line(desk, "amount").has_focus
        await desk.burst(*"12k", "down", "down", *"fri", "up", "up", "up")
        assert line(desk, "amount").value == "12k"
        assert line(desk, "close date").value == "fri"
        assert chooser(desk, "owner").has_focus


async def test_letters_are_letters_in_a_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        form(desk).focus_field("title")
        await desk.type("q?:ujkHLx")
        assert line(desk, "title").value == "q?:ujkHLx"


async def test_a_pasted_text_stays_on_one_line_and_whole(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        form(desk).focus_field("title")
        await desk.paste("Acme\r\n[b]deal[/b]\t2026")
        assert line(desk, "title").value == "Acme [b]deal[/b] 2026"
        assert "Acme [b]deal[/b] 2026" in desk.text


async def test_nothing_that_a_name_says_acts(workspace: Workspace) -> None:
    deal = make_deal(workspace, "Adam", title=NASTY)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        assert desk.text.count(NASTY_SHOWN) == 2
        assert "\x1b" not in desk.text
        await desk.press("tab", "right")
        await desk.shows("Onboarding [x]")


# ── leaving ───────────────────────────────────────────────────────────────────────────────────


async def test_escape_leaves_an_untouched_form(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.press("escape")
        assert await desk.answered() is None


async def test_escape_leaves_an_untouched_deal(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        await desk.press("escape")
        assert await desk.answered() is None


@pytest.mark.parametrize("keys", [("tab", "x"), ("tab", "tab", "tab", "right")])
async def test_escape_asks_before_anything_is_lost(
    workspace: Workspace, keys: tuple[str, ...]
) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.press(*keys)
        await desk.press("escape")
        await desk.shows("Discard what you typed?")
        await desk.press("escape", "right")
        assert desk.answer == UNANSWERED
        await desk.press("escape", "y")
        assert await desk.answered() is None


async def test_escape_closes_the_list_of_matches_first(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.type("ada")
        await desk.shows("＋ New contact")
        await desk.press("escape")
        assert "＋ New contact" not in desk.text
        await desk.press("escape")
        await desk.shows("Discard what you typed?")


async def test_escape_takes_a_new_contact_back_to_the_search(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.type("Zoë")
        await desk.shows("＋ New contact")
        await desk.press("enter")
        await desk.type("+39 333 123")
        await desk.press("escape")
        await desk.shows("＋ New contact “Zoë +39 333 123”")
        await desk.press("f2")
        await desk.shows("“Zoë +39 333 123” is not added yet.")
        await desk.press("enter")
        await desk.shows("E-mail")
        await desk.press("enter")
        await desk.until(lambda: chosen(desk) == ["Zoë"])
        assert "new · +39 333 123" in desk.text


# ── an existing deal ──────────────────────────────────────────────────────────────────────────


async def test_edit_changes_what_was_changed(workspace: Workspace) -> None:
    deal = make_deal(workspace, "Ada", "Bo")
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        assert "12,000.50" in desk.text
        await desk.type("Acme Ltd")
        await desk.press("f2")
        await desk.answered()
        after = desk.deal(deal.id)
    assert after.title == "Acme Ltd"
    assert (after.amount, after.close_date, after.contacts, after.stage) == (
        deal.amount,
        deal.close_date,
        deal.contacts,
        deal.stage,
    )
    assert after.version == deal.version + 1


async def test_saving_what_nobody_changed_changes_nothing(workspace: Workspace) -> None:
    deal = make_deal(workspace, "Ada", "Bo")
    before = operations(workspace)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        await desk.press("f2")
        assert await desk.answered() == deal.id
    assert operations(workspace) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [("Offer", "Offer"), ("Won", "Won"), ("Lost", "Lost"), ("Lead", "Kick-off")],
)
async def test_another_pipeline_has_the_same_stage(
    workspace: Workspace, before: str, after: str
) -> None:
    deal = make_deal(workspace)
    workspace.run(lambda tx: actions.deals.move(tx, deal.id, stage_id=stage(workspace, before).id))
    deal = workspace.read(deals.deal, deal.id)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        await desk.press("tab", "right", "f2")
        await desk.answered()
        moved = desk.deal(deal.id)
    assert moved.stage == stage(workspace, after, pipeline=2)


async def test_a_list_of_choices_is_one_key_away(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        await desk.press("tab", "tab", "enter")
        await desk.shows("Won ✓    100 %")
        await desk.press("3")
        await desk.until(lambda: chooser(desk, "stage").has_focus)
        await desk.press("f2")
        await desk.answered()
        assert desk.deal(deal.id).stage.kind is StageKind.WON


async def test_an_owner_who_left_stays_until_somebody_else_is_chosen(workspace: Workspace) -> None:
    grace = workspace.read(team.find_user, "Grace Hopper")
    assert grace is not None
    deal = make_deal(workspace)
    workspace.run(lambda tx: actions.deals.assign(tx, deal.id, grace.id))
    workspace.run(lambda tx: actions.team.edit(tx, grace.id, active=False))
    async with at_desk(workspace) as desk:
        await open_deal(desk, workspace.read(deals.deal, deal.id))
        assert "Grace Hopper  (inactive)" in desk.text
        await desk.type("Other")
        await desk.press("f2")
        await desk.answered()
        assert desk.deal(deal.id).owner.name == "Grace Hopper"


async def test_what_others_saved_meanwhile_is_shown_and_kept(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        workspace.run(lambda tx: actions.deals.edit(tx, deal.id, {"title": "Theirs", "amount": 5}))
        await desk.type("Mine")
        await desk.press("f2")
        await desk.shows("Somebody else set it to Theirs meanwhile.")
        assert line(desk, "title").value == "Mine"
        assert line(desk, "amount").value == "0.05"
        assert desk.deal(deal.id).title == "Theirs"
        await desk.press("f2")
        await desk.answered()
        after = desk.deal(deal.id)
    assert (after.title, after.amount) == ("Mine", 5)


async def test_a_deal_that_is_gone_is_no_reason_to_lose_the_form(workspace: Workspace) -> None:
    deal = make_deal(workspace)
    async with at_desk(workspace) as desk:
        await open_deal(desk, deal)
        workspace.run(lambda tx: actions.deals.delete(tx, [deal.id]))
        await desk.type("Mine")
        await desk.press("f2")
        await desk.shows(f"There is no deal #{deal.id}.")
        assert line(desk, "title").value == "Mine"


@given(
    amount=st.integers(0, 10**15 - 1),
    currency=st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF", "SEK", "PLN"]),
    locale=st.sampled_from(
        ["en_US", "de_DE", "fr_FR", "it_IT", "de_CH", "sv_SE", "hi_IN", "nl_NL"]
    ),
)
@settings(deadline=None)
def test_an_amount_is_read_back_as_it_stands_in_its_field(
    amount: int, currency: str, locale: str
) -> None:
    text = amount_text(amount, currency, locale)
    assert parse_amount(text, currency, locale) == amount


async def test_an_amount_too_long_to_be_typed_can_still_be_left_alone(
    workspace: Workspace,
) -> None:
    deal = make_deal(workspace)
    workspace.run(lambda tx: actions.deals.edit(tx, deal.id, {"amount": 10**18}))
    async with at_desk(workspace) as desk:
        await open_deal(desk, workspace.read(deals.deal, deal.id))
        await desk.type("Other")
        await desk.press("f2")
        await desk.answered()
        assert desk.deal(deal.id).amount == 10**18


# ── the mouse, and small screens ──────────────────────────────────────────────────────────────


async def test_new_deal_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await choose_contact(desk, "bo")
        contacts_list = desk.app.screen.query_one(ChosenList)
        right = contacts_list.content_size.width
        await desk.pilot.click(contacts_list, offset=(right - 2, 1))
        await desk.until(lambda: chosen(desk) == ["Bo", "Ada Lovelace"])
        await desk.pilot.click(contacts_list, offset=(right, 1))
        await desk.until(lambda: chosen(desk) == ["Bo"])
        await desk.pilot.click(chooser(desk, "stage"))
        await desk.pilot.click("#choices", offset=(4, 1))
        await desk.until(lambda: desk.app.screen.query("DealForm"))
        await desk.pilot.click("#save")
        deal = desk.deal(await desk.answered())
    assert (deal.stage.name, deal.contacts[0].name) == ("Offer", "Bo")


async def test_a_match_can_be_clicked(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.type("bo")
        await desk.shows("＋ New contact")
        await desk.pilot.click("_Matches", offset=(3, 0))
        await desk.until(lambda: chosen(desk) == ["Bo"])


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_every_field_can_be_seen_on_a_small_screen(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    deal = make_deal(workspace, "Ada", "Bo")
    async with at_desk(workspace, size=size) as desk:
        await open_deal(desk, deal)
        screen = desk.app.screen
        for _ in screen.focus_chain:
            await desk.press("tab")
            focused = screen.focused
            assert focused is not None
            assert screen.region.contains_region(focused.region)
            visible = screen.get_widget_at(focused.region.x, focused.region.y)[0]
            assert visible is focused


# ── a deal in one line ────────────────────────────────────────────────────────────────────────


async def open_quick(desk: Desk) -> None:
    shown = desk.workspace.read(pipelines.pipelines)[0]
    await desk.put(QuickAdd(stage(desk.workspace, "Offer"), shown))
    await desk.shows("Quick add to Sales Pipeline › Offer")


async def test_quick_add_shows_what_it_understands(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_quick(desk)
        await desk.type("Acme 12k fri @gra #PO-9")
        await desk.shows("Acme (new contact)")
        assert "€12,000" in desk.text
        assert "Fri 27 Nov 2026 (in 4 days)" in desk.text
        assert "Grace Hopper" in desk.text
        assert "PO-9" in desk.text
        await desk.press("enter")
        deal = desk.deal(await desk.answered())
    assert (deal.title, deal.stage.name, deal.owner.name) == ("Acme", "Offer", "Grace Hopper")
    assert (deal.amount, deal.close_date, deal.reference) == (1_200_000, date(2026, 11, 27), "PO-9")
    assert deal.contacts[0].name == "Acme"
    workspace.run(actions.history.undo)
    assert not workspace.read(contacts.matches, "Acme")


async def test_quick_add_takes_the_contact_of_that_name(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_quick(desk)
        await desk.type("ada lovelace 5")
        await desk.shows("Ada Lovelace +39 333 1234567")
        await desk.press("enter")
        deal = desk.deal(await desk.answered())
    assert deal.contacts[0].id == contact(workspace, "Ada").id


async def test_quick_add_in_one_burst(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_quick(desk)
        await desk.burst(*"Bp", "backspace", *"o 2", "backspace", *"7k", "enter")
        deal = desk.deal(await desk.answered())
    assert (deal.title, deal.amount) == ("Bo", 700_000)
    assert deal.contacts[0].id == contact(workspace, "Bo").id


async def test_quick_add_says_what_keeps_it_from_saving(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_quick(desk)
        await desk.press("enter")
        await desk.shows("A title is missing.")
        await desk.type("Acme @zed")
        await desk.shows("No owner matches @zed.")
        await desk.press("enter")
        assert desk.answer == UNANSWERED


async def test_quick_add_asks_before_it_loses_the_line(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_quick(desk)
        await desk.type("[/red] q")
        await desk.press("escape")
        await desk.shows("Discard what you typed?")
        await desk.press("n")
        await desk.shows("[/red] q")
        await desk.press("escape", "y")
        assert await desk.answered() is None


# ── a pipeline ────────────────────────────────────────────────────────────────────────────────


def rows(desk: Desk) -> list[tuple[str, str]]:
    return list(desk.app.screen.query_one(StageRows).texts)


async def test_a_pipeline_as_proposed(blank: Path, path: Path, clock: Clock) -> None:
    shutil.copy(blank, path)
    empty = Workspace.open(path, clock=clock)
    async with at_desk(empty, PipelineScreen()) as desk:
        await desk.shows("0 of 10 pipelines used")
        assert "Won ✓" in desk.text
        await desk.press("f2")
        made = await desk.answered()
    assert empty.read(pipelines.pipeline, made).name == "Sales Pipeline"
    stages = [(each.name, each.probability) for each in empty.read(pipelines.stages, made)]
    assert stages == [
        ("Lead", 10),
        ("Qualified", 30),
        ("Proposal", 60),
        ("Negotiation", 80),
        ("Won", 100),
        ("Lost", 0),
    ]


async def test_stages_are_typed_added_moved_and_taken_away(workspace: Workspace) -> None:
    async with at_desk(workspace, PipelineScreen()) as desk:
        await desk.shows("2 of 10 pipelines used")
        assert desk.app.screen.query_one("#name Line", Line).value == ""
        await desk.type("Renewals")
        await desk.press("enter")
        await desk.type("First")
        await desk.press("enter", "5", "enter", "f6")
        await desk.until(lambda: [name for name, _ in rows(desk)][:2] == ["First", "Proposal"])
        await desk.press("alt+down")
        await desk.until(lambda: [name for name, _ in rows(desk)][:2] == ["Proposal", "First"])
        await desk.press("down", "down")
        await desk.type("Last")
        await desk.press("f2")
        made = await desk.answered()
    stages = [(each.name, each.probability) for each in workspace.read(pipelines.stages, made)]
    assert stages == [
        ("Proposal", 60),
        ("First", 5),
        ("Negotiation", 80),
        ("Last", 90),
        ("Won", 100),
        ("Lost", 0),
    ]


async def test_a_list_of_stages_is_typed_in_one_go(workspace: Workspace) -> None:
    async with at_desk(workspace, PipelineScreen()) as desk:
        await desk.shows("2 of 10 pipelines used")
        await desk.type("Renewals")
        await desk.press("enter")
        for name, percent in (("One", "10"), ("Two", "20"), ("Three", "30"), ("Four", "40")):
            await desk.type(name)
            await desk.press("enter")
            await desk.type(percent)
            await desk.press("enter")
        await desk.type("Five")
        await desk.press(*["backspace"] * 5)
        await desk.press("f2")
        made = await desk.answered()
    stages = [each.name for each in workspace.read(pipelines.stages, made)]
    assert stages == ["One", "Two", "Three", "Four", "Won", "Lost"]


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        (("enter", "enter", "1", "0", "1"), "It must be from 0 to 100."),
        (("enter", "enter", "x"), "Not a percentage."),
        (("enter", "Q", "u", "a", "l", "i", "f", "i", "e", "d"), "That name is taken."),
        (("O", "n", "b", "o", "a", "r", "d", "i", "n", "g", "space", "[", "x", "]"), "That name"),
        ((), "It needs a name."),
    ],
)
async def test_a_pipeline_says_what_is_wrong(
    workspace: Workspace, keys: tuple[str, ...], complaint: str
) -> None:
    async with at_desk(workspace, PipelineScreen()) as desk:
        await desk.shows("2 of 10 pipelines used")
        if keys[:1] == ("enter",):
            await desk.press("N")
        names = {"[": "left_square_bracket", "]": "right_square_bracket"}
        await desk.press(*(names.get(key, key) for key in keys), "f2")
        await desk.shows(complaint)
        assert desk.answer == UNANSWERED
    assert len(workspace.read(pipelines.pipelines)) == 2


async def test_an_eleventh_pipeline_cannot_be_created(workspace: Workspace) -> None:
    for number in range(3, MAX_PIPELINES + 1):
        workspace.run(lambda tx, n=number: actions.pipelines.create(tx, f"P{n}"))  # type: ignore[misc]
    async with at_desk(workspace, PipelineScreen()) as desk:
        await desk.shows("10 of 10 pipelines used")
        await desk.type("Another")
        await desk.press("f2")
        await desk.shows("All are used.")
        await desk.press("escape", "y")
        assert await desk.answered() is None


async def test_escape_leaves_the_pipeline_form(workspace: Workspace) -> None:
    async with at_desk(workspace, PipelineScreen(), size=(60, 20)) as desk:
        await desk.shows("2 of 10 pipelines used")
        await desk.press("escape")
        assert await desk.answered() is None


async def test_stages_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace, PipelineScreen()) as desk:
        await desk.shows("2 of 10 pipelines used")
        marks = desk.app.screen.query("_Marks")
        await desk.pilot.click(marks[1], offset=(1, 0))
        await desk.until(lambda: rows(desk)[0][0] == "Qualified")
        await desk.pilot.click(desk.app.screen.query("_Marks")[1], offset=(5, 0))
        await desk.until(lambda: [name for name, _ in rows(desk)][1] == "Proposal")
        await desk.pilot.click("#save")
        await desk.shows("It needs a name.")


# ── the first run ─────────────────────────────────────────────────────────────────────────────


async def test_first_run_makes_a_workspace_and_asks_for_a_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealboard.screens.first_run.system_user", lambda: "Ada")
    path = tmp_path / "new" / "dealboard.db"
    config = Config(file=tmp_path / "config.toml", location=path, locale="de_CH", country="CH")
    app = DealboardApp(location=path, workspace=None, config=config)
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, FirstRun)
        fields = app.screen.query(Line)
        while not fields[1].value:
            await pilot.pause(0.01)
        assert [each.value for each in fields] == ["Ada", "CHF", "CH"]
        await pilot.press("tab", "e", "u", "r", "o", "s", "f2")
        assert "Not a currency." in str(app.screen.query("Field")[1].note)  # type: ignore[attr-defined]
        await pilot.press("ctrl+u", "e", "u", "r", "f2")
        while not isinstance(app.screen, PipelineScreen):
            await pilot.pause(0.01)
        workspace = app.workspace
        assert workspace.user.name == "Ada"
        assert workspace.recall("currency") == "EUR"
        assert workspace.recall("country") == "CH"
        await pilot.press("f2")
        while isinstance(app.screen, PipelineScreen):
            await pilot.pause(0.01)
        assert [each.name for each in workspace.read(pipelines.pipelines)] == ["Sales Pipeline"]
