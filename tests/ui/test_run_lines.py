"""The log of automations as plain lines."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from dealboard.domain.automations import Outcome, Run
from dealboard.domain.outbox import Delivery, State
from dealboard.widgets.lines import plain, width_of
from dealboard.widgets.run_lines import delivery_blocks, run_blocks

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
TODAY = date(2026, 11, 23)
RUN = Run(
    1, 1, "Calls", 7, "Acme", 3, NOW, Outcome.RAN, "stage_changed", "", ("add_task",), (), False
)
SENT = Delivery(
    1, "u", "webhook", State.FAILED, NOW, NOW, NOW, 3, False, "It answered 500.", "example.com",
    1, "Calls", 7, "Acme", 3,
)  # fmt: skip


def text(run: Run, width: int = 100) -> list[str]:
    blocks = run_blocks([run], width, TODAY, filtered=False)
    return [plain(line).rstrip() for line in blocks[1].lines]


def test_a_run_says_what_fired_it_and_what_it_did() -> None:
    assert text(RUN) == ["09:05 ✓ Calls ran for Acme · stage changed · added a task"]
    assert "ran (undone)" in text(RUN._replace(undone=True))[0]
    assert text(RUN, 40) == ["09:05 ✓ Calls ran for Acme", "        stage changed · added a task"]


def test_a_failure_says_why_and_a_chain_what_set_it_off() -> None:
    failed = RUN._replace(outcome=Outcome.FAILED, reason="No such deal.", did=(), chain=("A", "B"))
    assert text(failed) == [
        "09:05 ✗ Calls failed for Acme · stage changed",
        "        No such deal.",
        "        set off by “A” → “B”",
    ]


def test_deliveries_say_where_to_and_until_when() -> None:
    def lines(each: Delivery) -> list[str]:
        return [plain(line).rstrip() for line in delivery_blocks([each], 100, TODAY)[1].lines]

    assert lines(SENT) == [
        "09:05 ✗ Webhook to example.com failed for Acme",
        "        It answered 500.",
        "        by “Calls” · 3 attempts",
    ]
    waits = SENT._replace(kind="step", state=State.PENDING, reason="", tries=0)
    assert lines(waits)[0] == "09:05 ○ Delayed actions waiting until 09:05 for Acme"


def test_an_empty_log_says_what_it_is_for() -> None:
    (none,) = run_blocks([], 80, TODAY, filtered=False)
    (lost,) = run_blocks([], 80, TODAY, filtered=True)
    assert "Nothing ran yet." in plain(none.lines[1])
    assert "Nothing in the log matches." in plain(lost.lines[1])


@given(st.text(max_size=200), st.text(max_size=200), st.integers(20, 120))
def test_lines_keep_to_their_width(name: str, reason: str, width: int) -> None:
    run = RUN._replace(automation=name, deal=reason, reason=reason, event=name, chain=(name,))
    sent = SENT._replace(target=name, deal=name, reason=reason, automation=reason)
    log = run_blocks([run], width, TODAY, filtered=True)
    for block in (*log, *delivery_blocks([sent], width, TODAY)):
        for line in block.lines if block.stops else ():
            assert width_of(line) <= width
            assert not any(ord(char) < 32 for char in plain(line))
