"""What each answer of the Graph API means: the table of the specification, row by row."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealboard.delivery.exchange import Reply
from dealboard.delivery.meta.answers import Answer, Meaning, read
from tests.delivery.graph import error

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def answer(
    code: int, subcode: int = 0, *, status: int = 400, headers: Any = None, **more: Any
) -> Answer:
    said = error(code, subcode, status=status, **more)
    return read(Reply(said.status, headers or {}, said.body.decode()), 3, NOW)


@pytest.mark.parametrize(
    ("meaning", "code", "subcode", "status"),
    [
        *((Meaning.LATER, code, 0, status) for code in (1, 2) for status in (400, 500, 503)),
        *((Meaning.THROTTLED, code, 0, 400) for code in (4, 32, 341, 613)),
        (Meaning.THROTTLED, 17, 2446079, 400),
        *((Meaning.THROTTLED, code, 0, 403) for code in (80000, 80003, 80004, 80014)),
        (Meaning.THROTTLED, 4, 0, 429),
        (Meaning.BLOCKED, 368, 0, 400),
        *((Meaning.REFUSED, 190, subcode, 401) for subcode in (0, 458, 460, 463, 467)),
        *((Meaning.REFUSED, code, 0, 400) for code in (102, 104, 190)),
        *((Meaning.REFUSED, code, 0, 403) for code in (3, 10, 200, 294, 299, 803)),
        (Meaning.REFUSED, 100, 33, 400),
        *((Meaning.REFUSED, code, 0, 400) for code in (2500, 2635)),
        (Meaning.BAD, 100, 0, 400),
        *(
            (Meaning.BAD, 100, 2804000 + last, 400)
            for last in (1, 3, 4, 7, 8, 9, 16, 17, 19, 23, 36, 43, 48, 50, 66, 69, 79, 87, 116, 132)
        ),
    ],
)
def test_codes_decide_whatever_the_status_is(
    meaning: Meaning, code: int, subcode: int, status: int
) -> None:
    assert answer(code, subcode, status=status).meaning is meaning
    if meaning is not Meaning.LATER:
        assert answer(code, subcode, status=200).meaning is meaning


def test_what_calls_itself_transient_is_tried_again() -> None:
    for code, subcode in ((100, 2804019), (100, 0), (12345, 0)):
        assert answer(code, subcode, is_transient=True).meaning is Meaning.LATER
    for code in (4, 368, 190):
        assert answer(code, is_transient=True).meaning is not Meaning.LATER


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        *((400, Meaning.BAD), (401, Meaning.REFUSED), (403, Meaning.REFUSED), (404, Meaning.BAD)),
        *(
            (429, Meaning.THROTTLED),
            (500, Meaning.LATER),
            (503, Meaning.LATER),
            (200, Meaning.LATER),
        ),
    ],
)
def test_a_code_that_nobody_knows_is_judged_by_the_status(status: int, meaning: Meaning) -> None:
    assert answer(424242, status=status).meaning is meaning


@pytest.mark.parametrize(
    ("status", "text", "doubt"),
    [
        (200, "<html><body>Accept our terms</body></html>", True),
        (200, "", True),
        (200, '{"events_received":3,"mess', True),
        (200, '{"events_received":2,"messages":[],"fbtrace_id":"A"}', True),
        (200, '{"events_received":true}', True),
        (200, '{"ok":true}', True),
        (200, "[]", True),
        (200, "3", True),
        (201, '{"events_received":3}', True),
        (302, "", False),
        (307, "<html>", False),
        (400, "<html>", False),
        (404, "Not found", False),
        (401, '{"error":"no"}', False),
        (500, "<html>", True),
        (502, "", True),
        (504, '{"error":{"code":"x"}}', True),
        (999, "[" * 100_000, True),
    ],
)
def test_only_metas_own_answer_counts(status: int, text: str, doubt: bool) -> None:
    found = read(Reply(status, {}, text), 3, NOW)
    assert (found.meaning, found.doubt) == (Meaning.LATER, doubt)


def test_what_is_too_large_is_taken_apart_and_a_bare_429_is_waited_for() -> None:
    assert read(Reply(413, {}, ""), 3, NOW).meaning is Meaning.BAD
    limited = read(Reply(429, {"Retry-After": "77"}, "slow down"), 3, NOW)
    assert (limited.meaning, limited.wait) == (Meaning.THROTTLED, 77)


def test_success_names_its_trace() -> None:
    told = {"events_received": 3, "messages": [], "fbtrace_id": "Abc"}
    found = read(Reply(200, {}, json.dumps(told)), 3, NOW)
    assert found == Answer(Meaning.TAKEN, "Meta took it. Trace Abc.", 200)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("Mon, 23 Nov 2026 08:00:00 GMT", "This clock is 60 minutes fast."),
        ("Mon, 23 Nov 2026 09:05:00 GMT", "This clock is 5 minutes slow."),
        *((date, "") for date in ("Mon, 23 Nov 2026 08:58:00 GMT", "", "yesterday")),
    ],
)
def test_a_clock_that_is_wrong_is_said(date: str, said: str) -> None:
    found = read(Reply(200, {"Date": date}, '{"events_received":3}'), 3, NOW)
    assert found.said == f"Meta took it. {said}".strip()


def test_the_longest_wait_of_all_headers_holds() -> None:
    usage = {
        "123": [
            {"type": "ads_management", "estimated_time_to_regain_access": 0},
            {"type": "custom_audience", "estimated_time_to_regain_access": 19},
        ],
        "456": [{"estimated_time_to_regain_access": "soon"}],
        "789": "nonsense",
    }
    headers = {"X-Business-Use-Case-Usage": json.dumps(usage), "Retry-After": "60"}
    assert answer(80004, headers=headers).wait == 19 * 60
    headers["Retry-After"] = "3600"
    assert answer(80004, headers=headers).wait == 3600
    assert answer(80004, headers={"X-Business-Use-Case-Usage": "{"}).wait is None


def test_a_policy_block_waits_a_day_at_least() -> None:
    assert answer(368).wait == 86_400
    assert answer(368, headers={"Retry-After": "100000"}).wait == 100_000


def test_an_error_says_code_subcode_title_and_trace_and_obeys_no_escape() -> None:
    found = answer(100, 2804050)
    assert "error 100/2804050, trace AtraceXyz" in found.said
    assert "fits too many people" in found.said
    assert found.title == "Il valore è␛[31m sbagliato"
    assert "\x1b" not in found.title


@given(st.integers(100, 599), st.text(max_size=200) | st.from_regex(r"\{.*\}", fullmatch=True))
def test_any_answer_is_understood_somehow(status: int, text: str) -> None:
    assert read(Reply(status, {}, text), 3, NOW).meaning is not Meaning.TAKEN


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "error_subcode", "events_received", "fbtrace_id"]),
            inner,
        )
    ),
    max_leaves=9,
)


@given(JSON, JSON)
def test_any_json_is_understood_somehow(found: Any, usage: Any) -> None:
    headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
    assert read(Reply(500, headers, json.dumps(found)), 3, NOW).wait is None
