"""The demo workspace: always the same, and with everything a board has to cope with."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dealboard import actions, demo
from dealboard.conversions import preview
from dealboard.domain.outbox import State
from dealboard.domain.text import SEPARATOR, search_text
from dealboard.errors import Refused, StorageFailed
from dealboard.store import tables
from dealboard.store.reads import conversions, today, told
from dealboard.store.search import contact_search
from dealboard.workspace import Workspace
from tests.conftest import MORNING


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.build(path, now=MORNING)
    return path


@pytest.fixture(scope="module")
def shown(built: Path) -> Workspace:
    return Workspace.open(built, clock=lambda: MORNING)


def rows(workspace: Workspace, sql: str) -> Sequence[tuple[Any, ...]]:
    return workspace.read(lambda connection: connection.execute(sql).fetchall())


def scalar(workspace: Workspace, sql: str) -> Any:
    return rows(workspace, sql)[0][0]


CONTENT = """
    SELECT title, stage_id, owner_id, amount, currency, close_date, reference, rank, created_at,
           stage_entered_at, closed_at, uid, search FROM deal ORDER BY id
"""


def test_it_is_the_same_on_every_run(built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    demo.build(again, now=MORNING)
    one, two = Workspace.open(built), Workspace.open(again)
    assert rows(one, CONTENT) == rows(two, CONTENT)
    one.close()
    two.close()


def test_dates_move_with_the_day(tmp_path: Path) -> None:
    later = tmp_path / "later.db"
    demo.build(later, deals=60, now=MORNING + timedelta(days=100))
    workspace = Workspace.open(later)
    newest = scalar(workspace, "SELECT max(created_at) FROM deal")
    assert datetime.fromisoformat(newest) > MORNING + timedelta(days=90)
    workspace.close()


def test_it_never_touches_a_file_that_is_there(built: Path) -> None:
    with pytest.raises(StorageFailed):
        demo.build(built, now=MORNING)


def test_there_is_nothing_to_undo_yet(tmp_path: Path) -> None:
    path = tmp_path / "fresh.db"
    demo.build(path, deals=30, now=MORNING)
    workspace = Workspace.open(path)
    with pytest.raises(Refused):
        workspace.run(actions.history.undo)
    workspace.run(lambda tx: actions.deals.move(tx, 30, by=1))
    workspace.run(actions.history.undo)
    with pytest.raises(Refused):
        workspace.run(actions.history.undo)
    workspace.close()


def test_half_of_the_deals_are_in_the_first_pipeline_of_five_open_stages(shown: Workspace) -> None:
    first = "SELECT id FROM pipeline WHERE position = 1"
    open_stages = f"SELECT count(*) FROM stage WHERE kind = 'open' AND pipeline_id = ({first})"
    assert scalar(shown, open_stages) == 5
    assert scalar(shown, "SELECT count(*) FROM pipeline") == 3
    deals = "SELECT count(*) FROM deal JOIN stage ON stage.id = stage_id"
    assert 90 <= scalar(shown, f"{deals} WHERE pipeline_id = ({first})") <= 150
    assert scalar(shown, f"{deals} WHERE closed_at IS NOT NULL AND kind = 'open'") == 0
    assert scalar(shown, f"{deals} WHERE closed_at IS NULL AND kind <> 'open'") == 0


@pytest.mark.parametrize(
    "condition",
    [
        "amount IS NULL",
        "close_date IS NULL",
        "close_date < '2026-11-23' AND closed_at IS NULL",
        "close_date = '2026-11-23' AND closed_at IS NULL",
        "close_date > '2026-11-23' AND closed_at IS NULL",
        "closed_at > '2026-10-25'",
        "closed_at < '2026-10-23'",
        "currency = 'USD'",
        "currency = 'GBP'",
        "currency = 'JPY'",
        "title GLOB '*[[]*]*'",
        "length(title) > 60",
        "title LIKE '%🚀%' OR title LIKE '%☕%' OR title LIKE '%👩%'",
        "title GLOB '*[à-ÿ]*'",
        "title GLOB '*[一-龥]*'",
        "title GLOB '*[א-ת]*' OR title GLOB '*[ء-ي]*'",
        "reference IS NOT NULL",
        "lost_reason IS NOT NULL",
        "id IN (SELECT deal_id FROM deal_contact WHERE position > 1)",
    ],
)
def test_everything_that_a_board_has_to_cope_with_is_there(
    shown: Workspace, condition: str
) -> None:
    assert scalar(shown, f"SELECT count(*) FROM deal WHERE {condition}") > 0


def test_no_deal_is_newer_than_now(shown: Workspace) -> None:
    moments = "max(created_at, stage_entered_at, coalesce(closed_at, ''), updated_at)"
    newest = scalar(shown, f"SELECT max({moments}) FROM deal")
    assert datetime.fromisoformat(newest) <= MORNING
    wrong = "SELECT count(*) FROM deal WHERE created_at > stage_entered_at"
    assert scalar(shown, wrong) == 0


def test_owners_have_roles_and_the_chat_operator_owns_no_deal(shown: Workspace) -> None:
    roles = [role for (role,) in rows(shown, "SELECT role FROM user ORDER BY id")]
    assert roles.count("account_owner") == 1
    assert roles.count("chat_operator") == 1
    assert roles.count("administrator") >= 2
    owning = rows(shown, "SELECT DISTINCT role FROM user JOIN deal ON owner_id = user.id")
    assert ("chat_operator",) not in owning


def test_rows_are_found_as_if_they_had_been_typed(shown: Workspace) -> None:
    people: dict[int, list[tuple[str, str | None]]] = {}
    linked = """
        SELECT deal_id, first_name || ' ' || last_name, phone FROM deal_contact
        JOIN contact ON contact.id = contact_id ORDER BY deal_id, deal_contact.position
    """
    for deal_id, name, phone in rows(shown, linked):
        people.setdefault(deal_id, []).append((name, phone))
    for deal_id, title, reference, search in rows(
        shown, "SELECT id, title, reference, search FROM deal"
    ):
        assert search == search_text(title, reference, people[deal_id])
    stored = rows(shown, "SELECT first_name, last_name, phone, email, company, search FROM contact")
    for first, last, phone, email, company, search in stored:
        contact = tables.Contact(
            uid="",
            created_at=datetime.now(UTC),
            updated_at=datetime.now(UTC),
            first_name=first,
            last_name=last,
            phone=phone,
            email=email,
            company=company,
        )
        assert search == contact_search(contact)
        assert SEPARATOR in search


def test_phone_numbers_are_valid_and_nobody_shares_one(shown: Workspace) -> None:
    numbers = rows(shown, "SELECT phone, phone_key FROM contact WHERE phone IS NOT NULL")
    assert len({key for _, key in numbers}) == len(numbers) > 20
    for typed, key in numbers:
        assert actions.identity.phone_key(typed, "") == key


@pytest.mark.parametrize("size", [0, 1, 3, 2_500])
def test_any_size_can_be_built(tmp_path: Path, size: int) -> None:
    path = tmp_path / "sized.db"
    demo.build(path, deals=size, now=MORNING)
    workspace = Workspace.open(path)
    assert scalar(workspace, "SELECT count(*) FROM deal") == size
    assert rows(workspace, "PRAGMA foreign_key_check") == []
    workspace.close()


@pytest.mark.parametrize(
    "condition",
    [
        "kind = 'note'",
        "kind = 'call'",
        "kind = 'meeting'",
        "kind = 'task' AND done_at IS NOT NULL",
        "kind = 'task' AND done_at IS NULL AND due < '2026-11-23'",
        "kind = 'task' AND done_at IS NULL AND due = '2026-11-23'",
        "kind = 'task' AND done_at IS NULL AND due > '2026-11-23'",
        "kind = 'task' AND done_at IS NULL AND due IS NULL",
    ],
)
def test_every_kind_of_activity_is_there(shown: Workspace, condition: str) -> None:
    assert scalar(shown, f"SELECT count(*) FROM activity WHERE {condition}") > 0


def test_activities_are_as_old_as_their_deals_and_no_younger_than_now(shown: Workspace) -> None:
    now = MORNING.isoformat().replace("+00:00", ".000000Z")
    broken = (
        "SELECT count(*) FROM activity JOIN deal ON deal.id = deal_id"
        " WHERE date(activity.created_at) < date(deal.created_at) OR activity.created_at > "
        f"'{now}' OR done_at > '{now}' OR done_at < activity.created_at"
    )
    assert scalar(shown, broken) == 0


def test_some_deals_rot_some_contacts_chat_and_have_fields_of_their_own(shown: Workspace) -> None:
    day = shown.read(today.agenda, user_id=None, today=shown.today)
    assert all(listed.total for listed in day)
    assert scalar(shown, "SELECT count(DISTINCT contact_id) FROM message") == 3
    assert scalar(shown, "SELECT count(*) FROM custom_field") == 2
    assert scalar(shown, "SELECT count(*) FROM contact WHERE custom <> '{}'") > 20


def test_it_shows_a_dry_run_for_meta_the_same_on_every_run(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.db"
        demo.build(path, now=MORNING, events=True)
        workspace = Workspace.open(path, clock=lambda: MORNING)
        setup = workspace.read(conversions.setup)
        assert (setup.enabled, setup.live) == (True, False)
        counts = workspace.read(told.counts)
        assert counts.keys() == {State.PENDING, State.HELD, State.SENT, State.EXPIRED}
        (newest,) = workspace.read(told.events, now=MORNING, states=[State.SENT], limit=1)
        shown = workspace.read(preview.of, newest.id, now=MORNING)
        assert shown.earlier == ()
        found.append(rows(workspace, "SELECT state, reason, created_at, deal_id FROM outbox"))
        workspace.close()
    assert found[0] == found[1]
