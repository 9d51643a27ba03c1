"""The events for Meta on a real workspace: set up, looked at, sent, taken back, exported."""

import csv
import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from dealboard import actions
from dealboard.config import Config
from dealboard.domain.conversions import KIND, Setup
from dealboard.domain.outbox import Attempt, Pause, State, Verdict
from dealboard.domain.stages import NewStage
from dealboard.domain.views import Role
from dealboard.screens.conversion_list import read_page
from dealboard.screens.conversion_page import ConversionPage
from dealboard.screens.conversion_setup import ConversionSetup
from dealboard.screens.conversions import ConversionsScreen
from dealboard.screens.deal_page import DealPage
from dealboard.screens.no_access import NoAccess
from dealboard.store import outbox as rows
from dealboard.store.driver import Connection
from dealboard.store.reads import conversions, told
from dealboard.store.transaction import Transaction
from dealboard.widgets.line import Line
from dealboard.workspace import Workspace
from tests.conftest import Clock
from tests.delivery import graph
from tests.ui.drive import Robot, driving

DATASET = "1234567890"
TOKEN = "EAAnobodyshalleverseethis1234"
AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEALBOARD_META_TOKEN", raising=False)


@pytest.fixture
def sales(workspace: Workspace) -> Workspace:
    """Make Sales (Lead, Offer) with nothing in it."""
    workspace.run(
        lambda tx: actions.pipelines.create(
            tx, "Sales", [NewStage("Lead", 10), NewStage("Offer", 60)]
        )
    )
    return workspace


@pytest.fixture
def told_of(sales: Workspace) -> Workspace:
    """Set up the dry run, with a deal of Ada, who agreed, and one of Bob, whom nobody asked."""

    def fill(tx: Transaction) -> None:
        actions.conversions.enable(tx, DATASET)

    sales.run(fill)
    deal(sales, "Roof", "Ada", consent=True)
    deal(sales, "Wall", "Bob", consent=None)
    return sales


def deal(workspace: Workspace, title: str, name: str, *, consent: bool | None) -> int:
    def add(tx: Transaction) -> int:
        mail = f"{name.lower()}@example.com"
        who = actions.contacts.add(tx, name=name, email=mail, consent=consent)
        return actions.deals.create(
            tx, contacts=[who], stage_id=1, title=title, amount=120_050, currency="EUR"
        )

    return workspace.run(add).value


def setup(workspace: Workspace) -> Setup:
    return workspace.read(conversions.setup)


def counts(workspace: Workspace) -> dict[State, int]:
    return workspace.read(told.counts)


def settle(
    connection: Connection, clock: Clock, state: State, attempt: Attempt, limit: int = 1
) -> None:
    """Write down that a courier tried."""
    far = clock.now + AN_HOUR
    taken = rows.claim(connection, KIND, "me", now=clock.now, due_by=far, limit=limit)
    rows.settle(connection, [each.id for each in taken], "me", state, attempt)


async def open_list(robot: Robot, shows: str) -> ConversionsScreen:
    await robot.press("f6")
    await robot.until(lambda: isinstance(robot.app.screen, ConversionsScreen))
    await robot.until(lambda: shows in robot.text)
    screen = robot.app.screen
    assert isinstance(screen, ConversionsScreen)
    return screen


# ── set up ────────────────────────────────────────────────────────────────────────────────────


async def test_it_explains_itself_and_is_set_up_as_a_dry_run(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "sets it up")
        assert "nothing is sent before you say so" in robot.text
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionSetup))
        assert "begins as a dry run" in robot.text
        assert "meta-token is not set" in robot.text
        await robot.type(DATASET)
        await robot.press("down", "right", "down", "right")
        await robot.press("f2")
        await robot.until(lambda: "dry run" in robot.text and DATASET in robot.text)
        assert setup(sales) == Setup(
            DATASET, enabled=True, action_source="chat", unknown_consent=True
        )


async def test_what_cannot_be_is_said_beside_its_field(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "sets it up")
        await robot.press("s")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionSetup))
        await robot.type("my shop")
        await robot.press("f2")
        await robot.until(lambda: "That is not the id of a data set" in robot.text)
        await robot.press("escape", "y")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionsScreen))
        assert setup(sales) == Setup()


async def test_a_token_that_is_typed_goes_into_its_private_file_alone(sales: Workspace) -> None:
    file = sales.path.parent / "secrets" / "meta-token"
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        await open_list(robot, "sets it up")
        await robot.press("s")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionSetup))
        await robot.type(DATASET)
        await robot.press("down", "down", "down", "down")
        await robot.type(TOKEN)
        assert TOKEN not in robot.text
        await robot.press("f2")
        await robot.until(lambda: "token …1234" in robot.text)
        assert TOKEN not in robot.text
    assert file.read_text() == TOKEN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sales.close()
    for each in sales.path.parent.glob(f"{sales.path.name}*"):
        assert TOKEN.encode() not in each.read_bytes()


# ── the list ──────────────────────────────────────────────────────────────────────────────────


async def test_the_list_says_what_waits_what_is_held_and_why(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Consent is unknown")
        assert "◐ dry run" in robot.text
        assert "○ waiting" in robot.text
        assert "in 10 min" in robot.text
        assert "‖ held" in robot.text
        assert "All 2" in robot.text
        await robot.press("2")
        await robot.until(lambda: "Roof" not in robot.text)
        assert "Wall" in robot.text
        await robot.press("f", "0")
        await robot.until(lambda: "Roof" in robot.text and "Wall" in robot.text)
        await robot.press("f", "1")
        await robot.until(lambda: "Roof" in robot.text and "Wall" not in robot.text)


async def test_a_change_elsewhere_is_shown(told_of: Workspace, clock: Clock) -> None:
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Consent is unknown")
        other = Workspace.open(told_of.path, clock=clock)
        other.run(lambda tx: actions.contacts.edit(tx, 2, {"consent": True}))
        other.close()
        await robot.until(lambda: "Consent is unknown" not in robot.text)
        assert counts(told_of) == {State.PENDING: 2}


async def test_what_waits_is_cancelled_and_sent_after_all(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Consent is unknown")
        await robot.press("G", "x")
        await robot.until(lambda: "Cancel Lead of Roof?" in robot.text)
        await robot.press("y")
        await robot.until(lambda: "– cancelled" in robot.text)
        assert counts(told_of)[State.CANCELLED] == 1
        await robot.press("R")
        await robot.until(lambda: counts(told_of).get(State.CANCELLED, 0) == 0)


async def test_an_event_leads_to_its_deal(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Consent is unknown")
        await robot.press("d")
        await robot.until(lambda: isinstance(robot.app.screen, DealPage))
        await robot.until(lambda: "Wall" in robot.text)


async def test_the_page_of_an_event_shows_every_value_masked(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(120, 40)) as robot:
        await open_list(robot, "Consent is unknown")
        await robot.press("G", "enter")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionPage))
        await robot.until(lambda: "a••@•••••••.••m" in robot.text)
        assert "ada@example.com" not in robot.text
        assert "db1-" in robot.text
        assert '"event_name": "Lead"' in robot.text
        await robot.press("p")
        await robot.until(lambda: "Consent is unknown" in robot.text)
        await robot.press("q")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionsScreen))


async def test_the_history_has_metas_trace(told_of: Workspace, clock: Clock) -> None:
    tried = Attempt(clock.now, Verdict.SENT, "Meta took it. Trace AbCdEf.", 200)
    told_of.keep(lambda connection: settle(connection, clock, State.SENT, tried))
    async with driving(told_of, told_of.path, size=(120, 50)) as robot:
        await open_list(robot, "✓ sent")
        await robot.press("G", "enter")
        await robot.until(lambda: "Trace AbCdEf" in robot.text)
        assert "What was tried" in robot.text


async def test_what_is_shown_is_exported_for_its_user_alone(told_of: Workspace) -> None:
    file = told_of.path.parent / "events.csv"
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Consent is unknown")
        await robot.press("1")
        await robot.until(lambda: "Wall" not in robot.text)
        await robot.press("ctrl+e")
        await robot.until(lambda: "Export 1 event to" in robot.text)
        line = robot.app.screen.query_one(Line)
        line.value = str(file)
        await robot.press("enter")
        await robot.until(lambda: file.exists())
    with file.open() as lines:
        (row,) = csv.DictReader(lines)
    assert (row["event_name"], row["state"]) == ("Lead", "pending")
    assert json.loads(row["event"])["event_id"] == row["event_id"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


# ── live ──────────────────────────────────────────────────────────────────────────────────────


async def test_going_live_says_how_many_wait_and_asks_about_them(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Consent is unknown")
        await robot.press("o", "1")
        await robot.until(lambda: "1 event of the dry run wait" in robot.text)
        await robot.press("escape")
        await robot.settle()
        assert not setup(told_of).live
        await robot.press("o", "1", "2")
        await robot.until(lambda: "● live" in robot.text)
        assert setup(told_of).live
        assert counts(told_of) == {State.CANCELLED: 2}
        await robot.press("o", "3", "y")
        await robot.until(lambda: "○ off" in robot.text)
        assert not setup(told_of).enabled


async def test_sending_now_waits_for_no_grace_and_says_how_far_it_is(
    told_of: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEALBOARD_META_TOKEN", graph.TOKEN)
    with graph.Graph() as meta:
        file = path.parent / "config.toml"
        config = Config(file=file, location=path, meta_base_url=meta.url)
        async with driving(told_of, path, size=(140, 30), config=config) as robot:
            screen = await open_list(robot, "Consent is unknown")
            assert not screen.check_action("send_now", ())
            await robot.press("o", "1", "1")
            await robot.until(lambda: "● live" in robot.text)
            assert not meta.accepted
            await robot.press("S")
            await robot.until(lambda: "Sent 1 of 1 event" in robot.text)
            await robot.until(lambda: "✓ sent" in robot.text)
            assert graph.TOKEN not in robot.text
        assert not meta.wrong
        assert sum(meta.accepted.values()) == 1


def test_an_event_in_a_couriers_hands_still_counts_as_going_out(
    told_of: Workspace, clock: Clock
) -> None:
    told_of.run(lambda tx: actions.conversions.go_live(tx))
    far = clock.now + AN_HOUR
    page = told_of.read(read_page, None, clock.now, 10)
    assert (page.waiting, page.going) == (1, False)
    told_of.keep(rows.claim, KIND, "me", now=clock.now, due_by=far, limit=1)
    assert told_of.read(read_page, None, clock.now, 10).going


async def test_a_pause_says_why_and_is_ended_by_a_key(told_of: Workspace, clock: Clock) -> None:
    pause = Pause("Meta does not accept the token.", None, "abcd", clock.now)
    told_of.run(lambda tx: actions.conversions.go_live(tx))
    told_of.keep(rows.pause, KIND, pause)
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await open_list(robot, "Meta does not accept the token.")
        await robot.press("P")
        await robot.until(lambda: "does not accept" not in robot.text)


async def test_what_expired_is_said_until_it_was_seen(told_of: Workspace, clock: Clock) -> None:
    gone = Attempt(clock.now, Verdict.EXPIRED, "Too old.")
    told_of.keep(lambda connection: settle(connection, clock, State.EXPIRED, gone))
    clock.now += AN_HOUR
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        await robot.until(lambda: "! 1 expired" in robot.text)
        await open_list(robot, ", a: seen")
        await robot.press("a")
        await robot.until(lambda: ", a: seen" not in robot.text)
        await robot.press("f2")
        await robot.until(lambda: "‖ 1 held" in robot.text)
        assert "expired" not in robot.text


# ── the badge ─────────────────────────────────────────────────────────────────────────────────


async def test_the_badge_is_on_every_place_and_leads_to_the_list(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(100, 30)) as robot:
        for key in ("f3", "f4", "f5", "f10", "f2"):
            await robot.press(key)
            await robot.until(lambda: "‖ 1 held" in robot.text.splitlines()[0])
        x = robot.text.splitlines()[0].index("‖")
        await robot.pilot.click(offset=(x, 0))
        await robot.until(lambda: isinstance(robot.app.screen, ConversionsScreen))


async def test_there_is_no_badge_before_it_is_set_up(sales: Workspace) -> None:
    async with driving(sales, sales.path, size=(100, 30)) as robot:
        assert robot.app.poll.badge is None


# ── others ────────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_operator_reads_one_sentence(told_of: Workspace, clock: Clock) -> None:
    told_of.run(lambda tx: actions.team.add(tx, "Eve", None, Role.CHAT_OPERATOR.value))
    eve = Workspace.open(told_of.path, actor="Eve", clock=clock)
    async with driving(eve, eve.path, size=(100, 30)) as robot:
        await robot.press("f6")
        await robot.until(lambda: isinstance(robot.app.screen, NoAccess))
        assert "Eve is a Chat Operator and has no access to deals." in robot.text
        assert robot.app.poll.badge is None
    eve.close()


async def test_a_demo_never_goes_live(told_of: Workspace) -> None:
    async with driving(told_of, told_of.path, size=(140, 30)) as robot:
        robot.app.demo = True
        await open_list(robot, "Consent is unknown")
        await robot.press("o", "1")
        await robot.until(lambda: robot.app._notifications)
        assert not setup(told_of).live


async def test_hostile_titles_are_shown_literally(told_of: Workspace, path: Path) -> None:
    deal(told_of, "[red]x[/] \x1b[31m", "Mallory [b]", consent=None)
    config = Config(file=path.parent / "config.toml", location=path)
    async with driving(told_of, told_of.path, size=(160, 30), config=config) as robot:
        await open_list(robot, "[red]x[/] ␛[31m")
        await robot.press("enter")
        await robot.until(lambda: isinstance(robot.app.screen, ConversionPage))
        await robot.until(lambda: "Mallory [b]" in robot.text and "␛[31m" in robot.text)
