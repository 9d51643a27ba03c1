"""Contacts on screen: the list, the page of one, its form, merging, taking away, own fields."""

import shutil
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Contact, Deal
from dealboard.screens.contact import ContactScreen
from dealboard.screens.contact_form import ContactFormScreen
from dealboard.screens.contacts import ContactsScreen
from dealboard.screens.merge import Merge
from dealboard.store.reads import activities, contacts, history
from dealboard.store.transaction import Transaction
from dealboard.widgets.contact_form import ContactForm
from dealboard.widgets.line import Line
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.ui.desk import UNANSWERED, Desk, at_desk
from tests.ui.drive import Robot, driving

NASTY = "Zed [/red] [@click=app.quit]x[/] \x1b[31m"
NASTY_SHOWN = "Zed [/red] [@click=app.quit]x[/] ␛[31m"

ROSSI = "+39 02 1234 5678"


@pytest.fixture(scope="module")
def filled(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace with a pipeline, some contacts and deals, once; tests copy it."""
    path = tmp_path_factory.mktemp("contacts") / "dealboard.db"
    shutil.copy(blank, path)
    opened = Workspace.open(path, clock=Clock())

    def fill(tx: Transaction) -> None:
        add = partial(actions.contacts.add, tx)
        actions.pipelines.create(tx, "Sales", [NewStage("Lead", 10), NewStage("Offer", 50)])
        ids = (
            add(first_name="Ada", last_name="Rossi", phone=ROSSI, company="Acme", city="Rome"),
            add(first_name="Bo", last_name="Chen", email="bo@example.com", consent=True),
            add(name=NASTY),
            add(first_name="Adele", last_name="Rossi", phone="02 12345678", city="Milan"),
        )
        for who, title, amount in ((0, "Looms", 120_000), (0, "Wool", None), (1, "Tea", 5_000)):
            actions.deals.create(tx, contacts=[ids[who]], stage_id=1, title=title, amount=amount)

    opened.run(fill)
    opened.run(lambda tx: actions.deals.win(tx, 2))
    opened.close()
    return path


@pytest.fixture
def workspace(filled: Path, path: Path, clock: Clock) -> Iterator[Workspace]:
    shutil.copy(filled, path)
    opened = Workspace.open(path, clock=clock)
    yield opened
    opened.close()


def contact(workspace: Workspace, name: str) -> Contact:
    return workspace.read(contacts.matches, name)[0]


def names(workspace: Workspace) -> list[str]:
    return [each.name for each in workspace.read(contacts.contacts)]


def deals_of(workspace: Workspace, contact_id: int) -> list[str]:
    open_, closed = workspace.read(contacts.deals_of, contact_id)
    return sorted(deal.title for deal in (*open_, *closed))


async def to_list(robot: Robot) -> ContactsScreen:
    await robot.press("f3")
    await robot.until(lambda: "4 contacts" in robot.text)
    screen = robot.app.screen
    assert isinstance(screen, ContactsScreen)
    return screen


async def to_page(robot: Robot, name: str) -> None:
    """Open the page of a contact from the list."""
    screen = await to_list(robot)
    screen.grid.focus_row(contact(robot.app.workspace, name).id)
    await robot.press("enter")
    await robot.until(lambda: isinstance(robot.app.screen, ContactScreen))
    await robot.until(lambda: "added" in robot.text)


# ── the list ──────────────────────────────────────────────────────────────────────────────────


async def test_list_is_found_in_sorted_and_opened(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path, size=(140, 40)) as robot:
        screen = await to_list(robot)
        await robot.until(lambda: NASTY_SHOWN[:30] in robot.text)
        assert robot.text.index("Ada Rossi") < robot.text.index("Bo Chen")
        await robot.press("S")
        await robot.until(lambda: robot.text.index("Bo Chen") < robot.text.index("Ada Rossi"))
        await robot.press("slash")
        await robot.type("róssi")
        await robot.until(lambda: "2 of 4" in robot.text)
        assert "Bo Chen" not in robot.text
        await robot.press("enter", "s")
        assert screen.grid.sort_mark == ("company", False)
        await robot.press("F")
        await robot.until(lambda: "4 contacts" in robot.text)


async def test_search_and_order_come_back_at_the_next_start(
    workspace: Workspace, path: Path
) -> None:
    async with driving(workspace, path) as robot:
        await to_list(robot)
        await robot.press("S", "slash")
        await robot.type("rossi")
        await robot.press("enter")
        await robot.until(lambda: "2 of 4" in robot.text)
    async with driving(workspace, path) as robot:
        await robot.press("f3")
        await robot.until(lambda: "2 of 4" in robot.text)
        assert robot.text.index("Adele") < robot.text.index("Ada ")


async def test_selected_contacts_are_deleted_but_for_those_with_deals(
    workspace: Workspace, path: Path
) -> None:
    async with driving(workspace, path) as robot:
        await to_list(robot)
        await robot.press("A", "D")
        await robot.until(lambda: "Delete 2 contacts?" in robot.text)
        assert "2 of the 4 selected have deals and stay" in robot.text
        await robot.press("y")
        await robot.until(lambda: "2 contacts" in robot.text and "u undoes" in robot.text)
        assert names(workspace) == ["Ada Rossi", "Bo Chen"]
        await robot.press("u")
        await robot.until(lambda: "4 contacts" in robot.text)


async def test_what_is_found_is_written_to_a_file(
    workspace: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    async with driving(workspace, path) as robot:
        await to_list(robot)
        await robot.press("slash")
        await robot.type("rossi")
        await robot.press("enter", "ctrl+e")
        await robot.until(lambda: "Export 2 contacts to" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: "Wrote 2 contacts to" in robot.text)
    written = path.with_name("contacts-2026-11-23.csv").read_text(encoding="utf-8")
    assert "Adele Rossi" in written
    assert "Bo Chen" not in written


async def test_change_of_another_process_shows_in_the_list(
    workspace: Workspace, path: Path, clock: Clock
) -> None:
    async with driving(workspace, path) as robot:
        await to_list(robot)
        other = Workspace.open(path, clock=clock)
        other.run(lambda tx: actions.contacts.add(tx, name="Newcomer"))
        other.close()
        await robot.until(lambda: "Newcomer" in robot.text)


# ── the form ──────────────────────────────────────────────────────────────────────────────────


def form(desk: Desk) -> ContactForm:
    return desk.app.screen.query_one(ContactForm)


async def open_form(desk: Desk, of: Contact | None = None) -> None:
    await desk.put(ContactFormScreen(of))
    await desk.until(lambda: form(desk).field("first_name").query("Line:focus"))


async def test_new_contact_by_keys_alone(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_form(desk)
        await desk.type("Zoë")
        await desk.press("enter")
        await desk.type("Ng")
        await desk.press("enter", "enter")
        await desk.type("+39 333 1234567")
        await desk.press("f2")
        made = workspace.read(contacts.contact, await desk.answered())
    assert (made.name, made.phone_key) == ("Zoë Ng", "+393331234567")


async def test_number_that_somebody_has_is_said_while_it_is_typed(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_form(desk)
        await desk.press("tab", "tab", "tab")
        await desk.type("02 1234 567")
        assert "has this number" not in desk.text
        await desk.type("8")
        await desk.shows("Ada Rossi (#1, Acme) has this number")
        await desk.shows("Open it F3   Add this to it F4   Save F2   Close esc")
        await desk.press("tab")
        await desk.type("ada@example.com")
        await desk.press("f4")
        await desk.shows("Ada Rossi #1")
        await desk.press("f2")
        assert await desk.answered() == 1
    assert contact(workspace, "Ada Rossi").email == "ada@example.com"
    assert len(names(workspace)) == 4


async def test_unusable_number_is_warned_of_and_kept(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_form(desk)
        await desk.type("Zoë")
        await desk.press("tab", "tab", "tab")
        await desk.type("12")
        await desk.press("tab")
        await desk.shows("Not a valid phone number; it is kept as it is.")
        await desk.press("f2")
        made = workspace.read(contacts.contact, await desk.answered())
    assert (made.phone, made.phone_key) == ("12", None)


async def test_contact_without_any_name_is_not_saved(workspace: Workspace) -> None:
    before = workspace.read(history.newest)
    async with at_desk(workspace) as desk:
        await open_form(desk)
        await desk.press("f2")
        await desk.shows("A contact needs a name, an e-mail or a phone number.")
        assert desk.answer == UNANSWERED
    assert workspace.read(history.newest) == before


async def test_the_buttons_stay_in_sight_however_many_fields_there_are(
    workspace: Workspace,
) -> None:
    def define(tx: Transaction) -> None:
        for number in range(12):
            actions.fields.define(tx, f"Field {number}", "text")

    workspace.run(define)
    async with at_desk(workspace) as desk:
        await open_form(desk)
        await desk.until(lambda: len(desk.app.screen.query(Line)) > 20)
        assert "Save F2" in desk.text
        assert "Field 11" not in desk.text
        desk.app.screen.query(Line).last().focus()
        await desk.shows("Field 11")
        assert "Save F2" in desk.text


async def test_edit_of_somebody_else_is_shown_beside_the_field(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_form(desk, contact(workspace, "Ada Rossi"))
        await desk.press("tab", "tab")
        await desk.type("X")
        workspace.run(lambda tx: actions.contacts.edit(tx, 1, {"company": "Nadir", "city": "Bari"}))
        await desk.press("f2")
        await desk.shows("Somebody else set it to Nadir meanwhile.")
        assert "Bari" in desk.text
        await desk.press("f2")
        await desk.answered()
    kept = contact(workspace, "Ada Rossi")
    assert (kept.company, kept.city) == ("X", "Bari")


async def test_esc_asks_before_anything_is_lost(workspace: Workspace) -> None:
    async with at_desk(workspace) as desk:
        await open_form(desk)
        await desk.type("Z")
        await desk.press("escape")
        await desk.shows("Discard what you typed?")
        await desk.press("y")
        assert await desk.answered() is None


async def test_what_was_typed_survives_the_end(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path) as robot:
        await to_list(robot)
        await robot.press("n")
        await robot.type("Zoe")
    async with driving(workspace, path) as robot:
        await to_list(robot)
        await robot.press("n")
        await robot.until(lambda: "What you typed the last time is here again" in robot.text)
        assert "Zoe" in robot.text
        await robot.press("escape", "y", "n")
        await robot.until(lambda: "Save F2" in robot.text)
        assert "Zoe" not in robot.text


# ── merging ───────────────────────────────────────────────────────────────────────────────────


async def test_merge_keeps_all_deals_and_what_was_chosen(workspace: Workspace) -> None:
    async with at_desk(workspace, Merge(1, 4), size=(120, 40)) as desk:
        await desk.shows("● stays  #1")
        assert "all 2 deals" in desk.text
        await desk.press("j", "j", "j", "right")  # the city
        await desk.press("f2")
        assert await desk.answered() == 1
    kept = workspace.read(contacts.contact, 1)
    assert (kept.name, kept.city, kept.phone) == ("Ada Rossi", "Milan", ROSSI)
    assert deals_of(workspace, 1) == ["Looms", "Wool"]
    workspace.run(lambda tx: actions.history.undo(tx))
    assert workspace.read(contacts.contact, 1).city == "Rome"
    assert "Adele Rossi" in names(workspace)


async def test_other_contact_can_stay(workspace: Workspace) -> None:
    async with at_desk(workspace, Merge(1, 4), size=(80, 24)) as desk:
        await desk.shows("● stays  #1")
        await desk.press("s", "f2")
        assert await desk.answered() == 4
    assert deals_of(workspace, 4) == ["Looms", "Wool"]
    assert workspace.read(contacts.contact, 4).company == "Acme"


async def test_duplicates_are_listed_and_merged(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path) as robot:
        await to_list(robot)
        await robot.press("M")
        await robot.until(lambda: "1 shared by more than one contact" in robot.text)
        await robot.press("enter")
        await robot.until(lambda: "● stays  #1" in robot.text)
        await robot.press("f2")
        await robot.until(lambda: "No two contacts share" in robot.text)
        await robot.press("u")
        await robot.until(lambda: "1 shared by more than one contact" in robot.text)


# ── the page ──────────────────────────────────────────────────────────────────────────────────


async def test_page_shows_fields_and_deals_with_totals(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path, size=(120, 40)) as robot:
        await to_page(robot, "Ada Rossi")
        for shown in (ROSSI, "Acme", "Open · 1 · €1.2k", "Looms", "Closed · 1 · 0 · ✓ 1 won"):
            assert shown in robot.text
        await robot.press("right_square_bracket")
        await robot.until(lambda: "Adele Rossi" in robot.text and "Looms" not in robot.text)
        assert "No deals yet. n makes the first one." in robot.text
        await robot.press("q")
        await robot.until(lambda: "4 contacts" in robot.text)
        screen = robot.app.screen
        assert isinstance(screen, ContactsScreen)
        assert screen.contact_id == 4


async def test_new_deal_has_the_contact_and_its_name(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path) as robot:
        await to_page(robot, "Bo Chen")
        await robot.press("n")
        await robot.until(lambda: "New deal" in robot.text)
        await robot.press("f2")
        await robot.until(lambda: "Open · 2" in robot.text)
    made: Deal = workspace.read(contacts.deals_of, 2)[0][0]
    assert (made.title, [each.name for each in made.contacts]) == ("Bo Chen", ["Bo Chen"])


async def test_call_and_task_with_a_contact(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path) as robot:
        await to_page(robot, "Bo Chen")
        await robot.press("a", "t")
        await robot.type("Send the list")
        await robot.press("f2", "3")
        await robot.until(lambda: "Send the list" in robot.text and "To do" in robot.text)
        await robot.press("g", "space")
        await robot.until(lambda: "To do" not in robot.text)
    (task,) = workspace.read(activities.of_contact, 2)
    assert task.done_at is not None


async def test_contact_with_deals_is_forgotten_not_deleted(
    workspace: Workspace, path: Path
) -> None:
    async with driving(workspace, path) as robot:
        await to_page(robot, "Bo Chen")
        await robot.press("D")
        await robot.until(lambda: "cannot be deleted" in robot.text and "Tea" in robot.text)
        await robot.press("y")
        assert "cannot be deleted" in robot.text
        await robot.press("f")
        await robot.until(lambda: "It was forgotten" in robot.text)
        await robot.press("u")
        await robot.until(lambda: "Undid: Forgot contact" in robot.text)
        assert "bo@example.com" not in robot.text


async def test_contact_without_deals_is_deleted(workspace: Workspace, path: Path) -> None:
    async with driving(workspace, path) as robot:
        await to_page(robot, "Adele")
        await robot.press("D", "y")
        await robot.until(lambda: "3 contacts" in robot.text)
        assert "There is no contact" not in robot.text
        await robot.press("u")
        await robot.until(lambda: "4 contacts" in robot.text)


async def test_page_of_a_contact_that_somebody_deletes_is_left(
    workspace: Workspace, path: Path, clock: Clock
) -> None:
    async with driving(workspace, path) as robot:
        await to_page(robot, "Adele")
        other = Workspace.open(path, clock=clock)
        other.run(lambda tx: actions.contacts.delete(tx, 4))
        other.close()
        await robot.until(lambda: "3 contacts" in robot.text)
        await robot.until(lambda: "Adele Rossi is not there any more." in robot.text)


async def test_phone_is_copied_and_said(
    workspace: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    async with driving(workspace, path, size=(160, 40)) as robot:
        await to_page(robot, "Ada Rossi")
        await robot.press("y", "p")
        await robot.until(lambda: "Phone copied to the clipboard of your terminal" in robot.text)
        assert robot.app.clipboard == ROSSI
        await robot.press("o", "w")
        await robot.until(lambda: "No program to open https: links" in robot.text)
        assert robot.app.clipboard == "https://wa.me/390212345678"


async def test_chat_operator_sees_chats_and_no_deals(path: Path, filled: Path) -> None:
    shutil.copy(filled, path)
    with_owner = Workspace.open(path, clock=Clock())
    with_owner.run(lambda tx: actions.team.add(tx, "Olga", "o@example.com", "chat_operator"))
    with_owner.close()
    workspace = Workspace.open(path, actor="Olga", clock=Clock())
    async with driving(workspace, path, size=(120, 40)) as robot:
        await robot.until(lambda: "4 contacts" in robot.text)
        assert "Value" not in robot.text
        await robot.press("enter")
        await robot.until(lambda: "No messages with" in robot.text)
        await robot.press("2")
        await robot.until(lambda: "has no access to deals" in robot.text)
        assert "Looms" not in robot.text
    workspace.close()


# ── own fields ────────────────────────────────────────────────────────────────────────────────


async def test_own_field_is_defined_filled_in_found_and_shown(
    workspace: Workspace, path: Path
) -> None:
    async with driving(workspace, path, size=(120, 50)) as robot:
        await to_list(robot)
        await robot.press("c")
        await robot.until(lambda: "Fields of your own" in robot.text)
        await robot.press("n")
        await robot.type("Tier")
        await robot.press("enter", "right", "right", "right", "enter", "escape", "tab")
        await robot.type("Gold, Silver")
        await robot.press("enter")
        await robot.until(lambda: "Tier" in robot.text and "Gold, Silver" in robot.text)
        await robot.press("escape", "enter")
        await robot.until(lambda: "added" in robot.text and "Tier" in robot.text)
        await robot.press("1", "G", "enter")
        await robot.until(lambda: "Save F2" in robot.text)
        await robot.press("right", "f2")
        await robot.until(lambda: "Save F2" not in robot.text and "Gold" in robot.text)
        await robot.press("q", "slash")
        await robot.type("gold")
        await robot.until(lambda: "1 of 4" in robot.text)
    assert workspace.read(contacts.contact, 1).custom == {1: "Gold"}
    assert date(2026, 11, 23) == workspace.today


async def test_page_that_was_left_is_filled_anew_and_begins_at_the_beginning(
    workspace: Workspace, path: Path
) -> None:
    async with driving(workspace, path, size=(140, 40)) as robot:
        await to_page(robot, "Ada Rossi")
        first = robot.app.screen
        await robot.press("down", "3", "escape")
        await robot.until(lambda: isinstance(robot.app.screen, ContactsScreen))
        await robot.press("down", "down", "enter")
        await robot.until(lambda: isinstance(robot.app.screen, ContactScreen))
        assert robot.app.screen is first
        assert "Bo Chen" in robot.text
        assert "Tea" in robot.text
        assert "Looms" not in robot.text
        assert robot.app.focused is first.query_one("#deals")
