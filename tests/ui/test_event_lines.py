"""One event in full, and a row of the list, as plain text."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain import conversion_words as words
from dealboard.domain.conversions import (
    EventName,
    Identity,
    Person,
    Preview,
    Setup,
    Standing,
    Told,
)
from dealboard.domain.outbox import Attempt, State, Verdict
from dealboard.widgets.conversion_rows import row, state_tabs
from dealboard.widgets.event_lines import Sheet, indented, sheet_blocks
from dealboard.widgets.lines import plain, width_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIVE = Setup("1234567890", enabled=True, live=True)
DRY = LIVE._replace(live=False)
DAY = timedelta(days=1)

EVENT = Told(
    id=1,
    uid="db1-0a",
    name=EventName.PURCHASE,
    dataset="1234567890",
    state=State.PENDING,
    reason="",
    moment=NOW,
    due_at=NOW + timedelta(minutes=10),
    settled_at=None,
    tries=0,
    sending=False,
    deal_id=1,
    deal="Roof",
    contact_id=None,
    contact="",
    operation=1,
)

JSON = (
    '{"event_name":"Purchase","event_time":1,"event_id":"db1-0a",'
    '"action_source":"system_generated","user_data":{"em":["aa"]},'
    '"custom_data":{"content_ids":["pipeline-1"],"currency":"EUR","value":1200.50}}'
)


def sheet(event: Told = EVENT, *attempts: Attempt, problems: tuple[str, ...] = ()) -> Sheet:
    values = (Identity("em", "A••@•••.••m", "a••@•••.••m", "f" * 64),)
    person = Person(1, "Ada [b]\x1b[31m", True, True, values)
    return Sheet(Preview(event, JSON, problems, (person,), ()), attempts, LIVE, NOW)


def text(shown: Sheet, width: int = 120) -> str:
    return "\n".join(plain(line) for block in sheet_blocks(shown, width) for line in block.lines)


def test_an_event_says_what_it_is_worth_and_what_its_values_become() -> None:
    said = text(sheet())
    assert "Purchase  ○ waiting  in 10 min" in said
    assert "1200.50 EUR" in said
    assert f"A••@•••.••m → a••@•••.••m → {'f' * 64}" in said
    assert "Ada [b]␛[31m  agreed" in said
    assert '"value": 1200.50' in said


def test_the_whole_hash_is_seen_in_a_narrow_terminal_too() -> None:
    assert f"→ {'f' * 64}" in text(sheet(), 82)


def test_the_newest_attempt_stands_first() -> None:
    older = Attempt(NOW - DAY, Verdict.AGAIN, "Meta has trouble of its own.", 500, doubt=True)
    newer = Attempt(NOW, Verdict.SENT, "Meta took it. Trace AbC.", 200)
    said = text(sheet(EVENT, older, newer))
    assert said.index("Trace AbC") < said.index("trouble of its own")
    assert "Meta may have it" in said


def test_what_meta_would_refuse_is_said_of_what_waits_only() -> None:
    problem = "It is too old."
    assert problem in text(sheet(problems=(problem,)))
    sent = EVENT._replace(state=State.SENT, settled_at=NOW)
    assert problem not in text(sheet(sent, problems=(problem,)))


@given(width=st.integers(8, 200), reason=st.text(max_size=200))
def test_no_line_is_wider_than_there_is_room(width: int, reason: str) -> None:
    event = EVENT._replace(state=State.HELD, reason=reason, deal=reason)
    for block in sheet_blocks(sheet(event), width):
        assert all(width_of(line) <= width for line in block.lines)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_an_indented_json_is_the_same_json(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert json.loads("\n".join(indented(written))) == value


def test_numbers_stay_as_they_are_written() -> None:
    assert [*indented('{"value":1200.50}')] == ["{", '  "value": 1200.50', "}"]


# ── rows, times, the badge ────────────────────────────────────────────────────────────────────


def when(event: Told, setup: Setup = LIVE, now: datetime = NOW) -> str:
    return words.when(event, setup, now)


def test_a_row_says_when_it_goes_or_how_long_it_has_yet() -> None:
    assert when(EVENT) == "in 10 min"
    assert when(EVENT, now=NOW + timedelta(minutes=9, seconds=30)) == "in 1 min"
    assert when(EVENT, now=NOW + DAY) == "due"
    assert when(EVENT, DRY, NOW + DAY) == "ready"
    assert when(EVENT, now=NOW + 5 * DAY) == "! 1 d left"
    assert when(EVENT, DRY, NOW + 8 * DAY) == "! too old"
    held = EVENT._replace(state=State.HELD, reason="The amount is missing.")
    assert when(held) == "6 d left"
    assert when(EVENT._replace(sending=True)) == "being sent"
    assert [cell.text for cell in row(held, LIVE, NOW)][2:5] == [
        "‖ held",
        "6 d left",
        "The amount is missing.",
    ]


def test_only_states_that_some_event_is_in_are_offered() -> None:
    tabs = [*state_tabs({State.SENT: 1200, State.HELD: 2}, "")]
    assert tabs == [
        ("", "0", "All 1,202"),
        ("held", "2", "‖ Held 2"),
        ("sent", "3", "✓ Sent 1,200"),
    ]
    assert ("expired", "5", "! Expired 0") in [*state_tabs({State.SENT: 1}, "expired")]


def badge(setup: Setup = LIVE, **standing: Any) -> str:
    said = words.badge(Standing(**standing), setup)
    return said.text if said else ""


def test_the_badge_says_what_is_worst() -> None:
    assert badge() == ""
    assert badge(pending=1200) == "○ 1,200 waiting"
    assert badge(DRY, pending=3) == "○ 3 in the dry run"
    assert badge(pending=3, held=2) == "‖ 2 held"
    assert badge(pending=3, held=2, paused=True) == "‖ 3 paused"
    assert badge(pending=3, near_end=1) == "! 1 near their end"
    assert badge(pending=3, near_end=1, expired=4) == "! 4 expired"
    assert badge(DRY._replace(enabled=False), pending=3, expired=4) == ""
