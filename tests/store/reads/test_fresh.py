"""Every read on a new workspace, none of them writing, none of them importing an ORM."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dealboard.domain.conversions import Standing
from dealboard.domain.filters import Days, DealFilter, Sort, SortKey
from dealboard.domain.outbox import State
from dealboard.domain.stages import StageKind
from dealboard.domain.views import Hits, Stretch
from dealboard.store import reads
from dealboard.store.driver import Connection
from dealboard.store.open import open_reader
from dealboard.store.reads import (
    board,
    contacts,
    deals,
    exported,
    fields,
    history,
    jumps,
    messages,
    outbox,
    pipelines,
    saved_views,
    settings,
    statistics,
    table,
    team,
    told,
)
from tests.store.reads.conftest import TODAY

EVERYTHING = DealFilter(
    name="+39 1%",
    pipelines=frozenset({1, 2}),
    stages=frozenset({1, 2}),
    owners=frozenset({1, 2}),
    kinds=frozenset(StageKind),
    created=Days(TODAY, TODAY),
    close=Days(TODAY, TODAY),
    no_close_date=True,
    overdue=True,
)


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (lambda c: board.totals(c, 1, EVERYTHING, today=TODAY, closed_before=TODAY), {}),
        (lambda c: board.position(c, 1, EVERYTHING, Sort(), today=TODAY), None),
        (lambda c: board.cards(c, [1], TODAY), ()),
        (lambda c: board.cards(c, [], TODAY), ()),
        (lambda c: deals.count_and_totals(c, EVERYTHING, today=TODAY), (0, ())),
        (lambda c: list(table.order(c, EVERYTHING, Sort(), today=TODAY)), []),
        (lambda c: table.rows(c, [1]), ()),
        (lambda c: contacts.contacts(c, "+39 1%"), ()),
        (lambda c: contacts.matches(c, "+39 1%"), ()),
        (lambda c: contacts.deals_of(c, 1), ((), ())),
        (lambda c: list(contacts.ordered_ids(c, "+39 1%", "value", True)), []),
        (lambda c: contacts.rows(c, [1]), ()),
        (lambda c: contacts.by_ids(c, [1]), ()),
        (lambda c: contacts.duplicates(c, phone_key="+391"), ()),
        (lambda c: jumps.find(c, "#1"), jumps.Found()),
        (lambda c: jumps.find(c, "+39 1%", with_deals=False), jumps.Found()),
        (lambda c: jumps.recent(c, 1), ()),
        (lambda c: statistics.statistics(c, EVERYTHING, today=TODAY).pipelines, ()),
        (lambda c: list(exported.exported_deals(c, [1])), []),
        (lambda c: list(exported.exported_contacts(c, [1])), []),
        (fields.fields, ()),
        (fields.used, {}),
        (lambda c: fields.holders(c, 1), ()),
        (lambda c: messages.of_contact(c, 1, limit=1, before=1), ()),
        (messages.newest, 0),
        (lambda c: messages.stretch(c, 1, limit=1), Stretch()),
        (lambda c: messages.stretch(c, 1, limit=1, around=1), Stretch()),
        (lambda c: messages.stretch(c, 1, limit=1, since=1), Stretch()),
        (lambda c: messages.found(c, 1, "x"), Hits()),
        (lambda c: messages.by_ids(c, (1,)), ()),
        (lambda c: messages.authors(c, 1), ()),
        (saved_views.saved_views, ()),
        (history.newest, 0),
        (lambda c: history.operations(c, limit=9), ()),
        (lambda c: history.operations(c, deal_id=1, limit=9), ()),
        (lambda c: history.operations_after(c, 0), (0, ())),
        (told.counts, {}),
        (lambda c: told.standing(c, datetime.now(UTC)), Standing()),
        (lambda c: told.events(c, now=datetime.now(UTC), states=[*State], before=9, limit=9), ()),
        (lambda c: outbox.next_due(c, datetime.now(UTC)), None),
        (lambda c: outbox.deliveries(c, now=datetime.now(UTC), states=set(State), limit=9), ()),
        (lambda c: outbox.attempts(c, 1), ()),
        (pipelines.pipelines, ()),
        (pipelines.all_stages, ()),
        (lambda c: pipelines.stages(c, 1), ()),
        (pipelines.pipeline_counts, {}),
        (lambda c: settings.setting(c, "nothing"), None),
        (lambda c: [user.name for user in team.users(c)], ["Ada Owner"]),
    ],
)
def test_a_new_workspace_reads_as_empty(
    blank: Path, read: Callable[[Connection], Any], expected: Any
) -> None:
    connection = open_reader(blank, 5).connection
    try:
        assert read(connection) == expected
    finally:
        connection.close()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", SortKey)
def test_no_deals_in_any_order(blank: Path, key: SortKey, descending: bool) -> None:
    connection = open_reader(blank, 5).connection
    window: dict[str, Any] = {"offset": 0, "limit": 9, "today": TODAY}
    sort = Sort(key, descending)
    try:
        assert deals.deals(connection, EVERYTHING, sort, **window) == ()
        assert board.lane(connection, 1, EVERYTHING, sort, closed_since=TODAY, **window) == ()
    finally:
        connection.close()


def test_reads_load_no_orm() -> None:
    modules = sorted(path.stem for path in Path(reads.__path__[0]).glob("[a-z]*.py"))
    assert {"board", "deals", "contacts", "history"} <= set(modules)
    script = "; ".join(
        [
            "import sys",
            *(f"import dealboard.store.reads.{name}" for name in modules),
            "print(*{'sqlalchemy', 'sqlmodel', 'pydantic', 'alembic'} & set(sys.modules))",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
