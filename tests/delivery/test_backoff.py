"""When the courier tries again."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dealboard.delivery import backoff
from dealboard.delivery.webhooks import Webhooks
from dealboard.domain.outbox import LONGEST_WAIT

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PACE = Webhooks.pace
TRIES = st.integers(1, 10_000)
DRAWS = st.floats(0, 1)
ASKED = st.none() | st.floats(0, 1e12)


@given(tries=TRIES, draw=DRAWS, asked=ASKED)
def test_a_wait_is_bounded_and_never_shorter_than_asked(
    tries: int, draw: float, asked: float | None
) -> None:
    wait = PACE.wait(tries, asked, lambda: draw)
    assert timedelta(seconds=backoff.LEAST_SECONDS) <= wait <= LONGEST_WAIT
    assert wait >= min(LONGEST_WAIT, timedelta(seconds=(asked or 0) - 0.001))


@given(tries=TRIES, draw=DRAWS)
def test_the_limit_doubles_until_an_hour(tries: int, draw: float) -> None:
    longest = PACE.wait(tries, None, lambda: 1.0)
    assert (
        PACE.wait(tries, None, lambda: draw) <= longest <= PACE.wait(tries + 1, None, lambda: 1.0)
    )
    if longest < LONGEST_WAIT:
        assert longest == timedelta(seconds=PACE.seconds * 2 ** (tries - 1))


def test_a_row_is_given_up_after_about_three_days() -> None:
    draw = random.Random(1).random
    waits = (PACE.wait(tries, None, draw) for tries in range(1, PACE.tries or 0))
    assert timedelta(days=2.5) < sum(waits, timedelta()) < timedelta(days=3.5)


def test_retry_after_is_seconds_or_a_date() -> None:
    assert backoff.retry_after("120", NOW) == 120
    assert backoff.retry_after("Mon, 23 Nov 2026 09:01:00 GMT", NOW) == 60
    assert backoff.retry_after("Mon, 23 Nov 2026 08:00:00 GMT", NOW) == 0
    assert backoff.retry_after(None, NOW) is None


@given(st.text(max_size=60) | st.just("9" * 5_000))
def test_any_header_is_taken(header: str) -> None:
    asked = backoff.retry_after(header, NOW)
    assert asked is None or asked >= 0
    assert PACE.wait(1, asked, random.random) <= LONGEST_WAIT
