"""The forms: a deal, a deal in one line, a pipeline, the first run; by keys, bursts and mouse."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard import actions
from dealboard.config import Config
from dealboard.domain.money import parse_amount
from dealboard.domain.stages import MAX_PIPELINES, NewStage
from dealboard.domain.views import Contact, Person, Stage
from dealboard.screens.deal import DealScreen
from dealboard.screens.first_run import FirstRun
from dealboard.screens.pipeline import PipelineScreen
from dealboard.screens.quick_add import QuickAdd
from dealboard.store.reads import contacts, history, pipelines
from dealboard.widgets.chosen import NewContact, describe, label_of
from dealboard.widgets.deal_fields import DealFields
from dealboard.widgets.deal_form import amount_text
from dealboard.widgets.line import Line
from dealboard.widgets.stage_rows import StageRows
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.desk import UNANSWERED, Desk, at_desk
from tests.ui.drive import driving

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


def operations(workspace: Workspace) -> int:
    return workspace.read(history.newest)


def form(desk: Desk) -> DealFields:
    return desk.app.screen.query_one(DealFields)


def text(desk: Desk, name: str) -> str:
    """Return what is typed in a field."""
    return form(desk).draft.typed.text(name)


def note(desk: Desk, name: str) -> str:
    """Return what is said about a field: what is wrong, else what is understood."""
    draft = form(desk).draft
    return draft.complaints.get(name) or draft.understood(name)


def chosen(desk: Desk) -> Sequence[str]:
    return [label_of(each) for each in form(desk).draft.typed.contacts]


async def go_to(desk: Desk, name: str) -> None:
    """Put the cursor in a field."""
    form(desk).begin(name)
    await desk.pilot.pause()


async def write(desk: Desk, name: str, typed: str) -> None:
    """Put a text in a field instead of what stands there."""
    await go_to(desk, name)
    await desk.press("end", "ctrl+u")
    await desk.paste(typed)


async def open_new(desk: Desk, stage_id: int | None = None) -> None:
    await desk.put(DealScreen(stage_id=stage_id))
    await desk.until(lambda: form(desk).editing)


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
        assert text(desk, "title") == "Ada Lovelace"
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
        assert note(desk, "contacts") == "A deal needs at least one contact."
        assert note(desk, "title") == "A deal needs a title."
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
        assert text(desk, "title") == "Ada Lovelace"
        await desk.press("shift+tab", "K")
        await desk.until(lambda: text(desk, "title") == "Bo")
        await desk.press("tab", "tab", "tab")
        await desk.type("Mine")
        await desk.press("shift+tab", "shift+tab", "K")
        await desk.until(lambda: chosen(desk) == ["Ada Lovelace", "Bo"])
        assert text(desk, "title") == "Mine"


async def test_order_and_removal_of_contacts(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await choose_contact(desk, "bo")
        await desk.press("shift+tab", "alt+up")
        await desk.until(lambda: chosen(desk) == ["Bo", "Ada Lovelace"])
        await desk.press("delete")
        assert chosen(desk) == ["Ada Lovelace"]
        await desk.press("delete")
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
    ("amount", "abc", "Not an amount."),
    ("amount", "NaN", "Not an amount."),
    ("amount", "-5", "It cannot be negative."),
    ("currency", "euros", "Not a currency."),
    ("close date", "2026-02-30", "February 2026 has 28 days."),
    ("close date", "someday", "Not a date."),
    ("title", "x" * 201, "201 characters; at most 200 fit."),
    ("reference", "x" * 121, "121 characters; at most 120 fit."),
)


async def test_what_is_wrong_stands_beside_its_field(workspace: Workspace) -> None:
    before = operations(workspace)
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        for field, typed, complaint in WRONG:
            was = text(desk, field)
            await write(desk, field, typed)
            await desk.press("f2")
            await desk.until(lambda f=field, c=complaint: note(desk, f).startswith(c))  # type: ignore[misc]
            assert f"✗ {complaint}"[:30] in desk.text
            assert form(desk).editing == field
            assert text(desk, field) == typed
            await write(desk, field, was or " ")
            await desk.until(lambda f=field: not form(desk).draft.complaints.get(f))  # type: ignore[misc]
    assert operations(workspace) == before


async def test_half_a_date_is_no_mistake_yet(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await go_to(desk, "close date")
        await desk.type("f")
        assert note(desk, "close date") == "…"
        await desk.type("ri")
        assert "Fri 27 Nov" in note(desk, "close date")


async def test_an_amount_may_name_the_currency(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await go_to(desk, "amount")
        await desk.type("$500")
        await desk.shows("$500")
        await desk.until(lambda: text(desk, "currency") == "USD")
        await desk.press("f2")
        deal = desk.deal(await desk.answered())
    assert (deal.amount, deal.currency) == (50_000, "USD")


async def test_bursts_keep_their_order_and_their_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await desk.burst("tab", *"ba", "backspace", "c", "tab", "tab", "tab", "tab", *"12k", "tab")
        assert text(desk, "title") == "bc"
        await desk.burst(*"usd", "enter", *"fri", "enter", *"PO", "f2")
        deal = desk.deal(await desk.answered())
    assert (deal.title, deal.amount, deal.currency) == ("bc", 1_200_000, "USD")
    assert (deal.close_date, deal.reference) == (date(2026, 11, 27), "PO")


async def test_arrows_go_from_field_to_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await go_to(desk, "title")
        await desk.press("down", "down", "down", "down")
        assert form(desk).editing == "amount"
        await desk.burst(*"12k", "down", "down", *"fri", "up", "up", "up")
        assert text(desk, "amount") == "12k"
        assert text(desk, "close date") == "fri"
        assert form(desk).cursor == "owner"


async def test_letters_are_letters_in_a_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await go_to(desk, "title")
        await desk.type("q?:ujkHLx")
        assert text(desk, "title") == "q?:ujkHLx"


async def test_a_pasted_text_stays_on_one_line_and_whole(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await go_to(desk, "title")
        await desk.paste("Acme\r\n[b]deal[/b]\t2026")
        assert text(desk, "title") == "Acme [b]deal[/b] 2026"
        assert "Acme [b]deal[/b] 2026" in desk.text


async def test_nothing_that_a_name_says_acts(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "adam")
        assert desk.text.count(NASTY_SHOWN) == 2
        assert "\x1b" not in desk.text
        await desk.press("tab", "tab", "right")
        await desk.shows("Onboarding [x]")


# ── leaving ───────────────────────────────────────────────────────────────────────────────────


async def test_escape_leaves_an_untouched_form(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
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


async def test_a_new_deal_that_was_not_saved_is_there_the_next_time(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "bo")
        await go_to(desk, "amount")
        await desk.burst(*"12k")
    ada = contact(workspace, "Ada")
    person = Person(ada.id, ada.name, ada.phone, ada.email, ada.phone_key)
    async with at_desk(workspace, DealScreen(contact=person)) as desk:
        await desk.until(lambda: form(desk).editing == "title")
        assert (chosen(desk), text(desk, "title")) == (["Ada Lovelace"], "Ada Lovelace")
        await desk.press("escape")
        await desk.answered()
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await desk.shows("What you typed the last time is here again.")
        assert (chosen(desk), text(desk, "amount")) == (["Bo"], "12k")
        await desk.press("f2")
        await desk.answered()
    async with at_desk(workspace) as desk:
        await open_new(desk)
        assert not chosen(desk)


# ── amounts ─────────────────────────────────────────────────────────────────────────────────


@given(
    amount=st.integers(0, 10**15 - 1),
    currency=st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF", "SEK", "PLN"]),
    locale=st.sampled_from(
        ["en_US", "de_DE", "fr_FR", "it_IT", "de_CH", "sv_SE", "hi_IN", "nl_NL"]
    ),
)
def test_an_amount_is_read_back_as_it_stands_in_its_field(
    amount: int, currency: str, locale: str
) -> None:
    text = amount_text(amount, currency, locale)
    assert parse_amount(text, currency, locale) == amount


# ── the mouse, and small screens ──────────────────────────────────────────────────────────────


async def test_new_deal_by_mouse(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        await choose_contact(desk, "bo")
        right = form(desk).size.width - 2
        await desk.pilot.click(form(desk), offset=(right - 2, 2))
        await desk.until(lambda: chosen(desk) == ["Bo", "Ada Lovelace"])
        await desk.pilot.click(form(desk), offset=(right, 2))
        await desk.until(lambda: chosen(desk) == ["Bo"])
        stage_line = form(desk).line_of("stage")
        assert stage_line is not None
        await desk.pilot.click(form(desk), offset=(20, stage_line))
        await desk.pilot.click("#choices", offset=(4, 1))
        await desk.until(lambda: desk.app.screen.query("DealFields"))
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
    async with at_desk(workspace, size=size) as desk:
        await open_new(desk)
        await choose_contact(desk, "ada")
        for label in ("Title", "Pipeline", "Stage", "Owner", "Amount", "Currency", "Close date"):
            await desk.press("tab")
            line = form(desk).line_of(form(desk).cursor)
            assert line is not None
            assert label in desk.text.splitlines()[form(desk).region.y + line]
            focused = desk.app.screen.focused
            assert focused is not None
            assert desk.app.screen.region.contains_region(focused.region)


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
    async with driving(None, path, size=(80, 24), config=config) as robot:
        assert isinstance(robot.app.screen, FirstRun)
        fields = robot.app.screen.query(Line)
        await robot.until(lambda: fields[1].value)
        assert [each.value for each in fields] == ["Ada", "CHF", "CH"]
        await robot.press("tab", "e", "u", "r", "o", "s", "f2")
        assert "Not a currency." in robot.text
        await robot.press("ctrl+u", "e", "u", "r", "f2")
        await robot.until(lambda: isinstance(robot.app.screen, PipelineScreen))
        workspace = robot.app.workspace
        assert workspace.user.name == "Ada"
        assert workspace.recall("currency") == "EUR"
        assert workspace.recall("country") == "CH"
        await robot.press("f2")
        await robot.until(lambda: not isinstance(robot.app.screen, PipelineScreen))
        assert [each.name for each in workspace.read(pipelines.pipelines)] == ["Sales Pipeline"]
